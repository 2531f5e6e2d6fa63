// A plate of amplitude files, 96 wells x 20,000 droplets x 2 channels, 42 MB: our reader against a bare
// std::from_chars loop that keeps nothing and checks nothing. The goal is to cost no more than that loop.
#include <benchmark/benchmark.h>

#include <charconv>
#include <string>
#include <vector>

#include "bench/amplitudes.hpp"
#include "plugins/biorad-quantasoft/amplitude.hpp"

namespace {

constexpr int wells = 96, droplets = 20000;

const std::vector<std::string>& plate() {
    static const auto files = [] {
        std::vector<std::string> made;
        for (unsigned well = 0; well < wells; ++well) made.push_back(amplitude_file(well + 1, droplets));
        return made;
    }();
    return files;
}

void per_plate(benchmark::State& state) {
    std::size_t bytes = 0;
    for (const auto& file : plate()) bytes += file.size();
    state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(bytes));
}

void quantasoft_reader(benchmark::State& state) {
    using namespace microchim::quantasoft;
    plate();
    for (auto _ : state)
        for (const auto& file : plate()) {
            const auto header = amplitude_header(file);
            benchmark::DoNotOptimize(read_droplets("run_A01_Amplitude.csv", file, *header).size());
        }
    per_plate(state);
}

void bare_from_chars(benchmark::State& state) {
    plate();
    for (auto _ : state)
        for (const auto& file : plate()) {
            const char* p = file.data() + file.find('\n') + 1;
            const char* const end = file.data() + file.size();
            while (p < end) {
                float one = 0, two = 0;
                int code = 0;
                p = std::from_chars(p, end, one).ptr + 1;
                p = std::from_chars(p, end, two).ptr + 1;
                p = std::from_chars(p, end, code).ptr + 1;
                benchmark::DoNotOptimize(one + two + static_cast<float>(code));
            }
        }
    per_plate(state);
}

BENCHMARK(quantasoft_reader)->Unit(benchmark::kMillisecond);
BENCHMARK(bare_from_chars)->Unit(benchmark::kMillisecond);

}  // namespace

BENCHMARK_MAIN();
