// From completed runs, a panel and cases to the donor fraction of every sample.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/chimerism/panel.hpp"
#include "core/chimerism/result.hpp"
#include "core/chimerism/sheet.hpp"

namespace microchim::chimerism {

struct Question {
    std::vector<Case> cases;
    Panel panel;  ///< no markers: those of the cases, each target called as its marker
    std::vector<SheetRow> sheet;
};

/// A question without a case: `donor` "SRY=1" (copies per donor genome, the recipient has none),
/// `reference` "RPP30" or "RPP30=2". \throws ConfigError
Question direct_question(const std::vector<std::string>& donor, const std::vector<std::string>& reference);

/// Samples in the order in which the cases and then the plates name them.
/// \throws ConfigError where case, panel and runs do not fit together.
Result quantify(const std::vector<Run>& runs, const Question& question);

}  // namespace microchim::chimerism
