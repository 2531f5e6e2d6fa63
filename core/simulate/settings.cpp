#include "core/simulate/settings.hpp"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

namespace microchim::simulate {
namespace {

/// A JSON string is a TOML basic string.
std::string quoted(const std::string& text) {
    return nlohmann::json(text).dump();
}
std::string number(double value) {
    return nlohmann::json(value).dump();
}

/// A count of copies: without the decimal point where it is whole.
std::string copies(double value) {
    return value == std::round(value) ? std::to_string(static_cast<int>(value)) : number(value);
}

std::string key(const std::string& name) {
    const bool bare = std::all_of(name.begin(), name.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
    });
    return bare ? name : quoted(name);
}

/// "key = value", or nothing where there is no value.
std::string stated(const std::string& name, const std::string& value, bool date = false) {
    return value.empty() ? "" : name + " = " + (date ? value : quoted(value)) + '\n';
}

/// DNA that all wells of a sample take: 20 uL each, 6.6 pg per diploid genome.
double dna_ng(const Plan& plan, const Sample& sample) {
    const double reactions = static_cast<double>(sample.wells) * static_cast<double>(plan.markers.size());
    return std::round(genomes_per_partition(plan, sample) * (20e3 / plan.volume_nl) * 6.6e-3 * reactions);
}

std::string genotype_line(const Plan& plan, const Marker& marker) {
    std::string line = key(marker.target) + " = { recipient = " + copies(marker.recipient_copies);
    for (std::size_t d = 0; d < plan.donors.size(); ++d)
        line += ", " + key(plan.donors[d].id) + " = " + copies(marker.donor_copies[d]);
    return line + " }\n";
}

}  // namespace

std::string case_toml(const Plan& plan) {
    std::string text =
        "# Simulated: nobody's case.\nschema = \"microchim/case/1\"\nid = " + quoted(plan.case_id) + "\n";
    text += "\n[recipient]\n" + stated("sex", plan.recipient_sex);
    for (const Donor& donor : plan.donors)
        text += "\n[[donor]]\nid = " + quoted(donor.id) + '\n' + stated("sex", donor.sex) +
                stated("relation", donor.relation);
    text += "\n[genotype]                    # copies per diploid genome\n";
    for (const Marker& marker : plan.markers) text += genotype_line(plan, marker);
    for (const Donor& donor : plan.donors)
        if (!donor.infused.empty())
            text += "\n[[infusion]]\ndonor = " + quoted(donor.id) + '\n' + stated("date", donor.infused, true) +
                    "cycle = 1\n";
    for (const Sample& sample : plan.samples)
        if (sample.type == SampleType::unkn)
            text += "\n[[sample]]\nname = " + quoted(sample.name) + '\n' + stated("role", sample.role) +
                    stated("collected", sample.collected, true) + stated("specimen", sample.specimen) +
                    "dna_ng = " + copies(dna_ng(plan, sample)) + '\n';
    return text;
}

std::string panel_toml(const Plan& plan) {
    std::string text = "schema = \"microchim/panel/1\"\nname = " + quoted(plan.panel) + '\n';
    for (const Marker& marker : plan.markers)
        text += "\n[[marker]]\nid = " + quoted(marker.target) + '\n' + stated("class", marker.kind) +
                stated("target", marker.target) + stated("reference", plan.reference) +
                stated("chromosome", marker.chromosome);
    return text + "\n[[reference]]\ntarget = " + quoted(plan.reference) +
           "\ncopies = " + copies(plan.reference_copies) + "\n\n[limits]\nminimum_partitions = 10000\n";
}

}  // namespace microchim::simulate
