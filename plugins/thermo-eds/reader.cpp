// The .eds of Applied Biosystems: the file that the instrument program itself writes, a zip that the host has unpacked.
//
//   run.eds/apldbio/sds/plate_setup.xml, analysis_result.txt, multicomponentdata.xml ...   7500, StepOne, QuantStudio
//   run.eds/setup/plate_setup.json, primary/analysis_result.json ...                      Design and Analysis 2
//
// Of a run that was not analysed, or whose software computes its results anew each time, the curves are read without
// Cq.
#include <algorithm>
#include <string>
#include <vector>

#include "container.hpp"
#include "first.hpp"
#include "microchim/exports.hpp"
#include "microchim/reader.hpp"
#include "report.hpp"
#include "second_run.hpp"

namespace microchim::eds {

struct Eds {
    static constexpr const char* id = "thermo-eds";
    static constexpr const char* name = "Applied Biosystems .eds (QuantStudio, StepOne, 7500)";
    static constexpr const char* version = "0.1.0";
    static constexpr const char* maturity = "tested";

    static std::int32_t probe(const Bundle& bundle, const Sink& sink) {
        if (find_containers(bundle).all.empty()) return MICROCHIM_NO;
        sink.note(MICROCHIM_INFO, "", "the inside of an .eds file");
        return MICROCHIM_YES;
    }

    static void read(const Bundle& bundle, const Sink& sink) {
        const auto found = find_containers(bundle);
        if (found.all.empty())
            throw FormatError(std::string(bundle.name(0)),
                              "this is a part of an .eds file; give the whole .eds, not what was unpacked from it");
        reader::note_ignored(bundle, found.others, "of an .eds file nor anything else we know", sink);
        for (std::size_t i = 0; i < found.all.size(); ++i) {
            const auto& container = found.all[i];
            const auto first = std::find_if(found.all.begin(), found.all.begin() + static_cast<std::ptrdiff_t>(i),
                                            [&](const Container& one) { return same(bundle, one, container); });
            if (first != found.all.begin() + static_cast<std::ptrdiff_t>(i)) {
                sink.note(MICROCHIM_INFO, "",
                          container.root + " says exactly what " + first->root + " says, and was read once.");
                continue;
            }
            auto run = container.json ? read_second(bundle, container) : read_first(bundle, container);
            report(container, run, sink);
        }
    }
};

}  // namespace microchim::eds

MICROCHIM_READER(microchim::eds::Eds);
