#include "core/report/rdml_reaction.hpp"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <set>

#include "core/dpcr/poisson.hpp"
#include "core/report/rdml_table.hpp"
#include "core/run/errors.hpp"

namespace microchim::report {
namespace {

/// Parts of a note are separated by ';'.
void append(std::string& note, std::string_view part) {
    if (!part.empty()) (note += note.empty() ? "" : ";") += part;
}

}  // namespace

void Reactions::write(Element react, const React& from, const std::vector<Measured>& all, Files& files) {
    for (const auto& one : all)
        if (one.curve) curve(react.append_child("data"), from, one);
    partitions(react, from, all, files);
}

void Reactions::curve(Element data, const React& react, const Measured& one) {
    const auto well = react.well.name();
    const auto& curve = *one.curve;
    refer(data, "tar", one.target);
    const auto kept = [&](std::initializer_list<const char*> names) {
        for (const auto name : names)
            if (const auto value = attributes_(well, std::string(name) + " [" + one.name + "]");
                std::string_view(name) == "ampEffMet" ? !value.empty() : is_number(value))
                add(data, name, value);
            else if (curve.efficiency && std::string_view(name) == "ampEff") add(data, name, number(*curve.efficiency));
    };
    if (curve.cq) add(data, "cq", number(*curve.cq));
    else if (curve.amplified && !*curve.amplified) add(data, "cq", "-1.0");  // RDML's word for none
    kept({"N0", "ampEffMet", "ampEff", "ampEffSE", "corrF", "corrP", "corrCq", "meltTemp"});
    if (const auto reason = attributes_(well, "excl [" + one.name + "]"); !reason.empty()) add(data, "excl", reason);
    else if (curve.excluded) add(data, "excl", "left out in the instrument's software");
    auto text = note(curve);
    append(text, attributes_(well, "note [" + one.name + "]"));
    if (!text.empty()) add(data, "note", text);
    if (curve.signal == Signal::baselined && !baselined_) {
        ++left_out_curves;
    } else {
        for (std::size_t cycle = 0; cycle < curve.fluorescence.size(); ++cycle) {
            if (!std::isfinite(curve.fluorescence[cycle])) continue;
            auto point = data.append_child("adp");
            add(point, "cyc", number(cycle + 1));
            add(point, "fluor", number(curve.fluorescence[cycle]));
        }
    }
    melting(data, react, one);
    kept({"endPt", "bgFluor", "bgFluorSlp"});
    if (curve.threshold) add(data, "quantFluor", number(*curve.threshold));
}

/// What RDML has no element for, as the reader of ours finds it again.
std::string Reactions::note(const Curve& curve) {
    std::string text = curve.signal == Signal::normalised ? "signal=normalised" : "";
    const auto part = [&](const char* key, std::string value) {
        if (value.empty()) return;
        std::replace(value.begin(), value.end(), ';', ',');
        append(text, key + ("=" + value));
    };
    if (curve.quantity) part("quantity", number(*curve.quantity));
    part("quantity unit", curve.unit);
    if (curve.baseline_first) part("baseline first", number(*curve.baseline_first));
    if (curve.baseline_last) part("baseline last", number(*curve.baseline_last));
    if (curve.amplified) part("amplified", *curve.amplified ? "yes" : "no");
    part("vendor status", curve.status);
    return text;
}

/// The melting curve of this target: what was measured, not its derivative.
void Reactions::melting(Element data, const React& react, const Measured& one) {
    for (const auto& series : react.series) {
        const bool own = series.target == one.name || (series.target.empty() && react.curves.size() == 1);
        if (series.kind != SeriesKind::melt || !own) continue;
        std::set<float> seen;  // RDML wants each temperature once
        for (std::size_t i = 0; i < series.at.size(); ++i) {
            if (!std::isfinite(series.at[i]) || !std::isfinite(series.fluorescence[i])) continue;
            if (!seen.insert(series.at[i]).second) continue;
            auto point = data.append_child("mdp");
            add(point, "tmp", number(series.at[i]));
            add(point, "fluor", number(series.fluorescence[i]));
        }
        return;  // RDML has room for one
    }
}

void Reactions::partitions(Element react, const React& from, const std::vector<Measured>& all, Files& files) const {
    std::vector<Measured> counted;
    std::copy_if(all.begin(), all.end(), std::back_inserter(counted), [](const Measured& one) { return !one.curve; });
    if (counted.empty()) return;
    const auto well = from.well.name();
    const double nl = volume(from, counted);
    auto node = react.append_child("partitions");
    add(node, "volume", number(nl));
    if (const auto table = partition_table(counted); !table.empty()) {
        const auto name = table_name(run_id_, well);
        add(node, "endPtTable", name);
        files.emplace_back("partitions/" + name, table);
    }
    for (const auto& one : counted) counts(node.append_child("data"), from, one, nl);
}

/// RDML's copies/uL, and every program's after it, come from this volume; a made-up one would be believed.
double Reactions::volume(const React& react, const std::vector<Measured>& counted) const {
    std::set<double> volumes;
    if (react.partitions && react.partitions->volume) volumes.insert(react.partitions->volume->nl);
    for (const auto& one : counted)
        if (one.counts && one.counts->volume) volumes.insert(one.counts->volume->nl);
    if (volumes.empty())
        throw ConfigError(
            "The volume of a partition in well " + react.well.name() + " is not known, and RDML demands it.",
            run_.provenance.path, {},
            "The file does not state the instrument or its volume; 'microchim instruments' lists those "
            "whose volume is known.");
    if (volumes.size() > 1)
        throw ConfigError(
            "The targets of well " + react.well.name() + " have different partition volumes; RDML has one for a well.",
            run_.provenance.path);
    return *volumes.begin();
}

/// What RDML has no element for, as the reader of ours finds it again: "threshold=3200;channel=1".
std::string Reactions::note(const std::string& well, const Measured& one) const {
    std::string text;
    const auto part = [&](const char* key, std::string value) {
        if (value.empty()) return;
        std::replace(value.begin(), value.end(), ';', ',');  // parts are separated by it
        append(text, key + ("=" + value));
    };
    const auto& threshold = one.counts ? one.counts->threshold : one.partitions->threshold;
    if (threshold) part("threshold", number(*threshold));
    if (one.counts) part("channel", one.counts->channel);
    if (one.partitions) part("channel name", one.partitions->name);
    if (one.counts) {
        const auto& vendor = one.counts->vendor;
        if (vendor.copies_per_ul) part("vendor copies/uL", number(*vendor.copies_per_ul));
        if (vendor.low) part("vendor low", number(*vendor.low));
        if (vendor.high) part("vendor high", number(*vendor.high));
        auto status = vendor.status;
        if (const std::string word = "excluded"; !excluded(well, one).empty() && status.ends_with(word)) {
            status.erase(status.size() - word.size());  // said by the element
            if (status.ends_with(", ")) status.erase(status.size() - 2);
        }
        part("vendor status", status);
    }
    append(text, attributes_(well, "note [" + one.name + "]"));
    return text;
}

std::string_view Reactions::excluded(const std::string& well, const Measured& one) const {
    return attributes_(well, "excluded [" + one.name + "]");
}

void Reactions::counts(Element data, const React& react, const Measured& one, double nl) const {
    const auto well = react.well.name();
    const auto scores = one.partitions ? score(*one.partitions) : Scores{};
    const auto positive = one.counts ? one.counts->positive : scores.positive;
    const auto negative = one.counts ? one.counts->accepted - one.counts->positive : scores.negative;
    const auto& left_out = one.counts ? one.counts->excluded : react.partitions->excluded;
    // Partitions without a call are in the table and in no count.
    const bool scored = scores.positive + scores.negative > 0 || !one.counts;
    refer(data, "tar", one.target);
    if (const auto reason = excluded(well, one); !reason.empty()) add(data, "excluded", reason);
    if (const auto text = note(well, one); !text.empty()) add(data, "note", text);
    add(data, "pos", number(positive));
    add(data, "neg", number(negative));
    // Where an RDML file said it, unclassified ones may be excluded for this target only, which "excl" counts already.
    const auto undefined = attributes_(well, "undef [" + one.name + "]");
    if (is_number(undefined)) add(data, "undef", undefined);
    else if (one.partitions && scored) add(data, "undef", number(scores.undefined));
    if (left_out) add(data, "excl", number(*left_out));
    if (positive + negative > 0 && negative > 0)
        add(data, "conc", number(dpcr::copies_per_ul(dpcr::lambda(positive, positive + negative), nl)));
}

}  // namespace microchim::report
