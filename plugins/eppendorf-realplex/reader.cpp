// Results of the Mastercycler ep realplex: one table a run, as .csv or as .txt.
#include "export.hpp"

namespace microchim::realplex {

using reader::Bundle;
using reader::Sink;

struct Realplex {
    static constexpr const char* id = "eppendorf-realplex";
    static constexpr const char* name = "Eppendorf realplex";
    static constexpr const char* version = "1.0.0";
    static constexpr const char* maturity = "tested";

    static std::int32_t probe(const Bundle& bundle, const Sink& sink) {
        return reader::probe_whole_files(bundle, sink, layout, "the column names of realplex, which hold the dye");
    }
    static void read(const Bundle& bundle, const Sink& sink) {
        reader::read_whole_files(bundle, sink, layout, read_export, "an export of realplex");
    }
};

}  // namespace microchim::realplex

MICROCHIM_READER(microchim::realplex::Realplex);
