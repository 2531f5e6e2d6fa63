// analysis_result.txt, what the instrument software computed. Wells count from 0; labelled lines follow each result.
//
//   Session Name⇥
//   Well⇥Sample Name⇥Detector⇥Task⇥Ct⇥Avg Ct⇥Ct SD⇥Delta Ct⇥Qty⇥Avg Qty⇥Qty SD⇥Amp Status⇥Cq Conf
//   0⇥P1⇥SRY⇥Target⇥24.73⇥...                        Ct 40.0 of 40 cycles: no Ct; Amp Status 1, 0, -1
//   Rn values⇥0.51⇥0.52 ...
//   Delta Rn values⇥0.001⇥0.0 ...
#pragma once

#include <algorithm>
#include <charconv>
#include <cmath>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "microchim/numbers.hpp"
#include "microchim/reader.hpp"
#include "microchim/table.hpp"
#include "model.hpp"

namespace microchim::eds {

/// One line with what follows it. Views into the text of the file.
struct Result {
    std::size_t line = 0;
    std::vector<std::string_view> cells;
    std::map<std::string, std::vector<std::string_view>> series;  ///< by label: "rnvalues"
};

struct Results {
    std::string file, text, session;
    std::vector<std::string> header;  ///< normalised
    std::vector<std::string_view> names;
    std::vector<Result> all;

