// Fills what a file leaves out from the profile of its machine, and signs each value.
#include <algorithm>
#include <charconv>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "instruments/name.hpp"
#include "instruments/profile.hpp"

namespace microchim::instruments {
namespace {

std::string dialect_of(const Run& run) {
    for (const Attribute& attribute : run.attributes)
        if (attribute.well.empty() && attribute.key == "dialect") return attribute.value;
    return {};
}

bool answers_to(const Profile& profile, const std::string& instrument) {
    const auto same = [&](const std::string& name) { return plain_name(name) == instrument; };
    return same(profile.model) || std::any_of(profile.aliases.begin(), profile.aliases.end(), same);
}

/// Whether one of the profile's names stands in this text, as whole words: "Nanoplate 26K" in "QIAcuity Nanoplate 26k
/// 24-well".
bool stands_in(const Profile& profile, const std::string& text) {
    std::vector<std::string> words(1);
    for (const char c : text) {
        const auto plain = plain_name({&c, 1});
        if (plain.empty() && !words.back().empty()) words.emplace_back();
        words.back() += plain;
    }
    std::vector<std::string> names{plain_name(profile.model)};
    for (const std::string& alias : profile.aliases) names.push_back(plain_name(alias));
    for (std::size_t first = 0; first < words.size(); ++first) {
        std::string run_of_words;
        for (std::size_t last = first; last < words.size() && last < first + 8; ++last) {
            run_of_words += words[last];
            if (std::find(names.begin(), names.end(), run_of_words) != names.end()) return true;
        }
    }
    return false;
}

const Recognised* recognition(const Profile& profile, const Run& run) {
    const std::string dialect = dialect_of(run);
    for (const Recognised& known : profile.recognised)
        if (known.reader == run.provenance.reader_id && known.dialect == dialect) return &known;
    return nullptr;
}

/// Calls `visit` with every place of the run where a partition volume belongs, the name of its well or row, and how
/// many wells that stands for; 0: the file does not say.
template <class Visit>
void each_volume(Run& run, Visit visit) {
    for (React& react : run.reacts) {
        const std::string well = react.well.name();
        for (TargetCounts& counts : react.counts) visit(counts.volume, well, 1);
        if (react.partitions) visit(react.partitions->volume, well, 1);
    }
    for (Aggregate& aggregate : run.aggregates)
        visit(aggregate.counts.volume, aggregate.name, static_cast<double>(aggregate.members.size()));
}

/// The volume of one partition, nL, for wells of which the file states the volume in microlitres.
class WellVolumes {
public:
    WellVolumes(const Run& run, const Profile& profile) : profile_(profile) {
        const auto& names = profile.partition.volume_attributes;
        for (const Attribute& attribute : run.attributes) {
            const auto name = std::find(names.begin(), names.end(), attribute.key);
            double ul = 0;
            const char* end = attribute.value.data() + attribute.value.size();
            const auto [stop, fault] = std::from_chars(attribute.value.data(), end, ul);
            // No well of any plate holds a millilitre; "nan" and "inf" fail as well.
            const bool plausible = fault == std::errc{} && stop == end && ul > 0 && ul <= 1000;
            if (name == names.end() || !plausible) continue;
            const std::pair<std::ptrdiff_t, double> stated{name - names.begin(), ul};
            const auto [known, fresh] = wells_.try_emplace(attribute.well, stated);
            if (!fresh) known->second = std::min(known->second, stated);  // the first name goes before the second
        }
    }

