// Bio-Rad QuantaSoft (QX100, QX200): the result table, the amplitude files of its wells, or both in one folder.
//
//   run.csv                 Well,ExptType,...,Positives,Negatives,...    counts, one row per well and target
//   run_A01_Amplitude.csv   Ch1 Amplitude,Ch2 Amplitude,Cluster          every droplet of well A01
//
// Tables and amplitude files of QX Manager look alike and are not ours.
#include <algorithm>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "amplitude.hpp"
#include "microchim/reader.hpp"
#include "microchim/table.hpp"
#include "report.hpp"
#include "results.hpp"

namespace microchim::quantasoft {
namespace {

using reader::Bundle;

/// What the entries of a bundle are.
struct Contents {
    std::vector<std::size_t> tables, amplitudes, others;
};

Contents sort_out(const Bundle& bundle) {
    Contents contents;
    for (std::size_t i = 0; i < bundle.size(); ++i) {
        const auto bytes = bundle.bytes(i);
        if (amplitude_header(bytes)) contents.amplitudes.push_back(i);
        else if (dialect(bytes)) contents.tables.push_back(i);
        else contents.others.push_back(i);
    }
    return contents;
}

/// "run_A01_Amplitude.csv" to "A01"; empty where the name has no well.
std::string well_of(std::string_view file) {
    const auto name = file.substr(file.rfind('/') + 1);
    const auto before = name.substr(0, std::min(name.rfind("_Amplitude"), name.size()));
    return before.size() == name.size() ? "" : well_name(before.substr(before.rfind('_') + 1));
}

/// The amplitude files by well. \throws FormatError where a name has no well, or two have the same.
std::map<std::string, std::size_t> wells_of(const Bundle& bundle, const Contents& contents) {
    std::map<std::string, std::size_t> wells;
    for (const auto entry : contents.amplitudes) {
        const auto file = bundle.name(entry);
        const auto well = well_of(file);
        if (well.empty())
            throw FormatError(std::string(file),
                              "the name of an amplitude file ends in _<well>_Amplitude.csv, as in "
                              "run_A01_Amplitude.csv; this one does not say which well it is");
        const auto [first, fresh] = wells.try_emplace(well, entry);
        if (!fresh)
            throw FormatError(std::string(file), "well " + well + " has a second amplitude file, " +
                                                     std::string(bundle.name(first->second)) +
                                                     "; give one run at a time");
    }
    return wells;
}

std::size_t only_table(const Bundle& bundle, const Contents& contents) {
    if (contents.tables.size() > 1)
        throw FormatError(std::string(bundle.name(contents.tables[1])),
                          "two result tables, the other is " + std::string(bundle.name(contents.tables[0])) +
                              ": give one run at a time");
    return contents.tables.at(0);
}

/// What lies beside the run is named, not read.
void report_others(const Bundle& bundle, const Contents& contents, const Sink& sink) {
    if (contents.others.empty()) return;
    constexpr std::size_t shown = 10;
    std::string names;
    for (std::size_t i = 0; i < std::min(contents.others.size(), shown); ++i)
        names += (i == 0 ? "" : ", ") + std::string(bundle.name(contents.others[i]));
    if (contents.others.size() > shown) names += " and " + std::to_string(contents.others.size() - shown) + " more";
    sink.note(MICROCHIM_INFO, "",
              "Ignored, because these are neither a result table nor amplitude files of QuantaSoft: " + names + ".");
}

void report_run(const char* software, const char* dialect_name, const Sink& sink) {
    microchim_run run{};
    run.software = text(software);
    sink.run(run);
    sink.attribute("", "dialect", dialect_name);
}

}  // namespace

struct QuantaSoft {
    static constexpr const char* id = "biorad-quantasoft";
    static constexpr const char* name = "Bio-Rad QuantaSoft";
    static constexpr const char* version = "1.0.0";
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

    static void read(const Bundle& bundle, const Sink& sink);
};

void QuantaSoft::read(const Bundle& bundle, const Sink& sink) {
    const auto contents = sort_out(bundle);
    report_others(bundle, contents, sink);
    const auto amplitudes = wells_of(bundle, contents);
    if (contents.tables.empty() && contents.amplitudes.empty())
        throw FormatError(std::string(bundle.name(0)), "neither a result table nor an amplitude file of QuantaSoft");
    if (contents.tables.empty()) {
        const bool old = amplitude_header(bundle.bytes(contents.amplitudes[0]))->old;
        report_run("QuantaSoft", old ? "QuantaSoft old" : "QuantaSoft 1.7", sink);
        for (const auto& [well, entry] : amplitudes)
            report_droplets(bundle.name(entry), bundle.bytes(entry), well, {}, sink);
        return;
    }
    const auto entry = only_table(bundle, contents);
    const auto found = *dialect(bundle.bytes(entry));
    report_run(found.software, found.name, sink);
    const auto content = reader::utf8(bundle.bytes(entry));
    const Table table(std::string(bundle.name(entry)), content, found.delimiter);
    require_whole(std::string(bundle.name(entry)), content, table, found.delimiter);
    const Columns columns(table);
    auto results = read_results(table, columns);
    std::erase_if(results, [&](const Result& r) { return !usable(r, sink); });

    Wells wells;
    for (const auto& r : results)
        if (!r.pooled) wells[r.well].push_back(&r);
    report_wells(wells, sink);
    for (const auto& r : results) report_counts(r, sink);
    report_attributes(table, columns, results, sink);
    for (const auto& [well, file] : amplitudes)
        report_droplets(bundle.name(file), bundle.bytes(file), well, wells, sink);
}

}  // namespace microchim::quantasoft

MICROCHIM_READER(microchim::quantasoft::QuantaSoft);
