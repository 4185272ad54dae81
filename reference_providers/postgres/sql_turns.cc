#include "reference_providers/postgres/sql.h"

namespace ackproof::postgres::sql {

const char kMessages[] = R"sql(
-- Puts messages at the end of their targets' queues, in the order given. The caller holds the targets.
-- A locked instance stays as it is until its lock ends, and a ready one is (TURN_7). One that does not
-- exist is woken by its start alone (TURN_5).
CREATE FUNCTION put_messages(
  _now bigint, _delay bigint, _targets text[], _kinds bigint[], _executions bigint[], _ids bigint[],
  _visible bigint[], _names text[], _versions text[], _parents text[], _bodies bytea[])
RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  WITH incoming AS MATERIALIZED (
    SELECT number, put.*, created_at IS NOT NULL OR kind < 2 AS wakes,
           CASE WHEN shows_at > _now THEN shows_at ELSE 0 END AS hidden_until
    FROM (SELECT *, greatest(later(_now, _delay), visible_at) AS shows_at
          FROM unnest(_targets, _kinds, _executions, _ids, _visible, _names, _versions, _parents,
                      _bodies) WITH ORDINALITY
               AS given(target, kind, execution, message_id, visible_at, message_name,
                        message_version, message_parent, body, place)) AS put
    JOIN instance ON instance.id = put.target
    ORDER BY place),
  added AS (
    INSERT INTO message (instance, hidden_until, seq, attempts, kind, execution, id, visible_at,
                         name, version, parent, body)
    SELECT number, hidden_until, nextval('ticket'), 0, kind, incoming.execution, message_id,
           visible_at, message_name, message_version, message_parent, body
    FROM incoming),
  woken AS (
    SELECT number, shows_at, nextval('ticket') AS place
    FROM (SELECT number, min(hidden_until) AS shows_at, min(place) AS place
          FROM incoming WHERE wakes GROUP BY number ORDER BY 3) AS first)
  UPDATE instance
  SET ready_place = CASE WHEN shows_at = 0 THEN place END,
      away_until = CASE WHEN shows_at > 0 THEN shows_at END
  FROM woken
  WHERE instance.number = woken.number AND token IS NULL AND ready_place IS NULL
    AND (shows_at = 0 OR away_until IS NULL OR shows_at < away_until);
END $$;

CREATE FUNCTION enqueue_message(
  _given bigint, _delay bigint, _targets text[], _kinds bigint[], _executions bigint[],
  _ids bigint[], _visible bigint[], _names text[], _versions text[], _parents text[],
  _bodies bytea[])
RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  PERFORM enter();
  PERFORM lock_instances(_targets);
  PERFORM put_messages(clock(_given), _delay, _targets, _kinds, _executions, _ids, _visible, _names,
                       _versions, _parents, _bodies);
  PERFORM tell();
END $$;

-- When the first message that can wake an instance shows: 0 is now, NULL is never.
CREATE FUNCTION next_message(_number bigint, _exists boolean) RETURNS bigint
LANGUAGE plpgsql AS $$
BEGIN
  IF _exists THEN
    RETURN (SELECT hidden_until FROM message WHERE instance = _number
            ORDER BY hidden_until LIMIT 1);
  END IF;
  RETURN (SELECT hidden_until FROM message WHERE instance = _number AND kind < 2
          ORDER BY hidden_until LIMIT 1);
END $$;
)sql";

const char kTurns[] = R"sql(
-- Instances whose lock or sleep is over go to the end of the line, so many per fetch: a store with a
-- million timers due at one moment must not stop for as long as it takes to move them all. What woke
-- them is shown here already: who stands in line has something to deliver, even if the clock is set
-- back meanwhile. Those whose row is locked are in somebody's hands, who will move them.
CREATE FUNCTION wake_due(_now bigint) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
  _woken bigint;
BEGIN
  WITH due AS (
    SELECT number FROM instance WHERE away_until <= _now
    ORDER BY away_until LIMIT 128 FOR UPDATE SKIP LOCKED),
  woken AS (
    UPDATE instance
    SET ready_place = nextval('ticket'), away_until = NULL, token = NULL, batch_end = NULL
    FROM due WHERE instance.number = due.number
    RETURNING instance.number),
  shown AS (
    UPDATE message SET hidden_until = 0
    FROM woken
    WHERE message.instance = woken.number AND hidden_until > 0 AND hidden_until <= _now)
  SELECT count(*) INTO _woken FROM woken;
  RETURN _woken;
