#include "contract/json.h"

#include <algorithm>
#include <array>

#include "contract/json_io.h"
#include "contract/rules.h"

namespace ackproof::json_io {

namespace {

constexpr std::string_view kDigits =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr std::string_view kBase64 = "base64";

// No document of ours comes near it, and whoever walks one calls itself once a level.
constexpr int kDeepest = 64;

// Each field is compared with those before it.
constexpr std::size_t kMostFields = 10'000;

// What the library would take for no character, or for the end.
void refuse_what_is_no_text(std::string_view document) {
  if (document.empty()) throw Misfit("the document: it is empty");
  if (document.starts_with("\xEF\xBB\xBF")) {
    throw Misfit("the document: it begins with a byte order mark, which JSON has not");
  }
  if (const std::size_t at = document.find('\0'); at != std::string_view::npos) {
    throw Misfit("the document: byte " + std::to_string(at + 1) + " is a NUL");
  }
}

}  // namespace

// Three bytes make four digits of six bits; `=` stands for the digits that are not needed.
std::string to_base64(std::string_view bytes) {
  std::string text;
  for (std::size_t at = 0; at < bytes.size(); at += 3) {
    const std::string_view group = bytes.substr(at, 3);
    std::uint32_t bits = 0;
    for (std::size_t i = 0; i < 3; ++i) {
      bits = bits << 8U | (i < group.size() ? static_cast<unsigned char>(group[i]) : 0U);
    }
    for (std::size_t i = 0; i < 4; ++i) {
      text += i <= group.size() ? kDigits[bits >> (18 - 6 * i) & 63U] : '=';
    }
  }
  return text;
}

std::optional<std::string> from_base64(std::string_view text) {
  std::string bytes;
  std::uint32_t bits = 0;
  std::size_t digits = 0;
  for (const char c : text.substr(0, std::min(text.find('='), text.size()))) {
    const std::size_t digit = kDigits.find(c);
    if (digit == std::string_view::npos) return std::nullopt;
    bits = bits << 6U | static_cast<std::uint32_t>(digit);
    ++digits;
    if (digits % 4 == 0) {
      for (const unsigned shift : {16U, 8U, 0U}) bytes += static_cast<char>(bits >> shift & 255U);
    }
  }
  if (digits % 4 == 2) bytes += static_cast<char>(bits >> 4U & 255U);
  if (digits % 4 == 3) {
    for (const unsigned shift : {10U, 2U}) bytes += static_cast<char>(bits >> shift & 255U);
  }
  if (to_base64(bytes) != text) return std::nullopt;
  return bytes;
}

bool is_utf8(std::string_view text) {
  std::string sayable(text);
  std::ranges::replace(sayable, '\0', '0');  // JSON can say U+0000, `is_text` refuses it.
  return rules::is_text(sayable);
}

Json Codec<std::string>::write(const std::string& value, Text text) {
  if (text == Text::replaced || is_utf8(value)) return Json(value);
  Json json = Json::object();
  json[std::string(kBase64)] = to_base64(value);
  return json;
}

void Codec<std::string>::read(const Json& json, std::string& value, Text text, const Place& at) {
  if (json.is_string()) {
    value = json.get<std::string>();
    return;
  }
  if (text == Text::replaced) at.fail("a string is expected");
  const auto found = json.is_object() ? json.find(std::string(kBase64)) : json.end();
  if (found == json.end() || json.size() != 1 || !found->is_string()) {
    at.fail("a string or {\"base64\": \"...\"} is expected");
  }
  auto bytes = from_base64(found->get<std::string>());
  if (!bytes) at.fail("this is not base64");
  value = *std::move(bytes);
}

Json parse(std::string_view document) {
  std::vector<std::set<std::string>> keys;  // Of the objects that are being read.
  refuse_what_is_no_text(document);
  const auto watch = [&](int depth, Json::parse_event_t event, Json& parsed) {
    if (depth > kDeepest) {
      throw Misfit("the document: it is nested more than " + std::to_string(kDeepest) +
                   " levels deep");
    }
    if (event == Json::parse_event_t::object_start) keys.emplace_back();
    if (event == Json::parse_event_t::object_end) keys.pop_back();
    if (event != Json::parse_event_t::key) return true;
    if (!keys.back().insert(parsed.get<std::string>()).second) {
      throw Misfit("the document: the key " + parsed.dump() + " is repeated in an object");
    }
    if (keys.back().size() > kMostFields) {
      throw Misfit("the document: an object has more than " + std::to_string(kMostFields) +
                   " fields");
    }
    return true;
  };
  try {
    return Json::parse(document, watch);
  } catch (const Json::exception& malformed) {
    const std::string what = malformed.what();  // Ends with all that was read of a string.
    throw Misfit("the document: " + what.substr(0, what.find("; last read: ")));
  }
}

// --- The types of the contract

// The spelling of an enumeration that has no `name()`: `names`, from the first enumerator on.
template <class Enum, const auto& names>
struct Listed {
  static constexpr auto first = Enum{};
  static constexpr auto last = static_cast<Enum>(names.size() - 1);
  static std::string_view of(Enum value) {
    const auto index = static_cast<std::size_t>(value);
    return index < names.size() ? names[index] : "?";
  }
};

inline constexpr auto kMessageKinds = std::to_array<std::string_view>(
    {"start_orchestration", "continue_as_new", "activity_completed", "activity_failed",
     "timer_fired", "external_raised", "child_completed", "child_failed", "cancel_instance",
     "queue_message"});
inline constexpr auto kStatuses =
    std::to_array<std::string_view>({"running", "completed", "failed", "continued_as_new"});
inline constexpr auto kChangeKinds = std::to_array<std::string_view>({"set", "clear", "clear_all"});
inline constexpr auto kFilterKinds =
    std::to_array<std::string_view>({"default_only", "tags", "default_and", "any", "none"});
inline constexpr auto kOperationKinds = std::to_array<std::string_view>(
    {"append_history", "enqueue_message", "enqueue_activity", "ack_messages", "release_lock"});

template <>
struct Spelling<ErrorKind> : Named<ErrorKind::busy, ErrorKind::internal> {};
template <>
struct Spelling<MessageKind> : Listed<MessageKind, kMessageKinds> {};
template <>
struct Spelling<Status> : Listed<Status, kStatuses> {};
template <>
struct Spelling<KeyValueChange::Kind> : Listed<KeyValueChange::Kind, kChangeKinds> {};
template <>
struct Spelling<TagFilter::Kind> : Listed<TagFilter::Kind, kFilterKinds> {};
template <>
struct Spelling<BatchOperation::Kind> : Listed<BatchOperation::Kind, kOperationKinds> {};

template <>
inline constexpr auto kFields<Error> = std::tuple{
    field("kind", &Error::kind),
    field("operation", &Error::operation),
    field("message", &Error::message),
};

template <>
inline constexpr auto kFields<EngineVersion> = std::tuple{
    field("major", &EngineVersion::major),
    field("minor", &EngineVersion::minor),
    field("patch", &EngineVersion::patch),
};

template <>
inline constexpr auto kFields<VersionRange> = std::tuple{
    field("lowest", &VersionRange::lowest),
    field("highest", &VersionRange::highest),
};

template <>
inline constexpr auto kFields<Event> = std::tuple{
    field("id", &Event::id),
    field("kind", &Event::kind),
    field("source_id", &Event::source_id),
    field("timestamp", &Event::timestamp),
    field("engine_version", &Event::engine_version),
    field("payload", &Event::payload),
};

template <>
inline constexpr auto kFields<Message> = std::tuple{
    field("kind", &Message::kind),           field("target", &Message::target),
    field("execution", &Message::execution), field("id", &Message::id),
    field("name", &Message::name),           field("version", &Message::version),
    field("parent", &Message::parent),       field("visible_at", &Message::visible_at),
    field("payload", &Message::payload),     field("error", &Message::error),
};

template <>
inline constexpr auto kFields<Activity> = std::tuple{
    field("instance", &Activity::instance),
    field("execution", &Activity::execution),
    field("id", &Activity::id),
    field("name", &Activity::name),
    field("session", &Activity::session),
    field("tag", &Activity::tag),
    field("payload", &Activity::payload),
    field("error", &Activity::error),
};

template <>
inline constexpr auto kFields<ActivityKey> = std::tuple{
    field("instance", &ActivityKey::instance),
    field("execution", &ActivityKey::execution),
    field("id", &ActivityKey::id),
};

template <>
inline constexpr auto kFields<LockToken> = std::tuple{
    field("value", &LockToken::value),
};

template <>
inline constexpr auto kFields<KeyValue> = std::tuple{
    field("value", &KeyValue::value),
    field("updated_at", &KeyValue::updated_at),
};

template <>
inline constexpr auto kFields<FetchTurn> = std::tuple{
    field("lock_timeout", &FetchTurn::lock_timeout),
    field("poll_timeout", &FetchTurn::poll_timeout),
    field("versions", &FetchTurn::versions),
};

template <>
inline constexpr auto kFields<Turn> = std::tuple{
    field("instance", &Turn::instance), field("name", &Turn::name),
    field("version", &Turn::version),   field("execution", &Turn::execution),
    field("history", &Turn::history),   field("history_error", &Turn::history_error),
    field("messages", &Turn::messages), field("values", &Turn::values),
    field("attempt", &Turn::attempt),   field("now", &Turn::now),
    field("token", &Turn::token),
};

template <>
inline constexpr auto kFields<Metadata> = std::tuple{
    field("status", &Metadata::status), field("output", &Metadata::output),
    field("name", &Metadata::name),     field("version", &Metadata::version),
    field("parent", &Metadata::parent), field("pinned_version", &Metadata::pinned_version),
};

template <>
inline constexpr auto kFields<StatusChange> = std::tuple{
    field("value", &StatusChange::value),
};

template <>
inline constexpr auto kFields<KeyValueChange> = std::tuple{
    field("kind", &KeyValueChange::kind),
    field("key", &KeyValueChange::key),
    field("value", &KeyValueChange::value),
    field("updated_at", &KeyValueChange::updated_at),
};

template <>
inline constexpr auto kFields<TurnCommit> = std::tuple{
    field("execution", &TurnCommit::execution),         field("events", &TurnCommit::events),
    field("activities", &TurnCommit::activities),       field("messages", &TurnCommit::messages),
    field("cancelled", &TurnCommit::cancelled),         field("metadata", &TurnCommit::metadata),
    field("custom_status", &TurnCommit::custom_status), field("values", &TurnCommit::values),
};

template <>
inline constexpr auto kFields<Abandon> = std::tuple{
    field("delay", &Abandon::delay),
    field("ignore_attempt", &Abandon::ignore_attempt),
};

template <>
inline constexpr auto kFields<SessionClaim> = std::tuple{
    field("owner", &SessionClaim::owner),
    field("lock_timeout", &SessionClaim::lock_timeout),
};

template <>
inline constexpr auto kFields<TagFilter> = std::tuple{
    field("kind", &TagFilter::kind),
    field("tags", &TagFilter::tags),
};

template <>
inline constexpr auto kFields<FetchActivity> = std::tuple{
    field("lock_timeout", &FetchActivity::lock_timeout),
    field("poll_timeout", &FetchActivity::poll_timeout),
    field("session", &FetchActivity::session),
    field("tags", &FetchActivity::tags),
};

template <>
inline constexpr auto kFields<LockedActivity> = std::tuple{
    field("activity", &LockedActivity::activity),
    field("attempt", &LockedActivity::attempt),
    field("token", &LockedActivity::token),
};

template <>
inline constexpr auto kFields<InstanceInfo> = std::tuple{
    field("instance", &InstanceInfo::instance),
    field("name", &InstanceInfo::name),
    field("version", &InstanceInfo::version),
    field("parent", &InstanceInfo::parent),
    field("execution", &InstanceInfo::execution),
    field("status", &InstanceInfo::status),
    field("output", &InstanceInfo::output),
    field("pinned_version", &InstanceInfo::pinned_version),
    field("created_at", &InstanceInfo::created_at),
    field("updated_at", &InstanceInfo::updated_at),
};

template <>
inline constexpr auto kFields<CustomStatus> = std::tuple{
    field("value", &CustomStatus::value),
    field("version", &CustomStatus::version),
};

template <>
inline constexpr auto kFields<RenewSessions> = std::tuple{
    field("owners", &RenewSessions::owners),
    field("extend_for", &RenewSessions::extend_for),
    field("idle_timeout", &RenewSessions::idle_timeout),
};

template <>
inline constexpr auto kFields<ExecutionInfo> = std::tuple{
    field("execution", &ExecutionInfo::execution),
    field("status", &ExecutionInfo::status),
    field("output", &ExecutionInfo::output),
    field("pinned_version", &ExecutionInfo::pinned_version),
    field("created_at", &ExecutionInfo::created_at),
    field("completed_at", &ExecutionInfo::completed_at),
    field("event_count", &ExecutionInfo::event_count),
};

template <>
inline constexpr auto kFields<InstanceTree> = std::tuple{
    field("root", &InstanceTree::root),
    field("members", &InstanceTree::members),
};

template <>
inline constexpr auto kFields<QueueDepth> = std::tuple{
    field("ready", &QueueDepth::ready),
    field("hidden", &QueueDepth::hidden),
    field("locked", &QueueDepth::locked),
    field("held", &QueueDepth::held),
};

template <>
inline constexpr auto kFields<QueueDepths> = std::tuple{
    field("messages", &QueueDepths::messages),
    field("activities", &QueueDepths::activities),
};

template <>
inline constexpr auto kFields<StoreTotals> = std::tuple{
    field("instances", &StoreTotals::instances),
    field("executions", &StoreTotals::executions),
    field("events", &StoreTotals::events),
    field("running", &StoreTotals::running),
    field("completed", &StoreTotals::completed),
    field("failed", &StoreTotals::failed),
    field("continued_as_new", &StoreTotals::continued_as_new),
};

template <>
inline constexpr auto kFields<InstanceFilter> = std::tuple{
    field("instances", &InstanceFilter::instances),
    field("completed_before", &InstanceFilter::completed_before),
    field("limit", &InstanceFilter::limit),
};

template <>
inline constexpr auto kFields<PruneOptions> = std::tuple{
    field("keep_last", &PruneOptions::keep_last),
    field("completed_before", &PruneOptions::completed_before),
};

template <>
inline constexpr auto kFields<DeletionCounts> = std::tuple{
    field("instances", &DeletionCounts::instances),
    field("executions", &DeletionCounts::executions),
    field("events", &DeletionCounts::events),
    field("queued_items", &DeletionCounts::queued_items),
};

template <>
inline constexpr auto kFields<PruneCounts> = std::tuple{
    field("instances", &PruneCounts::instances),
    field("executions", &PruneCounts::executions),
    field("events", &PruneCounts::events),
};

template <>
inline constexpr auto kFields<BatchOperation> = std::tuple{
    field("kind", &BatchOperation::kind),           field("instance", &BatchOperation::instance),
    field("execution", &BatchOperation::execution), field("events", &BatchOperation::events),
    field("message", &BatchOperation::message),     field("activity", &BatchOperation::activity),
    field("token", &BatchOperation::token),
};

template <>
inline constexpr auto kFields<Batch> = std::tuple{
    field("id", &Batch::id),
    field("operations", &Batch::operations),
};

template <>
inline constexpr auto kFields<BatchOutcome> = std::tuple{
    field("failed_operation", &BatchOutcome::failed_operation),
    field("reason", &BatchOutcome::reason),
};

template <>
inline constexpr auto kFields<StreamEvent> = std::tuple{
    field("id", &StreamEvent::id),
    field("type", &StreamEvent::type),
    field("category", &StreamEvent::category),
    field("timestamp", &StreamEvent::timestamp),
    field("attributes", &StreamEvent::attributes),
    field("schema_version", &StreamEvent::schema_version),
    field("trace_id", &StreamEvent::trace_id),
    field("payload", &StreamEvent::payload),
};

template <>
inline constexpr auto kFields<Snapshot> = std::tuple{
    field("event_id", &Snapshot::event_id),
    field("state", &Snapshot::state),
};

template <>
inline constexpr auto kFields<NodeKey> = std::tuple{
    field("flow", &NodeKey::flow),
    field("node", &NodeKey::node),
};

}  // namespace ackproof::json_io

