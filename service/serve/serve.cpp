#include "service/serve/serve.hpp"

#include <spdlog/spdlog.h>
#include <sys/resource.h>

#include <algorithm>
#include <atomic>
#include <csignal>
#include <fstream>

#include "core/run/errors.hpp"
#include "service/desk/desk.hpp"
#include "service/flow/courier.hpp"
#include "service/flow/order_folders.hpp"
#include "service/http/server.hpp"
#include "service/routes/routes.hpp"
#include "service/serve/listeners.hpp"
#include "service/serve/status.hpp"
#include "service/serve/watch.hpp"
#include "service/store/counters.hpp"
#include "service/store/messages.hpp"

namespace microchim::service {
namespace fs = std::filesystem;
namespace {

namespace asio = net::asio;

void raise_limits() {
    rlimit files{};
    getrlimit(RLIMIT_NOFILE, &files);
    files.rlim_cur = files.rlim_max;
    setrlimit(RLIMIT_NOFILE, &files);
    // A core file would hold keys and patients.
    const rlimit none{0, 0};
    setrlimit(RLIMIT_CORE, &none);
    // A file that may not grow any more is a full disk, and not the end of the service.
    std::signal(SIGXFSZ, SIG_IGN);
}

std::vector<accounts::Machine> machines(const Settings& settings) {
    std::vector<accounts::Machine> list;
    for (const auto& peer : settings.peers)
        if (!peer.identity.empty()) list.push_back({peer.identity, peer.name});
    return list;
}

store::SigningKey signing_key(const Places& places) {
    if (!fs::exists(places.key) && fs::exists(places.checkpoints))
        throw ConfigError(
            "The signing key '" + places.key.string() + "' is missing, and this store was signed with it.",
            places.key.string(), {},
            "Put it back from your copy of the data folder. Without it no earlier signature can be "
            "verified.");
    return store::SigningKey::load_or_make(places.key);
}

/// Everything that lives as long as the service. Members are torn down in the reverse order.
class Service {
public:
    Service(const Settings& settings, const fs::path& program)
        : settings_(settings),
          places_(settings.data),
          store_(settings.data),
          key_(signing_key(places_)),
          accounts_(store_, machines(settings)),
          reception_(store_, settings),
          workflow_(store_, settings, key_, [this] { wake_couriers(); }),
          idempotency_(store_),
          watch_(store_, settings),
          signals_(context_, SIGINT, SIGTERM),
          reload_(context_, SIGHUP),
          checkpoint_(context_),
          looking_(context_) {
        fs::remove_all(settings.data / "uploads");  // of a service that was killed while they came
        fs::create_directories(settings.data / "uploads");
        fs::permissions(settings.data / "uploads", fs::perms::owner_all);
        for (const auto& to : settings.destinations)
            couriers_.push_back(std::make_unique<Courier>(context_, store_, to, [this] {
                events_.publish("outbox", nlohmann::json::object(), accounts::Operation::list_outbox);
            }));
        jobs_ = std::make_unique<JobRunner>(
            store_, settings, workflow_, program, [this](const std::string& name, const std::string& data) {
                events_.publish(name, nlohmann::json::parse(data), accounts::Operation::list_jobs);
            });
        order_folders_ = std::make_unique<OrderFolders>(reception_, store_, settings);
        router_ = std::make_unique<http::Router>(routes());
        listen();
        watch_.look();  // when the certificates are there
    }

    Ready ready() {
        Ready ready;
        if (http_) ready.http = net::to_string(http_->bound());
        if (mllp_) ready.mllp = net::to_string(mllp_->bound());
        if (mllps_) ready.mllps = net::to_string(mllps_->bound());
        ready.setup_code = accounts_.offer_setup().value_or("");
        std::ofstream out(places_.running);
        out << nlohmann::json{{"http", ready.http}, {"mllp", ready.mllp}, {"mllps", ready.mllps}}.dump() << "\n";
        return ready;
    }

