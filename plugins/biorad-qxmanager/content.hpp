// Everything that was read from a drop, before it is known what belongs together.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "../biorad-shared/join.hpp"
#include "../biorad-shared/plain.hpp"
#include "../biorad-shared/results.hpp"
#include "amplitude.hpp"
#include "channels.hpp"
#include "clusters.hpp"
#include "dialect.hpp"
#include "droplets.hpp"
#include "microchim/reader.hpp"

namespace microchim::qxmanager {

/// One amplitude file, read.
struct DropletFile {
    std::string well;
    AmplitudeHeader header;
    Droplets droplets;
    Distances distances;

    const std::string& target(std::size_t t) const { return header.names[header.channels + t]; }
    /// Droplets that have a call for this target.
    std::int64_t classified(std::size_t t) const {
        return static_cast<std::int64_t>(droplets.rows) - droplets.count(t, 2);
    }
};

/// What the entries of a bundle are.
struct Contents {
    std::vector<std::size_t> tables, amplitudes, clusters, others;
};

inline Contents sort_out(const reader::Bundle& bundle) {
    Contents contents;
    for (std::size_t i = 0; i < bundle.size(); ++i) {
        const auto bytes = bundle.bytes(i);
        if (amplitude_header(reader::head(bytes, 4096))) contents.amplitudes.push_back(i);
        else if (dialect(bytes)) contents.tables.push_back(i);
        else if (is_cluster_data(bytes)) contents.clusters.push_back(i);
        else contents.others.push_back(i);
    }
    return contents;
}

struct Content {
    std::vector<Dialect> dialects;  ///< of the tables
    std::vector<biorad::Results> tables;
    std::vector<biorad::AmplitudeFile> files;
    std::vector<DropletFile> droplets;  ///< of the same files
    std::vector<ClusterData> clusters;
};

inline biorad::Results read_table(const reader::Bundle& bundle, std::size_t entry, const Dialect& dialect) {
    const auto text = biorad::plain(reader::utf8(bundle.bytes(entry)), dialect.delimiter);
    auto results = biorad::read_results(entry, bundle.name(entry), text, dialect.delimiter,
                                        [&](std::string_view dye) { return channel_of_dye(dye, dialect.colours); });
    channels_from_quadrants(results);
    if (!text.ends_with('\n') && !text.ends_with('\r')) require_whole_quadrants(results);
    return results;
}

/// Targets that have the same name in one file are numbered, or their counts could not be told apart.
inline void tell_targets_apart(AmplitudeHeader& header) {
    std::map<std::string, int> times;
    for (std::size_t i = header.channels; i < header.names.size(); ++i)
        if (const int n = ++times[header.names[i]]; n > 1) header.names[i] += " (" + std::to_string(n) + ")";
}

inline DropletFile read_amplitudes(std::string_view file, std::string_view bytes, std::string well) {
    const auto converted = biorad::is_utf16(bytes) ? reader::utf8(bytes) : std::string();
    const auto text = converted.empty() ? bytes : std::string_view(converted);
    auto header = amplitude_header(text);
    if (!header) throw reader::FormatError(std::string(file), "the line with the names of channels is not as expected");
    tell_targets_apart(*header);
    auto droplets = read_droplets(file, text, *header);
    auto apart = distances(droplets);
    return {std::move(well), std::move(*header), std::move(droplets), std::move(apart)};
}

inline Content read_all(const reader::Bundle& bundle, const Contents& contents) {
    Content content;
    for (const auto entry : contents.tables) {
        content.dialects.push_back(*dialect(bundle.bytes(entry)));
        content.tables.push_back(read_table(bundle, entry, content.dialects.back()));
    }
    for (const auto entry : contents.amplitudes)
        content.files.push_back({entry, biorad::amplitude_name(bundle.name(entry)), {}, {}});
    content.droplets.resize(content.files.size());
    bundle.each(content.files.size(), [&](std::size_t i) {
        auto& [entry, name, kind, accepted] = content.files[i];
        auto& read = content.droplets[i] = read_amplitudes(bundle.name(entry), bundle.bytes(entry), name.well);
        kind = std::to_string(read.header.channels) + " channels";
        accepted.insert(static_cast<std::int64_t>(read.droplets.rows));
        for (std::size_t t = 0; t < read.header.targets(); ++t) accepted.insert(read.classified(t));
    });
    for (const auto entry : contents.clusters)
        content.clusters.push_back(read_clusters(entry, bundle.name(entry), reader::utf8(bundle.bytes(entry))));
    return content;
}

/// Cluster data as parts that join a run.
inline std::vector<biorad::Part> cluster_parts(const reader::Bundle& bundle, const Content& content) {
    std::vector<biorad::Part> parts;
    for (std::size_t i = 0; i < content.clusters.size(); ++i) {
        const auto& data = content.clusters[i];
        biorad::Part part{std::string(biorad::stem(bundle.name(data.entry))), "", {}, {i}, {}};
        for (const auto& [well, sums] : data.wells) {
            part.wells[well].insert(sums.droplets);
            for (const auto& target : sums.targets) part.wells[well].insert(sums.droplets - target.unclassified);
        }
        parts.push_back(std::move(part));
    }
    return parts;
}

}  // namespace microchim::qxmanager
