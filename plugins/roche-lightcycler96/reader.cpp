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
        bool any = false;
        for (const auto& [folder, experiment] : found.experiments)
            if (const auto document = experiment.open(bundle, Kind::rdml)) {
                const auto analysis = read_analysis(bundle, experiment);
                const auto instrument = experiment.open(bundle, Kind::instrument);
                read_runs({bundle, experiment, *document, analysis, instrument.get()}, sink);
                any = true;
            } else {
                const auto entry = experiment.all.front();
                throw FormatError(std::string(bundle.name(entry)),
                                  "a part of a LightCycler 96 file without its rdml_data.xml; give the whole .lc96p or "
                                  ".rdml");
            }
        if (!any) throw FormatError(std::string(bundle.name(0)), "there is no document of LightCycler 96");
    }
};

}  // namespace microchim::lightcycler96

MICROCHIM_READER(microchim::lightcycler96::LightCycler96);
