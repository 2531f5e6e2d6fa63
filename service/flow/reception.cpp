#include "service/flow/reception.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <memory>

#include "service/flow/clock.hpp"
#include "service/flow/late_answer.hpp"
#include "service/flow/order_book.hpp"
#include "service/store/audit.hpp"
#include "service/store/counters.hpp"
#include "service/store/messages.hpp"

namespace microchim::service {
namespace {

using lims::Acknowledgement;
using lims::Outcome;

constexpr char between_answers = '\x1c';  // which no payload can hold

std::string join(const std::vector<std::string>& answers) {
    std::string all;
    for (const auto& one : answers) all += (all.empty() ? "" : std::string(1, between_answers)) + one;
    return all;
}

std::vector<std::string> split(const std::string& all) {
    std::vector<std::string> answers;
    for (std::size_t begin = 0; begin < all.size();) {
        const auto end = std::min(all.find(between_answers, begin), all.size());
        answers.push_back(all.substr(begin, end - begin));
        begin = end + 1;
    }
    return answers;
}

lims::Fault fault(const lims::Location& at, const char* text) {
    lims::Fault found;
    found.at = at;
    found.text = text;
    return found;
}

bool is_order(const lims::Envelope& envelope) {
    return envelope.type == "OML" || envelope.type == "ORM";
}

}  // namespace

/// One message on its way through the desk.
struct Reception::Letter {
    lims::Received received;
    lims::Signature signature;
    const Peer* peer = nullptr;
    std::string sha256;
    lims::Orders orders;
    std::vector<lims::Fault> faults;
    std::vector<std::string> answers;

    const lims::Envelope& envelope() const { return received.envelope; }

