// How a description says what files look like: how they are written, and where curves stand in them.
#pragma once

#include <string>
#include <string_view>

#include "description.hpp"

namespace microchim::described::detail {

inline Layout layout(Keys& keys, Layout known) {
    if (const auto* node = keys.find("delimiter")) {
        const auto text = keys.text("delimiter");
        if (text != "tab" && text.size() != 1) keys.fail(node, "'delimiter' must be one character, or \"tab\"");
        known.delimiter = text == "tab" ? '\t' : text[0];
        if (std::string_view("\"\r\n").find(*known.delimiter) != std::string_view::npos)
            keys.fail(node, "this cannot separate cells");
    }
    if (const auto* node = keys.find("decimal")) {
        const auto text = keys.text("decimal");
        if (text != "." && text != ",") keys.fail(node, "'decimal' must be \".\" or \",\"");
        known.decimal = text[0];
    }
    if (const auto lines = keys.whole("skip_lines", 10'000)) known.skip_lines = static_cast<std::size_t>(*lines);
    return known;
}

inline CurveRules curve_rules(Keys& keys, const Layout& tables) {
    CurveRules rules;
    rules.layout = layout(keys, {std::nullopt, tables.decimal, 0});
    const auto* node = keys.find("file");
    rules.file = keys.text("file");
    if (rules.file.empty() || rules.file.size() > 200)
        keys.fail(node, "'file' says which files these are, as in \"*_curves.csv\"");
    rules.line = node->source().begin.line;
    rules.cycle = keys.source("cycle", Bare::column);
    if (!rules.cycle) keys.fail(nullptr, "'cycle' is missing: which column counts the cycles?");
    rules.well = keys.source("well", Bare::column);
    rules.fluorescence = keys.source("fluorescence", Bare::column);
    if (!!rules.well != !!rules.fluorescence)
        keys.fail(nullptr, "'well' and 'fluorescence' go together; without both every column is a well");
    rules.target = keys.source("target", Bare::value);
    rules.dye = keys.source("dye", Bare::value);
    for (const auto& source : {rules.target, rules.dye})
        if (source.kind == Source::column && !rules.well)
            keys.fail(nullptr, "where every column is a well, 'target' and 'dye' are texts");
    const auto* said = keys.find("signal");
    const auto signal = keys.text("signal");
    if (signal == "normalised") rules.signal = MICROCHIM_NORMALISED;
    else if (signal == "baselined") rules.signal = MICROCHIM_BASELINED;
    else if (signal != "raw")
        keys.fail(said, "'signal' says what the curves are: \"raw\", \"normalised\" or \"baselined\"");
    keys.finish();
    return rules;
}

}  // namespace microchim::described::detail
