// Numbers that outlive the process.
#pragma once

#include "service/store/database.hpp"

namespace microchim::store {

/// The next number of a series, from 1: message control ids, result ids.
std::int64_t next_number(Database& db, std::string_view series);
/// Adds one to what is counted for the status.
inline void count(Database& db, std::string_view name) {
    next_number(db, name);
}
std::int64_t counted(Database& db, std::string_view name);
void set_counter(Database& db, std::string_view name, std::int64_t value);

}  // namespace microchim::store
