#include <algorithm>

#include "contract/rules.h"
#include "reference_providers/sqlite/body.h"
#include "reference_providers/sqlite/sql.h"
#include "reference_providers/sqlite/verbs.h"

namespace ackproof::sqlite {

namespace {

// The row of the instance that a message goes to, as it is before the message comes.
struct Target {
  std::int64_t number = 0;
  bool exists = false;
  bool is_locked = false;
  bool is_ready = false;
  std::optional<Time> away_until;
};

Target find_or_add(Connection& db, const std::string& id) {
  {
    Query row = db.query(sql::kFindTarget, id);
    if (row.next()) {
      return {row.integer(0), row.flag(1), row.flag(2), row.flag(3), row.optional_time(4)};
    }
  }
  // A row with messages but without a creation time is no instance record yet (HIST_4).
  db.run(sql::kAddTarget, id);
  Target target;
  target.number = db.last_row();
  return target;
}

std::optional<Time> if_later(Time visible, Time now) {
  if (visible <= now) return std::nullopt;
  return visible;
}

}  // namespace

std::optional<Time> hidden_until(const Abandon& how, Time now) {
  return if_later(rules::later(now, how.delay), now);
}

void put_message(Connection& db, const Message& message, Time now, Duration delay) {
  const Target target = find_or_add(db, message.target);
  const std::optional<Time> hidden =
      if_later(std::max(rules::later(now, delay), message.visible_at.value_or(now)), now);
  const std::string body = encode(message.payload);
  db.run(sql::kAddMessage, target.number, hidden, static_cast<std::int64_t>(message.kind),
         message.execution, message.id, message.name, message.version, message.parent,
         message.visible_at, Blob{body});

  // A locked instance stays as it is until its lock ends, and a ready one is (TURN_7). One that
  // does not exist is woken by its start alone (TURN_5).
  if (target.is_locked || target.is_ready) return;
  if (!target.exists && !message.is_start()) return;
  if (!hidden) {
    db.run(sql::kStandInLine, target.number);
  } else if (!target.away_until || *hidden < *target.away_until) {
    db.run(sql::kStayAway, target.number, hidden);
  }
}

Message read_message(const Query& row, const std::string& target) {
  Message message;
  message.target = target;
  message.execution = row.optional_number(1);
  message.id = row.number(2);
  message.name = row.optional_text(3);
  message.version = row.optional_text(4);
  message.parent = row.optional_text(5);
  message.visible_at = row.optional_time(6);
  Decoded decoded = decode(row.view(7));
  message.payload = std::move(decoded.payload);
  message.error = std::move(decoded.error);
  const std::int64_t kind = row.integer(0);
  if (kind >= 0 && kind <= static_cast<std::int64_t>(MessageKind::queue_message)) {
    message.kind = static_cast<MessageKind>(kind);
  } else {
    message.error = "the stored kind " + std::to_string(kind) + " is unknown";
    message.payload.clear();
  }
  return message;
}

}  // namespace ackproof::sqlite