    void run() {
        for (const auto& courier : couriers_) courier->start();
        asio::co_spawn(context_, checkpoints(), asio::detached);
        asio::co_spawn(context_, looks(), asio::detached);
        asio::co_spawn(context_, reloads(), asio::detached);
        asio::co_spawn(context_, ends(), asio::detached);
        context_.run();
        workers_.join();
        order_folders_.reset();
        jobs_.reset();
        add_checkpoint();
        fs::remove(places_.running);
    }

private:
    void listen() {
        if (settings_.mllp.listen) mllp_ = mllp_server(context_, settings_, settings_.mllp, {}, reception_);
        if (settings_.mllps.listen)
            mllps_ = mllp_server(context_, settings_, settings_.mllps, mllps(settings_), reception_);
        if (!settings_.http.listen) return;
        http::ServerOptions options;
        for (const auto& host : settings_.hosts) options.gate.hosts.push_back(host);
        options.connections = {settings_.http.connections_per_address, settings_.http.connections};
        options.uploads = settings_.data / "uploads";
        http_ = std::make_unique<http::Server>(context_, net::parse_endpoint(settings_.http.listen->text()),
                                               https(settings_), options,
                                               http::Parts{*router_, accounts_, idempotency_, events_, workers_});
    }

    std::vector<http::Route> routes() {
        const desk::Office office{store_,
                                  settings_,
                                  workflow_,
                                  *jobs_,
                                  accounts_,
                                  [this] { wake_couriers(); },
                                  [this] { return status(); },
                                  [this] { return nlohmann::json(audit_document(audit())); }};
        auto all = routes::session_routes(accounts_);
        const auto add = [&](std::vector<http::Route> more) { all.insert(all.end(), more.begin(), more.end()); };
        add(routes::account_routes(accounts_));
        add(routes::self_routes({[this] { return writable(); }, [this] { return metrics(); }}));
        add(desk::job_routes(office));
        add(desk::plane_routes(office));
        add(desk::result_routes(office));
        add(desk::order_routes(office));
        add(desk::outbox_routes(office));
        routes::add_description(all, desk::schemas());
        return all;
    }

    store::AuditCheck audit() {
        return store_.read([&](store::Database& db) {
            return store::verify_audit(db, store::read_checkpoints(places_.checkpoints), &key_);
        });
    }

    nlohmann::json status() {
        nlohmann::json document = store_.read([](store::Database& db) { return counts(db); });
        document["running"] = true;
        document["alarms"] = nlohmann::json::array();
        for (const auto& alarm : watch_.alarms())
            document["alarms"].push_back({{"code", alarm.code}, {"sentence", alarm.sentence}});
        return document;
    }

    bool writable() {
        try {
            store_.write([](store::Database& db) { store::count(db, "ready"); });  // nothing to write always succeeds
            return true;
        } catch (const std::exception&) {
            return false;
        }
    }

    std::vector<routes::Metric> metrics() {
        const auto now = status();
        std::vector<routes::Metric> list;
        for (const std::string part : {"orders", "messages", "jobs", "results", "outbox"})
            for (const auto& [name, value] : now.at(part).items())
                list.push_back({part + "_" + name, value.get<double>(), part == "orders" || part == "messages"});
        list.push_back({"alarms", static_cast<double>(now.at("alarms").size())});
        const auto counter = [&](const char* name, const std::atomic<std::uint64_t>& number) {
            list.push_back({name, static_cast<double>(number.load()), true});
        };
        const auto& c = reception_.counters();
        counter("mllp_received", c.received);
        counter("mllp_conflicts", c.conflicts);
        counter("mllp_unstored", c.unstored);
        counter("mllp_foreign_sender", c.foreign_sender);
        counter("mllp_answers", c.answers);
        counter("mllp_unknown_ask", c.unknown_ask);
        counter("mllp_lf_line_ends", c.lf_line_ends);
        return list;
    }

    void wake_couriers() {
        asio::post(context_, [this] {
            for (const auto& courier : couriers_) courier->wake();
        });
    }

    asio::awaitable<void> checkpoints() {
        while (!ending_) {
            checkpoint_.expires_after(std::chrono::hours(1));
            net::error_code ended;
            co_await checkpoint_.async_wait(net::into(ended));
            if (ended) break;
            asio::post(workers_, [this] {
                add_checkpoint();
                forget();
            });
        }
    }

    asio::awaitable<void> looks() {
        while (!ending_) {
            looking_.expires_after(std::chrono::seconds(30));
            net::error_code ended;
            co_await looking_.async_wait(net::into(ended));
            if (ended) break;
            watch_.look();
        }
    }

