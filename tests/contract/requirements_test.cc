// The clauses as data: complete, well-formed, and the same in the specification that people read.
#include "contract/requirements.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <set>

#include "contract/profiles.h"
#include "tests/support/command.h"

namespace ackproof {
namespace {

TEST(Requirements, ids_are_area_and_number_and_unique) {
  std::set<std::string_view> ids;
  for (const Requirement& clause : requirements()) {
    EXPECT_TRUE(ids.insert(clause.id).second) << clause.id;
    EXPECT_NE(clause.id.find('_'), std::string_view::npos) << clause.id;
  }
}

TEST(Requirements, each_says_what_why_and_how_it_is_mended) {
  for (const Requirement& clause : requirements()) {
    for (const std::string_view text : {clause.text, clause.why, clause.mend}) {
      EXPECT_GT(text.size(), 20U) << clause.id;
      EXPECT_EQ(text.back(), '.') << clause.id << ": " << text;
    }
  }
}

TEST(Requirements, every_area_belongs_to_a_profile) {
  for (const Requirement& clause : requirements()) {
    bool found = false;
    for (const Profile& profile : profiles()) found = found || includes(profile, clause);
    EXPECT_TRUE(found) << clause.id;
  }
}

TEST(Requirements, are_found_in_any_spelling) {
  EXPECT_EQ(find_requirement("LOCK_2"), &requirement("LOCK_2"));
  EXPECT_EQ(find_requirement("lock-2"), &requirement("LOCK_2"));
  EXPECT_EQ(find_requirement("LOCK_999"), nullptr);
}

// The specification repeats every clause between two marks. ACKPROOF_UPDATE_GOLDEN=1 rewrites that
// part.
TEST(Requirements, the_specification_says_the_same) {
  const std::string path = std::string(ACKPROOF_SOURCE_DIR) + "/contract/README.md";
  const std::string begin = "<!-- clauses: begin -->\n";
  const std::string end = "<!-- clauses: end -->\n";
  std::string clauses;
  std::string_view area;
  for (const Requirement& clause : requirements()) {
    if (clause.area() != area) {
      area = clause.area();
      clauses += "\n### " + std::string(area) + "\n\n";
    }
    clauses += "- **" + std::string(clause.id) + "**" +
               (clause.force == Force::should ? " (SHOULD) " : " ") + std::string(clause.text) +
               "\n";
  }
  const std::string text = testing_support::read_file(path);
  const std::size_t from = text.find(begin);
  const std::size_t to = text.find(end);
  ASSERT_NE(from, std::string::npos);
  ASSERT_NE(to, std::string::npos);
  const std::string expected =
      text.substr(0, from + begin.size()) + clauses + "\n" + text.substr(to);
  if (std::getenv("ACKPROOF_UPDATE_GOLDEN") != nullptr) std::ofstream(path) << expected;
  EXPECT_EQ(testing_support::read_file(path), expected);
}

}  // namespace
}  // namespace ackproof
