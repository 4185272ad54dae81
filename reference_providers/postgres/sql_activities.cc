#include "reference_providers/postgres/sql.h"

namespace ackproof::postgres::sql {

const char kActivities[] = R"sql(
CREATE FUNCTION put_activities(
  _instances text[], _executions bigint[], _ids bigint[], _names text[], _sessions text[],
  _tags text[], _bodies bytea[])
RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO activity (seq, away_until, attempts, instance, execution, id, name, session, tag, body)
  SELECT nextval('ticket'), 0, 0, instance, execution, id, name, session, tag, body
  FROM (SELECT * FROM unnest(_instances, _executions, _ids, _names, _sessions, _tags, _bodies)
                      WITH ORDINALITY
                      AS given(instance, execution, id, name, session, tag, body, place)
        ORDER BY place) AS put;
END $$;

CREATE FUNCTION enqueue_activity(
  _instances text[], _executions bigint[], _ids bigint[], _names text[], _sessions text[],
  _tags text[], _bodies bytea[])
RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  PERFORM enter();
  PERFORM lock_activity_keys(_instances, '{}');
  PERFORM put_activities(_instances, _executions, _ids, _names, _sessions, _tags, _bodies);
  PERFORM tell();
END $$;

-- All whose lock or delay is over are eligible again. All, because the first of them in the queue may be
-- any (WORK_1); each is moved once per lock or delay, and at most so many by one call.
CREATE FUNCTION return_due(_now bigint) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
  _returned bigint;
BEGIN
  WITH due AS (
    SELECT seq FROM activity WHERE away_until > 0 AND away_until <= _now
    ORDER BY away_until LIMIT 10000 FOR UPDATE SKIP LOCKED)
  UPDATE activity SET away_until = 0, token = NULL FROM due WHERE activity.seq = due.seq;
  GET DIAGNOSTICS _returned = ROW_COUNT;
  RETURN _returned;
END $$;

-- The first eligible activity in one of the lanes (or in any) for an owner (NULL: for who claims no
-- sessions). Says one line: `part` 0 the activity; 1 nothing was eligible at `moment`, and by itself
-- nothing will be before `next`; 2 others were in the way, and what was seen is over: call again.
CREATE FUNCTION fetch_activity(_given bigint, _token text, _timeout bigint, _owner text,
                               _claim bigint, _any boolean, _lanes text[])
RETURNS TABLE (part integer, moment bigint, next bigint, seq bigint, attempt bigint,
               execution bigint, id bigint, instance text, name text, session text, tag text,
               body bytea)
LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE
  _bounds boolean[] := CASE WHEN _owner IS NULL THEN '{f}' ELSE '{f,t}' END;
  _seq bigint;
  _last bigint := 0;
  _taken bigint;
  _row activity;
BEGIN
  PERFORM enter();
  part := 2;
  IF return_due(clock(_given)) >= 10000 THEN
    RETURN NEXT;
    RETURN;
  END IF;
  LOOP
    -- One statement, one snapshot: whether anything is eligible, and the time after it was taken. Ranges
    -- that only the right index has in order: with equalities the planner may walk the whole queue, if
    -- all of it was alike when it was counted.
    IF _any THEN
      SELECT present.moment, (SELECT min(away_until) FROM activity WHERE away_until > 0), head.seq
      INTO moment, next, _seq
      FROM (SELECT clock(_given) AS moment OFFSET 0) AS present LEFT JOIN LATERAL (
        SELECT first.seq FROM unnest(_bounds) AS kinds(bound) CROSS JOIN LATERAL (
          SELECT item.seq FROM activity AS item
          WHERE (item.away_until, item.is_bound, item.seq) > (0, bound, _last)
            AND (item.away_until, item.is_bound) <= (0, bound)
            AND (item.session IS NULL OR NOT EXISTS (
              SELECT 1 FROM session AS other
              WHERE other.id = item.session AND other.owner <> _owner
                AND other.deadline > present.moment))
          ORDER BY item.away_until, item.is_bound, item.seq LIMIT 1) AS first
        ORDER BY first.seq LIMIT 1) AS head ON true;
    ELSE
      SELECT present.moment, (SELECT min(away_until) FROM activity WHERE away_until > 0), head.seq
      INTO moment, next, _seq
      FROM (SELECT clock(_given) AS moment OFFSET 0) AS present LEFT JOIN LATERAL (
        SELECT first.seq FROM unnest(_bounds) AS kinds(bound), unnest(_lanes) AS lanes(admitted)
        CROSS JOIN LATERAL (
          SELECT item.seq FROM activity AS item
          WHERE item.away_until = 0 AND item.is_bound = bound AND item.lane <= admitted
            AND (item.lane, item.seq) > (admitted, _last)
            AND (item.session IS NULL OR NOT EXISTS (
              SELECT 1 FROM session AS other
              WHERE other.id = item.session AND other.owner <> _owner
                AND other.deadline > present.moment))
          ORDER BY item.lane, item.seq LIMIT 1) AS first
        ORDER BY first.seq LIMIT 1) AS head ON true;
    END IF;
    EXIT WHEN _seq IS NULL;
    SELECT item.* INTO _row FROM activity AS item
    WHERE item.seq = _seq AND item.away_until = 0 FOR UPDATE SKIP LOCKED;
    IF FOUND THEN
      IF _row.session IS NOT NULL AND NOT claim_session(_given, _row.session, _owner, _claim) THEN
        RETURN NEXT;  -- Somebody else claimed it meanwhile.
        RETURN;
      END IF;
      moment := clock(_given);
      UPDATE activity AS item
      SET away_until = later(moment, _timeout), token = _token, owner = _owner,
          attempts = attempts + 1
      WHERE item.seq = _seq;
      RETURN QUERY SELECT 0, moment, NULL::bigint, _seq, _row.attempts + 1, _row.execution, _row.id,
                          _row.instance, _row.name, _row.session, _row.tag, _row.body;
      RETURN;
    END IF;
    _taken := coalesce(_taken, _seq);
    _last := _seq;
  END LOOP;

