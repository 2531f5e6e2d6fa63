#include "core/read/facts.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <string_view>

#include "core/run/sha256.hpp"

namespace microchim::read {
namespace {

/// Quoted, one line.
std::string quoted(std::string_view text) {
    std::string out = "\"";
    for (const char c : text) {
        if (c == '\n') out += "\\n";
        else if (c == '\r') out += "\\r";
        else if (c == '"' || c == '\\') (out += '\\') += c;
        else out += c;
    }
    return out + "\"";
}

/// The shortest text that reads back to the same number.
template <class T>
std::string number(T value) {
    std::array<char, 40> text{};
    const auto end = std::to_chars(text.data(), text.data() + text.size(), value).ptr;
    return {text.data(), end};
}

std::string labelled(const char* label, const std::string& text) {
    return text.empty() ? "" : std::string(" ") + label + "=" + quoted(text);
}

template <class T>
std::string labelled(const char* label, const std::optional<T>& value) {
    return value ? std::string(" ") + label + "=" + number(*value) : "";
}

std::string labelled(const char* label, const std::optional<Volume>& volume) {
    return volume ? std::string(" ") + label + "=" + number(volume->nl) : "";
}

std::string fingerprint(std::string_view bytes) {
    return " sha256=" + sha256(bytes).substr(0, 16);
}

template <class T>
std::string_view memory(const std::vector<T>& values) {
    return {reinterpret_cast<const char*>(values.data()), values.size() * sizeof(T)};
}

std::string run_line(const Run& run) {
    std::string line = labelled("id", run.id) + labelled("plate", run.plate) + labelled("instrument", run.instrument) +
                       labelled("serial_number", run.serial_number) + labelled("consumable", run.consumable) +
                       labelled("software", run.software.name) + labelled("software_version", run.software.version) +
                       labelled("started", run.started);
    if (run.rows || run.columns) line += " geometry=" + number(run.rows) + "x" + number(run.columns);
    return "run       " + line + "\n";
}

std::string counts_text(const TargetCounts& counts) {
    const auto& vendor = counts.vendor;
    return " " + quoted(counts.target) + " " + number(counts.positive) + "/" + number(counts.accepted) +
           labelled("excluded", counts.excluded) + labelled("dye", counts.dye) + labelled("channel", counts.channel) +
           labelled("threshold", counts.threshold) + labelled("volume_nl", counts.volume) +
           labelled("vendor", vendor.copies_per_ul) + labelled("low", vendor.low) + labelled("high", vendor.high) +
           labelled("status", vendor.status) + "\n";
}

std::string channel_line(const std::string& well, const Channel& channel) {
    std::string line = "channel    " + well + " " + quoted(channel.name) + labelled("target", channel.target) +
                       labelled("threshold", channel.threshold);
    auto sorted = channel.fluorescence;
    if (!sorted.empty()) {
        std::sort(sorted.begin(), sorted.end());
        line += " min=" + number(sorted.front()) + " median=" + number(sorted[sorted.size() / 2]) +
                " max=" + number(sorted.back());
    }
    if (!channel.positive.empty()) {
        const auto of = [&](int call) { return std::count(channel.positive.begin(), channel.positive.end(), call); };
        line += " positive=" + number(of(1)) + " unclassified=" + number(of(2));
    }
    return line + fingerprint(std::string(memory(channel.fluorescence)) + std::string(memory(channel.positive))) + "\n";
}

std::string curve_line(const std::string& well, const Curve& curve) {
    static constexpr std::array signals{"raw", "normalised", "baselined"};
    return "curve      " + well + " " + quoted(curve.target) + labelled("dye", curve.dye) + " " +
           signals.at(static_cast<std::size_t>(curve.signal)) + " cycles=" + number(curve.fluorescence.size()) +
           labelled("position", curve.position) + labelled("type", curve.type ? to_string(*curve.type) : "") +
           labelled("cq", curve.cq) + (curve.amplified ? *curve.amplified ? " amplified" : " not amplified" : "") +
           labelled("threshold", curve.threshold) + labelled("quantity", curve.quantity) +
           labelled("unit", curve.unit) + labelled("efficiency", curve.efficiency) +
           labelled("baseline_first", curve.baseline_first) + labelled("baseline_last", curve.baseline_last) +
           (curve.excluded ? " excluded" : "") + labelled("status", curve.status) +
           fingerprint(memory(curve.fluorescence)) +
           (curve.baselined.empty() ? "" : " baselined" + fingerprint(memory(curve.baselined))) + "\n";
}

std::string series_line(const std::string& well, const Series& series) {
    return "series     " + well + " " + to_string(series.kind) + labelled("target", series.target) +
           labelled("name", series.name) + " points=" + number(series.at.size()) +
           fingerprint(std::string(memory(series.at)) + std::string(memory(series.fluorescence))) + "\n";
}

std::string react_lines(const React& react) {
    const auto well = react.well.name();
    std::string text = "react      " + well + " " + quoted(react.sample) + " " + to_string(react.type) +
                       labelled("quantity", react.quantity) + labelled("volume_ul", react.volume_ul) + "\n";
    for (const auto& counts : react.counts) text += "counts     " + well + counts_text(counts);
    if (const auto& partitions = react.partitions) {
        text += "partitions " + well + " n=" + number(partitions->accepted) +
                labelled("excluded", partitions->excluded) + labelled("volume_nl", partitions->volume) + "\n";
        for (const auto& channel : partitions->channels) text += channel_line(well, channel);
    }
    for (const auto& curve : react.curves) text += curve_line(well, curve);
    for (const auto& series : react.series) text += series_line(well, series);
    return text;
}

std::string aggregate_line(const Aggregate& aggregate) {
    std::string members;
    for (const auto& well : aggregate.members) members += (members.empty() ? "" : ",") + well.name();
    return "aggregate  " + aggregate.name + " " + quoted(aggregate.sample) + " " + to_string(aggregate.pooling) + " " +
           members + counts_text(aggregate.counts);
}

std::string attributes_line(const std::vector<Attribute>& attributes) {
    if (attributes.empty()) return "";
    std::string all;
    for (const auto& a : attributes) all += a.well + '\0' + a.key + '\0' + a.value + '\0';
    return "attributes " + number(attributes.size()) + fingerprint(all) + "\n";
}

}  // namespace

std::string facts(const std::vector<Run>& runs) {
    std::string text;
    for (const auto& run : runs) text += facts(run);
    return text;
}

std::string facts(const Run& run) {
    std::string text = "reader     " + run.provenance.reader_id + "\n" + run_line(run);
    for (const auto& react : run.reacts) text += react_lines(react);
    for (const auto& aggregate : run.aggregates) text += aggregate_line(aggregate);
    text += attributes_line(run.attributes);
    for (const auto& note : run.notes)
        text += std::string("note       ") + to_string(note.severity) + " " + note.where + ": " + note.what + "\n";
    return text;
}

}  // namespace microchim::read
