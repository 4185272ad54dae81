// The custom status and the key-values of an instance, where clauses of other areas speak of them:
// atomicity, lower executions, dead tokens, reopening.
#include <map>
#include <string>
#include <vector>

#include "validations/build.h"
#include "validations/catalogue.h"
#include "validations/context.h"
#include "validations/expect.h"
#include "validations/pace.h"

namespace ackproof {

namespace {

using Values = std::map<std::string, KeyValue>;

// --- Two kinds of state behind one face

// For claims that hold of either: a template over one of these. State n is any state, all different.
struct StatusState {
  static void put(TurnCommit& commit, std::uint64_t n) {
    commit.custom_status.push_back({.value = Bytes("state " + std::to_string(n))});
  }
  static void clear(TurnCommit& commit) { commit.custom_status.emplace_back(); }

  // What is there after one commit that put state n.
  static std::optional<CustomStatus> once(std::uint64_t n) {
    return CustomStatus{.value = "state " + std::to_string(n), .version = 1};
  }
  // Everything that can be read about order-1.
  static std::optional<CustomStatus> read(Provider& provider) {
    return insist([&] { return provider.read_custom_status("order-1", 0); }).value();
  }
  // The n of what can be read, or 0.
  static std::uint64_t number(Provider& provider) {
    const auto status = read(provider);
    return status && status->value ? std::stoull(status->value->substr(6)) : 0;
  }
};

struct ValueState {
  static void put(TurnCommit& commit, std::uint64_t n) {
    commit.values.push_back(set_value("step", "state " + std::to_string(n)));
  }
  static void clear(TurnCommit& commit) { commit.values.push_back(clear_value("step")); }

