// The record of one certification run: what was asked of which provider, and what came out.
//
// The runner fills it; it is the only input of every report (`reports/render.h`). Its JSON form is
// `run.json`, described by `reports/run.schema.json` and read back by `reports/run_json.h`.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "contract/capability.h"
#include "contract/requirement.h"

namespace ackproof {

// What came of one planned validation. Only `passed` is passed.
enum class Outcome : std::uint8_t {
  passed,
  failed,          // The provider broke the clause.
  crashed,         // The process died while the provider was at work.
  timed_out,       // It did not end within the time limit and was killed.
  inconclusive,    // The machine was too slow to decide: neither passed nor failed.
  broken,          // The harness could not judge.
  not_applicable,  // Decided beforehand by what the provider declares; `reason` says by what.
  exempted,        // Failed, and an exemption accepts that.
  flaky,           // Failed, and passed when the same question was put again. It counts as failed.
};

std::string_view name(Outcome outcome);
std::optional<Outcome> find_outcome(std::string_view name);

// One finding of a validation: what was expected and what was there.
struct Failure {
  std::string text;
  std::string file;  // Path in this repository.
  int line = 0;
  bool operator==(const Failure&) const = default;
};

// What came of asking again what had failed (`--retries`).
struct Retry {
  Outcome outcome = Outcome::broken;
  std::string reason;
  std::vector<Failure> failures;
  Duration took{0};
  bool operator==(const Retry&) const = default;
};

struct Verdict {
  std::string validation;           // "expired_token_cannot_ack_turn".
  std::string requirement;          // "LOCK_2".
  Level level = Level::functional;  // From which it is asked.
  Outcome outcome = Outcome::broken;
  std::string reason;              // Why, for every outcome but passed and failed.
  std::vector<Failure> failures;   // At least one when failed.
  std::vector<std::string> calls;  // The last calls to the provider, oldest first, when not passed.
  std::string output;              // What the process printed, its end, when not passed.
  std::uint64_t seed = 0;          // Reproduces it.
  std::uint64_t attempts = 1;      // How often the same question was put until it could be decided.
  std::vector<Retry> retries;      // Of a failure, which is the verdict itself; oldest first.
  std::uint64_t repetition = 1;    // Which one of --repeat.
  Duration took{0};
  bool operator==(const Verdict&) const = default;
};

// Who judged: so that a report can be compared and repeated.
struct SuiteIdentity {
  std::string version;           // Of ackproof: "1.0.0".
  std::string contract_version;  // Of the requirement texts: "1".
  std::string binary_digest;     // SHA-256 of the executable, "sha256:…"; empty when unreadable.
  bool operator==(const SuiteIdentity&) const = default;
};

struct Environment {
  std::string system;    // "Linux 6.1.0 x86_64".
  std::string compiler;  // "g++ 12.2.0".
  std::uint64_t cores = 1;
  std::string file_system;  // That the stores of embedded providers lived on: "ext4", "tmpfs".
  std::string server =
      {};  // Of the stores: "PostgreSQL, private", or an address without its secrets; empty: none.
  bool operator==(const Environment&) const = default;
};

// How many random sequences of how many calls a level asks for.
inline constexpr std::uint64_t kSequences = 1'000;
inline constexpr std::uint64_t kSequenceLength = 60;

inline constexpr std::uint64_t kMostShards = 10'000;

// Which part of a run, dealt out validation by validation: 2 of 4.
struct Shard {
  std::uint64_t index = 1;
  std::uint64_t count = 1;
  bool operator==(const Shard&) const = default;
};

// What was asked for.
struct Selection {
  std::vector<std::string> profiles;
  Level level = Level::functional;
  ClockSource clock = ClockSource::injected;
  std::string filter;                     // A glob on validation names; empty: all.
  std::vector<std::string> requirements;  // Ids or areas; empty: all.
  std::uint64_t seed = 0;
  std::uint64_t repeat = 1;
  std::uint64_t sequences = kSequences;  // Random ones that are compared with the model (CONC_4).
  std::uint64_t sequence_length = kSequenceLength;
  Shard shard = {};
  bool operator==(const Selection&) const = default;
  // A part of a profile, or fewer sequences than a level asks for, proves nothing about the profile.
  bool is_whole() const {
    return filter.empty() && requirements.empty() && sequences >= kSequences &&
           sequence_length >= kSequenceLength && shard.count == 1;
  }
};

// A clause of the selection and how much of it was asked.
struct Clause {
  std::string requirement;
  Force force = Force::must;
  std::uint64_t planned =
      0;  // Validations at this level, of this shard; 0 for a MUST clause bars the level.
  std::string untried;  // Why nothing was planned although the level could try it; else empty.
  bool operator==(const Clause&) const = default;
};

// A failure that a team has decided to live with for a while. What it is about is asked nevertheless.
struct Exemption {
  enum class Mode : std::uint8_t {
    known_failing,  // It fails; when it passes, the exemption has to go.
    known_flaky,    // It fails now and then.
  };
  std::string subject;  // A clause, "LOCK_4", or the name of a validation.
  Mode mode = Mode::known_failing;
  std::string versions;  // Of the provider: ">=1.2, <2"; empty: all.
  std::string reason;
  std::string link;     // To where it is being worked on.
  std::string owner;    // Who has it mended.
  std::string expires;  // The last day on which it holds, UTC: "2026-12-31".
  bool operator==(const Exemption&) const = default;

  bool is_about(const Verdict& verdict) const {
    return verdict.requirement == subject || verdict.validation == subject;
  }
};

std::string_view name(Exemption::Mode mode);  // "known-failing"

// What is asked for as "mutant:NAME" is broken on purpose, whatever it calls itself.
inline constexpr std::string_view kMutantMark = "mutant:";

struct Run {
  std::string provider;     // What was asked for on the command line: "sqlite".
  Description description;  // What the provider said of itself.
  SuiteIdentity suite;
  Environment environment;
  Selection selection;
  std::string started_at;  // UTC, ISO 8601, to the second.
  Duration took{0};
  std::string command;  // As typed, for the reproduction line: "ackproof certify sqlite".
  std::map<std::string, std::string>
      options;                        // Every option as it took effect; nothing that is secret.
  std::vector<Clause> clauses;        // In the order of the contract.
  std::vector<Verdict> verdicts;      // In the order of the catalogue, then of repetition.
  std::vector<Exemption> exemptions;  // That were given for this provider and version.
  bool interrupted = false;           // By a signal: verdicts are missing.
  bool operator==(const Run&) const = default;
};

}  // namespace ackproof
