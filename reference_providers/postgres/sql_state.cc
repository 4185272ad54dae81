#include "reference_providers/postgres/sql.h"

namespace ackproof::postgres::sql {

const char kValues[] = R"sql(
-- Records changes as pending, in order: 0 set, 1 clear, 2 clear all (KV_1). A NULL is a cleared key,
-- which hides the merged value until it is removed with it (KV_2).
CREATE FUNCTION change_values(_number bigint, _kinds bigint[], _keys text[], _times bigint[],
                              _values bytea[])
RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  _change record;
BEGIN
  FOR _change IN
    SELECT * FROM unnest(_kinds, _keys, _times, _values) AS given(kind, key, updated_at, value)
  LOOP
    IF _change.kind = 2 THEN
      DELETE FROM value WHERE instance = _number AND is_pending;
      INSERT INTO value (instance, is_pending, key, updated_at, value)
      SELECT _number, true, key, updated_at, NULL FROM value
      WHERE instance = _number AND NOT is_pending;
    ELSE
      INSERT INTO value (instance, is_pending, key, updated_at, value)
      VALUES (_number, true, _change.key, _change.updated_at,
              CASE WHEN _change.kind = 0 THEN _change.value END)
      ON CONFLICT (instance, is_pending, key) DO UPDATE
      SET updated_at = excluded.updated_at, value = excluded.value;
    END IF;
  END LOOP;
END $$;

-- Makes what is pending the state (KV_2).
CREATE FUNCTION merge_values(_number bigint) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  IF NOT EXISTS (SELECT 1 FROM value WHERE instance = _number AND is_pending) THEN RETURN; END IF;
  DELETE FROM value AS merged USING value AS pending
  WHERE merged.instance = _number AND NOT merged.is_pending
    AND pending.instance = _number AND pending.is_pending AND pending.key = merged.key;
  DELETE FROM value WHERE instance = _number AND is_pending AND value IS NULL;
  UPDATE value SET is_pending = false WHERE instance = _number AND is_pending;
END $$;

-- What clients see: what is pending, over what is merged.
CREATE FUNCTION live_values(_id text, _key text)
RETURNS TABLE (key text, updated_at bigint, value bytea) LANGUAGE sql STABLE AS $$
  SELECT live.key, live.updated_at, live.value
  FROM instance JOIN value AS live ON live.instance = instance.number
  WHERE id = _id AND (_key IS NULL OR live.key = _key) AND live.value IS NOT NULL
    AND (live.is_pending
         OR NOT EXISTS (SELECT 1 FROM value AS pending
                        WHERE pending.instance = live.instance AND pending.is_pending
                          AND pending.key = live.key))
$$;

CREATE FUNCTION read_custom_status(_id text, _seen bigint)
RETURNS TABLE (status_version bigint, custom_status bytea) LANGUAGE sql STABLE AS $$
  SELECT status_version, custom_status FROM instance
  WHERE id = _id AND created_at IS NOT NULL AND status_version > _seen
$$;
)sql";

const char kReading[] = R"sql(
-- The events of an execution, NULL: of the current one (HIST_1). Says lines as `fetch_turn`.
CREATE FUNCTION read_history(_id text, _execution bigint)
RETURNS TABLE (part integer, a bigint, b bigint, c bigint, d bigint, t text, u text, v text,
               body bytea)
LANGUAGE sql STABLE AS $$
  SELECT 4, event.id, source_id, made_at, NULL::bigint, kind, engine_version, NULL, body
  FROM instance JOIN event
    ON event.instance = number
       AND event.execution = coalesce(_execution, instance.execution)
  WHERE instance.id = _id ORDER BY event.id
$$;

CREATE FUNCTION read_instance(_id text)
RETURNS TABLE (name text, version text, parent text, execution bigint, created_at bigint,
               updated_at bigint, status integer, pin bigint[], output bytea)
LANGUAGE sql STABLE AS $$
  SELECT name, version, parent, instance.execution, instance.created_at, updated_at, status,
         execution.pin, output
  FROM instance JOIN execution
    ON execution.instance = number AND execution.execution = instance.execution
  WHERE id = _id AND instance.created_at IS NOT NULL
$$;
)sql";

