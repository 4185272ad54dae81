// All the SQL of the SQLite provider: the schema, then every statement, verb by verb.
//
// The idea in the tables: an item that cannot be delivered now is out of the way of those that can.
//
// instance  One row per instance that exists (`created_at` is set) or has messages. It is in at
//           most one of two indexes. `ready_place` is its place in the line of ready instances.
//           `away_until` is when its lock ends (`token` is set) or when its first message that can
//           wake it shows. In neither it is idle, or all it has is held (TURN_5).
// message   `seq` is the queue place. `hidden_until` is set while a message is not visible. The
//           batch of a locked instance is its visible messages with seq <= `batch_end`: those that
//           come during the lock have a higher seq, and hidden ones show only at a fetch.
// activity  `seq` is the queue place. `away_until` is set while it is locked (`token` is set) or
//           hidden by an abandon; only the others are eligible, one after the other in the index
//           `activity_away`. `owner` is who fetched it last, if that was with a session claim.
// session   Who owns a session until when. A lapsed row stays until cleanup or the next claim.
// merged_value, pending_value
//           The key-values of an instance: what ended executions left, and what the current one
//           changed since (value NULL: cleared). `live_value` lays the second over the first.
// stream_event, stream_attribute, stream_snapshot, output, global
//           The event store and the context store. Nothing else refers to them.
//
// A seq is one more than the largest present, which is enough for order, and for the batch as well:
// its last message stays while the lock is live. Nothing remembers the seq of a removed row, and
// nothing the number of a deleted instance: tokens are in the row that they open, and all that
// refers to an instance by number goes with it.
//
// Times are milliseconds since the epoch. Enumerations are stored by their number in the contract,
// where new ones are added at the end only. A `body` is a payload as `body.h` encodes it.
#pragma once

