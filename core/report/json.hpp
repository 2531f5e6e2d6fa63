// Results as JSON: one document for the command, Python, the service and the store.
// Numbers are written so that they read back to the same double; what is not known is null.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "core/chimerism/result.hpp"
#include "core/run/run.hpp"

namespace microchim::report {

using Json = nlohmann::ordered_json;

/// Schema "microchim/run/1".
/// \param fluorescence also lists every partition's amplitude (large: 20,000 numbers a channel and well)
Json run_json(const Run& run, bool fluorescence = false);

/// The document of one run as run_json; of several, schema "microchim/runs/1" with the documents under "runs".
Json runs_json(const std::vector<Run>& runs, bool fluorescence = false);

/// Schema "microchim/result/1".
Json result_json(const chimerism::Result& result);

/// Answers one sample of bare counts, one line in and one line out. A fault answers {"id", "error"}.
std::string answer_estimate(std::string_view line);

/// {"error": {...}} as every command prints it with --json; line 0: none.
std::string error_document(int code, std::string_view kind, std::string_view message, std::string_view hint,
                           std::string_view path, std::size_t line);

/// One document, no line ends inside. Invalid UTF-8 is replaced, never thrown about.
std::string dump(const Json& json, bool pretty = false);

/// The number, or null where it is not finite.
Json number(double value);

}  // namespace microchim::report
