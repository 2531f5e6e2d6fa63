#include "core/report/csv.hpp"

#include <array>
#include <charconv>
#include <cmath>
#include <filesystem>
#include <set>
#include <string_view>

#include "core/dpcr/poisson.hpp"

namespace microchim::report {
namespace {

constexpr std::string_view header =
    "run,row,well,members,sample,type,target,dye,channel,accepted,positive,excluded,threshold,volume_nl,volume_source,"
    "lambda,copies_per_ul,vendor_copies_per_ul,vendor_low,vendor_high,vendor_status,"
    "position,cq,amplified,quantity,unit,efficiency,baseline_first,baseline_last,left_out\r\n";

/// Spreadsheets calculate what begins with = + - @, some also behind blanks or line ends; with an apostrophe in front
/// it stays text. So that this can be undone, an apostrophe of the text's own gets one too, and so do blanks around a
/// text, which readers of tables take off.
bool needs_guard(std::string_view value) {
    constexpr std::string_view begins = "=+-@\t\r\n '", ends = " \t";
    return !value.empty() && (begins.find(value.front()) != begins.npos || ends.find(value.back()) != ends.npos);
}

/// Quoted where it must be.
std::string text(std::string_view value) {
    const auto cell = (needs_guard(value) ? "'" : "") + std::string(value);
    if (cell.find_first_of(",\"\r\n") == std::string::npos) return cell;
    std::string quoted = "\"";
    for (const char c : cell) quoted += c == '"' ? std::string("\"\"") : std::string(1, c);
    return quoted + '"';
}

template <class T>
std::string number(T value) {
    std::array<char, 40> digits{};
    return {digits.data(), std::to_chars(digits.data(), digits.data() + digits.size(), value).ptr};
}

std::string maybe(const std::optional<double>& value) {
    return value && std::isfinite(*value) ? number(*value) : "";
}

struct RowName {
    std::string run, row, well, members, sample, type;
};

template <std::size_t Size>
std::string joined(const std::array<std::string, Size>& cells) {
    std::string out;
    for (const auto& cell : cells) out += (&cell == &cells.front() ? "" : ",") + cell;
    return out + "\r\n";
}

std::string line(const RowName& name, const TargetCounts& counts) {
    const bool counted = counts.accepted >= 0;
    std::optional<double> lambda, copies;
    if (counts.accepted > 0) lambda = dpcr::lambda(counts.positive, counts.accepted);
    if (lambda && counts.volume) copies = dpcr::copies_per_ul(*lambda, counts.volume->nl);
    const std::array cells{text(name.run),
                           text(name.row),
                           text(name.well),
                           text(name.members),
                           text(name.sample),
                           text(name.type),
                           text(counts.target),
                           text(counts.dye),
                           text(counts.channel),
                           counted ? number(counts.accepted) : "",
                           counted ? number(counts.positive) : "",
                           counts.excluded ? number(*counts.excluded) : "",
                           maybe(counts.threshold),
                           counts.volume ? number(counts.volume->nl) : "",
                           counts.volume ? text(counts.volume->source) : "",
                           maybe(lambda),
                           maybe(copies),
                           maybe(counts.vendor.copies_per_ul),
                           maybe(counts.vendor.low),
                           maybe(counts.vendor.high),
                           text(counts.vendor.status),
                           std::string(8, ',')};  // the columns of real-time PCR
    return joined(cells);
}

std::string line(const RowName& name, const Curve& curve) {
    const std::string none;
    const std::array cells{text(name.run),
                           text(name.row),
                           text(name.well),
                           none,
                           text(name.sample),
                           text(name.type),
                           text(curve.target),
                           text(curve.dye),
                           std::string(3, ','),  // channel to excluded: of digital PCR
                           maybe(curve.threshold),
                           std::string(6, ','),  // volume to vendor_high
                           text(curve.status),
                           text(curve.position),
                           maybe(curve.cq),
                           curve.amplified ? *curve.amplified ? "true" : "false" : none,
                           maybe(curve.quantity),
                           text(curve.unit),
                           maybe(curve.efficiency),
                           curve.baseline_first ? number(*curve.baseline_first) : none,
                           curve.baseline_last ? number(*curve.baseline_last) : none,
                           std::string(curve.excluded ? "true" : "false")};
    return joined(cells);
}

std::string member_list(const std::vector<Well>& members) {
    std::string list;
    for (const auto& well : members) list += (list.empty() ? "" : ",") + well.name();
    return list;
}

void note_uncounted(const Run& run, std::vector<Note>& notes) {
    std::string partitions;
    bool fluorescence = false;
    for (const auto& react : run.reacts) {
        for (const auto& curve : react.curves) fluorescence = fluorescence || !curve.fluorescence.empty();
        if (react.counts.empty() && react.partitions)
            partitions += (partitions.empty() ? "" : ", ") + react.well.name();
    }
    if (!partitions.empty())
        notes.push_back({Severity::warning, "",
                         "Left out, because their partitions are not classified in the file: " + partitions +
                             " ('microchim classify' shows our own calls)."});
    if (fluorescence)
        notes.push_back(
            {Severity::info, "", "The table holds what the curves came to, not the curves; RDML holds both."});
}

std::string base_name(const Run& run) {
    if (!run.id.empty()) return run.id;
    if (!run.plate.empty()) return run.plate;
    const auto from = origin(run);
    const std::filesystem::path path = from;
    const bool file = run.provenance.files.size() == 1 || path.extension() == ".zip";
    const auto name = file ? path.stem().string() : from;
    return name.empty() ? "run" : name;
}

}  // namespace

std::string origin(const Run& run) {
    const auto& files = run.provenance.files;
    const std::filesystem::path path = files.size() == 1 ? files.front().name : run.provenance.path;
    if (files.size() == 1 || path.empty()) return path.filename().string();
    auto whole = std::filesystem::absolute(path).lexically_normal();
    if (!whole.has_filename()) whole = whole.parent_path();
    return whole.filename().string();
}

std::vector<std::string> run_names(const std::vector<Run>& runs) {
    std::set<std::string> taken;
    for (const auto& run : runs) taken.insert(base_name(run));
    std::set<std::string> used;
    std::vector<std::string> names;
    for (const auto& run : runs) {
        const auto base = base_name(run);
        auto name = base;
        for (int n = 2; used.contains(name) || (name != base && taken.contains(name)); ++n)
            name = base + " (" + std::to_string(n) + ")";
        used.insert(name);
        names.push_back(std::move(name));
    }
    return names;
}

std::string csv(const std::vector<Run>& runs, const std::vector<std::string>& names, std::vector<Note>& notes) {
    std::string out(header);
    for (std::size_t r = 0; r < runs.size(); ++r) {
        const auto& run = runs[r];
        for (const auto& react : run.reacts)
            for (const auto& counts : react.counts)
                out += line({names[r], "well", react.well.name(), "", react.sample, to_string(react.type)}, counts);
        for (const auto& react : run.reacts)
            for (const auto& curve : react.curves)
                out += line({names[r], "well", react.well.name(), "", react.sample, to_string(type_of(react, curve))},
                            curve);
        for (const auto& pooled : run.aggregates)
            out +=
                line({names[r], to_string(pooled.pooling), pooled.name, member_list(pooled.members), pooled.sample, ""},
                     pooled.counts);
        note_uncounted(run, notes);
    }
    return out;
}

}  // namespace microchim::report
