// The real-time model of ASM: http://purl.allotrope.org, schema adm/pcr/REC/2024/09/qpcr. One document a well, one
// measurement a target; curves are data cubes.
#include <algorithm>
#include <cmath>
#include <numeric>
#include <set>

#include "core/report/asm_parts.hpp"
#include "core/report/csv.hpp"
#include "core/run/errors.hpp"

namespace microchim::report::allotrope_parts {
namespace {

constexpr auto manifest = "http://purl.allotrope.org/manifests/pcr/REC/2024/09/qpcr.manifest";
constexpr auto threshold_result = "cycle threshold result (qPCR)";

std::string description(const Curve& curve) {
    if (!curve.target.empty()) return curve.target;
    return curve.dye.empty() ? placeholder : curve.dye;
}

/// One axis or value of a data cube.
struct Column {
    const char *concept_, *unit;
    std::vector<float> values;
};

/// Points that were not read are left out: JSON has no number for them.
Json cube(const char* label, const Column& dimension, const std::vector<Column>& measures) {
    const auto component = [](const Column& column) -> Json {
        return {{"@componentDatatype", "double"}, {"concept", column.concept_}, {"unit", column.unit}};
    };
    const auto& read = measures.front().values;
    const auto values = [&](const Column& column) {
        Json list = Json::array();
        for (std::size_t i = 0; i < read.size(); ++i)
            if (std::isfinite(read[i])) list.push_back(column.values[i]);
        return list;
    };
    Json structure{{"dimensions", Json::array({component(dimension)})}, {"measures", Json::array()}};
    Json data{{"dimensions", Json::array({values(dimension)})}, {"measures", Json::array()}};
    for (const auto& measure : measures) {
        structure["measures"].push_back(component(measure));
        data["measures"].push_back(values(measure));
    }
    return {{"label", label}, {"cube-structure", std::move(structure)}, {"data", std::move(data)}};
}

Json cycles(const char* label, const Column& measure) {
    Column count{"cycle count", number_unit, std::vector<float>(measure.values.size())};
    std::iota(count.values.begin(), count.values.end(), 1.0F);
    return cube(label, count, {measure});
}

/// The change of the fluorescence per degree, between the neighbours of each point.
std::vector<float> slope(const std::vector<float>& at, const std::vector<float>& values) {
    std::vector<float> out(values.size(), 0.0F);
    for (std::size_t i = 0; i < values.size(); ++i) {
        const auto before = i == 0 ? 0 : i - 1, after = std::min(i + 1, values.size() - 1);
        const float change = (values[after] - values[before]) / (at[after] - at[before]);
        if (std::isfinite(change)) out[i] = change;
    }
    return out;
}

double volume_of(const React& react, const Run& run, double stated) {
    const auto volume = stated > 0 ? stated : react.volume_ul.value_or(0);
    if (volume > 0) return volume;
    throw ConfigError("ASM demands the volume of a reaction, which the file does not state.", run.provenance.path, {},
                      "Give it in microlitres: --well-volume 20");
}

class Writer {
public:
    Writer(const Run& run, const std::string& name, const Stated& stated, std::vector<Note>& notes)
        : run_(run), name_(name), volume_(stated.volume_ul), notes_(notes) {
        time_ = time_of(run, stated.measured, notes);
        wells_ = wells_of(run, stated.wells, notes);
    }

    Json document() {
        Json wells = Json::array();
        for (const auto& react : run_.reacts)
            if (!react.curves.empty()) wells.push_back(well_document(react));
        Json all{{"device system document", device()},
                 {"data system document", system()},
                 {"qpcr document", std::move(wells)}};
        if (!calculated_.empty())
            all["calculated data aggregate document"] = {{"calculated data document", std::move(calculated_)}};
        return {{"$asm.manifest", manifest}, {"qpcr aggregate document", std::move(all)}};
    }

private:
    Json device() {
        auto device = device_system(run_, notes_);
        device["model number"] = run_.instrument.empty() ? placeholder : run_.instrument;
        device["equipment serial number"] = run_.serial_number.empty() ? placeholder : run_.serial_number;
        device.erase("device serial number");
        return device;
    }

    Json system() const {
        auto system = data_system(run_);
        system["UNC path"] = run_.provenance.path;
        system["ASM file identifier"] = name_ + ".json";
        system["data system instance identifier"] = placeholder;
        return system;
    }

    Json well_document(const React& react) {
        Json measurements = Json::array();
        for (const auto& curve : react.curves) measurements.push_back(measurement(react, curve));
        Json well{{"experimental data identifier", name_},
                  {"experiment type", "qPCR experiment"},
                  {"container type", "well plate"},
                  {"well volume", quantity(volume_of(react, run_, volume_), microlitre)},
                  {"measurement document", std::move(measurements)}};
        if (wells_ > 0) well["plate well count"] = quantity(wells_, number_unit);
        return {{"measurement aggregate document", std::move(well)}};
    }

