// Which instances a fetch with a version filter may take, and what an execution is pinned to.
#include <algorithm>
#include <string>
#include <vector>

#include "validations/build.h"
#include "validations/catalogue.h"
#include "validations/context.h"
#include "validations/expect.h"

namespace ackproof {

namespace {

using Pin = std::optional<EngineVersion>;
using Ranges = std::vector<VersionRange>;

constexpr VersionRange kAll{{0, 0, 0}, {kLargestId, kLargestId, kLargestId}};

// --- Steps

FetchTurn within(const Ranges& ranges) { return {.lock_timeout = kLongLock, .versions = ranges}; }

TurnCommit pinning(const EngineVersion& version) {
  return {.metadata = {.pinned_version = version}};
}

// Creates an instance whose execution 1 has this pin, or none; nothing is queued for it afterwards.
void create_pinned(Provider& provider, const std::string& instance, const Pin& pin) {
  commit_start(provider, start(instance),
               {.events = {event(1)}, .metadata = {.pinned_version = pin}});
}

// The same, and a message makes it ready. When others are ready meanwhile they get locked.
void make_ready(Provider& provider, const std::string& instance, const Pin& pin) {
  create_pinned(provider, instance, pin);
  provider.enqueue_message(external(instance, 1)).value();
}

// Creates order-1, order-2 and so on with these pins, and makes all of them ready in this order.
void make_all_ready(Provider& provider, const std::vector<Pin>& pins) {
  const auto instance = [](std::size_t i) { return "order-" + std::to_string(i + 1); };
  for (std::size_t i = 0; i < pins.size(); ++i) create_pinned(provider, instance(i), pins[i]);
  for (std::size_t i = 0; i < pins.size(); ++i) {
    provider.enqueue_message(external(instance(i), 1)).value();
  }
}

// Whether this filter admits the one instance that is ready, which is given back at once.
bool admitted(Provider& provider, const Ranges& ranges) {
  const auto turn = provider.fetch_turn(within(ranges)).value();
  if (turn) provider.abandon_turn(turn->token, {.ignore_attempt = true}).value();
  return turn.has_value();
}

// The instances of all turns that can be had with these options, sorted. They stay locked.
std::vector<std::string> take_all(Provider& provider, const FetchTurn& options) {
  std::vector<std::string> instances;
  while (const auto turn = insist([&] { return provider.fetch_turn(options); }).value()) {
    instances.push_back(turn->instance);
    if (instances.size() > 1'000) throw StepFailed("locked turns come out without end");
  }
  std::ranges::sort(instances);
  return instances;
}

using Names = std::vector<std::string>;

// --- VER_1: ranges

void instance_pinned_outside_the_range_is_skipped(Context& ctx) {
  const auto provider = ctx.open();
  make_ready(*provider, "order-1", EngineVersion{1, 2, 3});

  EXPECT_TRUE(nothing(provider->fetch_turn(within({{{2, 0, 0}, {2, 9, 9}}}))));
  EXPECT_TRUE(nothing(provider->fetch_turn(within({{{0, 0, 0}, {1, 2, 2}}}))));

  EXPECT_EQ(take_turn(*provider, within({{{1, 0, 0}, {1, 9, 9}}})).instance, "order-1");
}

void absent_filter_filters_nothing(Context& ctx) {
  const auto provider = ctx.open();
  make_all_ready(*provider, {EngineVersion{0, 0, 0}, EngineVersion{99, 0, 0}, std::nullopt,
                             kAll.highest, EngineVersion{1, 2, 3}});

  EXPECT_EQ(take_all(*provider, {.lock_timeout = kLongLock}),
            (Names{"order-1", "order-2", "order-3", "order-4", "order-5"}));
}

void filter_looks_past_the_instances_that_it_skips(Context& ctx) {
  const auto provider = ctx.open();
  make_all_ready(*provider,
                 {EngineVersion{1, 0, 0}, EngineVersion{2, 0, 0}, EngineVersion{3, 0, 0}});

  EXPECT_EQ(take_turn(*provider, within({{{2, 0, 0}, {2, 9, 9}}})).instance, "order-2");
  EXPECT_EQ(take_turn(*provider, within({{{3, 0, 0}, {3, 9, 9}}})).instance, "order-3");
  EXPECT_EQ(take_turn(*provider, within({{{1, 0, 0}, {1, 9, 9}}})).instance, "order-1");
}

// More than a provider would fetch as candidates before it filters.
void many_skipped_instances_hide_none_behind_them(Context& ctx) {
  const auto provider = ctx.open();
  std::vector<Pin> pins(120, EngineVersion{1, 0, 0});
  pins.emplace_back(EngineVersion{2, 0, 0});
  make_all_ready(*provider, pins);

  EXPECT_EQ(take_all(*provider, within({{{2, 0, 0}, {2, 9, 9}}})), Names{"order-121"});
}

void skipped_instance_carries_no_lock_and_no_attempt(Context& ctx) {
  const auto provider = ctx.open();
  const auto other = ctx.open();
  make_ready(*provider, "order-1", EngineVersion{1, 0, 0});

  for (int n = 0; n < 5; ++n) {
    EXPECT_TRUE(nothing(provider->fetch_turn(within({{{2, 0, 0}, {2, 9, 9}}}))));
  }

  const Turn turn = take_turn(*other, within({{{0, 0, 0}, {1, 9, 9}}}));
  EXPECT_EQ(turn.attempt, 1U);
  EXPECT_EQ(turn.messages, std::vector{external("order-1", 1)});
  EXPECT_TRUE(succeeds(other->ack_turn(turn.token, {})));
}

void instance_skipped_on_the_way_carries_no_lock_and_no_attempt(Context& ctx) {
  const auto provider = ctx.open();
  const auto other = ctx.open();
  make_all_ready(*provider, {EngineVersion{1, 0, 0}, EngineVersion{2, 0, 0}});

  take_turn(*provider, within({{{2, 0, 0}, {2, 9, 9}}}));

  const Turn turn = take_turn(*other);
  EXPECT_EQ(turn.instance, "order-1");
  EXPECT_EQ(turn.attempt, 1U);
}

void both_ends_of_a_range_are_inside(Context& ctx) {
  const auto provider = ctx.open();
  const EngineVersion pin{2, 3, 4};
  make_ready(*provider, "order-1", pin);

  EXPECT_TRUE(admitted(*provider, {{pin, {9, 9, 9}}})) << "the lower end";
  EXPECT_TRUE(admitted(*provider, {{{0, 0, 0}, pin}})) << "the upper end";
  EXPECT_TRUE(admitted(*provider, {{pin, pin}})) << "both";
  for (const EngineVersion& above :
       {EngineVersion{2, 3, 5}, EngineVersion{2, 4, 0}, EngineVersion{3, 0, 0}}) {
    EXPECT_FALSE(admitted(*provider, {{above, {9, 9, 9}}})) << testing::PrintToString(above);
  }
  for (const EngineVersion& below :
       {EngineVersion{2, 3, 3}, EngineVersion{2, 2, 9}, EngineVersion{1, 9, 9}}) {
    EXPECT_FALSE(admitted(*provider, {{{0, 0, 0}, below}})) << testing::PrintToString(below);
  }
}

// Each range is such that comparing text, or one number alone, gives the opposite answer.
void versions_are_compared_number_by_number(Context& ctx) {
  const auto provider = ctx.open();
  make_ready(*provider, "order-1", EngineVersion{0, 10, 9});

  EXPECT_TRUE(admitted(*provider, {{{0, 9, 10}, {0, 11, 0}}}));
  EXPECT_TRUE(admitted(*provider, {{{0, 9, 10}, {10, 0, 0}}}));
  EXPECT_TRUE(admitted(*provider, {{{0, 10, 8}, {0, 10, 10}}}));
  EXPECT_TRUE(admitted(*provider, {{{0, 0, 99}, {1, 0, 0}}}));
  EXPECT_FALSE(admitted(*provider, {{{0, 1, 0}, {0, 2, 0}}}));
  EXPECT_FALSE(admitted(*provider, {{{0, 9, 0}, {0, 9, 99}}}));
  EXPECT_FALSE(admitted(*provider, {{{0, 10, 10}, {0, 10, 90}}}));
  EXPECT_FALSE(admitted(*provider, {{{1, 0, 0}, {10, 10, 10}}}));
}

// Packing a version into one number mixes up its parts.
void large_minor_and_patch_numbers_stay_in_their_place(Context& ctx) {
  const auto provider = ctx.open();
  create_instance(*provider, "order-1");

  for (const std::uint64_t large :
       {std::uint64_t{100}, std::uint64_t{256}, std::uint64_t{1'000}, std::uint64_t{1'500},
        std::uint64_t{65'536}, std::uint64_t{1'000'000}, std::uint64_t{1} << 32U}) {
    commit_turn(*provider, "order-1", pinning({1, 0, large}));
    provider->enqueue_message(external("order-1", 1)).value();
    EXPECT_FALSE(admitted(*provider, {{{1, 1, 0}, {1, 2, 0}}})) << "1.0." << large;
    EXPECT_FALSE(admitted(*provider, {{{2, 0, 0}, kAll.highest}})) << "1.0." << large;
    EXPECT_TRUE(admitted(*provider, {{{1, 0, 0}, {1, 1, 0}}})) << "1.0." << large;

    commit_turn(*provider, "order-1", pinning({1, large, 0}));
    provider->enqueue_message(external("order-1", 1)).value();
    EXPECT_FALSE(admitted(*provider, {{{2, 0, 0}, {2, 9, 9}}})) << "1." << large << ".0";
    EXPECT_TRUE(admitted(*provider, {{{1, 2, 0}, {2, 0, 0}}})) << "1." << large << ".0";
  }
}

void largest_version_numbers_are_compared_exactly(Context& ctx) {
  const auto provider = ctx.open();
  constexpr std::uint64_t kBeyondDouble = (std::uint64_t{1} << 53U) + 1;
  create_pinned(*provider, "order-1", kAll.highest);
  EXPECT_EQ(record_of(*provider, "order-1").pinned_version, kAll.highest);
  provider->enqueue_message(external("order-1", 1)).value();
  EXPECT_TRUE(admitted(*provider, {{kAll.highest, kAll.highest}}));
  EXPECT_FALSE(admitted(*provider, {{{0, 0, 0}, {kLargestId, kLargestId, kLargestId - 1}}}));

  for (const EngineVersion& pin :
       {EngineVersion{kBeyondDouble, 0, 0}, EngineVersion{0, kBeyondDouble, 0},
        EngineVersion{0, 0, kBeyondDouble}}) {
    commit_turn(*provider, "order-1", pinning(pin));
    provider->enqueue_message(external("order-1", 1)).value();
    const EngineVersion below{pin.major - (pin.major > 0), pin.minor - (pin.minor > 0),
                              pin.patch - (pin.patch > 0)};
    EXPECT_EQ(record_of(*provider, "order-1").pinned_version, pin);
    EXPECT_TRUE(admitted(*provider, {{pin, pin}}));
    EXPECT_FALSE(admitted(*provider, {{below, below}}));
  }
}

void any_of_several_ranges_admits(Context& ctx) {
  const auto provider = ctx.open();
  make_all_ready(*provider, {EngineVersion{1, 0, 0}, EngineVersion{2, 0, 0}, EngineVersion{3, 0, 0},
                             EngineVersion{4, 0, 0}});
  const Ranges ranges = {{{9, 0, 0}, {9, 9, 9}},  // Not in their order, and some overlap.
                         {{3, 0, 0}, {3, 5, 0}},
                         {{1, 0, 0}, {1, 5, 0}},
                         {{1, 0, 0}, {1, 9, 0}},
                         {{4, 0, 0}, {4, 0, 0}}};

  EXPECT_EQ(take_all(*provider, within(ranges)), (Names{"order-1", "order-3", "order-4"}));
}

void each_of_many_ranges_counts(Context& ctx) {
  const auto provider = ctx.open();
  make_ready(*provider, "order-1", EngineVersion{1'000, 0, 0});
  Ranges ranges;
  while (ranges.size() < 300) ranges.push_back({{ranges.size(), 0, 0}, {ranges.size(), 9, 9}});

  EXPECT_FALSE(admitted(*provider, ranges));
  ranges.push_back({{1'000, 0, 0}, {1'000, 0, 0}});
  EXPECT_TRUE(admitted(*provider, ranges));
}

void range_with_its_ends_swapped_admits_no_pin(Context& ctx) {
  const auto provider = ctx.open();
  make_ready(*provider, "order-1", EngineVersion{2, 0, 0});

  EXPECT_FALSE(admitted(*provider, {{{3, 0, 0}, {1, 0, 0}}}));
  EXPECT_TRUE(admitted(*provider, {{{3, 0, 0}, {1, 0, 0}}, {{2, 0, 0}, {2, 0, 0}}}));
}

void empty_list_of_ranges_returns_nothing(Context& ctx) {
  const auto provider = ctx.open();
  make_all_ready(*provider, {EngineVersion{1, 0, 0}, std::nullopt, EngineVersion{0, 0, 0}});
  provider->enqueue_message(start("order-4")).value();

  EXPECT_TRUE(nothing(provider->fetch_turn(within({}))));

  EXPECT_EQ(take_all(*provider, within({kAll})),
            (Names{"order-1", "order-2", "order-3", "order-4"}));
}

void instance_without_a_pin_matches_every_range(Context& ctx) {
  const auto provider = ctx.open();
  make_ready(*provider, "order-1", std::nullopt);

  for (const VersionRange& range :
       {VersionRange{{0, 0, 0}, {0, 0, 0}}, VersionRange{{99, 0, 0}, {99, 9, 9}},
        VersionRange{kAll.highest, kAll.highest}}) {
    EXPECT_TRUE(admitted(*provider, {range}));
  }
}

// It has no execution yet that could be pinned.
void instance_that_has_not_begun_matches_every_range(Context& ctx) {
  const auto provider = ctx.open();
  provider->enqueue_message(start("order-1")).value();

  const Turn turn = take_turn(*provider, within({{{99, 0, 0}, {99, 9, 9}}}));

  EXPECT_EQ(turn.instance, "order-1");
  EXPECT_EQ(turn.messages, std::vector{start("order-1")});
}

void ended_execution_is_filtered_by_its_pin(Context& ctx) {
  const auto provider = ctx.open();
  create_pinned(*provider, "order-1", EngineVersion{1, 0, 0});

  for (const Status status : {Status::completed, Status::failed, Status::continued_as_new}) {
    commit_turn(*provider, "order-1", {.metadata = {.status = status}});
    provider->enqueue_message(external("order-1", 1)).value();

    EXPECT_FALSE(admitted(*provider, {{{2, 0, 0}, {2, 9, 9}}}));
    EXPECT_TRUE(admitted(*provider, {{{1, 0, 0}, {1, 9, 9}}}));
  }
}

void filter_goes_by_the_pin_of_the_current_execution(Context& ctx) {
  const auto provider = ctx.open();
  create_pinned(*provider, "order-1", EngineVersion{2, 0, 0});
  continue_as_new(*provider, "order-1", 1);
  commit_turn(*provider, "order-1",
              {.execution = 2, .metadata = {.pinned_version = EngineVersion{1, 0, 0}}});

  provider->enqueue_message(external("order-1", 1)).value();

  EXPECT_TRUE(admitted(*provider, {{{1, 0, 0}, {1, 0, 0}}}));
  EXPECT_FALSE(admitted(*provider, {{{2, 0, 0}, {2, 0, 0}}}));
}

void undecodable_history_is_filtered_like_any_other(Context& ctx) {
  const auto provider = ctx.open();
  make_ready(*provider, "order-1", EngineVersion{99, 0, 0});
  ctx.corrupt_history("order-1");

  EXPECT_TRUE(nothing(provider->fetch_turn(within({{{1, 0, 0}, {2, 0, 0}}}))));

  const Turn turn = take_turn(*provider, within({{{99, 0, 0}, {99, 9, 9}}}));
  EXPECT_EQ(turn.instance, "order-1");
  EXPECT_TRUE(turn.history_error);
  EXPECT_EQ(turn.history, std::vector<Event>());
  EXPECT_EQ(turn.attempt, 1U);
}

// Half of the instances are for these workers.
void concurrent_filtered_fetches_take_each_admitted_instance_once(Context& ctx) {
  constexpr std::size_t kWorkers = 4;
  const auto provider = ctx.open();
  std::vector<Pin> pins;
  while (pins.size() < 16) pins.emplace_back(EngineVersion{1 + pins.size() % 2, 0, 0});
  make_all_ready(*provider, pins);
  std::vector<std::unique_ptr<Provider>> workers;
  while (workers.size() < kWorkers) workers.push_back(ctx.open());

  Names taken;
  for (const Names& some : ctx.together(kWorkers, [&](std::size_t i) {
         return take_all(*workers[i], within({{{2, 0, 0}, {2, 9, 9}}}));
       })) {
    taken.insert(taken.end(), some.begin(), some.end());
  }

  std::ranges::sort(taken);
  EXPECT_EQ(taken, (Names{"order-10", "order-12", "order-14", "order-16", "order-2", "order-4",
                          "order-6", "order-8"}));
  EXPECT_EQ(take_all(*provider, {.lock_timeout = kLongLock}),
            (Names{"order-1", "order-11", "order-13", "order-15", "order-3", "order-5", "order-7",
                   "order-9"}));
}

// --- What else holds of a fetch, holds of one with a filter

void filtered_turn_carries_everything(Context& ctx) {
  const auto provider = ctx.open();
  commit_start(*provider, start("order-1"),
               {.events = events(1, 3), .metadata = {.pinned_version = EngineVersion{1, 0, 0}}});
  for (const std::uint64_t id : {3, 1, 2}) {
    provider->enqueue_message(external("order-1", id)).value();
  }

  Turn turn = take_turn(*provider, within({{{1, 0, 0}, {1, 0, 0}}}));

  EXPECT_TRUE(succeeds(provider->renew_turn(turn.token, kLongLock)));
  turn.now = Time();
  turn.token = {};
  const Turn expected{
      .instance = "order-1",
      .name = "Order",
      .version = "1.0.0",
      .history = events(1, 3),
      .messages = {external("order-1", 3), external("order-1", 1), external("order-1", 2)}};
  EXPECT_EQ(turn, expected);
}

void filtered_fetch_takes_no_locked_instance(Context& ctx) {
  const auto provider = ctx.open();
  const auto other = ctx.open();
  make_ready(*provider, "order-1", EngineVersion{1, 0, 0});
  const Turn held = take_turn(*provider, within({{{1, 0, 0}, {1, 9, 9}}}));

  EXPECT_TRUE(nothing(provider->fetch_turn(within({{{1, 0, 0}, {1, 9, 9}}}))));
  EXPECT_TRUE(nothing(other->fetch_turn(within({kAll}))));

  EXPECT_TRUE(succeeds(provider->ack_turn(held.token, {})));
}

void filtered_fetch_keeps_held_messages(Context& ctx) {
  const auto provider = ctx.open();
  provider->enqueue_message(external("order-1", 1)).value();

  EXPECT_TRUE(nothing(provider->fetch_turn(within({kAll}))));

  provider->enqueue_message(start("order-1")).value();
  EXPECT_EQ(take_turn(*provider, within({kAll})).messages,
            (std::vector{external("order-1", 1), start("order-1")}));
}

constexpr Validation kRows[] = {
    {"instance_pinned_outside_the_range_is_skipped", requirement("VER_1"),
     instance_pinned_outside_the_range_is_skipped},
    {"absent_filter_filters_nothing", requirement("VER_1"), absent_filter_filters_nothing},
    {"filter_looks_past_the_instances_that_it_skips", requirement("VER_1"),
     filter_looks_past_the_instances_that_it_skips},
    {"many_skipped_instances_hide_none_behind_them", requirement("VER_1"),
     many_skipped_instances_hide_none_behind_them},
    {"skipped_instance_carries_no_lock_and_no_attempt", requirement("VER_1"),
     skipped_instance_carries_no_lock_and_no_attempt},
    {"instance_skipped_on_the_way_carries_no_lock_and_no_attempt", requirement("VER_1"),
     instance_skipped_on_the_way_carries_no_lock_and_no_attempt},
    {"both_ends_of_a_range_are_inside", requirement("VER_1"), both_ends_of_a_range_are_inside},
    {"versions_are_compared_number_by_number", requirement("VER_1"),
     versions_are_compared_number_by_number},
    {"large_minor_and_patch_numbers_stay_in_their_place", requirement("VER_1"),
     large_minor_and_patch_numbers_stay_in_their_place},
    {"largest_version_numbers_are_compared_exactly", requirement("VER_1"),
     largest_version_numbers_are_compared_exactly},
    {"any_of_several_ranges_admits", requirement("VER_1"), any_of_several_ranges_admits},
    {"each_of_many_ranges_counts", requirement("VER_1"), each_of_many_ranges_counts},
    {"range_with_its_ends_swapped_admits_no_pin", requirement("VER_1"),
     range_with_its_ends_swapped_admits_no_pin},
    {"empty_list_of_ranges_returns_nothing", requirement("VER_1"),
     empty_list_of_ranges_returns_nothing},
    {"instance_without_a_pin_matches_every_range", requirement("VER_1"),
     instance_without_a_pin_matches_every_range},
    {"instance_that_has_not_begun_matches_every_range", requirement("VER_1"),
     instance_that_has_not_begun_matches_every_range},
    {"ended_execution_is_filtered_by_its_pin", requirement("VER_1"),
     ended_execution_is_filtered_by_its_pin},
    {"filter_goes_by_the_pin_of_the_current_execution", requirement("VER_1"),
     filter_goes_by_the_pin_of_the_current_execution},
    {"undecodable_history_is_filtered_like_any_other", requirement("VER_1"),
     undecodable_history_is_filtered_like_any_other, Hook::corrupt_history},
    {"concurrent_filtered_fetches_take_each_admitted_instance_once", requirement("VER_1"),
     concurrent_filtered_fetches_take_each_admitted_instance_once},
    {"filtered_turn_carries_everything", requirement("TURN_3"), filtered_turn_carries_everything,
     Hook::none, Capability::version_filter},
    {"filtered_fetch_takes_no_locked_instance", requirement("TURN_1"),
     filtered_fetch_takes_no_locked_instance, Hook::none, Capability::version_filter},
    {"filtered_fetch_keeps_held_messages", requirement("TURN_5"),
     filtered_fetch_keeps_held_messages, Hook::none, Capability::version_filter},
};

}  // namespace

std::span<const Validation> version_filter_validations() { return kRows; }

}  // namespace ackproof
