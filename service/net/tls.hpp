// TLS contexts: versions 1.2 and 1.3, suites with forward secrecy and authenticated encryption only, no renegotiation,
// no compression, and no resumed sessions, because a resumed one skips the check of the certificate.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "service/net/certificate.hpp"
#include "service/net/net.hpp"

namespace microchim::net {

using TlsContext = std::shared_ptr<asio::ssl::context>;

struct ServerTls {
    std::string certificate, key;  ///< PEM: our certificate with its chain, and the key of mode 0600
    /// PEM. Not empty: a client must show a certificate that one of these, and nobody else, vouches for, that has not
    /// ended and whose extended key usage, where it has one, names clients.
    std::string client_authority;
    std::string revoked;  ///< PEM: revocation lists of these authorities; empty: none are looked at
};
/// \throws ConfigError where a file is wrong
TlsContext server_tls(const ServerTls& files);

struct ClientTls {
    std::string authority;         ///< PEM: who vouches for the server; the system's own list is never used
    std::string certificate, key;  ///< ours, where the server asks for one; else empty
    std::string revoked;           ///< PEM: revocation lists of `authority`; empty: none are looked at
};
/// \throws ConfigError where a file is wrong, or `authority` is empty
TlsContext client_tls(const ClientTls& files);

/// For a client, before the handshake: the server must have a certificate for this DNS name or address.
void expect_name(SSL* connection, const std::string& host);

/// After a handshake: whom the other side's certificate names; empty where it showed none.
std::vector<std::string> peer_names(const SSL* connection);

/// Why a handshake failed, in words for the log: "certificate has expired", "unsupported protocol".
std::string handshake_trouble(const SSL* connection, const error_code& error);

/// True for an error of TLS itself (a certificate, a version, a peer that speaks no TLS), which is the same at the next
/// try; false where the connection broke.
bool permanent(const error_code& error);

}  // namespace microchim::net
