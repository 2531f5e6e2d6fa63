// One amplitude file: what QX Manager measured in every accepted droplet of one well.
//
//   Target Value of 0 = negative
//   Target Value of 1 = positive
//   Target Value of u = unclassified (Advanced Classification Mode)
//
//   Ch1Amplitude,Ch2Amplitude,SRY,RPP30,      <- up to six channels; a target's name may be a number
//   4376.019,1236.176,1,0,
//
// A well without droplets has the one line "0,0,0". Files with decimal commas: decimal_comma.hpp.
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "../biorad-shared/amplitude_text.hpp"
#include "../biorad-shared/cells.hpp"
#include "../biorad-shared/names.hpp"
#include "microchim/exports.hpp"
#include "microchim/reader.hpp"

namespace microchim::qxmanager {

struct AmplitudeHeader {
    std::vector<std::string> names;  ///< channels, then targets
    std::size_t channels = 0;
    std::size_t size = 0;  ///< bytes up to the end of this line
    char delimiter = ',';

    std::size_t targets() const { return names.size() - channels; }
};

namespace detail {

/// Whether this names the amplitude of a channel: "Ch1Amplitude".
inline bool is_channel(std::string_view name) {
    const auto plain = reader::detail::normalised(name);
    return plain.size() == 12 && plain.starts_with("ch") && plain[2] >= '1' && plain[2] <= '9' &&
           plain.ends_with("amplitude");
}

/// Without the preamble only the spelling tells it from QuantaSoft's "Ch1 Amplitude,Ch2 Amplitude,Cluster".
inline bool is_quantasoft(const AmplitudeHeader& header) {
    const bool spelt_so = header.names[0].find_first_of(" .") != std::string::npos;
    return spelt_so || (header.targets() == 1 && reader::detail::normalised(header.names.back()) == "cluster");
}

/// A line of the preamble, "Target Value of 0 = negative".
inline bool is_preamble(std::string_view line) {
    while (line.starts_with('"')) line.remove_prefix(1);
    return biorad::lower(line.substr(0, 15)) == "target value of";
}

}  // namespace detail

/// The header of an amplitude file of QX Manager; nothing for any other file, those of QuantaSoft included.
/// `text` is UTF-8 or Windows-1252.
inline std::optional<AmplitudeHeader> amplitude_header(std::string_view text) {
    bool preamble = false;
    std::size_t begin = text.starts_with("\xEF\xBB\xBF") ? 3 : 0;
    for (int lines = 0; lines < 12 && begin < text.size(); ++lines) {
        const auto end = std::min(text.find_first_of("\r\n", begin), text.size());
        if (end - begin > 4000) return std::nullopt;
        const auto line = text.substr(begin, end - begin);
        begin = end + (text.substr(end).starts_with("\r\n") ? 2 : 1);
        if (detail::is_preamble(line)) {
            preamble = true;
            continue;
        }
        if (line.find_first_not_of(" \t,;\"") == line.npos) continue;
        AmplitudeHeader header;
        header.delimiter = reader::delimiter(line);
        header.size = end;
        header.names = biorad::split(reader::utf8(line), header.delimiter);
        if (header.names.size() > 1 && header.names.back().empty()) header.names.pop_back();
        const auto first_target = std::find_if_not(header.names.begin(), header.names.end(), detail::is_channel);
        header.channels = static_cast<std::size_t>(first_target - header.names.begin());
        constexpr std::size_t most_channels = 8;  // two more than any instrument has
        if (header.channels == 0 || header.channels > most_channels || (!preamble && detail::is_quantasoft(header)))
            return std::nullopt;
        return header;
    }
    return std::nullopt;
}

/// Every droplet of one well, as columns of equal length.
struct Droplets {
    std::vector<std::vector<float>> amplitude;        ///< by channel, RFU
    std::vector<std::vector<std::uint8_t>> calls;     ///< by target: 0, 1, 2 = unclassified
    std::size_t rows = 0, ambiguous = 0, placed = 0;  ///< lines with a decimal comma too few; decided by their place
    std::vector<std::size_t> uncertain;               ///< lines of the file whose amplitudes stay uncertain

    void resize(std::size_t size) {
        for (auto& column : amplitude) column.resize(size);
        for (auto& column : calls) column.resize(size);
    }
    std::int64_t count(std::size_t target, std::uint8_t call) const {
        return std::count(calls[target].begin(), calls[target].end(), call);
    }
};

inline Droplets no_droplets(const AmplitudeHeader& header) {
    Droplets d;
    d.amplitude.resize(header.channels);
    d.calls.resize(header.targets());
    return d;
}

/// 0, 1, 2 of '0', '1', 'u'; 99 for anything else.
inline unsigned call_of(char c) {
    return c == '0' ? 0U : c == '1' ? 1U : (c | 0x20) == 'u' ? 2U : 99U;
}

/// Lines end with a comma natively. Where the first does and the last, which has no line end, does not, it was cut off.
inline void require_whole(std::string_view file, std::string_view text, std::size_t begin) {
    begin = std::min(text.find_first_not_of("\r\n", begin), text.size());
    const auto first = text.substr(begin, std::min(text.find_first_of("\r\n", begin), text.size()) - begin);
    const char last = text.empty() ? '\n' : text.back();
    if (first.size() + begin < text.size() && first.ends_with(',') && last != ',' && last != '\n' && last != '\r')
        throw reader::FormatError(std::string(file),
                                  "the last line is not whole; the file was cut off, export it again");
}

/// Reads the droplets below `header`: commas between cells, decimal points.
/// \throws FormatError with line and column: a cell that is no number, a call other than 0, 1 and u, a line that ends
/// too early (a file that was cut off).
inline Droplets read_points(std::string_view file, std::string_view text, const AmplitudeHeader& header) {
    biorad::AmplitudeCells cells(file, text, header.names, header.size);
    const auto channels = header.channels, columns = header.names.size();
    auto d = no_droplets(header);
    std::size_t room = 0;
    for (; cells.next_line(); ++d.rows) {
        if (d.rows == room)  // a line has about nine bytes for each channel and two for each target
            d.resize(room = room == 0 ? text.size() / (8 * channels + 2 * header.targets()) + 16 : room * 2);
        for (std::size_t c = 0; c < channels; ++c) {
            if (c > 0) cells.comma(c);
            d.amplitude[c][d.rows] = cells.amplitude(c);
        }
        for (std::size_t c = channels; c < columns; ++c) {
            cells.comma(c);
            d.calls[c - channels][d.rows] = cells.code(c, call_of, "0, 1 or u, the calls of QX Manager");
        }
        cells.line_end(columns - 1);
    }
    d.resize(d.rows);
    return d;
}

}  // namespace microchim::qxmanager
