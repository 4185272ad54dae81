// What the reference providers owe as a matrix: that no capability rests on one implementation alone. The
// suite would then prove itself with a single reading of the contract.
#include <gtest/gtest.h>

#include <map>
#include <set>

#include <nlohmann/json.hpp>

#include "contract/capability.h"
#include "contract/profiles.h"
#include "contract/requirements.h"
#include "tests/support/command.h"

namespace ackproof {
namespace {

using testing_support::CommandEnd;
using testing_support::fresh_folder;
using testing_support::read_file;
using testing_support::run_command;

// A clause of each capability of the profiles that are built.
std::map<Capability, std::string> clauses_to_ask() {
  std::map<Capability, std::string> clauses;
  for (const char* name : {"core", "engine", "admin", "polling"}) {
    for (const Requirement& clause : requirements()) {
      if (includes(*find_profile(name), clause)) clauses.emplace(clause.needs, clause.id);
    }
  }
  clauses.erase(Capability::none);
  return clauses;
}

// The clauses of which a validation passed.
std::set<std::string> passed_clauses(const std::string& record) {
  std::set<std::string> passed;
  const auto run = nlohmann::json::parse(read_file(record));
  for (const nlohmann::json& verdict : run.at("verdicts")) {
    if (verdict.at("outcome") == "passed") passed.insert(verdict.at("requirement"));
  }
  return passed;
}

// Those that need no server do, so that this holds wherever they are built.
TEST(Matrix, each_capability_is_exercised_by_two_providers_or_more) {
  const std::map<Capability, std::string> clauses = clauses_to_ask();
  std::string asked;
  for (const auto& [capability, clause] : clauses) asked += (asked.empty() ? "" : ",") + clause;
  const std::string folder = fresh_folder();

  const CommandEnd end =
      run_command(std::string(ACKPROOF_PROGRAM) + " certify memory filesystem --requirement " +
                  asked + " --out " + folder);

  ASSERT_EQ(end.exit_code, 0) << end.out << end.err;
  EXPECT_EQ(clauses.size(), 10U) << "of the four profiles";
  for (const char* provider : {"memory", "filesystem"}) {
    const std::set<std::string> passed = passed_clauses(folder + "/" + provider + "/run.json");
    for (const auto& [capability, clause] : clauses) {
      EXPECT_TRUE(passed.contains(clause)) << provider << ": " << name(capability);
    }
  }
}

// Streams and context are on memory and on SQLite.
TEST(Matrix, each_store_is_exercised_by_two_providers) {
  if (run_command(std::string(ACKPROOF_PROGRAM) + " list providers").out.find("sqlite") ==
      std::string::npos) {
    GTEST_SKIP() << "SQLite is not built in";
  }
  const std::string folder = fresh_folder();

  const CommandEnd end =
      run_command(std::string(ACKPROOF_PROGRAM) +
                  " certify memory sqlite --requirement EVST,CTX --out " + folder);

  ASSERT_EQ(end.exit_code, 0) << end.out << end.err;
  for (const char* provider : {"memory", "sqlite"}) {
    const std::set<std::string> passed = passed_clauses(folder + "/" + provider + "/run.json");
    EXPECT_EQ(passed, (std::set<std::string>{"CTX_1", "CTX_2", "EVST_1", "EVST_2", "EVST_3"}))
        << provider;
  }
}

}  // namespace
}  // namespace ackproof