    /// New certificates, without a connection lost. What is wrong with them is said, and the old ones stay.
    asio::awaitable<void> reloads() {
        while (!ending_) {
            net::error_code ended;
            co_await reload_.async_wait(net::into(ended));
            if (ended) break;
            try {
                if (http_) http_->renew(https(settings_));
                if (mllps_) mllps_->renew(mllps(settings_));
                for (const auto& courier : couriers_) courier->renew();
                spdlog::info("reloaded: new connections see the certificates as they are now");
            } catch (const std::exception& error) {
                spdlog::error("not reloaded: {}", error.what());
            }
            watch_.look();
        }
    }

    /// Of what is committed: read, not written, because a transaction that then fails takes its rows back.
    void add_checkpoint() noexcept {
        try {
            store_.write([](store::Database&) {});  // what waits comes first
            store_.read([this](store::Database& db) { store::add_checkpoint(db, key_, places_.checkpoints); });
        } catch (const std::exception& error) {
            spdlog::error("audit: a checkpoint could not be written: {}", error.what());
        }
    }

    void forget() noexcept {
        const auto before = store::now_ms() - settings_.retention_ms();
        try {
            for (bool more = true; more && !ending_;)
                store_.write([&](store::Database& db) { more = store::forget_messages(db, before); });
        } catch (const std::exception& error) {
            spdlog::error("store: old messages could not be forgotten: {}", error.what());
        }
    }

    asio::awaitable<void> ends() {
        net::error_code error;
        co_await signals_.async_wait(net::into(error));
        ending_ = true;
        spdlog::info("ending: messages in work are answered first");
        if (http_) http_->stop();
        if (mllp_) co_await mllp_->stop();
        if (mllps_) co_await mllps_->stop();
        for (const auto& courier : couriers_) courier->stop();
        for (int i = 0; http_ && http_->counters().open > 0 && i < 40; ++i) {
            checkpoint_.expires_after(std::chrono::milliseconds(50));
            co_await checkpoint_.async_wait(net::into(error));
        }
        context_.stop();
    }

    const Settings& settings_;
    Places places_;
    store::Store store_;
    store::SigningKey key_;
    accounts::Accounts accounts_;
    Reception reception_;
    Workflow workflow_;
    http::Idempotency idempotency_;
    http::Events events_;
    asio::io_context context_{1};
    Watch watch_;
    asio::signal_set signals_, reload_;
    asio::steady_timer checkpoint_, looking_;
    asio::thread_pool workers_{2};
    std::vector<std::unique_ptr<Courier>> couriers_;
    std::unique_ptr<JobRunner> jobs_;
    std::unique_ptr<OrderFolders> order_folders_;
    std::unique_ptr<http::Router> router_;
    std::unique_ptr<net::MllpServer> mllp_, mllps_;
    std::unique_ptr<http::Server> http_;
    std::atomic<bool> ending_ = false;
};

}  // namespace

void serve(const Settings& settings, const fs::path& program, const std::function<void(const Ready&)>& ready) {
    raise_limits();
    Service service(settings, program);
    ready(service.ready());
    service.run();
}

void check(const Settings& settings) {
    if (settings.http.tls) https(settings);
    if (settings.mllps.listen) mllps(settings);
    for (const auto& listener : {settings.http, settings.mllp, settings.mllps})
        if (listener.listen) net::parse_endpoint(listener.listen->text());
    for (const auto& to : settings.destinations) {
        tls_towards(to);
        if (to.kind == DestinationKind::file && !fs::is_directory(to.folder))
            throw ConfigError("The folder '" + to.folder.string() + "' of destination '" + to.name + "' is not there.",
                              settings.file.string());
    }
    for (const auto& peer : settings.peers)
        if (!peer.folder.empty() && !fs::is_directory(peer.folder))
            throw ConfigError("The folder '" + peer.folder.string() + "' of peer '" + peer.name + "' is not there.",
                              settings.file.string());
    for (const auto& path : {settings.inbox, settings.panel, settings.cases})
        if (!path.empty() && !fs::exists(path))
            throw ConfigError("'" + path.string() + "' is not there.", settings.file.string());
}

}  // namespace microchim::service
