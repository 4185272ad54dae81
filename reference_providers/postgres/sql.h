// All the SQL of the PostgreSQL provider.
//
// A verb that changes something is a function in the store's schema: one round trip, one transaction.
// A verb that only reads is one statement: one snapshot. All of it is data, which a test can spoil by
// another text.
//
// The idea in the tables: an item that cannot be delivered now is out of the way of those that can.
//
// instance  One row per instance that exists (`created_at` is set) or has messages. It is in at
//           most one of two indexes. `ready_place` is its place in the line of ready instances.
//           `away_until` is when its lock ends (`token` is set) or when its first message that can
//           wake it shows. In neither it is idle, or all it has is held (TURN_5). `pin` is that of
//           its current execution, '{}' when there is none: the line is walked pin by pin, so that
//           a version filter costs nothing for those it refuses.
// message   `seq` is the queue place. `hidden_until` is 0 once a message is visible. The batch of a
//           locked instance is its visible messages with seq <= `batch_end`: those that come during
//           the lock have a higher seq, and hidden ones show only at a fetch.
// activity  `seq` is the queue place. `away_until` is 0 while it is eligible, else when its lock
//           (`token` is set) or its delay ends. `lane` is its tag, told apart from none, so that a
//           tag filter looks at the first of each lane. `owner` is who fetched it last, if that was
//           with a session claim.
// session   Who owns a session until when. A lapsed row stays until cleanup or the next claim.
// value     The key-values of an instance: what ended executions left, and what the current one
//           changed since (`is_pending`; value NULL: cleared).
//
// One sequence gives all numbers and places. A token names the row that it opens, and holds the
// random part that the row has to match.
//
// Locks. Whatever writes first goes through the gate, which is open to all but deletion and whoever
// has to be alone. Then, each in sorted order: the keys of activities that are put or cancelled,
// rows of instances, of activities, of sessions. So nobody waits in a circle. The row of an
// instance guards everything that is its own: history, messages, key-values. Whoever puts a message
// holds the target's row, so that seqs are given in the order of commits, and no message comes to
// an instance that is just being put to rest.
//
// Each statement of a volatile function sees what was committed before it; so what has to be true at
// one moment is one statement.
//
// Time. `given` is the injected clock's time; NULL: the server's clock is read, after the last lock
// (TIME_3). Times are milliseconds since the epoch; 0 and whatever lies before it is "at once".
// Enumerations are stored by their number in the contract, where new ones are added at the end
// only. A `body` is a payload as `body.h` encodes it.
#pragma once

#include <map>
#include <memory>
#include <string>

#include "contract/factory.h"

namespace ackproof::postgres {

// The schema version that the script makes.
inline constexpr int kSchemaVersion = 1;

struct Sql {
  std::string script;                             // Makes a store in a schema that is there.
  std::map<std::string, std::string> statements;  // By name. What is not among them is a function.
};

// The SQL that works.
const Sql& good_sql();

// The provider with other SQL, which has to define the same functions and statements.
ProviderFactory factory(const Sql& sql);

namespace sql {

// Parts of the script, in the order in which they are run.
extern const char kTables[];
extern const char kCommon[];
extern const char kMessages[];
extern const char kTurns[];
extern const char kAck[];
extern const char kActivities[];
extern const char kSessions[];
extern const char kValues[];
extern const char kRemoval[];

extern const std::map<std::string, std::string> kStatements;

}  // namespace sql

}  // namespace ackproof::postgres
