// Every seeded defect is noticed by a validation of the clause that it breaks, and the whole kill
// matrix stands in a golden file: tests/golden/kill_matrix.txt. `mutants_test --update` rewrites
// it.
#include "tests/mutants/mutants.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>
#include <fstream>
#include <iostream>
#include <set>
#include <sstream>

#include "harness/runner/runner.h"
#include "harness/store_servers.h"
#include "tests/support/command.h"

namespace ackproof {
namespace {

const std::string kGolden = std::string(ACKPROOF_SOURCE_DIR) + "/tests/golden/kill_matrix.txt";

const Registry& registry() {
  static const Registry all{{}, mutants};
  return all;
}

struct Kills {
  std::set<std::string> failed;  // Validations of the broken clause that noticed.
  std::set<std::string>
      worse;  // Those that crashed, hung or could not judge: no proof of anything.
};

// Asks the validations of the clause that it breaks, of these those that `filter` names; empty: all.
Kills ask(const Mutant& mutant, const std::string& filter = "") {
  // One of each kind that a mutant needs, as long as the program runs.
  static StoreServers servers;
  Kills kills;
  const Result<StoreServers::Place> place = servers.place_for(mutant.factory);
  if (!place) {
    kills.worse.insert(place.error().message);
    return kills;
  }
  Orders orders;
  orders.provider = "mutant:" + mutant.name;
  orders.uri = place.value().uri;
  orders.server = place.value().shown;
  orders.selection.requirements = {std::string(mutant.breaks->id)};
  orders.selection.filter = filter;
  orders.selection.seed = 1;
  orders.timeout = Duration(60'000);
  const Result<Run> result = carry_out(registry(), orders, {});
  if (!result) {
    kills.worse.insert(result.error().message);
    return kills;
  }
  const Run& run = result.value();
  for (const Verdict& verdict : run.verdicts) {
    if (verdict.outcome == Outcome::failed) {
      kills.failed.insert(verdict.validation);
    } else if (verdict.outcome != Outcome::passed && verdict.outcome != Outcome::not_applicable) {
      kills.worse.insert(verdict.validation + " " + std::string(name(verdict.outcome)));
    }
  }
  return kills;
}

std::string row_of(const Mutant& mutant, const Kills& kills) {
  std::ostringstream row;
  row << mutant.breaks->id << " " << mutant.name << "\n";
  for (const std::string& validation : kills.failed) row << "    " << validation << "\n";
  return row.str();
}

// The validations that the golden file lists for this mutant, with commas.
std::string recorded_kills(const Mutant& mutant) {
  std::istringstream matrix(testing_support::read_file(kGolden));
  const std::string header = std::string(mutant.breaks->id) + " " + mutant.name;
  std::string validations;
  bool inside = false;
  for (std::string line; std::getline(matrix, line);) {
    const bool is_validation = line.rfind("    ", 0) == 0;
    if (!is_validation) inside = line == header;
    if (is_validation && inside) validations += (validations.empty() ? "" : ",") + line.substr(4);
  }
  return validations;
}

// Whether one of those that once noticed still does: which of them notices a defect that races differs from run to
// run. What others would say is asked when the matrix is rewritten.
class MutantTest : public testing::Test {
 public:
  explicit MutantTest(const Mutant& mutant) : mutant_(mutant) {}

  void TestBody() override {
    const std::string recorded = recorded_kills(mutant_);
    ASSERT_NE(recorded, "") << "not in the kill matrix; `mutants_test --update` rewrites it";
    const Kills kills = ask(mutant_, recorded);

    EXPECT_FALSE(kills.failed.empty())
        << mutant_.summary << "\nNo longer noticed by any of " << recorded;
    EXPECT_EQ(kills.worse, std::set<std::string>());
  }

 private:
  const Mutant& mutant_;
};

int update() {
  std::string matrix;
  for (const Mutant& mutant : registry().mutants()) {
    const Kills kills = ask(mutant);
    matrix += row_of(mutant, kills);
    std::cout << (kills.failed.empty() ? "SURVIVED " : "killed   ") << mutant.breaks->id << " "
              << mutant.name << "\n";
    for (const std::string& worse : kills.worse) std::cout << "    " << worse << "\n";
  }
  std::ofstream(kGolden) << matrix;
  return 0;
}

void register_all() {
  for (const Mutant& mutant : registry().mutants()) {
    const std::string area(mutant.breaks->area());
    testing::RegisterTest(area.c_str(), mutant.name.c_str(), nullptr, nullptr, __FILE__, __LINE__,
                          [&mutant]() -> testing::Test* { return new MutantTest(mutant); });
  }
}

}  // namespace
}  // namespace ackproof

int main(int argc, char** argv) {
  if (const int code = ackproof::child_main(argc, argv, ackproof::registry()); code >= 0) {
    return code;
  }
  if (argc == 2 && std::strcmp(argv[1], "--update") == 0) return ackproof::update();
  testing::InitGoogleTest(&argc, argv);
  ackproof::register_all();
  return RUN_ALL_TESTS();
}
