// The partition summary: one row per chamber and dye.
//
//   Run,Date,User,Instrument,ChipType,BarCode,Sample,Index,Column,Row,Region,Reject,Channel,PosLike,ProbPosLike,
//   C15,C40,pos_C40,_C40/C15
//   R7,2022-03-01,lab,2262720120102,MAP16,M01KM2,Sample A1,1,1,1,0,FALSE,FAM,TRUE,0.99,812.1,26754.5,TRUE,32.9
//
// C40 is the end point and pos_C40 its call. Samples are named, wells are not, unless Region is one.
#pragma once

#include <algorithm>
#include <charconv>
#include <map>
#include <numeric>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "cells.hpp"
#include "lines.hpp"

namespace microchim::absoluteq {

namespace detail {

struct ChamberColumns {
    std::size_t sample, index, channel, value;
    std::optional<std::size_t> run, date, user, instrument, chip, plate, region, reject, call, other_call;

    explicit ChamberColumns(const Table& head)
        : sample(head.require({"Sample", "Name"})),
          index(head.require({"Index"})),
          channel(head.require({"Channel", "Dye"})),
          value(head.require({"C40"})),
          run(head.find({"Run", "Run name"})),
          date(head.find({"Date"})),
          user(head.find({"User"})),
          instrument(head.find({"Instrument"})),
          chip(head.find({"ChipType"})),
          plate(head.find({"BarCode", "Plate"})),
          region(head.find({"Region"})),
          reject(head.find({"Reject", "Rejected"})),
          call(head.find({"pos_C40", "PosLike"})),
          other_call(head.find({"PosLike"})) {}

    bool taken(std::size_t c) const {
        return c == sample || c == index || c == channel || c == value || c == run || c == date || c == user ||
               c == instrument || c == chip || c == plate || c == region || c == reject || c == call || c == other_call;
    }
};

/// One dye of one sample in one region; calls are 0, 1 or 2, with 4 where the chamber was rejected.
struct DyePiece {
    std::string_view name;
    std::vector<std::int64_t> index;
    std::vector<float> fluorescence;
    std::vector<std::uint8_t> call;
};

struct SamplePiece {
    std::string_view run, plate, sample, region, date, user, instrument, chip;
    std::vector<DyePiece> dyes;
    std::size_t differing_calls = 0;

