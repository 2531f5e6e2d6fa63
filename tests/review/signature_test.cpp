#include "service/review/signature.hpp"

#include <doctest/doctest.h>

#include <nlohmann/json.hpp>
#include <set>
#include <stdexcept>

using namespace microchim::review;
using Json = nlohmann::ordered_json;

namespace {

Signature signature() {
    return {.result = "MCH-1",
            .version = 2,
            .document_sha256 = std::string(64, 'a'),
            .user = "rita",
            .name = "Dr. Rita \"R\" Müller",
            .meaning = Meaning::authorised,
            .time = "2026-07-23T10:15:00Z"};
}

}  // namespace

TEST_CASE("a document is hashed with its keys in their order and without blanks") {
    const auto document = Json::parse(R"({ "b": 1.50, "a": [ null, "ü" ] })");
    CHECK(canonical(document) == R"({"b":1.5,"a":[null,"ü"]})");
    // printf '{"b":1.5,"a":[null,"ü"]}' | sha256sum
    CHECK(document_hash(document) == "2d05ab206880a11e20c3483137b0174ff28dc794c6dedd083b94f84259a65d83");
    CHECK(document_hash(document) != document_hash(Json::parse(R"({"a":[null,"ü"],"b":1.5})")));
    CHECK_THROWS_AS(canonical(Json("\xff")), Json::type_error);
}

TEST_CASE("the text that is signed") {
    CHECK(
        signature_text(signature()) ==
        R"({"schema":"microchim/signature/1","result":"MCH-1","version":2,"sha256":")" + std::string(64, 'a') +
            R"(","user":"rita","name":"Dr. Rita \"R\" Müller","meaning":"authorised","time":"2026-07-23T10:15:00Z"})");
}

TEST_CASE("whatever differs gives another text") {
    std::set<std::string> texts{signature_text(signature())};
    const auto with = [&](auto change) {
        auto other = signature();
        change(other);
        CHECK(texts.insert(signature_text(other)).second);
    };
    with([](Signature& s) { s.result = "MCH-2"; });
    with([](Signature& s) { s.version = 3; });
    with([](Signature& s) { s.document_sha256[5] = 'b'; });
    with([](Signature& s) { s.user = "ruth"; });
    with([](Signature& s) { s.name = R"(x","meaning":"performed)"; });
    with([](Signature& s) { s.meaning = Meaning::performed; });
    with([](Signature& s) { s.meaning = Meaning::reviewed; });
    with([](Signature& s) { s.time = "2026-07-23T10:15:01Z"; });
}

TEST_CASE("a signature that says too little is none") {
    const auto refused = [](auto change) {
        auto broken = signature();
        change(broken);
        CHECK_THROWS_AS(signature_text(broken), std::invalid_argument);
    };
    refused([](Signature& s) { s.result.clear(); });
    refused([](Signature& s) { s.user.clear(); });
    refused([](Signature& s) { s.name.clear(); });
    refused([](Signature& s) { s.document_sha256.pop_back(); });
    refused([](Signature& s) { s.document_sha256[0] = 'A'; });
    for (const char* time : {"", "2026-07-23T10:15:00", "2026-07-23T10:15:00+02:00", "2026-07-23 10:15:00Z", "today"})
        refused([&](Signature& s) { s.time = time; });
}

TEST_CASE("meanings have names that read back") {
    for (const auto meaning : {Meaning::performed, Meaning::reviewed, Meaning::authorised})
        CHECK(meaning_from(to_string(meaning)) == meaning);
    CHECK_FALSE(meaning_from("approved"));
}
