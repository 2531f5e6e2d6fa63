// What holds for the run: from the manifest, experiment.xml and tcprotocol.xml, or from the JSON of the second
// generation.
#pragma once

#include <charconv>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "microchim/xml.hpp"
#include "model.hpp"
#include "results.hpp"

namespace microchim::eds {

struct Facts {
    std::string id, plate, instrument, serial_number, software, version, started;
    std::string type, state;  ///< "Std", "Custom"; "COMPLETE"
    double volume = reader::not_stated;
    std::int64_t cycles = 0;
    std::vector<std::pair<std::string, std::string>> attributes;
    void keep(std::string key, std::string value) {
        if (!value.empty()) attributes.emplace_back(std::move(key), std::move(value));
    }
};

/// "Implementation-Title: QuantStudio 3 and 5 Software", "Implementation-Version: 1.5.1". The 7500 puts both into one:
/// "7500 Software v2.3".
inline void read_manifest(std::string_view text, Facts& facts) {
    detail::each_line(text, [&](std::string_view line, std::size_t) {
        const auto colon = line.find(':');
        if (colon == line.npos) return;
        const auto key = reader::detail::trimmed(line.substr(0, colon));
        auto value = reader::detail::trimmed(line.substr(colon + 1));
        if (key == "Implementation-Title") {
            facts.software = value;
        } else if (key == "Implementation-Version") {
            const auto version = value.rfind(" v");
            if (facts.software.empty() && version != value.npos) {
                facts.software = value.substr(0, version);
                value.remove_prefix(version + 1);
            }
            facts.version = value;
        } else {
            facts.keep("manifest " + std::string(key), std::string(value));
        }
    });
}

inline void read_experiment(const Document& document, Facts& facts) {
    const auto root = document.root();
    const auto time = [&](const char* name) {
        return moment(document.number<std::int64_t>(xml::child(root, name)).value_or(0));
    };
    facts.id = xml::text(root, "Name");
    facts.state = xml::text(root, "RunState");
    facts.instrument = xml::text(root, "InstrumentTypeId");
    facts.started = time("RunStartTime");
    facts.type = xml::text(xml::child(root, "Type"), "Id");
    facts.keep("ended", time("RunEndTime"));
    facts.keep("experiment type", facts.type);
    for (const auto name :
         {"Description", "Operator", "RunState", "FinalAnalysisCompleted", "FileName", "ChemistryType", "Label",
          "TCProtocolMode", "DNATemplateType", "BlockTypeID", "PlateTypeID"})
        facts.keep(name, xml::text(root, name));
    // Of these, only the run's own: all others are how the program draws its plots.
    xml::each(root, "ExperimentProperty", [&](Node property) {
        if (xml::attribute(property, "type") != "RunInfo") return;
        xml::each(property, "PropertyValue", [&](Node value) {
            const auto key = xml::attribute(value, "key");
            xml::each(value, {}, [&](Node node) {
                if (key == "instrumentSerialNumber") facts.serial_number = xml::text(node);
                else facts.keep(key, xml::text(node));
            });
        });
    });
}

inline void read_program(const Document& document, Facts& facts) {
    const auto volume = document.number<double>(xml::child(document.root(), "SampleVolume")).value_or(0);
    if (volume > 0) facts.volume = volume;
    facts.keep("CoverTemperature", xml::text(document.root(), "CoverTemperature"));
    std::string stages;
    xml::each(document.root(), "TCStage", [&](Node stage) {
        const auto flag = xml::text(stage, "StageFlag"), count = xml::text(stage, "NumOfRepetitions");
        if (flag == "CYCLING" && facts.cycles == 0)
            facts.cycles = document.number<std::int64_t>(xml::child(stage, "NumOfRepetitions")).value_or(0);
        stages += (stages.empty() ? "" : "; ") + flag + " " + count + " x";
        xml::each(stage, "TCStep", [&](Node step) {
            stages += " " + xml::text(step, "Temperature") + " C " + xml::text(step, "HoldTime") + " s";
        });
    });
    facts.keep("thermal program", stages.substr(0, 2000));
}

}  // namespace microchim::eds
