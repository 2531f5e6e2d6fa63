// A body on its way into a file. On a thread of the pool; nothing here throws.
#pragma once

#include <memory>
#include <string_view>

#include "service/http/message.hpp"

namespace microchim::http {

class BodyFile {
public:
    explicit BodyFile(const std::filesystem::path& folder);  ///< makes nothing yet
    ~BodyFile();
    BodyFile(const BodyFile&) = delete;
    BodyFile& operator=(const BodyFile&) = delete;

    void write(std::string_view bytes) noexcept;
    /// Flushed to the disk, and given to the request with its size and SHA-256.
    void finish(Request& request) noexcept;
    bool failed() const { return failed_; }

private:
    bool open();

    struct Hash;
    std::unique_ptr<Hash> hash_;
    std::filesystem::path file_;
    int descriptor_ = -1;
    std::uint64_t bytes_ = 0;
    bool failed_ = false, given_ = false;
};

}  // namespace microchim::http
