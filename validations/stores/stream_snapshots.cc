// Rebuilding a state: the latest snapshot of a stream, and its events from some id on.
#include "validations/build.h"
#include "validations/catalogue.h"
#include "validations/context.h"
#include "validations/expect.h"
#include "validations/odd_values.h"
#include "validations/stores/steps.h"

namespace ackproof {

namespace {

Snapshot snapshot_at(std::uint64_t event_id) {
  return {.event_id = event_id, .state = "state at " + std::to_string(event_id)};
}

std::optional<Snapshot> latest(Provider& provider, const std::string& stream = "order-1") {
  return provider.read_snapshot(stream).value();
}

// --- Reading from an id on

void stream_is_read_from_every_id_on(Context& ctx) {
  const auto provider = ctx.open();
  append(*provider, "order-1", stream_events(1, 12));
  append(*provider, "order-2", stream_events(1, 20));

  for (std::uint64_t from = 1; from <= 12; ++from) {
    EXPECT_EQ(provider->read_stream("order-1", from).value(), stream_events(from, 12)) << from;
  }
  for (const std::uint64_t from :
       {std::uint64_t{13}, std::uint64_t{14}, std::uint64_t{100}, (std::uint64_t{1} << 32U) + 1,
        (std::uint64_t{1} << 53U) + 1, kLargestId}) {
    EXPECT_EQ(provider->read_stream("order-1", from).value(), StreamEvents()) << from;
  }
}

void state_is_the_latest_snapshot_and_what_follows_it(Context& ctx) {
  const auto provider = ctx.open();
  append(*provider, "order-1", stream_events(1, 9));
  provider->put_snapshot("order-1", snapshot_at(9)).value();
  append(*provider, "order-1", stream_events(10, 13));

  const std::optional<Snapshot> snapshot = latest(*provider);

  EXPECT_EQ(snapshot, snapshot_at(9));
  EXPECT_EQ(provider->read_stream("order-1", 10).value(), stream_events(10, 13));
}

// Two workers rebuild one state by turns, and neither may go by what it read before.
void state_is_rebuilt_from_what_another_handle_wrote_since(Context& ctx) {
  const auto provider = ctx.open();
  const auto other = ctx.open();
  append(*provider, "order-1", stream_events(1, 4));
  provider->put_snapshot("order-1", snapshot_at(2)).value();
  EXPECT_EQ(all_of(*provider, "order-1"), stream_events(1, 4));
  EXPECT_EQ(latest(*provider), snapshot_at(2));

  append(*other, "order-1", stream_events(5, 6));
  EXPECT_EQ(provider->read_stream("order-1", 3).value(), stream_events(3, 6));
  other->put_snapshot("order-1", snapshot_at(5)).value();

  EXPECT_EQ(latest(*provider), snapshot_at(5));
  EXPECT_EQ(provider->read_stream("order-1", 6).value(), stream_events(6, 6));
}

// --- What a snapshot is of

void stream_without_a_snapshot_has_none(Context& ctx) {
  const auto provider = ctx.open();
  append(*provider, "order-1", stream_events(1, 3));

  EXPECT_TRUE(nothing(provider->read_snapshot("order-1")));
}

void snapshot_is_read_on_every_handle(Context& ctx) {
  const auto provider = ctx.open();
  const auto other = ctx.open();
  append(*provider, "order-1", stream_events(1, 3));

  provider->put_snapshot("order-1", snapshot_at(3)).value();

  EXPECT_EQ(latest(*provider), snapshot_at(3));
  EXPECT_EQ(latest(*other), snapshot_at(3));
}

void any_bytes_are_the_state_of_a_snapshot(Context& ctx) {
  const auto provider = ctx.open();
  std::uint64_t id = 0;

  for (const Bytes& bytes : hostile_payloads()) {
    ++id;
    append(*provider, "order-1", {stream_event(id)});
    const Snapshot snapshot{.event_id = id, .state = bytes};
    EXPECT_TRUE(succeeds(provider->put_snapshot("order-1", snapshot)));
    EXPECT_EQ(latest(*provider), snapshot);
  }
}

void snapshot_of_an_event_that_does_not_exist_is_refused(Context& ctx) {
  const auto provider = ctx.open();
  append(*provider, "order-1", stream_events(1, 3));
  append(*provider, "order-2", stream_events(1, 9));
  provider->put_snapshot("order-1", snapshot_at(2)).value();

  for (const std::uint64_t id :
       {std::uint64_t{4}, std::uint64_t{5}, std::uint64_t{9}, std::uint64_t{30},
        (std::uint64_t{1} << 32U) + 3, (std::uint64_t{1} << 53U) + 1, kLargestId}) {
    const auto refused = provider->put_snapshot("order-1", snapshot_at(id));
    EXPECT_TRUE(fails_with(refused, ErrorKind::not_found)) << id;
  }
  EXPECT_EQ(latest(*provider), snapshot_at(2));

  append(*provider, "order-1", stream_events(4, 9));
  EXPECT_EQ(latest(*provider), snapshot_at(2)) << "a refused snapshot is there";
}

void snapshot_of_an_empty_stream_is_refused(Context& ctx) {
  const auto provider = ctx.open();
  append(*provider, "order-2", stream_events(1, 2));

  for (const std::uint64_t id : {1, 2}) {
    const auto refused = provider->put_snapshot("order-1", snapshot_at(id));
    EXPECT_TRUE(fails_with(refused, ErrorKind::not_found)) << id;
  }

  EXPECT_TRUE(nothing(provider->read_snapshot("order-1")));
  EXPECT_EQ(all_of(*provider, "order-1"), StreamEvents());
  append(*provider, "order-1", stream_events(1, 1));
  EXPECT_TRUE(nothing(provider->read_snapshot("order-1")));
}

void snapshots_of_every_event_are_taken(Context& ctx) {
  const auto provider = ctx.open();
  append(*provider, "order-1", stream_events(1, 11));

  for (std::uint64_t id = 1; id <= 11; ++id) {
    EXPECT_TRUE(succeeds(provider->put_snapshot("order-1", snapshot_at(id)))) << id;
    EXPECT_EQ(latest(*provider), snapshot_at(id));
  }
}

// --- Which is the latest

// Neither the one that was written last, nor the last by the order of texts.
void latest_snapshot_has_the_highest_event_id(Context& ctx) {
  const auto provider = ctx.open();
  append(*provider, "order-1", stream_events(1, 101));
  std::uint64_t highest = 0;

  for (const std::uint64_t id : {9, 2, 10, 1, 9, 3, 99, 100, 11, 20, 100, 101, 50}) {
    provider->put_snapshot("order-1", snapshot_at(id)).value();
    highest = std::max(highest, id);
    EXPECT_EQ(latest(*provider), snapshot_at(highest)) << "after that of " << id;
  }
}

void another_snapshot_of_an_event_takes_its_place(Context& ctx) {
  const auto provider = ctx.open();
  append(*provider, "order-1", stream_events(1, 10));
  provider->put_snapshot("order-1", snapshot_at(9)).value();

  for (const Bytes& state :
       {Bytes("mended"), Bytes(), Bytes("a longer state than the one before"), Bytes("mended")}) {
    const Snapshot mended{.event_id = 9, .state = state};
    EXPECT_TRUE(succeeds(provider->put_snapshot("order-1", mended)));
    EXPECT_EQ(latest(*provider), mended);
  }

  provider->put_snapshot("order-1", snapshot_at(10)).value();
  provider->put_snapshot("order-1", snapshot_at(9)).value();
  EXPECT_EQ(latest(*provider), snapshot_at(10));
}

void racing_snapshots_leave_the_highest_as_the_latest(Context& ctx) {
  constexpr std::size_t kWriters = 4;
  constexpr std::uint64_t kRounds = 10;
  const auto one = ctx.open();
  const auto other = ctx.open();

  for (std::uint64_t round = 0; round < kRounds; ++round) {
    const std::string stream = "order-" + std::to_string(round);
    append(*one, stream, stream_events(1, 11));
    const auto answers = ctx.together(kWriters, [&](std::size_t i) {
      Provider& handle = i % 2 == 0 ? *one : *other;
      return insist([&] { return handle.put_snapshot(stream, snapshot_at(11 - i)); });
    });

    for (const Result<void>& answer : answers) EXPECT_TRUE(succeeds(answer));
    EXPECT_EQ(latest(*one, stream), snapshot_at(11));
  }
}

// --- Apart

void snapshots_belong_to_one_stream(Context& ctx) {
  const auto provider = ctx.open();
  for (const char* stream : {"order-1", "order-10", "Order-1", "order-1 "}) {
    append(*provider, stream, stream_events(1, 3));
  }

  provider->put_snapshot("order-1", snapshot_at(2)).value();
  provider->put_snapshot("order-10", snapshot_at(3)).value();
  provider->put_snapshot("order-10", {.event_id = 2, .state = "other"}).value();

  EXPECT_EQ(latest(*provider, "order-1"), snapshot_at(2));
  EXPECT_EQ(latest(*provider, "order-10"), snapshot_at(3));
  EXPECT_TRUE(nothing(provider->read_snapshot("Order-1")));
  EXPECT_TRUE(nothing(provider->read_snapshot("order-1 ")));
}

void snapshots_leave_the_events_alone(Context& ctx) {
  const auto provider = ctx.open();
  append(*provider, "order-1", stream_events(1, 6));

  for (const std::uint64_t id : {6, 3, 3, 1}) {
    provider->put_snapshot("order-1", snapshot_at(id)).value();
    EXPECT_EQ(all_of(*provider, "order-1"), stream_events(1, 6)) << "after that of " << id;
  }

  const auto below = provider->append_stream("order-1", 4, {stream_event(4)});
  EXPECT_TRUE(fails_with(below, ErrorKind::conflict));
  append(*provider, "order-1", stream_events(7, 8));
  EXPECT_EQ(all_of(*provider, "order-1"), stream_events(1, 8));
}

void appending_leaves_the_snapshots_alone(Context& ctx) {
  const auto provider = ctx.open();
  append(*provider, "order-1", stream_events(1, 3));
  provider->put_snapshot("order-1", snapshot_at(2)).value();

  append(*provider, "order-1", stream_events(4, 12));
  const auto refused = provider->append_stream("order-1", 1, {stream_event(1)});

  EXPECT_TRUE(fails_with(refused, ErrorKind::conflict));
  EXPECT_EQ(latest(*provider), snapshot_at(2));
}

constexpr const Requirement& kSnapshots = requirement("EVST_3");

constexpr Validation kRows[] = {
    of_store("stream_is_read_from_every_id_on", kSnapshots, stream_is_read_from_every_id_on),
    of_store("state_is_the_latest_snapshot_and_what_follows_it", kSnapshots,
             state_is_the_latest_snapshot_and_what_follows_it),
    of_store("state_is_rebuilt_from_what_another_handle_wrote_since", kSnapshots,
             state_is_rebuilt_from_what_another_handle_wrote_since),
    of_store("stream_without_a_snapshot_has_none", kSnapshots, stream_without_a_snapshot_has_none),
    of_store("snapshot_is_read_on_every_handle", kSnapshots, snapshot_is_read_on_every_handle),
    of_store("any_bytes_are_the_state_of_a_snapshot", kSnapshots,
             any_bytes_are_the_state_of_a_snapshot),
    of_store("snapshot_of_an_event_that_does_not_exist_is_refused", kSnapshots,
             snapshot_of_an_event_that_does_not_exist_is_refused),
    of_store("snapshot_of_an_empty_stream_is_refused", kSnapshots,
             snapshot_of_an_empty_stream_is_refused),
    of_store("snapshots_of_every_event_are_taken", kSnapshots, snapshots_of_every_event_are_taken),
    of_store("latest_snapshot_has_the_highest_event_id", kSnapshots,
             latest_snapshot_has_the_highest_event_id),
    of_store("another_snapshot_of_an_event_takes_its_place", kSnapshots,
             another_snapshot_of_an_event_takes_its_place),
    of_store("racing_snapshots_leave_the_highest_as_the_latest", kSnapshots,
             racing_snapshots_leave_the_highest_as_the_latest),
    of_store("snapshots_belong_to_one_stream", kSnapshots, snapshots_belong_to_one_stream),
    of_store("snapshots_leave_the_events_alone", kSnapshots, snapshots_leave_the_events_alone),
    of_store("appending_leaves_the_snapshots_alone", kSnapshots,
             appending_leaves_the_snapshots_alone),
};

}  // namespace

std::span<const Validation> stream_snapshot_validations() { return kRows; }

}  // namespace ackproof
