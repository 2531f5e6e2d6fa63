#include "core/report/asm.hpp"

#include <algorithm>

#include "core/report/asm_parts.hpp"

namespace microchim::report {

std::string allotrope(const Run& run, const std::string& name, const Stated& stated, std::vector<Note>& notes) {
    const auto curves = [](const React& react) { return !react.curves.empty(); };
    const auto counts = [](const React& react) { return !react.counts.empty(); };
    const bool real_time = std::ranges::any_of(run.reacts, curves);
    const bool digital = std::ranges::any_of(run.reacts, counts);
    if (real_time && digital)
        notes.push_back({Severity::warning, "",
                         "The curves of real-time PCR were left out: a document of ASM is digital or real-time."});
    const auto document = real_time && !digital ? allotrope_parts::real_time_document(run, name, stated, notes)
                                                : allotrope_parts::digital_document(run, name, stated, notes);
    return dump(document, true) + "\n";
}

}  // namespace microchim::report
