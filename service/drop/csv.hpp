// A result as the table that a LIMS imports: RFC 4180, UTF-8, CR LF, "." in decimals, fractions of 1 and not percent.
#pragma once

#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <string_view>

namespace microchim::drop {

/// What the service knows beside the numbers.
struct About {
    std::string result;  ///< id
    std::int64_t version = 1;
    std::string status;  ///< "final", "corrected", "preliminary"
    std::string accession, placer;
};

/// One row for each sample and donor. A sample that quality control stops has the call "no_result" and no number.
/// \param result a document "microchim/result/1"
/// \param sample which of its samples, from 0; nothing: all
/// \throws std::invalid_argument where the document is not of this form
std::string result_csv(const nlohmann::ordered_json& result, std::optional<std::size_t> sample, const About& about);

/// A text as a cell: quoted where needed, and with a leading ' where a spreadsheet would take it for a formula.
std::string csv_cell(std::string_view text);

}  // namespace microchim::drop
