// What the verbs of the contract do within their transaction.
//
// `provider.cc` checks the arguments, opens the transaction, reads the clock, calls one of these,
// and commits. They throw; whatever they throw undoes the transaction.
#pragma once

#include "contract/capability.h"
#include "contract/types.h"
#include "reference_providers/sqlite/connection.h"

namespace ackproof::sqlite {

// What this provider declares.
Capabilities capabilities();

// --- messages.cc

// Puts a message at the end of its target's queue, visible at the later of now + `delay` and its
// own visible time (TURN_12).
void put_message(Connection& db, const Message& message, Time now, Duration delay = Duration(0));

// How long an abandoned item is hidden; nothing: not at all.
std::optional<Time> hidden_until(const Abandon& how, Time now);

// The message in the first eight columns of a row.
Message read_message(const Query& row, const std::string& target);

// --- turns.cc

std::optional<Turn> fetch_turn(Connection& db, const FetchTurn& options, Time now);
void abandon_turn(Connection& db, const LockToken& token, const Abandon& how, Time now);
void renew_turn(Connection& db, const LockToken& token, Duration extend_for, Time now);

// What a live token opened. `lock_lost` for any other.
struct OpenTurn {
  std::int64_t instance = 0;  // The row's number.
  bool exists = false;        // Whether the instance does.
  std::uint64_t execution = 0;
  std::optional<std::string> parent;
  std::int64_t batch_end = 0;
};
OpenTurn open_turn(Connection& db, const LockToken& token, Time now);

// Unlocks the instance, and puts it where its messages want it: in line, to sleep, or nowhere.
void release(Connection& db, std::int64_t instance, bool exists);

// --- ack.cc

void ack_turn(Connection& db, const LockToken& token, const TurnCommit& commit, Time now);

// --- activities.cc

void put_activity(Connection& db, const Activity& activity);
std::optional<LockedActivity> fetch_activity(Connection& db, const FetchActivity& options,
                                             Time now);
void ack_activity(Connection& db, const LockToken& token, const std::optional<Message>& completion,
                  Time now);
void abandon_activity(Connection& db, const LockToken& token, const Abandon& how, Time now);
void renew_activity(Connection& db, const LockToken& token, Duration extend_for, Time now);
void cancel_activity(Connection& db, const ActivityKey& key);

// --- read.cc

// Events by id, or none and the reason: never a part of them (HIST_2).
struct History {
  std::vector<Event> events;
  std::optional<std::string> error;
};
History read_events(Query& rows);

std::vector<Event> read_history(Connection& db, const std::string& instance,
                                std::optional<std::uint64_t> execution);
std::optional<InstanceInfo> read_instance(Connection& db, const std::string& instance);

}  // namespace ackproof::sqlite
