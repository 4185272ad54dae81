#include "validations/trace.h"

#include <cstdio>
#include <utility>

#include "contract/forwarding_provider.h"
#include "contract/json.h"

namespace ackproof {

namespace {

constexpr std::size_t kLongestText = 40;
constexpr std::size_t kLongestList = 6;

// --- One short text per value: enough to follow a story, never the whole payload.

std::string brief(const std::string& text) {
  std::string shown = "'";
  for (const char c : text.substr(0, kLongestText)) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x20 || byte == 0x7F) {
      char escaped[5];
      std::snprintf(escaped, sizeof escaped, "\\x%02x", byte);
      shown += escaped;
    } else {
      shown += c;
    }
  }
  shown += "'";
  if (text.size() > kLongestText) shown += "(" + std::to_string(text.size()) + " bytes)";
  return shown;
}

std::string brief(bool flag) { return flag ? "true" : "false"; }
std::string brief(std::uint64_t number) { return std::to_string(number); }
std::string brief(Duration duration) { return std::to_string(duration.count()) + "ms"; }
std::string brief(Time time) { return "@" + std::to_string(time.time_since_epoch().count()); }
std::string brief(const LockToken& token) { return "token " + brief(token.value); }

template <class T>
std::string brief(const T& value);
template <class T>
std::string brief(const std::optional<T>& value) {
  return value ? brief(*value) : "none";
}
template <class T>
std::string brief(const std::vector<T>& list) {
  std::string text = "[";
  for (std::size_t i = 0; i < list.size() && i < kLongestList; ++i) {
    text += (i == 0 ? "" : ", ") + brief(list[i]);
  }
  if (list.size() > kLongestList) text += ", ... " + std::to_string(list.size()) + " in all";
  return text + "]";
}

template <class T>
std::string brief(const std::map<std::string, T>& entries) {
  std::string text = "{";
  std::size_t shown = 0;
  for (const auto& [key, value] : entries) {
    if (shown++ == kLongestList) break;
    text += (shown == 1 ? "" : ", ") + brief(key) + ": " + brief(value);
  }
  if (entries.size() > kLongestList) text += ", ... " + std::to_string(entries.size()) + " in all";
  return text + "}";
}

