// What the verbs change, as values.
//
// A verb of the store first decides: who is served, what is refused, when a lock ends. What it came
// to is one effect, and applying that is all that changes the data. An effect names what was decided
// and asks nothing again, so whoever keeps the effects can repeat them: another store to which the
// same ones are applied in the same order is the same. `restored` ones do not come from verbs: they
// describe a whole store, see `Store::dump`.
//
// Three things follow by themselves and are therefore in no effect: an item that is put takes the
// next place of its queue, an instance that gives a lock back goes to the end of the line, and a
// message is visible at the later of its enqueue and its own wish.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "contract/types.h"
#include "reference_providers/memory/queued.h"

namespace ackproof::memory {

// --- Instance queue

struct MessagePut {
  Message message;
  Time visible_at;
};

struct TurnTaken {
  std::string instance;
  std::vector<Sequence> batch;
  std::string token;
  Time taken_at;
  Time until;
};

// The commit is complete: what a new instance gets from its start message stands in the metadata.
struct TurnCommitted {
  std::string instance;
  TurnCommit commit;
  Time now;
};

struct TurnReturned {
  std::string instance;
  bool uncounts = false;             // Takes back the attempts that the fetch counted.
  std::optional<Time> hidden_until;  // Of the batch; absent: not hidden.
  Time now;
};

struct TurnRenewed {
  std::string instance;
  Time until;
};

// --- Activity queue. An item is named by its place.

struct ActivityPut {
  Activity activity;
};

struct ActivityTaken {
  struct Claim {
    std::string owner;
    Time until;
  };
  Sequence sequence = 0;
  std::string token;
  Time until;
  std::optional<Claim> claim;  // Of the item's session, if it has one.
  Time now;
};

struct ActivityFinished {
  Sequence sequence = 0;
  std::optional<Message> completion;
  Time now;
};

struct ActivityReturned {
  Sequence sequence = 0;
  bool uncounts = false;
  Time until;  // Hidden before.
};

struct ActivityRenewed {
  Sequence sequence = 0;
  Time until;
  Time now;
};

// --- Sessions

struct SessionsRenewed {
  std::vector<std::string> sessions;
  Time until;
};

struct SessionsRemoved {
  std::vector<std::string> sessions;
};

// --- Deletion and pruning

struct InstancesRemoved {
  std::set<std::string> instances;  // With all that is queued for them.
  std::set<std::string> sessions;   // Those that are left without an item.
};

struct ExecutionsRemoved {
  std::vector<std::pair<std::string, std::uint64_t>> executions;
};

// --- A whole store: first the counters, then the instances with their executions and events, then
// the queues.

struct CountersRestored {
  Sequence last_message = 0;
  std::uint64_t last_turn_number = 0;
  Sequence last_activity = 0;
};

struct InstanceRestored {
  std::string instance;
  std::string name;
  std::optional<std::string> version;
  std::optional<std::string> parent;
  std::uint64_t current = 0;
  Time created_at;
  Time updated_at;
  CustomStatus custom_status;
  std::map<std::string, KeyValue> live_values;
  std::map<std::string, KeyValue> merged_values;
};

struct ExecutionRestored {
  std::string instance;
  ExecutionInfo info;
};

struct EventRestored {
  std::string instance;
  std::uint64_t execution = 0;
  Event event;
};

struct MailboxRestored {
  std::string instance;
  std::string token;
  std::vector<Sequence> batch;
  Time taken_at;
  Time free_at;
  std::uint64_t turn_number = 0;
};

struct MessageRestored {
  Sequence sequence = 0;
  Message message;
  Time visible_at;
  std::uint64_t attempts = 0;
};

struct ActivityRestored {
  Sequence sequence = 0;
  Activity activity;
  std::uint64_t attempts = 0;
  std::string token;
  std::optional<std::string> owner;
  std::optional<Time> parked_until;  // Absent: it may be taken.
};

struct SessionRestored {
  std::string session;
  std::string owner;
  Time until;
  Time last_activity;
};

using Effect =
    std::variant<MessagePut, TurnTaken, TurnCommitted, TurnReturned, TurnRenewed, ActivityPut,
                 ActivityTaken, ActivityFinished, ActivityReturned, ActivityRenewed,
                 SessionsRenewed, SessionsRemoved, InstancesRemoved, ExecutionsRemoved,
                 CountersRestored, InstanceRestored, ExecutionRestored, EventRestored,
                 MailboxRestored, MessageRestored, ActivityRestored, SessionRestored>;

}  // namespace ackproof::memory
