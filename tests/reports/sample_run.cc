#include "tests/reports/sample_run.h"

#include <cstdlib>
#include <fstream>
#include <iterator>

#include "contract/profiles.h"

namespace ackproof::reports {

namespace {

using std::chrono::milliseconds;

constexpr char kHostile[] =
    "</script><b>&\"' ]]> \x1b[31mred\x7f {{x}} \xe2\x80\xae"
    "back\xe2\x80\xac";

Description sample_description() {
  Description description{"sqlite", "1.0.0", "SQLite 3.40.1", {}};
  Capabilities& offered = description.capabilities;
  offered.facets = {Capability::queues, Capability::long_polling};
  offered.clocks = {ClockSource::injected, ClockSource::local};
  offered.durability = Durability::process_crash;
  offered.several_processes = true;
  return description;
}

Verdict failed() {
  Verdict verdict = reports::verdict("expired_token_cannot_ack_turn", "LOCK_2", Outcome::failed);
  verdict.failures = {
      {"Expected: ack_turn fails with lock_lost\n  Actual: it succeeded",
       "validations/locks/locks.cc", 41},
      {"Expected: read_history(\"order-1\") is empty\n  Actual: 1 event\n\ta refused ack left "
       "events behind",
       "validations/locks/locks.cc", 44}};
  for (int i = 1; i <= 20; ++i) {
    verdict.calls.push_back("+" + std::to_string(i * 5) + " ms  #1 fetch_turn(lock 30000 ms) -> " +
                            (i % 2 == 0 ? "nothing" : "turn of order-1, attempt 1"));
  }
  verdict.took = milliseconds(184);
  return verdict;
}

Verdict hostile() {
  Verdict verdict = reports::verdict(std::string("hostile ") + kHostile, "LOCK_7", Outcome::failed);
  verdict.failures = {{kHostile, kHostile, -1}};
  verdict.calls = {kHostile, std::string("a NUL \0 inside", 14)};
  verdict.output = std::string(kHostile) + "\r\nsecond line\n";
  verdict.took = milliseconds(7);
  return verdict;
}

Verdict crashed() {
  Verdict verdict = reports::verdict("cancelled_activity_is_gone", "ACK_9", Outcome::crashed,
                                     "killed by signal 11 (segmentation fault)");
  verdict.calls = {"+0 ms  #1 enqueue_message(start of order-1) -> ok",
                   "+1 ms  #1 ack_turn(2 events, 1 cancelled) -> (did not return)"};
  verdict.output = "terminate called without an active exception\n";
  verdict.took = milliseconds(12);
  return verdict;
}

Verdict timed_out() {
  Verdict verdict = reports::verdict("fetch_turn_returns_without_work", "TURN_1",
                                     Outcome::timed_out, "no answer within 30 s, killed");
  verdict.calls = {"+0 ms  #1 fetch_turn(lock 30000 ms) -> (did not return)"};
  verdict.took = milliseconds(30'000);
  return verdict;
}

Verdict inconclusive() {
  Verdict verdict =
      reports::verdict("lock_lives_until_its_deadline", "LOCK_1", Outcome::inconclusive,
                       "the machine was too slow to observe the boundary");
  verdict.attempts = 3;
  verdict.took = milliseconds(4'215);
  return verdict;
}

Verdict flaky() {
  Verdict verdict = reports::verdict("turns_are_not_handed_out_twice", "TURN_3", Outcome::flaky,
                                     "failed, and passed in attempt 3");
  verdict.failures = {{"two workers hold one turn", "validations/turns/turns.cc", 31}};
  verdict.retries = {{Outcome::crashed, "killed by signal 11", {}, milliseconds(9)},
                     {Outcome::passed, "", {}, milliseconds(4)}};
  return verdict;
}

std::vector<Verdict> sample_verdicts() {
  std::vector<Verdict> all = {
      verdict("ack_is_one_step", "ACK_1", Outcome::passed),
      verdict("refused_ack_changes_nothing", "ACK_1", Outcome::passed),
      crashed(),
      timed_out(),
      flaky(),
      verdict("undecodable_history_is_reported", "TURN_6", Outcome::not_applicable,
              "needs the hook corrupt_history"),
      inconclusive(),
      failed(),
      hostile(),
      verdict("tokens_are_random", "LOCK_11", Outcome::exempted, "accepted until 2026-12-31"),
      verdict("session_has_one_owner", "SESS_1", Outcome::not_applicable,
              "the provider does not declare sessions"),
      verdict("deadline_is_of_this_fetch", "LOCK_10", Outcome::broken,
              "the child ended without a verdict"),
      verdict("ack_is_one_step", "ACK_1", Outcome::passed),
  };
  all.front().took = milliseconds(3);
  all.back().repetition = 2;
  return all;
}

std::string read_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

}  // namespace

Verdict verdict(const std::string& validation, const std::string& requirement, Outcome outcome,
                const std::string& reason) {
  Verdict verdict;
  verdict.validation = validation;
  verdict.requirement = requirement;
  verdict.outcome = outcome;
  verdict.reason = reason;
  verdict.seed = 42;
  verdict.took = milliseconds(outcome == Outcome::not_applicable ? 0 : 2);
  return verdict;
}

Run sample_run() {
  Run run;
  run.provider = "sqlite";
  run.description = sample_description();
  run.suite = {"1.0.0", "1",
               "sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"};
  run.environment = {"Linux 6.1.0 x86_64", "g++ 12.2.0", 2, "ext4", "PostgreSQL, private"};
  run.selection.profiles = {"core", "polling"};
  run.selection.requirements = {"ACK_1", "ACK_9", "TURN", "LOCK", "SESS_1"};
  run.selection.seed = 42;
  run.selection.repeat = 2;
  run.started_at = "2026-05-04T10:00:00Z";
  run.took = milliseconds(34'432);
  run.command = "./build/ackproof certify sqlite --repeat 2";
  run.clauses = {{"ACK_1", Force::must, 2, ""},
                 {"ACK_9", Force::must, 1, ""},
                 {"TURN_1", Force::must, 1, ""},
                 {"TURN_3", Force::must, 1, ""},
                 {"TURN_6", Force::must, 1, ""},
                 {"TURN_7", Force::must, 0, "needs the hook corrupt_message"},
                 {"LOCK_1", Force::must, 1, ""},
                 {"LOCK_2", Force::must, 1, ""},
                 {"LOCK_7", Force::must, 1, ""},
                 {"LOCK_10", Force::must, 1, ""},
                 {"LOCK_11", Force::should, 1, ""},
                 {"SESS_1", Force::must, 1, ""}};
  run.verdicts = sample_verdicts();
  run.options = {{"repeat", "2"}, {"timeout", "60"}};
  run.exemptions = {{.subject = "LOCK_11",
                     .mode = Exemption::Mode::known_failing,
                     .versions = "<2",
                     .reason = std::string("tokens are counted up ") + kHostile,
                     .link = "https://example.org/issues/17",
                     .owner = "storage team",
                     .expires = "2026-12-31"}};
  run.interrupted = true;
  return run;
}

Run hostile_run() {
  Run run = sample_run();
  run.provider = "mutant:of `sqlite` | #1";
  Verdict repeated = verdict("refused_ack_changes_nothing", "ACK_1", Outcome::failed);
  repeated.repetition = 2;
  repeated.failures = {
      {"Expected: {0} and [a link](javascript:alert(1))\n  ...\n  ---\nnot ok 1 - x",
       "/build/my store.cc", 7}};
  run.verdicts.push_back(repeated);
  const std::string name = "a `tick`, a | pipe, a # SKIP and a \\ <!-- ** __ ``` [x](y) {0}";
  run.verdicts.push_back(verdict(name, "LOCK_7", Outcome::crashed,
                                 "reason with | and # TODO nothing `code` ]]> \n...\n"));
  run.verdicts.push_back(verdict(name + " too", "LOCK_7", Outcome::passed));
  run.verdicts.push_back(
      verdict(name + " not", "LOCK_7", Outcome::not_applicable, "reason # TODO | `"));
  run.clauses[7].planned = 5;
  return run;
}

Run certified_run(Level level) {
  Run run = sample_run();
  run.selection = {};
  run.selection.seed = 42;
  run.selection.profiles = {"core"};
  run.selection.level = level;
  run.interrupted = false;
  run.options.clear();
  run.exemptions.clear();
  run.clauses.clear();
  run.verdicts.clear();
  for (const Requirement& requirement : requirements()) {
    const bool binds = requirement.needs == Capability::none ||
                       run.description.capabilities.facets.has(requirement.needs);
    if (!includes(*find_profile("core"), requirement) || !binds) continue;
    if (requirement.from > level) continue;
    const std::string id(requirement.id);
    run.clauses.push_back({id, requirement.force, 1, ""});
    run.verdicts.push_back(verdict("keeps_" + id, id, Outcome::passed));
  }
  return run;
}

std::string differs_from_golden(const std::string& file, const std::string& actual) {
  const std::string path = std::string(ACKPROOF_SOURCE_DIR) + "/tests/golden/" + file;
  if (std::getenv("ACKPROOF_UPDATE_GOLDEN") != nullptr) {
    std::ofstream(path, std::ios::binary) << actual;
    return {};
  }
  const std::string expected = read_file(path);
  if (actual == expected) return {};
  std::size_t at = 0;
  while (at < actual.size() && at < expected.size() && actual[at] == expected[at]) ++at;
  return path + " differs from byte " + std::to_string(at) + " on: `" + expected.substr(at, 80) +
         "` there, `" + actual.substr(at, 80) + "` here. If it is meant, run again with " +
         "ACKPROOF_UPDATE_GOLDEN=1 and look at the difference.";
}

}  // namespace ackproof::reports
