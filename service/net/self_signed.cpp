#include <fcntl.h>
#include <openssl/ec.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <utility>

#include "core/run/errors.hpp"
#include "service/net/certificate.hpp"

namespace microchim::net {
namespace {

constexpr long lasts = 397L * 24 * 3600;  // seconds
constexpr long early = 3600;              // valid from an hour ago: clocks differ

/// What fails here fails for want of memory or entropy.
void must(bool done, const char* step) {
    if (!done)
        throw std::runtime_error(std::string("cannot make a certificate: ") + step + ": " + openssl::last_error());
}

std::string host_name() {
    std::array<char, 256> name{};
    if (gethostname(name.data(), name.size() - 1) != 0) return "localhost";
    for (const char c : std::string_view(name.data())) {
        const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
        if (!plain && c != '-' && c != '.') return "localhost";  // it becomes part of an extension's text
    }
    return name[0] == '\0' ? "localhost" : name.data();
}

void add_extension(X509* certificate, int nid, const std::string& value) {
    X509V3_CTX context;
    X509V3_set_ctx_nodb(&context);
    X509V3_set_ctx(&context, certificate, certificate, nullptr, nullptr, 0);
    const openssl::Extension extension(X509V3_EXT_conf_nid(nullptr, &context, nid, value.c_str()));
    must(extension && X509_add_ext(certificate, extension.get(), -1) == 1, "extension");
}

void set_serial(X509* certificate) {
    std::array<unsigned char, 16> bytes{};
    must(RAND_bytes(bytes.data(), static_cast<int>(bytes.size())) == 1, "serial number");
    bytes[0] = static_cast<unsigned char>((bytes[0] & 0x3f) | 0x40);  // positive, and always 16 bytes
    const std::unique_ptr<BIGNUM, openssl::Release<&BN_free>> number(
        BN_bin2bn(bytes.data(), static_cast<int>(bytes.size()), nullptr));
    must(number && BN_to_ASN1_INTEGER(number.get(), X509_get_serialNumber(certificate)) != nullptr, "serial number");
}

openssl::Certificate certify(EVP_PKEY* key) {
    openssl::Certificate certificate(X509_new());
    must(certificate && X509_set_version(certificate.get(), X509_VERSION_3) == 1, "version");
    set_serial(certificate.get());
    X509_gmtime_adj(X509_getm_notBefore(certificate.get()), -early);
    X509_gmtime_adj(X509_getm_notAfter(certificate.get()), lasts);
    const auto host = host_name();
    auto* subject = X509_get_subject_name(certificate.get());
    const auto common = host.substr(0, 64);
    must(X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_ASC, reinterpret_cast<const unsigned char*>(common.c_str()),
                                    -1, -1, 0) == 1,
         "name");
    must(X509_set_issuer_name(certificate.get(), subject) == 1 && X509_set_pubkey(certificate.get(), key) == 1, "key");
    add_extension(certificate.get(), NID_basic_constraints, "critical,CA:FALSE");
    add_extension(certificate.get(), NID_key_usage, "critical,digitalSignature");
    add_extension(certificate.get(), NID_ext_key_usage, "serverAuth");
    add_extension(certificate.get(), NID_subject_key_identifier, "hash");
    std::string names = "DNS:localhost,IP:127.0.0.1,IP:::1";
    if (host != "localhost") names += ",DNS:" + host;
    add_extension(certificate.get(), NID_subject_alt_name, names);
    must(X509_sign(certificate.get(), key, EVP_sha256()) > 0, "signature");
    return certificate;
}

/// Never over a file that exists: it may be the laboratory's own.
void write_new(const std::string& file, mode_t mode, BIO* text) {
    char* data = nullptr;
    const auto size = static_cast<std::size_t>(BIO_get_mem_data(text, &data));
    const int out = open(file.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, mode);
    bool written = out >= 0 && write(out, data, size) == static_cast<ssize_t>(size) && fsync(out) == 0;
    const int why = errno;
    if (out >= 0) written = close(out) == 0 && written;
    if (!written) throw ConfigError(file + ": cannot be written: " + std::strerror(why), file);
}

}  // namespace

CertificateFiles make_self_signed(const std::string& folder) {
    const auto path = [&](const char* name) { return (std::filesystem::path(folder) / name).string(); };
    CertificateFiles files{path("server.crt"), path("server.key")};
    const openssl::Key key(EVP_EC_gen("P-256"));
    must(key != nullptr, "key");
    const auto certificate = certify(key.get());
    const openssl::Bio key_text(BIO_new(BIO_s_secmem())), certificate_text(BIO_new(BIO_s_mem()));
    must(PEM_write_bio_PrivateKey(key_text.get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr) == 1, "key");
    must(PEM_write_bio_X509(certificate_text.get(), certificate.get()) == 1, "text");
    write_new(files.key, 0600, key_text.get());
    write_new(files.certificate, 0644, certificate_text.get());
    return files;
}

}  // namespace microchim::net
