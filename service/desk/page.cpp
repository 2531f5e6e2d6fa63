#include "service/desk/page.hpp"

#include "service/http/fields.hpp"

namespace microchim::desk {
namespace {

constexpr int usual = 50, most = 200;

}  // namespace

Page::Page(const http::Request& request)
    : after(http::query_integer(request, "after", 0, 0, INT64_MAX)),
      limit(http::query_integer(request, "limit", usual, 1, most)) {}

std::vector<http::Parameter> Page::parameters() {
    return {{"after", {{"type", "integer"}, {"minimum", 0}}}, limit_parameter(most)};
}

void Page::saw(std::int64_t number) {
    last_ = number;
    ++seen_;
}

http::Response Page::answer() const {
    return http::json(200, {{"items", items_}, {"next", seen_ == limit ? nlohmann::json(last_) : nlohmann::json()}});
}

http::Parameter limit_parameter(int most_rows) {
    return {"limit", {{"type", "integer"}, {"minimum", 1}, {"maximum", most_rows}}};
}

}  // namespace microchim::desk
