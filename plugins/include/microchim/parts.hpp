// What one file of a drop says of a real-time run, kept until it is known which files belong together: join_parts.hpp
// merges parts, whole_files.hpp only tells them apart.
#pragma once

#include <cmath>
#include <compare>
#include <deque>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "microchim/exports.hpp"
#include "microchim/reactions.hpp"
#include "microchim/reader.hpp"

namespace microchim::reader {

struct Part {
    struct Series {
        std::string well, target, name;
        std::int32_t kind = MICROCHIM_MELT;
        std::vector<float> at, fluorescence;
    };
    struct Note {
        std::int32_t severity;
        std::string where, what;
    };
    struct Attribute {
        std::string well, key, value;
        auto operator<=>(const Attribute&) const = default;
    };

    std::vector<std::size_t> entries;
    std::string name;  ///< of the file, or of the first of them
    std::vector<std::string> dialects;
    std::string id, plate, instrument, serial_number, consumable, software, software_version, started;
    std::int64_t rows = 0, columns = 0;
    double volume_ul = not_stated;  ///< of every reaction
    Reactions reactions;
    std::vector<Series> series;
    std::vector<Attribute> attributes;
    std::vector<Note> notes;

    /// Keeps what the file says besides, without blanks around it; an empty value says nothing. As of a Sink, so that a
    /// part can stand in for one: keep_unused(table, rows, taken, part).
    void attribute(std::string_view well, std::string_view key, std::string_view value) {
        value = detail::trimmed(value);
        if (!value.empty()) attributes.push_back({std::string(well), std::string(key), std::string(value)});
    }
    void note(std::int32_t severity, std::string where, std::string what) {
        notes.push_back({severity, std::move(where), std::move(what)});
    }

    /// As keep_unused, for tables in which a well can have hundreds of rows: what all of them say alike stands once, of
    /// the well and without label. Rows without a well are skipped; `names` are those of the columns, where the header
    /// alone does not tell them.
    void keep_columns(const Table& table, const std::vector<RowName>& row_names,
                      const std::function<bool(std::size_t)>& taken, const std::vector<std::string>& names = {}) {
        for (std::size_t c = 0; c < table.header().size(); ++c) {
            const auto key = c < names.size() ? names[c] : std::string(detail::trimmed(table.header()[c]));
            if (taken(c) || key.empty()) continue;
            std::map<std::string_view, std::string_view> wells;
            std::set<std::string_view> values;
            bool same = true;
            for (std::size_t row = 0; row < row_names.size(); ++row) {
                if (row_names[row].well.empty()) continue;
                const auto cell = detail::trimmed(table.cell(row, c));
                values.insert(cell);
                same = wells.try_emplace(row_names[row].well, cell).first->second == cell && same;
            }
            if (values.size() == 1 && wells.size() > 1) attribute("", key, *values.begin());
            else if (same)
                for (const auto& [well, cell] : wells) attribute(well, key, cell);
            else
                for (std::size_t row = 0; row < row_names.size(); ++row)
                    if (const auto& [well, label] = row_names[row]; !well.empty())
                        attribute(well, label.empty() ? key : key + " [" + label + "]", table.cell(row, c));
        }
    }

    /// Opens the run and reports all of it.
    void report(const Sink& sink) const {
        microchim_run fact{};
        fact.id = text(id);
        fact.plate = text(plate);
        fact.instrument = text(instrument);
        fact.serial_number = text(serial_number);
        fact.consumable = text(consumable);
        fact.software = text(software);
        fact.software_version = text(software_version);
        fact.started = text(started);
        fact.rows = rows;
        fact.columns = columns;
        fact.entries = entries.data();
        fact.entry_count = entries.size();
        sink.run(fact);
        std::string dialect;
        for (const auto& one : dialects) dialect += (dialect.empty() ? "" : ", ") + one;
        if (!dialect.empty()) sink.attribute("", "dialect", dialect);
        std::set<Attribute> said;
        for (const auto& one : attributes)
            if (said.insert(one).second) sink.attribute(one.well, one.key, one.value);
        reactions.report(sink);
        if (!std::isnan(volume_ul))
            for (const auto& reaction : reactions.all())
                sink.react({text(reaction.well), {}, MICROCHIM_UNKN, not_stated, volume_ul});
        for (const auto& s : series)
            sink.series(
                {text(s.well), text(s.target), text(s.name), s.kind, s.at.size(), s.at.data(), s.fluorescence.data()});
        for (const auto& n : notes) sink.note(n.severity, n.where, n.what);
    }
};

namespace detail {

/// What a file states of its run in words, and what that is.
inline constexpr std::pair<std::string Part::*, const char*> stated_texts[] = {
    {&Part::id, "the name of the run"},
    {&Part::plate, "the plate"},
    {&Part::instrument, "the instrument"},
    {&Part::serial_number, "the serial number"},
    {&Part::consumable, "the consumable"},
    {&Part::software, "the software"},
    {&Part::software_version, "the version of the software"},
    {&Part::started, "the start"}};

}  // namespace detail

/// References to parts stay valid while it grows.
using Parts = std::deque<Part>;

}  // namespace microchim::reader
