// Which instance a fetch returns, and when: one at a time, fairly, and never the wrong one in the
// way.
#include <map>
#include <set>

#include "validations/build.h"
#include "validations/catalogue.h"
#include "validations/context.h"
#include "validations/expect.h"

namespace ackproof {

namespace {

using Names = std::set<std::string>;

// Takes turns until there is none; the instances stay locked.
Names take_all(Provider& provider) {
  Names names;
  while (const auto turn = provider.fetch_turn({.lock_timeout = kLongLock}).value()) {
    if (!names.insert(turn->instance).second) {
      throw StepFailed("fetch_turn returned " + turn->instance + ", which is locked");
    }
  }
  return names;
}

// --- TURN_1

void only_one_of_many_fetchers_gets_an_instance(Context& ctx) {
  constexpr std::size_t kFetchers = 4;
  constexpr std::uint64_t kRounds = 20;
  std::vector<std::unique_ptr<Provider>> handles;
  for (std::size_t i = 0; i < kFetchers; ++i) handles.push_back(ctx.open());
  create_instance(*handles[0], "order-1");

  for (std::uint64_t n = 1; n <= kRounds; ++n) {
    handles[0]->enqueue_message(external("order-1", n)).value();
    const auto fetched = ctx.together(kFetchers, [&](std::size_t i) {
      return insist([&] { return handles[i]->fetch_turn({.lock_timeout = kLongLock}); }).value();
    });

    std::vector<Turn> turns;
    for (const std::optional<Turn>& turn : fetched) {
      if (turn) turns.push_back(*turn);
    }
    ASSERT_EQ(turns.size(), 1U) << "one instance was ready";
    EXPECT_EQ(turns[0].messages, std::vector{external("order-1", n)});
    EXPECT_EQ(turns[0].attempt, 1U);
    EXPECT_TRUE(succeeds(handles[0]->ack_turn(turns[0].token, {})));
  }
}

void fetch_returns_nothing_when_nothing_is_ready(Context& ctx) {
  const auto provider = ctx.open();
  const auto other = ctx.open();
  EXPECT_TRUE(nothing(provider->fetch_turn({}))) << "the store is empty";
  create_instance(*provider, "order-1");
  EXPECT_TRUE(nothing(provider->fetch_turn({}))) << "order-1 has no messages";

  const Turn held = wake(*provider, "order-1", 7);

  EXPECT_TRUE(nothing(other->fetch_turn({}))) << "order-1 is locked";
  EXPECT_TRUE(nothing(provider->fetch_turn({}))) << "also for the handle that holds it";
  EXPECT_TRUE(succeeds(provider->ack_turn(held.token, {})));
}

// --- TURN_5

void messages_are_held_until_their_instance_is_started(Context& ctx) {
  const auto provider = ctx.open();
  std::vector<Message> sent;
  for (int kind = 0; kind <= static_cast<int>(MessageKind::queue_message); ++kind) {
    Message message = external("order-1", 1 + static_cast<std::uint64_t>(kind));
    message.kind = static_cast<MessageKind>(kind);
    if (message.is_start()) continue;
    provider->enqueue_message(message).value();
    sent.push_back(message);
    EXPECT_TRUE(nothing(provider->fetch_turn({}))) << "kind " << kind << " started an instance";
  }

  provider->enqueue_message(start("order-1")).value();

  sent.push_back(start("order-1"));
  const Turn turn = take_turn(*provider);
  EXPECT_EQ(turn.messages, sent);
  EXPECT_EQ(turn.attempt, 1U) << "looking at a held message is not delivering it";
}

void held_messages_do_not_stop_other_instances(Context& ctx) {
  const auto provider = ctx.open();
  create_instance(*provider, "order-1");
  for (std::uint64_t n = 1; n <= 50; ++n) {
    Message message = external("nobody-" + std::to_string(n), n);
    if (n % 2 == 0) message.kind = MessageKind::queue_message;
    provider->enqueue_message(message).value();
  }
  provider->enqueue_message(external("order-1", 7)).value();
  provider->enqueue_message(start("order-2")).value();

  const Names served = take_all(*provider);

  EXPECT_EQ(served, (Names{"order-1", "order-2"}));
  provider->enqueue_message(start("nobody-50")).value();
  Message queued = external("nobody-50", 50);
  queued.kind = MessageKind::queue_message;
  EXPECT_EQ(take_turn(*provider).messages, (std::vector{queued, start("nobody-50")}));
}

void start_that_is_hidden_starts_nothing_yet(Context& ctx) {
  const auto provider = ctx.open();
  const auto other = ctx.open();
  const Window delay = ctx.window();
  provider->enqueue_message(start("order-1"), delay.length).value();
  provider->enqueue_message(external("order-1", 1)).value();
  provider->enqueue_message(start("order-2")).value();

  const Names served = take_all(*provider);
  ctx.to_last_moment(delay);
  EXPECT_TRUE(nothing(other->fetch_turn({}))) << "order-1 is not started yet";
  ctx.to_end(delay);

  EXPECT_EQ(served, Names{"order-2"});
  EXPECT_EQ(take_turn(*other).messages, (std::vector{start("order-1"), external("order-1", 1)}));
}

void hidden_messages_do_not_stop_visible_ones(Context& ctx) {
  const auto provider = ctx.open();
  for (const char* instance : {"order-1", "order-2", "order-3"}) {
    create_instance(*provider, instance);
  }
  provider->enqueue_message(external("order-1", 1), kLongLock).value();
  provider->enqueue_message(start("order-4"), kLongLock).value();
  provider->enqueue_message(external("order-2", 2), kLongLock).value();
  provider->enqueue_message(external("order-2", 3)).value();
  provider->enqueue_message(external("order-3", 4)).value();

  const Names served = take_all(*provider);

  EXPECT_EQ(served, (Names{"order-2", "order-3"}));
}

void undecodable_messages_do_not_stop_other_instances(Context& ctx) {
  const auto provider = ctx.open();
  create_instance(*provider, "order-1");
  create_instance(*provider, "order-2");
  provider->enqueue_message(external("nobody", 1)).value();
  provider->enqueue_message(external("order-1", 1)).value();
  provider->enqueue_message(external("order-2", 1)).value();
  ctx.corrupt_message("nobody", 1);
  ctx.corrupt_message("order-1", 1);

  const Names served = take_all(*provider);

  EXPECT_EQ(served, (Names{"order-1", "order-2"}));
}

// A message that every turn gives up is for the engine to judge, by its attempt count.
void poison_message_does_not_stop_other_instances(Context& ctx) {
  constexpr std::uint64_t kAttempts = 30;
  const auto provider = ctx.open();
  create_instance(*provider, "order-1");
  create_instance(*provider, "order-2");
  provider->enqueue_message(external("order-1", 1)).value();
  for (std::uint64_t n = 1; n <= kAttempts; ++n) {
    provider->abandon_turn(take_turn(*provider).token).value();
  }
  provider->enqueue_message(external("order-2", 2)).value();

  const Turn healthy = take_turn_of(*provider, "order-2");
  provider->ack_turn(healthy.token, {}).value();

  EXPECT_EQ(healthy.messages, std::vector{external("order-2", 2)});
  EXPECT_EQ(healthy.attempt, 1U);
}

// --- TURN_7

void messages_for_a_locked_instance_join_the_batch_after_abandon(Context& ctx) {
  const auto provider = ctx.open();
  const auto other = ctx.open();
  create_instance(*provider, "order-1");
  provider->enqueue_message(external("order-1", 1)).value();
  const Turn held = wake(*provider, "order-1", 2);
  other->enqueue_message(external("order-1", 3)).value();
  provider->enqueue_message(start("order-1")).value();
  EXPECT_TRUE(nothing(other->fetch_turn({}))) << "delivered beside a running turn";

  provider->abandon_turn(held.token).value();

  EXPECT_EQ(held.messages, (std::vector{external("order-1", 1), external("order-1", 2)}));
  EXPECT_EQ(take_turn(*other).messages, (std::vector{external("order-1", 1), external("order-1", 2),
                                                     external("order-1", 3), start("order-1")}));
}

void messages_for_a_locked_instance_join_the_batch_after_expiry(Context& ctx) {
  const auto provider = ctx.open();
  const auto other = ctx.open();
  provider->enqueue_message(start("order-1")).value();
  const Window lock = ctx.window();
  const Turn held = take_turn(*provider, {.lock_timeout = lock.length});
  other->enqueue_message(external("order-1", 1)).value();

  ctx.to_last_moment(lock);
  EXPECT_TRUE(nothing(other->fetch_turn({}))) << "delivered beside a running turn";
  ctx.to_end(lock);

  EXPECT_EQ(held.messages, std::vector{start("order-1")});
  EXPECT_EQ(take_turn(*other).messages, (std::vector{start("order-1"), external("order-1", 1)}));
}

// --- TURN_8

void busy_instance_does_not_starve_the_others(Context& ctx) {
  const auto provider = ctx.open();
  const auto sender = ctx.open();
  Names waiting = {"a-1", "a-2", "z-1", "z-2"};  // On both sides of the busy one.
  create_instance(*provider, "m-busy");
  for (const std::string& instance : waiting) create_instance(*provider, instance);
  provider->enqueue_message(external("m-busy", 1)).value();
  for (const std::string& instance : waiting) {
    provider->enqueue_message(external(instance, 1)).value();
  }

  std::uint64_t busy_turns = 0;
  while (!waiting.empty() && busy_turns <= 2) {
    const Turn turn = take_turn(*provider);
    if (waiting.erase(turn.instance) == 0) ++busy_turns;
    sender->enqueue_message(external("m-busy", 100 + busy_turns)).value();
    provider->ack_turn(turn.token, {}).value();
  }

  EXPECT_EQ(waiting, Names()) << "these waited while m-busy was served " << busy_turns << " times";
}

void no_instance_is_passed_over_more_than_twice_by_another(Context& ctx) {
  constexpr int kTurns = 60;
  const auto provider = ctx.open();
  const Names instances = {"order-1", "order-2", "order-3", "order-4", "order-5"};
  for (const std::string& instance : instances) create_instance(*provider, instance);
  for (const std::string& instance : instances) {
    provider->enqueue_message(external(instance, 1)).value();
  }

  // How often the one was served since the other was; all are ready all the time.
  std::map<std::string, std::map<std::string, int>> passed;
  for (int n = 1; n <= kTurns; ++n) {
    const Turn turn = take_turn(*provider);
    provider->enqueue_message(external(turn.instance, 1)).value();
    provider->ack_turn(turn.token, {}).value();
    for (const std::string& instance : instances) {
      if (instance == turn.instance) continue;
      ASSERT_LE(++passed[instance][turn.instance], 2) << instance << " by " << turn.instance;
    }
    passed[turn.instance].clear();
  }
}

void as_many_fetchers_as_ready_instances_all_get_one(Context& ctx) {
  constexpr std::size_t kFetchers = 4;
  constexpr int kRounds = 20;
  std::vector<std::unique_ptr<Provider>> handles;
  Names instances;
  for (std::size_t i = 0; i < kFetchers; ++i) {
    handles.push_back(ctx.open());
    const std::string instance = "order-" + std::to_string(i);
    create_instance(*handles[i], instance);
    instances.insert(instance);
  }

  for (int n = 0; n < kRounds; ++n) {
    for (const std::string& instance : instances) {
      handles[0]->enqueue_message(external(instance, 7)).value();
    }
    const auto fetched = ctx.together(kFetchers, [&](std::size_t i) {
      return insist([&] { return handles[i]->fetch_turn({.lock_timeout = kLongLock}); }).value();
    });

    Names served;
    for (const std::optional<Turn>& turn : fetched) {
      ASSERT_TRUE(turn) << "nothing was returned although there was one for each";
      served.insert(turn->instance);
      EXPECT_TRUE(succeeds(handles[0]->ack_turn(turn->token, {})));
    }
    EXPECT_EQ(served, instances);
  }
}

// --- TURN_10

void undecodable_message_is_delivered_at_its_place_and_goes_with_the_ack(Context& ctx) {
  const auto provider = ctx.open();
  const auto other = ctx.open();
  create_instance(*provider, "order-1");
  for (const std::uint64_t id : {1, 2, 3}) {
    provider->enqueue_message(external("order-1", id)).value();
  }
  ctx.corrupt_message("order-1", 2);

  const Turn turn = take_turn(*provider);

  ASSERT_EQ(turn.messages.size(), 3U);
  EXPECT_EQ(turn.messages[0], external("order-1", 1));
  EXPECT_EQ(turn.messages[1].target, "order-1");
  EXPECT_EQ(turn.messages[1].id, 2U);
  EXPECT_TRUE(turn.messages[1].error.has_value());
  EXPECT_EQ(turn.messages[1].payload, Bytes());
  EXPECT_EQ(turn.messages[2], external("order-1", 3));
  EXPECT_TRUE(succeeds(provider->ack_turn(turn.token, commit_events({event(2)}))));
  EXPECT_TRUE(nothing(other->fetch_turn({}))) << "it did not go with the ack";
}

void instance_with_nothing_but_an_undecodable_message_is_ready(Context& ctx) {
  const auto provider = ctx.open();
  const auto other = ctx.open();
  create_instance(*provider, "order-1");
  provider->enqueue_message(external("order-1", 1)).value();
  ctx.corrupt_message("order-1", 1);

  const Turn first = take_turn(*provider);
  EXPECT_TRUE(nothing(other->fetch_turn({}))) << "its instance is locked like any other";
  provider->abandon_turn(first.token).value();
  const Turn second = take_turn(*other);

  EXPECT_EQ(first.attempt, 1U);
  EXPECT_EQ(second.attempt, 2U);
  EXPECT_EQ(second.messages, first.messages);
  ASSERT_EQ(second.messages.size(), 1U);
  EXPECT_TRUE(second.messages[0].error.has_value());
  EXPECT_EQ(second.history, events(1, 1));
}

void undecodable_message_keeps_its_keys(Context& ctx) {
  const auto provider = ctx.open();
  create_instance(*provider, "order-1");
  Message with_execution = external("order-1", kLargestId);
  with_execution.execution = 5;
  const Message without_execution = external("order-1", 3);
  const std::vector<Message> sent = {with_execution, without_execution};
  for (const Message& message : sent) {
    provider->enqueue_message(message).value();
    ctx.corrupt_message("order-1", message.id);
  }

  const Turn turn = take_turn(*provider);

  ASSERT_EQ(turn.messages.size(), sent.size());
  for (std::size_t i = 0; i < sent.size(); ++i) {
    EXPECT_TRUE(turn.messages[i].error.has_value());
    EXPECT_EQ(turn.messages[i].payload, Bytes());
    EXPECT_EQ(turn.messages[i].target, sent[i].target);
    EXPECT_EQ(turn.messages[i].execution, sent[i].execution);
    EXPECT_EQ(turn.messages[i].id, sent[i].id);
  }
}

// --- TURN_12

void delay_counts_when_it_ends_after_the_visible_time(Context& ctx) {
  const auto provider = ctx.open();
  const auto other = ctx.open();
  create_instance(*provider, "order-1");
  const Message rings = timer("order-1", 1, Time(Duration(1'234'567'890)));  // Long past.
  const Window delay = ctx.window();
  provider->enqueue_message(rings, delay.length).value();

  ctx.to_last_moment(delay);
  EXPECT_TRUE(nothing(other->fetch_turn({}))) << "the delay was ignored";
  ctx.to_end(delay);

  EXPECT_EQ(take_turn(*other).messages, std::vector{rings});
}

void visible_time_counts_when_it_comes_after_the_delay(Context& ctx) {
  const auto provider = ctx.open();
  const auto other = ctx.open();
  provider->enqueue_message(start("order-1")).value();
  const Window wait = ctx.window(3 * ctx.usual_length());  // It counts from the turn's `now`.
  const Turn turn = take_turn(*provider);
  const Message rings = timer("order-1", 1, turn.now + wait.length);
  const Message also_rings = timer("order-1", 2, turn.now + wait.length);
  provider->ack_turn(turn.token, {}).value();
  const Window delay = ctx.window();
  provider->enqueue_message(rings, delay.length).value();
  provider->enqueue_message(also_rings).value();

  ctx.to_end(delay);
  ctx.to_last_moment(wait);
  EXPECT_TRUE(nothing(other->fetch_turn({}))) << "the visible time was ignored";
  ctx.to_end(wait);

  EXPECT_EQ(take_turn(*other).messages, (std::vector{rings, also_rings}))
      << "the delay was added to the visible time";
}

void place_in_the_queue_is_that_of_the_enqueue_not_of_the_visible_time(Context& ctx) {
  const auto provider = ctx.open();
  provider->enqueue_message(start("order-1")).value();
  const Window wait = ctx.window();  // It counts from the turn's `now`.
  const Turn turn = take_turn(*provider);
  const std::vector<Message> sent = {
      timer("order-1", 1, turn.now + wait.length), timer("order-1", 2, turn.now + wait.length / 2),
      timer("order-1", 3, turn.now + wait.length), external("order-1", 4)};
  TurnCommit commit;
  commit.messages = {sent[0], sent[1]};
  provider->ack_turn(turn.token, commit).value();
  provider->enqueue_message(sent[2]).value();
  provider->enqueue_message(sent[3]).value();

  ctx.to_end(wait);

  EXPECT_EQ(take_turn(*provider).messages, sent);
}

constexpr Validation kRows[] = {
    {"only_one_of_many_fetchers_gets_an_instance", requirement("TURN_1"),
     only_one_of_many_fetchers_gets_an_instance},
    {"fetch_returns_nothing_when_nothing_is_ready", requirement("TURN_1"),
     fetch_returns_nothing_when_nothing_is_ready},
    {"messages_are_held_until_their_instance_is_started", requirement("TURN_5"),
     messages_are_held_until_their_instance_is_started},
    {"held_messages_do_not_stop_other_instances", requirement("TURN_5"),
     held_messages_do_not_stop_other_instances},
    {"start_that_is_hidden_starts_nothing_yet", requirement("TURN_5"),
     start_that_is_hidden_starts_nothing_yet},
    {"hidden_messages_do_not_stop_visible_ones", requirement("TURN_5"),
     hidden_messages_do_not_stop_visible_ones},
    {"undecodable_messages_do_not_stop_other_instances", requirement("TURN_5"),
     undecodable_messages_do_not_stop_other_instances, Hook::corrupt_message},
    {"poison_message_does_not_stop_other_instances", requirement("TURN_5"),
     poison_message_does_not_stop_other_instances},
    {"messages_for_a_locked_instance_join_the_batch_after_abandon", requirement("TURN_7"),
     messages_for_a_locked_instance_join_the_batch_after_abandon},
    {"messages_for_a_locked_instance_join_the_batch_after_expiry", requirement("TURN_7"),
     messages_for_a_locked_instance_join_the_batch_after_expiry},
    {"busy_instance_does_not_starve_the_others", requirement("TURN_8"),
     busy_instance_does_not_starve_the_others},
    {"no_instance_is_passed_over_more_than_twice_by_another", requirement("TURN_8"),
     no_instance_is_passed_over_more_than_twice_by_another},
    {"as_many_fetchers_as_ready_instances_all_get_one", requirement("TURN_8"),
     as_many_fetchers_as_ready_instances_all_get_one},
    {"undecodable_message_is_delivered_at_its_place_and_goes_with_the_ack", requirement("TURN_10"),
     undecodable_message_is_delivered_at_its_place_and_goes_with_the_ack, Hook::corrupt_message},
    {"instance_with_nothing_but_an_undecodable_message_is_ready", requirement("TURN_10"),
     instance_with_nothing_but_an_undecodable_message_is_ready, Hook::corrupt_message},
    {"undecodable_message_keeps_its_keys", requirement("TURN_10"),
     undecodable_message_keeps_its_keys, Hook::corrupt_message},
    {"delay_counts_when_it_ends_after_the_visible_time", requirement("TURN_12"),
     delay_counts_when_it_ends_after_the_visible_time},
    {"visible_time_counts_when_it_comes_after_the_delay", requirement("TURN_12"),
     visible_time_counts_when_it_comes_after_the_delay},
    {"place_in_the_queue_is_that_of_the_enqueue_not_of_the_visible_time", requirement("TURN_12"),
     place_in_the_queue_is_that_of_the_enqueue_not_of_the_visible_time},
};

}  // namespace

std::span<const Validation> turn_readiness_validations() { return kRows; }

}  // namespace ackproof
