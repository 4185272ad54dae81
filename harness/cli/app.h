// The command line as CLI11 holds it. For harness/cli/ alone.
#pragma once

namespace CLI {
class App;
}

namespace ackproof {

struct CertifyCommand;
struct Command;

// Every command and option, so that parsing fills `command`, which has to outlive `app`.
void add_commands(CLI::App& app, Command& command);

// One part of these each.
void add_certify(CLI::App& app, Command& command);
void add_stress(CLI::App& app, Command& command);

// `report`, `diff` and `merge`.
void add_record_commands(CLI::App& app, Command& command);

// What provider authors use beside certifying.
void add_author_commands(CLI::App& app, Command& command);

// What can only be said of `certify` once everything is known that was typed; throws what CLI11 throws.
void finish_certify(CLI::App& certify, CertifyCommand& order);

// `keygen`, `attest` and `verify`.
void add_certificate_commands(CLI::App& app, Command& command);

}  // namespace ackproof
