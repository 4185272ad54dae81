#include "reference_providers/redis/answers.h"

#include <algorithm>

#include "reference_providers/redis/items.h"

namespace ackproof::redis {

namespace {

constexpr std::size_t kNumberDigits = 19;

std::optional<EngineVersion> read_pin(const Value& stored) {
  if (stored.is_nil()) return std::nullopt;
  const auto part = [&](std::size_t index) {
    return std::stoull(stored.text().substr(index * (kNumberDigits + 1), kNumberDigits));
  };
  return EngineVersion{part(0), part(1), part(2)};
}

Status read_status(const Value& stored) { return static_cast<Status>(stored.number()); }

}  // namespace

History read_events(const Value& pairs) {
  History history;
  history.events.reserve(pairs.size() / 2);
  for (std::size_t i = 0; i < pairs.size(); i += 2) {
    ReadEvent read = event_in(pairs[i + 1].view(), pairs[i].number());
    if (read.error) return {{}, std::move(read.error)};
    history.events.push_back(std::move(read.event));
  }
  std::ranges::sort(history.events, {}, &Event::id);
  return history;
}

Turn read_turn(const Value& answer) {
  Turn turn;
  turn.instance = answer[1].text();
  turn.token = {answer[2].text()};
  turn.now = answer[3].time();
  turn.attempt = answer[4].number();
  const bool exists = answer[5].number() == 1;
  if (exists) {
    turn.name = answer[6].text();
    turn.version = answer[7].optional_text();
    turn.execution = answer[8].number();
  } else {
    const Message start = message_in(answer[9].view(), turn.instance);
    turn.name = start.name.value_or("");
    turn.version = start.version;
  }
  const Value items = answer[10];
  for (std::size_t i = 0; i < items.size(); ++i) {
    turn.messages.push_back(message_in(items[i].view(), turn.instance));
  }
  History history = read_events(answer[11]);
  turn.history = std::move(history.events);
  turn.history_error = std::move(history.error);
  turn.values = read_merged_values(answer[12]);
  return turn;
}

LockedActivity read_locked_activity(const Value& answer) {
  LockedActivity locked;
  locked.token = {answer[1].text()};
  locked.attempt = answer[2].number();
  locked.activity.instance = answer[3].text();
  const std::string key = answer[4].text();  // Execution and id.
  locked.activity.execution = std::stoull(key.substr(0, kNumberDigits));
  locked.activity.id = std::stoull(key.substr(kNumberDigits));
  locked.activity.session = answer[5].optional_text();
  locked.activity.tag = answer[6].optional_text();
  read_activity(answer[7].view(), locked.activity);
  return locked;
}

std::optional<InstanceInfo> read_instance_info(const std::string& instance, const Value& answer) {
  const Value row = answer[1];
  const Value execution = answer[2];
  if (row.is_nil()) return std::nullopt;
  return InstanceInfo{.instance = instance,
                      .name = row[2].text(),
                      .version = row[3].optional_text(),
                      .parent = row[4].optional_text(),
                      .execution = row[5].number(),
                      .status = read_status(execution[0]),
                      .output = execution[1].optional_text(),
                      .pinned_version = read_pin(execution[2]),
                      .created_at = row[0].time(),
                      .updated_at = row[1].time()};
}

ExecutionInfo read_execution_info(std::uint64_t execution, const Value& answer) {
  const Value row = answer[1];
  if (row[0].is_nil()) {
    throw Refused(ErrorKind::not_found,
                  "there is no execution " + std::to_string(execution) + " of this instance");
  }
  return {.execution = execution,
          .status = read_status(row[0]),
          .output = row[1].optional_text(),
          .pinned_version = read_pin(row[2]),
          .created_at = row[3].time(),
          .completed_at = row[4].optional_time(),
          .event_count = answer[2].number()};
}

std::map<std::string, KeyValue> read_merged_values(const Value& pairs) {
  std::map<std::string, KeyValue> values;
  for (std::size_t i = 0; i < pairs.size(); i += 2) {
    values.emplace(pairs[i].text(), value_in(pairs[i + 1].view()));
  }
  return values;
}

std::map<std::string, KeyValue> read_live_values(const Value& merged, const Value& pending) {
  std::map<std::string, KeyValue> values = read_merged_values(merged);
  for (std::size_t i = 0; i < pending.size(); i += 2) {
    if (pending[i].view() == "*") values.clear();
  }
  for (std::size_t i = 0; i < pending.size(); i += 2) {
    const std::string_view field = pending[i].view();
    const std::string_view change = pending[i + 1].view();
    if (field == "*") continue;
    const std::string key(field.substr(1));
    if (change.substr(0, 1) == "+") {
      values.insert_or_assign(key, value_in(change.substr(1)));
    } else {
      values.erase(key);
    }
  }
  return values;
}

QueueDepths read_depths(const Value& answer) {
  return {
      .messages = {answer[1].number(), answer[2].number(), answer[3].number(), answer[4].number()},
      .activities = {answer[5].number(), answer[6].number(), answer[7].number(), 0}};
}

StoreTotals read_totals(const Value& answer) {
  const auto count = [&](std::size_t at) { return answer[at].is_nil() ? 0 : answer[at].number(); };
  StoreTotals totals{.executions = count(1),
                     .events = count(2),
                     .running = count(3),
                     .completed = count(4),
                     .failed = count(5),
                     .continued_as_new = count(6)};
  totals.instances = totals.running + totals.completed + totals.failed + totals.continued_as_new;
  return totals;
}

}  // namespace ackproof::redis
