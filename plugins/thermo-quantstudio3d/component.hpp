// The inside of a chip's experiment, unpacked: two tables with one row per well of the chip.
//
//   chip1/apldbio/sds/quants_dye/ComponentData.CSV             Fam,Rox,Vic         fluorescence
//   chip1/apldbio/sds/quality_metrics/QVhOverallScores.CSV     0.93                quality, with a line above
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "chip.hpp"
#include "microchim/decimal.hpp"

namespace microchim::quantstudio3d {

/// Whether a path ends like this; case does not count.
inline bool path_ends(std::string_view path, std::string_view end) {
    const auto low = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c; };
    return path.size() >= end.size() && std::ranges::equal(path.substr(path.size() - end.size()), end, {}, low, low);
}

/// Whether this is the fluorescence of a chip: by its columns, which are common, and by its place in the experiment.
inline bool is_component(std::string_view path, std::string_view bytes) try {
    if (!path_ends(path, "ComponentData.csv")) return false;
    const auto line = std::string(reader::line(reader::head(bytes), 0));
    const reader::Table head("", line, ',');
    bool fam = false, vic = false;
    for (const auto column : head.header()) {
        const auto name = upper(column);
        if (!name.empty() && !is_dye(name)) return false;
        fam = fam || name == "FAM";
        vic = vic || name == "VIC";
    }
    return fam && vic;
} catch (const FormatError&) {
    return false;
}

namespace detail {

/// The columns of a table of numbers. \throws FormatError for a cell that is none and a line with other cells.
inline std::vector<std::vector<float>> columns(std::string_view file, std::string_view text, std::size_t width) {
    std::vector<std::vector<float>> found(width);
    std::size_t line = 1;
    for (std::size_t at = 0; at < text.size(); ++line) {
        const auto end = std::min(text.find('\n', at), text.size());
        auto row = text.substr(at, end - at);
        at = end + 1;
        if (row.ends_with('\r')) row.remove_suffix(1);
        if (line == 1 || row.find_first_not_of(" ,") == row.npos) continue;  // line 1 has the names
        const char *p = row.data(), *const stop = p + row.size();
        for (std::size_t c = 0; c < width; ++c) {
            float value = 0;
            const auto where = std::string(file) + ":" + std::to_string(line) + ", column " + std::to_string(c + 1);
            if (!reader::read_float(p, stop, value))
                throw FormatError(where, "there is no number; the file may have been cut off, save it again");
            found[c].push_back(value);
            const bool last = c + 1 == width;
            if (p != stop && *p == ',') ++p;
            else if (!last || p != stop)
                throw FormatError(where, "the line should have " + std::to_string(width) + " numbers");
        }
        if (p != stop)
            throw FormatError(std::string(file) + ":" + std::to_string(line), "the line has more cells than expected");
    }
    return found;
}

/// "chip1" of "chip1/apldbio/sds/quants_dye/ComponentData.CSV".
inline std::string experiment(std::string_view path) {
    const auto at = path.find("apldbio/");
    auto folder = path.substr(0, at == path.npos ? path.rfind('/') + 1 : at);
    while (folder.ends_with('/')) folder.remove_suffix(1);
    folder = folder.substr(folder.rfind('/') + 1);
    if (path_ends(folder, ".zip") || path_ends(folder, ".eds")) folder.remove_suffix(4);
    return std::string(folder);
}

}  // namespace detail

/// The quality that belongs to a component file: the same path but for the last two parts. Nothing where there is none.
inline std::optional<std::size_t> quality_of(const reader::Bundle& bundle, std::size_t component) {
    const auto path = bundle.name(component);
    const auto folder = path.substr(0, path.rfind('/') == path.npos ? 0 : path.rfind('/'));
    const auto root = std::string(folder.substr(0, folder.rfind('/') + 1));
    for (std::size_t i = 0; i < bundle.size(); ++i) {
        const auto other = bundle.name(i);
        if (path_ends(other, "QVhOverallScores.csv") && other.starts_with(root)) return i;
    }
    return std::nullopt;
}

/// The chip of an unpacked experiment. \throws FormatError naming the line.
inline Chip read_component(const reader::Bundle& bundle, std::size_t entry) {
    Chip chip;
    chip.file = bundle.name(entry);
    chip.id = detail::experiment(bundle.name(entry));
    chip.dialect = "QuantStudio 3D unpacked experiment";
    chip.entries = {entry};
    const auto text = reader::utf8(bundle.bytes(entry));
    const reader::Table head(chip.file, std::string(reader::line(text, 0)), ',');
    for (const auto column : head.header())
        if (!upper(column).empty()) chip.dyes.push_back({upper(column), {}});
    chip.open_end = !text.ends_with('\n');
    auto values = detail::columns(chip.file, text, chip.dyes.size());
    for (std::size_t d = 0; d < chip.dyes.size(); ++d) chip.dyes[d].fluorescence = std::move(values[d]);
    if (chip.dyes.front().fluorescence.empty())
        throw FormatError(chip.file, "there is no well below the column names; the file may have been cut off");
    if (const auto quality = quality_of(bundle, entry)) {
        const auto scores = reader::utf8(bundle.bytes(*quality));
        const auto name = std::string(bundle.name(*quality));
        chip.quality = std::move(detail::columns(name, scores, 1).front());
        chip.entries.push_back(*quality);
        if (chip.quality.size() != chip.dyes.front().fluorescence.size())
            throw FormatError(name, "there are " + std::to_string(chip.quality.size()) + " qualities for " +
                                        std::to_string(chip.dyes.front().fluorescence.size()) +
                                        " wells; one of the files was cut off");
    }
    return chip;
}

}  // namespace microchim::quantstudio3d
