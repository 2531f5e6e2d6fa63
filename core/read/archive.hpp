// What is packed comes out: zips by libzip, workbooks as text.
#pragma once

#include <string_view>

#include "core/read/bundle.hpp"

namespace microchim::read {

/// Whether the content begins as a zip does.
bool is_zip(std::string_view bytes);

/// What became of an entry.
enum class Kind { file, archive, workbook };

/// Adds one file to bundle.entries. The inside of a zip is added instead of it, named "run.zip/a.csv", and so are the
/// sheets of a workbook, and the archive goes to bundle.archives. Office documents of another kind, and zips with a
/// password, stay one entry. Throws ReadError: damaged, unsafe names, beyond the limits.
Kind add_entry(Bundle& bundle, Entry entry, const Limits& limits);

}  // namespace microchim::read
