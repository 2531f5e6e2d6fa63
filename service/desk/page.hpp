// One page of a list whose rows have numbers: the client gives the number after which it begins, and is told it for the
// next page.
#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <vector>

#include "service/http/router.hpp"

namespace microchim::desk {

class Page {
public:
    /// \throws Problem 422
    explicit Page(const http::Request& request);
    /// The query parameters of its route.
    static std::vector<http::Parameter> parameters();

    /// Every row of the page, shown or not, in the order of their numbers.
    void saw(std::int64_t number);
    void show(nlohmann::json item) { items_.push_back(std::move(item)); }
    /// {"items": [...], "next": number or null}
    http::Response answer() const;

    std::int64_t after, limit;

private:
    nlohmann::json items_ = nlohmann::json::array();
    std::int64_t last_ = 0, seen_ = 0;
};

/// "limit", from 1 to `most`.
http::Parameter limit_parameter(int most);

}  // namespace microchim::desk
