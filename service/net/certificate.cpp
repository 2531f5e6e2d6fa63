#include "service/net/certificate.hpp"

#include <arpa/inet.h>
#include <fcntl.h>
#include <openssl/pem.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <utility>

#include "core/run/errors.hpp"

namespace microchim::net {
namespace {

[[noreturn]] void fail(const std::string& file, const std::string& what, const std::string& hint = {}) {
    throw ConfigError(file + ": " + what, file, {}, hint);
}

/// Otherwise OpenSSL asks for it on the terminal.
int no_password(char*, int, int, void* asked) {
    *static_cast<bool*>(asked) = true;
    return -1;
}

openssl::Bio open_file(const std::string& file) {
    openssl::Bio bio(BIO_new_file(file.c_str(), "r"));
    if (!bio) {
        const auto why = errno;
        ERR_clear_error();
        fail(file, std::string("cannot be read: ") + std::strerror(why));
    }
    return bio;
}

std::string octal(unsigned mode) {
    std::string text = "0";
    for (int shift = 6; shift >= 0; shift -= 3) text += static_cast<char>('0' + ((mode >> shift) & 7U));
    return text;
}

/// The mode of the file that is read, not of the one that stands there now.
void check_mode(BIO* bio, const std::string& file) {
    std::FILE* opened = nullptr;
    struct stat status {};
    BIO_get_fp(bio, &opened);
    if (opened == nullptr || fstat(fileno(opened), &status) != 0) fail(file, "cannot be read");
    if ((status.st_mode & 077U) != 0)
        fail(file, "the private key can be read by others (mode " + octal(status.st_mode) + ")", "chmod 600 " + file);
}

std::string name_of(const GENERAL_NAME& name) {
    const ASN1_STRING* text = nullptr;
    if (name.type == GEN_DNS) text = name.d.dNSName;
    if (name.type == GEN_URI) text = name.d.uniformResourceIdentifier;
    if (name.type == GEN_IPADD) {
        const auto* bytes = ASN1_STRING_get0_data(name.d.iPAddress);
        const int length = ASN1_STRING_length(name.d.iPAddress);
        std::array<char, INET6_ADDRSTRLEN> address{};
        if (length != 4 && length != 16) return {};
        inet_ntop(length == 4 ? AF_INET : AF_INET6, bytes, address.data(), address.size());
        return address.data();
    }
    if (text == nullptr) return {};
    std::string value(reinterpret_cast<const char*>(ASN1_STRING_get0_data(text)),
                      static_cast<std::size_t>(ASN1_STRING_length(text)));
    const bool printable = std::all_of(value.begin(), value.end(), [](char c) { return c > ' ' && c < '\x7f'; });
    return printable ? value : "";  // a NUL inside would end the name early elsewhere
}

}  // namespace

openssl::Key read_private_key(const std::string& file) {
    const auto bio = open_file(file);
    check_mode(bio.get(), file);
    bool encrypted = false;
    openssl::Key key(PEM_read_bio_PrivateKey(bio.get(), nullptr, &no_password, &encrypted));
    if (encrypted) {
        ERR_clear_error();
        fail(file, "the private key is encrypted, and nobody can type a password when the service starts",
             "store it without a password, mode 0600");
    }
    if (!key) fail(file, "holds no private key in PEM form: " + openssl::last_error());
    return key;
}

std::vector<openssl::Certificate> read_certificates(const std::string& file) {
    const auto bio = open_file(file);
    std::vector<openssl::Certificate> all;
    while (auto* next = PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr)) all.emplace_back(next);
    const bool at_end = ERR_GET_REASON(ERR_peek_last_error()) == PEM_R_NO_START_LINE;
    const auto why = openssl::last_error();
    if (all.empty() || !at_end) fail(file, "holds no certificate in PEM form, or a damaged one: " + why);
    return all;
}

int days_left(const std::string& file) {
    const auto certificates = read_certificates(file);
    int days = 0, seconds = 0;
    if (ASN1_TIME_diff(&days, &seconds, nullptr, X509_get0_notAfter(certificates.front().get())) != 1)
        fail(file, "the certificate has no readable end");
    return seconds < 0 ? days - 1 : days;
}

std::vector<std::string> names_of(const X509* certificate) {
    const openssl::Names names(
        static_cast<GENERAL_NAMES*>(X509_get_ext_d2i(certificate, NID_subject_alt_name, nullptr, nullptr)));
    std::vector<std::string> all;
    for (int i = 0; names && i < sk_GENERAL_NAME_num(names.get()); ++i)
        if (auto name = name_of(*sk_GENERAL_NAME_value(names.get(), i)); !name.empty()) all.push_back(std::move(name));
    return all;
}

}  // namespace microchim::net
