// How a description is read from TOML, strictly: what is not known is an error with its line.
#pragma once

#include <array>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "description.hpp"
#include "microchim/exports.hpp"
#include "parse_files.hpp"

namespace microchim::described {

/// Whether a file is a description: by its schema, however that is spelt or misplaced, or without one by [columns] and
/// the column of the wells, so that what is wrong can be said. Only its beginning is looked at.
inline bool is_description(std::string_view bytes) {
    const auto text = reader::head(bytes, 4096);
    bool columns = false;
    for (std::size_t begin = 0; begin < text.size();) {
        const auto end = std::min(text.find_first_of("\r\n", begin), text.size());
        const auto line = reader::detail::trimmed(std::string_view(text).substr(begin, end - begin));
        begin = end + 1;
        if (line.starts_with("schema") && line.find("microchim/csv/") < 20) return true;
        columns = columns || line == "[columns]";
        if (columns && line.starts_with("well") && line.find('=') != line.npos) return true;
    }
    return false;
}

namespace detail {

/// The keys of [columns] and [[target]]; a target inherits from [columns] what it does not say.
inline Columns columns(Keys& keys, Columns known, Bare names) {
    const auto set = [&](Source& to, std::string_view key, Bare bare = Bare::column) {
        if (auto source = keys.source(key, bare)) to = std::move(source);
    };
    set(known.target, names == Bare::value ? "name" : "target", names);
    set(known.dye, "dye", names);
    set(known.channel, "channel", names);
    for (const auto& [key, to] :
         std::initializer_list<std::pair<std::string_view, Source*>>{{"accepted", &known.accepted},
                                                                     {"positive", &known.positive},
                                                                     {"negative", &known.negative},
                                                                     {"excluded", &known.excluded},
                                                                     {"threshold", &known.threshold},
                                                                     {"concentration", &known.concentration},
                                                                     {"low", &known.low},
                                                                     {"high", &known.high},
                                                                     {"status", &known.status},
                                                                     {"cq", &known.cq},
                                                                     {"quantity", &known.quantity}})
        set(*to, key);
    set(known.unit, "unit", Bare::value);
    return known;
}

inline void check(const Keys& keys, const Columns& c) {
    if (!c.well) keys.fail(nullptr, "'well' is missing: which column says the well?");
    if (c.well.kind == Source::fixed) keys.fail(nullptr, "'well' must be a column");
    if (!c.target)
        keys.fail(nullptr,
                  "'target' is missing: which column says it? Where none does, write target = { value = \"SRY\" }, or "
                  "one [[target]] for each in a row");
    const int counts = !!c.accepted + !!c.positive + !!c.negative;
    if (c.cq && counts > 0) keys.fail(nullptr, "a table has either 'cq' or numbers of partitions");
    if (!c.cq && (c.quantity || c.unit)) keys.fail(nullptr, "'quantity' and 'unit' go together with 'cq'");
    if (!c.cq && counts < 2) keys.fail(nullptr, "two of 'accepted', 'positive' and 'negative' are needed");
}

inline RowRule row_rule(Keys& keys, RowRule rule = {}) {
    rule.column = keys.source("column", Bare::column);
    if (!rule.column) keys.fail(nullptr, "'column' is missing");
    if (!keys.find("equals")) keys.fail(nullptr, "'equals' is missing: which words of the column?");
    rule.words = lower(keys.texts("equals"));
    return rule;
}

inline PooledRule pooled_rule(Keys& keys) {
    PooledRule rule;
    static_cast<RowRule&>(rule) = row_rule(keys);
    const auto* node = keys.find("kind");
    const auto kind = keys.text("kind");
    if (kind != "sum" && kind != "mean") keys.fail(node, "'kind' must be \"sum\" or \"mean\"");
    rule.kind = kind == "sum" ? MICROCHIM_SUM : MICROCHIM_MEAN;
    rule.members = keys.source("members", Bare::column);
    keys.finish();
    return rule;
}

inline ChannelRule channel_rule(Keys& keys) {
    ChannelRule rule;
    rule.column = keys.source("column", Bare::column);
    if (!rule.column) keys.fail(nullptr, "'column' is missing: which holds the fluorescence?");
    rule.target = keys.text("target");
    if (const auto* node = keys.find("threshold")) {
        rule.threshold = node->is_number() ? node->value<double>() : std::nullopt;
        if (!rule.threshold || !std::isfinite(*rule.threshold)) keys.fail(node, "'threshold' must be a number");
    }
    rule.call = keys.source("call", Bare::column);
    static constexpr std::array names{"negative", "positive", "unclassified"};
    const std::array<std::vector<std::string>, 3> usual{
        {{"0", "n", "neg", "negative", "false"}, {"1", "p", "pos", "positive", "true"}, {"u", "unclassified"}}};
    for (std::size_t i = 0; i < names.size(); ++i) {
        const auto* node = keys.find(names[i]);
        if (node && !rule.call) keys.fail(node, "these words need a column 'call'");
        rule.words[i] = node ? lower(keys.texts(names[i])) : usual[i];
    }
    keys.finish();
    return rule;
}

inline PartitionRules partition_rules(Keys& keys, const Layout& tables) {
    PartitionRules rules;
    rules.layout = layout(keys, {std::nullopt, tables.decimal, 0});
    const auto* node = keys.find("file");
    rules.file = keys.text("file");
    rules.well = keys.source("well", Bare::column);
    if (rules.file.empty() || rules.file.size() > 200)
        keys.fail(node, "'file' says which files these are, as in \"{well}_droplets.csv\"");
    rules.line = node->source().begin.line;
    const bool named = rules.file.find("{well}") != rules.file.npos;
    if (named == static_cast<bool>(rules.well))
        keys.fail(node, "the well stands either in the file's name, as {well}, or in a column, 'well'");
    if (auto excluded = keys.table("excluded")) {
        rules.excluded = excluded->source("column", Bare::column);
        rules.excluded_words = lower(excluded->texts("equals"));
        rules.accepted_words = lower(excluded->texts("unless"));
        if (!rules.excluded) excluded->fail(nullptr, "'column' is missing");
        if (rules.excluded_words.empty() == rules.accepted_words.empty())
            excluded->fail(nullptr, "either 'equals' or 'unless' is needed: which words exclude a partition?");
        excluded->finish();
    }
    for (auto& channel : keys.tables("channel")) rules.channels.push_back(channel_rule(channel));
    if (rules.channels.empty() || rules.channels.size() > 64)
        keys.fail(nullptr, "[[partitions.channel]] is missing: which columns hold fluorescence?");
    keys.finish();
    return rules;
}

inline RunSources run_sources(Keys& keys) {
    RunSources run;
    for (const auto& [key, to] :
         std::initializer_list<std::pair<std::string_view, Source*>>{{"id", &run.id},
                                                                     {"plate", &run.plate},
                                                                     {"instrument", &run.instrument},
                                                                     {"serial_number", &run.serial_number},
                                                                     {"consumable", &run.consumable},
                                                                     {"software", &run.software},
                                                                     {"software_version", &run.software_version},
                                                                     {"started", &run.started}})
        *to = keys.source(key, Bare::value);
    run.rows = keys.whole("rows", 32).value_or(0);
    run.columns = keys.whole("columns", 48).value_or(0);
    if ((run.rows == 0) != (run.columns == 0)) keys.fail(nullptr, "'rows' and 'columns' of the plate go together");
    keys.finish();
    return run;
}

inline std::map<std::string, std::int32_t> sample_types(Keys& keys) {
    static const std::map<std::string_view, std::int32_t> known{
        {"unkn", MICROCHIM_UNKN}, {"ntc", MICROCHIM_NTC}, {"nac", MICROCHIM_NAC}, {"std", MICROCHIM_STD},
        {"ntp", MICROCHIM_NTP},   {"nrt", MICROCHIM_NRT}, {"pos", MICROCHIM_POS}, {"opt", MICROCHIM_OPT}};
    std::map<std::string, std::int32_t> types(known.begin(), known.end());
    types.emplace("", MICROCHIM_UNKN);
    types.emplace("unknown", MICROCHIM_UNKN);
    for (const auto& [word, node] : keys.all()) {
        const auto* value = node.as_string();
        const auto type = known.find(value ? std::string_view(value->get()) : "");
        if (type == known.end())
            keys.fail(&node, quoted(word.str()) +
                                 " must be \"unkn\", \"ntc\", \"nac\", \"std\", \"ntp\", \"nrt\", \"pos\" "
                                 "or \"opt\"");
        types.insert_or_assign(lower(word.str()), type->second);
    }
    return types;
}

inline void check_volume(const Keys& keys, const toml::node* node, const Source& volume) {
    if (volume.kind != Source::fixed) return;
    const auto nl = node->value<double>();
    if (!node->is_number() || !nl || !(*nl > 0))
        keys.fail(node, "'partition_volume_nl' must be a number of nanolitres above 0, or { column = ... }");
}

}  // namespace detail

/// \throws FormatError with file, line and key
inline Description parse_description(std::string_view bytes, const std::string& file) {
    const auto table = parse_toml(reader::utf8(bytes), file);
    Keys keys(table, file, "");
    Description d;
    d.file = file;
    if (!keys.find("schema"))
        keys.fail(nullptr, "schema = \"microchim/csv/1\" is missing; it stands above the first line in brackets");
    if (const auto schema = keys.text("schema"); schema != "microchim/csv/1")
        keys.fail(keys.find("schema"), "this program knows the schema 'microchim/csv/1', not " + quoted(schema));
    d.name = keys.text("name");
    d.files = keys.texts("files");
    for (const auto& pattern : d.files)
        if (pattern.empty() || pattern.size() > 200) keys.fail(keys.find("files"), "'files' holds no file name");
    d.one_run = keys.flag("one_run");
    d.layout = detail::layout(keys, {});
    d.missing = lower(keys.texts("missing"));
    d.no_cq = lower(keys.texts("no_cq"));
    d.guard = keys.text("guard");
    const auto* volume = keys.find("partition_volume_nl");
    d.volume = keys.source("partition_volume_nl", Bare::value);
    if (volume) detail::check_volume(keys, volume, d.volume);
    if (auto run = keys.table("run")) d.run = detail::run_sources(*run);
    if (auto types = keys.table("types")) d.types = detail::sample_types(*types);
    else {
        const toml::table none;
        Keys nothing(none, file, "");
        d.types = detail::sample_types(nothing);
    }
    auto shared = keys.table("columns");
    auto targets = keys.tables("target");
    if (shared) {
        Columns columns;
        columns.well = shared->source("well", Bare::column);
        columns.sample = shared->source("sample", Bare::column);
        columns.type = shared->source("type", Bare::column);
        columns = detail::columns(*shared, columns, Bare::column);
        shared->finish();
        if (targets.empty()) detail::check(*shared, columns);
        d.wide = !targets.empty();
        for (auto& target : targets) {
            if (columns.target && target.find("name"))
                target.fail(target.find("name"), "'target' in [columns] says the target already; one of them is wrong");
            d.targets.push_back(detail::columns(target, columns, Bare::value));
            target.finish();
            detail::check(target, d.targets.back());
        }
        if (!d.wide) d.targets.push_back(columns);
    } else if (!targets.empty()) {
        targets[0].fail(nullptr, "there is no [columns], which says at least where the well stands");
    }
    for (auto& rule : keys.tables("leave_out")) {
        d.leave_out.push_back(detail::row_rule(rule));
        rule.finish();
    }
    for (auto& rule : keys.tables("pooled")) d.pooled.push_back(detail::pooled_rule(rule));
    for (auto& curves : keys.tables("curves")) d.curves.push_back(detail::curve_rules(curves, d.layout));
    const bool real_time = std::any_of(d.targets.begin(), d.targets.end(), [](auto& c) { return bool(c.cq); });
    if (real_time && !d.pooled.empty())
        keys.fail(keys.find("pooled"), "rows that pool wells have no Cq of their own; say [[leave_out]] instead");
    if (keys.find("no_cq") && !real_time) keys.fail(keys.find("no_cq"), "'no_cq' has no use without 'cq' in [columns]");
    if (auto partitions = keys.table("partitions")) d.partitions = detail::partition_rules(*partitions, d.layout);
    keys.finish();
    if (keys.find("types") && std::none_of(d.targets.begin(), d.targets.end(), [](auto& c) { return bool(c.type); }))
        keys.fail(keys.find("types"),
                  "[types] has no use without 'type' in [columns]: which column holds these words?");
    if (!shared && !d.partitions && d.curves.empty()) keys.fail(nullptr, "it describes no table: [columns] is missing");
    return d;
}

}  // namespace microchim::described
