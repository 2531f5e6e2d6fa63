// Which plate a row or a file is about. A table names its plate in the first row and leaves the cells below it empty.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "cells.hpp"

namespace microchim::qiacuity {

struct Plate {
    std::string name, id, type;

    bool stated() const { return !name.empty() || !id.empty(); }
    /// One of them says something that contradicts the other.
    bool other_than(const Plate& p) const {
        const auto differ = [](const std::string& a, const std::string& b) {
            return !a.empty() && !b.empty() && !same_text(a, b);
        };
        return differ(name, p.name) || differ(id, p.id);
    }
    /// Both say which plate it is, and it is the same.
    bool same_as(const Plate& p) const {
        const bool named = !name.empty() && !p.name.empty(), numbered = !id.empty() && !p.id.empty();
        return (named || numbered) && !other_than(p);
    }
    void learn(const Plate& p) {
        if (name.empty()) name = p.name;
        if (id.empty()) id = p.id;
        if (type.empty()) type = p.type;
    }
    /// "plate 'x'" for sentences.
    std::string words() const { return "plate '" + (name.empty() ? id : name) + "'"; }
};

/// Hands every row its plate while it goes down a file.
class PlateColumn {
public:
    /// The plate of a row with these cells; empty cells mean the row above. Counts from 0.
    std::size_t next(std::string_view name, std::string_view id, std::string_view type) {
        const auto said = [](std::string_view cell) { return says_nothing(cell) ? std::string_view{} : trimmed(cell); };
        name = said(name), id = said(id), type = said(type);
        if (!plates_.empty() && name.empty() && id.empty()) {
            if (plates_[at_].type.empty()) plates_[at_].type = type;
            return at_;
        }
        if (name.empty() && !plates_.empty()) name = plates_[at_].name;
        const Plate wanted{std::string(name), std::string(id), std::string(type)};
        for (at_ = 0; at_ < plates_.size(); ++at_)
            if (same_text(plates_[at_].name, name) && (id.empty() || plates_[at_].id.empty() || plates_[at_].id == id))
                return plates_[at_].learn(wanted), at_;
        if (plates_.size() == 1000)
            throw FormatError("", "there are more than 1000 plates in one file; export one plate at a time");
        plates_.push_back(wanted);
        return at_;
    }
    const std::vector<Plate>& plates() const { return plates_; }

private:
    std::vector<Plate> plates_;
    std::size_t at_ = 0;
};

}  // namespace microchim::qiacuity
