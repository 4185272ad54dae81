// Stores of any provider, on a private server if it needs one, on the clock that an engine would use.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "contract/factory.h"
#include "harness/servers/server.h"
#include "harness/work_folder.h"

namespace ackproof {

// Where the stores of one provider live. Gone with the value, its server too.
class Place {
 public:
  // Throws BadResult when its server is not installed (not_found) or cannot be started.
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

}  // namespace ackproof
