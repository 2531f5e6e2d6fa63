// What a file of the Absolute Q software is. Told by its column names, never by the file's name.
//
//   Run,Date,Instrument,Plate,Group,Name,Well,Total,Dye,Target,Conc. cp/uL,95%CI,Positives        results (older)
//   ,,,,,,,FAM,,,...                                                                               <- dyes of the
//   blocks Run name,Group,Sample,Well,DF,QC,Total,Target,Conc.,SD,CV%,95%DeltaLCI,...,QC Message          summary
//   Run,Date,Instrument,Plate,Sample,Channels,Count,Copies per microliter,Total                    multichannel
//   Run,Date,Instrument,Plate,Well ID,Sample,Index,Reject,ROX,FAM,FAM_pos,FAM_target,...           fluorescence
//   Run,Date,...,BarCode,Sample,Index,Column,Row,Region,Reject,Channel,PosLike,...,C40,pos_C40,... partition summary
#pragma once

#include <algorithm>
#include <cstddef>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "microchim/exports.hpp"
#include "microchim/reader.hpp"
#include "microchim/table.hpp"

namespace microchim::absoluteq {

using reader::FormatError;
using reader::Table;

enum class Kind { results, summary, combinations, fluorescence, partitions };

struct Dialect {
    Kind kind = Kind::results;
    const char* name = "";        ///< the run attribute "dialect", by which an instrument profile is chosen
    const char* what = "";        ///< as users call the file
    char delimiter = ',';         ///< of the line with the column names
    std::size_t lines_above = 0;  ///< lines before the column names
};

/// A column name without what changes between releases and programs.
inline std::string plain(std::string_view name) {
    return reader::detail::normalised(reader::detail::trimmed(name));
}

/// "FAM" of "FAM_pos", where `suffix` is "_pos"; empty for any other name.
inline std::string_view before(std::string_view name, std::string_view suffix) {
    name = reader::detail::trimmed(name);
    if (name.size() <= suffix.size()) return {};
    const auto low = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c; };
    const auto tail = name.substr(name.size() - suffix.size());
    return std::ranges::equal(tail, suffix, {}, low) ? name.substr(0, name.size() - suffix.size()) : std::string_view{};
}

namespace detail {

inline std::optional<Dialect> by_columns(const std::vector<std::string_view>& columns) {
    std::vector<std::string> names;
    for (const auto column : columns) names.push_back(plain(column));
    const auto has = [&](std::string_view name) { return std::ranges::find(names, name) != names.end(); };
    const auto count = [&](std::initializer_list<const char*> some) {
        return std::ranges::count_if(some, [&](const char* name) { return has(name); });
    };
    const auto ending = [&](std::string_view suffix) {
        return std::ranges::any_of(columns, [&](auto column) { return !before(column, suffix).empty(); });
    };
    // One column may be missing: then read() tells the user which.
    if (count({"95%deltalci", "95%deltauci", "lambdacprxn", "precision%", "meanqc", "qcmessage"}) >= 3 &&
        count({"runname", "sample", "well", "total", "target", "positives", "df", "qc"}) >= 6)
        return Dialect{Kind::summary, "Absolute Q summary", "summary"};
    if (has("channels") && count({"copiespermicroliter", "count", "total", "sample"}) >= 3)
        return Dialect{Kind::combinations, "Absolute Q multichannel", "multichannel file"};
    if (count({"wellid", "well", "reject", "index", "sample"}) >= 3 &&
        ending("_pos") + ending("_target") + ending("_threshold") >= 2)
        return Dialect{Kind::fluorescence, "Absolute Q fluorescence", "fluorescence file"};
    if (count({"poslike", "probposlike", "posc40", "c15", "c40", "c40c15"}) >= 3 &&
        count({"sample", "index", "reject", "channel"}) >= 3)
        return Dialect{Kind::partitions, "Absolute Q partition summary", "partition summary"};
    if (count({"well", "total", "dye", "target", "positives", "plate", "instrument", "group", "name"}) >= 7 &&
        count({"conccpul", "95%ci"}) >= 1)
        return Dialect{Kind::results, "Absolute Q results", "result table"};
    return std::nullopt;
}

}  // namespace detail

/// The dialect of a file; nothing for what the Absolute Q software did not write.
inline std::optional<Dialect> dialect(std::string_view bytes) try {
    const auto text = reader::head(bytes);
    for (std::size_t above = 0; above < 4; ++above) {
        const auto line = reader::line(text, above);
        if (line.find_first_not_of(" \t,;") == line.npos) continue;
        const char delimiter = reader::delimiter(line);
        const Table head("", std::string(line), delimiter);
        if (auto found = detail::by_columns(head.header())) {
            found->delimiter = delimiter;
            found->lines_above = above;
            return found;
        }
    }
    return std::nullopt;
} catch (const FormatError&) {
    return std::nullopt;
}

}  // namespace microchim::absoluteq
