// The reference provider on plain files: embedded, without any database.
//
// Used by the command line under the name "filesystem", and by whoever wants to see what makes a
// store durable when nobody else does it. How it is made:
//
// - What a verb means is the memory provider's store, which is the index here. A call does its work
//   on it, and what that came to, its effect, is appended to a journal and synced before the call
//   returns (`journal.h` has the format). Calls of several threads that come together are one write
//   and one sync.
// - Payloads stay in the journal; the index knows where. So damage to a payload is noticed by
//   everybody who reads it, and concerns nothing else.
// - Handles, also of other processes, take turns by a lock on an open file, read what the others
//   have appended, and read the clock after that (TIME_3).
// - A journal that has grown is replaced by a new one that begins with a snapshot: written aside,
//   synced, renamed, the folder synced.
// - The files are "journal", "lock" and, for a while, "journal.new"; no file is named after anything
//   that a caller gives.
// - A long poll looks again when anybody has changed the store, or when a lock, a delay or a session
//   ends. It naps in between, and holds nothing.
#pragma once

#include <filesystem>
#include <memory>

#include "contract/factory.h"

namespace ackproof::filesystem {

// Opens the store in `folder`, which is created when it does not exist; its parent must. A null
// `clock` is the machine's.
// invalid      the folder is that of something else.
// unsupported  a later version of this program wrote the journal.
// corrupt      the journal, or a part of it that was acknowledged, is damaged or gone.
// busy         other handles did not let it in, or there is no room.
// internal     it cannot be opened or written.
Result<std::unique_ptr<Provider>> open(const std::filesystem::path& folder,
                                       std::shared_ptr<Clock> clock);

// The store of a scope is "store" in its folder. Offers all three hooks.
ProviderFactory factory();

}  // namespace ackproof::filesystem
