#include "service/review/review.hpp"

#include <algorithm>
#include <array>

namespace microchim::review {
namespace {

constexpr std::array<const char*, 5> states{"calculated", "reviewed", "signed", "released", "rejected"};
constexpr std::array<const char*, 7> actions{"comment", "review", "undo", "sign", "release", "reject", "amend"};
constexpr std::array<const char*, 7> participles{"commented on", "reviewed", "taken back", "signed",
                                                 "released",     "rejected", "amended"};

/// The way of a result; nothing: there is none.
std::optional<State> way(State state, Action action) {
    switch (action) {
        case Action::comment:
            return state;
        case Action::review:
            if (state == State::calculated) return State::reviewed;
            break;
        case Action::undo:
            if (state == State::reviewed) return State::calculated;
            break;
        case Action::sign:
            if (state == State::reviewed) return State::signed_;
            break;
        case Action::release:
            if (state == State::signed_) return State::released;
            break;
        case Action::reject:
            if (state == State::calculated || state == State::reviewed) return State::rejected;
            break;
        case Action::amend:
            if (state == State::signed_ || state == State::released) return State::calculated;
            break;
    }
    return {};
}

bool may(Role role, Action action) {
    return role == Role::reviewer || (role == Role::technician && action == Action::comment);
}

bool has_reason(const std::string& reason) {
    return reason.find_first_not_of(" \t\r\n") != reason.npos;
}

bool is_manual_change(Action action) {
    return action == Action::undo || action == Action::reject || action == Action::amend;
}

/// A sample without a result leaves as "no result", or not at all.
std::optional<Refusal> judge_blocked(Action action, const History& history) {
    if (action != Action::sign && action != Action::release) return {};
    if (history.blocked && !history.no_result)
        return Refusal{"blocked",
                       "Quality control stops this sample: it can only be signed and sent as \"no result\"."};
    if (!history.blocked && history.no_result)
        return Refusal{"blocked", "This sample has a result: it cannot be signed and sent as \"no result\"."};
    if (history.blocked && action == Action::release && !has_reason(history.reason))
        return Refusal{"reason", "Say why a sample that quality control stops is sent."};
    return {};
}

std::optional<Refusal> judge_signer(const Actor& actor, const History& history) {
    if (actor.id == history.imported_by)
        return Refusal{"four-eyes", "Who imported a run does not sign its results: ask another reviewer."};
    if (actor.id == history.amended_by)
        return Refusal{"four-eyes", "Who amended a result does not sign it: ask another reviewer."};
    return {};
}

}  // namespace

const char* to_string(State state) {
    return states.at(static_cast<std::size_t>(state));
}

const char* to_string(Action action) {
    return actions.at(static_cast<std::size_t>(action));
}

std::optional<State> state_from(std::string_view text) {
    const auto found = std::ranges::find(states, text);
    if (found == states.end()) return {};
    return static_cast<State>(found - states.begin());
}

std::variant<State, Refusal> next(State state, Action action, const Actor& actor, const History& history,
                                  const Policy& policy) {
    if (actor.id.empty() || !may(actor.role, action))
        return Refusal{"role", std::string("This account may not ") + to_string(action) + " results."};
    const auto then = way(state, action);
    if (!then)
        return Refusal{"state", std::string("A result that is ") + to_string(state) + " cannot be " +
                                    participles.at(static_cast<std::size_t>(action)) + "."};
    if (is_manual_change(action) && !has_reason(history.reason))
        return Refusal{"reason", std::string("A reason is needed to ") + to_string(action) + "."};
    if (auto refusal = judge_blocked(action, history)) return *refusal;
    if (action == Action::sign && policy.four_eyes)
        if (auto refusal = judge_signer(actor, history)) return *refusal;
    return *then;
}

bool releases_at_once(const Policy& policy) {
    return policy.release_on_signature;
}

bool may_leave(State state) {
    return state == State::released;
}

}  // namespace microchim::review
