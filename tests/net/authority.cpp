#include "tests/net/authority.hpp"

#include <openssl/ec.h>
#include <openssl/pem.h>
#include <stdlib.h>
#include <sys/stat.h>

#include <fstream>
#include <stdexcept>

namespace microchim::test {
namespace fs = std::filesystem;
using namespace net::openssl;
namespace {

constexpr long day = 24 * 3600;

void must(bool done) {
    if (!done) throw std::runtime_error("a test's certificate: " + last_error());
}

void extend(X509* certificate, X509* issuer, int kind, const std::string& value) {
    X509V3_CTX context;
    X509V3_set_ctx_nodb(&context);
    X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
    const Extension extension(X509V3_EXT_conf_nid(nullptr, &context, kind, value.c_str()));
    must(extension && X509_add_ext(certificate, extension.get(), -1) == 1);
}

Certificate blank(EVP_PKEY* key, const std::string& name, long serial, int days) {
    Certificate certificate(X509_new());
    must(certificate && X509_set_version(certificate.get(), X509_VERSION_3) == 1);
    ASN1_INTEGER_set(X509_get_serialNumber(certificate.get()), serial);
    X509_gmtime_adj(X509_getm_notBefore(certificate.get()), (days < 0 ? 2 * days : -1) * day);
    X509_gmtime_adj(X509_getm_notAfter(certificate.get()), days * day);
    must(X509_NAME_add_entry_by_txt(X509_get_subject_name(certificate.get()), "CN", MBSTRING_ASC,
                                    reinterpret_cast<const unsigned char*>(name.c_str()), -1, -1, 0) == 1);
    must(X509_set_pubkey(certificate.get(), key) == 1);
    return certificate;
}

template <class Write, class... Objects>
void save(const std::string& file, Write write, Objects... objects) {
    const Bio bio(BIO_new_file(file.c_str(), "w"));
    must(bio && write(bio.get(), objects...) == 1);
}

}  // namespace

Folder::Folder() {
    std::string name = (fs::temp_directory_path() / "microchim-net-XXXXXX").string();
    if (!::mkdtemp(name.data())) throw std::runtime_error("no folder for a test");
    path_ = name;
}

Folder::~Folder() {
    std::error_code ignored;
    fs::remove_all(path_, ignored);
}

std::string Folder::file(const std::string& name, const std::string& text, unsigned mode) const {
    const auto path = file(name);
    std::ofstream(path, std::ios::binary) << text;
    ::chmod(path.c_str(), mode);
    return path;
}

Authority::Authority(const Folder& folder, const std::string& name)
    : folder_(folder), key_(EVP_EC_gen("P-256")), file_(folder.file(name + ".crt")) {
    certificate_ = blank(key_.get(), name, 1, 30);
    must(X509_set_issuer_name(certificate_.get(), X509_get_subject_name(certificate_.get())) == 1);
    extend(certificate_.get(), certificate_.get(), NID_basic_constraints, "critical,CA:TRUE");
    extend(certificate_.get(), certificate_.get(), NID_key_usage, "critical,keyCertSign,cRLSign");
    extend(certificate_.get(), certificate_.get(), NID_subject_key_identifier, "hash");
    must(X509_sign(certificate_.get(), key_.get(), EVP_sha256()) > 0);
    save(file_, PEM_write_bio_X509, certificate_.get());
}

net::CertificateFiles Authority::issue(const std::string& name, const std::string& names, const std::string& usage,
                                       int days) {
    const Key key(EVP_EC_gen("P-256"));
    const auto made = blank(key.get(), name, ++serial_, days);
    must(X509_set_issuer_name(made.get(), X509_get_subject_name(certificate_.get())) == 1);
    extend(made.get(), certificate_.get(), NID_subject_alt_name, names);
    extend(made.get(), certificate_.get(), NID_ext_key_usage, usage);
    must(X509_sign(made.get(), key_.get(), EVP_sha256()) > 0);
    net::CertificateFiles files{folder_.file(name + ".crt"), folder_.file(name + ".key")};
    save(files.certificate, PEM_write_bio_X509, made.get());
    save(files.key, PEM_write_bio_PrivateKey, key.get(), nullptr, nullptr, 0, nullptr, nullptr);
    ::chmod(files.key.c_str(), 0600);
    return files;
}

std::string Authority::revoke(const std::vector<net::CertificateFiles>& revoked) {
    const Revocations list(X509_CRL_new());
    must(list && X509_CRL_set_version(list.get(), 1) == 1);
    must(X509_CRL_set_issuer_name(list.get(), X509_get_subject_name(certificate_.get())) == 1);
    const std::unique_ptr<ASN1_TIME, Release<&ASN1_TIME_free>> now(X509_gmtime_adj(nullptr, -day)),
        next(X509_gmtime_adj(nullptr, 30 * day));
    must(X509_CRL_set1_lastUpdate(list.get(), now.get()) == 1 && X509_CRL_set1_nextUpdate(list.get(), next.get()) == 1);
    for (const auto& files : revoked) {
        const auto certificates = net::read_certificates(files.certificate);
        auto* entry = X509_REVOKED_new();
        must(X509_REVOKED_set_serialNumber(entry, X509_get_serialNumber(certificates.front().get())) == 1);
        must(X509_REVOKED_set_revocationDate(entry, now.get()) == 1 && X509_CRL_add0_revoked(list.get(), entry) == 1);
    }
    must(X509_CRL_sort(list.get()) == 1 && X509_CRL_sign(list.get(), key_.get(), EVP_sha256()) > 0);
    auto file = folder_.file("revoked.crl");
    save(file, PEM_write_bio_X509_CRL, list.get());
    return file;
}

}  // namespace microchim::test
