#include "core/read/detect.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <iterator>

#include "core/read/boundary.hpp"
#include "core/read/foreign.hpp"
#include "core/run/errors.hpp"

namespace microchim::read {
namespace {

/// A sink for probes: facts are not asked for, a note is the reason.
microchim_sink reason_sink(std::string& reason) {
    return {&reason,
            [](void*, const microchim_run*) {},
            [](void*, const microchim_react*) {},
            [](void*, const microchim_curve*) {},
            [](void*, const microchim_partitions*) {},
            [](void*, const microchim_counts*) {},
            [](void*, microchim_text, microchim_text, microchim_text) {},
            [](void* self, std::int32_t, microchim_text, microchim_text what) {
                *static_cast<std::string*>(self) = note_text(what);
            }};
}

Candidate ask(const Reader& reader, const Bundle& bundle) {
    Candidate candidate{reader.id, reader.name, reader.version, reader.maturity, Answer::no, {}};
    const auto files = c_bundle(bundle);
    const auto sink = reason_sink(candidate.reason);
    const auto answer = reader.functions->probe(&files, &sink);
    if (answer == MICROCHIM_YES) candidate.answer = Answer::yes;
    if (answer == MICROCHIM_MAYBE) candidate.answer = Answer::maybe;
    return candidate;
}

std::vector<Candidate> with(Answer answer, const std::vector<Candidate>& all) {
    std::vector<Candidate> some;
    std::copy_if(all.begin(), all.end(), std::back_inserter(some), [&](const auto& c) { return c.answer == answer; });
    return some;
}

[[noreturn]] void ambiguous(const Bundle& bundle, const std::vector<Candidate>& candidates) {
    std::string names;
    for (const auto& candidate : candidates)
        names += (names.empty() ? "" : " and ") + candidate.name + " (" + candidate.id + ")";
    throw ReadError("'" + bundle.path + "' could be read by more than one reader: " + names + ".", bundle.path, {},
                    "Give the files of one instrument program only.");
}

[[noreturn]] void is_foreign(const Bundle& bundle, const Entry& entry) {
    const auto kind = foreign(entry.name, entry.bytes).value();
    const bool lone = bundle.entries.size() == 1 && !bundle.archive;
    const auto path = lone ? bundle.path : bundle.path + "/" + entry.name;
    throw ReadError("'" + path + "' is " + kind.what + ".", path, {}, kind.hint);
}

/// Why nobody knows it, as well as we can say.
[[noreturn]] void not_recognised(const Bundle& bundle, const Readers& readers) {
    if (readers.list().empty())
        throw ReadError("'" + bundle.path + "' cannot be read, because no readers are installed.", bundle.path, {},
                        "Set MICROCHIM_PLUGIN_PATH to the folder that holds them.");
    const Entry* culprit = nullptr;  // a locked file among others, or else the first where none could be data
    bool all_foreign = true;
    for (const auto& entry : bundle.entries) {
        const auto kind = foreign(entry.name, entry.bytes);
        all_foreign = all_foreign && kind;
        if (kind && kind->locked && !culprit) culprit = &entry;
    }
    if (all_foreign && !culprit) culprit = &bundle.entries.front();
    if (culprit) is_foreign(bundle, *culprit);
    throw ReadError("'" + bundle.path + "' is not recognised as a file of any instrument software we know.",
                    bundle.path, {}, "'microchim readers' lists what can be read.");
}

}  // namespace

std::vector<Candidate> detect(const Bundle& bundle, const Readers& readers) {
    std::vector<Candidate> candidates;
    for (const auto& reader : readers.list()) candidates.push_back(ask(reader, bundle));
    return candidates;
}

Candidate choose(const Bundle& bundle, const Readers& readers) {
    const auto all = detect(bundle, readers);
    for (const auto answer : {Answer::yes, Answer::maybe}) {
        const auto best = with(answer, all);
        if (best.size() > 1) ambiguous(bundle, best);
        if (best.empty()) continue;
        spdlog::debug("{}: {} ({}{}{})", bundle.path, best[0].name, answer == Answer::yes ? "sure" : "perhaps",
                      best[0].reason.empty() ? "" : ": ", best[0].reason);
        return best[0];
    }
    not_recognised(bundle, readers);
}

}  // namespace microchim::read
