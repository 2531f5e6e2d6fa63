#include "service/drop/csv.hpp"

#include <doctest/doctest.h>

#include <nlohmann/json.hpp>
#include <stdexcept>

using namespace microchim::drop;
using Json = nlohmann::ordered_json;

namespace {

const std::string header =
    "result,version,status,accession,placer,case,sample,role,collected,specimen,donor,fraction,low,high,upper,call,"
    "p_value,lob,lod,loq,genomes\r\n";

Json donor(const std::string& name) {
    return {{"donor", name},      {"fraction", 1.23e-4}, {"low", 5.1e-5},  {"high", 0.25}, {"upper", 2.2e-4},
            {"call", "detected"}, {"p_value", 1e-6},     {"lob", nullptr}, {"lod", 6e-5},  {"loq", 4e-4}};
}

Json result() {
    Json sample{{"case", "P-0412"}, {"sample", "P0412-d28"}, {"role", "follow-up"}, {"collected", "2026-03-30"},
                {"specimen", "PB"}, {"genomes", 51234.5},    {"blocked", false}};
    sample["donors"] = Json::array({donor("D1"), donor("D2")});
    auto second = sample;
    second["sample"] = "Müller, \"d90\"";
    second["donors"] = Json::array({donor("D1")});
    second["blocked"] = true;
    Json all{{"schema", "microchim/result/1"}};
    all["samples"] = Json::array({sample, second});
    return all;
}

const About about{"MCH-1", 2, "corrected", "ACC26-000123", "-ORD,1"};

}  // namespace

TEST_CASE("a row for each donor, with numbers that read back to the same") {
    CHECK(result_csv(result(), 0, about) ==
          header +
              "MCH-1,2,corrected,ACC26-000123,\"'-ORD,1\",P-0412,P0412-d28,follow-up,2026-03-30,PB,D1,0.000123,5.1e-05,"
              "0.25,0.00022,detected,1e-06,,6e-05,0.0004,51234.5\r\n"
              "MCH-1,2,corrected,ACC26-000123,\"'-ORD,1\",P-0412,P0412-d28,follow-up,2026-03-30,PB,D2,0.000123,5.1e-05,"
              "0.25,0.00022,detected,1e-06,,6e-05,0.0004,51234.5\r\n");
}

TEST_CASE("a blocked sample has no number, whatever was calculated") {
    const std::string row =
        "MCH-1,2,corrected,ACC26-000123,\"'-ORD,1\",P-0412,\"Müller, \"\"d90\"\"\",follow-up,2026-03-30,PB,D1,,,,,"
        "no_result,,,,,\r\n";
    CHECK(result_csv(result(), 1, about) == header + row);
    CHECK(result_csv(result(), {}, about) == result_csv(result(), 0, about) + row);
}

TEST_CASE("no cell is a formula, and numbers stay numbers") {
    CHECK(csv_cell("=HYPERLINK(\"http://x\")") == "\"'=HYPERLINK(\"\"http://x\"\")\"");
    for (const char* text : {"=1", "@SUM(1)", "-1+1", "+x", "-", "+", "-1.", "-.5", "-1e", "-1e+", "--1", "- 1", "-1 ",
                             "\tx", "-1,5", "-0x1", "-inf", "+1e2e3", "-1.2.3"}) {
        CAPTURE(text);
        const auto cell = csv_cell(text);
        CHECK(cell.substr(cell.front() == '"' ? 1 : 0, 1) == "'");
    }
    CHECK(csv_cell("\rx") == "\"'\rx\"");
    for (const char* text : {"-1", "+1.5", "-2.5e-7", "+1E+3", "1", "x", "x=1", "", " =1", "Ü-1"})
        CHECK(csv_cell(text) == text);
    CHECK(csv_cell("a\nb") == "\"a\nb\"");
    CHECK(csv_cell(std::string_view("a\0b", 3)) == "a b");
}

TEST_CASE("what is no result is refused") {
    CHECK_THROWS_AS(result_csv(Json::array(), 0, about), std::invalid_argument);
    CHECK_THROWS_AS(result_csv(Json{{"schema", "microchim/run/1"}}, 0, about), std::invalid_argument);
    CHECK_THROWS_AS(result_csv(result(), 2, about), std::invalid_argument);
    for (const char* key : {"blocked", "donors", "genomes", "case"}) {
        auto broken = result();
        broken["samples"][0].erase(key);
        CHECK_THROWS_AS(result_csv(broken, 0, about), std::invalid_argument);
    }
    auto text = result();
    text["samples"][0]["donors"][0]["fraction"] = "=1";
    CHECK_THROWS_AS(result_csv(text, 0, about), std::invalid_argument);
}
