// Puts one validation to one provider and tells what came of it.
//
// Everything that judges goes through here: a child process of the runner, `--in-process`, the
// GoogleTest adapter, the tests of the suite itself. Failures of assertions are collected, not
// counted by GoogleTest, so that an attempt that decided nothing can be thrown away.
#pragma once

#include <string>
#include <vector>

#include "validations/context.h"
#include "validations/validation.h"

namespace ackproof {

struct Finding {
  std::string text;
  std::string file;
  int line = 0;
};

struct Trial {
  enum class Outcome : std::uint8_t {
    passed,
    failed,
    inconclusive,  // No attempt was fast enough to decide.
    broken,        // No store could be opened.
  };
  Outcome outcome = Outcome::broken;
  std::string reason;              // For inconclusive and broken.
  std::vector<Finding> findings;   // For failed.
  std::vector<std::string> calls;  // The last calls of the last attempt.
  std::uint64_t attempts = 0;
};

// Runs the validation on a fresh store below `conditions.folder`, which it removes again; up to 4
// attempts.
Trial try_validation(const Validation& validation, const ProviderFactory& factory,
                     const Conditions& conditions);

}  // namespace ackproof
