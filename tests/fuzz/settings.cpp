// libFuzzer for what laboratories write by hand: panel, case, instrument profile and sample sheet. The first byte
// chooses which. Anything but a result or a ConfigError is a fault.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "core/chimerism/case.hpp"
#include "core/chimerism/panel.hpp"
#include "core/chimerism/sheet.hpp"
#include "core/run/errors.hpp"
#include "instruments/profile.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    const std::string_view text(reinterpret_cast<const char*>(data + 1), size - 1);
    try {
        switch (data[0] % 4) {
            case 0:
                microchim::chimerism::parse_panel(text, "p.toml");
                break;
            case 1:
                microchim::chimerism::parse_case(text, "c.toml");
                break;
            case 2:
                microchim::instruments::parse_profile(text, "i.toml");
                break;
            default:
                microchim::chimerism::parse_sheet(text, "s.csv");
        }
    } catch (const microchim::ConfigError&) {
    }
    return 0;
}
