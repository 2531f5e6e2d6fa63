// Result files for a LIMS that reads a folder: whole or not there, never replaced. "<name>.sha256" comes last and says
// that a file is complete.
#pragma once

#include <filesystem>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace microchim::drop {

/// A file of this name is there with other content. It stays; an operator must decide.
class Conflict : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

struct File {
    std::string extension;  ///< "csv", "hl7", "json"
    std::string content;
};

/// "<accession>_<result>", a file name without extension of at most 200 bytes. Letters, digits, '.' and '-' stand for
/// themselves; any other byte becomes '%' and two hexadecimal digits, also '%', '_' and a leading '.', so that two
/// pairs of ids never have the same name; ids that are too long end in '~' and 32 digits of their SHA-256.
/// \throws std::invalid_argument where the result's id is empty
std::string file_name(std::string_view accession, std::string_view result);

/// Writes each file with its checksum beside it, and returns when they are on the disk. A second call with the same
/// bytes completes what the first left undone and is a success. Blocks; one caller per name at a time.
/// \param name of file_name()
/// \throws Conflict where another content is there
/// \throws std::system_error where the folder cannot be written: try again
void write_result_files(const std::filesystem::path& folder, const std::string& name, const std::vector<File>& files);

}  // namespace microchim::drop
