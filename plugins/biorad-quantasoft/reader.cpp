// Bio-Rad QuantaSoft (QX100, QX200): result tables, the amplitude files of their wells, or both in one folder.
//
//   run.csv                 Well,ExptType,...,Positives,Negatives,...    counts, one row per well and target
//   run_A01_Amplitude.csv   Ch1 Amplitude,Ch2 Amplitude,Cluster          every droplet of well A01
//
// Files of several runs are told apart (biorad-shared/join.hpp). Tables and amplitude files of QX Manager look alike
// and are not ours.
#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "../biorad-shared/join.hpp"
#include "../biorad-shared/plain.hpp"
#include "../biorad-shared/report.hpp"
#include "../biorad-shared/results.hpp"
#include "amplitude.hpp"
#include "dialect.hpp"
#include "microchim/exports.hpp"
#include "microchim/reader.hpp"
#include "report.hpp"

namespace microchim::quantasoft {
namespace {

using biorad::Group;
using biorad::Results;
using reader::Bundle;
using reader::FormatError;

/// What the entries of a bundle are.
struct Contents {
    std::vector<std::size_t> tables, amplitudes, others;
};

Contents sort_out(const Bundle& bundle) {
    Contents contents;
    for (std::size_t i = 0; i < bundle.size(); ++i) {
        const auto bytes = bundle.bytes(i);
        if (amplitude_header(reader::head(bytes, 1024))) contents.amplitudes.push_back(i);
        else if (dialect(bytes)) contents.tables.push_back(i);
        else contents.others.push_back(i);
    }
    return contents;
}

/// Channel 1 of the two-colour droplet readers takes FAM or EvaGreen, channel 2 HEX or VIC (Analysis Pro names
/// only the dye). Any other dye, or several: not derivable.
std::string channel_of_dye(std::string_view dye) {
    const auto name = reader::detail::normalised(dye);
    if (name == "fam" || name == "evagreen") return "1";
    if (name == "hex" || name == "vic") return "2";
    return {};
}

/// Everything that was read, before it is known what belongs together.
struct Content {
    std::vector<Dialect> dialects;  ///< of the tables
    std::vector<Results> tables;
    std::vector<biorad::AmplitudeFile> files;
    std::vector<DropletFile> droplets;  ///< of the same files
};

Content read_all(const Bundle& bundle, const Contents& contents) {
    Content content;
    for (const auto entry : contents.tables) {
        const auto& found = content.dialects.emplace_back(*dialect(bundle.bytes(entry)));
        const auto text = biorad::plain(reader::utf8(bundle.bytes(entry)), found.delimiter);
        content.tables.push_back(
            biorad::read_results(entry, bundle.name(entry), text, found.delimiter, channel_of_dye));
    }
    for (const auto entry : contents.amplitudes)
        content.files.push_back({entry, biorad::amplitude_name(bundle.name(entry)), {}, {}});
    content.droplets.resize(content.files.size());
    bundle.each(content.files.size(), [&](std::size_t i) {
        auto& [entry, name, kind, accepted] = content.files[i];
        const auto raw = bundle.bytes(entry);
        const auto converted = biorad::is_utf16(raw) ? reader::utf8(raw) : std::string();
        const auto bytes = converted.empty() ? raw : std::string_view(converted);
        auto header = amplitude_header(bytes).value();
        auto droplets = read_droplets(bundle.name(entry), bytes, header);
        kind = header.old ? "QuantaSoft old" : "QuantaSoft 1.7";
        accepted = {static_cast<std::int64_t>(droplets.size())};
        const bool line_end = bytes.ends_with('\n') || bytes.ends_with('\r');
        content.droplets[i] = {name.well, std::move(header), std::move(droplets), line_end};
    });
    return content;
}

/// Opens a run. Only runs that lie beside others say which files are theirs, and need a name.
void open_run(const Group& group, const Content& content, bool several, const Sink& sink) {
    std::vector<std::size_t> entries;
    for (const auto t : group.tables) entries.push_back(content.tables[t].entry);
    for (const auto a : group.amplitudes) entries.push_back(content.files[a].entry);
    microchim_run run{};
    run.software = text(group.tables.empty() ? "QuantaSoft" : content.dialects[group.tables.front()].software);
    if (several) {
        run.id = text(group.name);
        run.entries = entries.data();
        run.entry_count = entries.size();
    }
    sink.run(run);
    sink.attribute("", "dialect", group.tables.empty() ? group.kind : content.dialects[group.tables.front()].name);
    if (!group.why.empty())
        sink.note(MICROCHIM_WARNING, "", "This is kept apart as a run of its own: " + group.why + ".");
}

void report(const Group& group, const Content& content, const Sink& sink) {
    const auto lists = biorad::rows_of(group, content.tables);
    std::vector<const Result*> all;
    for (const auto& list : lists) all.insert(all.end(), list.begin(), list.end());
    const auto wells = biorad::by_well(all);
    biorad::report_wells(wells, sink);
    for (const auto* r : all) biorad::report_counts(*r, sink);
    for (std::size_t i = 0; i < lists.size(); ++i)
        biorad::report_attributes(content.tables[group.tables[i]], lists[i], sink);
    auto files = group.amplitudes;
    std::sort(files.begin(), files.end(),
              [&](auto a, auto b) { return content.droplets[a].well < content.droplets[b].well; });
    for (const auto file : files) report_droplets(content.droplets[file], wells, sink);
}

}  // namespace

struct QuantaSoft {
    static constexpr const char* id = "biorad-quantasoft";
    static constexpr const char* name = "Bio-Rad QuantaSoft";
    static constexpr const char* version = "1.1.0";
    static constexpr const char* maturity = "tested";

    static std::int32_t probe(const Bundle& bundle, const Sink& sink) {
        const auto contents = sort_out(bundle);
        std::string why;
        if (!contents.tables.empty())
            why = std::string("a result table with the columns of ") + dialect(bundle.bytes(contents.tables[0]))->name;
        if (const auto files = contents.amplitudes.size(); files > 0)
            why += (why.empty() ? "" : " and ") + std::to_string(files) + " amplitude file" + (files > 1 ? "s" : "");
        if (why.empty()) return MICROCHIM_NO;
        sink.note(MICROCHIM_INFO, "", why);
        return MICROCHIM_YES;
    }

    static void read(const Bundle& bundle, const Sink& sink) {
        const auto contents = sort_out(bundle);
        if (contents.tables.empty() && contents.amplitudes.empty())
            throw FormatError(std::string(bundle.name(0)),
                              "neither a result table nor an amplitude file of QuantaSoft");
        reader::note_ignored(bundle, contents.others, "a result table nor amplitude files of QuantaSoft", sink);
        const auto content = read_all(bundle, contents);
        auto groups = biorad::group_tables(content.tables, sink);
        biorad::join_amplitudes(biorad::amplitude_parts(bundle, content.files, sink), groups, sink);
        biorad::name_apart(groups);
        for (const auto& group : groups) {
            open_run(group, content, groups.size() > 1, sink);
            report(group, content, sink);
        }
    }
};

}  // namespace microchim::quantasoft

MICROCHIM_READER(microchim::quantasoft::QuantaSoft);
