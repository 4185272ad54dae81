// The command line as CLI11 holds it. For harness/cli*.cc alone.
#pragma once

namespace CLI {
class App;
}

namespace ackproof {

struct Command;

// Every command and option, so that parsing fills `command`, which has to outlive `app`.
void add_commands(CLI::App& app, Command& command);

// Of these, what provider authors use beside certifying.
void add_author_commands(CLI::App& app, Command& command);

// `keygen`, `attest` and `verify`.
void add_certificate_commands(CLI::App& app, Command& command);

}  // namespace ackproof
