#include "service/drop/csv.hpp"

#include <nlohmann/json.hpp>
#include <stdexcept>
#include <vector>

namespace microchim::drop {
namespace {

using Json = nlohmann::ordered_json;

constexpr const char* header =
    "result,version,status,accession,placer,case,sample,role,collected,specimen,donor,fraction,low,high,upper,call,"
    "p_value,lob,lod,loq,genomes\r\n";

std::size_t skip_digits(std::string_view text, std::size_t at) {
    while (at < text.size() && text[at] >= '0' && text[at] <= '9') ++at;
    return at;
}

/// "-1.5", "+2e-7"; no blanks, no thousands.
bool is_number(std::string_view text) {
    const std::size_t first = text.starts_with('+') || text.starts_with('-') ? 1 : 0;
    auto at = skip_digits(text, first);
    if (at == first) return false;
    if (at < text.size() && text[at] == '.') {
        const auto decimals = at + 1;
        if ((at = skip_digits(text, decimals)) == decimals) return false;
    }
    if (at < text.size() && (text[at] == 'e' || text[at] == 'E')) {
        auto exponent = at + 1;
        if (exponent < text.size() && (text[exponent] == '+' || text[exponent] == '-')) ++exponent;
        if ((at = skip_digits(text, exponent)) == exponent) return false;
    }
    return at == text.size();
}

std::string text(const Json& object, const char* key) {
    return csv_cell(object.at(key).get_ref<const std::string&>());
}

std::string number(const Json& object, const char* key) {
    const auto& value = object.at(key);
    if (value.is_null()) return {};
    if (!value.is_number()) throw std::invalid_argument(std::string("'") + key + "' of a result is no number");
    return value.dump();
}

void row(std::string& csv, const std::vector<std::string>& cells) {
    for (std::size_t i = 0; i < cells.size(); ++i) csv += (i > 0 ? "," : "") + cells[i];
    csv += "\r\n";
}

void sample_rows(std::string& csv, const Json& sample, const About& about) {
    const bool blocked = sample.at("blocked").get<bool>();
    for (const auto& donor : sample.at("donors")) {
        std::vector<std::string> cells{csv_cell(about.result), std::to_string(about.version), csv_cell(about.status),
                                       csv_cell(about.accession), csv_cell(about.placer)};
        for (const char* key : {"case", "sample", "role", "collected", "specimen"}) cells.push_back(text(sample, key));
        cells.push_back(text(donor, "donor"));
        const auto figure = [&](const Json& of, const char* key) {
            cells.push_back(blocked ? std::string{} : number(of, key));
        };
        for (const char* key : {"fraction", "low", "high", "upper"}) figure(donor, key);
        cells.push_back(blocked ? "no_result" : text(donor, "call"));
        for (const char* key : {"p_value", "lob", "lod", "loq"}) figure(donor, key);
        figure(sample, "genomes");
        row(csv, cells);
    }
}

}  // namespace

std::string csv_cell(std::string_view text) {
    std::string cell;
    constexpr std::string_view formula = "=+-@\t\r";
    if (!text.empty() && formula.find(text.front()) != formula.npos && !is_number(text)) cell = "'";
    for (const char c : text) cell += c == '\0' ? ' ' : c;  // where many readers stop
    if (cell.find_first_of(",\"\r\n") == cell.npos) return cell;
    std::string quoted = "\"";
    for (const char c : cell) {
        if (c == '"') quoted += '"';
        quoted += c;
    }
    return quoted + '"';
}

std::string result_csv(const Json& result, std::optional<std::size_t> sample, const About& about) {
    try {
        if (result.at("schema") != "microchim/result/1") throw std::invalid_argument("this is no result");
        std::string csv = header;
        const auto& samples = result.at("samples");
        if (sample) sample_rows(csv, samples.at(*sample), about);
        else
            for (const auto& one : samples) sample_rows(csv, one, about);
        return csv;
    } catch (const Json::exception& error) {
        throw std::invalid_argument(std::string("this is no result: ") + error.what());
    }
}

}  // namespace microchim::drop
