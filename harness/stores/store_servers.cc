#include "harness/stores/store_servers.h"

#include "harness/stores/address.h"
#include "harness/work_folder.h"

namespace ackproof {

Result<StoreServers::Place> StoreServers::place_for(const ProviderFactory& factory) {
  if (factory.server.empty()) {
    if (given_.empty()) return Place{};
    return Error{ErrorKind::invalid, "servers",
                 factory.name +
                     " keeps its stores without a server: leave out --uri, and unset ACKPROOF_URI"};
  }
  if (!given_.empty()) return Place{.uri = given_, .shown = without_credentials(given_)};
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
  // The record names the file system of the run's folder. Mostly it is the server's too.
  const std::string file_system = file_system_of(server.folder());
  const bool is_apart = file_system != file_system_of(place_for_stores());
  return Place{
      .uri = server.uri(),
      .shown = server.title() + ", private" + (is_apart ? ", on " + file_system : std::string()),
      .process = server.process()};
}

}  // namespace ackproof
