// Runs a program as a person at a shell would, and tells what came of it.
#pragma once

#include <string>

namespace ackproof::testing_support {

struct CommandEnd {
  int exit_code = -1;  // 128 + n when a signal n ended it.
  std::string out;
  std::string err;
};

// `line` goes to /bin/sh, without an address of a server that the tests' caller may have set.
CommandEnd run_command(const std::string& line);

// A fresh folder that is removed at the end of the program.
std::string fresh_folder();

std::string read_file(const std::string& path);

// Compares `actual` with the golden file tests/golden/`name`, byte for byte; empty when equal, else
// what differs. With ACKPROOF_UPDATE_GOLDEN set, writes the file instead.
std::string differs_from_golden(const std::string& actual, const std::string& name);

}  // namespace ackproof::testing_support
