// Where the stores of a program's runs live: on the server that was given, or on private ones.
#pragma once

#include <map>
#include <string>

#include "contract/factory.h"
#include "contract/result.h"
#include "harness/servers/server.h"

namespace ackproof {

// A private server of a kind is started when the first provider needs it, shared by all that do, and gone with this
// value.
class StoreServers {
 public:
  // `given`: the address that was typed; empty: private servers.
  explicit StoreServers(std::string given = {}) : given_(std::move(given)) {}

  struct Place {
    std::string uri;  // For the provider. Empty: its stores need no server.
    std::string
        shown;  // For the record: "PostgreSQL, private", or the address without what is secret.
    pid_t process = 0;  // Of a private server: its first. 0: there is none.
  };

  // invalid    an address was given to a provider whose stores need no server, or is needed and not given.
  // not_found  the server is not installed; the message says what to install.
  // internal   it could not be started.
  Result<Place> place_for(const ProviderFactory& factory);

 private:
  Result<Place> private_place(const std::string& kind);

  std::string given_;
  std::map<std::string, Result<servers::Server>> started_;  // By kind; a failure is not repeated.
};

}  // namespace ackproof
