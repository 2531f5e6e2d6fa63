#include "core/run/run.hpp"

#include <array>

namespace microchim {

const char* to_string(SampleType type) {
    static constexpr std::array names{"unkn", "ntc", "nac", "std", "ntp", "nrt", "pos", "opt"};
    return names.at(static_cast<std::size_t>(type));
}

const char* to_string(SeriesKind kind) {
    static constexpr std::array names{"melt", "melt_derivative", "dye", "filter"};
    return names.at(static_cast<std::size_t>(kind));
}

const char* to_string(Pooling pooling) {
    return pooling == Pooling::sum ? "sum" : "mean";
}

const char* to_string(Severity severity) {
    static constexpr std::array names{"info", "warning", "error"};
    return names.at(static_cast<std::size_t>(severity));
}

}  // namespace microchim
