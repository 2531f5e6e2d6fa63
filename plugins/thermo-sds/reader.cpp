// The programs of the older real-time instruments of Applied Biosystems: SDS 1.x (7000, 7300, 7500), SDS 2.x (7900HT),
// SDS 1 (7700), and the StepOne and 7500 software v2.
//
//   v2       * Block Type = 96well ... [Results] ... Well = "A1", no "Well Position"
//   SDS 1.x  Document Name: monday ... Well,Sample Name,Detector,Task,Ct,StdDev Ct,...
//   SDS 2.x  SDS 2.3<TAB>AQ Results<TAB>1.0 ... Well = 1 to 384
//   7700     Well<TAB>Reporter<TAB>Type<TAB>...<TAB>Sample Name
#include "clipped.hpp"
#include "sds7700.hpp"

namespace microchim::thermo {

struct Sds {
    static constexpr const char* id = "thermo-sds";
    static constexpr const char* name = "Applied Biosystems SDS, StepOne and 7500 software";
    static constexpr const char* version = "1.0.0";
    static constexpr const char* maturity = "tested";

    static std::int32_t probe(const Bundle& bundle, const Sink& sink) {
        for (std::size_t i = 0; i < bundle.size(); ++i) {
            const auto dialect = dialect_of(bundle.name(i), bundle.bytes(i));
            if (dialect == Dialect::none) continue;
            static constexpr const char* words[] = {"", "the preamble of StepOne or 7500 software v2",
                                                    "a table of results of SDS", "a clipped export of SDS 1",
                                                    "a table of the 7700"};
            sink.note(MICROCHIM_INFO, "", words[static_cast<int>(dialect)]);
            return MICROCHIM_YES;
        }
        return MICROCHIM_NO;
    }

    static void read(const Bundle& bundle, const Sink& sink) {
        constexpr std::string_view what = "an export of SDS nor of the StepOne or 7500 software";
        std::vector<std::size_t> sections, others;
        std::vector<bool> sheet;
        std::vector<File> files;
        for (std::size_t i = 0; i < bundle.size(); ++i) {
            const auto dialect = dialect_of(bundle.name(i), bundle.bytes(i));
            if (dialect == Dialect::none) others.push_back(i);
            else if (dialect != Dialect::v2) files.push_back(open_file(bundle, i, dialect));
            else {
                sections.push_back(i);
                sheet.push_back(whose(bundle.name(i), bundle.bytes(i)).sheet);
            }
        }
        if (sections.empty() && files.empty())
            throw FormatError(std::string(bundle.name(0)), "this is neither " + std::string(what));
        for (const auto& run : runs_of(bundle, sections, sheet, sink)) report(run, sink);
        for (std::size_t i = 0; i < files.size(); ++i) {
            const auto same = [&](const File& other) {
                return bundle.bytes(other.entry) == bundle.bytes(files[i].entry);
            };
            if (std::any_of(files.begin(), files.begin() + static_cast<std::ptrdiff_t>(i), same)) continue;
            if (files[i].dialect == Dialect::results) read_results_file(files[i], sink);
            else if (files[i].dialect == Dialect::clipped) read_clipped_file(files[i], sink);
            else read_7700_file(files[i], sink);
        }
        reader::note_ignored(bundle, others, what, sink);
    }
};

}  // namespace microchim::thermo

MICROCHIM_READER(microchim::thermo::Sds);
