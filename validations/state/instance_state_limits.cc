// What a custom status, a key and a value may be: bytes, sizes, and what is refused.
#include <algorithm>
#include <map>
#include <string>
#include <vector>

#include "validations/build.h"
#include "validations/catalogue.h"
#include "validations/context.h"
#include "validations/expect.h"
#include "validations/odd_values.h"

namespace ackproof {

namespace {

using Values = std::map<std::string, KeyValue>;

std::optional<CustomStatus> status_of(Provider& provider) {
  return provider.read_custom_status("order-1", 0).value();
}

Values values_of(Provider& provider) { return provider.read_values("order-1").value(); }

// --- TEXT_1, TEXT_2

// Payloads that get lost in C strings, text columns and re-encodings.
std::vector<Bytes> odd_bytes() {
  Bytes all;
  for (int byte = 0; byte < 256; ++byte) all.push_back(static_cast<char>(byte));
  return {"",
          all,
          Bytes(1, 0),
          Bytes("before\0after", 12),
          "\x80",
          "\xC0\xAF",
          "\xFF\xFE",
          "\xED\xA0\x80",
          " \t\r\n",
          "null",
          "NULL",
          "{\"b\":1.0,\"a\":9007199254740993}",
          "\"\\ud800\"",
          "'; DELETE FROM instances; --",
          "\\x00",
          "\U0001F600"};
}

void any_bytes_are_a_custom_status(Context& ctx) {
  const auto provider = ctx.open();
  create_instance(*provider, "order-1");
  CustomStatus expected;

  for (const Bytes& bytes : odd_bytes()) {
    commit_turn(*provider, "order-1", {.custom_status = {{.value = bytes}}});

    ++expected.version;
    expected.value = bytes;
    EXPECT_EQ(status_of(*provider), expected);
  }
}

void any_bytes_are_a_value(Context& ctx) {
  const auto provider = ctx.open();
  create_instance(*provider, "order-1");
  TurnCommit commit;
  Values expected;
  for (const Bytes& bytes : odd_bytes()) {
    const KeyValueChange& set =
        commit.values.emplace_back(set_value("key " + std::to_string(expected.size()), bytes));
    expected[set.key] = {bytes, set.updated_at};
  }

  commit_turn(*provider, "order-1", commit);

  EXPECT_EQ(provider->read_values("order-1").value(), expected);
  for (const auto& [key, value] : expected) {
    EXPECT_EQ(provider->read_value("order-1", key).value(), value);
  }
  continue_as_new(*provider, "order-1", 1);
  EXPECT_EQ(wake(*provider, "order-1", 1).values, expected);
}

void values_of_sixteen_kibibytes_come_back_equal(Context& ctx) {
  const auto provider = ctx.open();
  create_instance(*provider, "order-1");
  const KeyValueChange first = set_value("first", noise(16'384));
  const KeyValueChange second = set_value("second", noise(16'383));
  const Values expected = {{"first", {first.value, first.updated_at}},
                           {"second", {second.value, second.updated_at}}};

  commit_turn(*provider, "order-1", {.values = {first, second}});

  EXPECT_TRUE(same(provider->read_values("order-1").value(), expected));
  continue_as_new(*provider, "order-1", 1);
  EXPECT_TRUE(same(wake(*provider, "order-1", 1).values, expected));
}

// --- CAP_3

void custom_status_limit_is_exact(Context& ctx) {
  const auto provider = ctx.open();
  const std::uint64_t limit = ctx.description().capabilities.limits.payload_bytes;
  create_instance(*provider, "order-1");
  const CustomStatus longest{.value = noise(std::min(limit, kLargestTried)), .version = 1};
  const Turn turn = wake(*provider, "order-1", 1);

  if (limit <= kLargestTried) {
    const TurnCommit commit{.custom_status = {{.value = Bytes(limit + 1, 'x')}}};
    EXPECT_TRUE(fails_with(provider->ack_turn(turn.token, commit), ErrorKind::invalid));
    EXPECT_EQ(status_of(*provider), std::nullopt);
  }
  EXPECT_TRUE(
      succeeds(provider->ack_turn(turn.token, {.custom_status = {{.value = longest.value}}})));

  EXPECT_TRUE(same(provider->read_custom_status("order-1", 0).value(), std::optional(longest)));
}

void value_limit_is_exact(Context& ctx) {
  const auto provider = ctx.open();
  const std::uint64_t limit = ctx.description().capabilities.limits.value_bytes;
  create_instance(*provider, "order-1");
  const KeyValueChange longest = set_value("key", noise(std::min(limit, kLargestTried)));
  const Turn turn = wake(*provider, "order-1", 1);

  if (limit <= kLargestTried) {
    const TurnCommit commit{
        .values = {set_value("other", "fine"), set_value("key", Bytes(limit + 1, 'x'))}};
    EXPECT_TRUE(fails_with(provider->ack_turn(turn.token, commit), ErrorKind::invalid));
    EXPECT_EQ(values_of(*provider), Values());
  }
  EXPECT_TRUE(succeeds(provider->ack_turn(turn.token, {.values = {longest}})));

  const Values expected = {{"key", {longest.value, longest.updated_at}}};
  EXPECT_TRUE(same(values_of(*provider), expected));
}

void key_limit_is_exact(Context& ctx) {
  const auto provider = ctx.open();
  const std::uint64_t limit = ctx.description().capabilities.limits.key_bytes;
  create_instance(*provider, "order-1");
  const std::string longest(std::min(limit, kMiB), 'k');
  const Turn turn = wake(*provider, "order-1", 1);

  if (limit <= kMiB) {
    for (const KeyValueChange& beyond :
         {set_value(longest + "k", "value"), clear_value(longest + "k")}) {
      EXPECT_TRUE(
          fails_with(provider->ack_turn(turn.token, {.values = {beyond}}), ErrorKind::invalid));
    }
    EXPECT_TRUE(fails_with(provider->read_value("order-1", longest + "k"), ErrorKind::invalid));
  }
  const std::string almost = longest.substr(1) + "z";
  const std::vector<KeyValueChange> sets = {set_value(longest, "1"), set_value(almost, "22")};
  EXPECT_TRUE(succeeds(provider->ack_turn(turn.token, {.values = sets})));

  const Values expected = {{longest, {"1", sets[0].updated_at}},
                           {almost, {"22", sets[1].updated_at}}};
  EXPECT_TRUE(same(values_of(*provider), expected));
  EXPECT_EQ(provider->read_value("order-1", longest).value(), expected.at(longest));
}

void most_custom_statuses_of_a_commit_are_exact(Context& ctx) {
  const auto provider = ctx.open();
  const std::uint64_t limit = ctx.description().capabilities.limits.commit_items;
  create_instance(*provider, "order-1");
  const Turn turn = wake(*provider, "order-1", 1);
  TurnCommit commit;
  commit.custom_status.resize(std::min(limit, kMostTried), {.value = "packing"});
  commit.custom_status.back().value = "sent";

  if (limit <= kMostTried) {
    TurnCommit beyond = commit;
    beyond.custom_status.push_back({.value = "beyond"});
    EXPECT_TRUE(fails_with(provider->ack_turn(turn.token, beyond), ErrorKind::invalid));
    EXPECT_TRUE(nothing(provider->read_custom_status("order-1", 0)));
  }
  EXPECT_TRUE(succeeds(provider->ack_turn(turn.token, commit)));

  EXPECT_EQ(status_of(*provider), (CustomStatus{.value = "sent", .version = 1}));
}

void most_values_of_a_commit_are_exact(Context& ctx) {
  const auto provider = ctx.open();
  const std::uint64_t limit = ctx.description().capabilities.limits.commit_items;
  create_instance(*provider, "order-1");
  const Turn turn = wake(*provider, "order-1", 1);
  TurnCommit commit;
  Values expected;
  while (commit.values.size() < std::min(limit, kMostTried)) {
    const std::string key = "key " + std::to_string(commit.values.size());
    commit.values.push_back(set_value(key, "value of " + key));
    expected[key] = {"value of " + key, commit.values.back().updated_at};
  }

  if (limit <= kMostTried) {
    TurnCommit beyond = commit;
    beyond.values.push_back(set_value("beyond", "value"));
    EXPECT_TRUE(fails_with(provider->ack_turn(turn.token, beyond), ErrorKind::invalid));
    EXPECT_EQ(values_of(*provider), Values());
  }
  EXPECT_TRUE(succeeds(provider->ack_turn(turn.token, commit)));

  EXPECT_TRUE(same(values_of(*provider), expected));
}

// --- ERR_5, ERR_11

// Texts that are no id, and, without the empty one, no key.
std::vector<std::string> bad_texts(Context& ctx) {
  std::vector<std::string> texts = {"", "\xC3", "order-\x80", "\xED\xA0\x80", "caf\xE9"};
  const std::uint64_t limit = ctx.description().capabilities.limits.id_bytes;
  if (limit <= kMiB) texts.emplace_back(limit + 1, 'x');
  return texts;
}

std::vector<std::string> texts_with_nul() {
  return {std::string(1, '\0'), std::string("step\0", 5), std::string("st\0ep", 5)};
}

void custom_status_of_a_bad_id_is_invalid(Context& ctx) {
  const auto provider = ctx.open();

  for (const std::string& bad : bad_texts(ctx)) {
    EXPECT_TRUE(fails_with(provider->read_custom_status(bad, 0), ErrorKind::invalid));
  }
}

void values_of_a_bad_id_are_invalid(Context& ctx) {
  const auto provider = ctx.open();

  for (const std::string& bad : bad_texts(ctx)) {
    EXPECT_TRUE(fails_with(provider->read_value(bad, "step"), ErrorKind::invalid));
    EXPECT_TRUE(fails_with(provider->read_values(bad), ErrorKind::invalid));
  }
}

void custom_status_of_an_id_with_nul_is_invalid(Context& ctx) {
  const auto provider = ctx.open();

  for (const std::string& bad : texts_with_nul()) {
    EXPECT_TRUE(fails_with(provider->read_custom_status(bad, 0), ErrorKind::invalid));
  }
}

void key_that_is_no_text_is_invalid(Context& ctx) {
  const auto provider = ctx.open();
  create_instance(*provider, "order-1");
  commit_turn(*provider, "order-1", {.values = {set_value("step", "1"), set_value("st", "22")}});
  const Values before = values_of(*provider);
  std::vector<std::string> bad_keys = texts_with_nul();
  bad_keys.insert(bad_keys.end(), {"\xC3", "step\x80", "\xED\xA0\x80", "caf\xE9", "\xFF"});
  const Turn turn = wake(*provider, "order-1", 1);

  for (const std::string& bad : bad_keys) {
    EXPECT_TRUE(fails_with(provider->read_value("order-1", bad), ErrorKind::invalid));
    for (const KeyValueChange& change : {set_value(bad, "x"), clear_value(bad)}) {
      const TurnCommit commit{.events = {event(2)}, .values = {set_value("step", "new"), change}};
      EXPECT_TRUE(fails_with(provider->ack_turn(turn.token, commit), ErrorKind::invalid));
    }
  }

  EXPECT_EQ(values_of(*provider), before);
  EXPECT_EQ(provider->read_history("order-1").value(), events(1, 1));
  EXPECT_TRUE(succeeds(provider->ack_turn(turn.token, {})));
}

constexpr Validation kRows[] = {
    {"any_bytes_are_a_custom_status", requirement("TEXT_1"), any_bytes_are_a_custom_status,
     Hook::none, Capability::custom_status},
    {"any_bytes_are_a_value", requirement("TEXT_1"), any_bytes_are_a_value, Hook::none,
     Capability::key_value},
    {"values_of_sixteen_kibibytes_come_back_equal", requirement("TEXT_2"),
     values_of_sixteen_kibibytes_come_back_equal, Hook::none, Capability::key_value},
    heavy({"custom_status_limit_is_exact", requirement("CAP_3"), custom_status_limit_is_exact,
           Hook::none, Capability::custom_status}),
    {"value_limit_is_exact", requirement("CAP_3"), value_limit_is_exact, Hook::none,
     Capability::key_value},
    {"key_limit_is_exact", requirement("CAP_3"), key_limit_is_exact, Hook::none,
     Capability::key_value},
    {"most_custom_statuses_of_a_commit_are_exact", requirement("CAP_3"),
     most_custom_statuses_of_a_commit_are_exact, Hook::none, Capability::custom_status},
    heavy({"most_values_of_a_commit_are_exact", requirement("CAP_3"),
           most_values_of_a_commit_are_exact, Hook::none, Capability::key_value}),
    {"custom_status_of_a_bad_id_is_invalid", requirement("ERR_5"),
     custom_status_of_a_bad_id_is_invalid, Hook::none, Capability::custom_status},
    {"values_of_a_bad_id_are_invalid", requirement("ERR_5"), values_of_a_bad_id_are_invalid,
     Hook::none, Capability::key_value},
    {"custom_status_of_an_id_with_nul_is_invalid", requirement("ERR_11"),
     custom_status_of_an_id_with_nul_is_invalid, Hook::none, Capability::custom_status},
    {"key_that_is_no_text_is_invalid", requirement("ERR_11"), key_that_is_no_text_is_invalid,
     Hook::none, Capability::key_value},
};

}  // namespace

std::span<const Validation> instance_state_limit_validations() { return kRows; }

}  // namespace ackproof
