#include "service/flow/order_folders.hpp"

#include <spdlog/spdlog.h>

#include <condition_variable>
#include <future>

#include "core/run/errors.hpp"
#include "service/jobs/inbox.hpp"
#include "service/jobs/spool.hpp"
#include "service/lims/hl7.hpp"
#include "service/store/messages.hpp"

namespace microchim::service {
namespace {

constexpr const char* disk = "207";  // of HL7 table 0357: it can be tried again

/// MSA-1 and ERR-3 of an answer: "AA", "AE 207".
std::string verdict(const std::vector<std::string>& answers) {
    if (answers.empty()) return "no message that is answered";
    const auto message = lims::parse(answers.front()).message;
    const auto msa = message.first("MSA"), err = message.first("ERR");
    return std::string(msa ? msa->field(1) : "") + (err ? " " + std::string(err->raw(3, 1)) : "");
}

bool is_message(const std::string& path) {
    return path.ends_with(".hl7");
}

}  // namespace

struct OrderFolders::Watched {
    explicit Watched(const Peer& whose) : peer(whose) {}
    const Peer& peer;
    jobs::Memory memory;
};

OrderFolders::OrderFolders(Reception& reception, store::Store& store, const Settings& settings)
    : reception_(reception), store_(store), settings_(settings) {
    for (const auto& peer : settings.peers)
        if (!peer.folder.empty()) folders_.push_back(std::make_unique<Watched>(peer));
    if (!folders_.empty()) thread_ = std::jthread([this](std::stop_token stop) { serve(stop); });
}

OrderFolders::~OrderFolders() = default;

void OrderFolders::serve(std::stop_token stop) {
    std::mutex mutex;
    std::condition_variable_any ended;
    while (!stop.stop_requested()) {
        for (const auto& watched : folders_) try {
                if (!store_.full()) look(*watched);
            } catch (const ReadError& error) {
                spdlog::error("orders of {}: {}", watched->peer.name, error.what());  // the folder itself
            } catch (const std::exception&) {
                spdlog::error("orders of {}: their folder could not be read", watched->peer.name);
            }
        std::unique_lock lock(mutex);
        ended.wait_for(lock, stop, std::chrono::seconds(1), [] { return false; });
    }
}

void OrderFolders::look(Watched& watched) {
    const jobs::WatchSettings settings{std::chrono::seconds(settings_.settle_seconds)};
    const auto now = std::chrono::steady_clock::now();
    const auto found = jobs::scan(watched.peer.folder, watched.memory, now, settings);
    for (const auto& sentence : found.sentences) tell(watched, sentence);
    for (const auto& drop : found.ready) {
        for (const auto& file : drop.files) {
            const auto name = "'" + file.path + "' ";
            if (!is_message(file.path)) {
                tell(watched, name + "is no .hl7 file.");
            } else if (file.size > settings_.message_bytes) {
                tell(watched, name + "is longer than a message may be.");
            } else {
                const auto text = jobs::read_whole(watched.peer.folder, file, settings_.message_bytes);
                if (!text) return;  // it changes: the next look
                const auto code = take(watched, *text);
                if (code.ends_with(disk)) return;
                if (!code.empty()) tell(watched, name + "was answered with " + code + ".");
            }
        }
        instruments::hand_out(watched.memory.runs, drop);
    }
}

std::string OrderFolders::take(const Watched& watched, const std::string& message) {
    std::promise<std::vector<std::string>> promise;
    Arrival arrival;
    arrival.payload = message;
    arrival.file_of = &watched.peer;
    reception_.take(std::move(arrival),
                    [&](std::vector<std::string> answers) { promise.set_value(std::move(answers)); });
    const auto code = verdict(promise.get_future().get());
    return code == "AA" || code == "CA" ? std::string{} : code;
}

void OrderFolders::tell(const Watched& watched, const std::string& sentence) {
    spdlog::warn("orders of {}: a file is not taken; the list of trouble says why", watched.peer.name);
    store_.write([&](store::Database& db) {
        store::add_trouble(db, {.peer = watched.peer.name, .code = "orders.file", .detail = sentence});
    });
}

}  // namespace microchim::service
