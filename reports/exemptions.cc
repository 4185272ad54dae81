#include "reports/exemptions.h"

#include <algorithm>
#include <map>

#include "contract/profiles.h"
#include "contract/requirements.h"
#include "reports/judgement.h"

namespace ackproof {

namespace {

// Whether a run of these profiles at this level asks this clause.
bool is_selected(const std::string& subject, const Selection& selection) {
  const Requirement* clause = find_requirement(subject);
  if (clause == nullptr || clause->from > selection.level) return false;
  return std::ranges::any_of(selection.profiles, [&](const std::string& name) {
    const Profile* profile = find_profile(name);
    return profile != nullptr && includes(*profile, *clause);
  });
}

// Days are texts of one form, so their order is that of the letters.
bool has_expired(const Exemption& exemption, const Run& run) {
  return run.started_at.substr(0, exemption.expires.size()) > exemption.expires;
}

// How often there was an answer to one validation, and how often it passed.
struct Tries {
  std::uint64_t all = 0;
  std::uint64_t passed = 0;

  void add(Outcome outcome) {
    const bool has_passed = outcome == Outcome::passed;
    all += has_passed || refutes(outcome) ? 1 : 0;
    passed += has_passed ? 1 : 0;
  }
};

// Whatever fails now and then has passed once in so many times, or nobody would believe it.
constexpr std::uint64_t kEnoughTries = 3;

// A validation that it is about and that fails each time; empty: there is none.
std::string what_always_fails(const Exemption& exemption, const Run& run) {
  std::map<std::string, Tries> by_name;
  for (const Verdict& verdict : run.verdicts) {
    if (!exemption.is_about(verdict) || verdict.outcome == Outcome::not_applicable) continue;
    Tries& tries = by_name[verdict.validation];
    tries.add(verdict.outcome);
    for (const Retry& retry : verdict.retries) tries.add(retry.outcome);
  }
  for (const auto& [name, tries] : by_name) {
    if (tries.all >= kEnoughTries && tries.passed == 0) return name;
  }
  return {};
}

// What a run of everything says about it; empty when that is nothing bad.
std::string trouble_with(const Exemption& exemption, const Run& run) {
  bool is_there = false;
  bool was_asked = false;
  bool all_passed = true;
  for (const Verdict& verdict : run.verdicts) {
    if (!exemption.is_about(verdict)) continue;
    is_there = true;
    if (verdict.outcome == Outcome::not_applicable) continue;
    was_asked = true;
    all_passed = all_passed && verdict.outcome == Outcome::passed;
  }
  if (!was_asked) {
    const bool should_be = is_there || is_selected(exemption.subject, run.selection);
    return should_be ? "is about nothing that was asked." : "";
  }
  if (exemption.mode == Exemption::Mode::known_failing) {
    return all_passed ? "is stale: everything that it is about passes." : "";
  }
  const std::string always = what_always_fails(exemption, run);
  return always.empty() ? ""
                        : "is not of what fails now and then: " + always + " failed each time.";
}

}  // namespace

std::vector<std::string> wrong_exemptions(const Run& run) {
  std::vector<std::string> wrong;
  const bool is_of_everything = run.selection.is_whole() && !run.interrupted;
  for (const Exemption& exemption : run.exemptions) {
    std::string what = is_of_everything ? trouble_with(exemption, run) : "";
    if (has_expired(exemption, run)) {
      what = "expired on " + exemption.expires + ", before the run began.";
    }
    if (!what.empty()) wrong.push_back("The exemption of " + exemption.subject + " " + what);
  }
  return wrong;
}

}  // namespace ackproof
