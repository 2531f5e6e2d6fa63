#include "core/simulate/plan.hpp"

#include <cmath>
#include <set>

#include "core/run/errors.hpp"

namespace microchim::simulate {
namespace {

[[noreturn]] void refuse(const std::string& sentence) {
    throw ConfigError("Simulation: " + sentence);
}

bool within(double value, double low, double high) {
    return std::isfinite(value) && value >= low && value <= high;
}

/// QuantaSoft quotes some columns and has no escape; a run's name becomes a file's.
void check_name(const std::string& what, const std::string& name, bool in_file_name = false) {
    if (name.empty()) refuse("a " + what + " has no name.");
    for (const char c : name)
        if (static_cast<unsigned char>(c) < 32 || c == '"' || c == 127 || (in_file_name && (c == '/' || c == '\\')))
            refuse("the " + what + " '" + name + "' has a character that the files cannot hold.");
}

/// Dates go into the case as they are.
void check_date(const std::string& which, const std::string& date) {
    bool good = date.empty() || date.size() == 10;
    for (std::size_t i = 0; good && i < date.size(); ++i)
        good = i == 4 || i == 7 ? date[i] == '-' : date[i] >= '0' && date[i] <= '9';
    if (!good) refuse(which + "'" + date + "' is no date like 2026-03-02.");
}

void check_sample(const Plan& plan, const Sample& sample) {
    check_name("sample", sample.name);
    const std::string which = "sample '" + sample.name + "': ";
    if (sample.type != SampleType::unkn && sample.type != SampleType::ntc)
        refuse(which + "only unknown samples and no-template controls can be simulated.");
    if (sample.fractions.size() > plan.donors.size()) refuse(which + "it has more fractions than there are donors.");
    check_date(which, sample.collected);
    double sum = 0;
    for (const double fraction : sample.fractions) {
        if (!within(fraction, 0, 1)) refuse(which + "a donor fraction must be between 0 and 1.");
        sum += fraction;
    }
    if (sum > 1 + 1e-12) refuse(which + "the donor fractions add up to more than 1.");
    if (!within(sample.lambda, 0, 8)) refuse(which + "reference copies per partition must be between 0 and 8.");
    if (sample.wells < 1) refuse(which + "it needs at least one well per marker.");
}

}  // namespace

double genomes_per_partition(const Plan& plan, const Sample& sample) {
    return sample.type == SampleType::ntc ? 0 : sample.lambda / plan.reference_copies;
}

void check(const Plan& plan) {
    check_name("run", plan.run, true);
    check_name("case", plan.case_id);
    check_name("panel", plan.panel);
    check_name("reference", plan.reference);
    if (plan.markers.empty() || plan.samples.empty()) refuse("there is no marker or no sample.");
    std::set<std::string> names{plan.reference};
    for (const Donor& donor : plan.donors) {
        check_name("donor", donor.id);
        check_date("donor '" + donor.id + "': ", donor.infused);
    }
    for (const Marker& marker : plan.markers) {
        check_name("marker", marker.target);
        if (!names.insert(marker.target).second) refuse("the target '" + marker.target + "' is there twice.");
        if (marker.donor_copies.size() != plan.donors.size())
            refuse("marker '" + marker.target + "' must have its copies for every donor.");
        for (const double copies : marker.donor_copies)
            if (!within(copies, 0, 10)) refuse("marker '" + marker.target + "': copies must be between 0 and 10.");
        if (!within(marker.recipient_copies, 0, 10))
            refuse("marker '" + marker.target + "': copies must be between 0 and 10.");
    }
    if (!within(plan.reference_copies, 0.5, 10)) refuse("reference copies per genome must be between 0.5 and 10.");
    if (!within(plan.partitions, 1, 1e6) || !within(plan.partitions_sd, 0, plan.partitions / 6))
        refuse("partitions per well must be between 1 and 1,000,000, their spread at most a sixth of that.");
    if (!within(plan.volume_nl, 1e-3, 1000)) refuse("the partition volume must be between 0.001 and 1000 nL.");
    if (!within(plan.false_positives, 0, 1)) refuse("false positives per partition must be between 0 and 1.");
    if (!within(plan.rain, 0, 1)) refuse("rain must be between 0 and 1.");

    std::size_t wells = 0;
    for (const Sample& sample : plan.samples) {
        check_sample(plan, sample);
        wells += static_cast<std::size_t>(sample.wells) * plan.markers.size();
    }
    if (wells > 96) refuse("the plan needs " + std::to_string(wells) + " wells, a plate has 96.");
}

}  // namespace microchim::simulate
