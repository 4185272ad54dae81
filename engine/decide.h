// One turn: from what a provider handed out to what it is to commit. A function of its arguments, without
// any call of the provider.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <variant>

#include "contract/capability.h"
#include "contract/types.h"
#include "engine/registry.h"

namespace ackproof::engine {

struct Settings {
  EngineVersion version{1, 0, 0};
  Codec codec = Codec::json;
  Duration turn_lock{30'000};
  Duration activity_lock{30'000};
  std::uint64_t most_attempts = 10;  // After so many deliveries without an end something is poison.
  Duration back_off{1'000};          // Before another look at what nobody here can run.
  Duration poll{1'000};           // How long a fetch waits for work, where the provider can wait.
  std::string worker = "worker";  // Owns the sessions that it claims.
  TagFilter tags;                 // Which activities are taken.
  // Where the provider keeps outputs (facet context_store): an activity's output is written before the activity is
  // acked, and an activity that comes again after that is acked with it, and not done again (CTX_3).
  bool writes_outputs = false;
  // Told the instance when the store has confirmed a turn that ended it, from the thread that took the turn.
  // Not told when nobody knows whether that commit arrived.
  std::function<void(const std::string&)> ended;
};

// The turn is for somebody else: nobody here knows the program.
struct NotHere {
  std::string why;
};

std::variant<TurnCommit, NotHere> decide(const Turn& turn, const Registry& registry,
                                         const Settings& settings,
                                         const Capabilities& capabilities);

// The commit that ends the execution as failed, whatever its program would do.
TurnCommit give_up(const Turn& turn, const Settings& settings, Failure failure);

}  // namespace ackproof::engine
