#include "reference_providers/postgres/sql.h"

namespace ackproof::postgres::sql {

const char kAck[] = R"sql(
-- What the acked execution is from now on (ACK_12); answers its status and pin.
CREATE FUNCTION save_execution(
  _now bigint, _number bigint, _current bigint, _execution bigint, _status integer, _output bytea,
  _pin bigint[], _events bigint, _most_events bigint, OUT status integer, OUT pin bigint[])
LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE
  _count bigint;
BEGIN
  -- An execution has ended since the ack that ended it, or since a higher one is current (MGMT_1).
  INSERT INTO execution AS old (instance, execution, status, event_count, created_at, completed_at,
                                pin, output)
  VALUES (_number, _execution, coalesce(_status, 0), _events, _now,
          CASE WHEN coalesce(_status, 0) <> 0 OR _execution < _current THEN _now END, _pin, _output)
  ON CONFLICT (instance, execution) DO UPDATE
  SET status = coalesce(_status, old.status), event_count = old.event_count + _events,
      completed_at = CASE
        WHEN coalesce(_status, old.status) <> 0 OR _execution < _current
        THEN coalesce(old.completed_at, _now) END,
      pin = coalesce(_pin, old.pin), output = coalesce(_output, old.output)
  RETURNING old.status, old.pin, old.event_count INTO status, pin, _count;
  IF _execution > _current THEN
    UPDATE execution SET completed_at = coalesce(completed_at, _now)
    WHERE instance = _number AND execution = _current;
  END IF;
  IF _count > _most_events THEN
    RAISE EXCEPTION 'the history would have % events, the limit is %', _count, _most_events
    USING ERRCODE = 'AKINV';
  END IF;
END $$;

-- Makes a commit durable, removes the batch and frees the instance (ACK_1). False: the token is not
-- that of a live lock.
CREATE FUNCTION ack_turn(
  _given bigint, _number bigint, _token text, _execution bigint, _most_events bigint,
  _event_ids bigint[], _event_sources bigint[], _event_times bigint[], _event_kinds text[],
  _event_engines text[], _event_bodies bytea[],
  _activity_instances text[], _activity_executions bigint[], _activity_ids bigint[],
  _activity_names text[], _activity_sessions text[], _activity_tags text[],
  _activity_bodies bytea[],
  _cancelled_instances text[], _cancelled_executions bigint[], _cancelled_ids bigint[],
  _targets text[], _kinds bigint[], _executions bigint[], _ids bigint[], _visible bigint[],
  _names text[], _versions text[], _parents text[], _bodies bytea[],
  _status integer, _output bytea, _name text, _version text, _parent text, _pin bigint[],
  _changes_status boolean, _custom_status bytea,
  _value_kinds bigint[], _value_keys text[], _value_times bigint[], _values bytea[])
RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE
  _now bigint;
  _id text;
  _row instance;
  _current bigint;
  _is_late boolean;
  _saved record;
  _start record;
  _next bigint;
BEGIN
  PERFORM enter();
  -- A dead token locks nothing and nobody.
  SELECT id INTO _id FROM instance
  WHERE number = _number AND token = _token AND away_until > (SELECT clock(_given));
  IF NOT FOUND THEN RETURN false; END IF;
  PERFORM lock_activity_keys(_activity_instances, _cancelled_instances);
  PERFORM lock_instances(_targets || _id);
  PERFORM 1 FROM activity JOIN unnest(_cancelled_instances, _cancelled_executions, _cancelled_ids)
                               AS gone(instance, execution, id)
    ON activity.instance = gone.instance AND activity.execution = gone.execution
       AND activity.id = gone.id
  ORDER BY seq FOR UPDATE OF activity;

  -- All that it waits for is behind it: from here on it is its turn, or not any more (ACK_3, TIME_3).
  _now := clock(_given);
  SELECT * INTO _row FROM instance WHERE number = _number AND token = _token AND away_until > _now;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'the lock was lost while the call waited' USING ERRCODE = 'AKLST';
  END IF;
  _current := coalesce(_row.execution, 0);
  _is_late := _execution < _current;
  IF _is_late AND (_name IS NOT NULL OR _version IS NOT NULL OR _parent IS NOT NULL
                   OR _changes_status OR cardinality(_value_kinds) > 0) THEN
    RAISE EXCEPTION 'a commit to an execution that is not the current one changes the name, version, parent, custom status or key-values of the instance'
    USING ERRCODE = 'AKINV';
  END IF;
  IF _row.created_at IS NOT NULL AND _parent IS DISTINCT FROM _row.parent
     AND _parent IS NOT NULL THEN
    RAISE EXCEPTION 'the instance has another parent' USING ERRCODE = 'AKCON';
  END IF;

  _saved := save_execution(_now, _number, _current, _execution, _status, _output, _pin,
                           cardinality(_event_ids), _most_events);
  -- A plain insert: an event id that is stored already violates the key (ACK_4).
  INSERT INTO event (instance, execution, id, source_id, made_at, kind, engine_version, body)
  SELECT _number, _execution, given.*
  FROM unnest(_event_ids, _event_sources, _event_times, _event_kinds, _event_engines,
              _event_bodies) AS given;

  -- The first ack creates the record: what the engine does not say comes from the start (ACK_10).
  SELECT name, version, parent INTO _start FROM message
  WHERE _row.created_at IS NULL AND instance = _number AND hidden_until = 0 AND kind < 2
  ORDER BY seq LIMIT 1;

  -- What the execution before left pending is older than what this commit changes (KV_2).
  IF _execution > _current THEN PERFORM merge_values(_number); END IF;
  PERFORM change_values(_number, _value_kinds, _value_keys, _value_times, _values);
  IF NOT _is_late AND _saved.status <> 0 THEN PERFORM merge_values(_number); END IF;

  -- The batch goes before new messages come, and the own items come before the cancellations (ACK_9).
  DELETE FROM message WHERE instance = _number AND hidden_until = 0 AND seq <= _row.batch_end;
  PERFORM put_activities(_activity_instances, _activity_executions, _activity_ids, _activity_names,
                         _activity_sessions, _activity_tags, _activity_bodies);
  DELETE FROM activity
  USING unnest(_cancelled_instances, _cancelled_executions, _cancelled_ids)
        AS gone(instance, execution, id)
  WHERE activity.instance = gone.instance AND activity.execution = gone.execution
    AND activity.id = gone.id;
  PERFORM put_messages(_now, 0, _targets, _kinds, _executions, _ids, _visible, _names, _versions,
                       _parents, _bodies);

  _next := next_message(_number, true);
  UPDATE instance
  SET created_at = coalesce(created_at, _now), updated_at = _now,
      name = coalesce(_name, name, _start.name, ''),
      version = coalesce(_version, version, _start.version),
      parent = coalesce(_parent, parent, _start.parent),
      execution = greatest(_current, _execution),
      pin = CASE WHEN _is_late THEN pin ELSE coalesce(_saved.pin, '{}') END,
      custom_status = CASE WHEN _changes_status THEN _custom_status ELSE custom_status END,
      status_version = status_version + _changes_status::integer,
      ready_place = CASE WHEN _next = 0 THEN nextval('ticket') END,
      away_until = CASE WHEN _next > 0 THEN _next END, token = NULL, batch_end = NULL
  WHERE number = _number;
  PERFORM tell();
  RETURN true;
END $$;
)sql";

}  // namespace ackproof::postgres::sql
