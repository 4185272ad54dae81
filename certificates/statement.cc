#include "certificates/statement.h"

#include <algorithm>
#include <array>
#include <map>
#include <string_view>

#include "certificates/digest.h"
#include "reports/judgement.h"
#include "reports/run_json.h"

namespace ackproof::certificates {

namespace {

enum class Place : std::uint8_t { passed, not_tried, warned };

// The worst that any repetition said, by validation, in the order of the record.
struct Tally {
  std::vector<std::pair<const Verdict*, Place>> rows;

  explicit Tally(const Run& run) {
    std::map<std::string_view, std::size_t> index;
    for (const Verdict& verdict : run.verdicts) {
      const auto [at, is_new] = index.emplace(verdict.validation, rows.size());
      if (is_new) rows.emplace_back(&verdict, Place::passed);
      Place& place = rows[at->second].second;
      place = std::max(place, place_of(verdict));
    }
  }

  std::vector<std::string> names(Place place) const {
    std::vector<std::string> all;
    for (const auto& [verdict, where] : rows) {
      if (where == place) all.push_back(verdict->validation);
    }
    return all;
  }

 private:
  static Place place_of(const Verdict& verdict) {
    if (verdict.outcome == Outcome::passed) return Place::passed;
    return verdict.outcome == Outcome::not_applicable ? Place::not_tried : Place::warned;
  }
};

std::vector<NotTried> not_tried(const Run& run, const Tally& tally) {
  std::vector<NotTried> all;
  for (const Clause& clause : run.clauses) {
    if (clause.planned == 0) all.push_back({clause.requirement, "", clause.untried});
  }
  for (const auto& [verdict, place] : tally.rows) {
    if (place != Place::not_tried) continue;
    all.push_back({verdict->requirement, verdict->validation, verdict->reason});
  }
  return all;
}

Counts counts_of(const Run& run) {
  const Judgement judgement = judge(run);
  return {judgement.planned,
          judgement.of(Outcome::passed),
          judgement.of(Outcome::failed),
          judgement.of(Outcome::crashed),
          judgement.of(Outcome::timed_out),
          judgement.of(Outcome::inconclusive),
          judgement.of(Outcome::broken),
          judgement.of(Outcome::not_applicable),
          judgement.of(Outcome::exempted),
          judgement.of(Outcome::flaky)};
}

}  // namespace

bool is_blank(std::string_view name) {
  constexpr std::array<std::string_view, 26> kSpaces = {
      " ",      "\t",     "\n",     "\v",     "\f",     "\r",     "\u00a0", "\u1680", "\u2000",
      "\u2001", "\u2002", "\u2003", "\u2004", "\u2005", "\u2006", "\u2007", "\u2008", "\u2009",
      "\u200a", "\u200b", "\u2028", "\u2029", "\u202f", "\u205f", "\u3000", "\ufeff"};
  while (!name.empty()) {
    const auto* const space = std::ranges::find_if(
        kSpaces, [name](std::string_view each) { return name.starts_with(each); });
    if (space == kSpaces.end()) return false;
    name.remove_prefix(space->size());
  }
  return true;
}

std::string_view name(SignerKind kind) {
  return kind == SignerKind::third_party ? "third-party" : "self-certified";
}

Statement make_statement(const Run& run, const std::string& record,
                         const std::string& requirement_set, const Terms& terms) {
  const Tally tally(run);
  const DigestSet program{hex_of(run.suite.binary_digest)};
  Statement statement;
  statement.subject = {
      {"run.json", {hex_of(record)}},
      {run.description.provider + " " + run.description.version, program},
  };
  TestResult& result = statement.predicate;
  result.configuration = {
      {"ackproof", program},
      {"requirement-set", {hex_of(requirement_set)}},
  };
  Claims& claims = result.ackproof;
  if (!run.exemptions.empty()) {
    claims.exemptions = sha256(reports::write_exemptions(run.exemptions));
    result.configuration.push_back({"exemptions", {hex_of(claims.exemptions)}});
  }
  result.passed_tests = tally.names(Place::passed);
  result.warned_tests = tally.names(Place::warned);
  result.result = result.warned_tests.empty() ? "PASSED" : "WARNED";
  claims.provider = {run.description.provider, run.description.version,
                     run.description.store_version};
  claims.profiles = run.selection.profiles;
  claims.level = run.selection.level;
  claims.suite = {run.suite.version, run.suite.contract_version, run.suite.binary_digest,
                  requirement_set};
  claims.record = record;
  claims.environment = run.environment;
  claims.clock = run.selection.clock;
  claims.seed = run.selection.seed;
  claims.repeat = run.selection.repeat;
  claims.sequences = run.selection.sequences;
  claims.sequence_length = run.selection.sequence_length;
  claims.started_at = run.started_at;
  claims.counts = counts_of(run);
  claims.not_tried = not_tried(run, tally);
  claims.issued_at = terms.issued_at;
  claims.valid_until = terms.valid_until;
  claims.signer = terms.signer;
  return statement;
}

}  // namespace ackproof::certificates