  IF _taken IS NULL AND (next IS NULL OR next > moment) THEN
    part := 1;
    next := least(next, (SELECT min(deadline) FROM session WHERE deadline > moment));
  ELSE
    -- A lost race is not "nothing" (WORK_7): wait for one of those that were in other hands.
    PERFORM 1 FROM activity AS item
    WHERE item.seq = coalesce(_taken, (SELECT due.seq FROM activity AS due
                                       WHERE away_until > 0 AND away_until <= moment
                                       ORDER BY away_until LIMIT 1))
    FOR UPDATE;
  END IF;
  RETURN NEXT;
END $$;

-- Locks an activity and its session if the token is live; answers the time after that, or NULL.
CREATE FUNCTION hold_activity(_given bigint, _seq bigint, _token text) RETURNS bigint
LANGUAGE plpgsql AS $$
DECLARE
  _now bigint;
  _session text;
BEGIN
  -- A dead token locks nothing, so that it keeps the activity from nobody.
  SELECT session INTO _session FROM activity
  WHERE seq = _seq AND token = _token AND away_until > (SELECT clock(_given)) FOR UPDATE;
  IF NOT FOUND THEN RETURN NULL; END IF;
  IF _session IS NOT NULL THEN
    PERFORM 1 FROM session WHERE id = _session FOR UPDATE;
  END IF;
  _now := clock(_given);
  PERFORM 1 FROM activity WHERE seq = _seq AND token = _token AND away_until > _now;
  IF NOT FOUND THEN RETURN NULL; END IF;
  RETURN _now;
END $$;

-- Removes the activity, and puts its completion, if there is one (WORK_3).
CREATE FUNCTION ack_activity(
  _given bigint, _seq bigint, _token text, _targets text[], _kinds bigint[], _executions bigint[],
  _ids bigint[], _visible bigint[], _names text[], _versions text[], _parents text[],
  _bodies bytea[])
RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE
  _now bigint;
BEGIN
  PERFORM enter();
  PERFORM 1 FROM activity
  WHERE seq = _seq AND token = _token AND away_until > (SELECT clock(_given));
  IF NOT FOUND THEN RETURN false; END IF;
  PERFORM lock_instances(_targets);
  _now := hold_activity(_given, _seq, _token);
  IF _now IS NULL THEN
    RAISE EXCEPTION 'the lock was lost while the call waited' USING ERRCODE = 'AKLST';
  END IF;
  PERFORM touch_session(_now, _seq);
  DELETE FROM activity WHERE seq = _seq;
  PERFORM put_messages(_now, 0, _targets, _kinds, _executions, _ids, _visible, _names, _versions,
                       _parents, _bodies);
  PERFORM tell();
  RETURN true;
END $$;

CREATE FUNCTION abandon_activity(_given bigint, _seq bigint, _token text, _delay bigint,
                                 _uncounted bigint)
RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE
  _now bigint;
BEGIN
  PERFORM enter();
  _now := hold_activity(_given, _seq, _token);
  IF _now IS NULL THEN RETURN false; END IF;
  UPDATE activity
  SET away_until = CASE WHEN _delay > 0 THEN later(_now, _delay) ELSE 0 END, token = NULL,
      attempts = greatest(attempts - _uncounted, 0)
  WHERE seq = _seq;
  PERFORM tell();
  RETURN true;
END $$;

CREATE FUNCTION renew_activity(_given bigint, _seq bigint, _token text, _extension bigint)
RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE
  _now bigint;
BEGIN
  PERFORM enter();
  _now := hold_activity(_given, _seq, _token);
  IF _now IS NULL THEN RETURN false; END IF;
  PERFORM touch_session(_now, _seq);
  UPDATE activity SET away_until = later(_now, _extension) WHERE seq = _seq;
  PERFORM tell();
  RETURN true;
END $$;
)sql";

