// Workbooks of the old kind, byte by byte: a compound file ([MS-CFB]) with one stream of records ([MS-XLS]).
#pragma once

#include <bit>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace microchim::test::xls {

inline std::string le(std::uint64_t value, int size) {
    std::string bytes;
    for (int i = 0; i < size; ++i) bytes += static_cast<char>(value >> 8 * i);
    return bytes;
}

inline std::string record(std::uint32_t type, const std::string& body) {
    return le(type, 2) + le(body.size(), 2) + body;
}

inline std::string real(double value) {
    return le(std::bit_cast<std::uint64_t>(value), 8);
}

inline std::string at(int row, int column) {
    return le(static_cast<std::uint64_t>(row), 2) + le(static_cast<std::uint64_t>(column), 2) + le(15, 2);
}

inline std::string number(int row, int column, double value) {
    return record(0x203, at(row, column) + real(value));
}
inline std::string rk(int row, int column, std::uint32_t packed) {
    return record(0x27E, at(row, column) + le(packed, 4));
}
inline std::string boolean(int row, int column, int value, int error = 0) {
    return record(
        0x205, at(row, column) + le(static_cast<std::uint64_t>(value), 1) + le(static_cast<std::uint64_t>(error), 1));
}
inline std::string shared(int row, int column, std::uint32_t index) {
    return record(0xFD, at(row, column) + le(index, 4));
}
inline std::string formula(int row, int column, const std::string& result) {
    return record(0x06, at(row, column) + result + std::string(8, '\0'));
}

/// One byte a character.
inline std::string narrow(const std::string& text) {
    return le(text.size(), 2) + le(0, 1) + text;
}

inline std::string sst(const std::vector<std::string>& encoded) {
    std::string body = le(encoded.size(), 4) + le(encoded.size(), 4);
    for (const auto& text : encoded) body += text;
    return record(0xFC, body);
}

inline const std::string end = record(0x0A, "");

inline std::string begin(int version, int kind) {
    return record(0x809, le(static_cast<std::uint64_t>(version), 2) + le(static_cast<std::uint64_t>(kind), 2) +
                             std::string(12, '\0'));
}

struct Sheet {
    std::string name, records;
    int state = 0, kind = 0;  ///< 1: hidden; 2: a chart
};

/// The stream of a workbook. `globals` are records like sst().
inline std::string book(const std::vector<Sheet>& sheets, const std::string& globals, int version = 0x600) {
    const auto lengths = [&](std::size_t first) {
        std::string listed;
        std::size_t place = first;
        for (const auto& sheet : sheets) {
            std::string name = le(sheet.name.size(), 1) + (version == 0x600 ? le(0, 1) : "") + sheet.name;
            listed += record(0x85, le(place, 4) + le(static_cast<std::uint64_t>(sheet.state), 1) +
                                       le(static_cast<std::uint64_t>(sheet.kind), 1) + name);
            place += begin(version, 0x10).size() + sheet.records.size() + end.size();
        }
        return begin(version, 5) + globals + listed + end;
    };
    auto bytes = lengths(lengths(0).size());
    for (const auto& sheet : sheets) bytes += begin(version, 0x10) + sheet.records + end;
    return bytes;
}

/// A compound file with these streams, each padded to where small ones end.
inline std::string compound(const std::vector<std::pair<std::string, std::string>>& streams) {
    constexpr std::size_t sector = 512;
    const auto padded = [](std::string bytes, std::size_t least) {
        bytes.resize(std::max(least, (bytes.size() + sector - 1) / sector * sector), '\0');
        return bytes;
    };
    const auto entry = [](const std::string& name, int type, std::uint32_t right, std::uint32_t child,
                          std::uint32_t first, std::size_t size) {
        std::string wide;
        for (const char c : name) wide += {c, '\0'};
        wide.resize(64, '\0');
        return wide + le(2 * name.size() + 2, 2) + le(static_cast<std::uint64_t>(type), 1) + le(1, 1) +
               le(0xFFFFFFFF, 4) + le(right, 4) + le(child, 4) + std::string(36, '\0') + le(first, 4) + le(size, 8);
    };
    std::string content, directory = entry("Root Entry", 5, 0xFFFFFFFF, 1, 0xFFFFFFFE, 0);
    std::vector<std::uint32_t> next{0xFFFFFFFD, 0xFFFFFFFE};  // the table itself, the directory
    for (std::uint32_t i = 0; i < streams.size(); ++i) {
        const auto bytes = padded(streams[i].second, 4096);
        const auto first = static_cast<std::uint32_t>(next.size());
        directory += entry(streams[i].first, 2, i + 1 < streams.size() ? i + 2 : 0xFFFFFFFF, 0xFFFFFFFF, first,
                           std::max<std::size_t>(4096, streams[i].second.size()));
        for (std::size_t n = 1; n < bytes.size() / sector; ++n)
            next.push_back(static_cast<std::uint32_t>(next.size() + 1));
        next.push_back(0xFFFFFFFE);
        content += bytes;
    }
    std::string table;
    for (const auto number : next) table += le(number, 4);
    table.resize(sector, '\xFF');
    std::string header = std::string("\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1", 8) + std::string(16, '\0') + le(0x3E, 2) +
                         le(3, 2) + le(0xFFFE, 2) + le(9, 2) + le(6, 2) + std::string(10, '\0') + le(1, 4) + le(1, 4) +
                         le(0, 4) + le(4096, 4) + le(0xFFFFFFFE, 4) + le(0, 4) + le(0xFFFFFFFE, 4) + le(0, 4) +
                         le(0, 4);
    header.resize(sector, '\xFF');
    return header + table + padded(directory, sector) + content;
}

}  // namespace microchim::test::xls
