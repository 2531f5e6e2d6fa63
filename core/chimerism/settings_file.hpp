// A settings file as it was used: name and fingerprint, for the record in every result.
#pragma once

#include <string>

namespace microchim::chimerism {

struct SettingsFile {
    std::string path;
    std::string sha256;  ///< lower-case hex; empty where there was no file
};

}  // namespace microchim::chimerism
