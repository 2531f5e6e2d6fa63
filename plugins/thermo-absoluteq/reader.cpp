// Thermo Fisher Absolute Q: what its software exports, alone or all files of a run together.
//
//   run_summary.csv         counts of every well, or an older result table
//   run_multichannel.csv    how often each combination of dyes was positive, by sample
//   run_fluorescence.csv    every chamber of every well
//
// Files join into a run by the names of run and plate in them, where their samples and counts agree.
#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "chambers.hpp"
#include "combinations.hpp"
#include "fluorescence.hpp"
#include "microchim/exports.hpp"
#include "microchim/join.hpp"
#include "microchim/reader.hpp"
#include "place.hpp"
#include "report.hpp"
#include "results.hpp"
#include "summary.hpp"

namespace microchim::absoluteq {
namespace {

using reader::Bundle;

struct Member {
    std::size_t entry;
    Dialect dialect;
};

/// What the entries of a bundle are.
struct Contents {
    std::vector<Member> members;
    std::vector<std::size_t> empty, others;
};

/// Whether a file has a line below its column names.
bool has_rows(std::string_view bytes, const Dialect& dialect) {
    const auto head = reader::head(bytes);
    for (std::size_t n = dialect.lines_above + 1; n < dialect.lines_above + 4; ++n)
        if (reader::line(head, n).find_first_not_of(" \t,;\"") != std::string_view::npos) return true;
    return bytes.size() > 16384;
}

Contents sort_out(const Bundle& bundle) {
    Contents contents;
    std::vector<Member> without_rows;
    for (std::size_t i = 0; i < bundle.size(); ++i) {
        const auto bytes = bundle.bytes(i);
        if (const auto found = dialect(bytes))
            (has_rows(bytes, *found) ? contents.members : without_rows).push_back({i, *found});
        else if (bytes.find_first_not_of("\xEF\xBB\xBF \t\r\n,") == bytes.npos) contents.empty.push_back(i);
        else contents.others.push_back(i);
    }
    if (contents.members.empty()) contents.members = without_rows;
    else
        for (const auto& member : without_rows) contents.empty.push_back(member.entry);
    return contents;
}

std::vector<Part> read_member(const Bundle& bundle, const Member& member) {
    const auto file = bundle.name(member.entry), bytes = bundle.bytes(member.entry);
    switch (member.dialect.kind) {
        case Kind::results:
            return read_results(file, bytes, member.dialect, member.entry);
        case Kind::summary:
            return read_summary(file, bytes, member.dialect, member.entry);
        case Kind::combinations:
            return read_combinations(file, bytes, member.dialect, member.entry);
        case Kind::fluorescence:
            return read_fluorescence(bundle, member.entry, member.dialect);
        case Kind::partitions:
            return read_partitions(bundle, member.entry, member.dialect);
    }
    return {};
}

/// Tables first: their counts are the vendor's. What names no wells comes last, when the others have said them.
int rank(const Part& part) {
    if (part.dialect.kind == Kind::summary) return 0;
    if (part.dialect.kind == Kind::results) return 1;
    return lacks_wells(part) ? (part.dialect.kind == Kind::partitions ? 3 : 4) : 2;
}

/// Joins a part to the first run that it belongs to and does not contradict, or begins a run with it.
void take(const Part& part, std::vector<Run>& runs, std::vector<Note>& notes, bool alone) {
    std::string apart;
    Placed placed;
    const auto against = [&](const Run& run) -> std::optional<std::string> {
        if (!same_run(part, run)) return std::nullopt;
        placed = lacks_wells(part) ? place(part, &run) : Placed{part, ""};
        const auto why = placed.why_not.empty() ? contradiction(placed.part, run) : placed.why_not;
        return why.empty() ? why : "not read as one run with " + run.files.front() + ", because " + why;
    };
    if (auto* run = reader::home(runs, against, apart)) return merge(std::move(placed.part), *run);
    placed = lacks_wells(part) ? place(part, nullptr) : Placed{part, ""};
    if (!placed.why_not.empty()) {
        const auto what = std::string("this is a ") + part.dialect.what + ": " + placed.why_not;
        if (alone) throw FormatError(part.file, what);
        notes.push_back(
            {MICROCHIM_WARNING, part.file, "Left out: " + (apart.empty() ? what : apart + "; and " + what) + "."});
        return;
    }
    if (lacks_wells(part))
        placed.part.notes.push_back({MICROCHIM_INFO, part.file,
                                     "This file names samples, not wells; the wells are those that the samples are "
                                     "called after."});
    runs.push_back(begin_run(std::move(placed.part)));
    if (!apart.empty()) runs.back().apart = "This file was " + apart + ".";
}

/// Names of runs that tell them apart.
std::vector<std::string> ids(const std::vector<Run>& runs) {
    std::vector<std::string> names;
    std::map<std::string, int> times;
    for (const auto& run : runs) ++times[run.all.run];
    for (const auto& run : runs) {
        const bool told = !run.all.run.empty() && times[run.all.run] == 1;
        auto name = told ? run.all.run
                         : run.all.run + (run.all.run.empty() ? "" : " (") + stem(run.files.front()) +
                               (run.all.run.empty() ? "" : ")");
        const auto base = name;
        for (int n = 2; std::ranges::find(names, name) != names.end(); ++n) {
            const auto file = run.files.front().substr(run.files.front().rfind('/') + 1);
            name = n == 2 ? base + " " + file : base + " " + std::to_string(n);
        }
        names.push_back(name);
    }
    return names;
}

void report_empty(const Bundle& bundle, const Contents& contents, const Sink& sink) {
    if (contents.empty.empty()) return;
    std::string names;
    for (const auto entry : contents.empty) {
        if (names.size() > 400) break;
        names += (names.empty() ? "" : ", ") + std::string(bundle.name(entry));
    }
    sink.note(MICROCHIM_INFO, "", "There is nothing in these files: " + names + ".");
}

}  // namespace

struct AbsoluteQ {
    static constexpr const char* id = "thermo-absoluteq";
    static constexpr const char* name = "Thermo Fisher Absolute Q";
    static constexpr const char* version = "1.0.0";
    static constexpr const char* maturity = "tested";