namespace ackproof {

using json_io::Place;
using json_io::Text;

template <class T>
std::string to_json(const T& value) {
  return json_io::encode(value, Text::exact).dump();
}

template <class T>
Result<void> from_json(std::string_view text, T& value) {
  const auto read = json_io::reported("from_json", [&] {
    value = json_io::decode<T>(json_io::parse(text), Text::exact, Place{});
    return true;
  });
  return read ? Result<void>() : Result<void>(read.error());
}

template <class T>
Result<T> from_json(std::string_view text) {
  T value{};
  const Result<void> read = from_json(text, value);
  if (!read) return read.error();
  return value;
}

// Every type that has a JSON form. `Result<Error>` does not exist, so an Error is read in place.
#define ACKPROOF_JSON_BOTH_WAYS(T)                              \
  template std::string to_json(const T&);                       \
  template Result<void> from_json(std::string_view text, T& v); \
  template Result<T> from_json(std::string_view text)

ACKPROOF_JSON_BOTH_WAYS(EngineVersion);
ACKPROOF_JSON_BOTH_WAYS(VersionRange);
ACKPROOF_JSON_BOTH_WAYS(Event);
ACKPROOF_JSON_BOTH_WAYS(Message);
ACKPROOF_JSON_BOTH_WAYS(Activity);
ACKPROOF_JSON_BOTH_WAYS(ActivityKey);
ACKPROOF_JSON_BOTH_WAYS(LockToken);
ACKPROOF_JSON_BOTH_WAYS(KeyValue);
ACKPROOF_JSON_BOTH_WAYS(FetchTurn);
ACKPROOF_JSON_BOTH_WAYS(Turn);
ACKPROOF_JSON_BOTH_WAYS(Metadata);
ACKPROOF_JSON_BOTH_WAYS(StatusChange);
ACKPROOF_JSON_BOTH_WAYS(KeyValueChange);
ACKPROOF_JSON_BOTH_WAYS(TurnCommit);
ACKPROOF_JSON_BOTH_WAYS(Abandon);
ACKPROOF_JSON_BOTH_WAYS(SessionClaim);
ACKPROOF_JSON_BOTH_WAYS(TagFilter);
ACKPROOF_JSON_BOTH_WAYS(FetchActivity);
ACKPROOF_JSON_BOTH_WAYS(LockedActivity);
ACKPROOF_JSON_BOTH_WAYS(InstanceInfo);
ACKPROOF_JSON_BOTH_WAYS(CustomStatus);
ACKPROOF_JSON_BOTH_WAYS(RenewSessions);
ACKPROOF_JSON_BOTH_WAYS(ExecutionInfo);
ACKPROOF_JSON_BOTH_WAYS(InstanceTree);
ACKPROOF_JSON_BOTH_WAYS(QueueDepth);
ACKPROOF_JSON_BOTH_WAYS(QueueDepths);
ACKPROOF_JSON_BOTH_WAYS(StoreTotals);
ACKPROOF_JSON_BOTH_WAYS(InstanceFilter);
ACKPROOF_JSON_BOTH_WAYS(PruneOptions);
ACKPROOF_JSON_BOTH_WAYS(DeletionCounts);
ACKPROOF_JSON_BOTH_WAYS(PruneCounts);
ACKPROOF_JSON_BOTH_WAYS(BatchOperation);
ACKPROOF_JSON_BOTH_WAYS(Batch);
ACKPROOF_JSON_BOTH_WAYS(BatchOutcome);
ACKPROOF_JSON_BOTH_WAYS(StreamEvent);
ACKPROOF_JSON_BOTH_WAYS(Snapshot);
ACKPROOF_JSON_BOTH_WAYS(NodeKey);
ACKPROOF_JSON_BOTH_WAYS(MessageKind);
ACKPROOF_JSON_BOTH_WAYS(Status);
ACKPROOF_JSON_BOTH_WAYS(ErrorKind);
ACKPROOF_JSON_BOTH_WAYS(Limits);
ACKPROOF_JSON_BOTH_WAYS(Capabilities);
ACKPROOF_JSON_BOTH_WAYS(Description);

#undef ACKPROOF_JSON_BOTH_WAYS

template std::string to_json(const Error&);
template Result<void> from_json(std::string_view text, Error& error);

}  // namespace ackproof
