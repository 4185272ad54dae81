// Globals and their two writes: put, which only the first may do, and upsert.
#include "validations/build.h"
#include "validations/catalogue.h"
#include "validations/context.h"
#include "validations/expect.h"
#include "validations/odd_values.h"
#include "validations/stores/steps.h"

namespace ackproof {

namespace {

std::optional<Bytes> global(Provider& provider, const std::string& key) {
  return provider.read_global(key).value();
}

void global_that_was_put_is_read_on_every_handle(Context& ctx) {
  const auto provider = ctx.open();
  const auto other = ctx.open();

  EXPECT_TRUE(succeeds(provider->put_global("rate", "1.25")));

  EXPECT_EQ(global(*provider, "rate"), "1.25");
  EXPECT_EQ(global(*other, "rate"), "1.25");
}

// A handle must not remember what it read.
void global_is_read_anew_after_another_handle_wrote_it(Context& ctx) {
  const auto provider = ctx.open();
  const auto other = ctx.open();
  EXPECT_TRUE(nothing(provider->read_global("rate")));

  other->put_global("rate", "1.25").value();
  EXPECT_EQ(global(*provider, "rate"), "1.25");
  other->upsert_global("rate", "2").value();

  EXPECT_EQ(global(*provider, "rate"), "2");
}

void global_that_was_not_written_is_absent(Context& ctx) {
  const auto provider = ctx.open();
  provider->put_global("rate-10", "1.25").value();

  for (const char* key : {"", "rate-1", "rate-100", "Rate-10", "rate-10 ", "rate_10", "%", "*"}) {
    EXPECT_TRUE(nothing(provider->read_global(key))) << key;
  }
}

void second_put_of_a_global_is_a_conflict_and_changes_nothing(Context& ctx) {
  const auto provider = ctx.open();
  const auto other = ctx.open();
  provider->put_global("rate", "1.25").value();

  for (Provider* handle : {provider.get(), other.get()}) {
    for (const Bytes& value : {Bytes("2"), Bytes("1.25"), Bytes(), Bytes("a longer one")}) {
      EXPECT_TRUE(fails_with(handle->put_global("rate", value), ErrorKind::conflict)) << value;
      EXPECT_EQ(global(*provider, "rate"), "1.25");
      EXPECT_EQ(global(*other, "rate"), "1.25");
    }
  }
}

void upsert_replaces_what_was_put(Context& ctx) {
  const auto provider = ctx.open();
  const auto other = ctx.open();
  provider->put_global("rate", "1.25").value();

  EXPECT_TRUE(succeeds(other->upsert_global("rate", "2")));

  EXPECT_EQ(global(*provider, "rate"), "2");
  EXPECT_EQ(global(*other, "rate"), "2");
}

void upsert_sets_what_is_absent(Context& ctx) {
  const auto provider = ctx.open();
  const auto other = ctx.open();

  EXPECT_TRUE(succeeds(provider->upsert_global("rate", "1.25")));

  EXPECT_EQ(global(*provider, "rate"), "1.25");
  EXPECT_EQ(global(*other, "rate"), "1.25");
}

void last_upsert_of_many_stands(Context& ctx) {
  const auto provider = ctx.open();

  for (const Bytes& value : {Bytes("first"), Bytes("2"), Bytes(), Bytes("a longer value"),
                             Bytes("first"), Bytes("first")}) {
    EXPECT_TRUE(succeeds(provider->upsert_global("rate", value)));
    EXPECT_EQ(global(*provider, "rate"), value);
  }
}

void put_after_an_upsert_is_a_conflict(Context& ctx) {
  const auto provider = ctx.open();
  provider->upsert_global("rate", "1.25").value();
  EXPECT_TRUE(fails_with(provider->put_global("rate", "2"), ErrorKind::conflict));
  EXPECT_EQ(global(*provider, "rate"), "1.25");

  provider->upsert_global("rate", "3").value();
  EXPECT_TRUE(fails_with(provider->put_global("rate", "4"), ErrorKind::conflict));
  EXPECT_EQ(global(*provider, "rate"), "3");
}

void empty_global_is_a_global(Context& ctx) {
  const auto provider = ctx.open();

  EXPECT_TRUE(succeeds(provider->put_global("put", "")));
  EXPECT_TRUE(succeeds(provider->upsert_global("upsert", "")));

  for (const char* key : {"put", "upsert"}) {
    EXPECT_EQ(global(*provider, key), "");
    EXPECT_TRUE(fails_with(provider->put_global(key, "late"), ErrorKind::conflict));
    EXPECT_EQ(global(*provider, key), "");
  }
}

// --- Races

void of_racing_puts_of_a_global_exactly_one_wins(Context& ctx) {
  constexpr std::size_t kWriters = 4;
  constexpr std::uint64_t kRounds = 12;
  const auto one = ctx.open();
  const auto other = ctx.open();

  for (std::uint64_t round = 0; round < kRounds; ++round) {
    const std::string key = "key " + std::to_string(round);
    const std::vector<Result<void>> answers = ctx.together(kWriters, [&](std::size_t i) {
      Provider& handle = i % 2 == 0 ? *one : *other;
      return insist([&] { return handle.put_global(key, "of " + std::to_string(i)); });
    });

    ASSERT_EQ(winners(answers), 1U);
    for (std::size_t i = 0; i < kWriters; ++i) {
      if (answers[i]) {
        EXPECT_EQ(global(*other, key), "of " + std::to_string(i));
      }
    }
  }
}

// Whoever came first, the upsert's value is what is there afterwards.
void upsert_that_races_a_put_stands(Context& ctx) {
  constexpr std::uint64_t kRounds = 20;
  const auto one = ctx.open();
  const auto other = ctx.open();

  for (std::uint64_t round = 0; round < kRounds; ++round) {
    const std::string key = "key " + std::to_string(round);
    const std::vector<Result<void>> answers = ctx.together(2, [&](std::size_t i) {
      return i == 0 ? insist([&] { return one->put_global(key, "put"); })
                    : insist([&] { return other->upsert_global(key, "upsert"); });
    });

    if (!answers[0]) {
      EXPECT_TRUE(fails_with(answers[0], ErrorKind::conflict));
    }
    EXPECT_TRUE(succeeds(answers[1]));
    EXPECT_EQ(global(*one, key), "upsert");
  }
}

// --- Values and keys

void any_text_is_a_key_of_a_global_and_is_no_other_one(Context& ctx) {
  const auto provider = ctx.open();
  const std::vector<std::string> keys = hostile_keys(ctx);

  for (std::size_t i = 0; i < keys.size(); ++i) {
    const auto written = i % 2 == 0 ? provider->put_global(keys[i], "of " + keys[i])
                                    : provider->upsert_global(keys[i], "of " + keys[i]);
    EXPECT_TRUE(succeeds(written)) << keys[i];
  }

  for (const std::string& key : keys) EXPECT_EQ(global(*provider, key), "of " + key);
}

void any_bytes_are_a_global(Context& ctx) {
  const auto provider = ctx.open();
  const std::vector<Bytes> values = hostile_payloads();

  for (std::size_t i = 0; i < values.size(); ++i) {
    provider->put_global("put " + std::to_string(i), values[i]).value();
    provider->upsert_global("upsert", values[i]).value();
    EXPECT_EQ(global(*provider, "upsert"), values[i]);
  }

  for (std::size_t i = 0; i < values.size(); ++i) {
    EXPECT_EQ(global(*provider, "put " + std::to_string(i)), values[i]);
  }
}

void global_of_a_mebibyte_comes_back_equal(Context& ctx) {
  const auto provider = ctx.open();
  const std::optional<Bytes> put = noise(Limits().payload_bytes);
  const std::optional<Bytes> upsert = noise(Limits().payload_bytes - 1);

  provider->put_global("report", *put).value();
  EXPECT_TRUE(same(global(*provider, "report"), put));
  provider->upsert_global("report", *upsert).value();

  EXPECT_TRUE(same(global(*provider, "report"), upsert));
}

// --- Apart

void globals_are_apart_from_outputs(Context& ctx) {
  const auto provider = ctx.open();
  provider->put_global("rate", "1.25").value();
  provider->upsert_global("order-1", "a setting").value();

  for (const NodeKey& key :
       std::vector<NodeKey>{{"order-1", "rate"}, {"rate", "rate"}, {"order-1", "order-1"}}) {
    EXPECT_TRUE(nothing(provider->read_output(key))) << key.flow << " " << key.node;
    EXPECT_TRUE(succeeds(provider->put_output(key, "an output"))) << key.flow << " " << key.node;
  }

  EXPECT_EQ(global(*provider, "rate"), "1.25");
  EXPECT_EQ(global(*provider, "order-1"), "a setting");
  EXPECT_TRUE(fails_with(provider->put_global("rate", "2"), ErrorKind::conflict));
}

void globals_outlive_instances_of_the_same_name(Context& ctx) {
  const auto provider = ctx.open();
  finish_instance(*provider, "order-1");
  provider->put_global("order-1", "a setting").value();

  provider->delete_instance("order-1", true).value();

  EXPECT_EQ(global(*provider, "order-1"), "a setting");
}

constexpr const Requirement& kGlobals = requirement("CTX_2");

constexpr Validation kRows[] = {
    of_store("global_that_was_put_is_read_on_every_handle", kGlobals,
             global_that_was_put_is_read_on_every_handle),
    of_store("global_is_read_anew_after_another_handle_wrote_it", kGlobals,
             global_is_read_anew_after_another_handle_wrote_it),
    of_store("global_that_was_not_written_is_absent", kGlobals,
             global_that_was_not_written_is_absent),
    of_store("second_put_of_a_global_is_a_conflict_and_changes_nothing", kGlobals,
             second_put_of_a_global_is_a_conflict_and_changes_nothing),
    of_store("upsert_replaces_what_was_put", kGlobals, upsert_replaces_what_was_put),
    of_store("upsert_sets_what_is_absent", kGlobals, upsert_sets_what_is_absent),
    of_store("last_upsert_of_many_stands", kGlobals, last_upsert_of_many_stands),
    of_store("put_after_an_upsert_is_a_conflict", kGlobals, put_after_an_upsert_is_a_conflict),
    of_store("empty_global_is_a_global", kGlobals, empty_global_is_a_global),
    of_store("of_racing_puts_of_a_global_exactly_one_wins", kGlobals,
             of_racing_puts_of_a_global_exactly_one_wins),
    of_store("upsert_that_races_a_put_stands", kGlobals, upsert_that_races_a_put_stands),
    of_store("any_text_is_a_key_of_a_global_and_is_no_other_one", kGlobals,
             any_text_is_a_key_of_a_global_and_is_no_other_one),
    of_store("any_bytes_are_a_global", kGlobals, any_bytes_are_a_global),
    of_store("global_of_a_mebibyte_comes_back_equal", kGlobals,
             global_of_a_mebibyte_comes_back_equal),
    of_store("globals_are_apart_from_outputs", kGlobals, globals_are_apart_from_outputs),
    of_store("globals_outlive_instances_of_the_same_name", kGlobals,
             globals_outlive_instances_of_the_same_name, Capability::deletion),
};

}  // namespace

std::span<const Validation> global_validations() { return kRows; }

}  // namespace ackproof
