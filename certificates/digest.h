// SHA-256, written as reports write it: "sha256:" and 64 lower-case hexadecimal digits.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

namespace ackproof::certificates {

std::string sha256(std::string_view bytes);

// Empty when the file cannot be read.
std::string sha256_of_file(const std::filesystem::path& file);

bool is_digest(std::string_view text);

// The digits alone, as in-toto writes a digest.
std::string hex_of(std::string_view digest);

}  // namespace ackproof::certificates
