// The command line of `keygen`, `attest` and `verify`. For harness/cli.cc.
#pragma once

namespace CLI {
class App;
}

namespace ackproof {

struct Command;

void add_certificate_commands(CLI::App& app, Command& command);

}  // namespace ackproof
