// LightCycler 96, by Roche: its own files (.lc96p) and the .rdml that it exports, which hold the same documents.
//
//   run.lc96p   a zip:   rdml_data.xml           <rdml version="1.1">: raw curves, melting curves, samples, targets
//                        calculated_data.xml     calls, Cq, concentrations, normalised curves
//                        app_data.xml, module_data.xml, instrument_data.xml, manifest.xml
//
// The rdml_data.xml alone is read too, without what the program computed.
#include <map>
#include <set>
#include <string>
#include <vector>

#include "../rdml/plate.hpp"
#include "../rdml/summary.hpp"
#include "analysis.hpp"
#include "curves.hpp"
#include "files.hpp"
#include "microchim/exports.hpp"
#include "microchim/reader.hpp"
#include "run.hpp"

namespace microchim::lightcycler96 {

struct LightCycler96 {
    static constexpr const char* id = "roche-lightcycler96";
    static constexpr const char* name = "Roche LightCycler 96";
    static constexpr const char* version = "0.1.0";
    static constexpr const char* maturity = "tested";

    static std::int32_t probe(const Bundle& bundle, const Sink& sink) {
        const auto found = find_experiments(bundle);
        if (found.experiments.empty()) return MICROCHIM_NO;
        sink.note(MICROCHIM_INFO, "", "documents of LightCycler 96");
        return MICROCHIM_YES;
    }

    static void read(const Bundle& bundle, const Sink& sink) {
        const auto found = find_experiments(bundle);
        reader::note_ignored(bundle, found.others, "a document of LightCycler 96 nor anything else we know", sink);
        std::map<std::string_view, std::string> seen;  // by the bytes of their RDML
        for (const bool analysed : {true, false})      // of two copies, the one that says more
            for (const auto& [folder, experiment] : found.experiments)
                if (experiment.entries.contains(Kind::calculated) == analysed)
                    read_experiment(bundle, experiment, seen, sink);
        if (seen.empty()) throw FormatError(std::string(bundle.name(0)), "there is no document of LightCycler 96");
    }

private:
    static void read_experiment(const Bundle& bundle, const Experiment& experiment,
                                std::map<std::string_view, std::string>& seen, const Sink& sink) {
        const auto entry = experiment.entries.find(Kind::rdml);
        if (entry == experiment.entries.end())
            throw FormatError(std::string(bundle.name(experiment.all.front())),
                              "a part of a LightCycler 96 file without its rdml_data.xml; give the whole .lc96p or "
                              ".rdml");
        const std::string name(bundle.name(entry->second));
        if (const auto [first, fresh] = seen.emplace(bundle.bytes(entry->second), name); !fresh) {
            sink.note(MICROCHIM_INFO, "", name + " says exactly what " + first->second + " says, and was read once.");
            return;
        }
        const auto document = experiment.open(bundle, Kind::rdml);
        const auto analysis = read_analysis(bundle, experiment);
        const auto instrument = experiment.open(bundle, Kind::instrument);
        read_runs({bundle, experiment, *document, analysis, instrument.get()}, sink);
    }
};

}  // namespace microchim::lightcycler96

MICROCHIM_READER(microchim::lightcycler96::LightCycler96);
