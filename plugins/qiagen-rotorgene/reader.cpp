// Qiagen (Corbett) Rotor-Gene: its run file and the table of its analysis.
//
//   run file          .rex, XML: raw readings of all channels, melting curves, samples; no result
//   analysed data     "Excel Analysed Data Export": Ct and concentrations, a table per channel
//
// A run file and the analyses that name it are one run.
#include <string>
#include <vector>

#include "analysis.hpp"
#include "microchim/exports.hpp"
#include "microchim/join_parts.hpp"
#include "microchim/parts.hpp"
#include "microchim/reader.hpp"
#include "rex.hpp"

namespace microchim::rotorgene {
namespace {

using reader::Bundle;
using reader::Sink;

bool from_rex(const Part& part) {
    return part.dialects.front().starts_with("Rotor-Gene run");
}

/// The analyses name the file of their run. They write its start in their own way; the run file's is kept.
void adopt(std::vector<Part>& parts) {
    for (auto& run : parts) {
        if (!from_rex(run)) continue;
        for (auto& analysis : parts)
            if (!from_rex(analysis) && analysis.id == stem(run.name)) {
                run.id = analysis.id;
                analysis.started.clear();
            }
    }
}

}  // namespace

struct RotorGene {
    static constexpr const char* id = "qiagen-rotorgene";
    static constexpr const char* name = "Qiagen Rotor-Gene";
    static constexpr const char* version = "1.0.0";
    static constexpr const char* maturity = "tested";

    static std::int32_t probe(const Bundle& bundle, const Sink& sink) {
        std::size_t runs = 0, analyses = 0;
        for (std::size_t i = 0; i < bundle.size(); ++i) {
            runs += is_rex(bundle.bytes(i));
            analyses += is_analysis(bundle.bytes(i));
        }
        if (runs + analyses == 0) return MICROCHIM_NO;
        sink.note(MICROCHIM_INFO, "",
                  std::string(runs ? "the XML of a run file" : "") + (runs && analyses ? " and " : "") +
                      (analyses ? "the first words of an analysed data export" : ""));
        return MICROCHIM_YES;
    }

    static void read(const Bundle& bundle, const Sink& sink) {
        std::vector<Part> parts;
        std::vector<std::size_t> others;
        for (std::size_t i = 0; i < bundle.size(); ++i) {
            const auto bytes = bundle.bytes(i);
            if (is_rex(bytes)) parts.push_back(read_rex(i, bundle.name(i), bytes));
            else if (is_analysis(bytes))
                for (auto& part : read_analyses(i, bundle.name(i), bytes)) parts.push_back(std::move(part));
            else others.push_back(i);
        }
        if (parts.empty()) throw FormatError(std::string(bundle.name(0)), "not a file of Rotor-Gene");
        adopt(parts);
        auto runs = reader::join(
            std::move(parts), [](const Part& run, const Part& file) { return !run.id.empty() && run.id == file.id; });
        for (auto& run : runs) {
            name_dyes(run);
            run.report(sink);
        }
        reader::note_ignored(bundle, others, "run files nor analysed data of Rotor-Gene", sink);
    }
};

}  // namespace microchim::rotorgene

MICROCHIM_READER(microchim::rotorgene::RotorGene);
