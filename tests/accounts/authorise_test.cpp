// Who may do what: a table written by hand a second time, so that a slip in either shows.
#include "service/accounts/authorise.hpp"

#include <doctest/doctest.h>

#include <map>

using namespace microchim::accounts;

namespace {

// t technician, r reviewer, a admin, u auditor, l lims, * anyone.
const std::map<std::string, std::string> expected{
    {"service.alive", "*"},     {"session.login", "*"},   {"service.setup", "*"},     {"service.ready", "*"},
    {"session.own", "trau"},    {"service.api", "traul"}, {"service.status", "trau"}, {"service.events", "trau"},
    {"service.metrics", "aul"}, {"run.import", "tr"},     {"job.list", "tr"},         {"job.read", "tr"},
    {"plane.read", "tr"},       {"result.list", "trl"},   {"result.read", "trl"},     {"result.comment", "tr"},
    {"result.review", "r"},     {"result.undo", "r"},     {"result.sign", "r"},       {"result.release", "r"},
    {"result.reject", "r"},     {"result.amend", "r"},    {"order.create", "tl"},     {"order.list", "trl"},
    {"outbox.list", "tra"},     {"outbox.retry", "ra"},   {"outbox.abandon", "ra"},   {"audit.read", "au"},
    {"audit.verify", "au"},     {"trouble.read", "tra"},  {"user.manage", "a"},       {"token.manage", "a"},
};

const std::map<char, Role> letters{
    {'t', Role::technician}, {'r', Role::reviewer}, {'a', Role::admin}, {'u', Role::auditor}, {'l', Role::lims}};

}  // namespace

TEST_CASE("every operation and every role, as written down here") {
    CHECK(permissions().size() == expected.size());
    for (const auto& line : permissions()) {
        CAPTURE(line.name);
        REQUIRE(expected.contains(line.name));
        const auto& who_may = expected.at(line.name);
        const auto refused = authorise(nullptr, line.operation);
        CHECK(refused.has_value() == (who_may != "*"));
        if (refused) CHECK(refused->status == 401);
        for (const auto& [letter, role] : letters) {
            Principal who;
            who.role = role;
            const auto refusal = authorise(&who, line.operation);
            CHECK(refusal.has_value() == (who_may != "*" && who_may.find(letter) == std::string::npos));
            if (refusal) CHECK(refusal->status == 403);
        }
    }
}

TEST_CASE("a LIMS sees only what is of its own destination") {
    Principal lims;
    lims.role = Role::lims;
    lims.destination = "LIS";
    CHECK(!authorise(&lims, Operation::read_result, {"LIS"}));
    REQUIRE(authorise(&lims, Operation::read_result, {"OTHER"}));
    CHECK(authorise(&lims, Operation::read_result, {"OTHER"})->status == 403);
    CHECK(only_destination(lims) == "LIS");
    lims.role = Role::reviewer;
    CHECK(!authorise(&lims, Operation::read_result, {"OTHER"}));
    CHECK(!only_destination(lims));
}
