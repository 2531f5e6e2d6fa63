// Roche Digital LightCycler: the intensities of every partition, one file per lane. A draft, written after second-hand
// descriptions: no native file was at hand.
//
//   plate1-2502180000000000000001_lane6_E13.csv
//   Channel1,Channel2,Channel3,Channel4,Channel5,Channel6,Channel7,Flag
//   0,693,1818,0,0,0,2196,Valid
//
// No calls, no threshold, no volume.
#include <algorithm>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "lane.hpp"
#include "layout.hpp"
#include "microchim/exports.hpp"
#include "microchim/join.hpp"
#include "microchim/reader.hpp"

namespace microchim::lightcycler {
namespace {

using reader::Bundle;
using reader::not_stated;
using reader::Sink;
using reader::text;

struct File {
    std::size_t entry = 0;
    Place place;
    Lane lane;
};

/// One plate: its files by lane.
struct Plate {
    std::string name;
    std::map<int, const File*> lanes;
    std::string apart;  ///< why it is another run than an earlier one of that name; empty: it is not
};

/// Two files of one lane that differ are of two runs.
std::vector<Plate> plates(const std::vector<File>& files, const Bundle& bundle, const Sink& sink) {
    std::vector<Plate> all;
    for (const auto& file : files) {
        const auto name = std::string(bundle.name(file.entry));
        std::string apart;
        const auto against = [&](const Plate& plate) -> std::optional<std::string> {
            if (lower(plate.name) != lower(file.place.plate)) return std::nullopt;
            const auto known = plate.lanes.find(file.place.lane);
            if (known == plate.lanes.end()) return "";
            const auto& other = *known->second;
            if (bundle.bytes(other.entry) == bundle.bytes(file.entry) && other.place.sample == file.place.sample)
                return "";
            return std::string(bundle.name(other.entry)) + " and " + name +
                   " are of the same lane and differ; they are kept apart as two runs.";
        };
        auto* home = reader::home(all, against, apart);
        if (!home) home = &all.emplace_back(Plate{file.place.plate, {}, apart});
        if (const auto [first, fresh] = home->lanes.emplace(file.place.lane, &file); !fresh)
            sink.note(MICROCHIM_INFO, name,
                      "The same as " + std::string(bundle.name(first->second->entry)) + "; read once.");
    }
    return all;
}

void report_lane(const File& file, const Sink& sink) {
    const auto& lane = file.lane;
    const auto well = file.place.well();
    microchim_react react{};
    react.well = text(well);
    react.sample = text(file.place.sample);
    react.type = MICROCHIM_UNKN;
    react.quantity = react.volume_ul = not_stated;
    sink.react(react);
    sink.attribute(well, "lane", std::to_string(file.place.lane));
    for (const auto& [flag, count] : lane.flagged) sink.attribute(well, "flag " + flag, std::to_string(count));

    std::vector<std::string> names(lane.intensity.size());
    std::vector<microchim_channel> channels;
    std::string unused;
    for (std::size_t c = 0; c < names.size(); ++c) {
        names[c] = "Channel" + std::to_string(c + 1);
        if (lane.used[c]) channels.push_back({text(names[c]), text(""), not_stated, lane.intensity[c].data(), nullptr});
        else unused += (unused.empty() ? "" : ", ") + names[c];
    }
    if (!unused.empty()) sink.attribute(well, "channels that are 0", unused);
    if (channels.empty()) {
        sink.note(MICROCHIM_WARNING, well, "This lane has no partition with an intensity in any channel.");
        return;
    }
    sink.partitions({text(well), lane.valid(), channels.size(), channels.data(), lane.excluded(), not_stated});
}

void report(const Plate& plate, std::size_t number, const Sink& sink) {
    std::vector<std::size_t> entries;
    for (const auto& [lane, file] : plate.lanes) entries.push_back(file->entry);
    const auto id = plate.name + (number > 1 ? " (" + std::to_string(number) + ")" : "");
    microchim_run run{};
    run.id = text(id);
    run.plate = text(plate.name);
    run.entries = entries.data();
    run.entry_count = entries.size();
    sink.run(run);
    sink.attribute("", "dialect", "Digital LightCycler lanes");
    if (!plate.apart.empty()) sink.note(MICROCHIM_WARNING, "", plate.apart);
    std::string others;
    for (const auto& [lane, file] : plate.lanes) {
        report_lane(*file, sink);
        if (others.empty()) others = file->lane.others;
    }
    if (!others.empty()) sink.note(MICROCHIM_INFO, "", "Columns that are not read: " + others + ".");
}

}  // namespace

struct DigitalLightCycler {
    static constexpr const char* id = "roche-digitallightcycler";
    static constexpr const char* name = "Roche Digital LightCycler";
    static constexpr const char* version = "0.1.0";
    static constexpr const char* maturity = "draft";

    static std::int32_t probe(const Bundle& bundle, const Sink& sink) {
        std::size_t lanes = 0;
        for (std::size_t i = 0; i < bundle.size(); ++i) lanes += is_lane(bundle.bytes(i));
        if (lanes == 0) return MICROCHIM_NO;
        sink.note(
            MICROCHIM_INFO, "",
            std::to_string(lanes) + (lanes > 1 ? " files" : " file") +
                " with columns Channel1, Channel2 ... and a column of flags, as of the lanes of a Digital LightCycler");
        return MICROCHIM_YES;
    }

    static void read(const Bundle& bundle, const Sink& sink) {
        std::vector<File> files;
        std::vector<std::size_t> others;
        for (std::size_t i = 0; i < bundle.size(); ++i)
            if (is_lane(bundle.bytes(i))) files.push_back({i, place(bundle.name(i)), {}});
            else others.push_back(i);
        if (files.empty()) throw FormatError(std::string(bundle.name(0)), "not a lane of a Digital LightCycler");
        bundle.each(files.size(), [&](std::size_t i) {
            files[i].lane = read_lane(bundle.name(files[i].entry), bundle.bytes(files[i].entry));
        });
        std::map<std::string, std::size_t> seen;
        for (const auto& plate : plates(files, bundle, sink)) report(plate, ++seen[lower(plate.name)], sink);
        reader::note_ignored(bundle, others, "lanes of a Digital LightCycler nor anything that belongs to them", sink);
    }
};

}  // namespace microchim::lightcycler

MICROCHIM_READER(microchim::lightcycler::DigitalLightCycler);
