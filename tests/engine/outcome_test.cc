// What the engine does when nobody knows whether a commit or a completion happened.
#include <gtest/gtest.h>

#include "contract/forwarding_provider.h"
#include "tests/engine/world.h"

namespace ackproof::engine {
namespace {

// Loses the first ack of each queue, or only its answer.
class Losing final : public ForwardingProvider {
 public:
  Losing(std::unique_ptr<Provider> inner, bool only_the_answer)
      : ForwardingProvider(std::move(inner)), only_the_answer_(only_the_answer) {}
  Result<void> ack_turn(const LockToken& token, const TurnCommit& commit) override {
    if (turns_++ > 0) return inner().ack_turn(token, commit);
    if (only_the_answer_) {
      EXPECT_TRUE(inner().ack_turn(token, commit));
    }
    return Error{ErrorKind::unknown_outcome, "ack_turn", "the connection broke"};
  }
  Result<void> ack_activity(const LockToken& token,
                            const std::optional<Message>& completion) override {
    if (activities_++ > 0) return inner().ack_activity(token, completion);
    if (only_the_answer_) {
      EXPECT_TRUE(inner().ack_activity(token, completion));
    }
    return Error{ErrorKind::unknown_outcome, "ack_activity", "the connection broke"};
  }

 private:
  const bool only_the_answer_;
  int turns_ = 0;
  int activities_ = 0;
};

Task<Value> one_step(Context& context, Value input) {
  const Value done = co_await context.activity("step", input);
  co_return done;
}

// How often the activity ran; time stands still, so no lock ends by itself.
std::size_t times_done(bool only_the_answer) {
  World world;
  world.echo("step");
  world.registry.program("p", one_step);
  world.decorate([&](std::unique_ptr<Provider> store) {
    return std::make_unique<Losing>(std::move(store), only_the_answer);
  });
  EXPECT_TRUE(world.engine().start("one", "p", 1));
  EXPECT_EQ(world.engine().take_turn(), Step::dropped);
  world.settle();
  EXPECT_EQ(world.ending("one").result, 1);
  EXPECT_EQ(world.provider().read_queue_depths().value(), QueueDepths());
  return world.log.size();
}

TEST(Outcome, what_did_not_happen_is_done_again_at_once) { EXPECT_EQ(times_done(false), 2U); }

TEST(Outcome, what_happened_without_an_answer_is_left_as_it_is) { EXPECT_EQ(times_done(true), 1U); }

}  // namespace
}  // namespace ackproof::engine
