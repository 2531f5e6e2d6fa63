// The standard curves of the runs: for every target the line of its own run, or of another run of the same question.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "core/chimerism/cq_wells.hpp"
#include "core/chimerism/panel.hpp"
#include "core/chimerism/plate.hpp"
#include "core/qpcr/standard_curve.hpp"

namespace microchim::chimerism {

/// What is known about one target's amounts on one run.
struct Calibration {
    const Run* run = nullptr;                 ///< whose standards they are
    std::string target;                       ///< the marker's id, or the reference's target
    std::string unit;                         ///< of the standards, as written
    double copies_per_unit = 1;               ///< of the target
    std::optional<qpcr::StandardCurve> line;  ///< ordinary least squares, per unit: what a laboratory checks
    std::optional<CqCurve> curve;             ///< weighted, per copy: what the likelihood uses
    std::string reason;                       ///< why there is no curve
    std::vector<Note> notes;
    bool doubtful = false;  ///< an error is among the notes
};

/// Name of the panel for a target of a run: the marker's id or the reference's target; empty: the panel lacks it.
std::string panel_name(const Panel& panel, const std::string& target);

class Calibrations {
public:
    Calibrations(const Plate& plate, const Panel& panel);

    /// Of this run, else the first that another run has, widened by what runs differ.
    const Calibration& of(const Run& run, const std::string& target) const;
    /// All curves that could be fitted, in the order of the runs.
    std::vector<const Calibration*> all() const;

private:
    std::map<std::pair<const Run*, std::string>, Calibration> own_, shared_;
    std::vector<std::pair<const Run*, std::string>> order_;
    Calibration none_;
};

}  // namespace microchim::chimerism
