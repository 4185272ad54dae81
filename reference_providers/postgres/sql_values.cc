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
)sql";

}  // namespace ackproof::postgres::sql