const char kSessions[] = R"sql(
-- Claims or refreshes a session, if it is its owner's or nobody's once its row is held (SESS_2).
CREATE FUNCTION claim_session(_given bigint, _session text, _owner text, _claim bigint)
RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE
  _now bigint;
BEGIN
  LOOP
    PERFORM 1 FROM session WHERE id = _session FOR UPDATE;
    EXIT WHEN FOUND;
    INSERT INTO session (id, owner, deadline, last_activity) VALUES (_session, _owner, 0, 0)
    ON CONFLICT DO NOTHING;
    EXIT WHEN FOUND;
  END LOOP;
  _now := clock(_given);
  UPDATE session SET owner = _owner, deadline = later(_now, _claim), last_activity = _now
  WHERE id = _session AND (owner = _owner OR deadline <= _now);
  IF NOT FOUND THEN RETURN false; END IF;
  PERFORM tell();  -- It may end earlier than before.
  RETURN true;
END $$;

-- The holder of an activity was active, which counts only while its session is still that of the owner
-- who fetched it (SESS_3).
CREATE FUNCTION touch_session(_now bigint, _seq bigint) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  UPDATE session SET last_activity = _now
  FROM activity
  WHERE seq = _seq AND session.id = activity.session AND session.owner = activity.owner
    AND deadline > _now;
END $$;

CREATE FUNCTION renew_sessions(_given bigint, _owners text[], _extension bigint, _idle bigint)
RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
  _now bigint;
  _renewed bigint;
BEGIN
  PERFORM enter();
  PERFORM 1 FROM session WHERE owner = ANY (_owners) ORDER BY id FOR UPDATE;
  _now := clock(_given);
  UPDATE session SET deadline = later(_now, _extension)
  WHERE owner = ANY (_owners) AND deadline > _now AND _now - last_activity < _idle;
  GET DIAGNOSTICS _renewed = ROW_COUNT;
  PERFORM tell();
  RETURN _renewed;
END $$;

-- A locked or hidden item is queued too (SESS_4).
CREATE FUNCTION cleanup_sessions(_given bigint) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
  _now bigint;
  _removed bigint;
BEGIN
  PERFORM enter();
  PERFORM 1 FROM session WHERE deadline <= (SELECT clock(_given)) ORDER BY id FOR UPDATE;
  _now := clock(_given);
  DELETE FROM session
  WHERE deadline <= _now
    AND NOT EXISTS (SELECT 1 FROM activity WHERE activity.session = session.id);
  GET DIAGNOSTICS _removed = ROW_COUNT;
  RETURN _removed;
END $$;
)sql";

}  // namespace ackproof::postgres::sql
