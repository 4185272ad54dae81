// The words that all reports share, so that the console, the page and the XML say the same thing.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "contract/requirement.h"
#include "reports/judgement.h"
#include "reports/run.h"

namespace ackproof::reports {

inline constexpr std::array kOutcomes = {
    Outcome::passed,         Outcome::failed,       Outcome::crashed,
    Outcome::timed_out,      Outcome::inconclusive, Outcome::broken,
    Outcome::not_applicable, Outcome::exempted,     Outcome::flaky};

// "1 clause", "3 clauses".
std::string count(std::uint64_t number, std::string_view noun);

// "a", "a and b", "a, b and c".
std::string list(const std::vector<std::string>& items);

// "long polling" of "long_polling".
std::string words(std::string_view name);

// As many whole words as there is room for; "..." stands for the rest.
std::string beginning(std::string_view text, std::size_t room);

// "timed out": an outcome within a sentence.
std::string phrase(Outcome outcome);
std::string phrase(Conclusion conclusion);  // "not certified"

// "3 planned: 2 passed, 1 missing": they add up.
std::string counts_name(const Judgement& judgement);

// "expired_token_cannot_ack", from the second repetition on with its number: "… #2".
std::string verdict_name(const Verdict& verdict);

// "sqlite 1.0.0": what the provider calls itself. "mutant:NAME 1.0.0": a mutant calls itself what it was made of.
std::string provider_name(const Run& run);

std::string level_name(Level level);                     // "level 1 functional"
std::string selection_name(const Selection& selection);  // "core and engine, level 1 functional"
std::string clock_name(ClockSource clock);               // "injected clock"
std::string duration_name(Duration duration);            // "12 ms", "3.4 s", "2 min 5 s"
std::string size_name(std::uint64_t bytes);              // "16 KiB"
std::string grouped(std::uint64_t number);               // "10,000"

// Milliseconds since 1970 of "2026-05-04T10:00:00Z", and back; nothing when the text is no moment.
std::optional<std::int64_t> since_1970(const std::string& moment);
std::string moment_name(std::int64_t milliseconds);  // To the second.

// "attempt 2: crashed: killed by signal 6", of what was asked again; with what was found.
std::vector<std::string> retry_lines(const Verdict& verdict);

// The first word of a command line, without its quotes.
std::string program_of(std::string_view command);

// Whether a reason says that the factory lacks a hook (CAP_6).
bool wants_hook(std::string_view reason);

// Whether a reason says that the provider is volatile.
bool wants_durability(std::string_view reason);

// Asked, and neither passed nor set aside beforehand.
bool is_not_passed(const Verdict& verdict);

// "LOCK" of "LOCK_2"; "Locks" of "LOCK".
std::string area_of(std::string_view requirement);
std::string_view area_title(std::string_view area);

// The clauses and verdicts of one area of the contract, in the order of the run.
struct Area {
  std::string id;  // "LOCK"
  std::string_view title;
  std::vector<const Clause*> clauses;
  std::vector<const Verdict*> verdicts;

  std::uint64_t asked() const;  // Verdicts that are not `not_applicable`.
  std::uint64_t passed() const;
};

std::vector<Area> areas(const Run& run);

// The verdicts on one clause.
std::vector<const Verdict*> verdicts_on(const Run& run, std::string_view requirement);

// The requirement of a clause or a verdict; one without words when the contract has no such id.
const Requirement& requirement_of(std::string_view id);

}  // namespace ackproof::reports
