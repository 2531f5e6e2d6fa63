#include "intake/intake.hpp"

#include <algorithm>
#include <fstream>
#include <iterator>
#include <map>
#include <set>
#include <tuple>

#include "core/dpcr/compare.hpp"
#include "core/dpcr/count.hpp"
#include "core/read/host.hpp"
#include "core/run/errors.hpp"
#include "instruments/profile.hpp"

namespace microchim::intake {
namespace {

std::string slurp(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    if (!file || std::filesystem::is_directory(path))
        throw ConfigError("'" + path + "' cannot be opened.", path, {}, "Check the name and that you may read it.");
    return {std::istreambuf_iterator<char>(file), {}};
}

/// Whether two runs may be the same one: what was given alone has no id, and two plates of one file have two.
bool may_be_one(const Run& a, const Run& b) {
    if (a.id != b.id && !a.id.empty() && !b.id.empty()) return false;
    std::set<Well> wells;
    for (const auto& react : a.reacts) wells.insert(react.well);
    return std::ranges::any_of(b.reacts, [&](const React& other) { return wells.contains(other.well); }) ||
           (a.reacts.empty() && b.reacts.empty());
}

/// What tells a run from all others.
struct Marks {
    std::set<std::string> hashes;                                                             ///< of its files
    std::map<std::tuple<std::string, std::string, std::string>, const TargetCounts*> counts;  ///< by well, target ...

    explicit Marks(const Run& run) {
        for (const auto& file : run.provenance.files) hashes.insert(file.sha256);
        for (const auto& react : run.reacts)
            for (const auto& c : react.counts) counts[{react.well.name(), c.target, c.channel}] = &c;
        for (const auto& pooled : run.aggregates)
            if (pooled.pooling == Pooling::sum)
                counts[{pooled.name + '\0' + pooled.sample, pooled.counts.target, pooled.counts.channel}] =
                    &pooled.counts;
    }
};

/// Whether two runs come from the same partitions, exported or analysed twice: in all rows that both have, as many
/// were accepted. Three numbers must agree for it to be no accident: instruments with a fixed number of chambers accept
/// as many in every well. Positives, which a second analysis changes, count only where all agree.
bool same_partitions(const Marks& a, const Marks& b) {
    constexpr std::int64_t telling = 10;
    constexpr std::size_t enough = 3;
    std::set<std::int64_t> accepted, positive;
    bool same_calls = true;
    for (const auto& [row, counts] : a.counts) {
        const auto other = b.counts.find(row);
        if (other == b.counts.end()) continue;
        if (other->second->accepted != counts->accepted) return false;
        if (counts->accepted >= telling) accepted.insert(counts->accepted);
        if (counts->positive >= telling) positive.insert(counts->positive);
        same_calls = same_calls && other->second->positive == counts->positive;
    }
    return accepted.size() + (same_calls ? positive.size() : 0) >= enough;
}

std::string place_of(const Run& run) {
    return "'" + run.provenance.path + "'" + (run.id.empty() ? "" : " (run '" + run.id + "')");
}

[[noreturn]] void refuse(const Run& a, const Run& b, const std::string& reason, const std::string& hint) {
    if (place_of(a) == place_of(b))
        throw ConfigError(place_of(a) + " was given twice: the same run would count twice.", a.provenance.path, {},
                          "Give every run once.");
    throw ConfigError(place_of(a) + " and " + place_of(b) + " " + reason + ": the same run would count twice.",
                      a.provenance.path, {}, hint);
}

/// The same run twice would count as twice the evidence. Runs may well share a file: those of empty wells are alike.
void refuse_repeats(const std::vector<Run>& runs) {
    const std::vector<Marks> marks(runs.begin(), runs.end());
    for (std::size_t a = 0; a < runs.size(); ++a)
        for (std::size_t b = a + 1; b < runs.size(); ++b) {
            const auto &x = marks[a].hashes, &y = marks[b].hashes;
            if ((std::ranges::includes(x, y) || std::ranges::includes(y, x)) && may_be_one(runs[a], runs[b]))
                refuse(runs[a], runs[b], "hold the same files", "Give every run once.");
            if (same_partitions(marks[a], marks[b]))
                refuse(runs[a], runs[b], "have the same partitions in the same wells",
                       "They were exported or analysed twice; give one of them.");
        }
}

void note_draft(Run& run) {
    if (run.provenance.reader_maturity != "draft") return;
    run.notes.push_back({Severity::warning, "",
                         "The reader for " + run.provenance.reader_name +
                             " is a draft: no real file was at hand when it was written. Compare these numbers with "
                             "those of the instrument software."});
}

/// Markers of which the recipient has copies too fix the amount of DNA among themselves.
bool needs_reference(const chimerism::Question& question) {
    for (const auto& patient : question.cases)
        for (const auto& genotype : patient.genotype)
            if (genotype.recipient.value_or(0) > 0) return false;
    return true;
}

}  // namespace

std::vector<Run> load_runs(const std::vector<std::string>& paths, const read::Readers& readers,
                           const std::filesystem::path& profiles) {
    std::vector<Run> runs;
    const auto add = [&](const read::Bundle& bundle) {
        for (auto& run : read::read(bundle, readers)) runs.push_back(std::move(run));
    };
    std::vector<std::filesystem::path> files;
    for (const auto& path : paths) {
        std::error_code fault;
        if (std::filesystem::is_directory(path, fault)) add(read::Bundle::open(path));
        else files.emplace_back(path);
    }
    if (!files.empty()) add(read::Bundle::open(files));
    const auto known = instruments::load_profiles(profiles);
    for (auto& run : runs) {
        instruments::complete(run, known);
        dpcr::count_called(run);
        dpcr::compare_with_vendor(run);
        note_draft(run);
    }
    return runs;
}

chimerism::Question load_question(const Asked& asked) {
    auto question = chimerism::direct_question(asked.donor, asked.reference);
    for (const auto& path : asked.cases) question.cases.push_back(chimerism::load_case(path));
    if (!asked.panel.empty()) {
        auto panel = chimerism::load_panel(asked.panel);
        if (!asked.donor.empty()) panel.markers = question.panel.markers;
        for (const auto& reference : question.panel.references)
            if (panel.reference(reference.target) == nullptr) panel.references.push_back(reference);
        question.panel = std::move(panel);
    }
    if (question.panel.references.empty() && needs_reference(question))
        throw ConfigError("No reference is named: the amount of DNA would be unknown.", asked.panel, {},
                          "Name a panel with a [[reference]], or a reference target such as RPP30.");
    if (!asked.samples.empty()) question.sheet = chimerism::parse_sheet(slurp(asked.samples), asked.samples);
    return question;
}

chimerism::Result answer(std::vector<Run> runs, const chimerism::Question& question) {
    for (auto& run : runs) dpcr::count_uncalled(run);
    refuse_repeats(runs);
    return chimerism::quantify(runs, question);
}

}  // namespace microchim::intake
