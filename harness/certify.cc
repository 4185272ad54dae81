#include "harness/certify.h"

#include <unistd.h>

#include <cstdio>
#include <iostream>
#include <optional>

#include "harness/exemptions.h"
#include "harness/files.h"
#include "harness/orders.h"
#include "harness/providers.h"
#include "harness/records.h"
#include "harness/runner/child.h"
#include "harness/runner/runner.h"
#include "harness/store_servers.h"
#include "harness/todo.h"
#include "reports/judgement.h"
#include "reports/matrix.h"
#include "reports/render.h"

namespace ackproof {

namespace {

int refuse(const std::string& sentence, int code) {
  std::cerr << "ackproof: " << sentence << "\n";
  return code;
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

// After a run of whole profiles that is not certified: where to begin.
std::string first_of_todo(const Run& run, const std::filesystem::path& folder) {
  constexpr std::size_t kShown = 8;
  if (!run.selection.is_whole() || judge(run).conclusion != Conclusion::not_certified) return {};
  const TodoPlace place{run.command.substr(0, run.command.find(' ')), folder / "run.json"};
  return "\n" + todo(run, place, kShown) + "\n";
}

// What came of one provider.
struct Asked {
  std::string provider;
  std::optional<Run> run;
  std::string trouble;  // Why there is no run, a sentence.
  int code = kBroken;
};

int code_for(const Error& error) {
  switch (error.kind) {
    case ErrorKind::not_found:
      return kNothingSelected;
    case ErrorKind::unsupported:
    case ErrorKind::invalid:
      return kUsage;
    case ErrorKind::conflict:
      return kBadExemption;
    default:
      return kBroken;
  }
}

Asked trouble(const std::string& provider, const std::string& sentence, int code) {
  return {provider, std::nullopt, sentence, code};
}

// What is asked of every provider alike.
struct Terms {
  std::vector<ExemptionFor> exemptions;
  std::filesystem::path baseline;
};

// The exit code, and what is to be said besides the report.
int conclude(const Terms& terms, const std::vector<std::string>& wrong, const Run& run) {
  int code = exit_code(run, judge(run));
  if (!terms.baseline.empty()) code = compare_with(terms.baseline, run, code);
  for (const std::string& sentence : wrong) refuse(sentence, kBadExemption);
  return wrong.empty() || code == kInterrupted ? code : kBadExemption;
}

// Certifies one provider, and writes its reports into `folder`.
Asked ask(const Registry& registry, const Terms& terms, Orders orders, StoreServers& servers,
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
  const std::vector<std::string> wrong = exempt(terms.exemptions, run.value());
  if (const Result<void> written = write_reports(run.value(), folder); !written) {
    return trouble(provider, written.error().message, kBroken);
  }
  std::cout << reports::render_text(run.value(), terminal) << first_of_todo(run.value(), folder)
            << "Report: " << std::filesystem::absolute(folder / "report.html").string()
            << std::endl;
  const int code = conclude(terms, wrong, run.value());
  return {provider, std::move(run).value(), "", code};
}

// Several providers, one after the other, and a table at the end.
int certify_all(const Registry& registry, const CertifyCommand& command, const Terms& terms,
                Orders orders, StoreServers& servers) {
  std::vector<Asked> all;
  for (const std::string& provider : command.providers) {
    if (interrupted()) {
      all.push_back(trouble(provider, "interrupted", kInterrupted));
      continue;
    }
    std::cout << (all.empty() ? "" : "\n");
    orders.provider = provider;
    all.push_back(ask(registry, terms, orders, servers, command.out / provider));
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
  std::vector<int> codes;
  for (const Asked& asked : all) codes.push_back(asked.code);
  return worst_of(codes);
}

// Why what was typed makes no sense together; empty when it does.
std::string contradiction(const CertifyCommand& command) {
  const std::size_t providers = command.providers.size();
  if (providers > 1 && command.uri.empty() && !command.rerun_failed.empty()) {
    return "--rerun-failed is about the one provider of its record, not about " +
           std::to_string(providers) + " providers";
  }
  if (providers > 1 && command.uri.empty() && !command.baseline.empty()) {
    return "--baseline is about the one provider of its record, not about " +
           std::to_string(providers) + " providers";
  }
  return trouble_with_address(command.uri, providers);
}

// Read before anything runs: what is wrong with them is known then.
Result<Terms> terms_of(const Registry& registry, const CertifyCommand& command) {
  Terms terms;
  if (!command.exemptions.empty()) {
    Result<std::vector<ExemptionFor>> read =
        read_exemptions(command.exemptions, registry, today_utc());
    if (!read) return read.error();
    terms.exemptions = std::move(read).value();
  }
  if (!command.baseline.empty()) {
    const Result<Run> before = read_record(command.baseline);
    if (!before) return before.error();
    if (before.value().provider != command.providers.front()) {
      return Error{ErrorKind::invalid, "certify",
                   command.baseline.string() + " is about " + before.value().provider +
                       ", not about " + command.providers.front()};
    }
    terms.baseline = command.baseline;
  }
  return terms;
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
  const Result<Terms> terms = terms_of(registry, command);
  if (!terms) return refuse(terms.error().message, code_for(terms.error()));
  stop_on_signals();

  StoreServers servers(command.uri);
  const bool is_matrix = command.providers.size() > 1 || asks_for_all(asked_for.providers);
  if (is_matrix) return certify_all(registry, command, terms.value(), orders.value(), servers);
  const Asked asked = ask(registry, terms.value(), orders.value(), servers, command.out);
  if (asked.trouble.empty() || asked.code == kInterrupted) return asked.code;
  return refuse(asked.trouble, asked.code);
}

}  // namespace ackproof