namespace ackproof::sqlite::sql {

inline constexpr int kApplicationId = 0x61636B70;  // "ackp"

// Entry n brings a store from schema version n to n + 1. What was released is never edited.
inline constexpr const char* kMigrations[] = {
    R"sql(
CREATE TABLE instance (
  number      INTEGER PRIMARY KEY,
  id          TEXT NOT NULL UNIQUE,
  created_at  INTEGER,
  updated_at  INTEGER,
  name        TEXT,
  version     TEXT,
  parent      TEXT,
  execution   INTEGER,
  ready_place INTEGER,
  away_until  INTEGER,
  token       TEXT,
  batch_end   INTEGER
) STRICT;
CREATE INDEX instance_ready ON instance (ready_place) WHERE ready_place IS NOT NULL;
CREATE INDEX instance_away ON instance (away_until) WHERE away_until IS NOT NULL;
CREATE UNIQUE INDEX instance_token ON instance (token) WHERE token IS NOT NULL;

CREATE TABLE execution (
  instance    INTEGER NOT NULL,
  execution   INTEGER NOT NULL,
  status      INTEGER NOT NULL,
  event_count INTEGER NOT NULL,
  output      BLOB,
  PRIMARY KEY (instance, execution)
) STRICT, WITHOUT ROWID;

CREATE TABLE event (
  instance       INTEGER NOT NULL,
  execution      INTEGER NOT NULL,
  id             INTEGER NOT NULL,
  kind           TEXT NOT NULL,
  source_id      INTEGER,
  timestamp      INTEGER NOT NULL,
  engine_version TEXT NOT NULL,
  body           BLOB NOT NULL,
  PRIMARY KEY (instance, execution, id)
) STRICT, WITHOUT ROWID;

CREATE TABLE message (
  seq          INTEGER PRIMARY KEY,
  instance     INTEGER NOT NULL,
  hidden_until INTEGER,
  attempts     INTEGER NOT NULL,
  kind         INTEGER NOT NULL,
  execution    INTEGER,
  id           INTEGER NOT NULL,
  name         TEXT,
  version      TEXT,
  parent       TEXT,
  visible_at   INTEGER,
  body         BLOB NOT NULL
) STRICT;
CREATE INDEX message_visible ON message (instance) WHERE hidden_until IS NULL;
CREATE INDEX message_hidden ON message (instance, hidden_until) WHERE hidden_until IS NOT NULL;
CREATE INDEX message_start ON message (instance, hidden_until) WHERE kind < 2;

CREATE TABLE activity (
  seq        INTEGER PRIMARY KEY,
  away_until INTEGER,
  token      TEXT,
  attempts   INTEGER NOT NULL,
  instance   TEXT NOT NULL,
  execution  INTEGER NOT NULL,
  id         INTEGER NOT NULL,
  name       TEXT NOT NULL,
  body       BLOB NOT NULL
) STRICT;
CREATE INDEX activity_away ON activity (away_until);
CREATE INDEX activity_key ON activity (instance, execution, id);
CREATE UNIQUE INDEX activity_token ON activity (token) WHERE token IS NOT NULL;
)sql",
    R"sql(
ALTER TABLE instance ADD COLUMN custom_status BLOB;
ALTER TABLE instance ADD COLUMN status_version INTEGER NOT NULL DEFAULT 0;
CREATE INDEX instance_parent ON instance (parent) WHERE parent IS NOT NULL;

-- Version 1 kept no times of executions: those of the instance are the nearest that is known.
ALTER TABLE execution ADD COLUMN created_at INTEGER NOT NULL DEFAULT 0;
ALTER TABLE execution ADD COLUMN completed_at INTEGER;
ALTER TABLE execution ADD COLUMN pin_major INTEGER;
ALTER TABLE execution ADD COLUMN pin_minor INTEGER;
ALTER TABLE execution ADD COLUMN pin_patch INTEGER;
UPDATE execution
SET created_at = instance.created_at,
    completed_at = CASE WHEN status <> 0 OR execution.execution < instance.execution
                        THEN instance.updated_at END
FROM instance WHERE instance.number = execution.instance;

ALTER TABLE activity ADD COLUMN session TEXT;
ALTER TABLE activity ADD COLUMN tag TEXT;
ALTER TABLE activity ADD COLUMN owner TEXT;
DROP INDEX activity_away;
CREATE INDEX activity_away ON activity (away_until, seq, tag, session);
CREATE INDEX activity_session ON activity (session) WHERE session IS NOT NULL;

CREATE TABLE session (
  id            TEXT PRIMARY KEY,
  owner         TEXT NOT NULL,
  deadline      INTEGER NOT NULL,
  last_activity INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX session_owner ON session (owner);
CREATE INDEX session_deadline ON session (deadline);

CREATE TABLE merged_value (
  instance   INTEGER NOT NULL,
  key        TEXT NOT NULL,
  updated_at INTEGER NOT NULL,
  value      BLOB NOT NULL,
  PRIMARY KEY (instance, key)
) STRICT, WITHOUT ROWID;
CREATE TABLE pending_value (
  instance   INTEGER NOT NULL,
  key        TEXT NOT NULL,
  updated_at INTEGER NOT NULL,
  value      BLOB,
  PRIMARY KEY (instance, key)
) STRICT, WITHOUT ROWID;
CREATE VIEW live_value AS
SELECT instance, key, updated_at, value FROM pending_value WHERE value IS NOT NULL
UNION ALL
SELECT instance, key, updated_at, value FROM merged_value
WHERE NOT EXISTS (SELECT 1 FROM pending_value AS pending
                  WHERE pending.instance = merged_value.instance
                    AND pending.key = merged_value.key);
)sql",
    R"sql(
CREATE TABLE stream_event (
  stream         TEXT NOT NULL,
  id             INTEGER NOT NULL,
  type           TEXT NOT NULL,
  category       TEXT NOT NULL,
  timestamp      INTEGER NOT NULL,
  schema_version INTEGER NOT NULL,
  trace_id       TEXT NOT NULL,
  body           BLOB NOT NULL,
  PRIMARY KEY (stream, id)
) STRICT, WITHOUT ROWID;
CREATE TABLE stream_attribute (
  stream TEXT NOT NULL,
  id     INTEGER NOT NULL,
  key    TEXT NOT NULL,
  value  TEXT NOT NULL,
  PRIMARY KEY (stream, id, key)
) STRICT, WITHOUT ROWID;
CREATE TABLE stream_snapshot (
  stream   TEXT NOT NULL,
  event_id INTEGER NOT NULL,
  body     BLOB NOT NULL,
  PRIMARY KEY (stream, event_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE output (
  flow TEXT NOT NULL,
  node TEXT NOT NULL,
  body BLOB NOT NULL,
  PRIMARY KEY (flow, node)
) STRICT, WITHOUT ROWID;
CREATE TABLE global (
  key  TEXT PRIMARY KEY,
  body BLOB NOT NULL
) STRICT, WITHOUT ROWID;
)sql",
};

// --- Opening

inline constexpr char kApplication[] = "PRAGMA application_id";
inline constexpr char kVersion[] = "PRAGMA user_version";
inline constexpr char kTableCount[] = "SELECT count(*) FROM sqlite_schema";
inline constexpr char kUseWal[] = "PRAGMA journal_mode = WAL";

// Per connection. FULL syncs the log before a commit returns. NORMAL, which is often recommended
// for WAL mode, loses the latest commits at a power loss (DUR_1).
inline constexpr char kSettings[] = R"sql(
PRAGMA synchronous = FULL;
PRAGMA cache_size = -16384;
PRAGMA temp_store = MEMORY;
)sql";

