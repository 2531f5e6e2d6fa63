#include "core/read/archive.hpp"

#include <zip.h>

#include <algorithm>
#include <map>
#include <memory>
#include <stdexcept>

#include "core/read/biff.hpp"
#include "core/read/gzip.hpp"
#include "core/read/lower.hpp"
#include "core/read/spreadsheet_xml.hpp"
#include "core/read/workbook.hpp"
#include "core/run/errors.hpp"
#include "microchim/reader.hpp"

namespace microchim::read {
namespace {

constexpr auto damaged_hint = "Copy or export it again; the transfer may have been interrupted.";

struct Discard {
    void operator()(zip_t* zip) const { zip_discard(zip); }
};
struct Close {
    void operator()(zip_file_t* file) const { zip_fclose(file); }
};
using Zip = std::unique_ptr<zip_t, Discard>;

/// The archive that is being unpacked, and how much may still come out of it.
struct Archive {
    Bundle& bundle;
    const Limits& limits;
    Entry entry;
    std::string path;  ///< for messages
    std::uint64_t& budget;
    int depth;
};

/// libzip tries every place in the last 64 kB where a directory might end, at the price of the largest one each time.
/// An honest archive has one such place, and one more for each small archive stored at its end.
bool has_many_ends(std::string_view bytes) {
    constexpr std::size_t most = 50, tail = 22 + 65'535;
    std::size_t ends = 0;
    for (auto at = bytes.size() < tail ? 0 : bytes.size() - tail; ends <= most; ++at, ++ends)
        if ((at = bytes.find("PK\x05\x06", at)) == bytes.npos) return false;
    return true;
}

Zip open_zip(const Archive& archive) {
    const auto bytes = archive.entry.bytes;
    if (has_many_ends(bytes))
        throw ReadError("'" + archive.path + "' is a damaged zip archive: it ends in many places.", archive.path, {},
                        damaged_hint);
    zip_error_t why;
    zip_error_init(&why);
    zip_source_t* source = zip_source_buffer_create(bytes.data(), bytes.size(), 0, &why);
    Zip zip(source ? zip_open_from_source(source, ZIP_RDONLY, &why) : nullptr);
    if (!zip) {
        const std::string reason = zip_error_strerror(&why);
        if (source) zip_source_free(source);
        zip_error_fini(&why);
        throw ReadError("'" + archive.path + "' is a damaged or incomplete zip archive (" + reason + ").", archive.path,
                        {}, damaged_hint);
    }
    zip_error_fini(&why);
    return zip;
}

struct Packed {
    zip_uint64_t index;
    std::string name;
    std::uint64_t size;
};

/// Names come from strangers. We never open them, but reports and tables show them, and a second program may.
std::string safe_name(const Archive& archive, std::string name) {
    std::replace(name.begin(), name.end(), '\\', '/');  // some Windows programs write it so
    while (name.starts_with("./")) name.erase(0, 2);
    std::ranges::replace_if(
        name, [](unsigned char c) { return c < 0x20 || c == 0x7F; }, '_');  // logs, terminals
    const bool drive = name.size() > 1 && name[1] == ':';
    if (name.starts_with('/') || drive || ("/" + name + "/").find("/../") != std::string::npos)
        throw ReadError("'" + archive.path + "' holds a file named '" + name + "', which points out of the archive.",
                        archive.path, {}, "An instrument's export does not do this; ask where the archive comes from.");
    return name;
}

bool is_directory(std::string_view name) {
    return name.ends_with('/');
}

/// Room for that much more in the bundle. What was weighed is never given back, so nothing can be unpacked beside it.
void claim(Bundle& bundle, std::uint64_t bytes, const std::string& path, const Limits& limits) {
    if (bytes > limits.total_bytes - std::min(bundle.bytes, limits.total_bytes))
        throw ReadError("'" + path + "' and the files with it come to more than " +
                            std::to_string(limits.total_bytes >> 20) + " MB.",
                        path, {}, "Give the files of one run.");
    bundle.bytes += bytes;
}

void keep(Bundle& bundle, Entry entry, const std::string& path, const Limits& limits) {
    if (bundle.entries.size() >= limits.entries)
        throw ReadError("'" + path + "' is one of more than " + std::to_string(limits.entries) + " files.", path, {},
                        "Give the files of one run.");
    bundle.entries.push_back(std::move(entry));
}

struct Listing {
    std::vector<Packed> files;
    bool locked = false;                      ///< with a password
    bool document = false, workbook = false;  ///< Office Open XML; a workbook
};

Listing list(const Archive& archive, zip_t* zip) {
    Listing listing;
    const auto count = static_cast<zip_uint64_t>(std::max<zip_int64_t>(0, zip_get_num_entries(zip, 0)));
    if (count + archive.bundle.entries.size() > archive.limits.entries)
        throw ReadError("'" + archive.path + "' holds more than " + std::to_string(archive.limits.entries) + " files.",
                        archive.path);
    bool instrument = false;  // some instrument files carry a workbook among other things
    for (zip_uint64_t i = 0; i < count; ++i) {
        zip_stat_t about;
        zip_stat_init(&about);
        if (zip_stat_index(zip, i, 0, &about) != 0 || !about.name || !(about.valid & ZIP_STAT_SIZE))
            throw ReadError("'" + archive.path + "' is a damaged zip archive: entry " + std::to_string(i + 1) +
                                " cannot be described.",
                            archive.path, {}, damaged_hint);
        auto name = safe_name(archive, reader::utf8(about.name));
        const auto plain = lower(name);
        if ((about.valid & ZIP_STAT_ENCRYPTION_METHOD) && about.encryption_method != ZIP_EM_NONE) listing.locked = true;
        if (plain == "[content_types].xml") listing.document = true;
        if (plain == "xl/workbook.xml") listing.workbook = true;
        if (plain.starts_with("apldbio/")) instrument = true;
        if (!name.empty() && !is_directory(name) && !is_litter(name))
            listing.files.push_back({i, std::move(name), about.size});
    }
    if (instrument) listing.document = listing.workbook = false;
    return listing;
}

void check_sizes(const Archive& archive, const std::vector<Packed>& files) {
    std::uint64_t total = 0;
    for (const auto& file : files) {
        if (std::count(file.name.begin(), file.name.end(), '/') > archive.limits.depth)
            throw ReadError("'" + archive.path + "' holds '" + file.name + "', deeper than " +
                                std::to_string(archive.limits.depth) + " folders.",
                            archive.path);
        if (file.size > archive.limits.entry_bytes || file.size > archive.limits.total_bytes - total)
            throw ReadError("'" + archive.path + "' unpacks to more than is allowed: '" + file.name + "' has " +
                                std::to_string(file.size) + " bytes.",
                            archive.path, {}, "Give the files of one run.");
        total += file.size;
    }
    if (total > archive.budget)
        throw ReadError("'" + archive.path + "' claims to unpack " + std::to_string(archive.entry.bytes.size()) +
                            " bytes to " + std::to_string(total) + "; no instrument writes such files.",
                        archive.path, {}, "This looks like a decompression bomb. Ask where it comes from.");
    archive.budget -= total;
    claim(archive.bundle, total, archive.path, archive.limits);
}

Entry unpack_one(const Archive& archive, zip_t* zip, const Packed& packed) {
    const auto damaged = [&](const char* reason) {
        return ReadError("'" + archive.path + "' is a damaged zip archive: '" + packed.name + "' cannot be unpacked (" +
                             reason + ").",
                         archive.path, {}, damaged_hint);
    };
    const std::unique_ptr<zip_file_t, Close> file(zip_fopen_index(zip, packed.index, 0));
    if (!file) throw damaged(zip_strerror(zip));
    const auto size = static_cast<std::size_t>(packed.size);
    auto memory = std::make_unique_for_overwrite<char[]>(size);
    std::size_t done = 0;
    while (done < size) {
        const auto got = zip_fread(file.get(), memory.get() + done, size - done);
        if (got < 0) throw damaged(zip_error_strerror(zip_file_get_error(file.get())));
        if (got == 0) throw damaged("it is shorter than stated");
        done += static_cast<std::size_t>(got);
    }
    char more = 0;  // reading to the very end is what makes libzip compare the checksum
    const auto rest = zip_fread(file.get(), &more, 1);
    if (rest < 0) throw damaged(zip_error_strerror(zip_file_get_error(file.get())));
    if (rest > 0) throw damaged("it is longer than stated");
    std::shared_ptr<const char[]> owner = std::move(memory);
    return {packed.name, {owner.get(), size}, owner};
}

/// The sheets of a workbook as entries. `parse` is given how much they may come to.
template <class Parse>
Kind keep_sheets(const Archive& archive, Parse parse) {
    try {
        for (auto& sheet : parse(std::min(archive.limits.entry_bytes, archive.budget))) {
            sheet.name = reader::utf8(sheet.name);
            std::ranges::replace_if(
                sheet.name,
                [](unsigned char c) { return c == '/' || c == '\\' || c < 0x20 || c == 0x7F; },  // logs, terminals
                '_');
            archive.budget -= sheet.csv.size();
            claim(archive.bundle, sheet.csv.size(), archive.path, archive.limits);
            keep(archive.bundle, make_entry(archive.entry.name + "/" + sheet.name + ".csv", sheet.csv), archive.path,
                 archive.limits);
            if (sheet.hidden)
                archive.bundle.notes.push_back({Severity::warning, archive.bundle.entries.back().name,
                                                "this sheet is hidden in the workbook; it was read as the others are"});
        }
    } catch (const ReadError&) {
        throw;
    } catch (const std::runtime_error& e) {
        throw ReadError("'" + archive.path + "' is a damaged workbook: " + e.what() + ".", archive.path, {},
                        "Open and save it again, or save the table in it as CSV.");
    }
    return Kind::workbook;
}

Kind unpack_workbook(const Archive& archive, zip_t* zip, const std::vector<Packed>& files) {
    std::map<std::string, Packed> parts;
    std::map<std::string, Entry> unpacked;
    for (const auto& file : files) parts.emplace(lower(file.name), file);
    const auto part = [&](const std::string& name) -> std::optional<std::string_view> {
        const auto found = parts.find(name);
        if (found == parts.end()) return std::nullopt;
        const auto [place, fresh] = unpacked.try_emplace(name);
        if (fresh) place->second = unpack_one(archive, zip, found->second);
        return place->second.bytes;
    };
    return keep_sheets(archive, [&](std::uint64_t most) { return sheets(part, most); });
}

/// As it is. What came out of an archive was weighed there.
Kind keep_whole(const Archive& archive) {
    if (archive.depth == 1) claim(archive.bundle, archive.entry.bytes.size(), archive.path, archive.limits);
    keep(archive.bundle, archive.entry, archive.path, archive.limits);
    return Kind::file;
}

Kind add(const Archive& archive);

/// Something that was packed in another: opened, too, where it is not too deep.
void add_inner(const Archive& archive, Entry entry, const std::string& name) {
    const auto path = archive.path + "/" + name;
    entry.name = archive.entry.name + "/" + name;
    const Archive inner{archive.bundle, archive.limits, std::move(entry), path, archive.budget, archive.depth + 1};
    if (archive.depth < archive.limits.archive_depth) add(inner);
    else keep_whole(inner);
}

Kind add_zip(const Archive& archive) {
    const auto zip = open_zip(archive);
    const auto listing = list(archive, zip.get());
    if (listing.locked || (listing.document && !listing.workbook)) return keep_whole(archive);
    check_sizes(archive, listing.files);
    archive.bundle.archives.push_back(archive.entry);
    if (listing.workbook) return unpack_workbook(archive, zip.get(), listing.files);
    for (const auto& packed : listing.files) add_inner(archive, unpack_one(archive, zip.get(), packed), packed.name);
    return Kind::archive;
}

/// "run.txt.gz" holds one file, "run.txt".
Kind add_gzip(const Archive& archive) {
    std::string content;
    try {
        content = gunzip(archive.entry.bytes, std::min(archive.limits.entry_bytes, archive.budget));
    } catch (const std::runtime_error& e) {
        throw ReadError("'" + archive.path + "' is a damaged gzip archive: " + e.what() + ".", archive.path, {},
                        damaged_hint);
    }
    archive.budget -= content.size();
    claim(archive.bundle, content.size(), archive.path, archive.limits);
    archive.bundle.archives.push_back(archive.entry);
    auto name = archive.entry.name.substr(archive.entry.name.rfind('/') + 1);
    if (lower(name).ends_with(".gz")) name.resize(name.size() - 3);
    add_inner(archive, make_entry(name, content), name.empty() ? "content" : name);
    return Kind::archive;
}

Kind add(const Archive& archive) {
    const auto bytes = archive.entry.bytes;
    if (is_zip(bytes)) return add_zip(archive);
    if (is_gzip(bytes)) return add_gzip(archive);
    const auto open = [&](auto parse) {
        if (archive.depth == 1) claim(archive.bundle, bytes.size(), archive.path, archive.limits);
        archive.bundle.archives.push_back(archive.entry);
        return keep_sheets(archive, [&](std::uint64_t most) { return parse(bytes, most); });
    };
    if (kind_of_compound(bytes) == Old::workbook) return open(old_sheets);
    if (is_spreadsheet_xml(bytes)) return open(spreadsheet_xml);
    return keep_whole(archive);
}

}  // namespace

bool is_zip(std::string_view bytes) {
    using namespace std::string_view_literals;
    if (bytes.starts_with("PK\x07\x08"sv)) bytes.remove_prefix(4);  // the mark of a split archive that was not split
    return bytes.starts_with("PK\x03\x04"sv) || bytes.starts_with("PK\x05\x06"sv);
}

Kind add_entry(Bundle& bundle, Entry entry, const Limits& limits) {
    const bool lone = bundle.path.ends_with(entry.name);
    auto path = lone ? bundle.path : bundle.path + "/" + entry.name;
    auto budget = std::max(limits.ratio_free_bytes, limits.compression_ratio * entry.bytes.size());
    return add({bundle, limits, std::move(entry), std::move(path), budget, 1});
}

}  // namespace microchim::read
