// One amplitude file: what QuantaSoft measured in every accepted droplet of one well.
//
//   Ch1 Amplitude,Ch2 Amplitude,Cluster      <- "Assay1 Amplitude,..." before QuantaSoft 1.7;
//   4376.0191,1236.1761,1                       no Cluster in copies that went through a spreadsheet
//
// Cluster 1 = both negative, 2 = only channel 1 positive, 3 = both, 4 = only channel 2, 0 = not classified.
// A well without droplets has the one line "0,0,0".
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "../biorad-shared/amplitude_text.hpp"
#include "../biorad-shared/cells.hpp"
#include "microchim/exports.hpp"
#include "microchim/reader.hpp"
#include "microchim/table.hpp"

namespace microchim::quantasoft {

struct AmplitudeHeader {
    std::vector<std::string> names;  ///< two channels, and "Cluster" where there is one
    std::size_t size = 0;            ///< bytes up to the end of this line
    char delimiter = ',';
    bool old = false;  ///< "Assay1 Amplitude": before QuantaSoft 1.7
};

/// The header of an amplitude file of QuantaSoft; nothing for any other file, those of QX Manager included, which has
/// no blank in "Ch1Amplitude" and no Cluster. `text` is UTF-8 or Windows-1252.
inline std::optional<AmplitudeHeader> amplitude_header(std::string_view text) {
    AmplitudeHeader header;
    auto line = text.substr(0, 400);
    if (line.starts_with("\xEF\xBB\xBF")) line.remove_prefix(3);
    line.remove_prefix(std::min(line.find_first_not_of("\r\n"), line.size()));
    header.size = static_cast<std::size_t>(line.data() - text.data());
    line = line.substr(0, line.find_first_of("\r\n"));
    header.size += line.size();
    header.delimiter = reader::delimiter(line);
    auto& names = header.names = biorad::split(line, header.delimiter);
    while (names.size() > 2 && names.back().empty()) names.pop_back();
    if (names.size() != 2 && names.size() != 3) return std::nullopt;
    const auto is = [&](std::size_t i, const char* name) { return reader::detail::normalised(names[i]) == name; };
    const bool cluster = names.size() == 3;
    if (cluster && !is(2, "cluster")) return std::nullopt;
    header.old = is(0, "assay1amplitude") && is(1, "assay2amplitude");
    const bool spelt_so = cluster || names[0].find_first_of(" .") != std::string::npos;
    if (!header.old && (!spelt_so || !is(0, "ch1amplitude") || !is(1, "ch2amplitude"))) return std::nullopt;
    return header;
}

/// Every droplet of one well, as columns of equal length.
struct Droplets {
    std::array<std::vector<float>, 2> amplitude;  ///< RFU
    std::vector<std::uint8_t> cluster;            ///< 0 to 4; empty: the file has no clusters

    std::size_t size() const { return amplitude[0].size(); }

    /// What the clusters say of channel 1 (0) or 2 (1), per droplet: 0, 1, 2 = not classified.
    std::vector<std::uint8_t> positive(std::size_t channel) const {
        static constexpr std::uint8_t calls[2][5] = {{2, 0, 1, 1, 0}, {2, 0, 0, 1, 1}};
        std::vector<std::uint8_t> result(cluster.size());
        std::transform(cluster.begin(), cluster.end(), result.begin(), [&](auto code) { return calls[channel][code]; });
        return result;
    }
};

/// Reads the droplets below `header`: commas between cells, decimal points.
/// \throws FormatError with line and column: a cell that is no number, a line that ends too early (a file that
/// was cut off), a cluster code outside 0 to 4.
inline Droplets read_points(std::string_view file, std::string_view bytes, const AmplitudeHeader& header) {
    biorad::AmplitudeCells cells(file, bytes, header.names, header.size);
    const auto code = [](char c) { return c >= '0' && c <= '4' ? static_cast<unsigned>(c - '0') : 99U; };
    const bool clusters = header.names.size() == 3;
    Droplets d;
    std::size_t rows = 0, room = 0;
    const auto resize = [&](std::size_t size) {
        for (auto& column : d.amplitude) column.resize(size);
        if (clusters) d.cluster.resize(size);
    };
    for (; cells.next_line(); ++rows) {
        if (rows == room) resize(room = room == 0 ? bytes.size() / 18 + 16 : room * 2);  // a line has 18 to 24 bytes
        d.amplitude[0][rows] = cells.amplitude(0);
        cells.comma(1);
        d.amplitude[1][rows] = cells.amplitude(1);
        if (clusters) {
            cells.comma(2);
            d.cluster[rows] = cells.code(2, code, "a cluster code of QuantaSoft, which are 0 to 4");
        }
        cells.line_end(header.names.size() - 1);
    }
    // No droplet is that dark: a well without any, whatever code stands beside the zeros.
    const bool nothing = rows == 1 && d.amplitude[0][0] == 0 && d.amplitude[1][0] == 0;
    resize(nothing ? 0 : rows);
    return d;
}

/// The droplets below `header`, however their numbers are written. `text` is the whole file.
inline Droplets read_droplets(std::string_view file, std::string_view text, const AmplitudeHeader& header) {
    const auto body = text.substr(header.size);
    biorad::require_lines(file, body);
    if (!biorad::is_saved_again(body, header.delimiter)) return read_points(file, text, header);
    return read_points(file, biorad::separated_by_commas(text, header.size, header.delimiter), header);
}

}  // namespace microchim::quantasoft
