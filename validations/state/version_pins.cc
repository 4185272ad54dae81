// Which version an execution is pinned to, and that nothing else changes it.
//
// A missing pin matches every filter, so a pin is proved by what it keeps away as well as by what
// it admits.
#include "validations/build.h"
#include "validations/catalogue.h"
#include "validations/context.h"
#include "validations/expect.h"

namespace ackproof {

namespace {

using Pin = std::optional<EngineVersion>;

TurnCommit pinning(const EngineVersion& version) {
  return {.metadata = {.pinned_version = version}};
}

// Creates an instance whose execution 1 has this pin, or none.
void create_pinned(Provider& provider, const std::string& instance, const Pin& pin) {
  commit_start(provider, start(instance),
               {.events = {event(1)}, .metadata = {.pinned_version = pin}});
}

// Whether a worker for exactly this version gets order-1, which nobody holds. It is given back.
bool is_for(Provider& provider, const EngineVersion& version) {
  provider.enqueue_message(external("order-1", 800)).value();
  const FetchTurn options{.lock_timeout = kLongLock, .versions = {{{version, version}}}};
  const auto turn = provider.fetch_turn(options).value();
  if (turn) provider.abandon_turn(turn->token, {.ignore_attempt = true}).value();
  return turn.has_value();
}

constexpr EngineVersion kOther{99, 0, 0};  // Nothing is ever pinned to it.

// That order-1 is pinned to this version, for fetchers and for readers.
void expect_pin(Provider& provider, const EngineVersion& pin) {
  EXPECT_TRUE(is_for(provider, pin)) << testing::PrintToString(pin);
  EXPECT_FALSE(is_for(provider, kOther)) << "no pin, or a wrong one";
  EXPECT_EQ(record_of(provider, "order-1").pinned_version, pin);
}

void expect_no_pin(Provider& provider) {
  EXPECT_TRUE(is_for(provider, kOther));
  EXPECT_EQ(record_of(provider, "order-1").pinned_version, std::nullopt);
}

// --- VER_2

void pin_of_the_first_commit_is_stored(Context& ctx) {
  const auto provider = ctx.open();
  const auto other = ctx.open();

  create_pinned(*provider, "order-1", EngineVersion{3, 1, 4});

  expect_pin(*other, {3, 1, 4});
}

void later_commit_can_add_a_pin(Context& ctx) {
  const auto provider = ctx.open();
  create_pinned(*provider, "order-1", std::nullopt);
  expect_no_pin(*provider);

  commit_turn(*provider, "order-1", pinning({1, 2, 3}));

  expect_pin(*provider, {1, 2, 3});
}

void given_pin_overwrites_the_stored_one_upwards_and_downwards(Context& ctx) {
  const auto provider = ctx.open();
  const auto other = ctx.open();
  create_pinned(*provider, "order-1", EngineVersion{1, 0, 0});

  for (const EngineVersion& pin : {EngineVersion{2, 0, 0}, EngineVersion{1, 5, 0},
                                   EngineVersion{1, 5, 1}, EngineVersion{0, 9, 9}}) {
    commit_turn(*provider, "order-1", pinning(pin));
    expect_pin(*other, pin);
  }

  EXPECT_FALSE(is_for(*provider, {1, 0, 0})) << "an earlier pin still counts";
}

void pin_of_zeros_is_a_pin(Context& ctx) {
  const auto provider = ctx.open();
  create_pinned(*provider, "order-1", EngineVersion{0, 0, 0});
  expect_pin(*provider, {0, 0, 0});

  commit_turn(*provider, "order-1", pinning({1, 0, 0}));
  commit_turn(*provider, "order-1", pinning({0, 0, 0}));

  expect_pin(*provider, {0, 0, 0});
}

void commit_without_a_pin_keeps_it(Context& ctx) {
  const auto provider = ctx.open();
  create_pinned(*provider, "order-1", EngineVersion{1, 2, 3});
  std::vector<TurnCommit> commits(5);
  commits[1] = commit_events(events(2, 3));
  commits[2].metadata = {.name = "Renamed", .version = "2.0.0"};
  commits[3].metadata = {.status = Status::continued_as_new, .output = "next input"};
  commits[4].metadata = {.status = Status::completed, .output = "done"};

  for (const TurnCommit& commit : commits) {
    commit_turn(*provider, "order-1", commit);
    expect_pin(*provider, {1, 2, 3});
  }
}

void execution_does_not_inherit_a_pin(Context& ctx) {
  const auto provider = ctx.open();
  create_pinned(*provider, "order-1", EngineVersion{1, 0, 0});

  continue_as_new(*provider, "order-1", 1);

  expect_no_pin(*provider);
}

void pins_of_executions_are_apart(Context& ctx) {
  const auto provider = ctx.open();
  create_pinned(*provider, "order-1", EngineVersion{1, 0, 0});
  continue_as_new(*provider, "order-1", 1);
  commit_turn(*provider, "order-1",
              {.execution = 2, .metadata = {.pinned_version = EngineVersion{2, 0, 0}}});
  expect_pin(*provider, {2, 0, 0});
  EXPECT_FALSE(is_for(*provider, {1, 0, 0}));

  commit_turn(*provider, "order-1",
              {.execution = 3, .metadata = {.pinned_version = EngineVersion{1, 5, 0}}});

  expect_pin(*provider, {1, 5, 0});
  EXPECT_FALSE(is_for(*provider, {2, 0, 0}));
}

void late_pin_of_a_lower_execution_leaves_the_current_one(Context& ctx) {
  const auto provider = ctx.open();
  create_pinned(*provider, "order-1", EngineVersion{1, 0, 0});
  continue_as_new(*provider, "order-1", 1);
  commit_turn(*provider, "order-1", pinning({7, 0, 0}));
  expect_no_pin(*provider);
  commit_turn(*provider, "order-1",
              {.execution = 2, .metadata = {.pinned_version = EngineVersion{2, 0, 0}}});

  commit_turn(*provider, "order-1", pinning({8, 0, 0}));

  expect_pin(*provider, {2, 0, 0});
  EXPECT_FALSE(is_for(*provider, {8, 0, 0}));
}

void late_pin_is_stored_with_its_own_execution(Context& ctx) {
  const auto provider = ctx.open();
  create_pinned(*provider, "order-1", EngineVersion{1, 0, 0});
  commit_turn(*provider, "order-1",
              {.execution = 2, .metadata = {.pinned_version = EngineVersion{2, 0, 0}}});
  commit_turn(*provider, "order-1", {.execution = 3});

  commit_turn(*provider, "order-1", pinning({8, 0, 0}));

  const auto pin_of = [&](std::uint64_t execution) {
    return provider->read_execution("order-1", execution).value().pinned_version;
  };
  EXPECT_EQ(pin_of(1), (EngineVersion{8, 0, 0}));
  EXPECT_EQ(pin_of(2), (EngineVersion{2, 0, 0}));
  EXPECT_EQ(pin_of(3), std::nullopt);
}

void pins_of_instances_are_apart(Context& ctx) {
  const auto provider = ctx.open();
  create_pinned(*provider, "order-1", EngineVersion{1, 0, 0});
  create_pinned(*provider, "order-10", EngineVersion{2, 0, 0});
  create_pinned(*provider, "Order-1", std::nullopt);

  commit_turn(*provider, "order-10", pinning({3, 0, 0}));

  expect_pin(*provider, {1, 0, 0});
  EXPECT_EQ(record_of(*provider, "order-10").pinned_version, (EngineVersion{3, 0, 0}));
  EXPECT_EQ(record_of(*provider, "Order-1").pinned_version, std::nullopt);
}

void instance_created_anew_has_no_pin(Context& ctx) {
  const auto provider = ctx.open();
  create_pinned(*provider, "order-1", EngineVersion{1, 0, 0});

  provider->delete_instance("order-1", true).value();
  create_instance(*provider, "order-1");

  expect_no_pin(*provider);
}

// --- Pins where other clauses speak

void execution_continued_as_new_keeps_its_pin_until_the_next_begins(Context& ctx) {
  const auto provider = ctx.open();
  create_pinned(*provider, "order-1", EngineVersion{1, 0, 0});
  Message begin = start("order-1");
  begin.kind = MessageKind::continue_as_new;
  TurnCommit ending{.messages = {begin}};
  ending.metadata = {.status = Status::continued_as_new, .output = "next input"};

  commit_turn(*provider, "order-1", ending);

  expect_pin(*provider, {1, 0, 0});
  commit_turn(*provider, "order-1",
              {.execution = 2, .metadata = {.pinned_version = EngineVersion{2, 0, 0}}});
  expect_pin(*provider, {2, 0, 0});
}

void pin_in_the_record_is_that_of_the_current_execution(Context& ctx) {
  const auto provider = ctx.open();
  create_pinned(*provider, "order-1", EngineVersion{1, 0, 0});
  InstanceInfo expected{.instance = "order-1",
                        .name = "Order",
                        .version = "1.0.0",
                        .pinned_version = EngineVersion{1, 0, 0}};
  EXPECT_EQ(record_of(*provider, "order-1"), expected);

  commit_turn(*provider, "order-1", {.execution = 2});
  expected.execution = 2;
  expected.pinned_version = std::nullopt;
  EXPECT_EQ(record_of(*provider, "order-1"), expected);

  commit_turn(*provider, "order-1", pinning({3, 0, 0}));
  EXPECT_EQ(record_of(*provider, "order-1"), expected) << "an ended execution spoke for this one";
}

void refused_commit_changes_no_pin(Context& ctx) {
  const auto provider = ctx.open();
  create_pinned(*provider, "order-1", EngineVersion{1, 0, 0});
  const Turn turn = wake(*provider, "order-1", 1);
  TurnCommit commit = pinning({2, 0, 0});
  commit.events = {event(2), event(1)};

  EXPECT_TRUE(fails_with(provider->ack_turn(turn.token, commit), ErrorKind::conflict));

  EXPECT_EQ(record_of(*provider, "order-1").pinned_version, (EngineVersion{1, 0, 0}));
  commit.events.pop_back();
  EXPECT_TRUE(succeeds(provider->ack_turn(turn.token, commit)));
  expect_pin(*provider, {2, 0, 0});
}

// Each version has one number that is too large.
std::vector<EngineVersion> versions_beyond_the_largest_number() {
  std::vector<EngineVersion> versions;
  for (const std::uint64_t number : {kLargestId + 1, ~std::uint64_t{0}}) {
    versions.insert(versions.end(), {{number, 0, 0}, {1, number, 0}, {1, 0, number}});
  }
  return versions;
}

void pin_beyond_the_largest_number_is_invalid(Context& ctx) {
  const auto provider = ctx.open();
  create_pinned(*provider, "order-1", EngineVersion{1, 0, 0});
  const Turn turn = wake(*provider, "order-1", 1);

  for (const EngineVersion& version : versions_beyond_the_largest_number()) {
    TurnCommit commit = pinning(version);
    commit.events = {event(2)};
    EXPECT_TRUE(fails_with(provider->ack_turn(turn.token, commit), ErrorKind::invalid));
  }

  EXPECT_EQ(provider->read_history("order-1").value(), events(1, 1));
  EXPECT_TRUE(succeeds(provider->ack_turn(turn.token, {})));
  expect_pin(*provider, {1, 0, 0});
}

void range_beyond_the_largest_number_is_invalid(Context& ctx) {
  const auto provider = ctx.open();
  create_pinned(*provider, "order-1", EngineVersion{1, 0, 0});
  provider->enqueue_message(external("order-1", 1)).value();
  const VersionRange fine{{0, 0, 0}, {9, 0, 0}};

  for (const EngineVersion& version : versions_beyond_the_largest_number()) {
    for (const VersionRange& range :
         {VersionRange{{0, 0, 0}, version}, VersionRange{version, version}}) {
      const FetchTurn options{.lock_timeout = kLongLock, .versions = {{fine, range}}};
      EXPECT_TRUE(fails_with(provider->fetch_turn(options), ErrorKind::invalid));
    }
  }

  EXPECT_EQ(take_turn(*provider).attempt, 1U);
}

void pin_survives_a_reopen(Context& ctx) {
  auto provider = ctx.open();
  create_pinned(*provider, "order-1", EngineVersion{1, 0, 0});
  commit_turn(*provider, "order-1", pinning({0, 10, kLargestId}));

  provider.reset();
  provider = ctx.open();

  expect_pin(*provider, {0, 10, kLargestId});
  continue_as_new(*provider, "order-1", 1);
  expect_no_pin(*provider);
}

constexpr Validation kRows[] = {
    {"pin_of_the_first_commit_is_stored", requirement("VER_2"), pin_of_the_first_commit_is_stored},
    {"later_commit_can_add_a_pin", requirement("VER_2"), later_commit_can_add_a_pin},
    {"given_pin_overwrites_the_stored_one_upwards_and_downwards", requirement("VER_2"),
     given_pin_overwrites_the_stored_one_upwards_and_downwards},
    {"pin_of_zeros_is_a_pin", requirement("VER_2"), pin_of_zeros_is_a_pin},
    {"commit_without_a_pin_keeps_it", requirement("VER_2"), commit_without_a_pin_keeps_it},
    {"execution_does_not_inherit_a_pin", requirement("VER_2"), execution_does_not_inherit_a_pin},
    {"pins_of_executions_are_apart", requirement("VER_2"), pins_of_executions_are_apart},
    {"late_pin_of_a_lower_execution_leaves_the_current_one", requirement("VER_2"),
     late_pin_of_a_lower_execution_leaves_the_current_one},
    {"late_pin_is_stored_with_its_own_execution", requirement("VER_2"),
     late_pin_is_stored_with_its_own_execution, Hook::none, Capability::management},
    {"pins_of_instances_are_apart", requirement("VER_2"), pins_of_instances_are_apart},
    {"instance_created_anew_has_no_pin", requirement("VER_2"), instance_created_anew_has_no_pin,
     Hook::none, Capability::deletion},
    {"execution_continued_as_new_keeps_its_pin_until_the_next_begins", requirement("TURN_14"),
     execution_continued_as_new_keeps_its_pin_until_the_next_begins, Hook::none,
     Capability::version_filter},
    {"pin_in_the_record_is_that_of_the_current_execution", requirement("ACK_16"),
     pin_in_the_record_is_that_of_the_current_execution, Hook::none, Capability::version_filter},
    {"refused_commit_changes_no_pin", requirement("ACK_1"), refused_commit_changes_no_pin,
     Hook::none, Capability::version_filter},
    {"pin_beyond_the_largest_number_is_invalid", requirement("ERR_5"),
     pin_beyond_the_largest_number_is_invalid, Hook::none, Capability::version_filter},
    {"range_beyond_the_largest_number_is_invalid", requirement("ERR_5"),
     range_beyond_the_largest_number_is_invalid, Hook::none, Capability::version_filter},
    {"pin_survives_a_reopen", requirement("DUR_1"), pin_survives_a_reopen, Hook::none,
     Capability::version_filter, true},
};

}  // namespace

std::span<const Validation> version_pin_validations() { return kRows; }

}  // namespace ackproof
