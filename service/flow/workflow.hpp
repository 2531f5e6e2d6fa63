// What people do with results: the rules of service/review on the rows of the store. Signing writes the signature, the
// messages to every destination and the audit in one transaction: nothing is signed and unsent, nothing sent unsigned.
#pragma once

#include <functional>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include "service/review/review.hpp"
#include "service/review/signature.hpp"
#include "service/settings/settings.hpp"
#include "service/store/results.hpp"
#include "service/store/signing_key.hpp"
#include "service/store/store.hpp"

namespace microchim::service {

/// Not done, and why. The code is for machines: those of review::Refusal, and "not-found", "stale", "document",
/// "two-patients".
class Refused : public std::runtime_error {
public:
    Refused(std::string code_, const std::string& sentence) : std::runtime_error(sentence), code(std::move(code_)) {}
    std::string code;
};

/// What somebody wants done with a result.
struct Deed {
    review::Action action = review::Action::comment;
    std::string result;
    std::int64_t revision = 0;  ///< that they have seen
    std::string actor, name;    ///< user id, and name as printed
    review::Role role = review::Role::none;
    std::string reason;
    review::Meaning meaning = review::Meaning::authorised;  ///< of a signature
    bool no_result = false;                                 ///< a blocked sample leaves as "no result"
    std::string from;  ///< amend: the result whose document becomes the new version; empty: the same document again
};

class Workflow {
public:
    /// \param sent called after new rows are in the outbox; on the writer's thread
    Workflow(store::Store& store, const Settings& settings, store::SigningKey key, std::function<void()> sent)
        : store_(store), settings_(settings), key_(std::move(key)), sent_(std::move(sent)) {}

    /// Results out of a job's document: one for each sample that is a follow-up, or whose role is not known. Part of
    /// the transaction that ends the job. \returns their ids
    std::vector<std::string> import(store::Database& db, const std::string& document, std::int64_t job,
                                    const std::string& imported_by) const;

    /// \param also done in the same transaction, with the result as it is then
    /// \throws Refused, StoreError
    void act(const Deed& deed, const std::function<void(store::Database&, const store::StoredResult&)>& also);

    /// Whether a version's document and signatures still belong together.
    bool intact(const store::StoredResult& result, const std::vector<store::StoredSignature>& signatures) const;

private:
    void sign(store::Database& db, const store::StoredResult& result, const Deed& deed) const;
    void send(store::Database& db, const store::StoredResult& result, const Deed& deed) const;

    store::Store& store_;
    const Settings& settings_;
    store::SigningKey key_;
    std::function<void()> sent_;
};

}  // namespace microchim::service
