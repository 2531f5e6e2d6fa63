#include "core/chimerism/plate.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <set>
#include <tuple>
#include <utility>

#include "core/qpcr/analyse.hpp"
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
        if (role == to_string(type)) well.type = type, well.type_is_told = true;
    if (role == "baseline" || role == "follow-up" || role == "donor" || role == "recipient")
        well.type = SampleType::unkn, well.type_is_told = true;
}

/// Which targets of a run are counted where: by well, by sample, and by pooled row.
struct Counted {
    using Place = std::pair<std::string, std::string>;  ///< target, name
    std::set<Place> wells, samples, pooled_wells, rows, rows_without_wells;

    static std::string row(const Aggregate& pooled) { return pooled.name + '\0' + pooled.sample; }

    bool has(const Aggregate& pooled) const {
        const auto& target = pooled.counts.target;
        if (pooled.members.empty())
            return samples.contains({target, pooled.sample}) || rows.contains({target, row(pooled)});
        return rows_without_wells.contains({target, row(pooled)}) ||
               std::ranges::any_of(pooled.members, [&](const Well& member) {
                   return wells.contains({target, member.name()}) || pooled_wells.contains({target, member.name()});
               });
    }

    void add(const Aggregate& pooled) {
        const auto& target = pooled.counts.target;
        rows.emplace(target, row(pooled));
        if (pooled.members.empty()) rows_without_wells.emplace(target, row(pooled));
        for (const auto& member : pooled.members) pooled_wells.emplace(target, member.name());
    }
};

/// Pooled rows of which the wells are not listed: the only evidence that such files hold.
void add_pooled(Plate& plate, const Run& run, std::size_t first) {
    Counted counted;
    for (auto well = first; well < plate.wells.size(); ++well)
        for (const auto* counts : plate.wells[well].counts) {
            counted.wells.emplace(counts->target, plate.wells[well].name);
            counted.samples.emplace(counts->target, plate.wells[well].sample);
        }
    std::map<std::tuple<std::string, std::string, std::vector<Well>>, std::size_t> rows;
    for (const auto& pooled : run.aggregates) {
        if (pooled.pooling != Pooling::sum || counted.has(pooled)) continue;
        counted.add(pooled);
        const auto [row, fresh] = rows.try_emplace({pooled.name, pooled.sample, pooled.members}, plate.wells.size());
        const auto type = named_no_template(pooled.sample) ? SampleType::ntc : SampleType::unkn;
        if (fresh) plate.wells.push_back({&run, pooled.name, {}, pooled.sample, type, 1, &pooled});
        plate.wells[row->second].counts.push_back(&pooled.counts);
    }
}

/// The file's Cq where it has any: a curve without one did not amplify then. Else ours.
void add_curves(Plate& plate, const Run& run, std::size_t first) {
    bool states_cq = false, states_none = false, has_curves = false;
    for (const auto& react : run.reacts)
        for (const auto& curve : react.curves) {
            states_cq = states_cq || curve.cq;
            states_none = states_none || curve.amplified;
            has_curves = has_curves || !curve.fluorescence.empty();
        }
    std::map<std::pair<std::size_t, std::size_t>, const qpcr::ReactionResult*> own;
    std::vector<qpcr::ReactionResult> results;
    if (has_curves && !states_cq && !states_none) results = qpcr::analyse(run);
    for (const auto& result : results) own[{result.react, result.curve}] = &result;
    std::map<std::string, std::string> units;  // RDML's reader keeps the unit of a well's quantity beside it
    for (const auto& attribute : run.attributes)
        if (attribute.key == "quantity unit") units[attribute.well] = attribute.value;
    for (std::size_t r = 0; r < run.reacts.size(); ++r)
        for (std::size_t c = 0; c < run.reacts[r].curves.size(); ++c) {
            const auto& react = run.reacts[r];
            const auto& curve = react.curves[c];
            PlateCurve out{&curve, {}, false, false, {}, curve.quantity ? curve.quantity : react.quantity, curve.unit};
            if (out.unit.empty()) out.unit = units[react.well.name()];
            if (const auto found = own.find({r, c}); found != own.end()) {
                using qpcr::Verdict;
                out.ours = true;
                out.judged = found->second->verdict != Verdict::baseline_error &&
                             found->second->verdict != Verdict::too_few_cycles;
                out.cq = found->second->cq;
                out.efficiency = found->second->efficiency;
            } else {
                out.judged = states_cq || curve.amplified;
                if (curve.amplified != false) out.cq = curve.cq;
            }
            plate.wells[first + r].curves.push_back(std::move(out));
        }
}

/// What a well of this run has; pooled rows have more, and tell nothing about it.
void find_usual(Plate& plate, const Run& run, std::size_t first) {
    std::vector<std::int64_t> accepted;
    for (auto well = first; well < plate.wells.size(); ++well)
        if (plate.wells[well].pooled == nullptr && plate.wells[well].accepted() > 0)
            accepted.push_back(plate.wells[well].accepted());
    if (accepted.empty()) return;
    const auto middle = accepted.begin() + static_cast<std::ptrdiff_t>(accepted.size() / 2);
    std::ranges::nth_element(accepted, middle);
    plate.usual[&run] = *middle;
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

std::string name_of(const Run& run) {
    return run.id.empty() ? run.provenance.path : run.id;
}

std::int64_t PlateWell::accepted() const {
    std::int64_t most = 0;
    for (const auto* target : counts) most = std::max(most, target->accepted);
    const auto wells = pooled == nullptr ? 0 : static_cast<std::int64_t>(pooled->members.size());
    return wells > 0 ? most / wells : most;
}

SampleType PlateWell::type_of(const PlateCurve& one) const {
    const auto own = one.curve->type;
    if (type_is_told || !own) return type;
    return type == SampleType::ntc && *own == SampleType::unkn ? type : *own;
}

bool PlateWell::unknown() const {
    if (type != SampleType::unkn) return false;
    return !counts.empty() || curves.empty() ||
           std::ranges::any_of(curves, [&](const PlateCurve& one) { return type_of(one) == SampleType::unkn; });
}

std::string Plate::where(const PlateWell& well) const {
    return several_runs ? name_of(*well.run) + ", " + well.name : well.name;
}

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
    std::set<std::string_view> known;
    for (const auto& well : wells)
        if (well.unknown() && !well.sample.empty() && known.insert(well.sample).second) names.push_back(well.sample);
    return names;
}

Plate lay_out(const std::vector<Run>& runs, const std::vector<SheetRow>& sheet) {
    Plate plate;
    plate.several_runs = runs.size() > 1;
    for (const auto& run : runs) {
        const auto first = plate.wells.size();
        for (const auto& react : run.reacts) {
            const bool ntc = react.type == SampleType::unkn && named_no_template(react.sample);
            PlateWell well{&run, react.well.name(), {}, react.sample, ntc ? SampleType::ntc : react.type, 1, nullptr};
            for (const auto& counts : react.counts) well.counts.push_back(&counts);
            plate.wells.push_back(std::move(well));
        }
        add_curves(plate, run, first);
        add_pooled(plate, run, first);
        find_usual(plate, run, first);
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
