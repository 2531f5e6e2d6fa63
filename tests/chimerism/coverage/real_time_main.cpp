// chimerism_real_time [samples [known]]: the validation table of docs/methods/real-time.md. With "known" the curve is
// known instead of estimated from standards.
#include <cstdio>
#include <cstdlib>
#include <string>

#include "tests/chimerism/coverage/real_time.hpp"

using namespace microchim::chimerism::simulation;

int main(int argc, char** argv) {
    const int samples = argc > 1 ? std::atoi(argv[1]) : 1000;
    const bool known = argc > 2 && std::string(argv[2]) == "known";
    std::printf("wells background donor | cover below above | bias sheet | rms sheet | width detected answered\n");
    std::uint64_t seed = 1;
    for (int wells : {6, 96})
        for (double background : {1e1, 1e3, 1e5, 1e6})
            for (double donor : {0.0, 0.5, 1.0, 2.0, 5.0, 10.0, 30.0, 100.0}) {
                RealTimePoint p;
                p.wells = wells, p.background = background, p.donor = donor, p.standards = !known;
                const RealTimeFound f = repeat(p, samples, ++seed);
                std::printf("%2d %8g %5g | %.4f %.4f %.4f | %+.3f %+.3f | %.3f %.3f | %.2f %.3f %.3f%s\n", wells,
                            background, donor, f.coverage, f.below, f.above, f.bias, f.sheet_bias, f.error,
                            f.sheet_error, f.relative_width, f.detected, f.answered,
                            f.coverage < 0.93 || (donor > 0 && f.coverage > 0.98) ? "  COVERAGE" : "");
                std::fflush(stdout);
            }
    return 0;
}
