#include "core/read/collect.hpp"

#include <algorithm>
#include <cstring>
#include <utility>

#include "core/read/fact.hpp"

namespace microchim::read {
namespace {

/// Runs inside a C callback: whatever is thrown is kept, and everything after it is ignored.
template <class Work>
void keep_failure(std::exception_ptr& failure, Work work) noexcept {
    if (failure) return;
    try {
        work();
    } catch (...) {
        failure = std::current_exception();
    }
}

/// Two reports of one well must not differ; one may say more than the other.
template <class T>
void merge(std::optional<T>& known, const std::optional<T>& stated, const Well& where, const char* what) {
    if (known && stated && *known != *stated) throw BadFact(where.name() + ": two different values for " + what);
    if (stated) known = stated;
}

int plate_size(std::int64_t value, int most, const char* what) {
    if (value == -1 || value == 0) return 0;
    if (value < 0 || value > most) throw BadFact("a plate with " + std::to_string(value) + " " + what);
    return static_cast<int>(value);
}

std::vector<float> floats(const float* data, std::size_t size, const char* what) {
    if (size && !data) throw BadFact(std::string(what) + " without fluorescence");
    return {data, data + size};
}

/// A partition without a number would change the count further down.
void check_fluorescence(const std::vector<float>& values, const std::string& address) {
    // Summing what is not finite, instead of testing each, is what the compiler turns into vector code.
    std::size_t bad = 0;
    for (const float value : values) bad += !(std::abs(value) <= std::numeric_limits<float>::max());
    if (bad) throw BadFact(address + ": " + std::to_string(bad) + " partitions have no fluorescence");
}

Channel channel(const microchim_channel& from, std::size_t rows, const std::string& well) {
    Channel to;
    to.name = string(from.name);
    to.target = string(from.target);
    const auto address = well + ", channel '" + to.name + "'";
    to.threshold = number(from.threshold, "the threshold");
    to.fluorescence = floats(from.fluorescence, rows, "a channel");
    check_fluorescence(to.fluorescence, address);
    if (!from.positive) return to;
    to.positive.assign(from.positive, from.positive + rows);
    std::size_t bad = 0;
    for (const auto call : to.positive) bad += call > 2;
    if (bad) throw BadFact(address + ": " + std::to_string(bad) + " calls are neither 0, 1 nor 2");
    return to;
}

std::vector<Well> members(microchim_text list) {
    std::vector<Well> wells;
    auto rest = view(list);
    if (rest.empty()) return wells;
    while (true) {
        const auto comma = rest.find(',');
        auto name = rest.substr(0, comma);
        while (name.starts_with(' ')) name.remove_prefix(1);
        while (name.ends_with(' ')) name.remove_suffix(1);
        wells.push_back(well(name));
        if (comma == std::string_view::npos) return wells;
        rest.remove_prefix(comma + 1);
    }
}

TargetCounts target_counts(const microchim_counts& fact) {
    TargetCounts counts;
    counts.target = string(fact.target);
    counts.dye = string(fact.dye);
    counts.channel = string(fact.channel);
    const auto accepted = count(fact.accepted, "the number of accepted partitions");
    const auto positive = count(fact.positive, "the number of positive partitions");
    const bool means = fact.pooled == MICROCHIM_MEAN && !accepted && !positive;
    if (!means) {
        if (!accepted) throw BadFact("the number of accepted partitions is missing");
        if (!positive) throw BadFact("the number of positive partitions is missing");
        if (*positive > *accepted)
            throw BadFact(std::to_string(*positive) + " of " + std::to_string(*accepted) + " partitions are positive");
    }
    counts.accepted = accepted.value_or(-1);
    counts.positive = positive.value_or(-1);
    counts.excluded = count(fact.excluded, "the number of excluded partitions");
    counts.threshold = number(fact.threshold, "the threshold");
    counts.volume = volume(fact.volume_nl);
    counts.vendor = {number(fact.copies_per_ul, "the concentration"), number(fact.low, "the lower limit"),
                     number(fact.high, "the upper limit"), string(fact.status)};
    return counts;
}

}  // namespace

template <class Fact>
void Collector::add_fact(void* self, const Fact* fact) {
    auto& collector = *static_cast<Collector*>(self);
    keep_failure(collector.failure_, [&] {
        if (!fact) throw BadFact("a fact without content was reported");
        collector.add(*fact);
    });
}

React& Collector::react(Well well) {
    auto& react = reacts_[well];
    react.well = well;
    return react;
}

/// What was collected is one run; the next begins.
void Collector::close() {
    for (auto& [well, react] : reacts_) run_.reacts.push_back(std::move(react));
    closed_.push_back({std::exchange(run_, {}), std::exchange(entries_, {})});
    reacts_.clear();
    counted_.clear();
    amplified_.clear();
}

void Collector::add(const microchim_run& fact) {
    if (run_reported_) close();
    if (closed_.size() >= limits_.runs) throw BadFact("more than " + std::to_string(limits_.runs) + " runs");
    run_reported_ = true;
    if (fact.entry_count && !fact.entries) throw BadFact("a run has a number of files but does not say which");
    entries_.assign(fact.entries, fact.entries + fact.entry_count);
    for (const auto entry : entries_)
        if (entry >= entry_count_) throw BadFact("a run was read from a file that is not there");
    run_.id = string(fact.id);
    run_.plate = string(fact.plate);
    run_.instrument = string(fact.instrument);
    run_.serial_number = string(fact.serial_number);
    run_.consumable = string(fact.consumable);
    run_.software = {string(fact.software), string(fact.software_version)};
    run_.started = string(fact.started);
    run_.rows = plate_size(fact.rows, 32, "rows");
    run_.columns = plate_size(fact.columns, 48, "columns");
}

void Collector::add(const microchim_react& fact) {
    const auto where = well(fact.well);
    const auto sample = string(fact.sample);
    if (fact.type < MICROCHIM_UNKN || fact.type > MICROCHIM_OPT)
        throw BadFact(where.name() + ": there is no sample type " + std::to_string(fact.type));
    const auto type = static_cast<SampleType>(fact.type);
    auto& react = this->react(where);
    if (!react.sample.empty() && !sample.empty() && react.sample != sample)  // whose result would it be?
        throw BadFact(where.name() + " holds two samples, '" + react.sample + "' and '" + sample + "'");
    if (!sample.empty()) react.sample = sample;
    if (react.type == SampleType::unkn) react.type = type;
    else if (type != SampleType::unkn && type != react.type)
        run_.notes.push_back({Severity::warning, where.name(),
                              std::string("this well is both ") + to_string(react.type) + " and " + to_string(type) +
                                  "; it counts as the first"});
    merge(react.quantity, number(fact.quantity, "the quantity"), where, "the quantity");
    merge(react.volume_ul, number(fact.volume_ul, "the reaction volume"), where, "the reaction volume");
}

void Collector::add(const microchim_curve& fact) {
    const auto where = well(fact.well);
    if (fact.signal < MICROCHIM_RAW || fact.signal > MICROCHIM_BASELINED)
        throw BadFact(where.name() + ": there is no kind of curve " + std::to_string(fact.signal));
    if (fact.cycles > 1000) throw BadFact(where.name() + ": a curve of " + std::to_string(fact.cycles) + " cycles");
    if (fact.type < -1 || fact.type > MICROCHIM_OPT)
        throw BadFact(where.name() + ": there is no sample type " + std::to_string(fact.type));
    Curve curve;
    curve.target = string(fact.target);
    curve.dye = string(fact.dye);
    curve.position = string(fact.position);
    if (fact.type >= 0) curve.type = static_cast<SampleType>(fact.type);
    curve.signal = static_cast<Signal>(fact.signal);
    curve.fluorescence = floats(fact.fluorescence, fact.cycles, "a curve");
    if (fact.baselined) curve.baselined.assign(fact.baselined, fact.baselined + fact.cycles);
    curve.cq = number(fact.cq, "the Cq");
    curve.threshold = number(fact.threshold, "the threshold");
    if (fact.amplified >= 0) curve.amplified = fact.amplified > 0;
    curve.quantity = number(fact.quantity, "the quantity");
    curve.unit = string(fact.unit);
    curve.efficiency = number(fact.efficiency, "the efficiency");
    curve.baseline_first = count(fact.baseline_first, "the first cycle of the baseline");
    curve.baseline_last = count(fact.baseline_last, "the last cycle of the baseline");
    curve.excluded = fact.excluded > 0;
    curve.status = string(fact.status);
    if (!amplified_.emplace(where.name() + " " + curve.position, curve.target, "", curve.dye).second)
        throw BadFact(where.name() + " has target '" + curve.target + "' twice");
    react(where).curves.push_back(std::move(curve));
}

void Collector::add(const microchim_series& fact) {
    const auto where = well(fact.well);
    if (fact.kind < MICROCHIM_MELT || fact.kind > MICROCHIM_FILTER)
        throw BadFact(where.name() + ": there is no kind of series " + std::to_string(fact.kind));
    if (fact.points > 100'000) throw BadFact(where.name() + ": a series of " + std::to_string(fact.points) + " points");
    react(where).series.push_back({static_cast<SeriesKind>(fact.kind), string(fact.target), string(fact.name),
                                   floats(fact.at, fact.points, "a series"),
                                   floats(fact.fluorescence, fact.points, "a series")});
}

void Collector::add(const microchim_partitions& fact) {
    const auto where = well(fact.well);
    if (fact.rows > limits_.partitions_per_react)
        throw BadFact(where.name() + " has " + std::to_string(fact.rows) + " partitions; the limit is " +
                      std::to_string(limits_.partitions_per_react));
    if (fact.channels == 0 || fact.channels > 64 || !fact.channel)
        throw BadFact(where.name() + ": partitions with " + std::to_string(fact.channels) + " channels");
    auto& react = this->react(where);
    if (react.partitions) throw BadFact("the partitions of " + where.name() + " were reported twice");
    auto& to = react.partitions.emplace();
    to.accepted = static_cast<std::int64_t>(fact.rows);
    to.excluded = count(fact.excluded, "the number of excluded partitions");
    to.volume = volume(fact.volume_nl);
    for (std::size_t i = 0; i < fact.channels; ++i)
        to.channels.push_back(channel(fact.channel[i], fact.rows, where.name()));
}

void Collector::add(const microchim_counts& fact) {
    if (fact.pooled < MICROCHIM_WELL || fact.pooled > MICROCHIM_MEAN)
        throw BadFact("there is no kind of row " + std::to_string(fact.pooled));
    const bool pooled = fact.pooled != MICROCHIM_WELL;
    if (!pooled && fact.members.size) throw BadFact("a well that pools others was not reported as a pooled row");
    const auto name = pooled ? string(fact.well) : well(fact.well).name();
    TargetCounts counts;
    try {
        counts = target_counts(fact);
    } catch (const BadFact& bad) {
        throw BadFact(name + ", target '" + note_text(fact.target) + "': " + bad.what());
    }
    const auto key = pooled ? name + " " + string(fact.sample) + " " + string(fact.members) : name;
    if (!counted_.emplace(key, counts.target, counts.channel, counts.dye).second)
        throw BadFact(name + " has target '" + counts.target + "' twice");
    if (pooled)
        run_.aggregates.push_back({name, string(fact.sample),
                                   fact.pooled == MICROCHIM_SUM ? Pooling::sum : Pooling::mean, members(fact.members),
                                   std::move(counts)});
    else react(well(fact.well)).counts.push_back(std::move(counts));
}

void Collector::add_attribute(microchim_text where, microchim_text key, microchim_text value) {
    auto name = string(where);
    if (const auto parsed = Well::parse(name)) name = parsed->name();
    run_.attributes.push_back({std::move(name), string(key), string(value)});
}

void Collector::add_note(std::int32_t severity, microchim_text where, microchim_text what) {
    Note note{severity == MICROCHIM_INFO ? Severity::info : Severity::warning, note_text(where), note_text(what)};
    if (severity == MICROCHIM_ERROR) error_ = Note{Severity::error, note.where, note.what};
    else run_.notes.push_back(std::move(note));
}

microchim_sink Collector::sink() {
    return {this,
            add_fact<microchim_run>,
            add_fact<microchim_react>,
            add_fact<microchim_curve>,
            add_fact<microchim_series>,
            add_fact<microchim_partitions>,
            add_fact<microchim_counts>,
            [](void* self, microchim_text well, microchim_text key, microchim_text value) {
                auto& collector = *static_cast<Collector*>(self);
                keep_failure(collector.failure_, [&] { collector.add_attribute(well, key, value); });
            },
            [](void* self, std::int32_t severity, microchim_text where, microchim_text what) {
                auto& collector = *static_cast<Collector*>(self);
                keep_failure(collector.failure_, [&] { collector.add_note(severity, where, what); });
            }};
}

std::vector<Collected> Collector::take() {
    close();
    return std::exchange(closed_, {});
}

}  // namespace microchim::read
