#include "contract/rules.h"

#include <gtest/gtest.h>

namespace ackproof {
namespace {

TEST(Rules, text_is_valid_utf8_without_nul) {
  for (const std::string text : {"", "a", "\xC3\xA9", "\xE2\x82\xAC", "\xF0\x9F\x92\xB3",
                                 "\xEF\xBF\xBF", "\xF4\x8F\xBF\xBF", "\xED\x9F\xBF"}) {
    EXPECT_TRUE(rules::is_text(text)) << testing::PrintToString(text);
  }
}

TEST(Rules, everything_else_is_no_text) {
  const std::string nul("a\0b", 3);
  for (const std::string& text :
       {nul, std::string("\x80"), std::string("\xC0\x80"), std::string("\xC1\xBF"),
        std::string("\xE0\x80\x80"), std::string("\xED\xA0\x80"), std::string("\xF0\x80\x80\x80"),
        std::string("\xF4\x90\x80\x80"), std::string("\xF5\x80\x80\x80"), std::string("\xC3"),
        std::string("\xE2\x82"), std::string("\xF0\x9F\x92"), std::string("\xC3(")}) {
    EXPECT_FALSE(rules::is_text(text)) << testing::PrintToString(text);
  }
}

TEST(Rules, later_ends_at_the_end_of_time) {
  EXPECT_EQ(rules::later(Time(Duration(5)), Duration(7)), Time(Duration(12)));
  EXPECT_EQ(rules::later(Time::max() - Duration(3), Duration(7)), Time::max());
  EXPECT_EQ(rules::later(Time(Duration(1)), Duration::max()), Time::max());
}

}  // namespace
}  // namespace ackproof
