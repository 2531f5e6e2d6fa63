// The fluorescence file: one row per chamber, with the dyes beside each other.
//
//   Run,Date,Instrument,Plate,Well ID,Sample,Index,Reject,ROX,FAM,FAM_pos,FAM_target,FAM_threshold,VIC,...
//   R7-M01KM2,2023-05-24 19:45:43.758605+00:00,2262720120102,M01KM2,A1,Sample A1,1,False,10824.2,26754.5,True,...
//
// A dye with calls has _pos, _target and _threshold beside it; one without is passive (ROX). Rejected chambers are
// counted, not reported. 16 wells of 20,000 chambers make 60 MB: read in pieces, each once.
#pragma once

#include <algorithm>
#include <charconv>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "well_pieces.hpp"

namespace microchim::absoluteq {

namespace detail {

/// A chamber that stands twice would count twice.
inline void require_once(std::vector<std::int64_t> index, const std::string& where, const std::string& well) {
    if (index.empty() || index.front() < 0) return;
    if (!std::ranges::is_sorted(index)) std::ranges::sort(index);
    const auto twice = std::ranges::adjacent_find(index);
    if (twice != index.end())
        throw FormatError(where, "chamber " + std::to_string(*twice) + " of " + well + " stands twice in this file");
}

/// Puts the pieces of one well together.
struct WellJoiner {
    const RawTable& table;
    const FluorescenceColumns& at;

    void channels(std::vector<WellPiece*>& pieces, Chambers& chambers) const {
        for (std::size_t d = 0; d < at.dyes.size(); ++d) {
            Channel channel;
            const WellPiece::Dye* first = nullptr;
            std::size_t missing = 0;
            std::string_view blank;
            for (auto* piece : pieces) {
                auto& dye = piece->dyes[d];
                if (piece->index.empty()) continue;
                if (dye.missing_count > 0 && missing == 0) blank = dye.missing;
                missing += dye.missing_count;
                if (first) same(*first, dye, at.dyes[d], piece->well);
                else first = &dye;
                if (channel.fluorescence.empty()) {
                    channel.fluorescence = std::move(dye.fluorescence);
                    channel.positive = std::move(dye.positive);
                    continue;
                }
                channel.fluorescence.insert(channel.fluorescence.end(), dye.fluorescence.begin(),
                                            dye.fluorescence.end());
                channel.positive.insert(channel.positive.end(), dye.positive.begin(), dye.positive.end());
            }
            if (missing > 0 && missing == channel.fluorescence.size()) continue;  // not used in this well
            if (missing > 0) table.fail(blank, at.dyes[d].value, "a value is missing; export the file again");
            const bool no_chamber = channel.fluorescence.empty();
            if (no_chamber && says_nothing(pieces.front()->dyes[d].target)) continue;
            if (no_chamber) first = &pieces.front()->dyes[d];
            if (std::ranges::all_of(channel.positive, [](auto call) { return call == 2; }) && !no_chamber)
                channel.positive.clear();
            channel.name = at.dyes[d].name;
            if (first && !says_nothing(first->target)) channel.target = cell_text(first->target);
            if (first && at.dyes[d].threshold) channel.threshold = threshold(first->threshold, *at.dyes[d].threshold);
            chambers.channels.push_back(std::move(channel));
        }
    }

    double threshold(std::string_view cell, std::size_t column) const {
        std::string digits = cell_text(cell);
        if (says_nothing(digits)) return not_stated;
        if (const auto comma = digits.find(','); table.delimiter != ',' && comma != digits.npos) digits[comma] = '.';
        double number = 0;
        const auto [stop, fault] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
        if (fault != std::errc{} || stop != digits.data() + digits.size() || !std::isfinite(number))
            table.fail(cell, column, reader::detail::quoted(digits) + " is not a number");
        return number;
    }

    void same(const WellPiece::Dye& a, const WellPiece::Dye& b, const DyeColumns& columns,
              std::string_view well) const {
        const auto differ = [&](std::string_view x, std::string_view y, std::optional<std::size_t> column) {
            if (x != y)
                table.fail(y, column.value_or(columns.value),
                           "well " + cell_text(well) + " has both " + reader::detail::quoted(x) + " and " +
                               reader::detail::quoted(y) +
                               "; if this is the last line, the file was cut off: export it again");
        };
        differ(a.target, b.target, columns.target);
        differ(a.threshold, b.threshold, columns.threshold);
    }

