// What both models of ASM share: units, times, sizes, roles, and who made the document.
#pragma once

#include <string>
#include <vector>

#include "core/report/asm.hpp"
#include "core/report/json_values.hpp"

namespace microchim::report::allotrope_parts {

inline constexpr auto number_unit = "#";
inline constexpr auto no_unit = "(unitless)";
inline constexpr auto microlitre = "\u03BCL";  // Greek mu; the schema refuses the micro sign
inline constexpr auto placeholder = "N/A";     // the schema demands a text where the file has none

template <class T>
Json quantity(T value, const char* unit) {
    return {{"value", value}, {"unit", unit}};
}

/// Nothing where there is nothing to say.
void put(Json& object, const char* key, const std::string& value);
void put(Json& object, const char* key, const std::optional<double>& value);

/// When the run was measured, as stated by the user or by the file. \throws ConfigError where neither says
std::string time_of(const Run& run, const std::string& measured, std::vector<Note>& notes);

/// Wells of the plate, 0 where nobody says; `stated` by the user wins, with a note where the run says otherwise.
int wells_of(const Run& run, int stated, std::vector<Note>& notes);

/// ASM's word for what a sample is.
const char* role(SampleType type);

/// The instrument; notes where the file names none.
Json device_system(const Run& run, std::vector<Note>& notes);

/// The file, the program that wrote it, and this one.
Json data_system(const Run& run);

/// The document of a digital run, and of a real-time run.
Json digital_document(const Run& run, const std::string& name, const Stated& stated, std::vector<Note>& notes);
Json real_time_document(const Run& run, const std::string& name, const Stated& stated, std::vector<Note>& notes);

}  // namespace microchim::report::allotrope_parts
