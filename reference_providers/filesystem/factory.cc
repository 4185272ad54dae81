#include "contract/factory.h"

#include <utility>

#include "reference_providers/filesystem/errors.h"
#include "reference_providers/filesystem/filesystem_provider.h"
#include "reference_providers/filesystem/ledger.h"
#include "reference_providers/filesystem/opening.h"

namespace ackproof::filesystem {

namespace {

std::filesystem::path folder_of(const Scope& scope) { return scope.folder / "store"; }

// Turns around all bits of what the payload stands as in the file.
void spoil(Files& files, const File& file, const Bytes& payload) {
  const Place place = place_in(payload);
  std::string bytes = files.read(file, place.offset, place.size);
  for (char& byte : bytes) byte = static_cast<char>(~byte);
  files.write(file, place.offset, bytes);
}

// The payload of an item that `wanted` answers with, or null. In a store's dump.
using Wanted = std::function<const Bytes*(const Effect&)>;

// Damages, beside the open handles, what the store has stored of such items.
Result<void> damage(const Scope& scope, std::string_view hook, const Wanted& wanted) {
  try {
    Ledger ledger(folder_of(scope), std::make_shared<SystemClock>(), capabilities().limits, {});
    std::vector<Bytes> found;
    const Ledger::Sight sight = ledger.run(false, [&](memory::Store& store, Time) {
      store.dump([&](const Effect& effect) {
        if (const Bytes* payload = wanted(effect)) found.push_back(*payload);
      });
    });
    if (found.empty()) throw Refused(ErrorKind::not_found, "there is nothing to damage");
    for (const Bytes& payload : found) spoil(ledger.files(), *sight.file, payload);
    ledger.files().sync(*sight.file);
    return {};
  } catch (...) {
    return translate(hook);
  }
}

Result<void> corrupt_history(const Scope& scope, const std::string& instance,
                             std::uint64_t execution) {
  return damage(scope, "corrupt_history", [&](const Effect& effect) -> const Bytes* {
    const auto* stored = std::get_if<memory::EventRestored>(&effect);
    if (stored == nullptr || stored->instance != instance) return nullptr;
    return stored->execution == execution ? &stored->event.payload : nullptr;
  });
}

Result<void> corrupt_message(const Scope& scope, const std::string& target, std::uint64_t id) {
  return damage(scope, "corrupt_message", [&](const Effect& effect) -> const Bytes* {
    const auto* stored = std::get_if<memory::MessageRestored>(&effect);
    if (stored == nullptr || stored->message.target != target) return nullptr;
    return stored->message.id == id ? &stored->message.payload : nullptr;
  });
}

Result<void> corrupt_activity(const Scope& scope, const ActivityKey& key) {
  return damage(scope, "corrupt_activity", [&](const Effect& effect) -> const Bytes* {
    const auto* stored = std::get_if<memory::ActivityRestored>(&effect);
    if (stored == nullptr) return nullptr;
    const Activity& activity = stored->activity;
    const ActivityKey found{activity.instance, activity.execution, activity.id};
    return found == key ? &activity.payload : nullptr;
  });
}

}  // namespace

ProviderFactory factory(std::function<Seams()> seams) {
  ProviderFactory factory;
  factory.name = "filesystem";
  factory.summary = "Plain files: a journal for several processes, safe against power loss";
  factory.open = [seams = std::move(seams)](const Scope& scope) {
    return open(folder_of(scope), scope.clock, seams());
  };
  factory.corrupt_history = corrupt_history;
  factory.corrupt_message = corrupt_message;
  factory.corrupt_activity = corrupt_activity;
  return factory;
}

ProviderFactory factory() {
  return factory([] { return Seams(); });
}

}  // namespace ackproof::filesystem
