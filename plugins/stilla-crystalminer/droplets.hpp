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

#include "microchim/decimal.hpp"
#include "microchim/exports.hpp"
#include "microchim/reader.hpp"
#include "names.hpp"

namespace microchim::stilla {

/// The header of a file of droplets.
struct DropletHeader {
    char delimiter = ',';
    std::vector<std::size_t> channel;  ///< of each column: 1 for Chan1_FluoValue, 0 for any other column
    std::size_t channels = 0;
    std::string others;  ///< names of the other columns
};

/// Columns Chan1_FluoValue to ChanN_FluoValue, each once; no channels for any other file.
inline DropletHeader droplet_header(std::string_view line) {
    using reader::detail::normalised;
    DropletHeader header;
    header.delimiter = reader::delimiter(line);
    std::vector<bool> seen;
    for (std::size_t begin = 0; begin <= line.size();) {
        const auto end = std::min(line.find(header.delimiter, begin), line.size());
        const auto cell = line.substr(begin, end - begin);
        const auto name = normalised(cell);
        std::size_t channel = 0;
        if (name.starts_with("chan") && name.ends_with("fluovalue")) {
            const auto number = std::string_view(name).substr(4, name.size() - 13);
            const auto [stop, fault] = std::from_chars(number.data(), number.data() + number.size(), channel);
            if (fault != std::errc{} || stop != number.data() + number.size() || channel < 1 || channel > 16) return {};
            if (seen.size() < channel) seen.resize(channel);
            if (seen[channel - 1]) return {};
            seen[channel - 1] = true;
        } else if (!name.empty()) {
            header.others += (header.others.empty() ? "" : ", ") + std::string(trimmed(cell));
        }
        header.channel.push_back(channel);
        begin = end + 1;
    }
    if (std::find(seen.begin(), seen.end(), false) != seen.end()) return {};
    header.channels = seen.size();
    return header;
}

inline bool is_droplets(std::string_view bytes) {
    const auto head = reader::head(bytes);
    return droplet_header(reader::line(head, 0)).channels > 0;
}

/// Every droplet of one chamber, by channel.
struct Droplets {
    std::vector<std::vector<float>> fluorescence;
    std::string others;

    std::size_t size() const { return fluorescence.empty() ? 0 : fluorescence.front().size(); }
};

/// Walks over the cells of the lines below the header; nothing is kept but the numbers.
class DropletLines {
public:
    DropletLines(std::string_view file, std::string_view text, const DropletHeader& header)
        : file_(file),
          text_(text),
          header_(header),
          at_(text.data() + std::min(text.find_first_of("\r\n"), text.size())),
          end_(text.data() + text.size()) {}

    Droplets read() {
        Droplets d;
        d.fluorescence.resize(header_.channels);
        for (auto& channel : d.fluorescence) channel.reserve(text_.size() / (8 * header_.channel.size()) + 1);
        while (next_line())
            for (std::size_t c = 0; c < header_.channel.size(); ++c) {
                if (c > 0) separator(c);
                if (const auto channel = header_.channel[c]) d.fluorescence[channel - 1].push_back(number(c));
                else skip();
                if (c + 1 == header_.channel.size()) line_end(c);
            }
        d.others = header_.others;
        return d;
    }

private:
    bool at_line_end() const { return at_ == end_ || *at_ == '\n' || *at_ == '\r'; }

    bool next_line() {
        while (at_ != end_ && (*at_ == '\n' || *at_ == '\r' || *at_ == ' ')) ++at_;
        return at_ != end_;
    }

    void blanks() {
        while (at_ != end_ && *at_ == ' ') ++at_;
    }

    float number(std::size_t column) {
        blanks();
        const bool quoted = at_ != end_ && *at_ == '"';
        if (quoted) ++at_;
        float value = 0;
        const char* const begin = at_;
        if (!reader::read_float(at_, end_, value)) fail(column, begin);
        if (quoted && (at_ == end_ || *at_++ != '"')) fail(column, begin);
        blanks();
        if (!at_line_end() && *at_ != header_.delimiter) fail(column, begin);
        return value;
    }

    void skip() {
        blanks();
        if (at_ != end_ && *at_ == '"')
            for (++at_; at_ != end_ && *at_ != '"' && *at_ != '\n' && *at_ != '\r';) ++at_;
        while (!at_line_end() && *at_ != header_.delimiter) ++at_;
    }

    void separator(std::size_t column) {
        if (at_line_end()) fail(column, at_);
        ++at_;
    }

    /// One delimiter too many is let pass.
    void line_end(std::size_t column) {
        if (!at_line_end() && *at_ == header_.delimiter) ++at_;
        blanks();
        if (!at_line_end()) fail(column, at_);
    }

    [[noreturn]] void fail(std::size_t column, const char* cell) const {
        std::size_t line = 1;  // lines are counted only now
        for (const char* p = text_.data(); p < cell; ++p)
            line += *p == '\n' || (*p == '\r' && (p + 1 == end_ || p[1] != '\n'));
        const auto stop =
            std::find_if(cell, end_, [&](char c) { return c == '\n' || c == '\r' || c == header_.delimiter; });
        throw reader::FormatError(
            std::string(file_) + ":" + std::to_string(line) + ", column " + std::to_string(column + 1),
            stop == cell ? "the line ends before this value; the file may have been cut off, export it again"
                         : reader::detail::quoted({cell, static_cast<std::size_t>(stop - cell)}) + " is not a number");
    }

    std::string_view file_, text_;
    const DropletHeader& header_;
    const char *at_, *end_;
};

/// \throws FormatError with line and column: a cell that is no number, a line that ends too early or too late.
inline Droplets read_droplets(std::string_view file, std::string_view bytes) {
    std::string own;
    const bool utf16 = bytes.starts_with("\xFF\xFE") || bytes.starts_with("\xFE\xFF");
    if (utf16) bytes = own = reader::utf8(bytes);
    if (bytes.starts_with("\xEF\xBB\xBF")) bytes.remove_prefix(3);
    const auto header = droplet_header(reader::line(bytes, 0));
    if (header.delimiter != ',' && bytes.find(',', std::min(bytes.find_first_of("\r\n"), bytes.size())) != bytes.npos) {
        own = std::string(bytes);
        std::replace(own.begin(), own.end(), ',', '.');
        bytes = own;
    }
    return DropletLines(file, bytes, header).read();
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
