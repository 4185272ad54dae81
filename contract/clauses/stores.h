// Clauses of the facets that are a profile each on its own: transactional batch, event store,
// context store.
#pragma once

#include "contract/requirement.h"

namespace ackproof::clauses {

inline constexpr Requirement kStores[] = {
    {.id = "BATCH_1",
     .text = "A batch is a list of operations: append history, enqueue on either queue, ack "
             "messages, release a lock, for any instances. It takes effect wholly or not at all. "
             "On failure the error names the operation that failed. Reading the queues back is "
             "part of the facet, so that the effect can be checked.",
     .why = "An engine uses a batch to move several instances in one step. Half a batch leaves a "
            "sender that believes it sent and a receiver that never hears of it, and without the "
            "name of the failing operation nobody can tell which one to correct.",
     .mend = "Usually operations are executed one by one with autocommit, or a script (Lua in "
             "Redis) writes before it has validated and is not rolled back by an error. Run all "
             "operations in one transaction, or validate all first and then write, and carry the "
             "operation's index in the error.",
     .needs = Capability::batch},
    {.id = "BATCH_2",
     .text = "Several operations of a batch on one target compose in the order given: each sees "
             "the effect of those before it.",
     .why = "If two appends to one history are both checked against the state before the batch, a "
            "legal batch fails, or its events end up in another order than the engine decided.",
     .mend = "Usually operations are grouped by kind or table for speed, or all are validated "
             "against the state before the batch. Apply them in order inside one transaction, or "
             "validate against a working copy that is changed as the list is walked.",
     .needs = Capability::batch},
    {.id = "BATCH_3",
     .text = "A batch that is repeated with the same id takes effect once, for as long as the "
             "declared retention, which is at least 24 hours. The same id with other content is "
             "`conflict`. A batch that failed does not use up its id.",
     .why = "After a lost reply the engine repeats the batch. Without this clause every message "
            "in it is sent twice; with an id used up by a failure the corrected batch is reported "
            "as done and never happens.",
     .mend = "Usually the id is kept in memory or as a key with a short time to live, is written "
             "in a transaction of its own before the work, or is compared without the content. "
             "Insert id and a digest of the content under a unique key in the transaction of the "
             "batch, compare the digest on a repeat, and remove ids only after the retention.",
     .needs = Capability::batch},
    {.id = "BATCH_4",
     .text = "Recovery after a crash either completes an unfinished batch or undoes it. Recovery "
             "may itself be interrupted at any point and then starts over with the same result.",
     .why = "A recovery that may not be interrupted turns a second crash, common when a machine "
            "restarts in a loop, into doubled messages or a store that does not open.",
     .mend = "Usually a journal is replayed without a record of what has been applied, or is "
             "removed before the result is synced. Give every journal entry a length, a checksum "
             "and an id, make each step of the replay idempotent, sync the result, and remove the "
             "journal last; or leave it all to the store's own transaction.",
     .needs = Capability::batch},
    {.id = "EVST_1",
     .text = "An append names the expected next event id (1 on an empty stream) and is `conflict` "
             "if that is an id (ERR_5) and not the next one. The ids of its events continue from "
             "there, else it is "
             "`invalid`, as is an append of no events. Of concurrent appenders that expect the "
             "same id exactly one wins. The ids of a stream have no gaps. Streams are apart from "
             "the histories of instances.",
     .why = "The expected id is the only thing that keeps two writers from deciding on the same "
            "past. If both succeed, or an id is missing, the state rebuilt from the stream is one "
            "that nobody decided.",
     .mend = "Usually the largest id is read and the event inserted in two steps, or ids come "
             "from a sequence, which leaves a gap after every rollback. Use a primary key over "
             "(stream, event id), insert the expected id after checking that its predecessor "
             "exists in the same transaction, and report the unique violation as `conflict`.",
     .needs = Capability::event_store},
    {.id = "EVST_2",
     .text = "Every field of an event that was appended comes back equal.",
     .why = "Events are facts that are read for years. A number that was rounded or a byte that "
            "was replaced changes every state that is rebuilt from them, and the original is "
            "gone.",
     .mend = "Usually payloads pass through a JSON column or a text encoding: numbers above 2^53, "
             "the byte 0, key order and invalid UTF-8 are changed. Store payloads as bytes (BLOB, "
             "bytea), ids as 64-bit integers and timestamps as integer milliseconds.",
     .needs = Capability::event_store},
    {.id = "EVST_3",
     .text = "A snapshot is bound to the id of an event that exists in its stream, else it is "
             "`not_found`; another one of the same event takes its place. The latest snapshot is "
             "the one with the highest event id. History can be read from a given event id on. "
             "Snapshots never change history.",
     .why = "A state is rebuilt from the latest snapshot and the events after it. A snapshot of "
            "an id that does not exist skips events still to come, and one taken as latest "
            "because it was written last rebuilds an old state.",
     .mend = "Usually the latest snapshot is chosen by time of writing or by text order of the "
             "id, the id is not checked, or old events are cut off when a snapshot is saved. "
             "Check the event in the same transaction, select with ORDER BY event id DESC over an "
             "integer column, and leave the events table alone.",
     .needs = Capability::event_store},
    {.id = "CTX_1",
     .text = "A put is write-once per (flow, node): a second put for the same pair is `conflict` "
             "and leaves the first value in place. Values can be got by flow and node, and the "
             "keys of a flow can be listed. Outputs are apart from globals and from instances.",
     .why = "The value is the recorded output of a node. If a late duplicate run overwrites it, "
            "nodes that read before and nodes that read after have seen two different outputs of "
            "one step.",
     .mend = "Usually `INSERT OR REPLACE`, an upsert or a plain SET is used, or existence is "
             "checked in a separate step before the write. Insert under a unique key over (flow, "
             "node), or use SET with NX, and report the violation as `conflict`; keep flow and "
             "node in two columns, not joined by a separator.",
     .needs = Capability::context_store},
    {.id = "CTX_2",
     .text = "Globals have two writes: put is write-once (where there is a value, whichever write "
             "set it, it is `conflict` and leaves that value), and upsert sets or replaces the "
             "value.",
     .why = "A flow that claims a global with put relies on being the only one to have set it. If "
            "put replaces, two flows both believe they were first; if upsert refuses, a shared "
            "setting can never be changed.",
     .mend = "Usually both calls share one statement. Give put a plain INSERT and upsert an "
             "INSERT with ON CONFLICT DO UPDATE, each a single atomic statement.",
     .needs = Capability::context_store},
    {.id = "CTX_3",
     .text = "Binding on the engine that uses the store: a node's output is written before the "
             "node is completed. A completion runs only after its output is durable. An output "
             "that already exists counts as written. A completion that failed leaves the output "
             "in place, and a retry completes the node.",
     .why = "If the completion comes first, a crash in between leaves a node that counts as done "
            "and has no output: its successors fail for ever. If an existing output is an error, "
            "a node can never be completed after such a crash.",
     .mend = "Usually completion and output are sent in parallel, a write is taken as durable "
             "before it is synced, or `conflict` from the put ends the retry. Wait for the put to "
             "return success or `conflict`, then complete; on failure repeat the same sequence "
             "and delete nothing.",
     .needs = Capability::context_store,
     .untestable = "It binds the engine that uses the store and not the provider: tests of the "
                   "engine prove it."},
};

}  // namespace ackproof::clauses
