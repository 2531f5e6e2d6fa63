// The names that an RDML document gives to samples, targets and dyes: there they are keys, so each must be unique and
// say everything that holds for all of its wells.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "core/run/run.hpp"

namespace microchim::report {

/// Text as XML can carry it: UTF-8, no control characters.
std::string xml_text(std::string_view text);

/// What was measured in one well: counts, the fluorescence behind them, a curve. What there is not is null.
struct Measured {
    std::string name, dye, channel;  ///< of the target, as the run says it; channel only to tell two apart
    const TargetCounts* counts = nullptr;
    const Channel* partitions = nullptr;
    const Curve* curve = nullptr;
    std::string target;  ///< its id in the document
};

/// Counts and their fluorescence belong together by target, else by channel number. Of several curves of a target
/// the one nearest to what was measured is taken: RDML has room for one.
std::vector<Measured> measured(const React& react);

/// What a sample is for one target, or for all of them.
struct Role {
    std::string target;  ///< its id; empty: all
    SampleType type = SampleType::unkn;
    std::optional<double> quantity;
    std::string unit;  ///< of the quantity, as RDML spells it; empty without one

    bool operator==(const Role&) const = default;
    auto operator<=>(const Role&) const = default;
};

struct SampleName {
    std::string id, name;
    std::vector<Role> roles;  ///< one for all targets, or one for each
};

struct TargetName {
    std::string id, name, dye;
};

/// Ids for one run.
class Names {
public:
    /// Fills in the target ids of what was measured; `wells` goes with run.reacts.
    Names(const Run& run, std::vector<std::vector<Measured>>& wells, std::vector<Note>& notes);

    const std::vector<SampleName>& samples() const { return samples_; }
    const std::vector<TargetName>& targets() const { return targets_; }
    /// The id of the sample in run.reacts[i].
    const std::string& sample_of(std::size_t i) const { return samples_[sample_of_[i]].id; }

private:
    void name_samples(const Run& run, const std::vector<std::vector<Measured>>& wells, std::vector<Note>& notes);
    void name_targets(std::vector<std::vector<Measured>>& wells, std::vector<Note>& notes);

    std::vector<SampleName> samples_;
    std::vector<TargetName> targets_;
    std::vector<std::size_t> sample_of_;
};

/// The attribute of a run ("" as well) or of a well; empty where there is none.
class Attributes {
public:
    explicit Attributes(const Run& run);
    std::string_view operator()(const std::string& well, const std::string& key) const;

private:
    std::map<std::pair<std::string_view, std::string_view>, std::string_view> values_;
};

}  // namespace microchim::report
