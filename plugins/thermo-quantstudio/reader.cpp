// The RT-PCR software of Applied Biosystems: ViiA 7, QuantStudio 6 and 7 Flex, QuantStudio 12K Flex, and the texts that
// later QuantStudio software writes in the same layout.
//
//   * Block Type = 96-Well Block (0.2mL)
//   * Experiment Type = Standard Curve
//
//   [Sample Setup]
//   Well<TAB>Well Position<TAB>Sample Name<TAB>...
//   [Amplification Data]
//   Well<TAB>Cycle<TAB>Target Name<TAB>Rn<TAB>Delta Rn
//   [Results]
//   Well<TAB>Well Position<TAB>Omit<TAB>...
#include "../thermo-shared/join.hpp"

namespace microchim::thermo {

struct QuantStudio {
    static constexpr const char* id = "thermo-quantstudio";
    static constexpr const char* name = "Applied Biosystems RT-PCR software";
    static constexpr const char* version = "1.0.0";
    static constexpr const char* maturity = "tested";

    static std::int32_t probe(const Bundle& bundle, const Sink& sink) {
        for (std::size_t i = 0; i < bundle.size(); ++i)
            if (const auto origin = whose(bundle.name(i), bundle.bytes(i)); origin.program == Program::rt_pcr) {
                sink.note(MICROCHIM_INFO, "",
                          origin.sheet ? "a sheet begins with the preamble of the RT-PCR software"
                                       : "the text has the preamble and sections of the RT-PCR software");
                return MICROCHIM_YES;
            }
        return MICROCHIM_NO;
    }

    static void read(const Bundle& bundle, const Sink& sink) {
        read_all(bundle, sink, Program::rt_pcr, "a text nor a workbook of the RT-PCR software (ViiA 7, QuantStudio)");
    }
};

}  // namespace microchim::thermo

MICROCHIM_READER(microchim::thermo::QuantStudio);
