// Clauses of the optional facets beside the queues: sessions, tags, version filter, custom status,
// key-value, management, deletion, pruning, long polling.
#pragma once

#include "contract/requirement.h"

namespace ackproof::clauses {

inline constexpr Requirement kFacets[] = {
    {.id = "SESS_1",
     .text = "A fetch of an activity without session options returns only items that are bound to "
             "no session. With session options it returns items that are bound to no session, "
             "items of sessions that the caller's owner id owns, and items of sessions that "
             "nobody owns, all in enqueue order. A blocked item at the head of the queue blocks "
             "nothing behind it.",
     .why = "A session exists because its activities share something in one worker's memory. An "
            "item that reaches another worker fails there or works on the wrong state, and a "
            "blocked head stops workers that have nothing to do with the session.",
     .mend = "Usually the ownership test is missing from the candidate query or is applied after "
             "`LIMIT 1`. Put it into the WHERE clause: session is null, or a live session row has "
             "the caller as owner, or no live session row exists; order by queue place, and only "
             "then take the first.",
     .needs = Capability::sessions},
    {.id = "SESS_2",
     .text = "Taking an item of a session claims the session for the caller's owner id, or "
             "refreshes it if the caller owns it already, in the same atomic step. Ownership is "
             "by owner id, not by item or token. It lasts beyond the item and ends at the "
             "session's deadline; from then on anyone may claim the session.",
     .why = "If item and session are taken in two steps, two workers can both run activities of "
            "one session and destroy each other's state. If ownership does not end, a worker that "
            "died keeps its sessions for ever and their workflows stand still.",
     .mend = "Usually a SELECT of the session, then an INSERT, with no re-check. Lock the item "
             "and upsert the session row in one transaction, with the deadline set to now plus "
             "the session's lock timeout, and let the conflict branch update only when the owner "
             "is the caller or the deadline has been reached; if no row changed, try the next "
             "candidate.",
     .needs = Capability::sessions},
    {.id = "SESS_3",
     .text = "Renewing sessions sets the deadline to now + extension for exactly those sessions "
             "that belong to one of the named owners, are live and are not idle, and returns how "
             "many sessions that were. It never revives a session. A session is idle when now - "
             "last activity >= idle timeout. Ack, fetch and the renewal of an item's lock count "
             "as activity only for the session's present owner. Nothing else is activity, neither "
             "abandoning an item nor renewing the session.",
     .why = "A worker that renews in the background would keep idle sessions for ever, or get "
            "back one that another worker has taken over. An engine that receives a wrong count "
            "believes it still owns what it has lost.",
     .mend = "Usual mistakes are an UPDATE by owner alone, counting owners instead of rows, and a "
             "late ack that bumps the new owner's session because only \"some live lock\" is "
             "checked. Put owner, deadline > now and last activity > now - idle timeout into the "
             "WHERE clause, return the row count, and compare the session's owner with the one "
             "that fetched the item before touching last activity.",
     .needs = Capability::sessions},
    {.id = "SESS_4",
     .text = "Cleanup removes the sessions whose ownership has lapsed and that have no queued "
             "item, and no others, and returns how many it removed. Zero is legal for a provider "
             "that declares eager session cleanup.",
     .why = "Without cleanup the session table grows for as long as the engine lives. Cleanup "
            "that takes too much removes the ownership of a live session, so that a second worker "
            "claims it beside the first.",
     .mend = "Usually the test for queued items is left out, or runs before a DELETE in a step of "
             "its own, so that a new claim gets in between. Use one DELETE with deadline <= now "
             "and NOT EXISTS over the activity queue (hidden and locked items are queued too), "
             "and return its row count.",
     .needs = Capability::sessions},
    {.id = "SESS_5",
     .text = "Ownership of a session does not govern the ack, the renewal or the abandoning of an "
             "item: the token of the item's own lock alone decides.",
     .why = "A worker whose session has lapsed while its item lock is still live has finished its "
            "work. If its ack is refused, the work is thrown away and done a second time "
            "elsewhere.",
     .mend = "Usually a join with the session table in the WHERE clause of the ack or the "
             "renewal. Validate the item's token and deadline only; a session that is lost merely "
             "receives no activity.",
     .needs = Capability::sessions},
    {.id = "SESS_6",
     .text = "The session id of an item survives enqueue, the commit of a turn, abandon and "
             "redelivery.",
     .why = "An activity that loses its session on one of these ways is handed to any worker and "
            "runs without the state it was bound to. The error appears only after a retry, where "
            "nobody looks for it.",
     .mend = "Usually one of the two INSERT statements, mostly the one in the turn's commit, does "
             "not list the session column, or abandon writes the item anew. Let both ways share "
             "one function that writes an activity, and let abandon change only lock and "
             "visibility.",
     .needs = Capability::sessions},
    {.id = "TAG_1",
     .text = "A fetch of an activity honours its tag filter: default-only (the default) takes "
             "untagged items, tags takes items that carry one of the given tags, default-and "
             "takes both of these, any takes every item and none takes no item. Order among the "
             "matching items is kept. An empty tag set is `invalid`. If a fetch has a session "
             "rule too, an item must satisfy both.",
     .why = "Tags send work to machines that can do it. An item that ignores its tag arrives at a "
            "worker without the hardware or the code for it; one that no filter finds leaves its "
            "workflow waiting for ever.",
     .mend = "Usual mistakes: only the first tag of the set is bound, tags are matched with LIKE "
             "or case folding, `tag NOT IN (...)` meets NULL, or the session condition is joined "
             "with OR without parentheses. Bind every tag as a parameter, compare bytes, test "
             "`tag IS NULL` explicitly, and refuse the empty set before any query.",
     .needs = Capability::tags},
    {.id = "TAG_2",
     .text = "The tag of an item survives every path: enqueue, the commit of a turn, abandon, "
             "lock expiry, redelivery and reopening of the store.",
     .why = "An activity whose tag is lost is taken by a default worker, which cannot run it; it "
            "fails or turns into a poison message although nothing was wrong with it.",
     .mend = "A real provider dropped the column in the stored procedure of the turn's commit "
             "while the direct enqueue was right. Write activities through one function, and let "
             "abandon update the existing row instead of inserting a copy.",
     .needs = Capability::tags},
    {.id = "TAG_3",
     .text = "An empty tag is a tag like any other and is not the same as no tag: default-only "
             "does not return an item whose tag is empty, and a tag set that contains the empty "
             "tag does not return an untagged item.",
     .why = "An engine that routes by computed tags would see items move to the default workers "
            "as soon as the computed tag happens to be empty.",
     .mend = "Usually the empty string stands for \"no tag\" in a NOT NULL column, or the store "
             "turns empty strings into NULL. Keep the column nullable and bind NULL only for an "
             "absent tag; where the store knows no NULL, store presence as a field of its own.",
     .needs = Capability::tags},
    {.id = "TAG_4",
     .text = "An item that the filter does not admit, at the head of the queue, blocks nothing "
             "behind it.",
     .why = "One tagged item that no running worker takes would stop all other activities of all "
            "workflows.",
     .mend = "Usually the filter is applied after `LIMIT 1`, or a list store looks only at its "
             "head element. Filter in the WHERE clause of the candidate query before the limit, "
             "or keep one queue per tag and merge by queue place.",
     .needs = Capability::tags},
    {.id = "VER_1",
     .text = "With a version filter, an instance whose current execution's pinned version lies in "
             "none of the ranges is skipped, without lock, attempt or error. Ranges include both "
             "ends, and versions are compared as numbers: major, then minor, then patch. An "
             "instance without a pin matches every filter that has at least one range. An empty "
             "list of ranges returns nothing, not even an instance without a pin. An absent "
             "filter filters nothing.",
     .why = "During a rolling upgrade the filter keeps old engines away from executions that new "
            "code began. A wrong match makes replay diverge and corrupts the workflow; a skipped "
            "instance that is counted becomes poison without ever having been tried.",
     .mend = "Usual mistakes: text comparison (0.10.0 before 0.9.0), versions packed as major * "
             "10^6 + minor * 10^3 + patch (1.0.1000 equals 1.1.0), an exclusive end, decoding "
             "history before filtering. Store three columns and compare them as a tuple in the "
             "WHERE clause of the candidate query, before anything is locked or read.",
     .needs = Capability::version_filter},
    {.id = "VER_2",
     .text = "Pins are per execution: a new execution does not inherit the pin of the one before. "
             "A commit that gives a pin overwrites the execution's pin; a commit that gives none "
             "leaves it as it was.",
     .why = "If a later commit clears the pin, an execution suddenly matches every engine and is "
            "replayed by code that never knew it. If the pin is inherited, continue-as-new can "
            "never move a workflow to a newer version.",
     .mend = "Usually the column sits on the instance record, or the UPDATE writes NULL when the "
             "field is absent. Keep the pin on the execution's row, and update it with "
             "COALESCE(new, old).",
     .needs = Capability::version_filter},
    {.id = "STAT_1",
     .text = "The custom status belongs to the instance and survives continue-as-new. A commit "
             "that carries no change of it changes nothing. Of several changes the last one wins.",
     .why = "Users watch a workflow through its custom status. If it disappears with an "
            "execution, or with a turn that did not mention it, a progress display goes blank or "
            "shows old news while the workflow is fine.",
     .mend = "Usually the status is a column of the execution, or \"absent\" and \"clear\" share "
             "one NULL, so that every commit without a change clears it. Keep it on the instance "
             "record and hand over the change as three cases (keep, set, clear); run no UPDATE at "
             "all for keep.",
     .needs = Capability::custom_status},
    {.id = "STAT_2",
     .text = "A read of the custom status returns status and version only if the stored version "
             "is newer than the version the caller has seen; otherwise it returns nothing. For an "
             "unknown instance it returns nothing and is no error.",
     .why = "Clients wait for a change by asking again with the version they saw. If an old "
            "version is returned they spin, and if a newer one is withheld they miss the change "
            "for ever.",
     .mend = "Usually `>=` in place of `>`, status and version read by two queries with a commit "
             "in between, or not_found for an unknown instance. Read both columns with one SELECT "
             "that has version > seen in its WHERE clause, and answer an empty result as nothing.",
     .needs = Capability::custom_status},
    {.id = "STAT_3",
     .text = "Versions of the custom status start at 0. A commit with a set or a clear adds "
             "exactly 1, also when the value is equal to the stored one. Deleting the instance "
             "resets the version to 0.",
     .why = "A client that compares versions misses a change that did not count, and wakes for "
            "nothing when one commit counts twice. A version left over from a deleted instance "
            "lies about the new instance with that id.",
     .mend = "Usually the version is raised only when the value differs, once per change in the "
             "commit, or not on clear. Update with `version = version + 1` once per commit, in "
             "the transaction of the ack, in a row that deletion removes.",
     .needs = Capability::custom_status},
    {.id = "KV_1",
     .text = "Set, clear and clear-all apply in the order given, within a commit and across "
             "commits. Clients read the live view, which includes every committed change. The "
             "snapshot in a turn is the state merged so far: it contains no change of an "
             "execution that has not ended.",
     .why = "An engine replays a running execution from its history, which repeats that "
            "execution's changes. If the snapshot already contains them, a read-modify-write loop "
            "reads its own result, and replay diverges.",
     .mend = "Usually one table serves both views, or sets are applied before clears whatever "
             "their order. Keep the merged state and the changes of the unfinished execution in "
             "two tables, apply changes one by one in order, read the second over the first for "
             "clients, and read only the first for the snapshot.",
     .needs = Capability::key_value},
    {.id = "KV_2",
     .text = "When an execution ends, its changes become the merged state, including those of the "
             "very commit that ends it, and keys it cleared stay gone. A commit to an execution "
             "that has already ended merges its changes at once.",
     .why = "A change that is not merged is missing from the snapshot of the next execution, "
            "which then continues with old values. A cleared key that comes back revives data "
            "that the workflow, and perhaps its user's privacy rules, had removed.",
     .mend = "Usual mistakes: merging before the last commit's changes are written, merging at "
             "Completed and ContinuedAsNew but not at Failed, and a clear that deletes the "
             "pending row instead of leaving a tombstone. Write the changes, then merge on every "
             "end (a higher execution becoming current is one too), with tombstones deleting from "
             "the merged state, in the transaction of the ack.",
     .needs = Capability::key_value},
    {.id = "KV_3",
     .text = "Values belong to the instance: they survive the pruning of the execution that wrote "
             "them, and they go with the deletion of the instance. Keys are isolated from each "
             "other, and so are instances. An empty value is a value, not an absent one.",
     .why = "A key that vanishes with a pruned execution loses state that the workflow still "
            "uses. One that survives deletion, or leaks into another instance, gives a workflow "
            "somebody else's data.",
     .mend = "Usually a foreign key to the execution with ON DELETE CASCADE, a key column with a "
             "case-folding or truncating collation, a clear-all without the instance in its WHERE "
             "clause, or an empty string stored as NULL. Key the table by (instance, key) with "
             "byte-wise comparison, and delete from it with the instance only.",
     .needs = Capability::key_value},
    {.id = "KV_4",
     .text = "A read of an unknown key, or of any key of an unknown instance, answers absent and "
             "is no error. A read of all keys is one snapshot and equals what the single reads "
             "give at that moment.",
     .why = "A read-all that is pieced together shows a state that never existed: while an "
            "execution's changes are merged, keys can vanish for a moment, and a client acts on "
            "their absence.",
     .mend = "Usually merged state and pending changes are read by two statements outside a "
             "transaction, and a merge gets in between. Read both in one snapshot transaction or "
             "with one query, and let single reads and read-all share the rule that lays one over "
             "the other.",
     .needs = Capability::key_value},
    {.id = "KV_5",
     .text = "The last-updated time of a value is a field of the change and comes back exactly as "
             "given; the provider does not put its own clock in its place.",
     .why = "An engine stamps a change with the workflow's own time. A provider's time in its "
            "place differs between runs and replay, and a workflow that reads it diverges.",
     .mend = "Usually a column with a default of the current time, an automatic update trigger, "
             "or a type that rounds to seconds. Store the given milliseconds as a 64-bit integer, "
             "and carry them along when pending changes are merged.",
     .needs = Capability::key_value},
    {.id = "MGMT_1",
     .text = "Lists, infos, trees and counters equal the facts. A list by status goes by the "
             "status of the current execution and excludes all instances with another one. "
             "Created, updated and completed times, event counts and parents are right: an "
             "execution is created by its first ack, and completed by the ack since which it has "
             "ended without interruption.",
     .why = "Operators decide by these answers what to delete, to restart or to be woken for. A "
            "wrong list hides a failed workflow, or offers a running one for deletion.",
     .mend = "Usual mistakes: joining with any execution instead of the current one, counting "
             "executions as instances, times in text columns read as integers (always 0), an "
             "updated time that is never written, a completed time set while Running. Join on the "
             "instance's current execution, write the times as integers in the transaction of the "
             "ack, and compute counts instead of keeping counters.",
     .needs = Capability::management},
    {.id = "MGMT_2",
     .text = "The queue depths report, for each queue, the items that are ready, hidden (visible "
             "only in the future), locked (those of a batch that is handed out, and all other "
             "messages of an instance that is locked) and held. Each item is counted once: as "
             "locked if it is, else as hidden, else as held. The four numbers add up to all "
             "queued items, and all are taken at one moment.",
     .why = "Depths drive autoscaling and alarms. If an abandoned, expired or held item is "
            "missing or counted twice, workers are started for nothing, or a stuck queue looks "
            "empty.",
     .mend = "Usually \"token is null\" is taken for ready, so that expired and abandoned items "
             "are never counted, and each number comes from a query of its own. Classify every "
             "item once with a CASE over deadline, visible time and instance, compared with one "
             "reading of the clock, in a single statement.",
     .needs = Capability::management},
    {.id = "MGMT_3",
     .text = "The tree of an instance is the instance itself and all its descendants. For an "
             "unknown instance the list of children is empty, while parent, tree and info are "
             "`not_found`. A tree walk ends also when the parent links form a cycle.",
     .why = "Cascading deletion and operator tools work on the tree: a missing descendant is "
            "orphaned, and a cycle makes the call run for ever and holds its locks all that time.",
     .mend = "Usually a recursion without a visited set, a UNION ALL in a recursive query, or "
             "children that include grandchildren. Use a recursive query with UNION (distinct) or "
             "a visited set, inside one snapshot, and look up the root's record first so that an "
             "unknown id is told apart from a childless one.",
     .needs = Capability::management},
    {.id = "DEL_1",
     .text = "`delete_instance` on a root deletes the root and its whole tree. On an instance "
             "that is not a root it is `conflict`, even when forced. If any member of the tree is "
             "running it is `conflict`, unless forced. On an unknown instance it is `not_found`.",
     .why = "A running child that is deleted with its finished root loses work that nobody asked "
            "to give up. A child deleted on its own leaves its parent waiting for an answer that "
            "never comes.",
     .mend = "Usually only the root's status is checked, or the check runs before the transaction "
             "and a child starts in between. Collect the tree, check the current status of every "
             "member (ContinuedAsNew counts as running) and delete, in one transaction that locks "
             "the members or is serializable.",
     .needs = Capability::deletion},
    {.id = "DEL_2",
     .text = "Deletion removes everything of an instance: history, its items in both queues "
             "(visible, hidden, locked and held), locks, key-values, status, custom status and "
             "the sessions it leaves empty. The id can be used anew, and the new instance sees "
             "nothing of the old one. Tokens from before the deletion are dead.",
     .why = "What is left behind turns up in the next instance with that id: an old timer fires, "
            "an old result arrives, old values are read. An old token that still works lets a "
            "worker write into a workflow it never served.",
     .mend = "Usually one table is forgotten, prefix deletion (LIKE 'i1%') hits other instances, "
             "or tokens are derived from the instance id. Delete from every table by exact "
             "instance id in one transaction, sessions included if no item refers to them, and "
             "let acks look up a token row that is gone.",
     .needs = Capability::deletion},
    {.id = "DEL_3",
     .text = "`delete_instances` deletes exactly the given set, all or nothing. A member that is "
             "running (unless forced), a member whose deletion would leave a child outside the "
             "set without its parent, or an unknown member makes the call answer `conflict` or "
             "`not_found`, and nothing is deleted. An id that is given several times counts once.",
     .why = "After a half-done deletion nobody knows what is left, and a retry fails on what is "
            "already gone. An orphaned child works on and reports to an instance that no longer "
            "exists.",
     .mend = "Usually a loop with one transaction per id, a status check outside the transaction, "
             "or a result that is the number of ids asked for. Deduplicate the set, check status, "
             "existence and children outside the set inside one transaction, delete there, and "
             "count the rows that really went.",
     .needs = Capability::deletion},
    {.id = "DEL_4",
     .text = "Deleting an id that has no instance record and only queued items works with force "
             "and counts these items and no instance, and is `conflict` without; `not_found` is "
             "the answer only if nothing of that id exists. A queued start message that names a "
             "deleted parent stays queued. An instance whose parent is gone is a root.",
     .why = "Messages for an instance that never starts could otherwise never be removed. A child "
            "that starts after its parent's deletion would be lost or, if it did not count as a "
            "root, could never be deleted.",
     .mend = "Usually existence is read off the instance table alone, or a foreign key to the "
             "parent makes the child's first ack fail for ever. Look into both queues before "
             "answering `not_found`, keep the parent as a plain value without a foreign key, and "
             "call an instance a root when no record of its parent exists.",
     .needs = Capability::deletion},
    {.id = "DEL_5",
     .text = "Bulk deletion takes roots whose whole tree is terminal, completed strictly before "
             "the given time, and at most `limit` (default 1,000) roots. Other instances and "
             "unknown ids are skipped and not counted. The returned counts are exact and include "
             "the descendants.",
     .why = "Bulk deletion runs unattended, every night. If it takes running children along, or "
            "instances between ContinuedAsNew and the next turn, live workflows vanish and nobody "
            "notices until they are missed.",
     .mend = "Usual mistakes: each selected tree is deleted with force, criteria are joined with "
             "OR, `<=` in place of `<`, the limit counts descendants, counts come from the "
             "request. Check every member of a tree in the transaction that deletes this tree, "
             "combine the criteria with AND, and add up the affected rows.",
     .needs = Capability::deletion},
    {.id = "PRUNE_1",
     .text = "Pruning never removes the current execution and never one that has not ended. The "
             "history of a pruned execution is really gone. Executions of running instances are "
             "pruned too. The returned counts are exact.",
     .why = "A pruned current execution destroys a live workflow. If running instances are left "
            "out, or history rows stay behind, the store of a workflow that continues as new for "
            "years grows until it is full.",
     .mend = "Usual mistakes: the instance's status in the WHERE clause (which skips every "
             "running instance), deleting the execution row but not its events, and choosing in "
             "one transaction and deleting in another while continue-as-new moves the current "
             "execution. Select by execution number below the current one and delete rows and "
             "events in one transaction, counting affected rows.",
     .needs = Capability::pruning},
    {.id = "PRUNE_2",
     .text = "\"Keep the last n\" goes by execution number, and the current execution counts as "
             "one of the n (absent, 0 and 1 mean the same). \"Completed before\" is strict. An "
             "execution is pruned only if both criteria hold. An unknown instance is `not_found`, "
             "and is skipped in bulk. The processed count is the number of instances matched; in "
             "bulk a time given for the instances goes by the completed time of the current "
             "execution.",
     .why = "An off-by-one, or criteria joined by OR, deletes executions that an operator "
            "promised to keep, for an audit perhaps, and there is no way back.",
     .mend = "Usually execution numbers are sorted as text ('9' after '10'), keep 0 is taken as "
             "\"keep none\", or `<=` stands for `<`. Numbers may also have gaps, so `current - n` "
             "is no substitute for counting. Store numbers as integers, raise n to at least 1, "
             "rank the existing executions by number downwards, and require both rank > n and "
             "completed time < bound in one WHERE clause.",
     .needs = Capability::pruning},
    {.id = "POLL_1",
     .text = "A fetch with a poll timeout returns at once if there is work it may take, or else "
             "within the declared poll slack of the moment at which work becomes deliverable, be "
             "it by arrival, by the expiry of a lock or by the end of a delay. If there is none "
             "it returns nothing, not before the poll timeout and not later than the timeout plus "
             "the slack.",
     .why = "A fetch that sleeps through an arrival adds its whole poll timeout to every step of "
            "every workflow. One that returns early makes the engine spin against an idle store.",
     .mend = "Usually LISTEN comes after the SELECT, so that a wake-up between them is lost, or "
             "the waiter is woken by enqueues only and not by a deadline that passes. Subscribe "
             "first and query afterwards, wait until the earliest of the notification, the next "
             "deadline or visible time and the timeout, and query again.",
     .needs = Capability::long_polling},
    {.id = "POLL_2",
     .text = "A waiting fetch hinders no other call. Work is offered to every waiter that may "
             "take it: a waiter whose filter or session options do not admit an item does not "
             "keep it from one whose do.",
     .why = "If waiting holds a mutex, a connection or a transaction, the ack that would bring "
            "the next work has to wait for the poll to end, and the engine runs at one step per "
            "poll timeout.",
     .mend = "Usually a global mutex or the only pooled connection is held during the wait, or "
             "one waiter is notified who then cannot take the item. Release everything before "
             "waiting (a condition variable, or a connection of its own for notifications), and "
             "wake all waiters or those whose filter matches.",
     .needs = Capability::long_polling},
    {.id = "POLL_3",
     .text = "Without the long-polling capability a fetch returns at once, with or without work; "
             "a poll timeout that is given is ignored.",
     .why = "An engine that sees no long polling declared does its own waiting around the fetch. "
            "A provider that waits all the same blocks the engine's dispatch loop and delays its "
            "shutdown.",
     .mend = "Usually a wait left in a shared base class, or a poll timeout handed to a blocking "
             "read of the store (BLPOP, XREAD BLOCK). Run the candidate query once and return its "
             "result, or implement POLL_1 and POLL_2 and declare the capability.",
     .needs = Capability::queues},
};

}  // namespace ackproof::clauses