// Another value than before means that another connection changed the file.
inline constexpr char kDataVersion[] = "PRAGMA data_version";

// --- Transactions

inline constexpr char kBeginRead[] = "BEGIN DEFERRED";
inline constexpr char kBeginWrite[] = "BEGIN IMMEDIATE";
inline constexpr char kCommit[] = "COMMIT";
inline constexpr char kRollback[] = "ROLLBACK";

// A part of a transaction that is all or nothing by itself.
inline constexpr char kBeginPart[] = "SAVEPOINT part";
inline constexpr char kUndoPart[] = "ROLLBACK TO part";
inline constexpr char kEndPart[] = "RELEASE part";

// --- Putting a message

// The target of a message: ?1 id.
inline constexpr char kFindTarget[] = R"sql(
SELECT number, created_at IS NOT NULL, token IS NOT NULL, ready_place IS NOT NULL, away_until
FROM instance WHERE id = ?1)sql";

inline constexpr char kAddTarget[] = "INSERT INTO instance (id) VALUES (?1)";

inline constexpr char kAddMessage[] = R"sql(
INSERT INTO message (instance, hidden_until, attempts, kind, execution, id, name, version, parent,
                     visible_at, body)
VALUES (?1, ?2, 0, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10))sql";

// Instance ?1 is ready: to the end of the line, so that nobody is overtaken (TURN_8).
inline constexpr char kStandInLine[] = R"sql(
UPDATE instance
SET ready_place = (SELECT coalesce(max(ready_place), 0) + 1
                   FROM instance WHERE ready_place IS NOT NULL),
    away_until = NULL, token = NULL, batch_end = NULL
WHERE number = ?1)sql";

// Instance ?1 is unlocked, with nothing to deliver until ?2, which may be NULL.
inline constexpr char kStayAway[] = R"sql(
UPDATE instance SET ready_place = NULL, away_until = ?2, token = NULL, batch_end = NULL
WHERE number = ?1)sql";

// --- Fetching a turn

// Instances whose lock or sleep is over at ?1, at most ?2, the longest waiting first.
inline constexpr char kFindDueInstances[] = R"sql(
SELECT number FROM instance WHERE away_until <= ?1 ORDER BY away_until LIMIT ?2)sql";

// The messages of instance ?1 whose time has come at ?2 are visible from now on.
inline constexpr char kShowMessages[] =
    "UPDATE message SET hidden_until = NULL WHERE instance = ?1 AND hidden_until <= ?2";

// The line of ready instances behind place ?1, with the pins of their current executions. Who has a
// version filter walks along it past those that are not for him, so that his fetch costs what
// stands in line before his first one; without a filter the first row is the answer.
inline constexpr char kReadLine[] = R"sql(
SELECT ready_place, number, id, instance.created_at IS NOT NULL, name, version,
       instance.execution, pin_major, pin_minor, pin_patch
FROM instance LEFT JOIN execution
  ON execution.instance = number AND execution.execution = instance.execution
WHERE ready_place > ?1 ORDER BY ready_place)sql";

// When the next instance wakes, once all that are due have been woken.
inline constexpr char kNextAwake[] =
    "SELECT min(away_until) FROM instance WHERE away_until IS NOT NULL";

// The first ?2 visible messages of instance ?1. The columns are those of `read_message`, and seq.
inline constexpr char kReadBatch[] = R"sql(
SELECT kind, execution, id, name, version, parent, visible_at, body, attempts, seq
FROM message WHERE instance = ?1 AND hidden_until IS NULL ORDER BY seq LIMIT ?2)sql";

inline constexpr char kCountBatch[] = R"sql(
UPDATE message SET attempts = attempts + 1
WHERE instance = ?1 AND hidden_until IS NULL AND seq <= ?2)sql";

// Locks instance ?1 until ?2 with token ?3 and the batch that ends at ?4.
inline constexpr char kLockInstance[] = R"sql(
UPDATE instance SET ready_place = NULL, away_until = ?2, token = ?3, batch_end = ?4
WHERE number = ?1)sql";

