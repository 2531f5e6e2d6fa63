// Thermo Fisher (Applied Biosystems) Design & Analysis, and what is made like it.
//
//   1.x  .xls, .xlsx   a sheet per table, above each "Block Type","96-Well 0.1-mL Block" ... without stars
//   2.x  .xlsx, .csv   above each table "File Name","plate.eds" ... "Software Name and Version"
//   Diomni .xlsx       as 2.x, with other names of the sheets
//
// The layout of 1.x is that of the RT-PCR software: ../thermo-shared.
#include "report.hpp"

namespace microchim::thermo {
namespace {

struct Contents {
    std::vector<std::size_t> first, second, others;
};

Contents sort_out(const Bundle& bundle) {
    Contents contents;
    for (std::size_t i = 0; i < bundle.size(); ++i) {
        const auto origin = whose(bundle.name(i), bundle.bytes(i));
        if (origin.program == Program::design_analysis) contents.first.push_back(i);
        else if (origin.program == Program::none && is_second(bundle.name(i), bundle.bytes(i)))
            contents.second.push_back(i);
        else contents.others.push_back(i);
    }
    return contents;
}

}  // namespace

struct DesignAnalysis {
    static constexpr const char* id = "thermo-design-analysis";
    static constexpr const char* name = "Thermo Fisher Design & Analysis";
    static constexpr const char* version = "1.0.0";
    static constexpr const char* maturity = "tested";

    static std::int32_t probe(const Bundle& bundle, const Sink& sink) {
        const auto contents = sort_out(bundle);
        if (contents.first.empty() && contents.second.empty()) return MICROCHIM_NO;
        sink.note(MICROCHIM_INFO, "",
                  contents.first.empty() ? "the lines above a table are those of Design & Analysis 2"
                                         : "the lines above a table are those of Design & Analysis 1");
        return MICROCHIM_YES;
    }

    static void read(const Bundle& bundle, const Sink& sink) {
        const auto contents = sort_out(bundle);
        if (contents.first.empty() && contents.second.empty())
            throw FormatError(std::string(bundle.name(0)), "this is no export of Design & Analysis");
        for (const auto& run : runs_of(bundle, contents.first, std::vector<bool>(contents.first.size(), true), sink))
            report(run, sink);
        const std::vector<bool> sheets(contents.second.size(), true);
        for (const auto& run : runs_of(bundle, contents.second, sheets, sink, name_tables)) report_second(run, sink);
        reader::note_ignored(bundle, contents.others, "tables of Design & Analysis", sink);
    }
};

}  // namespace microchim::thermo

MICROCHIM_READER(microchim::thermo::DesignAnalysis);
