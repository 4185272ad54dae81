#include <functional>

#include "reference_providers/postgres/body.h"
#include "reference_providers/postgres/verbs.h"

namespace ackproof::postgres {

MessageArrays::MessageArrays(const std::vector<Message>& messages)
    : targets(column(Array::Of::texts, messages, &Message::target)),
      kinds(column(Array::Of::numbers, messages,
                   [](const Message& message) { return std::uint64_t(message.kind); })),
      executions(column(Array::Of::numbers, messages, &Message::execution)),
      ids(column(Array::Of::numbers, messages, &Message::id)),
      visible(column(Array::Of::numbers, messages, &Message::visible_at)),
      names(column(Array::Of::texts, messages, &Message::name)),
      versions(column(Array::Of::texts, messages, &Message::version)),
      parents(column(Array::Of::texts, messages, &Message::parent)),
      bodies(column(Array::Of::bytes, messages,
                    [](const Message& message) { return encode(message.payload); })) {}

void enqueue_message(Session& session, const Message& message, Duration delay) {
  const MessageArrays arrays({message});
  session.timed_call("enqueue_message", delay, arrays.targets, arrays.kinds, arrays.executions,
                     arrays.ids, arrays.visible, arrays.names, arrays.versions, arrays.parents,
                     arrays.bodies);
}

// A line of part 3, see `take_turn` in `sql_turns.cc`.
Message read_message(const Row& line, const std::string& target) {
  Message message;
  message.target = target;
  message.execution = line.optional_number(2);
  message.id = line.number(3);
  message.visible_at = line.optional_time(4);
  message.name = line.optional_text(5);
  message.version = line.optional_text(6);
  message.parent = line.optional_text(7);
  Decoded decoded = decode(line.bytes(8));
  message.payload = std::move(decoded.payload);
  message.error = std::move(decoded.error);
  const std::int64_t kind = line.integer(1);
  if (kind >= 0 && kind <= static_cast<std::int64_t>(MessageKind::queue_message)) {
    message.kind = static_cast<MessageKind>(kind);
  } else {
    message.error = "the stored kind " + std::to_string(kind) + " is unknown";
    message.payload.clear();
  }
  return message;
}

}  // namespace ackproof::postgres
