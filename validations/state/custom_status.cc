// The custom status: one value and its version per instance.
#include <algorithm>
#include <string>
#include <vector>

#include "validations/build.h"
#include "validations/catalogue.h"
#include "validations/context.h"
#include "validations/expect.h"
#include "validations/pace.h"

namespace ackproof {

namespace {

const StatusChange kCleared;

StatusChange status(const Bytes& value) { return {.value = value}; }

// One turn of an instance that exists, with these changes.
void change(Provider& provider, const std::string& instance,
            const std::vector<StatusChange>& changes, std::uint64_t execution = 1) {
  commit_turn(provider, instance, {.execution = execution, .custom_status = changes});
}

// What somebody sees who has not seen any version yet.
std::optional<CustomStatus> status_of(Provider& provider, const std::string& instance) {
  return provider.read_custom_status(instance, 0).value();
}

std::optional<CustomStatus> shown(const Bytes& value, std::uint64_t version) {
  return CustomStatus{.value = value, .version = version};
}

std::optional<CustomStatus> blank(std::uint64_t version) {
  return CustomStatus{.version = version};
}

// --- STAT_1

void custom_status_that_is_set_can_be_read_at_once(Context& ctx) {
  const auto provider = ctx.open();
  const auto other = ctx.open();
  create_instance(*provider, "order-1");

  change(*provider, "order-1", {status("packing")});
  EXPECT_EQ(status_of(*provider, "order-1"), shown("packing", 1));
  EXPECT_EQ(status_of(*other, "order-1"), shown("packing", 1));

  change(*other, "order-1", {status("sent")});
  EXPECT_EQ(status_of(*provider, "order-1"), shown("sent", 2));
  EXPECT_EQ(status_of(*other, "order-1"), shown("sent", 2));
}

void first_commit_of_an_instance_can_set_its_custom_status(Context& ctx) {
  const auto provider = ctx.open();

  commit_start(*provider, start("order-1"), {.custom_status = {status("packing")}});

  EXPECT_EQ(status_of(*provider, "order-1"), shown("packing", 1));
}

void custom_status_survives_continue_as_new(Context& ctx) {
  const auto provider = ctx.open();
  create_instance(*provider, "order-1");
  change(*provider, "order-1", {status("packing")});

  commit_turn(*provider, "order-1", {.metadata = {.status = Status::continued_as_new}});
  EXPECT_EQ(status_of(*provider, "order-1"), shown("packing", 1));
  commit_turn(*provider, "order-1", {.execution = 2, .events = {event(1)}});
  EXPECT_EQ(status_of(*provider, "order-1"), shown("packing", 1));

  change(*provider, "order-1", {status("sent")}, 2);
  EXPECT_EQ(status_of(*provider, "order-1"), shown("sent", 2));
}

void commit_without_a_custom_status_keeps_it(Context& ctx) {
  const auto provider = ctx.open();
  create_instance(*provider, "order-1");
  change(*provider, "order-1", {status("packing")});
  std::vector<TurnCommit> commits(5);
  commits[1] = commit_events(events(2, 3));
  commits[2].metadata = {.name = "Renamed", .version = "2.0.0"};
  commits[3].activities = {activity("order-1", 1)};
  commits[4].metadata = {.status = Status::completed, .output = "done"};

  for (const TurnCommit& commit : commits) {
    commit_turn(*provider, "order-1", commit);
    EXPECT_EQ(status_of(*provider, "order-1"), shown("packing", 1));
  }
}

void last_of_several_custom_statuses_wins(Context& ctx) {
  const auto provider = ctx.open();
  create_instance(*provider, "order-1");
  const auto value_after = [&](const std::vector<StatusChange>& changes) {
    change(*provider, "order-1", changes);
    return status_of(*provider, "order-1").value_or(CustomStatus()).value;
  };

  EXPECT_EQ(value_after({status("b"), status("a")}), "a");
  EXPECT_EQ(value_after({status("c"), status("d"), status("")}), "");
  EXPECT_EQ(value_after({kCleared, status("e")}), "e");
  EXPECT_EQ(value_after({status("f"), kCleared}), std::nullopt);
  EXPECT_EQ(value_after({status("g"), kCleared, status("h")}), "h");
}

void cleared_custom_status_is_absent_and_an_empty_one_is_not(Context& ctx) {
  const auto provider = ctx.open();
  create_instance(*provider, "order-1");
  change(*provider, "order-1", {status("packing")});

  change(*provider, "order-1", {kCleared});
  EXPECT_EQ(status_of(*provider, "order-1"), blank(2));

  change(*provider, "order-1", {status("")});
  EXPECT_EQ(status_of(*provider, "order-1"), shown("", 3));
}

void custom_statuses_of_instances_are_apart(Context& ctx) {
  const auto provider = ctx.open();
  const std::vector<std::string> instances = {"order-1", "order-10", "Order-1", "order_1",
                                              "order-1 "};
  for (const std::string& instance : instances) {
    create_instance(*provider, instance);
    change(*provider, instance, {status("of " + instance)});
  }

  change(*provider, "order-1", {kCleared});

  EXPECT_EQ(status_of(*provider, "order-1"), blank(2));
  for (const std::string& instance : instances) {
    if (instance == "order-1") continue;
    EXPECT_EQ(status_of(*provider, instance), shown("of " + instance, 1));
  }
}

void ended_instance_shows_and_takes_a_custom_status(Context& ctx) {
  const auto provider = ctx.open();
  create_instance(*provider, "order-1");

  commit_turn(*provider, "order-1",
              {.metadata = {.status = Status::failed}, .custom_status = {status("failed")}});
  EXPECT_EQ(status_of(*provider, "order-1"), shown("failed", 1));

  change(*provider, "order-1", {status("reported")});
  EXPECT_EQ(status_of(*provider, "order-1"), shown("reported", 2));
}

// --- STAT_2

void custom_status_is_returned_only_if_it_is_newer_than_the_version_seen(Context& ctx) {
  const auto provider = ctx.open();
  create_instance(*provider, "order-1");
  change(*provider, "order-1", {status("packing")});
  change(*provider, "order-1", {status("sent")});

  for (int again = 0; again < 2; ++again) {  // A read is no receipt.
    for (const std::uint64_t seen : {0U, 1U}) {
      EXPECT_EQ(provider->read_custom_status("order-1", seen).value(), shown("sent", 2));
    }
    for (const std::uint64_t seen : {std::uint64_t{2}, std::uint64_t{3}, kLargestId}) {
      EXPECT_TRUE(nothing(provider->read_custom_status("order-1", seen))) << seen;
    }
  }
}

void cleared_custom_status_is_news_to_who_has_seen_the_value(Context& ctx) {
  const auto provider = ctx.open();
  create_instance(*provider, "order-1");
  change(*provider, "order-1", {status("packing")});

  change(*provider, "order-1", {kCleared});

  EXPECT_EQ(provider->read_custom_status("order-1", 1).value(), blank(2));
  EXPECT_TRUE(nothing(provider->read_custom_status("order-1", 2)));
}

// 10 comes before 9 as text.
void seen_version_is_compared_as_a_number(Context& ctx) {
  const auto provider = ctx.open();
  create_instance(*provider, "order-1");
  for (int n = 1; n <= 10; ++n) change(*provider, "order-1", {status("packing")});

  EXPECT_EQ(provider->read_custom_status("order-1", 9).value(), shown("packing", 10));
  EXPECT_EQ(provider->read_custom_status("order-1", 2).value(), shown("packing", 10));
  EXPECT_TRUE(nothing(provider->read_custom_status("order-1", 10)));
  EXPECT_TRUE(nothing(provider->read_custom_status("order-1", 100)));
}

void unknown_instance_has_no_custom_status(Context& ctx) {
  const auto provider = ctx.open();
  provider->enqueue_message(start("order-1")).value();
  provider->enqueue_message(external("order-2", 1)).value();

  for (const char* instance : {"order-1", "order-2", "order-3"}) {
    EXPECT_TRUE(nothing(provider->read_custom_status(instance, 0))) << instance;
    EXPECT_TRUE(nothing(provider->read_custom_status(instance, 7))) << instance;
  }
}

constexpr std::uint64_t kChanges = 60;

// What version n of the status of order-1 is: every third is cleared.
std::optional<CustomStatus> version_of_many(std::uint64_t n) {
  if (n == 0) return std::nullopt;
  return n % 3 == 0 ? blank(n) : shown("value " + std::to_string(n), n);
}

using Looks = std::vector<std::optional<CustomStatus>>;

Looks change_often(Provider& provider, Pace& pace) {
  for (std::uint64_t n = 1; n <= kChanges; ++n) {
    pace.await_look();
    insist([&] { return provider.enqueue_message(external("order-1", n)); }).value();
    const auto turn = insist([&] { return provider.fetch_turn({.lock_timeout = kLongLock}); });
    if (!turn.value()) throw StepFailed("fetch_turn returned nothing although order-1 is ready");
    const TurnCommit commit{.custom_status = {{.value = version_of_many(n)->value}}};
    insist([&] { return provider.ack_turn(turn.value()->token, commit); }).value();
  }
  return {};
}

// Looks until the last change can be seen, or for a good while.
Looks look_often(Provider& provider, Pace& pace) {
  constexpr std::size_t kLooks = 20'000;
  Pace::Reader reader(pace);
  Looks looks;
  while (looks.size() < kLooks && (looks.empty() || looks.back() != version_of_many(kChanges))) {
    looks.push_back(insist([&] { return provider.read_custom_status("order-1", 0); }).value());
    reader.looked();
  }
  return looks;
}

void custom_status_and_version_are_read_as_one(Context& ctx) {
  const auto writer = ctx.open();
  const auto reader = ctx.open();
  create_instance(*writer, "order-1");

  Pace pace;
  const auto looks = ctx.together(2, [&](std::size_t i) {
    return i == 0 ? change_often(*writer, pace) : look_often(*reader, pace);
  });

  std::uint64_t last = 0;
  for (const auto& look : looks[1]) {
    const std::uint64_t version = look ? look->version : 0;
    ASSERT_EQ(look, version_of_many(version));
    ASSERT_GE(version, last) << "an older status was read after a newer one";
    last = version;
  }
}

// --- STAT_3

void custom_status_versions_start_at_zero(Context& ctx) {
  const auto provider = ctx.open();
  create_instance(*provider, "order-1");
  EXPECT_TRUE(nothing(provider->read_custom_status("order-1", 0)));
  commit_turn(*provider, "order-1", commit_events({event(2)}));
  EXPECT_TRUE(nothing(provider->read_custom_status("order-1", 0)));

  change(*provider, "order-1", {status("packing")});

  EXPECT_EQ(status_of(*provider, "order-1"), shown("packing", 1));
}

void every_commit_that_sets_or_clears_adds_one(Context& ctx) {
  const auto provider = ctx.open();
  create_instance(*provider, "order-1");
  std::uint64_t version = 0;

  for (const StatusChange& given : {kCleared, status("a"), status("b"), kCleared, kCleared,
                                    status("a"), status("a"), status("a")}) {
    change(*provider, "order-1", {given});
    ++version;
    EXPECT_EQ(status_of(*provider, "order-1"),
              (CustomStatus{.value = given.value, .version = version}));
  }
}

void equal_custom_status_is_a_change(Context& ctx) {
  const auto provider = ctx.open();
  create_instance(*provider, "order-1");
  change(*provider, "order-1", {status("packing")});

  change(*provider, "order-1", {status("packing")});

  EXPECT_EQ(provider->read_custom_status("order-1", 1).value(), shown("packing", 2));
}

void several_custom_statuses_in_a_commit_count_once(Context& ctx) {
  const auto provider = ctx.open();
  create_instance(*provider, "order-1");

  change(*provider, "order-1", {status("a"), status("b"), kCleared, status("c")});
  EXPECT_EQ(status_of(*provider, "order-1"), shown("c", 1));

  change(*provider, "order-1", {status("d"), kCleared});
  EXPECT_EQ(status_of(*provider, "order-1"), blank(2));
}

// Beyond the numbers whose order as text is another one, and beyond a signed byte.
void custom_status_versions_count_far(Context& ctx) {
  const auto provider = ctx.open();
  create_instance(*provider, "order-1");

  for (std::uint64_t version = 1; version <= 130; ++version) {
    const Bytes value = "value " + std::to_string(version);
    change(*provider, "order-1", {status(value)});
    ASSERT_EQ(provider->read_custom_status("order-1", version - 1).value(), shown(value, version));
    ASSERT_TRUE(nothing(provider->read_custom_status("order-1", version)));
  }
}

void custom_status_versions_go_on_from_execution_to_execution(Context& ctx) {
  const auto provider = ctx.open();
  create_instance(*provider, "order-1");
  change(*provider, "order-1", {status("a")});

  commit_turn(*provider, "order-1",
              {.metadata = {.status = Status::continued_as_new}, .custom_status = {status("b")}});
  EXPECT_EQ(status_of(*provider, "order-1"), shown("b", 2));
  commit_turn(*provider, "order-1", {.execution = 2, .custom_status = {status("c")}});
  EXPECT_EQ(status_of(*provider, "order-1"), shown("c", 3));
}

void deletion_resets_the_version_of_the_custom_status(Context& ctx) {
  const auto provider = ctx.open();
  create_instance(*provider, "order-1");
  change(*provider, "order-1", {status("a")});
  change(*provider, "order-1", {status("b")});

  provider->delete_instance("order-1", true).value();
  EXPECT_TRUE(nothing(provider->read_custom_status("order-1", 0)));

  create_instance(*provider, "order-1");
  EXPECT_TRUE(nothing(provider->read_custom_status("order-1", 0)));
  change(*provider, "order-1", {status("c")});
  EXPECT_EQ(status_of(*provider, "order-1"), shown("c", 1));
}

constexpr Validation kRows[] = {
    {"custom_status_that_is_set_can_be_read_at_once", requirement("STAT_1"),
     custom_status_that_is_set_can_be_read_at_once},
    {"first_commit_of_an_instance_can_set_its_custom_status", requirement("STAT_1"),
     first_commit_of_an_instance_can_set_its_custom_status},
    {"custom_status_survives_continue_as_new", requirement("STAT_1"),
     custom_status_survives_continue_as_new},
    {"commit_without_a_custom_status_keeps_it", requirement("STAT_1"),
     commit_without_a_custom_status_keeps_it},
    {"last_of_several_custom_statuses_wins", requirement("STAT_1"),
     last_of_several_custom_statuses_wins},
    {"cleared_custom_status_is_absent_and_an_empty_one_is_not", requirement("STAT_1"),
     cleared_custom_status_is_absent_and_an_empty_one_is_not},
    {"custom_statuses_of_instances_are_apart", requirement("STAT_1"),
     custom_statuses_of_instances_are_apart},
    {"ended_instance_shows_and_takes_a_custom_status", requirement("STAT_1"),
     ended_instance_shows_and_takes_a_custom_status},
    {"custom_status_is_returned_only_if_it_is_newer_than_the_version_seen", requirement("STAT_2"),
     custom_status_is_returned_only_if_it_is_newer_than_the_version_seen},
    {"cleared_custom_status_is_news_to_who_has_seen_the_value", requirement("STAT_2"),
     cleared_custom_status_is_news_to_who_has_seen_the_value},
    {"seen_version_is_compared_as_a_number", requirement("STAT_2"),
     seen_version_is_compared_as_a_number},
    {"unknown_instance_has_no_custom_status", requirement("STAT_2"),
     unknown_instance_has_no_custom_status},
    {"custom_status_and_version_are_read_as_one", requirement("STAT_2"),
     custom_status_and_version_are_read_as_one},
    {"custom_status_versions_start_at_zero", requirement("STAT_3"),
     custom_status_versions_start_at_zero},
    {"every_commit_that_sets_or_clears_adds_one", requirement("STAT_3"),
     every_commit_that_sets_or_clears_adds_one},
    {"equal_custom_status_is_a_change", requirement("STAT_3"), equal_custom_status_is_a_change},
    {"several_custom_statuses_in_a_commit_count_once", requirement("STAT_3"),
     several_custom_statuses_in_a_commit_count_once},
    {"custom_status_versions_count_far", requirement("STAT_3"), custom_status_versions_count_far},
    {"custom_status_versions_go_on_from_execution_to_execution", requirement("STAT_3"),
     custom_status_versions_go_on_from_execution_to_execution},
    {"deletion_resets_the_version_of_the_custom_status", requirement("STAT_3"),
     deletion_resets_the_version_of_the_custom_status, Hook::none, Capability::deletion},
};

}  // namespace

std::span<const Validation> custom_status_validations() { return kRows; }

}  // namespace ackproof
