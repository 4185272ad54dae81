// validations/PARITY.md is complete and true: every row of the peer's suite, and every broken
// provider known to pass it, has a validation of ours and a mutant that this validation kills.
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <map>
#include <set>
#include <sstream>

#include "tests/mutants/mutants.h"
#include "tests/support/command.h"
#include "validations/catalogue.h"

namespace ackproof {
namespace {

using testing_support::read_file;

struct Row {
  std::string peer;  // "deletion/list_children", "broken/3".
  std::vector<std::string> validations;
  std::string mutant;
};

std::string trimmed(const std::string& text) {
  const std::size_t first = text.find_first_not_of(" `");
  if (first == std::string::npos) return "";
  return text.substr(first, text.find_last_not_of(" `") - first + 1);
}

std::vector<std::string> split(const std::string& text, char separator) {
  std::vector<std::string> parts;
  std::istringstream stream(text);
  for (std::string part; std::getline(stream, part, separator);) parts.push_back(trimmed(part));
  return parts;
}

// The rows of the tables: | peer row | validations | mutant | remark |, under "## category".
std::vector<Row> parity() {
  std::vector<Row> rows;
  std::string category;
  std::istringstream page(read_file(std::string(ACKPROOF_SOURCE_DIR) + "/validations/PARITY.md"));
  for (std::string line; std::getline(page, line);) {
    if (line.rfind("## ", 0) == 0) category = line.substr(3, line.find(' ', 3) - 3);
    const std::vector<std::string> cells = split(line, '|');
    if (cells.size() < 4 || cells[1] == "peer" || cells[1].rfind("--", 0) == 0) continue;
    rows.push_back({category + "/" + cells[1], split(cells[2], ','), cells[3]});
  }
  return rows;
}

// Which validations the kill matrix records for each mutant.
std::map<std::string, std::set<std::string>> kills() {
  std::map<std::string, std::set<std::string>> all;
  std::string mutant;
  std::istringstream matrix(
      read_file(std::string(ACKPROOF_SOURCE_DIR) + "/tests/golden/kill_matrix.txt"));
  for (std::string line; std::getline(matrix, line);) {
    if (line.rfind("    ", 0) == 0) {
      all[mutant].insert(trimmed(line));
    } else {
      mutant = line.substr(line.find(' ') + 1);
    }
  }
  return all;
}

TEST(Parity, has_every_row_of_the_peer_once) {
  std::vector<std::string> ours;
  for (const Row& row : parity()) ours.push_back(row.peer);
  std::vector<std::string> theirs;
  std::istringstream list(
      read_file(std::string(ACKPROOF_SOURCE_DIR) + "/tests/golden/peer_rows.txt"));
  for (std::string line; std::getline(list, line);) theirs.push_back(line);
  std::ranges::sort(ours);
  std::ranges::sort(theirs);

  EXPECT_EQ(theirs.size(), 213U + 21U);
  EXPECT_EQ(ours, theirs);
}

TEST(Parity, names_validations_that_exist) {
  for (const Row& row : parity()) {
    EXPECT_FALSE(row.validations.empty()) << row.peer;
    for (const std::string& name : row.validations) {
      EXPECT_NE(find_validation(name), nullptr) << row.peer << " names " << name;
    }
  }
}

TEST(Parity, names_a_mutant_that_one_of_these_validations_kills) {
  const std::map<std::string, std::set<std::string>> matrix = kills();
  for (const Row& row : parity()) {
    const auto killers = matrix.find(row.mutant);
    ASSERT_NE(killers, matrix.end()) << row.peer << " names " << row.mutant;
    EXPECT_TRUE(std::ranges::any_of(
        row.validations, [&](const std::string& name) { return killers->second.count(name) != 0; }))
        << row.peer << ": none of its validations kills " << row.mutant;
  }
}

}  // namespace
}  // namespace ackproof
