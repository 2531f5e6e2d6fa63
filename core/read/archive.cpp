#include "core/read/archive.hpp"

#include <zip.h>

#include <algorithm>
#include <memory>

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

Zip open_zip(const Bundle& bundle) {
    const auto bytes = bundle.archive->bytes;
    zip_error_t why;
    zip_error_init(&why);
    zip_source_t* source = zip_source_buffer_create(bytes.data(), bytes.size(), 0, &why);
    Zip zip(source ? zip_open_from_source(source, ZIP_RDONLY, &why) : nullptr);
    if (!zip) {
        const std::string reason = zip_error_strerror(&why);
        if (source) zip_source_free(source);
        zip_error_fini(&why);
        throw ReadError("'" + bundle.path + "' is a damaged or incomplete zip archive (" + reason + ").", bundle.path,
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
std::string safe_name(const Bundle& bundle, std::string name) {
    std::replace(name.begin(), name.end(), '\\', '/');  // some Windows programs write it so
    while (name.starts_with("./")) name.erase(0, 2);
    const bool drive = name.size() > 1 && name[1] == ':';
    if (name.starts_with('/') || drive || ("/" + name + "/").find("/../") != std::string::npos)
        throw ReadError("'" + bundle.path + "' holds a file named '" + name + "', which points out of the archive.",
                        bundle.path, {}, "An instrument's export does not do this; ask where the archive comes from.");
    return name;
}

bool is_directory(std::string_view name) {
    return name.ends_with('/');
}

struct Listing {
    std::vector<Packed> files;
    bool one_document = false;  ///< an Office file or one with a password: not ours to open
};

Listing list(const Bundle& bundle, zip_t* zip, const Limits& limits) {
    Listing listing;
    const auto count = static_cast<zip_uint64_t>(std::max<zip_int64_t>(0, zip_get_num_entries(zip, 0)));
    if (count > limits.entries)
        throw ReadError("'" + bundle.path + "' holds more than " + std::to_string(limits.entries) + " files.",
                        bundle.path);
    for (zip_uint64_t i = 0; i < count; ++i) {
        zip_stat_t about;
        zip_stat_init(&about);
        if (zip_stat_index(zip, i, 0, &about) != 0 || !about.name || !(about.valid & ZIP_STAT_SIZE))
            throw ReadError("'" + bundle.path + "' is a damaged zip archive: entry " + std::to_string(i + 1) +
                                " cannot be described.",
                            bundle.path, {}, damaged_hint);
        auto name = safe_name(bundle, reader::utf8(about.name));
        const bool locked = (about.valid & ZIP_STAT_ENCRYPTION_METHOD) && about.encryption_method != ZIP_EM_NONE;
        if (name == "[Content_Types].xml" || locked) listing.one_document = true;
        if (!is_directory(name) && !is_litter(name)) listing.files.push_back({i, std::move(name), about.size});
    }
    return listing;
}

void check_sizes(const Bundle& bundle, const std::vector<Packed>& files, const Limits& limits) {
    std::uint64_t total = 0;
    for (const auto& file : files) {
        if (std::count(file.name.begin(), file.name.end(), '/') > limits.depth)
            throw ReadError("'" + bundle.path + "' holds '" + file.name + "', deeper than " +
                                std::to_string(limits.depth) + " folders.",
                            bundle.path);
        if (file.size > limits.entry_bytes || total + file.size > limits.total_bytes)
            throw ReadError("'" + bundle.path + "' unpacks to more than is allowed: '" + file.name + "' has " +
                                std::to_string(file.size) + " bytes.",
                            bundle.path, {}, "Give the files of one run.");
        total += file.size;
    }
    const auto packed = bundle.archive->bytes.size();
    if (total > limits.ratio_free_bytes && total / packed >= limits.compression_ratio)
        throw ReadError("'" + bundle.path + "' claims to unpack " + std::to_string(packed) + " bytes to " +
                            std::to_string(total) + "; no instrument writes such files.",
                        bundle.path, {}, "This looks like a decompression bomb. Ask where it comes from.");
}

Entry unpack_one(const Bundle& bundle, zip_t* zip, const Packed& packed) {
    const auto damaged = [&](const char* reason) {
        return ReadError("'" + bundle.path + "' is a damaged zip archive: '" + packed.name + "' cannot be unpacked (" +
                             reason + ").",
                         bundle.path, {}, damaged_hint);
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

}  // namespace

bool is_zip(std::string_view bytes) {
    using namespace std::string_view_literals;
    return bytes.starts_with("PK\x03\x04"sv) || bytes.starts_with("PK\x05\x06"sv);
}

bool unpack(Bundle& bundle, const Limits& limits) {
    const auto zip = open_zip(bundle);
    const auto listing = list(bundle, zip.get(), limits);
    if (listing.one_document) return false;
    check_sizes(bundle, listing.files, limits);
    for (const auto& packed : listing.files) bundle.entries.push_back(unpack_one(bundle, zip.get(), packed));
    return true;
}

}  // namespace microchim::read
