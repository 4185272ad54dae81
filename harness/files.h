// Files that are there whole or not at all.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "contract/result.h"

namespace ackproof {

// Writes `text` to a temporary file beside `file` and renames it. `invalid` with a sentence when
// that fails.
Result<void> write_whole(const std::filesystem::path& file, const std::string& text);

// Creates the folder if need be and makes sure that files can be written into it.
Result<void> prepare_folder(const std::filesystem::path& folder);

// The folders that prepare_folder() would have to make for this one, the innermost first.
std::vector<std::filesystem::path> missing_folders(const std::filesystem::path& folder);

// Takes away those that are empty, in this order.
void remove_empty(const std::vector<std::filesystem::path>& folders);

Result<std::string> read_whole(const std::filesystem::path& file);

// The content of a regular file of at most `most` bytes, for what strangers hand in. `invalid` with a
// sentence otherwise; never waits, as reading a pipe would.
Result<std::string> read_document(const std::filesystem::path& file, std::size_t most);

// Creates `file` with these permissions, whatever the umask, and with `text`, synced. `invalid` with a
// sentence, and nothing changed, when there is something of that name already, be it a dangling link,
// or when it cannot be written.
Result<void> write_new(const std::filesystem::path& file, std::string_view text, unsigned mode);

}  // namespace ackproof
