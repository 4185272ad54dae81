// What workflows do under load. Each is a program of the engine whose result can be computed without it, so that
// what comes back can be compared.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/registry.h"
#include "harness/stress/executions.h"
#include "reports/stress.h"

namespace ackproof::stress {

// What a workflow has to come to.
struct Expected {
  std::string suffix;  // Of a child: what its instance's name adds to its parent's.
  engine::Value result;
  std::vector<std::string> activities;  // The names of all that it asks for, in order.
  std::vector<Expected> children;
  std::uint64_t executions = 1;
};

// What a client sends to a workflow.
struct Sent {
  enum class Kind : std::uint8_t { event, message, cancellation };
  Kind kind = Kind::event;
  std::string name;    // Of the event or of the queue; the reason of a cancellation.
  engine::Value data;  // Not of a cancellation.
};

struct Load {
  std::string_view name;
  std::string_view summary;  // One line.
  engine::Value (*input)(std::uint64_t key, const StressSettings& settings);
  Expected (*expected)(std::uint64_t key, const StressSettings& settings);
  std::vector<Sent> (*sent)(std::uint64_t key) = nullptr;  // Once it is started, in this order.
};

// In the order in which a mixed load takes them in turn.
std::span<const Load> loads();

// The load of this name; for "mixed" all of them, for an unknown one none.
std::vector<const Load*> loads_named(std::string_view name);

// What the workflow of this number is about: a function of the seed.
std::uint64_t key_of(std::uint64_t seed, std::uint64_t number);

// The programs and activities of all loads. `executions` outlives the registry.
engine::Registry registry_of(const StressSettings& settings, Executions& executions);

}  // namespace ackproof::stress
