#include "intake/intake.hpp"

#include <fstream>
#include <iterator>
#include <map>

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

/// The same file twice would count as twice the evidence.
void refuse_repeats(const std::vector<Run>& runs) {
    std::map<std::string, const Run*> seen;
    for (const auto& run : runs)
        for (const auto& file : run.provenance.files) {
            const auto [earlier, is_new] = seen.emplace(file.sha256, &run);
            if (is_new || earlier->second == &run) continue;
            throw ConfigError("'" + run.provenance.path + "' and '" + earlier->second->provenance.path +
                                  "' hold the same file: it would count twice.",
                              run.provenance.path, {}, "Give every run once.");
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
