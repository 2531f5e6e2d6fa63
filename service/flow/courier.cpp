#include "service/flow/courier.hpp"

#include <spdlog/spdlog.h>

#include <random>

#include "service/drop/files.hpp"
#include "service/flow/late_answer.hpp"
#include "service/flow/result_files.hpp"
#include "service/flow/waiting.hpp"
#include "service/store/audit.hpp"
#include "service/store/messages.hpp"

namespace microchim::service {
namespace {

namespace asio = net::asio;
using lims::Happened;

constexpr const char* no_answer = "E_NO_ANSWER";

const char* word(Happened what) {
    switch (what) {
        case Happened::not_connected:
            return "E_NOT_CONNECTED";
        case Happened::no_answer:
            return no_answer;
        case Happened::error:
            return "E_ERROR";
        case Happened::rejected:
            return "E_REJECTED";
        case Happened::bad_certificate:
            return "E_CERTIFICATE";
        case Happened::not_mllp:
            return "E_NOT_MLLP";
        case Happened::charset_lacks:
            return "E_CHARSET";
        case Happened::not_confirmed:
            return "E_NOT_CONFIRMED";
        case Happened::name_taken:
            return "E_NAME_TAKEN";
        default:
            return "";
    }
}

double jitter() {
    thread_local std::mt19937 source{std::random_device{}()};
    return std::uniform_real_distribution<double>(-1, 1)(source);
}

lims::Sent sent_as(const lims::Destination& to, std::string control_id) {
    return {std::move(control_id), to.accept, to.answer};
}

/// What became of a row, written down: for the audit only the codes.
void write_down(store::Database& db, std::int64_t id, const lims::Next& next, Happened what, unsigned attempts,
                const std::string& code) {
    const auto wait = next.wait ? next.wait->count() : 0;
    store::settle(db, id,
                  {.state = lims::to_string(next.state),
                   .attempts = attempts,
                   .next_at = store::now_ms() + wait,
                   .code = code,
                   .error = word(what)});
    const auto row = store::outbox_row(db, id);
    if (!row || (what == Happened::not_connected && row->attempts > 0)) return;
    const auto object = "outbox/" + std::to_string(id) + " " + row->result_id + "/" + std::to_string(row->version);
    const auto action = std::string("outbox.") + lims::to_string(next.state);
    const auto reason = code + (code.empty() || *word(what) == '\0' ? "" : " ") + word(what);
    if (what != Happened::not_connected) store::append(db, {row->destination, "lims", action, object, {}, {}, reason});
    if (next.alert) store::add_trouble(db, {.peer = row->destination, .code = word(what), .detail = object});
}

}  // namespace

net::TlsContext tls_towards(const Destination& to) {
    if (!to.tls) return nullptr;
    return net::client_tls({to.tls->ca, to.tls->certificate, to.tls->key, to.tls->crl});
}

struct Courier::State : std::enable_shared_from_this<Courier::State> {
    State(asio::io_context& context, store::Store& store_, const Destination& to_, std::function<void()> changed_)
        : store(store_), to(to_), changed(std::move(changed_)), timer(context), pool(1) {
        if (to.kind != DestinationKind::mllp) return;
        net::Destination target{to.name, to.address.host, to.address.port, tls_towards(to), {}};
        net::LinkTimes times;
        times.answer = std::chrono::seconds(to.answer_seconds);
        link = std::make_unique<net::MllpLink>(
            context, std::move(target),
            [&store = store, name = to.name](std::string payload) {
                store.write([payload, name](store::Database& db) { take_late_answer(db, payload, name); },
                            [name](std::exception_ptr error) {
                                if (error) spdlog::error("outbox: a late answer of {} could not be stored", name);
                            });
            },
            times);
    }

    asio::awaitable<void> run() {
        const auto self = shared_from_this();
        while (!stopping) {
            bool failed = false;
            try {
                co_await step();
            } catch (const std::exception& error) {
                // The disk: nothing is lost by waiting, a message that was sent is sent again.
                spdlog::error("outbox: {}: {}", to.name, error.what());
                failed = true;
            }
            if (failed && !stopping) co_await pause(5000);
        }
    }

