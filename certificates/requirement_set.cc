#include "certificates/requirement_set.h"

#include <algorithm>
#include <map>

#include "reports/wording.h"

namespace ackproof::certificates {

namespace {

using Found = std::map<std::pair<std::string_view, std::uint64_t>, const Verdict*>;

std::string differing(const RequiredVerdict& required, const Verdict& verdict) {
  if (verdict.requirement != required.requirement) {
    return "stands under " + verdict.requirement + " instead of " + required.requirement;
  }
  if (verdict.level != required.level) {
    return "stands at " + reports::level_name(verdict.level) + " instead of " +
           reports::level_name(required.level);
  }
  const bool was_asked = verdict.outcome != Outcome::not_applicable;
  if (!required.not_applicable.empty()) {
    if (was_asked) return "was asked, although " + required.not_applicable;
    if (verdict.reason == required.not_applicable) return {};
    return "was not asked for another reason than that " + required.not_applicable;
  }
  const bool lacks_hook = !required.without_hook.empty() && verdict.reason == required.without_hook;
  if (was_asked || lacks_hook) return {};
  return "was not asked, although nothing that the provider declares excuses it";
}

// Each required verdict is there, as it has to be, and nothing else is.
std::string wrong_verdicts(const Run& run, const std::vector<RequiredVerdict>& required) {
  Found found;
  for (const Verdict& verdict : run.verdicts) {
    const Found::key_type key(verdict.validation, verdict.repetition);
    if (found.emplace(key, &verdict).second) continue;
    return "it has two verdicts of " + reports::verdict_name(verdict);
  }
  const std::uint64_t repeat = run.selection.repeat;
  if (repeat == 0) return "it was asked zero times";
  for (const RequiredVerdict& each : required) {
    // As many as the record has at most, whatever number stands in it.
    for (std::uint64_t n = 1; n <= repeat; ++n) {
      const auto at = found.find({each.validation, n});
      if (at == found.end()) {
        return "it has no verdict of " + each.validation + " (" + each.requirement + ")" +
               (n == 1 ? "" : " in repetition " + std::to_string(n));
      }
      const std::string what = differing(each, *at->second);
      if (!what.empty()) return each.validation + " " + what;
      found.erase(at);
    }
  }
  if (found.empty()) return {};
  return "it has a verdict that nobody asks for, of " +
         reports::verdict_name(*found.begin()->second);
}

// A hook is there or it is not: what one row lacks, another cannot have used.
std::string wrong_hooks(const Run& run, const std::vector<RequiredVerdict>& required) {
  std::map<std::string_view, std::string_view> reasons;  // Of who lacks it, by validation.
  for (const RequiredVerdict& each : required) {
    if (!each.without_hook.empty()) reasons[each.validation] = each.without_hook;
  }
  std::map<std::string_view, std::string_view> used;     // Validations, by that reason.
  std::map<std::string_view, std::string_view> lacking;  // Likewise.
  for (const Verdict& verdict : run.verdicts) {
    const auto found = reasons.find(verdict.validation);
    if (found == reasons.end()) continue;
    const bool was_asked = verdict.outcome != Outcome::not_applicable;
    (was_asked ? used : lacking)[found->second] = verdict.validation;
  }
  for (const auto& [reason, validation] : lacking) {
    if (!used.contains(reason)) continue;
    return std::string(validation) + " was not asked because it " + std::string(reason) + ", and " +
           std::string(used[reason]) + " had it";
  }
  return {};
}

std::string wrong_clauses(const std::vector<Clause>& clauses, const Required& set) {
  const std::vector<Clause>& required = set.clauses;
  for (std::size_t i = 0; i < std::max(clauses.size(), required.size()); ++i) {
    if (i >= required.size()) return "it lists " + clauses[i].requirement + ", which nobody asks";
    const Clause& wanted = required[i];
    if (i >= clauses.size() || clauses[i].requirement != wanted.requirement) {
      return "its list of clauses lacks " + wanted.requirement + ", or has it elsewhere";
    }
    const Clause& clause = clauses[i];
    const bool is_same =
        clause.force == wanted.force && clause.planned == wanted.planned &&
        (clause.untried == wanted.untried ||
         (i < set.without_hooks.size() && clause.untried == set.without_hooks[i].untried));
    if (!is_same && clause.force == wanted.force && clause.planned == wanted.planned) {
      return "it says of " + wanted.requirement + " that " +
             (clause.untried.empty() ? "it was asked" : "it was not asked: " + clause.untried) +
             "; that does not follow from what the provider declares";
    }
    if (!is_same) {
      return "it says of " + wanted.requirement + " that " +
             reports::count(clause.planned, "validation") + " of this " +
             std::string(name(clause.force)) + " clause were planned, where the suite has " +
             reports::count(wanted.planned, "validation") + " of a " +
             std::string(name(wanted.force));
    }
  }
  return {};
}

Error refused(const std::string& why) { return {ErrorKind::invalid, "examine", why}; }

}  // namespace

Result<Judgement> examine(const Run& run, const RequirementSet& set) {
  if (run.interrupted) return refused("the run was interrupted, so verdicts are missing");
  if (!run.selection.is_whole()) {
    return refused("only a part of " + reports::selection_name(run.selection) +
                   " was asked, and a part certifies nothing");
  }
  if (run.provider.starts_with(kMutantMark)) {
    return refused(run.provider + " is broken on purpose, whatever it passes");
  }
  if (run.suite.contract_version != set.contract_version) {
    return refused("it is about contract " + run.suite.contract_version +
                   ", and this program knows contract " + set.contract_version);
  }
  Judgement judgement = judge(run);
  if (judgement.conclusion == Conclusion::not_certified) {
    return refused(judgement.sentence + " " + judgement.obstacles.front());
  }
  const Required required = set.of(run.selection, run.description);
  std::string wrong = wrong_clauses(run.clauses, required);
  if (wrong.empty()) wrong = wrong_verdicts(run, required.verdicts);
  if (wrong.empty()) wrong = wrong_hooks(run, required.verdicts);
  if (!wrong.empty()) return refused(wrong);
  if (judgement.conclusion != Conclusion::certified) {
    return refused(judgement.sentence + " " + judgement.obstacles.front());
  }
  return judgement;
}

}  // namespace ackproof::certificates
