#include "harness/stress/stress.h"

#include <unistd.h>

#include <cstdio>
#include <iostream>
#include <random>

#include "harness/certify/providers.h"
#include "harness/files.h"
#include "harness/runner/child.h"
#include "harness/runner/identity.h"
#include "harness/stores/address.h"
#include "harness/stores/store_servers.h"
#include "harness/stress/loads.h"
#include "harness/stress/subject.h"
#include "harness/work_folder.h"
#include "reports/stress_forms.h"
#include "reports/stress_json.h"

namespace ackproof {

namespace {

// Why what was typed makes no sense; empty when it does.
std::string contradiction(const StressCommand& command) {
  if (stress::loads_named(command.settings.load).empty()) {
    std::string names;
    for (const stress::Load& load : stress::loads()) names += std::string(load.name) + ", ";
    return "there is no load '" + command.settings.load + "'; there are " + names + "and mixed";
  }
  return trouble_with_address(command.uri, command.providers.size());
}

// What could not be begun, for the record.
Stressed not_begun(const std::string& provider, const std::string& trouble, StressEnd end) {
  Stressed stressed;
  stressed.provider = provider;
  stressed.end = end;
  stressed.trouble = trouble;
  return stressed;
}

Stressed ask(const ProviderFactory& factory, const std::string& provider,
             const StressCommand& command, StoreServers& servers,
             const std::filesystem::path& folder) {
  const Environment here = environment(folder);
  const auto failed = [&](const std::string& trouble, StressEnd end) {
    Stressed stressed = not_begun(provider, trouble, end);
    stressed.environment = here;
    return stressed;
  };
  if (interrupted()) return failed("", StressEnd::interrupted);
  const Result<StoreServers::Place> place = servers.place_for(factory);
  if (!place) return failed(place.error().message, StressEnd::not_begun);
  Stressed stressed = stress::stress_subject({.factory = factory,
                                              .folder = folder,
                                              .uri = place.value().uri,
                                              .server = place.value().process,
                                              .settings = command.settings,
                                              .is_quiet = command.quiet});
  stressed.provider = provider;
  stressed.environment = here;
  stressed.environment.server = place.value().shown;
  return stressed;
}

Result<void> write_reports(const Stress& stress, const std::filesystem::path& folder) {
  const Result<void> written = write_whole(folder / "stress.json", reports::write_stress(stress));
  if (!written) return written;
  return write_whole(folder / "stress.html", reports::render_stress_html(stress));
}

Stress blank(const StressCommand& command, const std::string& typed) {
  Stress stress;
  stress.suite = suite_identity();
  stress.settings = command.settings;
  stress.started_at = utc_now();
  stress.command = typed;
  return stress;
}

}  // namespace

int stress_providers(const Registry& registry, const StressCommand& asked_for,
                     const std::string& typed) {
  StressCommand command = asked_for;
  const Result<std::vector<std::string>> providers = providers_from(registry, command.providers);
  if (!providers) return refuse(providers.error().message, kUsage);
  command.providers = providers.value();
  if (const std::string sentence = contradiction(command); !sentence.empty()) {
    return refuse(sentence, kUsage);
  }
  if (const Result<void> ready = prepare_folder(command.out); !ready) {
    return refuse(ready.error().message, kUsage);
  }
  // An address for a provider that needs none is typed wrong, before anything runs.
  StoreServers servers(command.uri);
  if (!command.uri.empty()) {
    const auto place = servers.place_for(*registry.find(command.providers.front()));
    if (!place) return refuse(place.error().message, kUsage);
  }
  if (!command.seed_given) command.settings.seed = std::random_device{}();
  stop_on_signals();

  const WorkFolder folder;
  const bool terminal = isatty(STDOUT_FILENO) == 1;
  Stress record = blank(command, typed);
  std::vector<int> codes;
  for (const std::string& provider : command.providers) {
    record.providers.push_back(
        ask(*registry.find(provider), provider, command, servers, folder.path()));
    const Stressed& stressed = record.providers.back();
    codes.push_back(exit_code(verdict_on(stressed)));
    std::cout << (codes.size() == 1 ? "" : "\n")
              << reports::render_stress_text(record, stressed, terminal) << std::flush;
  }
  if (record.providers.size() > 1 || asks_for_all(asked_for.providers)) {
    std::cout << "\n" << reports::render_stress_table(record, terminal);
  }
  if (const Result<void> written = write_reports(record, command.out); !written) {
    return refuse(written.error().message, kBroken);
  }
  std::cout << "Report: " << std::filesystem::absolute(command.out / "stress.html").string()
            << std::endl;
  return worst_of(codes);
}

}  // namespace ackproof
