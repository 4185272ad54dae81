#include "tests/mutants/postgres_defects.h"

#include <stdexcept>

#include "contract/requirements.h"
#include "reference_providers/postgres/sql.h"

namespace ackproof {

namespace {

// In the script that makes a store, or in the statement of this name.
struct Change {
  const char* from;
  const char* to;
  const char* statement = nullptr;
};

struct PostgresDefect {
  const char* name;
  const Requirement& breaks;
  const char* summary;
  std::vector<Change> changes;
};

// --- Locks

const std::vector<PostgresDefect>& lock_defects_in_sql() {
  static const std::vector<PostgresDefect> all = {
      {"postgres_ack_compares_no_token",
       requirement("LOCK_9"),
       "An ack asks whether the instance is locked, and not by whom.",
       {{"WHERE number = _number AND token = _token AND away_until > (SELECT clock(_given));",
         "WHERE number = _number AND away_until > (SELECT clock(_given));"},
        {"SELECT * INTO _row FROM instance WHERE number = _number AND token = _token AND "
         "away_until "
         "> _now;\n  IF NOT FOUND THEN\n    RAISE",
         "SELECT * INTO _row FROM instance WHERE number = _number AND away_until > _now;\n"
         "  IF NOT FOUND THEN\n    RAISE"}}},
      {"postgres_ack_does_not_lock_its_row",
       requirement("ACK_3"),
       "An ack reads its instance's row without FOR UPDATE: two see that it is theirs.",
       {{"PERFORM 1 FROM instance WHERE id = _id FOR UPDATE;\n      EXIT WHEN FOUND;",
         "PERFORM 1 FROM instance WHERE id = _id;\n      EXIT WHEN FOUND;"}}},
      {"postgres_message_makes_a_locked_instance_ready",
       requirement("TURN_7"),
       "The lock is no part of the condition by which a message wakes its target.",
       {{"WHERE instance.number = woken.number AND token IS NULL AND ready_place IS NULL",
         "WHERE instance.number = woken.number AND ready_place IS NULL"}}},
      {"postgres_renewal_revives_a_lock",
       requirement("LOCK_5"),
       "A renewal compares the token and not the deadline.",
       {{"UPDATE instance SET away_until = later(_now, _extension)\n"
         "  WHERE number = _number AND token = _token AND away_until > _now;",
         "UPDATE instance SET away_until = later(_now, _extension)\n"
         "  WHERE number = _number AND token = _token;"}}},
      {"postgres_abandon_hides_all_that_is_visible",
       requirement("LOCK_6"),
       "An abandon hides every visible message of the instance, not only its own batch.",
       {{"WHERE instance = _number AND hidden_until = 0 AND seq <= _row.batch_end;\n  END IF;",
         "WHERE instance = _number AND hidden_until = 0;\n  END IF;"}}},
      {"postgres_fetch_that_loses_a_race_finds_nothing",
       requirement("TURN_8"),
       "A fetch that finds the first in line locked by another says nothing.",
       {{"_taken := coalesce(_taken, _number);\n", "EXIT;\n"},
        {"IF _taken IS NULL AND (_next IS NULL OR _next > _moment) THEN", "IF true THEN"}}},
      {"postgres_fetch_of_an_activity_that_loses_a_race_finds_nothing",
       requirement("WORK_7"),
       "A fetch that finds the first activity locked by another says nothing.",
       {{"_taken := coalesce(_taken, _seq);\n", "EXIT;\n"},
        {"IF _taken IS NULL AND (next IS NULL OR next > moment) THEN", "IF true THEN"}}},
  };
  return all;
}

// --- Commits and messages

const std::vector<PostgresDefect>& commit_defects_in_sql() {
  static const std::vector<PostgresDefect> all = {
      {"postgres_events_on_conflict_do_nothing",
       requirement("ACK_4"),
       "A stored event is kept, and whoever sends it again is told of success.",
       {{"_event_bodies) AS given;\n", "_event_bodies) AS given\n  ON CONFLICT DO NOTHING;\n"}}},
      {"postgres_ack_removes_what_is_visible",
       requirement("ACK_6"),
       "An ack removes all visible messages, also those that came during the turn.",
       {{"DELETE FROM message WHERE instance = _number AND hidden_until = 0 AND seq <= "
         "_row.batch_end;",
         "DELETE FROM message WHERE instance = _number AND hidden_until = 0;"}}},
      {"postgres_cancels_before_it_adds",
       requirement("ACK_9"),
       "A commit's own activities are added after its cancellations.",
       {{"  PERFORM put_activities(_activity_instances, _activity_executions, _activity_ids, "
         "_activity_names,\n                         _activity_sessions, _activity_tags, "
         "_activity_bodies);\n",
         ""},
        {"  PERFORM put_messages(_now, 0, _targets, _kinds, _executions, _ids, _visible, _names, "
         "_versions,\n                       _parents, _bodies);\n\n  _next",
         "  PERFORM put_activities(_activity_instances, _activity_executions, _activity_ids, "
         "_activity_names, _activity_sessions, _activity_tags, _activity_bodies);\n"
         "  PERFORM put_messages(_now, 0, _targets, _kinds, _executions, _ids, _visible, _names, "
         "_versions, _parents, _bodies);\n  _next"}}},
      {"postgres_batch_in_order_of_visibility",
       requirement("TURN_12"),
       "A batch comes in the order in which its messages became visible.",
       {{"FROM message WHERE instance = _number AND hidden_until = 0 AND seq <= _end\n"
         "               ORDER BY seq;",
         "FROM message WHERE instance = _number AND hidden_until = 0 AND seq <= _end\n"
         "               ORDER BY coalesce(visible_at, 0), seq;"}}},
      {"postgres_targets_without_regard_to_case",
       requirement("TEXT_1"),
       "A message finds its target as a case-insensitive collation would.",
       {{"JOIN instance ON instance.id = put.target",
         "JOIN instance ON lower(instance.id) = lower(put.target)"}}},
      {"postgres_output_is_a_c_string",
       requirement("TEXT_1"),
       "An output ends at its first zero byte.",
       {{"_status, _output, _pin,\n                           cardinality(_event_ids)",
         "_status, CASE WHEN position('\\x00'::bytea IN _output) > 0 THEN substring(_output FROM 1 "
         "FOR position('\\x00'::bytea IN _output) - 1) ELSE _output END, _pin, "
         "cardinality(_event_ids)"}}},
  };
  return all;
}

// --- Facets

const std::vector<PostgresDefect>& facet_defects_in_sql() {
  static const std::vector<PostgresDefect> all = {
      {"postgres_versions_are_compared_as_text",
       requirement("VER_1"),
       "A version lies in a range if its text does.",
       {{"SELECT DISTINCT pin FROM pins WHERE pin <= high",
         "SELECT DISTINCT instance.pin FROM instance JOIN unnest(_lows, _highs) AS ranges(low, "
         "high) ON instance.pin::text BETWEEN low AND high"}}},
      {"postgres_tags_are_compared_after_the_limit",
       requirement("TAG_4"),
       "The first activity in line is taken out, and then its tag is looked at.",
       {{"item.is_bound = bound AND item.lane <= admitted\n"
         "            AND (item.lane, item.seq) > (admitted, _last)\n",
         "item.is_bound = bound AND item.seq > _last\n"},
        {"ORDER BY item.lane, item.seq LIMIT 1) AS first", "ORDER BY item.seq LIMIT 1) AS first"},
        {"unnest(_lanes) AS lanes(admitted)", "(SELECT 1) AS lanes"},
        {"ORDER BY first.seq LIMIT 1) AS head ON true;\n    END IF;",
         "WHERE (SELECT lane FROM activity WHERE activity.seq = first.seq) = ANY (_lanes)\n"
         "        ORDER BY first.seq LIMIT 1) AS head ON true;\n    END IF;"}}},
      {"postgres_sessions_are_claimed_without_looking_again",
       requirement("SESS_2"),
       "Whether a session is free is asked before its row is locked, and not afterwards.",
       {{"WHERE id = _session AND (owner = _owner OR deadline <= _now);", "WHERE id = _session;"}}},
      {"postgres_empty_values_are_null",
       requirement("KV_3"),
       "An empty value is stored as NULL.",
       {{"CASE WHEN _change.kind = 0 THEN _change.value END",
         "CASE WHEN _change.kind = 0 THEN nullif(_change.value, '') END"}}},
      {"postgres_deletes_what_begins_alike",
       requirement("DEL_3"),
       "A deletion takes everything whose id begins with that of a member.",
       {{"FROM instance WHERE id = ANY (_ids);",
         "FROM instance WHERE id LIKE ANY (SELECT member || '%' FROM unnest(_ids) AS "
         "given(member));"}}},
      {"postgres_deletion_forgets_a_table",
       requirement("DEL_2"),
       "A deletion leaves the activities of what it deletes.",
       {{"DELETE FROM activity WHERE instance = ANY (_ids);",
         "DELETE FROM activity WHERE instance = ANY (_ids) AND false;"}}},
      {"postgres_completed_before_is_not_strict",
       requirement("DEL_5"),
       "Bulk deletion takes those that ended at the given time too.",
       {{"WHERE id = _id AND (_before IS NULL OR completed_at < _before)) THEN",
         "WHERE id = _id AND (_before IS NULL OR completed_at <= _before)) THEN"},
        {"completed_at < $1", "completed_at <= $1", "list_ended_roots"}}},
      {"postgres_commits_notify_nobody",
       requirement("POLL_1"),
       "A commit does not notify, so a waiting fetch sleeps until its own next look.",
       {{"PERFORM pg_notify(channel(), '');", "NULL;"}}},
      {"postgres_abandon_notifies_nobody",
       requirement("POLL_1"),
       "What an abandon makes deliverable is not told to those who wait.",
       {{"away_until = CASE WHEN _next > 0 THEN _next END, token = NULL, batch_end = NULL\n"
         "  WHERE number = _number;\n  PERFORM tell();\n  RETURN true;\nEND $$;\n\nCREATE FUNCTION "
         "renew_turn",
         "away_until = CASE WHEN _next > 0 THEN _next END, token = NULL, batch_end = NULL\n"
         "  WHERE number = _number;\n  RETURN true;\nEND $$;\n\nCREATE FUNCTION renew_turn"}}},
  };
  return all;
}

void apply(const PostgresDefect& defect, const Change& change, std::string& text) {
  const std::size_t at = text.find(change.from);
  if (at == std::string::npos || text.find(change.from, at + 1) != std::string::npos) {
    throw std::logic_error(std::string(defect.name) +
                           " does not find exactly one of: " + change.from);
  }
  text.replace(at, std::string(change.from).size(), change.to);
}

Mutant mutant_of(const PostgresDefect& defect) {
  postgres::Sql sql = postgres::good_sql();
  for (const Change& change : defect.changes) {
    apply(defect, change, change.statement ? sql.statements.at(change.statement) : sql.script);
  }
  ProviderFactory factory = postgres::factory(sql);
  factory.name = defect.name;
  factory.summary = defect.summary;
  return {defect.name, &defect.breaks, defect.summary, std::move(factory)};
}

}  // namespace

std::vector<Mutant> postgres_mutants() {
  std::vector<Mutant> all;
  for (const auto& part :
       {lock_defects_in_sql(), commit_defects_in_sql(), facet_defects_in_sql()}) {
    for (const PostgresDefect& defect : part) all.push_back(mutant_of(defect));
  }
  return all;
}

}  // namespace ackproof
