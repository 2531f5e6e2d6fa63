// Exports of the SmartCycler: curves and results of one run, or of several.
#include "export.hpp"

namespace microchim::smartcycler {

using reader::Bundle;
using reader::Sink;

struct SmartCycler {
    static constexpr const char* id = "cepheid-smartcycler";
    static constexpr const char* name = "Cepheid SmartCycler";
    static constexpr const char* version = "1.0.0";
    static constexpr const char* maturity = "tested";

    static std::int32_t probe(const Bundle& bundle, const Sink& sink) {
        return reader::probe_whole_files(bundle, sink, layout, "the first line names the program");
    }
    static void read(const Bundle& bundle, const Sink& sink) {
        reader::read_whole_files(bundle, sink, layout, read_export, "an export of the SmartCycler");
    }
};

}  // namespace microchim::smartcycler

MICROCHIM_READER(microchim::smartcycler::SmartCycler);
