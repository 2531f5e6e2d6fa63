// Who may do what: one table, one function, and everything that is not in the table is refused. Every route names its
// operation; a handler that knows whose object it holds asks again with it.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace microchim::accounts {

enum class Role { technician, reviewer, admin, auditor, lims };
/// "technician"
const char* to_string(Role role);
/// Of a person: all but `lims`.
std::optional<Role> person_role(std::string_view text);

/// Who asks. Made only by what checked the credentials.
struct Principal {
    enum class Kind { person, machine };
    Kind kind = Kind::person;
    std::string id;  ///< a user's id, "token:3", "certificate:lis.example.org"
    std::string name;
    Role role = Role::technician;
    std::string destination;  ///< a machine's; empty for people
    std::string session;      ///< the name of a person's session, not its secret; empty for machines
};

enum class Operation {
    alive,   // livez, healthz
    log_in,  // with a password
    set_up,  // the first admin, with the code of the console
    ready,
    own_session,
    read_api,
    read_status,
    follow_events,
    read_metrics,
    import_run,
    list_jobs,
    read_job,
    read_planes,
    list_results,
    read_result,
    comment_result,
    review_result,
    undo_review,
    sign_result,
    release_result,
    reject_result,
    amend_result,
    create_order,
    list_orders,
    list_outbox,  // without the messages
    retry_outbox,
    abandon_outbox,
    read_audit,
    verify_audit,
    read_trouble,
    manage_users,
    manage_tokens,
    count_of_operations,  // no operation: how many there are
};

/// One line of the table.
struct Permission {
    Operation operation;
    const char* name;     ///< "result.sign", also for the audit
    bool anyone = false;  ///< without credentials
    bool technician = false, reviewer = false, admin = false, auditor = false, lims = false;
    bool owned = false;  ///< a machine may do it only to what is of its own destination
};
std::span<const Permission> permissions();
/// \throws std::logic_error for an operation without a line
const Permission& permission(Operation operation);

/// What it is done to, as far as known.
struct Object {
    std::optional<std::string> destination;
};

struct Refusal {
    int status;        ///< 401: nobody knows who asks; 403: known, and may not
    const char* code;  ///< "not-authenticated", "role", "destination"
};

/// \param who nullptr where no credentials were given
/// \returns nothing where it is allowed
std::optional<Refusal> authorise(const Principal* who, Operation operation, const Object& object = {});

/// For lists: the only destination whose rows this one may see; nothing where all.
std::optional<std::string> only_destination(const Principal& who);

}  // namespace microchim::accounts
