// Where stores live: what the environment says, if it says anything.
#include "harness/work_folder.h"

#include <gtest/gtest.h>
#include <stdlib.h>

#include <optional>
#include <string>

#include "tests/support/command.h"

namespace ackproof {
namespace {

class PlaceForStores : public testing::Test {
 protected:
  PlaceForStores() {
    if (const char* value = getenv("TMPDIR")) before_ = value;
  }
  ~PlaceForStores() override {
    before_ ? setenv("TMPDIR", before_->c_str(), 1) : unsetenv("TMPDIR");
  }

 private:
  std::optional<std::string> before_;
};

TEST_F(PlaceForStores, is_the_temporary_folder_that_is_set) {
  const std::string folder = testing_support::fresh_folder();
  setenv("TMPDIR", folder.c_str(), 1);

  EXPECT_EQ(place_for_stores(), folder);
}

TEST_F(PlaceForStores, is_the_same_for_an_empty_temporary_folder_as_for_none) {
  unsetenv("TMPDIR");
  const std::filesystem::path without = place_for_stores();
  setenv("TMPDIR", "", 1);

  EXPECT_EQ(place_for_stores(), without);
  EXPECT_TRUE(std::filesystem::is_directory(WorkFolder().path()));
}

}  // namespace
}  // namespace ackproof
