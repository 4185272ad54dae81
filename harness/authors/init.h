// The command `init`: a project for a new provider, which builds and has everything but the store.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "contract/result.h"

namespace ackproof {

struct InitCommand {
  std::string name;           // Of the provider.
  std::filesystem::path out;  // The folder to make; empty: `name` in the working folder.
};

// Makes the folder with all of its files, or nothing at all. Returns their paths in it.
// invalid  the name will not do, the folder is there already or cannot be made; one sentence.
Result<std::vector<std::string>> write_project(const InitCommand& command);

// The same for the command line: says what was written and what comes next. Returns the exit code.
int init(const InitCommand& command);

}  // namespace ackproof
