// Results of the Esco Spectrum real-time instruments: one table a run.
#include "export.hpp"

namespace microchim::esco {

using reader::Bundle;
using reader::Sink;

struct Spectrum {
    static constexpr const char* id = "esco-spectrum";
    static constexpr const char* name = "Esco Spectrum";
    static constexpr const char* version = "1.0.0";
    static constexpr const char* maturity = "tested";

    static std::int32_t probe(const Bundle& bundle, const Sink& sink) {
        return reader::probe_whole_files(bundle, sink, layout, "the column names of Esco Spectrum");
    }
    static void read(const Bundle& bundle, const Sink& sink) {
        reader::read_whole_files(bundle, sink, layout, read_export, "an export of Esco Spectrum");
    }
};

}  // namespace microchim::esco

MICROCHIM_READER(microchim::esco::Spectrum);
