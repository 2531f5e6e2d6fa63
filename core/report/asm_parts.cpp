#include "core/report/asm_parts.hpp"

#include <cmath>

#include "core/report/csv.hpp"
#include "core/run/errors.hpp"
#include "core/run/version.hpp"

namespace microchim::report::allotrope_parts {

void put(Json& object, const char* key, const std::string& value) {
    if (!value.empty()) object[key] = value;
}

void put(Json& object, const char* key, const std::optional<double>& value) {
    if (value && std::isfinite(*value)) object[key] = *value;
}

std::string time_of(const Run& run, const std::string& measured, std::vector<Note>& notes) {
    const auto own = date_time(run.started);
    if (!measured.empty()) {
        if (own && *own != measured)
            notes.push_back({Severity::warning, "",
                             "The file says that the run started at " + run.started + "; " + measured +
                                 " was written, as you asked."});
        return measured;
    }
    if (own) return *own;
    const auto hint = "Give the time of the measurement: --run-date 2026-11-22T08:12:00+01:00";
    if (run.started.empty())
        throw ConfigError("ASM demands the time of the measurement, and the file does not state it.",
                          run.provenance.path, {}, hint);
    throw ConfigError(
        "ASM demands the time of the measurement with its time zone; the file says only '" + run.started + "'.",
        run.provenance.path, {}, hint);
}

int wells_of(const Run& run, int stated, std::vector<Note>& notes) {
    const int own = run.rows * run.columns;
    if (stated != 0 && own != 0 && stated != own)
        notes.push_back({Severity::warning, "",
                         "The plate has " + std::to_string(own) + " wells; " + std::to_string(stated) +
                             " was written, as you asked."});
    return stated != 0 ? stated : own;
}

const char* role(SampleType type) {
    switch (type) {
        case SampleType::unkn:
            return "unknown sample role";
        case SampleType::std:
            return "standard sample role";
        case SampleType::opt:
            return "calibration sample role";
        default:
            return "control sample role";
    }
}

Json device_system(const Run& run, std::vector<Note>& notes) {
    const auto& known = run.serial_number.empty() ? run.instrument : run.serial_number;
    if (known.empty())
        notes.push_back({Severity::info, "", "The file names no instrument; its identifier is written as N/A."});
    Json device{{"device identifier", known.empty() ? placeholder : known}};
    put(device, "model number", run.instrument);
    put(device, "device serial number", run.serial_number);
    return device;
}

Json data_system(const Run& run) {
    Json system = Json::object();
    put(system, "file name", origin(run));
    put(system, "software name", run.software.name);
    put(system, "software version", run.software.version);
    system["ASM converter name"] = "microchim";
    system["ASM converter version"] = version;
    return system;
}

}  // namespace microchim::report::allotrope_parts
