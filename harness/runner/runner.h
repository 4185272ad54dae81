// Runs a selection of validations against one provider and returns the record.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "contract/result.h"
#include "harness/registry.h"
#include "harness/runner/plan.h"
#include "reports/run.h"

namespace ackproof {

// Which clock is asked for.
enum class ClockWish : std::uint8_t { automatic, virtual_time, real_time };

struct Orders {
  std::string provider;                    // A name that the registry finds.
  Selection selection;                     // `profiles` empty: all that the provider declares.
  ClockWish clock = ClockWish::automatic;  // automatic: virtual where it is offered.
  unsigned jobs = 0;  // At a time. 0: one per core, and more where validations mostly wait.
  Duration timeout{60'000};
  std::string uri;          // Of the server that the stores live on; empty: none.
  std::string server;       // The same for the record, without what is secret.
  unsigned retries = 0;     // How often what failed is asked again; it never counts as passed then.
  bool in_process = false;  // One after the other in this process, for debuggers.
  std::string command;      // For the record.
  std::map<std::string, std::string> options;  // Likewise.
};

// Told from one thread at a time.
struct Progress {
  std::function<void(const Run&, const Plan&)> started = [](const Run&, const Plan&) {};
  std::function<void(const Verdict&)> finished = [](const Verdict&) {};
  // These stores could not be removed after their processes were killed.
  std::function<void(const std::vector<std::string>& stores)> left_behind =
      [](const std::vector<std::string>&) {};
};

// Whatever happens to the processes that run validations, their stores are removed at the end. What is secret in the
// address of the server is in neither the record nor an error.
//
// internal   the provider could not be opened to ask what it declares.
// not_found  the selection holds no validation.
Result<Run> carry_out(const Registry& registry, const Orders& orders, const Progress& progress);

// The hidden command line of the process that children are forked from: does as it says, returns the exit code. -1:
// `argv` is another.
int child_main(int argc, char** argv, const Registry& registry);

}  // namespace ackproof
