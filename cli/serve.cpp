// microchim serve, status and admin: the service for the LIMS, what is in it, and what is done beside it.
#include "service/serve/serve.hpp"

#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>
#include <sys/stat.h>

#include <filesystem>
#include <iostream>
#include <nlohmann/json.hpp>

#include "cli/session.hpp"
#include "core/report/json.hpp"
#include "service/serve/status.hpp"

namespace microchim::cli {
namespace {

namespace fs = std::filesystem;

struct Options {
    std::string config;
    bool check = false;
};

void set_up_log() {
    auto log = spdlog::stderr_logger_mt("service");
    log->set_pattern("%Y-%m-%dT%H:%M:%S.%e%z level=%l %v");
    spdlog::set_default_logger(std::move(log));
}

void tell_ready(const service::Ready& ready) {
    if (!ready.setup_code.empty())
        std::cerr << "First use: there is no user yet. Make the first administrator with this code, within 30 minutes "
                  << "(POST https://" << ready.http << "/api/v1/setup, see docs/serve.md):\n\n    " << ready.setup_code
                  << "\n\n";
    std::cout << "ready";
    for (const auto& [name, address] : {std::pair{"http", ready.http}, {"mllp", ready.mllp}, {"mllps", ready.mllps}})
        if (!address.empty()) std::cout << " " << name << "=" << address;
    std::cout << std::endl;
}

void serve(const Options& options) {
    const auto settings = service::load_settings(options.config);
    service::check(settings);
    if (options.check) {
        std::cout << options.config << ": good; " << settings.peers.size() << " peers, " << settings.destinations.size()
                  << " destinations\n";
        return;
    }
    set_up_log();
    ::umask(077);  // nobody else reads what the service writes
    try {
        service::serve(settings, fs::read_symlink("/proc/self/exe"), tell_ready);
    } catch (const store::StoreError& error) {
        throw WriteError(error.what());
    }
}

void print_status(const nlohmann::ordered_json& status) {
    std::cout << (status.at("running") == true ? "running" : "not running") << "\n";
    for (const auto& [part, counts] : status.items()) {
        if (!counts.is_object()) continue;
        std::cout << "  " << part << ":";
        for (const auto& [name, count] : counts.items()) std::cout << " " << name << " " << count.dump();
        std::cout << "\n";
    }
}

}  // namespace

void add_serve(Program& program, Session& session) {
    auto o = std::make_shared<Options>();
    auto command = program.add("serve", "The service: orders in, runs read, results signed and sent to the LIMS");
    command.examples(
        "Examples:\n"
        "  microchim serve --config service.toml\n"
        "  microchim serve --config service.toml --check     looks at everything and starts nothing");
    command.option("--config", o->config, "The service's settings (TOML)", true);
    command.flag("--check", o->check, "Only look whether the settings are good");
    session.add_flags(command);
    command.on_run([o] { serve(*o); });
}

void add_status(Program& program, Session& session) {
    auto o = std::make_shared<Options>();
    auto command = program.add("status", "What a service has in its store, running or not");
    command.examples("Example:\n  microchim status --config service.toml --json");
    command.option("--config", o->config, "The service's settings (TOML)", true);
    session.add_flags(command);
    command.on_run([o, &session] {
        const auto status = service::status_of(service::load_settings(o->config).data);
        if (session.json) std::cout << status.dump() << "\n";
        else print_status(status);
    });
}

}  // namespace microchim::cli
