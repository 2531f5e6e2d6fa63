// What the files say beyond counts: every other column, the volume per well, the combinations of targets.
#pragma once

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "run.hpp"

namespace microchim::qiacuity {

using reader::RowName;
using reader::Sink;

/// The profiles in instruments/ know the volume of a partition by these names.
inline constexpr std::string_view volume_per_well = "Volume per well [\xC2\xB5l]", cycled_volume = "Cycled volume";

/// The volume of a well stands in the row of every target.
inline void report_volumes(const std::map<std::string, std::vector<const Row*>>& places, const Sink& sink) {
    for (const auto& [name, rows] : places) {
        std::set<std::string> values;
        for (const auto* r : rows)
            if (!r->volume_ul.empty()) values.insert(r->volume_ul);
        if (values.size() == 1) sink.attribute(name, volume_per_well, *values.begin());
        if (values.size() < 2) continue;
        sink.note(MICROCHIM_WARNING, name, "The rows of this well give different volumes; none of them was used.");
        for (const auto* r : rows)
            if (!r->volume_ul.empty())
                sink.attribute(name, std::string(volume_per_well) + " [" + r->target + "]", r->volume_ul);
    }
}

/// Columns of an analysis table. Where two have one name, the second belongs to the column before it.
inline void report_columns(const Part& part, const Sink& sink) {
    const auto& [file, rows] = part;
    const auto& table = file->sheet.table;
    std::vector<RowName> names(table.size());
    for (const auto* r : rows) names[r->row] = {r->place.name, r->target.empty() ? "no target" : r->target};
    reader::keep_unused(
        table, names, [&file = file](std::size_t c) { return file->columns.taken(c); }, sink);
    for (const auto c : file->columns.other_ci) {
        const auto of = c > 0 ? std::string(trimmed(table.header()[c - 1])) + ", " : std::string{};
        for (const auto* r : rows)
            if (const auto cell = file->sheet.cell(r->row, c); !cell.empty())
                sink.attribute(r->place.name, of + std::string(trimmed(table.header()[c])) + " [" + r->target + "]",
                               cell);
    }
}

/// "Multiple occupancy [SRY+ RPP30-]", and the columns beside it.
inline void report_occupancy(const OccupancyPart& part, const Sink& sink) {
    const auto& [file, plate] = part;
    std::vector<RowName> names(file->sheet.table.size());
    for (const auto& g : plate->groups) {
        names[g.row] = {g.place.name, g.label()};
        sink.attribute(g.place.name, "Multiple occupancy [" + g.label() + "]", std::to_string(g.count));
    }
    reader::keep_unused(
        file->sheet.table, names, [&file = file](std::size_t c) { return file->columns.taken(c); }, sink);
}

/// Columns of the RFU files that are about wells: said once of the run, of a well, or of a channel of a well.
inline void report_series(const Raw& raw, const Sink& sink) {
    std::map<std::string, std::map<std::string, std::map<std::string, std::string>>> said;  // key, well, channel
    const auto collect = [&](const Series& s) {
        for (const auto& [key, value] : s.said) {
            const bool volume = plain(key).starts_with("cycledvolume");
            said[volume ? std::string(cycled_volume) : key][s.well][s.channel] = value;
        }
    };
    for (const auto& [well, channels] : raw.wells)
        for (const auto& [name, series] : channels) collect(*series);
    for (const auto& [well, series] : raw.reference) collect(*series);
    for (const auto& [key, wells] : said) {
        std::set<std::string> all;
        for (const auto& [well, channels] : wells)
            for (const auto& [name, value] : channels) all.insert(value);
        if (all.size() == 1 && key != cycled_volume) {
            sink.attribute("", key, *all.begin());
            continue;
        }
        for (const auto& [well, channels] : wells) {
            std::set<std::string> own;
            for (const auto& [name, value] : channels) own.insert(value);
            if (own.size() == 1) sink.attribute(well, key, *own.begin());
            else
                for (const auto& [name, value] : channels) sink.attribute(well, key + " [" + name + "]", value);
        }
    }
}

}  // namespace microchim::qiacuity
