// Files that no reader can take, and what to tell their owner: locked files of instrument software, and
// things that were never an instrument's data.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace microchim::read {

struct Foreign {
    std::string what;     ///< "a locked QuantaSoft file", "a PNG picture, not an instrument file"
    bool locked = false;  ///< of an instrument program, which alone can open it
    std::string hint;     ///< which menu makes a file that can be read, or what to do instead
};

/// By extension for locked files, by the first bytes for the others; nothing for everything else.
std::optional<Foreign> foreign(std::string_view name, std::string_view bytes);

}  // namespace microchim::read
