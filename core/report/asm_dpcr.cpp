#include "core/report/asm_parts.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <set>

#include "core/dpcr/poisson.hpp"
#include "core/run/errors.hpp"

namespace microchim::report::allotrope_parts {
namespace {

constexpr auto manifest = "http://purl.allotrope.org/manifests/pcr/BENCHLING/2023/09/dpcr.manifest";
constexpr auto per_microlitre = "#/\u03BCL";  // Greek mu; the schema refuses the micro sign

/// Why a target has no concentration; empty where it has one.
std::string without_concentration(const TargetCounts& counts) {
    if (counts.accepted <= 0) return "no partition was accepted";
    if (counts.positive == counts.accepted) return "every partition is positive";
    return counts.volume ? "" : "the partition volume is not known";
}

double concentration(const TargetCounts& counts) {
    return dpcr::copies_per_ul(dpcr::lambda(counts.positive, counts.accepted), counts.volume->nl);
}

std::string description(const TargetCounts& counts) {
    if (!counts.target.empty()) return counts.target;
    if (!counts.dye.empty()) return counts.dye;
    return counts.channel.empty() ? placeholder : "channel " + counts.channel;
}

class Writer {
public:
    Writer(const Run& run, const std::string& name, std::string time, int wells, std::vector<Note>& notes)
        : run_(run), name_(name), time_(std::move(time)), wells_(wells), notes_(notes) {}

    Json document() {
        Json wells = Json::array();
        for (const auto& react : run_.reacts)
            if (auto well = well_document(react); !well.empty()) wells.push_back(std::move(well));
        tell_left_out();
        if (wells.empty()) refuse();
        Json all{{"device system document", device_system(run_, notes_)},
                 {"data system document", data_system(run_)},
                 {"dPCR document", std::move(wells)}};
        if (auto pooled = calculated_data(); !pooled.empty())
            all["calculated data aggregate document"] = {{"calculated data document", std::move(pooled)}};
        return {{"$asm.manifest", manifest}, {"dPCR aggregate document", std::move(all)}};
    }

private:
    /// Null where the well holds no concentration.
    Json well_document(const React& react) {
        Json measurements = Json::array(), errors = Json::array();
        for (const auto& counts : react.counts) {
            const auto reason = without_concentration(counts);
            if (reason.empty()) {
                measurements.push_back(measurement(react, counts));
                continue;
            }
            left_out_[reason].push_back(react.well.name() + " " + description(counts));
            errors.push_back({{"error", description(counts) + ": " + reason + "; no concentration can be stated"},
                              {"error feature", "number concentration"}});
        }
        if (react.counts.empty() && (react.partitions || !react.curves.empty()))
            left_out_["nothing in them is counted"].push_back(react.well.name());
        if (measurements.empty()) return {};
        for (const auto& note : run_.notes)
            if (note.severity != Severity::info && note.where == react.well.name())
                errors.push_back({{"error", note.what}});
        Json well{{"experimental data identifier", name_},
                  {"experiment type", "dPCR experiment"},
                  {"plate well count", quantity(wells_, number_unit)},
                  {"container type", "well plate"}};
        if (react.volume_ul) well["well volume"] = quantity(*react.volume_ul, microlitre);
        if (!errors.empty()) well["error aggregate document"] = {{"error document", std::move(errors)}};
        well["measurement document"] = std::move(measurements);
        return {{"measurement aggregate document", std::move(well)}};
    }

    Json measurement(const React& react, const TargetCounts& counts) {
        Json control{{"device type", "dPCR"}};
        put(control, "reporter dye setting", counts.dye);
        Json out{{"measurement identifier", identifier(react.well.name(), counts)},
                 {"measurement time", time_},
                 {"target DNA description", description(counts)},
                 {"sample document", sample(react)},
                 {"device control aggregate document", {{"device control document", Json::array({control})}}},
                 {"total partition count", quantity(counts.accepted, number_unit)},
                 {"processed data aggregate document", {{"processed data document", Json::array({processed(counts)})}}},
                 {"custom information document", custom(counts)}};
        measured_[react.well.name()].push_back({&counts, out["measurement identifier"].get<std::string>()});
        return out;
    }

    Json sample(const React& react) {
        if (react.sample.empty() && !sample_missing_) {
            sample_missing_ = true;
            notes_.push_back({Severity::info, react.well.name(), "A sample without a name is written as N/A."});
        }
        Json out{{"sample identifier", react.sample.empty() ? placeholder : react.sample},
                 {"sample role type", role(react.type)},
                 {"well location identifier", react.well.name()}};
        put(out, "well plate identifier", run_.plate);
        out["custom information document"] = {{"RDML sample type", to_string(react.type)}};
        return out;
    }

    static Json processed(const TargetCounts& counts) {
        Json out{{"number concentration", quantity(concentration(counts), per_microlitre)},
                 {"positive partition count", quantity(counts.positive, number_unit)},
                 {"negative partition count", quantity(counts.accepted - counts.positive, number_unit)}};
        if (counts.threshold)
            out["data processing document"] = {
                {"fluorescence intensity threshold setting", quantity(*counts.threshold, no_unit)}};
        return out;
    }