std::string show(const Event& e) { return "event " + brief(e.id) + " " + e.kind; }
std::string show(const Message& m) {
  static constexpr const char* kKinds[] = {
      "start",           "continue_as_new", "activity_completed", "activity_failed",
      "timer_fired",     "external_raised", "child_completed",    "child_failed",
      "cancel_instance", "queue_message"};
  const auto kind = static_cast<std::size_t>(m.kind);
  std::string text = kind < std::size(kKinds) ? kKinds[kind] : "unknown kind";
  text += " " + brief(m.id) + " to " + brief(m.target);
  if (m.visible_at) text += " visible " + brief(*m.visible_at);
  if (m.error) text += " error " + brief(*m.error);
  return text;
}
std::string show(const ActivityKey& k) {
  return brief(k.instance) + "/" + brief(k.execution) + "/" + brief(k.id);
}
std::string show(const Activity& a) {
  return "activity " + show(ActivityKey{a.instance, a.execution, a.id}) +
         (a.session ? " session " + brief(*a.session) : "") +
         (a.tag ? " tag " + brief(*a.tag) : "") + (a.error ? " error " + brief(*a.error) : "");
}
std::string show(const Turn& t) {
  return "turn of " + brief(t.instance) + " execution " + brief(t.execution) + " attempt " +
         brief(t.attempt) + " messages " + brief(t.messages) + " history " +
         brief(std::uint64_t{t.history.size()}) + " events" +
         (t.history_error ? " history_error" : "") +
         (t.values.empty() ? "" : " values " + brief(t.values)) + " now " + brief(t.now) + " " +
         brief(t.token);
}
std::string show(const LockedActivity& a) {
  return show(a.activity) + " attempt " + brief(a.attempt) + " " + brief(a.token);
}
std::string show(const EngineVersion& v) {
  return std::to_string(v.major) + "." + std::to_string(v.minor) + "." + std::to_string(v.patch);
}
std::string show(const VersionRange& r) { return show(r.lowest) + ".." + show(r.highest); }
std::string show(const StatusChange& c) { return c.value ? "set " + brief(*c.value) : "clear"; }
std::string show(const KeyValueChange& c) {
  using Kind = KeyValueChange::Kind;
  if (c.kind == Kind::clear_all) return "clear all";
  if (c.kind == Kind::clear) return "clear " + brief(c.key);
  return "set " + brief(c.key) + " to " + brief(c.value);
}
std::string show(Status status) {
  static constexpr const char* kNames[] = {"running", "completed", "failed", "continued_as_new"};
  const auto index = static_cast<std::size_t>(status);
  return index < std::size(kNames) ? kNames[index] : "status " + std::to_string(index);
}
std::string show(const TurnCommit& c) {
  std::string text = "execution " + brief(c.execution);
  if (!c.events.empty()) text += " events " + brief(c.events);
  if (!c.activities.empty()) text += " activities " + brief(c.activities);
  if (!c.messages.empty()) text += " messages " + brief(c.messages);
  if (!c.cancelled.empty()) text += " cancelled " + brief(c.cancelled);
  if (c.metadata.status) text += " status " + show(*c.metadata.status);
  if (c.metadata.name) text += " name " + brief(*c.metadata.name);
  if (c.metadata.version) text += " version " + brief(*c.metadata.version);
  if (c.metadata.parent) text += " parent " + brief(*c.metadata.parent);
  if (c.metadata.output) text += " output " + brief(*c.metadata.output);
  if (c.metadata.pinned_version) text += " pin " + brief(*c.metadata.pinned_version);
  if (!c.custom_status.empty()) text += " custom status " + brief(c.custom_status);
  if (!c.values.empty()) text += " values " + brief(c.values);
  return text;
}
std::string show(const Abandon& a) {
  return "delay " + brief(a.delay) + (a.ignore_attempt ? " ignoring the attempt" : "");
}
std::string show(const FetchTurn& f) {
  return "lock " + brief(f.lock_timeout) +
         (f.poll_timeout > Duration(0) ? " poll " + brief(f.poll_timeout) : "") +
         (f.versions ? " versions " + brief(*f.versions) : "");
}
std::string show(const FetchActivity& f) {
  return "lock " + brief(f.lock_timeout) +
         (f.poll_timeout > Duration(0) ? " poll " + brief(f.poll_timeout) : "") +
         (f.session ? " session " + to_json(*f.session) : "") +
         (f.tags == TagFilter() ? "" : " tags " + to_json(f.tags));
}
std::string show(const InstanceInfo& i) {
  return "instance " + brief(i.instance) + " " + brief(i.name) + " version " + brief(i.version) +
         " execution " + brief(i.execution) + " " + show(i.status);
}
std::string show(const CustomStatus& s) { return brief(s.value) + " version " + brief(s.version); }
std::string show(const KeyValue& v) { return brief(v.value) + " of " + brief(v.updated_at); }
std::string show(const StreamEvent& e) { return "event " + brief(e.id) + " " + e.type; }
std::string show(const Snapshot& s) { return "event " + brief(s.event_id) + " " + brief(s.state); }
std::string show(const NodeKey& k) { return brief(k.flow) + "/" + brief(k.node); }

template <class T>
concept Showable = requires(const T& value) {
  show(value);
};

// Small values, without a text of their own, appear as JSON.
template <class T>
std::string brief(const T& value) {
  if constexpr (Showable<T>) {
    return show(value);
  } else {
    return to_json(value);
  }
}

// No call takes so long while the machine is well. A provider that answers `busy` sooner had no need to (ERR_9).
constexpr std::chrono::seconds kLong{2};

bool may_be_the_machine(const Error& error, Trace::Moment::duration took) {
  const bool was_given_up =
      error.kind == ErrorKind::busy || error.kind == ErrorKind::unknown_outcome;
  return was_given_up && took >= kLong;
}

class TracedProvider final : public ForwardingProvider {
 public:
  TracedProvider(std::unique_ptr<Provider> inner, std::shared_ptr<Trace> trace,
                 std::function<Time()> now)
      : ForwardingProvider(std::move(inner)),
        trace_(std::move(trace)),
        now_(std::move(now)),
        handle_(trace_->next_handle()),
        zero_(trace_->zero(now_())) {}