  static Values once(std::uint64_t n) {
    const KeyValueChange set = set_value("step", "state " + std::to_string(n));
    return {{set.key, {set.value, set.updated_at}}};
  }
  static Values read(Provider& provider) {
    return insist([&] { return provider.read_values("order-1"); }).value();
  }
  static std::uint64_t number(Provider& provider) {
    const auto value = insist([&] { return provider.read_value("order-1", "step"); }).value();
    return value ? std::stoull(value->value.substr(6)) : 0;
  }
};

template <class State>
TurnCommit putting(std::uint64_t n, std::uint64_t execution = 1) {
  TurnCommit commit{.execution = execution};
  State::put(commit, n);
  return commit;
}

// --- ACK_1, ACK_5

template <class State>
void refused_commit_changes_no_state(Context& ctx) {
  const auto provider = ctx.open();
  const auto other = ctx.open();
  create_instance(*provider, "order-1");
  commit_turn(*provider, "order-1", putting<State>(1));
  const auto before = State::read(*other);
  const Turn turn = wake(*provider, "order-1", 1);
  TurnCommit commit = putting<State>(2);
  commit.metadata.status = Status::completed;
  commit.events = {event(2), event(1)};

  EXPECT_TRUE(fails_with(provider->ack_turn(turn.token, commit), ErrorKind::conflict));
  EXPECT_EQ(State::read(*other), before);
  commit.events.pop_back();
  commit.messages = {external("", 1)};
  EXPECT_TRUE(fails_with(provider->ack_turn(turn.token, commit), ErrorKind::invalid));

  EXPECT_EQ(State::read(*other), before);
  EXPECT_EQ(provider->read_history("order-1").value(), events(1, 1));
}

// The corrected commit counts as the first of the two would have.
template <class State>
void corrected_commit_changes_the_state_once(Context& ctx) {
  const auto provider = ctx.open();
  create_instance(*provider, "order-1");
  const Turn turn = wake(*provider, "order-1", 1);
  TurnCommit commit = putting<State>(2);
  commit.events = {event(1)};
  EXPECT_TRUE(fails_with(provider->ack_turn(turn.token, commit), ErrorKind::conflict));

  commit.events = {event(2)};
  EXPECT_TRUE(succeeds(provider->ack_turn(turn.token, commit)));

  EXPECT_EQ(State::read(*provider), State::once(2));
}

// What one look at order-1 saw: its state, then the number of its events, then its state again.
struct Look {
  std::uint64_t state_before;
  std::uint64_t events;
  std::uint64_t state_after;
};

constexpr std::uint64_t kAcks = 30;

// The n-th ack adds an event and makes the state n.
template <class State>
std::vector<Look> ack_often(Provider& provider, Pace& pace) {
  for (std::uint64_t n = 1; n <= kAcks; ++n) {
    pace.await_look();
    insist([&] { return provider.enqueue_message(external("order-1", n)); }).value();
    const auto turn = insist([&] { return provider.fetch_turn({.lock_timeout = kLongLock}); });
    if (!turn.value()) throw StepFailed("fetch_turn returned nothing although order-1 is ready");
    TurnCommit commit = putting<State>(n);
    commit.events = {event(n + 1)};
    insist([&] { return provider.ack_turn(turn.value()->token, commit); }).value();
  }
  return {};
}

// Looks until the last ack can be seen, or for a good while.
template <class State>
std::vector<Look> look_often(Provider& provider, Pace& pace) {
  constexpr std::size_t kLooks = 5'000;
  Pace::Reader reader(pace);
  std::vector<Look> looks;
  while (looks.size() < kLooks && (looks.empty() || looks.back().state_before < kAcks)) {
    Look look{.state_before = State::number(provider)};
    look.events = insist([&] { return provider.read_history("order-1"); }).value().size() - 1;
    look.state_after = State::number(provider);
    looks.push_back(look);
    reader.looked();
  }
  return looks;
}

template <class State>
void state_becomes_visible_with_the_events_of_its_commit(Context& ctx) {
  const auto writer = ctx.open();
  const auto reader = ctx.open();
  create_instance(*writer, "order-1");

  Pace pace;
  const auto looks = ctx.together(2, [&](std::size_t i) {
    return i == 0 ? ack_often<State>(*writer, pace) : look_often<State>(*reader, pace);
  });

  for (const Look& look : looks[1]) {
    ASSERT_LE(look.state_before, look.events) << "a state was seen before its ack's event";
    ASSERT_GE(look.state_after, look.events) << "an event was seen before its ack's state";
  }
}

// --- ACK_16, ACK_17

template <class State>
void state_belongs_to_the_instance(Context& ctx) {
  const auto provider = ctx.open();
  create_instance(*provider, "order-1");
  commit_turn(*provider, "order-1", putting<State>(1));
  const auto first = State::read(*provider);

  continue_as_new(*provider, "order-1", 1);
  EXPECT_EQ(State::read(*provider), first) << "the next execution does not show it";
  commit_turn(*provider, "order-1", {.execution = 7});
  EXPECT_EQ(State::read(*provider), first) << "execution 7 does not show it";

  commit_turn(*provider, "order-1", putting<State>(2, 7));
  EXPECT_EQ(State::number(*provider), 2U);
}

template <class State>
void state_in_a_commit_to_a_lower_execution_is_invalid(Context& ctx) {
  const auto provider = ctx.open();
  create_instance(*provider, "order-1");
  commit_turn(*provider, "order-1", putting<State>(1));
  continue_as_new(*provider, "order-1", 1);
  commit_turn(*provider, "order-1", putting<State>(2, 2));
  const auto before = State::read(*provider);
  const Turn turn = wake(*provider, "order-1", 1);
  TurnCommit cleared;
  State::clear(cleared);

  for (TurnCommit commit : {putting<State>(3), cleared}) {
    commit.events = {event(2)};
    commit.activities = {activity("order-1", 1)};
    EXPECT_TRUE(fails_with(provider->ack_turn(turn.token, commit), ErrorKind::invalid));
  }

  EXPECT_EQ(State::read(*provider), before);
  EXPECT_EQ(provider->read_history("order-1", 1).value(), events(1, 1));
  EXPECT_EQ(drain_activities(*provider), std::vector<Activity>());
  EXPECT_TRUE(succeeds(provider->ack_turn(turn.token, commit_events({event(2)}))));
  EXPECT_EQ(State::read(*provider), before);
}

// --- LOCK_9

template <class State>
void dead_token_changes_no_state(Context& ctx) {
  const auto provider = ctx.open();
  create_instance(*provider, "order-1");
  commit_turn(*provider, "order-1", putting<State>(1));
  const auto before = State::read(*provider);
  const LockToken used = wake(*provider, "order-1", 1).token;
  provider->ack_turn(used, {}).value();
  const LockToken abandoned = wake(*provider, "order-1", 2).token;
  provider->abandon_turn(abandoned).value();
  const Turn held = take_turn(*provider);

  for (const LockToken& token : {used, abandoned, LockToken{"never issued"}, LockToken{}}) {
    EXPECT_TRUE(fails_with(provider->ack_turn(token, putting<State>(2)), ErrorKind::lock_lost));
    EXPECT_EQ(State::read(*provider), before);
  }

  EXPECT_TRUE(succeeds(provider->ack_turn(held.token, putting<State>(3))));
  EXPECT_EQ(State::number(*provider), 3U);
}

template <class State>
void expired_token_changes_no_state(Context& ctx) {
  const auto provider = ctx.open();
  create_instance(*provider, "order-1");
  commit_turn(*provider, "order-1", putting<State>(1));
  const auto before = State::read(*provider);
  provider->enqueue_message(external("order-1", 1)).value();
  const Window lock = ctx.window();
  const Turn turn = take_turn(*provider, {.lock_timeout = lock.length});

  ctx.to_end(lock);

  EXPECT_TRUE(fails_with(provider->ack_turn(turn.token, putting<State>(2)), ErrorKind::lock_lost));
  EXPECT_EQ(State::read(*provider), before);
}

// --- DUR_1

template <class State>
void state_survives_a_reopen(Context& ctx) {
  auto provider = ctx.open();
  create_instance(*provider, "order-1");
  commit_turn(*provider, "order-1", putting<State>(1));
  continue_as_new(*provider, "order-1", 1);
  commit_turn(*provider, "order-1", putting<State>(2, 2));
  const auto before = State::read(*provider);
  EXPECT_EQ(State::number(*provider), 2U);

  provider.reset();
  provider = ctx.open();

  EXPECT_EQ(State::read(*provider), before);
  commit_turn(*provider, "order-1", putting<State>(3, 2));
  EXPECT_EQ(State::number(*provider), 3U);
}

void version_of_the_custom_status_goes_on_after_a_reopen(Context& ctx) {
  auto provider = ctx.open();
  create_instance(*provider, "order-1");
  commit_turn(*provider, "order-1", putting<StatusState>(1));
  TurnCommit cleared;
  StatusState::clear(cleared);
  commit_turn(*provider, "order-1", cleared);

  provider.reset();
  provider = ctx.open();

  EXPECT_EQ(StatusState::read(*provider), (CustomStatus{.version = 2}));
  commit_turn(*provider, "order-1", putting<StatusState>(3));
  EXPECT_EQ(StatusState::read(*provider), (CustomStatus{.value = "state 3", .version = 3}));
}

// Some keys are merged, some only set or cleared by the execution that has not ended.
void merged_and_unmerged_values_survive_a_reopen(Context& ctx) {
  auto provider = ctx.open();
  create_instance(*provider, "order-1");
  const KeyValueChange kept = set_value("kept", "1");
  const KeyValueChange cleared = set_value("cleared", "22");
  const KeyValueChange added = set_value("added", "333");
  commit_turn(*provider, "order-1", {.values = {kept, cleared}});
  continue_as_new(*provider, "order-1", 1);
  commit_turn(*provider, "order-1", {.execution = 2, .values = {added, clear_value("cleared")}});

  provider.reset();
  provider = ctx.open();

  const Values merged = {{"kept", {kept.value, kept.updated_at}},
                         {"cleared", {cleared.value, cleared.updated_at}}};
  const Values live = {{"kept", {kept.value, kept.updated_at}},
                       {"added", {added.value, added.updated_at}}};
  EXPECT_EQ(ValueState::read(*provider), live);
  const Turn turn = wake(*provider, "order-1", 1);
  EXPECT_EQ(turn.values, merged);
  provider->ack_turn(turn.token, {.execution = 2, .metadata = {.status = Status::continued_as_new}})
      .value();
  EXPECT_EQ(ValueState::read(*provider), live);
  EXPECT_EQ(wake(*provider, "order-1", 2).values, live);
}

constexpr Validation status_row(std::string_view name, const Requirement& proves,
                                void (*check)(Context&), bool reopens = false) {
  return {name, proves, check, Hook::none, Capability::custom_status, reopens};
}

constexpr Validation value_row(std::string_view name, const Requirement& proves,
                               void (*check)(Context&), bool reopens = false) {
  return {name, proves, check, Hook::none, Capability::key_value, reopens};
}

constexpr Validation kRows[] = {
    status_row("refused_commit_changes_no_custom_status", requirement("ACK_1"),
               refused_commit_changes_no_state<StatusState>),
    value_row("refused_commit_changes_no_values", requirement("ACK_1"),
              refused_commit_changes_no_state<ValueState>),
    status_row("corrected_commit_changes_the_custom_status_once", requirement("ACK_5"),
               corrected_commit_changes_the_state_once<StatusState>),
    value_row("corrected_commit_changes_the_values_once", requirement("ACK_5"),
              corrected_commit_changes_the_state_once<ValueState>),
    status_row("custom_status_becomes_visible_with_the_events_of_its_commit", requirement("ACK_1"),
               state_becomes_visible_with_the_events_of_its_commit<StatusState>),
    value_row("values_become_visible_with_the_events_of_their_commit", requirement("ACK_1"),
              state_becomes_visible_with_the_events_of_its_commit<ValueState>),
    status_row("custom_status_belongs_to_the_instance", requirement("ACK_16"),
               state_belongs_to_the_instance<StatusState>),
    value_row("values_belong_to_the_instance", requirement("ACK_16"),
              state_belongs_to_the_instance<ValueState>),
    status_row("custom_status_in_a_commit_to_a_lower_execution_is_invalid", requirement("ACK_17"),
               state_in_a_commit_to_a_lower_execution_is_invalid<StatusState>),
    value_row("values_in_a_commit_to_a_lower_execution_are_invalid", requirement("ACK_17"),
              state_in_a_commit_to_a_lower_execution_is_invalid<ValueState>),
    status_row("dead_token_changes_no_custom_status", requirement("LOCK_9"),
               dead_token_changes_no_state<StatusState>),
    value_row("dead_token_changes_no_values", requirement("LOCK_9"),
              dead_token_changes_no_state<ValueState>),
    status_row("expired_token_changes_no_custom_status", requirement("LOCK_9"),
               expired_token_changes_no_state<StatusState>),
    value_row("expired_token_changes_no_values", requirement("LOCK_9"),
              expired_token_changes_no_state<ValueState>),
    status_row("custom_status_survives_a_reopen", requirement("DUR_1"),
               state_survives_a_reopen<StatusState>, true),
    value_row("values_survive_a_reopen", requirement("DUR_1"), state_survives_a_reopen<ValueState>,
              true),
    status_row("version_of_the_custom_status_goes_on_after_a_reopen", requirement("DUR_1"),
               version_of_the_custom_status_goes_on_after_a_reopen, true),
    value_row("merged_and_unmerged_values_survive_a_reopen", requirement("DUR_1"),
              merged_and_unmerged_values_survive_a_reopen, true),
};

}  // namespace

std::span<const Validation> instance_state_validations() { return kRows; }

}  // namespace ackproof
