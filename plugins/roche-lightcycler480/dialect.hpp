// Which of the tables of the LightCycler 480 software a file is, and what stands above its column names.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "microchim/exports.hpp"
#include "microchim/join_parts.hpp"
#include "microchim/numbers.hpp"
#include "microchim/parts.hpp"
#include "microchim/raw_table.hpp"
#include "microchim/reader.hpp"

namespace microchim::lightcycler480 {

using reader::FormatError;
using reader::not_stated;
using reader::Numbers;
using reader::Part;
using reader::Reaction;
using reader::Table;
using reader::detail::normalised;
using reader::detail::quoted;
using reader::detail::trimmed;

enum class Kind { raw, results, calls, analysis, samples };

inline const char* name_of(Kind kind) {
    switch (kind) {
        case Kind::raw:
            return "LightCycler 480 raw data";
        case Kind::results:
            return "LightCycler 480 Cp results";
        case Kind::calls:
            return "LightCycler 480 melting calls";
        case Kind::analysis:
            return "LightCycler 480 analysis results";
        case Kind::samples:
            return "LightCycler 480 sample editor";
    }
    return "";
}

/// What a file is, where its column names stand, and what separates them.
struct Dialect {
    Kind kind;
    std::size_t header = 0;  ///< lines above it
    char delimiter = '\t';
    std::string above;  ///< the line above it: "Experiment: Monday  Selected Filter: FAM (465-510)"
};

/// By the column names, in one of the first three lines; nothing for what is not ours.
inline std::optional<Dialect> dialect(std::string_view bytes) {
    const auto top = reader::head(bytes, 4096);
    for (std::size_t n = 0; n < 3; ++n) {
        const auto names = reader::line(top, n);
        const auto delimiter = reader::delimiter(names);
        std::string all = "|";
        for (const auto& cell : reader::cells_of(names, delimiter)) all += normalised(cell) + "|";
        const auto has = [&](const char* column) { return all.find(column) != all.npos; };
        std::optional<Kind> kind;
        if (has("|samplepos|") && has("|prog#|") && has("|cycle#|") && has("|temp|")) kind = Kind::raw;
        else if (has("|include|") && has("|color|") && has("|pos|") && has("|name|"))
            kind = has("|cp|") ? Kind::results : Kind::calls;
        else if (has("|analysisname|") && has("|crossingpoint|") && has("|position|")) kind = Kind::analysis;
        else if (has("|generalpos|") && has("|generalsamplename|")) kind = Kind::samples;
        if (!kind) continue;
        std::string above;
        for (const auto& cell : reader::cells_of(n > 0 ? reader::line(top, n - 1) : "", delimiter))
            if (!cell.empty()) above += (above.empty() ? "" : " ") + cell;
        return Dialect{*kind, n, delimiter, above};
    }
    return std::nullopt;
}

/// What stands between two words of a line, without blanks around it; up to the end where `to` is empty or not there.
inline std::string between(std::string_view line, std::string_view from, std::string_view to) {
    const auto at = line.find(from);
    if (at == line.npos) return {};
    line.remove_prefix(at + from.size());
    return std::string(trimmed(line.substr(0, to.empty() ? line.npos : line.find(to))));
}

/// All filters in a text, by excitation and emission: "465-510" of "FAM (465-510)".
inline std::vector<std::string> filters(std::string_view text) {
    std::vector<std::string> found;
    const auto digits = [&](std::size_t at) {
        std::size_t n = 0;
        while (at + n < text.size() && text[at + n] >= '0' && text[at + n] <= '9') ++n;
        return n;
    };
    for (std::size_t i = 0; i < text.size(); ++i) {
        const auto n = digits(i);
        if (n == 3 && i + 3 < text.size() && text[i + 3] == '-' && digits(i + 4) == 3) {
            found.emplace_back(text.substr(i, 7));
            i += 6;
        } else if (n > 0) i += n - 1;
    }
    return found;
}

/// The well of a cell: "A01". \throws FormatError for what is none of a plate of 96 or 384.
inline std::string well(const Table& table, std::size_t row, std::size_t column) {
    auto name = reader::well_name(table.cell(row, column), 16, 24);
    if (name.empty())
        throw FormatError(table.where(row, column),
                          quoted(table.cell(row, column)) + " is no well of a plate of 96 or 384");
    return name;
}

/// How the numbers of these columns are written.
inline Numbers numbers(const Table& table, const std::vector<std::size_t>& columns) {
    Numbers numbers;
    for (std::size_t row = 0; row < table.size(); ++row)
        for (const auto column : columns) numbers.learn(table.cell(row, column));
    return numbers;
}

}  // namespace microchim::lightcycler480
