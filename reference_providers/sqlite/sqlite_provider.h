// The reference provider on SQLite: one database file, several handles, threads and processes.
//
// Used by the command line under the name "sqlite", by the benchmarks, and by whoever wants to see
// a complete provider on an embedded SQL store. How it is made:
//
// - Every verb that writes is one transaction under SQLite's single write lock, and reads the clock
//   after it got that lock (TIME_3). Every verb that reads is one statement: one snapshot.
// - The file is in WAL mode with synchronous=FULL, so what returned survives a power loss (DUR_1).
// - No fetch looks at what waits, is locked or is held: that stands in another index, or in another
//   part of it, than what is ready. Only what a fetch's own filters refuse it has to walk past.
//   `sql.h` has all the SQL, and says how the tables do that.
// - A long poll looks again when the file was changed, by whomever, or when a lock, a delay or a
//   session ends. It naps in between, and holds nothing.
// - Bulk deletion and bulk pruning take whole trees or instances, some per transaction. If they cannot
//   finish in good time, they answer what they did, and a repetition does the rest.
#pragma once

#include <filesystem>
#include <memory>

#include "contract/factory.h"

namespace ackproof::sqlite {

// Opens a store on `file`, which is created when it does not exist; its folder must. A null `clock`
// is the machine's.
// invalid      the file is a database of something else.
// unsupported  its schema is newer than this program.
// corrupt      it is no database, or a damaged one.
// internal     it cannot be opened or written.
Result<std::unique_ptr<Provider>> open(const std::filesystem::path& file,
                                       std::shared_ptr<Clock> clock);

// The store of a scope is "store.db" in its folder. Offers all three hooks.
ProviderFactory factory();

}  // namespace ackproof::sqlite
