// The tables, and how an older store becomes today's. Forward only.
#pragma once

#include "service/store/database.hpp"

namespace microchim::store {

/// Brings the store to this version's schema, one transaction a step; before the first step of an existing store a copy
/// is put beside it ("microchim.db.before-2").
/// \throws ConfigError where the store is newer than this program
void migrate(Database& db, const std::filesystem::path& file);

/// Of this program.
int schema_version();

}  // namespace microchim::store