// The columns are those of `read_events`.
inline constexpr char kReadEvents[] = R"sql(
SELECT id, kind, source_id, timestamp, engine_version, body
FROM event WHERE instance = ?1 AND execution = ?2 ORDER BY id)sql";

// --- Ending a turn

// What token ?1 opened, if it is live at ?2 (LOCK_9).
inline constexpr char kFindTurn[] = R"sql(
SELECT number, created_at IS NOT NULL, execution, parent, batch_end
FROM instance WHERE token = ?1 AND away_until > ?2)sql";

inline constexpr char kRenewTurn[] =
    "UPDATE instance SET away_until = ?3 WHERE token = ?1 AND away_until > ?2";

// The first visible start message of instance ?1 (TURN_13). None becomes visible before the turn is over.
inline constexpr char kFirstStart[] = R"sql(
SELECT name, version, parent FROM message
WHERE instance = ?1 AND kind < 2 AND hidden_until IS NULL ORDER BY seq LIMIT 1)sql";

inline constexpr char kRemoveBatch[] =
    "DELETE FROM message WHERE instance = ?1 AND hidden_until IS NULL AND seq <= ?2";

// Gives the batch back, hidden until ?3 (NULL: at once), ?4 attempts taken back (POISON_2).
inline constexpr char kReturnBatch[] = R"sql(
UPDATE message SET hidden_until = ?3, attempts = max(attempts - ?4, 0)
WHERE instance = ?1 AND hidden_until IS NULL AND seq <= ?2)sql";

// Whether instance ?1, which exists, has something visible, and when the next message shows.
inline constexpr char kNextMessage[] = R"sql(
SELECT EXISTS (SELECT 1 FROM message WHERE instance = ?1 AND hidden_until IS NULL),
       (SELECT min(hidden_until) FROM message
        WHERE instance = ?1 AND hidden_until IS NOT NULL))sql";

// The same for an instance that does not exist: only a start message brings it to life (TURN_5).
inline constexpr char kNextStart[] = R"sql(
SELECT EXISTS (SELECT 1 FROM message WHERE instance = ?1 AND kind < 2 AND hidden_until IS NULL),
       (SELECT min(hidden_until) FROM message
        WHERE instance = ?1 AND kind < 2 AND hidden_until IS NOT NULL))sql";

// The execution's row, made or brought up to date; answers how many events it has now, and its
// status (ACK_12).
inline constexpr char kSaveExecution[] = R"sql(
INSERT INTO execution (instance, execution, status, output, event_count, created_at,
                       pin_major, pin_minor, pin_patch)
VALUES (?1, ?2, coalesce(?3, 0), ?4, ?5, ?6, ?7, ?8, ?9)
ON CONFLICT DO UPDATE SET status = coalesce(?3, status), output = coalesce(?4, output),
                          event_count = event_count + ?5, pin_major = coalesce(?7, pin_major),
                          pin_minor = coalesce(?8, pin_minor), pin_patch = coalesce(?9, pin_patch)
RETURNING event_count, status)sql";

// Since when execution ?2 of instance ?1, just acked, and the one that was current before, ?3, have
// ended; ?4 is now. All others are as they were: below the current one, and ended (MGMT_1).
inline constexpr char kMarkEnds[] = R"sql(
UPDATE execution
SET completed_at = CASE WHEN status = 0 AND execution = max(?2, ?3) THEN NULL
                        ELSE coalesce(completed_at, ?4) END
WHERE instance = ?1 AND execution IN (?2, ?3))sql";

// A plain insert: an event id that is stored already violates the key (ACK_4).
inline constexpr char kAddEvent[] = R"sql(
INSERT INTO event (instance, execution, id, kind, source_id, timestamp, engine_version, body)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8))sql";

// The record of instance ?1 after an ack at ?2; a NULL leaves a field as it was (ACK_10).
inline constexpr char kSaveInstance[] = R"sql(
UPDATE instance
SET created_at = coalesce(created_at, ?2), updated_at = ?2, name = coalesce(?3, name),
    version = coalesce(?4, version), parent = coalesce(?5, parent),
    execution = max(coalesce(execution, 0), ?6)
WHERE number = ?1)sql";

// --- Activities

inline constexpr char kAddActivity[] = R"sql(
INSERT INTO activity (attempts, instance, execution, id, name, session, tag, body)
VALUES (0, ?1, ?2, ?3, ?4, ?5, ?6, ?7))sql";

// All whose lock or delay is over at ?1 are eligible again. All, because the first of them in the
// queue may be any (WORK_1); each is moved once per lock or delay.
inline constexpr char kReturnDueActivities[] =
    "UPDATE activity SET away_until = NULL, token = NULL WHERE away_until <= ?1";

