// Errors: one type, the right kind, and nothing done by a call that failed.
#include <algorithm>
#include <utility>

#include "validations/build.h"
#include "validations/catalogue.h"
#include "validations/context.h"
#include "validations/expect.h"

namespace ackproof {

namespace {

// What matters to the caller of a refused call. An accepted one has no operation.
struct Refused {
  std::string operation;
  ErrorKind kind = ErrorKind::internal;
  bool has_message = false;
  bool operator==(const Refused&) const = default;
};

void PrintTo(const Refused& refused, std::ostream* out) {
  *out << refused.operation << ": " << name(refused.kind)
       << (refused.has_message ? "" : " without a message");
}

template <class T>
Refused refusal(const Result<T>& result) {
  if (result) return {};
  return {result.error().operation, result.error().kind, !result.error().message.empty()};
}

std::vector<Refused> expected(ErrorKind kind, const std::vector<std::string>& operations) {
  std::vector<Refused> list;
  for (const std::string& operation : operations) list.push_back({operation, kind, true});
  return list;
}

// --- One type

void every_refusal_of_an_argument_names_its_operation(Context& ctx) {
  const auto provider = ctx.open();
  provider->enqueue_message(start("order-1")).value();
  provider->enqueue_activity(activity("order-1", 1)).value();
  const Turn turn = take_turn(*provider);
  const LockedActivity locked = take_activity(*provider);
  const Duration negative(-1);

  const std::vector<Refused> refused = {
      refusal(provider->enqueue_message(external("", 1))),
      refusal(provider->fetch_turn({.lock_timeout = negative})),
      refusal(provider->ack_turn(turn.token, commit_events({event(0)}))),
      refusal(provider->abandon_turn(turn.token, {.delay = negative})),
      refusal(provider->renew_turn(turn.token, negative)),
      refusal(provider->enqueue_activity(activity("", 1))),
      refusal(provider->fetch_activity({.lock_timeout = negative})),
      refusal(provider->ack_activity(locked.token, external("order-1", 1))),
      refusal(provider->abandon_activity(locked.token, {.delay = negative})),
      refusal(provider->renew_activity(locked.token, negative)),
      refusal(provider->read_history("")),
      refusal(provider->read_instance(""))};

  EXPECT_EQ(refused,
            expected(ErrorKind::invalid,
                     {"enqueue_message", "fetch_turn", "ack_turn", "abandon_turn", "renew_turn",
                      "enqueue_activity", "fetch_activity", "ack_activity", "abandon_activity",
                      "renew_activity", "read_history", "read_instance"}));
}

void every_refusal_of_a_token_names_its_operation(Context& ctx) {
  const auto provider = ctx.open();
  const LockToken unknown{"made up"};

  const std::vector<Refused> refused = {refusal(provider->ack_turn(unknown, {})),
                                        refusal(provider->abandon_turn(unknown)),
                                        refusal(provider->renew_turn(unknown, kLongLock)),
                                        refusal(provider->ack_activity(unknown, std::nullopt)),
                                        refusal(provider->abandon_activity(unknown)),
                                        refusal(provider->renew_activity(unknown, kLongLock))};

  EXPECT_EQ(refused,
            expected(ErrorKind::lock_lost, {"ack_turn", "abandon_turn", "renew_turn",
                                            "ack_activity", "abandon_activity", "renew_activity"}));
}

void refusal_of_a_conflict_names_its_operation(Context& ctx) {
  const auto provider = ctx.open();
  Message child = start("order-1");
  child.parent = "order-0";
  provider->enqueue_message(child).value();
  provider->ack_turn(take_turn(*provider).token, commit_events({event(1)})).value();
  const Turn turn = wake(*provider, "order-1", 1);
  TurnCommit adopted;
  adopted.metadata.parent = "order-9";

  const std::vector<Refused> refused = {
      refusal(provider->ack_turn(turn.token, commit_events({event(1)}))),
      refusal(provider->ack_turn(turn.token, commit_events({event(2), event(2)}))),
      refusal(provider->ack_turn(turn.token, adopted))};

  EXPECT_EQ(refused, expected(ErrorKind::conflict, {"ack_turn", "ack_turn", "ack_turn"}));
}

void undecodable_history_is_an_error_of_the_same_type(Context& ctx) {
  const auto provider = ctx.open();
  create_instance(*provider, "order-1");
  ctx.corrupt_history("order-1");

  const std::vector<Refused> refused = {refusal(provider->read_history("order-1")),
                                        refusal(provider->read_history("order-1", 1))};

  EXPECT_EQ(refused, expected(ErrorKind::corrupt, {"read_history", "read_history"}));
}

// --- Kinds

// An engine whose ack was answered by `unknown_outcome` repeats it: once it took effect, the answer
// is `lock_lost`, and nothing happens twice.
void repeated_ack_of_a_turn_is_lock_lost_and_does_nothing(Context& ctx) {
  const auto provider = ctx.open();
  const auto other = ctx.open();
  create_instance(*provider, "order-1");
  const Turn turn = wake(*provider, "order-1", 1);
  TurnCommit commit;
  commit.activities = {activity("order-1", 1)};
  commit.messages = {external("order-1", 2)};
  provider->ack_turn(turn.token, commit).value();

  for (const auto& handle : {provider.get(), other.get(), provider.get()}) {
    EXPECT_TRUE(fails_with(handle->ack_turn(turn.token, commit), ErrorKind::lock_lost));
  }

  EXPECT_EQ(drain_activities(*provider), commit.activities);
  EXPECT_EQ(drain_messages(*provider), commit.messages);
}

void repeated_call_with_a_used_token_is_lock_lost(Context& ctx) {
  const auto provider = ctx.open();
  create_instance(*provider, "order-1");
  provider->enqueue_activity(activity("order-1", 1)).value();
  const LockedActivity acked = take_activity(*provider);
  const Message result = completion(acked.activity);
  provider->ack_activity(acked.token, result).value();
  provider->enqueue_activity(activity("order-1", 2)).value();
  const LockedActivity abandoned = take_activity(*provider);
  provider->abandon_activity(abandoned.token).value();

  EXPECT_TRUE(fails_with(provider->ack_activity(acked.token, result), ErrorKind::lock_lost));
  EXPECT_TRUE(fails_with(provider->abandon_activity(abandoned.token), ErrorKind::lock_lost));

  const Turn turn = take_turn(*provider);
  EXPECT_EQ(turn.messages, std::vector{result});
  provider->abandon_turn(turn.token).value();
  EXPECT_TRUE(fails_with(provider->abandon_turn(turn.token), ErrorKind::lock_lost));
  EXPECT_EQ(drain_messages(*provider), std::vector{result});
}

void each_fault_of_an_ack_has_its_own_kind(Context& ctx) {
  const auto provider = ctx.open();
  create_instance(*provider, "order-1");
  const Turn turn = wake(*provider, "order-1", 1);
  const LockToken unknown{"made up"};

  EXPECT_TRUE(
      fails_with(provider->ack_turn(turn.token, commit_events({event(1)})), ErrorKind::conflict));
  EXPECT_TRUE(
      fails_with(provider->ack_turn(turn.token, commit_events({event(0)})), ErrorKind::invalid));
  EXPECT_TRUE(
      fails_with(provider->ack_turn(unknown, commit_events({event(2)})), ErrorKind::lock_lost));
  // Whoever holds no lock learns that, and nothing about what is stored.
  EXPECT_TRUE(
      fails_with(provider->ack_turn(unknown, commit_events({event(1)})), ErrorKind::lock_lost));

  EXPECT_TRUE(succeeds(provider->ack_turn(turn.token, commit_events({event(2)}))));
  EXPECT_EQ(provider->read_history("order-1").value(), events(1, 2));
}

// --- Nothing is done

// One of everything, and each call that can be refused is refused in all its ways.
void refused_calls_change_nothing(Context& ctx) {
  const auto provider = ctx.open();
  const auto other = ctx.open();
  create_instance(*provider, "order-1");
  const Turn turn = wake(*provider, "order-1", 1);
  for (const std::uint64_t id : {1, 2}) {
    provider->enqueue_activity(activity("order-1", id)).value();
  }
  const LockedActivity locked = take_activity(*provider);
  const auto record = provider->read_instance("order-1").value();
  TurnCommit conflicting = commit_events({event(2), event(1)});
  conflicting.activities = {activity("order-1", 3)};
  conflicting.messages = {external("order-1", 2), start("order-2")};
  conflicting.cancelled = {key_of(locked.activity), key_of(activity("order-1", 2))};
  conflicting.metadata = {.status = Status::failed, .output = "no", .name = "Other"};
  const Message result = completion(locked.activity);

  EXPECT_TRUE(fails_with(provider->ack_turn(turn.token, conflicting), ErrorKind::conflict));
  EXPECT_TRUE(fails_with(provider->ack_turn(locked.token, conflicting), ErrorKind::lock_lost));
  EXPECT_TRUE(fails_with(provider->ack_activity(turn.token, result), ErrorKind::lock_lost));
  EXPECT_TRUE(fails_with(provider->abandon_turn(locked.token), ErrorKind::lock_lost));
  EXPECT_TRUE(fails_with(provider->abandon_activity(turn.token), ErrorKind::lock_lost));

  EXPECT_EQ(other->read_history("order-1").value(), events(1, 1));
  EXPECT_EQ(other->read_instance("order-1").value(), record);
  EXPECT_TRUE(nothing(other->fetch_turn({.lock_timeout = kLongLock})));
  EXPECT_EQ(drain_activities(*other), std::vector{activity("order-1", 2)});
  EXPECT_TRUE(succeeds(provider->ack_activity(locked.token, std::nullopt)));
  EXPECT_TRUE(succeeds(provider->abandon_turn(turn.token)));
  EXPECT_EQ(drain_messages(*other), turn.messages);
}

// Each refused call is made between two that are in order, and leaves no gap and no trace.
void refused_enqueues_disturb_no_order(Context& ctx) {
  const auto provider = ctx.open();
  create_instance(*provider, "order-1");
  Message bad_message = external("order-1", 9);
  bad_message.execution = 0;
  Activity bad_activity = activity("order-1", 9);
  bad_activity.execution = 0;
  std::vector<Message> messages;
  std::vector<Activity> activities;

  for (std::uint64_t id = 1; id <= 12; ++id) {
    messages.push_back(external("order-1", id));
    activities.push_back(activity("order-1", id));
    provider->enqueue_message(messages.back()).value();
    provider->enqueue_activity(activities.back()).value();
    EXPECT_TRUE(fails_with(provider->enqueue_message(bad_message), ErrorKind::invalid));
    EXPECT_TRUE(fails_with(provider->enqueue_activity(bad_activity), ErrorKind::invalid));
  }

  EXPECT_EQ(drain_messages(*provider), messages);
  EXPECT_EQ(drain_activities(*provider), activities);
}

// Nothing moves: neither the items, nor the deadline, nor the attempts.
void invalid_calls_about_a_turn_leave_its_lock_alone(Context& ctx) {
  const auto provider = ctx.open();
  const auto other = ctx.open();
  create_instance(*provider, "order-1");
  provider->enqueue_message(external("order-1", 1)).value();
  const auto record = provider->read_instance("order-1").value();
  TurnCommit invalid = commit_events({event(2), event(0)});
  invalid.activities = {activity("order-1", 2)};
  invalid.messages = {external("order-1", 2), start("order-2")};
  invalid.metadata.status = Status::failed;
  const Abandon negative{.delay = Duration(-1), .ignore_attempt = true};

  const Window lock = ctx.window();
  const Turn turn = take_turn(*provider, {.lock_timeout = lock.length});
  EXPECT_TRUE(fails_with(provider->ack_turn(turn.token, invalid), ErrorKind::invalid));
  EXPECT_TRUE(fails_with(provider->renew_turn(turn.token, Duration(0)), ErrorKind::invalid));
  EXPECT_TRUE(fails_with(provider->abandon_turn(turn.token, negative), ErrorKind::invalid));
  ctx.to_last_moment(lock);
  EXPECT_TRUE(nothing(other->fetch_turn({.lock_timeout = kLongLock})));
  ctx.to_end(lock);

  EXPECT_EQ(other->read_history("order-1").value(), events(1, 1));
  EXPECT_EQ(other->read_instance("order-1").value(), record);
  const Turn next = take_turn(*other);
  EXPECT_EQ(next.messages, std::vector{external("order-1", 1)});
  EXPECT_EQ(next.attempt, 2U);
  EXPECT_TRUE(nothing(other->fetch_turn({.lock_timeout = kLongLock})));
  EXPECT_EQ(drain_activities(*other), std::vector<Activity>());
}

void invalid_calls_about_an_activity_leave_its_lock_alone(Context& ctx) {
  const auto provider = ctx.open();
  const auto other = ctx.open();
  create_instance(*provider, "order-1");
  provider->enqueue_activity(activity("order-1", 1)).value();
  Message wrong_kind = completion(activity("order-1", 1));
  wrong_kind.kind = MessageKind::external_raised;
  const Abandon negative{.delay = Duration(-1), .ignore_attempt = true};

  const Window lock = ctx.window();
  const LockedActivity locked = take_activity(*provider, {.lock_timeout = lock.length});
  EXPECT_TRUE(fails_with(provider->ack_activity(locked.token, wrong_kind), ErrorKind::invalid));
  EXPECT_TRUE(fails_with(provider->renew_activity(locked.token, Duration(0)), ErrorKind::invalid));
  EXPECT_TRUE(fails_with(provider->abandon_activity(locked.token, negative), ErrorKind::invalid));
  ctx.to_last_moment(lock);
  EXPECT_TRUE(nothing(other->fetch_activity({.lock_timeout = kLongLock})));
  ctx.to_end(lock);

  const LockedActivity next = take_activity(*other);
  EXPECT_EQ(next.activity, activity("order-1", 1));
  EXPECT_EQ(next.attempt, 2U);
  EXPECT_TRUE(nothing(other->fetch_activity({.lock_timeout = kLongLock})));
  EXPECT_EQ(drain_messages(*other), std::vector<Message>());
}

void token_stays_good_after_invalid_calls(Context& ctx) {
  const auto provider = ctx.open();
  create_instance(*provider, "order-1");
  const Turn turn = wake(*provider, "order-1", 1);
  provider->enqueue_activity(activity("order-1", 1)).value();
  const LockedActivity locked = take_activity(*provider);
  TurnCommit commit = commit_events({event(2)});
  commit.activities = {activity("order-1", 2)};
  commit.messages = {external("order-1", 2)};
  TurnCommit invalid = commit;
  invalid.events.push_back(event(0));
  const Message result = completion(locked.activity);
  Message wrong_kind = result;
  wrong_kind.kind = MessageKind::external_raised;
  const Abandon negative{.delay = Duration(-1)};

  EXPECT_TRUE(fails_with(provider->ack_turn(turn.token, invalid), ErrorKind::invalid));
  EXPECT_TRUE(fails_with(provider->renew_turn(turn.token, -kLongLock), ErrorKind::invalid));
  EXPECT_TRUE(fails_with(provider->abandon_turn(turn.token, negative), ErrorKind::invalid));
  EXPECT_TRUE(fails_with(provider->ack_activity(locked.token, wrong_kind), ErrorKind::invalid));
  EXPECT_TRUE(fails_with(provider->renew_activity(locked.token, -kLongLock), ErrorKind::invalid));
  EXPECT_TRUE(fails_with(provider->abandon_activity(locked.token, negative), ErrorKind::invalid));

  EXPECT_TRUE(succeeds(provider->renew_turn(turn.token, kLongLock)));
  EXPECT_TRUE(succeeds(provider->renew_activity(locked.token, kLongLock)));
  EXPECT_TRUE(succeeds(provider->ack_turn(turn.token, commit)));
  EXPECT_TRUE(succeeds(provider->ack_activity(locked.token, result)));
  EXPECT_EQ(provider->read_history("order-1").value(), events(1, 2));
  EXPECT_EQ(drain_activities(*provider), commit.activities);
  EXPECT_EQ(drain_messages(*provider), (std::vector{commit.messages[0], result}));
}

// --- Fetches that come back without work

void fetch_that_finds_only_held_messages_leaves_them_alone(Context& ctx) {
  const auto provider = ctx.open();
  const auto other = ctx.open();
  provider->enqueue_message(external("order-1", 1)).value();

  for (int n = 0; n < 3; ++n) {
    EXPECT_TRUE(nothing(provider->fetch_turn({.lock_timeout = kLongLock})));
  }
  provider->enqueue_message(start("order-1")).value();

  const Turn turn = take_turn(*other);
  EXPECT_EQ(turn.messages, (std::vector{external("order-1", 1), start("order-1")}));
  EXPECT_EQ(turn.attempt, 1U);
}

void fetches_do_not_count_what_they_skip(Context& ctx) {
  const auto holder = ctx.open();
  const auto other = ctx.open();
  create_instance(*holder, "order-1");
  const Turn turn = wake(*holder, "order-1", 1);
  holder->enqueue_message(external("order-1", 2)).value();
  holder->enqueue_activity(activity("order-1", 1)).value();
  const LockedActivity locked = take_activity(*holder);

  for (std::uint64_t n = 2; n <= 4; ++n) {
    EXPECT_TRUE(nothing(other->fetch_turn({.lock_timeout = kLongLock})));
    other->enqueue_activity(activity("order-1", n)).value();
    EXPECT_EQ(take_activity(*other).activity.id, n);
    EXPECT_TRUE(nothing(other->fetch_activity({.lock_timeout = kLongLock})));
  }

  EXPECT_TRUE(succeeds(holder->ack_turn(turn.token, {})));
  EXPECT_TRUE(succeeds(holder->abandon_activity(locked.token)));
  const Turn next = take_turn(*other);
  EXPECT_EQ(next.messages, std::vector{external("order-1", 2)});
  EXPECT_EQ(next.attempt, 1U);
  EXPECT_EQ(take_activity(*other).attempt, 2U);
}

void fetches_do_not_count_or_lock_what_is_hidden(Context& ctx) {
  const auto provider = ctx.open();
  create_instance(*provider, "order-1");
  provider->enqueue_activity(activity("order-1", 1)).value();
  const LockedActivity locked = take_activity(*provider);

  const Window longer = ctx.window(2 * ctx.usual_length());
  provider->enqueue_message(external("order-1", 1), longer.length).value();
  const Window delay = ctx.window();
  provider->abandon_activity(locked.token, {.delay = delay.length}).value();
  for (int n = 0; n < 3; ++n) {
    EXPECT_TRUE(nothing(provider->fetch_turn({.lock_timeout = kLongLock})));
  }
  EXPECT_TRUE(nothing(provider->fetch_activity({.lock_timeout = kLongLock})));
  ctx.to_end(delay);
  ctx.to_end(longer);

  EXPECT_EQ(take_turn(*provider).attempt, 1U);
  EXPECT_EQ(take_activity(*provider).attempt, 2U);
}

void refused_fetch_holds_no_lock(Context& ctx) {
  const auto provider = ctx.open();
  const auto other = ctx.open();
  create_instance(*provider, "order-1");
  provider->enqueue_message(external("order-1", 1)).value();
  provider->enqueue_activity(activity("order-1", 1)).value();

  for (int n = 0; n < 3; ++n) {
    EXPECT_TRUE(
        fails_with(provider->fetch_turn({.lock_timeout = Duration(0)}), ErrorKind::invalid));
    EXPECT_TRUE(
        fails_with(provider->fetch_activity({.lock_timeout = Duration(0)}), ErrorKind::invalid));
  }

  EXPECT_EQ(take_turn(*other).attempt, 1U);
  EXPECT_EQ(take_activity(*other).attempt, 1U);
}

// A fetch that fails by what it found has to leave it as it was: the next one is then like a first
// one. (That it must not fail at all, but hand it out, is said elsewhere.)
template <class Fetch>
void expect_first_delivery(const Fetch& fetch) {
  auto fetched = fetch();
  if (!fetched) fetched = fetch();
  ASSERT_TRUE(succeeds(fetched));
  ASSERT_TRUE(fetched.value()) << "a fetch that failed holds the lock";
  EXPECT_EQ(fetched.value()->attempt, 1U) << "a fetch that failed was counted";
}

void undecodable_message_leaves_no_lock_without_a_holder(Context& ctx) {
  const auto provider = ctx.open();
  create_instance(*provider, "order-1");
  provider->enqueue_message(external("order-1", 7)).value();
  ctx.corrupt_message("order-1", 7);

  expect_first_delivery([&] { return provider->fetch_turn({.lock_timeout = kLongLock}); });
}

void undecodable_history_leaves_no_lock_without_a_holder(Context& ctx) {
  const auto provider = ctx.open();
  create_instance(*provider, "order-1");
  provider->enqueue_message(external("order-1", 7)).value();
  ctx.corrupt_history("order-1");

  expect_first_delivery([&] { return provider->fetch_turn({.lock_timeout = kLongLock}); });
}

void undecodable_activity_leaves_no_lock_without_a_holder(Context& ctx) {
  const auto provider = ctx.open();
  provider->enqueue_activity(activity("order-1", 7)).value();
  ctx.corrupt_activity(key_of(activity("order-1", 7)));

  expect_first_delivery([&] { return provider->fetch_activity({.lock_timeout = kLongLock}); });
}

// --- Never busy without cause

// Two handles as one caller uses them: one after the other. Each call has to succeed.
void single_caller_is_never_told_busy(Context& ctx) {
  const std::unique_ptr<Provider> handles[] = {ctx.open(), ctx.open()};
  create_instance(*handles[0], "order-1");
  std::vector<Message> results;

  for (std::uint64_t n = 2; n <= 20; ++n) {
    Provider& one = *handles[n % 2];
    Provider& other = *handles[(n + 1) % 2];
    const Turn turn = wake(one, "order-1", n);
    other.renew_turn(turn.token, kLongLock).value();
    TurnCommit commit = commit_events({event(n)});
    commit.activities = {activity("order-1", n)};
    other.ack_turn(turn.token, commit).value();
    const LockedActivity first = take_activity(one);
    other.abandon_activity(first.token).value();
    const LockedActivity second = take_activity(other);
    one.renew_activity(second.token, kLongLock).value();
    results.push_back(completion(second.activity));
    one.ack_activity(second.token, results.back()).value();
    const Turn result = take_turn(other);
    one.ack_turn(result.token, {}).value();
    EXPECT_EQ(result.messages, std::vector{results.back()});
    EXPECT_EQ(other.read_instance("order-1").value()->execution, 1U);
  }

  EXPECT_EQ(handles[0]->read_history("order-1").value(), events(1, 20));
}

// The turns that this worker gets hold of, acked with the next event each; what they delivered.
std::vector<Message> work_through(Provider& provider, const std::vector<Message>& to_enqueue) {
  std::vector<Message> delivered;
  for (const Message& message : to_enqueue) {
    insist([&] { return provider.enqueue_message(message); }).value();
    const auto turn =
        insist([&] { return provider.fetch_turn({.lock_timeout = kLongLock}); }).value();
    if (!turn) continue;  // Others were faster, and do this one's work.
    const TurnCommit commit = commit_events({event(turn->history.size() + 1)});
    insist([&] { return provider.ack_turn(turn->token, commit); }).value();
    delivered.insert(delivered.end(), turn->messages.begin(), turn->messages.end());
  }
  return delivered;
}

// `busy` may be answered, but repeated calls get through, and nothing else goes wrong.
void under_load_every_repeated_call_gets_through(Context& ctx) {
  std::vector<std::unique_ptr<Provider>> handles;
  std::vector<std::vector<Message>> shares(4);
  std::vector<Message> expected;
  for (std::size_t i = 0; i < shares.size(); ++i) {
    handles.push_back(ctx.open());
    const std::string instance = "order-" + std::to_string(i);
    create_instance(*handles[i], instance);
    for (std::uint64_t id = 1; id <= 20; ++id) shares[i].push_back(external(instance, id));
    expected.insert(expected.end(), shares[i].begin(), shares[i].end());
  }

  const auto worked = ctx.together(
      handles.size(), [&](std::size_t i) { return work_through(*handles[i], shares[i]); });

  std::vector<Message> delivered = drain_messages(*handles[0]);
  for (const auto& list : worked) delivered.insert(delivered.end(), list.begin(), list.end());
  std::ranges::sort(delivered, {}, [](const Message& m) { return std::pair(m.target, m.id); });
  EXPECT_EQ(delivered, expected) << "a message was delivered twice, or to nobody";
}

constexpr Validation kRows[] = {
    {"every_refusal_of_an_argument_names_its_operation", requirement("ERR_1"),
     every_refusal_of_an_argument_names_its_operation},
    {"every_refusal_of_a_token_names_its_operation", requirement("ERR_1"),
     every_refusal_of_a_token_names_its_operation},
    {"refusal_of_a_conflict_names_its_operation", requirement("ERR_1"),
     refusal_of_a_conflict_names_its_operation},
    {"undecodable_history_is_an_error_of_the_same_type", requirement("ERR_1"),
     undecodable_history_is_an_error_of_the_same_type, Hook::corrupt_history},
    {"each_fault_of_an_ack_has_its_own_kind", requirement("ERR_2"),
     each_fault_of_an_ack_has_its_own_kind},
    {"repeated_ack_of_a_turn_is_lock_lost_and_does_nothing", requirement("ERR_2"),
     repeated_ack_of_a_turn_is_lock_lost_and_does_nothing},
    {"repeated_call_with_a_used_token_is_lock_lost", requirement("ERR_2"),
     repeated_call_with_a_used_token_is_lock_lost},
    {"refused_calls_change_nothing", requirement("ERR_3"), refused_calls_change_nothing},
    {"refused_enqueues_disturb_no_order", requirement("ERR_3"), refused_enqueues_disturb_no_order},
    {"invalid_calls_about_a_turn_leave_its_lock_alone", requirement("ERR_3"),
     invalid_calls_about_a_turn_leave_its_lock_alone},
    {"invalid_calls_about_an_activity_leave_its_lock_alone", requirement("ERR_3"),
     invalid_calls_about_an_activity_leave_its_lock_alone},
    {"token_stays_good_after_invalid_calls", requirement("ERR_3"),
     token_stays_good_after_invalid_calls},
    {"fetch_that_finds_only_held_messages_leaves_them_alone", requirement("ERR_4"),
     fetch_that_finds_only_held_messages_leaves_them_alone},
    {"fetches_do_not_count_what_they_skip", requirement("ERR_4"),
     fetches_do_not_count_what_they_skip},
    {"fetches_do_not_count_or_lock_what_is_hidden", requirement("ERR_4"),
     fetches_do_not_count_or_lock_what_is_hidden},
    {"refused_fetch_holds_no_lock", requirement("ERR_4"), refused_fetch_holds_no_lock},
    {"undecodable_message_leaves_no_lock_without_a_holder", requirement("ERR_4"),
     undecodable_message_leaves_no_lock_without_a_holder, Hook::corrupt_message},
    {"undecodable_history_leaves_no_lock_without_a_holder", requirement("ERR_4"),
     undecodable_history_leaves_no_lock_without_a_holder, Hook::corrupt_history},
    {"undecodable_activity_leaves_no_lock_without_a_holder", requirement("ERR_4"),
     undecodable_activity_leaves_no_lock_without_a_holder, Hook::corrupt_activity},
    {"single_caller_is_never_told_busy", requirement("ERR_9"), single_caller_is_never_told_busy},
    {"under_load_every_repeated_call_gets_through", requirement("ERR_9"),
     under_load_every_repeated_call_gets_through},
};

}  // namespace

std::span<const Validation> error_validations() { return kRows; }

}  // namespace ackproof
