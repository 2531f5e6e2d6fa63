// Which files of a drop are one run. The idea is the same in all readers: a file belongs to the first run that it may
// be of and does not contradict; where it contradicts all of those it is a run of its own, with a note that says why.
// What may be one run (names, wells), and what a contradiction is (other samples, counts, Cq), is the reader's to say:
//
//   home()               here: for readers with runs of their own kind, as tables, counts or droplets
//   join()               join_parts.hpp: for real-time files that each tell a part of a run, which are merged
//   read_whole_files()   whole_files.hpp: for files that each tell all of a run: none is merged, copies count once
//
// Where files name no run and only numbers tell, as of droplets without a table, the first that fits is not enough:
// those readers look for the run that fits best, or the only one that does (biorad-shared, biorad-cfx,
// stilla-crystalminer, agilent-mx, rdml-rdes).
#pragma once

#include <optional>
#include <string>

namespace microchim::reader {

/// The first of `runs` that a file belongs to; null where it is a run of its own, and then `why` is what the first run
/// that it might have been of had against it, if there was one. against(run): nothing where the two do not claim to be
/// one run, an empty text where they are, otherwise the contradiction.
template <class Runs, class Against>
typename Runs::value_type* home(Runs& runs, Against against, std::string& why) {
    for (auto& run : runs) {
        const std::optional<std::string> reason = against(run);
        if (reason && reason->empty()) return &run;
        if (reason && why.empty()) why = *reason;
    }
    return nullptr;
}

}  // namespace microchim::reader
