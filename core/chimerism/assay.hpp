// The markers of one case on one panel: which target is read, and who carries how many copies.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/chimerism/case.hpp"
#include "core/chimerism/panel.hpp"

namespace microchim::chimerism {

struct AssayMarker {
    const PanelMarker* marker = nullptr;
    double recipient = 0;
    std::vector<double> donors;  ///< in the order of the case's donors
    bool usable = false;         ///< fully typed and telling someone apart
    std::string reason;          ///< why not
};

/// Every marker of the panel, as this case can use it.
/// \throws ConfigError where the case types a marker that the panel does not have
std::vector<AssayMarker> assay_markers(const Panel& panel, const Case& patient);

}  // namespace microchim::chimerism
