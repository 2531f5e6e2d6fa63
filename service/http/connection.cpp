#include "service/http/connection.hpp"

#include <spdlog/spdlog.h>

#include <limits>

#include "service/accounts/secret.hpp"
#include "service/http/body_file.hpp"
#include "service/http/parse.hpp"

namespace microchim::http {
namespace {

namespace wire = beast::http;
using net::into;
constexpr std::size_t header_bytes = 16 << 10, piece_bytes = 64 << 10;

bool too_large(const net::error_code& error) {
    return error == wire::error::header_limit || error == wire::error::buffer_overflow;
}

}  // namespace

Connection::Connection(std::shared_ptr<Server::State> state, net::tcp::socket socket, const net::tcp::endpoint& peer)
    : state_(std::move(state)),
      tls_(state_->tls),
      stream_(std::move(socket), *tls_),
      deadline_(stream_.next_layer()),
      address_(net::address_of(peer)),
      timer_(std::make_shared<asio::steady_timer>(stream_.get_executor())) {
    state_->connections.insert(this);
}

Connection::~Connection() {
    state_->connections.erase(this);
}

void Connection::stop() {
    if (quiet_) deadline_.close_at(net::Clock::now());
    timer_->cancel();
}

void Connection::allow_transfer(net::Clock::time_point since, std::uint64_t bytes) {
    deadline_.close_at(since + state_->options.times.transfer + std::chrono::seconds(bytes / piece_bytes));
}

asio::awaitable<void> Connection::run() {
    allow(state_->options.times.handshake);
    co_await stream_.async_handshake(asio::ssl::stream_base::server, into(error_));
    if (error_) {
        ++state_->counters.handshakes_failed;
        spdlog::debug("https: {}: handshake: {}", address_, net::handshake_trouble(stream_.native_handle(), error_));
        co_return;
    }
    bool more = true;
    while (more && !state_->stopping) {
        const bool came = co_await read_head();
        if (!came) break;
        more = co_await exchange();
    }
    co_await finish();
}

asio::awaitable<bool> Connection::read_head() {
    quiet_ = true;
    parser_.emplace();
    parser_->header_limit(header_bytes);
    // The gate knows the route's. Not boost::none: Boost 1.74 then takes every length as too large.
    parser_->body_limit(std::numeric_limits<std::uint64_t>::max());
    if (buffer_.size() == 0) {
        allow(state_->options.times.idle);
        const auto space = buffer_.prepare(4096);
        const auto bytes = co_await stream_.async_read_some(space, into(error_));
        if (error_) co_return false;
        buffer_.commit(bytes);
    }
    quiet_ = false;
    allow(state_->options.times.header);
    co_await wire::async_read_header(stream_, buffer_, *parser_, into(error_));
    if (!error_) co_return true;
    if (deadline_.passed() || error_.category() != wire::make_error_code(wire::error::bad_method).category() ||
        error_ == wire::error::end_of_stream || error_ == wire::error::partial_message)
        co_return false;
    ++state_->counters.refused;
    keep_alive_ = head_only_ = false;
    unread_ = true;
    Response refusal = problem(too_large(error_) ? Problem(431, "header.size") : Problem(400, "http"), {});
    co_await write(std::move(refusal));
    co_return false;
}

Head Connection::head() {
    const auto& message = parser_->get();
    Head head{std::string(message.method_string()), std::string(message.target()), {}, address_, {}, {}, false};
    for (const auto& field : message) head.headers.emplace_back(field.name_string(), field.value());
    head.certificate_names = net::peer_names(stream_.native_handle());
    if (const auto length = parser_->content_length()) head.content_length = *length;
    head.chunked = parser_->chunked();
    return head;
}

asio::awaitable<bool> Connection::exchange() {
    ++state_->counters.requests;
    const auto came = head();
    const auto id = accounts::random_secret(9);
    head_only_ = came.method == "HEAD";
    keep_alive_ = parser_->keep_alive();
    // Of a coding that is not chunked the end is not known: nothing after it is taken for a request.
    unread_ = came.has_body() || parser_->get().count(wire::field::transfer_encoding) > 0;
    std::optional<Gate::Admitted> admitted;
    Response response;
    try {
        admitted = state_->gate.admit(came, id);
    } catch (const Problem& refusal) {
        ++state_->counters.refused;
        response = problem(refusal, id);
    }
    if (!admitted) {
        keep_alive_ = keep_alive_ && !unread_;
        log(id, nullptr, response.status, {});
        co_return co_await write(std::move(response));
    }
    auto& request = admitted->request;
    const auto& route = *admitted->route;
    if (const auto expected = request.header("Expect"); !expected.empty() && unread_)
        co_await write_raw("HTTP/1.1 100 Continue\r\n\r\n");
    if (unread_) {
        const bool read = co_await read_body(route.needs, request);
        if (!read) co_return false;
    }
    deadline_.none();
    auto& parts = state_->parts;
    co_await on_workers(
        parts.workers, [&response, &route, &request, &parts] { response = answer(route, request, parts.idempotency); });
    const auto who = request.principal ? request.principal->id : std::string();
    log(id, &route, response.status, who);
    if (std::holds_alternative<EventStream>(response.body) && request.principal && !head_only_) {
        co_await stream_events(std::move(response), *request.principal);
        co_return false;
    }
    request.upload.reset();
    co_return co_await write(std::move(response));
}

asio::awaitable<bool> Connection::read_body(const Needs& needs, Request& request) {
    const auto since = net::Clock::now();
    std::vector<char> piece(piece_bytes);
    std::unique_ptr<BodyFile> file;
    std::optional<Problem> trouble;
    std::uint64_t total = 0;
    auto& workers = state_->parts.workers;
    if (needs.to_file) file = std::make_unique<BodyFile>(state_->options.uploads);
    while (!parser_->is_done() && !trouble) {
        allow_transfer(since, total);
        auto& body = parser_->get().body();
        body.data = piece.data();
        body.size = piece.size();
        co_await wire::async_read(stream_, buffer_, *parser_, into(error_));
        if (error_ == wire::error::need_buffer) error_ = {};
        if (error_) co_return false;
        const auto bytes = piece.size() - body.size;
        total += bytes;
        const std::string_view text(piece.data(), bytes);
        if (total > needs.body) trouble = Problem(413, "body.size", "The body is larger than this route takes.");
        else if (!file) request.body += text;
        // A body that cannot be kept is read to its end all the same: who still writes does not hear our answer.
        else if (!file->failed()) co_await on_workers(workers, [&file, text] { file->write(text); });
    }
    if (!trouble) {
        unread_ = false;
        if (file) co_await on_workers(workers, [&file, &request] { file->finish(request); });
        if (!file || !file->failed()) co_return true;
        trouble = Problem(507, "store");
    }
    keep_alive_ = false;
    Response refusal = problem(*trouble, request.id);
    co_await write(std::move(refusal));
    co_return false;
}

asio::awaitable<void> Connection::write_raw(std::string bytes) {
    allow(state_->options.times.transfer);
    co_await asio::async_write(stream_, asio::buffer(bytes), into(error_));
}

asio::awaitable<void> Connection::finish() {
    constexpr std::size_t drained = 256 << 10;
    if (!stream_.next_layer().is_open()) co_return;
    allow(std::chrono::seconds(2));
    if (!unread_) {
        co_await stream_.async_shutdown(into(error_));
        co_return;
    }
    // What the other side still sends is thrown away for a moment: a reset would destroy the answer on its way.
    net::error_code ignored;
    stream_.next_layer().shutdown(net::tcp::socket::shutdown_send, ignored);
    std::vector<char> waste(16 << 10);
    for (std::size_t total = 0; total < drained && !ignored;)
        total += co_await stream_.next_layer().async_read_some(asio::buffer(waste), into(ignored));
}

void Connection::log(const std::string& id, const Route* route, int status, const std::string& who) const {
    // The pattern, not the path, which may hold what was typed.
    const auto level = status >= 500 ? spdlog::level::warn : spdlog::level::debug;
    spdlog::log(level, "https: {} {} {} -> {}, {}, request {}", address_, route ? route->method : "-",
                route ? route->pattern : "-", status, who.empty() ? "nobody" : who, id);
}

asio::awaitable<void> on_workers(asio::thread_pool& workers, std::function<void()> work) {
    const auto executor = co_await asio::this_coro::executor;
    // Posted back to the coroutine's own context, which must not end meanwhile.
    co_await asio::async_initiate<const asio::use_awaitable_t<>, void()>(
        [](auto handler, asio::thread_pool* pool, std::function<void()> job, auto home) {
            asio::post(*pool, [handler = std::move(handler), job = std::move(job),
                               guard = asio::make_work_guard(home)]() mutable {
                job();
                asio::post(guard.get_executor(), std::move(handler));
            });
        },
        asio::use_awaitable, &workers, std::move(work), executor);
}

}  // namespace microchim::http
