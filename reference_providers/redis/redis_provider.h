// The reference provider on Redis: one store is the keys of one hash tag, on one server or on one
// node of a cluster; several handles, threads and processes.
//
// Used by the command line under the name "redis", by the benchmarks, and by whoever wants to see a
// complete provider on a key-value store with scripts. How it is made:
//
// - Every verb is one Lua script and one round trip. Redis runs a script alone, but does not take
//   back what a failed one did: so each looks at everything, the token first, before it writes
//   anything. The scripts are in lua/, and lua/store.lua says which keys there are.
// - Deadlines are on the server's clock, read within the script; or on a clock that is handed in.
// - What cannot be delivered now is out of the way of what can: a fetch looks at the heads of lines,
//   whatever the number of messages that are hidden, held, locked or for others.
// - A long poll is woken by what the scripts publish, and by the next deadline. It holds nothing.
// - A store may only be on a server that never throws keys away: `maxmemory-policy noeviction`.
//
// What a server keeps is its own choice. With `appendfsync always` what returned survives a power
// loss; with any other append-only file the end of the server, not that of the machine; without one
// nothing is promised (DUR_1). Replication is asynchronous, so whatever the settings a failover may
// lose acknowledged turns. While a cluster moves the store's slot, calls are `busy`.
#pragma once

#include <memory>
#include <string>

#include "contract/factory.h"

namespace ackproof::redis {

// Opens the store `prefix` on a server, and creates it when it does not exist. A null `clock` is the
// server's. The address is redis://[[user]:password@]host[:port][/db] or unix:///path/to.sock?db=n;
// the option noeviction=vouched says what a user who may not use CONFIG cannot find out.
// invalid      the address or the prefix is not understood, or the password is wrong.
// unsupported  the server may throw keys away; or the store's format is newer than this program.
// busy         there is no server, or it is not ready.
Result<std::unique_ptr<Provider>> open(const std::string& uri, const std::string& prefix,
                                       std::shared_ptr<Clock> clock);

// Removes every key of a store, and no other. No handle may be open.
Result<void> remove(const std::string& uri, const std::string& prefix);

// The store of a scope is the prefix that is its name, on the server that is its uri. Offers all
// three hooks.
ProviderFactory factory();

}  // namespace ackproof::redis
