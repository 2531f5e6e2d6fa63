// Amplitude files of a computer that writes decimal commas: QX Manager still separates the cells with commas and
// quotes none, so that a number with decimals fills two cells.
//
//   Ch1Amplitude,Ch2Amplitude,SRY,
//   6188,778,212,6292,1,              6188.778 and 212.6292
//   6294,282,262,1,                   6294 and 282.262, or 6294.282 and 262?
//
// The calls stand last, so that counts are always exact. A line with as many numbers as it can have, or with none that
// has decimals, has one reading. Of the others, about one in two thousand, a reading is impossible where a whole
// number would begin with 0, decimals would end with 0, or a number would have more digits than any in the lines that
// have one reading. If several remain, each is weighed by where droplets with these calls lie in the same file; one
// that is a thousand times likelier than the next is taken for sure, any other for likely.
#pragma once

#include <algorithm>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "amplitude.hpp"
#include "readings.hpp"

namespace microchim::qxmanager {

class DecimalCommas {
public:
    DecimalCommas(std::string_view file, std::string_view text, const AmplitudeHeader& header)
        : file_(file), header_(header), cells_(file, text, header.names, header.size), d_(no_droplets(header)) {}

    Droplets read() {
        for (; cells_.next_line(); ++d_.rows) line();
        for (const auto& [row, line, cells] : open_) decide(row, line, cells);
        std::sort(d_.uncertain.begin(), d_.uncertain.end());
        d_.ambiguous = open_.size();
        return std::move(d_);
    }

private:
    struct Open {
        std::size_t row, line;
        std::vector<std::string_view> cells;
    };

    [[noreturn]] void fail(std::size_t line, const std::string& what) const {
        throw reader::FormatError(std::string(file_) + ":" + std::to_string(line), what);
    }

    void line() {
        const auto number = d_.rows == 0 ? first_line_ = cells_.line() : first_line_ + d_.rows;
        auto text = cells_.rest_of_line();
        if (text.ends_with(',')) text.remove_suffix(1);
        std::vector<std::string_view> cells;
        for (std::size_t begin = 0, end = 0; begin <= text.size(); begin = end + 1) {
            end = std::min(text.find(',', begin), text.size());
            cells.push_back(text.substr(begin, end - begin));
        }
        const auto channels = header_.channels, targets = header_.targets();
        if (cells.size() < channels + targets || cells.size() > 2 * channels + targets)
            fail(number, "this line has " + std::to_string(cells.size()) + " cells; " +
                             std::to_string(channels + targets) + " to " + std::to_string(2 * channels + targets) +
                             " are expected in a file with decimal commas. The file may have been cut off, export it "
                             "again");
        for (std::size_t t = 0; t < targets; ++t) {
            const auto cell = cells[cells.size() - targets + t];
            const auto call = cell.size() == 1 ? call_of(cell[0]) : 99U;
            if (call == 99U)
                fail(number, reader::detail::quoted(cell) +
                                 " is not 0, 1 or u, the calls of QX Manager. The file may "
                                 "have been cut off, export it again");
            d_.calls[t].push_back(static_cast<std::uint8_t>(call));
        }
        cells.resize(cells.size() - targets);
        for (auto& column : d_.amplitude) column.push_back(0);
        if (cells.size() == channels || cells.size() == 2 * channels) take_only(number, cells);
        else open_.push_back({d_.rows, number, std::move(cells)});
    }

    /// The calls of a droplet, as a key.
    Places& places(std::size_t row) {
        std::string key;
        for (const auto& column : d_.calls) key += static_cast<char>('0' + column[row]);
        auto& found = places_[key];
        found.resize(header_.channels);
        return found;
    }

    void take_only(std::size_t line, const std::vector<std::string_view>& cells) {
        const bool decimals = cells.size() > header_.channels;
        auto& place = places(d_.rows);
        for (std::size_t c = 0; c < header_.channels; ++c) {
            const Commaed number{cells[decimals ? 2 * c : c], decimals ? cells[2 * c + 1] : std::string_view{}};
            if (!number.is_number() || (decimals && number.decimals.empty()))
                fail(line, "there is something other than numbers in the column '" + header_.names[c] + "'");
            d_.amplitude[c][d_.rows] = number.value();
            place[c].add(d_.amplitude[c][d_.rows]);
            digits_ = std::max(digits_, number.digits());
        }
    }

    void decide(std::size_t row, std::size_t line, const std::vector<std::string_view>& cells) {
        auto all = readings(cells, header_.channels);
        const auto most = digits_ == 0 ? std::size_t{9} : digits_;
        std::erase_if(all, [&](const Reading& reading) {
            return std::any_of(reading.begin(), reading.end(), [&](const auto& x) { return !x.is_plausible(most); });
        });
        if (all.empty()) fail(line, "these cells do not make numbers with decimal commas");
        std::vector<std::pair<double, const Reading*>> ranked;
        for (const auto& reading : all) ranked.emplace_back(likelihood(reading, places(row), most), &reading);
        std::stable_sort(ranked.begin(), ranked.end(), [](const auto& a, const auto& b) { return a.first > b.first; });
        constexpr double sure = 6.9078;  // a thousand to one
        if (all.size() > 1) {
            if (ranked[0].first - ranked[1].first > sure) ++d_.placed;
            else d_.uncertain.push_back(line);
        }
        for (std::size_t c = 0; c < header_.channels; ++c) d_.amplitude[c][row] = (*ranked[0].second)[c].value();
    }

    std::string_view file_;
    const AmplitudeHeader& header_;
    biorad::AmplitudeCells cells_;
    Droplets d_;
    std::vector<Open> open_;
    std::map<std::string, Places> places_;
    std::size_t digits_ = 0, first_line_ = 0;
};

/// Whether the lines of this file have too many cells, and no decimal point: told from the first hundred.
inline bool has_decimal_commas(std::string_view body, const AmplitudeHeader& header) {
    std::size_t lines = 0, wide = 0;
    while (lines < 100 && !body.empty()) {
        const auto end = std::min(body.find_first_of("\r\n"), body.size());
        auto line = body.substr(0, end);
        body.remove_prefix(std::min(end + 1, body.size()));
        if (line.empty()) continue;
        if (line.find('.') != line.npos) return false;
        ++lines;
        if (line.ends_with(',')) line.remove_suffix(1);
        const auto cells = 1 + static_cast<std::size_t>(std::count(line.begin(), line.end(), ','));
        wide += cells > header.names.size() && cells <= header.names.size() + header.channels;
    }
    return wide * 2 > lines;
}

}  // namespace microchim::qxmanager
