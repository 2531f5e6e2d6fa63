// No reader knows a constant of physics: what a partition holds is a fact about a machine, and lives in instruments/.
#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>
#include <set>
#include <string>
#include <vector>

namespace fs = std::filesystem;

namespace {

/// The code without its comments, which may well mention a volume that a file states.
std::string code(const fs::path& path) {
    std::ifstream file(path);
    std::string all, line;
    while (std::getline(file, line)) all += line.substr(0, line.find("//")) + "\n";
    return all;
}

bool digit_or_point(char c) {
    return (c >= '0' && c <= '9') || c == '.';
}

/// Numbers of the code, as written.
std::vector<std::string> numbers(const std::string& text) {
    std::vector<std::string> found;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (!digit_or_point(text[i])) continue;
        auto end = i;
        while (end < text.size() && (digit_or_point(text[end]) || text[end] == 'e')) ++end;
        found.push_back(text.substr(i, end - i));
        i = end;
    }
    return found;
}

/// Partition volumes in use, in nL and in uL, and numbers that are given to something called a volume.
std::vector<std::string> suspects(const std::string& text) {
    static const std::set<std::string> volumes{"85",    "91",    "795",    "834",    "432",  "755",
                                               "00085", "00091", "000795", "000432", "0.34", "0.44"};
    std::vector<std::string> found;
    for (const auto& number : numbers(text)) {
        const bool fraction = number.starts_with("0.") || number.starts_with('.');
        if (fraction && (volumes.contains(number) || volumes.contains(number.substr(number.find('.') + 1))))
            found.push_back(number);
    }
    for (std::size_t at = 0; (at = text.find("volume", at)) != text.npos;) {
        at = text.find_first_not_of("abcdefghijklmnopqrstuvwxyz_", at);
        const auto next = text.find_first_not_of(" ={(-", at);
        if (at == text.npos || next == text.npos) break;
        if (next > at && text.find_first_of("={(", at) < next && digit_or_point(text[next]))
            found.push_back("a volume");
    }
    return found;
}

}  // namespace

TEST_CASE("the search for volumes finds them") {
    CHECK(suspects("counts.volume_nl = 0.85;").size() == 2);
    CHECK(suspects("constexpr double droplet = .795;").size() == 1);
    CHECK(suspects("counts.volume_nl = 1;").size() == 1);
    CHECK(suspects("partition_volume{0.7}").size() == 1);
    CHECK(suspects("x = 0.00085;").size() == 1);
    CHECK(suspects("counts.volume_nl = not_stated; x = 10.85; y = 0.857").empty());
    CHECK(suspects("counts.volume_nl = number(row, volume);").empty());
}

TEST_CASE("no reader holds a partition volume") {
    int files = 0;
    for (const auto& item : fs::recursive_directory_iterator(fs::path(MICROCHIM_SOURCE_DIR) / "plugins")) {
        const auto extension = item.path().extension();
        if (extension != ".cpp" && extension != ".hpp" && extension != ".h") continue;
        ++files;
        for (const auto& found : suspects(code(item.path()))) CHECK_MESSAGE(false, item.path(), " holds ", found);
    }
    CHECK(files >= 4);
}
