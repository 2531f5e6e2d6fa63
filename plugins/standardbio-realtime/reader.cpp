// Real-time results of the BioMark: one row per chamber of a dynamic array.
#include "export.hpp"

namespace microchim::realtime {

using reader::Bundle;
using reader::Sink;

struct RealTime {
    static constexpr const char* id = "standardbio-realtime";
    static constexpr const char* name = "Fluidigm BioMark real-time PCR";
    static constexpr const char* version = "1.0.0";
    static constexpr const char* maturity = "tested";

    static std::int32_t probe(const Bundle& bundle, const Sink& sink) {
        return reader::probe_whole_files(bundle, sink, layout, "a BioMark table with a row per sample and assay");
    }
    static void read(const Bundle& bundle, const Sink& sink) {
        reader::read_whole_files(bundle, sink, layout, read_export, "a table of BioMark real-time PCR");
    }
};

}  // namespace microchim::realtime

MICROCHIM_READER(microchim::realtime::RealTime);
