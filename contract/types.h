// The values that an engine and a provider exchange. Plain aggregates with equality; JSON:
// `contract/json.h`.
//
// Ids and names are 1 to 1,024 bytes of valid UTF-8 without U+0000, compared byte by byte; tags and
// keys may be empty (ERR_5, ERR_11). Payloads are arbitrary bytes that no provider looks into.
// Numbers are at most 2^63-1; executions and events count from 1, an activity id may be 0.
#pragma once

#include <compare>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "contract/clock.h"

namespace ackproof {

using Bytes = std::string;  // A payload: any bytes, also U+0000 and invalid UTF-8.

inline constexpr std::uint64_t kLargestId = (std::uint64_t{1} << 63U) - 1;
inline constexpr std::size_t kLongestId = 1024;

// The engine version that an execution is pinned to, compared as three numbers (VER_1).
struct EngineVersion {
  std::uint64_t major = 0;
  std::uint64_t minor = 0;
  std::uint64_t patch = 0;
  auto operator<=>(const EngineVersion&) const = default;
};

// Both ends are inside.
struct VersionRange {
  EngineVersion lowest;
  EngineVersion highest;
  bool operator==(const VersionRange&) const = default;
};

// --- History

// One entry of an execution's history. The key is (instance of the lock, execution of the commit,
// id); everything else is opaque to the provider (HIST_5).
struct Event {
  std::uint64_t id = 0;
  std::string kind;                        // The engine's word, a name: "ActivityScheduled".
  std::optional<std::uint64_t> source_id;  // The event that this one answers.
  Time timestamp;                          // When the engine made it.
  std::string engine_version;              // Which engine made it; may be empty.
  Bytes payload;
  bool operator==(const Event&) const = default;
};

// --- The two queues

enum class MessageKind : std::uint8_t {
  start_orchestration,
  continue_as_new,
  activity_completed,
  activity_failed,
  timer_fired,
  external_raised,
  child_completed,
  child_failed,
  cancel_instance,
  queue_message,
};

// An item of the instance queue, for exactly one target instance.
struct Message {
  MessageKind kind = MessageKind::external_raised;
  std::string target;                      // The instance that gets it, whatever its kind (ACK_8).
  std::optional<std::uint64_t> execution;  // The target's execution that it belongs to.
  std::uint64_t id = 0;                    // The event id that it answers, or was scheduled by.
  std::optional<std::string> name;     // Of the program, event or queue. A start message has one.
  std::optional<std::string> version;  // Of the program; start messages only.
  std::optional<std::string> parent;   // The instance that starts this one; start messages only.
  std::optional<Time> visible_at;      // Not delivered before; absent or past: at once (TURN_12).
  Bytes payload;
  std::optional<std::string> error;  // Set by the provider alone: the stored item is undecodable.
  bool operator==(const Message&) const = default;

