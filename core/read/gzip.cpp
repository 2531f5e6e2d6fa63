#include "core/read/gzip.hpp"

#include <zlib.h>

#include <algorithm>
#include <limits>
#include <stdexcept>

namespace microchim::read {
namespace {

struct Inflater {
    z_stream z{};
    Inflater() {
        if (inflateInit2(&z, 16 + MAX_WBITS) != Z_OK) throw std::runtime_error("no memory to unpack it");
    }
    ~Inflater() { inflateEnd(&z); }
    Inflater(const Inflater&) = delete;
};

}  // namespace

bool is_gzip(std::string_view bytes) {
    return bytes.starts_with("\x1F\x8B\x08");
}

std::string gunzip(std::string_view bytes, std::uint64_t most) {
    Inflater inflater;
    auto& z = inflater.z;
    std::string out;
    char piece[1 << 15];
    while (true) {
        // zlib counts in 32 bits.
        const auto step = std::min<std::size_t>(bytes.size(), std::numeric_limits<uInt>::max());
        z.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
        z.avail_in = static_cast<uInt>(step);
        z.next_out = reinterpret_cast<Bytef*>(piece);
        z.avail_out = sizeof piece;
        const auto state = inflate(&z, Z_NO_FLUSH);
        bytes.remove_prefix(step - z.avail_in);
        out.append(piece, sizeof piece - z.avail_out);
        if (out.size() > most) throw std::runtime_error("it unpacks to more than is allowed");
        if (state == Z_STREAM_END) {
            if (!is_gzip(bytes)) return out;  // what may follow is padding
            inflateReset(&z);
        } else if (state == Z_BUF_ERROR || (state == Z_OK && bytes.empty() && z.avail_out > 0)) {
            throw std::runtime_error("it was cut off");
        } else if (state != Z_OK) {
            throw std::runtime_error(z.msg ? z.msg : "it is no gzip");
        }
    }
}

}  // namespace microchim::read
