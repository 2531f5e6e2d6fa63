// One profile from its TOML text. Whatever is wrong with it is said with file, line and key.
#include "instruments/profile.hpp"

#include <toml++/toml.h>

#include <algorithm>
#include <cmath>
#include <initializer_list>

#include "core/run/errors.hpp"
#include "plugins/include/microchim/toml_text.hpp"

namespace microchim::instruments {
namespace {

/// One table of the file and how its keys are called in a complaint ("partition.volume_nl").
struct Section {
    const toml::table& table;
    const std::string& file;
    std::string prefix;

    [[noreturn]] void fail(std::size_t line, std::string_view key, const std::string& trouble) const {
        const std::string where = file + ':' + std::to_string(line);
        throw ConfigError(where + ": '" + prefix + std::string(key) + "' " + trouble + '.', file, line);
    }
    static std::size_t line_of(const toml::node& node) { return std::max<std::size_t>(1, node.source().begin.line); }

    /// A misspelt key would otherwise be a value that is silently left out.
    void only(std::initializer_list<std::string_view> known) const {
        std::string all;
        for (const auto key : known) all += (all.empty() ? "" : ", ") + std::string(key);
        for (const auto& [key, node] : table)
            if (std::find(known.begin(), known.end(), key.str()) == known.end())
                fail(line_of(node), key.str(), "is no key of a profile; known here are " + all);
    }

    std::string text(std::string_view key) const {
        const toml::node* node = table.get(key);
        if (!node) return {};
        const auto value = node->value_exact<std::string>();
        if (!value || value->empty()) fail(line_of(*node), key, "must be a text in quotes");
        return *value;
    }
    std::string required_text(std::string_view key) const {
        if (!table.contains(key)) fail(line_of(table), key, "is missing");
        return text(key);
    }

    std::vector<std::string> texts(std::string_view key) const {
        const toml::node* node = table.get(key);
        if (!node) return {};
        std::vector<std::string> all;
        const toml::array* list = node->as_array();
        if (!list) fail(line_of(*node), key, "must be a list of texts");
        for (const toml::node& entry : *list) {
            const auto value = entry.value_exact<std::string>();
            if (!value || value->empty()) fail(line_of(entry), key, "must be a list of texts");
            all.push_back(*value);
        }
        return all;
    }

    std::optional<std::int64_t> integer(std::string_view key, std::int64_t highest) const {
        const toml::node* node = table.get(key);
        if (!node) return std::nullopt;
        const auto value = node->value_exact<std::int64_t>();
        if (!value || *value < 1 || *value > highest)
            fail(line_of(*node), key, "must be a whole number from 1 to " + std::to_string(highest));
        return value;
    }

    /// The volume that a section gives, nL. A number without its source is no fact.
    std::optional<double> volume() const {
        const toml::node* node = table.get("volume_nl");
        if (!node) return std::nullopt;
        const auto value = node->value<double>();
        if (!value || !std::isfinite(*value) || *value <= 0 || *value > 1000)
            fail(line_of(*node), "volume_nl", "must be a number of nanolitres above 0 and up to 1000");
        if (!table.contains("source")) fail(line_of(*node), "source", "is missing: say where volume_nl comes from");
        return value;
    }

    /// The table of that name inside this one, or nothing.
    const toml::table* inner(std::string_view key) const {
        const toml::node* node = table.get(key);
        if (node && !node->is_table()) fail(line_of(*node), key, "must be a section, [" + std::string(key) + ']');
        return node ? node->as_table() : nullptr;
    }
};

PartitionFacts partition_facts(const Section& section) {
    section.only({"volume_nl", "per_well", "volume_attributes", "source", "nominal", "minimum"});
    PartitionFacts facts;
    facts.volume_nl = section.volume();
    facts.per_well = section.integer("per_well", 100'000'000);
    facts.volume_attributes = section.texts("volume_attributes");
    facts.source = section.text("source");
    if (facts.per_well) {
        const auto line = Section::line_of(*section.table.get("per_well"));
        if (facts.volume_nl)
            section.fail(line, "per_well", "and 'partition.volume_nl' contradict each other; give one");
        if (facts.source.empty()) section.fail(line, "source", "is missing: say where per_well comes from");
    }
    if (facts.per_well.has_value() == facts.volume_attributes.empty())
        section.fail(Section::line_of(section.table), facts.per_well ? "volume_attributes" : "per_well",
                     "is missing: per_well and volume_attributes go together");
    facts.nominal = section.integer("nominal", 100'000'000);
    facts.minimum = section.integer("minimum", 100'000'000);
    if (facts.nominal && facts.minimum && *facts.minimum > *facts.nominal)
        section.fail(Section::line_of(*section.table.get("minimum")), "minimum", "is more than 'partition.nominal'");
    return facts;
}

std::vector<Recognised> recognised(const Section& root) {
    const toml::node* node = root.table.get("recognised");
    if (!node) return {};
    const toml::array* list = node->as_array();
    if (!list || !list->is_homogeneous(toml::node_type::table))
        root.fail(Section::line_of(*node), "recognised", "must be sections, [[recognised]]");
    std::vector<Recognised> all;
    for (const toml::node& entry : *list) {
        const Section section{*entry.as_table(), root.file, "recognised."};
        section.only({"reader", "dialect", "volume_nl", "source"});
        all.push_back({section.required_text("reader"), section.required_text("dialect"), section.volume(),
                       section.text("source")});
    }
    return all;
}

}  // namespace

Profile parse_profile(std::string_view text, const std::string& name) {
    toml::table table;
    if (const auto fault = toml_fault(text))
        throw ConfigError(name + ':' + std::to_string(fault->line) + ": " + fault->what + '.', name, fault->line);
    try {
        table = toml::parse(text, name);
    } catch (const toml::parse_error& trouble) {
        const std::size_t line = trouble.source().begin.line;
        throw ConfigError(name + ':' + std::to_string(line) +
                              ": this is not readable as TOML: " + std::string(trouble.description()) + '.',
                          name, line);
    }
    const Section root{table, name, ""};
    root.only({"model", "vendor", "kind", "aliases", "channels", "plate", "partition", "recognised"});

    Profile profile;
    profile.file = name;
    profile.model = root.required_text("model");
    profile.vendor = root.required_text("vendor");
    profile.kind = root.required_text("kind");
    if (profile.kind != "dpcr" && profile.kind != "qpcr")
        root.fail(Section::line_of(*table.get("kind")), "kind",
                  "is \"" + profile.kind + "\"; it must be \"dpcr\" or \"qpcr\"");
    profile.aliases = root.texts("aliases");
    profile.channels = root.texts("channels");
    profile.recognised = recognised(root);
    if (const toml::table* inner = root.inner("partition"))
        profile.partition = partition_facts({*inner, name, "partition."});
    if (const toml::table* inner = root.inner("plate")) {
        const Section plate{*inner, name, "plate."};
        plate.only({"rows", "columns"});
        profile.rows = static_cast<int>(plate.integer("rows", 32).value_or(0));
        profile.columns = static_cast<int>(plate.integer("columns", 48).value_or(0));
    }
    return profile;
}

}  // namespace microchim::instruments
