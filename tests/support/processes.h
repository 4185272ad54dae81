// The processes of this machine, as a test looks for those that should be gone.
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

namespace ackproof::testing_support {

// Those that mention `text` in their command line, this one left out. Zombies have none.
std::vector<pid_t> processes_of(const std::string& text);

// Those that mention this folder in their command line, or work inside of it.
std::vector<pid_t> processes_in(const std::filesystem::path& folder);

// Whether there is System V shared memory of this id.
bool is_shared_memory(const std::string& id);

// Looks again and again, for ten seconds; whether it came true.
bool comes_true(const std::function<bool()>& condition);

}  // namespace ackproof::testing_support
