#include "core/chimerism/plate.hpp"

#include <algorithm>
#include <array>
#include <cctype>

#include "core/run/errors.hpp"

namespace microchim::chimerism {
namespace {

/// "NTC", "ntc 2", "NTC-1": many plates leave the well's type at "unknown" and say it in the name.
bool named_no_template(std::string_view sample) {
    if (sample.size() < 3) return false;
    std::string lower(sample.substr(0, 3));
    std::ranges::transform(lower, lower.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    const auto rest = sample.substr(3);
    return lower == "ntc" && std::ranges::all_of(rest, [](unsigned char c) { return !std::isalpha(c); });
}

/// The sample types that a sheet may give as a role; the other roles are a case's.
void apply_role(PlateWell& well, const std::string& role) {
    static constexpr std::array types{SampleType::unkn, SampleType::ntc, SampleType::nac, SampleType::std,
                                      SampleType::ntp,  SampleType::nrt, SampleType::pos, SampleType::opt};
    for (const auto type : types)
        if (role == to_string(type)) well.type = type;
    if (role == "baseline" || role == "follow-up" || role == "donor" || role == "recipient")
        well.type = SampleType::unkn;
}

bool apply(PlateWell& well, const SheetRow& row) {
    if (!row.well.empty() && row.well != well.react->well.name()) return false;
    if (row.well.empty() && row.sample != well.sample) return false;
    if (!row.sample.empty()) well.sample = row.sample;
    if (!row.role.empty()) apply_role(well, row.role);
    if (row.dilution) well.dilution = *row.dilution;
    return true;
}

}  // namespace

std::vector<const PlateWell*> Plate::of(std::string_view sample) const {
    std::vector<const PlateWell*> found;
    for (const auto& well : wells)
        if (well.sample == sample && well.type != SampleType::ntc) found.push_back(&well);
    return found;
}

std::vector<const PlateWell*> Plate::no_template() const {
    std::vector<const PlateWell*> found;
    for (const auto& well : wells)
        if (well.type == SampleType::ntc) found.push_back(&well);
    return found;
}

std::vector<std::string> Plate::samples() const {
    std::vector<std::string> names;
    for (const auto& well : wells)
        if (well.type == SampleType::unkn && !well.sample.empty() && std::ranges::count(names, well.sample) == 0)
            names.push_back(well.sample);
    return names;
}

Plate lay_out(const std::vector<Run>& runs, const std::vector<SheetRow>& sheet) {
    Plate plate;
    for (const auto& run : runs)
        for (const auto& react : run.reacts) {
            const bool ntc = react.type == SampleType::unkn && named_no_template(react.sample);
            plate.wells.push_back({&run, &react, react.sample, ntc ? SampleType::ntc : react.type, 1});
        }
    // Lines about wells first: they may rename the sample that a later line speaks of.
    for (const bool by_well : {true, false})
        for (const auto& row : sheet) {
            if (row.well.empty() == by_well) continue;
            bool used = false;
            for (auto& well : plate.wells) used = apply(well, row) || used;
            const auto here = std::ranges::count_if(
                plate.wells, [&](const PlateWell& w) { return by_well && w.react->well.name() == row.well; });
            if (here > 1)
                throw ConfigError("The sample sheet names well " + row.well + ", which " + std::to_string(here) +
                                  " of these runs have: quantify them one at a time, or name samples.");
            if (!used && by_well)
                throw ConfigError("The sample sheet names well " + row.well + ", which these runs do not have.");
            if (!used)
                throw ConfigError("The sample sheet names sample '" + row.sample + "', which these runs do not have.");
        }
    return plate;
}

}  // namespace microchim::chimerism
