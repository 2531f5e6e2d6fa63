#include "core/chimerism/real_time_wells.hpp"

#include <algorithm>

#include "core/chimerism/fit_curve.hpp"

namespace microchim::chimerism {

RealTimeWells::RealTimeWells(const GatherRequest& request) : sample_(request.sample) {
    for (const auto& well : request.plate.wells)
        for (const auto& one : well.curves) all_.push_back({&well, &one, panel_name(request.panel, one.curve->target)});
    for (const auto& r : all_)
        if (of_sample(r)) runs_.insert(r.well->run);
}

bool RealTimeWells::of_sample(const Reading& reading) const {
    return reading.well->sample == sample_ && reading.type() == SampleType::unkn;
}

std::vector<Reading> RealTimeWells::select(const std::string& name, SampleType type) const {
    std::vector<Reading> found;
    for (const auto& r : all_)
        if (r.name == name && runs_.contains(r.well->run) && r.usable() && r.type() == type) found.push_back(r);
    return found;
}

void note_once(Gathered& out, Severity severity, const std::string& where, const std::string& what) {
    for (const auto& old : out.notes)
        if (old.where == where && old.what == what) return;
    out.notes.push_back({severity, where, what});
}

std::string cycles(double value) {
    return figure(value, 1);
}

double middle(std::vector<double> values) {
    const auto half = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
    std::ranges::nth_element(values, half);
    return *half;
}

}  // namespace microchim::chimerism
