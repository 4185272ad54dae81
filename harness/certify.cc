#include "harness/certify.h"

#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <iostream>
#include <random>
#include <thread>

#include "contract/profiles.h"
#include "harness/files.h"
#include "harness/runner/child.h"
#include "harness/runner/runner.h"
#include "harness/selection.h"
#include "reports/judgement.h"
#include "reports/render.h"
#include "reports/run_json.h"

namespace ackproof {

namespace {

int refuse(const std::string& sentence, int code) {
  std::cerr << "ackproof: " << sentence << "\n";
  return code;
}

std::string known_names(const Registry& registry) {
  std::string names;
  for (const ProviderFactory& factory : registry.providers) {
    names += (names.empty() ? "" : ", ") + factory.name;
  }
  return names;
}

// Narrows the orders to what did not pass in an earlier run.
Result<void> take_over_failures(const std::filesystem::path& record, Orders& orders) {
  const Result<std::string> text = read_whole(record);
  if (!text) return text.error();
  const Result<Run> run = reports::read_run(text.value());
  if (!run) {
    return Error{ErrorKind::invalid, "certify",
                 record.string() + " is not a record of a run: " + run.error().message};
  }
  if (run.value().provider != orders.provider) {
    return Error{
        ErrorKind::invalid, "certify",
        record.string() + " is about " + run.value().provider + ", not about " + orders.provider};
  }
  if (const std::uint64_t missing = judge(run.value()).missing; missing > 0) {
    return Error{ErrorKind::invalid, "certify",
                 record.string() + " is incomplete, " + std::to_string(missing) +
                     " verdicts are missing: certify again instead"};
  }
  orders.selection = run.value().selection;
  orders.selection.requirements.clear();
  orders.clock = orders.selection.clock == ClockSource::injected ? ClockWish::virtual_time
                                                                 : ClockWish::real_time;
  std::string& names = orders.selection.filter;
  names.clear();
  for (const Verdict& verdict : run.value().verdicts) {
    const bool settled =
        verdict.outcome == Outcome::passed || verdict.outcome == Outcome::not_applicable;
    if (settled || matches(names.empty() ? "-" : names, verdict.validation)) continue;
    names += (names.empty() ? "" : ",") + verdict.validation;
  }
  if (names.empty()) {
    return Error{ErrorKind::not_found, "certify", "everything in " + record.string() + " passed"};
  }
  return {};
}

Result<Orders> orders_from(const CertifyCommand& command, const std::string& typed) {
  Orders orders;
  orders.provider = command.provider;
  orders.command = typed;
  orders.clock = command.clock == "real"      ? ClockWish::real_time
                 : command.clock == "virtual" ? ClockWish::virtual_time
                                              : ClockWish::automatic;
  orders.in_process = command.in_process;
  orders.timeout = std::chrono::seconds(command.timeout_s);
  orders.jobs =
      command.jobs != 0 ? command.jobs : std::max(1U, std::thread::hardware_concurrency());
  orders.selection.seed = command.seed_given ? command.seed : std::random_device{}();
  orders.selection.filter = command.filter;
  orders.selection.repeat = command.repeat;
  orders.selection.sequences = command.sequences;
  orders.selection.sequence_length = command.sequence_length;
  const Result<std::vector<std::string>> profiles = profiles_from(command.profiles);
  if (!profiles) return profiles.error();
  orders.selection.profiles = profiles.value();
  const Result<Level> level = level_from(command.level);
  if (!level) return level.error();
  orders.selection.level = level.value();
  for (const std::string& text : command.requirements) {
    const Result<std::string> id = clause_or_area(text);
    if (!id) return id.error();
    orders.selection.requirements.push_back(id.value());
  }
  if (!command.rerun_failed.empty()) {
    const Result<void> taken = take_over_failures(command.rerun_failed, orders);
    if (!taken) return taken.error();
  }
  return orders;
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

}  // namespace

int certify(const Registry& registry, const CertifyCommand& command, const std::string& typed) {
  if (registry.find(command.provider) == nullptr) {
    return refuse(
        "there is no provider '" + command.provider + "'; there are " + known_names(registry),
        kUsage);
  }
  const Result<Orders> orders = orders_from(command, typed);
  if (!orders) {
    const bool nothing = orders.error().kind == ErrorKind::not_found;
    return refuse(orders.error().message, nothing ? kNothingSelected : kUsage);
  }
  if (const Result<void> ready = prepare_folder(command.out); !ready) {
    return refuse(ready.error().message, kUsage);
  }
  stop_on_signals();

  const bool terminal = isatty(STDOUT_FILENO) == 1;
  std::size_t planned = 0;
  std::size_t done = 0;
  const Result<Run> run =
      carry_out(registry, orders.value(), show_progress(terminal, planned, done));
  if (!run && interrupted()) return kInterrupted;
  if (!run) {
    const ErrorKind kind = run.error().kind;
    return refuse(run.error().message, kind == ErrorKind::not_found     ? kNothingSelected
                                       : kind == ErrorKind::unsupported ? kUsage
                                                                        : kBroken);
  }
  if (const Result<void> written = write_reports(run.value(), command.out); !written) {
    return refuse(written.error().message, kBroken);
  }
  std::cout << reports::render_text(run.value(), terminal)
            << "Report: " << std::filesystem::absolute(command.out / "report.html").string()
            << std::endl;
  return exit_code(run.value(), judge(run.value()));
}

}  // namespace ackproof
