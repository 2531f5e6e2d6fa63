// Which sample is in which well: what the runs say, corrected by the sample sheet.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "core/chimerism/sheet.hpp"
#include "core/run/run.hpp"

namespace microchim::chimerism {

/// One target of a well in real-time PCR.
struct PlateCurve {
    const Curve* curve = nullptr;
    std::optional<double> cq;          ///< none: nothing amplified, where it was judged
    bool judged = false;               ///< false: neither the file nor the curve says
    bool ours = false;                 ///< the file has no Cq: this is ours
    std::optional<double> efficiency;  ///< base per cycle, ours
    std::optional<double> quantity;
    std::string unit;
};

/// A well, or a pooled row that stands in for wells of which the file gives no counts.
struct PlateWell {
    const Run* run = nullptr;
    std::string name;  ///< "A01", or what the pooled row is called
    std::vector<const TargetCounts*> counts;
    std::string sample;
    SampleType type = SampleType::unkn;
    double dilution = 1;                ///< 10 means the DNA went in 1:10
    const Aggregate* pooled = nullptr;  ///< the row that stands in; null: a well
    std::vector<PlateCurve> curves = {};
    bool type_is_told = false;  ///< by the sample sheet

    /// Partitions of the target that has most; of a pooled row that names its wells, of one of them on average.
    std::int64_t accepted() const;
    /// What this target is here: the sheet's word, else the file's for the target, else the well's.
    SampleType type_of(const PlateCurve& curve) const;
    bool unknown() const;  ///< it may hold a sample to be measured
};

struct Plate {
    std::vector<PlateWell> wells;              ///< of all runs, in plate order
    std::map<const Run*, std::int64_t> usual;  ///< accepted partitions of the middle well of each run that has counts
    bool several_runs = false;

    std::vector<const PlateWell*> of(std::string_view sample) const;  ///< unknowns and controls of this name
    std::vector<const PlateWell*> no_template() const;
    std::vector<std::string> samples() const;        ///< names of unknown wells, each once, in plate order
    std::string where(const PlateWell& well) const;  ///< "A01"; of several runs "plate 2, A01"
};

/// What a person would call the run: its id, or where it was read from.
std::string name_of(const Run& run);

/// The runs must outlive the plate. A pooled row counts only where none of its wells (of its sample, where it does not
/// say which wells) has counts of that target, and no pooled row before it has any of these wells.
/// \throws ConfigError for a sheet line that fits no well
Plate lay_out(const std::vector<Run>& runs, const std::vector<SheetRow>& sheet);

}  // namespace microchim::chimerism
