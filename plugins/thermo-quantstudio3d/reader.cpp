// Applied Biosystems QuantStudio 3D: the wells of a chip. A draft, written after what two public programs read.
//
//   chip.xml                                            every well with quality and fluorescence
//   chip1/apldbio/sds/quants_dye/ComponentData.CSV      the same, of an experiment (.eds) that was unpacked
//
// A chip holds one sample: it is a run of its own with one well, A01.
#include <algorithm>
#include <string>
#include <vector>

#include "chip.hpp"
#include "chip_xml.hpp"
#include "component.hpp"
#include "microchim/exports.hpp"
#include "microchim/reader.hpp"

namespace microchim::quantstudio3d {
namespace {

using reader::Bundle;
using reader::not_stated;
using reader::Sink;
using reader::text;

struct Contents {
    std::vector<std::size_t> xml, components, others;
};

Contents sort_out(const Bundle& bundle) {
    Contents contents;
    for (std::size_t i = 0; i < bundle.size(); ++i) {
        if (is_chip_xml(bundle.bytes(i))) contents.xml.push_back(i);
        else if (is_component(bundle.name(i), bundle.bytes(i))) contents.components.push_back(i);
        else contents.others.push_back(i);
    }
    return contents;
}

/// What the software leaves out and a file does not say: wells of a low quality.
void note_quality(const Chip& chip, const Sink& sink) {
    if (chip.quality.empty()) {
        sink.note(
            MICROCHIM_WARNING, chip.file,
            "There is no quality of the wells: poorly filled ones count as negative, and concentrations may be too "
            "low.");
        return;
    }
    const auto low = std::ranges::count_if(chip.quality, [](float q) { return q < 0.5F; });
    sink.note(MICROCHIM_WARNING, chip.file,
              "The software counts only wells whose quality reaches a threshold, which this file does not state; all " +
                  std::to_string(chip.quality.size()) + " are reported. " + std::to_string(low) +
                  " of them are below 0.5: where many are, concentrations are too low.");
}

void report(const Chip& chip, const Sink& sink) {
    microchim_run run{};
    run.id = text(chip.id);
    run.plate = text(chip.id);
    run.entries = chip.entries.data();
    run.entry_count = chip.entries.size();
    sink.run(run);
    sink.attribute("", "dialect", chip.dialect);
    for (const auto& [key, value] : chip.attributes) sink.attribute("", key, value);
    sink.note(
        MICROCHIM_WARNING, chip.file,
        "The reader for the QuantStudio 3D is a draft: it follows public descriptions and was never tried on a real "
        "file. Compare its numbers with those of AnalysisSuite.");
    microchim_react react{};
    react.well = text("A01");
    react.sample = text(chip.sample);
    react.type = MICROCHIM_UNKN;
    react.quantity = react.volume_ul = not_stated;
    sink.react(react);
    std::vector<microchim_channel> channels;
    std::string passive;
    for (const auto& dye : chip.dyes) {
        if (is_dye(dye.name) && dye.name != "ROX")
            channels.push_back({text(dye.name), text(""), not_stated, dye.fluorescence.data(), nullptr});
        else passive += (passive.empty() ? "" : ", ") + dye.name;
    }
    if (channels.empty()) throw FormatError(chip.file, "none of its dyes is one of a target: FAM, VIC, HEX or SYBR");
    if (!passive.empty())
        sink.note(MICROCHIM_INFO, chip.file, "Left out, because it belongs to no target: " + passive + ".");
    sink.partitions(
        {text("A01"), chip.dyes.front().fluorescence.size(), channels.size(), channels.data(), -1, not_stated});
    note_quality(chip, sink);
    if (chip.open_end)
        sink.note(MICROCHIM_INFO, chip.file,
                  "The last line has no line end; if the file was cut off, the last well is wrong.");
}

}  // namespace

struct QuantStudio3D {
    static constexpr const char* id = "thermo-quantstudio3d";
    static constexpr const char* name = "Thermo Fisher QuantStudio 3D";
    static constexpr const char* version = "0.1.0";
    static constexpr const char* maturity = "draft";

    static std::int32_t probe(const Bundle& bundle, const Sink& sink) {
        const auto contents = sort_out(bundle);
        if (contents.xml.empty() && contents.components.empty()) return MICROCHIM_NO;
        sink.note(MICROCHIM_INFO, "",
                  contents.xml.empty() ? "the fluorescence of an unpacked QuantStudio 3D experiment"
                                       : "XML with the wells of a QuantStudio 3D chip");
        return MICROCHIM_YES;
    }

    static void read(const Bundle& bundle, const Sink& sink) {
        auto contents = sort_out(bundle);
        std::vector<Chip> chips;
        for (const auto entry : contents.xml)
            for (auto& chip : read_chip_xml(bundle.name(entry), entry, bundle.bytes(entry)))
                chips.push_back(std::move(chip));
        for (const auto entry : contents.components) chips.push_back(read_component(bundle, entry));
        if (chips.empty()) throw FormatError(std::string(bundle.name(0)), "this is no chip of the QuantStudio 3D");
        for (const auto& chip : chips)
            for (const auto entry : chip.entries) std::erase(contents.others, entry);
        for (std::size_t c = 0; c < chips.size(); ++c) {
            if (chips[c].id.empty() && chips.size() > 1) {
                const auto file = chips[c].file.substr(chips[c].file.rfind('/') + 1);
                chips[c].id = file.substr(0, file.rfind('.')) +
                              (chips[c].entries == chips[0].entries && c > 0 ? " " + std::to_string(c + 1) : "");
            }
            report(chips[c], sink);
            if (c == 0)
                reader::note_ignored(bundle, contents.others, "wells nor qualities of a QuantStudio 3D chip", sink);
        }
    }
};

}  // namespace microchim::quantstudio3d

MICROCHIM_READER(microchim::quantstudio3d::QuantStudio3D);
