// The files of one run as bytes with names: a lone file, a folder, or the inside of a zip. They look the
// same to a reader, and names are only names: nothing opens them again.
#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/read/limits.hpp"
#include "core/run/run.hpp"

namespace microchim::read {

struct Entry {
    std::string name;                     ///< relative, with '/', UTF-8
    std::string_view bytes;               ///< whole content
    std::shared_ptr<const char[]> owner;  ///< keeps the bytes
};

struct Bundle {
    std::string path;              ///< as the user gave it
    std::vector<Entry> entries;    ///< sorted by name, never empty, names differ
    std::optional<Entry> archive;  ///< the zip that the entries came out of
    std::vector<Note> notes;       ///< what was left out

    /// Reads a file, a folder (with its subfolders) or a lone zip. What operating systems and editors leave in folders
    /// (names that begin with '.', Thumbs.db, __MACOSX ...) is left out; a symbolic link out of the folder is
    /// left out with a note. A zip inside a folder, a workbook (.xlsx) and a zip with a password stay one entry.
    /// Throws ReadError: missing, unreadable, empty, damaged, an unsafe name, or beyond the limits.
    static Bundle open(const std::filesystem::path& path, const Limits& limits = {});

    /// From memory: name and content of each file. Every content gets memory of its own exact size.
    static Bundle of(std::vector<std::pair<std::string, std::string>> files, std::string path = "memory");
};

/// Entry whose content is a copy of `bytes`.
Entry make_entry(std::string name, std::string_view bytes);

/// Whether a name is the litter of an operating system or an editor. Looks at every part of the path.
bool is_litter(std::string_view name);

}  // namespace microchim::read
