#include "core/simulate/patient.hpp"

#include "core/run/errors.hpp"

namespace microchim::simulate {
namespace {

Sample follow_up(const std::string& name, const std::string& collected, double fraction, double lambda, int wells) {
    return {name, SampleType::unkn, "follow-up", collected, "PB", {fraction}, lambda, wells};
}

Sample baseline(const std::string& name, const std::string& collected, double lambda, int wells) {
    return {name, SampleType::unkn, "baseline", collected, "PB", {0}, lambda, wells};
}

Sample no_template(int wells) {
    return {"NTC", SampleType::ntc, "", "", "", {}, 0, wells};
}

Marker donor_only(const std::string& target, const std::string& kind, const std::string& chromosome) {
    return {target, kind, chromosome, {1}, 0};
}

}  // namespace

Plan patient(std::uint64_t seed) {
    Plan plan;
    plan.case_id = "P-0412";
    plan.run = "P0412";
    plan.panel = "Y and two indels, ddPCR";
    plan.recipient_sex = "female";
    plan.donors = {{"D1", "male", "child", "2026-03-02"}};
    plan.markers = {donor_only("SRY", "Y", "Y"), donor_only("IND07", "indel", ""), donor_only("IND19", "indel", "")};
    // The rarer the donor, the more genomes have to be looked at: wells and DNA go to the late samples, and to the
    // baseline, which is the best blank there is.
    plan.samples = {
        baseline("P0412-pre", "2026-02-27", 1.0, 6),         follow_up("P0412-d1", "2026-03-03", 0.30, 0.5, 2),
        follow_up("P0412-d7", "2026-03-09", 0.02, 0.7, 2),   follow_up("P0412-d28", "2026-03-30", 1e-3, 1.0, 6),
        follow_up("P0412-d90", "2026-05-31", 1e-4, 1.2, 13), no_template(3)};
    plan.seed = seed;
    return plan;
}

Plan single(double fraction, const SingleOptions& options) {
    if (options.markers < 1 || options.markers > 8)
        throw ConfigError("Simulation: the number of markers must be from 1 to 8.");
    if (options.wells < 1 || options.baseline < 0 || options.blanks < 0)
        throw ConfigError("Simulation: the sample needs at least one well, and no number of wells can be negative.");
    Plan plan;
    plan.donors = {{"D1", "male", "", ""}};
    plan.recipient_sex = "female";
    plan.markers = {donor_only("SRY", "Y", "Y")};
    for (int m = 1; m < options.markers; ++m)
        plan.markers.push_back(donor_only("IND0" + std::to_string(m), "indel", ""));
    if (options.baseline > 0) plan.samples.push_back(baseline("before", "", options.lambda, options.baseline));
    plan.samples.push_back(follow_up("sample", "", fraction, options.lambda, options.wells));
    if (options.blanks > 0) plan.samples.push_back(no_template(options.blanks));
    plan.seed = options.seed;
    return plan;
}

}  // namespace microchim::simulate
