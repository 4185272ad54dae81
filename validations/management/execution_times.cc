// When executions begin and end, as an operator is told.
#include "validations/catalogue.h"
#include "validations/context.h"
#include "validations/expect.h"
#include "validations/management/families.h"

namespace ackproof {

namespace {

// When something happened on the store's clock.
struct Span {
  Time earliest;
  Time latest;
};

testing::AssertionResult lies_in(const Span& span, std::optional<Time> time) {
  if (time && span.earliest <= *time && *time <= span.latest) return testing::AssertionSuccess();
  return testing::AssertionFailure()
         << "it says " << (time ? to_text(*time) : "never") << ", but it was between "
         << to_text(span.earliest) << " and " << to_text(span.latest);
}

// Acks a turn of order-1 some time after its fetch, and tells when: exactly in virtual time.
Span acked(Context& ctx, Provider& provider, const TurnCommit& commit) {
  const bool exists = provider.read_instance("order-1").value().has_value();
  ctx.advance(Duration(7));
  provider.enqueue_message(exists ? external("order-1", 1) : start("order-1")).value();
  const Turn turn = take_turn(provider);
  ctx.advance(Duration(7));
  const Time now = ctx.now();
  provider.ack_turn(turn.token, commit).value();
  ctx.advance(Duration(7));
  if (ctx.is_virtual()) return {now, now};
  const Turn after = wake(provider, "order-1", 2);
  provider.abandon_turn(after.token, {.delay = kLongLock}).value();
  return {turn.now, after.now};
}

ExecutionInfo info_of(Provider& provider, std::uint64_t execution) {
  return provider.read_execution("order-1", execution).value();
}

void execution_is_created_by_its_first_ack(Context& ctx) {
  const auto provider = ctx.open();
  const Span first = acked(ctx, *provider, commit_events({event(1)}));
  const Span second = acked(ctx, *provider, {.execution = 2});
  acked(ctx, *provider, {.execution = 2, .events = {event(1)}});
  acked(ctx, *provider, commit_events({event(2)}));

  EXPECT_TRUE(lies_in(first, info_of(*provider, 1).created_at));
  EXPECT_TRUE(lies_in(second, info_of(*provider, 2).created_at));
}

void running_execution_has_no_completed_time(Context& ctx) {
  const auto provider = ctx.open();
  acked(ctx, *provider, commit_events({event(1)}));
  EXPECT_EQ(info_of(*provider, 1).completed_at, std::nullopt);

  acked(ctx, *provider, with_status(Status::running));
  TurnCommit with_output;
  with_output.metadata.output = "so far";
  acked(ctx, *provider, with_output);

  EXPECT_EQ(info_of(*provider, 1).completed_at, std::nullopt);
}

template <Status status>
void completed_time_is_that_of_the_ack_that_ended_it(Context& ctx) {
  const auto provider = ctx.open();
  acked(ctx, *provider, commit_events({event(1)}));

  const Span ended = acked(ctx, *provider, with_status(status));

  EXPECT_TRUE(lies_in(ended, info_of(*provider, 1).completed_at));
}

void execution_that_ends_with_its_first_ack_is_completed_then(Context& ctx) {
  const auto provider = ctx.open();

  const Span ended = acked(ctx, *provider, with_status(Status::completed));

  EXPECT_TRUE(lies_in(ended, info_of(*provider, 1).created_at));
  EXPECT_TRUE(lies_in(ended, info_of(*provider, 1).completed_at));
}

void completed_time_stays_while_the_execution_has_ended(Context& ctx) {
  const auto provider = ctx.open();
  acked(ctx, *provider, commit_events({event(1)}));
  const Span ended = acked(ctx, *provider, with_status(Status::continued_as_new));

  acked(ctx, *provider, commit_events({event(2)}));
  EXPECT_TRUE(lies_in(ended, info_of(*provider, 1).completed_at)) << "a late event moved it";
  acked(ctx, *provider, with_status(Status::failed));
  EXPECT_TRUE(lies_in(ended, info_of(*provider, 1).completed_at)) << "another status moved it";
  acked(ctx, *provider, {.execution = 2});
  EXPECT_TRUE(lies_in(ended, info_of(*provider, 1).completed_at)) << "the next execution moved it";
  acked(ctx, *provider, with_status(Status::running));
  EXPECT_TRUE(lies_in(ended, info_of(*provider, 1).completed_at)) << "a higher one is current";
}

void completed_time_goes_when_the_execution_runs_again(Context& ctx) {
  const auto provider = ctx.open();
  acked(ctx, *provider, with_status(Status::completed));

  acked(ctx, *provider, with_status(Status::running));
  EXPECT_EQ(info_of(*provider, 1).completed_at, std::nullopt);

  const Span ended = acked(ctx, *provider, with_status(Status::completed));
  EXPECT_TRUE(lies_in(ended, info_of(*provider, 1).completed_at));
}

void execution_left_running_is_completed_when_a_higher_one_begins(Context& ctx) {
  const auto provider = ctx.open();
  acked(ctx, *provider, commit_events({event(1)}));

  const Span next = acked(ctx, *provider, {.execution = 2});
  acked(ctx, *provider, {.execution = 3});

  EXPECT_TRUE(lies_in(next, info_of(*provider, 1).completed_at));
  EXPECT_EQ(info_of(*provider, 3).completed_at, std::nullopt);
}

void late_first_ack_of_a_lower_execution_makes_an_ended_one(Context& ctx) {
  const auto provider = ctx.open();
  acked(ctx, *provider, commit_events({event(1)}));
  acked(ctx, *provider, {.execution = 3});

  const Span late = acked(ctx, *provider, {.execution = 2, .events = {event(1)}});

  EXPECT_TRUE(lies_in(late, info_of(*provider, 2).created_at));
  EXPECT_TRUE(lies_in(late, info_of(*provider, 2).completed_at));
  EXPECT_EQ(info_of(*provider, 3).completed_at, std::nullopt);
}

void lists_infos_and_totals_are_the_same_after_reopening(Context& ctx) {
  auto provider = ctx.open();
  acked(ctx, *provider, commit_events({event(1)}));
  acked(ctx, *provider, with_status(Status::continued_as_new));
  acked(ctx, *provider, {.execution = 2, .events = events(1, 2)});
  finish_instance(*provider, "order-2", Status::failed, "order-1");
  const ExecutionInfo first = info_of(*provider, 1);
  const ExecutionInfo second = info_of(*provider, 2);
  const StoreTotals totals = provider->read_totals().value();

  provider.reset();
  ctx.advance(Duration(7));
  provider = ctx.open();

  EXPECT_EQ(info_of(*provider, 1), first);
  EXPECT_EQ(info_of(*provider, 2), second);
  EXPECT_EQ(provider->read_totals().value(), totals);
  EXPECT_EQ(provider->list_instances(Status::running).value(), Names{"order-1"});
  EXPECT_EQ(provider->list_instances(Status::failed).value(), Names{"order-2"});
}

constexpr const Requirement& kClause = requirement("MGMT_1");

constexpr Validation kRows[] = {
    {"execution_is_created_by_its_first_ack", kClause, execution_is_created_by_its_first_ack},
    {"running_execution_has_no_completed_time", kClause, running_execution_has_no_completed_time},
    {"completed_time_is_that_of_the_ack_that_completed_it", kClause,
     completed_time_is_that_of_the_ack_that_ended_it<Status::completed>},
    {"completed_time_is_that_of_the_ack_that_failed_it", kClause,
     completed_time_is_that_of_the_ack_that_ended_it<Status::failed>},
    {"completed_time_is_that_of_the_ack_that_continued_it_as_new", kClause,
     completed_time_is_that_of_the_ack_that_ended_it<Status::continued_as_new>},
    {"execution_that_ends_with_its_first_ack_is_completed_then", kClause,
     execution_that_ends_with_its_first_ack_is_completed_then},
    {"completed_time_stays_while_the_execution_has_ended", kClause,
     completed_time_stays_while_the_execution_has_ended},
    {"completed_time_goes_when_the_execution_runs_again", kClause,
     completed_time_goes_when_the_execution_runs_again},
    {"execution_left_running_is_completed_when_a_higher_one_begins", kClause,
     execution_left_running_is_completed_when_a_higher_one_begins},
    {"late_first_ack_of_a_lower_execution_makes_an_ended_one", kClause,
     late_first_ack_of_a_lower_execution_makes_an_ended_one},
    {"lists_infos_and_totals_are_the_same_after_reopening", kClause,
     lists_infos_and_totals_are_the_same_after_reopening, Hook::none, Capability::queues, true},
};

}  // namespace

std::span<const Validation> execution_time_validations() { return kRows; }

}  // namespace ackproof
