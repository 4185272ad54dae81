#include "reference_providers/memory/memory_provider.h"

#include <exception>
#include <map>
#include <memory>
#include <mutex>
#include <new>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "contract/rules.h"
#include "reference_providers/memory/store.h"

namespace ackproof::memory {

namespace {

Capabilities capabilities() {
  Capabilities offered;
  offered.facets = {Capability::queues};
  offered.limits.payload_bytes = 64U << 20U;
  offered.limits.id_bytes = kLongestId;
  offered.limits.history_events = 1'000'000;
  offered.limits.commit_items = 10'000;
  offered.limits.batch_messages = 1'000'000;
  offered.limits.smallest_lock = Duration(1);
  offered.clocks = {ClockSource::injected, ClockSource::local};
  offered.durability = Durability::is_volatile;
  offered.several_processes = false;
  return offered;
}

// A store with what makes it safe to share. It has one clock, that of the scope that made it, so
// all handles agree on what is past.
struct SharedStore {
  explicit SharedStore(std::shared_ptr<Clock> its_clock) : clock(std::move(its_clock)) {}

  const std::shared_ptr<Clock> clock;
  std::mutex mutex;
  Store store{capabilities().limits};  // Guarded by mutex.
};

// Runs `verb` alone on the store, and is the only way out for errors: whatever goes wrong leaves as
// an Error that bears the operation's name (ERR_1). The clock is read after the wait for others,
// and nobody gets in between that reading and the end of the verb (TIME_3).
template <class Check, class Verb>
auto run(SharedStore& shared, std::string_view operation, const Check& check, const Verb& verb)
    -> decltype(verb(shared.store, Time())) {
  try {
    if (rules::Refusal refusal = check()) return *refusal;
    const std::lock_guard lock(shared.mutex);
    auto result = verb(shared.store, shared.clock->now());
    if (result) return result;
    return Error{result.error().kind, std::string(operation), result.error().message};
  } catch (const std::bad_alloc&) {
    return Error{ErrorKind::busy, std::string(operation), "out of memory"};  // ERR_10
  } catch (const std::exception& exception) {
    return Error{ErrorKind::internal, std::string(operation), exception.what()};
  }
}

class Provider final : public ackproof::Provider {
 public:
  explicit Provider(std::shared_ptr<SharedStore> shared) : shared_(std::move(shared)) {}

  Description describe() const override {
    return {.provider = "memory",
            .version = "1.0.0",
            .store_version = "in process",
            .capabilities = offered_};
  }

  // --- Instance queue

  Result<void> enqueue_message(const Message& message, Duration delay) override {
    return run(
        *shared_, "enqueue_message",
        [&] { return rules::enqueue_message(offered_, message, delay); },
        [&](Store& store, Time now) { return store.enqueue_message(message, delay, now); });
  }

  Result<std::optional<Turn>> fetch_turn(const FetchTurn& options) override {
    return run(
        *shared_, "fetch_turn", [&] { return rules::fetch_turn(offered_, options); },
        [&](Store& store, Time now) { return store.fetch_turn(options, now); });
  }

  Result<void> ack_turn(const LockToken& token, const TurnCommit& commit) override {
    return run(
        *shared_, "ack_turn", [&] { return rules::ack_turn(offered_, commit); },
        [&](Store& store, Time now) { return store.ack_turn(token, commit, now); });
  }

  Result<void> abandon_turn(const LockToken& token, const Abandon& how) override {
    return run(
        *shared_, "abandon_turn", [&] { return rules::abandon("abandon_turn", how); },
        [&](Store& store, Time now) { return store.abandon_turn(token, how, now); });
  }

  Result<void> renew_turn(const LockToken& token, Duration extend_for) override {
    return run(
        *shared_, "renew_turn", [&] { return rules::renew("renew_turn", extend_for); },
        [&](Store& store, Time now) { return store.renew_turn(token, extend_for, now); });
  }

  // --- Activity queue

  Result<void> enqueue_activity(const Activity& activity) override {
    return run(
        *shared_, "enqueue_activity", [&] { return rules::enqueue_activity(offered_, activity); },
        [&](Store& store, Time) { return store.enqueue_activity(activity); });
  }