    DyePiece& dye(std::string_view name) {
        for (auto& dye : dyes)
            if (dye.name == name) return dye;
        dyes.push_back({name, {}, {}, {}});
        return dyes.back();
    }
};

/// Where pos_C40 is no call, PosLike is.
inline void choose_call(ChamberColumns& at, const RawTable& table, std::string_view piece) {
    Rows row(table, piece);
    if (!at.call || !at.other_call || at.call == at.other_call || !row.next()) return;
    const auto word = plain(row[*at.call]);
    if (word != "true" && word != "false" && word != "0" && word != "1" && !word.empty()) at.call = at.other_call;
}

using SampleKey = std::tuple<std::string_view, std::string_view, std::string_view, std::string_view>;

inline std::vector<SamplePiece> read_piece(const RawTable& table, const ChamberColumns& at, std::string_view piece) {
    Rows row(table, piece);
    std::vector<SamplePiece> samples;
    std::map<SampleKey, std::size_t> numbers;
    std::size_t current = 0;
    const auto cell = [&](std::optional<std::size_t> column) { return column ? row[*column] : std::string_view{}; };
    while (row.next()) {
        const SampleKey key{cell(at.run), cell(at.plate), row[at.sample], cell(at.region)};
        const auto& [run, plate, name, region] = key;
        const auto same = [&key](const SamplePiece& s) { return SampleKey{s.run, s.plate, s.sample, s.region} == key; };
        if (samples.empty() || !same(samples[current])) {
            const auto [known, fresh] = numbers.try_emplace(key, samples.size());
            current = known->second;
            if (fresh)
                samples.push_back({run,
                                   plate,
                                   name,
                                   region,
                                   cell(at.date),
                                   cell(at.user),
                                   cell(at.instrument),
                                   cell(at.chip),
                                   {},
                                   0});
        }
        auto& sample = samples[current];
        auto& dye = sample.dye(trimmed(row[at.channel]));
        if (sample.dyes.size() > 64) table.fail(row[at.channel], at.channel, "more than 64 dyes in one sample");
        const auto digits = trimmed(row[at.index]);
        std::int64_t index = 0;
        const auto [stop, fault] = std::from_chars(digits.data(), digits.data() + digits.size(), index);
        if (digits.empty() || fault != std::errc{} || stop != digits.data() + digits.size() || index < 0)
            table.fail(row[at.index], at.index, reader::detail::quoted(digits) + " is not a whole number");
        const bool rejected = at.reject && truth(table, row[*at.reject], *at.reject) == 1;
        const auto number = rejected ? std::optional(0.0F) : table.value(row[at.value], at.value);
        if (!number) table.fail(row[at.value], at.value, "a value is missing; export the file again");
        const auto call = at.call ? truth(table, row[*at.call], *at.call) : std::uint8_t{2};
        if (at.other_call && at.other_call != at.call && !rejected)
            sample.differing_calls += truth(table, row[*at.other_call], *at.other_call) != call;
        dye.index.push_back(index);
        dye.fluorescence.push_back(*number);
        dye.call.push_back(static_cast<std::uint8_t>(call | (rejected ? 4 : 0)));
    }
    return samples;
}

/// All pieces of one sample in one region, in the order of their index.
inline SamplePiece gathered(std::vector<SamplePiece*>& pieces) {
    SamplePiece whole = *pieces.front();
    for (std::size_t p = 1; p < pieces.size(); ++p) {
        whole.differing_calls += pieces[p]->differing_calls;
        for (auto& from : pieces[p]->dyes) {
            auto& to = whole.dye(from.name);
            to.index.insert(to.index.end(), from.index.begin(), from.index.end());
            to.fluorescence.insert(to.fluorescence.end(), from.fluorescence.begin(), from.fluorescence.end());
            to.call.insert(to.call.end(), from.call.begin(), from.call.end());
        }
    }
    for (auto& dye : whole.dyes) {
        if (std::ranges::is_sorted(dye.index)) continue;
        std::vector<std::size_t> order(dye.index.size());
        std::iota(order.begin(), order.end(), std::size_t{0});
        std::ranges::stable_sort(order, {}, [&](auto i) { return dye.index[i]; });
        DyePiece sorted{dye.name, {}, {}, {}};
        for (const auto i : order) {
            sorted.index.push_back(dye.index[i]);
            sorted.fluorescence.push_back(dye.fluorescence[i]);
            sorted.call.push_back(dye.call[i]);
        }
        dye = std::move(sorted);
    }
    return whole;
}

/// Adds the chambers of one region. \throws FormatError where a chamber stands twice or lacks a dye.
inline void add_region(Chambers& to, const SamplePiece& from, const std::string& file, bool rejects) {
    const auto sample = reader::detail::quoted(from.sample);
    const auto& index = from.dyes.front().index;
    if (const auto twice = std::ranges::adjacent_find(index); twice != index.end())
        throw FormatError(file, "chamber " + std::to_string(*twice) + " of the sample " + sample +
                                    " stands twice: the sample fills several wells, and this file does not say which. "
                                    "Export the fluorescence file, which names the wells");
    std::vector<bool> rejected(index.size());
    for (const auto& dye : from.dyes) {
        if (dye.index != index)
            throw FormatError(file, "the sample " + sample + " has other chambers in " + std::string(dye.name) +
                                        " than in " + std::string(from.dyes.front().name) +
                                        "; the file may have been cut off, export it again");
        for (std::size_t i = 0; i < index.size(); ++i)
            if (dye.call[i] & 4) rejected[i] = true;
    }
    if (!rejects) to.excluded = -1;
    else to.excluded += std::ranges::count(rejected, true);
    const bool fresh = to.channels.empty();
    if (!fresh && to.channels.size() != from.dyes.size())
        throw FormatError(file, "the sample " + sample + " has other dyes in one region than in another");
    for (std::size_t d = 0; d < from.dyes.size(); ++d) {
        if (fresh) to.channels.push_back({cell_text(from.dyes[d].name), "", not_stated, {}, {}});
        auto& channel = to.channels[d];
        if (channel.name != cell_text(from.dyes[d].name))
            throw FormatError(file, "the sample " + sample + " has other dyes in one region than in another");
        for (std::size_t i = 0; i < index.size(); ++i) {
            if (rejected[i]) continue;
            channel.fluorescence.push_back(from.dyes[d].fluorescence[i]);
            channel.positive.push_back(from.dyes[d].call[i] & 3);
        }
    }
}

/// ROX is passive and in no chamber positive; a dye without any call has none. Both come last, so that the first
/// channel is one with calls.
inline void drop_idle_calls(Chambers& chambers) {
    for (auto& channel : chambers.channels) {
        const bool passive = same_text(channel.name, "ROX") && channel.positives() == 0;
        if (passive || std::ranges::all_of(channel.positive, [](auto call) { return call == 2; }))
            channel.positive.clear();
    }
    auto& all = chambers.channels;
    std::stable_partition(all.begin(), all.end(), [](const Channel& c) { return !c.positive.empty(); });
}

}  // namespace detail

/// The runs of a partition summary, by well where Region names it, else by sample. \throws FormatError.
inline std::vector<Part> read_partitions(const reader::Bundle& bundle, std::size_t entry, const Dialect& dialect) {
    const RawTable table(bundle.name(entry), bundle.bytes(entry), dialect.delimiter, dialect.lines_above);
    detail::ChamberColumns at(table.head);
    const auto pieces = table.pieces();
    if (!pieces.empty()) detail::choose_call(at, table, pieces.front());
    std::vector<std::vector<detail::SamplePiece>> read(pieces.size());
    bundle.each(pieces.size(), [&](std::size_t i) { read[i] = detail::read_piece(table, at, pieces[i]); });

    std::map<detail::SampleKey, std::vector<detail::SamplePiece*>> samples;
    std::vector<detail::SampleKey> order;
    bool regions_are_wells = at.region.has_value();
    for (auto& piece : read)
        for (auto& sample : piece) {
            auto& known = samples[{sample.run, sample.plate, sample.sample, sample.region}];
            if (known.empty()) order.push_back({sample.run, sample.plate, sample.sample, sample.region});
            known.push_back(&sample);
            regions_are_wells = regions_are_wells && !well_name(sample.region).empty();
        }
    if (order.empty())
        throw FormatError(table.file,
                          "there is no row below the column names; the file may have been cut off, export it again");
    std::vector<Part> parts;
    std::map<std::pair<std::size_t, std::string>, std::size_t> places;  // of a sample in a part
    std::size_t differing = 0;
    for (const auto& key : order) {
        const auto whole = detail::gathered(samples[key]);
        differing += whole.differing_calls;
        auto& part = part_of(parts, dialect, entry, table.file, cell_text(whole.run), cell_text(whole.plate));
        if (part.started.empty()) part.started = cell_text(whole.date);
        if (part.instrument.empty()) part.instrument = cell_text(whole.instrument);
        if (part.consumable.empty()) part.consumable = cell_text(whole.chip);
        const bool first = part.chambers.empty() && part.unplaced.empty();
        if (first && !whole.user.empty()) part.attributes.push_back({"", "User", cell_text(whole.user)});
        const auto sample = cell_text(whole.sample);
        if (regions_are_wells) {
            const auto well = well_name(whole.region);
            auto& chambers = part.chambers[well];
            if (!chambers.channels.empty())
                throw FormatError(table.file, "well " + well + " holds two samples, " +
                                                  reader::detail::quoted(chambers.sample) + " and " +
                                                  reader::detail::quoted(sample));
            chambers.sample = part.wells[well] = sample;
            chambers.where = table.file;
            detail::add_region(chambers, whole, table.file, at.reject.has_value());
            continue;
        }
        const auto number = static_cast<std::size_t>(&part - parts.data());
        const auto [place, fresh] = places.try_emplace({number, sample}, part.unplaced.size());
        if (fresh) part.unplaced.push_back({sample, {sample, table.file, 0, {}}});
        detail::add_region(part.unplaced[place->second].second, whole, table.file, at.reject.has_value());
    }
    std::string left_out;
    for (std::size_t c = 0; c < table.columns.size(); ++c)
        if (!at.taken(c) && !table.columns[c].empty()) left_out += (left_out.empty() ? "" : ", ") + table.columns[c];
    for (auto& part : parts) {
        for (auto& [well, chambers] : part.chambers) detail::drop_idle_calls(chambers);
        for (auto& [sample, chambers] : part.unplaced) detail::drop_idle_calls(chambers);
        if (!left_out.empty())
            part.notes.push_back({MICROCHIM_INFO, part.file,
                                  "These columns say something of every chamber that has no place in a run, and were "
                                  "left out: " +
                                      left_out + "."});
    }
    if (differing > 0)
        parts.front().notes.push_back(
            {MICROCHIM_INFO, table.file,
             "PosLike and pos_C40 differ " + std::to_string(differing) + " times; the calls are those of pos_C40."});
    return parts;
}

}  // namespace microchim::absoluteq