END $$;

-- Locks an instance that the caller holds, and says its turn in lines: `part` 0 the turn itself, 3 its
-- messages, 4 its history, 5 its key-values.
CREATE FUNCTION take_turn(_given bigint, _number bigint, _token text, _timeout bigint, _limit bigint)
RETURNS TABLE (part integer, a bigint, b bigint, c bigint, d bigint, t text, u text, v text,
               body bytea)
LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE
  _now bigint := clock(_given);
  _row instance;
  _name text;
  _version text;
  _end bigint;
  _attempts bigint;
BEGIN
  SELECT * INTO _row FROM instance WHERE number = _number;
  UPDATE message SET hidden_until = 0
  WHERE instance = _number AND hidden_until > 0 AND hidden_until <= _now;
  SELECT max(seq), max(attempts) INTO _end, _attempts
  FROM (SELECT seq, attempts FROM message WHERE instance = _number AND hidden_until = 0
        ORDER BY seq LIMIT _limit) AS batch;
  UPDATE message SET attempts = attempts + 1
  WHERE instance = _number AND hidden_until = 0 AND seq <= _end;

  -- The first visible start names an instance that does not exist, wherever it stands and also when it
  -- lies beyond the limit of the batch (TURN_2, TURN_13).
  IF _row.created_at IS NULL THEN
    SELECT name, version INTO _name, _version
    FROM message WHERE instance = _number AND hidden_until = 0 AND kind < 2 ORDER BY seq LIMIT 1;
  ELSE
    _name := _row.name;
    _version := _row.version;
  END IF;

  UPDATE instance
  SET ready_place = NULL, away_until = later(_now, _timeout), token = _token, batch_end = _end
  WHERE number = _number;

  RETURN QUERY SELECT 0, coalesce(_row.execution, 1), _attempts + 1, _now, _number, _row.id,
                      coalesce(_name, ''), _version, NULL::bytea;
  RETURN QUERY SELECT 3, kind::bigint, execution, id, visible_at, name, version, parent, body
               FROM message WHERE instance = _number AND hidden_until = 0 AND seq <= _end
               ORDER BY seq;
  RETURN QUERY SELECT 4, id, source_id, made_at, NULL::bigint, kind, engine_version, NULL, body
               FROM event WHERE instance = _number AND execution = coalesce(_row.execution, 1)
               ORDER BY id;
  RETURN QUERY SELECT 5, updated_at, NULL::bigint, NULL::bigint, NULL::bigint, key, NULL, NULL, value
               FROM value WHERE instance = _number AND NOT is_pending;
END $$;

-- The first ready instance whose pin lies in one of the ranges. The caller gives the ranges of no
-- filter too; `_all` then spares the walk from pin to pin. Says lines as `take_turn`, or one of
-- part 1: nothing was ready at time a, and by itself nothing will be before b;
-- part 2: others were in the way, and what was seen is over: call again.
CREATE FUNCTION fetch_turn(_given bigint, _token text, _timeout bigint, _all boolean, _lows text[],
                           _highs text[], _limit bigint)
RETURNS TABLE (part integer, a bigint, b bigint, c bigint, d bigint, t text, u text, v text,
               body bytea)
LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE
  _woken bigint;
  _moment bigint;
  _next bigint;
  _number bigint;
  _place bigint;
  _last bigint := 0;
  _taken bigint;
