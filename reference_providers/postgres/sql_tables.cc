#include "reference_providers/postgres/sql.h"

namespace ackproof::postgres {

namespace sql {

const char kTables[] = R"sql(
CREATE SEQUENCE ticket;

CREATE TABLE instance (
  number         bigint PRIMARY KEY,
  id             text COLLATE "C" NOT NULL UNIQUE,
  created_at     bigint,
  updated_at     bigint,
  name           text COLLATE "C",
  version        text COLLATE "C",
  parent         text COLLATE "C",
  execution      bigint,
  pin            bigint[] NOT NULL DEFAULT '{}',
  ready_place    bigint,
  away_until     bigint,
  token          text COLLATE "C",
  batch_end      bigint,
  custom_status  bytea,
  status_version bigint NOT NULL DEFAULT 0
);
CREATE INDEX instance_ready ON instance (ready_place) WHERE ready_place IS NOT NULL;
CREATE INDEX instance_pinned ON instance (pin, ready_place) WHERE ready_place IS NOT NULL;
CREATE INDEX instance_away ON instance (away_until) WHERE away_until IS NOT NULL;
CREATE INDEX instance_parent ON instance (parent) WHERE parent IS NOT NULL;

CREATE TABLE execution (
  instance     bigint,
  execution    bigint,
  status       integer NOT NULL,
  event_count  bigint NOT NULL,
  created_at   bigint NOT NULL,
  completed_at bigint,
  pin          bigint[],
  output       bytea,
  PRIMARY KEY (instance, execution)
);

CREATE TABLE event (
  instance       bigint,
  execution      bigint,
  id             bigint,
  source_id      bigint,
  made_at        bigint NOT NULL,
  kind           text COLLATE "C" NOT NULL,
  engine_version text COLLATE "C" NOT NULL,
  body           bytea NOT NULL,
  PRIMARY KEY (instance, execution, id)
);

CREATE TABLE message (
  instance     bigint,
  hidden_until bigint,
  seq          bigint,
  attempts     bigint NOT NULL,
  kind         integer NOT NULL,
  execution    bigint,
  id           bigint NOT NULL,
  visible_at   bigint,
  name         text COLLATE "C",
  version      text COLLATE "C",
  parent       text COLLATE "C",
  body         bytea NOT NULL,
  PRIMARY KEY (instance, hidden_until, seq)
);
CREATE INDEX message_start ON message (instance, hidden_until, seq) WHERE kind < 2;

CREATE TABLE activity (
  seq        bigint PRIMARY KEY,
  away_until bigint NOT NULL,
  token      text COLLATE "C",
  attempts   bigint NOT NULL,
  instance   text COLLATE "C" NOT NULL,
  execution  bigint NOT NULL,
  id         bigint NOT NULL,
  name       text COLLATE "C" NOT NULL,
  session    text COLLATE "C",
  tag        text COLLATE "C",
  owner      text COLLATE "C",
  is_bound   boolean GENERATED ALWAYS AS (session IS NOT NULL) STORED,
  lane       text COLLATE "C" GENERATED ALWAYS AS (coalesce('=' || tag, '')) STORED,
  body       bytea NOT NULL
);
CREATE INDEX activity_line ON activity (away_until, is_bound, seq);
CREATE INDEX activity_lane ON activity (is_bound, lane, seq) WHERE away_until = 0;
CREATE INDEX activity_key ON activity (instance, execution, id);
CREATE INDEX activity_session ON activity (session) WHERE session IS NOT NULL;

CREATE TABLE session (
  id            text COLLATE "C" PRIMARY KEY,
  owner         text COLLATE "C" NOT NULL,
  deadline      bigint NOT NULL,
  last_activity bigint NOT NULL
);
CREATE INDEX session_owner ON session (owner);
CREATE INDEX session_deadline ON session (deadline);

CREATE TABLE value (
  instance   bigint,
  is_pending boolean,
  key        text COLLATE "C",
  updated_at bigint NOT NULL,
  value      bytea,
  PRIMARY KEY (instance, is_pending, key)
);
)sql";

const char kCommon[] = R"sql(
CREATE FUNCTION schema_version() RETURNS integer LANGUAGE sql IMMUTABLE AS 'SELECT 1';

-- The time, floored to milliseconds.
CREATE FUNCTION clock(given bigint) RETURNS bigint LANGUAGE sql AS $$
  SELECT coalesce(given, floor(extract(epoch FROM clock_timestamp()) * 1000)::bigint)
$$;

-- moment + span, at the end of time instead of beyond it (TIME_1).
CREATE FUNCTION later(moment bigint, span bigint) RETURNS bigint LANGUAGE sql IMMUTABLE AS $$
  SELECT least(moment::numeric + span, 9223372036854775807)::bigint
$$;

-- Through the gate, beside others.
CREATE FUNCTION enter() RETURNS void LANGUAGE sql AS $$
  SELECT pg_advisory_xact_lock_shared(1633906544, 'instance'::regclass::oid::integer)
$$;

-- Through the gate, once nobody else is in there, and nobody after.
CREATE FUNCTION enter_alone() RETURNS void LANGUAGE sql AS $$
  SELECT pg_advisory_xact_lock(1633906544, 'instance'::regclass::oid::integer)
$$;

-- Who waits for work holds a lock while it waits. It took that lock first, and then went through the
-- gate alone: whoever did not see the lock here had committed by then.
CREATE FUNCTION await_work() RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_advisory_lock_shared(1633906545, 'instance'::regclass::oid::integer);
  PERFORM enter_alone();
END $$;

CREATE FUNCTION channel() RETURNS text LANGUAGE sql AS $$
  SELECT 'ackproof_' || 'instance'::regclass::oid
$$;

-- Tells those who wait for work. Not called when nobody does: a commit that notifies makes all others
-- that do so wait.
CREATE FUNCTION tell() RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  IF pg_try_advisory_lock(1633906545, 'instance'::regclass::oid::integer) THEN
    PERFORM pg_advisory_unlock(1633906545, 'instance'::regclass::oid::integer);
  ELSE
    PERFORM pg_notify(channel(), '');
  END IF;
END $$;

-- Locks the rows of instances, and makes those that are missing: one with messages but without a
-- creation time is no instance record yet (HIST_4).
CREATE FUNCTION lock_instances(_ids text[]) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  _id text;
BEGIN
  FOR _id IN SELECT DISTINCT id COLLATE "C" FROM unnest(_ids) AS given(id) ORDER BY 1 LOOP
    LOOP
      PERFORM 1 FROM instance WHERE id = _id FOR UPDATE;
      EXIT WHEN FOUND;
      INSERT INTO instance (number, id) VALUES (nextval('ticket'), _id) ON CONFLICT DO NOTHING;
      EXIT WHEN FOUND;
    END LOOP;
  END LOOP;
END $$;

-- Nobody puts an activity of an instance while somebody cancels some of it (CONC_1).
CREATE FUNCTION lock_activity_keys(_put text[], _cancelled text[]) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
  _key integer;
  _is_alone boolean;
BEGIN
  FOR _key, _is_alone IN
    SELECT hashtext(id), bool_or(is_alone)
    FROM (SELECT id, false AS is_alone FROM unnest(_put) AS given(id)
          UNION ALL
          SELECT id, true FROM unnest(_cancelled) AS given(id)) AS keys
    GROUP BY 1 ORDER BY 1
  LOOP
    IF _is_alone THEN
      PERFORM pg_advisory_xact_lock('instance'::regclass::oid::integer, _key);
    ELSE
      PERFORM pg_advisory_xact_lock_shared('instance'::regclass::oid::integer, _key);
    END IF;
  END LOOP;
END $$;
)sql";

}  // namespace sql

const Sql& good_sql() {
  static const Sql sql = [] {
    Sql all{"", sql::kStatements};
    for (const char* part : {sql::kTables, sql::kCommon, sql::kMessages, sql::kTurns, sql::kAck,
                             sql::kActivities, sql::kSessions, sql::kValues, sql::kRemoval}) {
      all.script += part;
    }
    return all;
  }();
  return sql;
}

}  // namespace ackproof::postgres
