// Stilla Crystal Miner (naica system, Nio): the table of results, the droplets of its chambers, the details of the
// experiment. A draft, written after second-hand descriptions: no native file was at hand.
//
//   results.csv                          ChamberID, SampleName, TotalNumberOfDroplets, Blue_Channel_Concentration, ...
//   <chip>_A1_CompensatedData.csv        Chan1_FluoValue,Chan2_FluoValue,...   every droplet of chamber A1
//   <chip>_A1_RawData.csv                the same, before compensation
//   <experiment>_Experiment_Details.csv  Instrument Type, Chip Type, ..._name, ..._target
#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "details.hpp"
#include "droplets.hpp"
#include "join.hpp"
#include "microchim/exports.hpp"
#include "microchim/reader.hpp"
#include "report.hpp"
#include "results.hpp"

namespace microchim::stilla {
namespace {

using reader::Bundle;

/// What the entries of a bundle are, by their content.
struct Contents {
    std::vector<std::size_t> tables, droplets, details, others;
};

Contents sort_out(const Bundle& bundle) {
    Contents contents;
    for (std::size_t i = 0; i < bundle.size(); ++i) {
        const auto bytes = bundle.bytes(i);
        auto& kind = is_results(bytes)    ? contents.tables
                     : is_droplets(bytes) ? contents.droplets
                     : is_details(bytes)  ? contents.details
                                          : contents.others;
        kind.push_back(i);
    }
    return contents;
}

/// The files of droplets to read: where a chamber has both, the compensated one.
std::vector<DropletFile> droplet_files(const Bundle& bundle, const Contents& contents, const Sink& sink) {
    std::vector<DropletFile> all;
    std::set<std::pair<std::string, std::string>> compensated;
    for (const auto entry : contents.droplets) {
        all.push_back(droplet_file(entry, bundle.name(entry)));
        if (all.back().compensated) compensated.emplace(plain(all.back().chamber.chip), all.back().chamber.well);
    }
    const auto before = all.size();
    std::erase_if(all, [&](const DropletFile& file) {
        return !file.compensated && compensated.contains({plain(file.chamber.chip), file.chamber.well});
    });
    if (all.size() < before)
        sink.note(MICROCHIM_INFO, "",
                  "Files with raw data, of chambers whose compensated data are there, were not read: " +
                      std::to_string(before - all.size()) + ".");
    // A copy in another folder is no second chamber.
    std::map<std::pair<std::string, std::string>, std::size_t> first;
    std::vector<DropletFile> once;
    for (auto& file : all) {
        const auto [known, fresh] = first.try_emplace({plain(file.chamber.chip), file.chamber.well}, file.entry);
        if (!fresh && bundle.bytes(known->second) == bundle.bytes(file.entry))
            sink.note(MICROCHIM_INFO, file.file,
                      "The same as " + std::string(bundle.name(known->second)) + "; read once.");
        else once.push_back(std::move(file));
    }
    return once;
}

}  // namespace

struct CrystalMiner {
    static constexpr const char* id = "stilla-crystalminer";
    static constexpr const char* name = "Stilla Crystal Miner";
    static constexpr const char* version = "0.1.0";
    static constexpr const char* maturity = "draft";

    static std::int32_t probe(const Bundle& bundle, const Sink& sink) {
        const auto contents = sort_out(bundle);
        std::string why;
        const auto add = [&](std::size_t files, const char* one, const char* several) {
            if (files > 0) why += (why.empty() ? "" : ", ") + std::to_string(files) + " " + (files > 1 ? several : one);
        };
        add(contents.tables.size(), "table of results of Crystal Miner", "tables of results of Crystal Miner");
        add(contents.droplets.size(), "file with the droplets of a chamber", "files with the droplets of a chamber");
        add(contents.details.size(), "file of experiment details", "files of experiment details");
        if (why.empty()) return MICROCHIM_NO;
        sink.note(MICROCHIM_INFO, "", why);
        return MICROCHIM_YES;
    }

    static void read(const Bundle& bundle, const Sink& sink);
};

void CrystalMiner::read(const Bundle& bundle, const Sink& sink) {
    const auto contents = sort_out(bundle);
    if (contents.tables.empty() && contents.droplets.empty())
        throw FormatError(std::string(bundle.name(contents.details.empty() ? 0 : contents.details.front())),
                          contents.details.empty()
                              ? "neither results nor droplets of Crystal Miner"
                              : "these are the details of an experiment, without any result; put the table of results "
                                "or the files of droplets beside them");
    std::vector<Chip> chips;
    for (const auto entry : contents.tables)
        for (auto& chip : read_results(entry, bundle.name(entry), bundle.bytes(entry)))
            chips.push_back(std::move(chip));
    auto runs = runs_of_tables(std::move(chips));

    std::vector<Details> details;
    for (const auto entry : contents.details)
        details.push_back(read_details(entry, bundle.name(entry), bundle.bytes(entry)));

    const auto files = droplet_files(bundle, contents, sink);
    std::vector<Measured> measured(files.size());
    bundle.each(files.size(), [&](std::size_t i) {
        measured[i] = {files[i], read_droplets(files[i].file, bundle.bytes(files[i].entry))};
    });
    add_droplets(runs, std::move(measured));
    add_details(runs, details);
    std::set<std::string> ids;
    for (const auto& run : runs) report(run, ids, sink);
    for (const auto& d : details)
        if (std::none_of(runs.begin(), runs.end(), [&](const Run& run) { return run.details == &d; }))
            sink.note(MICROCHIM_WARNING, d.file, "No run of this drop has these details, by their names; left out.");
    reader::note_ignored(bundle, contents.others, "results, droplets nor details of Crystal Miner", sink);
}

}  // namespace microchim::stilla

MICROCHIM_READER(microchim::stilla::CrystalMiner);
