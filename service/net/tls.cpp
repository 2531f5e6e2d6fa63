#include "service/net/tls.hpp"

#include <openssl/pem.h>

#include "core/run/errors.hpp"

namespace microchim::net {
namespace {

// TLS 1.2; those of 1.3 are all of this kind.
constexpr const char* suites =
    "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES256-GCM-SHA384:"
    "ECDHE-RSA-AES256-GCM-SHA384:ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-RSA-CHACHA20-POLY1305";

[[noreturn]] void fail(const std::string& file, const std::string& what) {
    throw ConfigError(file + ": " + what, file);
}

void harden(SSL_CTX* context) {
    SSL_CTX_set_security_level(context, 2);
    SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION);
    SSL_CTX_set_options(
        context, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION | SSL_OP_NO_TICKET | SSL_OP_CIPHER_SERVER_PREFERENCE);
    SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
    SSL_CTX_set_num_tickets(context, 0);
    SSL_CTX_set_mode(context, SSL_MODE_RELEASE_BUFFERS);  // a quiet connection holds no record buffers
    if (SSL_CTX_set_cipher_list(context, suites) != 1)
        throw std::runtime_error("no TLS suites: " + openssl::last_error());
}

void present(SSL_CTX* context, const std::string& certificate, const std::string& key) {
    const auto chain = read_certificates(certificate);
    const auto private_key = read_private_key(key);
    if (SSL_CTX_use_certificate(context, chain.front().get()) != 1)
        fail(certificate, "cannot be used: " + openssl::last_error());
    for (std::size_t i = 1; i < chain.size(); ++i)
        if (SSL_CTX_add1_chain_cert(context, chain[i].get()) != 1)
            fail(certificate, "its chain cannot be used: " + openssl::last_error());
    if (X509_check_private_key(chain.front().get(), private_key.get()) != 1) {
        ERR_clear_error();
        fail(key, "is not the key of the certificate " + certificate);
    }
    if (SSL_CTX_use_PrivateKey(context, private_key.get()) != 1) fail(key, "cannot be used: " + openssl::last_error());
}

/// What is in the file is trusted and nothing else is, also where it is no root.
void trust(SSL_CTX* context, const std::string& authority) {
    auto* store = SSL_CTX_get_cert_store(context);
    for (const auto& certificate : read_certificates(authority)) {
        if (X509_STORE_add_cert(store, certificate.get()) != 1)
            fail(authority, "cannot be used: " + openssl::last_error());
        SSL_CTX_add_client_CA(context, certificate.get());  // tells clients which certificate to show
    }
    X509_STORE_set_flags(store, X509_V_FLAG_PARTIAL_CHAIN);
}

void refuse_revoked(SSL_CTX* context, const std::string& file) {
    const openssl::Bio bio(BIO_new_file(file.c_str(), "r"));
    if (!bio) {
        ERR_clear_error();
        fail(file, "cannot be read");
    }
    auto* store = SSL_CTX_get_cert_store(context);
    std::size_t lists = 0;
    while (const openssl::Revocations list{PEM_read_bio_X509_CRL(bio.get(), nullptr, nullptr, nullptr)}) {
        if (X509_STORE_add_crl(store, list.get()) != 1) fail(file, "cannot be used: " + openssl::last_error());
        ++lists;
    }
    const bool at_end = ERR_GET_REASON(ERR_peek_last_error()) == PEM_R_NO_START_LINE;
    const auto why = openssl::last_error();
    if (lists == 0 || !at_end) fail(file, "holds no revocation list in PEM form, or a damaged one: " + why);
    X509_STORE_set_flags(store, X509_V_FLAG_CRL_CHECK);
}

bool address(const std::string& host) {
    error_code no_address;
    asio::ip::make_address(host, no_address);
    return !no_address;
}

}  // namespace

TlsContext server_tls(const ServerTls& files) {
    auto context = std::make_shared<asio::ssl::context>(asio::ssl::context::tls_server);
    auto* native = context->native_handle();
    harden(native);
    present(native, files.certificate, files.key);
    if (files.client_authority.empty()) return context;
    trust(native, files.client_authority);
    if (!files.revoked.empty()) refuse_revoked(native, files.revoked);
    SSL_CTX_set_verify(native, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, nullptr);
    return context;
}

TlsContext client_tls(const ClientTls& files) {
    if (files.authority.empty())
        throw ConfigError("a TLS destination needs the file of the authority that vouches for it");
    auto context = std::make_shared<asio::ssl::context>(asio::ssl::context::tls_client);
    auto* native = context->native_handle();
    harden(native);
    trust(native, files.authority);
    if (!files.revoked.empty()) refuse_revoked(native, files.revoked);
    if (!files.certificate.empty()) present(native, files.certificate, files.key);
    SSL_CTX_set_verify(native, SSL_VERIFY_PEER, nullptr);
    return context;
}

void expect_name(SSL* connection, const std::string& host) {
    auto* rules = SSL_get0_param(connection);
    X509_VERIFY_PARAM_set_hostflags(rules, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS | X509_CHECK_FLAG_NEVER_CHECK_SUBJECT);
    const bool numeric = address(host);
    const bool set = numeric ? X509_VERIFY_PARAM_set1_ip_asc(rules, host.c_str()) == 1
                             : X509_VERIFY_PARAM_set1_host(rules, host.c_str(), 0) == 1 &&
                                   SSL_set_tlsext_host_name(connection, host.c_str()) == 1;
    if (!set || host.empty()) throw ConfigError("not a name for a certificate: " + host);
}

std::vector<std::string> peer_names(const SSL* connection) {
    const auto* certificate = SSL_get0_peer_certificate(connection);
    return certificate == nullptr ? std::vector<std::string>{} : names_of(certificate);
}

std::string handshake_trouble(const SSL* connection, const error_code& error) {
    const auto verified = SSL_get_verify_result(connection);
    return verified == X509_V_OK ? error.message() : X509_verify_cert_error_string(verified);
}

bool permanent(const error_code& error) {
    if (error.category() != asio::error::get_ssl_category()) return false;
    return ERR_GET_REASON(static_cast<unsigned long>(error.value())) != SSL_R_TLSV1_ALERT_INTERNAL_ERROR;
}

}  // namespace microchim::net