    std::string_view cell(const Result& result, std::string_view name) const {
        const auto found = std::find(header.begin(), header.end(), name);
        if (found == header.end()) return {};  // a row may have more cells than there are names
        const auto column = static_cast<std::size_t>(found - header.begin());
        return column < result.cells.size() ? reader::detail::trimmed(result.cells[column]) : std::string_view{};
    }
    /// The target of a result, by either name of its column.
    std::string target(const Result& result) const {
        for (const auto name : {"detector", "targetname", "target"})
            if (const auto found = cell(result, name); !found.empty()) return std::string(found);
        return {};
    }
    /// Genotypings have calls of markers instead.
    bool has_targets() const {
        return std::any_of(header.begin(), header.end(), [](const std::string& name) {
            return name == "detector" || name == "targetname" || name == "target";
        });
    }
    std::string where(const Result& result, std::string_view column) const {
        return file + ":" + std::to_string(result.line) + ", column '" + std::string(column) + "'";
    }
};

namespace detail {

inline std::vector<std::string_view> cells_of(std::string_view line) {
    std::vector<std::string_view> cells;
    for (std::size_t begin = 0; begin <= line.size();) {
        const auto end = std::min(line.find('\t', begin), line.size());
        cells.push_back(line.substr(begin, end - begin));
        begin = end + 1;
    }
    return cells;
}

inline bool is_count(std::string_view text) {
    return !text.empty() && text.size() < 10 && text.find_first_not_of("0123456789") == text.npos;
}

/// Calls use(line, number) for each line, without its end.
template <class Use>
void each_line(std::string_view text, Use use) {
    for (std::size_t begin = 0, number = 1; begin < text.size(); ++number) {
        const auto end = std::min(text.find('\n', begin), text.size());
        auto line = text.substr(begin, end - begin);
        if (line.ends_with('\r')) line.remove_suffix(1);
        use(line, number);
        begin = end + 1;
    }
}

inline double number_in(std::string_view cell, const std::string& where) {
    return reader::Numbers{}.read(cell, where).value_or(reader::not_stated);
}

}  // namespace detail

/// The file as lines. `fields` is "Well" first in the header. \throws FormatError where there is no header.
inline Results read_results(std::string file, std::string text) {
    Results results{std::move(file), std::move(text), {}, {}, {}, {}};
    detail::each_line(results.text, [&](std::string_view line, std::size_t number) {
        auto cells = detail::cells_of(line);
        const auto first = reader::detail::trimmed(cells[0]);
        if (results.header.empty()) {
            if (first == "Session Name" && cells.size() > 1) results.session = cells[1];
            if (first != "Well") return;
            results.names = cells;
            for (const auto cell : cells) results.header.push_back(reader::detail::normalised(cell));
        } else if (detail::is_count(first)) {
            results.all.push_back({number, std::move(cells), {}});
        } else if (!first.empty() && !results.all.empty()) {
            auto& values = results.all.back().series[reader::detail::normalised(first)];
            values.assign(cells.begin() + 1, cells.end());
            while (!values.empty() && reader::detail::trimmed(values.back()).empty()) values.pop_back();
        }
    });
    if (results.header.empty())
        throw FormatError(results.file, "there is no line with column names that begins with 'Well'");
    return results;
}

/// The numbers behind a label, from cycle 1. \throws FormatError for what is no number.
inline std::vector<float> series(const Results& results, const Result& result, const char* label) {
    const auto found = result.series.find(reader::detail::normalised(label));
    if (found == result.series.end()) return {};
    const auto where = results.file + ":" + std::to_string(result.line) + ", '" + label + "' below it";
    check_length(found->second.size(), 1000, where);
    std::vector<float> values;
    for (const auto cell : found->second) {
        const bool none = reader::says_no_cq(cell);
        values.push_back(none ? std::numeric_limits<float>::quiet_NaN()
                              : static_cast<float>(detail::number_in(cell, where)));
    }
    return values;
}

namespace detail {

/// "Undetermined" is kept as the number of cycles; the software's own exports then say so. Amp Status as its exports
/// have it: 1 is "Amp", 0 "Inconclusive", -1 "No Amp".
inline void read_verdict(const Results& results, const Result& result, std::int64_t cycles,
                         reader::Reaction& reaction) {
    const auto latin = results.cell(result, "ct");
    const auto ct = latin.empty() ? results.cell(result, "cu") : latin, status = results.cell(result, "ampstatus");
    const auto value = reader::says_no_cq(ct) ? reader::not_stated : number_in(ct, results.where(result, "Ct"));
    if (value > 0 && (cycles < 1 || value < static_cast<double>(cycles))) reaction.cq = value;
    if (status == "1" || (status.empty() && !std::isnan(reaction.cq))) reaction.amplified = 1;
    // An empty cell says nothing of a well that was left out.
    if (status == "-1" || (std::isnan(reaction.cq) && !(ct.empty() && reaction.excluded))) reaction.amplified = 0;
    if (status == "0") reaction.status = "Inconclusive";
}

}  // namespace detail

/// Takes over one result. `cycles`: of the program, 0 where it is not known.
inline void apply(const Results& results, const Result& result, std::int64_t cycles, bool passive,
                  reader::Reaction& reaction) {
    reaction.fluorescence = series(results, result, "Rn values");
    reaction.baselined = series(results, result, "Delta Rn values");
    reaction.signal = passive ? MICROCHIM_NORMALISED : MICROCHIM_RAW;
    const auto points = static_cast<std::int64_t>(reaction.fluorescence.size());
    detail::read_verdict(results, result, points > 0 ? points : cycles, reaction);
    const auto written = results.cell(result, "qty");
    const auto quantity =
        reader::says_no_cq(written) ? reader::not_stated : detail::number_in(written, results.where(result, "Qty"));
    if (reaction.type != MICROCHIM_STD && quantity > 0) reaction.quantity = quantity;
    if (reaction.type == MICROCHIM_STD && std::isnan(reaction.quantity)) reaction.quantity = quantity;
}

/// What has no field: means, deviations, the confidence, and lines of further computations.
inline void keep_result(const Results& results, const Result& result, const std::string& well,
                        const std::string& target, const Sink& sink) {
    for (std::size_t c = 0; c < std::min(results.header.size(), result.cells.size()); ++c) {
        const auto& name = results.header[c];
        const auto cell = reader::detail::trimmed(result.cells[c]);
        if (name == "well" || name == "samplename" || name == "task" || name == "qty" || cell == target) continue;
        keep(sink, well, std::string(results.names[c]) + " [" + target + "]", cell);
    }
    for (const auto& [label, values] : result.series) {
        if (label == "rnvalues" || label == "deltarnvalues") continue;
        std::string all;
        for (const auto value : values) all += (all.empty() ? "" : "\t") + std::string(value);
        keep(sink, well, label + " [" + target + "]", all);
    }
}

}  // namespace microchim::eds