BEGIN
  PERFORM enter();
  _woken := wake_due(clock(_given));
  LOOP
    -- One statement, one snapshot: whether anything is ready, and the time after it was taken.
    IF _all THEN
      SELECT moment, (SELECT min(away_until) FROM instance), head.number, head.ready_place
      INTO _moment, _next, _number, _place
      FROM (SELECT clock(_given) AS moment OFFSET 0) AS present LEFT JOIN LATERAL (
        SELECT number, ready_place FROM instance WHERE ready_place > _last
        ORDER BY ready_place LIMIT 1) AS head ON true;
    ELSE
      WITH RECURSIVE pins (pin, high) AS (
        SELECT (SELECT instance.pin FROM instance
                WHERE ready_place IS NOT NULL AND instance.pin >= low::bigint[]
                ORDER BY instance.pin LIMIT 1), high::bigint[]
        FROM unnest(_lows, _highs) AS ranges(low, high)
        UNION
        SELECT (SELECT instance.pin FROM instance
                WHERE ready_place IS NOT NULL AND instance.pin > pins.pin
                ORDER BY instance.pin LIMIT 1), high
        FROM pins WHERE pins.pin <= high)
      SELECT moment, (SELECT min(away_until) FROM instance), head.number, head.ready_place
      INTO _moment, _next, _number, _place
      FROM (SELECT clock(_given) AS moment OFFSET 0) AS present LEFT JOIN LATERAL (
        SELECT first.number, first.ready_place
        FROM (SELECT DISTINCT pin FROM pins WHERE pin <= high) AS admitted CROSS JOIN LATERAL (
          -- With an equality the planner may walk the line of all pins, which may be long.
          SELECT number, ready_place FROM instance
          WHERE (instance.pin, ready_place) > (admitted.pin, _last)
            AND instance.pin <= admitted.pin AND ready_place IS NOT NULL
          ORDER BY instance.pin, ready_place LIMIT 1) AS first
        ORDER BY first.ready_place LIMIT 1) AS head ON true;
    END IF;
    EXIT WHEN _number IS NULL;
    PERFORM 1 FROM instance WHERE number = _number AND ready_place = _place
    FOR UPDATE SKIP LOCKED;
    IF FOUND THEN
      RETURN QUERY SELECT * FROM take_turn(_given, _number, _token, _timeout, _limit);
      RETURN;
    END IF;
    _taken := coalesce(_taken, _number);
    _last := _place;
  END LOOP;

  IF _taken IS NULL AND (_next IS NULL OR _next > _moment) THEN
    RETURN QUERY SELECT 1, _moment, _next, NULL::bigint, NULL::bigint, NULL, NULL, NULL,
                        NULL::bytea;
    RETURN;
  END IF;
  -- A lost race is not "nothing" (TURN_8): wait for one of those that were in other hands, holding
  -- nothing meanwhile, and look again.
  IF _woken = 0 THEN
    PERFORM 1 FROM instance
    WHERE number = coalesce(_taken, (SELECT number FROM instance WHERE away_until <= _moment
                                     ORDER BY away_until LIMIT 1))
    FOR UPDATE;
  END IF;
  RETURN QUERY SELECT 2, _moment, NULL::bigint, NULL::bigint, NULL::bigint, NULL, NULL, NULL,
                      NULL::bytea;
END $$;

-- Gives the batch back, hidden for a while, with so many attempts less (POISON_2).
CREATE FUNCTION abandon_turn(_given bigint, _number bigint, _token text, _delay bigint,
                             _uncounted bigint)
RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE
  _now bigint;
  _row instance;
  _next bigint;
BEGIN
  PERFORM enter();
  PERFORM 1 FROM instance WHERE number = _number AND token = _token FOR UPDATE;
  _now := clock(_given);
  SELECT * INTO _row FROM instance WHERE number = _number AND token = _token AND away_until > _now;
  IF NOT FOUND THEN RETURN false; END IF;
  IF _delay > 0 OR _uncounted > 0 THEN
    UPDATE message
    SET hidden_until = CASE WHEN _delay > 0 THEN later(_now, _delay) ELSE 0 END,
        attempts = greatest(attempts - _uncounted, 0)
    WHERE instance = _number AND hidden_until = 0 AND seq <= _row.batch_end;
  END IF;
  _next := next_message(_number, _row.created_at IS NOT NULL);
  UPDATE instance
  SET ready_place = CASE WHEN _next = 0 THEN nextval('ticket') END,
      away_until = CASE WHEN _next > 0 THEN _next END, token = NULL, batch_end = NULL
  WHERE number = _number;
  PERFORM tell();
  RETURN true;
END $$;

CREATE FUNCTION renew_turn(_given bigint, _number bigint, _token text, _extension bigint)
RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE
  _now bigint;
BEGIN
  PERFORM enter();
  PERFORM 1 FROM instance WHERE number = _number AND token = _token FOR UPDATE;
  _now := clock(_given);
  UPDATE instance SET away_until = later(_now, _extension)
  WHERE number = _number AND token = _token AND away_until > _now;
  IF NOT FOUND THEN RETURN false; END IF;
  PERFORM tell();
  RETURN true;
END $$;
)sql";

}  // namespace ackproof::postgres::sql
