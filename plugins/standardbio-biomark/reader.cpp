// Fluidigm (now Standard BioTools) BioMark, digital PCR: the detailed and the summary export of its analysis program.
//
//   detailed   Chamber ID,Panel ID,Name,Type,rConc.,Name,Type,...,Value,Quality,Call,Target,Threshold,...   a chamber a
//   row summary    ID,Name,Type,rConc.,Name,Type,Threshold,Range Min,Range Max,Count,nVolume,Est. Targets,...   a panel
//   a row
//
// The real-time exports of the same instrument look alike and are not ours.
#include <algorithm>
#include <optional>
#include <string>
#include <vector>

#include "microchim/exports.hpp"
#include "microchim/reader.hpp"
#include "report.hpp"

namespace microchim::biomark {

using reader::Bundle;

struct BioMark {
    static constexpr const char* id = "standardbio-biomark";
    static constexpr const char* name = "Fluidigm BioMark digital PCR";
    static constexpr const char* version = "1.0.0";
    static constexpr const char* maturity = "tested";

    static std::int32_t probe(const Bundle& bundle, const Sink& sink) {
        std::size_t detailed = 0, summaries = 0;
        for (std::size_t i = 0; i < bundle.size(); ++i)
            if (const auto found = kind(bundle.bytes(i))) ++(found->detailed ? detailed : summaries);
        if (detailed + summaries == 0) return MICROCHIM_NO;
        const auto count = [](std::size_t n, const char* what) {
            return n == 0 ? std::string() : std::to_string(n) + " " + what + (n > 1 ? "s" : "");
        };
        sink.note(MICROCHIM_INFO, "",
                  count(detailed, "BioMark table") + (detailed ? " with a row per chamber" : "") +
                      (detailed && summaries ? " and " : "") + count(summaries, "BioMark table") +
                      (summaries ? " with a row per panel" : ""));
        return MICROCHIM_YES;
    }

    static void read(const Bundle& bundle, const Sink& sink) {
        std::vector<std::size_t> entries, others;
        std::vector<Kind> kinds;
        for (std::size_t i = 0; i < bundle.size(); ++i) {
            const auto found = kind(bundle.bytes(i));
            (found ? entries : others).push_back(i);
            if (found) kinds.push_back(*found);
        }
        if (entries.empty())
            throw FormatError(std::string(bundle.name(0)), "not a detailed or summary table of BioMark digital PCR");
        std::vector<File> files(entries.size());
        bundle.each(entries.size(), [&](std::size_t i) {
            files[i] = read_file(entries[i], bundle.name(entries[i]), bundle.bytes(entries[i]), kinds[i]);
        });
        const auto all = chips(std::move(files));
        for (const auto& chip : all) {
            const auto same = [&](const Chip& other) {
                return other.files.front().preamble.run == chip.files.front().preamble.run;
            };
            report(chip, std::count_if(all.begin(), all.end(), same) == 1, sink);
        }
        reader::note_ignored(bundle, others, "a detailed nor a summary table of BioMark digital PCR", sink);
    }
};

}  // namespace microchim::biomark

MICROCHIM_READER(microchim::biomark::BioMark);
