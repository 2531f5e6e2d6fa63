// The text of a <note>: free, or "key=value" parts separated by ';', as our own writer puts into it what RDML has no
// element for. Parts that are known are taken out, the rest stays text.
//
//   threshold=3200;channel=1;vendor copies/uL=2.99;vendor low=2.11;vendor high=3.88;vendor status=OK
//   signal=normalised;quantity=1000;quantity unit=copies;baseline first=3;baseline last=15;amplified=yes
#pragma once

#include <algorithm>
#include <charconv>
#include <cmath>
#include <string>
#include <string_view>

#include "microchim/reader.hpp"
#include "microchim/table.hpp"

namespace microchim::rdml {

struct Noted {
    double threshold = reader::not_stated;
    double copies_per_ul = reader::not_stated, low = reader::not_stated, high = reader::not_stated;
    double quantity = reader::not_stated, baseline_first = reader::not_stated, baseline_last = reader::not_stated;
    std::string channel, channel_name, status, signal, unit, amplified;
    std::string rest;  ///< what is not known
};

namespace detail {

inline bool take_number(std::string_view text, double& number) {
    double value = 0;
    const auto [stop, fault] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (fault != std::errc{} || stop != text.data() + text.size() || !std::isfinite(value)) return false;
    number = value;
    return true;
}

inline bool take(Noted& noted, std::string_view key, std::string_view value) {
    if (key == "threshold") return take_number(value, noted.threshold);
    if (key == "vendor copies/uL") return take_number(value, noted.copies_per_ul);
    if (key == "vendor low") return take_number(value, noted.low);
    if (key == "vendor high") return take_number(value, noted.high);
    if (key == "channel") return noted.channel = value, true;
    if (key == "channel name") return noted.channel_name = value, true;
    if (key == "vendor status") return noted.status = value, true;
    if (key == "quantity") return take_number(value, noted.quantity);
    if (key == "quantity unit") return noted.unit = value, true;
    if (key == "baseline first") return take_number(value, noted.baseline_first);
    if (key == "baseline last") return take_number(value, noted.baseline_last);
    if (key == "amplified" && (value == "yes" || value == "no")) return noted.amplified = value, true;
    if (key == "signal" && (value == "normalised" || value == "baselined")) return noted.signal = value, true;
    return false;
}

}  // namespace detail

inline Noted read_note(std::string_view text) {
    Noted noted;
    while (!text.empty()) {
        const auto end = std::min(text.find(';'), text.size());
        const auto part = text.substr(0, end), key = part.substr(0, part.find('='));
        const bool known = key.size() < part.size() && detail::take(noted, key, part.substr(key.size() + 1));
        if (!known) (noted.rest += noted.rest.empty() ? "" : ";") += part;
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return noted;
}

}  // namespace microchim::rdml
