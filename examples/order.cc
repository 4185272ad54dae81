// An order whose carrier fails: what was charged is refunded, what was reserved is released, in that order.
//
//   order [PROVIDER]
#include <cstdio>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "engine/saga.h"
#include "engine/workers.h"
#include "examples/on_a_store.h"

namespace ackproof::examples {
namespace {

using namespace ackproof::engine;

// --- The workflow

Task<Value> ship_order(Context&, Saga& saga, Value order) {
  co_await saga.step("reserve", order, "release");
  const Value payment = co_await saga.step("charge", order, "refund");
  co_await saga.step("ship", order, "call_back");
  co_return payment;
}

Task<Value> order(Context& context, Value input) {
  const Value payment = co_await run_saga(context, ship_order, input);
  co_return payment;
}

// --- The world outside

class Shop {
 public:
  void did(const std::string& what) {
    std::printf("  %s\n", what.c_str());
    const std::lock_guard lock(mutex_);
    done_.push_back(what);
  }
  std::vector<std::string> done() {
    const std::lock_guard lock(mutex_);
    return done_;
  }

 private:
  std::mutex mutex_;
  std::vector<std::string> done_;  // Guarded by mutex_.
};

Registry programs(Shop& shop) {
  Registry registry;
  registry.program("order", order);
  for (const char* name : {"reserve", "charge", "release", "refund", "call_back"}) {
    registry.activity_of_values(
        name, [&shop, name = std::string(name)](const ActivityContext&, const Value& input) {
          shop.did(name);
          return input;
        });
  }
  registry.activity_of_values("ship", [](const ActivityContext&, const Value& order) -> Value {
    if (order.at("to") == "nowhere") throw permanent("no carrier goes there");
    return "parcel-1";
  });
  return registry;
}

Ending run(Engine& engine, const std::string& instance, const Value& input) {
  std::printf("%s\n", instance.c_str());
  engine.start(instance, "order", input).value();
  const Workers workers(engine, 2, 2);
  while (true) {
    const std::optional<Ending> ending = engine.ending(instance).value();
    if (ending) return *ending;
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
}

int story(Provider& store) {
  Shop shop;
  const Registry registry = programs(shop);
  Engine engine(store, registry);

  const Ending shipped = run(engine, "order-1", {{"item", "lamp"}, {"to", "Patan"}});
  const bool went_well =
      expect(shipped.status == Status::completed, "an order that is shipped completes") &&
      expect(shop.done() == std::vector<std::string>{"reserve", "charge"}, "nothing is undone");

  const Ending failed = run(engine, "order-2", {{"item", "lamp"}, {"to", "nowhere"}});
  if (failed.failure) std::printf("  %s\n", describe(*failed.failure).c_str());
  const bool was_undone =
      expect(failed.failure && failed.failure->source == "ship", "it fails of its carrier") &&
      expect(shop.done() == std::vector<std::string>{"reserve", "charge", "reserve", "charge",
                                                     "refund", "release"},
             "refunded, and then released, each once");
  return went_well && was_undone ? 0 : 1;
}

}  // namespace
}  // namespace ackproof::examples

int main(int argc, char** argv) {
  return ackproof::examples::on_a_store(argc, argv, ackproof::examples::story);
}
