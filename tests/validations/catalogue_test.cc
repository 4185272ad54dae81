// The catalogue is sound, and covers what it claims to.
#include "validations/catalogue.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "contract/profiles.h"
#include "tests/mutants/mutants.h"

namespace ackproof {
namespace {

bool is_plain_name(std::string_view name) {
  return !name.empty() && std::ranges::all_of(name, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
  });
}

// The clauses that level 1 can try of a provider with queues and no other facet.
std::vector<std::string> clauses_in_force() {
  std::vector<std::string> ids;
  for (const Requirement& clause : requirements()) {
    const bool of_queues = clause.needs == Capability::none || clause.needs == Capability::queues;
    if (includes(*find_profile("core"), clause) && clause.from == Level::functional &&
        clause.untestable.empty() && of_queues) {
      ids.emplace_back(clause.id);
    }
  }
  return ids;
}

TEST(Catalogue, names_are_plain_and_unique) {
  std::set<std::string_view> names;
  for (const Validation& validation : catalogue()) {
    EXPECT_TRUE(is_plain_name(validation.name)) << validation.name;
    EXPECT_TRUE(names.insert(validation.name).second) << validation.name << " stands twice";
  }
}

TEST(Catalogue, has_at_least_120_validations) { EXPECT_GE(catalogue().size(), 120U); }

TEST(Catalogue, has_the_four_classics) {
  for (const char* name : {"failed_ack_rolls_everything_back", "multi_operation_ack_is_atomic",
                           "lock_is_released_only_by_a_successful_ack",
                           "two_acks_with_one_token_never_both_succeed"}) {
    EXPECT_NE(find_validation(name), nullptr) << name;
  }
}

TEST(Catalogue, has_the_whole_token_table) {
  const auto rows = std::ranges::count_if(catalogue(), [](const Validation& validation) {
    return validation.proves.id == "LOCK_9" &&
           validation.name.find("_refuses_") != std::string::npos;
  });
  EXPECT_GE(rows, 6 * 9 + 3);
}

TEST(Catalogue, every_clause_in_force_has_a_validation) {
  for (const std::string& id : clauses_in_force()) {
    EXPECT_TRUE(std::ranges::any_of(
        catalogue(), [&](const Validation& validation) { return validation.proves.id == id; }))
        << id << " has no validation";
  }
}

TEST(Catalogue, every_clause_in_force_has_a_mutant) {
  const std::vector<Mutant> all = mutants();
  for (const std::string& id : clauses_in_force()) {
    EXPECT_TRUE(
        std::ranges::any_of(all, [&](const Mutant& mutant) { return mutant.breaks->id == id; }))
        << id << " has no mutant";
  }
}

TEST(Catalogue, mutants_have_plain_unique_names) {
  std::set<std::string> names;
  for (const Mutant& mutant : mutants()) {
    EXPECT_TRUE(is_plain_name(mutant.name)) << mutant.name;
    EXPECT_TRUE(names.insert(mutant.name).second) << mutant.name << " stands twice";
  }
}

}  // namespace
}  // namespace ackproof
