#include "harness/store_servers.h"

#include "harness/address.h"

namespace ackproof {

Result<StoreServers::Place> StoreServers::place_for(const ProviderFactory& factory) {
  if (factory.server.empty()) {
    if (given_.empty()) return Place{};
    return Error{ErrorKind::invalid, "servers",
                 factory.name +
                     " keeps its stores without a server: leave out --uri, and unset ACKPROOF_URI"};
  }
  if (!given_.empty()) return Place{given_, without_credentials(given_)};
  Result<Place> place = private_place(factory.server);
  if (place || place.error().kind != ErrorKind::unsupported) return place;
  return Error{ErrorKind::invalid, "servers",
               factory.name + " needs a server of the kind " + factory.server +
                   ": say with --uri where one is"};
}

Result<StoreServers::Place> StoreServers::private_place(const std::string& kind) {
  auto found = started_.find(kind);
  if (found == started_.end()) found = started_.emplace(kind, servers::start(kind)).first;
  if (!found->second) return found->second.error();
  servers::Server& server = found->second.value();
  if (!server.is_running()) {  // What was certified before may have brought it down.
    if (const Result<void> again = server.restart(); !again) return again.error();
  }
  return Place{server.uri(), server.title() + ", private"};
}

}  // namespace ackproof
