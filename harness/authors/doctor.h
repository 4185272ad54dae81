// The command `doctor`: whether this machine is fit to certify on, and what to do about it where it is not.
#pragma once

#include <string>
#include <vector>

#include "harness/registry.h"

namespace ackproof {

struct DoctorCommand {
  std::vector<std::string> providers = {"all"};
  std::string uri;  // Of the server for those that need one; empty: private ones.
};

// Prints a line for each thing it looked at, and what to do under each that is not ok. Nothing stays of what it started.
// Returns the exit code: 0 all is ok, 2 there is no such provider, 3 something is not ok.
// `program`: how this one is called, for what is proposed.
int doctor(const Registry& registry, const DoctorCommand& command, const std::string& program);

}  // namespace ackproof
