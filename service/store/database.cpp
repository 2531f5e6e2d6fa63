#include "service/store/database.hpp"

#include <sqlite3.h>

namespace microchim::store {
namespace {

[[noreturn]] void fail(sqlite3* handle, const std::string& what) {
    const int code = handle ? sqlite3_errcode(handle) : SQLITE_NOMEM;
    throw StoreError("store: " + what + ": " + (handle ? sqlite3_errmsg(handle) : "out of memory"), code & 0xff);
}

int bind(sqlite3_stmt* statement, int at, const Value& value, sqlite3_destructor_type keep) {
    switch (value.kind) {
        case Value::Kind::null:
            return sqlite3_bind_null(statement, at);
        case Value::Kind::integer:
            return sqlite3_bind_int64(statement, at, value.integer);
        case Value::Kind::real:
            return sqlite3_bind_double(statement, at, value.real);
        case Value::Kind::text:
            return sqlite3_bind_text64(statement, at, value.bytes.data() ? value.bytes.data() : "", value.bytes.size(),
                                       keep, SQLITE_UTF8);
        case Value::Kind::blob:
            if (value.bytes.empty()) return sqlite3_bind_zeroblob(statement, at, 0);
            return sqlite3_bind_blob64(statement, at, value.bytes.data(), value.bytes.size(), keep);
    }
    return SQLITE_MISUSE;
}

}  // namespace

bool StoreError::constraint() const {
    return code == SQLITE_CONSTRAINT;
}

bool StoreError::disk() const {
    return code == SQLITE_FULL || code == SQLITE_IOERR || code == SQLITE_READONLY || code == SQLITE_CANTOPEN;
}

Rows::~Rows() {
    sqlite3_reset(statement_);
    sqlite3_clear_bindings(statement_);
}

bool Rows::next() {
    const int code = sqlite3_step(statement_);
    if (code == SQLITE_ROW) return true;
    if (code == SQLITE_DONE) return false;
    fail(sqlite3_db_handle(statement_), "a question was not answered");
}

bool Rows::null(int column) const {
    return sqlite3_column_type(statement_, column) == SQLITE_NULL;
}

std::int64_t Rows::integer(int column) const {
    return sqlite3_column_int64(statement_, column);
}

std::string_view Rows::view(int column) const {
    // The order matters: the length is that of the last form asked for.
    const auto* bytes = static_cast<const char*>(sqlite3_column_blob(statement_, column));
    return bytes ? std::string_view(bytes, static_cast<std::size_t>(sqlite3_column_bytes(statement_, column)))
                 : std::string_view{};
}

Database::Database(const std::filesystem::path& file, Mode mode) {
    // Statistics of memory that nobody reads take a lock at every allocation. Too late is no harm.
    static const int ignored = sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
    static_cast<void>(ignored);
    const int flags =
        (mode == Mode::write ? SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE : SQLITE_OPEN_READONLY) | SQLITE_OPEN_NOMUTEX;
    try {
        if (sqlite3_open_v2(file.c_str(), &handle_, flags, nullptr) != SQLITE_OK)
            fail(handle_, "'" + file.string() + "'");
        sqlite3_extended_result_codes(handle_, 0);
        sqlite3_busy_timeout(handle_, 5000);
        if (mode == Mode::write)
            script("PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA wal_autocheckpoint=4000;");
        script("PRAGMA foreign_keys=ON; PRAGMA trusted_schema=OFF; PRAGMA cell_size_check=ON;");
    } catch (...) {
        sqlite3_close_v2(handle_);
        throw;
    }
}

Database::~Database() {
    for (const auto& [literal, statement] : statements_) sqlite3_finalize(statement);
    sqlite3_close_v2(handle_);
}

sqlite3_stmt* Database::bound(Sql sql, std::initializer_list<Value> values, bool copy) {
    auto& statement = statements_[sql.text().data()];
    if (!statement && sqlite3_prepare_v3(handle_, sql.text().data(), static_cast<int>(sql.text().size()),
                                         SQLITE_PREPARE_PERSISTENT, &statement, nullptr) != SQLITE_OK)
        fail(handle_, "a statement is not understood");
    if (sqlite3_stmt_busy(statement)) throw std::logic_error("store: a statement is used inside itself");
    if (sqlite3_bind_parameter_count(statement) != static_cast<int>(values.size()))
        throw std::logic_error("store: a statement got another number of values than it has");
    int at = 0;
    // What a statement without rows is bound to outlives it: messages of megabytes are not copied.
    const auto keep = copy ? SQLITE_TRANSIENT : SQLITE_STATIC;
    for (const auto& value : values)
        if (bind(statement, ++at, value, keep) != SQLITE_OK) fail(handle_, "a value cannot be bound");
    return statement;
}

std::int64_t Database::run_bound(sqlite3_stmt* statement) {
    Rows rows(statement);
    while (rows.next()) {
    }
    return sqlite3_changes64(handle_);
}

void Database::script(Sql sql) {
    if (sqlite3_exec(handle_, sql.text().data(), nullptr, nullptr, nullptr) != SQLITE_OK) fail(handle_, "a script");
}

std::int64_t Database::last_id() const {
    return sqlite3_last_insert_rowid(handle_);
}

}  // namespace microchim::store
