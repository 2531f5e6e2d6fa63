// What the laboratory asks: its markers, its references and its limits (a TOML file).
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/chimerism/settings_file.hpp"

namespace microchim::chimerism {

/// A polymorphism that tells donor from recipient.
struct PanelMarker {
    std::string id;
    std::string kind;    ///< "Y", "X", "indel", "snp", "null", "hla"; the key `class` of the file
    std::string target;  ///< as runs call it
    std::vector<std::string> aliases;
    std::string reference;                       ///< target it is normally read against; empty: any of the panel's
    std::string chromosome;                      ///< empty: not stated
    std::optional<double> standard_copies = {};  ///< per genome of the DNA that the standards are made of
};

/// A target that everyone carries in the same number of copies.
struct PanelReference {
    std::string target;
    std::vector<std::string> aliases;
    double copies = 2;                           ///< per diploid genome
    std::optional<double> standard_copies = {};  ///< per genome of the DNA that the standards are made of
};

/// A target that is added to every reaction in the same amount and shows what inhibits it.
struct PanelControl {
    std::string target;
    std::vector<std::string> aliases;
};

struct PanelLimits {
    std::optional<std::int64_t> minimum_partitions;  ///< a well with fewer is left out
    double micro = 0.01;                             ///< below: microchimerism
    double full = 0.95;                              ///< above: full donor chimerism
    double confidence = 0.95;                        ///< of the interval
    // Real-time PCR
    double minimum_efficiency = 0.8, maximum_efficiency = 1.1;  ///< of a standard curve, 1 doubles
    double minimum_r2 = 0.98;
    double control_distance = 5;    ///< cycles between the sample and a no-template control that amplified
    double inhibition_delay = 1;    ///< cycles by which the inhibition control may be late
    double between_runs_sd = 0.75;  ///< cycles by which the standard curve of one run misses another
};

struct Panel {
    std::string name;
    std::vector<PanelMarker> markers;
    std::vector<PanelReference> references;
    std::vector<PanelControl> controls;
    PanelLimits limits;
    std::vector<std::string> ignored;  ///< keys of the file that we do not know, with their lines
    SettingsFile file;                 ///< where it came from

    /// The marker or reference that a run means by this target name; case does not count.
    const PanelMarker* marker(std::string_view target) const;
    const PanelReference* reference(std::string_view target) const;
    const PanelControl* control(std::string_view target) const;
};

/// Reads schema "microchim/panel/1". \throws ConfigError with file, line and key.
Panel load_panel(const std::filesystem::path& path);
Panel parse_panel(std::string_view toml, const std::string& name);

}  // namespace microchim::chimerism
