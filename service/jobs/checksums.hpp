// Lists of checksums, as sha256sum writes and checks them.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace microchim::jobs {

/// "hash  name" or "hash *name", one a line, CR LF too; name -> lower-case hash. Nothing where a line is not of this
/// form, or there is none.
std::optional<std::map<std::string, std::string>> parse_checksums(std::string_view text);

}  // namespace microchim::jobs
