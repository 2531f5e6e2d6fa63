// The reactions of a run: which well each is, which sample is in it, and where its partitions are.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "content.hpp"
#include "format.hpp"
#include "keep.hpp"
#include "microchim/reactions.hpp"
#include "microchim/reader.hpp"
#include "microchim/xml.hpp"

namespace microchim::rdml {

struct Reaction {
    Node node, partitions;  ///< partitions: null in real-time PCR
    std::string well, id;
    std::vector<std::string> targets;  ///< of all its data
    std::string file;                  ///< of its partitions; empty: none
};

struct Plate {
    Format format;
    bool list = false;  ///< wells are positions of a list, not of a plate
    std::vector<Reaction> reactions;
};

namespace detail {

/// The file that endPtTable names. It lies in the folder partitions and nowhere else.
inline std::string table_name(const Document& document, Node partitions) {
    const auto node = xml::child(partitions, "endPtTable");
    auto name = xml::text(node);
    if (name.starts_with("partitions/")) name.erase(0, 11);
    if (name.find_first_of("/\\:") != name.npos || name == "..")
        throw FormatError(document.where(node), "endPtTable names " + reader::detail::quoted(name) +
                                                    "; expected the name of a file in the folder partitions, without a "
                                                    "path");
    return name;
}

inline void read_targets(const Document& document, Node parent, std::vector<std::string>& targets) {
    std::set<std::string> seen;
    xml::each(parent, "data", [&](Node data) {
        auto target = xml::attribute(xml::child(data, "tar"), "id");
        if (target.empty()) throw FormatError(document.where(data), "<data> without the id of its target");
        if (!seen.insert(target).second)
            throw FormatError(document.where(data),
                              "target " + reader::detail::quoted(target) + " stands twice in one reaction");
        targets.push_back(std::move(target));
    });
}

/// Positions of a list have no wells; counted through the smallest plate that holds them, they get names.
inline std::int64_t list_columns(const Document& document, Node run, std::int64_t last) {
    if (last <= 96) return 12;
    if (last <= 384) return 24;
    if (last <= most_rows * most_columns) return most_columns;
    throw FormatError(document.where(run), "position " + std::to_string(last) + " of a list; up to " +
                                               std::to_string(most_rows * most_columns) + " can be read");
}

inline void name_well(const Document& document, const Plate& plate, std::int64_t columns, Place place,
                      Reaction& reaction) {
    if (place.position > 0) {
        place.row = (place.position - 1) / columns;
        place.column = (place.position - 1) % columns;
    }
    const bool on_plate =
        !plate.format.plate() || (place.row < plate.format.rows && place.column < plate.format.columns);
    if (!on_plate || place.row >= most_rows || place.column >= most_columns)
        throw FormatError(document.where(reaction.node),
                          "the react has the id " + reader::detail::quoted(reaction.id) + ", which lies beyond the " +
                              (plate.format.plate() ? times(plate.format.rows, plate.format.columns)
                                                    : "largest plate, " + times(most_rows, most_columns)) +
                              " wells");
    reaction.well = well_name(place.row, place.column);
}

}  // namespace detail

/// \throws FormatError for ids that name no well or stand twice, and for tables outside of the archive.
inline Plate read_plate(const Document& document, Node run) {
    Plate plate{read_format(document, run), false, {}};
    std::vector<Place> places;
    std::int64_t last = 0;
    xml::each(run, "react", [&](Node node) {
        Reaction reaction{node, xml::child(node, "partitions"), {}, xml::attribute(node, "id"), {}, {}};
        places.push_back(read_place(document, node));
        last = std::max(last, places.back().position);
        detail::read_targets(document, node, reaction.targets);
        detail::read_targets(document, reaction.partitions, reaction.targets);
        reaction.file = detail::table_name(document, reaction.partitions);
        plate.reactions.push_back(std::move(reaction));
    });
    plate.list = last > 0 && !plate.format.plate();
    const auto columns = plate.list ? detail::list_columns(document, run, last) : plate.format.columns;
    std::map<std::string, std::size_t> wells, files;
    for (std::size_t i = 0; i < plate.reactions.size(); ++i) {
        auto& reaction = plate.reactions[i];
        detail::name_well(document, plate, columns, places[i], reaction);
        const auto once = [&](auto& seen, const std::string& name, const char* what) {
            const auto [first, fresh] = seen.emplace(name, i);
            if (!fresh)
                throw FormatError(document.where(reaction.node),
                                  std::string(what) + " " + reader::detail::quoted(name) +
                                      " stands twice in one run, "
                                      "in the reacts " +
                                      plate.reactions[first->second].id + " and " + reaction.id);
        };
        once(wells, reaction.well, "well");
        if (!reaction.file.empty()) once(files, reaction.file, "the table of partitions");
    }
    return plate;
}

namespace detail {

/// What holds for each of these targets, where they agree; `missing` does not count.
template <class T>
struct Agreed {
    T value;
    bool disagree = false;
};

template <class T>
Agreed<T> agreed(const std::map<std::string, T>& by_target, const std::vector<std::string>& targets, const T& missing) {
    const auto of = [&](const std::string& target) { return of_target(by_target, target, missing); };
    Agreed<T> result{of(targets.empty() ? "" : targets[0])};
    for (const auto& target : targets) {
        const auto next = of(target);
        if (next == missing) continue;
        if (result.value == missing) result.value = next;
        result.disagree = result.disagree || !(result.value == next);
    }
    if (result.disagree) result.value = missing;
    return result;
}

}  // namespace detail

/// Reports what the well holds. What somebody set for one of its targets goes before "unkn".
inline void report_reaction(const Content& content, const Plate& plate, const Reaction& reaction, const Sink& sink) {
    const auto id = xml::attribute(xml::child(reaction.node, "sample"), "id");
    const auto found = content.samples.find(id);
    microchim_react react{};
    react.well = reader::text(reaction.well);
    react.sample = reader::text(id);
    react.quantity = reader::not_stated;
    const auto volume = content.document.number<double>(xml::child(reaction.node, "vol")).value_or(reader::not_stated);
    react.volume_ul = volume > 0 ? volume : reader::not_stated;
    if (plate.list) sink.attribute(reaction.well, "position", reaction.id);
    if (found != content.samples.end()) {
        const auto& sample = found->second;
        react.sample = reader::text(sample.name);
        const auto type = detail::agreed<std::int32_t>(sample.types, reaction.targets, MICROCHIM_UNKN);
        std::vector<std::int32_t> types;
        for (const auto& target : reaction.targets)
            types.push_back(of_target(sample.types, target, static_cast<std::int32_t>(MICROCHIM_UNKN)));
        react.type = type.disagree && !reaction.partitions ? reader::Reactions::type_of(types) : type.value;
        if (type.disagree && reaction.partitions)
            sink.note(MICROCHIM_WARNING, reaction.well,
                      "the targets of this well have different types of sample; it counts "
                      "as unknown");
        const auto quantity = detail::agreed(sample.quantities, reaction.targets, Quantity{-1, ""});
        if (!quantity.disagree && quantity.value.value >= 0) {
            react.quantity = quantity.value.value;
            if (!quantity.value.unit.empty()) sink.attribute(reaction.well, "quantity unit", quantity.value.unit);
        }
        if (quantity.disagree)
            for (const auto& target : reaction.targets)
                if (const auto one = sample.quantities.find(target); one != sample.quantities.end())
                    sink.attribute(reaction.well, "quantity [" + target + "]",
                                   shortest(one->second.value) + " " + one->second.unit);
        if (sample.name != id && !content.ours) sink.attribute(reaction.well, "sample id", id);
    }
    sink.react(react);
}

}  // namespace microchim::rdml
