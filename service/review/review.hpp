// The life of a result: calculated -> reviewed -> signed -> released. Pure: who may do what next, and why not.
// An amendment makes a new version, which begins as calculated; the old version stays as it was.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <variant>

namespace microchim::review {

/// Of the newest version of a result.
enum class State { calculated, reviewed, signed_, released, rejected };
enum class Action { comment, review, undo, sign, release, reject, amend };
/// Of a person of the laboratory; `none`: everybody else (administrators, auditors, machines).
enum class Role { none, technician, reviewer };

/// "calculated", "reviewed", "signed", "released", "rejected"
const char* to_string(State state);
std::optional<State> state_from(std::string_view text);
/// "comment", "review", "undo", "sign", "release", "reject", "amend"
const char* to_string(Action action);

struct Actor {
    std::string id;
    Role role = Role::none;
};

/// What is known of this version, and what comes with the action.
struct History {
    std::string imported_by;  ///< user id; empty: the service itself, from the watched folder
    std::string amended_by;   ///< who made this version, where it is not the first
    bool blocked = false;     ///< the sample has no result, by quality control or because nothing could be calculated
    bool no_result = false;   ///< the action asks that it be signed or sent as "no result"
    std::string reason;       ///< given with the action
};

/// The laboratory's.
struct Policy {
    bool four_eyes = true;             ///< who imported or amended a result does not sign it
    bool release_on_signature = true;  ///< see releases_at_once()
};

/// Why not. The code is for machines and does not change: "role", "state", "four-eyes", "reason", "blocked".
struct Refusal {
    std::string code, sentence;
};

/// The state after the action. After an amendment it is that of the new version.
std::variant<State, Refusal> next(State state, Action action, const Actor& actor, const History& history,
                                  const Policy& policy);

/// Whether the caller has to release in the same transaction that signs. Nothing is released that was not signed.
bool releases_at_once(const Policy& policy);

/// Whether a version in this state may leave the laboratory: it is signed, and released after that.
bool may_leave(State state);

}  // namespace microchim::review
