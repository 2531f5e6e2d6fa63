// The runs of one export. A run with a standard curve that was imported into another is exported with it, and names the
// same sites once more: where a site stands again, the next run begins.
#pragma once

#include <deque>
#include <set>
#include <string>
#include <vector>

#include "microchim/raw_table.hpp"
#include "microchim/result_cells.hpp"
#include "microchim/whole_files.hpp"

namespace microchim::smartcycler {

using reader::FormatError;
using reader::Part;
using reader::Table;
using reader::TextLines;
using reader::detail::normalised;
using reader::detail::quoted;

class Runs {
public:
    Runs(reader::Parts& all, std::string file) : all_(all), file_(std::move(file)) { grow(); }

    /// The run of which the first lines of the file speak.
    Part& main() { return *runs_.front().run; }
    std::size_t size() const { return runs_.size(); }
    Part& operator[](std::size_t i) { return *runs_[i].run; }

    /// The run that a block of curves with these sites belongs to.
    Part& of_curves(const std::set<std::string>& sites) {
        for (const auto& site : sites)
            if (runs_[curves_].sites.contains(site)) {
                ++curves_;
                break;
            }
        if (curves_ == runs_.size()) grow();
        runs_[curves_].sites.insert(sites.begin(), sites.end());
        return *runs_[curves_].run;
    }

    /// The number of the run that the next row of results, of this site, belongs to.
    std::size_t of_result(const std::string& site) {
        const auto later_has = [&] {
            for (auto i = results_ + 1; i < runs_.size(); ++i)
                if (runs_[i].sites.contains(site)) return true;
            return false;
        };
        if (runs_[results_].results.contains(site) || (!runs_[results_].sites.contains(site) && later_has()))
            ++results_;
        if (results_ == runs_.size()) grow();
        runs_[results_].results.insert(site);
        return results_;
    }

    /// \throws FormatError where the file said nothing of any site.
    void finish() {
        for (std::size_t i = 0; i < runs_.size(); ++i) {
            auto& run = *runs_[i].run;
            if (run.reactions.empty())
                throw FormatError(file_, "neither curves nor results were found; export the run again");
            if (i == 0) continue;
            run.software = main().software;
            run.software_version = main().software_version;
            run.note(MICROCHIM_INFO, "",
                     "The sites of this run stand twice in " + file_ +
                         ": a run that was imported, as for its standard curve; it is kept apart.");
        }
    }

private:
    struct Known {
        Part* run;
        std::set<std::string> sites, results;  ///< with curves, with results
    };

    void grow() { runs_.push_back({&all_.emplace_back(), {}, {}}); }

    reader::Parts& all_;
    std::string file_;
    std::vector<Known> runs_;
    std::size_t curves_ = 0, results_ = 0;
};

}  // namespace microchim::smartcycler
