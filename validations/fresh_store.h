// A scope of its own for one question, cleaned up when it goes.
#pragma once

#include <exception>
#include <filesystem>
#include <string>

#include "contract/factory.h"
#include "contract/token.h"
#include "validations/context.h"

namespace ackproof {

class FreshStore {
 public:
  // The store's folder is made below `conditions.folder`, which must exist or be creatable, and has the store's name.
  FreshStore(const ProviderFactory& factory, const Conditions& conditions,
             const std::string& prefix = "ackproof_")
      : factory_(factory) {
    // Random, because stores of several machines may live on one server.
    scope_.name = prefix + random_token().value.substr(0, 16);
    scope_.folder = conditions.folder / scope_.name;
    scope_.uri = conditions.uri;
    std::filesystem::create_directories(scope_.folder);
  }
  ~FreshStore() {
    try {
      if (factory_.destroy) factory_.destroy(scope_);
    } catch (const std::exception&) {
      return;  // The folder stays, and tells whoever ends the run that there is something to remove.
    }
    std::error_code ignored;  // What cannot be removed is not the provider's fault.
    std::filesystem::remove_all(scope_.folder, ignored);
  }
  FreshStore(const FreshStore&) = delete;
  FreshStore& operator=(const FreshStore&) = delete;

  const Scope& scope() const { return scope_; }

 private:
  const ProviderFactory& factory_;
  Scope scope_;
};

}  // namespace ackproof
