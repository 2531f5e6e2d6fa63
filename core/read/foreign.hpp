// Files that no reader can take, and what to tell their owner: files that instrument software writes for itself, and
// things that were never an instrument's data.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace microchim::read {

struct Foreign {
    std::string what;     ///< "a locked QuantaSoft file", "a PNG picture, not an instrument file"
    bool locked = false;  ///< of an instrument program, which can make a readable one of it
    std::string hint;     ///< which menu does that, or what to do instead
};

/// By what the content says, whatever the name is. The extension helps only where the content has no mark of its own
/// and could be such a file: text called "run.qlp" is text. Nothing for everything else. Looks at heads and directories
/// only.
std::optional<Foreign> foreign(std::string_view name, std::string_view bytes);

}  // namespace microchim::read
