#include "core/read/plugin.hpp"

#include <dlfcn.h>
#include <spdlog/spdlog.h>
#include <sys/stat.h>

#include <algorithm>
#include <cstdlib>
#include <sstream>

#include "core/run/errors.hpp"

namespace microchim::read {
namespace fs = std::filesystem;
namespace {

/// What everybody may change, everybody may make us execute.
void refuse_if_writable_by_all(const fs::path& path) {
    struct stat about {};
    if (::stat(path.c_str(), &about) != 0) throw ConfigError("There is no '" + path.string() + "'.", path.string());
    if (about.st_mode & S_IWOTH)
        throw ConfigError("Refused to load readers from '" + path.string() + "', because every user may change it.",
                          path.string(), {}, "Run: chmod o-w '" + path.string() + "'");
}

std::vector<fs::path> libraries(const fs::path& folder) {
    std::error_code fault;
    std::vector<fs::path> found;
    for (fs::directory_iterator i(folder, fault), end; !fault && i != end; i.increment(fault))
        if (i->path().extension() == ".so") found.push_back(i->path());
    if (fault)
        throw ConfigError("Unable to look for readers in '" + folder.string() + "': " + fault.message() + ".",
                          folder.string(), {}, "Check MICROCHIM_PLUGIN_PATH.");
    std::sort(found.begin(), found.end());
    return found;
}

fs::path product_folder() {
    std::error_code fault;
    const auto executable = fs::canonical("/proc/self/exe", fault);
    const auto beside = executable.parent_path().parent_path() / "lib" / "microchim";
    return !fault && fs::is_directory(beside, fault) ? beside : fs::path(MICROCHIM_PLUGIN_FOLDER);
}

std::string word(const char* text, const char* what, const std::string& library) {
    if (text && *text) return text;
    throw ConfigError("The reader in '" + library + "' has no " + what + ".", library);
}

}  // namespace

Reader Reader::of(const microchim_reader& exported, std::string library) {
    Reader reader{word(exported.id, "id", library),
                  word(exported.name, "name", library),
                  word(exported.version, "version", library),
                  word(exported.maturity, "maturity", library),
                  library,
                  &exported};
    const auto plain = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-'; };
    if (!std::all_of(reader.id.begin(), reader.id.end(), plain))
        throw ConfigError("The id of the reader in '" + library + "' is '" + reader.id +
                              "'; expected lower-case letters, digits and '-'.",
                          library);
    if (!exported.probe || !exported.read)
        throw ConfigError("The reader in '" + library + "' lacks one of its two functions.", library);
    return reader;
}

const Reader& Readers::add(Reader reader) {
    const auto place = std::lower_bound(list_.begin(), list_.end(), reader,
                                        [](const Reader& a, const Reader& b) { return a.id < b.id; });
    if (place != list_.end() && place->id == reader.id)
        throw ConfigError(
            "There are two readers called '" + reader.id + "': '" + place->library + "' and '" + reader.library + "'.",
            reader.library, {}, "Remove one of them.");
    return *list_.insert(place, std::move(reader));
}

const Reader& Readers::load(const fs::path& library) {
    std::error_code fault;
    const auto path = fs::canonical(library, fault);
    if (fault) throw ConfigError("There is no library '" + library.string() + "'.", library.string());
    refuse_if_writable_by_all(path.parent_path());
    refuse_if_writable_by_all(path);
    void* handle = ::dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE);
    if (!handle)
        throw ConfigError("Unable to load '" + path.string() + "': " + ::dlerror() + ".", path.string(), {},
                          "It may have been built for another system; build it again here.");
    const void* symbol = ::dlsym(handle, "microchim_reader_v0");
    if (!symbol)
        throw ConfigError(
            "'" + path.string() + "' is no reader for this version: it has no symbol microchim_reader_v0.",
            path.string(), {}, "Build it with the reader.h of this version.");
    const auto& reader = add(Reader::of(*static_cast<const microchim_reader*>(symbol), path.string()));
    spdlog::debug("reader {} {} from {}", reader.id, reader.version, reader.library);
    return reader;
}

Readers Readers::from(const std::vector<fs::path>& folders) {
    Readers readers;
    for (const auto& folder : folders)
        for (const auto& library : libraries(folder)) readers.load(library);
    return readers;
}

Readers Readers::installed(const fs::path& own) {
    std::vector<fs::path> folders;
    if (const char* list = std::getenv("MICROCHIM_PLUGIN_PATH")) {
        std::istringstream stream(list);
        for (std::string folder; std::getline(stream, folder, ':');)
            if (!folder.empty()) folders.emplace_back(folder);
    }
    const auto product = own.empty() ? product_folder() : own;
    if (!own.empty() || fs::is_directory(product)) folders.push_back(product);
    return from(folders);
}

}  // namespace microchim::read
