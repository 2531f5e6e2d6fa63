#include "service/http/parse.hpp"

#include <algorithm>

#include "service/accounts/password.hpp"

namespace microchim::http {
namespace {

constexpr std::size_t longest_target = 4096, most_parameters = 32;

int hex(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

bool letter_or_digit(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

std::string lower(std::string_view text) {
    std::string small(text);
    for (char& c : small)
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    return small;
}

std::string_view trim(std::string_view text) {
    const auto first = text.find_first_not_of(" \t");
    if (first == text.npos) return {};
    return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

/// The piece before the next separator, which is taken off.
std::string_view next_piece(std::string_view& rest, char separator) {
    const auto end = std::min(rest.find(separator), rest.size());
    const auto piece = rest.substr(0, end);
    rest.remove_prefix(std::min(end + 1, rest.size()));
    return piece;
}

/// "/a/b", decoded; empty where it has no single reading.
std::string decode_path(std::string_view path) {
    if (path.empty() || path[0] != '/') return {};
    if (path == "/") return "/";
    std::string decoded;
    path.remove_prefix(1);
    if (path.ends_with('/')) return {};
    while (!path.empty()) {
        const auto segment = percent_decode(next_piece(path, '/'), false);
        const bool dots = segment == "." || segment == "..";
        if (!segment || segment->empty() || dots || segment->find_first_of("/\\") != std::string::npos) return {};
        decoded += '/' + *segment;
    }
    return decoded;
}

}  // namespace

std::optional<std::string> percent_decode(std::string_view text, bool query) {
    std::string decoded;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        if (c == '%') {
            const int high = i + 2 < text.size() ? hex(text[i + 1]) : -1;
            const int low = i + 2 < text.size() ? hex(text[i + 2]) : -1;
            if (high < 0 || low < 0) return std::nullopt;
            decoded += static_cast<char>(high * 16 + low);
            i += 2;
        } else if (c <= ' ' || c >= 0x7f || c == '#') {
            return std::nullopt;
        } else {
            decoded += query && c == '+' ? ' ' : c;
        }
    }
    if (!accounts::printable_length(decoded)) return std::nullopt;
    return decoded;
}

std::optional<Target> parse_target(std::string_view target) {
    if (target.size() > longest_target) return std::nullopt;
    const auto question = target.find('?');
    Target parsed{decode_path(target.substr(0, question)), {}};
    if (parsed.path.empty()) return std::nullopt;
    auto query = question == target.npos ? std::string_view{} : target.substr(question + 1);
    while (!query.empty()) {
        auto value = next_piece(query, '&');
        const auto name = percent_decode(next_piece(value, '='), true);
        const auto text = percent_decode(value, true);
        if (!name || name->empty() || !text || parsed.query.size() == most_parameters) return std::nullopt;
        if (!parsed.query.emplace(*name, *text).second) return std::nullopt;
    }
    return parsed;
}

std::optional<std::string> cookie(std::string_view header, std::string_view name) {
    std::optional<std::string> found;
    while (!header.empty()) {
        auto value = trim(next_piece(header, ';'));
        if (next_piece(value, '=') != name) continue;
        if (found) return std::nullopt;
        if (value.size() >= 2 && value.front() == '"' && value.back() == '"') value = value.substr(1, value.size() - 2);
        found = std::string(value);
    }
    return found;
}

std::optional<std::string> bearer(std::string_view authorization) {
    constexpr std::size_t longest = 256;
    auto rest = trim(authorization);
    if (lower(next_piece(rest, ' ')) != "bearer") return std::nullopt;
    rest = trim(rest);
    const auto allowed = [](char c) {
        return letter_or_digit(c) || std::string_view("-._~+/=").find(c) != std::string_view::npos;
    };
    if (rest.empty() || rest.size() > longest || !std::ranges::all_of(rest, allowed)) return std::nullopt;
    return std::string(rest);
}

std::optional<std::string> host_name(std::string_view host) {
    constexpr std::size_t longest = 253;
    std::string_view name = host, port;
    if (host.starts_with('[')) {
        const auto end = host.find(']');
        if (end == host.npos) return std::nullopt;
        name = host.substr(0, end + 1);
        port = host.substr(end + 1);
        if (!std::ranges::all_of(name.substr(1, end - 1), [](char c) { return hex(c) >= 0 || c == ':' || c == '.'; }))
            return std::nullopt;
    } else {
        const auto colon = host.find(':');
        name = host.substr(0, colon);
        if (colon != host.npos) port = host.substr(colon);
        if (!std::ranges::all_of(name, [](char c) { return letter_or_digit(c) || c == '-' || c == '.'; }))
            return std::nullopt;
    }
    const auto digit = [](char c) { return c >= '0' && c <= '9'; };
    if (!port.empty() &&
        (port[0] != ':' || port.size() == 1 || port.size() > 6 || !std::ranges::all_of(port.substr(1), digit)))
        return std::nullopt;
    if (name.empty() || name.size() > longest) return std::nullopt;
    return lower(name);
}

std::string media_type(std::string_view content_type) {
    return lower(trim(next_piece(content_type, ';')));
}

bool accepts(std::string_view accept, std::string_view type) {
    if (trim(accept).empty()) return true;
    const auto family = std::string(type.substr(0, type.find('/'))) + "/*";
    while (!accept.empty()) {
        auto parameters = next_piece(accept, ',');
        const auto range = lower(trim(next_piece(parameters, ';')));
        bool refused = false;
        while (!parameters.empty()) {
            const auto parameter = lower(trim(next_piece(parameters, ';')));
            refused =
                refused || (parameter.starts_with("q=0") && parameter.find_first_of("123456789") == parameter.npos);
        }
        if (!refused && (range == "*/*" || range == family || range == type)) return true;
    }
    return false;
}

bool idempotency_key(std::string_view text) {
    return text.size() >= 8 && text.size() <= 128 &&
           std::ranges::all_of(text, [](char c) { return c > ' ' && c < 0x7f; });
}

std::vector<std::string> entity_tags(std::string_view header) {
    header = trim(header);
    if (header == "*") return {"*"};
    std::vector<std::string> tags;
    while (!header.empty()) {
        auto tag = trim(next_piece(header, ','));
        const bool quoted = tag.size() >= 2 && tag.front() == '"' && tag.back() == '"';
        if (quoted && tag.substr(1, tag.size() - 2).find('"') == tag.npos) tags.emplace_back(tag);
    }
    return tags;
}

std::string for_log(std::string_view text, std::size_t longest) {
    std::string shown;
    for (const char c : text.substr(0, longest)) shown += c > ' ' && c < 0x7f && c != '\\' ? c : '?';
    return text.size() > longest ? shown + "..." : shown;
}

}  // namespace microchim::http
