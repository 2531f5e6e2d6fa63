#include "service/accounts/authorise.hpp"

#include <array>
#include <stdexcept>

namespace microchim::accounts {
namespace {

using enum Operation;

// An admin keeps the service running and sees nothing of patients; an auditor sees who did what; a machine reads the
// results of its own destination and orders. Nobody signs but a reviewer.
constexpr std::array table{
    Permission{.operation = alive, .name = "service.alive", .anyone = true},
    Permission{.operation = log_in, .name = "session.login", .anyone = true},
    Permission{.operation = set_up, .name = "service.setup", .anyone = true},
    Permission{.operation = ready, .name = "service.ready", .anyone = true},
    Permission{.operation = own_session,
               .name = "session.own",
               .technician = true,
               .reviewer = true,
               .admin = true,
               .auditor = true},
    Permission{.operation = read_api,
               .name = "service.api",
               .technician = true,
               .reviewer = true,
               .admin = true,
               .auditor = true,
               .lims = true},
    Permission{.operation = read_status,
               .name = "service.status",
               .technician = true,
               .reviewer = true,
               .admin = true,
               .auditor = true},
    Permission{.operation = follow_events,
               .name = "service.events",
               .technician = true,
               .reviewer = true,
               .admin = true,
               .auditor = true},
    Permission{.operation = read_metrics, .name = "service.metrics", .admin = true, .auditor = true, .lims = true},
    Permission{.operation = import_run, .name = "run.import", .technician = true, .reviewer = true},
    Permission{.operation = list_jobs, .name = "job.list", .technician = true, .reviewer = true},
    Permission{.operation = read_job, .name = "job.read", .technician = true, .reviewer = true},
    Permission{.operation = read_planes, .name = "plane.read", .technician = true, .reviewer = true},
    Permission{.operation = list_results,
               .name = "result.list",
               .technician = true,
               .reviewer = true,
               .lims = true,
               .owned = true},
    Permission{.operation = read_result,
               .name = "result.read",
               .technician = true,
               .reviewer = true,
               .lims = true,
               .owned = true},
    Permission{.operation = comment_result, .name = "result.comment", .technician = true, .reviewer = true},
    Permission{.operation = review_result, .name = "result.review", .reviewer = true},
    Permission{.operation = undo_review, .name = "result.undo", .reviewer = true},
    Permission{.operation = sign_result, .name = "result.sign", .reviewer = true},
    Permission{.operation = release_result, .name = "result.release", .reviewer = true},
    Permission{.operation = reject_result, .name = "result.reject", .reviewer = true},
    Permission{.operation = amend_result, .name = "result.amend", .reviewer = true},
    Permission{.operation = create_order, .name = "order.create", .technician = true, .lims = true, .owned = true},
    Permission{.operation = list_orders,
               .name = "order.list",
               .technician = true,
               .reviewer = true,
               .lims = true,
               .owned = true},
    Permission{.operation = list_outbox, .name = "outbox.list", .technician = true, .reviewer = true, .admin = true},
    Permission{.operation = retry_outbox, .name = "outbox.retry", .reviewer = true, .admin = true},
    Permission{.operation = abandon_outbox, .name = "outbox.abandon", .reviewer = true, .admin = true},
    Permission{.operation = read_audit, .name = "audit.read", .admin = true, .auditor = true},
    Permission{.operation = verify_audit, .name = "audit.verify", .admin = true, .auditor = true},
    Permission{.operation = read_trouble, .name = "trouble.read", .technician = true, .reviewer = true, .admin = true},
    Permission{.operation = manage_users, .name = "user.manage", .admin = true},
    Permission{.operation = manage_tokens, .name = "token.manage", .admin = true},
};

constexpr bool in_order() {
    for (std::size_t i = 0; i < table.size(); ++i)
        if (table[i].operation != static_cast<Operation>(i)) return false;
    return true;
}
static_assert(table.size() == static_cast<std::size_t>(count_of_operations) && in_order(),
              "every operation has its line, in the order of the enumeration");

bool allows(const Permission& line, Role role) {
    switch (role) {
        case Role::technician:
            return line.technician;
        case Role::reviewer:
            return line.reviewer;
        case Role::admin:
            return line.admin;
        case Role::auditor:
            return line.auditor;
        case Role::lims:
            return line.lims;
    }
    return false;
}

}  // namespace

const char* to_string(Role role) {
    constexpr std::array names{"technician", "reviewer", "admin", "auditor", "lims"};
    return names.at(static_cast<std::size_t>(role));
}

std::optional<Role> person_role(std::string_view text) {
    for (const auto role : {Role::technician, Role::reviewer, Role::admin, Role::auditor})
        if (text == to_string(role)) return role;
    return std::nullopt;
}

std::span<const Permission> permissions() {
    return table;
}

const Permission& permission(Operation operation) {
    const auto at = static_cast<std::size_t>(operation);
    if (at >= table.size()) throw std::logic_error("accounts: an operation without a line in the table");
    return table[at];
}

std::optional<Refusal> authorise(const Principal* who, Operation operation, const Object& object) {
    const auto& line = permission(operation);
    if (line.anyone) return std::nullopt;
    if (!who) return Refusal{401, "not-authenticated"};
    if (!allows(line, who->role)) return Refusal{403, "role"};
    if (line.owned && who->role == Role::lims && object.destination && *object.destination != who->destination)
        return Refusal{403, "destination"};
    return std::nullopt;
}

std::optional<std::string> only_destination(const Principal& who) {
    if (who.role == Role::lims) return who.destination;
    return std::nullopt;
}

}  // namespace microchim::accounts
