#include "service/store/counters.hpp"

namespace microchim::store {

std::int64_t next_number(Database& db, std::string_view series) {
    auto rows = db.query(
        "INSERT INTO counter(name, value) VALUES(?, 1) "
        "ON CONFLICT(name) DO UPDATE SET value=value+1 RETURNING value",
        series);
    rows.next();
    const auto number = rows.integer(0);
    rows.next();  // a RETURNING statement is done when its rows are
    return number;
}

std::int64_t counted(Database& db, std::string_view name) {
    auto rows = db.query("SELECT value FROM counter WHERE name=?", name);
    return rows.next() ? rows.integer(0) : 0;
}

void set_counter(Database& db, std::string_view name, std::int64_t value) {
    db.run("INSERT INTO counter(name, value) VALUES(?, ?) ON CONFLICT(name) DO UPDATE SET value=excluded.value", name,
           value);
}

}  // namespace microchim::store
