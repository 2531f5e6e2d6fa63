// A calculated sample as a list of observations, before they become OBX segments. Source: HL7 2.5.1 chapter 7, 7.4.2
// (OBX), table 0078 (flags), UCUM for units.
#pragma once

#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <vector>

#include "service/lims/order.hpp"

namespace microchim::lims {

using Json = nlohmann::ordered_json;

struct Observation {
    std::string type;                ///< OBX-2: "NM", "SN", "CWE", "ST", "FT"
    Coded code;                      ///< OBX-3, local
    std::string group;               ///< OBX-4: "1" summary ("1.j" of donor j where there are several), "2.n" marker n
    std::string value;               ///< OBX-5, ready for the message; empty: no result
    Coded unit;                      ///< OBX-6, UCUM
    std::string reference, flag;     ///< OBX-7, OBX-8: as text
    std::vector<std::string> notes;  ///< NTE, as text
    bool missing = false;            ///< OBX-11 X
};

/// lean: fraction, detection and one interpretation, for receivers that store every OBX as a result of its own.
enum class Content { lean, full };

struct Sample {
    std::vector<Observation> observations;
    std::vector<std::string> notes;  ///< of the whole sample
    bool no_result = false;          ///< nothing could be calculated, or quality control stops it
};

/// \param sample one element of "samples" of a document "microchim/result/1"
/// \param minimum_partitions of the panel, where known: a marker below it is flagged L
/// \throws std::invalid_argument where the document is not of this form
Sample observe(const Json& sample, Content content, std::optional<std::int64_t> minimum_partitions = {});

}  // namespace microchim::lims
