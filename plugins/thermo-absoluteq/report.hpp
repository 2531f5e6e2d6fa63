// From a run to facts: what it was, its wells, counts, rows that stand for several wells, chambers, attributes.
#pragma once

#include <algorithm>
#include <cmath>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "run.hpp"

namespace microchim::absoluteq {

using reader::Sink;
using reader::text;

/// What a file says of the machine: "Absolute Q 0140" names the model and one of them; most often it is a serial
/// number alone.
struct Machine {
    std::string model, serial_number;
};

inline Machine machine(const std::string& instrument) {
    constexpr std::string_view model = "Absolute Q";
    const auto low = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c; };
    const auto found = std::search(instrument.begin(), instrument.end(), model.begin(), model.end(),
                                   [&](char a, char b) { return low(a) == low(b); });
    if (found == instrument.end()) return {"", instrument};
    const auto digits = trimmed({found + static_cast<std::ptrdiff_t>(model.size()), instrument.end()});
    const bool number = !digits.empty() && digits.find_first_not_of("0123456789") == digits.npos;
    return {std::string(model), number ? std::string(digits) : ""};
}

namespace detail {

inline void report_run(const Run& run, const std::string& id, bool lone_file, const Sink& sink) {
    const auto& all = run.all;
    const auto made_by = machine(all.instrument);
    microchim_run fact{};
    fact.id = text(id);
    fact.plate = text(all.plate);
    fact.instrument = text(made_by.model);
    fact.serial_number = text(made_by.serial_number);
    fact.consumable = text(all.consumable);
    fact.software = text("QuantStudio Absolute Q Digital PCR Software");
    fact.started = text(all.started);
    if (!lone_file) {
        fact.entries = run.entries.data();
        fact.entry_count = run.entries.size();
    }
    sink.run(fact);
    sink.attribute("", "dialect", all.dialect.name);
    if (!made_by.model.empty() && made_by.model != all.instrument) sink.attribute("", "Instrument", all.instrument);
}

inline void report_count(const Count& count, const Run& run, const Sink& sink) {
    microchim_counts fact{};
    auto target = count.target;
    const auto chambers = run.all.chambers.find(count.well);
    if (target.empty() && chambers != run.all.chambers.end())
        for (const auto& channel : chambers->second.channels)
            if (channel.name == count.dye) target = channel.target;
    if (target.empty()) target = count.dye;  // no file names the target: as for a channel, its dye stands for it
    fact.well = text(count.well);
    fact.target = text(target);
    fact.dye = text(count.dye);
    fact.accepted = count.accepted;
    fact.positive = count.positive;
    fact.excluded = chambers == run.all.chambers.end() ? -1 : chambers->second.excluded;
    fact.threshold = count.threshold;
    fact.volume_nl = not_stated;
    fact.copies_per_ul = count.copies;
    fact.low = count.low;
    fact.high = count.high;
    fact.status = text(count.status);
    sink.counts(fact);
}

/// What the chambers were called, for dyes that no table counts. Reported here, because a channel does not name its dye
/// as such.
inline void report_called(const std::string& well, const Chambers& chambers, const Run& run, const Sink& sink) {
    for (const auto& channel : chambers.channels) {
        const bool called = !channel.positive.empty() || (chambers.size() == 0 && !channel.target.empty());
        if (!called || run.count(well, channel.name, channel.target)) continue;
        Count count;
        count.well = well;
        count.target = channel.target;
        count.dye = channel.name;
        count.positive = channel.positives();
        count.accepted = chambers.size() - std::ranges::count(channel.positive, std::uint8_t{2});
        count.threshold = channel.threshold;
        report_count(count, run, sink);
    }
}

inline bool whole(double number) {
    return number >= 0 && number < 1e15 && number == std::floor(number);
}

/// The numbers of a mean are facts only where they are whole and not rounded; as printed they are attributes.
inline void report_pool(const Pool& pool, const std::string& name, const std::string& sample, const Sink& sink) {
    const bool facts = pool.exact && whole(pool.total) && whole(pool.positives) && pool.positives <= pool.total;
    if (!facts && !pool.mean)
        throw FormatError(pool.where, "the row " + reader::detail::quoted(pool.name) +
                                          " must have whole numbers of chambers; export the table again");
    std::string members;
    for (const auto& well : pool.members) members += (members.empty() ? "" : ",") + well;
    microchim_counts fact{};
    fact.well = text(name);
    fact.pooled = pool.mean ? MICROCHIM_MEAN : MICROCHIM_SUM;
    fact.members = text(members);
    fact.sample = text(sample);
    fact.target = text(pool.target);
    fact.dye = text(pool.dye);
    fact.accepted = facts ? static_cast<std::int64_t>(pool.total) : -1;
    fact.positive = facts ? static_cast<std::int64_t>(pool.positives) : -1;
    fact.excluded = -1;
    fact.threshold = fact.volume_nl = not_stated;
    fact.copies_per_ul = pool.copies;
    fact.low = pool.low;
    fact.high = pool.high;
    sink.counts(fact);
}

inline void report_pools(const Run& run, const Sink& sink) {
    std::set<std::tuple<std::string, std::string, std::string, std::vector<std::string>>> names;
    for (const auto& pool : run.all.pools) {
        std::set<std::string> samples;
        for (const auto& well : pool.members)
            if (const auto known = run.all.wells.find(well); known != run.all.wells.end())
                samples.insert(known->second);
        auto name = pool.name;
        for (int n = 2; !names.insert({name, pool.target, pool.dye, pool.members}).second; ++n)
            name = pool.name + " (" + (n == 2 && !pool.group.empty() ? pool.group : std::to_string(n)) + ")";
        report_pool(pool, name, samples.size() == 1 ? *samples.begin() : "", sink);
    }
}

inline void report_chambers(const std::string& well, const Chambers& chambers, const Run& run, const Sink& sink) {
    std::vector<microchim_channel> channels;
    for (const auto& channel : chambers.channels) {
        const auto* count = run.count(well, channel.name, channel.target);
        const auto& target = channel.target.empty() && count ? count->target : channel.target;
        const bool stated = !std::isnan(channel.threshold);
        channels.push_back({text(channel.name), text(target), !stated && count ? count->threshold : channel.threshold,
                            channel.fluorescence.data(), channel.positive.empty() ? nullptr : channel.positive.data()});
    }
    if (channels.empty()) return;
    sink.partitions({text(well), static_cast<std::size_t>(chambers.size()), channels.size(), channels.data(),
                     chambers.excluded, not_stated});
}

}  // namespace detail

