// Wells that are not like those of a simulated run: one channel, values that are none, no partitions, odd curves.
#include "core/report/planes.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <cstring>
#include <nlohmann/json.hpp>

using namespace microchim;

namespace {

/// The bytes of one part, found as a reader of the format finds it.
std::string part(const std::string& planes, const std::string& name) {
    const auto head = planes.find("\n\n") + 2;
    std::size_t at = head;
    for (std::size_t line = planes.find('\n') + 1; line + 1 < head; line = planes.find('\n', line) + 1) {
        const auto space = planes.find(' ', line);
        const auto bytes = std::stoul(planes.substr(space + 1));
        if (planes.substr(line, space - line) == name) return planes.substr(at, bytes);
        at += bytes;
    }
    return {};
}

template <class Number>
Number number(const std::string& bytes, std::size_t at) {
    Number value;
    std::memcpy(&value, bytes.data() + at, sizeof value);
    return value;
}

Run run_of(React react) {
    Run run;
    run.reacts.push_back(std::move(react));
    return run;
}

React with_channel(std::vector<float> values, std::vector<std::uint8_t> calls = {}) {
    React react;
    react.partitions.emplace().accepted = static_cast<std::int64_t>(values.size());
    react.partitions->channels.push_back({"Ch1", "SRY", 5000.0, std::move(values), std::move(calls)});
    return react;
}

}  // namespace

TEST_CASE("one channel: upwards, its partitions in their order to the right") {
    const auto planes = report::planes({run_of(with_channel({0, 10, NAN, 5}, {0, 1, 2, 1}))});
    const auto droplets = part(planes, "1/A01/droplets");
    REQUIRE(droplets.size() == 16 + 4 * 4 + 4);
    CHECK(droplets.starts_with("MCPL"));
    CHECK(number<std::uint16_t>(droplets, 4) == 1);
    CHECK(number<std::uint16_t>(droplets, 6) == 1);
    CHECK(number<std::uint32_t>(droplets, 8) == 4);
    CHECK(number<float>(droplets, 20) == 10);
    CHECK(std::isnan(number<float>(droplets, 24)));
    CHECK(droplets.ends_with(std::string("\0\1\2\1", 4)));
    const auto thumbnail = part(planes, "1/A01/histogram");
    REQUIRE(thumbnail.size() == 16 + 2 * 64 * 64);
    CHECK(number<float>(thumbnail, 12) == 1);
    const auto count = [&](std::size_t row, std::size_t column) {
        return number<std::uint16_t>(thumbnail, 16 + 2 * (row * 64 + column));
    };
    CHECK(count(0, 0) == 1);
    CHECK(count(63, 16) == 1);
    CHECK(count(32, 48) == 1);
    int all = 0;
    for (std::size_t i = 0; i < 4096; ++i) all += count(i / 64, i % 64);
    CHECK(all == 3);
    const auto index = nlohmann::json::parse(part(planes, "wells.json"));
    const auto& well = index["runs"][0]["wells"][0];
    CHECK(well["droplets"]["channels"][0]["calls"] == true);
    CHECK(well["droplets"]["y"] == nlohmann::json{{"channel", "Ch1"}, {"low", 0.0}, {"high", 10.0}});
    CHECK(well["droplets"]["x"]["high"] == 4.0);
}

TEST_CASE("values that are all one, or none, and more than a cell can count") {
    const auto full = report::planes({run_of(with_channel(std::vector<float>(70'000 * 64, 7)))});
    CHECK(number<std::uint16_t>(part(full, "1/A01/histogram"), 16) == 65535);
    const auto none = report::planes({run_of(with_channel({NAN, INFINITY}))});
    CHECK(part(none, "1/A01/histogram").substr(16) == std::string(2 * 64 * 64, '\0'));
    const auto empty = report::planes({run_of(with_channel({})), run_of({})});
    CHECK(empty.find("1/A01/") == std::string::npos);
    CHECK(nlohmann::json::parse(part(empty, "wells.json"))["runs"].size() == 2);
    CHECK(report::planes({}).starts_with("microchim/planes/1\nwells.json "));
}

TEST_CASE("curves of different lengths, and as the instrument software corrected them") {
    React react;
    react.curves.resize(3);
    react.curves[0].target = "SRY";
    react.curves[0].fluorescence = {1, 2, 3};
    react.curves[0].baselined = {0, 1};
    react.curves[1].target = "without points";
    react.curves[2].target = "RPP30";
    react.curves[2].signal = Signal::normalised;
    react.curves[2].fluorescence = {4};
    const auto planes = report::planes({run_of(react)});
    const auto curves = part(planes, "1/A01/curves");
    REQUIRE(curves.size() == 16 + 4 * 9);
    CHECK(number<std::uint16_t>(curves, 6) == 3);
    CHECK(number<std::uint32_t>(curves, 8) == 3);
    CHECK(number<float>(curves, 16 + 4 * 2) == 3);
    CHECK(number<float>(curves, 16 + 4 * 4) == 1);
    CHECK(std::isnan(number<float>(curves, 16 + 4 * 5)));
    CHECK(number<float>(curves, 16 + 4 * 6) == 4);
    const auto index = nlohmann::json::parse(part(planes, "wells.json"));
    std::string listed;
    for (const auto& plane : index["runs"][0]["wells"][0]["curves"])
        listed += plane["target"].get<std::string>() + " " + plane["signal"].get<std::string>() + ", ";
    CHECK(listed == "SRY raw, SRY baselined, RPP30 normalised, ");
}
