// What the names of Bio-Rad's files say: the run, and of an amplitude file the well, which stands nowhere else.
//
//   Plate 7_A01_Amplitude.csv          run "Plate 7", well A01
//   Plate 7.csv                        run "Plate 7"
//   Plate 7.xlsx/Sheet.csv             run "Plate 7": a sheet of a workbook
#pragma once

#include <algorithm>
#include <string>
#include <string_view>

#include "microchim/exports.hpp"
#include "microchim/reader.hpp"

namespace microchim::biorad {

/// "A01" of "A1", "a01" or "A01"; empty for what is no well of a 96-well plate. These instruments have no other.
inline std::string well_name(std::string_view text) {
    return reader::well_name(text, 8, 12);
}

/// Names that differ in case are one name: QX Manager itself writes both "ddPCR0015" and "ddpcr0015".
inline std::string lower(std::string_view text) {
    std::string out(text);
    for (char& c : out)
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c | 0x20);
    return out;
}

/// The file's name without folders and without its ending; of a sheet that of its workbook.
inline std::string_view stem(std::string_view file) {
    const auto sheet = lower(file).rfind(".xlsx/");
    if (sheet != std::string::npos) file = file.substr(0, sheet + 5);
    file.remove_prefix(file.rfind('/') + 1);
    return file.substr(0, std::min(file.rfind('.'), file.size()));
}

struct AmplitudeName {
    std::string run, well;
};

/// \throws FormatError where the name has no well.
inline AmplitudeName amplitude_name(std::string_view file) {
    auto name = stem(file);
    const auto end = lower(name).rfind("_amplitude");
    if (end != std::string::npos) {
        name = name.substr(0, end);
        const auto before = name.rfind('_');
        const auto run = before == name.npos ? std::string_view{} : name.substr(0, before);
        if (auto well = well_name(name.substr(before + 1)); !well.empty()) return {std::string(run), std::move(well)};
    }
    throw reader::FormatError(std::string(file),
                              "the name of an amplitude file ends in _<well>_Amplitude.csv, as in "
                              "run_A01_Amplitude.csv; this one does not say which well it is");
}

}  // namespace microchim::biorad
