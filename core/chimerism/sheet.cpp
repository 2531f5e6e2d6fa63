#include "core/chimerism/sheet.hpp"

#include <microchim/reader.hpp>
#include <microchim/table.hpp>

#include <set>

#include "core/chimerism/case.hpp"
#include "core/run/errors.hpp"
#include "core/run/well.hpp"

namespace microchim::chimerism {
namespace {

void check(const reader::Table& table, std::size_t r, const SheetRow& row, std::optional<std::size_t> role,
           std::optional<std::size_t> collected, std::optional<std::size_t> dilution) {
    static const std::set<std::string, std::less<>> roles{
        "", "baseline", "follow-up", "donor", "recipient", "unkn", "ntc", "nac", "std", "ntp", "nrt", "pos", "opt"};
    if (!roles.contains(row.role))
        throw reader::FormatError(table.where(r, *role), "'" + row.role + "' is no role, such as follow-up or ntc");
    if (!row.collected.empty() && !days_between(row.collected, row.collected))
        throw reader::FormatError(table.where(r, *collected), "'" + row.collected + "' is no date, such as 2026-03-30");
    if (row.dilution && !(*row.dilution >= 1e-3 && *row.dilution <= 1e6))
        throw reader::FormatError(table.where(r, *dilution),
                                  "a dilution lies between 0.001 and 1000000; 10 means 1:10");
}

std::vector<SheetRow> parse(std::string_view csv, const std::string& name) {
    auto text = reader::utf8(csv);
    const auto first = text.substr(0, text.find_first_of("\r\n"));
    const bool semicolon = first.find(';') != std::string::npos && first.find(',') == std::string::npos;
    const reader::Table table(name, std::move(text), semicolon ? ';' : ',');
    const auto well = table.find({"well"}), sample = table.find({"sample"});
    if (!well && !sample)
        throw ConfigError(name + ":1: a sample sheet needs a column 'well' or 'sample'.", name, 1,
                          "Columns: well,sample,role,case,collected,specimen,dna_ng,dilution.");
    const auto role = table.find({"role"}), of_case = table.find({"case"}), collected = table.find({"collected"}),
               specimen = table.find({"specimen"}), dna = table.find({"dna_ng"}), dilution = table.find({"dilution"});
    const auto cell = [&](std::size_t r, const std::optional<std::size_t>& c) {
        return c ? std::string(table.cell(r, *c)) : std::string();
    };
    std::vector<SheetRow> rows;
    for (std::size_t r = 0; r < table.size(); ++r) {
        SheetRow row{{}, cell(r, sample), cell(r, role), cell(r, of_case), cell(r, collected), cell(r, specimen), {},
                     {}};
        if (const auto text_of_well = cell(r, well); !text_of_well.empty()) {
            const auto parsed = Well::parse(text_of_well);
            if (!parsed)
                throw reader::FormatError(table.where(r, *well), "'" + text_of_well + "' is no well, such as A01");
            row.well = parsed->name();
        }
        if (dna) row.dna_ng = table.number<double>(r, *dna);
        if (dilution) row.dilution = table.number<double>(r, *dilution);
        check(table, r, row, role, collected, dilution);
        rows.push_back(std::move(row));
    }
    return rows;
}

}  // namespace

std::vector<SheetRow> parse_sheet(std::string_view csv, const std::string& name) {
    try {
        return parse(csv, name);
    } catch (const reader::FormatError& error) {
        throw ConfigError(error.where + ": " + error.what() + ".", name);
    }
}

}  // namespace microchim::chimerism
