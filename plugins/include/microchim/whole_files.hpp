// For exports of which each file holds whole runs and nothing else belongs to it: the runs are gathered from all files
// and then reported, so that one run saved twice (as .csv and as .txt) counts once and different ones stay apart.
//
//   read_whole_files(bundle, sink, layout, read_export, "an export of Eco");
#pragma once

#include <cstring>
#include <deque>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "microchim/exports.hpp"
#include "microchim/reactions.hpp"

namespace microchim::reader {

/// The lines of a text, for files that hold several tables.
class TextLines {
public:
    explicit TextLines(std::string text) : text_(std::move(text)) {
        const std::string_view all = text_;
        for (std::size_t at = 0; at < all.size();) {
            const auto end = std::min(all.find_first_of("\r\n", at), all.size());
            lines_.push_back({at, end - at});
            at = end + (all.substr(end, 2) == "\r\n" ? 2 : 1);
        }
    }
    std::size_t size() const { return lines_.size(); }
    /// Without its end; empty past the last.
    std::string_view operator[](std::size_t n) const {
        return n < size() ? std::string_view(text_).substr(lines_[n].begin, lines_[n].size) : std::string_view{};
    }
    /// Whether it holds nothing but blanks, quotes and delimiters.
    bool blank(std::size_t n) const { return (*this)[n].find_first_not_of(" ,;\t\"") == std::string_view::npos; }
    /// The table whose column names are in line `header`, with the lines up to `end`, which is excluded.
    Table table(const std::string& name, std::size_t header, std::size_t end, char delimiter) const {
        return {name, text_.substr(0, end < size() ? lines_[end].begin : text_.size()), delimiter, header};
    }

private:
    struct Line {
        std::size_t begin, size;
    };
    std::string text_;
    std::vector<Line> lines_;
};

/// What was read of one run, before it is reported.
struct GatheredRun {
    std::string id, plate, instrument, serial_number, consumable, software, software_version, started;
    std::vector<std::size_t> entries;  ///< the files it was read from
    Reactions reactions;
    struct Attribute {
        std::string well, key, value;
    };
    std::vector<Attribute> attributes;
    struct Note {
        std::int32_t severity;
        std::string where, what;
    };
    std::vector<Note> notes;

    /// Keeps what the file says besides; an empty value says nothing.
    void keep(std::string_view well, std::string_view key, std::string_view value) {
        if (!value.empty()) attributes.push_back({std::string(well), std::string(key), std::string(value)});
    }
    /// Keeps the cells of all columns that `taken` does not name: of the run where all rows say the same, of a well
    /// where all of its rows do, else with the label of the row, "Quality [S48-A01]". Rows without a name are skipped.
    void keep_columns(const Table& table, const std::vector<RowName>& rows,
                      const std::function<bool(std::size_t)>& taken, const std::vector<std::string>& names = {}) {
        for (std::size_t c = 0; c < table.header().size(); ++c) {
            const auto name = c < names.size() ? names[c] : std::string(detail::trimmed(table.header()[c]));
            if (taken(c) || name.empty()) continue;
            std::map<std::string_view, std::string_view> wells;
            std::set<std::string_view> values;
            bool same = true;
            for (std::size_t row = 0; row < rows.size(); ++row) {
                if (rows[row].well.empty()) continue;
                const auto cell = detail::trimmed(table.cell(row, c));
                values.insert(cell);
                same = wells.try_emplace(rows[row].well, cell).first->second == cell && same;
            }
            if (values.size() == 1 && wells.size() > 1) keep("", name, *values.begin());
            else if (same)
                for (const auto& [well, cell] : wells) keep(well, name, cell);
            else
                for (std::size_t row = 0; row < rows.size(); ++row)
                    if (const auto& [well, label] = rows[row]; !well.empty())
                        keep(well, label.empty() ? name : name + " [" + label + "]",
                             detail::trimmed(table.cell(row, c)));
        }
    }

