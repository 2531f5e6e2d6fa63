// Analyses a plate of 384 curves; the goal is 0.1 ms a curve, 38 ms in all.
#include <benchmark/benchmark.h>

#include "core/qpcr/analyse.hpp"
#include "tests/qpcr/curves.hpp"

namespace {

void analyse_plate(benchmark::State& state) {
    microchim::Run run;
    for (unsigned i = 0; i < 384; ++i)
        testing::add(run, testing::curve_of({.copies = i % 12 == 0 ? 0 : std::pow(10.0, i % 6 + 1), .seed = i}),
                     "target " + std::to_string(i % 4));
    const auto method = static_cast<microchim::qpcr::Method>(state.range(0));
    for (auto _ : state) benchmark::DoNotOptimize(microchim::qpcr::analyse(run, method));
    state.SetItemsProcessed(state.iterations() * 384);
    state.SetLabel(microchim::qpcr::to_string(method));
}

BENCHMARK(analyse_plate)->DenseRange(0, 3)->Unit(benchmark::kMillisecond);

}  // namespace

BENCHMARK_MAIN();
