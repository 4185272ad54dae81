#include "harness/authors/todo.h"

#include <algorithm>
#include <functional>
#include <map>
#include <set>
#include <span>
#include <utility>

#include "contract/profiles.h"
#include "reports/judgement.h"
#include "reports/markup.h"
#include "reports/wording.h"
#include "validations/catalogue.h"

namespace ackproof {

namespace {

using reports::count;
using reports::readable_line;

constexpr std::size_t kWidth = 100;
constexpr std::size_t kTextAt = 21;

struct Step {
  std::string_view title;
  std::span<const std::string_view> areas;
};

constexpr std::string_view kPromises[] = {"CAP", "ERR"};
constexpr std::string_view kQueues[] = {"TURN", "WORK", "ACK", "TEXT"};
constexpr std::string_view kLocks[] = {"LOCK"};
constexpr std::string_view kAttempts[] = {"POISON"};
constexpr std::string_view kHistory[] = {"HIST"};
constexpr std::string_view kTime[] = {"TIME"};
constexpr std::string_view kStore[] = {"DUR", "CONC"};
constexpr std::string_view kSmallFacets[] = {"STAT", "KV", "TAG", "VER", "SESS"};
constexpr std::string_view kManagement[] = {"MGMT", "DEL", "PRUNE"};
constexpr std::string_view kPolling[] = {"POLL"};
constexpr std::string_view kStreams[] = {"EVST", "CTX"};
constexpr std::string_view kWorkflows[] = {"ENG"};

// Each stands on those before. What is in none of them comes last.
constexpr Step kSteps[] = {
    {"Describe, and refuse what is wrong", kPromises},
    {"Enqueue, fetch and ack", kQueues},
    {"Locks", kLocks},
    {"Attempts", kAttempts},
    {"Executions and history", kHistory},
    {"Time", kTime},
    {"Several handles, and reopening", kStore},
    {"State of instances, filters and sessions", kSmallFacets},
    {"Management, deletion and pruning", kManagement},
    {"Waiting for work", kPolling},
    {"Event streams, outputs and globals", kStreams},
    {"Workflows of an engine, which need all of this", kWorkflows},
    {"Everything else", {}},
};

// A clause that is not kept.
struct Left {
  const Requirement* clause;
  std::uint64_t wins;  // Validations that would pass.
  std::size_t step;
  std::ptrdiff_t area;  // Its place in the step.
};

std::size_t step_of(const Requirement& clause) {
  const auto* found = std::ranges::find_if(kSteps, [&](const Step& step) {
    return std::ranges::find(step.areas, clause.area()) != step.areas.end();
  });
  return std::min<std::size_t>(found - std::begin(kSteps), std::size(kSteps) - 1);
}

std::uint64_t not_passed(const Run& run, std::string_view requirement) {
  std::set<std::string_view> names;  // Each once, however often it was repeated.
  for (const Verdict* verdict : reports::verdicts_on(run, requirement)) {
    if (reports::is_not_passed(*verdict)) names.insert(verdict->validation);
  }
  return names.size();
}

std::vector<Left> left_of(const Run& run, Force force) {
  std::vector<Left> left;
  for (const Clause& clause : run.clauses) {
    const Requirement* requirement = find_requirement(clause.requirement);
    if (requirement == nullptr || requirement->force != force) continue;
    const std::uint64_t wins = not_passed(run, clause.requirement);
    if (wins == 0) continue;
    const std::size_t step = step_of(*requirement);
    const auto& areas = kSteps[step].areas;
    const auto area = std::ranges::find(areas, requirement->area()) - areas.begin();
    left.push_back({requirement, wins, step, area});
  }
  std::ranges::stable_sort(left, [](const Left& a, const Left& b) {
    return std::pair(a.step, a.area) < std::pair(b.step, b.area);
  });
  return left;
}

// "core 12 and engine 15": how many clauses each profile lacks.
std::string distances(const Run& run, const std::vector<Left>& left) {
  std::vector<std::string> each;
  for (const std::string& selected : run.selection.profiles) {
    const Profile* profile = find_profile(selected);
    if (profile == nullptr) continue;
    const auto lacking = std::ranges::count_if(
        left, [profile](const Left& one) { return includes(*profile, *one.clause); });
    each.push_back(selected + " " + std::to_string(lacking));
  }
  return reports::list(each);
}

// MUST clauses of which anything was asked, or should have been; what is not applicable was not.
std::uint64_t asked_clauses(const Run& run) {
  return static_cast<std::uint64_t>(std::ranges::count_if(run.clauses, [&](const Clause& clause) {
    const auto verdicts = reports::verdicts_on(run, clause.requirement);
    const bool was_asked = std::ranges::any_of(verdicts, [](const Verdict* verdict) {
      return verdict->outcome != Outcome::not_applicable;
    });
    return clause.force == Force::must && (was_asked || missing_of(run, clause) > 0);
  }));
}

// Those of which nothing worse is known than that verdicts are missing.
std::uint64_t unknown_clauses(const Run& run, const std::vector<Left>& left) {
  return static_cast<std::uint64_t>(std::ranges::count_if(run.clauses, [&](const Clause& clause) {
    const bool is_left = std::ranges::any_of(
        left, [&](const Left& one) { return one.clause->id == clause.requirement; });
    return clause.force == Force::must && !is_left && missing_of(run, clause) > 0;
  }));
}

std::string heading(const Run& run, const std::vector<Left>& left) {
  const std::uint64_t asked = asked_clauses(run);
  const std::string kept = readable_line(reports::provider_name(run)) + " keeps " +
                           std::to_string(asked - left.size() - unknown_clauses(run, left)) +
                           " of " + count(asked, "clause");
  if (!run.selection.is_whole()) return kept + " that were asked, which is only a part.\n";
  const std::string level = reports::level_name(run.selection.level);
  if (left.empty()) {
    return kept + " of " + readable_line(reports::selection_name(run.selection)) + ".\n";
  }
  if (run.selection.profiles.size() > 1) {
    return kept + "; still to go to " + level + ": " + distances(run, left) + ".\n";
  }
  return kept + "; " + count(left.size(), "clause") + " to go to " +
         readable_line(reports::selection_name(run.selection)) + ".\n";
}

std::string row(const Left& one) {
  std::string id(one.clause->id);
  id.resize(std::max<std::size_t>(10, id.size() + 1), ' ');
  const std::string wins = std::to_string(one.wins);
  return "     " + id + std::string(4 - std::min<std::size_t>(4, wins.size()), ' ') + wins + "  " +
         reports::beginning(one.clause->text, kWidth - kTextAt) + "\n";
}

std::string step_heading(const std::vector<Left>& left, std::size_t step) {
  std::uint64_t clauses = 0;
  std::uint64_t wins = 0;
  for (const Left& one : left) {
    if (one.step != step) continue;
    ++clauses;
    wins += one.wins;
  }
  return "\n  " + std::string(kSteps[step].title) + ": " + count(clauses, "clause") + " to keep, " +
         count(wins, "validation") + " to win\n";
}

std::string steps(const std::vector<Left>& left, const TodoPlace& place, std::size_t most) {
  const std::size_t shown = most == 0 ? left.size() : std::min(most, left.size());
  std::string text;
  for (std::size_t i = 0; i < shown; ++i) {
    const bool is_first = i == 0 || left[i - 1].step != left[i].step;
    text += (is_first ? step_heading(left, left[i].step) : "") + row(left[i]);
  }
  if (shown < left.size()) {
    text += "     and " + count(left.size() - shown, "clause") + " more: " + place.program +
            " todo " + place.record + "\n";
  }
  return text;
}

// "enqueue_message" of "#1 worker 1 +0ms enqueue_message(start 0 to 'order-1', 0ms) -> internal: …".
std::string operation_of(const std::string& call) {
  const std::string head = call.substr(0, call.find('('));
  return head.substr(head.rfind(' ') + 1);
}

// With which calls most of what did not pass ends: of a store that is being written that is where to go on.
std::string ends(const Run& run) {
  constexpr std::size_t kShown = 4;
  std::map<std::string, std::uint64_t> tally;
  for (const Verdict& verdict : run.verdicts) {
    if (!reports::is_not_passed(verdict) || verdict.calls.empty()) continue;
    ++tally[operation_of(verdict.calls.back())];
  }
  std::vector<std::pair<std::string, std::uint64_t>> most(tally.begin(), tally.end());
  std::ranges::stable_sort(most, std::ranges::greater(),
                           [](const auto& one) { return one.second; });
  most.resize(std::min(most.size(), kShown));
  std::vector<std::string> shown;
  for (const auto& [operation, times] : most) {
    shown.push_back(readable_line(operation) + " " + std::to_string(times));
  }
  return shown.empty() ? "" : "Last call before they did not pass: " + reports::list(shown) + ".\n";
}

// What else stands between this run and a certificate.
std::string remarks(const Run& run, const std::vector<Left>& left, const TodoPlace& place) {
  const Judgement judgement = judge(run);
  const std::uint64_t open = judgement.of(Outcome::inconclusive) + judgement.of(Outcome::broken);
  std::string text;
  if (open > 0 && judgement.missing == 0) {
    text += "\nUndecided: " + count(open, "verdict") + ". Ask again: " + place.program +
            " certify " + readable_line(run.provider) + " --rerun-failed " + place.record + "\n";
  }
  if (judgement.missing > 0) {
    text += "\nMissing: " + count(judgement.missing, "verdict") + ". Certify again.\n";
  }
  if (left.empty() && judgement.conclusion != Conclusion::certified) {
    for (const std::string& obstacle : judgement.obstacles) {
      text += "\n" + readable_line(obstacle) + "\n";
    }
  }
  std::vector<std::string> advised;
  for (const Left& one : left_of(run, Force::should)) advised.emplace_back(one.clause->id);
  if (!advised.empty()) {
    text += "\nNot kept either, but no certificate needs it (SHOULD): " + reports::list(advised) +
            ".\n";
  }
  return text;
}

std::uint64_t validations_at(Level level, const std::vector<std::string>& profiles) {
  return static_cast<std::uint64_t>(std::ranges::count_if(catalogue(), [&](const Validation& one) {
    return one.level == level && std::ranges::any_of(profiles, [&](const std::string& name) {
             const Profile* profile = find_profile(name);
             return profile != nullptr && includes(*profile, one.proves);
           });
  }));
}

// Whether the suite asks anything that only this profile has.
bool is_built(const Profile& profile) {
  return std::ranges::any_of(catalogue(), [&](const Validation& one) {
    return std::ranges::find(profile.areas, one.proves.area()) != profile.areas.end();
  });
}

// What a provider that does this can do next: the next level, and the profiles that it has not asked for.
std::string what_comes_next(const Run& run) {
  std::string text;
  const auto add = [&text](const std::string& line) {
    text += (text.empty() ? "\nAfter that:\n" : "") + ("     " + line + "\n");
  };
  for (const Profile& profile : profiles()) {
    const auto& selected = run.selection.profiles;
    if (std::ranges::find(selected, profile.name) != selected.end() || !is_built(profile)) continue;
    std::vector<std::string> missing;
    for (const Capability needed : profile.needs) {
      if (run.description.capabilities.facets.has(needed)) continue;
      missing.emplace_back(name(needed));
    }
    const std::string what =
        missing.empty() ? "is declared already" : "declare " + reports::list(missing);
    add("profile " + std::string(profile.name) + ": " + what);
  }
  const int next = static_cast<int>(run.selection.level) + 1;
  if (next > static_cast<int>(Level::resilient)) return text;
  const auto level = static_cast<Level>(next);
  if (const std::uint64_t more = validations_at(level, run.selection.profiles); more > 0) {
    add(reports::level_name(level) + ": " + count(more, "validation") + " more, by --level " +
        std::to_string(next));
  }
  return text;
}

}  // namespace

std::string todo(const Run& run, const TodoPlace& place, std::size_t most) {
  const std::vector<Left> left = left_of(run, Force::must);
  std::string text =
      heading(run, left) + ends(run) + steps(left, place, most) + remarks(run, left, place);
  if (run.selection.is_whole()) text += what_comes_next(run);
  if (!left.empty()) {
    text += "\n" + place.program + " explain " + std::string(left.front().clause->id) +
            " says why a clause matters, how it goes wrong, and what asks it.\n";
  }
  return text;
}

}  // namespace ackproof
