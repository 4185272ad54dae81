// Where private servers live, and where their programs are.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "contract/result.h"
#include "harness/keeper.h"

namespace ackproof::servers {

// A new private folder that `user` (absent: this process's own) owns and can reach, where stores live if
// that will do, else below /tmp; short enough for a Unix socket in it whose name has at most 20 bytes.
// internal  there is no such place.
Result<std::filesystem::path> private_folder(const std::optional<User>& user);

// The first of `folders` in which all of these programs are.
std::optional<std::filesystem::path> folder_of_programs(
    const std::vector<std::filesystem::path>& folders, const std::vector<std::string>& programs);

// The folders of the environment's PATH.
std::vector<std::filesystem::path> search_path();

// A port of the loopback interface that nobody uses now, different from those drawn before. 0: there is none.
int free_port();

}  // namespace ackproof::servers
