#include "core/chimerism/assay.hpp"

#include <algorithm>

#include "core/run/errors.hpp"

namespace microchim::chimerism {
namespace {

const Genotype* typed(const Case& patient, const PanelMarker& marker) {
    for (const auto& genotype : patient.genotype)
        if (genotype.marker == marker.id) return &genotype;
    return nullptr;
}

AssayMarker read(const PanelMarker& marker, const Case& patient) {
    AssayMarker out{&marker, 0, {}, false, {}};
    const auto* genotype = typed(patient, marker);
    if (genotype == nullptr || !genotype->recipient) {
        out.reason = genotype == nullptr ? "not typed in this case" : "the recipient is not typed";
        return out;
    }
    out.recipient = *genotype->recipient;
    for (const auto& donor : patient.donors) {
        const auto copies = genotype->donors.find(donor.id);
        if (copies == genotype->donors.end()) {
            out.reason = "donor " + donor.id + " is not typed";
            return out;
        }
        out.donors.push_back(copies->second);
    }
    out.usable = std::ranges::any_of(out.donors, [&](double copies) { return copies != out.recipient; });
    if (!out.usable) out.reason = "not informative: donor and recipient carry the same";
    return out;
}

}  // namespace

std::vector<AssayMarker> assay_markers(const Panel& panel, const Case& patient) {
    for (const auto& genotype : patient.genotype) {
        if (std::ranges::any_of(panel.markers, [&](const PanelMarker& m) { return m.id == genotype.marker; })) continue;
        std::string known;
        for (const auto& marker : panel.markers) known += (known.empty() ? "" : ", ") + marker.id;
        throw ConfigError(
            patient.file.path + ": [genotype] names '" + genotype.marker + "', which is no marker of the panel.",
            patient.file.path, {}, "The panel has: " + known + ".");
    }
    std::vector<AssayMarker> markers;
    for (const auto& marker : panel.markers) markers.push_back(read(marker, patient));
    return markers;
}

}  // namespace microchim::chimerism
