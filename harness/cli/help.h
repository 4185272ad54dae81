// What the program tells of its own command line, made from the very options that it parses.
#pragma once

#include <string>
#include <vector>

#include "harness/registry.h"

namespace ackproof {

// The hidden first argument of a program that a shell asks how its command line may go on.
inline constexpr char kCompleteArgument[] = "--complete";

// What can stand for the last of `words`, which may be empty or begun; those before it have been typed, without the
// program. "name", or "name" and what it is after a tab. Empty: nothing is known, it may be a file.
std::vector<std::string> completions(const Registry& registry,
                                     const std::vector<std::string>& words);

// A script that makes `shell`, one of bash, zsh and fish, ask the program of this name.
std::string completion_script(const std::string& shell, const std::string& program);

// The manual page, in the language of man(7).
std::string manual_page(const std::string& program);

}  // namespace ackproof
