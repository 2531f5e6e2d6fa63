// QIAGEN QIAcuity Software Suite: the analysis table, the RFU values of every partition, the multiple-occupancy export;
// each alone, or those of one plate in one folder or zip.
//
//   plate-analysis.csv   sep=,  then "","Reaction Mix","Target",...,"Partitions (valid)",...    one row per well and
//   target plate_RFU_G_.csv     sep=,  then Plate name,...,Partition,Is invalid,Is positive,RFU,REF    every partition
//   of a channel plate-occupancy.csv  sep=,  then ...,Well,...,Categories,Group,... combinations of targets
#include "microchim/reader.hpp"

#include <deque>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "files.hpp"
#include "join.hpp"
#include "microchim/exports.hpp"
#include "report.hpp"

namespace microchim::qiacuity {
namespace {

std::string counted(std::size_t number, const std::string& what) {
    return std::to_string(number) + " " + what + (number == 1 ? "" : "s");
}

/// "folder/plate-analysis.csv" to "plate": what tells unnamed plates apart.
std::string stem(std::string_view file) {
    auto name = file.substr(file.rfind('/') + 1);
    name = name.substr(0, name.rfind('.'));
    for (const std::string_view end : {"-analysis", "_analysis"})
        if (name.size() > end.size() && same_text(name.substr(name.size() - end.size()), end))
            name.remove_suffix(end.size());
    return std::string(name);
}

/// The name of the plate; where there are several runs, something that tells them apart.
std::vector<std::string> run_ids(const Bundle& bundle, const std::deque<Run>& runs) {
    std::vector<std::string> ids;
    std::map<std::string, int> times;
    for (const auto& run : runs) {
        const bool alone = runs.size() == 1 || !run.plate.name.empty();
        const auto other = run.plate.id.empty() ? stem(bundle.name(run.entries.front())) : run.plate.id;
        ids.push_back(alone ? run.plate.name : other);
        ++times[ids.back()];
    }
    for (std::size_t i = 0; i < ids.size(); ++i)
        if (times[ids[i]] > 1) ids[i] += " (" + stem(bundle.name(runs[i].entries.front())) + ")";
    return ids;
}

}  // namespace

struct Qiacuity {
    static constexpr const char* id = "qiagen-qiacuity";
    static constexpr const char* name = "QIAGEN QIAcuity Software Suite";
    static constexpr const char* version = "1.0.0";
    static constexpr const char* maturity = "tested";

    static std::int32_t probe(const Bundle& bundle, const Sink& sink) {
        const Contents contents(bundle);
        if (contents.empty()) return MICROCHIM_NO;
        std::string why;
        const auto add = [&](std::size_t number, const std::string& what) {
            if (number > 0) why += (why.empty() ? "" : ", ") + counted(number, what);
        };
        add(contents.analyses.size(), "analysis table");
        add(contents.rfu.size(), "file with RFU value");
        add(contents.occupancies.size(), "multiple-occupancy export");
        sink.note(MICROCHIM_INFO, "", why + " with the columns of the QIAcuity Software Suite");
        return MICROCHIM_YES;
    }

    static void read(const Bundle& bundle, const Sink& sink) {
        const Contents contents(bundle);
        if (contents.empty())
            throw FormatError(std::string(bundle.name(0)), "this is no export of the QIAcuity Software Suite");
        const Files files(bundle, contents);
        const Join join(bundle, files);
        const auto ids = run_ids(bundle, join.runs());
        for (std::size_t i = 0; i < ids.size(); ++i) {
            const auto& run = join.runs()[i];
            report(bundle, run, ids[i], sink);
            if (&run == &join.runs().front())
                reader::note_ignored(bundle, contents.others,
                                     "analysis tables nor other exports of the QIAcuity Software Suite", sink);
        }
    }
};

}  // namespace microchim::qiacuity

MICROCHIM_READER(microchim::qiacuity::Qiacuity);
