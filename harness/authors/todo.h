// What is left to do: the clauses that a run refutes, in an order that makes sense to work through.
#pragma once

#include <cstddef>
#include <string>

#include "reports/run.h"

namespace ackproof {

// How this program and the record are called, for the commands that are proposed.
struct TodoPlace {
  std::string program = "ackproof";
  std::string record = "ackproof-report/run.json";
};

// Steps in the order in which they cost least: each stands on those before. Under each its clauses, with how many
// validations each would win; then how far it is to the level, and what comes after it. At most `most` clauses are
// shown, the first ones; 0: all.
std::string todo(const Run& run, const TodoPlace& place, std::size_t most = 0);

}  // namespace ackproof
