// Bio-Rad QX Manager (QX200, QX ONE, QX600): data tables, amplitude files and cluster data, alone or together.
//
//   run.csv                 Well,Sample description 1,...,Target,...   counts, one row per well and target
//   run.xlsx/Sheet.csv      the same as a workbook
//   run_A01_Amplitude.csv   Ch1Amplitude,Ch2Amplitude,SRY,RPP30,       every droplet of well A01
//   run clusters.csv        Well,Target 1,Target 2,Count,...           droplets by their calls
//
// Files of several runs are told apart (biorad-shared/join.hpp). Files of QuantaSoft and QuantaSoft Analysis Pro look
// alike and are not ours.
#include <algorithm>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "../biorad-shared/join.hpp"
#include "../biorad-shared/report.hpp"
#include "content.hpp"
#include "microchim/exports.hpp"
#include "microchim/reader.hpp"
#include "report.hpp"
#include "report_clusters.hpp"

namespace microchim::qxmanager {
namespace {

using biorad::Group;
using reader::Bundle;

/// By which an instrument profile is chosen: what wrote it, and how many colours the instrument has.
std::string dialect_name(const Group& group, const Content& content) {
    std::size_t colours = 0;
    for (const auto t : group.tables) colours = std::max(colours, content.dialects[t].colours);
    for (const auto a : group.amplitudes) colours = std::max(colours, content.droplets[a].header.channels);
    for (const auto c : group.clusters) colours = std::max(colours, content.clusters[c].colours);
    const auto suffix = colours_suffix(colours);
    if (!group.tables.empty())
        return "QX Manager " + std::to_string(content.dialects[group.tables.front()].generation) + suffix;
    return (group.amplitudes.empty() ? "QX Manager clusters" : "QX Manager amplitudes") + suffix;
}

/// Opens a run. Only runs that lie beside others say which files are theirs, and need a name.
void open_run(const Group& group, const Content& content, bool several, const Sink& sink) {
    std::vector<std::size_t> entries;
    for (const auto t : group.tables) entries.push_back(content.tables[t].entry);
    for (const auto a : group.amplitudes) entries.push_back(content.files[a].entry);
    for (const auto c : group.clusters) entries.push_back(content.clusters[c].entry);
    microchim_run run{};
    run.software = text("QX Manager");
    if (several) {
        run.id = text(group.name);
        run.entries = entries.data();
        run.entry_count = entries.size();
    }
    sink.run(run);
    sink.attribute("", "dialect", dialect_name(group, content));
    if (!group.why.empty())
        sink.note(MICROCHIM_WARNING, "", "This is kept apart as a run of its own: " + group.why + ".");
}

/// Rows whose dye does not tell the channel take the one that the droplets tell for sure.
void fill_channels(const Group& group, Content& content, const std::map<std::string, Told>& told) {
    for (const auto t : group.tables)
        for (auto& r : content.tables[t].rows) {
            const auto found = told.find(std::string(reader::detail::trimmed(r.target)));
            if (r.channel.empty() && found != told.end() && found->second.sure)
                r.channel = number_of(found->second.channel);
        }
}

void report(const Group& group, Content& content, const Sink& sink) {
    std::map<std::string, const DropletFile*> by_well;
    for (const auto a : group.amplitudes) by_well[content.droplets[a].well] = &content.droplets[a];
    std::vector<const DropletFile*> files;
    for (const auto& [well, file] : by_well) files.push_back(file);
    const auto told = tell_channels(files);
    fill_channels(group, content, told);

    const auto lists = biorad::rows_of(group, content.tables);
    std::vector<const Result*> all;
    for (const auto& list : lists) all.insert(all.end(), list.begin(), list.end());
    const auto wells = biorad::by_well(all);
    biorad::report_wells(wells, sink);
    for (const auto* r : all) biorad::report_counts(*r, sink);
    for (std::size_t i = 0; i < lists.size(); ++i) {
        const auto& table = content.tables[group.tables[i]];
        biorad::report_attributes(table, lists[i], sink);
        note_descriptions(table, lists[i], sink);
    }
    note_droplets(files, wells, told, sink);
    for (const auto* file : files) report_droplets(*file, wells, told, sink);
    for (const auto c : group.clusters) report_clusters(content.clusters[c], wells, by_well, sink);
}

/// "3 amplitude files"
std::string several(std::size_t n, const std::string& what) {
    return std::to_string(n) + " " + what + (n > 1 ? "s" : "");
}

}  // namespace

struct QXManager {
    static constexpr const char* id = "biorad-qxmanager";
    static constexpr const char* name = "Bio-Rad QX Manager";
    static constexpr const char* version = "1.0.0";
    static constexpr const char* maturity = "tested";

    static std::int32_t probe(const Bundle& bundle, const Sink& sink) {
        const auto contents = sort_out(bundle);
        std::string why;
        const auto add = [&](const std::string& what) { why += (why.empty() ? "" : " and ") + what; };
        if (!contents.tables.empty())
            add("a data table with the columns of QX Manager " +
                std::to_string(dialect(bundle.bytes(contents.tables[0]))->generation));
        if (!contents.amplitudes.empty()) add(several(contents.amplitudes.size(), "amplitude file") + " of QX Manager");
        if (!contents.clusters.empty()) add("cluster data of QX Manager");
        if (why.empty()) return MICROCHIM_NO;
        sink.note(MICROCHIM_INFO, "", why);
        return MICROCHIM_YES;
    }

    static void read(const Bundle& bundle, const Sink& sink) {
        const auto contents = sort_out(bundle);
        if (contents.tables.empty() && contents.amplitudes.empty() && contents.clusters.empty())
            throw reader::FormatError(std::string(bundle.name(0)),
                                      "neither a data table nor amplitude files nor cluster data of QX Manager");
        reader::note_ignored(bundle, contents.others, "a data table nor amplitude files nor cluster data of QX Manager",
                             sink);
        auto content = read_all(bundle, contents);
        auto groups = biorad::group_tables(content.tables, sink);
        biorad::join_amplitudes(biorad::amplitude_parts(bundle, content.files, sink), groups, sink);
        biorad::join_clusters(cluster_parts(bundle, content), groups);
        biorad::name_apart(groups);
        for (const auto& group : groups) {
            open_run(group, content, groups.size() > 1, sink);
            report(group, content, sink);
        }
    }
};

}  // namespace microchim::qxmanager

MICROCHIM_READER(microchim::qxmanager::QXManager);
