// The host's end of the sink: takes what a reader reports, checks it, and makes a Run of it.
#pragma once

#include <exception>
#include <map>
#include <optional>
#include <set>
#include <stdexcept>
#include <string>
#include <tuple>

#include "core/read/limits.hpp"
#include "core/run/run.hpp"
#include "microchim/reader.h"

namespace microchim::read {

/// What a reader may not report: "A01, target 'SRY': 12 of 5 partitions are positive".
class BadFact : public std::runtime_error {
    using std::runtime_error::runtime_error;
};

/// Collects one run. Facts may come in any order.
class Collector {
public:
    explicit Collector(const Limits& limits) : limits_(limits) {}

    /// The sink to hand to a reader. No exception leaves it; the first one waits in failure().
    microchim_sink sink();

    /// The first fact that was refused, or what else went wrong in a callback; null: nothing.
    std::exception_ptr failure() const { return failure_; }
    /// The last error note, which says why a reader gave up.
    const std::optional<Note>& error() const { return error_; }
    /// The run, reacts in plate order. Takes it out of the collector.
    Run take();

private:
    void add(const microchim_run& fact);
    void add(const microchim_react& fact);
    void add(const microchim_curve& fact);
    void add(const microchim_partitions& fact);
    void add(const microchim_counts& fact);
    void add_attribute(microchim_text well, microchim_text key, microchim_text value);
    void add_note(std::int32_t severity, microchim_text where, microchim_text what);
    template <class Fact>
    static void add_fact(void* self, const Fact* fact);
    React& react(Well well);

    const Limits limits_;
    Run run_;
    std::map<Well, React> reacts_;
    std::set<std::tuple<std::string, std::string, std::string, std::string>> counted_;  // well, target, channel, dye
    bool run_reported_ = false;
    std::optional<Note> error_;
    std::exception_ptr failure_;
};

}  // namespace microchim::read