    std::optional<Volume> of(const std::string& well, double wells) const {
        const auto stated = wells_.find(well);
        if (stated == wells_.end() || wells < 1 || !profile_.partition.per_well) return std::nullopt;
        const double parts = static_cast<double>(*profile_.partition.per_well) * wells;
        return Volume{stated->second.second * 1000 / parts, "file, " + profile_.file};
    }

private:
    const Profile& profile_;
    std::map<std::string, std::pair<std::ptrdiff_t, double>> wells_;
};

void fill_geometry(Run& run, const Profile& profile) {
    if (run.rows == 0) run.rows = profile.rows;
    if (run.columns == 0) run.columns = profile.columns;
}

void name_instrument(Run& run, const Profile& profile) {
    if (!run.instrument.empty()) return;
    run.instrument = profile.model;
    run.notes.push_back({Severity::info, "",
                         "The instrument is not stated by the file; taken as " + profile.model + " because " +
                             profile.file + " lists the dialect '" + dialect_of(run) + "' of reader '" +
                             run.provenance.reader_id + "'."});
}

/// Why there is no volume; `pooled`: only for rows that do not say how many wells they stand for.
std::string cause(const Run& run, const Profile* profile, bool pooled) {
    if (profile && profile->partition.per_well)
        return pooled ? "the file does not say which wells its pooled rows stand for"
                      : "the file does not state '" + profile->partition.volume_attributes.front() +
                            "' for every well, from which " + profile->file + " would compute it";
    if (profile) return profile->file + " gives no partition volume";
    const auto plate = run.consumable.empty() ? std::string() : " nor the consumable '" + run.consumable + "'";
    if (!run.instrument.empty()) return "no profile knows the instrument '" + run.instrument + "'" + plate;
    if (!plate.empty())
        return "the file does not name its instrument, and no profile knows the consumable '" + run.consumable + "'";
    return "the file does not name its instrument and no profile recognises it";
}

void say_what_is_missing(Run& run, const Profile* profile, bool pooled) {
    run.notes.push_back(
        {Severity::warning, "",
         "The partition volume is not known: " + cause(run, profile, pooled) +
             ". Copies per microlitre cannot be given; the donor fraction can, where donor and reference "
             "are read in the same wells."});
}

}  // namespace

const Profile* find_profile(const Run& run, const std::vector<Profile>& profiles) {
    const auto first = [&](const auto& fits) {
        const auto found = std::find_if(profiles.begin(), profiles.end(), fits);
        return found == profiles.end() ? nullptr : &*found;
    };
    for (const std::string& name : {plain_name(run.instrument), plain_name(run.consumable)}) {
        const auto* named = first([&](const Profile& profile) { return !name.empty() && answers_to(profile, name); });
        if (named) return named;
    }
    // Plates have more spellings than a profile lists. One that leaves no choice will do: the volume of the well is the
    // file's own.
    const auto among = [&](const Profile& profile) {
        return profile.partition.per_well && stands_in(profile, run.consumable);
    };
    if (std::count_if(profiles.begin(), profiles.end(), among) == 1) return first(among);
    // A named instrument that nobody knows is not guessed from its software.
    if (!run.instrument.empty()) return nullptr;
    return first([&](const Profile& profile) { return recognition(profile, run) != nullptr; });
}

void complete(Run& run, const std::vector<Profile>& profiles) {
    const Profile* profile = find_profile(run, profiles);
    std::optional<Volume> volume;
    std::optional<WellVolumes> wells;
    if (profile) {
        const Recognised* known = recognition(*profile, run);
        const auto nl = known && known->volume_nl ? known->volume_nl : profile->partition.volume_nl;
        if (nl) volume = Volume{*nl, profile->file};
        if (profile->partition.per_well) wells.emplace(run, *profile);
        fill_geometry(run, *profile);
        run.minimum_partitions = profile->partition.minimum;
        if (!run.minimum_partitions && profile->partition.nominal)
            run.minimum_partitions = *profile->partition.nominal / 2;
        if (known) name_instrument(run, *profile);
    }
    bool missing = false, pooled = true;
    each_volume(run, [&](std::optional<Volume>& place, const std::string& well, double members) {
        if (!place && wells) place = wells->of(well, members);
        if (!place) place = volume;
        missing = missing || !place;
        pooled = pooled && (place || members < 1);
    });
    if (missing) say_what_is_missing(run, profile, pooled);
}

}  // namespace microchim::instruments