  Result<std::optional<LockedActivity>> fetch_activity(const FetchActivity& options) override {
    return run(
        *shared_, "fetch_activity", [&] { return rules::fetch_activity(offered_, options); },
        [&](Store& store, Time now) { return store.fetch_activity(options, now); });
  }

  Result<void> ack_activity(const LockToken& token,
                            const std::optional<Message>& completion) override {
    return run(
        *shared_, "ack_activity", [&] { return rules::ack_activity(offered_, completion); },
        [&](Store& store, Time now) { return store.ack_activity(token, completion, now); });
  }

  Result<void> abandon_activity(const LockToken& token, const Abandon& how) override {
    return run(
        *shared_, "abandon_activity", [&] { return rules::abandon("abandon_activity", how); },
        [&](Store& store, Time now) { return store.abandon_activity(token, how, now); });
  }

  Result<void> renew_activity(const LockToken& token, Duration extend_for) override {
    return run(
        *shared_, "renew_activity", [&] { return rules::renew("renew_activity", extend_for); },
        [&](Store& store, Time now) { return store.renew_activity(token, extend_for, now); });
  }

  // --- Reading

  Result<std::vector<Event>> read_history(const std::string& instance,
                                          std::optional<std::uint64_t> execution) override {
    return run(
        *shared_, "read_history",
        [&] { return rules::read("read_history", offered_, instance, execution); },
        [&](Store& store, Time) { return store.read_history(instance, execution); });
  }

  Result<std::optional<InstanceInfo>> read_instance(const std::string& instance) override {
    return run(
        *shared_, "read_instance", [&] { return rules::read("read_instance", offered_, instance); },
        [&](Store& store, Time) { return store.read_instance(instance); });
  }

 private:
  const Capabilities offered_ = capabilities();
  const std::shared_ptr<SharedStore> shared_;
};

// The stores of this process, from the first open to destroy.
struct Registry {
  std::mutex mutex;
  std::map<std::string, std::shared_ptr<SharedStore>> stores;  // Guarded by mutex.
};

Registry& registry() {
  static Registry the_registry;
  return the_registry;
}

std::shared_ptr<SharedStore> open_store(const Scope& scope) {
  const std::lock_guard lock(registry().mutex);
  std::shared_ptr<SharedStore>& store = registry().stores[scope.name];
  if (store == nullptr) {
    store =
        std::make_shared<SharedStore>(scope.clock ? scope.clock : std::make_shared<SystemClock>());
  }
  return store;
}

std::shared_ptr<SharedStore> find_store(const Scope& scope) {
  const std::lock_guard lock(registry().mutex);
  const auto found = registry().stores.find(scope.name);
  return found == registry().stores.end() ? nullptr : found->second;
}

void destroy_store(const Scope& scope) {
  const std::lock_guard lock(registry().mutex);
  registry().stores.erase(scope.name);
}

// Runs a hook's work on the scope's store, if there is one.
template <class Verb>
Result<void> damage(const Scope& scope, std::string_view hook, const Verb& verb) {
  const std::shared_ptr<SharedStore> store = find_store(scope);
  if (store == nullptr) return Error{ErrorKind::not_found, std::string(hook), "no such store"};
  return run(
      *store, hook, [] { return rules::Refusal(); },
      [&](Store& opened, Time) { return verb(opened); });
}

}  // namespace

ProviderFactory factory() {
  ProviderFactory made;
  made.name = "memory";
  made.summary = "Everything in the process: the contract in its plainest form.";
  made.open = [](const Scope& scope) -> Result<std::unique_ptr<ackproof::Provider>> {
    return std::unique_ptr<ackproof::Provider>(std::make_unique<Provider>(open_store(scope)));
  };
  made.destroy = destroy_store;
  made.corrupt_history = [](const Scope& scope, const std::string& instance,
                            std::uint64_t execution) {
    return damage(scope, "corrupt_history",
                  [&](Store& store) { return store.corrupt_history(instance, execution); });
  };
  made.corrupt_message = [](const Scope& scope, const std::string& target, std::uint64_t id) {
    return damage(scope, "corrupt_message",
                  [&](Store& store) { return store.corrupt_message(target, id); });
  };
  made.corrupt_activity = [](const Scope& scope, const ActivityKey& key) {
    return damage(scope, "corrupt_activity",
                  [&](Store& store) { return store.corrupt_activity(key); });
  };
  return made;
}

}  // namespace ackproof::memory
