#include "service/net/resolve.hpp"

#include <memory>
#include <utility>

#include "service/net/deadline.hpp"

namespace microchim::net {
namespace {

struct Lookup {
    explicit Lookup(const asio::any_io_executor& executor) : resolver(executor), bell(executor) {}
    tcp::resolver resolver;
    asio::steady_timer bell;
    error_code error = asio::error::timed_out;
    std::vector<tcp::endpoint> found;
};

}  // namespace

asio::awaitable<std::vector<tcp::endpoint>> resolve(asio::any_io_executor executor, std::string host,
                                                    std::uint16_t port, Milliseconds limit, error_code& error) {
    error = {};
    const auto address = asio::ip::make_address(host, error);
    if (!error) co_return std::vector<tcp::endpoint>{tcp::endpoint(address, port)};
    const auto lookup = std::make_shared<Lookup>(executor);
    lookup->bell.expires_after(limit);
    lookup->resolver.async_resolve(host, std::to_string(port), tcp::resolver::numeric_service,
                                   [lookup](const error_code& trouble, const tcp::resolver::results_type& results) {
                                       lookup->error = trouble;
                                       for (const auto& entry : results) lookup->found.push_back(entry.endpoint());
                                       lookup->bell.cancel();
                                   });
    error_code ignored;
    co_await lookup->bell.async_wait(into(ignored));
    lookup->resolver.cancel();
    error = lookup->error;
    co_return std::move(lookup->found);
}

}  // namespace microchim::net
