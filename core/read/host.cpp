#include "core/read/host.hpp"

#include <algorithm>
#include <charconv>

#include "core/read/boundary.hpp"
#include "core/read/collect.hpp"
#include "core/read/detect.hpp"
#include "core/read/parallel.hpp"
#include "core/run/errors.hpp"
#include "core/run/sha256.hpp"

namespace microchim::read {
namespace {

/// A reader says "run.csv:3, column 'Positives'"; a program wants the path and the line apart.
struct Address {
    std::string path;
    std::optional<std::size_t> line;
};

Address locate(const Bundle& bundle, std::string_view where) {
    for (const auto& entry : bundle.entries) {
        if (!where.starts_with(entry.name)) continue;
        const auto rest = where.substr(entry.name.size());
        if (!rest.empty() && rest[0] != ':' && rest[0] != ',') continue;
        Address address{path_of(bundle, entry.name), {}};
        std::size_t line = 0;
        if (!rest.empty() && std::from_chars(rest.data() + 1, rest.data() + rest.size(), line).ec == std::errc{})
            address.line = line;
        return address;
    }
    return {bundle.path, {}};
}

/// "run.csv:3, column 'Positives': '2l' is not a number (read as Bio-Rad QuantaSoft)."
ReadError refused(const Reader& reader, const Bundle& bundle, std::string_view where, std::string what) {
    while (what.ends_with('.')) what.pop_back();
    const auto address = locate(bundle, where);
    const auto place = where.empty() ? "'" + bundle.path + "'" : std::string(where);
    return ReadError(place + ": " + what + " (read as " + reader.name + ").", address.path, address.line);
}

/// Hashes of everything, archives first: those of a plate of 42 MB are worth all cores.
struct Fingerprints {
    const Bundle& bundle;
    std::vector<InputFile> archives, entries;

    explicit Fingerprints(const Bundle& files)
        : bundle(files), archives(files.archives.size()), entries(files.entries.size()) {
        std::size_t bytes = 0;
        for (const auto& entry : bundle.entries) bytes += entry.bytes.size();
        parallel(archives.size() + entries.size(), bytes, [&](std::size_t i) {
            const bool packed = i < archives.size();
            const auto& from = packed ? bundle.archives[i] : bundle.entries[i - archives.size()];
            (packed ? archives[i] : entries[i - archives.size()]) = {from.name, sha256(from.bytes)};
        });
    }

    /// Those of one run: the entries it was read from, and what they were packed in.
    std::vector<InputFile> of(const std::vector<std::size_t>& chosen) const {
        if (chosen.empty()) {
            auto files = archives;
            files.insert(files.end(), entries.begin(), entries.end());
            return files;
        }
        std::vector<InputFile> files;
        for (std::size_t a = 0; a < archives.size(); ++a)
            if (std::ranges::any_of(
                    chosen, [&](std::size_t i) { return came_out_of(bundle, bundle.archives[a], bundle.entries[i]); }))
                files.push_back(archives[a]);
        for (const auto entry : chosen) files.push_back(entries[entry]);
        return files;
    }
};

void check_outcome(const Reader& reader, const Bundle& bundle, const Collector& collector, std::int32_t result) {
    if (collector.failure()) {
        try {
            std::rethrow_exception(collector.failure());
        } catch (const BadFact& bad) {
            throw refused(reader, bundle, {}, bad.what());
        }
    }
    if (result != 0) {
        const auto error = collector.error().value_or(Note{Severity::error, "", "the reader gave up without a reason"});
        throw refused(reader, bundle, error.where, error.what);
    }
}

}  // namespace

std::vector<Run> read_with(const Reader& reader, const Bundle& bundle, const Limits& limits) {
    Collector collector(limits, bundle.entries.size());
    const auto files = c_bundle(bundle);
    const auto sink = collector.sink();
    check_outcome(reader, bundle, collector, reader.functions->read(&files, &sink));
    const Fingerprints fingerprints(bundle);
    std::vector<Run> runs;
    for (auto& [run, entries] : collector.take()) {
        if (run.reacts.empty() && run.aggregates.empty())
            throw refused(reader, bundle, {},
                          run.id.empty() ? "there is no well in it" : "there is no well in run '" + run.id + "'");
        const auto path = entries.size() == 1 ? path_of(bundle, bundle.entries[entries.front()].name) : bundle.path;
        run.provenance = {path, reader.id, reader.name, reader.version, reader.maturity, fingerprints.of(entries)};
        runs.push_back(std::move(run));
    }
    auto& notes = runs.front().notes;
    notes.insert(notes.begin(), bundle.notes.begin(), bundle.notes.end());
    return runs;
}

std::vector<Run> read(const Bundle& bundle, const Readers& readers, const Limits& limits) {
    std::vector<Run> runs;
    for (const auto& share : assign(bundle, readers))
        for (auto& run : read_with(*share.reader, share.bundle, limits)) runs.push_back(std::move(run));
    return runs;
}

std::vector<Run> read(const std::filesystem::path& path, const Readers& readers, const Limits& limits) {
    return read(Bundle::open(path, limits), readers, limits);
}

}  // namespace microchim::read
