// What is told of a run as a whole: the attributes of its document, and one note for what many wells share.
#pragma once

#include <algorithm>
#include <set>
#include <string>
#include <vector>

#include "content.hpp"
#include "keep.hpp"
#include "microchim/reader.hpp"
#include "microchim/xml.hpp"
#include "plate.hpp"

namespace microchim::rdml {

/// Ids that the file uses and does not describe, in one note.
inline void note_unknown(const char* kind, const std::vector<std::string>& ids, const Sink& sink) {
    if (ids.empty()) return;
    std::string names;
    for (std::size_t i = 0; i < std::min<std::size_t>(ids.size(), 10); ++i)
        names += (i == 0 ? "" : ", ") + reader::detail::quoted(ids[i]);
    if (ids.size() > 10) names += " and " + std::to_string(ids.size() - 10) + " more";
    sink.note(MICROCHIM_WARNING, "", std::string(kind) + " that the file uses but does not describe: " + names + ".");
}

/// What the document says about the run, its samples and targets, and nothing else.
inline void report_attributes(const Content& content, const std::string& experiment, const Kept& about_experiment,
                              Node run, const Plate& plate, const Sink& sink) {
    sink.attribute("", "experiment", experiment);
    keep(about_experiment, "experiment ", "", "", sink);
    keep(kept(run, {"react", "pcrFormat", "instrument", "dataCollectionSoftware", "runDate"}), "run ", "", "", sink);
    const auto format = flat(xml::child(run, "pcrFormat"));
    if (format.find("rowLabel=ABC, columnLabel=123") == format.npos) sink.attribute("", "pcrFormat", format);
    keep(content.shared, "", "", "", sink);
    std::set<std::string> samples, targets, dyes;
    for (const auto& reaction : plate.reactions) {
        samples.insert(xml::attribute(xml::child(reaction.node, "sample"), "id"));
        targets.insert(reaction.targets.begin(), reaction.targets.end());
    }
    std::vector<std::string> unknown_samples, unknown_targets;
    for (const auto& id : samples) {
        const auto found = content.samples.find(id);
        if (found == content.samples.end()) unknown_samples.push_back(id);
        else keep(kept(found->second.node, {"type", "quantity"}), "sample ", id, "", sink);
    }
    for (const auto& id : targets) {
        const auto found = content.targets.find(id);
        if (found == content.targets.end()) {
            unknown_targets.push_back(id);
            continue;
        }
        keep(kept(found->second.node, {"dyeId"}), "target ", id, "", sink);
        dyes.insert(found->second.dye);
    }
    note_unknown("Samples", unknown_samples, sink);
    note_unknown("Targets", unknown_targets, sink);
    for (const auto& id : dyes)
        if (const auto found = content.dyes.find(id); found != content.dyes.end())
            keep(found->second, "dye ", id, "", sink);
}

/// Things that are worth one note a run, not one a well.
struct Summary {
    std::size_t melting = 0, undefined_wells = 0, excluded = 0;
    std::int64_t undefined = 0;
    std::string excluded_list;

    void exclude(const Reaction& reaction, const std::string& target, Node reason) {
        if (!reason) return;
        if (++excluded > 10) return;
        const auto text = xml::text(reason);
        excluded_list += (excluded == 1 ? "" : ", ") + reaction.well + " '" + target + "'" +
                         (text.empty() ? "" : " (" + reader::detail::quoted(text) + ")");
    }

    void report(const Plate& plate, Node run, bool baselined, const Sink& sink) const {
        const auto more = excluded > 10 ? " and " + std::to_string(excluded - 10) + " more" : "";
        if (excluded)
            sink.note(MICROCHIM_WARNING, "",
                      "The file asks not to evaluate " + excluded_list + more +
                          ". It was read nevertheless, and the reason is kept with the well.");
        if (undefined)
            sink.note(MICROCHIM_WARNING, "",
                      std::to_string(undefined) + " scores of partitions in " + std::to_string(undefined_wells) +
                          (undefined_wells == 1 ? " well" : " wells") +
                          " are undefined; they count neither as positive nor as negative.");
        if (melting)
            sink.note(MICROCHIM_INFO, "",
                      std::to_string(melting) + (melting == 1 ? " melting curve was" : " melting curves were") +
                          " not read.");
        if (plate.list)
            sink.note(
                MICROCHIM_INFO, "",
                "The reactions are positions of a list or a rotor, not wells of a plate. They were given the names of "
                "wells, counted along the rows; the attribute 'position' says which is which.");
        if (baselined)
            sink.note(MICROCHIM_INFO, "",
                      "The curves are not as measured, says the file: " +
                          xml::text(run, "backgroundDeterminationMethod") + ".");
    }
};

}  // namespace microchim::rdml
