// What a provider says about itself: which facets it has, how much it takes, whose clock it obeys.
//
// `Provider::describe()` returns a `Description`; the suite reads it once, before anything runs,
// and decides by it which clauses are asked. A declared capability is a promise (CAP_1), a declared
// limit is tried (CAP_3), and what is not declared has to answer `unsupported` and change nothing
// (CAP_2).
#pragma once

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>

#include "contract/clock.h"

namespace ackproof {

// One facet of the contract that a provider has or has not. `queues` stands for the two queues and
// history, which nearly everybody has; `none` marks a clause that binds everybody.
enum class Capability : std::uint8_t {
  none,
  queues,
  sessions,
  tags,
  version_filter,
  custom_status,
  key_value,
  management,
  deletion,
  pruning,
  long_polling,
  batch,
  event_store,
  context_store,
};

// Whose clock the store compares deadlines with. A provider may offer several.
enum class ClockSource : std::uint8_t {
  injected,  // The clock of the Scope: the suite runs in virtual time, exact to the millisecond.
  local,     // The clock of the machine that the provider runs on.
  server,    // The clock of the store's server.
};

// What outlives what. The order is meant: a larger one promises all of the smaller ones.
enum class Durability : std::uint8_t {
  is_volatile,    // Nothing outlives the last open handle.
  process_crash,  // What returned success survives a killed process or store server.
  power_loss,     // It survives a power failure too: un-synced writes may be gone.
};

// The spelling of a value in reports, on the command line and in JSON.
std::string_view name(Capability capability);
std::string_view name(ClockSource source);
std::string_view name(Durability durability);

// A small set of enumerators, as one word.
template <class Enum>
class EnumSet {
 public:
  constexpr EnumSet() = default;
  constexpr EnumSet(std::initializer_list<Enum> members) {
    for (const Enum member : members) bits_ |= bit(member);
  }
  constexpr bool has(Enum member) const { return (bits_ & bit(member)) != 0; }
  constexpr void insert(Enum member) { bits_ |= bit(member); }
  constexpr void erase(Enum member) { bits_ &= ~bit(member); }
  constexpr bool empty() const { return bits_ == 0; }
  constexpr bool operator==(const EnumSet&) const = default;

 private:
  static constexpr std::uint32_t bit(Enum member) { return 1U << static_cast<unsigned>(member); }
  std::uint32_t bits_ = 0;
};

// The largest value that is accepted; one beyond it is `invalid`, never truncated (CAP_3). The
// defaults are the floors of TEXT_2, so a provider that says nothing promises the least that is
// allowed.
struct Limits {
  // One payload of a message, an activity or an event; a snapshot, an output or a global.
  std::uint64_t payload_bytes = 1U << 20;
  std::uint64_t id_bytes = 1024;          // An id, a name, a tag or a session.
  std::uint64_t history_events = 10'000;  // Events of one execution.
  // Items of one list of a TurnCommit; events of one append, attributes of one of them.
  std::uint64_t commit_items = 1'000;
  std::uint64_t batch_messages =
      1'000;                       // Messages handed out with one turn; the rest follows (TURN_2).
  std::uint64_t key_bytes = 1024;  // A key of the key-value facet, of a global, of an attribute.
  std::uint64_t value_bytes = 16'384;  // A value of the key-value facet, or of an attribute.
  Duration smallest_lock{1'000};  // The shortest lock timeout that is honoured to the millisecond.
  bool operator==(const Limits&) const = default;
};

struct Capabilities {
  EnumSet<Capability> facets;
  Limits limits;
  EnumSet<ClockSource> clocks{ClockSource::local};
  Durability durability = Durability::is_volatile;
  bool several_processes = false;      // May several processes open one store at a time?
  Duration call_limit{10'000};         // Every call ends within its poll timeout plus this (ERR_8).
  Duration poll_slack{100};            // How late a long poll may notice (POLL_1).
  bool eager_session_cleanup = false;  // Lapsed sessions go by themselves (SESS_4).
  Duration batch_retention{0};         // How long a batch id is remembered (BATCH_3).
  bool operator==(const Capabilities&) const = default;
};

// Who answers, and what it promises (CAP_4).
struct Description {
  std::string provider;       // "sqlite"
  std::string version;        // The provider's own: "1.0.0".
  std::string store_version;  // The store behind it: "SQLite 3.40.1".
  Capabilities capabilities;
  bool operator==(const Description&) const = default;
};

}  // namespace ackproof
