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
//           hidden by an abandon; only the others are eligible.
//
// A seq is one more than the largest present, which is enough for order, and for the batch as well:
// its last message stays while the lock is live. Nothing remembers the seq of a removed row.
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

// --- Transactions

inline constexpr char kBeginRead[] = "BEGIN DEFERRED";
inline constexpr char kBeginWrite[] = "BEGIN IMMEDIATE";
inline constexpr char kCommit[] = "COMMIT";
inline constexpr char kRollback[] = "ROLLBACK";

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

inline constexpr char kFirstInLine[] = R"sql(
SELECT number, id, created_at IS NOT NULL, name, version, execution
FROM instance WHERE ready_place IS NOT NULL ORDER BY ready_place LIMIT 1)sql";

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

// The execution's row, made or brought up to date; answers how many events it has now (ACK_12).
inline constexpr char kSaveExecution[] = R"sql(
INSERT INTO execution (instance, execution, status, output, event_count)
VALUES (?1, ?2, coalesce(?3, 0), ?4, ?5)
ON CONFLICT DO UPDATE SET status = coalesce(?3, status), output = coalesce(?4, output),
                          event_count = event_count + ?5
RETURNING event_count)sql";

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
INSERT INTO activity (attempts, instance, execution, id, name, body)
VALUES (0, ?1, ?2, ?3, ?4, ?5))sql";

// All whose lock or delay is over at ?1 are eligible again. All, because the first of them in the
// queue may be any (WORK_1); each is moved once per lock or delay.
inline constexpr char kReturnDueActivities[] =
    "UPDATE activity SET away_until = NULL, token = NULL WHERE away_until <= ?1";

inline constexpr char kFirstActivity[] = R"sql(
SELECT seq, attempts, instance, execution, id, name, body
FROM activity WHERE away_until IS NULL ORDER BY seq LIMIT 1)sql";

inline constexpr char kLockActivity[] = R"sql(
UPDATE activity SET away_until = ?2, token = ?3, attempts = attempts + 1 WHERE seq = ?1)sql";

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

// --- Reading: each is one statement, and so one snapshot

// The events of execution ?2 of instance ?1; NULL: of the current one (HIST_1).
inline constexpr char kReadHistory[] = R"sql(
SELECT event.id, event.kind, source_id, timestamp, engine_version, body
FROM instance JOIN event
  ON event.instance = number AND event.execution = coalesce(?2, instance.execution)
WHERE instance.id = ?1 ORDER BY event.id)sql";

inline constexpr char kReadInstance[] = R"sql(
SELECT name, version, parent, instance.execution, status, output, created_at, updated_at
FROM instance JOIN execution
  ON execution.instance = number AND execution.execution = instance.execution
WHERE id = ?1 AND created_at IS NOT NULL)sql";

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
