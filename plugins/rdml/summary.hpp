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

/// The first ten of them, and how many more.
inline std::string listed(const std::set<std::string>& all) {
    std::string names;
    std::size_t count = 0;
    for (const auto& one : all)
        if (++count <= 10) names += (count == 1 ? "" : ", ") + one;
    return names + (count > 10 ? " and " + std::to_string(count - 10) + " more" : "");
}

/// Ids that the file uses and does not describe, in one note.
inline void note_unknown(const char* kind, const std::set<std::string>& ids, const Sink& sink) {
    if (!ids.empty())
        sink.note(MICROCHIM_WARNING, "",
                  std::string(kind) + " that the file uses but does not describe: " + listed(ids) + ".");
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
    std::set<std::string> unknown_samples, unknown_targets;
    for (const auto& id : samples) {
        const auto found = content.samples.find(id);
        if (found == content.samples.end()) unknown_samples.insert(reader::detail::quoted(id));
        else keep(kept(found->second.node, {"type", "quantity"}), "sample ", id, "", sink);
    }
    for (const auto& id : targets) {
        const auto found = content.targets.find(id);
        if (found == content.targets.end()) {
            unknown_targets.insert(reader::detail::quoted(id));
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
    std::size_t undefined_wells = 0, excluded = 0;
    std::int64_t undefined = 0;
    std::string excluded_list;
    std::set<std::string> unclear;  ///< "1.05 of 'SRY'": efficiencies that were not used

    void exclude(const Reaction& reaction, const std::string& target, Node reason) {
        if (!reason) return;
        if (++excluded > 10) return;
        const auto text = xml::text(reason);
        excluded_list += (excluded == 1 ? "" : ", ") + reaction.well + " '" + target + "'" +
                         (text.empty() ? "" : " (" + reader::detail::quoted(text) + ")");
    }

    /// `node` holds an efficiency, of a target or of one of its wells.
    void efficiency(const Content& content, Node node, const std::string& target) {
        if (read_efficiency(content.document, node).unclear)
            unclear.insert(reader::detail::quoted(xml::text(node)) + " of " + reader::detail::quoted(target));
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
        if (!unclear.empty())
            sink.note(MICROCHIM_WARNING, "",
                      "Efficiencies that could be a base or a fraction were not used: " + listed(unclear) +
                          ". They are kept as attributes.");
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
