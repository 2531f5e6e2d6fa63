#include "intake/intake.hpp"

#include <algorithm>
#include <fstream>
#include <iterator>
#include <set>

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

/// The same run twice would count as twice the evidence. Runs may well share a file: those of empty wells are alike.
void refuse_repeats(const std::vector<Run>& runs) {
    std::vector<std::set<std::string>> hashes(runs.size());
    for (std::size_t r = 0; r < runs.size(); ++r)
        for (const auto& file : runs[r].provenance.files) hashes[r].insert(file.sha256);
    for (std::size_t a = 0; a < runs.size(); ++a)
        for (std::size_t b = 0; b < runs.size(); ++b) {
            if (a == b || !std::ranges::includes(hashes[b], hashes[a])) continue;
            throw ConfigError("'" + runs[a].provenance.path + "' holds nothing that '" + runs[b].provenance.path +
                                  "' does not: the same run would count twice.",
                              runs[a].provenance.path, {}, "Give every run once.");
        }
}

/// Markers of which the recipient has copies too fix the amount of DNA among themselves.
bool needs_reference(const chimerism::Question& question) {
    for (const auto& patient : question.cases)
        for (const auto& genotype : patient.genotype)
            if (genotype.recipient.value_or(0) > 0) return false;
    return true;
}

}  // namespace

Run load_run(const std::filesystem::path& path, const read::Readers& readers, const std::filesystem::path& profiles) {
    Run run = read::read(path, readers);
    instruments::complete(run, instruments::load_profiles(profiles));
    dpcr::count_called(run);
    return run;
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
