// The command `ackproof` for a program's own providers. Ten lines certify a backend:
//
//   #include "harness/main.h"
//   int main(int argc, char** argv) {
//     return ackproof::main(argc, argv, {{
//         .name = "mystore",
//         .summary = "My store.",
//         .open = [](const ackproof::Scope& scope) { return mystore::open(scope.folder); },
//     }});
//   }
//
// Every validation runs in a child process of its own: this same program, started again with hidden
// arguments. So `main` has to hand over `argc` and `argv` as they came, and must not do anything of
// its own before.
#pragma once

#include <vector>

#include "harness/registry.h"

namespace ackproof {

// Runs the command line and returns the exit code (`ExitCode` in harness/cli/cli.h).
int main(int argc, char** argv, std::vector<ProviderFactory> providers,
         Mutants mutants = no_mutants);

}  // namespace ackproof
