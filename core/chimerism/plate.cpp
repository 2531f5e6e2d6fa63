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

/// Whether any of the pooled wells is counted for this target already.
bool counted(const std::vector<PlateWell>& wells, const Run& run, const Aggregate& pooled) {
    for (const auto& well : wells) {
        if (well.run != &run) continue;
        const bool same =
            pooled.members.empty()
                ? well.sample == pooled.sample
                : std::ranges::any_of(pooled.members, [&](const Well& member) { return member.name() == well.name; });
        if (same && std::ranges::any_of(well.counts, [&](const auto* c) { return c->target == pooled.counts.target; }))
            return true;
    }
    return false;
}

/// Pooled rows of which the wells are not listed: the only evidence that such files hold.
void add_pooled(Plate& plate, const Run& run) {
    std::vector<const Aggregate*> used;
    const auto overlaps = [&](const Aggregate& pooled) {
        return std::ranges::any_of(used, [&](const Aggregate* other) {
            if (other->counts.target != pooled.counts.target) return false;
            if (other->members.empty() || pooled.members.empty()) return other->name == pooled.name;
            return std::ranges::any_of(
                pooled.members, [&](const Well& member) { return std::ranges::count(other->members, member) > 0; });
        });
    };
    const auto wells = plate.wells;
    for (const auto& pooled : run.aggregates) {
        if (pooled.pooling != Pooling::sum || counted(wells, run, pooled) || overlaps(pooled)) continue;
        used.push_back(&pooled);
        const auto row = std::ranges::find_if(plate.wells, [&](const PlateWell& well) {
            return well.run == &run && well.name == pooled.name && well.sample == pooled.sample;
        });
        if (row != plate.wells.end()) {
            row->counts.push_back(&pooled.counts);
            continue;
        }
        const auto type = named_no_template(pooled.sample) ? SampleType::ntc : SampleType::unkn;
        plate.wells.push_back({&run, pooled.name, {&pooled.counts}, pooled.sample, type, 1});
    }
}

bool apply(PlateWell& well, const SheetRow& row) {
    if (!row.well.empty() && row.well != well.name) return false;
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
    for (const auto& run : runs) {
        for (const auto& react : run.reacts) {
            const bool ntc = react.type == SampleType::unkn && named_no_template(react.sample);
            PlateWell well{&run, react.well.name(), {}, react.sample, ntc ? SampleType::ntc : react.type, 1};
            for (const auto& counts : react.counts) well.counts.push_back(&counts);
            plate.wells.push_back(std::move(well));
        }
        add_pooled(plate, run);
    }
    // Lines about wells first: they may rename the sample that a later line speaks of.
    for (const bool by_well : {true, false})
        for (const auto& row : sheet) {
            if (row.well.empty() == by_well) continue;
            bool used = false;
            for (auto& well : plate.wells) used = apply(well, row) || used;
            const auto here =
                std::ranges::count_if(plate.wells, [&](const PlateWell& w) { return by_well && w.name == row.well; });
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