    static std::int32_t probe(const Bundle& bundle, const Sink& sink) {
        const auto contents = sort_out(bundle);
        if (contents.members.empty()) return MICROCHIM_NO;
        std::string why;
        for (const auto& member : contents.members)
            if (why.find(member.dialect.what) == why.npos)
                why += std::string(why.empty() ? "the columns of a " : ", ") + member.dialect.what;
        sink.note(MICROCHIM_INFO, "", why + " of the Absolute Q software");
        return MICROCHIM_YES;
    }

    static void read(const Bundle& bundle, const Sink& sink) {
        const auto contents = sort_out(bundle);
        if (contents.members.empty())
            throw FormatError(std::string(bundle.name(0)), "this is no file of the Absolute Q software");
        std::vector<Part> parts;
        for (const auto& member : contents.members)
            for (auto& part : read_member(bundle, member)) parts.push_back(std::move(part));
        std::ranges::stable_sort(parts, {}, rank);
        std::vector<Run> runs;
        std::vector<Note> notes;
        for (const auto& part : parts) take(part, runs, notes, &part == &parts.back() && runs.empty());
        if (runs.empty()) throw FormatError(notes.front().where, notes.front().what);
        const auto names = ids(runs);
        for (std::size_t r = 0; r < runs.size(); ++r) {
            report(runs[r], names[r], bundle.size() == 1 && runs.size() == 1, sink);
            if (r > 0) continue;
            for (const auto& note : notes) sink.note(note.severity, note.where, note.what);
            reader::note_ignored(bundle, contents.others, "tables nor chambers of the Absolute Q software", sink);
            report_empty(bundle, contents, sink);
        }
    }
};

}  // namespace microchim::absoluteq

MICROCHIM_READER(microchim::absoluteq::AbsoluteQ);
