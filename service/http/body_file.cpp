#include "service/http/body_file.hpp"

#include <fcntl.h>
#include <openssl/evp.h>
#include <unistd.h>

#include <array>
#include <cerrno>

#include "service/accounts/secret.hpp"

namespace microchim::http {

struct BodyFile::Hash {
    EVP_MD_CTX* context = EVP_MD_CTX_new();
    Hash() = default;
    ~Hash() { EVP_MD_CTX_free(context); }
    Hash(const Hash&) = delete;
    Hash& operator=(const Hash&) = delete;
};

BodyFile::BodyFile(const std::filesystem::path& folder)
    : hash_(std::make_unique<Hash>()), file_(folder / ("upload-" + accounts::random_secret(12))) {}

BodyFile::~BodyFile() {
    if (descriptor_ >= 0) ::close(descriptor_);
    if (descriptor_ >= 0 && !given_) ::unlink(file_.c_str());
}

bool BodyFile::open() {
    if (descriptor_ >= 0) return true;
    descriptor_ = ::open(file_.c_str(), O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC | O_NOFOLLOW, 0600);
    return descriptor_ >= 0 && hash_->context && EVP_DigestInit_ex(hash_->context, EVP_sha256(), nullptr) == 1;
}

void BodyFile::write(std::string_view bytes) noexcept {
    if (!open()) failed_ = true;
    if (!failed_ && EVP_DigestUpdate(hash_->context, bytes.data(), bytes.size()) != 1) failed_ = true;
    while (!failed_ && !bytes.empty()) {
        const auto written = ::write(descriptor_, bytes.data(), bytes.size());
        if (written < 0 && errno == EINTR) continue;
        if (written <= 0) failed_ = true;
        else bytes.remove_prefix(static_cast<std::size_t>(written));
        if (written > 0) bytes_ += static_cast<std::uint64_t>(written);
    }
}

void BodyFile::finish(Request& request) noexcept {
    if (!open()) failed_ = true;
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
    unsigned length = 0;
    if (!failed_ && (::fsync(descriptor_) != 0 || EVP_DigestFinal_ex(hash_->context, digest.data(), &length) != 1))
        failed_ = true;
    if (failed_) return;
    constexpr std::string_view digits = "0123456789abcdef";
    for (unsigned i = 0; i < length; ++i)
        for (const int shift : {4, 0}) request.body_sha256 += digits[(digest[i] >> shift) & 15];
    request.upload = std::make_shared<Upload>(file_, bytes_);
    given_ = true;
}

}  // namespace microchim::http
