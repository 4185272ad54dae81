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

Capabilities stores() {
  Capabilities offered;
  offered.facets = {Capability::event_store, Capability::context_store};
  return offered;
}

// What is said of an append of one event; empty when it is in order.
std::string refusal_of(const StreamEvent& event) {
  const rules::Refusal refusal = rules::append_stream(stores(), "s", 7, {event});
  return refusal ? refusal->message : "";
}

TEST(Rules, an_append_continues_from_the_expected_id) {
  EXPECT_EQ(refusal_of({.id = 7, .type = "T"}), "");
  EXPECT_EQ(refusal_of({.id = 8, .type = "T"}), "event 8 stands where 7 has to");
  EXPECT_EQ(rules::append_stream(stores(), "s", 1, {})->message, "there is no event to append");
  EXPECT_EQ(rules::append_stream(stores(), "s", 0, {{.id = 0, .type = "T"}})->message,
            "the expected id is 0");
  EXPECT_EQ(
      rules::append_stream(stores(), "s", kLargestId,
                           {{.id = kLargestId, .type = "T"}, {.id = kLargestId + 1, .type = "T"}})
          ->message,
      "an event id is larger than 2^63-1");
}

TEST(Rules, an_event_of_a_stream_may_have_empty_texts_but_for_its_type) {
  const std::string nul(1, '\0');
  EXPECT_EQ(refusal_of({.id = 7, .type = "T", .attributes = {{"", ""}}, .schema_version = 0}), "");
  EXPECT_EQ(refusal_of({.id = 7}), "an event's type is empty");
  EXPECT_NE(refusal_of({.id = 7, .type = "T", .category = nul}), "");
  EXPECT_NE(refusal_of({.id = 7, .type = "T", .attributes = {{nul, ""}}}), "");
  EXPECT_NE(refusal_of({.id = 7, .type = "T", .attributes = {{"", nul}}}), "");
  EXPECT_NE(refusal_of({.id = 7, .type = "T", .schema_version = kLargestId + 1}), "");
  EXPECT_NE(refusal_of({.id = 7, .type = "T", .trace_id = nul}), "");
  EXPECT_EQ(refusal_of({.id = 7, .type = "T", .payload = nul}), "");
}

TEST(Rules, what_is_beside_a_stream_is_of_one_of_its_ids) {
  EXPECT_FALSE(rules::read_stream(stores(), "s", 1));
  EXPECT_EQ(rules::read_stream(stores(), "s", 0)->kind, ErrorKind::invalid);
  EXPECT_EQ(rules::put_snapshot(stores(), "s", {.event_id = 0})->kind, ErrorKind::invalid);
  EXPECT_EQ(rules::read_snapshot(stores(), "")->kind, ErrorKind::invalid);
}

TEST(Rules, flows_and_nodes_have_names_and_globals_may_have_none) {
  EXPECT_FALSE(rules::put_output(stores(), {"f", "n"}, std::string(1, '\0')));
  EXPECT_EQ(rules::put_output(stores(), {"", "n"}, "")->message, "the flow is empty");
  EXPECT_EQ(rules::read_output(stores(), {"f", ""})->message, "the node is empty");
  EXPECT_EQ(rules::list_outputs(stores(), "")->kind, ErrorKind::invalid);
  EXPECT_FALSE(rules::global("put_global", stores(), "", ""));
  EXPECT_EQ(rules::global("put_global", stores(), "k", std::string((1U << 20U) + 1, 'x'))->kind,
            ErrorKind::invalid);
}

TEST(Rules, a_store_that_is_not_declared_is_unsupported_whatever_is_asked) {
  const Capabilities none;
  EXPECT_EQ(rules::append_stream(none, "", 0, {})->kind, ErrorKind::unsupported);
  EXPECT_EQ(rules::read_snapshot(none, "")->kind, ErrorKind::unsupported);
  EXPECT_EQ(rules::put_output(none, {}, "")->kind, ErrorKind::unsupported);
  EXPECT_EQ(rules::global("read_global", none, "")->kind, ErrorKind::unsupported);
  EXPECT_EQ(rules::global("read_global", none, "")->operation, "read_global");
}

}  // namespace
}  // namespace ackproof
