// One file of a drop, read but not yet put into a run.
#pragma once

#include <limits>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "../biorad-shared/realtime_rows.hpp"
#include "information.hpp"
#include "kinds.hpp"
#include "names.hpp"
#include "plate_view.hpp"
#include "wide.hpp"

namespace microchim::cfx {

struct File {
    std::size_t entry = 0;
    std::string path;
    Name name;
    Kind kind = Kind::rows;
    Information facts;
    std::optional<Sheet> sheet;
    std::vector<biorad::Row> rows;  ///< of result tables, alleles and plate views
    PlateView plate;
    Wide wide;

    bool has_curves() const { return kind == Kind::cycles || kind == Kind::melt; }
    /// A melting curve's derivative. The column names do not tell; a derivative crosses zero, fluorescence does not.
    bool derivative() const {
        if (name.phrase.find("rfu") != std::string::npos) return false;
        return name.phrase.find("derivative") != std::string::npos || wide.negative;
    }
};

namespace detail {

/// A target of a well may have several rows (one for each peak of its melting curve), but no two answers.
inline void require_one_answer(const File& file) {
    std::map<std::tuple<std::string, std::string, std::string>, const biorad::Row*> first;
    for (const auto& r : file.rows) {
        const auto [known, fresh] = first.try_emplace({r.well, r.target.value_or(""), r.fluor.value_or("")}, &r);
        const auto what = fresh ? std::string{} : biorad::difference(*known->second, r);
        if (!what.empty())
            throw FormatError(file.path + ":" + std::to_string(file.sheet->table.line(r.row)),
                              "another " + what + " of " + r.well + " than in line " +
                                  std::to_string(file.sheet->table.line(known->second->row)));
    }
}

}  // namespace detail

/// \throws FormatError with line and column.
inline File read_file(std::size_t entry, std::string_view path, std::string_view bytes, const Found& found) {
    File file;
    file.entry = entry;
    file.path = path;
    file.name = name_of(path);
    file.kind = found.kind;
    const bool alone = found.kind == Kind::information;
    file.facts = read_information(bytes, alone ? std::numeric_limits<std::size_t>::max() : found.line);
    if (alone) return file;
    file.sheet = biorad::read_sheet(entry, path, bytes, found.line);
    if (file.has_curves()) {
        file.wide = read_wide(*file.sheet, found.kind == Kind::melt);
    } else if (found.kind == Kind::plate) {
        file.plate = read_plate_view(*file.sheet);
        file.rows = file.plate.rows;
    } else if (found.kind == Kind::rows || found.kind == Kind::alleles) {
        const biorad::RowColumns at(file.sheet->table);
        for (std::size_t row = 0; row < file.sheet->table.size(); ++row)
            file.rows.push_back(biorad::read_row(*file.sheet, at, row));
        detail::require_one_answer(file);
    }
    return file;
}

}  // namespace microchim::cfx
