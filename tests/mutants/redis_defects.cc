#include "tests/mutants/redis_defects.h"

#include "contract/requirements.h"
#include "reference_providers/redis/scripts.h"

namespace ackproof {

namespace {

using Change = redis::Scripts::Change;

struct RedisDefect {
  const char* name;
  const Requirement& breaks;
  const char* summary;
  std::vector<Change> changes;
};

// --- Locks

const std::vector<RedisDefect>& lock_defects_in_lua() {
  static const std::vector<RedisDefect> all = {
      {"redis_token_is_not_compared",
       requirement("LOCK_9"),
       "A turn's token names the instance, and the rest of it is not looked at.",
       {{"turns", "row[1] == token and", "row[1] and"}}},
      {"redis_lock_is_a_key_with_a_ttl",
       requirement("LOCK_2"),
       "The lock is a key that expires: by the server's timer, which is not the store's clock.",
       {{"fetch_turn", "leave_line(id, pin)",
         "leave_line(id, pin)\ncall('SET', key('lock', id), token, 'PX', lock_timeout)"},
        {"turns", "not deadline or deadline <= now",
         "not deadline or call('EXISTS', key('lock', id)) == 0"}}},
      {"redis_lock_counts_in_seconds",
       requirement("TIME_1"),
       "Deadlines are whole seconds, as EX takes them.",
       {{"fetch_turn", "later(now, lock_timeout)",
         "later(now, math.ceil(lock_timeout / 1000) * 1000)"}}},
      {"redis_renewal_asks_for_the_token_alone",
       requirement("LOCK_5"),
       "A renewal compares the token and not the deadline, and so revives a lock.",
       {{"renew_activity", "local place, row = open_activity(token, now)",
         "local place, row = open_activity(token, -END_OF_TIME)"}}},
  };
  return all;
}

// --- Commits

const std::vector<RedisDefect>& commit_defects_in_lua() {
  static const std::vector<RedisDefect> all = {
      {"redis_ack_writes_before_it_looks",
       requirement("ERR_3"),
       "An ack adds its activities before it looks for conflicts, and nothing takes them back.",
       {{"ack_turn", "local refusal = refusal_of_record()",
         "for _, row in ipairs(activities) do put_activity(row) end\nactivities = {}\n"
         "local refusal = refusal_of_record()"}}},
      {"redis_completion_is_enqueued_before_the_token_is_compared",
       requirement("WORK_3"),
       "A completion is put into its queue before the token is looked at.",
       {{"ack_activity", "local place, row = open_activity(token, now)",
         "for _, early in ipairs(completions) do put_message(early, now) end\n"
         "completions = {}\nlocal place, row = open_activity(token, now)"}}},
      {"redis_event_ids_are_numbers_of_lua",
       requirement("HIST_5"),
       "Event ids go through Lua's numbers, which end at 2^53.",
       {{"ack_turn", "return {id = take(), item = take()}",
         "return {id = ('%019.0f'):format(take_number()), item = take()}"}}},
      {"redis_long_lists_are_cut",
       requirement("CAP_3"),
       "Only as much of a list as unpack takes reaches the command.",
       {{"store", "for first = 1, #list, CHUNK do",
         "for first = 1, math.min(#list, CHUNK), CHUNK do"}}},
      {"redis_ack_removes_what_is_visible",
       requirement("ACK_6"),
       "An ack removes all visible messages, also those that came during the turn.",
       {{"turns", "'-inf', '-inf', 'LIMIT', 0, turn.batch)", "'-inf', '-inf')"}}},
      {"redis_empty_text_is_absent",
       requirement("TAG_3"),
       "An empty text is taken for none, as in a language where it is false.",
       {{"store", "return text ~= '' and text:sub(2)",
         "return text ~= '' and text ~= '=' and text:sub(2)"}}},
  };
  return all;
}

// --- Queues

const std::vector<RedisDefect>& queue_defects_in_lua() {
  static const std::vector<RedisDefect> all = {
      {"redis_equal_activities_are_one_member",
       requirement("WORK_6"),
       "The member of the sorted set is the activity itself, so equal ones are one.",
       {{"activities", "local place = next_place('activity')",
         "local place = ('%016d'):format("
         "tonumber(redis.sha1hex(row.instance .. row.key .. row.body):sub(1, 12), 16))"}}},
      {"redis_messages_are_in_the_order_of_their_times",
       requirement("TURN_12"),
       "The score of a message is its visible time, and a batch is what is due in that order.",
       {{"turns", "hidden or '-inf', place)", "(hidden or now) - END_OF_TIME, place)"},
        {"turns", "call('ZRANGEBYSCORE', name, '(-inf', now, 'LIMIT', 0, MOST_SHOWN)", "{}"},
        {"turns", "call('ZRANGEBYSCORE', waking, '(-inf', '+inf',",
         "call('ZRANGEBYSCORE', waking, '-inf', '+inf',"},
        {"turns", "put_at(key('away'), id, next[2])",
         "put_at(key('away'), id, next[2] and next[2] + END_OF_TIME)"},
        {"turns", "if first_visible(waking) then", "if false then"},
        {"fetch_turn", "'-inf', '-inf', 'LIMIT', 0, batch_limit)",
         "'-inf', now - END_OF_TIME, 'LIMIT', 0, batch_limit)"},
        {"turns", "call('ZRANGEBYSCORE', name, '-inf', '-inf', 'LIMIT', 0, 1)[1]",
         "call('ZRANGE', name, 0, 0)[1]"},
        {"turns", "call('ZRANGEBYSCORE', key('queue', turn.id), '-inf', '-inf',",
         "call('ZRANGEBYSCORE', key('queue', turn.id), '-inf', '+inf',"}}},
      {"redis_held_messages_wake",
       requirement("TURN_5"),
       "Any message makes its target ready, also one that has not started.",
       {{"turns", "local wakes = row[1] or message.is_start", "local wakes = true"}}},
      {"redis_latest_comes_first",
       requirement("TURN_8"),
       "Ready instances are a stack: a list that is pushed and popped at the same end.",
       {{"turns", "call('HINCRBY', key('store'), 'place', 1), id)",
         "call('HINCRBY', key('store'), 'place', -1), id)"},
        {"turns", "if call('ZCARD', key('line', pin)) == 1 then", "if true then"}}},
      {"redis_abandoning_forgets_the_attempts",
       requirement("POISON_1"),
       "What is abandoned is put back without its attempt count.",
       {{"abandon_turn", "release(turn.id, turn.exists, turn.execution)",
         "for _, place in ipairs(batch_of(turn)) do call('HDEL', messages, 'a' .. place) end\n"
         "release(turn.id, turn.exists, turn.execution)"}}},
      {"redis_arrivals_are_not_published",
       requirement("POLL_1"),
       "What stands in line is told to nobody, and who waits finds it at his next look.",
       {{"store", "if queues ~= '' then", "if false then"}}},
  };
  return all;
}

// --- Facets

const std::vector<RedisDefect>& facet_defects_in_lua() {
  static const std::vector<RedisDefect> all = {
      {"redis_session_is_claimed_without_a_look_at_its_owner",
       requirement("SESS_1"),
       "An activity that arrives in an owned session is for anybody.",
       {{"activities", "return owner and 'owner:' .. owner or 'unowned'", "return 'unowned'"}}},
      {"redis_versions_are_one_number",
       requirement("VER_1"),
       "A version is packed into one number, in which the parts overflow into each other.",
       {{"fetch_turn", "local function admits(pin)",
         "local function packed(text)\n"
         "  local a, b, c = text:match('(%d+)%.(%d+)%.(%d+)')\n"
         "  return a * 1000000 + b * 1000 + c\nend\nlocal function admits(pin)"},
        {"fetch_turn", "(range.lowest <= pin and pin <= range.highest)",
         "(packed(range.lowest) <= packed(pin) and packed(pin) <= packed(range.highest))"}}},
      {"redis_deletion_goes_by_a_prefix",
       requirement("DEL_2"),
       "Histories are removed by KEYS with a star behind the id: with i1 also those of i10.",
       {{"deletion", "  counts.instances = counts.instances + 1\n",
         "  for _, name in ipairs(call('KEYS', key('history', '*:' .. id .. '*'))) do\n"
         "    call('UNLINK', name)\n  end\n  counts.instances = counts.instances + 1\n"}}},
      {"redis_deletion_forgets_a_key",
       requirement("KV_3"),
       "Of the two keys with an instance's values only one is removed.",
       {{"deletion", "call('UNLINK', key('merged', id), key('pending', id))",
         "call('UNLINK', key('merged', id))"}}},
      {"redis_clearing_all_clears_what_is_pending",
       requirement("KV_1"),
       "To clear all values removes the key of the pending ones, and forgets the merged ones.",
       {{"values", "call('HSET', pending, '*', '')", ""}}},
      {"redis_cleanup_looks_at_what_is_eligible",
       requirement("SESS_4"),
       "A session counts as empty when nothing of it is eligible: what is locked is forgotten.",
       {{"cleanup_sessions", "call('HEXISTS', key('bound'), session) == 0",
         "call('EXISTS', key('tags', session)) == 0"}}},
  };
  return all;
}

Mutant mutant_of(const RedisDefect& defect) {
  ProviderFactory broken = redis::factory(redis::Scripts::with(defect.changes));
  broken.name = defect.name;
  broken.summary = defect.summary;
  return {defect.name, &defect.breaks, defect.summary, std::move(broken)};
}

}  // namespace

std::vector<Mutant> redis_mutants() {
  std::vector<Mutant> all;
  for (const auto& part : {lock_defects_in_lua(), commit_defects_in_lua(), queue_defects_in_lua(),
                           facet_defects_in_lua()}) {
    for (const RedisDefect& defect : part) all.push_back(mutant_of(defect));
  }
  return all;
}

}  // namespace ackproof
