// "Export Cluster Data": how many droplets have which calls, and where they lie. Two tables in one file.
//
//   Target value of 0 = negative
//   Target value of 1 = positive
//   Target value of u = unclassified(Advanced Classification Method)
//
//   Well,Target 1,Target 2,Count,Ch1 Mean,Ch1 StdDev,...,Cluster ID        <- Target n: the n-th row of the well in the
//   A01,0,0,15012,812.4,61.2,...,NN                                           data table
//
//
//   Well,Cluster 1,Cluster 2,Angle,S Value
//   A01,NN,PN,N/A,4.734,
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "../biorad-shared/results.hpp"
#include "amplitude.hpp"
#include "microchim/exports.hpp"
#include "microchim/reader.hpp"
#include "microchim/table.hpp"

namespace microchim::qxmanager {

/// Calls of one target in one well, summed over the clusters.
struct ClusterCounts {
    std::int64_t positive = 0, unclassified = 0;
    bool used = false;  ///< the well has this target
};

struct ClusterWell {
    std::int64_t droplets = 0;
    std::vector<ClusterCounts> targets;
};

struct ClusterData {
    std::size_t entry;
    reader::Table clusters;
    std::optional<reader::Table> angles;
    std::vector<std::size_t> targets;  ///< columns of Target 1, 2 ...
    std::map<std::string, ClusterWell> wells;
    std::size_t colours = 0;
};

namespace detail {

/// The line of the first table's column names, from 0; nothing where this is no cluster data.
inline std::optional<std::size_t> cluster_header(std::string_view text) {
    for (std::size_t n = 0; n < 12; ++n) {
        const auto line = reader::line(text, n);
        if (is_preamble(line) || line.find_first_not_of(" \t,;\"") == line.npos) continue;
        const auto cells = biorad::split(line, reader::delimiter(line));
        const auto has = [&](const char* name) {
            return std::any_of(cells.begin(), cells.end(),
                               [&](const auto& cell) { return reader::detail::normalised(cell) == name; });
        };
        if (has("well") && has("target1") && has("count")) return n;
        return std::nullopt;
    }
    return std::nullopt;
}

/// Where the second table begins: its line, from 0, and its first byte.
struct Second {
    std::size_t line, at;
};

/// The first table is never the last thing in a file, and lines of the second natively end with a comma: what ends
/// otherwise, and has no line end, was cut off.
inline void require_line_end(const std::string& file, std::string_view text, bool second) {
    if (text.empty() || text.back() == '\n' || text.back() == '\r') return;
    const auto last = text.find_last_of("\r\n");
    const auto before = text.substr(0, text.find_last_not_of("\r\n", last) + 1);
    if (!second || (before.ends_with(',') && text.back() != ','))
        throw reader::FormatError(file, "the last line is not whole; the file was cut off, export it again");
}

inline std::optional<Second> second_table(std::string_view text) {
    std::size_t line = 0;
    for (std::size_t at = 0; at < text.size(); ++line) {
        const auto end = std::min(text.find_first_of("\r\n", at), text.size());
        const auto start = reader::detail::normalised(text.substr(at, std::min<std::size_t>(end - at, 40)));
        if (start.starts_with("wellcluster1")) return Second{line, at};
        at = end + (text.substr(end).starts_with("\r\n") ? 2 : 1);
    }
    return std::nullopt;
}

}  // namespace detail

namespace detail {

/// "M01": a row that pools wells, which count already.
inline bool is_merged(std::string_view well) {
    return reader::detail::trimmed(well).starts_with('M');
}

/// How attributes name a row: by its well; a merged one, which is no well, by its name.
inline reader::RowName row_name(std::string_view cell) {
    if (is_merged(cell)) return {"", std::string(cell) + " "};
    return {biorad::well_name(cell), ""};
}

}  // namespace detail

inline bool is_cluster_data(std::string_view bytes) {
    return detail::cluster_header(reader::head(bytes, 4096)).has_value();
}

/// \throws FormatError with line and column; also where the file was cut off.
inline ClusterData read_clusters(std::size_t entry, std::string_view name, const std::string& text) {
    const std::string file(name);
    const auto header = detail::cluster_header(text).value();
    const char delimiter = reader::delimiter(reader::line(text, header));
    const auto second = detail::second_table(text);
    const auto first_part = second ? text.substr(0, second->at) : text;
    ClusterData data{entry, reader::Table(file, first_part, delimiter, header), {}, {}, {}, 0};
    biorad::require_whole(file, first_part, data.clusters, delimiter);
    if (second) {
        data.angles.emplace(file, text, delimiter, second->line);
        biorad::require_whole(file, text, *data.angles, delimiter);
    }
    detail::require_line_end(file, text, second.has_value());
    const auto& table = data.clusters;
    const auto well = table.require({"Well"}), count = table.require({"Count"});
    while (const auto column = table.find({"Target " + std::to_string(data.targets.size() + 1)}))
        data.targets.push_back(*column);
    for (int channel = 1; channel <= 8; ++channel)
        data.colours += table.find({"Ch" + std::to_string(channel) + " Mean"}).has_value();
    for (std::size_t row = 0; row < table.size(); ++row) {
        const auto place = biorad::well_name(table.cell(row, well));
        if (place.empty() && detail::is_merged(table.cell(row, well))) continue;
        if (place.empty())
            throw reader::FormatError(table.where(row, well),
                                      reader::detail::quoted(table.cell(row, well)) + " is not a well, A01 to H12");
        auto& sums = data.wells[place];
        sums.targets.resize(data.targets.size());
        const auto droplets = biorad::detail::count(table, row, count);
        sums.droplets += droplets;
        for (std::size_t t = 0; t < data.targets.size(); ++t) {
            const auto cell = reader::detail::trimmed(table.cell(row, data.targets[t]));
            if (cell.empty() || cell == "NA") continue;
            const auto call = cell.size() == 1 ? call_of(cell[0]) : 99U;
            if (call == 99U)
                throw reader::FormatError(table.where(row, data.targets[t]),
                                          reader::detail::quoted(cell) + " is not 0, 1 or u, the calls of QX Manager");
            sums.targets[t].used = true;
            if (call == 1) sums.targets[t].positive += droplets;
            if (call == 2) sums.targets[t].unclassified += droplets;
        }
    }
    return data;
}

/// Every number of both tables, as "Count [10]" of a cluster that is positive for the first of two targets.
inline void keep_clusters(const ClusterData& data, const reader::Sink& sink) {
    const auto& table = data.clusters;
    const auto well = *table.find({"Well"});
    std::vector<reader::RowName> names(table.size());
    for (std::size_t row = 0; row < table.size(); ++row) {
        names[row] = detail::row_name(table.cell(row, well));
        for (const auto column : data.targets) names[row].label += reader::detail::trimmed(table.cell(row, column));
    }
    const auto is_target = [&](std::size_t c) {
        return c == well || std::find(data.targets.begin(), data.targets.end(), c) != data.targets.end();
    };
    reader::keep_unused(table, names, is_target, sink);
    if (!data.angles) return;
    const auto& angles = *data.angles;
    const auto at = angles.require({"Well"}), one = angles.require({"Cluster 1"}),
               other = angles.require({"Cluster 2"});
    names.assign(angles.size(), {});
    for (std::size_t row = 0; row < angles.size(); ++row) {
        names[row] = detail::row_name(angles.cell(row, at));
        names[row].label += std::string(angles.cell(row, one)) + " to " + std::string(angles.cell(row, other));
    }
    reader::keep_unused(
        angles, names, [&](std::size_t c) { return c == at || c == one || c == other; }, sink);
}

}  // namespace microchim::qxmanager
