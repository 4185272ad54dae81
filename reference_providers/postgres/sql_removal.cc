#include "reference_providers/postgres/sql.h"

namespace ackproof::postgres::sql {

const char kRemoval[] = R"sql(
-- An instance and its descendants, itself first. UNION, not UNION ALL: a cycle ends (MGMT_3).
CREATE FUNCTION read_tree(_id text) RETURNS SETOF text LANGUAGE sql STABLE AS $$
  WITH RECURSIVE tree (id) AS (
    SELECT id FROM instance WHERE id = _id AND created_at IS NOT NULL
    UNION
    SELECT child.id FROM tree JOIN instance AS child ON child.parent = tree.id)
  SELECT id FROM tree
$$;

-- Whether all of these are over. What has no record has not even started, and so is not (DEL_4).
CREATE FUNCTION are_over(_ids text[]) RETURNS boolean LANGUAGE sql STABLE AS $$
  SELECT coalesce(bool_and(coalesce(status IN (1, 2), false)), true)
  FROM unnest(_ids) AS member(id) LEFT JOIN instance ON instance.id = member.id
  LEFT JOIN execution ON execution.instance = number AND execution.execution = instance.execution
$$;

CREATE FUNCTION is_root(_id text) RETURNS boolean LANGUAGE sql STABLE AS $$
  SELECT NOT EXISTS (SELECT 1 FROM instance AS child JOIN instance AS parent
                       ON parent.id = child.parent
                     WHERE child.id = _id AND parent.created_at IS NOT NULL)
$$;

-- Nothing of it exists: no row, as one without a record has messages, and no activity.
CREATE FUNCTION demand_something(_id text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  IF NOT EXISTS (SELECT 1 FROM instance WHERE id = _id)
     AND NOT EXISTS (SELECT 1 FROM activity WHERE instance = _id) THEN
    RAISE EXCEPTION 'there is nothing of instance %', _id USING ERRCODE = 'AKNOF';
  END IF;
END $$;

-- Removes everything of these, and the sessions that they leave empty (DEL_2). The caller is alone.
CREATE FUNCTION remove(_ids text[])
RETURNS TABLE (instances bigint, executions bigint, events bigint, items bigint)
LANGUAGE plpgsql AS $$
DECLARE
  _numbers bigint[];
  _sessions text[];
  _more bigint;
BEGIN
  SELECT array_agg(number), count(created_at) INTO _numbers, instances
  FROM instance WHERE id = ANY (_ids);
  SELECT array_agg(DISTINCT session) INTO _sessions
  FROM activity WHERE instance = ANY (_ids) AND session IS NOT NULL;
  DELETE FROM event WHERE instance = ANY (_numbers);
  GET DIAGNOSTICS events = ROW_COUNT;
  DELETE FROM execution WHERE instance = ANY (_numbers);
  GET DIAGNOSTICS executions = ROW_COUNT;
  DELETE FROM message WHERE instance = ANY (_numbers);
  GET DIAGNOSTICS items = ROW_COUNT;
  DELETE FROM activity WHERE instance = ANY (_ids);
  GET DIAGNOSTICS _more = ROW_COUNT;
  items := items + _more;
  DELETE FROM value WHERE instance = ANY (_numbers);
  DELETE FROM instance WHERE number = ANY (_numbers);
  DELETE FROM session
  WHERE id = ANY (_sessions)
    AND NOT EXISTS (SELECT 1 FROM activity WHERE activity.session = session.id);
  RETURN NEXT;
END $$;

CREATE FUNCTION delete_instance(_id text, _force boolean)
RETURNS TABLE (instances bigint, executions bigint, events bigint, items bigint)
LANGUAGE plpgsql AS $$
DECLARE
  _members text[];
BEGIN
  PERFORM enter_alone();
  PERFORM demand_something(_id);
  IF NOT is_root(_id) THEN
    RAISE EXCEPTION 'instance % is not a root', _id USING ERRCODE = 'AKCON';
  END IF;
  _members := ARRAY(SELECT read_tree(_id));
  IF cardinality(_members) = 0 THEN _members := ARRAY[_id]; END IF;
  IF NOT _force AND NOT are_over(_members) THEN
    RAISE EXCEPTION 'instance % or a descendant is not over', _id USING ERRCODE = 'AKCON';
  END IF;
  RETURN QUERY SELECT * FROM remove(_members);
END $$;

CREATE FUNCTION delete_instances(_ids text[], _force boolean)
RETURNS TABLE (instances bigint, executions bigint, events bigint, items bigint)
LANGUAGE plpgsql AS $$
DECLARE
  _orphan text;
BEGIN
  PERFORM enter_alone();
  PERFORM demand_something(id) FROM unnest(_ids) AS member(id);
  SELECT child.id INTO _orphan
  FROM instance AS parent JOIN instance AS child ON child.parent = parent.id
  WHERE parent.id = ANY (_ids) AND parent.created_at IS NOT NULL AND child.id <> ALL (_ids) LIMIT 1;
  IF FOUND THEN
    RAISE EXCEPTION 'instance % would lose its parent', _orphan USING ERRCODE = 'AKCON';
  END IF;
  IF NOT _force AND NOT are_over(_ids) THEN
    RAISE EXCEPTION 'a member is not over' USING ERRCODE = 'AKCON';
  END IF;
  RETURN QUERY SELECT * FROM remove(_ids);
END $$;

-- Deletes the tree of one candidate, or says no line if it does not match.
CREATE FUNCTION delete_if_matching(_id text, _before bigint)
RETURNS TABLE (instances bigint, executions bigint, events bigint, items bigint)
LANGUAGE plpgsql AS $$
DECLARE
  _members text[];
BEGIN
  PERFORM enter_alone();
  _members := ARRAY(SELECT read_tree(_id));
  IF is_root(_id) AND cardinality(_members) > 0 AND are_over(_members)
     AND EXISTS (SELECT 1 FROM instance JOIN execution
                   ON execution.instance = number AND execution.execution = instance.execution
                 WHERE id = _id AND (_before IS NULL OR completed_at < _before)) THEN
    RETURN QUERY SELECT * FROM remove(_members);
  END IF;
END $$;

-- Removes the executions of an instance that are below its so many highest and ended before then; says
-- no line if there is no such instance, or if its current execution did not end before `_ended`. The
-- current one is never among them, and all below it have ended (PRUNE_1).
CREATE FUNCTION prune(_id text, _ended bigint, _keep bigint, _before bigint)
RETURNS TABLE (executions bigint, events bigint) LANGUAGE plpgsql AS $$
DECLARE
  _number bigint;
  _gone bigint[];
BEGIN
  PERFORM enter();
  PERFORM 1 FROM instance WHERE id = _id FOR UPDATE;
  SELECT number INTO _number FROM instance JOIN execution
    ON execution.instance = number AND execution.execution = instance.execution
  WHERE id = _id AND (_ended IS NULL OR completed_at < _ended);
  IF NOT FOUND THEN RETURN; END IF;
  _gone := ARRAY(
    SELECT execution FROM execution
    WHERE instance = _number AND (_before IS NULL OR completed_at < _before)
      AND execution < (SELECT execution FROM execution
                       WHERE instance = _number ORDER BY execution DESC LIMIT 1 OFFSET _keep - 1));
  DELETE FROM event WHERE instance = _number AND execution = ANY (_gone);
  GET DIAGNOSTICS events = ROW_COUNT;
  DELETE FROM execution WHERE instance = _number AND execution = ANY (_gone);
  GET DIAGNOSTICS executions = ROW_COUNT;
  RETURN NEXT;
END $$;
)sql";

}  // namespace ackproof::postgres::sql
