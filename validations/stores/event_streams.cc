// Appending to streams: which id is expected, who wins, and that a stream is one thing by itself.
#include <map>

#include "validations/build.h"
#include "validations/catalogue.h"
#include "validations/context.h"
#include "validations/expect.h"
#include "validations/odd_values.h"
#include "validations/pace.h"
#include "validations/stores/steps.h"

namespace ackproof {

namespace {

// Ids that a number of another kind takes for one another.
constexpr std::uint64_t kFarIds[] = {12,
                                     (1ULL << 31U) + 1,
                                     1ULL << 32U,
                                     (1ULL << 32U) + 4,
                                     (1ULL << 53U) + 1,
                                     (1ULL << 53U) + 2,
                                     kLargestId};

// --- The expected id

void stream_that_nobody_wrote_is_empty(Context& ctx) {
  const auto provider = ctx.open();
  append(*provider, "order-10", stream_events(1, 2));

  for (const char* stream : {"order-1", "order-", "order-100", "ORDER-10"}) {
    EXPECT_EQ(all_of(*provider, stream), StreamEvents()) << stream;
    EXPECT_TRUE(nothing(provider->read_snapshot(stream))) << stream;
  }
}

void empty_stream_expects_event_1(Context& ctx) {
  const auto provider = ctx.open();

  for (const std::uint64_t id : {2, 3, 10}) {
    const auto refused = provider->append_stream("order-1", id, {stream_event(id)});
    EXPECT_TRUE(fails_with(refused, ErrorKind::conflict)) << id;
  }
  EXPECT_EQ(all_of(*provider, "order-1"), StreamEvents());

  EXPECT_TRUE(succeeds(provider->append_stream("order-1", 1, {stream_event(1)})));
  EXPECT_EQ(all_of(*provider, "order-1"), stream_events(1, 1));
}

void appends_continue_each_other(Context& ctx) {
  const auto provider = ctx.open();
  const auto other = ctx.open();

  append(*provider, "order-1", stream_events(1, 3));
  append(*other, "order-1", stream_events(4, 4));
  append(*provider, "order-1", stream_events(5, 12));

  EXPECT_EQ(all_of(*provider, "order-1"), stream_events(1, 12));
  EXPECT_EQ(all_of(*other, "order-1"), stream_events(1, 12));
}

void append_below_the_next_id_is_a_conflict(Context& ctx) {
  const auto provider = ctx.open();
  append(*provider, "order-1", stream_events(1, 11));

  for (const std::uint64_t id : {1, 2, 9, 10, 11}) {
    const auto one = provider->append_stream("order-1", id, events_by("late", id, id));
    EXPECT_TRUE(fails_with(one, ErrorKind::conflict)) << id;
    const auto several = provider->append_stream("order-1", id, events_by("late", id, 13));
    EXPECT_TRUE(fails_with(several, ErrorKind::conflict)) << id;
  }

  EXPECT_EQ(all_of(*provider, "order-1"), stream_events(1, 11));
  EXPECT_TRUE(succeeds(provider->append_stream("order-1", 12, {stream_event(12)})));
}

// Nobody may take "I have written this before" for success either.
void repeated_append_is_a_conflict(Context& ctx) {
  const auto provider = ctx.open();
  const auto other = ctx.open();
  append(*provider, "order-1", stream_events(1, 2));

  for (Provider* handle : {provider.get(), other.get()}) {
    const auto again = handle->append_stream("order-1", 1, stream_events(1, 2));
    EXPECT_TRUE(fails_with(again, ErrorKind::conflict));
  }

  EXPECT_EQ(all_of(*provider, "order-1"), stream_events(1, 2));
}

void append_beyond_the_next_id_is_a_conflict(Context& ctx) {
  const auto provider = ctx.open();
  append(*provider, "order-1", stream_events(1, 3));

  for (const std::uint64_t id : {std::uint64_t{5}, std::uint64_t{6}, std::uint64_t{7}}) {
    const auto refused = provider->append_stream("order-1", id, stream_events(id, id + 1));
    EXPECT_TRUE(fails_with(refused, ErrorKind::conflict)) << id;
  }
  for (const std::uint64_t id : kFarIds) {
    const auto refused = provider->append_stream("order-1", id, {stream_event(id)});
    EXPECT_TRUE(fails_with(refused, ErrorKind::conflict)) << id;
  }

  EXPECT_EQ(all_of(*provider, "order-1"), stream_events(1, 3));
}

// Whatever was refused in between, for whatever reason.
void refused_appends_leave_no_gap(Context& ctx) {
  const auto provider = ctx.open();
  StreamEvent bad = stream_event(2);
  bad.type = "";

  for (std::uint64_t next = 1; next <= 4; ++next) {
    const auto beyond = provider->append_stream("order-1", next + 1, {stream_event(next + 1)});
    EXPECT_TRUE(fails_with(beyond, ErrorKind::conflict));
    bad.id = next + 1;
    const auto half = provider->append_stream("order-1", next, {stream_event(next), bad});
    EXPECT_TRUE(fails_with(half, ErrorKind::invalid));
    EXPECT_TRUE(succeeds(provider->append_stream("order-1", next, {stream_event(next)})));
    const auto again = provider->append_stream("order-1", next, {stream_event(next)});
    EXPECT_TRUE(fails_with(again, ErrorKind::conflict));
  }

  EXPECT_EQ(all_of(*provider, "order-1"), stream_events(1, 4));
}

// --- Several events at once

void append_of_a_thousand_events_is_read_whole(Context& ctx) {
  const auto provider = ctx.open();
  const std::uint64_t last = Limits().commit_items;
  const StreamEvents expected = stream_events(1, last);

  append(*provider, "order-1", {expected.begin(), expected.end() - 1});
  append(*provider, "order-1", {expected.back()});

  EXPECT_TRUE(same(all_of(*provider, "order-1"), expected));
}

void append_with_one_bad_event_changes_nothing(Context& ctx) {
  const auto provider = ctx.open();
  const auto other = ctx.open();
  append(*provider, "order-1", stream_events(1, 2));

  for (const std::size_t place : {0U, 2U, 4U}) {
    StreamEvents list = stream_events(3, 7);
    list[place].type = "";
    EXPECT_TRUE(fails_with(provider->append_stream("order-1", 3, list), ErrorKind::invalid));
    EXPECT_EQ(all_of(*other, "order-1"), stream_events(1, 2)) << "bad at " << place;
  }

  append(*provider, "order-1", stream_events(3, 7));
  EXPECT_EQ(all_of(*other, "order-1"), stream_events(1, 7));
}

void ids_that_do_not_continue_are_refused(Context& ctx) {
  const auto provider = ctx.open();
  append(*provider, "order-1", stream_events(1, 2));

  for (const std::vector<std::uint64_t>& ids : {std::vector<std::uint64_t>{4},
                                                {2},
                                                {1},
                                                {3, 5},
                                                {3, 3},
                                                {4, 3},
                                                {3, 4, 6},
                                                {3, 4, 4},
                                                {3, 4, 3},
                                                {4, 5},
                                                {2, 3},
                                                {3, 2, 1},
                                                {1, 2, 3}}) {
    StreamEvents list;
    for (const std::uint64_t id : ids) list.push_back(stream_event(id));
    EXPECT_TRUE(fails_with(provider->append_stream("order-1", 3, list), ErrorKind::invalid))
        << testing::PrintToString(ids);
  }

  EXPECT_EQ(all_of(*provider, "order-1"), stream_events(1, 2));
}

void append_of_no_events_is_refused(Context& ctx) {
  const auto provider = ctx.open();
  append(*provider, "order-1", stream_events(1, 2));

  EXPECT_TRUE(fails_with(provider->append_stream("order-1", 3, {}), ErrorKind::invalid));
  EXPECT_TRUE(fails_with(provider->append_stream("order-2", 1, {}), ErrorKind::invalid));

  EXPECT_EQ(all_of(*provider, "order-2"), StreamEvents());
  append(*provider, "order-1", stream_events(3, 3));
  append(*provider, "order-2", stream_events(1, 1));
}

// --- Races

// Of every kind: on an empty stream and a long one, of one event and of several.
void of_racing_appends_exactly_one_wins(Context& ctx) {
  constexpr std::size_t kWriters = 4;
  constexpr std::uint64_t kRounds = 12;
  const auto one = ctx.open();
  const auto other = ctx.open();
  StreamEvents expected;

  for (std::uint64_t round = 0; round < kRounds; ++round) {
    const std::uint64_t next = expected.size() + 1;
    const std::uint64_t last = next + round % 3;
    const auto list_of = [&](std::size_t i) {
      return events_by("writer " + std::to_string(i), next, last);
    };
    const std::vector<Result<void>> answers = ctx.together(kWriters, [&](std::size_t i) {
      Provider& handle = i % 2 == 0 ? *one : *other;
      return insist([&] { return handle.append_stream("order-1", next, list_of(i)); });
    });

    ASSERT_EQ(winners(answers), 1U);
    for (std::size_t i = 0; i < kWriters; ++i) {
      if (!answers[i]) continue;
      const StreamEvents won = list_of(i);
      expected.insert(expected.end(), won.begin(), won.end());
    }
    ASSERT_EQ(all_of(*one, "order-1"), expected);
  }
}

// Appends `count` events of its own, each where the stream ends when it looks. Each conflict means
// that somebody else got in.
std::uint64_t append_until_let(Provider& provider, const std::string& writer, std::uint64_t count) {
  std::uint64_t conflicts = 0;
  for (std::uint64_t n = 1; n <= count;) {
    const auto read = insist([&] { return provider.read_stream("order-1", 1); });
    StreamEvent next = stream_event(read.value().size() + 1);
    next.payload = writer;
    next.schema_version = n;
    const auto answer = insist([&] { return provider.append_stream("order-1", next.id, {next}); });
    if (answer) ++n;
    if (!answer && answer.error().kind != ErrorKind::conflict) answer.value();
    if (!answer) ++conflicts;
    if (conflicts > 1'000) throw StepFailed("an append never got through");
  }
  return conflicts;
}

void racing_appenders_that_try_again_lose_nothing(Context& ctx) {
  constexpr std::size_t kWriters = 3;
  constexpr std::uint64_t kEach = 8;
  std::vector<std::unique_ptr<Provider>> handles;
  for (std::size_t i = 0; i < kWriters; ++i) handles.push_back(ctx.open());

  ctx.together(kWriters, [&](std::size_t i) {
    return append_until_let(*handles[i], "writer " + std::to_string(i), kEach);
  });

  const StreamEvents stream = all_of(*handles[0], "order-1");
  ASSERT_EQ(stream.size(), kWriters * kEach);
  std::map<std::string, std::uint64_t> written;
  for (std::size_t i = 0; i < stream.size(); ++i) {
    EXPECT_EQ(stream[i].id, i + 1);
    EXPECT_EQ(stream[i].schema_version, ++written[stream[i].payload]) << "out of its order";
  }
}

constexpr std::uint64_t kAppends = 30;
constexpr std::uint64_t kTogether = 4;

std::vector<StreamEvents> append_often(Provider& provider, Pace& pace) {
  for (std::uint64_t n = 0; n < kAppends; ++n) {
    pace.await_look();
    const std::uint64_t first = n * kTogether + 1;
    const StreamEvents list = stream_events(first, first + kTogether - 1);
    insist([&] { return provider.append_stream("order-1", first, list); }).value();
  }
  return {};
}

// Looks until the last append can be seen, or for a good while.
std::vector<StreamEvents> look_often(Provider& provider, Pace& pace) {
  constexpr std::size_t kLooks = 10'000;
  Pace::Reader reader(pace);
  std::vector<StreamEvents> looks;
  while (looks.size() < kLooks && (looks.empty() || looks.back().size() < kAppends * kTogether)) {
    looks.push_back(insist([&] { return provider.read_stream("order-1", 1); }).value());
    reader.looked();
  }
  return looks;
}

void reader_never_sees_half_an_append(Context& ctx) {
  const auto writer = ctx.open();
  const auto reader = ctx.open();

  Pace pace;
  const auto looks = ctx.together(2, [&](std::size_t i) {
    return i == 0 ? append_often(*writer, pace) : look_often(*reader, pace);
  });

  std::size_t last = 0;
  for (const StreamEvents& look : looks[1]) {
    ASSERT_EQ(look.size() % kTogether, 0U) << "half an append";
    ASSERT_TRUE(same(look, stream_events(1, look.size())));
    ASSERT_GE(look.size(), last) << "a shorter stream was read after a longer one";
    last = look.size();
  }
}

// --- Apart from everything else

void any_text_is_a_stream_and_is_no_other_one(Context& ctx) {
  const auto provider = ctx.open();
  const std::vector<std::string> streams = hostile_texts();

  for (const std::string& stream : streams) {
    EXPECT_TRUE(succeeds(provider->append_stream(stream, 1, events_by(stream, 1, 2)))) << stream;
  }

  for (const std::string& stream : streams) {
    EXPECT_EQ(all_of(*provider, stream), events_by(stream, 1, 2)) << stream;
  }
}

void streams_are_apart_from_histories_of_the_same_name(Context& ctx) {
  const auto provider = ctx.open();
  create_instance(*provider, "order-1");

  EXPECT_EQ(all_of(*provider, "order-1"), StreamEvents());
  append(*provider, "order-1", stream_events(1, 3));
  append(*provider, "order-2", stream_events(1, 1));
  commit_turn(*provider, "order-1", commit_events(events(2, 5)));
  append(*provider, "order-1", stream_events(4, 4));

  EXPECT_EQ(all_of(*provider, "order-1"), stream_events(1, 4));
  EXPECT_EQ(provider->read_history("order-1").value(), events(1, 5));
  EXPECT_TRUE(nothing(provider->read_instance("order-2")));
  EXPECT_EQ(provider->read_history("order-2").value(), std::vector<Event>());
  EXPECT_TRUE(nothing(provider->fetch_turn({}))) << "an append woke an instance";
}

void streams_outlive_instances_of_the_same_name(Context& ctx) {
  const auto provider = ctx.open();
  finish_instance(*provider, "order-1");
  append(*provider, "order-1", stream_events(1, 3));
  provider->put_snapshot("order-1", {.event_id = 2, .state = "two"}).value();

  provider->delete_instance("order-1", true).value();

  EXPECT_EQ(all_of(*provider, "order-1"), stream_events(1, 3));
  EXPECT_EQ(provider->read_snapshot("order-1").value(), (Snapshot{.event_id = 2, .state = "two"}));
  const auto unknown = provider->delete_instance("order-1", true);
  EXPECT_TRUE(fails_with(unknown, ErrorKind::not_found)) << "a stream is no instance";
  append(*provider, "order-1", stream_events(4, 4));
}

constexpr const Requirement& kAppend = requirement("EVST_1");

constexpr Validation kRows[] = {
    of_store("stream_that_nobody_wrote_is_empty", kAppend, stream_that_nobody_wrote_is_empty),
    of_store("empty_stream_expects_event_1", kAppend, empty_stream_expects_event_1),
    of_store("appends_continue_each_other", kAppend, appends_continue_each_other),
    of_store("append_below_the_next_id_is_a_conflict", kAppend,
             append_below_the_next_id_is_a_conflict),
    of_store("repeated_append_is_a_conflict", kAppend, repeated_append_is_a_conflict),
    of_store("append_beyond_the_next_id_is_a_conflict", kAppend,
             append_beyond_the_next_id_is_a_conflict),
    of_store("refused_appends_leave_no_gap", kAppend, refused_appends_leave_no_gap),
    of_store("append_of_a_thousand_events_is_read_whole", kAppend,
             append_of_a_thousand_events_is_read_whole),
    of_store("append_with_one_bad_event_changes_nothing", kAppend,
             append_with_one_bad_event_changes_nothing),
    of_store("ids_that_do_not_continue_are_refused", kAppend, ids_that_do_not_continue_are_refused),
    of_store("append_of_no_events_is_refused", kAppend, append_of_no_events_is_refused),
    of_store("of_racing_appends_exactly_one_wins", kAppend, of_racing_appends_exactly_one_wins),
    of_store("racing_appenders_that_try_again_lose_nothing", kAppend,
             racing_appenders_that_try_again_lose_nothing),
    of_store("reader_never_sees_half_an_append", kAppend, reader_never_sees_half_an_append),
    of_store("any_text_is_a_stream_and_is_no_other_one", kAppend,
             any_text_is_a_stream_and_is_no_other_one),
    of_store("streams_are_apart_from_histories_of_the_same_name", kAppend,
             streams_are_apart_from_histories_of_the_same_name, Capability::queues),
    of_store("streams_outlive_instances_of_the_same_name", kAppend,
             streams_outlive_instances_of_the_same_name, Capability::deletion),
};

}  // namespace

std::span<const Validation> event_stream_validations() { return kRows; }

}  // namespace ackproof
