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
#include "harness/stores/store_servers.h"
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
      worse;             // Those that crashed, hung or could not judge: no proof of anything.
  std::string left_out;  // Why it was not asked: its server is not installed.
};

// Asks the validations of the clause that it breaks, of these those that `filter` names; empty: all.
Kills ask(const Mutant& mutant, const std::string& filter = "") {
  // One of each kind that a mutant needs, as long as the program runs.
  static StoreServers servers;
  Kills kills;
  const Result<StoreServers::Place> place = servers.place_for(mutant.factory);
  if (!place) {
    const bool is_missing = place.error().kind == ErrorKind::not_found;
    if (is_missing) kills.left_out = place.error().message;
    if (!is_missing) kills.worse.insert(place.error().message);
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

std::string row_name(const Mutant& mutant) {
  return std::string(mutant.breaks->id) + " " + mutant.name;
}

std::string row_of(const Mutant& mutant, const Kills& kills) {
  std::ostringstream row;
  row << row_name(mutant) << "\n";
  for (const std::string& validation : kills.failed) row << "    " << validation << "\n";
  return row.str();
}

// The validations that the golden file lists for this mutant.
std::set<std::string> recorded_kills(const Mutant& mutant) {
  std::istringstream matrix(testing_support::read_file(kGolden));
  const std::string header = row_name(mutant);
  std::set<std::string> validations;
  bool inside = false;
  for (std::string line; std::getline(matrix, line);) {
    const bool is_validation = line.rfind("    ", 0) == 0;
    if (!is_validation) inside = line == header;
    if (is_validation && inside) validations.insert(line.substr(4));
  }
  return validations;
}

// Whether one of those that once noticed still does: which of them notices a defect that races differs from run to
// run. What others would say is asked when the matrix is rewritten.
class MutantTest : public testing::Test {
 public:
  explicit MutantTest(const Mutant& mutant) : mutant_(mutant) {}

  void TestBody() override {
    std::string recorded;
    for (const std::string& validation : recorded_kills(mutant_)) {
      recorded += (recorded.empty() ? "" : ",") + validation;
    }
    ASSERT_NE(recorded, "") << "not in the kill matrix; `mutants_test --update` rewrites it";
    const Kills kills = ask(mutant_, recorded);
    if (!kills.left_out.empty()) GTEST_SKIP() << kills.left_out;

    EXPECT_FALSE(kills.failed.empty())
        << mutant_.summary << "\nNo longer noticed by any of " << recorded;
    EXPECT_EQ(kills.worse, std::set<std::string>());
  }

 private:
  const Mutant& mutant_;
};

// What is wrong with this mutant's row; empty when nothing is.
std::string trouble_with(const Mutant& mutant, const Kills& kills) {
  std::string trouble = kills.failed.empty() ? "survived" : "";
  for (const std::string& worse : kills.worse) trouble += (trouble.empty() ? "" : "; ") + worse;
  return trouble.empty() ? "" : row_name(mutant) + ": " + trouble + "\n";
}

// 1, and what there is to mend, when a mutant survived or a validation could not judge. Who cannot
// be asked keeps the row that there is.
int update() {
  std::string matrix;
  std::string troubles;
  for (const Mutant& mutant : registry().mutants()) {
    Kills kills = ask(mutant);
    if (!kills.left_out.empty()) {
      std::cout << "left out " << row_name(mutant) << ": " << kills.left_out << "\n";
      kills.failed = recorded_kills(mutant);
    } else {
      std::cout << (kills.failed.empty() ? "SURVIVED " : "killed   ") << row_name(mutant) << "\n";
      troubles += trouble_with(mutant, kills);
    }
    matrix += row_of(mutant, kills);
  }
  std::ofstream(kGolden) << matrix;
  std::cerr << troubles;
  return troubles.empty() ? 0 : 1;
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
