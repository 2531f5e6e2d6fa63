#include <algorithm>
#include <set>
#include <utility>
#include <vector>

#include "service/accounts/password.hpp"

namespace microchim::accounts {
namespace {

constexpr std::size_t shortest = 12, longest = 128, fewest_different = 5, fewest_own = 6;

// What everybody tries first: words that lists of leaked passwords are full of, runs of keys, and our own trade.
constexpr const char* common[] = {
    "password",      "passwort",   "passphrase",
    "passw0rd",      "p@ssw0rd",   "p@ssword",
    "kennwort",      "motdepasse", "contrasena",
    "letmein",       "welcome",    "willkommen",
    "bienvenue",     "hello",      "hallo",
    "iloveyou",      "ichliebe",   "princess",
    "sunshine",      "football",   "fussball",
    "baseball",      "dragon",     "monkey",
    "shadow",        "master",     "superman",
    "batman",        "starwars",   "pokemon",
    "trustno1",      "freedom",    "whatever",
    "michael",       "jennifer",   "charlie",
    "jordan",        "daniel",     "thomas",
    "andrew",        "ashley",     "jessica",
    "summer",        "winter",     "spring",
    "autumn",        "sommer",     "herbst",
    "monday",        "january",    "secret",
    "geheim",        "changeme",   "change me",
    "default",       "access",     "admin",
    "administrator", "root",       "user",
    "guest",         "test",       "testing",
    "login",         "computer",   "internet",
    "server",        "service",    "system",
    "database",      "manager",    "qwertyuiop",
    "qwertzuiop",    "azertyuiop", "qwerty",
    "qwertz",        "azerty",     "asdfghjkl",
    "asdfgh",        "zxcvbnm",    "yxcvbnm",
    "1q2w3e4r",      "1qaz2wsx",   "q1w2e3r4",
    "qazwsx",        "abcdefgh",   "abcdef",
    "abc123",        "0123456789", "1234567890",
    "123456789",     "12345678",   "1234567",
    "123456",        "12345",      "1234",
    "987654321",     "654321",     "microchim",
    "chimerism",     "chimaerism", "hospital",
    "laboratory",    "laborator",  "labor",
    "doctor",        "patient",    "genetics",
    "transplant",    "molecular",  "technician",
    "reviewer",      "auditor",    "illumina",
    "thermofisher",  "biorad",     "correcthorsebatterystaple",
};

std::string lower(std::string_view text) {
    std::string small(text);
    for (char& c : small)
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    return small;
}

std::vector<std::string> known_words(std::string_view user_id, std::string_view user_name) {
    std::vector<std::string> words(std::begin(common), std::end(common));
    words.push_back(lower(user_id));
    std::string word;
    for (const char c : lower(user_name) + ' ') {
        if (c != ' ' && c != '.' && c != '-') word += c;
        else words.push_back(std::exchange(word, {}));
    }
    std::erase_if(words, [](const auto& w) { return w.size() < 3; });
    // The longest first: "qwertyuiop" before "qwerty".
    std::ranges::stable_sort(words, std::greater{}, &std::string::size);
    return words;
}

}  // namespace

std::optional<std::size_t> printable_length(std::string_view utf8) {
    std::size_t count = 0;
    for (std::size_t at = 0; at < utf8.size(); ++count) {
        const auto byte = static_cast<unsigned char>(utf8[at]);
        const std::size_t more = byte < 0x80 ? 0 : byte >= 0xf0 ? 3 : byte >= 0xe0 ? 2 : 1;
        if (byte < 0x20 || byte == 0x7f || (byte >= 0x80 && byte < 0xc2) || byte > 0xf4) return std::nullopt;
        if (at + more >= utf8.size()) return std::nullopt;
        unsigned point = more == 0 ? byte : byte & (0x3fu >> more);
        for (std::size_t i = 1; i <= more; ++i) {
            const auto next = static_cast<unsigned char>(utf8[at + i]);
            if ((next & 0xc0) != 0x80) return std::nullopt;
            point = point << 6 | (next & 0x3f);
        }
        const bool overlong = (more == 2 && point < 0x800) || (more == 3 && point < 0x10000);
        const bool control = point >= 0x80 && point < 0xa0;
        if (overlong || control || point > 0x10ffff || (point >= 0xd800 && point < 0xe000)) return std::nullopt;
        at += more + 1;
    }
    return count;
}

std::optional<std::string> password_fault(std::string_view password, std::string_view user_id,
                                          std::string_view user_name) {
    const auto length = printable_length(password);
    if (!length) return "The password holds characters that cannot be typed.";
    if (*length < shortest) return "The password must have at least 12 characters.";
    if (*length > longest) return "The password must have at most 128 characters.";
    if (std::set<char>(password.begin(), password.end()).size() < fewest_different)
        return "The password must have at least 5 different characters.";
    auto rest = lower(password);
    for (const auto& word : known_words(user_id, user_name))
        for (auto at = rest.find(word); at != std::string::npos; at = rest.find(word)) rest.erase(at, word.size());
    // Only whole characters were taken out: what is left is UTF-8.
    if (printable_length(rest).value_or(0) < fewest_own)
        return "The password is made of words that everybody tries first, or of the user's name.";
    return std::nullopt;
}

}  // namespace microchim::accounts