// The eligible activities in order, for owner ?1 at ?2; NULL: for who claims no sessions (SESS_1).
// Who takes only some tags or sessions walks past the others, a step each: the index alone has all
// that is asked for, however long the bodies are.
inline constexpr char kReadEligible[] = R"sql(
SELECT seq, tag FROM activity
WHERE away_until IS NULL
  AND (session IS NULL
       OR (?1 IS NOT NULL
           AND NOT EXISTS (SELECT 1 FROM session
                           WHERE session.id = activity.session AND owner <> ?1
                             AND deadline > ?2)))
ORDER BY seq)sql";

inline constexpr char kReadActivity[] = R"sql(
SELECT attempts, instance, execution, id, name, session, tag, body
FROM activity WHERE seq = ?1)sql";

inline constexpr char kLockActivity[] = R"sql(
UPDATE activity SET away_until = ?2, token = ?3, owner = ?4, attempts = attempts + 1
WHERE seq = ?1)sql";

// When the next lock, delay or session ends, once all that ended before ?1 is dealt with.
inline constexpr char kNextEligible[] = R"sql(
SELECT min(moment) FROM (
  SELECT min(away_until) AS moment FROM activity WHERE away_until IS NOT NULL
  UNION ALL
  SELECT min(deadline) FROM session WHERE deadline > ?1))sql";

// The three that take a token ?1 touch a row only if it is live at ?2 (LOCK_9).
inline constexpr char kRemoveActivity[] =
    "DELETE FROM activity WHERE token = ?1 AND away_until > ?2";

inline constexpr char kReturnActivity[] = R"sql(
UPDATE activity SET away_until = ?3, token = NULL, attempts = max(attempts - ?4, 0)
WHERE token = ?1 AND away_until > ?2)sql";

inline constexpr char kRenewActivity[] =
    "UPDATE activity SET away_until = ?3 WHERE token = ?1 AND away_until > ?2";

inline constexpr char kCancelActivity[] =
    "DELETE FROM activity WHERE instance = ?1 AND execution = ?2 AND id = ?3";

// --- Sessions

// Session ?1 is ?2's until ?3, and active now, at ?4 (SESS_2). Whether ?2 may have it was asked by
// `kReadEligible`, in the same transaction.
inline constexpr char kClaimSession[] = R"sql(
INSERT INTO session (id, owner, deadline, last_activity) VALUES (?1, ?2, ?3, ?4)
ON CONFLICT DO UPDATE SET owner = ?2, deadline = ?3, last_activity = ?4)sql";

// The holder of token ?1 was active at ?2, which counts only while the session is still that of the
// owner who fetched the item (SESS_3).
inline constexpr char kTouchSession[] = R"sql(
UPDATE session SET last_activity = ?2
WHERE deadline > ?2
  AND (id, owner) IN (SELECT session, owner FROM activity WHERE token = ?1 AND away_until > ?2))sql";

// Owner ?1's sessions that are live at ?2 and not idle for ?4 get the deadline ?3.
inline constexpr char kRenewSessions[] = R"sql(
UPDATE session SET deadline = ?3
WHERE owner = ?1 AND deadline > ?2 AND ?2 - last_activity < ?4)sql";

// A locked or hidden item is queued too.
inline constexpr char kCleanSessions[] = R"sql(
DELETE FROM session
WHERE deadline <= ?1 AND NOT EXISTS (SELECT 1 FROM activity WHERE activity.session = session.id))sql";

// --- Custom status

// One version more for a commit with a change, whatever the value (STAT_3).
inline constexpr char kSetStatus[] = R"sql(
UPDATE instance SET custom_status = ?2, status_version = status_version + 1 WHERE number = ?1)sql";

inline constexpr char kReadStatus[] = R"sql(
SELECT custom_status, status_version FROM instance
WHERE id = ?1 AND created_at IS NOT NULL AND status_version > ?2)sql";

// --- Key-values

// A NULL is a cleared key, which hides the merged value until it is removed with it (KV_2).
inline constexpr char kChangeValue[] = R"sql(
INSERT INTO pending_value (instance, key, value, updated_at) VALUES (?1, ?2, ?3, ?4)
ON CONFLICT DO UPDATE SET value = ?3, updated_at = ?4)sql";

// Both together clear all: nothing pending but a cleared key for each that is merged.
inline constexpr char kForgetPending[] = "DELETE FROM pending_value WHERE instance = ?1";
inline constexpr char kClearMerged[] = R"sql(
INSERT INTO pending_value (instance, key, value, updated_at)
SELECT instance, key, NULL, updated_at FROM merged_value WHERE instance = ?1)sql";

