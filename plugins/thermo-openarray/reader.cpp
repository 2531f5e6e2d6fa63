// Results of OpenArray chips: one row per through-hole.
#include "export.hpp"

namespace microchim::openarray {

using reader::Bundle;
using reader::Sink;

struct OpenArray {
    static constexpr const char* id = "thermo-openarray";
    static constexpr const char* name = "Applied Biosystems OpenArray";
    static constexpr const char* version = "1.0.0";
    static constexpr const char* maturity = "tested";

    static std::int32_t probe(const Bundle& bundle, const Sink& sink) {
        return reader::probe_whole_files(bundle, sink, layout, "the column names of the OpenArray software");
    }
    static void read(const Bundle& bundle, const Sink& sink) {
        reader::read_whole_files(bundle, sink, layout, read_export, "an export of the OpenArray software");
    }
};

}  // namespace microchim::openarray

MICROCHIM_READER(microchim::openarray::OpenArray);
