// Small workflows with everything in them that an engine asks a store for, and how each has to end.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "contract/capability.h"
#include "engine/engine.h"

namespace ackproof::scenarios {

using engine::Value;

// What a client asks of the engine about the instance.
using Request = Result<void> (*)(engine::Engine&, const std::string& instance);

// What has to come of it, whatever went wrong on the way.
struct Expected {
  Status status = Status::completed;
  Value result;                             // Of a completed one.
  std::string failed = {};                  // The activity that a failed one failed of.
  std::vector<std::string> steps = {};      // What the world saw, in order; empty: in any order.
  std::optional<Value> custom_status = {};  // Where the provider keeps one.
  std::uint64_t status_changes = 0;
};

// One workflow from its start on.
struct Play {
  std::string program;
  Value input;
  std::vector<Request> at_once;     // After the start.
  std::vector<Request> when_quiet;  // One each time that nothing moves any more.
  Expected expected;
};

// Programs use the facets that are declared, and timers as long as `span` allows for.
struct Circumstances {
  Capabilities offered;
  Duration span;
};

using MakePlay = Play (*)(const Circumstances&);

// Reserves, charges and ships, as a saga.
Play order(const Circumstances& circumstances);
// The same when no carrier takes it: all is undone.
Play order_without_carrier(const Circumstances& circumstances);
// Asks three suppliers at once, takes the first of two, and calls off the other.
Play offers(const Circumstances& circumstances);
// Two timers of one turn, the later one set first, and then an event.
Play approval(const Circumstances& circumstances);
// Two children at once, of which one fails.
Play family(const Circumstances& circumstances);
// Starts a child and an activity that it does not need, and calls both off.
Play called_off(const Circumstances& circumstances);
// Takes digits from a queue, an execution for each, with key-values, status, session and tag where there are such.
Play tally(const Circumstances& circumstances);

// All programs, and activities that note in `steps` what they did.
engine::Registry programs(std::vector<std::string>& steps);

}  // namespace ackproof::scenarios
