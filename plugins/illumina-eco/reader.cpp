// Results of the Eco real-time instruments (Illumina, later Cole-Parmer and PCRmax): one table a run.
#include "export.hpp"

namespace microchim::eco {

using reader::Bundle;
using reader::Sink;

struct Eco {
    static constexpr const char* id = "illumina-eco";
    static constexpr const char* name = "Illumina Eco";
    static constexpr const char* version = "1.0.0";
    static constexpr const char* maturity = "tested";

    static std::int32_t probe(const Bundle& bundle, const Sink& sink) {
        return reader::probe_whole_files(bundle, sink, layout, "the column names of the Eco software");
    }
    static void read(const Bundle& bundle, const Sink& sink) {
        reader::read_whole_files(bundle, sink, layout, read_export, "an export of the Eco software");
    }
};

}  // namespace microchim::eco

MICROCHIM_READER(microchim::eco::Eco);
