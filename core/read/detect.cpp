#include "core/read/detect.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <iterator>

#include "core/read/boundary.hpp"
#include "core/read/foreign.hpp"
#include "core/read/lower.hpp"
#include "core/read/unknown.hpp"
#include "core/run/errors.hpp"

namespace microchim::read {
namespace {

/// A sink for probes: facts are not asked for, a note is the reason.
microchim_sink reason_sink(std::string& reason) {
    return {&reason,
            [](void*, const microchim_run*) {},
            [](void*, const microchim_react*) {},
            [](void*, const microchim_curve*) {},
            [](void*, const microchim_series*) {},
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
    const auto path = is_lone_file(bundle) ? bundle.path : bundle.path + "/" + entry.name;
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
    const auto sentence = "'" + bundle.path + "' is not recognised as a file of any instrument software we know";
    if (const auto looks = unknown(bundle))
        throw ReadError(sentence + ": it looks like " + looks->what + ".", bundle.path, {}, looks->hint);
    throw ReadError(sentence + ".", bundle.path, {}, "'microchim readers' lists what can be read.");
}

/// The part of a bundle that these entries are.
Bundle part(const Bundle& bundle, const std::vector<std::size_t>& entries) {
    Bundle some;
    some.path = bundle.path;
    for (const auto i : entries) some.entries.push_back(bundle.entries[i]);
    for (const auto& archive : bundle.archives)
        if (std::ranges::any_of(some.entries, [&](const Entry& entry) { return came_out_of(bundle, archive, entry); }))
            some.archives.push_back(archive);
    return some;
}

const Reader& reader_of(const Candidate& candidate, const Readers& readers) {
    return *std::ranges::find(readers.list(), candidate.id, &Reader::id);
}

Candidate best_of(const std::vector<Candidate>& all, const Bundle& bundle, const Readers& readers) {
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

}  // namespace

std::vector<Share> assign(const Bundle& bundle, const Readers& readers) {
    const auto all = detect(bundle, readers);
    const auto claiming = with(Answer::yes, all);
    if (claiming.size() < 2) {
        const auto best = best_of(all, bundle, readers);
        return {{best, &reader_of(best, readers), bundle}};
    }
    std::vector<std::vector<std::size_t>> entries(claiming.size());
    std::vector<std::size_t> nobodys;
    for (std::size_t i = 0; i < bundle.entries.size(); ++i) {
        const auto alone = part(bundle, {i});
        std::vector<Candidate> owners;
        for (std::size_t r = 0; r < claiming.size(); ++r)
            if (ask(reader_of(claiming[r], readers), alone).answer == Answer::yes) {
                owners.push_back(claiming[r]);
                entries[r].push_back(i);
            }
        if (owners.size() > 1) ambiguous(alone, owners);
        // They may be companions, as a table is of its description; who has no use for them says so.
        if (owners.empty()) nobodys.push_back(i);
    }
    std::vector<Share> shares;
    for (std::size_t r = 0; r < claiming.size(); ++r) {
        if (entries[r].empty()) ambiguous(bundle, claiming);
        entries[r].insert(entries[r].end(), nobodys.begin(), nobodys.end());
        std::ranges::sort(entries[r]);
        shares.push_back({claiming[r], &reader_of(claiming[r], readers), part(bundle, entries[r])});
    }
    auto& notes = shares.front().bundle.notes;
    notes = bundle.notes;
    notes.push_back({Severity::info, "",
                     "There are files of " + std::to_string(shares.size()) +
                         " instrument programs here; each was read as runs of its own."});
    return shares;
}

std::vector<Candidate> detect(const Bundle& bundle, const Readers& readers) {
    std::vector<Candidate> candidates;
    for (const auto& reader : readers.list()) candidates.push_back(ask(reader, bundle));
    return candidates;
}

Candidate choose(const Bundle& bundle, const Readers& readers) {
    return best_of(detect(bundle, readers), bundle, readers);
}

}  // namespace microchim::read
