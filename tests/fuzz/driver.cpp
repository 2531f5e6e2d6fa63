// libFuzzer for any reader: the plugin's reader.cpp is compiled in, the rest is the same for all. An input is a run
// of one or more files, each "name\n" and content, separated by a byte 1C; the seeds are made of the fixtures.
#include <algorithm>
#include <cstdint>

#include "core/read/detect.hpp"
#include "core/read/host.hpp"
#include "core/run/errors.hpp"

using namespace microchim;

namespace {

read::Bundle run_of(std::string_view input) {
    std::vector<std::pair<std::string, std::string>> files;
    while (files.empty() || !input.empty()) {
        const auto file = input.substr(0, input.find('\x1c'));
        input.remove_prefix(std::min(input.size(), file.size() + 1));
        const auto name = file.substr(0, file.find('\n'));
        const auto content = file.substr(std::min(file.size(), name.size() + 1));
        const bool taken = std::any_of(files.begin(), files.end(), [&](const auto& f) { return f.first == name; });
        if (!taken) files.emplace_back(name, content);
    }
    return read::Bundle::of(std::move(files));
}

const read::Readers& readers() {
    static const auto one = [] {
        read::Readers all;
        all.add(read::Reader::of(microchim_reader_v0, "fuzz"));
        return all;
    }();
    return one;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto bundle = run_of({reinterpret_cast<const char*>(data), size});
    read::detect(bundle, readers());
    try {
        read::read_with(readers().list().front(), bundle);  // whatever the probe says
    } catch (const ReadError&) {
    }
    return 0;
}
