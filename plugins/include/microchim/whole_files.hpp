// For exports of which each file tells all of its runs, so that nothing can be joined: one run saved twice (as .csv and
// as .txt) counts once, and different ones stay apart, with a note where they have one name.
//
//   read_whole_files(bundle, sink, layout, read_export, "an export of Eco");
#pragma once

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "microchim/exports.hpp"
#include "microchim/parts.hpp"

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

namespace detail {

/// Equal where two runs say the same. Nothing is rounded here, as it is where files are merged (join_parts.hpp): a file
/// holds all of its run, and two that differ in anything are two.
inline std::string content(const Part& run) {
    std::string all;
    const auto put = [&](std::string_view text) { (all += text) += '\0'; };
    const auto bits = [&](const auto& value) {
        all.append(reinterpret_cast<const char*>(&value), sizeof value);  // NaN equals NaN here
    };
    for (const auto& [field, what] : stated_texts) put(run.*field);
    for (const auto& r : run.reactions.all()) {
        for (const auto* text : {&r.well, &r.target, &r.dye, &r.position, &r.sample, &r.unit, &r.status}) put(*text);
        for (const auto value : {r.quantity, r.cq, r.threshold, r.efficiency}) bits(value);
        for (const auto value : {r.baseline_first, r.baseline_last}) bits(value);
        for (const auto value : {r.type, r.signal, r.amplified, r.excluded}) bits(value);
        for (const auto value : r.fluorescence) bits(value);
        for (const auto value : r.baselined) bits(value);
    }
    for (const auto& a : run.attributes) put(a.well), put(a.key), put(a.value);
    return all;
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
    Parts runs;
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
        for (auto n = before; n < runs.size(); ++n) runs[n].entries = {i}, runs[n].name = name;
    }
    if (runs.empty()) throw FormatError(std::string(bundle.name(0)), "this is not " + what);
    std::map<std::string, Part*> known;  // by what they say
    std::vector<Part*> distinct;
    for (auto& run : runs) {
        const auto [at, fresh] = known.try_emplace(detail::content(run), &run);
        auto& first = *at->second;
        if (fresh) distinct.push_back(&run);
        else {
            first.note(MICROCHIM_INFO, "", run.name + " says the same as " + first.name + "; it counts once.");
            first.entries.push_back(run.entries.front());
        }
    }
    std::set<std::string> ids;
    for (auto* run : distinct) {
        auto& id = run->id;
        if (id.empty() && distinct.size() > 1) {  // a name that is not stated is needed only to tell runs apart
            const auto name = run->plate.empty() ? detail::stem(run->name) : run->plate;
            id = name;
            for (int n = 2; ids.contains(id); ++n) id = name + " (" + std::to_string(n) + ")";
        } else if (!id.empty() && ids.contains(id)) {
            run->note(MICROCHIM_WARNING, "",
                      "Another file names its run " + detail::quoted(id) +
                          " too, but does not say the same; the two are kept apart.");
        }
        ids.insert(id);
        run->report(sink);
    }
    note_ignored(bundle, others, what + " nor part of one", sink);
}

}  // namespace microchim::reader
