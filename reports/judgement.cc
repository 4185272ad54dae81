#include "reports/judgement.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <functional>
#include <map>
#include <set>

#include "contract/profiles.h"
#include "reports/exemptions.h"
#include "reports/wording.h"

namespace ackproof {

namespace {

using Sentences = std::vector<std::string>;
using Verdicts = std::vector<const Verdict*>;

// A clause with the verdicts on it.
struct Case {
  const Clause& clause;
  Verdicts verdicts;
};

std::vector<Case> cases(const Run& run) {
  std::map<std::string_view, Verdicts> by_requirement;
  for (const Verdict& verdict : run.verdicts) {
    by_requirement[verdict.requirement].push_back(&verdict);
  }
  std::vector<Case> all;
  for (const Clause& clause : run.clauses) {
    all.push_back({clause, by_requirement[clause.requirement]});
  }
  return all;
}

// --- What holds of one verdict, or of one clause

bool decides_nothing(const Verdict& verdict) {
  return verdict.outcome == Outcome::inconclusive || verdict.outcome == Outcome::broken;
}

bool lacks_hook(const Verdict& verdict) {
  return verdict.outcome == Outcome::not_applicable && reports::wants_hook(verdict.reason);
}

Force requirement_force(const Verdict& verdict) {
  const Requirement* requirement = find_requirement(verdict.requirement);
  return requirement == nullptr ? Force::must : requirement->force;
}

// The level can try the clause, and the provider declares what it is about. What no validation
// could refute binds nobody here.
bool binds(const Requirement& requirement, const Run& run) {
  const bool is_declared = requirement.needs == Capability::none ||
                           run.description.capabilities.facets.has(requirement.needs);
  return is_declared && requirement.from <= run.selection.level && requirement.untestable.empty();
}

bool binds(const Clause& clause, const Run& run) {
  const Requirement* requirement = find_requirement(clause.requirement);
  return requirement == nullptr || binds(*requirement, run);
}

// Below level 3 an absent hook is no obstacle (CAP_6).
bool forgives_hooks(const Run& run) { return run.selection.level < Level::durable; }

// With the full stop that reasons come without.
std::string sentence(std::string text) {
  if (!text.ends_with('.')) text += '.';
  return text;
}

// "expired_token_cannot_ack failed, other_one crashed", of the verdicts that `counts` takes.
std::string list(const Case& of, bool (*counts)(const Verdict&)) {
  std::string text;
  for (const Verdict* verdict : of.verdicts) {
    if (!counts(*verdict)) continue;
    if (!text.empty()) text += ", ";
    text += reports::verdict_name(*verdict) + " " + reports::phrase(verdict->outcome);
  }
  return text;
}

// One sentence per clause of this force that has a verdict that `counts` takes.
Sentences name_clauses(const Run& run, Force force, bool (*counts)(const Verdict&),
                       std::string_view claim) {
  Sentences found;
  for (const Case& each : cases(run)) {
    const std::string named = each.clause.force == force ? list(each, counts) : "";
    if (named.empty()) continue;
    found.push_back(each.clause.requirement + " " + std::string(claim) + ": " + named + ".");
  }
  return found;
}

// --- What refutes

Sentences undeclared_needs(const Run& run) {
  Sentences found;
  for (const std::string& selected : run.selection.profiles) {
    const Profile* profile = find_profile(selected);
    if (profile == nullptr) continue;
    for (const Capability needed : profile->needs) {
      if (run.description.capabilities.facets.has(needed)) continue;
      found.push_back("The profile " + selected + " needs " + std::string(name(needed)) +
                      ", which the provider does not declare.");
    }
  }
  return found;
}

bool is_refuted(const Verdict& verdict) {
  return refutes(verdict) && verdict.outcome != Outcome::exempted;
}

Sentences refuted_clauses(const Run& run) {
  return name_clauses(run, Force::must, refutes, "does not hold");
}

// --- What leaves it open

Sentences unknown_profiles(const Run& run) {
  Sentences found;
  for (const std::string& selected : run.selection.profiles) {
    if (find_profile(selected) == nullptr) found.push_back("There is no profile " + selected + ".");
  }
  if (run.selection.profiles.empty()) found.push_back("No profile was selected.");
  return found;
}

Sentences undecided_clauses(const Run& run) {
  return name_clauses(run, Force::must, decides_nothing, "is undecided");
}

std::uint64_t wanted_verdicts(const Clause& clause, const Run& run) {
  return clause.planned * run.selection.repeat;
}

// Each validation of a clause, times the repetitions, has to have its verdict, and nothing else
// has.
Sentences miscounted_clauses(const Run& run) {
  std::uint64_t missing = 0;
  std::uint64_t wanted = 0;
  std::vector<std::string> incomplete;
  for (const Case& each : cases(run)) {
    const std::uint64_t planned = wanted_verdicts(each.clause, run);
    wanted += planned;
    if (each.verdicts.size() >= planned) continue;
    missing += planned - each.verdicts.size();
    incomplete.push_back(each.clause.requirement);
  }
  Sentences found;
  if (missing > 0) {
    found.push_back("Missing: " + reports::count(missing, "verdict") + " on " +
                    reports::list(incomplete) + ".");
  }
  if (run.verdicts.size() + missing > wanted) {
    found.push_back("The record has verdicts that were not planned.");
  }
  std::set<std::pair<std::string_view, std::uint64_t>> seen;
  for (const Verdict& verdict : run.verdicts) {
    if (seen.emplace(verdict.validation, verdict.repetition).second) continue;
    found.push_back("The record has two verdicts of " + reports::verdict_name(verdict) + ".");
  }
  return found;
}

Sentences untried_clauses(const Run& run) {
  Sentences found;
  if (!run.selection.is_whole()) return found;
  for (const Clause& clause : run.clauses) {
    if (clause.force != Force::must || clause.planned > 0 || !binds(clause, run)) continue;
    if (reports::wants_hook(clause.untried) && forgives_hooks(run)) continue;
    found.push_back(clause.untried.empty()
                        ? clause.requirement + " was not tried."
                        : sentence(clause.requirement + " was not tried: " + clause.untried));
  }
  return found;
}

Sentences unforgiven_hooks(const Run& run) {
  if (forgives_hooks(run)) return {};
  return name_clauses(run, Force::must, lacks_hook, "was not tried in full");
}

// Why a verdict cannot be what it says; empty when it can. A record may have been edited.
std::string contradiction(const Verdict& verdict, const Run& run) {
  const bool says_fine =
      verdict.outcome == Outcome::passed || verdict.outcome == Outcome::not_applicable;
  if (says_fine && !verdict.failures.empty()) return "has findings";
  if (says_fine && !(verdict.calls.empty() && verdict.output.empty())) {
    return "shows what only a failure shows";
  }
  if (says_fine && !verdict.retries.empty()) return "was asked again because it had failed";
  if (verdict.outcome == Outcome::flaky &&
      std::ranges::find(verdict.retries, Outcome::passed, &Retry::outcome) ==
          verdict.retries.end()) {
    return "never passed";
  }
  if (verdict.outcome == Outcome::exempted &&
      std::ranges::none_of(run.exemptions,
                           [&](const Exemption& each) { return each.is_about(verdict); })) {
    return "no exemption is about it";
  }
  if (verdict.outcome != Outcome::not_applicable) return {};
  if (verdict.reason.empty()) return "has no reason";
  for (const Requirement& clause : requirements()) {
    const bool is_declared = run.description.capabilities.facets.has(clause.needs);
    if (is_declared &&
        verdict.reason.ends_with("does not declare " + std::string(name(clause.needs)))) {
      return "names what the provider declares";
    }
  }
  const bool outlives = run.description.capabilities.durability != Durability::is_volatile;
  return outlives && reports::wants_durability(verdict.reason) ? "names what the provider declares"
                                                               : "";
}

Sentences contradictions(const Run& run) {
  Sentences found;
  for (const Verdict& verdict : run.verdicts) {
    const std::string what = contradiction(verdict, run);
    if (what.empty()) continue;
    found.push_back("The record contradicts itself: " + reports::verdict_name(verdict) + " is " +
                    std::string(name(verdict.outcome)) + " and " + what + ".");
  }
  for (const Clause& clause : run.clauses) {
    const Requirement* requirement = find_requirement(clause.requirement);
    if (requirement == nullptr || requirement->force == clause.force) continue;
    found.push_back("The record contradicts the contract: " + clause.requirement + " is a " +
                    std::string(name(requirement->force)) + ".");
  }
  return found;
}

// MUST clauses of the profiles that the record does not even name.
Sentences omitted_clauses(const Run& run) {
  Sentences found;
  if (!run.selection.is_whole()) return found;
  for (const Requirement& requirement : requirements()) {
    const bool is_selected = std::ranges::any_of(run.selection.profiles, [&](const auto& selected) {
      const Profile* profile = find_profile(selected);
      return profile != nullptr && includes(*profile, requirement);
    });
    const bool is_named =
        std::ranges::find(run.clauses, requirement.id, &Clause::requirement) != run.clauses.end();
    if (!is_selected || is_named || requirement.force != Force::must) continue;
    if (binds(requirement, run)) found.push_back(std::string(requirement.id) + " was left out.");
  }
  return found;
}

Sentences unfinished_run(const Run& run) {
  if (run.interrupted) return {"The run was interrupted."};
  const bool says_something =
      run.selection.shard.count > 1 || std::ranges::any_of(run.verdicts, [](const Verdict& each) {
        return each.outcome == Outcome::passed || each.outcome == Outcome::exempted;
      });
  return says_something ? Sentences() : Sentences{"No validation passed."};
}

// --- What is worth knowing beside it

Sentences absent_hooks(const Run& run) {
  Sentences found;
  for (const Case& each : cases(run)) {
    if (each.clause.force == Force::must && !forgives_hooks(run)) continue;
    const bool is_untried = each.clause.planned == 0 && reports::wants_hook(each.clause.untried);
    if (is_untried) {
      found.push_back(sentence(each.clause.requirement + " was not tried: " + each.clause.untried));
    }
    for (const Verdict* verdict : each.verdicts) {
      if (!lacks_hook(*verdict) || verdict->repetition > 1) continue;
      found.push_back(sentence(each.clause.requirement + " was not tried in full: " +
                               verdict->validation + " " + verdict->reason));
    }
  }
  return found;
}

// With zero failures in n repetitions, a probability of failing above 1 - 0.05^(1/n) would have shown itself with 95 %
// confidence.
Sentences bound_on_flakes(const Run& run) {
  const bool any_failed = std::ranges::any_of(
      run.verdicts, [](const Verdict& each) { return refutes(each) || decides_nothing(each); });
  if (run.selection.repeat < 2 || any_failed || run.interrupted) return {};
  const double bound = 1 - std::pow(0.05, 1 / static_cast<double>(run.selection.repeat));
  std::array<char, 16> percent{};
  std::snprintf(percent.data(), percent.size(), "%.2f", std::ceil(bound * 10'000) / 100);
  return {"Each validation passed " + reports::count(run.selection.repeat, "time") +
          " of as many: with 95 % confidence it fails in less than " + percent.data() +
          " % of all runs."};
}

Sentences exempted_clauses(const Run& run) {
  Sentences found;
  for (const Exemption& each : run.exemptions) {
    found.push_back("Exempted until " + each.expires + ", " + std::string(name(each.mode)) + ": " +
                    each.subject + ", by " + each.owner + ". " + sentence(each.reason));
  }
  return found;
}

// What a facet demands of others than the provider is not covered by its certificate, which has to
// be said beside it.
Sentences unasked_clauses(const Run& run) {
  Sentences found;
  for (const Clause& clause : run.clauses) {
    const Requirement* requirement = find_requirement(clause.requirement);
    if (requirement == nullptr || requirement->untestable.empty()) continue;
    if (requirement->needs == Capability::none) continue;
    found.push_back(clause.requirement +
                    " is not asked of providers: " + std::string(requirement->untestable));
  }
  return found;
}

// What a volatile provider was not asked has to be said beside its certificate.
Sentences untried_durability(const Run& run) {
  std::vector<std::string> clauses;
  for (const Case& each : cases(run)) {
    const bool any = std::ranges::any_of(each.verdicts, [](const Verdict* verdict) {
      return verdict->outcome == Outcome::not_applicable &&
             reports::wants_durability(verdict->reason);
    });
    if (any) clauses.push_back(each.clause.requirement);
  }
  if (clauses.empty()) return {};
  return {"The provider is volatile, so what is about reopening was not tried: " +
          reports::list(clauses) + "."};
}

Sentences together(std::initializer_list<Sentences> parts) {
  Sentences all;
  for (const Sentences& part : parts) all.insert(all.end(), part.begin(), part.end());
  return all;
}

std::string conclude(Conclusion conclusion, const Run& run, std::size_t obstacles) {
  const std::string who = reports::provider_name(run);
  const std::string what = reports::selection_name(run.selection);
  const std::string why = obstacles == 1 ? "there is 1 obstacle."
                                         : "there are " + std::to_string(obstacles) + " obstacles.";
  switch (conclusion) {
    case Conclusion::certified:
      return who + " is certified: " + what + ".";
    case Conclusion::not_certified:
      return who + " is not certified for " + what + ": " + why;
    case Conclusion::undecided:
      return "It is undecided whether " + who + " keeps " + what + ": " + why;
    case Conclusion::partial:
      break;
  }
  return who + " passed what was asked, which is a part of " + what + " and certifies nothing.";
}

// Nothing else is amiss, so the provider is not to blame.
std::string no_verdict(const Run& run) {
  return "There is no verdict on " + reports::provider_name(run) + " for " +
         reports::selection_name(run.selection) + ": an exemption is wrong.";
}

void count(const Run& run, Judgement& judgement) {
  for (const Verdict& verdict : run.verdicts) {
    ++judgement.count.at(static_cast<std::size_t>(verdict.outcome));
  }
  for (const Case& each : cases(run)) {
    const std::uint64_t wanted = wanted_verdicts(each.clause, run);
    judgement.missing += wanted - std::min<std::uint64_t>(wanted, each.verdicts.size());
  }
  judgement.planned = run.verdicts.size() + judgement.missing;
}

}  // namespace

bool refutes(const Verdict& verdict) { return refutes(verdict.outcome); }

bool refutes(Outcome outcome) {
  return outcome == Outcome::failed || outcome == Outcome::crashed ||
         outcome == Outcome::timed_out || outcome == Outcome::exempted || outcome == Outcome::flaky;
}

std::uint64_t missing_of(const Run& run, const Clause& clause) {
  const auto there = static_cast<std::uint64_t>(
      std::ranges::count(run.verdicts, clause.requirement, &Verdict::requirement));
  const std::uint64_t wanted = clause.planned * run.selection.repeat;
  return wanted - std::min(wanted, there);
}

std::string_view name(Conclusion conclusion) {
  switch (conclusion) {
    case Conclusion::certified:
      return "certified";
    case Conclusion::not_certified:
      return "not_certified";
    case Conclusion::undecided:
      return "undecided";
    case Conclusion::partial:
      break;
  }
  return "partial";
}

Judgement judge(const Run& run) {
  const Sentences refuted = together({undeclared_needs(run), refuted_clauses(run)});
  const Sentences open = together(
      {unfinished_run(run), unknown_profiles(run), undecided_clauses(run), miscounted_clauses(run),
       contradictions(run), untried_clauses(run), unforgiven_hooks(run), omitted_clauses(run)});
  const Sentences wrong = wrong_exemptions(run);
  Judgement judgement;
  judgement.obstacles = together({refuted, open, wrong});
  judgement.has_wrong_exemption = !wrong.empty();
  if (!refuted.empty()) {
    judgement.conclusion = Conclusion::not_certified;
  } else if (!open.empty() || !wrong.empty()) {
    judgement.conclusion = Conclusion::undecided;
  } else if (!run.selection.is_whole()) {
    judgement.conclusion = Conclusion::partial;
    judgement.obstacles = {"Only a part of the selected profiles was asked."};
  } else {
    judgement.conclusion = Conclusion::certified;
  }
  judgement.remarks =
      together({name_clauses(run, Force::should, refutes, "(SHOULD) does not hold"),
                name_clauses(run, Force::should, decides_nothing, "(SHOULD) is undecided"),
                absent_hooks(run), unasked_clauses(run), untried_durability(run),
                exempted_clauses(run), bound_on_flakes(run)});
  const bool only_exempted = std::ranges::none_of(run.verdicts, [](const Verdict& each) {
    return is_refuted(each) && requirement_force(each) == Force::must;
  });
  judgement.is_exempted = judgement.conclusion == Conclusion::not_certified && open.empty() &&
                          wrong.empty() && only_exempted && undeclared_needs(run).empty();
  const bool only_paper = refuted.empty() && open.empty() && !wrong.empty();
  judgement.sentence = only_paper ? no_verdict(run)
                                  : conclude(judgement.conclusion, run, judgement.obstacles.size());
  count(run, judgement);
  return judgement;
}

int exit_code(const Run& run, const Judgement& judgement) {
  if (run.interrupted) return 130;
  if (judgement.has_wrong_exemption) return 4;
  switch (judgement.conclusion) {
    case Conclusion::certified:
    case Conclusion::partial:
      return 0;
    case Conclusion::not_certified:
      return judgement.is_exempted ? 0 : 1;
    case Conclusion::undecided:
      break;
  }
  return 3;
}

}  // namespace ackproof
