// RDML that a LightCycler 96 wrote is read by the reader of that program, which knows the files beside it.
#pragma once

#include <string_view>

#include "microchim/xml.hpp"

namespace microchim::rdml {

/// The name of an element without prefix, from its start tag.
inline bool is_rdml_tag(std::string_view tag) {
    const auto name = tag.substr(0, tag.find_first_of(" \t\r\n/"));
    return name.substr(name.rfind(':') + 1) == "rdml";
}

/// Whether its head names Roche as the publisher. For probes: `bytes` are those of a document whose root is <rdml>.
inline bool is_lightcycler(std::string_view bytes) {
    const auto head = reader::xml::detail::as_utf8(bytes.substr(0, 8192));
    return head.find("publisher>Roche") != head.npos;
}

}  // namespace microchim::rdml
