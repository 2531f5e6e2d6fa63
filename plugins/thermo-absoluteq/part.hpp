// What one file says about one run, before the files of the run are joined.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "dialect.hpp"
#include "microchim/reader.hpp"

namespace microchim::absoluteq {

using reader::not_stated;

/// One target in one well.
struct Count {
    std::string well, target, dye, status;
    std::int64_t accepted = 0, positive = 0;
    double threshold = not_stated, copies = not_stated, low = not_stated, high = not_stated;
};

/// A row that stands for several wells.
struct Pool {
    std::string name;  ///< "Average", "Pooled"
    std::string group, target, dye;
    bool mean = false;
    std::vector<std::string> members;                   ///< empty: the file does not say
    double total = not_stated, positives = not_stated;  ///< as printed: means need not be whole numbers
    bool exact = true;                                  ///< whether they are counts: a rounded mean is none
    double copies = not_stated, low = not_stated, high = not_stated;
    std::string where;
};

/// How often each combination of positive dyes was seen in one sample.
struct Sample {
    std::string name, where;
    std::int64_t total = 0;
    std::size_t combinations = 0;
    std::vector<std::string> dyes;        ///< those that are positive somewhere in the file
    std::vector<std::int64_t> positives;  ///< of each dye
    std::vector<std::pair<std::string, std::string>> attributes;
};

struct Channel {
    std::string name, target;
    double threshold = not_stated;
    std::vector<float> fluorescence;
    std::vector<std::uint8_t> positive;  ///< 0, 1, 2 = no call; empty: a passive dye

    std::int64_t positives() const;
};

/// The accepted chambers of one well; of one sample, until its well is known.
struct Chambers {
    std::string sample, where;
    std::int64_t excluded = 0;
    std::vector<Channel> channels;

    std::int64_t size() const {
        return channels.empty() ? 0 : static_cast<std::int64_t>(channels.front().fluorescence.size());
    }
};

struct Attribute {
    std::string well, key, value;
    auto operator<=>(const Attribute&) const = default;
};

struct Note {
    std::int32_t severity;
    std::string where, what;
};

/// One run as one file tells it.
struct Part {
    Dialect dialect;
    std::size_t entry = 0;
    std::string file;
    std::string run, plate, instrument, started, consumable;
    std::map<std::string, std::string> wells;  ///< and the sample in each
    std::vector<Count> counts;
    std::vector<Pool> pools;
    std::vector<Sample> samples;                             ///< of a multichannel file: not yet in wells
    std::map<std::string, Chambers> chambers;                ///< by well
    std::vector<std::pair<std::string, Chambers>> unplaced;  ///< by sample, of a partition summary
    std::vector<Attribute> attributes;
    std::vector<Note> notes;
    std::set<std::array<std::string, 3>> counted;  ///< well, target and dye of the counts
};

inline std::int64_t Channel::positives() const {
    std::int64_t count = 0;
    for (const auto call : positive) count += call == 1;
    return count;
}

/// The part of the run with this name on this plate; opened where it is new. Nearly always there is only one.
inline Part& part_of(std::vector<Part>& parts, const Dialect& dialect, std::size_t entry, std::string_view file,
                     std::string_view run, std::string_view plate) {
    if (!parts.empty() && parts.back().run == run && parts.back().plate == plate) return parts.back();
    for (auto& part : parts)
        if (part.run == run && part.plate == plate) return part;
    if (parts.size() == 1000) throw FormatError(std::string(file), "this file names more than 1000 runs");
    auto& part = parts.emplace_back();
    part.dialect = dialect;
    part.entry = entry;
    part.file = file;
    part.run = run;
    part.plate = plate;
    return part;
}

}  // namespace microchim::absoluteq
