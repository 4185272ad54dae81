#include "harness/records/requirement_set.h"

#include <nlohmann/json.hpp>

#include "certificates/digest.h"
#include "contract/profiles.h"
#include "harness/runner/plan.h"
#include "validations/catalogue.h"

namespace ackproof {

namespace {

using Json = nlohmann::ordered_json;

Json clauses_as_json() {
  Json all = Json::array();
  for (const Requirement& clause : requirements()) {
    all.push_back({{"id", clause.id},
                   {"text", clause.text},
                   {"needs", name(clause.needs)},
                   {"force", name(clause.force)},
                   {"from", name(clause.from)},
                   {"untestable", clause.untestable}});
  }
  return all;
}

Json profiles_as_json() {
  Json all = Json::array();
  for (const Profile& profile : profiles()) {
    Json needs = Json::array();
    for (const Capability needed : profile.needs) needs.push_back(name(needed));
    Json ids = Json::array();
    for (const Requirement& clause : requirements()) {
      if (includes(profile, clause)) ids.push_back(clause.id);
    }
    all.push_back({{"name", profile.name}, {"needs", needs}, {"clauses", ids}});
  }
  return all;
}

Json validations_as_json() {
  Json all = Json::array();
  for (const Validation& validation : catalogue()) {
    all.push_back({{"name", validation.name},
                   {"proves", validation.proves.id},
                   {"level", name(validation.level)},
                   {"needs", name(validation.needs)},
                   {"unless", name(validation.unless)},
                   {"reopens", validation.reopens},
                   {"hook", name(validation.hook)}});
  }
  return all;
}

// Whatever decides what is asked of whom. The advice beside a clause does not.
std::string digest() {
  const Json all = {{"contract", ACKPROOF_CONTRACT_VERSION},
                    {"clauses", clauses_as_json()},
                    {"profiles", profiles_as_json()},
                    {"validations", validations_as_json()}};
  return certificates::sha256(all.dump());
}

// Somebody whose provider offers every hook.
ProviderFactory with_every_hook() {
  ProviderFactory factory;
  factory.corrupt_history = [](const Scope&, const std::string&, std::uint64_t) -> Result<void> {
    return {};
  };
  factory.corrupt_message = factory.corrupt_history;
  factory.corrupt_activity = [](const Scope&, const ActivityKey&) -> Result<void> { return {}; };
  return factory;
}

// The plan is made by who makes it for a run. Twice, to see what depends on hooks, which the record does not tell.
certificates::Required required(Selection selection, const Description& description) {
  selection.repeat = 1;
  const Plan with_hooks = make_plan(selection, description, with_every_hook());
  const Plan without_hooks = make_plan(selection, description, {});
  certificates::Required all;
  all.clauses = with_hooks.clauses;
  all.without_hooks = without_hooks.clauses;
  for (std::size_t i = 0; i < with_hooks.rows.size(); ++i) {
    const Validation& validation = *with_hooks.rows[i].validation;
    const std::string& reason = with_hooks.rows[i].not_applicable;
    all.verdicts.push_back({std::string(validation.name), std::string(validation.proves.id),
                            validation.level, reason,
                            reason.empty() ? without_hooks.rows[i].not_applicable : ""});
  }
  return all;
}

}  // namespace

certificates::RequirementSet requirement_set() {
  return {ACKPROOF_CONTRACT_VERSION, digest(), required};
}

}  // namespace ackproof
