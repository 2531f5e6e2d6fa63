// What is written by hand must be what the library would write: audits are hashed over it.
#include "service/store/json_line.hpp"

#include <doctest/doctest.h>

#include <nlohmann/json.hpp>

using microchim::store::JsonLine;

TEST_CASE("a line is the library's, byte for byte") {
    using namespace std::string_literals;
    for (const auto& text :
         {""s, "A-1"s, "say \"no\""s, "C:\\x"s, "a\tb\r\n"s, "\0\x1f\x7f"s, "Müller €"s, "\xff\xc3"s}) {
        CAPTURE(text);
        JsonLine inner, line;
        inner.add("text", text);
        line.add("number", std::int64_t{-7}).add("key", text).add("inner", inner).add("empty", JsonLine());
        const nlohmann::ordered_json document{
            {"number", -7}, {"key", text}, {"inner", {{"text", text}}}, {"empty", nlohmann::ordered_json::object()}};
        CHECK(line.text() == document.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace));
    }
}
