// Which entries of a drop make one .eds. The host has unpacked the zip; two generations share the extension:
//
//   run.eds/apldbio/sds/experiment.xml ...                      first: XML and text
//   run.eds/summary.json, setup/plate_setup.json, primary/ ...  second: JSON
//
// The 7500 writes parts of it as APLDBIO\SDS\CALIBRATIONS/..., and an empty workbook beside it.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "microchim/reader.hpp"

namespace microchim::eds {

using reader::Bundle;
using reader::FormatError;
using reader::Sink;

inline constexpr std::string_view first_generation = "apldbio/sds/";

struct Container {
    std::string root;                          ///< "run.eds/"
    bool json = false;                         ///< of the second generation
    std::map<std::string, std::size_t> parts;  ///< entries by their name below the root, in lower case
    const std::size_t* find(const std::string& name) const {
        const auto found = parts.find(json ? name : std::string(first_generation) + name);
        return found == parts.end() ? nullptr : &found->second;
    }
};

namespace detail {

inline std::string lower(std::string_view text) {
    std::string out(text);
    for (auto& c : out) c = c == '\\' ? '/' : c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c;
    return out;
}

/// Where the name of an entry begins that only this kind of file has; npos for any other.
inline std::size_t marker(const std::string& name, bool json) {
    static constexpr std::array markers{"setup/plate_setup.json", "primary/analysis_result.json",
                                        "primary/multicomponent_data.json"};
    if (!json) return name.find(first_generation);
    for (const std::string_view one : markers)
        if (name.ends_with(one) && (name.size() == one.size() || name[name.size() - one.size() - 1] == '/'))
            return name.size() - one.size();
    return name.npos;
}

}  // namespace detail

/// Whether two of them hold the same, byte by byte.
inline bool same(const Bundle& bundle, const Container& one, const Container& other) {
    return std::equal(one.parts.begin(), one.parts.end(), other.parts.begin(), other.parts.end(),
                      [&](const auto& a, const auto& b) {
                          return a.first == b.first && bundle.bytes(a.second) == bundle.bytes(b.second);
                      });
}

/// The .eds of a drop, and the entries that belong to none.
struct Containers {
    std::vector<Container> all;
    std::vector<std::size_t> others;
};

inline Containers find_containers(const Bundle& bundle) {
    std::map<std::string, bool> roots;  // JSON, or not
    for (std::size_t i = 0; i < bundle.size(); ++i) {
        const auto name = detail::lower(bundle.name(i));
        for (const bool json : {false, true})
            if (const auto at = detail::marker(name, json); at != name.npos) {
                auto& kind = roots[std::string(bundle.name(i).substr(0, at))];
                kind = kind || json;
            }
    }
    // A chip of the QuantStudio 3D comes in an .eds as well; it is read by its own reader.
    for (std::size_t i = 0; i < bundle.size(); ++i) {
        const auto name = detail::lower(bundle.name(i));
        for (const auto folder : {"apldbio/sds/quants_dye/", "apldbio/sds/quality_metrics/"})
            if (const auto at = name.find(folder); at != name.npos)
                roots.erase(std::string(bundle.name(i).substr(0, at)));
    }
    Containers found;
    for (const auto& [root, json] : roots) found.all.push_back({root, json, {}});
    for (std::size_t i = 0; i < bundle.size(); ++i) {
        Container* owner = nullptr;  // the innermost
        for (auto& one : found.all)
            if (bundle.name(i).starts_with(one.root) && (!owner || one.root.size() > owner->root.size())) owner = &one;
        if (owner) owner->parts.emplace(detail::lower(bundle.name(i).substr(owner->root.size())), i);
        else found.others.push_back(i);
    }
    return found;
}

}  // namespace microchim::eds
