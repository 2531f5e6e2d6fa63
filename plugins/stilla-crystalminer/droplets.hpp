// One file of droplets: what was measured in every droplet of one chamber.
//
//   20240311_donors_A1_CompensatedData.csv       the spill-over between the colours taken out
//   20240311_donors_A1_RawData.csv               as measured
//
//   Chan1_FluoValue,Chan2_FluoValue,Chan3_FluoValue
//   12873.4,5021.7,30991.2
//
// Comma, semicolon or tab; a decimal comma only where it does not separate cells. Other columns may stand between.
#pragma once

#include <algorithm>
#include <charconv>
#include <string>
#include <string_view>
#include <vector>

#include "microchim/exports.hpp"
#include "microchim/raw_table.hpp"
#include "microchim/reader.hpp"
#include "names.hpp"

namespace microchim::stilla {

/// The header of a file of droplets.
struct DropletHeader {
    std::vector<std::size_t> channel;  ///< of each column: 1 for Chan1_FluoValue, 0 for any other column
    std::size_t channels = 0;
    std::string others;  ///< names of the other columns
};

/// Columns Chan1_FluoValue to ChanN_FluoValue, each once; no channels for any other file.
inline DropletHeader droplet_header(const std::vector<std::string>& columns) {
    DropletHeader header;
    std::vector<bool> seen;
    for (const auto& column : columns) {
        const auto name = reader::detail::normalised(column);
        std::size_t channel = 0;
        if (name.starts_with("chan") && name.ends_with("fluovalue")) {
            const auto number = std::string_view(name).substr(4, name.size() - 13);
            const auto [stop, fault] = std::from_chars(number.data(), number.data() + number.size(), channel);
            if (fault != std::errc{} || stop != number.data() + number.size() || channel < 1 || channel > 16) return {};
            if (seen.size() < channel) seen.resize(channel);
            if (seen[channel - 1]) return {};
            seen[channel - 1] = true;
        } else if (!name.empty()) {
            header.others += (header.others.empty() ? "" : ", ") + column;
        }
        header.channel.push_back(channel);
    }
    if (std::find(seen.begin(), seen.end(), false) != seen.end()) return {};
    header.channels = seen.size();
    return header;
}

inline bool is_droplets(std::string_view bytes) {
    const auto head = reader::head(bytes);
    const auto line = reader::line(head, 0);
    return droplet_header(reader::cells_of(line, reader::delimiter(line))).channels > 0;
}

/// Every droplet of one chamber, by channel.
struct Droplets {
    std::vector<std::vector<float>> fluorescence;
    std::string others;

    std::size_t size() const { return fluorescence.empty() ? 0 : fluorescence.front().size(); }
};

/// \throws FormatError with line and column: a cell that is no number, a line that ends too early or too late.
inline Droplets read_droplets(std::string_view file, std::string_view bytes) {
    const reader::RawTable table(file, bytes, reader::delimiter(reader::line(reader::head(bytes), 0)));
    const auto header = droplet_header(table.columns);
    if (header.channels == 0) throw reader::FormatError(table.file + ":1", "a quote is missing in the column names");
    Droplets d;
    d.others = header.others;
    d.fluorescence.resize(header.channels);
    for (auto& channel : d.fluorescence) channel.reserve(table.text.size() / (8 * header.channel.size()) + 1);
    for (reader::Rows row(table); row.next();)
        for (std::size_t c = 0; c < table.columns.size(); ++c)
            if (const auto channel = header.channel[c]) d.fluorescence[channel - 1].push_back(table.number(row[c], c));
    return d;
}

/// Which chamber a file of droplets is of, and whether the colours are compensated; told by its name, because the
/// content does not say.
struct DropletFile {
    std::size_t entry = 0;
    std::string file;
    Chamber chamber;
    bool compensated = false;
};

inline DropletFile droplet_file(std::size_t entry, std::string_view path) {
    DropletFile file{entry, std::string(path), {}, false};
    auto name = stem(path);
    file.compensated = drop_end(name, "_CompensatedData");
    const bool known = file.compensated || drop_end(name, "_RawData");
    if (known) file.chamber = chamber(name);
    if (file.chamber.well.empty())
        throw reader::FormatError(
            std::string(path),
            "the name of a file of droplets ends in _<chamber>_RawData.csv or "
            "_<chamber>_CompensatedData.csv, as in run_A1_RawData.csv; this one does not say which "
            "chamber it is");
    return file;
}

}  // namespace microchim::stilla
