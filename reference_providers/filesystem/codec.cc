#include "reference_providers/filesystem/codec.h"

#include <initializer_list>
#include <type_traits>
#include <utility>

#include "reference_providers/filesystem/errors.h"

namespace ackproof::filesystem {

namespace {

// NOLINTBEGIN(misc-no-recursion): lists of lists.

[[noreturn]] void refuse() {
  throw Refused(ErrorKind::corrupt, "a record of the journal cannot be read");
}

// --- The two directions. Each has `number`, `text` and `payload`; everything else is made of them.

class Writer {
 public:
  Writer(Encoded& out, std::uint64_t base, const StoredForm& stored_form)
      : out_(out), base_(base), stored_form_(stored_form) {}

  void number(std::uint64_t& value) {
    std::uint64_t rest = value;
    for (; rest >= 0x80U; rest >>= 7U) out_.keys.push_back(static_cast<char>(rest | 0x80U));
    out_.keys.push_back(static_cast<char>(rest));
  }
  void text(std::string& value) {
    std::uint64_t size = value.size();
    number(size);
    out_.keys += value;
  }
  void payload(Bytes& value) {
    const std::string stored = stored_form_(value);
    std::uint64_t offset = out_.payloads.size();
    std::uint64_t size = stored.size();
    number(offset);
    number(size);
    out_.payloads += stored;
    value = to_bytes({base_ + offset, size});
  }

 private:
  Encoded& out_;
  const std::uint64_t base_;
  const StoredForm& stored_form_;
};

class Reader {
 public:
  Reader(std::string_view keys, std::uint64_t base, std::uint64_t payload_bytes)
      : left_(keys), base_(base), payload_bytes_(payload_bytes) {}

  bool at_end() const { return left_.empty(); }

  void number(std::uint64_t& value) {
    value = 0;
    for (unsigned shift = 0; shift < 64; shift += 7) {
      if (left_.empty()) refuse();
      const auto byte = static_cast<unsigned char>(left_.front());
      left_.remove_prefix(1);
      value |= static_cast<std::uint64_t>(byte & 0x7FU) << shift;
      if (byte < 0x80U) return;
    }
    refuse();
  }
  void text(std::string& value) {
    const std::uint64_t size = length();
    value = left_.substr(0, size);
    left_.remove_prefix(size);
  }
  void payload(Bytes& value) {
    std::uint64_t offset = 0;
    std::uint64_t size = 0;
    number(offset);
    number(size);
    if (offset > payload_bytes_ || size > payload_bytes_ - offset) refuse();
    value = to_bytes({base_ + offset, size});
  }

  // A number of things that take a byte at least.
  std::uint64_t length() {
    std::uint64_t size = 0;
    number(size);
    if (size > left_.size()) refuse();
    return size;
  }

