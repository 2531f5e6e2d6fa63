// The table of results: one row per chamber, three to seven colours side by side. Names and cells are padded with
// blanks.
//
//   ChamberID, SampleName, TotalNumberOfDroplets, Blue_Channel_Concentration, Blue_Channel_NumberOfPositiveDroplets,
//   Blue_Channel_NumberOfNegativeDroplets, Green_Channel_Concentration, ...
//   20240311_donors_A1, Day 28, 24871, 12.4, 160, 24711, 812.9, ...
#pragma once

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "microchim/exports.hpp"
#include "microchim/reader.hpp"
#include "microchim/table.hpp"
#include "names.hpp"

namespace microchim::stilla {

using reader::FormatError;
using reader::Table;
using reader::detail::normalised;
using reader::detail::quoted;

/// The columns of one colour.
struct Colour {
    std::string name;  ///< "Blue"
    std::optional<std::size_t> positive, negative, concentration, target;
};

/// One colour in one chamber.
struct Count {
    std::int64_t positive = 0, accepted = 0;
    double concentration = reader::not_stated;
    std::string status, target;
};

struct Row {
    std::string id, well, sample;
    std::vector<Count> counts;  ///< of each colour
    std::vector<std::pair<std::string, std::string>> attributes;
};

/// The rows of a table that are of one chip.
struct Chip {
    std::size_t entry = 0;
    std::string file, name;  ///< name: what the chambers' names have in common; may be empty
    std::vector<std::string> colours;
    std::vector<Row> rows;
};

namespace detail {

/// "Blue_Channel_Concentration" to ("Blue", "concentration"); an empty name for any other column.
inline std::pair<std::string_view, std::string> colour_column(std::string_view header) {
    const auto name = trimmed(header);
    for (const std::string_view word : {"_Channel_", " Channel ", "_channel_", "Channel_"}) {
        const auto at = name.find(word);
        if (at != name.npos && at > 0) return {name.substr(0, at), normalised(name.substr(at + word.size()))};
    }
    return {};
}

inline std::vector<Colour> colours(const std::vector<std::string_view>& header, const std::string& where) {
    std::vector<Colour> all;
    for (std::size_t i = 0; i < header.size(); ++i) {
        const auto [name, what] = colour_column(header[i]);
        const bool known = what == "concentration" || what == "numberofpositivedroplets" ||
                           what == "numberofnegativedroplets" || what == "target";
        if (name.empty() || !known) continue;
        const auto same = [&, wanted = normalised(name)](const Colour& c) { return normalised(c.name) == wanted; };
        auto at = std::find_if(all.begin(), all.end(), same);
        if (at == all.end()) at = all.insert(all.end(), Colour{std::string(name), {}, {}, {}, {}});
        auto& place = what == "concentration"              ? at->concentration
                      : what == "numberofpositivedroplets" ? at->positive
                      : what == "numberofnegativedroplets" ? at->negative
                                                           : at->target;
        if (place) throw FormatError(where, "there are two columns " + quoted(trimmed(header[i])) + "; expected one");
        place = i;
    }
    return all;
}

}  // namespace detail

/// Whether a file is a table of results.
inline bool is_results(std::string_view bytes) {
    const auto head = reader::head(bytes);
    const auto line = reader::line(head, 0);
    const char delimiter = reader::delimiter(line);
    bool chamber = false, positives = false;
    for (std::size_t begin = 0; begin <= line.size();) {
        const auto end = std::min(line.find(delimiter, begin), line.size());
        const auto name = normalised(line.substr(begin, end - begin));
        chamber = chamber || name == "chamberid";
        positives = positives || name.ends_with("channelnumberofpositivedroplets");
        begin = end + 1;
    }
    return chamber && positives;
}

/// Reads one table.
class Results {
public:
    Results(std::size_t entry, std::string_view file, std::string text, char delimiter)
        : entry_(entry),
          file_(file),
          delimiter_(delimiter),
          whole_(text.ends_with('\n') || text.ends_with('\r')),
          last_cells_(cells_of_last_line(text, delimiter)),
          table_(file_, std::move(text), delimiter),
          chamber_(table_.require({"ChamberID"})),
          sample_(table_.find({"SampleName"})),
          total_(table_.find({"TotalNumberOfDroplets"})),
          colours_(detail::colours(table_.header(), file_)) {
        for (const auto& colour : colours_)
            if (!colour.positive || !colour.negative)
                throw FormatError(file_, "the colour " + quoted(colour.name) +
                                             " lacks its column NumberOfPositiveDroplets or NumberOfNegativeDroplets");
        taken_.insert(chamber_);
        for (const auto& column : {sample_, total_})
            if (column) taken_.insert(*column);
        for (const auto& c : colours_)
            for (const auto& column : {c.positive, c.negative, c.concentration, c.target})
                if (column) taken_.insert(*column);
    }

