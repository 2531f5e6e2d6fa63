// The multichannel file: how many chambers of a sample have exactly these dyes positive.
//
//   Run,Date,Instrument,Plate,Sample,Channels,Count,Copies per microliter,Total
//   R7-M01KM2,2023-05-24 19:45:43.758605+00:00,2262720120102,M01KM2,Sample A1,,12189,0.00,20419       <- none
//   R7-M01KM2,...,Sample A1,FAM VIC,428,49.04,20419
//   R7-M01KM2,...,Sample A1,FAM ABY,0,0.00,0                                   <- no such chamber: no total either
//
// It names samples, not wells. A combination that comes again begins another well with the same sample.
#pragma once

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "cells.hpp"

namespace microchim::absoluteq {

namespace detail {

inline std::vector<std::string> words(std::string_view text) {
    std::vector<std::string> found;
    for (std::size_t at = 0; (at = text.find_first_not_of(" +/", at)) != text.npos;) {
        const auto end = std::min(text.find_first_of(" +/", at), text.size());
        found.emplace_back(text.substr(at, end - at));
        at = end;
    }
    return found;
}

struct CombinationColumns {
    std::size_t sample, channels, count, total;
    std::optional<std::size_t> run, date, instrument, plate;

    explicit CombinationColumns(const Table& table)
        : sample(table.require({"Sample", "Name"})),
          channels(table.require({"Channels"})),
          count(table.require({"Count"})),
          total(table.require({"Total"})),
          run(table.find({"Run", "Run name"})),
          date(table.find({"Date"})),
          instrument(table.find({"Instrument"})),
          plate(table.find({"Plate"})) {}

