// What a laboratory says about the tables of its instrument.
//
//   schema = "microchim/csv/1"
//   [columns]
//   well = "Position"
//   target = "Assay"
//   accepted = "Valid"
//   positive = "Pos"
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "keys.hpp"

namespace microchim::described {

/// One target of a row; of a long table the only one.
struct Columns {
    Source well, sample, type, target, dye, channel;
    Source accepted, positive, negative, excluded, threshold, concentration, low, high, status;
    Source cq, quantity, unit;  ///< of real-time PCR, instead of counts
};

/// Rows whose cell is one of these words.
struct RowRule {
    Source column;
    std::vector<std::string> words;
};

struct PooledRule : RowRule {
    std::int32_t kind = MICROCHIM_SUM;
    Source members;
};

struct ChannelRule {
    Source column, call;
    std::string target;
    std::optional<double> threshold;
    std::array<std::vector<std::string>, 3> words;  ///< of the call: negative, positive, unclassified
};

struct Layout {
    std::optional<char> delimiter;  ///< none: whichever stands most often in the header
    char decimal = '.';
    std::size_t skip_lines = 0;
};

/// Tables with one line a partition.
struct PartitionRules {
    std::string file;  ///< "{run}_{well}.csv"
    std::size_t line = 0;
    Layout layout;
    Source well;  ///< a column, where {well} does not stand in the file's name
    Source excluded;
    std::vector<std::string> excluded_words, accepted_words;
    std::vector<ChannelRule> channels;
};

/// Tables with amplification curves: a column per well, or a row per well and cycle.
struct CurveRules {
    std::string file;  ///< "{run}_curves.csv"
    std::size_t line = 0;
    Layout layout;
    Source cycle, well, fluorescence, target, dye;  ///< without `fluorescence` every column is a well
    std::int32_t signal = MICROCHIM_RAW;
};

struct RunSources {
    Source id, plate, instrument, serial_number, consumable, software, software_version, started;
    std::int64_t rows = 0, columns = 0;
};

struct Description {
    std::string file, name;
    std::vector<std::string> files;
    bool one_run = false;
    Layout layout;
    std::vector<std::string> missing;
    std::string guard;
    Source volume;
    RunSources run;
    std::vector<Columns> targets;  ///< empty: there are only partitions
    bool wide = false;             ///< [[target]]: a row holds several
    std::map<std::string, std::int32_t> types;
    std::vector<RowRule> leave_out;
    std::vector<PooledRule> pooled;
    std::optional<PartitionRules> partitions;
    std::vector<std::string> no_cq;  ///< words and numbers that stand for no Cq
    std::vector<CurveRules> curves;
};

inline std::string lower(std::string_view text) {
    std::string out(text);
    for (auto& c : out)
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c | 0x20);
    return out;
}

inline std::vector<std::string> lower(std::vector<std::string> texts) {
    for (auto& text : texts) text = lower(text);
    return texts;
}

}  // namespace microchim::described