    /// What the model has no key for: how the concentration came about, and what the instrument software said itself.
    static Json custom(const TargetCounts& counts) {
        Json out{{"partition volume (nL)", counts.volume->nl}, {"partition volume source", counts.volume->source}};
        if (counts.excluded) out["excluded partition count"] = *counts.excluded;
        put(out, "channel", counts.channel);
        put(out, "instrument software concentration (copies per microlitre)", counts.vendor.copies_per_ul);
        put(out, "instrument software lower limit (copies per microlitre)", counts.vendor.low);
        put(out, "instrument software upper limit (copies per microlitre)", counts.vendor.high);
        put(out, "instrument software status", counts.vendor.status);
        return out;
    }

    /// "run/A01/SRY"; with dye or channel where a well has the target twice.
    std::string identifier(const std::string& well, const TargetCounts& counts) {
        const auto plain = name_ + "/" + well + "/" + description(counts);
        for (const auto& name : {plain, plain + "/" + counts.dye, plain + "/" + counts.channel,
                                 plain + "/" + counts.dye + "/" + counts.channel})
            if (!name.ends_with('/') && identifiers_.insert(name).second) return name;
        for (int n = 2;; ++n)
            if (const auto name = plain + "/" + std::to_string(n); identifiers_.insert(name).second) return name;
    }

    Json calculated_data() {
        Json list = Json::array();
        std::string without;
        for (const auto& pooled : run_.aggregates) {
            auto datum = pooled_datum(pooled);
            if (datum.empty()) {
                without += (without.empty() ? "" : ", ") + pooled.name + " " + description(pooled.counts);
                continue;
            }
            list.push_back(std::move(datum));
        }
        if (!without.empty())
            notes_.push_back({Severity::warning, "",
                              "Pooled rows without a concentration, or of wells that are not written, were left out: " +
                                  without + "."});
        return list;
    }

    /// Empty where the row has no concentration or not all of its wells are in the document.
    Json pooled_datum(const Aggregate& pooled) {
        const auto& counts = pooled.counts;
        const bool ours = pooled.pooling == Pooling::sum && without_concentration(counts).empty();
        const auto value = ours ? concentration(counts) : counts.vendor.copies_per_ul.value_or(NAN);
        if (pooled.members.empty() || !std::isfinite(value)) return {};
        Json sources = Json::array();
        for (const auto& well : pooled.members) {
            const auto source = std::ranges::find_if(measured_[well.name()], [&](const auto& m) {
                return m.counts->target == counts.target && m.counts->dye == counts.dye &&
                       m.counts->channel == counts.channel;
            });
            if (source == measured_[well.name()].end()) return {};
            sources.push_back(
                {{"data source identifier", source->identifier}, {"data source feature", "number concentration"}});
        }
        const bool sum = pooled.pooling == Pooling::sum;
        return {{"calculated data identifier", identifier(pooled.name, counts)},
                {"calculated data name", sum ? "number concentration of pooled wells" : "mean number concentration"},
                {"calculated data description",
                 ours ? "from the sum of the partitions" : "as stated by the instrument software"},
                {"calculated datum", quantity(value, per_microlitre)},
                {"data source aggregate document", {{"data source document", std::move(sources)}}}};
    }

    void tell_left_out() {
        for (const auto& [reason, names] : left_out_) {
            std::string list;
            for (const auto& name : names) list += (list.empty() ? "" : ", ") + name;
            notes_.push_back({Severity::warning, "", "Left out, because " + reason + ": " + list + "."});
        }
    }

    [[noreturn]] void refuse() const {
        const auto& path = run_.provenance.path;
        if (left_out_.contains("the partition volume is not known"))
            throw ConfigError("ASM demands a concentration, and the partition volume is not known.", path, {},
                              "Describe the instrument in a profile (docs: Instruments), or convert to csv.");
        throw ConfigError("There is no target with a concentration in this run, and ASM demands one.", path, {},
                          "Convert to csv, which can say that a value is missing.");
    }

    struct Measured {
        const TargetCounts* counts;
        std::string identifier;
    };

    const Run& run_;
    const std::string& name_;
    const std::string time_;
    const int wells_;
    std::vector<Note>& notes_;
    std::map<std::string, std::vector<Measured>> measured_;     // by well
    std::map<std::string, std::vector<std::string>> left_out_;  // by reason
    std::set<std::string> identifiers_;
    bool sample_missing_ = false;
};

}  // namespace

Json digital_document(const Run& run, const std::string& name, const Stated& stated, std::vector<Note>& notes) {
    auto time = time_of(run, stated.measured, notes);
    const int wells = wells_of(run, stated.wells, notes);
    if (wells == 0)
        throw ConfigError(
            "ASM demands the number of wells of the plate, which neither the file nor an instrument profile says.",
            run.provenance.path, {}, "Give it: --wells 96");
    return Writer(run, name, std::move(time), wells, notes).document();
}

}  // namespace microchim::report::allotrope_parts
