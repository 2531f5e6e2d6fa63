// The documents of one experiment, found by their roots. An .lc96p and an .rdml of the program hold the same:
//
//   rdml_data.xml         <rdml version="1.1">                raw curves, samples, targets
//   calculated_data.xml   <rocheLC96CalculatedData>           calls, Cq, concentrations, normalised curves
//   app_data.xml          <rocheLC96AppExtension>             what was excluded, concentrations of standards
//   module_data.xml       <rocheLC96ModuleData>               names of the analyses
//   instrument_data.xml   <rocheLC96InstrumentExtension>      volume, thermal program
#pragma once

#include <cstddef>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "../rdml/lightcycler.hpp"
#include "microchim/reader.hpp"
#include "microchim/xml.hpp"

namespace microchim::lightcycler96 {

using reader::Bundle;
using reader::FormatError;
using reader::Sink;
using reader::xml::Document;
using reader::xml::Node;
namespace xml = reader::xml;

enum class Kind { none, rdml, calculated, application, module, instrument, manifest };

/// What an entry is, by its root.
inline Kind kind_of(std::string_view bytes) {
    const auto tag = xml::root_tag(bytes);
    if (rdml::is_rdml_tag(tag)) return Kind::rdml;
    if (tag.starts_with("rocheLC96CalculatedData")) return Kind::calculated;
    if (tag.starts_with("rocheLC96AppExtension")) return Kind::application;
    if (tag.starts_with("rocheLC96ModuleData")) return Kind::module;
    if (tag.starts_with("rocheLC96Instrument")) return Kind::instrument;
    if (tag.starts_with("lc96manifest")) return Kind::manifest;
    return Kind::none;
}

struct Experiment {
    std::map<Kind, std::size_t> entries;
    std::vector<std::size_t> all;

    /// Null where the experiment lacks it.
    std::unique_ptr<Document> open(const Bundle& bundle, Kind kind) const {
        const auto found = entries.find(kind);
        if (found == entries.end()) return nullptr;
        return std::make_unique<Document>(std::string(bundle.name(found->second)), bundle.bytes(found->second));
    }
};

struct Found {
    std::map<std::string, Experiment> experiments;  ///< by folder
    std::vector<std::size_t> others;
};

/// Documents of one folder are one experiment. An RDML of another program is none of ours, unless a file of the
/// LightCycler 96 lies beside it.
inline Found find_experiments(const Bundle& bundle) {
    Found found;
    std::map<std::string, std::vector<std::pair<Kind, std::size_t>>> folders;
    for (std::size_t i = 0; i < bundle.size(); ++i) {
        const auto kind = kind_of(bundle.bytes(i));
        const auto name = bundle.name(i);
        if (kind == Kind::none) found.others.push_back(i);
        else folders[std::string(name.substr(0, name.rfind('/') + 1))].emplace_back(kind, i);
    }
    for (const auto& [folder, documents] : folders) {
        bool ours = false;
        for (const auto& [kind, entry] : documents)
            ours = ours || kind != Kind::rdml || rdml::is_lightcycler(bundle.bytes(entry));
        for (const auto& [kind, entry] : documents) {
            if (!ours) {
                found.others.push_back(entry);
                continue;
            }
            // Several bare documents in one folder are experiments of their own.
            auto* experiment = &found.experiments[folder];
            if (experiment->entries.contains(kind)) experiment = &found.experiments[std::string(bundle.name(entry))];
            experiment->entries.emplace(kind, entry);
            experiment->all.push_back(entry);
        }
    }
    return found;
}

}  // namespace microchim::lightcycler96
