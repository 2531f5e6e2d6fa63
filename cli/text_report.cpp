#include "cli/text_report.hpp"

#include <algorithm>
#include <iomanip>
#include <sstream>

#include "cli/columns.hpp"
#include "cli/words.hpp"
#include "core/run/version.hpp"

namespace microchim::cli {
namespace {

using chimerism::DetectionCall;
using chimerism::DonorEstimate;
using chimerism::Result;
using chimerism::SampleResult;

std::string interval(const DonorEstimate& estimate) {
    if (estimate.call == DetectionCall::not_calculated) return "–";
    return percent(estimate.low).substr(0, percent(estimate.low).size() - 2) + " – " + percent(estimate.high);
}

std::string limit(const std::optional<double>& fraction) {
    return fraction ? per_million(*fraction) : "–";
}

std::string fraction(const DonorEstimate& estimate) {
    if (estimate.call == DetectionCall::not_calculated) return "–";
    if (estimate.call == DetectionCall::not_detected) return "< " + percent(estimate.upper);
    return percent(estimate.fraction);
}

std::string cells(const DonorEstimate& estimate) {
    if (estimate.call == DetectionCall::not_calculated) return "–";
    if (estimate.call == DetectionCall::not_detected) return "< " + per_million(estimate.upper);
    return per_million(estimate.fraction);
}

/// CSV cell: quoted where needed, and never a formula for a spreadsheet.
std::string cell(std::string text) {
    if (!text.empty() && std::string_view("=+-@\t\r").find(text.front()) != std::string_view::npos)
        text.insert(0, 1, '\'');
    if (text.find_first_of(",\"\r\n") == std::string::npos) return text;
    std::string quoted = "\"";
    for (const char c : text) quoted += c == '"' ? "\"\"" : std::string(1, c);
    return quoted + "\"";
}

std::string decimals(double value, int digits) {
    std::ostringstream text;
    text << std::fixed << std::setprecision(digits) << value;
    return text.str();
}

/// "33.21", or "33.21 – 34.02" of several wells.
std::string cycles(const std::vector<std::optional<double>>& wells) {
    std::vector<double> seen;
    for (const auto& cq : wells)
        if (cq) seen.push_back(*cq);
    if (seen.empty()) return "–";
    const auto [first, last] = std::ranges::minmax(seen);
    return decimals(first, 2) + (seen.size() > 1 ? " – " + decimals(last, 2) : "");
}

/// The markers that were read by this method; nothing where there are none.
void print_markers(std::ostream& out, const SampleResult& sample, bool real_time) {
    std::vector<std::vector<std::string>> rows;
    for (const auto& m : sample.markers) {
        if (m.real_time != real_time) continue;
        rows.push_back({m.marker, m.donor, count(m.positive), count(m.accepted)});
        if (real_time) rows.back().push_back(cycles(m.cq));
        for (const auto& value : {m.fraction, m.low, m.high}) rows.back().push_back(value ? percent(*value) : "–");
        rows.back().push_back(m.used ? "" : m.reason);
    }
    if (rows.empty()) return;
    std::vector<Column> columns = {{"Marker"}, {"Donor"}};
    if (real_time) {
        for (const char* title : {"With Cq", "Wells", "Cq"}) columns.push_back({title, Align::right});
    } else {
        for (const char* title : {"Positive", "Partitions"}) columns.push_back({title, Align::right});
    }
    for (const char* title : {"Fraction", "from", "to"}) columns.push_back({title, Align::right});
    columns.push_back({"Not used because"});
    print_columns(out, columns, rows);
}

/// The calibration of real-time PCR, as a laboratory checks it.
void print_curves(std::ostream& out, const Result& result) {
    if (result.curves.empty()) return;
    std::vector<std::vector<std::string>> rows;
    for (const auto& c : result.curves)
        rows.push_back({c.target, c.run, c.unit.empty() ? "–" : c.unit, decimals(c.slope, 3), percent(c.efficiency),
                        decimals(c.intercept, 2), decimals(c.r2, 4), decimals(c.sd, 2), std::to_string(c.wells),
                        std::to_string(c.levels)});
    out << "\nStandard curves\n";
    print_columns(out,
                  {{"Target"},
                   {"Run"},
                   {"Unit"},
                   {"Slope", Align::right},
                   {"Efficiency", Align::right},
                   {"Cq of one unit", Align::right},
                   {"r²", Align::right},
                   {"SD of a Cq", Align::right},
                   {"Wells", Align::right},
                   {"Amounts", Align::right}},
                  rows);
}

void print_sample(std::ostream& out, const SampleResult& sample, double confidence) {
    out << "\n" << sample.sample << " · " << to_string(sample.role);
    if (!sample.collected.empty()) out << " · collected " << sample.collected;
    if (!sample.specimen.empty()) out << " · " << sample.specimen;
    out << "\n";
    for (const auto& donor : sample.donors) {
        out << "  Donor " << donor.donor << ": " << in_words(donor.estimate) << "\n";
        const auto& e = donor.estimate;
        if (e.call == DetectionCall::not_calculated) continue;
        out << "    " << 100 * confidence << " % interval: " << interval(e) << " · " << p_value(e.p_value)
            << " against no donor DNA\n    limits of this sample, per million: blank " << limit(e.lob) << ", detection "
            << limit(e.lod) << ", quantification " << limit(e.loq) << "\n";
        if (!donor.days_after_infusion.empty()) {
            out << "    days after infusion:";
            for (const int days : donor.days_after_infusion) out << " " << days;
            out << "\n";
        }
    }
    if (sample.genomes) out << "  Genomes looked at: " << figures(*sample.genomes) << "\n";
    for (const bool real_time : {false, true}) print_markers(out, sample, real_time);
    for (const auto& note : sample.notes)
        out << "  " << to_string(note.severity) << ", " << note.where << ": " << note.what << "\n";
}

}  // namespace

std::string in_words(const DonorEstimate& estimate) {
    switch (estimate.call) {
        case DetectionCall::detected:
            return percent(estimate.fraction) + " (" + per_million(estimate.fraction) + " per million), detected";
        case DetectionCall::detected_below_loq:
            return percent(estimate.fraction) + " (" + per_million(estimate.fraction) +
                   " per million), detected, below the limit of quantification";
        case DetectionCall::not_detected:
            return "not detected, below " + per_million(estimate.upper) + " per million";
        case DetectionCall::not_calculated:
            break;
    }
    return "not calculated";
}

void print_table(std::ostream& out, const Result& result) {
    std::vector<std::vector<std::string>> rows;
    for (const auto& sample : result.samples)
        for (const auto& donor : sample.donors) {
            const auto& e = donor.estimate;
            std::string call = e.call == DetectionCall::detected_below_loq ? "detected, below LoQ"
                               : e.call == DetectionCall::detected         ? "detected"
                               : e.call == DetectionCall::not_detected     ? "not detected"
                                                                           : "not calculated";
            if (sample.blocked) call += " (blocked)";
            std::string days;
            for (const int d : donor.days_after_infusion) days += (days.empty() ? "" : ", ") + std::to_string(d);
            rows.push_back({sample.sample, to_string(sample.role), days, donor.donor, fraction(e), interval(e),
                            cells(e), call, limit(e.lod), sample.genomes ? figures(*sample.genomes) : "–"});
        }
    std::ostringstream confidence;
    confidence << 100 * result.confidence << " % interval";
    print_columns(out,
                  {{"Sample"},
                   {"Role"},
                   {"Day", Align::right},
                   {"Donor"},
                   {"Donor DNA", Align::right},
                   {confidence.str(), Align::right},
                   {"per million", Align::right},
                   {"Call"},
                   {"LoD per million", Align::right},
                   {"Genomes", Align::right}},
                  rows);
}

void print_report(std::ostream& out, const Result& result) {
    out << "Donor DNA fraction · microchim " << version << " · "
        << (result.instrument.empty() ? "instrument not stated" : result.instrument)
        << "\nFor research use until your laboratory has validated it.\n\n";
    print_table(out, result);
    for (const auto& sample : result.samples) print_sample(out, sample, result.confidence);
    print_curves(out, result);
    out << "\nFiles\n";
    for (const auto& input : result.inputs)
        out << "  " << input.sha256.substr(0, 16) << "  " << input.path << "  (" << input.reader << " "
            << input.reader_version << (input.reader_maturity == "draft" ? ", a draft" : "") << ")\n";
    for (const auto& file : result.settings) out << "  " << file.sha256.substr(0, 16) << "  " << file.path << "\n";
    if (!result.notes.empty()) out << "\nNotes\n";
    for (const auto& note : result.notes)
        out << "  " << to_string(note.severity) << (note.where.empty() ? "" : ", " + note.where) << ": " << note.what
            << "\n";
}

void print_csv(std::ostream& out, const Result& result) {
    out.precision(17);
    out << "case,sample,role,collected,specimen,donor,fraction,low,high,upper,call,p_value,lob,lod,loq,genomes\n";
    const auto number = [&](const std::optional<double>& value) {
        if (value) out << *value;
        out << ',';
    };
    for (const auto& sample : result.samples)
        for (const auto& donor : sample.donors) {
            const auto& e = donor.estimate;
            out << cell(sample.case_id) << ',' << cell(sample.sample) << ',' << to_string(sample.role) << ','
                << cell(sample.collected) << ',' << cell(sample.specimen) << ',' << cell(donor.donor) << ',';
            const bool known = e.call != DetectionCall::not_calculated;
            for (const double value : {e.fraction, e.low, e.high, e.upper})
                number(known ? std::optional(value) : std::nullopt);
            out << to_string(e.call) << ',';
            number(known ? std::optional(e.p_value) : std::nullopt);
            number(e.lob);
            number(e.lod);
            number(e.loq);
            if (sample.genomes) out << *sample.genomes;
            out << "\n";
        }
}

}  // namespace microchim::cli
