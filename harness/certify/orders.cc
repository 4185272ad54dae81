#include "harness/certify/orders.h"

#include <random>

#include "harness/cli/selection.h"
#include "harness/records/records.h"
#include "reports/judgement.h"

namespace ackproof {

namespace {

// Narrows the orders to what did not pass in an earlier run.
Result<void> take_over_failures(const std::filesystem::path& record, Orders& orders) {
  const Result<Run> run = read_record(record);
  if (!run) return run.error();
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
  orders.selection.shard = {};
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

// The options as they take effect: what was not typed is known by now.
std::map<std::string, std::string> effective(const CertifyCommand& command,
                                             const Selection& selection) {
  std::map<std::string, std::string> all = command.effective;
  all["seed"] = std::to_string(selection.seed);
  all["shard"] =
      std::to_string(selection.shard.index) + "/" + std::to_string(selection.shard.count);
  if (command.rerun_failed.empty()) return all;
  std::string& profiles = all["profile"];
  profiles.clear();
  for (const std::string& each : selection.profiles) {
    profiles += (profiles.empty() ? "" : ",") + each;  // As it is typed.
  }
  all["level"] = name(selection.level);
  all["clock"] = selection.clock == ClockSource::injected ? "virtual" : "real";
  all["filter"] = selection.filter;
  all["repeat"] = std::to_string(selection.repeat);
  all["sequences"] = std::to_string(selection.sequences);
  all["sequence-length"] = std::to_string(selection.sequence_length);
  return all;
}

}  // namespace

Result<Orders> orders_from(const CertifyCommand& command, const std::string& typed) {
  Orders orders;
  orders.provider = command.providers.front();
  orders.command = typed;
  orders.selection.shard = command.shard;
  orders.clock = command.clock == "real"      ? ClockWish::real_time
                 : command.clock == "virtual" ? ClockWish::virtual_time
                                              : ClockWish::automatic;
  orders.in_process = command.in_process;
  orders.timeout = std::chrono::seconds(command.timeout_s);
  orders.jobs = command.jobs;
  orders.selection.seed = command.seed_given ? command.seed : std::random_device{}();
  orders.selection.filter = command.filter;
  orders.selection.repeat = command.repeat;
  orders.retries = command.retries;
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
  orders.options = effective(command, orders.selection);
  return orders;
}

}  // namespace ackproof
