// The real-time wells around a sample: those of its runs, each target with its Cq.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "core/chimerism/gather.hpp"

namespace microchim::chimerism {

/// A target in a well, where it was read.
struct Reading {
    const PlateWell* well = nullptr;
    const PlateCurve* one = nullptr;
    std::string name;  ///< the panel's; empty: not of the panel
    bool usable() const { return one->judged && !one->curve->excluded; }
    SampleType type() const { return well->type_of(*one); }
};

/// The readings of the plate, and which runs the sample is on: another run's controls say nothing about it.
class RealTimeWells {
public:
    explicit RealTimeWells(const GatherRequest& request);

    const std::vector<Reading>& all() const { return all_; }
    const std::set<const Run*>& runs() const { return runs_; }
    /// As an unknown: not where the sample serves as a standard or control.
    bool of_sample(const Reading& reading) const;
    /// Usable readings of a target and a type on the sample's runs.
    std::vector<Reading> select(const std::string& name, SampleType type) const;

private:
    const std::string& sample_;
    std::vector<Reading> all_;
    std::set<const Run*> runs_;
};

/// Adds a note, once.
void note_once(Gathered& out, Severity severity, const std::string& where, const std::string& what);
/// "3.2"
std::string cycles(double value);
/// \param values at least one
double middle(std::vector<double> values);

/// The control that is in every reaction in the same amount: the panel's, and what the file calls a control in the
/// sample's own wells and the panel does not know. Stops the calculation where it is absent or late in the sample.
void check_inhibition_control(const GatherRequest& request, const RealTimeWells& wells, Gathered& out);

/// A reference against the sample's own dilutions (stops where the weaker shows more DNA), its replicates and the
/// other samples of the plate.
void check_reference(const GatherRequest& request, const RealTimeWells& wells, const std::string& name, Gathered& out);

}  // namespace microchim::chimerism
