// The files of one bundle, sorted by what they are and read.
#pragma once

#include <deque>
#include <string>
#include <utility>
#include <vector>

#include "analysis.hpp"
#include "occupancy.hpp"
#include "rfu.hpp"

namespace microchim::qiacuity {

using reader::Bundle;

struct AnalysisFile {
    std::size_t entry;
    const char* dialect;
    Sheet sheet;
    AnalysisColumns columns;
    std::vector<PlateRows> plates;
};

struct OccupancyFile {
    std::size_t entry;
    const char* dialect;
    Sheet sheet;
    OccupancyColumns columns;
    std::vector<PlateGroups> plates;
};

/// Entries of a bundle by what they are.
struct Contents {
    std::vector<std::pair<std::size_t, Dialect>> analyses, occupancies, rfu;
    std::vector<std::size_t> others;

    explicit Contents(const Bundle& bundle) {
        for (std::size_t i = 0; i < bundle.size(); ++i) {
            const auto found = dialect(bundle.bytes(i));
            if (!found) others.push_back(i);
            else if (found->kind == Kind::analysis) analyses.emplace_back(i, *found);
            else if (found->kind == Kind::occupancy) occupancies.emplace_back(i, *found);
            else rfu.emplace_back(i, *found);
        }
    }
    bool empty() const { return analyses.empty() && occupancies.empty() && rfu.empty(); }
};

inline Sheet read_sheet(const Bundle& bundle, std::size_t entry, const Dialect& dialect) {
    const auto text = reader::utf8(bundle.bytes(entry));
    Sheet sheet{Table(std::string(bundle.name(entry)), text, dialect.delimiter, dialect.lines_above),
                dialect.delimiter};
    require_whole(bundle.name(entry), text, sheet);
    return sheet;
}

/// Everything that was read. Addresses stay: runs point into it.
struct Files {
    std::deque<AnalysisFile> analyses;
    std::deque<OccupancyFile> occupancies;
    std::vector<std::pair<std::size_t, RfuFile>> rfu;

    Files(const Bundle& bundle, const Contents& contents) {
        for (const auto& [entry, found] : contents.analyses) {
            auto sheet = read_sheet(bundle, entry, found);
            const AnalysisColumns columns(sheet.table);
            auto plates = analysis_rows(sheet, columns);
            analyses.push_back({entry, found.name, std::move(sheet), columns, std::move(plates)});
        }
        for (const auto& [entry, found] : contents.occupancies) {
            auto sheet = read_sheet(bundle, entry, found);
            const OccupancyColumns columns(sheet.table);
            auto plates = occupancy_rows(sheet, columns);
            occupancies.push_back({entry, found.name, std::move(sheet), columns, std::move(plates)});
        }
        rfu.resize(contents.rfu.size());
        bundle.each(rfu.size(), [&](std::size_t i) {
            const auto& [entry, found] = contents.rfu[i];
            rfu[i] = {entry, read_rfu(bundle.name(entry), bundle.bytes(entry), found)};
        });
    }
};

}  // namespace microchim::qiacuity