const char kManagement[] = R"sql(
-- The instances whose current execution has that status; NULL: all.
CREATE FUNCTION list_instances(_status integer) RETURNS SETOF text LANGUAGE sql STABLE AS $$
  SELECT id FROM instance JOIN execution
    ON execution.instance = number AND execution.execution = instance.execution
  WHERE _status IS NULL OR status = _status ORDER BY number
$$;

CREATE FUNCTION list_executions(_id text) RETURNS SETOF bigint LANGUAGE sql STABLE AS $$
  SELECT execution.execution FROM instance JOIN execution ON execution.instance = number
  WHERE id = _id ORDER BY execution.execution
$$;

CREATE FUNCTION read_execution(_id text, _execution bigint)
RETURNS TABLE (status integer, created_at bigint, completed_at bigint, event_count bigint,
               pin bigint[], output bytea)
LANGUAGE sql STABLE AS $$
  SELECT status, execution.created_at, completed_at, event_count, execution.pin, output
  FROM instance JOIN execution ON execution.instance = number
  WHERE id = _id AND execution.execution = _execution
$$;

CREATE FUNCTION read_parent(_id text) RETURNS SETOF text LANGUAGE sql STABLE AS $$
  SELECT parent FROM instance WHERE id = _id AND created_at IS NOT NULL
$$;

-- An id without a record has no children, also if a deleted instance of that name had some.
CREATE FUNCTION list_children(_id text) RETURNS SETOF text LANGUAGE sql STABLE AS $$
  SELECT child.id FROM instance AS parent JOIN instance AS child ON child.parent = parent.id
  WHERE parent.id = _id AND parent.created_at IS NOT NULL
$$;

-- An instance and its descendants, itself first. UNION, not UNION ALL: a cycle ends (MGMT_3).
CREATE FUNCTION read_tree(_id text) RETURNS SETOF text LANGUAGE sql STABLE AS $$
  WITH RECURSIVE tree (id) AS (
    SELECT id FROM instance WHERE id = _id AND created_at IS NOT NULL
    UNION
    SELECT child.id FROM tree JOIN instance AS child ON child.parent = tree.id)
  SELECT id FROM tree
$$;

-- How many items are ready, hidden, locked and held: first the messages, then the activities. Each is
-- looked at once, and a message with its instance: of a locked one all are locked (MGMT_2). All is true
-- at one moment only if the clock's millisecond did not change while the snapshot was taken, between
-- the statement's time and `moment`.
CREATE FUNCTION read_queue_depths(_given bigint)
RETURNS TABLE (is_exact boolean, ready bigint, hidden bigint, locked bigint, held bigint,
               activities_ready bigint, activities_hidden bigint, activities_locked bigint)
LANGUAGE sql STABLE AS $$
  WITH present AS MATERIALIZED (SELECT clock(_given) AS moment),
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
  SELECT _given IS NOT NULL
           OR floor(extract(epoch FROM statement_timestamp()) * 1000)
              = (SELECT moment FROM present),
         count(*) FILTER (WHERE queue = 0 AND place = 'ready'),
         count(*) FILTER (WHERE queue = 0 AND place = 'hidden'),
         count(*) FILTER (WHERE queue = 0 AND place = 'locked'),
         count(*) FILTER (WHERE queue = 0 AND place = 'held'),
         count(*) FILTER (WHERE queue = 1 AND place = 'ready'),
         count(*) FILTER (WHERE queue = 1 AND place = 'hidden'),
         count(*) FILTER (WHERE queue = 1 AND place = 'locked')
  FROM item
$$;

-- Instances by their current execution's status, all executions, all events.
CREATE FUNCTION read_totals()
RETURNS TABLE (instances bigint, executions bigint, events bigint, running bigint,
               completed bigint, failed bigint, continued_as_new bigint)
LANGUAGE sql STABLE AS $$
  SELECT count(*) FILTER (WHERE is_current),
         count(*),
         coalesce(sum(event_count), 0)::bigint,
         count(*) FILTER (WHERE is_current AND status = 0),
         count(*) FILTER (WHERE is_current AND status = 1),
         count(*) FILTER (WHERE is_current AND status = 2),
         count(*) FILTER (WHERE is_current AND status = 3)
  FROM (SELECT status, event_count, execution.execution = instance.execution AS is_current
        FROM execution JOIN instance ON number = execution.instance) AS each
$$;
)sql";

}  // namespace ackproof::postgres::sql
