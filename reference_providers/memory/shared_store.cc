#include "reference_providers/memory/shared_store.h"

#include <map>

namespace ackproof::memory {

namespace {

struct Registry {
  std::mutex mutex;
  std::map<std::string, std::shared_ptr<SharedStore>> stores;  // Guarded by mutex.
};

Registry& registry() {
  static Registry the_registry;
  return the_registry;
}

}  // namespace

std::shared_ptr<SharedStore> open_store(const Scope& scope, const Limits& limits) {
  const std::lock_guard lock(registry().mutex);
  std::shared_ptr<SharedStore>& store = registry().stores[scope.name];
  if (store == nullptr) {
    store = std::make_shared<SharedStore>(
        scope.clock ? scope.clock : std::make_shared<SystemClock>(), limits);
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

}  // namespace ackproof::memory
