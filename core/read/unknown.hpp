// What a drop is that no reader knows, as far as its owner can be told: a template, a calculation sheet, an edited
// table.
#pragma once

#include <optional>
#include <string>

#include "core/read/bundle.hpp"

namespace microchim::read {

struct Unknown {
    std::string what;  ///< completes "it looks like ...": "a table that somebody made or edited"
    std::string hint;  ///< what to do instead
};

/// By what the tables in it look like; nothing where there is none.
std::optional<Unknown> unknown(const Bundle& bundle);

}  // namespace microchim::read
