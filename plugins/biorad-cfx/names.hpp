// What the names of exported files say: the run, and of a curve table its dye or target, which stands nowhere else.
//
//   admin_2024-05-02 CC1 -  Quantification Amplification Results_FAM.csv     run "admin_2024-05-02 CC1", hint "FAM"
//   plate7-Quantification-Cq_Results.csv                                     run "plate7": people rename
//   plate7 -  Quantification Amplification Results.xlsx/FAM.csv              a sheet of a workbook
#pragma once

#include <algorithm>
#include <array>
#include <string>
#include <string_view>

#include "microchim/reader.hpp"
#include "microchim/table.hpp"

namespace microchim::cfx {

using reader::FormatError;

struct Name {
    std::string folder;
    std::string run;     ///< what stands before the words that name the kind of table
    std::string phrase;  ///< these words without blanks: "meltcurverfuresults"; empty: the name has none
    std::string hint;    ///< what stands behind them: "FAM", "HSP70"; of a name without them all of it
};

namespace detail {

inline bool is_gap(char c) {
    return c == ' ' || c == '_' || c == '-';
}

inline std::string_view without_gaps(std::string_view text) {
    while (!text.empty() && is_gap(text.front())) text.remove_prefix(1);
    while (!text.empty() && is_gap(text.back())) text.remove_suffix(1);
    return text;
}

/// Where in `text` from `at` on the letters of `phrase` end, gaps and case not counting; npos where they do not stand.
inline std::size_t end_of(std::string_view phrase, std::string_view text, std::size_t at) {
    std::size_t p = 0;
    for (; p < phrase.size() && at < text.size(); ++at) {
        if (is_gap(text[at]) && p > 0) continue;
        const char c = text[at] >= 'A' && text[at] <= 'Z' ? static_cast<char>(text[at] | 0x20) : text[at];
        if (c != phrase[p++]) return text.npos;
    }
    return p == phrase.size() ? at : text.npos;
}

/// Longer ones first, so that none hides another.
inline constexpr std::array phrases{"quantificationamplificationresults",
                                    "quantificationplateviewresults",
                                    "quantificationcqresults",
                                    "quantificationsummary",
                                    "allelicdiscriminationresults",
                                    "meltcurvederivativeresults",
                                    "meltcurveplateviewresults",
                                    "meltcurvepeakresults",
                                    "meltcurverfuresults",
                                    "meltcurvesummary",
                                    "geneexpressionresults",
                                    "standardcurveresults",
                                    "amplificationresults",
                                    "endpointresults",
                                    "runinformation",
                                    "cqresults"};

inline void split(std::string_view base, Name& name) {
    for (std::size_t at = 0; at < base.size(); ++at)
        for (const std::string_view phrase : phrases) {
            const auto end = end_of(phrase, base, at);
            if (end == base.npos) continue;
            name.run = without_gaps(base.substr(0, at));
            name.phrase = phrase;
            name.hint = without_gaps(base.substr(end));
            return;
        }
    name.run = name.hint = base;
}

inline std::string_view without_ending(std::string_view file) {
    const auto dot = file.rfind('.');
    return dot == file.npos || dot == 0 || file.size() - dot > 5 ? file : file.substr(0, dot);
}

}  // namespace detail

inline Name name_of(std::string_view path) {
    Name name;
    std::string lower(path);
    for (char& c : lower)
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c | 0x20);
    std::string_view sheet;
    if (const auto workbook = lower.rfind(".xlsx/"); workbook != lower.npos) {
        sheet = detail::without_ending(path.substr(workbook + 6));
        path = path.substr(0, workbook + 5);
    }
    const auto slash = path.rfind('/');
    if (slash != path.npos) name.folder = path.substr(0, slash);
    detail::split(detail::without_ending(path.substr(slash + 1)), name);
    // A workbook has the table on its first sheet, which is named by the dye or by a number.
    const bool says_nothing = name.hint.empty() || name.phrase.empty();
    if (!sheet.empty() && says_nothing && sheet != "0" && !sheet.starts_with("Sheet")) name.hint = sheet;
    return name;
}

/// A name without case, blanks and punctuation, to compare a hint with dyes and targets.
inline std::string plain(std::string_view text) {
    auto out = reader::detail::normalised(text);
    std::erase(out, '-');
    return out;
}

/// The dyes of these instruments; any other word in a file's name is a target.
inline bool is_dye(std::string_view hint) {
    static constexpr std::array dyes{
        "fam",        "sybr",         "sybrgreen", "sybrgreeni", "evagreen",  "hex",       "vic",       "tet",
        "joe",        "rox",          "texasred",  "tamra",      "cy3",       "cy35",      "cy5",       "cy55",
        "calgold540", "calorange560", "calred590", "calred610",  "calred635", "quasar570", "quasar670", "quasar705",
        "tex615",     "atto550",      "atto590",   "atto647n",   "atto680",   "ned",       "abiabytm",  "fret"};
    const auto wanted = plain(hint);
    return std::find(dyes.begin(), dyes.end(), wanted) != dyes.end();
}

}  // namespace microchim::cfx
