#include "core/read/foreign.hpp"

#include <algorithm>
#include <array>
#include <cctype>

#include "core/read/archive.hpp"

namespace microchim::read {
namespace {

using namespace std::string_view_literals;

struct Locked {
    std::string_view extension;
    const char *what, *hint;
};

// Which menu: as the vendors' own programs name it.
constexpr std::array locked{
    Locked{
        ".qlp", "a locked QuantaSoft file",
        "In QuantaSoft open the run, choose Options > Export CSV and Options > Export Amplitude and Cluster Data, and "
        "give the folder with these files."},
    Locked{
        ".ddpcr", "a locked file of QX Manager or QuantaSoft Analysis Pro",
        "Open it in that program, export the data table as CSV and the amplitude data, and give the folder with these "
        "files."},
    Locked{".pcrd", "a locked CFX Maestro file",
           "In CFX Maestro choose Export > RDML File or Export > Export All Data Sheets, and give what it writes."},
    Locked{".ixo", "a locked LightCycler 480 file",
           "In the LightCycler 480 software export the run as text (raw data, all channels), and give that file."},
};

struct Magic {
    std::string_view begin;
    const char *what, *hint;
};

constexpr auto export_instead = "Give the file or folder that the instrument software exported.";
constexpr auto unpack_first = "Unpack it and give the folder, or pack it as a zip.";

constexpr std::array magics{
    Magic{"\x89PNG\r\n"sv, "a PNG picture, not an instrument file", export_instead},
    Magic{"\xFF\xD8\xFF"sv, "a JPEG picture, not an instrument file", export_instead},
    Magic{"GIF8"sv, "a GIF picture, not an instrument file", export_instead},
    Magic{"II*\0"sv, "a TIFF picture, not an instrument file", export_instead},
    Magic{"MM\0*"sv, "a TIFF picture, not an instrument file", export_instead},
    Magic{"%PDF-"sv, "a PDF document, not an instrument file",
          "A report cannot be read back; export the table behind it as CSV."},
    Magic{"\x7F"
          "ELF"sv,
          "a program, not an instrument file", export_instead},
    Magic{"MZ"sv, "a Windows program, not an instrument file", export_instead},
    Magic{"{\\rtf"sv, "a text document, not an instrument file", export_instead},
    Magic{"\xD0\xCF\x11\xE0"sv, "an old Office document that no reader knows", "Save the table in it as CSV."},
    Magic{"7z\xBC\xAF\x27\x1C"sv, "a 7-Zip archive", unpack_first},
    Magic{"Rar!"sv, "a RAR archive", unpack_first},
    Magic{"\x1F\x8B"sv, "a gzip archive", unpack_first},
};

bool has_extension(std::string_view name, std::string_view extension) {
    if (name.size() < extension.size()) return false;
    const auto end = name.substr(name.size() - extension.size());
    return std::equal(end.begin(), end.end(), extension.begin(),
                      [](unsigned char a, unsigned char b) { return std::tolower(a) == b; });
}

/// A zip that stayed whole: an Office document, or one with a password (first header, flag bit 0; APPNOTE 4.4.4).
Foreign closed_zip(std::string_view bytes) {
    if (bytes.size() > 6 && (bytes[6] & 1))
        return {"a zip archive with a password", false, "Unpack it and give the folder."};
    if (bytes.find("word/") != bytes.npos) return {"a Word document, not an instrument file", false, export_instead};
    if (bytes.find("ppt/") != bytes.npos) return {"a presentation, not an instrument file", false, export_instead};
    return {"an Excel workbook that no reader knows", false, "Save the table in it as CSV."};
}

}  // namespace

std::optional<Foreign> foreign(std::string_view name, std::string_view bytes) {
    for (const auto& kind : locked)
        if (has_extension(name, kind.extension)) return Foreign{kind.what, true, kind.hint};
    for (const auto& kind : magics)
        if (bytes.starts_with(kind.begin)) return Foreign{kind.what, false, kind.hint};
    if (is_zip(bytes)) return closed_zip(bytes);
    return std::nullopt;
}

}  // namespace microchim::read
