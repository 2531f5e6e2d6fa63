// microchim admin: copies of the store, its audit, and users from the console.
#include <sys/stat.h>
#include <termios.h>
#include <unistd.h>

#include <filesystem>
#include <iostream>
#include <nlohmann/json.hpp>

#include "cli/session.hpp"
#include "core/run/errors.hpp"
#include "service/accounts/users.hpp"
#include "service/serve/care.hpp"
#include "service/serve/status.hpp"
#include "service/settings/settings.hpp"

namespace microchim::cli {
namespace {

struct Options {
    std::string config;
    std::vector<std::string> words;
};

const std::string& word(const Options& options, std::size_t at, const char* what) {
    if (options.words.size() <= at)
        throw UsageError(std::string("What is missing: ") + what + ".", "See 'microchim admin --help'.");
    return options.words[at];
}

/// A terminal shows nothing of what is typed as long as this lives.
class Hidden {
public:
    Hidden() : terminal_(::tcgetattr(STDIN_FILENO, &before_) == 0) {
        auto hidden = before_;
        hidden.c_lflag &= ~static_cast<tcflag_t>(ECHO);
        if (terminal_) ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &hidden);
    }
    ~Hidden() {
        if (!terminal_) return;
        ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &before_);
        std::cerr << "\n";
    }
    Hidden(const Hidden&) = delete;
    Hidden& operator=(const Hidden&) = delete;

private:
    termios before_{};
    bool terminal_;
};

/// Never on the command line, where every user of the machine can read it.
std::string password() {
    std::cerr << "Password (at least 12 characters): ";
    const Hidden hidden;
    std::string line;
    std::getline(std::cin, line);
    return line;
}

void user(const Options& options, const std::filesystem::path& data) {
    const auto& what = word(options, 1, "add, password or close");
    const auto& id = word(options, 2, "the user's id");
    if (what == "add")
        service::add_user(data, id, word(options, 3, "the name"), word(options, 4, "the role"), password());
    else if (what == "password") service::set_password(data, id, password());
    else if (what == "close") service::close_user(data, id);
    else throw UsageError("'" + what + "' is not known.", "Use: user add | password | close.");
    std::cerr << "Done.\n";
}

void verify(const std::filesystem::path& data, Session& session) {
    const auto check = service::audit_verify(data);
    if (session.json) std::cout << service::audit_document(check).dump() << "\n";
    else
        std::cout << (check.verified() ? "The audit is whole: " + std::to_string(check.rows) + " rows." : check.what)
                  << "\n";
    if (!check.verified()) session.exit = blocked;
}

void admin(const Options& options, Session& session) {
    const auto data = service::load_settings(options.config).data;
    ::umask(077);  // a copy is nobody else's from its first byte on
    const auto& what = word(options, 0, "backup, restore, audit-verify or user");
    if (what == "audit-verify") return verify(data, session);
    try {
        if (what == "user") return user(options, data);
        if (what != "backup" && what != "restore")
            throw UsageError("'" + what + "' is not known.", "Use: backup | restore | audit-verify | user.");
        const auto& file = word(options, 1, "the file");
        if (what == "backup") service::backup(data, file);
        else service::restore(data, file);
        std::cerr << (what == "backup" ? "Written to " : "Restored from ") << file << ".\n";
    } catch (const accounts::AccountError& error) {
        throw ConfigError(error.what());
    } catch (const store::StoreError& error) {
        throw WriteError(error.what());
    }
}

}  // namespace

void add_admin(Program& program, Session& session) {
    auto o = std::make_shared<Options>();
    auto command = program.add("admin", "Care of a service's store: copies, audit, users");
    command.examples(
        "Examples:\n"
        "  microchim admin --config service.toml backup store-2026-11-27.db     also while the service runs\n"
        "  microchim admin --config service.toml restore store-2026-11-27.db    the old store is kept beside it\n"
        "  microchim admin --config service.toml audit-verify\n"
        "  microchim admin --config service.toml user add ada 'Ada Tekin' reviewer     asks for the password\n"
        "  microchim admin --config service.toml user password ada\n"
        "  microchim admin --config service.toml user close ada");
    command.option("--config", o->config, "The service's settings (TOML)", true);
    command.arguments("WORD", o->words, "What to do: backup FILE | restore FILE | audit-verify | user ...");
    session.add_flags(command);
    command.on_run([o, &session] { admin(*o, session); });
}

}  // namespace microchim::cli
