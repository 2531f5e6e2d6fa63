#include "core/chimerism/calibration.hpp"

#include <algorithm>
#include <cctype>
#include <cmath>
#include <set>
#include <utility>

#include "core/chimerism/fit_curve.hpp"

namespace microchim::chimerism {
namespace {

constexpr double genome_pg = 6.6;  // of a diploid human genome (Saiki et al. 1988)
constexpr double misfit = 0.001;   // p of lack of fit below which it is told

std::string folded(const std::string& text) {
    std::string out;
    for (const char c : text)
        if (std::isalnum(static_cast<unsigned char>(c)))
            out += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    return out;
}

enum class Unit { copies, genomes, nanograms, picograms, unknown };

Unit unit_of(const std::string& written) {
    const auto word = folded(written);
    const auto starts = [&](const char* with) { return word.rfind(with, 0) == 0; };
    if (starts("cop") || starts("molecule")) return Unit::copies;
    if (starts("ge") || starts("diploid") || starts("cell")) return Unit::genomes;
    if (starts("ng")) return Unit::nanograms;
    if (starts("pg")) return Unit::picograms;
    return Unit::unknown;
}

/// Copies of this target in a genome of the DNA that the standards are made of, and whether that was told.
std::pair<double, bool> per_genome(const Panel& panel, const std::string& name) {
    if (const auto* reference = panel.reference(name))
        return {reference->standard_copies.value_or(reference->copies), true};
    for (const auto& marker : panel.markers)
        if (marker.id == name)
            return {marker.standard_copies.value_or(marker.kind == "Y" ? 1 : 2),
                    marker.standard_copies || marker.kind == "Y"};
    return {2, false};
}

struct Standards {
    std::vector<qpcr::StandardWell> wells;
    std::vector<std::string> units, excluded;
    std::set<std::string> kinds;
};

void note(Calibration& c, Severity severity, const std::string& what) {
    c.notes.push_back({severity, c.target, what});
    c.doubtful = c.doubtful || severity == Severity::error;
}

void set_unit(Calibration& c, const Panel& panel, const Standards& standards) {
    c.unit = standards.units.empty() ? std::string() : standards.units.front();
    const auto unit = unit_of(c.unit);
    if (unit == Unit::copies) return;
    if (unit == Unit::unknown) {
        note(c, Severity::info,
             (c.unit.empty() ? std::string("The quantities of the standards have no unit")
                             : "The unit '" + c.unit + "' of the standards is not known") +
                 ": they are taken as copies of the target in a well.");
        return;
    }
    const auto [copies, told] = per_genome(panel, c.target);
    const double genomes = unit == Unit::genomes ? 1 : (unit == Unit::nanograms ? 1000 : 1) / genome_pg;
    c.copies_per_unit = genomes * copies;
    if (!told)
        note(c, Severity::warning,
             "The standards are counted in genomes or mass, and the panel does not say how many copies of the target "
             "their DNA carries: 2 per genome were taken (homozygous). Set standard_copies.");
}

void check_line(Calibration& c, const Panel& panel, const Standards& standards) {
    const auto& line = *c.line;
    const auto& limits = panel.limits;
    const double efficiency = line.efficiency() - 1;
    if (efficiency < limits.minimum_efficiency || efficiency > limits.maximum_efficiency)
        note(c, Severity::error,
             "The efficiency of the standard curve is " + figure(100 * efficiency, 0) + " %, outside " +
                 figure(100 * limits.minimum_efficiency, 0) + " to " + figure(100 * limits.maximum_efficiency, 0) +
                 " % (slope " + figure(line.slope, 2) + ").");
    if (line.r2 < limits.minimum_r2)
        note(c, Severity::warning,
             "The standard curve has r² " + figure(line.r2, 4) + ", below " + figure(limits.minimum_r2, 4) +
                 ": its uncertainty widens the interval.");
    for (const auto& outlier : line.outliers)
        note(c, Severity::warning,
             "Standard well " + standards.wells[outlier.well].where + " lies off the curve (studentised residual " +
                 figure(outlier.studentised, 1) + "); it was kept in the fit.");
    if (line.lack_of_fit && *line.lack_of_fit < misfit)
        note(c, Severity::warning,
             "The standards do not lie on a straight line (lack of fit, p < 0.001): the highest "
             "or lowest may be out of range.");
    if (line.undetermined > 0)
        note(c, Severity::info,
             std::to_string(line.undetermined) + " standard well(s) have no Cq and are not in the curve.");
}

void refuse(Calibration& c, const std::string& why) {
    c.reason = why;
    note(c, Severity::error, "No standard curve: " + why);
}

void fit(Calibration& c, const Panel& panel, const Standards& standards) {
    if (!standards.excluded.empty()) {
        std::string wells;
        for (const auto& well : standards.excluded) wells += (wells.empty() ? "" : ", ") + well;
        note(c, Severity::info, "Standard well(s) " + wells + " were excluded in the file and are not in the curve.");
    }
    if (standards.kinds.size() > 1) {
        std::string units;
        for (const auto& unit : standards.units)
            if (units.find("'" + unit + "'") == std::string::npos) units += (units.empty() ? "'" : ", '") + unit + "'";
        return refuse(c, "the standards are given in different units (" + units + ").");
    }
    set_unit(c, panel, standards);
    auto fitted = fit_curve(standards.wells, c.copies_per_unit);
    c.line = std::move(fitted.line);
    if (!fitted.curve) return refuse(c, fitted.reason);
    c.curve = fitted.curve;
    check_line(c, panel, standards);
}

}  // namespace

std::string panel_name(const Panel& panel, const std::string& target) {
    if (const auto* marker = panel.marker(target)) return marker->id;
    if (const auto* reference = panel.reference(target)) return reference->target;
    return {};
}

Calibrations::Calibrations(const Plate& plate, const Panel& panel) {
    std::map<std::pair<const Run*, std::string>, Standards> found;
    std::set<std::string> targets;
    for (const auto& well : plate.wells)
        for (const auto& one : well.curves) {
            const auto name = panel_name(panel, one.curve->target);
            if (name.empty()) continue;
            targets.insert(name);
            if (well.type_of(one) != SampleType::std || !one.quantity || !(*one.quantity > 0)) continue;
            const std::pair key{well.run, name};
            if (!found.contains(key)) order_.push_back(key);
            auto& standards = found[key];
            if (one.curve->excluded) {
                standards.excluded.push_back(plate.where(well));
                continue;
            }
            if (!one.judged) continue;
            standards.kinds.insert(unit_of(one.unit) == Unit::unknown ? folded(one.unit)
                                                                      : std::to_string(int(unit_of(one.unit))));
            standards.units.push_back(one.unit);
            standards.wells.push_back({*one.quantity, one.cq, plate.where(well)});
        }
    for (const auto& [key, standards] : found) {
        auto& c = own_[key];
        c.run = key.first;
        c.target = key.second;
        fit(c, panel, standards);
    }
    for (const auto& target : targets)
        for (const auto& key : order_) {
            if (key.second != target || !own_[key].curve) continue;
            auto c = own_[key];
            const double more = std::pow(panel.limits.between_runs_sd, 2);
            c.curve->intercept_variance += more;
            note(c, Severity::warning,
                 "The standard curve of " + target + " is that of run " + name_of(*c.run) + ": its own run has none. " +
                     figure(panel.limits.between_runs_sd, 2) + " cycles were allowed for between runs.");
            shared_.emplace(std::pair{nullptr, target}, std::move(c));
            break;
        }
    none_.reason = "there are no standards of it.";
}

const Calibration& Calibrations::of(const Run& run, const std::string& target) const {
    const auto own = own_.find({&run, target});
    if (own != own_.end()) return own->second;
    const auto shared = shared_.find({nullptr, target});
    return shared != shared_.end() ? shared->second : none_;
}

std::vector<const Calibration*> Calibrations::all() const {
    std::vector<const Calibration*> curves;
    for (const auto& key : order_)
        if (own_.at(key).line) curves.push_back(&own_.at(key));
    return curves;
}

}  // namespace microchim::chimerism
