// The two kinds of trouble that are a user's to mend. Everything else that is thrown
// is a defect of ours and is reported as "internal error".
#pragma once

#include <cstddef>
#include <optional>
#include <stdexcept>
#include <string>

namespace microchim {

/// A file that cannot be read, is not recognised, is ambiguous, locked or malformed.
/// `what()` is the whole sentence; the parts are for machines.
class ReadError : public std::runtime_error {
public:
    explicit ReadError(const std::string& message, std::string file = {}, std::optional<std::size_t> at_line = {},
                       std::string advice = {})
        : std::runtime_error(message), path(std::move(file)), line(at_line), hint(std::move(advice)) {}

    std::string path;
    std::optional<std::size_t> line;  ///< 1-based
    std::string hint;                 ///< what to do, or empty
};

/// A panel, case, profile or setting that is wrong: which file, which key.
class ConfigError : public std::runtime_error {
public:
    explicit ConfigError(const std::string& message, std::string file = {}, std::optional<std::size_t> at_line = {},
                         std::string advice = {})
        : std::runtime_error(message), path(std::move(file)), line(at_line), hint(std::move(advice)) {}

    std::string path;
    std::optional<std::size_t> line;
    std::string hint;
};

}  // namespace microchim
