#include "service/jobs/quantify.hpp"

#include <algorithm>
#include <cstring>
#include <nlohmann/json.hpp>

namespace microchim::jobs {
namespace fs = std::filesystem;
namespace {

using Json = nlohmann::ordered_json;
constexpr const char* sheet_name = "samples.csv";

/// Absolute, so that no name can be taken for an option.
std::vector<fs::path> visible(const fs::path& folder) {
    std::vector<fs::path> all;
    for (const auto& entry : fs::directory_iterator(fs::absolute(folder)))
        if (!entry.path().filename().native().starts_with('.')) all.push_back(entry.path());
    std::ranges::sort(all);
    return all;
}

std::vector<fs::path> case_files(const std::vector<fs::path>& cases) {
    std::vector<fs::path> all;
    for (const auto& path : cases) {
        if (!fs::is_directory(path)) {
            all.push_back(fs::absolute(path));
            continue;
        }
        for (auto& file : visible(path))
            if (file.extension() == ".toml") all.push_back(std::move(file));
    }
    return all;
}

std::string seconds(std::chrono::milliseconds time) {
    const auto count = time.count();
    return count % 1000 == 0 ? std::to_string(count / 1000) + " s" : std::to_string(count) + " ms";
}

std::string mebibytes(std::uint64_t bytes) {
    return std::to_string(bytes >> 20) + " MiB";
}

std::string text_of(const Json& object, const char* key) {
    const auto found = object.find(key);
    return found != object.end() && found->is_string() ? found->get<std::string>() : std::string{};
}

std::string signal_name(int signal) {
    const char* name = ::sigabbrev_np(signal);
    return name ? std::string("SIG") + name : "signal " + std::to_string(signal);
}

/// What we say where the command could not.
Failure killed(const Ended& ended) {
    const auto& limits = ended.limits;
    const int code = ended.code.value_or(128 + ended.signal);
    const std::string look = "Try the same files with 'microchim quantify' to see why.";
    switch (ended.reason) {
        case Reason::time:
            if (ended.took >= limits.wall)
                return {code, "Time", "The reader was stopped after " + seconds(limits.wall) + ".", look};
            return {code, "Time", "The reader was stopped after " + seconds(limits.cpu) + " of computing.", look};
        case Reason::memory:
            if (limits.memory == 0) return {code, "Memory", "The reader ran out of memory.", look};
            return {code, "Memory", "The reader needed more than " + mebibytes(limits.memory) + " of memory.", look};
        case Reason::output:
            return {code, "Output",
                    "The reader was stopped because it said more than " + mebibytes(limits.output) + ".", look};
        case Reason::stopped:
            return {code, "Stopped", "The reader was stopped because the service stops.",
                    "The run will be read again."};
        case Reason::ended:
            break;
    }
    return {code, "Crash", "The reader crashed (" + signal_name(ended.signal) + ").",
            "Please report this with the files of the run."};
}

Failure mismatch(int code, const std::string& what) {
    return {code, "Mismatch", what, "Is the command of the same version as the service?"};
}

}  // namespace

std::vector<std::string> quantify_command(const fs::path& program, const fs::path& folder, const Question& question) {
    std::vector<std::string> argv{program.string(), "quantify"};
    auto samples = question.samples;
    for (const auto& path : visible(folder))
        if (path.filename() != sheet_name) argv.push_back(path.string());
        else if (samples.empty()) samples = path;
    const auto give = [&](const char* option, const fs::path& path) {
        argv.insert(argv.end(), {option, fs::absolute(path).string()});
    };
    for (const auto& file : case_files(question.cases)) give("--case", file);
    if (!question.panel.empty()) give("--panel", question.panel);
    if (!samples.empty()) give("--samples", samples);
    argv.insert(argv.end(), {"--json", "--for-service"});
    return argv;
}

std::variant<Document, Failure> read_outcome(const Ended& ended) {
    if (ended.reason != Reason::ended || !ended.code) return killed(ended);
    const int code = *ended.code;
    const auto line = std::string_view(ended.out).substr(0, ended.out.find('\n'));
    const auto json = Json::parse(line, nullptr, false);
    if (!json.is_object()) return mismatch(code, "The reader ended without an answer (" + std::to_string(code) + ").");
    if (const auto error = json.find("error"); error != json.end() && error->is_object())
        return Failure{code, text_of(*error, "kind"), text_of(*error, "message"), text_of(*error, "hint")};
    const auto exit = json.find("exit");
    if (text_of(json, "schema") != "microchim/result/1" || exit == json.end() || *exit != code || code > 1)
        return mismatch(code, "The reader's answer is not a result of the form microchim/result/1.");
    return Document{std::string(line), ended.out.substr(std::min(line.size() + 1, ended.out.size())), code == 1};
}

}  // namespace microchim::jobs