    Json measurement(const React& react, const Curve& curve) {
        const auto id = identifier(react.well.name(), curve);
        Json control{{"device type", "qPCR"}, {"measurement method identifier", "qPCR"}};
        put(control, "reporter dye setting", curve.dye);
        if (!curve.fluorescence.empty())
            control["total cycle number setting"] = quantity(curve.fluorescence.size(), no_unit);
        Json out{{"measurement identifier", id},
                 {"measurement time", time_},
                 {"target DNA description", description(curve)},
                 {"sample document", sample(react, curve)},
                 {"device control aggregate document", {{"device control document", Json::array({control})}}}};
        if (auto results = processed(curve); !results.empty())
            out["processed data aggregate document"] = {{"processed data document", Json::array({results})}};
        if (curve.signal == Signal::raw && !curve.fluorescence.empty())
            out["reporter data cube"] = cycles("reporter", {"fluorescence", "RFU", curve.fluorescence});
        melting(out, react, curve);
        if (auto custom = this->custom(curve); !custom.empty()) out["custom information document"] = std::move(custom);
        if (auto errors = this->errors(curve); !errors.empty())
            out["error aggregate document"] = {{"error document", std::move(errors)}};
        calculate(react, curve, id);
        return out;
    }

    Json sample(const React& react, const Curve& curve) const {
        const auto type = type_of(react, curve);
        Json out{{"sample identifier", react.sample.empty() ? placeholder : react.sample},
                 {"sample role type", role(type)},
                 {"location identifier", react.well.name()},
                 {"well location identifier", react.well.name()}};
        put(out, "well plate identifier", run_.plate);
        Json custom{{"RDML sample type", to_string(type)}};
        if (type == SampleType::std) put(custom, "known quantity", curve.quantity ? curve.quantity : react.quantity);
        put(custom, "unit of the quantity", curve.unit);
        out["custom information document"] = std::move(custom);
        return out;
    }

    /// The vendor's Cq. A reaction without one leaves the key out and says so among the errors.
    static Json processed(const Curve& curve) {
        Json settings = Json::object(), out = Json::object();
        if (curve.threshold) settings["cycle threshold value setting (qPCR)"] = quantity(*curve.threshold, no_unit);
        if (curve.baseline_first)
            settings["baseline determination start cycle setting"] = quantity(*curve.baseline_first, number_unit);
        if (curve.baseline_last)
            settings["baseline determination end cycle setting"] = quantity(*curve.baseline_last, number_unit);
        if (!settings.empty()) out["data processing document"] = std::move(settings);
        if (curve.cq) out[threshold_result] = quantity(*curve.cq, no_unit);
        if (curve.signal == Signal::normalised && !curve.fluorescence.empty())
            out["normalized reporter data cube"] =
                cycles("normalized reporter", {"normalized reporter result", no_unit, curve.fluorescence});
        const bool corrected = curve.signal == Signal::baselined;
        if (const auto& values = corrected ? curve.fluorescence : curve.baselined; !values.empty())
            out["baseline corrected reporter data cube"] =
                cycles("baseline corrected reporter", {"baseline corrected reporter result", no_unit, values});
        return out;
    }

    static void melting(Json& out, const React& react, const Curve& curve) {
        for (const auto& series : react.series) {
            const bool own = series.target == curve.target || (series.target.empty() && react.curves.size() == 1);
            if (series.kind != SeriesKind::melt || !own) continue;
            out["melting curve data cube"] = cube("melting curve", {"temperature", "degC", series.at},
                                                  {{"fluorescence", "RFU", series.fluorescence},
                                                   {"slope", no_unit, slope(series.at, series.fluorescence)}});
            return;
        }
    }

    static Json custom(const Curve& curve) {
        Json out = Json::object();
        put(out, "position", curve.position);
        put(out, "amplification efficiency", curve.efficiency);
        put(out, "instrument software status", curve.status);
        return out;
    }

    static Json errors(const Curve& curve) {
        Json list = Json::array();
        if (!curve.cq && curve.amplified && !*curve.amplified)
            list.push_back({{"error", "no amplification"}, {"error feature", threshold_result}});
        if (curve.excluded)
            list.push_back({{"error", "left out in the instrument software"}, {"error feature", threshold_result}});
        return list;
    }

    /// The quantity that the instrument software computed of an unknown sample.
    void calculate(const React& react, const Curve& curve, const std::string& id) {
        if (!curve.quantity || type_of(react, curve) == SampleType::std) return;
        calculated_.push_back(
            {{"calculated data identifier", id + "/quantity"},
             {"calculated data name", "quantity"},
             {"calculated data description",
              "as stated by the instrument software" + (curve.unit.empty() ? "" : ", in " + curve.unit)},
             {"calculated result", quantity(*curve.quantity, no_unit)},
             {"data source aggregate document",
              {{"data source document",
                Json::array({{{"data source identifier", id}, {"data source feature", threshold_result}}})}}}});
    }

    /// "run/A01/SRY"; with dye or position where a well has the target twice.
    std::string identifier(const std::string& well, const Curve& curve) {
        const auto plain = name_ + "/" + well + "/" + description(curve);
        for (const auto& name : {plain, plain + "/" + curve.dye, plain + "/" + curve.position})
            if (!name.ends_with('/') && identifiers_.insert(name).second) return name;
        for (int n = 2;; ++n)
            if (const auto name = plain + "/" + std::to_string(n); identifiers_.insert(name).second) return name;
    }

    const Run& run_;
    const std::string& name_;
    const double volume_;
    std::vector<Note>& notes_;
    std::string time_;
    int wells_ = 0;
    Json calculated_ = Json::array();
    std::set<std::string> identifiers_;
};

}  // namespace

Json real_time_document(const Run& run, const std::string& name, const Stated& stated, std::vector<Note>& notes) {
    return Writer(run, name, stated, notes).document();
}

}  // namespace microchim::report::allotrope_parts
