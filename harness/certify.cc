#include "harness/certify.h"

#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <iostream>
#include <optional>

#include "harness/address.h"
#include "harness/files.h"
#include "harness/orders.h"
#include "harness/runner/child.h"
#include "harness/runner/runner.h"
#include "harness/store_servers.h"
#include "reports/judgement.h"
#include "reports/matrix.h"
#include "reports/render.h"
#include "reports/run_json.h"

namespace ackproof {

namespace {

std::string known_names(const Registry& registry) {
  std::string names;
  for (const ProviderFactory& factory : registry.providers) {
    names += (names.empty() ? "" : ", ") + factory.name;
  }
  return names;
}

// A line that is written over on a terminal; one line per verdict in a pipe.
Progress show_progress(bool terminal, std::size_t& planned, std::size_t& done) {
  Progress progress;
  progress.started = [&planned, terminal](const Run& run, std::size_t rows) {
    planned = rows;
    std::printf("%s %s on %s: %zu validations, seed %llu\n", run.provider.c_str(),
                run.description.version.c_str(), run.description.store_version.c_str(), rows,
                static_cast<unsigned long long>(run.selection.seed));
    if (!terminal) std::fflush(stdout);
  };
  progress.finished = [&planned, &done, terminal](const Verdict& verdict) {
    ++done;
    const std::string outcome(name(verdict.outcome));
    const bool settled =
        verdict.outcome == Outcome::passed || verdict.outcome == Outcome::not_applicable;
    if (terminal) std::printf("\r\033[K");
    if (!terminal || !settled) {
      std::printf("%-14s %-9s %s (%lld ms)\n", outcome.c_str(), verdict.requirement.c_str(),
                  verdict.validation.c_str(), static_cast<long long>(verdict.took.count()));
    }
    if (terminal) {
      std::printf("[%zu/%zu] %s", done, planned, verdict.validation.c_str());
      if (done == planned) std::printf("\r\033[K");
    }
    std::fflush(stdout);
  };
  progress.left_behind = [](const std::vector<std::string>& stores) {
    std::string names;
    for (const std::string& store : stores) names += " " + store;
    refuse("these stores could not be removed from the server:" + names, 0);
  };
  return progress;
}

Result<void> write_reports(const Run& run, const std::filesystem::path& folder) {
  const std::pair<const char*, std::string> files[] = {
      {"run.json", reports::write_run(run)},
      {"report.html", reports::render_html(run)},
      {"junit.xml", reports::render_junit(run)},
  };
  for (const auto& [file, text] : files) {
    if (Result<void> written = write_whole(folder / file, text); !written) return written;
  }
  return {};
}

// The first signal ends the run and leaves its record; a second one ends the program.
void stop_on_signals() {
  struct sigaction action {};
  action.sa_handler = [](int) { interrupt_children(); };
  action.sa_flags = static_cast<int>(SA_RESETHAND);
  for (const int which : {SIGINT, SIGTERM, SIGHUP}) sigaction(which, &action, nullptr);
}

// What came of one provider.
struct Asked {
  std::string provider;
  std::optional<Run> run;
  std::string trouble;  // Why there is no run, a sentence.
  int code = kBroken;
};

// The exit code of several providers is the first of these that one of them has. An interrupt says that the rest is
// unknown. Then a refuted clause: it stands, whatever else could not be decided or started.
constexpr int kWorstFirst[] = {kInterrupted, kNotCertified,    kBroken,
                               kUsage,       kNothingSelected, kCertified};

int worst_of(const std::vector<Asked>& all) {
  for (const int code : kWorstFirst) {
    if (std::ranges::find(all, code, &Asked::code) != all.end()) return code;
  }
  return kBroken;
}

int code_for(const Error& error) {
  switch (error.kind) {
    case ErrorKind::not_found:
      return kNothingSelected;
    case ErrorKind::unsupported:
    case ErrorKind::invalid:
      return kUsage;
    default:
      return kBroken;
  }
}

Asked trouble(const std::string& provider, const std::string& sentence, int code) {
  return {provider, std::nullopt, sentence, code};
}

// Certifies one provider, and writes its reports into `folder`.
Asked ask(const Registry& registry, Orders orders, StoreServers& servers,
          const std::filesystem::path& folder) {
  const std::string provider = orders.provider;
  if (const Result<void> ready = prepare_folder(folder); !ready) {
    return trouble(provider, ready.error().message, kUsage);
  }
  const Result<StoreServers::Place> place = servers.place_for(*registry.find(provider));
  if (!place) {
    const bool is_usage = place.error().kind == ErrorKind::invalid;
    return trouble(provider, place.error().message, is_usage ? kUsage : kBroken);
  }
  orders.uri = place.value().uri;
  orders.server = place.value().shown;
  const bool terminal = isatty(STDOUT_FILENO) == 1;
  std::size_t planned = 0;
  std::size_t done = 0;
  Result<Run> run = carry_out(registry, orders, show_progress(terminal, planned, done));
  if (!run && interrupted()) return trouble(provider, "interrupted", kInterrupted);
  if (!run) return trouble(provider, run.error().message, code_for(run.error()));
  if (const Result<void> written = write_reports(run.value(), folder); !written) {
    return trouble(provider, written.error().message, kBroken);
  }
  std::cout << reports::render_text(run.value(), terminal)
            << "Report: " << std::filesystem::absolute(folder / "report.html").string()
            << std::endl;
  const Judgement judgement = judge(run.value());
  if (judgement.conclusion == Conclusion::certified) {
    std::cout << "Vouch for it: ackproof attest " << (folder / "run.json").string()
              << " --key NAME.key" << std::endl;
  }
  const int code = exit_code(run.value(), judgement);
  return {provider, std::move(run).value(), "", code};
}

// Several providers, one after the other, and a table at the end.
int certify_all(const Registry& registry, const CertifyCommand& command, Orders orders,
                StoreServers& servers) {
  std::vector<Asked> all;
  for (const std::string& provider : command.providers) {
    if (interrupted()) {
      all.push_back(trouble(provider, "interrupted", kInterrupted));
      continue;
    }
    std::cout << (all.empty() ? "" : "\n");
    orders.provider = provider;
    all.push_back(ask(registry, orders, servers, command.out / provider));
    if (!all.back().trouble.empty() && all.back().code != kInterrupted) {
      refuse(provider + ": " + all.back().trouble, 0);
    }
  }
  std::vector<reports::MatrixRow> rows;
  for (const Asked& asked : all) {
    rows.push_back({asked.provider, asked.run ? &*asked.run : nullptr, asked.trouble,
                    asked.provider + "/report.html"});
  }
  std::cout << "\n"
            << reports::render_matrix(rows, isatty(STDOUT_FILENO) == 1) << "Reports below "
            << std::filesystem::absolute(command.out).string() << std::endl;
  return worst_of(all);
}

// Names that are known, each once; `all` stands for every provider.
Result<std::vector<std::string>> providers_from(const Registry& registry,
                                                const std::vector<std::string>& names) {
  std::vector<std::string> found;
  const auto add = [&found](const std::string& name) {
    if (std::ranges::find(found, name) == found.end()) found.push_back(name);
  };
  for (const std::string& name : names) {
    if (name == "all") {
      for (const ProviderFactory& factory : registry.providers) add(factory.name);
    } else if (registry.find(name) != nullptr) {
      add(name);
    } else {
      const std::string shown = is_address(name) ? without_credentials(name) : name;
      return Error{
          ErrorKind::invalid, "certify",
          "there is no provider '" + shown + "'; there are " + known_names(registry) + ", and all"};
    }
  }
  return found;
}

// Why what was typed makes no sense together; empty when it does.
std::string contradiction(const CertifyCommand& command) {
  const std::string several = std::to_string(command.providers.size()) + " providers";
  if (!command.uri.empty() && !is_address(command.uri)) {
    return "the address of a server, by --uri or ACKPROOF_URI, looks like "
           "postgresql://host/database or redis://host:6379";
  }
  if (command.providers.size() < 2) return {};
  if (!command.uri.empty()) {
    return "an address, by --uri or ACKPROOF_URI, is for one provider at a time, not for " +
           several;
  }
  if (!command.rerun_failed.empty()) {
    return "--rerun-failed is about the one provider of its record, not about " + several;
  }
  return {};
}

}  // namespace

int certify(const Registry& registry, const CertifyCommand& asked_for, const std::string& typed) {
  CertifyCommand command = asked_for;
  const Result<std::vector<std::string>> providers = providers_from(registry, command.providers);
  if (!providers) return refuse(providers.error().message, kUsage);
  command.providers = providers.value();
  if (const std::string sentence = contradiction(command); !sentence.empty()) {
    return refuse(sentence, kUsage);
  }
  const Result<Orders> orders = orders_from(command, typed);
  if (!orders) return refuse(orders.error().message, code_for(orders.error()));
  stop_on_signals();

  StoreServers servers(command.uri);
  const bool is_matrix =
      std::ranges::find(asked_for.providers, "all") != asked_for.providers.end() ||
      command.providers.size() > 1;
  if (is_matrix) return certify_all(registry, command, orders.value(), servers);
  const Asked asked = ask(registry, orders.value(), servers, command.out);
  if (asked.trouble.empty() || asked.code == kInterrupted) return asked.code;
  return refuse(asked.trouble, asked.code);
}

}  // namespace ackproof
