#include "reports/comparison.h"

#include <algorithm>
#include <array>
#include <map>

#include "reports/markup.h"
#include "reports/wording.h"

namespace ackproof::reports {

namespace {

constexpr std::string_view kSequenceClause = "CONC_4";

constexpr std::array kTrends = {Trend::regressed,     Trend::fresh, Trend::removed,
                                Trend::still_failing, Trend::fixed, Trend::added};

// What a validation came to over its repetitions.
struct Result {
  std::string requirement;
  Outcome worst = Outcome::passed;
};

// The lower, the worse. What always fails is worse than what does now and then, what nobody has accepted worse than
// what is exempted, and a refutation worse than a doubt.
int rank(Outcome outcome) {
  switch (outcome) {
    case Outcome::failed:
    case Outcome::crashed:
    case Outcome::timed_out:
      return 0;
    case Outcome::flaky:
      return 1;
    case Outcome::exempted:
      return 2;
    case Outcome::inconclusive:
    case Outcome::broken:
      return 3;
    case Outcome::passed:
    case Outcome::not_applicable:
      break;
  }
  return 4;
}

// Of what was asked, in the order of the record.
std::vector<std::pair<std::string, Result>> results(const Run& run) {
  std::vector<std::pair<std::string, Result>> all;
  std::map<std::string, std::size_t> places;
  for (const Verdict& verdict : run.verdicts) {
    if (verdict.outcome == Outcome::not_applicable) continue;
    const auto [place, is_first] = places.emplace(verdict.validation, all.size());
    if (is_first) {
      all.emplace_back(verdict.validation, Result{verdict.requirement, verdict.outcome});
    } else if (Outcome& worst = all[place->second].second.worst;
               rank(verdict.outcome) < rank(worst)) {
      worst = verdict.outcome;
    }
  }
  return all;
}

std::optional<Trend> trend_of(std::optional<Outcome> before, std::optional<Outcome> after) {
  if (!after) return Trend::removed;
  const bool passes = *after == Outcome::passed;
  if (!before) return passes ? Trend::added : Trend::fresh;
  if (*before == Outcome::passed) return passes ? std::nullopt : std::optional(Trend::regressed);
  if (rank(*after) < rank(*before)) return Trend::regressed;  // It was not good, and is worse now.
  return passes ? Trend::fixed : Trend::still_failing;
}

void remark(std::vector<std::string>& remarks, std::string_view what, const std::string& before,
            const std::string& after) {
  if (before == after) return;
  remarks.push_back("The " + std::string(what) + " was " + readable_line(before) + " and is " +
                    readable_line(after) + ".");
}

std::vector<std::string> differences(const Run& before, const Run& after) {
  std::vector<std::string> remarks;
  remark(remarks, "provider", provider_name(before), provider_name(after));
  remark(remarks, "store", before.description.store_version, after.description.store_version);
  remark(remarks, "contract", before.suite.contract_version, after.suite.contract_version);
  remark(remarks, "suite", before.suite.version, after.suite.version);
  if (before.suite.version == after.suite.version) {
    remark(remarks, "suite's binary", before.suite.binary_digest, after.suite.binary_digest);
  }
  remark(remarks, "selection", selection_name(before.selection), selection_name(after.selection));
  remark(remarks, "clock", clock_name(before.selection.clock), clock_name(after.selection.clock));
  for (const auto& [run, which] : {std::pair{&before, "earlier"}, {&after, "later"}}) {
    if (!run->selection.is_whole()) {
      remarks.push_back("The " + std::string(which) + " run asked only a part of its profiles.");
    }
    if (run->interrupted) remarks.push_back("The " + std::string(which) + " run was interrupted.");
    if (const std::uint64_t missing = judge(*run).missing; missing > 0) {
      remarks.push_back("The " + std::string(which) + " run misses " + count(missing, "verdict") +
                        ".");
    }
  }
  return remarks;
}

bool has_sequences(const Run& run) {
  return std::ranges::any_of(run.verdicts, [](const Verdict& verdict) {
    return verdict.requirement == kSequenceClause && verdict.outcome != Outcome::not_applicable;
  });
}

// In which respects the later run asked less hard: it may have missed what the earlier one would have seen.
std::vector<std::string> eased(const Run& before, const Run& after) {
  std::vector<std::string> sentences;
  const auto look = [&](std::uint64_t then, std::uint64_t now, const std::string& things) {
    if (now >= then) return;
    sentences.push_back("The later run asked less hard: " + grouped(then) + " " + things +
                        " before, and " + grouped(now) + " now.");
  };
  look(before.selection.repeat, after.selection.repeat, "repetitions");
  if (!has_sequences(before)) return sentences;
  look(before.selection.sequences, after.selection.sequences, "random sequences");
  look(before.selection.sequence_length, after.selection.sequence_length, "calls of a sequence");
  return sentences;
}

std::string outcome_text(std::optional<Outcome> outcome) {
  return outcome ? phrase(*outcome) : "not asked";
}

}  // namespace

std::string_view name(Trend trend) {
  constexpr std::array<std::string_view, 6> kNames = {"regressed",     "new",   "removed",
                                                      "still failing", "fixed", "added"};
  return kNames.at(static_cast<std::size_t>(trend));
}

std::uint64_t Comparison::of(Trend trend) const {
  return static_cast<std::uint64_t>(std::ranges::count(changes, trend, &Change::trend));
}

bool Comparison::is_worse() const {
  return is_incomplete || is_eased || std::ranges::any_of(changes, [](const Change& change) {
           const bool is_down = change.trend == Trend::regressed || change.trend == Trend::fresh ||
                                change.trend == Trend::removed;
           return is_down && change.after != Outcome::exempted;
         });
}

Comparison compare(const Run& before, const Run& after) {
  Comparison comparison;
  comparison.remarks = differences(before, after);
  comparison.is_incomplete = after.interrupted || judge(after).missing > 0;
  const std::vector<std::string> less = eased(before, after);
  comparison.is_eased = !less.empty();
  comparison.remarks.insert(comparison.remarks.end(), less.begin(), less.end());
  const auto then = results(before);
  const auto now = results(after);
  const std::map<std::string, Result> earlier(then.begin(), then.end());
  const std::map<std::string, Result> later(now.begin(), now.end());
  const auto judge_one = [&](const std::string& validation, const std::string& requirement) {
    const auto old = earlier.find(validation);
    const auto fresh = later.find(validation);
    const auto was = old == earlier.end() ? std::nullopt : std::optional(old->second.worst);
    const auto is = fresh == later.end() ? std::nullopt : std::optional(fresh->second.worst);
    const std::optional<Trend> trend = trend_of(was, is);
    if (trend) {
      comparison.changes.push_back({validation, requirement, *trend, was, is});
    } else {
      ++comparison.still_passing;
    }
  };
  for (const auto& [validation, result] : now) judge_one(validation, result.requirement);
  for (const auto& [validation, result] : then) {
    if (!later.contains(validation)) judge_one(validation, result.requirement);
  }
  std::ranges::stable_sort(comparison.changes, {}, &Change::trend);
  return comparison;
}

std::string render_comparison(const Comparison& comparison) {
  std::string out;
  for (const Change& change : comparison.changes) {
    std::string head(name(change.trend));
    head.resize(15, ' ');
    std::string clause = readable_line(change.requirement);
    clause.resize(std::max<std::size_t>(clause.size(), 9), ' ');
    out += head + clause + " " + readable_line(change.validation) + ": " +
           outcome_text(change.before) + ", now " + outcome_text(change.after) + "\n";
  }
  if (!comparison.changes.empty()) out += "\n";
  for (const std::string& remark : comparison.remarks) out += remark + "\n";
  if (!comparison.remarks.empty()) out += "\n";
  for (const Trend trend : kTrends) {
    out += std::to_string(comparison.of(trend)) + " " + std::string(name(trend)) + ", ";
  }
  return out + std::to_string(comparison.still_passing) + " still passing\n";
}

}  // namespace ackproof::reports