// The two, and then `kForgetPending`, make what is pending the state.
inline constexpr char kMergeSet[] = R"sql(
INSERT INTO merged_value (instance, key, value, updated_at)
SELECT instance, key, value, updated_at FROM pending_value
WHERE instance = ?1 AND value IS NOT NULL
ON CONFLICT DO UPDATE SET value = excluded.value, updated_at = excluded.updated_at)sql";
inline constexpr char kMergeCleared[] = R"sql(
DELETE FROM merged_value
WHERE instance = ?1
  AND key IN (SELECT key FROM pending_value WHERE instance = ?1 AND value IS NULL))sql";

inline constexpr char kReadMerged[] =
    "SELECT key, value, updated_at FROM merged_value WHERE instance = ?1";

inline constexpr char kReadLiveValue[] = R"sql(
SELECT key, value, updated_at FROM live_value
WHERE instance = (SELECT number FROM instance WHERE id = ?1) AND key = ?2)sql";

inline constexpr char kReadLiveValues[] = R"sql(
SELECT key, value, updated_at FROM live_value
WHERE instance = (SELECT number FROM instance WHERE id = ?1))sql";

// --- Management: each is one statement, and so one snapshot

// The instances whose current execution has status ?1; NULL: all.
inline constexpr char kListInstances[] = R"sql(
SELECT id FROM instance JOIN execution
  ON execution.instance = number AND execution.execution = instance.execution
WHERE ?1 IS NULL OR status = ?1 ORDER BY number)sql";

inline constexpr char kListExecutions[] = R"sql(
SELECT execution.execution FROM instance JOIN execution ON execution.instance = number
WHERE id = ?1 ORDER BY execution.execution)sql";

inline constexpr char kReadExecution[] = R"sql(
SELECT status, output, pin_major, pin_minor, pin_patch, execution.created_at, completed_at,
       event_count
FROM instance JOIN execution ON execution.instance = number
WHERE id = ?1 AND execution.execution = ?2)sql";

inline constexpr char kReadParent[] =
    "SELECT parent FROM instance WHERE id = ?1 AND created_at IS NOT NULL";

// An id without a record has no children, also if a deleted instance of that name had some.
inline constexpr char kListChildren[] = R"sql(
SELECT child.id FROM instance AS parent JOIN instance AS child ON child.parent = parent.id
WHERE parent.id = ?1 AND parent.created_at IS NOT NULL)sql";

// Instance ?1 and its descendants, itself first. UNION, not UNION ALL: a cycle ends (MGMT_3).
inline constexpr char kReadTree[] = R"sql(
WITH RECURSIVE tree (id) AS (
  SELECT id FROM instance WHERE id = ?1 AND created_at IS NOT NULL
  UNION
  SELECT child.id FROM tree JOIN instance AS child ON child.parent = tree.id)
SELECT id FROM tree)sql";

// How many items are ready, hidden, locked and held at ?1: first the messages, then the activities.
// Each is looked at once, and a message with its instance: of a locked one all are locked (MGMT_2).
inline constexpr char kReadDepths[] = R"sql(
WITH item (queue, place) AS (
  SELECT 0, CASE
    WHEN token IS NOT NULL AND away_until > ?1 THEN 'locked'
    WHEN hidden_until > ?1 THEN 'hidden'
    WHEN created_at IS NULL
         AND NOT EXISTS (SELECT 1 FROM message AS opening
                         WHERE opening.instance = number AND opening.kind < 2
                           AND (opening.hidden_until IS NULL OR opening.hidden_until <= ?1))
    THEN 'held'
    ELSE 'ready' END
  FROM message JOIN instance ON number = message.instance
  UNION ALL
  SELECT 1, CASE
    WHEN token IS NOT NULL AND away_until > ?1 THEN 'locked'
    WHEN away_until > ?1 THEN 'hidden'
    ELSE 'ready' END
  FROM activity)
SELECT count(*) FILTER (WHERE queue = 0 AND place = 'ready'),
       count(*) FILTER (WHERE queue = 0 AND place = 'hidden'),
       count(*) FILTER (WHERE queue = 0 AND place = 'locked'),
       count(*) FILTER (WHERE queue = 0 AND place = 'held'),
       count(*) FILTER (WHERE queue = 1 AND place = 'ready'),
       count(*) FILTER (WHERE queue = 1 AND place = 'hidden'),
       count(*) FILTER (WHERE queue = 1 AND place = 'locked')
