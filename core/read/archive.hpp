// What is packed comes out: zips by libzip, gzip by zlib, workbooks as text.
#pragma once

#include <string_view>

#include "core/read/bundle.hpp"

namespace microchim::read {

/// Whether the content begins as a zip does.
bool is_zip(std::string_view bytes);

/// What became of an entry.
enum class Kind { file, archive, workbook };

/// Adds one file to bundle.entries. The inside of a zip is added instead of it, named "run.zip/a.csv", that of gzip as
/// "run.csv.gz/run.csv", and so are the sheets of a workbook (.xlsx, .xls, Excel's XML); what it came out of goes to
/// bundle.archives. Office documents of another kind, and what has a password, stay one entry. Throws ReadError:
/// damaged, unsafe names, beyond the limits.
Kind add_entry(Bundle& bundle, Entry entry, const Limits& limits);

}  // namespace microchim::read
