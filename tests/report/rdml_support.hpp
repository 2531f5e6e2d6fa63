// Runs made up for the tests of RDML, and the way from a run to a file and back.
#pragma once

#include <map>
#include <sstream>
#include <string>
#include <vector>

#include "core/read/detect.hpp"
#include "core/read/facts.hpp"
#include "core/read/host.hpp"
#include "core/report/rdml.hpp"
#include "tests/read/support.hpp"

namespace microchim::test {

inline const read::Readers& rdml_reader() {
    static const auto loaded = [] {
        read::Readers all;
        all.load(std::string(MICROCHIM_BUILD_DIR) + "/lib/microchim/rdml.so");
        return all;
    }();
    return loaded;
}

inline std::string written(const Run& run) {
    std::vector<Note> notes;
    return report::rdml(run, notes);
}

inline std::vector<Note> notes_of_writing(const Run& run) {
    std::vector<Note> notes;
    report::rdml(run, notes);
    return notes;
}

inline bool mentions(const std::vector<Note>& notes, const std::string& part) {
    for (const auto& note : notes)
        if (note.what.find(part) != note.what.npos) return true;
    return false;
}

/// The files in an archive, by name.
inline std::map<std::string, std::string> unpacked(const std::string& archive) {
    const Scratch scratch;
    std::map<std::string, std::string> files;
    for (const auto& entry : read::Bundle::open(scratch.write("run.rdml", archive)).entries)
        files.emplace(entry.name, entry.bytes);
    return files;
}

inline std::string document(const Run& run) {
    return unpacked(written(run)).at("rdml_data.xml");
}

inline Run read_back(const std::string& archive) {
    const Scratch scratch;
    return read::read(scratch.write("run.rdml", archive), rdml_reader()).front();
}

/// The facts of all wells: what must survive.
inline std::string wells(const Run& run) {
    std::istringstream lines(read::facts(run));
    std::string kept, line;
    while (std::getline(lines, line))
        for (const auto kind : {"react ", "counts ", "partitions ", "channel ", "curve "})
            if (line.starts_with(kind)) kept += line + "\n";
    return kept;
}

/// One channel with alternating calls: every third partition is positive, `unscored` at the end are not classified.
inline Channel channel(const std::string& name, const std::string& target, std::size_t count,
                       std::size_t unscored = 0) {
    Channel made{name, target, 3000.0, {}, {}};
    for (std::size_t i = 0; i < count; ++i) {
        made.fluorescence.push_back(static_cast<float>(1000.125 + static_cast<double>(i) / 7));
        made.positive.push_back(i + unscored >= count ? 2 : i % 3 == 0);
    }
    return made;
}

inline TargetCounts counts(const std::string& target, const std::string& dye, std::int64_t positive,
                           std::int64_t accepted) {
    TargetCounts made;
    made.target = target;
    made.dye = dye;
    made.positive = positive;
    made.accepted = accepted;
    made.volume = Volume{0.5, "file"};
    return made;
}

/// A well with two targets and their partitions: 30 of which 2 are not classified.
inline React digital(const std::string& well, const std::string& sample, SampleType type = SampleType::unkn) {
    React react;
    react.well = Well::parse(well).value();
    react.sample = sample;
    react.type = type;
    Partitions partitions;
    partitions.accepted = 30;
    partitions.excluded = 4;
    partitions.volume = Volume{0.5, "file"};
    for (const auto& [target, dye, number] : {std::tuple{"SRY", "FAM", "1"}, std::tuple{"RPP30", "HEX", "2"}}) {
        partitions.channels.push_back(channel(std::string("Ch") + number, target, 30, 2));
        react.counts.push_back(counts(target, dye, 10, 28));
        react.counts.back().channel = number;
        react.counts.back().excluded = 4;
        react.counts.back().threshold = 3000;
    }
    react.partitions = std::move(partitions);
    return react;
}

inline Run plate_of(std::vector<React> reacts) {
    Run run;
    run.id = "plate 1";
    run.instrument = "Imaginary 2";
    run.software = {"Counter", "3.1"};
    run.started = "2026-11-22T08:12:00";
    run.rows = 8;
    run.columns = 12;
    run.reacts = std::move(reacts);
    return run;
}

inline Curve curve(const std::string& target, Signal signal, std::vector<float> points) {
    Curve made;
    made.target = target;
    made.dye = "FAM";
    made.signal = signal;
    made.fluorescence = std::move(points);
    return made;
}

inline React real_time(const std::string& well, std::vector<Curve> curves) {
    React react;
    react.well = Well::parse(well).value();
    react.sample = "P1";
    react.curves = std::move(curves);
    return react;
}

}  // namespace microchim::test
