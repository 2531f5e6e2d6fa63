// Agilent (Stratagene) Mx3000P and Mx3005P: the tables that MxPro exports, as text or as a workbook.
//
//   text report            Well, Well Name, Well Type, Threshold (dRn), Ct (dRn), Quantity (copies), ...
//   amplification plots    A1, Repl. 1, Level 1, FAM / Cycles / Fluorescence (dRn), a block per well and dye
//   raw data               Segment, Ramp/Plateau, Ramp/Plateau #, Well, Dye, Cycle #, Fluorescence, Temperature
#include <map>
#include <set>
#include <string>
#include <vector>

#include "microchim/exports.hpp"
#include "microchim/join_parts.hpp"
#include "microchim/parts.hpp"
#include "microchim/reader.hpp"
#include "plots.hpp"
#include "raw.hpp"
#include "report.hpp"
#include "runs.hpp"

namespace microchim::mx {
namespace {

using reader::Bundle;
using reader::Sink;

Part read_file(std::size_t entry, std::string_view name, std::string_view bytes, const Dialect& dialect) {
    Part part;
    part.entries = {entry};
    part.name = name;
    part.dialects = {name_of(dialect.kind)};
    const auto text = reader::utf8(bytes);
    if (dialect.kind == Kind::plots) {
        read_plots(text, dialect, part);
        return part;
    }
    const Table table(part.name, text, dialect.delimiter, dialect.header);
    if (dialect.kind == Kind::raw) read_raw(table, dialect.header > 0 ? reader::line(text, 0) : "", part);
    else read_report(table, part);
    if (table.size() == 0)
        throw FormatError(part.name, "there is no row below the column names; the file may have been cut off");
    return part;
}

}  // namespace

struct Mx {
    static constexpr const char* id = "agilent-mx";
    static constexpr const char* name = "Agilent MxPro";
    static constexpr const char* version = "1.0.0";
    static constexpr const char* maturity = "tested";

    static std::int32_t probe(const Bundle& bundle, const Sink& sink) {
        std::set<std::string> found;
        for (std::size_t i = 0; i < bundle.size(); ++i)
            if (const auto known = dialect(bundle.bytes(i))) found.insert(name_of(known->kind));
        if (found.empty()) return MICROCHIM_NO;
        std::string all;
        for (const auto& one : found) all += (all.empty() ? "" : ", ") + one;
        sink.note(MICROCHIM_INFO, "", "the column names of " + all);
        return MICROCHIM_YES;
    }

    static void read(const Bundle& bundle, const Sink& sink) {
        std::vector<Part> parts;
        std::vector<std::size_t> others;
        std::map<std::string_view, std::size_t> seen;
        for (std::size_t i = 0; i < bundle.size(); ++i) {
            const auto known = dialect(bundle.bytes(i));
            if (!known) {
                others.push_back(i);
                continue;
            }
            const auto [first, fresh] = seen.emplace(bundle.bytes(i), parts.size());
            if (fresh) parts.push_back(read_file(i, bundle.name(i), bundle.bytes(i), *known));
            else {
                parts[first->second].entries.push_back(i);
                parts[first->second].note(
                    MICROCHIM_INFO, std::string(bundle.name(i)),
                    "This says exactly what " + parts[first->second].name + " says, and was read once.");
            }
        }
        if (parts.empty()) throw FormatError(std::string(bundle.name(0)), "not a table of MxPro");
        const auto reports = reports_of(parts);
        std::map<std::string, std::string> report_of;  // by name of file
        for (std::size_t i = 0; i < parts.size(); ++i)
            report_of[parts[i].name] = reports[i] == std::string::npos ? parts[i].name : parts[reports[i]].name;
        for (const auto& run : reader::join(std::move(parts), [&](const Part&one, const Part&other) {
                 return report_of[one.name] == report_of[other.name];
             }))
            run.report(sink);
        reader::note_ignored(bundle, others, "reports, plots nor raw data of MxPro", sink);
    }
};

}  // namespace microchim::mx

MICROCHIM_READER(microchim::mx::Mx);
