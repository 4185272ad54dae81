#include "harness/main.h"

#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <iostream>

#include "contract/profiles.h"
#include "harness/authors/doctor.h"
#include "harness/authors/init.h"
#include "harness/authors/inspect.h"
#include "harness/authors/matrix.h"
#include "harness/certify/certify.h"
#include "harness/cli/cli.h"
#include "harness/cli/help.h"
#include "harness/cli/selection.h"
#include "harness/records/certificate_commands.h"
#include "harness/records/records.h"
#include "harness/records/report.h"
#include "harness/runner/runner.h"
#include "harness/stores/address.h"
#include "harness/stress/stress.h"

namespace ackproof {

namespace {

int show_coverage(const Registry& registry, const Command& command) {
  const Result<std::vector<std::string>> profiles = profiles_from(command.profiles);
  if (!profiles) return refuse(profiles.error().message, kUsage);
  const Result<Level> level = level_from(command.level);
  if (!level) return refuse(level.error().message, kUsage);
  const Coverage told = coverage(registry, profiles.value(), level.value());
  std::cout << told.text;
  return told.is_whole ? 0 : kNotCertified;
}

// `program`: as it was started.
int carry_out_command(const Registry& registry, const Command& command, const std::string& typed,
                      const std::filesystem::path& program) {
  const std::string name = program.filename();
  switch (command.verb) {
    case Command::Verb::certify:
      return certify(registry, command.certify, typed);
    case Command::Verb::stress:
      return stress_providers(registry, command.stress, typed);
    case Command::Verb::list:
      if (command.coverage) return show_coverage(registry, command);
      std::cout << list(registry, command.what);
      return 0;
    case Command::Verb::explain: {
      const Result<std::string> text = explain(registry, command.what);
      if (!text) return refuse(text.error().message, kUsage);
      std::cout << text.value();
      return 0;
    }
    case Command::Verb::report:
      return report(command.report);
    case Command::Verb::diff:
      return diff(command);
    case Command::Verb::merge:
      return merge(command);
    case Command::Verb::todo:
      return show_todo(command, name);
    case Command::Verb::init:
      return init(command.init);
    case Command::Verb::doctor:
      return doctor(registry, command.doctor, name);
    case Command::Verb::matrix:
      return matrix(registry, command.matrix, program);
    case Command::Verb::completion:
      std::cout << completion_script(command.what, name);
      return 0;
    case Command::Verb::man:
      std::cout << manual_page(name);
      return 0;
    case Command::Verb::keygen:
      return keygen(command.keygen);
    case Command::Verb::attest:
      return attest(command.attest);
    case Command::Verb::verify:
      return verify(command.verify);
    case Command::Verb::none:
      break;
  }
  return kUsage;
}

// The server that was named, which may have a password in it.
const std::string& address_of(const Command& command) {
  switch (command.verb) {
    case Command::Verb::stress:
      return command.stress.uri;
    case Command::Verb::doctor:
      return command.doctor.uri;
    default:
      return command.certify.uri;
  }
}

// Everybody on the machine can read the command line of a running program.
void forget_addresses(int argc, char** argv) {
  for (int i = 1; i < argc; ++i) {
    const std::string shown = shown_command({argv[i]});
    const std::size_t size = std::strlen(argv[i]);
    if (shown != argv[i]) std::strncpy(argv[i], shown.c_str(), size);
  }
}

// A program may be started without them; then what it opens would be taken for them.
void have_standard_streams() {
  int descriptor = 0;
  do {
    descriptor = open("/dev/null", O_RDWR);
  } while (descriptor >= 0 && descriptor <= STDERR_FILENO);
  if (descriptor >= 0) close(descriptor);
}

}  // namespace

int main(int argc, char** argv, std::vector<ProviderFactory> providers, Mutants mutants) {
  have_standard_streams();
  signal(SIGPIPE, SIG_IGN);  // A store's socket that dies must not take the program with it.
  const Registry registry{std::move(providers), mutants};
  if (const int code = child_main(argc, argv, registry); code >= 0) return code;
  if (argc > 1 && std::string_view(argv[1]) == kCompleteArgument) {
    for (const std::string& word : completions(registry, {argv + 2, argv + argc})) {
      std::cout << word << "\n";
    }
    return 0;
  }
  int exit_code = -1;
  const Command command = parse_command_line(argc, argv, exit_code);
  if (exit_code >= 0) return exit_code;
  std::vector<std::string> typed(argv, argv + argc);
  const std::filesystem::path program = argv[0];
  typed[0] = program.filename().string();
  forget_addresses(argc, argv);
  try {
    return carry_out_command(registry, command, shown_command(typed), program);
  } catch (const std::exception& exception) {
    return refuse(Secrets(address_of(command)).hidden(exception.what()), kBroken);
  }
}

}  // namespace ackproof