    bool taken(std::size_t c) const {
        return c == sample || c == channels || c == total || c == run || c == date || c == instrument || c == plate;
    }
};

/// One sample while its rows are read.
struct OpenSample {
    Sample sample;
    std::size_t first = 0;  ///< row
    std::map<std::vector<std::string>, std::int64_t> counts;
    std::vector<std::string> order;  ///< of the dyes, as in the largest combination
};

/// The counts must come to the total. \throws FormatError otherwise.
inline void close(OpenSample& open, Part& part, const Sheet& sheet, const CombinationColumns& at) {
    std::int64_t sum = 0;
    for (const auto& [dyes, count] : open.counts) sum += count;
    if (sum != open.sample.total)
        throw FormatError(sheet.table.where(open.first, at.count),
                          "the counts of " + reader::detail::quoted(open.sample.name) + " come to " +
                              std::to_string(sum) + ", its total is " + std::to_string(open.sample.total) +
                              "; the file may have been cut off, export it again");
    std::map<std::string, std::int64_t> positives;
    for (const auto& [dyes, count] : open.counts)
        for (const auto& dye : dyes) positives[dye] += count;
    const auto add = [&](const std::string& dye, std::int64_t count) {
        open.sample.dyes.push_back(dye);
        open.sample.positives.push_back(count);
    };
    for (const auto& dye : open.order) {
        add(dye, positives[dye]);
        positives.erase(dye);
    }
    for (const auto& [dye, count] : positives) add(dye, count);
    part.samples.push_back(std::move(open.sample));
    part.samples.back().combinations = open.counts.size();
}

/// Rows without chambers may be missing at the end of a file, and nobody would know.
inline void compare_last(Part& part) {
    if (part.samples.size() < 2) return;
    const auto last = part.samples.back().combinations, other = part.samples.front().combinations;
    if (last < other)
        part.notes.push_back({MICROCHIM_WARNING, part.samples.back().where,
                              "The last sample has " + std::to_string(last) + " combinations of dyes, the first " +
                                  std::to_string(other) + "; the file may have been cut off."});
}

/// A dye that is positive nowhere in the file may not have been used at all, and is left to the attributes.
inline void drop_unused_dyes(Part& part) {
    std::map<std::string, std::int64_t> positives;
    for (const auto& sample : part.samples)
        for (std::size_t d = 0; d < sample.dyes.size(); ++d) positives[sample.dyes[d]] += sample.positives[d];
    for (auto& sample : part.samples)
        for (std::size_t d = sample.dyes.size(); d-- > 0;)
            if (positives[sample.dyes[d]] == 0) {
                sample.dyes.erase(sample.dyes.begin() + static_cast<std::ptrdiff_t>(d));
                sample.positives.erase(sample.positives.begin() + static_cast<std::ptrdiff_t>(d));
            }
    std::string unused;
    for (const auto& [dye, count] : positives)
        if (count == 0) unused += (unused.empty() ? "" : ", ") + dye;
    if (!unused.empty())
        part.notes.push_back(
            {MICROCHIM_INFO, part.file,
             "Positive in no chamber of this multichannel file, and so perhaps not used: " + unused + "."});
}

}  // namespace detail

/// The runs of a multichannel file, with samples that are not in wells yet. \throws FormatError naming line and column.
inline std::vector<Part> read_combinations(std::string_view file, std::string_view bytes, const Dialect& dialect,
                                           std::size_t entry) {
    constexpr std::size_t most_dyes = 16;
    const auto text = reader::utf8(bytes);
    const auto sheet = open_sheet(file, text, dialect);
    require_whole(file, text, sheet);
    const detail::CombinationColumns at(sheet.table);
    std::vector<Part> parts;
    std::vector<std::optional<detail::OpenSample>> open;
    for (std::size_t row = 0; row < sheet.table.size(); ++row) {
        auto& part = part_of(parts, dialect, entry, file, sheet.cell(row, at.run), sheet.cell(row, at.plate));
        open.resize(parts.size());
        auto& now = open[static_cast<std::size_t>(&part - parts.data())];
        if (part.started.empty()) part.started = sheet.cell(row, at.date);
        if (part.instrument.empty()) part.instrument = sheet.cell(row, at.instrument);
        const auto name = sheet.cell(row, at.sample), channels = sheet.cell(row, at.channels);
        auto dyes = says_nothing(channels) || same_text(channels, "none") ? std::vector<std::string>{}
                                                                          : detail::words(channels);
        if (dyes.size() > most_dyes)
            throw FormatError(sheet.table.where(row, at.channels), "more than 16 dyes in one chamber");
        const auto as_written = dyes;
        std::ranges::sort(dyes);
        if (std::ranges::adjacent_find(dyes) != dyes.end())
            throw FormatError(sheet.table.where(row, at.channels), "the same dye stands twice in one combination");
        if (now && (now->sample.name != name || now->counts.contains(dyes))) {
            detail::close(*now, part, sheet, at);
            now.reset();
        }
        if (!now) {
            now.emplace();
            now->first = row;
            now->sample.name = name;
            now->sample.where = sheet.table.where(row, at.sample);
        }
        const auto count = sheet.count(row, at.count), total = sheet.count(row, at.total);
        now->counts[dyes] = count;
        if (as_written.size() > now->order.size()) now->order = as_written;
        if (total != 0 && now->sample.total != 0 && total != now->sample.total)
            throw FormatError(sheet.table.where(row, at.total),
                              "the sample " + reader::detail::quoted(name) + " has two totals, " +
                                  std::to_string(now->sample.total) + " and " + std::to_string(total));
        now->sample.total = std::max(now->sample.total, total);
        const auto label = " [" + (dyes.empty() ? "none" : std::string(channels)) + "]";
        for (std::size_t c = 0; c < sheet.table.header().size(); ++c)
            if (!at.taken(c) && !sheet.cell(row, c).empty())
                now->sample.attributes.push_back(
                    {std::string(trimmed(sheet.table.header()[c])) + label, std::string(sheet.cell(row, c))});
    }
    for (std::size_t p = 0; p < parts.size(); ++p) {
        if (open[p]) detail::close(*open[p], parts[p], sheet, at);
        detail::compare_last(parts[p]);
        detail::drop_unused_dyes(parts[p]);
    }
    return parts;
}

}  // namespace microchim::absoluteq
