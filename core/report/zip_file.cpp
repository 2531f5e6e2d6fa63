#include "core/report/zip_file.hpp"

#include <zip.h>

#include <memory>
#include <stdexcept>

namespace microchim::report {
namespace {

struct Discard {
    void operator()(zip_t* zip) const { zip_discard(zip); }
};
struct Free {
    void operator()(zip_source_t* source) const { zip_source_free(source); }
};

[[noreturn]] void fail(const char* why) {
    throw std::runtime_error(std::string("the archive cannot be made: ") + why);
}

std::string content(zip_source_t* source) {
    if (zip_source_open(source) != 0) fail(zip_error_strerror(zip_source_error(source)));
    zip_source_seek(source, 0, SEEK_END);
    std::string bytes(static_cast<std::size_t>(zip_source_tell(source)), '\0');
    zip_source_seek(source, 0, SEEK_SET);
    const auto got = zip_source_read(source, bytes.data(), bytes.size());
    zip_source_close(source);
    if (got != static_cast<zip_int64_t>(bytes.size())) fail("it was cut short");
    return bytes;
}

}  // namespace

std::string zip_file(const std::vector<std::pair<std::string, std::string>>& files) {
    constexpr zip_uint16_t midnight = 0, first_of_january_1980 = (1 << 5) | 1;  // the first day that a zip can state
    std::unique_ptr<zip_source_t, Free> target(zip_source_buffer_create(nullptr, 0, 0, nullptr));
    if (!target) fail("no memory");
    zip_source_keep(target.get());  // zip_close() gives one reference back
    std::unique_ptr<zip_t, Discard> zip(zip_open_from_source(target.get(), ZIP_CREATE | ZIP_TRUNCATE, nullptr));
    if (!zip) fail("no memory");
    for (const auto& [name, bytes] : files) {
        auto* source = zip_source_buffer(zip.get(), bytes.data(), bytes.size(), 0);
        const auto index = source ? zip_file_add(zip.get(), name.c_str(), source, ZIP_FL_ENC_UTF_8) : -1;
        if (index < 0) fail(zip_strerror(zip.get()));
        const auto entry = static_cast<zip_uint64_t>(index);
        zip_set_file_compression(zip.get(), entry, ZIP_CM_DEFLATE, 5);
        zip_file_set_dostime(zip.get(), entry, midnight, first_of_january_1980, 0);
    }
    if (zip_close(zip.get()) != 0) fail(zip_strerror(zip.get()));
    (void)zip.release();  // closed
    return content(target.get());
}

}  // namespace microchim::report
