// A file of options for `certify`, as TOML: the same keys as the flags, without dashes.
//
//   provider = ["sqlite", "mystore"]
//   profile = ["core", "engine"]
//   repeat = 20
#pragma once

#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "contract/result.h"

namespace ackproof {

// A key, and its values as they would be typed.
struct ConfigEntry {
  std::string key;
  std::vector<std::string> values;
  int line = 0;
};

// invalid  the file cannot be read or is no such file: a value may be a text, a number, true, false or a list of these.
Result<std::vector<ConfigEntry>> read_config(const std::filesystem::path& file);

}  // namespace ackproof
