#include "service/serve/care.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include "core/run/errors.hpp"
#include "service/accounts/accounts.hpp"
#include "service/serve/status.hpp"

namespace microchim::service {
namespace fs = std::filesystem;
namespace {

const accounts::Actor console{"console", "admin"};

void need_store(const fs::path& data) {
    if (!fs::exists(Places(data).database))
        throw ConfigError("There is no store in '" + data.string() + "': no service has run here yet.", data.string());
}

bool whole(store::Database& db) {
    auto rows = db.query("PRAGMA integrity_check");
    return rows.next() && rows.view(0) == "ok";
}

/// An administrator may restore as root; the service is not root, and must open the store.
void give_to_owner_of(const fs::path& data, const Places& places) {
    struct stat folder {};
    if (::geteuid() != 0 || ::stat(data.c_str(), &folder) != 0) return;
    for (const auto& file : {places.database.string(), places.database.string() + "-wal",
                             places.database.string() + "-shm", (data / "lock").string()})
        if (fs::exists(file) && ::lchown(file.c_str(), folder.st_uid, folder.st_gid) != 0)
            throw ConfigError("'" + file + "' could not be given to the owner of the data folder.");
}

}  // namespace

void backup(const fs::path& data, const fs::path& file) {
    need_store(data);
    if (fs::exists(file))
        throw ConfigError("'" + file.string() + "' exists already; backups are never replaced.", file.string());
    store::Database db(Places(data).database, store::Database::Mode::read);
    db.run("VACUUM INTO ?", file.string());
    fs::permissions(file, fs::perms::owner_read | fs::perms::owner_write);
}

void restore(const fs::path& data, const fs::path& file) {
    if (!fs::exists(file)) throw ConfigError("'" + file.string() + "' is not there.", file.string());
    const Places places(data);
    {
        store::Database copy(file, store::Database::Mode::read);
        if (!whole(copy)) throw ConfigError("'" + file.string() + "' is damaged.", file.string());
        const auto check = store::verify_audit(copy, {}, nullptr);
        if (!check.verified()) throw ConfigError("'" + file.string() + "': " + check.what, file.string());
    }
    {
        const store::Store unused(data);  // nobody else is in it, and its log is written back
    }
    const auto old = places.database.string() + ".before-restore";
    fs::remove(old);
    fs::rename(places.database, old);
    for (const char* rest : {"-wal", "-shm"}) fs::remove(places.database.string() + rest);
    fs::copy_file(file, places.database);
    fs::permissions(places.database, fs::perms::owner_read | fs::perms::owner_write);
    // What was after the copy is not in it: the old checkpoints tell of rows that are no longer there.
    if (fs::exists(places.checkpoints)) fs::rename(places.checkpoints, places.checkpoints.string() + ".before-restore");
    store::Store store(data);
    store.write([](store::Database& db) {
        // Numbers that were given after the copy was made are known to receivers: they are not given again.
        db.run(
            "INSERT INTO counter(name, value) VALUES('message', 1000000), ('result', 1000000) "
            "ON CONFLICT(name) DO UPDATE SET value=value+1000000");
        store::append(db, {console.id, console.role, "store.restore", "store"});
    });
    give_to_owner_of(data, places);
}

store::AuditCheck audit_verify(const fs::path& data) {
    need_store(data);
    const Places places(data);
    store::Database db(places.database, store::Database::Mode::read);
    return verify(db, places);
}

void add_user(const fs::path& data, const std::string& id, const std::string& name, const std::string& role,
              const std::string& password) {
    const auto known = accounts::person_role(role);
    if (!known) throw ConfigError("'" + role + "' is no role: use technician, reviewer, admin or auditor.");
    store::Store store(data);
    accounts::Users(store).add(console, {id, name, *known, password});
}

void set_password(const fs::path& data, const std::string& id, const std::string& password) {
    need_store(data);
    store::Store store(data);
    accounts::Users(store).set_password(console, id, password);
}

void close_user(const fs::path& data, const std::string& id) {
    need_store(data);
    store::Store store(data);
    accounts::Users(store).close(console, id);
}

}  // namespace microchim::service