    /// The chips of the table, in the order of their first rows.
    std::vector<Chip> chips() const {
        if (table_.size() == 0)
            throw FormatError(file_,
                              "there is no chamber below the column names; the file may have been cut off, "
                              "export it again");
        if (!whole_ && last_cells_ < table_.header().size())
            throw FormatError(file_ + ":" + std::to_string(table_.line(table_.size() - 1)),
                              "the last line has " + std::to_string(last_cells_) + " cells, not " +
                                  std::to_string(table_.header().size()) + "; the file was cut off, export it again");
        std::vector<Chip> all;
        std::map<std::string, std::size_t> known;
        std::set<std::pair<std::size_t, std::string>> seen;
        for (const auto& [row, name] : names()) {
            const auto [chip, fresh] = known.try_emplace(name, all.size());
            if (fresh) all.push_back(empty_chip(name));
            if (all.size() > 1000) throw FormatError(table_.where(row, chamber_), "more than 1000 chips in one table");
            auto read = this->row(row);
            if (!seen.emplace(chip->second, read.well).second)
                throw FormatError(table_.where(row, chamber_),
                                  "chamber " + read.well + " is listed twice" +
                                      (name.empty() ? "; give the table of one chip" : " in " + quoted(name)));
            all[chip->second].rows.push_back(std::move(read));
        }
        return all;
    }

private:
    static std::size_t cells_of_last_line(std::string_view text, char delimiter) {
        const auto line = text.substr(text.find_last_of("\r\n") + 1);
        return static_cast<std::size_t>(std::count(line.begin(), line.end(), delimiter)) + 1;
    }

    Chip empty_chip(const std::string& name) const {
        Chip chip{entry_, file_, name, {}, {}};
        for (const auto& colour : colours_) chip.colours.push_back(colour.name);
        return chip;
    }

    /// Without the blanks that pad it, and the quotes that may stand inside of them.
    std::string_view cell(std::size_t row, std::size_t column) const {
        auto text = trimmed(table_.cell(row, column));
        if (text.size() > 1 && text.front() == '"' && text.back() == '"') text = text.substr(1, text.size() - 2);
        return text;
    }

    /// The chip of each row. What stands before the chamber's name tells chips apart, unless it is another one in
    /// every row: then it is no name of a chip.
    std::vector<std::pair<std::size_t, std::string>> names() const {
        std::vector<std::pair<std::size_t, std::string>> all;
        std::set<std::string> chips, wells;
        for (std::size_t row = 0; row < table_.size(); ++row) {
            const auto found = chamber(cell(row, chamber_));
            if (found.well.empty())
                throw FormatError(table_.where(row, chamber_),
                                  quoted(cell(row, chamber_)) + " does not end with a chamber, as in run_A1");
            chips.insert(found.chip);
            wells.insert(found.well);
            all.emplace_back(row, found.chip);
        }
        if (all.size() > 2 && chips.size() == all.size() && wells.size() == all.size())
            for (auto& [row, chip] : all) chip.clear();
        return all;
    }

    std::int64_t count(std::size_t row, std::size_t column) const {
        const auto value = table_.number<std::int64_t>(row, column);
        if (!value)
            throw FormatError(table_.where(row, column),
                              "a count is missing; the file may have been cut off, export it again");
        if (*value < 0) throw FormatError(table_.where(row, column), "a count below zero");
        return *value;
    }

    /// The program's concentration; "Inf" where no droplet is negative. Words go to the status.
    void concentration(Count& c, std::size_t row, std::size_t column) const {
        std::string text(cell(row, column));
        if (text.empty()) return;
        if (delimiter_ == ';') std::replace(text.begin(), text.end(), ',', '.');
        const auto word = normalised(text);
        if (word == "inf" || word == "infinity" || word == "+inf" || word == "u") {  // "u": the sign of infinity
            c.status = c.positive == c.accepted && c.accepted > 0 ? "saturated" : text;
            return;
        }
        if (word == "nan" || word == "na" || word == "-" || word == "n/a" || word == "nocall") {
            c.status = text;
            return;
        }
        double value = 0;
        const auto [stop, fault] = std::from_chars(text.data(), text.data() + text.size(), value);
        if (fault != std::errc{} || stop != text.data() + text.size() || !std::isfinite(value))
            throw FormatError(table_.where(row, column), quoted(text) + " is not a number");
        if (c.accepted > 0 && c.positive == c.accepted) c.status = "saturated";
        else c.concentration = value;
    }

    Row row(std::size_t row) const {
        Row r;
        r.id = cell(row, chamber_);
        r.well = chamber(r.id).well;
        if (sample_) r.sample = cell(row, *sample_);
        for (const auto& colour : colours_) {
            Count c;
            c.positive = count(row, *colour.positive);
            c.accepted = c.positive + count(row, *colour.negative);
            if (total_ && count(row, *total_) != c.accepted)
                throw FormatError(table_.where(row, *colour.positive),
                                  std::to_string(c.positive) + " positive and " +
                                      std::to_string(c.accepted - c.positive) + " negative droplets do not make " +
                                      std::to_string(count(row, *total_)) + " in all");
            if (colour.concentration) concentration(c, row, *colour.concentration);
            if (colour.target) c.target = cell(row, *colour.target);
            r.counts.push_back(std::move(c));
        }
        for (std::size_t i = 0; i < table_.header().size(); ++i)
            if (const auto name = trimmed(table_.header()[i]); !taken_.contains(i) && !name.empty())
                if (const auto said = cell(row, i); !said.empty()) r.attributes.emplace_back(name, said);
        return r;
    }

    std::size_t entry_;
    std::string file_;
    char delimiter_;
    bool whole_;
    std::size_t last_cells_;
    Table table_;
    std::size_t chamber_;
    std::optional<std::size_t> sample_, total_;
    std::vector<Colour> colours_;
    std::set<std::size_t> taken_;
};

/// All chips of one table. \throws FormatError naming file, line and column.
inline std::vector<Chip> read_results(std::size_t entry, std::string_view file, std::string_view bytes) {
    auto text = reader::utf8(bytes);
    const char delimiter = reader::delimiter(reader::line(text, 0));
    return Results(entry, file, std::move(text), delimiter).chips();
}

}  // namespace microchim::stilla
