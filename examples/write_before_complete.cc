// A worker charges a card, and cannot tell the store that it did. The card is not charged again, because what the
// activity put out was written before it was to count as done.
//
//   write_before_complete [PROVIDER], of those with the facet context_store
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

// A worker's way to the store, which breaks when it wants to say that an activity is done.
class BrokenWay : public ForwardingProvider {
 public:
  // Calls go to `store`, which outlives it.
  explicit BrokenWay(Provider& store) : ForwardingProvider(nullptr), store_(store) {}

  Description describe() const override { return store_.describe(); }
  Result<std::optional<LockedActivity>> fetch_activity(const FetchActivity& options) override {
    return store_.fetch_activity(options);
  }
  Result<std::optional<Bytes>> read_output(const NodeKey& key) override {
    return store_.read_output(key);
  }
  Result<void> put_output(const NodeKey& key, const Bytes& output) override {
    std::printf("  the output of node %s is written\n", key.node.c_str());
    return store_.put_output(key, output);
  }
  Result<void> ack_activity(const LockToken&, const std::optional<Message>&) override {
    std::printf("  the completion does not arrive\n");
    return Error{ErrorKind::busy, "ack_activity", "the way is broken"};
  }
  Result<void> abandon_activity(const LockToken& token, const Abandon& how) override {
    return store_.abandon_activity(token, how);
  }

 private:
  Provider& store_;
};

int story(Provider& store) {
  if (!store.describe().capabilities.facets.has(Capability::context_store)) {
    throw BadResult({ErrorKind::unsupported, "put_output", "it has no facet context_store"});
  }
  int charges = 0;
  Registry registry;
  registry.program("pay", pay)
      .activity_of_values("charge", [&charges](const ActivityContext& context, const Value&) {
        ++charges;
        std::printf("  the card is charged, at attempt %d\n", static_cast<int>(context.attempt));
        return Value("receipt-" + std::to_string(charges));
      });
  Settings settings;
  settings.writes_outputs = true;
  settings.back_off = Duration(0);

  std::printf("a worker whose way to the store breaks\n");
  BrokenWay way(store);
  Engine unlucky(way, registry, settings);
  Engine engine(store, registry, settings);
  engine.start("order-1", "pay", Value("lamp")).value();
  engine.take_turn();
  const bool was_put_back = expect(unlucky.work() == Step::put_back, "the activity is put back");

  std::printf("another worker\n");
  const bool was_done = expect(engine.work() == Step::done, "the activity is done");
  engine.take_turn();
  const std::optional<Ending> ending = engine.ending("order-1").value();
  const bool ended = expect(ending.has_value(), "the workflow has ended");
  if (ended)
    std::printf("order-1: %s, charged %d time(s)\n", ending->result.dump().c_str(), charges);
  return was_put_back && was_done && ended &&
                 expect(ending->result == "receipt-1" && charges == 1, "it was charged once")
             ? 0
             : 1;
}

}  // namespace
}  // namespace ackproof::examples

int main(int argc, char** argv) {
  return ackproof::examples::on_a_store(argc, argv, ackproof::examples::story);
}