 private:
  template <class Method, class... Args>
  auto record(const char* operation, Method method, const Args&... args) {
    const std::uint64_t call = trace_->begin();
    const auto began = std::chrono::steady_clock::now();
    auto result = (inner().*method)(args...);
    if (!result && may_be_the_machine(result.error(), std::chrono::steady_clock::now() - began)) {
      trace_->give_up();
    }
    std::string line = "#" + std::to_string(call) + " worker " + std::to_string(handle_) + " +" +
                       std::to_string((now_() - zero_).count()) + "ms " + operation + "(";
    [[maybe_unused]] bool first = true;
    ((line += (std::exchange(first, false) ? "" : ", ") + brief(args)), ...);
    line += ") -> ";
    if (!result) {
      line += std::string(name(result.error().kind)) + ": " + result.error().message;
    } else if constexpr (std::is_same_v<decltype(result), Result<void>>) {
      line += "ok";
    } else {
      line += brief(result.value());
    }
    trace_->end(call, std::move(line));
    return result;
  }

  std::shared_ptr<Trace> trace_;
  std::function<Time()> now_;
  std::uint64_t handle_;
  Time zero_;

 public:
  Result<void> enqueue_message(const Message& message, Duration delay) override {
    return record("enqueue_message", &Provider::enqueue_message, message, delay);
  }
  Result<std::optional<Turn>> fetch_turn(const FetchTurn& options) override {
    return record("fetch_turn", &Provider::fetch_turn, options);
  }
  Result<void> ack_turn(const LockToken& token, const TurnCommit& commit) override {
    return record("ack_turn", &Provider::ack_turn, token, commit);
  }
  Result<void> abandon_turn(const LockToken& token, const Abandon& how) override {
    return record("abandon_turn", &Provider::abandon_turn, token, how);
  }
  Result<void> renew_turn(const LockToken& token, Duration extend_for) override {
    return record("renew_turn", &Provider::renew_turn, token, extend_for);
  }
  Result<void> enqueue_activity(const Activity& activity) override {
    return record("enqueue_activity", &Provider::enqueue_activity, activity);
  }
  Result<std::optional<LockedActivity>> fetch_activity(const FetchActivity& options) override {
    return record("fetch_activity", &Provider::fetch_activity, options);
  }
  Result<void> ack_activity(const LockToken& token,
                            const std::optional<Message>& completion) override {
    return record("ack_activity", &Provider::ack_activity, token, completion);
  }
  Result<void> abandon_activity(const LockToken& token, const Abandon& how) override {
    return record("abandon_activity", &Provider::abandon_activity, token, how);
  }
  Result<void> renew_activity(const LockToken& token, Duration extend_for) override {
    return record("renew_activity", &Provider::renew_activity, token, extend_for);
  }
  Result<std::vector<Event>> read_history(const std::string& instance,
                                          std::optional<std::uint64_t> execution) override {
    return record("read_history", &Provider::read_history, instance, execution);
  }
  Result<std::optional<InstanceInfo>> read_instance(const std::string& instance) override {
    return record("read_instance", &Provider::read_instance, instance);
  }
  Result<std::uint64_t> renew_sessions(const RenewSessions& options) override {
    return record("renew_sessions", &Provider::renew_sessions, options);
  }
  Result<std::uint64_t> cleanup_sessions() override {
    return record("cleanup_sessions", &Provider::cleanup_sessions);
  }
  Result<std::optional<CustomStatus>> read_custom_status(const std::string& instance,
                                                         std::uint64_t seen_version) override {
    return record("read_custom_status", &Provider::read_custom_status, instance, seen_version);
  }
  Result<std::optional<KeyValue>> read_value(const std::string& instance,
                                             const std::string& key) override {
    return record("read_value", &Provider::read_value, instance, key);
  }
  Result<std::map<std::string, KeyValue>> read_values(const std::string& instance) override {
    return record("read_values", &Provider::read_values, instance);
  }
  Result<std::vector<std::string>> list_instances(std::optional<Status> status) override {
    return record("list_instances", &Provider::list_instances, status);
  }
  Result<std::vector<std::uint64_t>> list_executions(const std::string& instance) override {
    return record("list_executions", &Provider::list_executions, instance);
  }
  Result<ExecutionInfo> read_execution(const std::string& instance,
                                       std::uint64_t execution) override {
    return record("read_execution", &Provider::read_execution, instance, execution);
  }
  Result<std::vector<std::string>> list_children(const std::string& instance) override {
    return record("list_children", &Provider::list_children, instance);
  }
  Result<std::optional<std::string>> read_parent(const std::string& instance) override {
    return record("read_parent", &Provider::read_parent, instance);
  }
  Result<InstanceTree> read_tree(const std::string& instance) override {
    return record("read_tree", &Provider::read_tree, instance);
  }
  Result<QueueDepths> read_queue_depths() override {
    return record("read_queue_depths", &Provider::read_queue_depths);
  }
  Result<StoreTotals> read_totals() override {
    return record("read_totals", &Provider::read_totals);
  }
  Result<DeletionCounts> delete_instance(const std::string& instance, bool force) override {
    return record("delete_instance", &Provider::delete_instance, instance, force);
  }
  Result<DeletionCounts> delete_instances(const std::vector<std::string>& instances,
                                          bool force) override {
    return record("delete_instances", &Provider::delete_instances, instances, force);
  }
  Result<DeletionCounts> delete_matching(const InstanceFilter& filter) override {
    return record("delete_matching", &Provider::delete_matching, filter);
  }
  Result<PruneCounts> prune_instance(const std::string& instance,
                                     const PruneOptions& options) override {
    return record("prune_instance", &Provider::prune_instance, instance, options);
  }
  Result<PruneCounts> prune_matching(const InstanceFilter& filter,
                                     const PruneOptions& options) override {
    return record("prune_matching", &Provider::prune_matching, filter, options);
  }
  Result<void> append_stream(const std::string& stream, std::uint64_t expected_id,
                             const std::vector<StreamEvent>& events) override {
    return record("append_stream", &Provider::append_stream, stream, expected_id, events);
  }
  Result<std::vector<StreamEvent>> read_stream(const std::string& stream,
                                               std::uint64_t from_id) override {
    return record("read_stream", &Provider::read_stream, stream, from_id);
  }
  Result<void> put_snapshot(const std::string& stream, const Snapshot& snapshot) override {
    return record("put_snapshot", &Provider::put_snapshot, stream, snapshot);
  }
  Result<std::optional<Snapshot>> read_snapshot(const std::string& stream) override {
    return record("read_snapshot", &Provider::read_snapshot, stream);
  }
  Result<void> put_output(const NodeKey& key, const Bytes& output) override {
    return record("put_output", &Provider::put_output, key, output);
  }
  Result<std::optional<Bytes>> read_output(const NodeKey& key) override {
    return record("read_output", &Provider::read_output, key);
  }
  Result<std::vector<std::string>> list_outputs(const std::string& flow) override {
    return record("list_outputs", &Provider::list_outputs, flow);
  }
  Result<void> put_global(const std::string& key, const Bytes& value) override {
    return record("put_global", &Provider::put_global, key, value);
  }
  Result<void> upsert_global(const std::string& key, const Bytes& value) override {
    return record("upsert_global", &Provider::upsert_global, key, value);
  }
  Result<std::optional<Bytes>> read_global(const std::string& key) override {
    return record("read_global", &Provider::read_global, key);
  }
};

}  // namespace

