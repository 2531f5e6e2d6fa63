// "Analysis Settings": one row per channel. They hold for all sites; where a file has several such tables (one for each
// protocol) only what they agree on is used.
#pragma once

#include <map>
#include <string>

#include "runs.hpp"

namespace microchim::smartcycler {

class Settings {
public:
    void read(const Table& table, Part& run) {
        ++tables_;
        const auto dye = table.require({"Dye Name"}), channel = table.require({"Ch #"});
        const auto setting = table.find({"Thresh Setting"}), level = table.find({"Manual Thresh Fluor Units"});
        const auto subtracted = table.find({"Bkgnd Sub"});
        reader::ResultCells cells(table);
        cells.learn(level);
        for (std::size_t row = 0; row < table.size(); ++row) {
            const std::string name(cells.text(row, dye));
            const bool manual = normalised(cells.text(row, setting)) == "manual";
            merge(dyes_[name].threshold, manual ? cells.number(row, level) : reader::not_stated);
            dyes_[name].off = dyes_[name].off || normalised(cells.text(row, subtracted)) == "off";
            const auto label = tables_ == 1 ? name : name + ", table " + std::to_string(tables_);
            for (std::size_t c = 0; c < table.header().size(); ++c)
                if (c != dye && c != channel)
                    run.attribute("", std::string(table.header()[c]) + " [" + label + "]", cells.text(row, c));
        }
    }

    /// The threshold holds where it was set by hand: the program does not print the one that it finds itself.
    void apply(Runs& runs) const {
        for (std::size_t i = 0; i < runs.size(); ++i)
            for (auto& r : runs[i].reactions.all()) {
                const auto found = dyes_.find(r.dye);
                if (found == dyes_.end()) continue;
                r.threshold = found->second.threshold;
                if (found->second.off) r.signal = MICROCHIM_RAW;
            }
    }

private:
    struct Dye {
        double threshold = reader::not_stated;
        bool off = false;  ///< no background was subtracted
    };

    void merge(double& known, double stated) const {
        if (tables_ == 1) known = stated;
        else if (known != stated) known = reader::not_stated;
    }

    std::map<std::string, Dye> dyes_;
    int tables_ = 0;
};

}  // namespace microchim::smartcycler
