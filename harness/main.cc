#include "harness/main.h"

#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <iostream>

#include "contract/profiles.h"
#include "harness/address.h"
#include "harness/certificate_commands.h"
#include "harness/certify.h"
#include "harness/cli.h"
#include "harness/files.h"
#include "harness/inspect.h"
#include "harness/runner/runner.h"
#include "harness/selection.h"
#include "reports/judgement.h"
#include "reports/render.h"
#include "reports/run_json.h"

namespace ackproof {

namespace {

int report(const Command& command) {
  const Result<std::string> text = read_whole(command.record);
  if (!text) return refuse(text.error().message, kUsage);
  const Result<Run> run = reports::read_run(text.value());
  if (!run) {
    return refuse(command.record.string() + " is not a record of a run: " + run.error().message,
                  kUsage);
  }
  if (!command.out.empty()) {
    if (const Result<void> ready = prepare_folder(command.out); !ready) {
      return refuse(ready.error().message, kUsage);
    }
    for (const auto& [file, content] :
         {std::pair{"report.html", reports::render_html(run.value())},
          std::pair{"junit.xml", reports::render_junit(run.value())}}) {
      const Result<void> written = write_whole(command.out / file, content);
      if (!written) return refuse(written.error().message, kBroken);
    }
  }
  std::cout << reports::render_text(run.value(), false);
  return exit_code(run.value(), judge(run.value()));
}

int show_coverage(const Registry& registry, const Command& command) {
  const Result<std::vector<std::string>> profiles = profiles_from(command.profiles);
  if (!profiles) return refuse(profiles.error().message, kUsage);
  const Result<Level> level = level_from(command.level);
  if (!level) return refuse(level.error().message, kUsage);
  const Coverage told = coverage(registry, profiles.value(), level.value());
  std::cout << told.text;
  return told.is_whole ? 0 : kNotCertified;
}

int carry_out_command(const Registry& registry, const Command& command, const std::string& typed) {
  switch (command.verb) {
    case Command::Verb::certify:
      return certify(registry, command.certify, typed);
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
      return report(command);
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
  int exit_code = -1;
  const Command command = parse_command_line(argc, argv, exit_code);
  if (exit_code >= 0) return exit_code;
  std::vector<std::string> typed(argv, argv + argc);
  typed[0] = std::filesystem::path(argv[0]).filename().string();
  forget_addresses(argc, argv);
  try {
    return carry_out_command(registry, command, shown_command(typed));
  } catch (const std::exception& exception) {
    return refuse(Secrets(command.certify.uri).hidden(exception.what()), kBroken);
  }
}

}  // namespace ackproof