  // Whether it can bring an instance to life.
  bool is_start() const {
    return kind == MessageKind::start_orchestration || kind == MessageKind::continue_as_new;
  }
};

// An item of the activity queue.
struct Activity {
  std::string instance;
  std::uint64_t execution = 1;
  std::uint64_t id = 0;
  std::string name;
  std::optional<std::string> session;
  std::optional<std::string> tag;  // An empty tag is not "no tag" (TAG_3).
  Bytes payload;
  std::optional<std::string> error;  // Set by the provider alone: the stored item is undecodable.
  bool operator==(const Activity&) const = default;
};

// What names the activities that a commit cancels. Several queued items may share it (WORK_6).
struct ActivityKey {
  std::string instance;
  std::uint64_t execution = 1;
  std::uint64_t id = 0;
  bool operator==(const ActivityKey&) const = default;
};

// Proof of a lock: unguessable, never issued twice, of one queue (LOCK_7, LOCK_9).
struct LockToken {
  std::string value;
  bool operator==(const LockToken&) const = default;
};

// --- A turn

enum class Status : std::uint8_t { running, completed, failed, continued_as_new };

struct KeyValue {
  Bytes value;
  Time updated_at;  // Given by the change, stored as it is (KV_5).
  bool operator==(const KeyValue&) const = default;
};

struct FetchTurn {
  Duration lock_timeout{30'000};
  Duration poll_timeout{0};                           // Facet long_polling.
  std::optional<std::vector<VersionRange>> versions;  // Facet version_filter; absent: no filter.
  bool operator==(const FetchTurn&) const = default;
};

// A ready instance's batch with all that is needed to decide.
struct Turn {
  std::string instance;
  std::string name;
  std::optional<std::string> version;
  std::uint64_t execution = 1;
  std::vector<Event> history;                // Of that execution, by event id.
  std::optional<std::string> history_error;  // Undecodable; `history` is empty then (TURN_6).
  std::vector<Message> messages;             // In enqueue order.
  std::map<std::string, KeyValue> values;    // Facet key_value: the state merged so far.
  std::uint64_t attempt = 1;                 // The largest of the batch.
  Time now;                                  // The store's clock at the fetch.
  LockToken token;
  bool operator==(const Turn&) const = default;
};

// What an ack says about the execution and its instance. An absent field stays as it was (ACK_10).
struct Metadata {
  std::optional<Status> status;
  std::optional<Bytes> output;
  std::optional<std::string> name;
  std::optional<std::string> version;
  std::optional<std::string> parent;
  std::optional<EngineVersion> pinned_version;  // Facet version_filter.
  bool operator==(const Metadata&) const = default;
};

// Facet custom_status: set, or without a value cleared.
struct StatusChange {
  std::optional<Bytes> value;
  bool operator==(const StatusChange&) const = default;
};

// Facet key_value.
struct KeyValueChange {
  enum class Kind : std::uint8_t { set, clear, clear_all };
  Kind kind = Kind::set;
  std::string key;
  Bytes value;
  Time updated_at;
  bool operator==(const KeyValueChange&) const = default;
};

// Everything that one turn changes: all of it, or none (ACK_1).
struct TurnCommit {
  std::uint64_t execution = 1;
  std::vector<Event> events;
  std::vector<Activity> activities;
  std::vector<Message> messages;
  std::vector<ActivityKey> cancelled;  // Removed after `activities` were added (ACK_9).
  Metadata metadata;
  std::vector<StatusChange> custom_status;  // The last one wins (STAT_1).
  std::vector<KeyValueChange> values;       // In order (KV_1).
  bool operator==(const TurnCommit&) const = default;
};

// How a lock is given back.
struct Abandon {
  Duration delay{0};            // Hide what this token opened for so long.
  bool ignore_attempt = false;  // Take back the attempt that this fetch counted.
  bool operator==(const Abandon&) const = default;
};

// --- An activity at work

// Facet sessions: fetch as this owner, claiming a session for so long.
struct SessionClaim {
  std::string owner;
  Duration lock_timeout{30'000};
  bool operator==(const SessionClaim&) const = default;
};

// Facet tags: which activities a worker takes (TAG_1).
struct TagFilter {
  enum class Kind : std::uint8_t { default_only, tags, default_and, any, none };
  Kind kind = Kind::default_only;
  std::vector<std::string> tags;
  bool operator==(const TagFilter&) const = default;
};

struct FetchActivity {
  Duration lock_timeout{30'000};
  Duration poll_timeout{0};
  std::optional<SessionClaim> session;
  TagFilter tags;
  bool operator==(const FetchActivity&) const = default;
};

struct LockedActivity {
  Activity activity;
  std::uint64_t attempt = 1;
  LockToken token;
  bool operator==(const LockedActivity&) const = default;
};

// --- What can be read

struct InstanceInfo {
  std::string instance;
  std::string name;
  std::optional<std::string> version;
  std::optional<std::string> parent;
  std::uint64_t execution = 1;  // The current one; status, output and pin are its.
  Status status = Status::running;
  std::optional<Bytes> output;
  std::optional<EngineVersion> pinned_version;
  Time created_at;
  Time updated_at;  // The last successful ack.
  bool operator==(const InstanceInfo&) const = default;
};

// Facet custom_status.
struct CustomStatus {
  std::optional<Bytes> value;
  std::uint64_t version = 0;
  bool operator==(const CustomStatus&) const = default;
};

// --- Facet sessions

struct RenewSessions {
  std::vector<std::string> owners;
  Duration extend_for{30'000};
  Duration idle_timeout{300'000};
  bool operator==(const RenewSessions&) const = default;
};

// --- Facet management

struct ExecutionInfo {
  std::uint64_t execution = 1;
  Status status = Status::running;
  std::optional<Bytes> output;
  std::optional<EngineVersion> pinned_version;
  Time created_at;
  std::optional<Time> completed_at;
  std::uint64_t event_count = 0;
  bool operator==(const ExecutionInfo&) const = default;
};

// A node and all its descendants, the node first.
struct InstanceTree {
  std::string root;
  std::vector<std::string> members;
  bool operator==(const InstanceTree&) const = default;
};

struct QueueDepth {
  std::uint64_t ready = 0;
  std::uint64_t hidden = 0;  // Visible later.
  std::uint64_t locked = 0;  // In a batch, or of a locked instance.
  std::uint64_t held = 0;    // Of an instance that has not started; instance queue only.
  bool operator==(const QueueDepth&) const = default;
};

struct QueueDepths {
  QueueDepth messages;
  QueueDepth activities;
  bool operator==(const QueueDepths&) const = default;
};

struct StoreTotals {
  std::uint64_t instances = 0;
  std::uint64_t executions = 0;
  std::uint64_t events = 0;
  std::uint64_t running = 0;  // Instances, by their current execution's status.
  std::uint64_t completed = 0;
  std::uint64_t failed = 0;
  std::uint64_t continued_as_new = 0;
  bool operator==(const StoreTotals&) const = default;
};

// --- Facets deletion and pruning

struct InstanceFilter {
  std::optional<std::vector<std::string>> instances;
  std::optional<Time> completed_before;  // Strictly.
  std::uint64_t limit = 1'000;           // Roots; descendants do not count.
  bool operator==(const InstanceFilter&) const = default;
};

struct PruneOptions {
  std::optional<std::uint64_t> keep_last;  // Executions by number; the current one counts.
  std::optional<Time> completed_before;    // Strictly; both have to hold.
  bool operator==(const PruneOptions&) const = default;
};

struct DeletionCounts {
  std::uint64_t instances = 0;
  std::uint64_t executions = 0;
  std::uint64_t events = 0;
  std::uint64_t queued_items = 0;
  bool operator==(const DeletionCounts&) const = default;
};

struct PruneCounts {
  std::uint64_t instances = 0;  // That matched.
  std::uint64_t executions = 0;
  std::uint64_t events = 0;
  bool operator==(const PruneCounts&) const = default;
};

// --- Facet batch

struct BatchOperation {
  enum class Kind : std::uint8_t {
    append_history,
    enqueue_message,
    enqueue_activity,
    ack_messages,
    release_lock,
  };
  Kind kind = Kind::append_history;
  std::string instance;         // append_history.
  std::uint64_t execution = 1;  // append_history.
  std::vector<Event> events;    // append_history.
  Message message;              // enqueue_message.
  Activity activity;            // enqueue_activity.
  LockToken token;              // ack_messages, release_lock.
  bool operator==(const BatchOperation&) const = default;
};

struct Batch {
  std::string id;
  std::vector<BatchOperation> operations;
  bool operator==(const Batch&) const = default;
};

// What a batch came to: nothing failed, or the operation that did, and nothing was done.
struct BatchOutcome {
  std::optional<std::uint64_t> failed_operation;  // Its index.
  std::string reason;
  bool operator==(const BatchOutcome&) const = default;
};

// --- Facet event store

// One fact of a stream. The key is (stream, id); the ids of a stream are 1, 2, 3, ... without a gap.
// Everything else is opaque to the provider.
struct StreamEvent {
  std::uint64_t id = 0;
  std::string type;                               // A name.
  std::string category;                           // May be empty.
  Time timestamp;                                 // Given by the writer.
  std::map<std::string, std::string> attributes;  // Keys and values are text, and may be empty.
  std::uint64_t schema_version = 1;               // May be 0.
  std::string trace_id;                           // May be empty.
  Bytes payload;
  bool operator==(const StreamEvent&) const = default;
};

struct Snapshot {
  std::uint64_t event_id = 0;  // The last event that it contains.
  Bytes state;
  bool operator==(const Snapshot&) const = default;
};

// --- Facet context store

struct NodeKey {
  std::string flow;
  std::string node;
  bool operator==(const NodeKey&) const = default;
};

}  // namespace ackproof
