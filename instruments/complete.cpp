// Fills what a file leaves out from the profile of its machine, and signs each value.
#include <algorithm>

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

const Recognised* recognition(const Profile& profile, const Run& run) {
    const std::string dialect = dialect_of(run);
    for (const Recognised& known : profile.recognised)
        if (known.reader == run.provenance.reader_id && known.dialect == dialect) return &known;
    return nullptr;
}

/// Calls `visit` with every place of the run where a partition volume belongs.
template <class Visit>
void each_volume(Run& run, Visit visit) {
    for (React& react : run.reacts) {
        for (TargetCounts& counts : react.counts) visit(counts.volume);
        if (react.partitions) visit(react.partitions->volume);
    }
    for (Aggregate& aggregate : run.aggregates) visit(aggregate.counts.volume);
}

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

void say_what_is_missing(Run& run, const Profile* profile) {
    const std::string cause = profile ? profile->file + " gives no partition volume"
                              : run.instrument.empty()
                                  ? std::string("the file does not name its instrument and no profile recognises it")
                                  : "no profile knows the instrument '" + run.instrument + "'";
    run.notes.push_back(
        {Severity::warning, "",
         "The partition volume is not known: " + cause +
             ". Copies per microlitre cannot be given; the donor fraction can, where donor and reference "
             "are read in the same wells."});
}

}  // namespace

const Profile* find_profile(const Run& run, const std::vector<Profile>& profiles) {
    const std::string instrument = plain_name(run.instrument);
    for (const Profile& profile : profiles) {
        // A named instrument that nobody knows is not guessed from its software.
        const bool fits =
            run.instrument.empty() ? recognition(profile, run) != nullptr : answers_to(profile, instrument);
        if (fits) return &profile;
    }
    return nullptr;
}

void complete(Run& run, const std::vector<Profile>& profiles) {
    const Profile* profile = find_profile(run, profiles);
    std::optional<Volume> volume;
    if (profile) {
        const Recognised* known = recognition(*profile, run);
        const auto nl = known && known->volume_nl ? known->volume_nl : profile->partition.volume_nl;
        if (nl) volume = Volume{*nl, profile->file};
        fill_geometry(run, *profile);
        name_instrument(run, *profile);
    }
    bool missing = false;
    each_volume(run, [&](std::optional<Volume>& place) {
        if (!place) place = volume;
        missing = missing || !place;
    });
    if (missing) say_what_is_missing(run, profile);
}

}  // namespace microchim::instruments
