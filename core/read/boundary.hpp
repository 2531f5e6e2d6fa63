// What both calls of a reader need: a bundle as the C interface wants it, and a sink for notes.
#pragma once

#include <algorithm>
#include <string>

#include "core/read/bundle.hpp"
#include "core/read/parallel.hpp"
#include "microchim/reader.hpp"

namespace microchim::read {

/// A view of `bundle`, which must outlive it.
inline microchim_bundle c_bundle(const Bundle& bundle) {
    return {const_cast<Bundle*>(&bundle), bundle.entries.size(),
            [](void* self, std::size_t i) -> microchim_text {
                const auto& entries = static_cast<const Bundle*>(self)->entries;
                return i < entries.size() ? reader::text(entries[i].name) : microchim_text{};
            },
            [](void* self, std::size_t i) -> microchim_text {
                const auto& entries = static_cast<const Bundle*>(self)->entries;
                return i < entries.size() ? reader::text(entries[i].bytes) : microchim_text{};
            },
            [](void* self, std::size_t tasks, void (*work)(void*, std::size_t), void* context) {
                std::size_t bytes = 0;
                for (const auto& entry : static_cast<const Bundle*>(self)->entries) bytes += entry.bytes.size();
                parallel(tasks, bytes, [&](std::size_t task) { work(context, task); });
            }};
}

/// Text from a plugin, as it is.
inline std::string_view view(microchim_text text) {
    return text.size ? std::string_view{text.data, text.size} : std::string_view{};
}

/// Text of a note: a message must arrive even where it is not well-formed.
inline std::string note_text(microchim_text text) {
    return reader::utf8(view(text));
}

}  // namespace microchim::read
