// The tables with a row per cycle: amplification, dyes, filters; and melting curves with a row per temperature.
#pragma once

#include "setup.hpp"

namespace microchim::thermo {

/// A curve's name in [Amplification Data] to the reaction it is of. Alleles may have names of their own in the set-up.
inline Reaction& curve_of(Gathered& run, const std::string& well, std::string_view target) {
    const auto alleles = run.alleles.find(well);
    if (alleles != run.alleles.end() && !run.reactions.find(well, target))
        for (std::size_t i = 0; i < 2; ++i)
            if (const auto ending = "-Allele " + std::to_string(i + 1); target.ends_with(ending))
                return run.at(well, allele_target(target.substr(0, target.size() - ending.size()), alleles->second[i]));
    if (!target.empty()) return run.at(well, std::string(target));
    return run.at(well, run.only(well));
}

inline void set_point(std::vector<float>& curve, std::int64_t cycle, double value, const Rows& rows, std::size_t row,
                      std::size_t column) {
    const auto index = static_cast<std::size_t>(cycle - 1);
    const bool fits = cycle >= 1 && cycle <= 1000 && (index >= curve.size() || std::isnan(curve[index]));
    Reaction::set(curve, cycle, static_cast<float>(value), fits ? std::string() : rows.where(row, column));
}

inline void read_amplification(Gathered& run, const Section& section) {
    Rows rows(section, run.numbers);
    run.wells.bind(rows);
    const auto cycle = rows.use({"Cycle", "Cycle Number"}), target = rows.use({"Target Name", "Target"});
    const auto rn = rows.use({"Rn"}), delta = rows.use({"Delta Rn", "dRn"});
    if (!cycle || (!rn && !delta))
        throw FormatError(rows.header_address(), "a table of curves needs the columns 'Cycle', and 'Rn' or 'Delta Rn'");
    for (std::size_t row = 0; row < rows.size(); ++row) {
        const auto raw = rows.number(row, rn), baselined = rows.number(row, delta);
        if (!raw && !baselined) continue;  // a well that holds nothing
        const auto well = run.wells.name(rows, row);
        if (well.empty()) throw FormatError(rows.where(row, 0), "this reading does not say of which well it is");
        const auto number = rows.whole(row, cycle);
        auto& reaction = curve_of(run, well, rows.cell(row, target));
        if (raw) set_point(reaction.fluorescence, number, *raw, rows, row, *cycle);
        if (baselined) set_point(reaction.baselined, number, *baselined, rows, row, *cycle);
    }
}

/// Readings of a well under one name, in the order of the file.
class SeriesTable {
public:
    explicit SeriesTable(Gathered& run) : run_(run) {}

    void add(const std::string& well, const std::string& target, std::string_view name, std::int32_t kind, double at,
             double value) {
        if (run_.is_empty(well)) {
            ++run_.dropped;
            return;
        }
        auto& points = all_[{well, target, std::string(name), kind}];
        points.at.push_back(static_cast<float>(at));
        points.value.push_back(static_cast<float>(value));
    }
    void report() const {
        for (const auto& [key, points] : all_) {
            const auto& [well, target, name, kind] = key;
            run_.sink.series({reader::text(well), reader::text(target), reader::text(name), kind, points.at.size(),
                              points.at.data(), points.value.data()});
        }
    }

private:
    struct Points {
        std::vector<float> at, value;
    };
    Gathered& run_;
    std::map<std::tuple<std::string, std::string, std::string, std::int32_t>, Points> all_;
};

/// [Multicomponent Data] and [Raw Data]: every column that is not the well's or the cycle's is a dye or a filter.
inline void read_channels(Gathered& run, const Section& section, std::int32_t kind) {
    Rows rows(section, run.numbers);
    run.wells.bind(rows);
    const auto cycle = rows.use({"Cycle", "Cycle Number"});
    if (!cycle) throw FormatError(rows.header_address(), "there is no column 'Cycle'");
    rows.use({"Stage Number"}), rows.use({"Step Number"}), rows.use({"Target Name", "Target"}),
        rows.use({"Sample Name"});
    SeriesTable series(run);
    for (std::size_t row = 0; row < rows.size(); ++row) {
        const auto well = run.wells.name(rows, row);
        if (well.empty()) throw FormatError(rows.where(row, 0), "this reading does not say of which well it is");
        const auto number = rows.whole(row, cycle);
        if (number < 0) throw FormatError(rows.where(row, *cycle), "this reading does not say of which cycle it is");
        for (std::size_t c = 0; c < rows.header().size(); ++c) {
            if (rows.used(c) || rows.header()[c].empty()) continue;
            if (const auto value = rows.number(row, c))
                series.add(well, {}, rows.header()[c], kind, static_cast<double>(number), *value);
        }
    }
    series.report();
}

inline void read_melting(Gathered& run, const Section& section) {
    Rows rows(section, run.numbers);
    run.wells.bind(rows);
    const auto temperature = rows.use({"Temperature"}), target = rows.use({"Target Name", "Target"});
    const auto signal = rows.use({"Fluorescence"}), derivative = rows.use({"Derivative"});
    if (!temperature || (!signal && !derivative))
        throw FormatError(rows.header_address(),
                          "a table of melting curves needs the columns 'Temperature' and 'Fluorescence'");
    SeriesTable series(run);
    for (std::size_t row = 0; row < rows.size(); ++row) {
        const auto value = rows.number(row, signal), slope = rows.number(row, derivative);
        if (!value && !slope) continue;
        const auto well = run.wells.name(rows, row);
        const auto at = rows.number(row, temperature);
        if (well.empty() || !at)
            throw FormatError(rows.where(row, *temperature),
                              "this reading does not say of which well and temperature it is");
        const auto of = target ? std::string(rows.cell(row, target)) : run.only(well);
        if (value) series.add(well, of, {}, MICROCHIM_MELT, *at, *value);
        if (slope) series.add(well, of, {}, MICROCHIM_MELT_DERIVATIVE, *at, *slope);
    }
    series.report();
}

}  // namespace microchim::thermo