    /// Columns that the facts have no place for: of the well, where it has one value.
    void others(const std::vector<WellPiece*>& pieces, const std::string& well, Part& part) const {
        for (std::size_t i = 0; i < at.others.size(); ++i) {
            const auto said = pieces.front()->others[i];
            const auto& name = table.columns[at.others[i]];
            const bool varies = std::ranges::any_of(
                pieces, [&](const WellPiece* piece) { return piece->varies[i] || piece->others[i] != said; });
            if (varies) left_out(part, name);
            else if (!cell_text(said).empty()) part.attributes.push_back({well, name, cell_text(said)});
        }
    }

    static void left_out(Part& part, const std::string& name) {
        const auto what = "The column " + reader::detail::quoted(name) +
                          " says something of every chamber that has no place in a run; it was left out.";
        for (const auto& note : part.notes)
            if (note.what == what) return;
        part.notes.push_back({MICROCHIM_INFO, part.file, what});
    }
};

}  // namespace detail

/// The runs of a fluorescence file. \throws FormatError naming line and column.
inline std::vector<Part> read_fluorescence(const reader::Bundle& bundle, std::size_t entry, const Dialect& dialect) {
    const RawTable table(bundle.name(entry), bundle.bytes(entry), dialect.delimiter, dialect.lines_above);
    const detail::FluorescenceColumns at(table, table.head);
    const auto pieces = table.pieces();
    std::vector<std::vector<detail::WellPiece>> read(pieces.size());
    bundle.each(pieces.size(),
                [&](std::size_t i) { read[i] = detail::FluorescencePiece(table, at, pieces[i]).read(); });

    using Key = std::tuple<std::string_view, std::string_view, std::string_view>;
    std::map<Key, std::vector<detail::WellPiece*>> wells;
    std::vector<Key> order;
    for (auto& piece : read)
        for (auto& well : piece) {
            auto& known = wells[{well.run, well.plate, well.well}];
            if (known.empty()) order.push_back({well.run, well.plate, well.well});
            known.push_back(&well);
        }
    if (order.empty())
        throw FormatError(table.file,
                          "there is no row below the column names; the file may have been cut off, export it again");
    std::vector<Part> parts;
    const detail::WellJoiner join{table, at};
    for (const auto& key : order) {
        auto& found = wells[key];
        const auto& front = *found.front();
        auto& part = part_of(parts, dialect, entry, table.file, cell_text(front.run), cell_text(front.plate));
        if (part.started.empty()) part.started = cell_text(front.date);
        if (part.instrument.empty()) part.instrument = cell_text(front.instrument);
        const auto well = well_name(front.well);
        if (well.empty())
            table.fail(front.well, at.well,
                       reader::detail::quoted(front.well) + " is not a well of a MAP16 plate, A1 to D4");
        const auto [chambers, fresh] = part.chambers.try_emplace(well);
        if (!fresh) table.fail(front.well, at.well, "well " + well + " is named in two ways");
        chambers->second.sample = cell_text(front.sample);
        chambers->second.where = table.file;
        part.wells[well] = chambers->second.sample;
        std::vector<std::int64_t> index;
        chambers->second.excluded = at.reject ? 0 : -1;
        for (const auto* piece : found) {
            if (piece->sample != front.sample)
                table.fail(piece->sample, at.sample.value_or(at.well),
                           "well " + well + " holds two samples, " + reader::detail::quoted(front.sample) + " and " +
                               reader::detail::quoted(piece->sample));
            if (at.reject) chambers->second.excluded += piece->excluded;
            index.insert(index.end(), piece->index.begin(), piece->index.end());
        }
        detail::require_once(std::move(index), chambers->second.where, "well " + well);
        join.others(found, well, part);
        join.channels(found, chambers->second);
    }
    return parts;
}

}  // namespace microchim::absoluteq
