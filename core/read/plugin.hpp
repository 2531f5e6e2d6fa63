// The readers that are there: libraries with one symbol, loaded once and never unloaded.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "microchim/reader.h"

namespace microchim::read {

/// One reader. Good for as long as the process lives.
struct Reader {
    std::string id, name, version, maturity;
    std::string library;  ///< path of the shared library
    const microchim_reader* functions = nullptr;

    /// From what a plugin exports; `library` is for messages. Throws ConfigError: a missing part, or an id that is
    /// not lower-case letters, digits and '-'.
    static Reader of(const microchim_reader& exported, std::string library);
};

class Readers {
public:
    /// Those of the folders in MICROCHIM_PLUGIN_PATH (separated by ':'), then those of the product: `own`, or
    /// where that is empty <folder of the executable>/../lib/microchim, or else the folder of the installation.
    /// Throws ConfigError.
    static Readers installed(const std::filesystem::path& own = {});

    /// Every *.so of these folders. Throws ConfigError: no such folder, or as load().
    static Readers from(const std::vector<std::filesystem::path>& folders);

    /// Adds one library. Throws ConfigError: it or its folder can be changed by everybody, it cannot be loaded, it is
    /// no reader, or a reader of that id is there already.
    const Reader& load(const std::filesystem::path& library);

    /// Adds a reader that is part of this program (fuzz targets). Throws ConfigError: the id is taken.
    const Reader& add(Reader reader);

    const std::vector<Reader>& list() const { return list_; }

private:
    std::vector<Reader> list_;  // sorted by id
};

}  // namespace microchim::read