std::uint64_t Trace::next_call() const {
  const std::lock_guard lock(mutex_);
  return begun_ + 1;
}

std::uint64_t Trace::next_handle() {
  const std::lock_guard lock(mutex_);
  return ++handles_;
}

Time Trace::zero(Time now) {
  const std::lock_guard lock(mutex_);
  if (!zero_) zero_ = now;
  return *zero_;
}

std::uint64_t Trace::begin() {
  const std::lock_guard lock(mutex_);
  return ++begun_;
}

void Trace::end(std::uint64_t call, std::string line) {
  const auto now = std::chrono::steady_clock::now();
  const std::lock_guard lock(mutex_);
  returned_.emplace(call, now);
  lines_.push_back(std::move(line));
  ++written_;
  if (lines_.size() > kept_) lines_.pop_front();
}

std::optional<Trace::Moment> Trace::returned_at(std::uint64_t call) const {
  const std::lock_guard lock(mutex_);
  const auto found = returned_.find(call);
  return found == returned_.end() ? std::nullopt : std::optional(found->second);
}

std::vector<std::string> Trace::lines() const {
  const std::lock_guard lock(mutex_);
  return {lines_.begin(), lines_.end()};
}

std::uint64_t Trace::written() const {
  const std::lock_guard lock(mutex_);
  return written_;
}

void Trace::forget_after(std::uint64_t lines, std::size_t but) {
  const std::lock_guard lock(mutex_);
  while (written_ > lines + but && lines_.size() > but) {
    lines_.erase(lines_.end() - static_cast<std::ptrdiff_t>(but) - 1);
    --written_;
  }
}

std::unique_ptr<Provider> traced(std::unique_ptr<Provider> inner, std::shared_ptr<Trace> trace,
                                 std::function<Time()> now) {
  return std::make_unique<TracedProvider>(std::move(inner), std::move(trace), std::move(now));
}

}  // namespace ackproof
