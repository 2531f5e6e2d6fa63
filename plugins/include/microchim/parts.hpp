// What one file of a drop says of a run, kept until it is known which files belong together (join.hpp).
#pragma once

#include <cmath>
#include <functional>
#include <set>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include "microchim/exports.hpp"
#include "microchim/reactions.hpp"
#include "microchim/reader.hpp"

namespace microchim::reader {

struct Part {
    struct Series {
        std::string well, target, name;
        std::int32_t kind = MICROCHIM_MELT;
        std::vector<float> at, fluorescence;
    };
    struct Note {
        std::int32_t severity;
        std::string where, what;
    };
    using Attribute = std::tuple<std::string, std::string, std::string>;  ///< well, key, value

    std::vector<std::size_t> entries;
    std::string name;  ///< of the file, or of the first of them
    std::vector<std::string> dialects;
    std::string id, plate, instrument, serial_number, software, software_version, started;
    std::int64_t rows = 0, columns = 0;
    double volume_ul = not_stated;  ///< of every reaction
    Reactions reactions;
    std::vector<Series> series;
    std::vector<Attribute> attributes;
    std::vector<Note> notes;

    void attribute(std::string_view well, std::string_view key, std::string_view value) {
        attributes.emplace_back(well, key, value);
    }
    void note(std::int32_t severity, std::string where, std::string what) {
        notes.push_back({severity, std::move(where), std::move(what)});
    }

    /// As reader::keep_unused, but kept here, and a cell of blanks says nothing.
    void keep_unused(const Table& table, const std::vector<RowName>& row_names,
                     const std::function<bool(std::size_t)>& taken) {
        microchim_sink keep{};
        keep.self = this;
        keep.attribute = [](void* self, microchim_text well, microchim_text key, microchim_text value) {
            const auto view = [](microchim_text t) { return std::string_view(t.size ? t.data : "", t.size); };
            const auto said = detail::trimmed(view(value));
            if (!said.empty()) static_cast<Part*>(self)->attribute(view(well), view(key), said);
        };
        reader::keep_unused(table, row_names, taken, Sink{keep});
    }

    /// Opens the run and reports all of it.
    void report(const Sink& sink) const {
        microchim_run fact{};
        fact.id = text(id);
        fact.plate = text(plate);
        fact.instrument = text(instrument);
        fact.serial_number = text(serial_number);
        fact.software = text(software);
        fact.software_version = text(software_version);
        fact.started = text(started);
        fact.rows = rows;
        fact.columns = columns;
        fact.entries = entries.data();
        fact.entry_count = entries.size();
        sink.run(fact);
        std::string dialect;
        for (const auto& one : dialects) dialect += (dialect.empty() ? "" : ", ") + one;
        sink.attribute("", "dialect", dialect);
        std::set<Attribute> said;
        for (const auto& one : attributes)
            if (said.insert(one).second) sink.attribute(std::get<0>(one), std::get<1>(one), std::get<2>(one));
        reactions.report(sink);
        if (!std::isnan(volume_ul))
            for (const auto& reaction : reactions.all())
                sink.react({text(reaction.well), {}, MICROCHIM_UNKN, not_stated, volume_ul});
        for (const auto& s : series)
            sink.series(
                {text(s.well), text(s.target), text(s.name), s.kind, s.at.size(), s.at.data(), s.fluorescence.data()});
        for (const auto& n : notes) sink.note(n.severity, n.where, n.what);
    }
};

}  // namespace microchim::reader
