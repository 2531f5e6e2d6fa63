#include "service/serve/listeners.hpp"

#include <algorithm>

#include "service/flow/waiting.hpp"
#include "service/net/certificate.hpp"
#include "service/serve/status.hpp"

namespace microchim::service {
namespace fs = std::filesystem;
namespace asio = net::asio;
namespace {

asio::awaitable<std::vector<std::string>> reception_answers(Reception& reception, net::Arrived arrived) {
    Arrival arrival{std::move(arrived.payload), arrived.peer->address, arrived.peer->names, arrived.too_long};
    co_return co_await answered(reception, std::move(arrival));
}

}  // namespace

net::TlsContext https(const Settings& settings) {
    if (settings.http.tls)
        return net::server_tls(
            {settings.http.tls->certificate, settings.http.tls->key, settings.http.tls->ca, settings.http.tls->crl});
    const auto folder = Places(settings.data).tls;
    if (!fs::exists(folder / "server.crt")) {
        fs::create_directories(folder);
        fs::permissions(folder, fs::perms::owner_all);
        net::make_self_signed(folder.string());
    }
    return net::server_tls({folder / "server.crt", folder / "server.key", {}, {}});
}

net::TlsContext mllps(const Settings& settings) {
    const auto& tls = settings.mllps.tls.value();
    return net::server_tls({tls.certificate, tls.key, tls.ca, tls.crl});
}

std::unique_ptr<net::MllpServer> mllp_server(asio::io_context& context, const Settings& settings,
                                             const Listener& listener, net::TlsContext tls, Reception& reception) {
    net::MllpServerOptions options;
    options.name = tls ? "mllps" : "mllp";
    options.connections = {listener.connections_per_address, listener.connections};
    options.rate = {0, 0};  // a message is answered only when it is on the disk: that is limit enough
    options.held_bytes = std::max(options.held_bytes, 4 * settings.message_bytes);
    options.tls = std::move(tls);
    const auto admit = [&](const net::Peer& peer) -> std::optional<net::PeerRules> {
        const auto* known = reception.peer(peer.address, peer.names);
        if (!known) return std::nullopt;
        return net::PeerRules{known->profile, {settings.message_bytes, 64}};
    };
    const auto handle = [&reception](net::Arrived arrived) { return reception_answers(reception, std::move(arrived)); };
    return std::make_unique<net::MllpServer>(context, net::parse_endpoint(listener.listen->text()), std::move(options),
                                             admit, handle);
}

std::vector<fs::path> own_certificates(const Settings& settings) {
    std::vector<fs::path> files;
    if (settings.http.listen)
        files.push_back(settings.http.tls ? settings.http.tls->certificate : Places(settings.data).tls / "server.crt");
    if (settings.mllps.listen) files.push_back(settings.mllps.tls.value().certificate);
    for (const auto& to : settings.destinations)
        if (to.tls && !to.tls->certificate.empty()) files.push_back(to.tls->certificate);
    return files;
}

}  // namespace microchim::service
