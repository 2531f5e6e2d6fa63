// What a service has in its store, as `microchim status` and the route of that name tell it.
#pragma once

#include <filesystem>
#include <nlohmann/json.hpp>

#include "service/store/audit.hpp"
#include "service/store/store.hpp"

namespace microchim::service {

/// Where things are in the data folder.
struct Places {
    explicit Places(const std::filesystem::path& data)
        : database(data / "microchim.db"),
          key(data / "signing.pem"),
          checkpoints(data / "audit-checkpoints.jsonl"),
          running(data / "running.json"),
          tls(data / "tls") {}
    std::filesystem::path database, key, checkpoints, running, tls;
};

nlohmann::ordered_json audit_document(const store::AuditCheck& check);

/// The audit of a data folder, whose key is only read.
store::AuditCheck verify(store::Database& db, const Places& places);

/// "microchim/status/1" without "running" and the addresses.
nlohmann::ordered_json counts(store::Database& db);

/// The same of a data folder, whether a service runs in it or not; with "running" and, where one runs, its addresses.
/// \throws ConfigError where there is no store
nlohmann::ordered_json status_of(const std::filesystem::path& data);

}  // namespace microchim::service
