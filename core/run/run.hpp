// What one PCR run is: plain values in the words of RDML, MIQE and dMIQE.
// A reader fills a Run with what the file says; instruments/ completes it; nothing
// here knows a vendor.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/run/well.hpp"

namespace microchim {

enum class Severity { info, warning, error };

/// Something worth telling that stops nothing: where it is and what it is, a full sentence.
struct Note {
    Severity severity = Severity::info;
    std::string where;  ///< "A01", "run.csv:17, column 'Positives'", or empty for the run
    std::string what;
};

/// Anything else the file said. Nothing that was read gets lost.
struct Attribute {
    std::string well;  ///< empty: of the run
    std::string key, value;
};

/// RDML sampleType.
enum class SampleType { unkn, ntc, nac, std, ntp, nrt, pos, opt };

/// A volume and where it came from: "file", or the profile that filled it in.
struct Volume {
    double nl = 0;  ///< of one partition, nL
    std::string source;
};

/// What the instrument software computed itself; kept beside ours, never used instead.
struct VendorResult {
    std::optional<double> copies_per_ul, low, high;
    std::string status;
};

/// Classified partitions of one target in one well.
struct TargetCounts {
    std::string target, dye, channel;
    std::int64_t accepted = 0;             ///< partitions, 0 and up
    std::int64_t positive = 0;             ///< 0 <= positive <= accepted
    std::optional<std::int64_t> excluded;  ///< partitions the instrument left out
    std::optional<double> threshold;       ///< RFU; none where clusters were drawn by hand
    std::optional<Volume> volume;
    VendorResult vendor;
};

/// End-point fluorescence of one channel, one value per accepted partition.
struct Channel {
    std::string name, target;
    std::optional<double> threshold;     ///< the instrument software's, RFU
    std::vector<float> fluorescence;     ///< RFU
    std::vector<std::uint8_t> positive;  ///< its calls, 0, 1, 2 = unclassified; empty: none
};

/// Every accepted partition of one well; all channels have the same length.
struct Partitions {
    std::int64_t accepted = 0;
    std::optional<std::int64_t> excluded;
    std::optional<Volume> volume;
    std::vector<Channel> channels;
};

enum class Signal { raw, normalised, baselined };

/// One target in one well of real-time PCR: its amplification curve, and what the instrument software made of it.
struct Curve {
    std::string target, dye;
    std::string position;            ///< inside the well, where it holds a target several times: chamber "S48-A01"
    std::optional<SampleType> type;  ///< of this target in this well; none: as the react
    Signal signal = Signal::raw;
    std::vector<float> fluorescence;      ///< cycle 1, 2, ...; NaN for a cycle that was not read; may be empty
    std::vector<float> baselined;         ///< the same cycles as the instrument software corrected them; may be empty
    std::optional<double> cq, threshold;  ///< the instrument software's
    std::optional<bool> amplified;        ///< as the instrument software judged it
    std::optional<double> quantity;       ///< of a standard: its known input; of others: the instrument software's
    std::string unit;                     ///< of the quantity
    std::optional<double> efficiency;     ///< the instrument software's, a base from 1 to 2
    std::optional<std::int64_t> baseline_first, baseline_last;  ///< cycles of the instrument software's baseline
    bool excluded = false;                                      ///< left out by the user or the instrument software
    std::string status;                                         ///< the instrument software's own words
};

enum class SeriesKind { melt, melt_derivative, dye, filter };

/// What else was read of a well over cycles or temperatures, kept as data.
struct Series {
    SeriesKind kind = SeriesKind::melt;
    std::string target, name;             ///< "ROX", "x1-m1"
    std::vector<float> at, fluorescence;  ///< degrees C of a melting curve, else the cycle; of equal length
};

/// One well (RDML react).
struct React {
    Well well;
    std::string sample;
    SampleType type = SampleType::unkn;
    std::optional<double> quantity, volume_ul;
    std::vector<Curve> curves;
    std::vector<Series> series;
    std::optional<Partitions> partitions;
    std::vector<TargetCounts> counts;
};

enum class Pooling { sum, mean };

/// A row that stands for several wells. Reported, never added to its members.
struct Aggregate {
    std::string name;  ///< as written: "M01"
    std::string sample;
    Pooling pooling = Pooling::sum;
    std::vector<Well> members;  ///< empty: the file does not say
    TargetCounts counts;        ///< accepted and positive are -1 where the mean is no whole number
};

struct Software {
    std::string name, version;
};

struct InputFile {
    std::string name;    ///< inside the folder or archive, or the file's own name
    std::string sha256;  ///< lower-case hex
};

/// Who read what.
struct Provenance {
    std::string path;  ///< as the user gave it
    std::string reader_id, reader_name, reader_version, reader_maturity;
    std::vector<InputFile> files;
};

struct Run {
    std::string id, plate, instrument, serial_number, consumable;
    Software software;
    std::string started;                             ///< as written
    int rows = 0, columns = 0;                       ///< plate geometry; 0: the file does not say
    std::optional<std::int64_t> minimum_partitions;  ///< accepted ones of a good well, as the instrument's profile says
    std::vector<React> reacts;                       ///< in plate order
    std::vector<Aggregate> aggregates;
    std::vector<Attribute> attributes;
    std::vector<Note> notes;
    Provenance provenance;
};

/// RDML's word: "unkn", "ntc" ...
const char* to_string(SampleType type);
/// What this target is in its well: a well may be a standard of one target and unknown for another.
inline SampleType type_of(const React& react, const Curve& curve) {
    return curve.type.value_or(react.type);
}
/// "melt", "melt_derivative", "dye", "filter"
const char* to_string(SeriesKind kind);
/// "sum", "mean"
const char* to_string(Pooling pooling);
/// "info", "warning", "error"
const char* to_string(Severity severity);

}  // namespace microchim
