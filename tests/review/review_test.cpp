// The whole table, written by hand: state x action x role.
#include "service/review/review.hpp"

#include <doctest/doctest.h>

#include <array>
#include <set>
#include <sstream>
#include <vector>

using namespace microchim::review;

namespace {

constexpr std::array all_states{State::calculated, State::reviewed, State::signed_, State::released, State::rejected};
constexpr std::array all_actions{Action::comment, Action::review, Action::undo, Action::sign,
                                 Action::release, Action::reject, Action::amend};

/// What a reviewer reaches; "-": refused.
constexpr const char* table = R"(
state       comment     review    undo        sign    release   reject    amend
calculated  calculated  reviewed  -           -       -         rejected  -
reviewed    reviewed    -         calculated  signed  -         rejected  -
signed      signed      -         -           -       released  -         calculated
released    released    -         -           -       -         -         calculated
rejected    rejected    -         -           -       -         -         -
)";

std::vector<std::vector<std::string>> rows() {
    std::vector<std::vector<std::string>> all;
    std::istringstream lines(table);
    for (std::string line; std::getline(lines, line);) {
        std::istringstream words(line);
        std::vector<std::string> row;
        for (std::string word; words >> word;) row.push_back(word);
        if (!row.empty()) all.push_back(row);
    }
    return all;
}

History history() {
    return {.imported_by = "ina", .amended_by = "", .blocked = false, .no_result = false, .reason = "because"};
}

std::string outcome(State state, Action action, const Actor& actor, const History& known = history(),
                    const Policy& policy = {}) {
    const auto reached = next(state, action, actor, known, policy);
    if (const auto* refusal = std::get_if<Refusal>(&reached)) {
        CHECK(refusal->sentence.ends_with('.'));
        return refusal->code;
    }
    return to_string(std::get<State>(reached));
}

const Actor rita{"rita", Role::reviewer};

}  // namespace

TEST_CASE("every state, action and role") {
    const auto expected = rows();
    REQUIRE(expected.size() == 1 + all_states.size());
    for (std::size_t s = 0; s < all_states.size(); ++s)
        for (std::size_t a = 0; a < all_actions.size(); ++a) {
            const auto& row = expected[s + 1];
            CHECK(row[0] == to_string(all_states[s]));
            CHECK(expected[0][a + 1] == to_string(all_actions[a]));
            CAPTURE(row[0]);
            CAPTURE(expected[0][a + 1]);
            CHECK(outcome(all_states[s], all_actions[a], rita) == (row[a + 1] == "-" ? "state" : row[a + 1]));
            CHECK(outcome(all_states[s], all_actions[a], {"tom", Role::technician}) == (a == 0 ? row[1] : "role"));
            CHECK(outcome(all_states[s], all_actions[a], {"ada", Role::none}) == "role");
            CHECK(outcome(all_states[s], all_actions[a], {"", Role::reviewer}) == "role");
        }
}

TEST_CASE("four eyes: who imported or amended does not sign") {
    const Actor ina{"ina", Role::reviewer};
    CHECK(outcome(State::reviewed, Action::sign, ina) == "four-eyes");
    CHECK(outcome(State::reviewed, Action::sign, rita) == "signed");
    CHECK(outcome(State::calculated, Action::review, ina) == "reviewed");  // only signing needs another
    CHECK(outcome(State::signed_, Action::release, ina) == "released");
    auto amended = history();
    amended.amended_by = "rita";
    CHECK(outcome(State::reviewed, Action::sign, rita, amended) == "four-eyes");
    CHECK(outcome(State::reviewed, Action::sign, ina, amended) == "four-eyes");
    CHECK(outcome(State::reviewed, Action::sign, {"ruth", Role::reviewer}, amended) == "signed");
    const Policy two_eyes{.four_eyes = false};
    CHECK(outcome(State::reviewed, Action::sign, ina, history(), two_eyes) == "signed");
    CHECK(outcome(State::reviewed, Action::sign, rita, amended, two_eyes) == "signed");
    auto from_folder = history();
    from_folder.imported_by.clear();
    CHECK(outcome(State::reviewed, Action::sign, rita, from_folder) == "signed");
}

