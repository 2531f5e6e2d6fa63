// A simulated plate on disk, as a laboratory would have it.
#pragma once

#include <filesystem>
#include <stdexcept>
#include <string>

#include "core/simulate/plan.hpp"

namespace microchim::simulate {

/// The folder cannot be written, or something is there already. `what()` is the whole sentence.
class WriteError : public std::runtime_error {
public:
    WriteError(const std::string& message, std::string where) : std::runtime_error(message), path(std::move(where)) {}
    std::string path;
};

/// Draws the plan and writes below `out`:
///     run/<run>.csv, run/<run>_A01_Amplitude.csv ...   as QuantaSoft 1.7.4 exports them
///     case.toml  panel.toml                            the question
///     truth.csv  truth.json                            the answer
/// A folder that is not empty is refused. With `force` an earlier simulation there (known by its truth.json) is
/// replaced, and nothing else is: a run that was not simulated is never touched.
/// \throws ConfigError for the plan, WriteError for the folder.
void write_plate(const Plan& plan, const std::filesystem::path& out, bool force);

}  // namespace microchim::simulate
