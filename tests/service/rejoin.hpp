// A message put together again from its parts: what is not in a part would be missing.
#pragma once

#include <algorithm>
#include <string>

#include "service/lims/hl7.hpp"

inline std::string rejoin(const microchim::lims::Message& message) {
    std::string bytes(message.before());
    const auto& d = message.delimiters();
    for (std::size_t i = 0; i < message.size(); ++i) {
        const auto segment = message[i];
        bytes += segment.name();
        const auto name = segment.name();
        const bool header = name == "MSH" || name == "FHS" || name == "BHS";
        for (std::size_t f = 1; f <= segment.fields(); ++f) {
            if (header && f == 1) continue;
            bytes += d.field;
            if (header && f == 2) {
                bytes += segment.field(f);
                continue;
            }
            for (std::size_t r = 1; r <= segment.repetitions(f); ++r) {
                if (r > 1) bytes += d.repetition;
                const auto whole = microchim::lims::part(segment.field(f), d.repetition, r);
                const auto components =
                    1 + static_cast<std::size_t>(std::count(whole.begin(), whole.end(), d.component));
                for (std::size_t c = 1; c <= components; ++c) {
                    if (c > 1) bytes += d.component;
                    bytes += segment.raw(f, c, r);
                }
            }
        }
        bytes += segment.line_end();
    }
    return bytes;
}
