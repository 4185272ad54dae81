#include "engine/history.h"

#include <array>

namespace ackproof::engine {

namespace {

constexpr std::array<std::string_view, 21> kKinds = {
    "Started",           "ActivityScheduled", "TimerCreated",    "EventAwaited", "MessageAwaited",
    "ChildScheduled",    "EventSent",         "ValueSet",        "StatusSet",    "Dropped",
    "ActivityCompleted", "ActivityFailed",    "TimerFired",      "EventRaised",  "MessageQueued",
    "ChildCompleted",    "ChildFailed",       "CancelRequested", "Completed",    "Failed",
    "Continued"};

Failed corrupt(const std::string& message) {
  Failure failure;
  failure.kind = FailureKind::corrupt;
  failure.message = message;
  failure.is_retryable = false;
  return Failed(std::move(failure));
}

// JSON text begins with a brace; an object in CBOR with major type 5; in MessagePack with a map.
Codec codec_of(const Bytes& payload) {
  const auto first = static_cast<unsigned char>(payload.empty() ? 0 : payload.front());
  if (first == '{') return Codec::json;
  if (first >= 0xA0 && first <= 0xBF) return Codec::cbor;
  if ((first >= 0x80 && first <= 0x8F) || first == 0xDE || first == 0xDF) {
    return Codec::message_pack;
  }
  throw corrupt("a payload is no object of JSON, CBOR or MessagePack");
}

}  // namespace

std::string_view name(EntryKind kind) { return kKinds.at(static_cast<std::size_t>(kind)); }

bool is_command(EntryKind kind) {
  return kind >= EntryKind::activity_scheduled && kind <= EntryKind::dropped;
}

bool is_answer(EntryKind kind) {
  return kind >= EntryKind::activity_completed && kind <= EntryKind::cancel_requested;
}

bool is_end(EntryKind kind) { return kind >= EntryKind::completed; }

Bytes encode(const Value& object, Codec codec) {
  Bytes bytes;
  switch (codec) {
    case Codec::json:
      return object.dump();
    case Codec::cbor:
      Value::to_cbor(object, bytes);
      break;
    case Codec::message_pack:
      Value::to_msgpack(object, bytes);
      break;
  }
  return bytes;
}

Value decode(const Bytes& payload) {
  const Codec codec = codec_of(payload);
  try {
    switch (codec) {
      case Codec::json:
        return Value::parse(payload);
      case Codec::cbor:
        return Value::from_cbor(payload);
      case Codec::message_pack:
        break;
    }
    return Value::from_msgpack(payload);
  } catch (const Value::exception& error) {
    throw corrupt(std::string("a payload cannot be decoded: ") + error.what());
  }
}

Event to_event(const Entry& entry, Codec codec, const std::string& engine_version) {
  return {.id = entry.id,
          .kind = std::string(name(entry.kind)),
          .source_id = entry.source,
          .timestamp = entry.at,
          .engine_version = engine_version,
          .payload = encode(entry.data, codec)};
}

Entry from_event(const Event& event) {
  for (std::size_t i = 0; i < kKinds.size(); ++i) {
    if (kKinds.at(i) != event.kind) continue;
    return {event.id, static_cast<EntryKind>(i), event.source_id, event.timestamp,
            decode(event.payload)};
  }
  throw corrupt("event " + std::to_string(event.id) + " is of the unknown kind " + event.kind);
}

}  // namespace ackproof::engine
