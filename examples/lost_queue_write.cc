// An activity is scheduled, and the write to its queue fails. A store that commits history and queues in one step
// refuses all of it; the turn is tried again, and the workflow ends. One that commits in two steps keeps the history and
// loses the activity: the workflow waits for ever, and nobody is told.
//
//   lost_queue_write [PROVIDER]
#include <cstdio>

#include "contract/forwarding_provider.h"
#include "engine/engine.h"
#include "examples/on_a_store.h"

namespace ackproof::examples {
namespace {

using namespace ackproof::engine;

Task<Value> pay(Context& context, Value order) {
  const Value receipt = co_await context.activity("charge", order);
  co_return receipt;
}

// The first write to the queue of activities fails. How the store takes that is up to who derives from it.
class FailingQueue : public ForwardingProvider {
 public:
  // Calls go to `store`, which outlives it.
  explicit FailingQueue(Provider& store) : ForwardingProvider(nullptr), store_(store) {}

  Description describe() const override { return store_.describe(); }
  Result<void> enqueue_message(const Message& message, Duration delay) override {
    return store_.enqueue_message(message, delay);
  }
  Result<std::optional<Turn>> fetch_turn(const FetchTurn& options) override {
    return store_.fetch_turn(options);
  }
  Result<void> ack_turn(const LockToken& token, const TurnCommit& commit) override {
    if (has_failed_ || commit.activities.empty()) return store_.ack_turn(token, commit);
    has_failed_ = true;
    return ack_while_failing(token, commit);
  }
  Result<void> abandon_turn(const LockToken& token, const Abandon& how) override {
    return store_.abandon_turn(token, how);
  }
  Result<std::optional<LockedActivity>> fetch_activity(const FetchActivity& options) override {
    return store_.fetch_activity(options);
  }
  Result<void> ack_activity(const LockToken& token,
                            const std::optional<Message>& completion) override {
    return store_.ack_activity(token, completion);
  }
  Result<std::optional<InstanceInfo>> read_instance(const std::string& instance) override {
    return store_.read_instance(instance);
  }

 protected:
  virtual Result<void> ack_while_failing(const LockToken& token, const TurnCommit& commit) = 0;
  Provider& store() { return store_; }

 private:
  Provider& store_;
  bool has_failed_ = false;
};

// The store itself meets something that it cannot write, an event that is there twice, and has to drop all of it.
class OneStep : public FailingQueue {
  using FailingQueue::FailingQueue;
  Result<void> ack_while_failing(const LockToken& token, const TurnCommit& commit) override {
    TurnCommit fails = commit;
    fails.events.push_back(commit.events.front());
    const Result<void> acked = store().ack_turn(token, fails);
    if (!expect(!acked, "the store refuses it")) return acked;
    std::printf("  the store refuses the commit: %s\n", acked.error().message.c_str());
    return Error{ErrorKind::busy, "ack_turn", "the queue cannot be written now"};
  }
};

// History first, then the queue; that the second write failed is logged at best.
class TwoSteps : public FailingQueue {
  using FailingQueue::FailingQueue;
  Result<void> ack_while_failing(const LockToken& token, const TurnCommit& commit) override {
    TurnCommit history = commit;
    history.activities.clear();
    std::printf("  the store keeps the history, and loses the activity\n");
    return store().ack_turn(token, history);
  }
};

// Whether the order ends, with workers that take whatever there is.
bool ends(Provider& way, Provider& store, const Registry& registry, const std::string& order) {
  std::printf("%s\n", order.c_str());
  Engine engine(way, registry);
  engine.start(order, "pay", Value("lamp")).value();
  while (true) {
    const Step turn = engine.take_turn();
    const Step work = engine.work();
    if (turn == Step::nothing && work == Step::nothing) break;
  }
  const std::vector<Event> history = store.read_history(order).value();
  std::printf("  its history:");
  for (const Event& event : history) std::printf(" %s", event.kind.c_str());
  const bool has_ended = engine.ending(order).value().has_value();
  std::printf("\n  %s\n", has_ended ? "it has ended"
                                    : "it waits for an activity that no queue holds, for ever");
  return has_ended;
}

int story(Provider& store) {
  Registry registry;
  registry.program("pay", pay)
      .activity_of_values("charge",
                          [](const ActivityContext&, const Value&) { return Value("receipt"); });
  OneStep one(store);
  TwoSteps two(store);
  const bool atomic = expect(ends(one, store, registry, "order-1"), "with one step it ends");
  const bool other = expect(!ends(two, store, registry, "order-2"), "with two steps it hangs");
  std::printf(
      "The suite finds such a store, and says so:\n"
      "  ackproof certify mutant:commit_keeps_its_events_and_loses_its_activities "
      "--requirement ENG_1\n");
  return atomic && other ? 0 : 1;
}

}  // namespace
}  // namespace ackproof::examples

int main(int argc, char** argv) {
  return ackproof::examples::on_a_store(argc, argv, ackproof::examples::story);
}
