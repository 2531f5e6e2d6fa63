#include "service/flow/workflow.hpp"

#include <nlohmann/json.hpp>

#include "service/flow/order_book.hpp"
#include "service/flow/outgoing.hpp"
#include "service/lims/observations.hpp"
#include "service/store/audit.hpp"
#include "service/store/messages.hpp"

namespace microchim::service {
namespace {

using Json = nlohmann::ordered_json;
using review::Action;

store::StoredResult found(store::Database& db, const std::string& id) {
    auto result = store::find_result(db, id);
    if (!result) throw Refused("not-found", "There is no result '" + id + "'.");
    return *result;
}

bool blocked(const std::string& document) {
    return lims::observe(Json::parse(document).at("samples").at(0), lims::Content::lean).no_result;
}

review::History history(const store::StoredResult& result, const Deed& deed) {
    return {.imported_by = result.imported_by,
            .amended_by = result.version > 1 ? result.author : std::string{},
            .blocked = blocked(result.document),
            .no_result = deed.no_result,
            .reason = deed.reason};
}

/// The document of another result of the same sample, or the same again.
store::StoredResult amended(store::Database& db, const store::StoredResult& result, const Deed& deed) {
    auto next = result;
    if (!deed.from.empty()) {
        const auto other = found(db, deed.from);
        if (other.sample != result.sample)
            throw Refused("document", "'" + deed.from + "' is a result of another sample.");
        next.document = other.document;
        next.sha256 = other.sha256;
    }
    ++next.version;
    next.author = deed.actor;
    next.reason = deed.reason;
    return next;
}

const char* role_name(review::Role role) {
    return role == review::Role::reviewer ? "reviewer" : role == review::Role::technician ? "technician" : "none";
}

review::Signature statement(const std::string& result, const store::StoredSignature& signature) {
    return {result,
            signature.version,
            signature.document_sha256,
            signature.actor,
            signature.name,
            review::meaning_from(signature.meaning).value_or(review::Meaning::authorised),
            store::utc(signature.at).substr(0, 19) + "Z"};
}

}  // namespace

std::vector<std::string> Workflow::import(store::Database& db, const std::string& text, std::int64_t job,
                                          const std::string& imported_by) const {
    const auto whole = Json::parse(text);
    std::vector<std::string> ids;
    for (const auto& sample : whole.at("samples")) {
        const auto role = sample.value("role", "");
        if (!role.empty() && role != "follow-up") continue;
        auto document = whole;
        document["samples"] = Json::array({sample});
        document["exit"] = lims::observe(sample, lims::Content::lean).no_result ? 1 : 0;
        store::StoredResult result;
        result.sample = result.accession = sample.at("sample").get<std::string>();
        if (const auto order = store::order_of_accession(db, result.accession)) result.lab_order = order->id;
        result.job = job;
        result.imported_by = result.author = imported_by;
        result.document = review::canonical(document);
        result.sha256 = review::document_hash(document);
        const auto id = store::add_result(db, result);
        store::append(db, {imported_by.empty() ? "service" : imported_by,
                           imported_by.empty() ? "service" : "technician",
                           "result.calculate",
                           id + "/1",
                           {},
                           store::from_hex(result.sha256)});
        ids.push_back(id);
    }
    return ids;
}

void Workflow::act(const Deed& deed, const std::function<void(store::Database&, const store::StoredResult&)>& also) {
    bool sending = false;
    store_.write([&](store::Database& db) {
        const auto result = found(db, deed.result);
        if (result.revision != deed.revision)
            throw Refused("stale", "The result has changed since it was read: read it again.");
        const review::Policy policy{settings_.four_eyes, true};
        const auto verdict = review::next(review::state_from(result.state).value(), deed.action,
                                          {deed.actor, deed.role}, history(result, deed), policy);
        if (const auto* refusal = std::get_if<review::Refusal>(&verdict))
            throw Refused(refusal->code, refusal->sentence);
        const auto state = std::get<review::State>(verdict);
        const auto event = [&](const store::StoredResult& of, Action action) {
            store::add_event(db, of.id,
                             {of.version, review::to_string(action), deed.actor, role_name(deed.role), store::now_ms(),
                              deed.reason});
            store::append(db, {deed.actor, role_name(deed.role), std::string("result.") + review::to_string(action),
                               of.id + "/" + std::to_string(of.version), store::from_hex(result.sha256),
                               store::from_hex(of.sha256), deed.reason});
        };
        if (deed.action == Action::amend) {
            const auto next = amended(db, result, deed);
            store::amend_result(db, result.id, result.revision, next);
            event(next, deed.action);
        } else {
            if (deed.action == Action::sign) {
                // What was changed behind our back must not get a signature.
                if (review::document_hash(Json::parse(result.document)) != result.sha256)
                    throw Refused("document", "The stored document is not the one that was calculated or reviewed.");
                sign(db, result, deed);
            }
            event(result, deed.action);
            auto final_state = state;
            if (deed.action == Action::sign && review::releases_at_once(policy)) {
                const auto release =
                    review::next(state, Action::release, {deed.actor, deed.role}, history(result, deed), policy);
                if (const auto* refusal = std::get_if<review::Refusal>(&release))
                    throw Refused(refusal->code, refusal->sentence);
                final_state = std::get<review::State>(release);
                event(result, Action::release);
            }
            store::move_result(db, result.id, result.revision, review::to_string(final_state));
            sending = final_state == review::State::released && deed.action != Action::comment;
            if (sending) send(db, result, deed);
        }
        also(db, found(db, deed.result));
    });
    if (sending && sent_) sent_();
}

void Workflow::sign(store::Database& db, const store::StoredResult& result, const Deed& deed) const {
    store::StoredSignature signature{result.version,  deed.actor,    deed.name, review::to_string(deed.meaning),
                                     store::now_ms(), result.sha256, {}};
    signature.signature = key_.sign(review::signature_text(statement(result.id, signature)));
    store::add_signature(db, result.id, signature);
}

void Workflow::send(store::Database& db, const store::StoredResult& result, const Deed& deed) const {
    if (two_patients(db, result.accession))
        throw Refused("two-patients",
                      "Open orders of two patients have this accession: the laboratory's system must cancel the wrong "
                      "one first.");
    for (const auto& to : settings_.destinations) enqueue_result(db, settings_, to, result, {deed.actor, deed.name});
    // From here on the laboratory's system can no longer cancel it.
    const auto order = order_answered(db, result);
    if (order && order->state == "ordered") store::change_order(db, order->id, "reported", order->document);
}

bool Workflow::intact(const store::StoredResult& result, const std::vector<store::StoredSignature>& signatures) const {
    if (review::document_hash(Json::parse(result.document)) != result.sha256) return false;
    for (const auto& signature : signatures)
        if (signature.version == result.version &&
            (signature.document_sha256 != result.sha256 ||
             !key_.verify(review::signature_text(statement(result.id, signature)), signature.signature)))
            return false;
    return true;
}

}  // namespace microchim::service
