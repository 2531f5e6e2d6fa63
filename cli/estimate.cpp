// microchim estimate: donor fractions from bare counts, JSON lines in, JSON lines out.
#include <filesystem>
#include <fstream>
#include <iostream>

#include "cli/session.hpp"
#include "core/report/json.hpp"
#include "core/run/errors.hpp"

namespace microchim::cli {
namespace {

void answer_all(std::istream& in) {
    std::string line;
    while (std::getline(in, line)) {
        if (line.find_first_not_of(" \t\r") == std::string::npos) continue;
        std::cout << report::answer_estimate(line) << "\n";
    }
}

void estimate(const std::string& path) {
    std::ios::sync_with_stdio(false);
    if (path == "-") return answer_all(std::cin);
    std::ifstream file(path);
    if (!file || std::filesystem::is_directory(path))
        throw ReadError("'" + path + "' cannot be opened as a file.", path);
    answer_all(file);
}

}  // namespace

void add_estimate(Program& program, Session& session) {
    auto path = std::make_shared<std::string>();
    auto command = program.add("estimate", "Donor fractions from bare counts, one JSON object a line");
    command.examples(
        "Example:\n  echo '{\"id\": \"s1\", \"observations\": [\n"
        "    {\"target\": \"SRY\", \"positive\": 12, \"accepted\": 36246, \"donor\": 1, \"recipient\": 0},\n"
        "    {\"target\": \"RPP30\", \"positive\": 9120, \"accepted\": 36246, \"donor\": 2, \"recipient\": 2}]}' | tr "
        "-d '\\n' |\n"
        "  microchim estimate -");
    command.argument("FILE", *path, "JSON lines; - reads standard input");
    session.add_flags(command);
    command.on_run([path] { estimate(*path); });
}

}  // namespace microchim::cli
