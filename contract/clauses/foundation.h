// Clauses that every part of a provider has to keep: capabilities, errors, values, durability,
// concurrency, time.
#pragma once

#include "contract/requirement.h"

namespace ackproof::clauses {

inline constexpr Requirement kFoundation[] = {
    {.id = "CAP_1",
     .text = "Every declared capability's clauses hold.",
     .why = "An engine reads the declaration once and then relies on it: a facet that is declared "
            "and half there fails in production, in the one workflow that needed it.",
     .mend = "Usually a flag that was set when the first method of a facet worked. Declare a "
             "facet only when every clause of its area passes; until then leave it out and answer "
             "`unsupported`.",
     .needs = Capability::none},
    {.id = "CAP_2",
     .text = "An operation of a facet that is not declared answers `unsupported` and changes "
             "nothing.",
     .why = "An engine that tries an optional operation and gets success, an empty result or a "
            "crash cannot tell \"not there\" from \"nothing found\", and builds a workflow on a "
            "feature that does not exist.",
     .mend = "Often a default method body that returns an empty value or success, or one that "
             "throws a foreign type. Let the base class answer `unsupported` for every facet and "
             "override only what is built.",
     .needs = Capability::none},
    {.id = "CAP_3",
     .text = "A value within a declared limit is accepted and comes back equal; one beyond it is "
             "`invalid` and is never truncated. Limits are tried up to 64 MiB; what lies above is "
             "reported as not tried.",
     .why = "A payload that is cut without a word replays as other data: the workflow goes on "
            "with half an order, and nobody is told. One refused below the limit stops an "
            "instance for good.",
     .mend = "Column widths, page sizes and client buffers cut or refuse on their own (a "
             "VARCHAR(255) key, a 512 MB string, a packet limit). Check the length in the "
             "provider before anything is written, and declare the limit that the store really "
             "has.",
     .needs = Capability::none},
    {.id = "CAP_4",
     .text = "`describe()` names the provider, its version and the version of the store.",
     .why = "A certificate is worth something only for the build that earned it; without names "
            "nobody can tell whether the library in production is the one that was certified.",
     .mend = "Usually a constant that is forgotten at release, or the version of the client "
             "library in place of the server's. Take the provider's version from the build, and "
             "ask the store for its own when opening.",
     .needs = Capability::none},
    {.id = "CAP_5",
     .text = "An option or a commit field of an undeclared facet (session, tag, filter, pin, "
             "status change or key-value change) is `unsupported` when it is present. A poll "
             "timeout is ignored.",
     .why = "A session, a tag or a status change that is dropped in silence runs work on the "
            "wrong worker or loses what the workflow said about itself, while every call reports "
            "success.",
     .mend = "Providers tend to ignore fields that they do not know. Look for each optional field "
             "before the transaction begins and refuse the whole call; only the poll timeout may "
             "be ignored.",
     .needs = Capability::none},
    {.id = "CAP_6",
     .text = "A clause that needs a factory hook which is absent is not tried: it is named on the "
             "certificate, and it is no obstacle below level 3.",
     .why = "Whoever chooses a provider must be able to see what nobody looked at; a gap that is "
            "counted as a pass is found by the first user whose data is damaged.",
     .mend = "Corruption, kill and power-loss hooks are often left out since they need access "
             "behind the interface. Write the hook as a few lines against the raw store (one "
             "UPDATE of a payload, one signal), in test code only.",
     .needs = Capability::none,
     .untestable =
         "It binds the certificate and not the provider: what was not tried is named there."},
    {.id = "CAP_7",
     .text = "Reads go to the primary.",
     .why = "An engine that reads a lagging copy after its own ack sees a shorter history, and "
            "decides the same step a second time.",
     .mend = "Connection strings that prefer replicas, caches per process and reader pools cause "
             "it. Send every read to the node that takes the writes, or wait for the position of "
             "the last write.",
     .needs = Capability::none},

    {.id = "ERR_1",
     .text = "Every failure is one error type with a kind, an operation and a message; nothing "
             "else leaves a provider.",
     .why = "An engine that expects one type is brought down by a driver's exception, or takes it "
            "for a bug and stops the worker with all instances on it.",
     .mend = "Driver exceptions, bad_alloc and JSON errors slip through where nobody wrapped the "
             "call, and labels are copied from another method. Put one translating boundary "
             "around every public operation and let it set the operation's own name.",
     .needs = Capability::none},
    {.id = "ERR_2",
     .text = "Permanent kinds are `invalid`, `not_found`, `conflict`, `lock_lost`, `corrupt`, "
             "`unsupported` and `internal`. The retryable kind is `busy`: nothing happened. With "
             "`unknown_outcome` the store may or may not have committed: a call with a token may "
             "then be repeated (`lock_lost` means that it was applied, or that the lock was lost: "
             "read to find out), an enqueue may not.",
     .why = "The kind decides whether the engine repeats, gives up or reads first. A wrong one "
            "turns a passing disturbance into a failed workflow, or an uncertain enqueue into two "
            "payments.",
     .mend = "Providers map all driver errors to one kind, or judge by message text. Map the "
             "store's error codes in one table (SQLSTATE, result code, errno), and use "
             "`unknown_outcome` only for a commit whose answer was lost.",
     .needs = Capability::none},
    {.id = "ERR_3",
     .text = "An operation that fails changes nothing observable. With `unknown_outcome` it did "
             "everything or nothing.",
     .why = "After an error the engine repeats or corrects the call; what the failed call left "
            "behind is then there twice, or stands for a decision that was never taken.",
     .mend = "Typical: statements that commit one by one, validation after the first write, a "
             "script without rollback, a map changed before the check. Validate first, then write "
             "in one transaction that every error path rolls back.",
     .needs = Capability::none},
    {.id = "ERR_4",
     .text = "A fetch that fails (other than by `unknown_outcome`) or returns nothing holds no "
             "lock and has counted no attempt, also on items that it skipped. After "
             "`unknown_outcome` a lock may be held and counted; it ends at its deadline as usual.",
     .why = "A lock without a holder stops the instance for a full lock timeout after each such "
            "fetch, and attempts that nobody made have healthy work declared poison.",
     .mend = "Usually the lock is committed before the payload is read or decoded, or counters of "
             "skipped candidates are raised. Take the lock, count and read in one transaction, "
             "and roll it back on any error or empty result.",
     .needs = Capability::none},
    {.id = "ERR_5",
     .text = "These are `invalid`, with nothing written: ids that are empty, overlong or not "
             "valid UTF-8; event id 0; execution id 0; ids above 2^63-1; a lock timeout or an "
             "extension of 0 or less; a negative delay, poll timeout or idle timeout; and (on the "
             "wire) an item on the wrong queue.",
     .why = "Such a value is a bug in the engine. When it is stored, it wraps to a negative "
            "number, collides with another key or makes a timer due at once, and the damage shows "
            "far from its cause.",
     .mend = "Casts to a signed column and lenient text columns let these through, or the check "
             "runs after the first insert. Check all arguments of a call before the transaction "
             "begins, including every item of a commit.",
     .needs = Capability::none},
    {.id = "ERR_6",
     .text = "Deadlocks, serialisation failures, busy stores, lost connections and a restarting "
             "server are `busy`, or `unknown_outcome` when a commit was in flight; they are never "
             "a permanent kind.",
     .why = "A permanent error ends the instance: one deadlock or one restarted server then fails "
            "workflows that a repeated call would have carried on.",
     .mend = "SQLSTATE 40001, 40P01, 57P01 and 08xxx, SQLITE_BUSY and stale cached plans are "
             "often left to the permanent default. List them as retryable, and treat a connection "
             "lost after COMMIT was sent as `unknown_outcome`.",
     .needs = Capability::none,
     .from = Level::resilient},
    {.id = "ERR_7",
     .text = "Success means done. Whatever a provider retries inside, one call takes effect at "
             "most once, and its reported outcome is true of all that it did.",
     .why = "A call that says success without its effects leaves the workflow waiting for ever; "
            "one that takes effect twice charges a customer twice.",
     .mend = "Procedures that swallow errors, asynchronous flushes, and inner retries that resume "
             "at the failing statement or repeat a commit whose answer was lost. Retry only from "
             "BEGIN and only after a certain rollback; otherwise report `unknown_outcome`.",
     .needs = Capability::none,
     .from = Level::resilient},
    {.id = "ERR_8",
     .text = "Every call ends within its poll timeout plus the declared call limit; what would "
             "wait longer for another caller ends as `busy`.",
     .why = "A call that hangs takes a dispatcher thread with it: locks run out, timers fire "
            "late, and a worker cannot even shut down.",
     .mend = "Waits for row locks, for advisory locks or for a pooled connection have no limit by "
             "default. Set lock_timeout, statement_timeout, busy_timeout and socket timeouts "
             "below the call limit, and translate their expiry to `busy`.",
     .needs = Capability::none,
     .from = Level::concurrent},
    {.id = "ERR_9",
     .text = "With a healthy store and one caller nothing is `busy`; under load a call that is "
             "repeated with back-off gets through within the call limit.",
     .why = "An engine that is told `busy` without cause backs off and gets slow; one that never "
            "gets through under load lets its locks expire and does all work again.",
     .mend = "Transactions that begin as readers and turn into writers fail at once (SQLite "
             "deferred mode), and optimistic loops starve. Begin as a writer (BEGIN IMMEDIATE), "
             "lock rows in one fixed order, and use SKIP LOCKED for candidates.",
     .needs = Capability::none},
    {.id = "ERR_10",
     .text = "Disk full or memory full is `busy` (nothing happened); a failed write or sync that "
             "may count is `unknown_outcome`.",
     .why = "A full disk is mended by an operator within the hour. Reported as permanent it fails "
            "every running workflow, and reported as success it loses them.",
     .mend = "Short writes and the result of fsync are ignored, or a second fsync is trusted "
             "after the first one failed. Check every result; after a failed sync answer "
             "`unknown_outcome` and reopen the file before going on.",
     .needs = Capability::none,
     .from = Level::durable},
    {.id = "ERR_11",
     .text = "Names, keys, tags, session ids and owner ids follow the id rule (tags and keys may "
             "be empty); U+0000 is `invalid` in all of these and legal in payloads. Activity id 0 "
             "is legal.",
     .why = "A NUL byte cuts a key short in many stores, so two instances share data; one that is "
            "refused in a payload makes a legal result of an activity impossible to store.",
     .mend = "C string functions and binary JSON types stop at U+0000. Check ids with their "
             "length, bind payloads as blobs with an explicit length, and never use activity id 0 "
             "as \"none\".",
     .needs = Capability::none},
    {.id = "ERR_12",
     .text = "A start message or an activity without a name, a message whose kind or status is "
             "not one of the contract's, and an item handed in with `error` set are `invalid`, "
             "nothing written.",
     .why = "Work without a name or of an unknown kind cannot be dispatched by any worker: "
            "accepted, it comes back until it is poison, or vanishes in an ack that reported "
            "success.",
     .mend = "Typical is a switch whose default branch skips or stores an unknown kind, and a "
             "name that is stored as empty text. Check name, kind, status and `error` of every "
             "item before the first write, in the enqueues as in a commit.",
     .needs = Capability::none},

    {.id = "TEXT_1",
     .text = "Any text survives in ids, names, keys, tags and sessions: quotes, percent signs, "
             "newlines, four-byte characters, and text that looks like JSON, SQL or a glob; any "
             "bytes survive in payloads. Ids that differ only in case, spaces or normal form "
             "differ; so do prefixes (`i1`, `i10`).",
     .why = "Two customers whose ids differ by case share one history, a percent sign in an id "
            "deletes the neighbours, and a quote in a tag opens the database to anybody who can "
            "name a workflow.",
     .mend = "Causes are default collations, CHAR padding, LIKE or SCAN with an id as the "
             "pattern, SQL glued together from strings, and ids used as file names. Bind every "
             "value, compare with a binary collation, and encode ids before they become paths or "
             "compound keys.",
     .needs = Capability::none},
    {.id = "TEXT_2",
     .text = "Every provider, at every level, takes at least: a payload of 1 MiB, ids of 1,024 "
             "bytes, a history of 10,000 events, a commit of 1,000 items and a key-value value of "
             "16 KiB (not all at once); its smallest lock timeout is at most 1 s.",
     .why = "An engine has to know what it can always store. Below these floors ordinary "
            "workflows, such as a fan-out over 1,000 items or a long loop, stop in the middle "
            "with no way on.",
     .mend = "Index key sizes, limits on bound parameters, page limits of a query and lock times "
             "in whole seconds fall short. Bind lists as arrays or in chunks inside one "
             "transaction, key long ids by a hash with the full id compared, and keep "
             "milliseconds.",
     .needs = Capability::none},

    {.id = "DUR_1",
     .text = "What returned success survives, as far as declared: a killed process, a killed "
             "store server, a power loss (un-synced writes gone).",
     .why = "An engine acts on success: it charges the card and goes on. When the ack is gone "
            "after a crash, the instance repeats the step, or a started child never existed.",
     .mend = "Writes sit in memory queues or in the page cache, or the sync setting is relaxed "
             "(synchronous_commit off, SQLite NORMAL in WAL mode, appendfsync everysec). Sync the "
             "log before answering, also the directory after a rename, or declare less.",
     .needs = Capability::none},
    {.id = "DUR_2",
     .text = "What had not returned success before a crash of any kind is afterwards wholly there "
             "or wholly absent.",
     .why = "Half an ack is worse than none: history says that an activity was scheduled and no "
            "queue holds it, so the workflow waits for ever.",
     .mend = "Several files or several transactions for one operation, without a journal. Use one "
             "transaction, or write an intent record with a checksum, sync it, apply it, and redo "
             "or drop it as a whole when opening.",
     .needs = Capability::none,
     .from = Level::durable},
    {.id = "DUR_3",
     .text = "After reopening, every clause holds.",
     .why = "A restart is routine. Queue order, locks or counters that lived in memory are then "
            "gone, and work is lost, doubled or never declared poison.",
     .mend = "In-memory indexes, sequences restarting at 0, monotonic clock values on disk, and "
             "expiry that only a background sweeper performs. Derive everything from stored rows, "
             "and compare deadlines when fetching.",
     .needs = Capability::none},
    {.id = "DUR_4",
     .text = "Opening is safe while others open, also on an empty store; a newer schema is "
             "refused, an older one is migrated, without loss.",
     .why = "A rolling update starts many workers at once, some new, some old. Without this one "
            "of them crashes, or changes tables under the others and takes running workflows with "
            "it.",
     .mend = "Concurrent CREATE TABLE IF NOT EXISTS with duplicate keys, migrations that were "
             "edited after release, no version check. Keep a schema version, take one exclusive "
             "lock (advisory lock or BEGIN EXCLUSIVE), migrate in one transaction, and refuse "
             "what is newer.",
     .needs = Capability::none},
    {.id = "DUR_5",
     .text = "Locks, tokens and attempt counts are stored like everything else: after reopening "
             "(unless the provider is volatile) a token is good until its deadline, then dead. "
             "Clean close and reopen belong to level 1.",
     .why = "Locks that vanish at a restart let a second worker in beside the first one; counts "
            "that vanish let a crashing message return for ever, since every crash sets them back "
            "to 1.",
     .mend = "Lock tables in memory, tokens bound to a connection, session-level advisory locks. "
             "Store token, deadline and count in the item's row, the deadline as wall-clock "
             "milliseconds.",
     .needs = Capability::none},

    {.id = "CONC_1",
     .text = "Any concurrent history of operations, over several handles and processes, is "
             "linearizable against the sequential model of the contract, with the two freedoms of "
             "CONC_2 and CONC_3.",
     .why = "Engines run many workers on one store. Any interleaving that has no sequential "
            "explanation shows as a lost message, a doubled activity or a history that two "
            "workers extended differently.",
     .mend = "SELECT followed by UPDATE without re-check, caches per process, reads outside the "
             "transaction, tokens checked without a row lock. Lock the row first (SELECT FOR "
             "UPDATE or a conditional UPDATE), then check and write in the same transaction.",
     .needs = Capability::none,
     .from = Level::concurrent},
    {.id = "CONC_2",
     .text = "Order is promised between enqueues that do not overlap in time; overlapping ones "
             "may come in either order, and this may differ between deliveries. The order of "
             "WORK_1 is promised among fetches that do not overlap another fetch. A fetch that "
             "overlaps no other call never returns nothing while something is eligible.",
     .why = "An engine that enqueues A, sees success and then enqueues B relies on A before B: a "
            "cancel request that overtakes its start, or an event that overtakes its predecessor, "
            "changes what a workflow does.",
     .mend = "Ordering by wall-clock time, which ties or steps back between hosts, and readers "
             "that skip past sequence numbers not yet committed. Order by a sequence of the "
             "store, query what is there rather than beyond a remembered position, and retry a "
             "candidate that was lost.",
     .needs = Capability::none,
     .from = Level::concurrent},
    {.id = "CONC_3",
     .text = "Bulk deletion and bulk pruning are atomic per tree or per instance. Every list, "
             "counter and tree is one snapshot.",
     .why = "A tree that is half deleted leaves children without a parent, and a counter put "
            "together from two moments shows work that never existed, which sends an operator "
            "after ghosts.",
     .mend = "One transaction per row, selection outside the transaction that deletes, several "
             "autocommitted queries for one report. Select and delete each tree in one "
             "transaction, and read a report in one statement or one snapshot transaction.",
     .needs = Capability::none,
     .from = Level::concurrent},
    {.id = "CONC_4",
     .text = "Calls that are made one after the other, in any order and over any handles, are "
             "answered as the sequential model of the contract answers them.",
     .why = "Every other clause is asked by itself. What goes wrong only where two features meet, "
            "such as a renewed lock and a late message, or a pruned execution and a late ack, "
            "waits in the provider for the first user who combines them.",
     .mend = "Read the shrunk sequence that the finding prints: its last call is answered wrongly, "
             "and each call before it is needed for that. The usual cause is a statement that "
             "touches more rows, or fewer, than the token or the batch it acts for.",
     .needs = Capability::queues},

    {.id = "TIME_1",
     .text = "Deadlines, delays and visible times hold to the millisecond on the store's clock; "
             "extreme values (delay 0, a lock timeout from the declared smallest to 10 years, the "
             "far past, the far future) neither wrap nor fail.",
     .why = "A timer of next year that wraps fires now; a lock of 500 ms that rounds to 0 lets "
            "two workers in at once, and both send the mail.",
     .mend = "Whole-second columns, integer division, addition that overflows, unsigned values "
             "cast to signed ones. Store 64-bit milliseconds, saturate additions, and leave no "
             "unit conversion between the call and the comparison.",
     .needs = Capability::none},
    {.id = "TIME_2",
     .text = "On a server's clock a caller's clock that is wrong by hours changes nothing that "
             "the store compares; callers derive visible times from the turn's `now`.",
     .why = "One host with a wrong clock otherwise steals live locks from all others, or hides "
            "its messages for hours.",
     .mend = "Host time mixed with server time in one query. Pass durations to the store, compute "
             "every deadline there from the server's clock (clock_timestamp, TIME), and hand out "
             "that clock as the turn's `now`.",
     .needs = Capability::none,
     .from = Level::resilient},
    {.id = "TIME_3",
     .text = "An operation reads the clock after its last wait for others; nobody takes its lock "
             "over between that reading and its commit.",
     .why = "A deadline computed before a wait hands out a token that is already expired: every "
            "ack fails, the attempt count climbs, and a healthy instance is declared poison.",
     .mend = "The time is taken on entry or is the transaction's start time (NOW() in PostgreSQL) "
             "before an advisory or row lock is waited for. Take the row lock first, then read "
             "clock_timestamp(), and hold the row lock until commit.",
     .needs = Capability::none,
     .from = Level::concurrent},
};

}  // namespace ackproof::clauses
