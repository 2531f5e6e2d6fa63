// What the service listens with: certificates from the settings, and the servers that speak HL7.
#pragma once

#include <memory>

#include "service/flow/reception.hpp"
#include "service/net/mllp_server.hpp"
#include "service/net/tls.hpp"
#include "service/settings/settings.hpp"

namespace microchim::service {

/// Of the HTTPS listener; where the settings name no certificate, one is made at the first start. \throws ConfigError
net::TlsContext https(const Settings& settings);
/// Of the MLLPS listener, which the settings must have. \throws ConfigError
net::TlsContext mllps(const Settings& settings);

/// One listener for messages; without `tls` it speaks plainly.
std::unique_ptr<net::MllpServer> mllp_server(net::asio::io_context& context, const Settings& settings,
                                             const Listener& listener, net::TlsContext tls, Reception& reception);

/// The certificates that the service shows to others. \returns files
std::vector<std::filesystem::path> own_certificates(const Settings& settings);

}  // namespace microchim::service
