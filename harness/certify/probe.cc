#include "harness/certify/probe.h"

#include <exception>

#include "harness/runner/runner.h"

namespace ackproof {

Result<Run> probe(const Registry& registry, const std::string& provider, StoreServers& servers) {
  const Result<StoreServers::Place> place = servers.place_for(*registry.find(provider));
  if (!place) return place.error();
  Orders orders;
  orders.provider = provider;
  orders.selection.filter = "declaration_makes_sense";
  orders.uri = place.value().uri;
  orders.server = place.value().shown;
  try {
    return carry_out(registry, orders, {});
  } catch (const std::exception& exception) {  // There is no folder to run in.
    return Error{ErrorKind::internal, "probe", exception.what()};
  }
}

}  // namespace ackproof
