// The files of one drop as bytes with names: a file, several, a folder, the inside of a zip, the sheets of a
// workbook. They look the same to a reader, and names are only names: nothing opens them again.
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
    std::string path;             ///< as the user gave it
    std::vector<Entry> entries;   ///< sorted by name, never empty, names differ
    std::vector<Entry> archives;  ///< the zips and workbooks that entries came out of
    std::vector<Note> notes;      ///< what was left out
    std::uint64_t bytes = 0;      ///< of all that was opened, unpacked

    /// Reads a file, a folder (with its subfolders) or a zip. What operating systems and editors leave in folders
    /// (names that begin with '.', Thumbs.db, __MACOSX ...) is left out; a symbolic link out of the folder is
    /// left out with a note. The entries of a lone zip keep their names; those of a zip among other files are called
    /// "run.zip/a.csv", and the sheets of a workbook, as comma-separated text, "run.xlsx/Sheet1.csv". A zip with a
    /// password and an Office document of another kind stay one entry.
    /// Throws ReadError: missing, unreadable, empty, damaged, an unsafe name, or beyond the limits.
    static Bundle open(const std::filesystem::path& path, const Limits& limits = {});

    /// Several files as one drop, named by their paths below the folder they have in common. Throws ReadError: as
    /// open(), and for a file given twice.
    static Bundle open(const std::vector<std::filesystem::path>& files, const Limits& limits = {});

    /// From memory: name and content of each file. Every content gets memory of its own exact size.
    static Bundle of(std::vector<std::pair<std::string, std::string>> files, std::string path = "memory");
};

/// Whether the bundle is one file as it lies on the disk.
bool is_lone_file(const Bundle& bundle);

/// Where an entry lies: "folder/run.csv", "run.zip/a.csv", or the file itself.
std::string path_of(const Bundle& bundle, std::string_view entry);

/// Whether an entry was packed in this archive of the bundle.
bool came_out_of(const Bundle& bundle, const Entry& archive, const Entry& entry);

/// Entry whose content is a copy of `bytes`.
Entry make_entry(std::string name, std::string_view bytes);

/// Whether a name is the litter of an operating system or an editor. Looks at every part of the path.
bool is_litter(std::string_view name);

}  // namespace microchim::read
