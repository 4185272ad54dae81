// Files that are there whole or not at all.
#pragma once

#include <filesystem>
#include <string>

#include "contract/result.h"

namespace ackproof {

// Writes `text` to a temporary file beside `file` and renames it. `invalid` with a sentence when
// that fails.
Result<void> write_whole(const std::filesystem::path& file, const std::string& text);

// Creates the folder if need be and makes sure that files can be written into it.
Result<void> prepare_folder(const std::filesystem::path& folder);

Result<std::string> read_whole(const std::filesystem::path& file);

}  // namespace ackproof
