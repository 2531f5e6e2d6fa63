// A peer for tests of MLLP against other programs: it talks through service/net and knows nothing of the service.
//     net_peer listen [PORT [tolerant]]    AA to every message; prints {"port": n}; ends when standard input ends
//     net_peer send HOST PORT FILE...      sends the files one after another; prints a line of JSON for each
#include <unistd.h>

#include <fstream>
#include <iostream>
#include <iterator>
#include <nlohmann/json.hpp>

#include "service/lims/envelope.hpp"
#include "service/net/deadline.hpp"
#include "service/net/mllp_link.hpp"
#include "service/net/mllp_server.hpp"

namespace {

using namespace microchim;
using namespace microchim::net;

const lims::Signature signature{"PEER-1", "20260723101500+0000", "PEER", "TEST"};

lims::Received read(Arrived arrived) {
    if (arrived.too_long) return lims::too_long(std::move(arrived.payload));
    return lims::receive(std::move(arrived.payload));
}

std::vector<std::string> answers_to(const lims::Received& received) {
    std::vector<std::string> answers;
    if (received.answer) return answers;
    std::vector<lims::Fault> faults;
    if (received.fault) faults.push_back(*received.fault);
    const auto outcome = received.fault ? lims::Outcome::unreadable : lims::Outcome::stored;
    const auto codes = lims::answers_to(received.envelope, outcome);
    if (codes.now) answers.push_back(lims::acknowledge(received.envelope, *codes.now, signature, faults));
    return answers;
}

asio::awaitable<std::vector<std::string>> acknowledge(Arrived arrived) {
    co_return answers_to(read(std::move(arrived)));
}

asio::awaitable<void> wait_for_the_end(asio::io_context& context, MllpServer& server) {
    asio::posix::stream_descriptor input(context, dup(STDIN_FILENO));
    char byte = 0;
    error_code ended;
    while (!ended) co_await input.async_read_some(asio::buffer(&byte, 1), into(ended));
    co_await server.stop();
    const auto counters = server.counters();
    std::cout << nlohmann::json{{"messages", counters.messages}, {"connections", counters.connections}} << std::endl;
}

int listen(std::uint16_t port, lims::mllp::Profile profile) {
    asio::io_context context(1);
    MllpServerOptions options;
    options.connections = {4096, 4096};
    options.rate.per_second = 0;
    const PeerRules rules{profile, {}};
    MllpServer server(
        context, {asio::ip::address_v4::loopback(), port}, options,
        [rules](const Peer&) { return std::optional(rules); }, &acknowledge);
    std::cout << nlohmann::json{{"port", server.bound().port()}} << std::endl;
    asio::co_spawn(context, wait_for_the_end(context, server), asio::detached);
    context.run();
    return 0;
}

const char* name_of(lims::Happened what) {
    static constexpr const char* names[] = {"not_connected", "no_answer",    "accepted",        "committed",
                                            "error",         "rejected",     "bad_certificate", "not_mllp",
                                            "charset_lacks", "not_confirmed"};
    return names[static_cast<std::size_t>(what)];
}

asio::awaitable<void> send_all(MllpLink& link, const std::vector<std::string>& files, asio::steady_timer& late) {
    for (const auto& file : files) {
        std::ifstream in(file, std::ios::binary);
        std::string message{std::istreambuf_iterator<char>(in), {}};
        const auto envelope = lims::receive(message).envelope;
        const lims::Sent sent{envelope.control_id, envelope.accept, envelope.application};
        const auto begun = Clock::now();
        const auto done = co_await link.deliver(std::move(message), sent, {});
        const auto seconds = std::chrono::duration<double>(Clock::now() - begun).count();
        std::cout << nlohmann::json{{"happened", name_of(done.happened)},
                                    {"code", done.reading.code},
                                    {"trouble", done.trouble},
                                    {"connected", link.connected()},
                                    {"seconds", seconds}}
                  << std::endl;
        if (done.happened == lims::Happened::committed) co_await rest(late, Milliseconds(700));
    }
}

int send(const std::string& host, std::uint16_t port, const std::vector<std::string>& files) {
    asio::io_context context(1);
    LinkTimes times;
    times.answer = std::chrono::seconds(3);
    MllpLink link(
        context, {"peer", host, port, nullptr, lims::mllp::Profile::strict},
        [](const std::string&) { std::cout << R"({"late": true})" << std::endl; }, times);
    asio::steady_timer late(context);
    asio::co_spawn(context, send_all(link, files, late), [&](const std::exception_ptr& trouble) {
        if (trouble) std::rethrow_exception(trouble);
        context.stop();
    });
    context.run();
    return 0;
}

}  // namespace

int main(int count, char** arguments) {
    const std::vector<std::string> words(arguments + 1, arguments + count);
    const auto port = [&](std::size_t at) { return static_cast<std::uint16_t>(std::stoul(words.at(at))); };
    if (!words.empty() && words[0] == "listen")
        return listen(words.size() > 1 ? port(1) : std::uint16_t{0},
                      words.size() > 2 ? lims::mllp::Profile::tolerant : lims::mllp::Profile::strict);
    if (words.size() > 3 && words[0] == "send") return send(words[1], port(2), {words.begin() + 3, words.end()});
    std::cerr << "net_peer listen [PORT [tolerant]] | net_peer send HOST PORT FILE...\n";
    return 2;
}
