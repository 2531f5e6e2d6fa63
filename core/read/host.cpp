#include "core/read/host.hpp"

#include <algorithm>
#include <charconv>

#include "core/read/boundary.hpp"
#include "core/read/collect.hpp"
#include "core/read/detect.hpp"
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
        const bool lone = bundle.entries.size() == 1 && !bundle.archive;
        Address address{bundle.path, {}};
        if (!lone || !bundle.path.ends_with(entry.name)) address.path += "/" + entry.name;
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

/// The archive as it came first, then what was in it.
std::vector<InputFile> fingerprints(const Bundle& bundle) {
    std::vector<InputFile> files;
    if (bundle.archive) files.push_back({bundle.archive->name, sha256(bundle.archive->bytes)});
    for (const auto& entry : bundle.entries) files.push_back({entry.name, sha256(entry.bytes)});
    return files;
}

}  // namespace

Run read_with(const Reader& reader, const Bundle& bundle, const Limits& limits) {
    Collector collector(limits);
    const auto files = c_bundle(bundle);
    const auto sink = collector.sink();
    const auto result = reader.functions->read(&files, &sink);
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
    Run run = collector.take();
    if (run.reacts.empty() && run.aggregates.empty()) throw refused(reader, bundle, {}, "there is no well in it");
    run.notes.insert(run.notes.begin(), bundle.notes.begin(), bundle.notes.end());
    run.provenance = {bundle.path, reader.id, reader.name, reader.version, reader.maturity, fingerprints(bundle)};
    return run;
}

Run read(const Bundle& bundle, const Readers& readers, const Limits& limits) {
    const auto chosen = choose(bundle, readers);
    const auto& list = readers.list();
    const auto reader = std::find_if(list.begin(), list.end(), [&](const Reader& r) { return r.id == chosen.id; });
    return read_with(*reader, bundle, limits);
}

Run read(const std::filesystem::path& path, const Readers& readers, const Limits& limits) {
    return read(Bundle::open(path, limits), readers, limits);
}

}  // namespace microchim::read
