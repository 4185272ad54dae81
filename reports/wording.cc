#include "reports/wording.h"

#include <time.h>

#include <algorithm>
#include <ctime>

#include "contract/requirements.h"
#include "reports/render.h"

namespace ackproof::reports {

namespace {

struct Title {
  std::string_view area;
  std::string_view title;
};

constexpr Title kTitles[] = {
    {"CAP", "Capabilities"},
    {"ERR", "Errors"},
    {"TEXT", "Values"},
    {"DUR", "Durability"},
    {"CONC", "Concurrency"},
    {"TIME", "Time"},
    {"ACK", "Committing a turn"},
    {"TURN", "Fetching a turn"},
    {"LOCK", "Locks"},
    {"WORK", "Activity queue"},
    {"POISON", "Attempts"},
    {"HIST", "Executions and history"},
    {"ENG", "Workflows"},
    {"SESS", "Sessions"},
    {"TAG", "Tags"},
    {"VER", "Version filter"},
    {"STAT", "Custom status"},
    {"KV", "Key-value"},
    {"MGMT", "Management"},
    {"DEL", "Deletion"},
    {"PRUNE", "Pruning"},
    {"POLL", "Long polling"},
    {"BATCH", "Transactional batch"},
    {"EVST", "Event store"},
    {"CTX", "Context store"},
};

std::uint64_t count_of(const std::vector<const Verdict*>& verdicts, Outcome outcome) {
  return static_cast<std::uint64_t>(std::ranges::count(verdicts, outcome, &Verdict::outcome));
}

// `word` as one word of a shell's command line.
std::string shell_quote(std::string_view word) {
  constexpr std::string_view kPlain =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_@%+=:,./-";
  if (!word.empty() && word.find_first_not_of(kPlain) == std::string_view::npos) {
    return std::string(word);
  }
  std::string quoted = "'";
  for (const char c : word) quoted += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return quoted + "'";
}

}  // namespace

std::string program_of(std::string_view command) {
  std::string program;
  char quote = '\0';
  for (const char c : command) {
    if (quote == '\0' && c == ' ') break;
    if (quote == '\0' && (c == '\'' || c == '"')) {
      quote = c;
    } else if (c == quote) {
      quote = '\0';
    } else {
      program += c;
    }
  }
  return program.empty() ? "ackproof" : program;
}

std::vector<std::string> retry_lines(const Verdict& verdict) {
  std::vector<std::string> lines;
  for (std::size_t i = 0; i < verdict.retries.size(); ++i) {
    const Retry& retry = verdict.retries[i];
    std::string line = "attempt " + std::to_string(i + 2) + ": " + phrase(retry.outcome);
    if (!retry.reason.empty()) line += ": " + retry.reason;
    for (const Failure& failure : retry.failures) line += ": " + failure.text;
    lines.push_back(std::move(line));
  }
  return lines;
}

std::string count(std::uint64_t number, std::string_view noun) {
  return std::to_string(number) + " " + std::string(noun) + (number == 1 ? "" : "s");
}

std::string list(const std::vector<std::string>& items) {
  std::string text;
  for (std::size_t i = 0; i < items.size(); ++i) {
    if (i > 0) text += i + 1 == items.size() ? " and " : ", ";
    text += items[i];
  }
  return text;
}

std::string words(std::string_view name) {
  std::string text(name);
  std::ranges::replace(text, '_', ' ');
  return text;
}

std::string beginning(std::string_view text, std::size_t room) {
  if (text.size() <= room) return std::string(text);
  return std::string(text.substr(0, text.rfind(' ', room - 4))) + " ...";
}

std::string phrase(Outcome outcome) { return words(name(outcome)); }
std::string phrase(Conclusion conclusion) { return words(name(conclusion)); }

std::string counts_name(const Judgement& judgement) {
  std::vector<std::string> parts;
  for (const Outcome outcome : kOutcomes) {
    if (judgement.of(outcome) == 0) continue;
    parts.push_back(std::to_string(judgement.of(outcome)) + " " + phrase(outcome));
  }
  if (judgement.missing > 0) parts.push_back(std::to_string(judgement.missing) + " missing");
  std::string text = std::to_string(judgement.planned) + " planned";
  for (std::size_t i = 0; i < parts.size(); ++i) text += (i == 0 ? ": " : ", ") + parts[i];
  return text;
}

std::string verdict_name(const Verdict& verdict) {
  if (verdict.repetition <= 1) return verdict.validation;
  return verdict.validation + " #" + std::to_string(verdict.repetition);
}

std::string provider_name(const Run& run) {
  const bool is_named_here =
      run.description.provider.empty() || run.provider.starts_with(kMutantMark);
  const std::string& provider = is_named_here ? run.provider : run.description.provider;
  return run.description.version.empty() ? provider : provider + " " + run.description.version;
}

std::string level_name(Level level) {
  return "level " + std::to_string(static_cast<unsigned>(level)) + " " + std::string(name(level));
}

std::string selection_name(const Selection& selection) {
  const std::string profiles = selection.profiles.empty() ? "no profile" : list(selection.profiles);
  return profiles + ", " + level_name(selection.level);
}

std::string clock_name(ClockSource clock) { return std::string(name(clock)) + " clock"; }

std::string duration_name(Duration duration) {
  const auto ms = duration.count();
  if (ms < 1'000) return std::to_string(ms) + " ms";
  if (ms < 60'000) return std::to_string(ms / 1'000) + "." + std::to_string(ms / 100 % 10) + " s";
  return std::to_string(ms / 60'000) + " min " + std::to_string(ms / 1'000 % 60) + " s";
}

std::string size_name(std::uint64_t bytes) {
  constexpr std::uint64_t kKibi = 1'024;
  if (bytes >= kKibi * kKibi && bytes % (kKibi * kKibi) == 0) {
    return grouped(bytes / kKibi / kKibi) + " MiB";
  }
  if (bytes > kKibi && bytes % kKibi == 0) return grouped(bytes / kKibi) + " KiB";
  return grouped(bytes) + " bytes";
}

std::string grouped(std::uint64_t number) {
  std::string digits = std::to_string(number);
  for (std::size_t at = digits.size(); at > 3;) {
    at -= 3;
    digits.insert(at, ",");
  }
  return digits;
}

std::optional<std::int64_t> since_1970(const std::string& moment) {
  std::tm utc{};
  const char* end = strptime(moment.c_str(), "%Y-%m-%dT%H:%M:%SZ", &utc);
  if (end == nullptr || *end != '\0' || moment_name(std::int64_t{timegm(&utc)} * 1'000) != moment) {
    return std::nullopt;
  }
  return std::int64_t{timegm(&utc)} * 1'000;
}

std::string moment_name(std::int64_t milliseconds) {
  const std::time_t seconds = milliseconds / 1'000;
  std::tm utc{};
  gmtime_r(&seconds, &utc);
  char text[64];
  std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &utc);
  return text;
}

bool wants_hook(std::string_view reason) { return reason.starts_with("needs the hook "); }

bool wants_durability(std::string_view reason) {
  return reason == "the provider does not declare that anything outlives its last handle";
}

bool is_not_passed(const Verdict& verdict) {
  return verdict.outcome != Outcome::passed && verdict.outcome != Outcome::not_applicable;
}

std::string_view area_title(std::string_view area) {
  const auto* found = std::ranges::find(kTitles, area, &Title::area);
  return found == std::end(kTitles) ? std::string_view() : found->title;
}

std::string area_of(std::string_view requirement) {
  return std::string(requirement.substr(0, requirement.find('_')));
}

std::uint64_t Area::asked() const {
  return verdicts.size() - count_of(verdicts, Outcome::not_applicable);
}

std::uint64_t Area::passed() const { return count_of(verdicts, Outcome::passed); }

std::vector<Area> areas(const Run& run) {
  std::vector<Area> all;
  const auto at = [&](const std::string& id) -> Area& {
    const auto found = std::ranges::find(all, id, &Area::id);
    if (found != all.end()) return *found;
    return all.emplace_back(Area{id, area_title(id), {}, {}});
  };
  for (const Clause& clause : run.clauses) {
    at(area_of(clause.requirement)).clauses.push_back(&clause);
  }
  for (const Verdict& verdict : run.verdicts) {
    at(area_of(verdict.requirement)).verdicts.push_back(&verdict);
  }
  return all;
}

std::vector<const Verdict*> verdicts_on(const Run& run, std::string_view requirement) {
  std::vector<const Verdict*> found;
  for (const Verdict& verdict : run.verdicts) {
    if (verdict.requirement == requirement) found.push_back(&verdict);
  }
  return found;
}

const Requirement& requirement_of(std::string_view id) {
  static constexpr Requirement kUnknown = {};
  const Requirement* found = find_requirement(id);
  return found == nullptr ? kUnknown : *found;
}

std::string reproduce_command(const Run& run, const Verdict& verdict) {
  std::string command = shell_quote(program_of(run.command)) + " certify " +
                        shell_quote(run.provider) + " --filter " + shell_quote(verdict.validation) +
                        " --seed " + std::to_string(verdict.seed);
  if (run.environment.server.find("://") != std::string::npos) {
    command += " --uri " + shell_quote(run.environment.server);
  }
  if (run.selection.clock != ClockSource::injected) command += " --clock real";
  if (run.selection.sequences != kSequences) {
    command += " --sequences " + std::to_string(run.selection.sequences);
  }
  if (run.selection.sequence_length != kSequenceLength) {
    command += " --sequence-length " + std::to_string(run.selection.sequence_length);
  }
  return command + " --out ackproof-report/" + std::string(kRerunFolder);
}

}  // namespace ackproof::reports
