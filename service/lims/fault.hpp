// What is wrong with a message, and where: becomes an ERR segment. Holds no text out of the message, so that it may be
// logged. Source: HL7 2.5.1 chapter 2, 2.15.5 (ERR), tables 0357 and 0516.
#pragma once

#include <cstddef>
#include <string>

namespace microchim::lims {

/// ERR-2, data type ERL. 0: not said; all count from 1.
struct Location {
    std::string segment;       ///< "PID"
    std::size_t sequence = 1;  ///< which of the segments of this name
    std::size_t field = 0, repetition = 0, component = 0;
    bool operator==(const Location&) const = default;
};

/// Table 0357.
enum class ErrorCode {
    segment_sequence = 100,
    required_field_missing = 101,
    data_type = 102,
    table_value_not_found = 103,
    unsupported_message_type = 200,
    unsupported_event = 201,
    unsupported_processing_id = 202,
    unsupported_version = 203,
    unknown_key = 204,
    duplicate_key = 205,
    record_locked = 206,
    application_error = 207,
};
/// The text of table 0357: "Required field missing".
const char* to_string(ErrorCode code);

struct Fault {
    ErrorCode code = ErrorCode::application_error;
    Location at;
    std::string text;     ///< ERR-8, ours: a sentence without patient data
    bool reject = false;  ///< the same bytes can never be taken: AR or CR, else AE or CE
};

}  // namespace microchim::lims