    /// Fills `answers` for what became of it.
    void answer(Outcome outcome) {
        const auto which = lims::answers_to(envelope(), outcome);
        answers.clear();
        // The laboratory's answer to an order of the LAW profile is an ORL; to others where it was asked for.
        const bool law = envelope().event == "O33" && !envelope().enhanced();
        if (which.now)
            answers.push_back(law && outcome != Outcome::unreadable ? response(*which.now) : plain(*which.now));
        if (which.later) answers.push_back(is_order(envelope()) ? response(*which.later) : plain(*which.later));
    }
    std::string plain(Acknowledgement code) const { return lims::acknowledge(envelope(), code, signature, faults); }
    std::string response(Acknowledgement code) const {
        if (envelope().type != "OML") return plain(code);
        const bool good = lims::positive(code);
        const std::vector decisions(received.message.count("ORC"),
                                    good ? lims::Decision::accepted : lims::Decision::unable);
        return lims::respond_to_orders(received, decisions, code, signature, faults);
    }
};

const Peer* Reception::peer(const std::string& address, const std::vector<std::string>& names) const {
    const auto holds = [](const std::vector<std::string>& list, const std::string& one) {
        return std::find(list.begin(), list.end(), one) != list.end();
    };
    for (const auto& peer : settings_.peers)
        if (names.empty() ? holds(peer.addresses, address) : !peer.identity.empty() && holds(names, peer.identity))
            return &peer;
    return nullptr;
}

void Reception::refuse(Letter& letter, const Answer& answer) {
    letter.faults = {*letter.received.fault};
    letter.answer(Outcome::unreadable);
    store_.write([](store::Database& db) { store::count(db, "orders.refused"); }, {});
    answer(letter.answers);
}

void Reception::take(Arrival arrival, Answer answer) {
    ++counters_.received;
    auto letter = std::make_shared<Letter>();
    letter->peer = arrival.file_of ? arrival.file_of : peer(arrival.address, arrival.names);
    lims::Rules rules;
    if (letter->peer) rules.eight_bit = letter->peer->eight_bit;
    letter->received = arrival.too_long ? lims::too_long(std::move(arrival.payload))
                                        : lims::receive(std::move(arrival.payload), rules);
    auto& received = letter->received;
    letter->signature = {answer_id(), hl7_time(store::now_ms()), settings_.application, settings_.facility};
    if (received.answer) {  // never answered: two programs would thank each other for ever
        ++counters_.answers;
        if (letter->peer)
            store_.write(
                [letter](store::Database& db) {
                    take_late_answer(db, letter->received.message.bytes(), letter->peer->name);
                },
                {});
        return answer({});
    }
    if (received.envelope.unknown_ask) ++counters_.unknown_ask;
    if (received.lf_line_ends) ++counters_.lf_line_ends;
    if (!received.fault && !letter->peer) {
        received.fault = fault({"MSH", 1, 3}, "This sender is not known here.");
        received.fault->reject = true;
    }
    const bool foreign =
        letter->peer &&
        ((!letter->peer->application.empty() && letter->peer->application != received.envelope.sending_application) ||
         (!letter->peer->facility.empty() && letter->peer->facility != received.envelope.sending_facility));
    if (foreign) {
        // A certificate is an identity, and the message must not claim another. Plain MLLP has none: it is counted.
        ++counters_.foreign_sender;
        if (!arrival.names.empty() && !received.fault) {
            received.fault = fault({"MSH", 1, 3}, "The sender named here is not the one of the certificate.");
            received.fault->reject = true;
        }
    }
    if (received.fault && received.fault->reject) return refuse(*letter, answer);
    if (received.fault) letter->faults = {*received.fault};
    else if (is_order(received.envelope)) {
        letter->orders = lims::read_orders(received, settings_.kept_patient());
        letter->faults = letter->orders.faults;
    }
    if (store_.full()) {
        ++counters_.unstored;
        letter->faults = {fault({}, "The disk is full.")};
        letter->answer(Outcome::storage_failed);
        return answer(letter->answers);
    }
    letter->sha256 = store::sha256_bytes(received.message.bytes());
    letter->answer(letter->faults.empty() ? Outcome::stored : Outcome::refused);  // as long as the store has no other
    store_.write([this, letter](store::Database& db) { file(db, *letter); },
                 [this, letter, answer = std::move(answer)](std::exception_ptr error) {
                     if (error) {
                         ++counters_.unstored;
                         try {
                             std::rethrow_exception(error);
                         } catch (const std::exception& what) {
                             spdlog::error("mllp: a message of {} could not be stored: {}", letter->peer->name,
                                           what.what());
                         }
                         letter->faults = {fault({}, "The message could not be stored.")};
                         letter->answer(Outcome::storage_failed);
                     }
                     answer(letter->answers);
                 });
}

/// A message whose key is there already: the same again, another under its name, or one to be judged again.
/// \returns the number of the last of these
std::optional<std::int64_t> Reception::file_again(store::Database& db, Letter& letter,
                                                  const store::NewMessage& message) {
    const auto known = store::find_message(db, message.key).value();
    if (known.sha256 != letter.sha256) {
        ++counters_.conflicts;
        store::count(db, "orders.refused");
        auto used = fault({"MSH", 1, 10}, "Another message with this control id is stored already.");
        used.code = lims::ErrorCode::duplicate_key;
        used.reject = true;
        letter.faults = {used};
        letter.answer(Outcome::unreadable);
        if (conflict_said_.now())
            spdlog::warn("hl7: {} sent another message under a control id that it has used", letter.peer->name);
        store::add_trouble(db, {.peer = letter.peer->name, .code = "hl7.duplicate_key"});
        return std::nullopt;
    }
    if (known.state != "refused") {
        store::count(db, "orders.duplicates");
        letter.answers = split(known.answer);
        return std::nullopt;
    }
    // A refusal invites the sender to try again when things have changed here: then it is judged anew.
    store::settle_message(db, known.id, message.state, message.answer);
    return known.id;
}

void Reception::file(store::Database& db, Letter& letter) {
    const auto& envelope = letter.envelope();
    const Orderer by{letter.peer->name, letter.peer->tests};
    if (letter.faults.empty()) {
        letter.faults = judge(db, letter.orders, by);
        if (!letter.faults.empty()) letter.answer(Outcome::refused);
    }
    const bool refused = !letter.faults.empty(), order = is_order(envelope);
    const char* state = refused ? "refused" : order ? "applied" : "stored";
    const auto answers = join(letter.answers);
    const store::NewMessage message{
        {letter.peer->name, envelope.sending_application, envelope.sending_facility, envelope.control_id},
        envelope.type,
        letter.sha256,
        letter.received.message.bytes(),
        state,
        answers};
    auto id = store::add_message(db, message);
    if (!id) id = file_again(db, letter, message);
    if (!id) return;
    if (refused) store::count(db, "orders.refused");
    else if (order) apply(db, letter.orders, by, *id);
    const auto object = "message/" + std::to_string(*id);
    store::append(db,
                  {letter.peer->name, "lims", refused ? "message.refuse" : "message.store", object, {}, letter.sha256});
}

}  // namespace microchim::service
