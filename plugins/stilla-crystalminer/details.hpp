// What the program knows of an experiment: `<experiment>_Experiment_Details.csv`, column names and one row of values.
//
//   Instrument Type, Chip Type, Blue_Channel_name, Blue_Channel_target, Teal_Channel_name, ...
//   Nio, Ruby, Blue, SRY, Teal, ...
#pragma once

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "names.hpp"
#include "results.hpp"

namespace microchim::stilla {

/// What a file of details says of one channel. `key` is what stands before "_name" or "_target".
struct ChannelDetails {
    std::string key, name, target;
};

struct Details {
    std::size_t entry = 0;
    std::string file, instrument, chip_type;
    std::vector<ChannelDetails> channels;
    std::vector<std::pair<std::string, std::string>> facts;  ///< all of it
};

inline bool is_details(std::string_view bytes) {
    const auto head = reader::head(bytes);
    const auto line = normalised(reader::line(head, 0));  // delimiters are taken out too: names stand side by side
    const auto has = [&](const char* word) { return line.find(word) != line.npos; };
    return has("instrumenttype") && has("chiptype") && (has("name") || has("target"));
}

namespace detail {

inline ChannelDetails& channel_of(Details& details, std::string_view key) {
    for (auto& channel : details.channels)
        if (channel.key == key) return channel;
    details.channels.push_back({std::string(key), "", ""});
    return details.channels.back();
}

/// "Blue_Channel" to "blue", "Channel 2" and "Chan2" to "2".
inline std::string bare(std::string_view key) {
    auto text = normalised(key);
    for (const std::string_view word : {"channel", "chan", "ch"})
        if (const auto at = text.find(word); at != text.npos) {
            text.erase(at, word.size());
            break;
        }
    return text;
}

}  // namespace detail

/// \throws FormatError where there is not exactly one row.
inline Details read_details(std::size_t entry, std::string_view file, std::string_view bytes) {
    auto text = reader::utf8(bytes);
    const char delimiter = reader::delimiter(reader::line(text, 0));
    const Table table(std::string(file), std::move(text), delimiter);
    if (table.size() != 1)
        throw FormatError(std::string(file),
                          "expected one row of values below the column names, found " + std::to_string(table.size()));
    Details details;
    details.entry = entry;
    details.file = file;
    for (std::size_t i = 0; i < table.header().size(); ++i) {
        const auto name = trimmed(table.header()[i]), value = trimmed(table.cell(0, i));
        if (name.empty() || value.empty()) continue;
        details.facts.emplace_back(name, value);
        const auto key = normalised(name);
        if (key == "instrumenttype") details.instrument = value;
        if (key == "chiptype") details.chip_type = value;
        std::string_view channel = name;
        if (details.channels.size() > 20) continue;
        if (drop_end(channel, "_name") || drop_end(channel, " name")) detail::channel_of(details, channel).name = value;
        else if (drop_end(channel, "_target") || drop_end(channel, " target"))
            detail::channel_of(details, channel).target = value;
    }
    return details;
}

/// The targets of the colours, in their order; empty where the details do not say. A channel is bound by its colour,
/// which may stand in the column's name or in `name`, else by its number. What `target` means is not certain: some
/// files are said to hold a role ("Unknown", "Reference") there and the target in `name`.
inline std::vector<std::string> targets(const Details& details, const std::vector<std::string>& colours) {
    const auto role = [](const std::string& text) {
        const auto word = normalised(text);
        return word.empty() || word == "unknown" || word == "reference" || word == "na" || word == "none" ||
               word == "-";
    };
    const bool roles = std::all_of(details.channels.begin(), details.channels.end(),
                                   [&](const ChannelDetails& c) { return role(c.target); });
    std::vector<std::string> all(colours.size());
    for (const auto& channel : details.channels) {
        const auto key = detail::bare(channel.key), name = normalised(channel.name);
        for (std::size_t i = 0; i < colours.size(); ++i) {
            const auto colour = normalised(colours[i]);
            if (key != colour && name != colour && key != std::to_string(i + 1)) continue;
            const auto& target = roles ? channel.name : channel.target;
            if (all[i].empty() && normalised(target) != colour && !role(target)) all[i] = target;
            break;
        }
    }
    return all;
}

}  // namespace microchim::stilla
