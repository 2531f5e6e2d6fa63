#include "core/chimerism/case.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <set>

#include "core/chimerism/toml_table.hpp"
#include "core/run/sha256.hpp"

namespace microchim::chimerism {
namespace {

using Days = std::chrono::sys_days;

std::optional<Days> parse_date(std::string_view text) {
    int year = 0;
    unsigned month = 0, day = 0;
    const auto field = [&](std::size_t at, std::size_t size, auto& value) {
        const auto* begin = text.data() + at;
        const auto [stop, fault] = std::from_chars(begin, begin + size, value);
        return fault == std::errc{} && stop == begin + size;
    };
    if (text.size() != 10 || text[4] != '-' || text[7] != '-') return std::nullopt;
    if (!field(0, 4, year) || !field(5, 2, month) || !field(8, 2, day)) return std::nullopt;
    const std::chrono::year_month_day date{std::chrono::year(year), std::chrono::month(month), std::chrono::day(day)};
    return date.ok() ? std::optional(Days(date)) : std::nullopt;
}

std::string read_date(TomlTable& table, std::string_view key) {
    auto text = table.date(key);
    if (!text.empty() && !parse_date(text)) table.fail(key, "is '" + text + "', expected a date such as 2026-03-02.");
    return text;
}

Person read_person(TomlTable& table, bool donor) {
    Person person;
    if (donor) {
        person.id = table.required_text("id");
        person.relation = table.text("relation");
    }
    person.sex = table.text("sex");
    if (!person.sex.empty() && person.sex != "female" && person.sex != "male")
        table.fail("sex", "is '" + person.sex + "', expected \"female\" or \"male\".");
    person.hla = table.texts("hla");
    table.finish();
    return person;
}

CaseSample read_sample(TomlTable& table) {
    CaseSample sample;
    sample.name = table.required_text("name");
    const auto role = table.text("role");
    static constexpr std::array roles{Role::baseline, Role::follow_up, Role::donor, Role::recipient};
    const auto* known = std::ranges::find_if(roles, [&](Role r) { return role == to_string(r); });
    if (known != roles.end()) sample.role = *known;
    else if (!role.empty())
        table.fail("role", "is '" + role + "'.", "Use one of baseline, follow-up, donor, recipient.");
    sample.collected = read_date(table, "collected");
    sample.specimen = table.text("specimen");
    sample.dna_ng = table.number("dna_ng", 0, 1e9);
    table.finish();
    return sample;
}

std::vector<Genotype> read_genotype(TomlTable& section, const std::vector<Person>& donors) {
    std::vector<Genotype> all;
    for (const auto& marker : section.keys()) {
        auto entry = section.table(marker);
        Genotype genotype;
        genotype.marker = marker;
        genotype.recipient = entry->number("recipient", 0, 1e5);
        for (const auto& donor : donors)
            if (const auto copies = entry->number(donor.id, 0, 1e5)) genotype.donors[donor.id] = *copies;
        entry->finish(true);
        all.push_back(std::move(genotype));
    }
    return all;
}

}  // namespace

const char* to_string(Role role) {
    static constexpr std::array names{"baseline", "follow-up", "donor", "recipient"};
    return names.at(static_cast<std::size_t>(role));
}

std::optional<int> days_between(std::string_view from, std::string_view to) {
    const auto a = parse_date(from), b = parse_date(to);
    if (!a || !b) return std::nullopt;
    return static_cast<int>((*b - *a).count());
}

Case parse_case(std::string_view toml, const std::string& name) {
    const auto parsed = parse_toml(toml, name);
    Case out;
    TomlTable top(parsed, name, "", out.ignored);
    require_schema(top, "microchim/case/1");
    out.file = {name, sha256(toml)};
    out.id = top.required_text("id");
    if (auto table = top.table("recipient")) out.recipient = read_person(*table, false);

    std::set<std::string> ids{"recipient"};
    for (auto& table : top.tables("donor")) {
        out.donors.push_back(read_person(table, true));
        if (!ids.insert(out.donors.back().id).second)
            table.fail("id", "'" + out.donors.back().id + "' is taken: every donor needs an id of its own.");
    }
    if (out.donors.empty()) top.fail("donor", "is missing: a case needs at least one [[donor]].");
    if (auto table = top.table("genotype")) out.genotype = read_genotype(*table, out.donors);

    for (auto& table : top.tables("infusion")) {
        Infusion infusion{table.required_text("donor"),         read_date(table, "date"),
                          table.number("cycle", 0, 1000),       table.number("mnc_per_kg", 0, 1e13),
                          table.number("cd34_per_kg", 0, 1e13), table.number("cd3_per_kg", 0, 1e13)};
        if (infusion.donor == "recipient" || !ids.contains(infusion.donor))
            table.fail("donor", "'" + infusion.donor + "' is no [[donor]] of this case.");
        table.finish();
        out.infusions.push_back(std::move(infusion));
    }
    std::set<std::string> names;
    for (auto& table : top.tables("sample")) {
        out.samples.push_back(read_sample(table));
        if (!names.insert(out.samples.back().name).second)
            table.fail("name", "'" + out.samples.back().name + "' stands twice.");
    }
    top.finish();
    return out;
}

Case load_case(const std::filesystem::path& path) {
    return parse_case(read_settings(path.string()), path.string());
}

}  // namespace microchim::chimerism
