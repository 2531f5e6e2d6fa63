// Care of a store, beside the service: copies, the audit, and users where nobody can log in.
#pragma once

#include <filesystem>
#include <string>

#include "service/store/audit.hpp"

namespace microchim::service {

/// A whole copy while the service runs or not. \throws ConfigError where `file` exists; store::StoreError
void backup(const std::filesystem::path& data, const std::filesystem::path& file);

/// Puts a copy in the place of the store; the old one is kept beside it. The audit of the copy is checked first.
/// \throws ConfigError where a service runs there, or the copy is no whole store
void restore(const std::filesystem::path& data, const std::filesystem::path& file);

/// \throws ConfigError where there is no store
store::AuditCheck audit_verify(const std::filesystem::path& data);

/// Makes a user from the console, while no service runs. \throws ConfigError, accounts::AccountError
void add_user(const std::filesystem::path& data, const std::string& id, const std::string& name,
              const std::string& role, const std::string& password);
void set_password(const std::filesystem::path& data, const std::string& id, const std::string& password);
void close_user(const std::filesystem::path& data, const std::string& id);

}  // namespace microchim::service
