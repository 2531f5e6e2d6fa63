// A whole plate as a laboratory has it: a folder of 96 amplitude files, 42 MB, read by the command's own path from
// files to Run: reading, hashing, choosing the reader, parsing, checking. On one core, and on two.
#include <benchmark/benchmark.h>
#include <sched.h>
#include <stdlib.h>

#include <filesystem>
#include <fstream>

#include "bench/amplitudes.hpp"
#include "core/read/host.hpp"

namespace {

namespace fs = std::filesystem;

const fs::path& folder() {
    static const auto made = [] {
        std::string name = (fs::temp_directory_path() / "microchim-bench-XXXXXX").string();
        const fs::path path = mkdtemp(name.data());
        for (unsigned well = 0; well < 96; ++well) {
            const std::string place{static_cast<char>('A' + well / 12), static_cast<char>('0' + (well % 12 + 1) / 10),
                                    static_cast<char>('0' + (well % 12 + 1) % 10)};
            std::ofstream(path / ("plate_" + place + "_Amplitude.csv")) << amplitude_file(well + 1, 20000);
        }
        std::atexit([] { fs::remove_all(folder()); });
        return path;
    }();
    return made;
}

void read_plate(benchmark::State& state) {
    static const auto readers = microchim::read::Readers::installed();
    folder();
    cpu_set_t before, some;
    sched_getaffinity(0, sizeof before, &before);
    CPU_ZERO(&some);
    for (int cpu = 0, left = static_cast<int>(state.range(0)); cpu < CPU_SETSIZE && left > 0; ++cpu)
        if (CPU_ISSET(cpu, &before)) CPU_SET(cpu, &some), --left;
    sched_setaffinity(0, sizeof some, &some);
    for (auto _ : state) benchmark::DoNotOptimize(microchim::read::read(folder(), readers).size());
    sched_setaffinity(0, sizeof before, &before);
    state.SetBytesProcessed(state.iterations() * 42'000'000);
}

BENCHMARK(read_plate)
    ->ArgName("cores")
    ->Arg(1)
    ->Arg(2)
    ->Unit(benchmark::kMillisecond)
    ->MeasureProcessCPUTime()
    ->UseRealTime();

}  // namespace

BENCHMARK_MAIN();