FROM item)sql";

// Instances by their current execution's status, all executions, all events.
inline constexpr char kReadTotals[] = R"sql(
SELECT count(*) FILTER (WHERE is_current),
       count(*),
       coalesce(sum(event_count), 0),
       count(*) FILTER (WHERE is_current AND status = 0),
       count(*) FILTER (WHERE is_current AND status = 1),
       count(*) FILTER (WHERE is_current AND status = 2),
       count(*) FILTER (WHERE is_current AND status = 3)
FROM (SELECT status, event_count, execution.execution = instance.execution AS is_current
      FROM execution JOIN instance ON number = execution.instance))sql";

// --- Deletion

// What there is of id ?1: number, id, whether it has a record, whether that is terminal, and when
// its current execution ended.
inline constexpr char kFindMember[] = R"sql(
SELECT number, id, instance.created_at IS NOT NULL, status IN (1, 2), completed_at
FROM instance LEFT JOIN execution
  ON execution.instance = number AND execution.execution = instance.execution
WHERE id = ?1)sql";

// The same of instance ?1, which has a record, and of all its descendants.
inline constexpr char kFindTree[] = R"sql(
WITH RECURSIVE tree (id) AS (
  SELECT ?1
  UNION
  SELECT child.id FROM tree JOIN instance AS child ON child.parent = tree.id)
SELECT number, instance.id, instance.created_at IS NOT NULL, status IN (1, 2), completed_at
FROM tree JOIN instance ON instance.id = tree.id JOIN execution
  ON execution.instance = number AND execution.execution = instance.execution)sql";

// Whether instance ?1 has a parent that still has a record (DEL_4).
inline constexpr char kHasParent[] = R"sql(
SELECT EXISTS (SELECT 1 FROM instance AS child JOIN instance AS parent ON parent.id = child.parent
               WHERE child.id = ?1 AND parent.created_at IS NOT NULL))sql";

inline constexpr char kHasActivities[] =
    "SELECT EXISTS (SELECT 1 FROM activity WHERE instance = ?1)";

inline constexpr char kSessionsOf[] =
    "SELECT DISTINCT session FROM activity WHERE instance = ?1 AND session IS NOT NULL";

// Session ?1, if no item is left in it, also a live one (DEL_2).
inline constexpr char kRemoveEmptySession[] = R"sql(
DELETE FROM session
WHERE id = ?1 AND NOT EXISTS (SELECT 1 FROM activity WHERE activity.session = session.id))sql";

inline constexpr char kRemoveEvents[] = "DELETE FROM event WHERE instance = ?1";
inline constexpr char kRemoveExecutions[] = "DELETE FROM execution WHERE instance = ?1";
inline constexpr char kRemoveMessages[] = R"sql(
DELETE FROM message
WHERE seq IN (SELECT seq FROM message WHERE instance = ?1 AND hidden_until IS NULL
              UNION ALL
              SELECT seq FROM message WHERE instance = ?1 AND hidden_until IS NOT NULL))sql";
inline constexpr char kRemoveActivities[] = "DELETE FROM activity WHERE instance = ?1";  // By id.
inline constexpr char kRemoveMerged[] = "DELETE FROM merged_value WHERE instance = ?1";
inline constexpr char kRemoveInstance[] = "DELETE FROM instance WHERE number = ?1";

// Terminal roots that ended before ?1 (NULL: whenever), the longest ended first. Whether their
// descendants are terminal is seen when each is deleted (DEL_5).
inline constexpr char kListEndedRoots[] = R"sql(
SELECT id FROM instance JOIN execution
  ON execution.instance = number AND execution.execution = instance.execution
WHERE status IN (1, 2) AND (?1 IS NULL OR completed_at < ?1)
  AND NOT EXISTS (SELECT 1 FROM instance AS parent
                  WHERE parent.id = instance.parent AND parent.created_at IS NOT NULL)
ORDER BY completed_at, number)sql";

// --- Pruning

// The executions of instance ?1 that are below its ?2 highest, and ended before ?3 (NULL: whenever).
// With ?2 at least 1 the current one is never among them, and all below it have ended (PRUNE_1).
inline constexpr char kListPrunable[] = R"sql(
SELECT execution FROM execution
WHERE instance = ?1 AND (?3 IS NULL OR completed_at < ?3)
  AND execution < (SELECT execution FROM execution
                   WHERE instance = ?1 ORDER BY execution DESC LIMIT 1 OFFSET ?2 - 1))sql";

