// One clause of the contract, as a value. All of them: `contract/requirements.h`.
#pragma once

#include <cstdint>
#include <string_view>

#include "contract/capability.h"

namespace ackproof {

// How binding a clause is, as in RFC 2119.
enum class Force : std::uint8_t { must, should };

// How hard a provider was tried. A level includes the ones below it.
enum class Level : std::uint8_t {
  functional = 1,  // Clause by clause, with clean reopening.
  concurrent = 2,  // Recorded concurrent histories are linearizable.
  durable = 3,     // Killed processes, killed servers, lost power.
  resilient = 4,   // Network and clock faults, hours of load.
};

struct Requirement {
  std::string_view id;    // "LOCK_2": area, underscore, number.
  std::string_view text;  // The clause.
  std::string_view why;   // What happens to an engine, and to its user, when it does not hold.
  std::string_view mend;  // How providers usually break it, and how that is mended.
  Capability needs = Capability::queues;  // It binds those who declare this.
  Force force = Force::must;
  Level from = Level::functional;  // The lowest level that can try it.
  // Why no validation can refute it; empty for all that one can.
  std::string_view untestable{};

  // "LOCK" of "LOCK_2".
  constexpr std::string_view area() const { return id.substr(0, id.find('_')); }
};

std::string_view name(Force force);
std::string_view name(Level level);

}  // namespace ackproof
