// Certificates for tests: an authority, what it issues, and what it takes back.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "service/net/certificate.hpp"

namespace microchim::test {

/// A folder that is gone with its owner.
class Folder {
public:
    Folder();
    ~Folder();
    Folder(const Folder&) = delete;
    Folder& operator=(const Folder&) = delete;
    std::string file(const std::string& name) const { return (path_ / name).string(); }
    /// Writes one. \returns its path
    std::string file(const std::string& name, const std::string& text, unsigned mode = 0644) const;

private:
    std::filesystem::path path_;
};

class Authority {
public:
    Authority(const Folder& folder, const std::string& name);

    /// \param names as in "DNS:localhost,IP:127.0.0.1"
    /// \param usage "serverAuth" or "clientAuth"
    /// \param days from now to its end; negative: it has ended
    net::CertificateFiles issue(const std::string& name, const std::string& names, const std::string& usage,
                                int days = 30);
    /// A list of what was revoked, which is good for 30 days. \returns its path
    std::string revoke(const std::vector<net::CertificateFiles>& revoked);

    const std::string& file() const { return file_; }  ///< its own certificate

private:
    const Folder& folder_;
    net::openssl::Key key_;
    net::openssl::Certificate certificate_;
    std::string file_;
    long serial_ = 1;
};

}  // namespace microchim::test
