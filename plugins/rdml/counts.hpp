// The <partitions> of a reaction: counts of each target, and the table behind them.
//
//   <partitions><volume>0.85</volume><endPtTable>run_B01.tsv</endPtTable>
//    <data><tar
//    id="SRY"/><pos>19</pos><neg>181</neg><undef>2</undef><excl>0</excl><conc>117.4</conc></data></partitions>
#pragma once

#include <cmath>
#include <cstdint>
#include <string>
#include <vector>

#include "content.hpp"
#include "microchim/reader.hpp"
#include "microchim/xml.hpp"
#include "notes.hpp"
#include "partitions.hpp"
#include "plate.hpp"

namespace microchim::rdml {

/// One target's counts as the file states them; -1: not stated.
struct Counted {
    Node data;
    std::string target, dye;
    std::int64_t positive = 0, negative = 0, undefined = -1, excluded = -1;
    Noted noted;
};

namespace detail {

inline std::int64_t partition_count(const Document& document, Node data, std::string_view name, bool required) {
    const auto node = xml::child(data, name);
    const auto value = document.number<std::int64_t>(node);
    if (!value && !required) return -1;
    if (!value)
        throw FormatError(document.where(node ? node : data),
                          "<" + std::string(name) + "> is missing, the number of partitions; the file is incomplete");
    if (*value < 0 || *value > 2'147'483'647)
        throw FormatError(document.where(node), std::to_string(*value) + " is no number of partitions");
    return *value;
}

inline std::string scores_text(std::int64_t positive, std::int64_t negative, std::int64_t undefined,
                               std::int64_t excluded) {
    return std::to_string(positive) + " positive, " + std::to_string(negative) + " negative, " +
           std::to_string(std::max<std::int64_t>(undefined, 0)) + " undefined and " +
           std::to_string(std::max<std::int64_t>(excluded, 0)) + " excluded";
}

/// What all targets state; -1 where they differ or one does not.
inline std::int64_t excluded_by_all(const std::vector<Counted>& counts) {
    std::int64_t all = counts.empty() ? -1 : counts[0].excluded;
    for (const auto& one : counts) all = one.excluded == all ? all : -1;
    return all;
}

/// Whether a column says what is stated. Programs leave excluded partitions out of the table, or all scores, and ours
/// writes 'u' where a partition is excluded for one target only.
inline bool agree(const Counted& counted, const Scores& found) {
    const bool excluded = counted.excluded < 0 || found.excluded == counted.excluded || found.excluded == 0;
    const auto undefined = std::max<std::int64_t>(counted.undefined, 0);
    if (found.positive + found.negative == 0)
        return excluded && found.unscored == counted.positive + counted.negative + undefined;
    return excluded && found.positive == counted.positive && found.negative == counted.negative &&
           (counted.undefined < 0 || found.unscored == undefined ||
            (found.excluded == 0 && found.unscored > undefined && found.unscored <= undefined + counted.excluded));
}

}  // namespace detail

/// \throws FormatError for counts that are missing or none.
inline std::vector<Counted> read_counts(const Content& content, const Reaction& reaction) {
    std::vector<Counted> all;
    xml::each(reaction.partitions, "data", [&](Node data) {
        const auto& document = content.document;
        Counted counted{data, xml::attribute(xml::child(data, "tar"), "id"), {}, 0, 0, -1, -1, {}};
        if (const auto found = content.targets.find(counted.target); found != content.targets.end())
            counted.dye = found->second.dye;
        counted.positive = detail::partition_count(document, data, "pos", true);
        counted.negative = detail::partition_count(document, data, "neg", true);
        counted.undefined = detail::partition_count(document, data, "undef", false);
        counted.excluded = detail::partition_count(document, data, "excl", false);
        counted.noted = read_note(xml::text(data, "note"));
        all.push_back(std::move(counted));
    });
    return all;
}

/// Whether anybody has told positive partitions from negative ones. Where not, there is nothing to count.
inline bool scored(const Counted& counted) {
    return counted.positive + counted.negative > 0 || counted.undefined <= 0;
}

/// A table of nothing but 'u' with 0 positive and 0 negative beside it, as rdmlpython writes what nobody has scored.
inline void take_undefined(std::vector<Counted>& counts, const PartitionTable& table) {
    for (const auto& column : table.columns)
        for (auto& one : counts)
            if (one.target == column.target && one.positive + one.negative == 0 && one.undefined < 0 &&
                !column.scored())
                one.undefined = column.scores.unscored;
}

/// Partitions of unknown score are no accepted ones: they would count as negative.
inline void report_counts(const Content& content, const Reaction& reaction, const Counted& counted, const Sink& sink) {
    const auto& document = content.document;
    const auto above_zero = [&](Node node) {
        const auto value = document.number<double>(node).value_or(-1);
        return value >= 0 ? value : reader::not_stated;
    };
    const auto volume = above_zero(xml::child(reaction.partitions, "volume"));
    const bool excluded = static_cast<bool>(xml::child(counted.data, "excluded"));
    auto status = counted.noted.status;
    if (excluded) status += status.empty() ? "excluded" : ", excluded";

    microchim_counts fact{};
    fact.well = reader::text(reaction.well);
    fact.target = reader::text(counted.target);
    fact.dye = reader::text(counted.dye);
    fact.channel = reader::text(counted.noted.channel);
    fact.accepted = counted.positive + counted.negative;
    fact.positive = counted.positive;
    fact.excluded = counted.excluded;
    fact.threshold = counted.noted.threshold;
    fact.volume_nl = volume > 0 ? volume : reader::not_stated;
    fact.copies_per_ul = counted.noted.copies_per_ul;
    if (!content.ours && std::isnan(fact.copies_per_ul))
        fact.copies_per_ul = above_zero(xml::child(counted.data, "conc"));
    fact.low = counted.noted.low;
    fact.high = counted.noted.high;
    fact.status = reader::text(status);
    if (scored(counted)) sink.counts(fact);

    keep(kept(counted.data, {"tar", "excluded", "pos", "neg", "excl", "conc", "note"}), "", counted.target,
         reaction.well, sink);
    keep_exclusion(xml::child(counted.data, "excluded"), counted.target, reaction.well, sink);
    if (!counted.noted.rest.empty())
        sink.attribute(reaction.well, "note [" + counted.target + "]", shortened(counted.noted.rest));
}

/// The partitions of a well, one channel a column of its table, and a warning where they are not what was counted.
inline void report_partitions(const Content& content, const Reaction& reaction, const std::vector<Counted>& counts,
                              const PartitionTable& table, std::string_view file, const Sink& sink) {
    std::vector<microchim_channel> channels;
    for (const auto& column : table.columns) {
        const auto counted =
            std::find_if(counts.begin(), counts.end(), [&](const Counted& one) { return one.target == column.target; });
        microchim_channel channel{};
        channel.target = reader::text(column.target);
        channel.name = channel.target;
        channel.threshold = reader::not_stated;
        channel.fluorescence = column.fluorescence.data();
        if (column.scored()) channel.positive = column.positive.data();
        if (counted == counts.end()) {
            sink.note(MICROCHIM_WARNING, reaction.well,
                      "the table " + std::string(file) + " has the target '" + column.target +
                          "', which the reaction does not count");
        } else {
            if (!counted->dye.empty()) channel.name = reader::text(counted->dye);
            if (!counted->noted.channel_name.empty()) channel.name = reader::text(counted->noted.channel_name);
            channel.threshold = counted->noted.threshold;
            const auto& found = column.scores;
            if (!detail::agree(*counted, found))
                sink.note(MICROCHIM_WARNING, reaction.well,
                          "target '" + column.target + "': the file counts " +
                              detail::scores_text(counted->positive, counted->negative, counted->undefined,
                                                  counted->excluded) +
                              " partitions, but the scores in " + std::string(file) + " are " +
                              detail::scores_text(found.positive, found.negative, found.unscored, found.excluded) +
                              "; the counts are kept");
        }
        channels.push_back(channel);
    }
    if (table.columns.front().fluorescence.empty()) return;
    const auto volume = content.document.number<double>(xml::child(reaction.partitions, "volume")).value_or(-1);
    microchim_partitions fact{};
    fact.well = reader::text(reaction.well);
    fact.rows = table.columns.front().fluorescence.size();
    fact.channels = channels.size();
    fact.channel = channels.data();
    fact.excluded = table.excluded > 0 ? table.excluded : detail::excluded_by_all(counts);
    fact.volume_nl = volume > 0 ? volume : reader::not_stated;
    sink.partitions(fact);
}

}  // namespace microchim::rdml
