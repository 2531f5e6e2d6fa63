// libFuzzer for what browsers and machines send us as text: targets, headers and JSON. What is taken apart has one
// reading, and nothing else is taken.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "service/http/fields.hpp"
#include "service/http/parse.hpp"

using namespace microchim::http;

namespace {

void demand(bool truth) {
    if (!truth) std::abort();
}

void target(std::string_view bytes) {
    const auto parsed = parse_target(bytes);
    if (!parsed) return;
    demand(parsed->path.starts_with('/') && parsed->path.find("//") == std::string::npos);
    const auto walled = parsed->path + '/';
    demand(walled.find("/../") == std::string::npos && walled.find("/./") == std::string::npos);
    demand(parsed->path.find('\0') == std::string::npos && parsed->query.size() <= 32);
}

void headers(std::string_view bytes) {
    if (const auto found = cookie(bytes, "a")) demand(found->find(';') == std::string::npos);
    if (const auto secret = bearer(bytes)) demand(!secret->empty() && secret->find(' ') == std::string::npos);
    if (const auto name = host_name(bytes)) demand(!name->empty() && name->size() <= bytes.size());
    accepts(bytes, "application/json");
    for (const auto& tag : entity_tags(bytes)) demand(tag == "*" || (tag.front() == '"' && tag.back() == '"'));
    demand(for_log(bytes).find('\n') == std::string::npos);
    media_type(bytes);
}

void body(std::string_view bytes) {
    Request request;
    request.body = bytes;
    try {
        const auto document = parse_json(bytes);
        demand(parse_json(document.dump()) == document);
        Fields fields(request);
        fields.optional_text("a", 10);
        fields.optional_integer("b", -5, 5);
        fields.optional_boolean("c");
        if (fields.has("d")) fields.object("d").done();
        fields.done();
    } catch (const Problem& problem) {
        demand(problem.status == 400 || problem.status == 422);
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    const std::string_view bytes(reinterpret_cast<const char*>(data + 1), size - 1);
    if (data[0] % 3 == 0) target(bytes);
    else if (data[0] % 3 == 1) headers(bytes);
    else body(bytes);
    return 0;
}
