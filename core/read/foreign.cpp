#include "core/read/foreign.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <utility>
#include <vector>

#include "core/read/archive.hpp"
#include "core/read/biff.hpp"
#include "core/read/lower.hpp"
#include "microchim/reader.hpp"

namespace microchim::read {
namespace {

using namespace std::string_view_literals;

// ---- what there is ----

/// A file that an instrument program writes for itself.
struct Native {
    std::string_view extensions;  ///< ".qlp.qlb."
    std::string_view begin;       ///< how such files begin, where that is known; others do, too
    const char *what, *hint;
};

constexpr auto zip_begin = "PK"sv, tiff_begin = "II*\0"sv, tiff_big_begin = "MM\0*"sv, ole_begin = "\xD0\xCF\x11\xE0"sv,
               seven_begin = "7z\xBC\xAF\x27\x1C"sv;

// Which menu: as the vendors' own programs name it.
constexpr Native quantasoft{
    ".qlp.qlb.", tiff_begin, "a locked QuantaSoft file",
    "In QuantaSoft open the run, choose Options > Export CSV and Options > Export Amplitude and Cluster Data, and "
    "give the folder with these files."};
constexpr Native qx_manager{
    ".ddpcr.", seven_begin, "a locked file of QX Manager or QuantaSoft Analysis Pro",
    "Open it in that program, export the data table as CSV and the amplitude data, and give the folder with these "
    "files."};
constexpr Native crystal_miner{".ncx.",
                               {},
                               "a Crystal Miner experiment that only Crystal Miner opens",
                               "In Crystal Miner export the results and the raw data of the chambers as CSV, and give "
                               "the folder with these files."};
constexpr Native cfx{".pcrd.", zip_begin, "a locked CFX Maestro file",
                     "In CFX Maestro choose Export > RDML File or Export > Export All Data Sheets, and give what it "
                     "writes."};
constexpr Native cfx_alone{".zpcr.", zip_begin, "a locked file of a CFX instrument that ran without a computer",
                           "In CFX Maestro choose File > Open > Stand-alone Run, then Export > Export All Data Sheets, "
                           "and give what it writes."};
constexpr Native eds{".eds.edt.", zip_begin, "an .eds file of Applied Biosystems software that could not be opened",
                     "Give the .eds alone, whole and without a password, as the instrument's program saved it."};
constexpr Native lightcycler_480{
    ".ixo.", "<"sv, "a LightCycler 480 file",
    "In the LightCycler 480 software export the run as text (raw data, all channels), and give that file."};
constexpr Native lightcycler_96{
    ".lc96p.lc96u.", zip_begin, "a LightCycler 96 file that could not be opened",
    "Give the .lc96p alone and whole, or the RDML that the LightCycler 96 software exports."};
constexpr Native mxpro{".mxp.", ole_begin, "a locked MxPro file",
                       "In MxPro choose File > Export Text Report, and give the file it writes."};
constexpr Native sds{".sds.",
                     {},
                     "a locked file of Applied Biosystems SDS software",
                     "In SDS choose File > Export, and give the text file of the results that it writes."};

constexpr std::array natives{&quantasoft, &qx_manager,      &crystal_miner,  &cfx,   &cfx_alone,
                             &eds,        &lightcycler_480, &lightcycler_96, &mxpro, &sds};

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
    Magic{tiff_begin, "a TIFF picture, not an instrument file", export_instead},
    Magic{tiff_big_begin, "a TIFF picture, not an instrument file", export_instead},
    Magic{"%PDF-"sv, "a PDF document, not an instrument file",
          "A report cannot be read back; export the table behind it as CSV."},
    Magic{"\x7F"
          "ELF"sv,
          "a program, not an instrument file", export_instead},
    Magic{"MZ"sv, "a Windows program, not an instrument file", export_instead},
    Magic{"{\\rtf"sv, "a text document, not an instrument file", export_instead},
    Magic{ole_begin, "an old Office document that no reader knows",
          "If it is an .xls, it may have been cut off: copy it again. Else save the table in it as CSV."},
    Magic{seven_begin, "a 7-Zip archive",
          "Unpack it and give the folder, or pack it as a zip. If it is a .ddpcr file by another name, export the run "
          "in QX Manager."},
    Magic{"Rar!"sv, "a RAR archive", unpack_first},
    Magic{"\x1F\x8B"sv, "a gzip archive", unpack_first},
};

Foreign told(const Native& native) {
    return {native.what, true, native.hint};
}

// ---- looking inside, without trust ----

/// A number of `size` bytes; 0 past the end.
std::uint32_t number(std::string_view bytes, std::size_t at, std::size_t size, bool big = false) {
    if (at > bytes.size() || bytes.size() - at < size) return 0;
    std::uint32_t value = 0;
    for (std::size_t i = 0; i < size; ++i)
        value |= std::uint32_t{static_cast<unsigned char>(bytes[at + i])} << 8 * (big ? size - 1 - i : i);
    return value;
}

struct Tiff {
    bool picture = false, droplets = false;
};

/// The first directory (TIFF 6.0, section 2). A picture says its width there (tag 256); QuantaSoft writes no picture,
/// but well after well under private tags from 65000, the first of them the names of the channels.
Tiff tiff(std::string_view bytes) {
    const bool big = bytes.starts_with(tiff_big_begin);
    if (!big && !bytes.starts_with(tiff_begin)) return {};
    Tiff found;
    const std::size_t directory = number(bytes, 4, 4, big);
    for (std::size_t i = 0; i < number(bytes, directory, 2, big); ++i) {
        const auto tag = number(bytes, directory + 2 + 12 * i, 2, big);
        if (tag == 256) found.picture = true;
        if (tag >= 65000 && tag < 65100) found.droplets = true;
    }
    if (found.picture) found.droplets = false;
    return found;
}

struct Packed {
    std::string name;  ///< lower case
    bool encrypted;
};

/// The names in a zip that stayed whole (APPNOTE 4.3.12, 4.3.16), as far as they can be read; at most 1,000.
std::vector<Packed> names_in(std::string_view zip) {
    const auto end = zip.rfind("PK\x05\x06"sv);
    const std::size_t size = end == zip.npos ? 0 : number(zip, end + 12, 4);
    std::vector<Packed> names;
    if (size == 0 || size > end) {  // no directory: the first entry at least
        const auto at = zip.find("PK\x03\x04"sv);
        if (at < 16)
            names.push_back({lower(zip.substr(std::min(at + 30, zip.size()), number(zip, at + 26, 2))),
                             (number(zip, at + 6, 2) & 1) != 0});
        return names;
    }
    for (auto at = end - size; names.size() < 1000 && zip.substr(at).starts_with("PK\x01\x02"sv) && at + 46 <= end;) {
        const std::size_t length = number(zip, at + 28, 2);
        names.push_back({lower(zip.substr(at + 46, length)), (number(zip, at + 8, 2) & 1) != 0});
        at = std::min(end, at + 46 + length + number(zip, at + 30, 2) + number(zip, at + 32, 2));
    }
    return names;
}

struct ClosedZip {
    Foreign file;
    bool sure = true;  ///< false: the extension may say more
};

/// A zip that stayed whole: one with a password, an Office document, or one in too many others.
ClosedZip closed_zip(std::string_view bytes) {
    const auto names = names_in(bytes);
    const auto begins = [&](std::string_view folder) {
        return std::ranges::any_of(names, [&](const Packed& packed) { return packed.name.starts_with(folder); });
    };
    const auto locked = [&](std::string_view extension) {
        return std::ranges::any_of(
            names, [&](const Packed& packed) { return packed.encrypted && packed.name.ends_with(extension); });
    };
    if (locked(".pcrd")) return {told(cfx)};
    if (locked(".zpcr")) return {told(cfx_alone)};
    if (begins("apldbio")) return {told(eds)};
    if (begins("word/")) return {{"a Word document, not an instrument file", false, export_instead}};
    if (begins("ppt/")) return {{"a presentation, not an instrument file", false, export_instead}};
    if (begins("xl/") || begins("xl\\"))
        return {{"an Excel workbook that no reader knows", false, "Save the table in it as CSV."}};
    if (begins("[content_types].xml")) return {{"an Office document, not an instrument file", false, export_instead}};
    if (locked("")) return {{"a zip archive with a password", false, "Unpack it and give the folder."}, false};
    return {{"a zip archive that was not opened", false, "Unpack it and give the folder."}, false};
}

/// An entry of the first directory sector of a compound file ([MS-CFB] 2.2, 2.6).
bool has_storage(std::string_view bytes, std::string_view name) {
    std::string wide;
    for (const char c : name) wide += {c, '\0'};
    const auto shift = number(bytes, 30, 2);
    const auto at = (std::size_t{number(bytes, 48, 4)} + 1) << std::min(shift, 16u);
    return at < bytes.size() && bytes.substr(at, 512).find(wide) != bytes.npos;
}

/// What the content alone says.
std::optional<Foreign> marked(std::string_view bytes) {
    if (tiff(bytes).droplets) return told(quantasoft);
    if (bytes.starts_with(ole_begin) && has_storage(bytes, "Storage5") && has_storage(bytes, "Stream5"))
        return told(mxpro);
    if (kind_of_compound(bytes) == Old::locked)
        return Foreign{"an Excel workbook with a password", false,
                       "Open it in Excel and save a copy without a password. Of a calculation sheet give the run's own "
                       "export instead."};
    return std::nullopt;
}

/// What the extension says, where the content does not say otherwise.
const Native* named(std::string_view name, std::string_view bytes) {
    const auto dot = name.rfind('.');
    if (dot == name.npos || bytes.empty()) return nullptr;
    const auto extension = lower(name.substr(dot)) + ".";
    const auto native = std::ranges::find_if(
        natives, [&](const Native* kind) { return kind->extensions.find(extension) != std::string_view::npos; });
    if (native == natives.end()) return nullptr;
    const auto begin = (*native)->begin;
    if (begin == tiff_begin && (bytes.starts_with(tiff_begin) || bytes.starts_with(tiff_big_begin)))
        return tiff(bytes).picture ? nullptr : *native;
    const auto plain = bytes.starts_with("\xEF\xBB\xBF") ? bytes.substr(3) : bytes;
    if (!begin.empty() && plain.starts_with(begin)) return *native;
    const bool other = bytes.starts_with(zip_begin) ||
                       std::ranges::any_of(magics, [&](const Magic& magic) { return bytes.starts_with(magic.begin); });
    return other || reader::is_text(bytes) ? nullptr : *native;
}

}  // namespace

std::optional<Foreign> foreign(std::string_view name, std::string_view bytes) {
    if (auto kind = marked(bytes)) return kind;
    if (is_zip(bytes) ||
        bytes.starts_with("PK\x07\x08PK\x03\x04"sv)) {  // CFX writes the marker of a split archive first
        auto kind = closed_zip(bytes);
        const auto* native = kind.sure ? nullptr : named(name, bytes);
        return native ? told(*native) : std::move(kind.file);
    }
    if (const auto* native = named(name, bytes)) return told(*native);
    if (bytes.size() > 512 && bytes.substr(257, 5) == "ustar") return Foreign{"a tar archive", false, unpack_first};
    for (const auto& kind : magics)
        if (bytes.starts_with(kind.begin)) return Foreign{kind.what, false, kind.hint};
    return std::nullopt;
}

}  // namespace microchim::read
