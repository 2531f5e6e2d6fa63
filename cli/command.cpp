#include "cli/command.hpp"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <iostream>

#include "core/run/edit_distance.hpp"

namespace microchim::cli {
namespace {

CLI::App& app_of(void* app) {
    return *static_cast<CLI::App*>(app);
}

/// CLI11's exits carry numbers of its own, and it suggests nothing for a mistyped word.
[[noreturn]] void usage_trouble(const CLI::App& app, const CLI::ParseError& error, const std::string& word) {
    const auto commands = app.get_subcommands([](const CLI::App*) { return true; });
    const auto named = [&](const CLI::App* command) { return command->get_name() == word; };
    if (word.empty() || word.front() == '-') throw UsageError(error.what(), "See 'microchim --help'.");
    if (std::ranges::any_of(commands, named)) throw UsageError(error.what(), "See 'microchim " + word + " --help'.");
    std::string best;
    std::size_t distance = 4;
    for (const auto* command : commands)
        if (const auto d = edit_distance(word, command->get_name()); d < distance) {
            distance = d;
            best = command->get_name();
        }
    throw UsageError("'" + word + "' is no command of microchim.",
                     best.empty() ? "See 'microchim --help'." : "Did you mean '" + best + "'?");
}

}  // namespace

struct Program::Parser {
    CLI::App app;
};

void Command::argument(const std::string& name, std::string& value, const std::string& help) {
    app_of(app_).add_option(name, value, help)->required();
}
void Command::arguments(const std::string& name, std::vector<std::string>& values, const std::string& help) {
    app_of(app_).add_option(name, values, help)->required();
}
void Command::option(const std::string& name, std::string& value, const std::string& help, bool required) {
    app_of(app_).add_option(name, value, help)->required(required);
}
void Command::choice(const std::string& name, std::string& value, const std::vector<std::string>& allowed,
                     const std::string& help) {
    app_of(app_).add_option(name, value, help)->check(CLI::IsMember(allowed));
}
void Command::repeated(const std::string& name, std::vector<std::string>& values, const std::string& help) {
    app_of(app_).add_option(name, values, help)->allow_extra_args(false);
}
void Command::number(const std::string& name, double& value, const std::string& help) {
    app_of(app_).add_option(name, value, help);
}
void Command::number(const std::string& name, int& value, const std::string& help) {
    app_of(app_).add_option(name, value, help)->capture_default_str();
}
void Command::number(const std::string& name, std::uint64_t& value, const std::string& help) {
    app_of(app_).add_option(name, value, help)->capture_default_str();
}
void Command::flag(const std::string& name, bool& value, const std::string& help) {
    app_of(app_).add_flag(name, value, help);
}
bool Command::given(const std::string& name) const {
    return app_of(app_).count(name) > 0;
}
void Command::examples(const std::string& text) {
    app_of(app_).footer(text);
}
void Command::on_run(std::function<void()> action) {
    app_of(app_).callback(std::move(action));
}

Program::Program(const std::string& description, const std::string& version) : parser_(new Parser) {
    parser_->app.description(description);
    parser_->app.name("microchim");
    parser_->app.set_version_flag("--version", version);
    parser_->app.require_subcommand(0, 1);
}

Program::~Program() = default;

Command Program::add(const std::string& name, const std::string& description) {
    return Command(parser_->app.add_subcommand(name, description));
}

bool Program::run(int argc, char** argv, const std::function<void()>& before) {
    auto& app = parser_->app;
    for (auto* command : app.get_subcommands([](CLI::App*) { return true; })) command->parse_complete_callback(before);
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        if (error.get_exit_code() != 0) usage_trouble(app, error, argc > 1 ? argv[1] : "");
        app.exit(error);  // prints help or version
        return true;
    }
    if (!app.get_subcommands().empty()) return true;
    std::cerr << app.help();
    return false;
}

}  // namespace microchim::cli
