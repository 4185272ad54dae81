// The reference provider on PostgreSQL: one schema of a database, many handles, threads, processes and
// machines.
//
// Used by the command line under the name "postgres", by the benchmarks, and by whoever wants to see a
// complete provider on a database server. How it is made:
//
// - A verb is a function in the store's schema: one round trip, one transaction. `sql.h` tells how the
//   tables are made and in which order locks are taken. Verbs of different instances run side by side.
// - The row of an instance, or of an activity, is the lock that a token is compared under, in the same
//   transaction as all that follows from it: of two acks with one token the second finds it gone.
// - A fetch skips what is in other hands (SKIP LOCKED); but if it finds nothing else, it waits for that,
//   because a lost race is not "nothing" (TURN_8).
// - Time is the server's, read after the last lock. With an injected clock the time is handed over
//   before anything waits: so a call is made again if the clock moved on during it, and at last it is
//   made alone in the store (TIME_3).
// - A long poll waits for a notification, or for when a lock, a delay or a session ends.
// - A connection that failed is dropped. What was sent through it may have been done, and so is
//   `unknown_outcome`, unless the server said that it was not.
// - Bulk deletion and bulk pruning are one transaction per tree or instance. If they cannot finish in
//   good time, they answer what they did, and a repetition does the rest.
#pragma once

#include <memory>
#include <string>

#include "contract/factory.h"

namespace ackproof::postgres {

// Opens the store in `schema` of the database that `uri` names, "postgresql://..." or "host=... ";
// makes it if there is none. A null `clock` is the server's.
// invalid      the address is malformed, or the schema is that of another program.
// unsupported  its schema has another version than this program knows.
// busy         the server cannot be reached.
// internal     the server refuses.
Result<std::unique_ptr<Provider>> open(const std::string& uri, const std::string& schema,
                                       std::shared_ptr<Clock> clock);

// The store of a scope is the schema of its name. Offers all three hooks.
ProviderFactory factory();

}  // namespace ackproof::postgres
