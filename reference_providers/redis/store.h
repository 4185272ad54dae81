// A store on a server: what the provider, its hooks and its removal have in common.
#pragma once

#include <memory>
#include <string>

#include "reference_providers/redis/server.h"

namespace ackproof::redis {

// All waiting of one call, for connections and for answers, shares one deadline (ERR_8).
inline constexpr std::chrono::milliseconds kPatience{5'000};

inline Moment soon() { return std::chrono::steady_clock::now() + kPatience; }

struct Store {
  // Throws Refused with `invalid` for a bad address or prefix. Nothing is connected yet.
  Store(const std::string& uri, const std::string& prefix, std::shared_ptr<const Scripts> which);

  // Runs a script until it has its answer: one with very much to do does it bit by bit, so that the
  // server serves others in between. Throws the refusal that it answers.
  Reply answer(const std::string& script, const Server::Arguments& arguments, Moment deadline);

  const Address address;
  const std::shared_ptr<const Scripts> scripts;
  Server server;
};

Result<std::unique_ptr<Provider>> open(const std::string& uri, const std::string& prefix,
                                       std::shared_ptr<Clock> clock,
                                       std::shared_ptr<const Scripts> scripts);

}  // namespace ackproof::redis
