// The second generation (Specification-Version 2, "qPCR File API"), in JSON.
//
//   setup/plate_setup.json {"blockType":"BLOCK_96W","passiveReference":"ROX","targets":[{"name":..,"reporter":..}],
//                                       "wells":[{"index":0,"sampleName":..,"targetAssignments":[{"targetName":..,"task":..,"quantity":..}]}]}
//   primary/analysis_result.json
//   {"wellResults":[{"wellIndex":0,"reactionResults":[{"targetName":..,"amplificationResult":{"cq":..,
//                                       "rn":[..],"deltaRn":[..],"ctThreshold":..,"ctBaselineStart":..,"ampStatus":"AMP"},"meltResult":{..}}]}],
//                                       "replicateGroupResults":[..]}
//   primary/multicomponent_data.json
//   {"collectionPoints":[{"stage":2,"cycle":1,"step":2,"point":1}],"wellData":[{"wellIndex":0,
//                                       "dyeData":[{"dyeName":"FAM","fluorescences":[..]}],"temperatures":[..]}]}
#pragma once

#include <cmath>
#include <map>
#include <string>
#include <string_view>

#include "facts.hpp"
#include "json.hpp"
#include "model.hpp"

namespace microchim::eds {

namespace detail {

/// "BLOCK_384W", "BLOCK_96W_02ML": the wells of a block.
inline void read_block(const At& setup, Plate& plate) {
    const auto block = setup["blockType"].text();
    const auto has = [&](const char* number) { return block.find(number) != block.npos; };
    if (has("384")) plate.rows = 16, plate.columns = 24;
    else if (has("96")) plate.rows = 8, plate.columns = 12;
    else if (has("48")) plate.rows = 6, plate.columns = 8;
    else
        throw FormatError(setup["blockType"].where, "the block " + reader::detail::quoted(block) +
                                                        " is not known; blocks of 48, 96 and 384 wells can be read");
}

inline std::int64_t index_of(const At& index, const Plate& plate) {
    const auto value = index.whole();
    plate.name(value, index.where);
    return value;
}

/// A reaction's own words: "NO_AMP" and its flags.
inline std::string words(const At& result) {
    auto status = result["ampStatus"].text();
    result["flags"].each([&](const At& flag) {
        const auto word = flag.json->is_object() ? flag["name"].text() : flag.text();
        if (!word.empty()) status += (status.empty() ? "" : ", ") + word;
    });
    return status;
}

}  // namespace detail

inline Plate read_plate_json(const At& setup) {
    Plate plate;
    plate.file = setup.where.substr(0, setup.where.find(", "));
    detail::read_block(setup, plate);
    plate.passive = setup["passiveReference"].text();
    if (reader::detail::normalised(plate.passive) == "none") plate.passive.clear();
    std::map<std::string, std::string> reporters;
    setup["targets"].each([&](const At& target) { reporters[target["name"].text()] = target["reporter"].text(); });
    setup["wells"].each([&](const At& node) {
        auto& well = plate.wells[static_cast<int>(detail::index_of(node["index"], plate))];
        well.sample = node["sampleName"].text();
        well.omitted = node["omitted"].yes();
        node["targetAssignments"].each([&](const At& one) {
            Assay assay{one["targetName"].text(), {}, MICROCHIM_UNKN, reader::not_stated};
            assay.dye = reporters[assay.target];
            assay.type = task(one["task"].text(), one["task"].where);
            if (assay.type == MICROCHIM_STD) assay.quantity = one["quantity"].number();
            well.assays.push_back(assay);
        });
    });
    return plate;
}

inline Dyes read_dyes_json(const At& data, const Plate& plate) {
    Dyes dyes;
    data["collectionPoints"].each([&](const At& point) {
        dyes.points.push_back(
            {point["stage"].whole(), point["cycle"].whole(), point["step"].whole(), point["point"].whole()});
        if (dyes.points.back().cycle < 1 || dyes.points.back().cycle > 1000)
            throw FormatError(point.where, "a collection point without a cycle from 1 to 1000");
    });
    check_length(dyes.points.size(), 100'000, data.where);
    data["wellData"].each([&](const At& node) {
        const auto well = static_cast<int>(detail::index_of(node["wellIndex"], plate));
        node["dyeData"].each([&](const At& dye) {
            dyes.wells[well].push_back({dye["dyeName"].text(), dye["fluorescences"].numbers()});
        });
        dyes.temperatures[well] = node["temperatures"].numbers();
    });
    return dyes;
}

/// One reaction of analysis_result.json.
inline void apply(const At& node, const std::string& passive, reader::Reaction& reaction) {
    const auto result = node["amplificationResult"];
    reaction.excluded = reaction.excluded || node["omitted"].yes();
    if (!result.stated()) return;
    reaction.fluorescence = result["rn"].numbers();
    reaction.baselined = result["deltaRn"].numbers();
    check_length(std::max(reaction.fluorescence.size(), reaction.baselined.size()), 1000, result.where);
    reaction.signal = passive.empty() ? MICROCHIM_RAW : MICROCHIM_NORMALISED;
    const auto cq = result["cq"].number();
    // A Cq of all cycles is how programs of this family keep "Undetermined".
    const auto points = static_cast<double>(reaction.fluorescence.size());
    if (cq > 0 && cq <= reader::most_cq && (points < 1 || cq < points)) reaction.cq = cq;
    const auto status = reader::detail::normalised(result["ampStatus"].text());
    if (status == "amp") reaction.amplified = 1;
    if (status == "noamp" || std::isnan(reaction.cq)) reaction.amplified = 0;
    reaction.status = detail::words(result);
    reaction.threshold = result["ctThreshold"].number();
    const auto first = result["ctBaselineStart"].whole(), last = result["ctBaselineEnd"].whole();
    if (first >= 1 && last >= first) reaction.baseline_first = first, reaction.baseline_last = last;
}

/// The melting curve of a reaction, where it has one.
inline void report_melting(const At& node, const std::string& well, const std::string& target, const Sink& sink) {
    const auto result = node["meltResult"].stated() ? node["meltResult"] : node["meltCurveResult"];
    const auto report = [&](std::int32_t kind, const At& at, const At& values) {
        const auto x = at.numbers(), y = values.numbers();
        if (!x.empty() && x.size() == y.size())
            sink.series(
                {reader::text(well), reader::text(target), reader::text(""), kind, x.size(), x.data(), y.data()});
    };
    const auto first = [&](std::initializer_list<const char*> names) {
        for (const auto name : names)
            if (result[name].stated()) return result[name];
        return result["none"];
    };
    const auto at = first({"rnTemperatures", "temperatures"});
    report(MICROCHIM_MELT, at, result["rn"]);
    const auto derivative_at = first({"derivativeRnTemperatures", "derivativeTemperatures"});
    report(MICROCHIM_MELT_DERIVATIVE, derivative_at.stated() ? derivative_at : at,
           first({"derivativeRn", "derivative", "derivatives"}));
}

/// What is left of an object: its plain members, and plain lists, as attributes.
inline void keep_members(const At& node, std::initializer_list<std::string_view> used, const std::string& prefix,
                         const std::string& suffix, const std::string& well, const Sink& sink) {
    if (!node.json->is_object()) return;
    for (const auto& [key, value] : node.json->items()) {
        if (std::find(used.begin(), used.end(), key) != used.end() || value.is_null()) continue;
        const bool plain = !value.is_object() && (!value.is_array() || value.size() <= 20);
        const auto text =
            value.is_string() ? value.get<std::string>() : value.dump(-1, ' ', false, Json::error_handler_t::replace);
        if (plain && !text.empty() && text != "[]") sink.attribute(well, prefix + key + suffix, text);
    }
}

inline void read_summary(const At& summary, Facts& facts) {
    facts.id = summary["name"].text();
    facts.instrument = summary["instrumentType"].text();
    facts.state = summary["runStatus"].text();
    facts.keep("run status", facts.state);
    facts.keep("created", moment(summary["createdTime"].whole()));
    facts.keep("modified", moment(summary["modifiedTime"].whole()));
    facts.keep("regulatory label", summary["regulatoryLabel"].text());
    facts.keep("block type", summary["blockType"].text());
    const auto primary = summary["analysis"]["primary"];
    facts.keep("primary analysis", primary["status"].text());
    facts.keep("primary analysis version", primary["version"].text());
}

inline void read_run_summary(const At& run, Facts& facts) {
    facts.serial_number = run["instrumentSerialNumber"].text();
    facts.started = moment(run["startTime"].whole());
    facts.keep("ended", moment(run["endTime"].whole()));
    for (const auto name : {"operator", "instrumentName", "firmwareVersion", "blockSerialNumber", "coverSerialNumber",
                            "runType", "barcode"})
        facts.keep(name, run[name].text());
}

inline void read_method(const At& method, Facts& facts) {
    const auto volume = method["sampleVolume"].number();
    if (volume > 0) facts.volume = volume;
    facts.keep("coverTemperature", method["coverTemperature"].text());
    facts.keep("runMode", method["runMode"].text());
    std::string stages;
    method["stages"].each([&](const At& stage) {
        if (stages.size() > 2000) return;
        stages += (stages.empty() ? "" : "; ") + stage["type"].text() + " " + stage["repeat"].text() + " x";
        stage["steps"].each([&](const At& step) {
            stages += " " + step["ramp"]["temperature"].text() + " C " + step["hold"]["duration"].text() + " s";
        });
    });
    facts.keep("thermal program", stages.substr(0, 2000));
}

/// Efficiencies (percent) of the standard curves, and the quantities they gave.
inline void apply_standard_curves(const At& curves, const Plate& plate, reader::Reactions& reactions) {
    curves["standardCurves"].each([&](const At& curve) {
        const auto target = curve["targetName"].text();
        const auto percent = curve["efficiency"].number();
        for (auto& reaction : reactions.all())
            if (reaction.target == target && percent > 0) reaction.efficiency = 1 + percent / 100;
    });
    curves["reactions"].each([&](const At& one) {
        const auto well = plate.name(one["wellIndex"].whole(), one["wellIndex"].where);
        auto* reaction = reactions.find(well, one["targetName"].text());
        const auto quantity = one["quantity"].number();
        if (reaction && reaction->type != MICROCHIM_STD && quantity > 0) reaction->quantity = quantity;
    });
}

inline void keep_standard_curves(const At& curves, const Sink& sink) {
    curves["standardCurves"].each([&](const At& curve) {
        keep_members(curve, {"targetName"}, "standard curve ", " [" + curve["targetName"].text() + "]", "", sink);
    });
}

}  // namespace microchim::eds
