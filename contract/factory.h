// How the suite gets at a provider: a value with functions that open it, clean up after it, and,
// optionally, break its store in ways that only its author knows how to.
//
// A hook that is not set is an ability that is not there: clauses that need it are reported as not
// tried (CAP_6).
#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <string>

#include "contract/provider.h"

namespace ackproof {

// One isolated store. Every validation gets a fresh one.
struct Scope {
  std::string name;  // Unique, of [a-z0-9_]: good for a schema, a key prefix, a database.
  std::filesystem::path folder;  // Private, existing, empty at first; removed by the harness.
  std::shared_ptr<Clock> clock;  // The clock to use; null: the machine's or the server's own.
  std::string uri = {};          // Where the store's server is; empty for an embedded store.
};

// All functions may be called from any thread.
struct ProviderFactory {
  std::string name;     // Of [a-z0-9_]; what `ackproof certify` takes.
  std::string summary;  // One line for `ackproof list providers`.

  // The kind of server that its stores live on; empty: none. A `postgresql` or a `redis` is started
  // by the harness, private and thrown away afterwards, when no address is given; one of any other
  // kind needs `--uri`. `Scope::uri` says where it is.
  std::string server = {};

  // Opens one more handle on the scope's store, creating the store at the first call. Handles of
  // one scope act on the same store, whoever opened them and whether or not others are open.
  std::function<Result<std::unique_ptr<Provider>>(const Scope&)> open;

  // Removes what `open` left outside the scope's folder. Called after every handle is gone; when the process of the
  // handles crashed or was killed, by another one later. So the store may be in any state, and may never have been
  // opened. Throws when something is left. Optional.
  std::function<void(const Scope&)> destroy = nullptr;

  // Each makes the stored form of something undecodable, keys staying readable, while handles are
  // open. Optional.
  std::function<Result<void>(const Scope&, const std::string& instance, std::uint64_t execution)>
      corrupt_history = nullptr;  // Every event of the execution.
  std::function<Result<void>(const Scope&, const std::string& target, std::uint64_t id)>
      corrupt_message = nullptr;  // The queued messages with this target and id.
  std::function<Result<void>(const Scope&, const ActivityKey& key)> corrupt_activity =
      nullptr;  // The queued activities with this key.
};

// The optional hooks, for gating by data.
enum class Hook : std::uint8_t { none, corrupt_history, corrupt_message, corrupt_activity };

std::string_view name(Hook hook);
bool offers(const ProviderFactory& factory, Hook hook);

}  // namespace ackproof
