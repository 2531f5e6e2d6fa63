#include "core/read/exports.hpp"

#include <elf.h>

#include <algorithm>
#include <cstring>
#include <string_view>

#include "core/read/file.hpp"
#include "core/run/errors.hpp"

namespace microchim::read {
namespace {

/// A structure of the file at this offset; the file may be anything.
template <class T>
T at(std::string_view bytes, std::uint64_t offset) {
    if (bytes.size() < sizeof(T) || offset > bytes.size() - sizeof(T)) throw ReadError("The library is cut short.");
    T value;
    std::memcpy(&value, bytes.data() + offset, sizeof(T));
    return value;
}

std::string name_at(std::string_view bytes, const Elf64_Shdr& names, std::uint32_t offset) {
    const auto begin = names.sh_offset + offset;
    if (begin >= bytes.size()) throw ReadError("The library is cut short.");
    return std::string(bytes.substr(begin, bytes.find('\0', begin) - begin));
}

}  // namespace

std::vector<std::string> exported_symbols(const std::filesystem::path& library) {
    const auto file = read_file(library, library.filename().string(), {});
    const auto bytes = file.bytes;
    if (!bytes.starts_with(ELFMAG) || bytes.size() < EI_NIDENT || bytes[EI_CLASS] != ELFCLASS64)
        throw ReadError("'" + library.string() + "' is not a 64-bit shared library.", library.string());
    const auto header = at<Elf64_Ehdr>(bytes, 0);
    const auto section = [&](std::uint64_t i) {
        return at<Elf64_Shdr>(bytes, header.e_shoff + i * sizeof(Elf64_Shdr));
    };
    std::vector<std::string> names;
    for (std::uint64_t i = 0; i < header.e_shnum; ++i) {
        const auto table = section(i);
        if (table.sh_type != SHT_DYNSYM) continue;
        const auto strings = section(table.sh_link);
        for (std::uint64_t offset = 0; offset + sizeof(Elf64_Sym) <= table.sh_size; offset += sizeof(Elf64_Sym)) {
            const auto symbol = at<Elf64_Sym>(bytes, table.sh_offset + offset);
            const auto binding = ELF64_ST_BIND(symbol.st_info);
            if (symbol.st_shndx != SHN_UNDEF && binding != STB_LOCAL)
                names.push_back(name_at(bytes, strings, symbol.st_name));
        }
    }
    std::sort(names.begin(), names.end());
    return names;
}

}  // namespace microchim::read
