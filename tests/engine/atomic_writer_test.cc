// Write before complete: the six cases, on each store that keeps outputs; and what an engine makes of it.
#include "engine/atomic_writer.h"

#include <gtest/gtest.h>

#include "engine/engine.h"
#include "reference_providers/all.h"
#include "tests/engine/failing_store.h"
#include "tests/support/stores.h"

namespace ackproof::engine {
namespace {

using testing_support::chosen;
using testing_support::Place;
using testing_support::Store;

const NodeKey kNode{"flow-1", "charge"};

class AtomicWriting : public testing::TestWithParam<const char*> {
 protected:
  // Calls `complete`, which notes what it was given.
  Result<void> write(const Bytes& output) {
    return writer_.write_and_complete(kNode, output, [&](const Bytes& standing) {
      durable_at_completion_ = store_.read_output(kNode).value();
      completed_with_.push_back(standing);
      return fails_to_complete_ ? Result<void>(Error{ErrorKind::busy, "complete", "not now"})
                                : Result<void>();
    });
  }

  Place place_{chosen(reference_providers(), {GetParam()}).front()};
  Store holder_{place_};
  FailingStore store_{place_.factory().open(holder_.scope()).value()};
  AtomicWriter writer_{store_};
  std::vector<Bytes> completed_with_;
  std::optional<Bytes> durable_at_completion_;
  bool fails_to_complete_ = false;
};

TEST_P(AtomicWriting, writes_and_then_completes) {
  EXPECT_TRUE(write("paid"));

  EXPECT_EQ(completed_with_, std::vector<Bytes>{"paid"});
  EXPECT_EQ(durable_at_completion_, "paid") << "when the completion ran";
}

TEST_P(AtomicWriting, an_output_that_is_there_counts_as_written) {
  ASSERT_TRUE(store_.put_output(kNode, "paid"));

  EXPECT_TRUE(write("paid twice"));

  EXPECT_EQ(completed_with_, std::vector<Bytes>{"paid"}) << "the first one stands";
  EXPECT_EQ(store_.read_output(kNode).value(), "paid");
}

TEST_P(AtomicWriting, a_write_that_fails_completes_nothing) {
  store_.puts = {Fate::refused_as_busy, Fate::refused_as_busy, Fate::refused_as_busy};

  const Result<void> written = write("paid");

  ASSERT_FALSE(written);
  EXPECT_EQ(written.error().operation, "put_output");
  EXPECT_TRUE(completed_with_.empty());
}

TEST_P(AtomicWriting, a_completion_that_fails_leaves_the_output) {
  fails_to_complete_ = true;

  const Result<void> written = write("paid");

  ASSERT_FALSE(written);
  EXPECT_EQ(written.error().operation, "complete");
  EXPECT_EQ(store_.read_output(kNode).value(), "paid");
}

TEST_P(AtomicWriting, after_a_failed_completion_a_retry_completes_without_writing_again) {
  fails_to_complete_ = true;
  ASSERT_FALSE(write("paid"));
  fails_to_complete_ = false;

  EXPECT_TRUE(write("paid again"));

  EXPECT_EQ(completed_with_, (std::vector<Bytes>{"paid", "paid"}));
  EXPECT_EQ(store_.outputs_written, 1);
}

TEST_P(AtomicWriting, a_write_of_unknown_outcome_is_made_sure_of_before_the_completion) {
  for (const Fate fate : {Fate::answer_lost, Fate::lost_on_the_way}) {
    store_.puts = {fate};
    completed_with_.clear();
    durable_at_completion_.reset();

    EXPECT_TRUE(write("paid"));

    EXPECT_EQ(completed_with_, std::vector<Bytes>{"paid"});
    EXPECT_EQ(durable_at_completion_, "paid");
  }
  EXPECT_EQ(store_.outputs_written, 1);
}

// --- Within an engine

Task<Value> pay(Context& context, Value input) {
  const Value paid = co_await context.activity("charge", input);
  co_return paid;
}

TEST_P(AtomicWriting, an_activity_that_comes_again_is_acked_with_the_output_that_stands) {
  int charges = 0;
  Registry registry;
  registry.program("pay", pay)
      .activity_of_values(
          "charge", [&charges](const ActivityContext&, const Value&) { return Value(++charges); });
  Settings settings;
  settings.writes_outputs = true;
  settings.back_off = Duration(0);
  Engine engine(store_, registry, settings);
  ASSERT_TRUE(engine.start("order-1", "pay", 7));
  ASSERT_EQ(engine.take_turn(), Step::done);
  store_.acks = {Fate::refused_as_busy, Fate::refused_as_busy, Fate::refused_as_busy};

  EXPECT_EQ(engine.work(), Step::put_back);
  EXPECT_EQ(engine.work(), Step::done);
  EXPECT_EQ(engine.take_turn(), Step::done);

  EXPECT_EQ(charges, 1);
  EXPECT_EQ(engine.ending("order-1").value()->result, 1);
}

TEST_P(AtomicWriting, a_failure_is_no_output) {
  int charges = 0;
  Registry registry;
  registry.program("pay", pay)
      .activity_of_values("charge", [&charges](const ActivityContext&, const Value&) -> Value {
        ++charges;
        throw permanent("no money");
      });
  Settings settings;
  settings.writes_outputs = true;
  Engine engine(store_, registry, settings);
  ASSERT_TRUE(engine.start("order-1", "pay", 7));
  engine.take_turn();
  engine.work();
  engine.take_turn();

  EXPECT_EQ(engine.ending("order-1").value()->failure->message, "no money");
  EXPECT_EQ(store_.outputs_written, 0);
}

INSTANTIATE_TEST_SUITE_P(Stores, AtomicWriting, testing::Values("memory", "sqlite"),
                         [](const auto& store) { return store.param; });

}  // namespace
}  // namespace ackproof::engine