inline constexpr char kRemoveEventsOf[] =
    "DELETE FROM event WHERE instance = ?1 AND execution = ?2";
inline constexpr char kRemoveExecution[] =
    "DELETE FROM execution WHERE instance = ?1 AND execution = ?2";

// The instances whose current execution ended before ?1; NULL: all (PRUNE_2).
inline constexpr char kListEnded[] = R"sql(
SELECT id FROM instance JOIN execution
  ON execution.instance = number AND execution.execution = instance.execution
WHERE ?1 IS NULL OR completed_at < ?1 ORDER BY number)sql";

// --- Reading: each is one statement, and so one snapshot

// The events of execution ?2 of instance ?1; NULL: of the current one (HIST_1).
inline constexpr char kReadHistory[] = R"sql(
SELECT event.id, event.kind, source_id, timestamp, engine_version, body
FROM instance JOIN event
  ON event.instance = number AND event.execution = coalesce(?2, instance.execution)
WHERE instance.id = ?1 ORDER BY event.id)sql";

inline constexpr char kReadInstance[] = R"sql(
SELECT name, version, parent, instance.execution, status, output, instance.created_at, updated_at,
       pin_major, pin_minor, pin_patch
FROM instance JOIN execution
  ON execution.instance = number AND execution.execution = instance.execution
WHERE id = ?1 AND instance.created_at IS NOT NULL)sql";

// --- Event streams

// The last event id of stream ?1; NULL: it is empty.
inline constexpr char kLastStreamId[] = "SELECT max(id) FROM stream_event WHERE stream = ?1";

inline constexpr char kAddStreamEvent[] = R"sql(
INSERT INTO stream_event (stream, id, type, category, timestamp, schema_version, trace_id, body)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8))sql";

inline constexpr char kAddStreamAttribute[] =
    "INSERT INTO stream_attribute (stream, id, key, value) VALUES (?1, ?2, ?3, ?4)";

// The events of stream ?1 from ?2 on, each followed by its attributes: those have a key. A join would
// read a body once per attribute; this is two walks along the keys, side by side.
inline constexpr char kReadStream[] = R"sql(
SELECT id, type, category, timestamp, schema_version, trace_id, body, NULL AS key, NULL AS value
FROM stream_event WHERE stream = ?1 AND id >= ?2
UNION ALL
SELECT id, NULL, NULL, NULL, NULL, NULL, NULL, key, value
FROM stream_attribute WHERE stream = ?1 AND id >= ?2
ORDER BY id, key)sql";

// Snapshot ?3 of event ?2 of stream ?1, if there is such an event.
inline constexpr char kPutSnapshot[] = R"sql(
INSERT INTO stream_snapshot (stream, event_id, body)
SELECT stream, id, ?3 FROM stream_event WHERE stream = ?1 AND id = ?2
ON CONFLICT DO UPDATE SET body = excluded.body)sql";

inline constexpr char kReadSnapshot[] = R"sql(
SELECT event_id, body FROM stream_snapshot WHERE stream = ?1 ORDER BY event_id DESC LIMIT 1)sql";

// --- Outputs and globals. Those that put change nothing where there is a value.

inline constexpr char kPutOutput[] =
    "INSERT INTO output (flow, node, body) VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING";
inline constexpr char kReadOutput[] = "SELECT body FROM output WHERE flow = ?1 AND node = ?2";
inline constexpr char kListOutputs[] = "SELECT node FROM output WHERE flow = ?1 ORDER BY node";

inline constexpr char kPutGlobal[] =
    "INSERT INTO global (key, body) VALUES (?1, ?2) ON CONFLICT DO NOTHING";
inline constexpr char kUpsertGlobal[] = R"sql(
INSERT INTO global (key, body) VALUES (?1, ?2)
ON CONFLICT DO UPDATE SET body = excluded.body)sql";
inline constexpr char kReadGlobal[] = "SELECT body FROM global WHERE key = ?1";

// --- The hooks: a body in a format that nobody knows

inline constexpr char kCorruptHistory[] = R"sql(
UPDATE event SET body = x'00'
WHERE instance = (SELECT number FROM instance WHERE id = ?1) AND execution = ?2)sql";

inline constexpr char kCorruptMessage[] = R"sql(
UPDATE message SET body = x'00'
WHERE instance = (SELECT number FROM instance WHERE id = ?1) AND id = ?2)sql";

inline constexpr char kCorruptActivity[] =
    "UPDATE activity SET body = x'00' WHERE instance = ?1 AND execution = ?2 AND id = ?3";

}  // namespace ackproof::sqlite::sql