    /// Equal where two runs say the same.
    std::string content() {
        std::string all;
        const auto put = [&](std::string_view text) { (all += text) += '\0'; };
        const auto bits = [&](const auto& value) {
            all.append(reinterpret_cast<const char*>(&value), sizeof value);  // NaN equals NaN here
        };
        for (const auto* text :
             {&id, &plate, &instrument, &serial_number, &consumable, &software, &software_version, &started})
            put(*text);
        for (const auto& r : reactions.all()) {
            for (const auto* text : {&r.well, &r.target, &r.dye, &r.position, &r.sample, &r.unit, &r.status})
                put(*text);
            for (const auto value : {r.quantity, r.cq, r.threshold, r.efficiency}) bits(value);
            for (const auto value : {r.baseline_first, r.baseline_last}) bits(value);
            for (const auto value : {r.type, r.signal, r.amplified, r.excluded}) bits(value);
            for (const auto value : r.fluorescence) bits(value);
            for (const auto value : r.baselined) bits(value);
        }
        for (const auto& a : attributes) put(a.well), put(a.key), put(a.value);
        return all;
    }
};

/// References to its runs stay valid while it grows.
using GatheredRuns = std::deque<GatheredRun>;

namespace detail {

inline void report_run(GatheredRun& run, const Sink& sink) {
    microchim_run fact{};
    fact.id = text(run.id);
    fact.plate = text(run.plate);
    fact.instrument = text(run.instrument);
    fact.serial_number = text(run.serial_number);
    fact.consumable = text(run.consumable);
    fact.software = text(run.software);
    fact.software_version = text(run.software_version);
    fact.started = text(run.started);
    fact.entries = run.entries.data();
    fact.entry_count = run.entries.size();
    sink.run(fact);
    run.reactions.report(sink);
    for (const auto& a : run.attributes) sink.attribute(a.well, a.key, a.value);
    for (const auto& note : run.notes) sink.note(note.severity, note.where, note.what);
}

/// "folder/run 7.csv" -> "run 7"
inline std::string stem(std::string_view name) {
    name.remove_prefix(name.find_last_of('/') == name.npos ? 0 : name.find_last_of('/') + 1);
    return std::string(name.substr(0, name.find_last_of('.')));
}

}  // namespace detail

/// Answers for a reader of such files. layout(lines) says where in a file of its own things are, and nothing for
/// others.
template <class Layout>
std::int32_t probe_whole_files(const Bundle& bundle, const Sink& sink, Layout layout, std::string_view why) {
    for (std::size_t i = 0; i < bundle.size(); ++i) {
        if (!layout(TextLines(head(bundle.bytes(i))))) continue;
        sink.note(MICROCHIM_INFO, "", why);
        return MICROCHIM_YES;
    }
    return MICROCHIM_NO;
}

/// Reads each file that has a layout with read(name, lines, layout, runs), which appends the runs of the file, and
/// reports all runs. Other files are named in a note. `what`: "an export of Eco".
template <class Layout, class Read>
void read_whole_files(const Bundle& bundle, const Sink& sink, Layout layout, Read read, const std::string& what) {
    std::vector<std::size_t> others;
    GatheredRuns runs, distinct;
    std::vector<std::string> contents;
    for (std::size_t i = 0; i < bundle.size(); ++i) {
        if (!layout(TextLines(head(bundle.bytes(i))))) {
            others.push_back(i);
            continue;
        }
        const auto before = runs.size();
        const std::string name(bundle.name(i));
        const TextLines lines(utf8(bundle.bytes(i)));
        const auto found = layout(lines);
        if (!found) throw FormatError(name, "this is not " + what + ", although its head looks like one");
        read(name, lines, *found, runs);
        for (auto n = before; n < runs.size(); ++n) runs[n].entries = {i};
    }
    if (runs.empty()) throw FormatError(std::string(bundle.name(0)), "this is not " + what);
    for (auto& run : runs) {
        auto content = run.content();
        const auto known = std::find(contents.begin(), contents.end(), content) - contents.begin();
        if (static_cast<std::size_t>(known) == contents.size()) {
            contents.push_back(std::move(content));
            distinct.push_back(std::move(run));
            continue;
        }
        auto& first = distinct[static_cast<std::size_t>(known)];
        first.notes.push_back({MICROCHIM_INFO, "",
                               std::string(bundle.name(run.entries.front())) + " says the same as " +
                                   std::string(bundle.name(first.entries.front())) + "; it counts once."});
        first.entries.push_back(run.entries.front());
    }
    std::set<std::string> ids;
    for (auto& run : distinct) {
        if (run.id.empty() && distinct.size() > 1) {  // a name that is not stated is needed only to tell runs apart
            const auto name = run.plate.empty() ? detail::stem(bundle.name(run.entries.front())) : run.plate;
            run.id = name;
            for (int n = 2; ids.contains(run.id); ++n) run.id = name + " (" + std::to_string(n) + ")";
        } else if (!run.id.empty() && ids.contains(run.id)) {
            run.notes.push_back({MICROCHIM_WARNING, "",
                                 "Another file names its run " + detail::quoted(run.id) +
                                     " too, but does not say the same; the two are kept apart."});
        }
        ids.insert(run.id);
        detail::report_run(run, sink);
    }
    note_ignored(bundle, others, what + " nor part of one", sink);
}

}  // namespace microchim::reader
