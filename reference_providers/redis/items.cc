#include "reference_providers/redis/items.h"

#include <stdexcept>

namespace ackproof::redis {

namespace {

constexpr unsigned kFormat = 1;

class Writer {
 public:
  Writer& byte(unsigned value) {
    bytes_.push_back(static_cast<char>(value));
    return *this;
  }
  Writer& number(std::uint64_t value, unsigned width = 8) {
    for (unsigned shift = 8 * width; shift > 0; shift -= 8) byte((value >> (shift - 8)) & 0xFFU);
    return *this;
  }
  Writer& text(std::string_view value) {
    number(value.size(), 4);
    bytes_ += value;
    return *this;
  }
  Writer& optional(const std::optional<std::string>& value) {
    byte(value ? 1 : 0);
    return value ? text(*value) : *this;
  }
  Writer& optional(const std::optional<std::uint64_t>& value) {
    byte(value ? 1 : 0);
    return value ? number(*value) : *this;
  }
  Writer& time(Time value) {
    return number(static_cast<std::uint64_t>(value.time_since_epoch().count()));
  }

  // The item with what was written so far as its head.
  std::string with_body(const Bytes& payload) const {
    Writer item;
    item.text(bytes_).byte(kFormat).number(payload.size());
    item.bytes_ += payload;
    return std::move(item.bytes_);
  }
  const std::string& bytes() const { return bytes_; }

 private:
  std::string bytes_;
};

class Unreadable : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

class Reader {
 public:
  explicit Reader(std::string_view bytes) : rest_(bytes) {}

  unsigned byte() { return static_cast<unsigned char>(bytes(1)[0]); }
  std::uint64_t number(unsigned width = 8) {
    std::uint64_t value = 0;
    for (const char each : bytes(width)) value = (value << 8U) | static_cast<unsigned char>(each);
    return value;
  }
  std::string_view bytes(std::uint64_t size) {
    if (rest_.size() < size) throw Unreadable("the stored item is too short");
    const std::string_view taken = rest_.substr(0, size);
    rest_.remove_prefix(size);
    return taken;
  }
  std::string_view view() { return bytes(number(4)); }
  std::string text() { return std::string(view()); }
  std::optional<std::string> optional_text() {
    return byte() == 0 ? std::nullopt : std::optional(text());
  }
  std::optional<std::uint64_t> optional_number() {
    return byte() == 0 ? std::nullopt : std::optional(number());
  }
  Time time() { return Time(Duration(static_cast<std::int64_t>(number()))); }

  // The payload in a body, which is all that is left.
  Bytes payload() {
    if (const unsigned format = byte(); format != kFormat) {
      throw Unreadable("the stored body has the unknown format " + std::to_string(format));
    }
    const std::uint64_t length = number();
    if (rest_.size() != length) {
      throw Unreadable("the stored body has " + std::to_string(rest_.size()) +
                       " bytes instead of " + std::to_string(length));
    }
    return Bytes(rest_);
  }

 private:
  std::string_view rest_;
};

}  // namespace

std::string item_of(const Message& message) {
  Writer head;
  head.byte(static_cast<unsigned>(message.kind));
  head.optional(message.name).optional(message.version).optional(message.parent);
  head.optional(message.execution);
  head.byte(message.visible_at ? 1 : 0);
  if (message.visible_at) head.time(*message.visible_at);
  head.number(message.id);
  return head.with_body(message.payload);
}

std::string head_end_of(std::uint64_t message_id) { return Writer().number(message_id).bytes(); }

Message message_in(std::string_view item, const std::string& target) {
  Message message;
  message.target = target;
  try {
    Reader reader(item);
    Reader head(reader.view());
    const unsigned kind = head.byte();
    message.name = head.optional_text();
    message.version = head.optional_text();
    message.parent = head.optional_text();
    message.execution = head.optional_number();
    if (head.byte() != 0) message.visible_at = head.time();
    message.id = head.number();
    if (kind > static_cast<unsigned>(MessageKind::queue_message)) {
      throw Unreadable("the stored kind " + std::to_string(kind) + " is unknown");
    }
    message.kind = static_cast<MessageKind>(kind);
    message.payload = reader.payload();
  } catch (const Unreadable& unreadable) {
    message.error = unreadable.what();
  }
  return message;
}

std::string item_of(const Event& event) {
  Writer head;
  head.text(event.kind).optional(event.source_id).time(event.timestamp).text(event.engine_version);
  return head.with_body(event.payload);
}

ReadEvent event_in(std::string_view item, std::uint64_t id) {
  try {
    Event event;
    event.id = id;
    Reader reader(item);
    Reader head(reader.view());
    event.kind = head.text();
    event.source_id = head.optional_number();
    event.timestamp = head.time();
    event.engine_version = head.text();
    event.payload = reader.payload();
    return {std::move(event), std::nullopt};
  } catch (const Unreadable& unreadable) {
    return {{}, "event " + std::to_string(id) + ": " + unreadable.what()};
  }
}

std::string item_of(const Activity& activity) {
  return Writer().text(activity.name).with_body(activity.payload);
}

void read_activity(std::string_view item, Activity& activity) {
  try {
    Reader reader(item);
    activity.name = Reader(reader.view()).text();
    activity.payload = reader.payload();
  } catch (const Unreadable& unreadable) {
    activity.error = unreadable.what();
  }
}

std::string item_of(const KeyValueChange& change) {
  return Writer().time(change.updated_at).bytes() + change.value;
}

KeyValue value_in(std::string_view item) {
  Reader reader(item);
  const Time updated_at = reader.time();
  return {Bytes(item.substr(8)), updated_at};
}

}  // namespace ackproof::redis
