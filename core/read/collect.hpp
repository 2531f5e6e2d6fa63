// The host's end of the sink: takes what a reader reports, checks it, and makes runs of it.
#pragma once

#include <exception>
#include <map>
#include <optional>
#include <set>
#include <stdexcept>
#include <string>
#include <tuple>
#include <vector>

#include "core/read/limits.hpp"
#include "core/run/run.hpp"
#include "microchim/reader.h"

namespace microchim::read {

/// What a reader may not report: "A01, target 'SRY': 12 of 5 partitions are positive".
class BadFact : public std::runtime_error {
    using std::runtime_error::runtime_error;
};

/// A run, and the entries of the bundle that it was read from (none: all of them).
struct Collected {
    Run run;
    std::vector<std::size_t> entries;
};

/// Collects the runs of one bundle. The facts of a run may come in any order.
class Collector {
public:
    Collector(const Limits& limits, std::size_t entries) : limits_(limits), entry_count_(entries) {}

    /// The sink to hand to a reader. No exception leaves it; the first one waits in failure().
    microchim_sink sink();

    /// The first fact that was refused, or what else went wrong in a callback; null: nothing.
    std::exception_ptr failure() const { return failure_; }
    /// The last error note, which says why a reader gave up.
    const std::optional<Note>& error() const { return error_; }
    /// The runs in the order they were opened, reacts in plate order. Takes them out of the collector.
    std::vector<Collected> take();

private:
    void add(const microchim_run& fact);
    void add(const microchim_react& fact);
    void add(const microchim_curve& fact);
    void add(const microchim_series& fact);
    void add(const microchim_partitions& fact);
    void add(const microchim_counts& fact);
    void add_attribute(microchim_text well, microchim_text key, microchim_text value);
    void add_note(std::int32_t severity, microchim_text where, microchim_text what);
    template <class Fact>
    static void add_fact(void* self, const Fact* fact);
    React& react(Well well);
    void close();

    const Limits limits_;
    const std::size_t entry_count_;
    std::vector<Collected> closed_;
    Run run_;
    std::vector<std::size_t> entries_;
    std::map<Well, React> reacts_;
    std::set<std::tuple<std::string, std::string, std::string, std::string>> counted_;    // well, target, channel, dye
    std::set<std::tuple<std::string, std::string, std::string, std::string>> amplified_;  // the same of curves
    bool run_reported_ = false;
    std::optional<Note> error_;
    std::exception_ptr failure_;
};

}  // namespace microchim::read
