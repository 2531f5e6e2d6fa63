#include "core/report/json_values.hpp"

namespace microchim::report {

Json number(double value) {
    return std::isfinite(value) ? Json(value) : Json(nullptr);
}

std::string error_document(int code, std::string_view kind, std::string_view message, std::string_view hint,
                           std::string_view path, std::size_t line) {
    return dump({{"error",
                  {{"code", code},
                   {"kind", kind},
                   {"message", message},
                   {"hint", hint},
                   {"path", path},
                   {"line", line > 0 ? Json(line) : Json(nullptr)}}}});
}

std::string dump(const Json& json, bool pretty) {
    return json.dump(pretty ? 1 : -1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace microchim::report