/// `id` tells the runs of a drop apart.
inline void report(const Run& run, const std::string& id, bool lone_file, const Sink& sink) {
    detail::report_run(run, id, lone_file, sink);
    if (!run.apart.empty()) sink.note(MICROCHIM_WARNING, run.files.front(), run.apart);
    for (const auto& [well, sample] : run.all.wells) {
        microchim_react react{};
        react.well = text(well);
        react.sample = text(sample);
        react.type = MICROCHIM_UNKN;
        react.quantity = react.volume_ul = not_stated;
        sink.react(react);
    }
    for (const auto& count : run.all.counts) detail::report_count(count, run, sink);
    detail::report_pools(run, sink);
    for (const auto& pool : run.all.pools)
        if (pool.mean) {
            const auto printed = [](double x) {
                std::string digits(32, '\0');
                const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), x).ptr;
                digits.resize(static_cast<std::size_t>(end - digits.data()));
                return digits;
            };
            const auto label = joined({pool.group, pool.name, pool.target, pool.dye});
            sink.attribute("", "Total [" + label + "]", printed(pool.total));
            sink.attribute("", "Positives [" + label + "]", printed(pool.positives));
        }
    for (const auto& [well, key, value] : run.all.attributes) sink.attribute(well, key, value);
    for (const auto& [well, chambers] : run.all.chambers) {
        detail::report_called(well, chambers, run, sink);
        detail::report_chambers(well, chambers, run, sink);
    }
    for (const auto& note : run.all.notes) sink.note(note.severity, note.where, note.what);
}

}  // namespace microchim::absoluteq
