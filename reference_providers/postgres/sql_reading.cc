#include "reference_providers/postgres/sql.h"

namespace ackproof::postgres::sql {

// Whatever only reads is a statement and not a function: one statement is one snapshot.
const std::map<std::string, std::string> kStatements = {
    // The events of execution $2, NULL: of the current one (HIST_1). The columns are those of
    // `take_turn`.
    {"read_history", R"sql(
SELECT 4, event.id, source_id, made_at, NULL, kind, engine_version, NULL, body
FROM instance JOIN event
  ON event.instance = number AND event.execution = coalesce($2::bigint, instance.execution)
WHERE instance.id = $1 ORDER BY event.id)sql"},

    {"read_instance", R"sql(
SELECT name, version, parent, instance.execution, instance.created_at, updated_at, status,
       execution.pin, output
FROM instance JOIN execution
  ON execution.instance = number AND execution.execution = instance.execution
WHERE id = $1 AND instance.created_at IS NOT NULL)sql"},

    {"read_custom_status", R"sql(
SELECT status_version, custom_status FROM instance
WHERE id = $1 AND created_at IS NOT NULL AND status_version > $2)sql"},

    // What clients see: what is pending, over what is merged.
    {"read_value", R"sql(
SELECT live.key, live.updated_at, live.value
FROM instance JOIN value AS live ON live.instance = number
WHERE id = $1 AND live.key = $2 AND live.value IS NOT NULL
  AND (live.is_pending
       OR NOT EXISTS (SELECT 1 FROM value AS pending
                      WHERE pending.instance = number AND pending.is_pending
                        AND pending.key = live.key)))sql"},

    {"read_values", R"sql(
SELECT live.key, live.updated_at, live.value
FROM instance JOIN value AS live ON live.instance = number
WHERE id = $1 AND live.value IS NOT NULL
  AND (live.is_pending
       OR NOT EXISTS (SELECT 1 FROM value AS pending
                      WHERE pending.instance = number AND pending.is_pending
                        AND pending.key = live.key)))sql"},

    // --- Management

    // The instances whose current execution has status $1; NULL: all.
    {"list_instances", R"sql(
SELECT id FROM instance JOIN execution
  ON execution.instance = number AND execution.execution = instance.execution
WHERE $1::integer IS NULL OR status = $1 ORDER BY number)sql"},

    {"list_executions", R"sql(
SELECT execution.execution FROM instance JOIN execution ON execution.instance = number
WHERE id = $1 ORDER BY execution.execution)sql"},

    {"read_execution", R"sql(
SELECT status, execution.created_at, completed_at, event_count, execution.pin, output
FROM instance JOIN execution ON execution.instance = number
WHERE id = $1 AND execution.execution = $2)sql"},

    {"read_parent", "SELECT parent FROM instance WHERE id = $1 AND created_at IS NOT NULL"},

    // An id without a record has no children, also if a deleted instance of that name had some.
    {"list_children", R"sql(
SELECT child.id FROM instance AS parent JOIN instance AS child ON child.parent = parent.id
WHERE parent.id = $1 AND parent.created_at IS NOT NULL)sql"},

    // How many items are ready, hidden, locked and held: first the messages, then the activities. Each
    // is looked at once, and a message with its instance: of a locked one all are locked (MGMT_2).
    //
    // All of it is true at one moment only if the millisecond did not change while the snapshot was
    // taken, between the statement's time and `moment`.
    {"read_queue_depths", R"sql(
WITH present AS MATERIALIZED (SELECT clock($1) AS moment),
item AS (
  SELECT 0 AS queue, CASE
    WHEN token IS NOT NULL AND away_until > moment THEN 'locked'
    WHEN hidden_until > moment THEN 'hidden'
    WHEN created_at IS NULL
         AND NOT EXISTS (SELECT 1 FROM message AS opening
                         WHERE opening.instance = number AND opening.kind < 2
                           AND opening.hidden_until <= moment)
    THEN 'held'
    ELSE 'ready' END AS place
  FROM present CROSS JOIN message JOIN instance ON number = message.instance
  UNION ALL
  SELECT 1, CASE
    WHEN token IS NOT NULL AND away_until > moment THEN 'locked'
    WHEN away_until > moment THEN 'hidden'
    ELSE 'ready' END
  FROM present CROSS JOIN activity)
SELECT $1::bigint IS NOT NULL
         OR floor(extract(epoch FROM statement_timestamp()) * 1000) = (SELECT moment FROM present),
       count(*) FILTER (WHERE queue = 0 AND place = 'ready'),
       count(*) FILTER (WHERE queue = 0 AND place = 'hidden'),
       count(*) FILTER (WHERE queue = 0 AND place = 'locked'),
       count(*) FILTER (WHERE queue = 0 AND place = 'held'),
       count(*) FILTER (WHERE queue = 1 AND place = 'ready'),
       count(*) FILTER (WHERE queue = 1 AND place = 'hidden'),
       count(*) FILTER (WHERE queue = 1 AND place = 'locked')
FROM item)sql"},

    // Instances by their current execution's status, all executions, all events.
    {"read_totals", R"sql(
SELECT count(*) FILTER (WHERE is_current),
       count(*),
       coalesce(sum(event_count), 0)::bigint,
       count(*) FILTER (WHERE is_current AND status = 0),
       count(*) FILTER (WHERE is_current AND status = 1),
       count(*) FILTER (WHERE is_current AND status = 2),
       count(*) FILTER (WHERE is_current AND status = 3)
FROM (SELECT status, event_count, execution.execution = instance.execution AS is_current
      FROM execution JOIN instance ON number = execution.instance) AS each)sql"},

    // --- Whom bulk deletion and bulk pruning look at

    // Terminal roots that ended before $1 (NULL: whenever), the longest ended first. Whether their
    // descendants are terminal is seen when each is deleted (DEL_5).
    {"list_ended_roots", R"sql(
SELECT id FROM instance JOIN execution
  ON execution.instance = number AND execution.execution = instance.execution
WHERE status IN (1, 2) AND ($1::bigint IS NULL OR completed_at < $1)
  AND NOT EXISTS (SELECT 1 FROM instance AS parent
                  WHERE parent.id = instance.parent AND parent.created_at IS NOT NULL)
ORDER BY completed_at, number)sql"},

    // The instances whose current execution ended before $1; NULL: all (PRUNE_2).
    {"list_ended", R"sql(
SELECT id FROM instance JOIN execution
  ON execution.instance = number AND execution.execution = instance.execution
WHERE $1::bigint IS NULL OR completed_at < $1 ORDER BY number)sql"},

    // --- The hooks: a body in a format that nobody knows

    {"corrupt_history", R"sql(
UPDATE event SET body = '\x00'
WHERE instance = (SELECT number FROM instance WHERE id = $1) AND execution = $2
RETURNING id)sql"},

    {"corrupt_message", R"sql(
UPDATE message SET body = '\x00'
WHERE instance = (SELECT number FROM instance WHERE id = $1) AND id = $2
RETURNING seq)sql"},

    {"corrupt_activity", R"sql(
UPDATE activity SET body = '\x00' WHERE instance = $1 AND execution = $2 AND id = $3
RETURNING seq)sql"},
};

}  // namespace ackproof::postgres::sql
