// libFuzzer for zips, gzip and workbooks: the bytes of one file from a stranger. Anything but a bundle or a ReadError
// is a fault.
#include <cstddef>
#include <cstdint>

#include "core/read/archive.hpp"
#include "core/run/errors.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace microchim::read;
    Bundle bundle;
    bundle.path = "run.zip";
    try {
        add_entry(bundle, make_entry("run.zip", {reinterpret_cast<const char*>(data), size}),
                  {.entry_bytes = 1 << 20, .total_bytes = 4 << 20, .ratio_free_bytes = 1 << 20});
    } catch (const microchim::ReadError&) {
    }
    return 0;
}
