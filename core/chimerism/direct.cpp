// A question without a case: "--donor SRY=1 --reference RPP30".
#include <charconv>

#include "core/chimerism/quantify.hpp"
#include "core/run/errors.hpp"

namespace microchim::chimerism {
namespace {

struct Copies {
    std::string target;
    double copies;
};

/// "SRY=1"; the target may itself hold '='.
Copies parse_copies(const std::string& text, double unless_stated, const char* option) {
    const auto split = text.rfind('=');
    if (split == std::string::npos && unless_stated > 0 && !text.empty()) return {text, unless_stated};
    double copies = 0;
    const char* end = text.data() + text.size();
    const auto [stop, fault] = split == std::string::npos ? std::from_chars_result{end, std::errc::invalid_argument}
                                                          : std::from_chars(text.data() + split + 1, end, copies);
    if (fault != std::errc{} || stop != end || split == 0 || !(copies > 0) || copies > 1e5)
        throw ConfigError(std::string(option) + " '" + text + "': expected TARGET=COPIES, for example " +
                          (unless_stated > 0 ? "RPP30=2" : "SRY=1") + ".");
    return {text.substr(0, split), copies};
}

}  // namespace

Question direct_question(const std::vector<std::string>& donor, const std::vector<std::string>& reference) {
    Question question;
    Case patient;
    patient.donors.push_back({"donor", {}, {}, {}});
    for (const auto& text : donor) {
        const auto [target, copies] = parse_copies(text, 0, "--donor");
        if (question.panel.marker(target) != nullptr) throw ConfigError("--donor names '" + target + "' twice.");
        question.panel.markers.push_back({target, {}, target, {}, {}, {}});
        patient.genotype.push_back({target, 0.0, {{"donor", copies}}});
    }
    for (const auto& text : reference) {
        const auto [target, copies] = parse_copies(text, 2, "--reference");
        if (question.panel.marker(target) != nullptr || question.panel.reference(target) != nullptr)
            throw ConfigError("--reference names '" + target + "', which is named already.");
        question.panel.references.push_back({target, {}, copies});
    }
    if (!donor.empty()) question.cases.push_back(std::move(patient));
    return question;
}

}  // namespace microchim::chimerism
