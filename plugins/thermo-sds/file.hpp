// A file of SDS 1.x or 2.x: the lines above its tables, the tables, and what stands below them.
#pragma once

#include "dialect.hpp"

namespace microchim::thermo {

struct File {
    std::shared_ptr<const Grid> grid;
    Dialect dialect = Dialect::none;
    std::size_t entry = 0;
    std::string version;
};

inline File open_file(const Bundle& bundle, std::size_t entry, Dialect dialect) {
    auto content = reader::utf8(bundle.bytes(entry));
    const std::string name(bundle.name(entry));
    const auto head = reader::head(content, 32768);
    const auto delimiter = grid_of_head(name, head)->delimiter();
    return {std::make_shared<Grid>(name, std::move(content), delimiter), dialect, entry,
            sds_version(std::string_view(head).substr(0, 4096))};
}

/// "Run Date: Wednesday, December 12, 2007 12:30:20", or key and value in two cells.
inline Line line_of(const Grid& grid, std::size_t row) {
    const auto whole = grid.joined(row);
    const auto first = grid.cell(row, 0);
    if (const auto colon = first.find(": "); colon != first.npos || first.ends_with(':')) {
        const auto at = whole.find(':');
        return {std::string(trimmed(whole.substr(0, at))), std::string(trimmed(whole.substr(at + 1)))};
    }
    std::string value;
    for (std::size_t c = 1; c < grid.width(row); ++c)
        if (!grid.cell(row, c).empty()) value += (value.empty() ? "" : " ") + std::string(grid.cell(row, c));
    return {std::string(first), value};
}

/// The rows of a table begin with a well; the first that does not, and is no row of this width, ends it.
/// \throws FormatError for a row of this width that lacks its well: what follows must not be dropped.
inline std::size_t end_of_table(const Grid& grid, std::size_t header, std::size_t well) {
    for (std::size_t row = header + 1; row < grid.size(); ++row) {
        const auto cell = grid.cell(row, well);
        if (cell.empty() && grid.width(row) > 4)
            throw FormatError(grid.address(row) + ", column 'Well'",
                              "this row does not say of which well it is; export the table again");
        if (cell.empty()) return row;
        const bool numbered = cell[0] >= '0' && cell[0] <= '9';
        const bool named = !reader::well_name(cell, 16, 24).empty();
        if (!numbered && !named && grid.width(row) <= 4) return row;
    }
    return grid.size();
}

/// Says where another table of results begins, below the one that was read.
inline void note_other_table(const Grid& grid, std::size_t from, const Sink& sink) {
    for (auto row = from; row < grid.size(); ++row)
        if (detail::is_results_header(grid, row))
            return sink.note(MICROCHIM_WARNING, grid.address(row),
                             "Another table of results begins here; it was not read. Save it in a file of its own.");
}

/// Lines that no table took: attributes of the run.
inline void keep_lines(const Grid& grid, std::size_t from, std::size_t to, const Sink& sink) {
    for (std::size_t row = from; row < to; ++row) {
        auto [key, value] = line_of(grid, row);
        if (key.empty() || grid.width(row) > 2)
            key = "line " + std::to_string(grid.line(row)), value = grid.joined(row);
        if (!value.empty()) sink.attribute("", key, value);
    }
}

}  // namespace microchim::thermo