 private:
  std::string_view left_;
  const std::uint64_t base_;
  const std::uint64_t payload_bytes_;
};

template <class Archive>
inline constexpr bool kReads = std::is_same_v<Archive, Reader>;

// --- What values are made of

template <class Archive>
void field(Archive& archive, std::uint64_t& value) {
  archive.number(value);
}

template <class Archive>
void field(Archive& archive, std::string& value) {
  archive.text(value);
}

template <class Archive>
void field(Archive& archive, bool& value) {
  std::uint64_t number = value ? 1 : 0;
  archive.number(number);
  if (number > 1) refuse();
  value = number == 1;
}

// Numbers below zero are rare: the sign is the lowest bit, so that small ones remain short.
template <class Archive>
void field(Archive& archive, Time& value) {
  const std::int64_t count = value.time_since_epoch().count();
  std::uint64_t number =
      (static_cast<std::uint64_t>(count) << 1U) ^ static_cast<std::uint64_t>(count >> 63U);
  archive.number(number);
  const auto half = static_cast<std::int64_t>(number >> 1U);
  value = Time(Duration((number & 1U) != 0 ? ~half : half));
}

template <class Archive, class Enum>
void one_of(Archive& archive, Enum& value, Enum last) {
  auto number = static_cast<std::uint64_t>(value);
  archive.number(number);
  if (number > static_cast<std::uint64_t>(last)) refuse();
  value = static_cast<Enum>(number);
}

template <class Archive, class Value>
void field(Archive& archive, std::optional<Value>& value);
template <class Archive, class Value>
void field(Archive& archive, std::vector<Value>& values);
template <class Archive, class First, class Second>
void field(Archive& archive, std::pair<First, Second>& value);
template <class Archive>
void field(Archive& archive, std::set<std::string>& values);
template <class Archive>
void field(Archive& archive, std::map<std::string, KeyValue>& values);

template <class Archive, class... Fields>
void all(Archive& archive, Fields&... fields) {
  (field(archive, fields), ...);
}

// --- The values of the contract

template <class Archive>
void field(Archive& archive, EngineVersion& version) {
  all(archive, version.major, version.minor, version.patch);
}

template <class Archive>
void field(Archive& archive, Event& event) {
  all(archive, event.id, event.kind, event.source_id, event.timestamp, event.engine_version);
  archive.payload(event.payload);
}

template <class Archive>
void field(Archive& archive, Message& message) {
  one_of(archive, message.kind, MessageKind::queue_message);
  all(archive, message.target, message.execution, message.id, message.name, message.version,
      message.parent, message.visible_at);
  archive.payload(message.payload);
}

template <class Archive>
void field(Archive& archive, Activity& activity) {
  all(archive, activity.instance, activity.execution, activity.id, activity.name, activity.session,
      activity.tag);
  archive.payload(activity.payload);
}

template <class Archive>
void field(Archive& archive, ActivityKey& key) {
  all(archive, key.instance, key.execution, key.id);
}

template <class Archive>
void field(Archive& archive, Status& status) {
  one_of(archive, status, Status::continued_as_new);
}

template <class Archive>
void field(Archive& archive, Metadata& metadata) {
  all(archive, metadata.status, metadata.output, metadata.name, metadata.version, metadata.parent,
      metadata.pinned_version);
}

template <class Archive>
void field(Archive& archive, StatusChange& change) {
  field(archive, change.value);
}

template <class Archive>
void field(Archive& archive, KeyValueChange& change) {
  one_of(archive, change.kind, KeyValueChange::Kind::clear_all);
  all(archive, change.key, change.value, change.updated_at);
}

template <class Archive>
void field(Archive& archive, KeyValue& value) {
  all(archive, value.value, value.updated_at);
}

template <class Archive>
void field(Archive& archive, CustomStatus& status) {
  all(archive, status.value, status.version);
}

template <class Archive>
void field(Archive& archive, TurnCommit& commit) {
  all(archive, commit.execution, commit.events, commit.activities, commit.messages,
      commit.cancelled, commit.metadata, commit.custom_status, commit.values);
}

template <class Archive>
void field(Archive& archive, ExecutionInfo& info) {
  all(archive, info.execution, info.status, info.output, info.pinned_version, info.created_at,
      info.completed_at, info.event_count);
}

template <class Archive>
void field(Archive& archive, memory::ActivityTaken::Claim& claim) {
  all(archive, claim.owner, claim.until);
}

// --- Containers

template <class Archive, class Value>
void field(Archive& archive, std::optional<Value>& value) {
  bool is_there = value.has_value();
  field(archive, is_there);
  if (!is_there) return;
  if constexpr (kReads<Archive>) value.emplace();
  field(archive, *value);
}

template <class Archive, class Value>
void field(Archive& archive, std::vector<Value>& values) {
  if constexpr (kReads<Archive>) {
    values.resize(archive.length());
  } else {
    std::uint64_t size = values.size();
    archive.number(size);
  }
  for (Value& value : values) field(archive, value);
}

template <class Archive, class First, class Second>
void field(Archive& archive, std::pair<First, Second>& value) {
  all(archive, value.first, value.second);
}

template <class Archive>
void field(Archive& archive, std::set<std::string>& values) {
  std::vector<std::string> list(values.begin(), values.end());
  field(archive, list);
  if constexpr (kReads<Archive>) values.insert(list.begin(), list.end());
}

template <class Archive>
void field(Archive& archive, std::map<std::string, KeyValue>& values) {
  std::vector<std::pair<std::string, KeyValue>> list(values.begin(), values.end());
  field(archive, list);
  if constexpr (kReads<Archive>) values.insert(list.begin(), list.end());
}

// --- The effects, and what marks them in the journal. A number is never used anew.

// clang-format off
template <class Change> inline constexpr std::uint64_t kTag = 0;
template <> inline constexpr std::uint64_t kTag<memory::MessagePut> = 1;
template <> inline constexpr std::uint64_t kTag<memory::TurnTaken> = 2;
template <> inline constexpr std::uint64_t kTag<memory::TurnCommitted> = 3;
template <> inline constexpr std::uint64_t kTag<memory::TurnReturned> = 4;
template <> inline constexpr std::uint64_t kTag<memory::TurnRenewed> = 5;
template <> inline constexpr std::uint64_t kTag<memory::ActivityPut> = 6;
template <> inline constexpr std::uint64_t kTag<memory::ActivityTaken> = 7;
template <> inline constexpr std::uint64_t kTag<memory::ActivityFinished> = 8;
template <> inline constexpr std::uint64_t kTag<memory::ActivityReturned> = 9;
template <> inline constexpr std::uint64_t kTag<memory::ActivityRenewed> = 10;
template <> inline constexpr std::uint64_t kTag<memory::SessionsRenewed> = 11;
template <> inline constexpr std::uint64_t kTag<memory::SessionsRemoved> = 12;
template <> inline constexpr std::uint64_t kTag<memory::InstancesRemoved> = 13;
template <> inline constexpr std::uint64_t kTag<memory::ExecutionsRemoved> = 14;
template <> inline constexpr std::uint64_t kTag<memory::CountersRestored> = 32;
template <> inline constexpr std::uint64_t kTag<memory::InstanceRestored> = 33;
template <> inline constexpr std::uint64_t kTag<memory::ExecutionRestored> = 34;
template <> inline constexpr std::uint64_t kTag<memory::EventRestored> = 35;
template <> inline constexpr std::uint64_t kTag<memory::MailboxRestored> = 36;
template <> inline constexpr std::uint64_t kTag<memory::MessageRestored> = 37;
template <> inline constexpr std::uint64_t kTag<memory::ActivityRestored> = 38;
template <> inline constexpr std::uint64_t kTag<memory::SessionRestored> = 39;
// clang-format on

template <class Archive>
void field(Archive& archive, memory::MessagePut& put) {
  all(archive, put.message, put.visible_at);
}

template <class Archive>
void field(Archive& archive, memory::TurnTaken& taken) {
  all(archive, taken.instance, taken.batch, taken.token, taken.taken_at, taken.until);
}

template <class Archive>
void field(Archive& archive, memory::TurnCommitted& committed) {
  all(archive, committed.instance, committed.commit, committed.now);
}

template <class Archive>
void field(Archive& archive, memory::TurnReturned& returned) {
  all(archive, returned.instance, returned.uncounts, returned.hidden_until, returned.now);
}

template <class Archive>
void field(Archive& archive, memory::TurnRenewed& renewed) {
  all(archive, renewed.instance, renewed.until);
}

template <class Archive>
void field(Archive& archive, memory::ActivityPut& put) {
  field(archive, put.activity);
}

template <class Archive>
void field(Archive& archive, memory::ActivityTaken& taken) {
  all(archive, taken.sequence, taken.token, taken.until, taken.claim, taken.now);
}

template <class Archive>
void field(Archive& archive, memory::ActivityFinished& finished) {
  all(archive, finished.sequence, finished.completion, finished.now);
}

template <class Archive>
void field(Archive& archive, memory::ActivityReturned& returned) {
  all(archive, returned.sequence, returned.uncounts, returned.until);
}

template <class Archive>
void field(Archive& archive, memory::ActivityRenewed& renewed) {
  all(archive, renewed.sequence, renewed.until, renewed.now);
}

template <class Archive>
void field(Archive& archive, memory::SessionsRenewed& renewed) {
  all(archive, renewed.sessions, renewed.until);
}

template <class Archive>
void field(Archive& archive, memory::SessionsRemoved& removed) {
  field(archive, removed.sessions);
}

template <class Archive>
void field(Archive& archive, memory::InstancesRemoved& removed) {
  all(archive, removed.instances, removed.sessions);
}

template <class Archive>
void field(Archive& archive, memory::ExecutionsRemoved& removed) {
  field(archive, removed.executions);
}

template <class Archive>
void field(Archive& archive, memory::CountersRestored& counters) {
  all(archive, counters.last_message, counters.last_turn_number, counters.last_activity);
}

template <class Archive>
void field(Archive& archive, memory::InstanceRestored& restored) {
  all(archive, restored.instance, restored.name, restored.version, restored.parent,
      restored.current, restored.created_at, restored.updated_at, restored.custom_status,
      restored.live_values, restored.merged_values);
}

template <class Archive>
void field(Archive& archive, memory::ExecutionRestored& restored) {
  all(archive, restored.instance, restored.info);
}

template <class Archive>
void field(Archive& archive, memory::EventRestored& restored) {
  all(archive, restored.instance, restored.execution, restored.event);
}

template <class Archive>
void field(Archive& archive, memory::MailboxRestored& restored) {
  all(archive, restored.instance, restored.token, restored.batch, restored.taken_at,
      restored.free_at, restored.turn_number);
}

template <class Archive>
void field(Archive& archive, memory::MessageRestored& restored) {
  all(archive, restored.sequence, restored.message, restored.visible_at, restored.attempts);
}

template <class Archive>
void field(Archive& archive, memory::ActivityRestored& restored) {
  all(archive, restored.sequence, restored.activity, restored.attempts, restored.token,
      restored.owner, restored.parked_until);
}

template <class Archive>
void field(Archive& archive, memory::SessionRestored& restored) {
  all(archive, restored.session, restored.owner, restored.until, restored.last_activity);
}

// The alternative with this tag, its fields read.
template <std::size_t index = 0>
Effect read_effect(Reader& reader, std::uint64_t tag) {
  if constexpr (index == std::variant_size_v<Effect>) {
    refuse();
  } else {
    using Change = std::variant_alternative_t<index, Effect>;
    static_assert(kTag<Change> != 0);
    if (tag != kTag<Change>) return read_effect<index + 1>(reader, tag);
    Change change;
    field(reader, change);
    return change;
  }
}

// NOLINTEND(misc-no-recursion)

}  // namespace

void encode(Effect& effect, Encoded& out, std::uint64_t base, const StoredForm& stored_form) {
  const std::size_t payloads = out.payloads.size();
  const std::size_t keys = out.keys.size();
  try {
    Writer writer(out, base, stored_form);
    std::visit(
        [&](auto& change) {
          std::uint64_t tag = kTag<std::remove_reference_t<decltype(change)>>;
          writer.number(tag);
          field(writer, change);
        },
        effect);
  } catch (...) {
    out.payloads.resize(payloads);
    out.keys.resize(keys);
    throw;
  }
}

void decode(std::string_view keys, std::uint64_t base, std::uint64_t payload_bytes,
            const std::function<void(Effect)>& sink) {
  Reader reader(keys, base, payload_bytes);
  while (!reader.at_end()) {
    std::uint64_t tag = 0;
    reader.number(tag);
    sink(read_effect(reader, tag));
  }
}

}  // namespace ackproof::filesystem
