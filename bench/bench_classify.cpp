// Classifies a plate of 96 wells x 20,000 partitions x 2 channels; the goal is 0.15 s of one core.
#include <benchmark/benchmark.h>

#include "core/dpcr/classify.hpp"
#include "tests/dpcr/wells.hpp"

namespace {

void classify_plate(benchmark::State& state) {
    testing::Bench bench(1);
    std::vector<testing::KnownWell> wells;
    for (int w = 0; w < 96; ++w)
        wells.push_back(bench.well({w % 8 == 0 ? 0 : 0.1 / (1 << w % 8), 0.05 * (w % 24), 0.02, 0, 6000, 20000}));
    std::vector<const microchim::Partitions*> plate;
    for (const auto& well : wells) plate.push_back(&well.partitions);
    for (auto _ : state) benchmark::DoNotOptimize(microchim::dpcr::classify(plate));
    state.SetItemsProcessed(state.iterations() * 96 * 20000);
}

BENCHMARK(classify_plate)->Unit(benchmark::kMillisecond);

}  // namespace

BENCHMARK_MAIN();
