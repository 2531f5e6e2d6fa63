// One reaction of an RDML document: its curves, its partitions, and the table of these.
#pragma once

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "core/report/rdml_elements.hpp"
#include "core/report/rdml_names.hpp"

namespace microchim::report {

/// Writes the reactions of one run.
class Reactions {
public:
    using Files = std::vector<std::pair<std::string, std::string>>;

    /// \param baselined whether curves are written although their baseline is subtracted
    Reactions(const Run& run, std::string run_id, bool baselined)
        : run_(run), run_id_(std::move(run_id)), attributes_(run), baselined_(baselined) {}

    /// Adds <data> and <partitions>; `files` takes the table of partitions. Throws ConfigError where the volume of a
    /// partition is not known.
    void write(Element react, const React& from, const std::vector<Measured>& all, Files& files);

    std::ptrdiff_t left_out_curves = 0;

private:
    void curve(Element data, const React& react, const Measured& one);
    static std::string note(const Curve& curve);
    static void melting(Element data, const React& react, const Measured& one);
    void partitions(Element react, const React& from, const std::vector<Measured>& all, Files& files) const;
    double volume(const React& react, const std::vector<Measured>& counted) const;
    std::string note(const std::string& well, const Measured& one) const;
    std::string_view excluded(const std::string& well, const Measured& one) const;
    void counts(Element data, const React& react, const Measured& one, double nl) const;

    const Run& run_;
    std::string run_id_;
    Attributes attributes_;
    bool baselined_;
};

}  // namespace microchim::report
