#include "cli/files.hpp"

#include <unistd.h>

#include <fstream>

#include "cli/session.hpp"

namespace microchim::cli {

void write_file(const std::filesystem::path& path, const std::string& content, bool force) {
    if (std::filesystem::exists(path) && !force)
        throw WriteError("'" + path.string() + "' exists already; give --force to replace it.");
    std::error_code fault;
    if (path.has_parent_path()) std::filesystem::create_directories(path.parent_path(), fault);
    auto temporary = path;
    temporary += ".part" + std::to_string(::getpid());
    {
        std::ofstream file(temporary, std::ios::binary);
        file << content;
        file.flush();
        if (!file) {
            std::filesystem::remove(temporary, fault);
            throw WriteError("'" + path.string() + "' cannot be written.");
        }
    }
    std::filesystem::rename(temporary, path, fault);
    if (fault) {
        const auto reason = fault.message();
        std::filesystem::remove(temporary, fault);
        throw WriteError("'" + path.string() + "' cannot be written: " + reason + ".");
    }
}

}  // namespace microchim::cli
