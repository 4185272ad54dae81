#include "harness/runner/runner.h"

#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <filesystem>
#include <mutex>
#include <thread>

#include "harness/keeper.h"
#include "harness/runner/child.h"
#include "harness/runner/identity.h"
#include "harness/runner/judge.h"
#include "harness/runner/nursery.h"
#include "harness/stores/address.h"
#include "harness/work_folder.h"
#include "reports/judgement.h"
#include "reports/run_json.h"
#include "reports/wording.h"
#include "validations/catalogue.h"
#include "validations/fresh_store.h"

namespace ackproof {

namespace {

constexpr Duration kDescribeLimit{30'000};
constexpr Duration kRemovalLimit{120'000};

// In real time most validations wait most of the time. Measured on 2 cores: 8 jobs a core take a fifth longer, 32 a
// core no less time.
constexpr unsigned kWaitingJobsPerCore = 16;
constexpr unsigned kMostWaitingJobs = 64;

// What did not end in time beside others is asked again with nobody beside it, until so many hung again: then the
// others are believed, or a provider that hangs everywhere would take a day.
constexpr std::size_t kHangsToBelieve = 3;

std::size_t jobs_for(const Orders& orders, ClockSource clock) {
  if (orders.in_process) return 1;
  if (orders.jobs != 0) return orders.jobs;
  const unsigned cores = std::max(1U, std::thread::hardware_concurrency());
  if (clock == ClockSource::injected) return cores;
  return std::max(cores, std::min(kWaitingJobsPerCore * cores, kMostWaitingJobs));
}

// Children are told where the server is by their environment, because other users can read command
// lines, and an address may hold a password.
constexpr char kUriVariable[] = "ACKPROOF_URI";

std::string uri_from_parent() {
  const char* uri = std::getenv(kUriVariable);
  return uri == nullptr ? "" : uri;
}

std::vector<std::string> child_arguments(const std::string& task,
                                         const std::filesystem::path& folder) {
  return {task, folder.string()};
}

// What the provider declares, asked in the folder of the run.
Result<Description> describe_here(const ProviderFactory& factory,
                                  const std::filesystem::path& folder, const std::string& uri) {
  const FreshStore store(factory, {.folder = folder, .uri = uri}, "ackproof_describe_");
  const auto provider = factory.open(store.scope());
  if (!provider) return provider.error();
  return provider.value()->describe();
}

Result<Description> describe_in_child(const std::string& provider,
                                      const std::filesystem::path& folder, Nursery& nursery) {
  const ChildEnd end = nursery.run_child(child_arguments("describe", folder), kDescribeLimit);
  Result<Description> description = reports::read_description(end.line);
  if (description) return description;
  const std::string why = !end.trouble.empty() ? end.trouble
                          : end.timed_out      ? "it did not answer in time"
                          : end.signal != 0 ? "it was ended by signal " + std::to_string(end.signal)
                                            : "it did not say why";
  return Error{ErrorKind::internal, "describe",
               "the provider " + provider + " could not be opened: " + why +
                   (end.output.empty() ? "" : ": " + end.output)};
}

// The stores whose folders are still there: their processes ended before they removed them.
std::vector<std::string> stores_in(const std::filesystem::path& folder) {
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    names.push_back(entry.path().filename());
  }
  std::ranges::sort(names);
  return names;
}

// In a child, like everything that a provider does.
void remove_stores(const ProviderFactory& factory, const Orders& orders,
                   const std::filesystem::path& folder, const Progress& progress) {
  if (!factory.destroy || stores_in(folder).empty()) return;
  Nursery(orders.provider)
      .run_child(child_arguments("remove", folder), kRemovalLimit, OnStop::carry_on);
  if (const std::vector<std::string> left = stores_in(folder); !left.empty()) {
    progress.left_behind(left);
  }
}

int remove_here(const ProviderFactory& factory, const std::filesystem::path& folder,
                const std::string& uri) {
  int failures = 0;
  for (const std::string& name : stores_in(folder)) {
    try {
      factory.destroy(Scope{name, folder / name, nullptr, uri});
      std::filesystem::remove_all(folder / name);
    } catch (const std::exception&) {
      ++failures;  // Its folder stays and tells.
    }
  }
  return failures;
}

// Nothing that a provider said of its own accord tells what is secret.
void hide(const Secrets& secrets, Verdict& verdict) {
  verdict.reason = secrets.hidden(verdict.reason);
  verdict.output = secrets.hidden(verdict.output);
  for (std::string& call : verdict.calls) call = secrets.hidden(call);
  for (Failure& failure : verdict.failures) failure.text = secrets.hidden(failure.text);
  for (Retry& retry : verdict.retries) {
    retry.reason = secrets.hidden(retry.reason);
    for (Failure& failure : retry.failures) failure.text = secrets.hidden(failure.text);
  }
}

// The clock that the validations run by.
Result<ClockSource> choose_clock(const Orders& orders, const Capabilities& capabilities) {
  const bool is_offered = capabilities.clocks.has(ClockSource::injected);
  if (orders.clock != ClockWish::real_time && is_offered) return ClockSource::injected;
  if (orders.clock == ClockWish::virtual_time) {
    return Error{ErrorKind::unsupported, "certify",
                 orders.provider + " does not take an injected clock, so there is no virtual time"};
  }
  if (capabilities.clocks.has(ClockSource::server)) return ClockSource::server;
  if (capabilities.clocks.has(ClockSource::local)) return ClockSource::local;
  return Error{ErrorKind::unsupported, "certify",
               orders.provider + " declares no clock but the injected one"};
}

Conditions conditions_of(const Verdict& verdict, const Selection& selection,
                         const std::filesystem::path& folder, const std::string& uri) {
  return {.clock = selection.clock,
          .seed = verdict.seed,
          .folder = folder,
          .sequences = selection.sequences,
          .sequence_length = selection.sequence_length,
          .uri = uri};
}

std::optional<Verdict> ask_in_child(const PlannedRow& row, const Run& run, const Orders& orders,
                                    const std::filesystem::path& folder, Nursery& nursery) {
  const Verdict blank = blank_verdict(row, run.selection.seed);
  std::vector<std::string> arguments = child_arguments("check", folder);
  arguments.emplace_back(row.validation->name);
  arguments.emplace_back(run.selection.clock == ClockSource::injected ? "virtual" : "real");
  for (const std::uint64_t number :
       {blank.seed, run.selection.sequences, run.selection.sequence_length}) {
    arguments.push_back(std::to_string(number));
  }
  const Duration limit = orders.timeout * row.validation->patience;
  const ChildEnd end = nursery.run_child(arguments, limit);
  if (end.interrupted) return std::nullopt;  // Killed halfway: nothing is known.
  return verdict_of(row, run.selection.seed, end, limit);
}

std::optional<Verdict> ask_here(const PlannedRow& row, const Run& run, const Orders& orders,
                                const ProviderFactory& factory,
                                const std::filesystem::path& folder) {
  const auto started = std::chrono::steady_clock::now();
  const Verdict blank = blank_verdict(row, run.selection.seed);
  const Trial trial = try_validation(*row.validation, factory,
                                     conditions_of(blank, run.selection, folder, orders.uri));
  Verdict verdict = verdict_of(row, run.selection.seed, trial);
  verdict.took = std::chrono::duration_cast<Duration>(std::chrono::steady_clock::now() - started);
  return verdict;
}

// Rows that are asked at the same time, so many at a time.
struct Shift {
  std::vector<std::size_t> rows;
  std::size_t jobs;
};

// First those that mostly wait, then those that compute all the time, which only stand in each other's way.
std::vector<Shift> shifts_of(const Plan& plan, std::size_t jobs) {
  Shift waiting{{}, jobs};
  Shift computing{{},
                  std::min<std::size_t>(jobs, std::max(1U, std::thread::hardware_concurrency()))};
  for (std::size_t i = 0; i < plan.rows.size(); ++i) {
    (plan.rows[i].validation->computes ? computing : waiting).rows.push_back(i);
  }
  return {std::move(waiting), std::move(computing)};
}

// Tells what always fails from what fails now and then. The verdict stays the first failure.
template <class Ask>
void retry(unsigned times, const Ask& ask, Verdict& verdict) {
  for (unsigned n = 1; n <= times && !interrupted(); ++n) {
    const std::optional<Verdict> again = ask();
    if (!again) return;
    verdict.retries.push_back({again->outcome, again->reason, again->failures, again->took});
    if (again->outcome != Outcome::passed) continue;
    verdict.reason = reports::phrase(verdict.outcome) +
                     (verdict.reason.empty() ? "" : " (" + verdict.reason + ")") +
                     ", and passed in attempt " + std::to_string(n + 1);
    verdict.outcome = Outcome::flaky;
    return;
  }
}

// What hangs by itself hangs again.
void ask_again(const PlannedRow& row, const Run& run, const Orders& orders,
               const std::filesystem::path& folder, Nursery& nursery,
               std::optional<Verdict>& verdict) {
  std::optional<Verdict> second = ask_in_child(row, run, orders, folder, nursery);
  if (second) second->attempts += verdict->attempts;
  verdict = std::move(second);
}

// Asks every row, `jobs` at a time, each result at its row's place.
void ask_all(const Plan& plan, const Orders& orders, const ProviderFactory& factory,
             const std::filesystem::path& folder, Nursery& nursery, const Progress& progress,
             Run& run) {
  const Secrets secrets(orders.uri);
  std::vector<std::optional<Verdict>> verdicts(plan.rows.size());
  std::atomic<std::size_t> next{0};
  std::mutex telling;
  std::vector<std::size_t> again;  // What is asked once more, alone.
  const std::size_t jobs = std::min(jobs_for(orders, run.selection.clock), plan.rows.size());
  const auto settle = [&](std::size_t i) {
    if (!verdicts[i]) return;
    hide(secrets, *verdicts[i]);
    progress.finished(*verdicts[i]);
  };
  const auto ask = [&](const PlannedRow& row, Nursery& own) {
    return orders.in_process ? ask_here(row, run, orders, factory, folder)
                             : ask_in_child(row, run, orders, folder, own);
  };
  const auto work = [&](const std::vector<std::size_t>& rows, Nursery& own) {
    for (std::size_t n = next++; n < rows.size() && !interrupted(); n = next++) {
      const std::size_t i = rows[n];
      const PlannedRow& row = plan.rows[i];
      std::optional<Verdict> verdict =
          row.not_applicable.empty() ? ask(row, own) : blank_verdict(row, run.selection.seed);
      const std::lock_guard lock(telling);
      if (!verdict) return;
      verdicts[i] = std::move(verdict);
      const bool is_late = verdicts[i]->outcome == Outcome::timed_out && jobs > 1;
      if (is_late || (orders.retries > 0 && refutes(*verdicts[i]))) {
        again.push_back(i);
      } else {
        settle(i);
      }
    }
  };
  for (const Shift& shift : shifts_of(plan, jobs)) {
    next = 0;
    std::vector<std::thread> workers;
    for (std::size_t n = 1; n < std::min(shift.jobs, shift.rows.size()); ++n) {
      workers.emplace_back([&] {
        Nursery another(orders.provider);
        work(shift.rows, another);
      });
    }
    work(shift.rows, nursery);
    for (std::thread& worker : workers) worker.join();
  }
  std::size_t hung_again = 0;
  for (const std::size_t i : again) {
    const bool is_late = verdicts[i]->outcome == Outcome::timed_out && jobs > 1;
    if (is_late && hung_again < kHangsToBelieve && !interrupted()) {
      ask_again(plan.rows[i], run, orders, folder, nursery, verdicts[i]);
      if (verdicts[i] && verdicts[i]->outcome == Outcome::timed_out) ++hung_again;
    }
    if (verdicts[i] && refutes(*verdicts[i])) {
      retry(
          orders.retries, [&] { return ask(plan.rows[i], nursery); }, *verdicts[i]);
    }
    settle(i);
  }
  for (std::optional<Verdict>& verdict : verdicts) {
    if (verdict) run.verdicts.push_back(std::move(*verdict));
  }
  run.interrupted = interrupted();
}

Result<Run> run_in(const std::filesystem::path& folder, const ProviderFactory& factory,
                   const Orders& orders, const Progress& progress) {
  const auto started = std::chrono::steady_clock::now();
  Nursery nursery(orders.provider);
  const Result<Description> description = orders.in_process
                                              ? describe_here(factory, folder, orders.uri)
                                              : describe_in_child(orders.provider, folder, nursery);
  if (!description) return description.error();

  Run run;
  run.provider = orders.provider;
  run.description = description.value();
  const Secrets secrets(orders.uri);
  for (std::string* told :
       {&run.description.provider, &run.description.version, &run.description.store_version}) {
    *told = secrets.hidden(*told);
  }
  run.suite = suite_identity();
  run.environment = environment(folder);
  run.environment.server = orders.server;
  run.selection = orders.selection;
  run.started_at = utc_now();
  run.command = orders.command;
  run.options = orders.options;
  if (run.selection.profiles.empty()) {
    run.selection.profiles = declared_profiles(run.description.capabilities);
  }
  const Result<ClockSource> clock = choose_clock(orders, run.description.capabilities);
  if (!clock) return clock.error();
  run.selection.clock = clock.value();

  const Plan plan = make_plan(run.selection, run.description, factory);
  if (plan.clauses.empty() || (plan.rows.empty() && run.selection.shard.count == 1)) {
    return Error{ErrorKind::not_found, "certify", "the selection holds no validation"};
  }
  run.clauses = plan.clauses;
  progress.started(run, plan);
  ask_all(plan, orders, factory, folder, nursery, progress, run);
  run.took = std::chrono::duration_cast<Duration>(std::chrono::steady_clock::now() - started);
  return run;
}

}  // namespace

Result<Run> carry_out(const Registry& registry, const Orders& orders, const Progress& progress) {
  const WorkFolder folder;
  setenv(kUriVariable, orders.uri.c_str(), 1);  // Before any thread is started.
  const ProviderFactory& factory = *registry.find(orders.provider);
  Result<Run> run = run_in(folder.path(), factory, orders, progress);
  remove_stores(factory, orders, folder.path(), progress);
  if (run) return run;
  Error error = run.error();
  error.message = Secrets(orders.uri).hidden(error.message);
  return error;
}

namespace {

int describe_for_parent(const ProviderFactory& factory, const std::filesystem::path& folder) {
  const Result<Description> description = describe_here(factory, folder, uri_from_parent());
  if (description) report_to_parent(reports::write_description(description.value()));
  if (description) return 0;
  std::fputs(description.error().message.c_str(), stderr);
  // What could not be opened left nothing, whatever removing it said.
  for (const std::string& name : stores_in(folder)) std::filesystem::remove_all(folder / name);
  return 1;
}

int check_for_parent(const ProviderFactory& factory, const std::filesystem::path& folder,
                     const std::vector<std::string>& arguments) {
  const Validation* validation = arguments.size() == 7 ? find_validation(arguments[2]) : nullptr;
  if (validation == nullptr) return 1;
  const Conditions conditions{
      .clock = arguments[3] == "virtual" ? ClockSource::injected : ClockSource::local,
      .seed = std::strtoull(arguments[4].c_str(), nullptr, 10),
      .folder = folder,
      .sequences = std::strtoull(arguments[5].c_str(), nullptr, 10),
      .sequence_length = std::strtoull(arguments[6].c_str(), nullptr, 10),
      .uri = uri_from_parent()};
  const Trial trial = try_validation(*validation, factory, conditions);
  report_to_parent(
      reports::write_verdict(verdict_of(PlannedRow{validation, 1, ""}, conditions.seed, trial)));
  return 0;
}

// What child_arguments() made, and for a check what ask_in_child() appended.
int be_child(const ProviderFactory& factory, const std::vector<std::string>& arguments) {
  if (arguments.size() < 2) return 1;
  const std::filesystem::path folder = arguments[1];
  if (arguments[0] == "describe") return describe_for_parent(factory, folder);
  if (arguments[0] == "remove") return remove_here(factory, folder, uri_from_parent());
  return check_for_parent(factory, folder, arguments);
}

}  // namespace

int child_main(int argc, char** argv, const Registry& registry) {
  if (argc != 4 || std::string_view(argv[1]) != "--child") return -1;
  const ProviderFactory* factory = registry.find(argv[3]);  // Once, before anything is forked.
  if (factory == nullptr) return 1;
  return tend_nursery(std::atoi(argv[2]), [factory](const std::vector<std::string>& arguments) {
    return be_child(*factory, arguments);
  });
}

}  // namespace ackproof
