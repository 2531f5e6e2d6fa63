// Amplification curves: a column per well, or a row per well and cycle.
//
//   Cycle;A1;A2         Well;Cycle;Assay;RFU
//   1;146;168           A1;1;SRY;146
#pragma once

#include <map>
#include <string>
#include <tuple>
#include <vector>

#include "file_names.hpp"
#include "microchim/exports.hpp"
#include "microchim/reactions.hpp"
#include "tables.hpp"

namespace microchim::described {

struct Curve {
    std::string well, target, dye;
    std::int32_t signal = MICROCHIM_RAW;
    std::vector<float> values;  ///< cycle 1, 2, ...
};

struct CurveFile {
    static constexpr const char* table = "[[curves]]";
    std::string name, run;
    std::vector<Curve> curves;
    std::map<std::string, std::size_t> wells;
    std::string left_out;  ///< columns that are no wells
};

namespace detail {

class CurveReader {
public:
    CurveReader(CurveFile& file, Cells& cells, const CurveRules& rules) : file_(file), cells_(cells), rules_(rules) {
        cycle_ = cells.bind(rules.cycle);
        well_ = cells.bind(rules.well);
        value_ = cells.bind(rules.fluorescence);
        target_ = cells.bind(rules.target);
        dye_ = cells.bind(rules.dye);
    }

    void read() {
        std::vector<std::pair<Bound, std::string>> columns;
        if (!value_) columns = wells();
        for (std::size_t row = 0; row < cells_.table().size(); ++row) {
            const auto cycle = cells_.count(row, cycle_);
            if (cycle < 1 || cycle > 1000) cells_.fail(row, cycle_, quoted(cells_.text(row, cycle_)) + " is no cycle");
            if (!value_) {
                for (const auto& [at, well] : columns) put(row, cycle, well, at);
                continue;
            }
            const auto well = well_of(cells_.text(row, well_));
            if (well.empty())
                cells_.fail(row, well_, quoted(cells_.text(row, well_)) + " is no well such as A1 or H12");
            put(row, cycle, well, value_);
        }
    }

private:
    /// The columns that are wells, where all are meant to be.
    std::vector<std::pair<Bound, std::string>> wells() {
        std::vector<std::pair<Bound, std::string>> found;
        const auto& names = cells_.table().header();
        for (std::size_t c = 0; c < names.size(); ++c) {
            if (cells_.taken(c)) continue;
            if (auto well = well_of(names[c]); !well.empty())
                found.push_back({{Source::column, c, {}}, std::move(well)});
            else if (!trimmed(names[c]).empty() && file_.left_out.size() < 200)
                file_.left_out += (file_.left_out.empty() ? "" : ", ") + quoted(trimmed(names[c]));
        }
        if (found.empty())
            throw FormatError(file_.name,
                              "no column is a well; where one column holds them all, [[curves]] says 'well' "
                              "and 'fluorescence'");
        return found;
    }

    void put(std::size_t row, std::int64_t cycle, const std::string& well, const Bound& at) {
        const auto target = cells_.text(row, target_), dye = cells_.text(row, dye_);
        const auto [known, fresh] =
            known_.try_emplace({well, std::string(target), std::string(dye)}, file_.curves.size());
        if (fresh) {
            file_.curves.push_back({well, std::string(target), std::string(dye), rules_.signal, {}});
            ++file_.wells[well];
        }
        const double value = cells_.number(row, at);
        if (!std::isnan(value))
            reader::Reaction::set(file_.curves[known->second].values, cycle, static_cast<float>(value),
                                  cells_.where(row, at));
    }

    CurveFile& file_;
    Cells& cells_;
    const CurveRules& rules_;
    Bound cycle_, well_, value_, target_, dye_;
    std::map<std::tuple<std::string, std::string, std::string>, std::size_t> known_;
};

}  // namespace detail

inline CurveFile read_curves(const Bundle& bundle, std::size_t entry, const Description& d) {
    CurveFile file;
    file.name = bundle.name(entry);
    if (!reader::is_text(bundle.bytes(entry)))
        throw FormatError(file.name, d.file + " says that these are curves, but it is no text");
    const auto& rules = *curve_rules_of(d, file.name);
    file.run = match(rules.file, file.name)->run;
    auto described = d;  // the numbers of these tables may be written in another way
    described.layout = rules.layout;
    ResultTable t;
    t.text = reader::utf8(bundle.bytes(entry));
    t.open_end = !t.text.ends_with('\n') && !t.text.ends_with('\r');
    const auto header = header_line(t.text, rules.layout.skip_lines);
    const auto delimiter = rules.layout.delimiter.value_or(reader::delimiter(header));
    t.table = std::make_unique<Table>(file.name, t.text, delimiter, rules.layout.skip_lines);
    require_whole(t, delimiter);
    Cells cells(*t.table, described);
    detail::CurveReader(file, cells, rules).read();
    if (file.curves.empty()) throw FormatError(file.name, "there is no cycle below the column names");
    return file;
}

}  // namespace microchim::described
