#include "harness/runner/plan.h"

#include <fnmatch.h>

#include <algorithm>
#include <sstream>

#include "contract/profiles.h"
#include "validations/catalogue.h"

namespace ackproof {

namespace {

bool wanted(const Selection& selection, const Requirement& clause) {
  const bool in_profile = std::ranges::any_of(selection.profiles, [&](const std::string& name) {
    const Profile* profile = find_profile(name);
    return profile != nullptr && includes(*profile, clause);
  });
  if (!in_profile || clause.from > selection.level) return false;
  return selection.requirements.empty() ||
         std::ranges::any_of(selection.requirements, [&](const std::string& id) {
           return id == clause.id || id == clause.area();
         });
}

// What is said of a clause once all rows of the selection are known, whichever shard they are in.
Clause summarise(const Requirement& requirement, const std::vector<PlannedRow>& rows) {
  Clause clause{std::string(requirement.id), requirement.force};
  bool any_runs = false;
  std::string reason = requirement.untestable.empty() ? "no validation tries it at this level"
                                                      : std::string(requirement.untestable);
  for (const PlannedRow& row : rows) {
    if (row.validation->proves.id != requirement.id) continue;
    any_runs = any_runs || row.not_applicable.empty();
    if (!row.not_applicable.empty()) reason = row.not_applicable;
  }
  if (!any_runs) clause.untried = reason;
  return clause;
}

// The validations that the shard is dealt, with their repetitions.
std::vector<PlannedRow> dealt(std::vector<PlannedRow> rows, const Selection& selection) {
  std::vector<PlannedRow> mine;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const std::uint64_t validation = i / selection.repeat;
    if (validation % selection.shard.count == selection.shard.index - 1) {
      mine.push_back(std::move(rows[i]));
    }
  }
  return mine;
}

void count_rows(Plan& plan) {
  for (const PlannedRow& row : plan.rows) {
    const auto clause =
        std::ranges::find(plan.clauses, row.validation->proves.id, &Clause::requirement);
    clause->planned += row.repetition == 1 ? 1 : 0;
  }
}

}  // namespace

Plan make_plan(const Selection& selection, const Description& description,
               const ProviderFactory& factory) {
  Plan plan;
  for (const Validation& validation : catalogue()) {
    if (!wanted(selection, validation.proves) || validation.level > selection.level ||
        !matches(selection.filter, validation.name)) {
      continue;
    }
    const std::string reason = why_not_applicable(validation, description, factory);
    for (std::uint64_t n = 1; n <= selection.repeat; ++n) {
      plan.rows.push_back({&validation, n, reason});
    }
  }
  for (const Requirement& requirement : requirements()) {
    if (!wanted(selection, requirement)) continue;
    const bool is_asked = std::ranges::any_of(plan.rows, [&](const PlannedRow& row) {
      return row.validation->proves.id == requirement.id;
    });
    // A filter picks validations, so what it leaves out says nothing about a clause.
    if (!is_asked && !selection.filter.empty()) continue;
    plan.clauses.push_back(summarise(requirement, plan.rows));
  }
  plan.rows = dealt(std::move(plan.rows), selection);
  count_rows(plan);
  return plan;
}

std::vector<std::string> declared_profiles(const Capabilities& capabilities) {
  std::vector<std::string> names;
  for (const Profile& profile : profiles()) {
    if (!missing_for(profile, capabilities)) names.emplace_back(profile.name);
  }
  return names;
}

bool matches(const std::string& globs, std::string_view name) {
  if (globs.empty()) return true;
  std::istringstream list(globs);
  for (std::string glob; std::getline(list, glob, ',');) {
    if (fnmatch(glob.c_str(), std::string(name).c_str(), 0) == 0) return true;
  }
  return false;
}

}  // namespace ackproof
