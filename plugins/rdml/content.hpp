// What all runs of a document share: samples with their types and quantities, targets with their dyes.
//
//   <sample id="Std 4"><type>unkn</type><type targetId="SRY">std</type><quantity><value>1e4</value>...</sample>
//   <target id="SRY"><type>toi</type><dyeId id="FAM"/></target>          RDML 1.0: <dyeId>FAM</dyeId>
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <unordered_map>

#include "efficiency.hpp"
#include "keep.hpp"
#include "microchim/reader.hpp"
#include "microchim/xml.hpp"

namespace microchim::rdml {

using reader::FormatError;
using reader::xml::Document;

/// What our own writer calls the dye of a target that has none: RDML demands one.
inline constexpr std::string_view no_dye = "not stated";
/// What it says about a sample that has no name.
inline constexpr std::string_view no_sample = "the instrument's file does not name the sample";

struct Quantity {
    double value = reader::not_stated;
    std::string unit;
    bool operator==(const Quantity&) const = default;
};

struct Sample {
    Node node;
    std::string name;
    std::map<std::string, std::int32_t> types;   ///< by target; "" for all others
    std::map<std::string, Quantity> quantities;  ///< likewise
};

/// What holds for a target: set for it, or else for all.
template <class T>
T of_target(const std::map<std::string, T>& by_target, const std::string& target, const T& missing) {
    auto found = by_target.find(target);
    if (found == by_target.end()) found = by_target.find("");
    return found == by_target.end() ? missing : found->second;
}

struct Target {
    Node node;
    std::string name, dye;
    Efficiency efficiency;
};

struct Content {
    const Document& document;
    std::string version;
    bool ours = false;    ///< written by Microchim: the concentrations in it are not the instrument's
    bool biorad = false;  ///< leaves out <cq> where there is none
    bool roche = false;   ///< LightCycler 96: names of targets are made of dye and gene
    bool any_cq = false;  ///< in any of its runs
    Kept shared;          ///< of the document: who, when, documentation, thermal cycling
    std::unordered_map<std::string, Kept> dyes;
    std::unordered_map<std::string, Sample> samples;
    std::unordered_map<std::string, Target> targets;
};

namespace detail {

inline std::int32_t sample_type(const Document& document, Node node) {
    constexpr std::array words{"unkn", "ntc", "nac", "std",
                               "ntp",  "nrt", "pos", "opt"};  // in the order of MICROCHIM_UNKN
    const auto word = xml::text(node);
    for (std::size_t i = 0; i < words.size(); ++i)
        if (word == words[i] || word.empty()) return static_cast<std::int32_t>(i);
    throw FormatError(document.where(node), reader::detail::quoted(word) +
                                                " is no type of sample; RDML knows unkn, "
                                                "ntc, nac, std, ntp, nrt, pos and opt");
}

/// Some programs name samples by a random key and write the human name into the description.
inline bool is_random_key(std::string_view id) {
    if (id.size() != 36) return false;
    for (std::size_t i = 0; i < id.size(); ++i) {
        const bool dash = i == 8 || i == 13 || i == 18 || i == 23;
        if (dash ? id[i] != '-' : std::string_view("0123456789abcdefABCDEF").find(id[i]) == std::string_view::npos)
            return false;
    }
    return true;
}

/// Our own writer needs an id for wells without a sample, and a second one where a sample has several types or
/// quantities; what the sample was really called is in the description. An id that somebody changed since is kept.
inline std::string our_name(const std::string& id, const std::string& description) {
    if (description == no_sample && id.starts_with("unnamed ")) return {};
    return !description.empty() && id.starts_with(description + " (") ? description : id;
}

/// LightCycler 96 calls a target "SYBR Green I@16S", by its dye and the gene; a channel that nobody used has a random
/// key for the gene.
inline std::string target_name(const std::string& id, const std::string& dye) {
    const auto gene = !dye.empty() && id.starts_with(dye + "@") ? id.substr(dye.size() + 1) : "";
    return gene.empty() || is_random_key(gene) ? id : gene;
}

inline std::string required_id(const Document& document, Node node) {
    auto id = xml::attribute(node, "id");
    if (id.empty()) throw FormatError(document.where(node), "<" + std::string(xml::local_name(node)) + "> has no id");
    return id;
}

inline Sample read_sample(const Document& document, Node node, const std::string& id, bool ours) {
    Sample sample{node, id, {}, {}};
    const auto description = xml::text(node, "description");
    if (ours) sample.name = our_name(id, description);
    else if (is_random_key(id) && !description.empty()) sample.name = description;
    xml::each(node, "type",
              [&](Node type) { sample.types.emplace(xml::attribute(type, "targetId"), sample_type(document, type)); });
    xml::each(node, "quantity", [&](Node quantity) {
        const auto value = document.number<double>(xml::child(quantity, "value")).value_or(reader::not_stated);
        sample.quantities.emplace(xml::attribute(quantity, "targetId"), Quantity{value, xml::text(quantity, "unit")});
    });
    return sample;
}

}  // namespace detail

namespace detail {

/// Who wrote it, and whether it holds any Cq: looked for first, because elements come in any order.
inline void look_ahead(Content& content) {
    xml::each(content.document.root(), {}, [&](Node node) {
        const auto publisher = xml::text(node, "publisher");
        content.ours = content.ours || publisher == "Microchim";
        content.biorad = content.biorad || publisher.starts_with("Bio-Rad");
        content.roche = content.roche || publisher.starts_with("Roche");
        if (xml::local_name(node) != "experiment" || content.any_cq) return;
        xml::each(node, "run", [&](Node run) {
            xml::each(run, "react", [&](Node react) {
                xml::each(react, "data", [&](Node data) { content.any_cq = content.any_cq || xml::child(data, "cq"); });
            });
        });
    });
}

}  // namespace detail

/// Read once: what is looked up for every run must not be searched for in every run.
/// \throws FormatError for ids that are missing or stand twice, and for unknown types of samples.
inline Content read_content(const Document& document) {
    Content content{document, xml::attribute(document.root(), "version"), false, false, false, false, {}, {}, {}, {}};
    detail::look_ahead(content);
    const auto once = [&](auto& known, Node node, auto value) {
        const auto id = detail::required_id(document, node);
        if (!known.emplace(id, value(id)).second)
            throw FormatError(document.where(node), "a second " + std::string(xml::local_name(node)) + " " +
                                                        reader::detail::quoted(id) + "; an id may stand only once");
    };
    xml::each(document.root(), {}, [&](Node node) {
        const auto kind = xml::local_name(node);
        if (kind == "sample") {
            once(content.samples, node,
                 [&](const auto& id) { return detail::read_sample(document, node, id, content.ours); });
        } else if (kind == "target") {
            const auto dye = xml::child(node, "dyeId");
            auto name = xml::attribute(dye, "id");
            if (name.empty()) name = xml::text(dye);
            if (name == no_dye) name.clear();
            const auto efficiency = read_efficiency(document, xml::child(node, "amplificationEfficiency"));
            once(content.targets, node, [&](const auto& id) {
                return Target{node, content.roche ? detail::target_name(id, name) : id, name, efficiency};
            });
        } else if (kind == "dye") {
            content.dyes.emplace(xml::attribute(node, "id"), kept(node, {}));
        } else if (kind != "experiment" && content.shared.size() < most_names) {
            const auto id = xml::attribute(node, "id");
            content.shared.emplace_back(
                std::string(kind == "id" ? "publisher" : kind) + (id.empty() ? "" : " [" + id + "]"), flat(node));
        }
    });
    return content;
}

}  // namespace microchim::rdml
