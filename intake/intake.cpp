#include "intake/intake.hpp"

#include <algorithm>
#include <fstream>
#include <iterator>
#include <set>

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
    return std::ranges::any_of(a.reacts,
                               [&](const React& well) {
                                   return std::ranges::any_of(
                                       b.reacts, [&](const React& other) { return other.well == well.well; });
                               }) ||
           (a.reacts.empty() && b.reacts.empty());
}

/// The same run twice would count as twice the evidence. Runs may well share a file: those of empty wells are alike.
void refuse_repeats(const std::vector<Run>& runs) {
    std::vector<std::set<std::string>> hashes(runs.size());
    for (std::size_t r = 0; r < runs.size(); ++r)
        for (const auto& file : runs[r].provenance.files) hashes[r].insert(file.sha256);
    for (std::size_t a = 0; a < runs.size(); ++a)
        for (std::size_t b = 0; b < runs.size(); ++b) {
            if (a == b || !std::ranges::includes(hashes[b], hashes[a]) || !may_be_one(runs[a], runs[b])) continue;
            throw ConfigError("'" + runs[a].provenance.path + "' holds nothing that '" + runs[b].provenance.path +
                                  "' does not: the same run would count twice.",
                              runs[a].provenance.path, {}, "Give every run once.");
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
    refuse_repeats(runs);
    for (auto& run : runs) dpcr::count_uncalled(run);
    return chimerism::quantify(runs, question);
}

}  // namespace microchim::intake
