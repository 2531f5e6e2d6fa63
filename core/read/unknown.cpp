#include "core/read/unknown.hpp"

#include <algorithm>
#include <array>
#include <string_view>
#include <vector>

#include "core/read/lower.hpp"
#include "microchim/exports.hpp"
#include "microchim/table.hpp"

namespace microchim::read {
namespace {

using reader::detail::normalised;

/// What the first lines of a text look like.
struct Look {
    bool table = false;                     ///< several lines of several cells
    bool results = false, numbers = false;  ///< columns of a well and a Cq; a number in that of the Cq
};

std::vector<std::string_view> cells(std::string_view line, char delimiter) {
    std::vector<std::string_view> all;
    bool quoted = false;
    std::size_t from = 0;
    for (std::size_t i = 0; i <= line.size(); ++i) {
        if (i < line.size() && line[i] == '"') quoted = !quoted;
        if (i < line.size() && (quoted || line[i] != delimiter)) continue;
        all.push_back(line.substr(from, i - from));
        from = i + 1;
    }
    return all;
}

bool one_of(std::string_view cell, std::initializer_list<std::string_view> words) {
    const auto name = normalised(cell);
    return std::ranges::find(words, name) != words.end();
}

Look look(std::string_view bytes) {
    const auto text = reader::head(bytes, 65536);
    std::string_view rest = text;
    Look found;
    std::size_t wide = 0, column = 0;
    for (int n = 0; n < 500 && !rest.empty(); ++n) {
        const auto end = std::min(rest.find_first_of("\r\n"), rest.size());
        const auto line = rest.substr(0, end);
        rest.remove_prefix(std::min(end + 1, rest.size()));
        const auto row = cells(line, reader::delimiter(line));
        if (row.size() > 1) ++wide;
        if (found.results) {
            const auto cell = column < row.size() ? row[column] : std::string_view{};
            const auto digit = cell.find_first_of("0123456789");
            found.numbers =
                found.numbers || (digit != cell.npos && cell.find_first_of("123456789", digit) != cell.npos);
            continue;
        }
        const auto is = [&](std::initializer_list<std::string_view> words) {
            return std::ranges::find_if(row, [&](std::string_view cell) { return one_of(cell, words); });
        };
        const auto cq = is({"ct", "cq", "crt", "cp"});
        if (cq == row.end() || is({"well", "wellposition", "position", "pos"}) == row.end()) continue;
        found.results = true;
        column = static_cast<std::size_t>(cq - row.begin());
    }
    found.table = wide > 1;
    return found;
}

}  // namespace

std::optional<Unknown> unknown(const Bundle& bundle) {
    Look all;
    for (const auto& entry : bundle.entries) {
        const auto one = look(entry.bytes);
        all.table = all.table || one.table;
        all.results = all.results || one.results;
        all.numbers = all.numbers || one.numbers;
    }
    if (!all.table) return std::nullopt;
    const bool workbook = std::ranges::any_of(bundle.archives, [](const Entry& archive) {
        const auto name = lower(archive.name);
        return name.ends_with(".xlsx") || name.ends_with(".xls") || name.ends_with(".xlsm") || name.ends_with(".xml");
    });
    const std::string give = "Give the results of the run as the instrument program exported them, unchanged.";
    const std::string describe =
        " A table of your own is read when a description beside it says which column is what: docs/describe-a-csv.md.";
    if (all.results && !all.numbers)
        return Unknown{std::string(workbook ? "a workbook" : "a table") +
                           " without results: the column of the Cq is "
                           "empty, as in a template",
                       give};
    const std::string other = ", or of a program that we do not know";
    if (workbook)
        return Unknown{(all.results ? "a workbook with results that somebody edited or calculates with"
                                    : "a workbook of notes, a plan or a calculation") +
                           other,
                       give + describe};
    return Unknown{"a table that somebody made or edited" + other, give + describe};
}

}  // namespace microchim::read
