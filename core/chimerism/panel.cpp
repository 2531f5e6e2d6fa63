#include "core/chimerism/panel.hpp"

#include <algorithm>
#include <cctype>
#include <set>

#include "core/chimerism/toml_table.hpp"
#include "core/run/sha256.hpp"

namespace microchim::chimerism {
namespace {

std::string folded(std::string_view text) {
    std::string lower(text);
    std::ranges::transform(lower, lower.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return lower;
}

template <class Entry>
const Entry* by_target(const std::vector<Entry>& entries, std::string_view target) {
    const auto wanted = folded(target);
    for (const auto& entry : entries) {
        if (folded(entry.target) == wanted) return &entry;
        for (const auto& alias : entry.aliases)
            if (folded(alias) == wanted) return &entry;
    }
    return nullptr;
}

PanelMarker read_marker(TomlTable& table) {
    PanelMarker marker;
    marker.id = table.required_text("id");
    marker.kind = table.text("class");
    marker.target = table.text("target");
    if (marker.target.empty()) marker.target = marker.id;
    marker.aliases = table.texts("aliases");
    marker.reference = table.text("reference");
    marker.chromosome = table.text("chromosome");
    marker.standard_copies = table.number("standard_copies", 1e-3, 1e5);
    static const std::set<std::string, std::less<>> kinds{"", "Y", "X", "indel", "snp", "null", "hla"};
    if (!kinds.contains(marker.kind))
        table.fail("class", "is '" + marker.kind + "'.", "Use one of Y, X, indel, snp, null, hla.");
    table.finish();
    return marker;
}

PanelLimits read_limits(TomlTable& table) {
    PanelLimits limits;
    if (const auto value = table.number("minimum_partitions", 0, 1e9))
        limits.minimum_partitions = static_cast<std::int64_t>(*value);
    limits.micro = table.number("micro", 0, 1).value_or(limits.micro);
    limits.full = table.number("full", 0, 1).value_or(limits.full);
    limits.confidence = table.number("confidence", 0.5, 0.9999).value_or(limits.confidence);
    const auto set = [&](const char* key, double low, double high, double& value) {
        value = table.number(key, low, high).value_or(value);
    };
    set("minimum_efficiency", 0.3, 1.3, limits.minimum_efficiency);
    set("maximum_efficiency", 0.3, 1.5, limits.maximum_efficiency);
    set("minimum_r2", 0, 1, limits.minimum_r2);
    set("control_distance", 0, 40, limits.control_distance);
    set("inhibition_delay", 0.1, 20, limits.inhibition_delay);
    set("between_runs_sd", 0, 5, limits.between_runs_sd);
    if (limits.minimum_efficiency > limits.maximum_efficiency)
        table.fail("minimum_efficiency", "lies above 'maximum_efficiency'.");
    if (limits.micro > limits.full) table.fail("micro", "lies above 'full'.");
    table.finish();
    return limits;
}

}  // namespace

const PanelMarker* Panel::marker(std::string_view target) const {
    return by_target(markers, target);
}
const PanelReference* Panel::reference(std::string_view target) const {
    return by_target(references, target);
}
const PanelControl* Panel::control(std::string_view target) const {
    return by_target(controls, target);
}

Panel parse_panel(std::string_view toml, const std::string& name) {
    const auto parsed = parse_toml(toml, name);
    Panel panel;
    TomlTable top(parsed, name, "", panel.ignored);
    require_schema(top, "microchim/panel/1");
    panel.file = {name, sha256(toml)};
    panel.name = top.text("name");

    std::set<std::string> taken;
    const auto claim = [&](TomlTable& table, const std::string& target, const std::vector<std::string>& aliases) {
        auto names = aliases;
        names.push_back(target);
        std::set<std::string> own;
        for (const auto& entry : names) own.insert(folded(entry));
        for (const auto& entry : own)
            if (!taken.insert(entry).second)
                table.fail("target", "or an alias, '" + entry + "', is claimed by two entries of the panel.");
    };
    for (auto& table : top.tables("marker")) {
        panel.markers.push_back(read_marker(table));
        claim(table, panel.markers.back().target, panel.markers.back().aliases);
        const auto same = [&](const PanelMarker& m) { return m.id == panel.markers.back().id; };
        if (std::ranges::count_if(panel.markers, same) > 1) table.fail("id", "stands twice in the panel.");
    }
    for (auto& table : top.tables("reference")) {
        PanelReference reference{table.required_text("target"), table.texts("aliases"),
                                 table.number("copies", 1, 1e5).value_or(2),
                                 table.number("standard_copies", 1e-3, 1e5)};
        table.finish();
        claim(table, reference.target, reference.aliases);
        panel.references.push_back(std::move(reference));
    }
    for (auto& table : top.tables("control")) {
        PanelControl control{table.required_text("target"), table.texts("aliases")};
        table.finish();
        claim(table, control.target, control.aliases);
        panel.controls.push_back(std::move(control));
    }
    if (auto table = top.table("limits")) panel.limits = read_limits(*table);
    top.finish();
    if (panel.markers.empty()) top.fail("marker", "is missing: a panel needs at least one [[marker]].");
    for (const auto& marker : panel.markers)
        if (!marker.reference.empty() && panel.reference(marker.reference) == nullptr)
            top.fail("reference", "of marker '" + marker.id + "' is '" + marker.reference +
                                      "', which is no [[reference]] of this panel.");
    return panel;
}

Panel load_panel(const std::filesystem::path& path) {
    return parse_panel(read_settings(path.string()), path.string());
}

}  // namespace microchim::chimerism
