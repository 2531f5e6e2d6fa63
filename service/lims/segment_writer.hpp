// Segments out: fields by their number, empty ones at the end left out.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "service/lims/escape.hpp"
#include "service/lims/order.hpp"

namespace microchim::lims {

/// Written with the usual delimiters, in UTF-8.
class SegmentWriter {
public:
    explicit SegmentWriter(std::string_view name) : name_(name) {}

    /// Field n, from 1, as it stands in the message: delimiters count. Not for MSH-1 and MSH-2.
    SegmentWriter& raw(std::size_t n, std::string_view text) {
        if (fields_.size() < n) fields_.resize(n);
        fields_[n - 1] = text;
        return *this;
    }
    /// Field n from text.
    SegmentWriter& text(std::size_t n, std::string_view text) { return raw(n, escape(text, Delimiters{})); }

    std::string line() const {
        std::string out = name_;
        std::size_t last = fields_.size();
        while (last > 0 && fields_[last - 1].empty()) --last;
        for (std::size_t i = 0; i < last; ++i) out.append("|").append(fields_[i]);
        return out += '\r';
    }

private:
    std::string name_;
    std::vector<std::string> fields_;
};

/// Components from texts; empty ones at the end left out.
inline std::string components(const std::vector<std::string>& parts, char delimiter = '^') {
    std::string out;
    std::size_t last = parts.size();
    while (last > 0 && parts[last - 1].empty()) --last;
    for (std::size_t i = 0; i < last; ++i) {
        if (i > 0) out += delimiter;
        out += escape(parts[i], Delimiters{});
    }
    return out;
}

inline std::string cwe(const Coded& code) {
    return components({code.code, code.text, code.system});
}
inline std::string cwe(const Coded& code, const Coded& alternate) {
    return components({code.code, code.text, code.system, alternate.code, alternate.text, alternate.system});
}

}  // namespace microchim::lims
