// microchim: the command. Data go to stdout, messages to stderr; with --json exactly one
// document goes to stdout, errors too.
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <cstdio>
#include <iostream>

#include "cli/session.hpp"
#include "core/report/json.hpp"
#include "core/run/errors.hpp"
#include "core/run/version.hpp"

namespace microchim::cli {
namespace {

struct Trouble {
    int code;
    const char* kind;
    std::string message, hint, path;
    std::size_t line = 0;
};

int tell(const Trouble& trouble, bool json) {
    if (json) {
        std::cout << report::error_document(trouble.code, trouble.kind, trouble.message, trouble.hint, trouble.path,
                                            trouble.line)
                  << "\n";
        return trouble.code;
    }
    std::cerr << "microchim: " << trouble.message << "\n";
    if (!trouble.hint.empty()) std::cerr << "  " << trouble.hint << "\n";
    return trouble.code;
}

template <class Error>
Trouble user_trouble(int code, const char* kind, const Error& error) {
    return {code, kind, error.what(), error.hint, error.path, error.line.value_or(0)};
}

void set_up_log(bool verbose) {
    auto log = spdlog::stderr_logger_st("microchim");
    log->set_pattern("microchim: %v");
    log->set_level(verbose ? spdlog::level::debug : spdlog::level::warn);
    spdlog::set_default_logger(std::move(log));
}

void add_commands(Program& program, Session& session) {
    for (auto* add : {add_detect, add_read, add_convert, add_classify, add_cq, add_quantify, add_estimate, add_simulate,
                      add_readers, add_check_reader, add_instruments, add_serve, add_status, add_admin})
        add(program, session);
}

int run(int argc, char** argv) {
    Program program(
        "Donor DNA fraction from the files of a digital PCR instrument.\n"
        "For research use until your laboratory has validated it.\n\n"
        "Examples:\n"
        "  microchim detect run.csv                      which instrument software wrote this?\n"
        "  microchim quantify run/ --case P-0412.toml --panel panel.toml\n"
        "  microchim quantify run.csv --donor SRY=1 --reference RPP30\n",
        std::string("microchim ") + version + " (reader interface 0)");
    Session session;
    add_commands(program, session);
    const bool json =
        std::any_of(argv, argv + argc, [](const char* word) { return std::string_view(word) == "--json"; });
    try {
        const bool ran = program.run(argc, argv, [&] { set_up_log(session.verbose); });
        return ran ? session.exit : usage;
    } catch (const UsageError& error) {
        return tell({usage, "UsageError", error.what(), error.hint, {}}, json);
    } catch (const ReadError& error) {
        return tell(user_trouble(unreadable, "ReadError", error), json);
    } catch (const ConfigError& error) {
        return tell(user_trouble(settings, "ConfigError", error), json);
    } catch (const WriteError& error) {
        return tell({cannot_write, "WriteError", error.what(), {}, {}}, json);
    } catch (const std::exception& error) {
        return tell({internal,
                     "InternalError",
                     std::string("internal error: ") + error.what(),
                     "Please report this with the command and the file.",
                     {}},
                    json);
    }
}

}  // namespace
}  // namespace microchim::cli

int main(int argc, char** argv) {
    const int code = microchim::cli::run(argc, argv);
    std::cout.flush();
    if (!std::cout) {
        std::fputs("microchim: the output could not be written.\n", stderr);
        return microchim::cli::cannot_write;
    }
    return code;
}
