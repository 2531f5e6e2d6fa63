// The signals of the dyes: multicomponentdata.xml, or multicomponent_data.txt of the 7500 and the StepOne.
//
//   <CollectionPoints>[[Stg:2 Cyc:1 Stp:1 Pt:1], ...]</CollectionPoints>
//   <DyeData WellIndex="0"><DyeList>[FAM, ROX]</DyeList></DyeData>
//   <SignalData WellIndex="0"><CycleData>[9239.16, 9288.732]</CycleData><CycleData>...</CycleData></SignalData>
//
//   WELL⇥CYCLE⇥DYE LIST⇥MSE⇥SIGNAL DATA⇥PURE_DYE_DATA
//   0⇥0⇥FAM⇥6657.1⇥842270.7⇥1.0             wells and cycles from 0; lines that begin with TABs go on about the dye
//   0⇥0⇥6657.1⇥0⇥0⇥6657.1⇥0⇥1⇥FAM⇥...       a record without dye is three cells, and the next follows in the line
#pragma once

#include <algorithm>
#include <charconv>
#include <string>
#include <string_view>
#include <vector>

#include "microchim/xml.hpp"
#include "plate_xml.hpp"
#include "results.hpp"

namespace microchim::eds {

namespace detail {

/// The parts of "[a, b, c]" or of "1.0⇥2.0".
inline std::vector<std::string_view> list(std::string_view text) {
    std::vector<std::string_view> parts;
    constexpr std::string_view separators = "[], \t\r\n";
    for (std::size_t at = text.find_first_not_of(separators); at < text.size();
         at = text.find_first_not_of(separators, at)) {
        const auto end = std::min(text.find_first_of("],\t\r\n", at), text.size());
        parts.push_back(reader::detail::trimmed(text.substr(at, end - at)));
        at = end;
        if (at == text.size()) break;
    }
    return parts;
}

inline float signal_value(std::string_view text, const std::string& where) {
    return reader::says_no_cq(text) ? std::numeric_limits<float>::quiet_NaN()
                                    : static_cast<float>(number_in(text, where));
}

inline std::vector<float> signal_values(const Document& document, Node node) {
    const auto text = xml::text(node);
    const auto parts = list(text);
    check_length(parts.size(), 100'000, document.where(node));
    std::vector<float> values;
    for (const auto part : parts) values.push_back(signal_value(part, document.where(node)));
    return values;
}

/// "Stg:2 Cyc:1 Stp:1 Pt:1"
inline Point read_point(std::string_view text, const std::string& where) {
    Point point;
    for (const auto& [key, field] : {std::pair{"Stg:", &Point::stage}, std::pair{"Cyc:", &Point::cycle},
                                     std::pair{"Stp:", &Point::step}, std::pair{"Pt:", &Point::point}}) {
        const auto at = text.find(key);
        if (at == text.npos) continue;
        const auto* begin = text.data() + at + std::string_view(key).size();
        std::int64_t value = 0;
        if (std::from_chars(begin, text.data() + text.size(), value).ec == std::errc{}) point.*field = value;
    }
    if (point.cycle < 1 || point.cycle > 1000)
        throw FormatError(where, reader::detail::quoted(text) + " is no collection point with a cycle from 1 to 1000");
    return point;
}

}  // namespace detail

inline Dyes read_dyes_xml(const Document& document, const Plate& plate) {
    Dyes dyes;
    const auto root = document.root(), points = xml::child(root, "CollectionPoints");
    const auto listed = xml::text(points);
    for (const auto part : detail::list(listed))
        dyes.points.push_back(detail::read_point(part, document.where(points)));
    check_length(dyes.points.size(), 100'000, document.where(points));
    const auto index = [&](Node node) {
        std::int64_t value = -1;
        const auto text = xml::attribute(node, "WellIndex");
        std::from_chars(text.data(), text.data() + text.size(), value);
        plate.name(value, document.where(node));
        return static_cast<int>(value);
    };
    std::map<int, std::vector<std::string>> names;
    xml::each(root, "DyeData", [&](Node node) {
        auto& of_well = names[index(node)];
        const auto text = xml::text(node, "DyeList");
        for (const auto part : detail::list(text)) of_well.emplace_back(part);
    });
    xml::each(root, "SignalData", [&](Node node) {
        const auto well = index(node);
        const auto& of_well = names[well];
        auto& signals = dyes.wells[well];
        xml::each(node, "CycleData", [&](Node data) {
            if (signals.size() >= of_well.size())
                throw FormatError(document.where(data), "there are more signals than dyes in this well");
            signals.push_back({of_well[signals.size()], detail::signal_values(document, data)});
        });
    });
    const auto all = detail::signal_values(document, xml::child(root, "SampleTemperatures"));
    const auto count = dyes.points.size();
    if (count > 0 && all.size() == count * static_cast<std::size_t>(plate.rows * plate.columns))
        for (const auto& [well, signals] : dyes.wells) {
            const auto first = all.begin() + static_cast<std::ptrdiff_t>(static_cast<std::size_t>(well) * count);
            dyes.temperatures[well].assign(first, first + static_cast<std::ptrdiff_t>(count));
        }
    return dyes;
}

namespace detail {

/// One record of the text at cells[at]; moves `at` behind it.
inline void read_record(const std::vector<std::string_view>& cells, std::size_t& at, const Plate& plate,
                        const std::string& where, Dyes& dyes) {
    const auto cell = [&](std::size_t i) { return i < cells.size() ? reader::detail::trimmed(cells[i]) : ""; };
    if (!is_count(cell(at)) || !is_count(cell(at + 1)) || cell(at + 2).empty())
        throw FormatError(where, "expected a well, a cycle and a dye, found " + reader::detail::quoted(cell(at)) +
                                     ", " + reader::detail::quoted(cell(at + 1)) + ", " +
                                     reader::detail::quoted(cell(at + 2)));
    const auto well = static_cast<std::int64_t>(number_in(cell(at), where));
    const auto cycle = static_cast<std::size_t>(number_in(cell(at + 1), where));
    plate.name(well, where);
    if (cycle >= 1000) throw FormatError(where, "there is no cycle " + std::to_string(cycle) + " (counted from 0)");
    if (reader::Numbers{}.parse(cell(at + 2))) {  // no dye
        at += 3;
        return;
    }
    auto& signals = dyes.wells[static_cast<int>(well)];
    auto signal = std::find_if(signals.begin(), signals.end(), [&](const Signal& s) { return s.dye == cell(at + 2); });
    if (signal == signals.end()) signal = signals.insert(signals.end(), {std::string(cell(at + 2)), {}});
    if (cycle >= signal->values.size()) signal->values.resize(cycle + 1, std::numeric_limits<float>::quiet_NaN());
    signal->values[cycle] = signal_value(cell(at + 4), where);
    at += 6;
}

}  // namespace detail

inline Dyes read_dyes_text(const std::string& file, std::string_view text, const Plate& plate) {
    Dyes dyes;
    bool below = false;
    detail::each_line(text, [&](std::string_view line, std::size_t number) {
        if (!below) {
            below = line.starts_with("WELL\t");
            return;
        }
        if (line.empty() || line[0] == '\t') return;  // pure dyes of the record above
        const auto cells = detail::cells_of(line);
        for (std::size_t at = 0; at < cells.size() && !(at + 1 == cells.size() && cells[at].empty());)
            detail::read_record(cells, at, plate, file + ":" + std::to_string(number), dyes);
    });
    if (!below) throw FormatError(file, "there is no line that begins with 'WELL'");
    std::size_t cycles = 0;
    for (const auto& [well, signals] : dyes.wells)
        for (const auto& signal : signals) cycles = std::max(cycles, signal.values.size());
    for (std::size_t i = 0; i < cycles; ++i) dyes.points.push_back({1, static_cast<std::int64_t>(i) + 1, 1, 1});
    return dyes;
}

}  // namespace microchim::eds
