// Certificates and private keys as files, without a connection. From any thread.
#pragma once

#include <string>
#include <vector>

#include "service/net/openssl.hpp"

namespace microchim::net {

/// A private key in PEM form.
/// \throws ConfigError where the file cannot be read, holds no key or an encrypted one, or others than its owner may
///         read or write it (mode 0600 or stricter is asked for)
openssl::Key read_private_key(const std::string& file);

/// All certificates of a PEM file, at least one. \throws ConfigError
std::vector<openssl::Certificate> read_certificates(const std::string& file);

/// Whole days until the first certificate of the file ends, rounded down; negative where it has ended.
/// \throws ConfigError
int days_left(const std::string& file);

/// Whom a certificate names: DNS names, URIs and addresses of its subjectAltName, in their order. The subject's common
/// name does not count.
std::vector<std::string> names_of(const X509* certificate);

struct CertificateFiles {
    std::string certificate, key;
};

/// For a first start: a new EC P-256 key (0600) and a certificate signed by itself, for localhost, 127.0.0.1, ::1 and
/// this computer's name, as `server.key` and `server.crt` in the folder, which must exist. It lasts 397 days: browsers
/// refuse server certificates of more than 398.
/// \throws ConfigError where one of the files exists, or cannot be written
CertificateFiles make_self_signed(const std::string& folder);

}  // namespace microchim::net
