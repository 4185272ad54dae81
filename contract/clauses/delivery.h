// Clauses of the two queues and of history: turn commit, fetching a turn, locks, activities,
// attempts, executions.
#pragma once

#include "contract/requirement.h"

namespace ackproof::clauses {

inline constexpr Requirement kDelivery[] = {
    {.id = "ACK_1",
     .text = "One ack is one atomic step: history, both queues, cancellations, metadata, custom "
             "status, key-value changes, removal of the batch and release of the lock become "
             "visible together or not at all, to every reader on every handle.",
     .why = "When a part is missing, the workflow waits for an activity that was never queued, "
            "repeats one that was already recorded, or shows as Completed with half a history.",
     .mend = "Statements that commit one by one, a second connection for the queue, status "
             "written outside, key-value writes before the check. Put everything into one "
             "transaction or one atomic script, and let readers use snapshots."},
    {.id = "ACK_2",
     .text = "The token of an ack must be live; with anything else the ack is `lock_lost` "
             "(LOCK_9).",
     .why = "A worker that paused for too long commits a decision based on a history that another "
            "worker has meanwhile extended; both branches then run.",
     .mend = "The token is looked up without its deadline, or checked after the first write. Make "
             "the first statement of the transaction a locking one that demands token = ? AND "
             "deadline > now, and stop when it finds no row."},
    {.id = "ACK_3",
     .text = "Of any number of acks with one token, also at the same instant, at most one "
             "succeeds.",
     .why = "An engine that repeats an ack after a lost answer queues its activities twice, and "
            "the user's card is charged twice.",
     .mend = "A plain SELECT checks the token, so two transactions both see it as valid. Consume "
             "the token by a conditional UPDATE or DELETE, or lock its row with SELECT FOR "
             "UPDATE, and demand exactly one affected row."},
    {.id = "ACK_4",
     .text = "An event id that is already stored in that execution, or that occurs twice in the "
             "delta, is `conflict`; the stored event stays as it was.",
     .why = "Overwriting an event rewrites the past: at the next replay the workflow takes "
            "another path than the one whose effects are already out in the world.",
     .mend = "INSERT OR REPLACE, ON CONFLICT DO UPDATE or DO NOTHING, a plain map assignment. Use "
             "a primary key of instance, execution and event id with a plain INSERT, and report "
             "its violation as `conflict` after rollback."},
    {.id = "ACK_5",
     .text = "After a failed ack (other than by `lock_lost` or `unknown_outcome`) the lock is "
             "still held until its deadline and the token is still good: a corrected ack with it "
             "succeeds.",
     .why = "An engine answers a refused commit by failing the workflow in an orderly way, with "
            "the same token. When the failure used that up, the instance is redelivered and "
            "refused again and again.",
     .mend =
         "The lock is released in a cleanup path or in an earlier transaction. Release it "
         "only as part of the ack's own transaction, so that rollback restores lock and token."},
    {.id = "ACK_6",
     .text = "A successful ack frees the instance at once and removes exactly the messages that "
             "were handed out with that token; those that arrived since stay and are deliverable "
             "at once.",
     .why = "A message that came during the turn and is deleted with it is lost for ever: the "
            "approval that a user gave never reaches the workflow.",
     .mend = "DELETE by instance id or by visible time in place of the batch, or a release of the "
             "lock in a later step. Mark the messages handed out with the token in the fetch and "
             "delete WHERE token = ?, in the transaction that clears the lock."},
    {.id = "ACK_7",
     .text = "New activities and messages of a commit are deliverable at once and timers at their "
             "visible time (one in the past means at once), each in the order given, with every "
             "field (session, tag, parent) intact.",
     .why = "A timer that fires at once skips a waiting period that the user paid for; a lost tag "
            "or session sends work to a machine that cannot do it.",
     .mend = "The ack path has its own insert that lacks columns which the direct enqueue has, or "
             "uses now as the visible time. Share one insert routine between enqueue and ack, "
             "with every field, and number the rows in the order given."},
    {.id = "ACK_8",
     .text = "A message goes to exactly the target that it names, whatever its kind: also to "
             "another instance, also to one that does not exist yet.",
     .why = "A child's result that lands in the child's own queue leaves the parent waiting for "
            "ever.",
     .mend = "The instance of the lock is used as the target for some kinds, unknown kinds are "
             "skipped in a switch, or a foreign key refuses a target without a record. Store the "
             "target of the message itself, with no foreign key to instances."},
    {.id = "ACK_9",
     .text = "Cancellation removes the activities with that exact instance, execution and "
             "activity id, queued or in flight, after the commit's own items were added; the "
             "holder's next renew or ack is `lock_lost`. Unknown ones are ignored, others are "
             "untouched.",
     .why = "An activity that should have been cancelled runs to its end and has its effect "
            "although the workflow already took the other branch.",
     .mend = "Deleting only unlocked rows, deleting before the inserts, matching without the "
             "execution id, or one parameter list that is too long. Delete by all three keys, "
             "locked or not, after the inserts, in chunks or with an array parameter."},
    {.id = "ACK_10",
     .text = "The first successful ack creates the instance record, with name and version from "
             "the metadata, else from the start message. Metadata that is given overwrites; each "
             "field that is absent stays as it was, by itself.",
     .why = "A record without a name cannot be dispatched after a restart, and a version wiped by "
            "a later ack runs old instances on new code.",
     .mend = "An upsert that writes all columns, absent ones as NULL, or that requires name and "
             "version together. Use COALESCE(new, old) for each field, and take the missing ones "
             "from the start message stored with the batch."},
    {.id = "ACK_11",
     .text = "Ack only appends: it works though stored history cannot be decoded. An empty commit "
             "is legal.",
     .why = "An engine must be able to fail an instance whose history is damaged, and to drop "
            "messages that need no answer; otherwise such an instance returns for ever.",
     .mend = "The ack reads and decodes the history to append to it, or returns early on an empty "
             "delta with the batch still in the queue. Insert the new rows only, and run the "
             "removal and release also when nothing is added."},
    {.id = "ACK_12",
     .text = "The current execution becomes the larger of itself and the acked one; a late ack "
             "for a lower one is stored there and moves nothing back. A new execution starts as "
             "Running, without output.",
     .why = "A pointer that moves back replays a life that is over, and an output carried over "
            "shows a running workflow as finished with its predecessor's result.",
     .mend = "The pointer is set to the acked number, compared as text ('9' after '10'), or "
             "incremented by the provider itself. Use MAX over an integer column, and insert the "
             "row of a new execution with fresh status and NULL output."},
    {.id = "ACK_13",
     .text = "An ack whose instance was deleted since the fetch is `lock_lost` and brings nothing "
             "back.",
     .why = "A deleted instance that comes back holds data that a user asked to erase, and its id "
            "is blocked for the new instance.",
     .mend = "The upsert of an ack creates the row anew as the lock was kept elsewhere. Delete "
             "the lock with the instance in one transaction, and let the ack find its token "
             "before it writes.",
     .needs = Capability::deletion},
    {.id = "ACK_14",
     .text = "Acks of different instances do not fail because of each other (`busy` aside, which "
             "a retry clears).",
     .why = "A fan-out of children finishes at one moment: when their acks break each other, half "
            "of the results are late or lost.",
     .mend = "Deadlocks between inserts into shared rows, counters, or a global row lock. Take "
             "locks per instance in one fixed order, avoid shared counters, and report deadlock "
             "victims as `busy`."},
    {.id = "ACK_15",
     .text = "The parent comes from the metadata, else from the start message, and is fixed at "
             "creation; a later different one is `conflict`.",
     .why = "A child whose parent changes reports its result to the wrong workflow, and deleting "
            "a tree takes or leaves the wrong instances.",
     .mend = "The parent column is overwritten by each upsert, or filled only from metadata. "
             "Write it in the insert that creates the record, and compare it in every later "
             "commit before anything is written."},
    {.id = "ACK_16",
     .text = "Status, output and pin belong to the acked execution; name, version, custom status "
             "and key-values belong to the instance. The instance's status is its current "
             "execution's.",
     .why = "A status kept in the wrong place shows a running workflow as ended, or loses the "
            "progress text whenever a workflow continues as new.",
     .mend = "One row per instance for all fields, or status written to the latest execution in "
             "place of the acked one. Keep two tables, executions and instances, address the "
             "execution by its id, and derive the instance's status by a join."},
    {.id = "ACK_17",
     .text = "A commit to a lower execution changes that execution's history, status, output and "
             "pin, and both queues; custom-status changes, key-value changes and instance "
             "metadata in it are `invalid`.",
     .why = "A late decision of an earlier life would otherwise overwrite the state and the "
            "values that the present life shows and computes with.",
     .mend = "The ack applies all fields alike, whichever execution it names. Compare the "
             "commit's execution with the current one under the row lock, and refuse the commit "
             "as a whole when it carries instance fields for a lower one."},

    {.id = "TURN_1",
     .text = "A fetch returns one ready instance, else nothing. The lock is taken atomically: two "
             "fetchers never hold one instance.",
     .why = "Two workers that decide for one workflow at once schedule everything twice, or take "
            "two different decisions.",
     .mend = "A candidate is selected and then updated without a re-check. Claim it by a "
             "conditional UPDATE, by an insert into a lock table with a unique key, or by SELECT "
             "FOR UPDATE SKIP LOCKED, and look at the affected rows."},
    {.id = "TURN_2",
     .text = "The batch is all messages of that instance visible at that moment, in enqueue order "
             "(a declared batch limit of at least 1,000 delivers the first n, and ack removes "
             "only those); a hidden one is neither in it, nor locked, nor removed by its ack.",
     .why = "A timer of tomorrow that is delivered along with another message fires a day early, "
            "and one that is deleted with the batch never fires.",
     .mend = "The fetch marks all messages of the instance and reads only the visible ones, or "
             "marks after reading. Mark with the same WHERE clause as the read (visible_at <= "
             "now), with the limit, and return exactly the rows that were marked (UPDATE ... "
             "RETURNING), sorted by queue place."},
    {.id = "TURN_3",
     .text = "A turn carries the instance, its name and version, the current execution id, that "
             "execution's whole history by event id, the attempt count (the largest of the "
             "batch), the key-value snapshot and the token. Everything equals what was written, "
             "field by field.",
     .why = "Replay is exact: a missing last event, an execution number that is off by one or a "
            "reformatted payload makes the engine decide something else, or fail the workflow as "
            "non-deterministic.",
     .mend = "Page limits, ORDER BY on text, histories read before the lock was taken, JSON "
             "columns that rewrite numbers. Read in the transaction of the lock, without a limit, "
             "ordered by an integer, with payloads as blobs."},
    {.id = "TURN_4",
     .text = "A turn of a new instance carries name and version of its start message, execution 1 "
             "and an empty history.",
     .why = "Without them the engine does not know which workflow to run, and the user's start "
            "request comes back until it is poison.",
     .mend = "Name and version are read from a record that only the first ack creates. When no "
             "record exists, take both from the start message, and report execution 1."},
    {.id = "TURN_5",
     .text = "Held messages are kept and delivered with or after the instance's start (one hidden "
             "by a delay does not count yet); they never stop other instances from being served, "
             "nor does an undecodable or poison message.",
     .why = "One event sent to an instance that was never started can bring every workflow of the "
            "store to a halt; dropped, an early approval is lost.",
     .mend = "The oldest message's instance is the only candidate: found not startable it is "
             "rolled back and found again. Put the rule of readiness (a record exists, or a "
             "visible start message does) into the WHERE clause that picks candidates."},
    {.id = "TURN_6",
     .text = "Undecodable history is reported in the turn (`history_error`, with an empty "
             "history), with lock and attempt as usual.",
     .why = "An engine can fail a damaged instance in an orderly way only if it gets it. An error "
            "from the fetch, or a shortened history, gives an endless loop or wrong decisions.",
     .mend = "The fetch returns the decoder's error after locking, or skips the bad rows. Catch "
             "the failure around the decoding of history alone, return the turn with "
             "`history_error`, and commit lock and count."},
    {.id = "TURN_7",
     .text = "While the instance is locked, new messages are accepted and stay hidden until the "
             "lock ends; then old and new come together, in order.",
     .why = "A sender that is refused or blocked loses an event, and a message delivered beside a "
            "running turn has two workers decide for one workflow.",
     .mend = "Enqueue waits for the lock row, or the fetch checks the lock per message in place "
             "of per instance. Insert messages without touching the lock, and let the fetch ask "
             "for the instance's lock."},
    {.id = "TURN_8",
     .text = "Fetching is fair: while an instance stays ready, no other instance is returned more "
             "than twice before it (deliveries that end in abandon or expiry are not counted). A "
             "fetch returns nothing only if at some moment during it nothing was ready (losing a "
             "race is not \"nothing\").",
     .why = "A busy instance that is always served first starves the rest, and workers told that "
            "there is nothing go to sleep beside waiting work.",
     .mend = "Candidates are ordered by instance id or newest first, or a lost race is returned "
             "as nothing. Order by the oldest ready message, use SKIP LOCKED, and after a lost "
             "race select again before giving up."},
    {.id = "TURN_9",
     .text = "A start message for an instance that already exists is delivered like any other "
             "message; what to do with it is the engine's business.",
     .why = "A provider that swallows or applies it resets a running workflow, or hides from the "
            "engine that a user tried to start one twice.",
     .mend = "The enqueue refuses or creates a record on start messages, or the fetch resets the "
             "execution. Treat kinds alike: the only thing a start message changes is whether an "
             "instance without a record is ready."},
    {.id = "TURN_10",
     .text = "An undecodable message is delivered at its place with `error` set and an empty "
             "payload, is counted, and goes with the ack; its instance is ready like any other.",
     .why = "When it is swallowed, nobody learns that a message was lost; when it makes the fetch "
            "fail, its instance, and perhaps the whole queue, stands still.",
     .mend = "Rows that fail to decode are filtered out, or abort the fetch. Keep kind, target "
             "and place in columns, decode the payload alone, and deliver the failure as the "
             "item's `error`."},
    {.id = "TURN_11",
     .text = "A turn carries `now`, the store's clock at the fetch.",
     .why = "Timers are set as an offset from a present moment. Taken from a host whose clock is "
            "off, they fire early or late by just as much.",
     .mend = "The host's time is returned although the store compares its own, or the time before "
             "a wait. Return the clock reading from which the same transaction computed the "
             "lock's deadline."},
    {.id = "TURN_12",
     .text = "An enqueued message is visible at the later of now + delay and its own visible "
             "time; one in a commit is visible at its visible time; absent or past means at once. "
             "Its queue place is enqueue order, not visible order.",
     .why = "A timer that ignores one of the two comes early, and a batch in the order of visible "
            "times lets later messages overtake earlier ones.",
     .mend = "The delay replaces the visible time or is ignored, and the batch is sorted by "
             "visible_at. Store max(now + delay, visible time), and sort by a sequence number "
             "that is given at enqueue."},
    {.id = "TURN_13",
     .text = "The first start message in queue order, wherever in the batch, names a new "
             "instance; an absent version stays absent; the start's own execution number is "
             "ignored.",
     .why = "An event that arrives before its start otherwise gives an instance named "
            "\"Unknown\", and an invented version pins the workflow to code that was never asked "
            "for.",
     .mend = "Only the first message of the batch is looked at, and an absent version becomes an "
             "empty text or a default. Search the batch for the first start message, keep NULL as "
             "NULL, and begin at execution 1."},
    {.id = "TURN_14",
     .text = "A terminal instance stays fetchable and ackable; between ContinuedAsNew and the "
             "next ack the old execution is current (history, pin, filter).",
     .why = "Late messages to a finished workflow must be cleared away by the engine, or they "
            "pile up for ever; a pointer moved too early shows a life that has not begun.",
     .mend = "The candidate query excludes terminal instances, or the status ContinuedAsNew "
             "increments the execution number. Leave status out of the candidate query, and move "
             "the pointer only by an ack for a higher execution."},

    {.id = "LOCK_1",
     .text = "An unacked item is deliverable again from the deadline instant on, not before, with "
             "a new token.",
     .why = "When a worker crashes, its work has to go on elsewhere; delivered too early it runs "
            "twice at once, and delivered too late or never the workflow hangs.",
     .mend = "The query asks for a NULL token, waits for a background sweeper, or uses different "
             "comparisons in two places. Fetch where deadline <= now, call a lock live while now "
             "< deadline, and issue a new token each time."},
    {.id = "LOCK_2",
     .text = "A token whose lock expired is dead at once, also if nobody took over.",
     .why = "A worker that is late cannot know whether somebody else has begun. If its ack "
            "sometimes counts, correctness depends on luck in scheduling.",
     .mend = "Only the equality of the token is checked, as the row still carries it. Add "
             "deadline > now to the WHERE clause of ack, abandon and renew, with the clock read "
             "inside the transaction."},
    {.id = "LOCK_3",
     .text = "A stale holder can do no harm after takeover: its calls are `lock_lost`, the new "
             "holder is untouched, nothing is enqueued twice.",
     .why = "A slow worker's late abandon otherwise frees the instance under its successor, and "
            "its late ack doubles the activities.",
     .mend = "Abandon deletes the lock by instance id, or the ack checked a row it had read "
             "earlier. Address every write by the token itself, and lock the row before checking "
             "it."},
    {.id = "LOCK_4",
     .text = "Renew sets the deadline to now + extend_for (also shortening), exactly, to the "
             "millisecond; the token stays.",
     .why = "A renewal that ends sooner than reported loses a long activity to a second worker; "
            "one that ends later holds up recovery after a crash.",
     .mend = "The extension is added to the old deadline, converted to whole seconds (500 ms "
             "becomes 0), replaced by the original timeout, or written to only one of two lock "
             "columns. Set deadline = now + extend_for in milliseconds, in one place."},
    {.id = "LOCK_5",
     .text = "Renew never revives an expired lock.",
     .why = "A worker that was asleep past its deadline would come back to life beside whoever "
            "took over, and both would carry out the activity.",
     .mend = "The UPDATE matches on the token alone. Demand deadline > now in the same UPDATE, "
             "and answer `lock_lost` when no row was changed."},
    {.id = "LOCK_6",
     .text = "Abandon frees at once; content and order are kept; with a delay exactly the batch's "
             "own messages are hidden for exactly that long, and those that arrived meanwhile are "
             "not.",
     .why = "Abandon is how an engine hands work back. If it moves the messages to the tail, "
            "hides the new ones or forgets the delay, a workflow sees events out of order or "
            "spins without pause.",
     .mend = "The messages are inserted anew, the delay is written to all messages of the "
             "instance, or visible_at is moved without a delay. UPDATE WHERE token = ? only, "
             "clear the token, and set visible_at only when a delay is given."},
    {.id = "LOCK_7",
     .text = "No two tokens are equal in 100,000 under a stopped clock, over handles, processes "
             "and restarts; a token that is changed in any byte is `lock_lost`.",
     .why = "Two workers with one token each end the other's lock; a token that can be hit by "
            "accident lets a stray call commit a foreign turn.",
     .mend = "Tokens made from the time and the process id, counters that restart at 0, ids of "
             "containers that all run as process 1, lookups by prefix or without regard to case. "
             "Take random bytes from the operating system, and compare the whole token as bytes."},
    {.id = "LOCK_8",
     .text = "A lock on one instance or item never hinders another.",
     .why = "A single long turn would otherwise stop every other workflow of the store until it "
            "ends.",
     .mend = "One global lock, locks by a short hash of the id, table locks, or a candidate query "
             "that stops at a locked head. Lock by the full key, and skip locked candidates in "
             "the WHERE clause or with SKIP LOCKED."},
    {.id = "LOCK_9",
     .text = "Every call that takes a token answers `lock_lost` unless the token is live and of "
             "that call's queue: never issued, altered, empty, expired, superseded, used, "
             "abandoned, cancelled, deleted, or of the other queue. It touches nothing but what "
             "that token opened.",
     .why = "`lock_lost` is how a worker learns that it has to stop. A quiet success makes it "
            "believe that its result counted, and a touched neighbour loses work that nobody can "
            "explain.",
     .mend = "An UPDATE of zero rows is reported as success, one token table serves both queues, "
             "or an empty token matches rows without a lock. Look at the affected rows, keep the "
             "queues apart, and refuse the empty token before the query."},
    {.id = "LOCK_10",
     .text = "A fetch's deadline is now + the lock timeout of that very call.",
     .why = "A worker picks its timeout by the work it expects. With another one, its lock ends "
            "in the middle of the activity, or holds up recovery for hours after a crash.",
     .mend = "A timeout from the configuration or of the first fetch is used, or the time was "
             "read before a wait. Compute the deadline from the argument and from the clock read "
             "under the row lock."},
    {.id = "LOCK_11",
     .text = "A token carries at least 96 random bits.",
     .why = "With less, a token can be guessed or met by chance, and whoever hits it can commit "
            "or drop another worker's turn.",
     .mend = "Time, process id and a counter are not random, and a generator that is seeded from "
             "the clock is not either. Take 128 bits from the operating system's generator "
             "(getrandom) for each token.",
     .force = Force::should},

    {.id = "WORK_1",
     .text = "The activity queue is first in, first out among the eligible items. An enqueued "
             "activity is visible immediately; hidden ones are skipped, not waited for.",
     .why = "When a newer item always wins, the oldest activity waits for ever; when a hidden "
            "head stops the queue, idle workers stand beside work they could do.",
     .mend = "LIFO lists, ORDER BY on text or on a time that ties, or the check of visibility "
             "after LIMIT 1. Order by an integer sequence, and put eligibility into the WHERE "
             "clause."},
    {.id = "WORK_2",
     .text = "One item is never held by two workers. With m concurrent fetchers and n items, n "
             "distinct items come out.",
     .why = "Two workers with one activity send the mail or charge the card twice; an item that "
            "no fetcher got leaves its workflow waiting.",
     .mend = "SELECT then UPDATE without a re-check, or all fetchers compete for the same head "
             "and all but one come back empty. Claim with SELECT FOR UPDATE SKIP LOCKED or a "
             "conditional UPDATE ... RETURNING, and try the next candidate after a lost race."},
    {.id = "WORK_3",
     .text = "Ack removes the item and enqueues its completion in one step; without a completion "
             "nothing is enqueued; a token that is not live enqueues nothing.",
     .why = "An item removed without its completion leaves the workflow waiting for a result that "
            "is gone; a completion without the removal runs the activity again.",
     .mend = "Delete and insert in two transactions, the insert before the token check, or a "
             "dummy completion for none. One transaction: delete by live token, stop when no row "
             "went, then insert the completion."},
    {.id = "WORK_4",
     .text = "An item needs no instance record; a completion for an old execution is still "
             "enqueued.",
     .why = "An engine may queue work before the first ack is stored, and decides itself what a "
            "late result means; a provider that drops it takes that decision away.",
     .mend = "Foreign keys or joins to the instance table, or a filter on the current execution. "
             "Keep the queue table independent, and fetch and ack without looking at instances."},
    {.id = "WORK_5",
     .text = "An undecodable item blocks nobody.",
     .why = "One damaged row at the head would otherwise stop all activities of all workflows, "
            "and a restart would not mend it.",
     .mend = "The fetch decodes inside its transaction and rolls back on failure, so the same "
             "head comes back. Deliver the item with its `error` (WORK_8) and keep lock and "
             "count, so that it becomes poison and can be cleared."},
    {.id = "WORK_6",
     .text = "Two items with one identity (instance, execution, activity id) are two items; "
             "cancellation removes both.",
     .why = "A provider that merges them loses work that an engine queued on purpose; one that "
            "cancels only the first lets the other run on.",
     .mend = "A unique index on the identity, a set keyed by payload, or DELETE ... LIMIT 1. Key "
             "the items by their own sequence number, and index the identity without uniqueness."},
    {.id = "WORK_7",
     .text = "A fetch returns nothing only if at some moment during it nothing was eligible.",
     .why = "A worker that is told \"nothing\" goes to sleep for its poll interval, so activities "
            "wait although workers are idle.",
     .mend = "A lost race for the head, or a filter applied after LIMIT 1, is reported as empty. "
             "Filter in the query, skip locked rows, and select again after a lost race."},
    {.id = "WORK_8",
     .text = "An undecodable activity is delivered with `error` set, locked and counted; it can "
             "be acked, renewed and abandoned.",
     .why = "Only then can an engine report the failure to the workflow and clear the item away; "
            "otherwise it stays in the queue for ever, or disappears without a trace.",
     .mend = "The decoder's error leaves the fetch, or the row is skipped or deleted. Keep the "
             "keys in columns, decode the payload last, and put the failure into the item."},
    {.id = "WORK_9",
     .text = "A completion is ActivityCompleted or ActivityFailed, else it is `invalid`; it goes "
             "to the target that it names.",
     .why = "Another kind in this place would start, cancel or signal a workflow by mistake, and "
            "a completion at the wrong target leaves the right one waiting.",
     .mend = "The kind is checked after the item was deleted, without rollback, or the target is "
             "taken from the item. Check the kind before the transaction, and enqueue to the "
             "completion's own target."},

    {.id = "POISON_1",
     .text = "The first delivery says 1; each further one adds one, after abandon and after "
             "expiry alike; it counts per item (continue-as-new resets nothing); a batch has the "
             "maximum of its messages.",
     .why = "By this number an engine takes a message that crashes its workers out of service. "
            "Too low, the crash goes on for ever; too high, healthy work is thrown away.",
     .mend = "Only abandon counts, the count belongs to the instance, the batch reports the first "
             "or smallest, skipped candidates or renewals count, or it lives in memory. Raise a "
             "column of each row in the UPDATE that locks it, and return the maximum."},
    {.id = "POISON_2",
     .text = "`ignore_attempt` takes back the one attempt that this fetch added, from the items "
             "of this batch only, never below 0.",
     .why = "An engine that hands work back for reasons of its own must not bring it nearer to "
            "poison; taken from other messages, a message that really crashes workers is never "
            "recognised.",
     .mend = "The UPDATE names the instance in place of the batch, sets the count to 0, or goes "
             "below 0. Use UPDATE ... SET attempts = MAX(attempts - 1, 0) WHERE token = ?, before "
             "the token is cleared."},
    {.id = "POISON_3",
     .text = "Undecodable deliveries count too.",
     .why = "A damaged message that never counts comes back without end and takes a worker's time "
            "on each round.",
     .mend = "The count is raised after decoding, or rolled back with the error. Raise it in the "
             "statement that locks the row, and commit it together with the delivery."},

    {.id = "HIST_1",
     .text = "Histories of executions are separate, and all stay readable; without an execution "
             "id the current one is meant, even without events.",
     .why = "Events of an earlier life in the replay of the present one make the engine fail the "
            "workflow as non-deterministic; lost ones take away the record of what was done.",
     .mend = "The query lacks the execution id, or takes the highest execution that has events. "
             "Keep the current execution in the instance's row, and read by instance and "
             "execution."},
    {.id = "HIST_2",
     .text = "Reading an unknown instance or execution gives an empty history; undecodable "
             "history is `corrupt`, never silently shorter, and only for its own execution.",
     .why = "A history that is shorter without a word looks like an earlier state: the engine "
            "repeats steps that are done, and a user is billed again.",
     .mend = "Rows that fail to decode are skipped in a loop, or damage in one execution makes "
             "all of them unreadable. Stop at the first bad row with `corrupt`, and read only the "
             "rows of the execution asked for."},
    {.id = "HIST_3",
     .text = "Events come back ordered by id and equal in every field; order of arrival does not "
             "matter.",
     .why = "Replay walks the events in order and compares them. A permutation or a rounded "
            "number is a different past, and the workflow fails or takes another branch.",
     .mend = "No ORDER BY, or ORDER BY on a text column ('10' before '9'); JSON columns that "
             "round numbers above 2^53 or change times. Use an integer event id as key and sort "
             "column, and store payloads as blobs."},
    {.id = "HIST_4",
     .text = "Enqueueing creates no instance record.",
     .why = "An instance that seems to exist before its first turn shows up in lists, makes "
            "events deliverable before the start, and blocks checks for a fresh id.",
     .mend =
         "The enqueue of a start message inserts a row for the instance, often for a foreign "
         "key. Insert only into the queue, and let the first successful ack create the record."},
    {.id = "HIST_5",
     .text = "An event's key is (instance of the lock, execution of the commit, event id); all "
             "its other fields are opaque. Gaps and any order are legal.",
     .why = "A provider that renumbers, sorts or reads events changes a past that only the engine "
            "understands, and every new kind of event breaks it.",
     .mend = "Keys taken from fields inside the event, event_id = MAX + 1, a check for "
             "consecutive ids, or a parsed payload. Take the key from lock and commit, the id "
             "from the event, and treat the rest as bytes."},
    {.id = "HIST_6",
     .text = "`read_instance` gives name, version, parent, current execution, its status, output "
             "and pin, and the created and updated times (store's clock; updated = last "
             "successful ack); an unknown instance is absent, not an error.",
     .why = "This is what a client waits on: an old status or the first execution's output tells "
            "a user that an order is done when it is not.",
     .mend = "Several queries without a snapshot, execution 1 in place of the current one, text "
             "columns read as numbers (times become 0), an updated time that nobody updates. Use "
             "one joined query on the current execution, and set both times in the ack from the "
             "store's clock."},
    {.id = "HIST_7",
     .text = "Statuses are Running, Completed, Failed and ContinuedAsNew; others are `invalid`.",
     .why = "A status that nobody knows is neither running nor terminal: the instance is never "
            "cleaned up, and a waiting client never returns.",
     .mend = "A free text column, and an else branch that takes everything unknown as ended. "
             "Check the status before the transaction, and back that with a CHECK constraint on "
             "the column."},
};

}  // namespace ackproof::clauses
