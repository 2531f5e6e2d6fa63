// The run file: XML that the program writes for itself. It holds all raw readings and no result.
//
//   <Experiment><RexHeader>REX 3.14</RexHeader><StartTime>2017-05-22T07:11:54</StartTime>...
//     <Samples><Page><Sample><ID>1</ID><Name>Donor 1</Name><Type>2</Type><GivenConc>0</GivenConc>
//       <TubePosition>1</TubePosition></Sample>...</Page></Samples>
//     <RawChannels><RawChannel><Name>Cycling A.Green</Name><StartX>1</StartX><StepX>1</StepX>
//       <XAxisLabel>Cycle</XAxisLabel><Reading>.418 .421 ...</Reading>   one for each tube
//
// What the numbers in <Type> mean stands nowhere: a given concentration makes a standard, everything else is a sample.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "microchim/xml.hpp"
#include "tubes.hpp"

namespace microchim::rotorgene {

namespace xml = reader::xml;
using xml::Document;
using xml::Node;

namespace detail {

struct Sample {
    std::string name;
    double given = not_stated;
};

/// The samples by well; what other pages say of them are attributes.
inline std::map<std::string, Sample> read_samples(const Document& document, Node samples, Part& part) {
    std::map<std::string, Sample> found;
    int pages = 0;
    xml::each(samples, "Page", [&](Node page) {
        const auto suffix = ++pages > 1 ? " [" + xml::text(page, "Name") + "]" : std::string();
        xml::each(page, "Sample", [&](Node node) {
            const auto position = xml::child(node, "TubePosition");
            const auto well = tube(xml::text(position ? position : xml::child(node, "ID")), document.where(node));
            const auto name = xml::text(node, "Name");
            const auto given = document.number<double>(xml::child(node, "GivenConc"));
            if (pages == 1) {
                if (!found.emplace(well, Sample{name, given && *given > 0 ? *given : not_stated}).second)
                    throw FormatError(document.where(node), "tube " + well + " has two samples on one page");
            } else {
                part.attribute(well, "Name" + suffix, name);
            }
            xml::each(node, "", [&](Node leaf) {
                const auto key = xml::local_name(leaf);
                if (key != "Name") part.attribute(well, std::string(key) + suffix, xml::text(leaf));
            });
        });
    });
    return found;
}

/// The numbers of a reading, which are parted by blanks.
inline std::vector<float> values(const Document& document, Node reading) {
    const auto text = xml::text(reading);
    std::vector<float> all;
    for (const char *at = text.data(), *end = at + text.size(); at != end;) {
        if (std::string_view(" \t\r\n").find(*at) != std::string_view::npos) {
            ++at;
            continue;
        }
        float value = 0;
        const auto [stop, fault] = std::from_chars(at, end, value);
        const bool whole = stop == end || std::string_view(" \t\r\n").find(*stop) != std::string_view::npos;
        if (fault != std::errc{} || !whole || !std::isfinite(value))
            throw FormatError(
                document.where(reading),
                quoted(std::string_view(at, std::min<std::size_t>(20, static_cast<std::size_t>(end - at)))) +
                    " begins with no number");
        all.push_back(value);
        at = stop;
    }
    return all;
}

inline void read_channel(const Document& document, Node channel, const std::map<std::string, Sample>& samples,
                         Part& part) {
    const auto name = xml::text(channel, "Name"), axis = normalised(xml::text(channel, "XAxisLabel"));
    const auto start = document.number<double>(xml::child(channel, "StartX")).value_or(1);
    const auto step = document.number<double>(xml::child(channel, "StepX")).value_or(1);
    const bool cycling = axis.empty() ? normalised(name).starts_with("cycling") : axis.starts_with("cycle");
    int position = 0;
    xml::each(channel, "Reading", [&](Node reading) {
        if (++position > most_tubes)
            throw FormatError(document.where(reading), "a channel with more tubes than a rotor takes");
        const auto well = reader::numbered_well(position, 8);
        const auto read = values(document, reading);
        if (read.empty()) return;
        const auto sample = samples.find(well);
        if (cycling) {
            auto& reaction = part.reactions.at(well, "", name);
            if (!reaction.fluorescence.empty())
                throw FormatError(document.where(channel), "there are two channels " + quoted(name));
            if (read.size() > 1000) throw FormatError(document.where(reading), "a curve of more than 1000 cycles");
            reaction.fluorescence = read;
            if (sample == samples.end()) return;
            reaction.sample = sample->second.name;
            reaction.quantity = sample->second.given;
            if (!std::isnan(reaction.quantity)) reaction.type = MICROCHIM_STD;
        } else {
            Part::Series series{well, "", name, MICROCHIM_MELT, {}, read};
            for (std::size_t i = 0; i < read.size(); ++i)
                series.at.push_back(static_cast<float>(start + step * static_cast<double>(i)));
            part.series.push_back(std::move(series));
        }
    });
}

/// Everything else, by its path: "Profile/Cycle/RepeatCount". Siblings of one name are numbered.
inline void keep(Node parent, const std::string& path, Part& part) {
    std::map<std::string_view, int> times, seen;
    xml::each(parent, "", [&](Node node) { ++times[xml::local_name(node)]; });
    xml::each(parent, "", [&](Node node) {
        const auto name = xml::local_name(node);
        if (path.empty() &&
            (name == "RawChannels" || name == "Traces" || name == "StartTime" || name == "ReactionVolume"))
            return;
        if (name == "Page" && path == "Samples/") return;
        if (name == "Field" && path == "Record/") {
            const auto key = xml::text(node, "Name");
            part.attributes.push_back({"", key.empty() ? "Record" : key, xml::text(node, "Value")});  // or no value
            return;
        }
        const auto key =
            path + std::string(name) + (times[name] > 1 ? " " + std::to_string(++seen[name]) : std::string());
        part.attribute("", key, xml::text(node));
        if (path.size() < 200) keep(node, key + "/", part);
    });
}

}  // namespace detail

/// The first element is enough for a probe.
inline bool is_rex(std::string_view bytes) {
    return xml::root_tag(bytes).starts_with("Experiment") && bytes.substr(0, 4096).find("<RexHeader>") != bytes.npos;
}

inline Part read_rex(std::size_t entry, std::string_view name, std::string_view bytes) {
    const Document document(std::string(name), bytes);
    const auto root = document.root();
    Part part;
    part.entries = {entry};
    part.name = name;
    part.dialects = {"Rotor-Gene run file, " + xml::text(root, "RexHeader")};
    part.started = xml::text(root, "StartTime");
    part.volume_ul = document.number<double>(xml::child(root, "ReactionVolume")).value_or(not_stated);
    const auto samples = xml::child(root, "Samples");
    const auto known = detail::read_samples(document, samples, part);
    xml::each(xml::child(root, "RawChannels"), "RawChannel",
              [&](Node channel) { detail::read_channel(document, channel, known, part); });
    if (part.reactions.empty() && part.series.empty())
        throw FormatError(part.name, "there is no reading in this run file: the run was not started");
    const auto unit = xml::text(samples, "ConcentrationUnit");
    for (auto& reaction : part.reactions.all())
        if (!std::isnan(reaction.quantity)) reaction.unit = unit;
    detail::keep(root, "", part);
    for (const auto& [well, key, value] : part.attributes) {
        if (key == "Machine Serial No") part.serial_number = value;
        if (key == "Machine Version") part.instrument = value.substr(0, value.find(','));
        if (key == "Program Version") {
            const auto word = value.find(" Software ");
            part.software = value.substr(0, word == value.npos ? word : word + 9);
            if (word != value.npos) part.software_version = value.substr(word + 10);
        }
    }
    if (xml::child(root, "Traces"))
        part.note(MICROCHIM_INFO, part.name, "The log of temperatures (Traces) was left out.");
    return part;
}

}  // namespace microchim::rotorgene
