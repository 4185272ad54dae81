// Stores of any provider that is built here, on a private server if it needs one, on the clock that an engine
// would use.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "contract/factory.h"
#include "harness/servers/server.h"
#include "harness/work_folder.h"

namespace ackproof::testing_support {

// Every provider that keeps what it stores, in the order of the tables.
std::vector<ProviderFactory> durable_providers();

// Those of `all` that are named; all if none is. Throws std::runtime_error for an unknown name.
std::vector<ProviderFactory> chosen(const std::vector<ProviderFactory>& all,
                                    const std::vector<std::string>& names);

// Where the stores of one provider live. Throws BadResult when its server is not installed.
class Place {
 public:
  explicit Place(const ProviderFactory& factory);

  const ProviderFactory& factory() const { return factory_; }
  std::string uri() const { return server_ ? server_->uri() : ""; }
  const std::filesystem::path& folder() const { return folder_.path(); }
  // "ext4".
  std::string file_system() const;

 private:
  ProviderFactory factory_;
  WorkFolder folder_;  // Of embedded stores.
  std::optional<servers::Server> server_;
};

// An empty store, and a handle on it. Removed with the value.
class Store {
 public:
  explicit Store(const Place& place);
  ~Store();
  Store(const Store&) = delete;
  Store& operator=(const Store&) = delete;

  Provider& provider() { return *provider_; }
  const Scope& scope() const { return scope_; }

 private:
  const ProviderFactory& factory_;
  Scope scope_;
  std::unique_ptr<Provider> provider_;
};

// Has stores live on a disk, unless TMPDIR says where. Called before the first place is made.
void prefer_a_disk();

}  // namespace ackproof::testing_support