    asio::awaitable<void> step() {
        const auto claim = std::make_shared<std::optional<store::Claim>>();
        const auto late = std::make_shared<std::optional<std::int64_t>>();
        store::Store::Work look = [claim, late, name = to.name](store::Database& db) {
            *late = store::overdue(db, name, store::now_ms());
            if (*late)
                write_down(db, **late, lims::next_step(Happened::not_confirmed, 0), Happened::not_confirmed, 0, "");
            *claim = store::claim_next(db, name, store::now_ms());
        };
        woken = false;
        co_await committed(store, std::move(look));
        if (*late) changed();
        if (!*claim) co_await pause(60'000);
        else if ((*claim)->wait_ms > 0) co_await pause((*claim)->wait_ms);
        else co_await deliver(std::move(**claim));
    }

    asio::awaitable<void> deliver(store::Claim claim) {
        const auto id = claim.id;
        net::Delivery delivery;
        std::string trouble;
        if (!claim.intact) {
            delivery.happened = Happened::rejected;
            delivery.trouble = "the message is not what was signed";
        } else if (to.kind == DestinationKind::file) {
            co_await drop(claim, delivery);
        } else {
            net::MllpLink::Mark marked = [this, id]() { return mark(id); };
            auto sent = sent_as(to.message, claim.control_id);
            delivery = co_await link->deliver(claim.body, std::move(sent), std::move(marked));
        }
        const auto what = delivery.happened;
        const bool unconnected = what == Happened::not_connected;
        unreached = unconnected ? unreached + 1 : 0;
        const auto before = unconnected                      ? unreached - 1
                            : claim.last_error == word(what) ? static_cast<unsigned>(claim.attempts)
                                                             : 0U;
        const auto next = lims::next_step(what, before, jitter());
        const auto attempts = next.counts ? before + 1 : static_cast<unsigned>(claim.attempts);
        if (!delivery.trouble.empty() && (next.alert || before == 0))
            spdlog::warn("outbox: {}: {} ({})", to.name, word(what), delivery.trouble);
        store::Store::Work settle = [id, next, what, attempts, code = delivery.reading.code](store::Database& db) {
            write_down(db, id, next, what, attempts, code);
        };
        co_await committed(store, std::move(settle));
        changed();
    }

    asio::awaitable<void> mark(std::int64_t id) {
        store::Store::Work work = [id](store::Database& db) { store::mark_sent(db, id); };
        return committed(store, std::move(work));
    }

    asio::awaitable<void> drop(const store::Claim& claim, net::Delivery& delivery) {
        std::function<void()> write = [this, &claim, &delivery] {
            try {
                write_result_files(to.folder, claim.body);
                delivery.happened = Happened::accepted;
            } catch (const drop::Conflict&) {
                delivery.happened = Happened::name_taken;
                delivery.trouble = "a file of the same name is there with other content";
            } catch (const std::system_error& error) {
                delivery.trouble = error.code().message();  // a folder that is not there now may be there later
            }
        };
        return elsewhere(pool, std::move(write));
    }

    asio::awaitable<void> pause(std::int64_t ms) {
        if (woken || stopping) co_return;
        timer.expires_after(std::chrono::milliseconds(ms));
        net::error_code cancelled;
        co_await timer.async_wait(net::into(cancelled));
    }

    store::Store& store;
    const Destination& to;
    std::function<void()> changed;
    asio::steady_timer timer;
    asio::thread_pool pool;
    std::unique_ptr<net::MllpLink> link;
    unsigned unreached = 0;
    bool stopping = false, woken = false;
};

Courier::Courier(asio::io_context& context, store::Store& store, const Destination& to, std::function<void()> changed)
    : state_(std::make_shared<State>(context, store, to, std::move(changed))) {}

Courier::~Courier() {
    stop();
}

void Courier::start() {
    state_->store.write([name = state_->to.name,
                         dedupe = state_->to.dedupe || state_->to.kind == DestinationKind::file](store::Database& db) {
        store::recover_outbox(db, name, dedupe);
    });
    asio::co_spawn(state_->timer.get_executor(), state_->run(), asio::detached);
}

void Courier::renew() {
    if (state_->link) state_->link->renew(tls_towards(state_->to));
}

void Courier::wake() {
    state_->woken = true;
    state_->timer.cancel();
}

void Courier::stop() {
    state_->stopping = true;
    state_->timer.cancel();
    if (state_->link) state_->link->close();
    state_->pool.join();  // a file that is being written refers to what the coroutine holds
}

bool take_late_answer(store::Database& db, const std::string& payload, const std::string& from) {
    const auto parsed = lims::parse(payload);
    const auto msa = parsed.message.first("MSA");
    if (parsed.fault || !msa) return false;
    const auto row = store::find_committed(db, msa->field(2));
    if (!row || row->destination != from) return false;
    // Asked as if nothing more was to come: what comes now is the laboratory system's last word.
    const auto reading = lims::read_answer(payload, {std::string(msa->field(2)), lims::Ask::absent, lims::Ask::absent});
    if (reading.answer == lims::Answer::not_ours || reading.answer == lims::Answer::unusable) return false;
    const auto what = lims::happened(reading.answer);
    if (what == Happened::committed) return true;
    write_down(db, row->id, lims::next_step(what, 0), what, 1, reading.code);
    return true;
}

}  // namespace microchim::service