TEST_CASE("what a person changes needs a reason") {
    for (const char* reason : {"", " ", "\t\r\n "}) {
        auto silent = history();
        silent.reason = reason;
        CHECK(outcome(State::reviewed, Action::undo, rita, silent) == "reason");
        CHECK(outcome(State::calculated, Action::reject, rita, silent) == "reason");
        CHECK(outcome(State::reviewed, Action::reject, rita, silent) == "reason");
        CHECK(outcome(State::signed_, Action::amend, rita, silent) == "reason");
        CHECK(outcome(State::released, Action::amend, rita, silent) == "reason");
        CHECK(outcome(State::calculated, Action::review, rita, silent) == "reviewed");
        CHECK(outcome(State::reviewed, Action::sign, rita, silent) == "signed");
        CHECK(outcome(State::signed_, Action::release, rita, silent) == "released");
        CHECK(outcome(State::released, Action::undo, rita, silent) == "state");  // the first thing that is wrong
    }
}

TEST_CASE("a blocked sample leaves as no result, with a reason, or not at all") {
    auto known = history();
    known.blocked = true;
    CHECK(outcome(State::calculated, Action::review, rita, known) == "reviewed");
    CHECK(outcome(State::reviewed, Action::sign, rita, known) == "blocked");
    CHECK(outcome(State::signed_, Action::release, rita, known) == "blocked");
    CHECK(outcome(State::reviewed, Action::reject, rita, known) == "rejected");
    known.no_result = true;
    CHECK(outcome(State::reviewed, Action::sign, rita, known) == "signed");
    CHECK(outcome(State::signed_, Action::release, rita, known) == "released");
    known.reason = " ";
    CHECK(outcome(State::reviewed, Action::sign, rita, known) == "signed");
    CHECK(outcome(State::signed_, Action::release, rita, known) == "reason");
    known.blocked = false;
    CHECK(outcome(State::reviewed, Action::sign, rita, known) == "blocked");  // a good result is not hidden either
}

TEST_CASE("from no state is a version released that was not signed, whoever does what in whatever order") {
    const std::vector<Actor> people{rita, {"ina", Role::reviewer}, {"tom", Role::technician}, {"ada", Role::none}};
    std::vector<History> histories;
    for (const bool blocked : {false, true})
        for (const bool none : {false, true})
            for (const char* reason : {"", "because"}) histories.push_back({"ina", "", blocked, none, reason});
    std::set<std::pair<State, bool>> seen;  // state, and whether this version was signed
    std::vector<std::pair<State, bool>> open{{State::calculated, false}};
    while (!open.empty()) {
        const auto [state, was_signed] = open.back();
        open.pop_back();
        if (!seen.emplace(state, was_signed).second) continue;
        CHECK((!may_leave(state) || was_signed));
        for (const auto action : all_actions)
            for (const auto& actor : people)
                for (const auto& known : histories)
                    for (const bool four_eyes : {false, true}) {
                        const auto then = next(state, action, actor, known, {.four_eyes = four_eyes});
                        if (const auto* to = std::get_if<State>(&then))
                            open.emplace_back(*to, action == Action::sign || (was_signed && action != Action::amend));
                    }
    }
    CHECK(seen.size() == all_states.size());  // each in one way: signed, or not
    CHECK(seen.contains({State::released, true}));
    for (const auto state : all_states) CHECK(may_leave(state) == (state == State::released));
}

TEST_CASE("states have names that read back") {
    for (const auto state : all_states) CHECK(state_from(to_string(state)) == state);
    CHECK_FALSE(state_from("Signed"));
    CHECK_FALSE(state_from(""));
    CHECK(releases_at_once({}));
    CHECK_FALSE(releases_at_once({.release_on_signature = false}));
}
