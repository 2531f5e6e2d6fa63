// The command line: options of one subcommand, and the program that has them. Hides CLI11, which is heavy to
// compile and would otherwise be compiled once per subcommand.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

namespace microchim::cli {

/// Options that contradict each other, an unknown word: exit code 2.
class UsageError : public std::runtime_error {
public:
    explicit UsageError(const std::string& message, std::string advice = {})
        : std::runtime_error(message), hint(std::move(advice)) {}
    std::string hint;
};

/// One subcommand. What is bound must live as long as the program.
class Command {
public:
    explicit Command(void* app) : app_(app) {}

    /// A required argument without a name: "PATH".
    void argument(const std::string& name, std::string& value, const std::string& help);
    void arguments(const std::string& name, std::vector<std::string>& values, const std::string& help);
    /// "--panel" or "-o,--output".
    void option(const std::string& name, std::string& value, const std::string& help, bool required = false);
    void choice(const std::string& name, std::string& value, const std::vector<std::string>& allowed,
                const std::string& help);
    void repeated(const std::string& name, std::vector<std::string>& values, const std::string& help);
    void number(const std::string& name, double& value, const std::string& help);
    void number(const std::string& name, int& value, const std::string& help);
    void number(const std::string& name, std::uint64_t& value, const std::string& help);
    void flag(const std::string& name, bool& value, const std::string& help);
    bool given(const std::string& name) const;
    void examples(const std::string& text);
    void on_run(std::function<void()> action);

private:
    void* app_;
};

/// The program with its subcommands.
class Program {
public:
    Program(const std::string& description, const std::string& version);
    ~Program();
    Command add(const std::string& name, const std::string& description);

    /// Parses, calls `before` and then what the chosen subcommand does. Prints help and version where asked for.
    /// \returns false where no subcommand was given: help went to stderr.
    /// \throws UsageError
    bool run(int argc, char** argv, const std::function<void()>& before);

private:
    struct Parser;
    std::unique_ptr<Parser> parser_;
};

}  // namespace microchim::cli
