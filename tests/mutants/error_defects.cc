// Broken promises about capabilities, limits and errors.
#include <algorithm>
#include <atomic>
#include <optional>
#include <set>
#include <stdexcept>
#include <thread>

#include "contract/requirements.h"
#include "contract/rules.h"
#include "tests/mutants/defect.h"
#include "tests/mutants/spoil.h"

namespace ackproof {

namespace {

using Events = Result<std::vector<Event>>;
using Record = Result<std::optional<InstanceInfo>>;
using FetchedTurn = Result<std::optional<Turn>>;
using FetchedActivity = Result<std::optional<LockedActivity>>;

// The ways into a store. A defect spoils one of them, since each has checks of its own.
enum class Way : std::uint8_t { enqueues, commits, completions };

// --- CAP_1, CAP_4: what it says of itself

template <void (*change)(Description&)>
struct ChangesDescription : ForwardingProvider {
  using ForwardingProvider::ForwardingProvider;
  Description describe() const override {
    Description description = ForwardingProvider::describe();
    change(description);
    return description;
  }
};

template <Capability facet>
void declares_more(Description& description) {
  description.capabilities.facets.insert(facet);
}
void no_call_limit(Description& description) { description.capabilities.call_limit = Duration(0); }
void no_provider(Description& description) { description.provider.clear(); }
void no_version(Description& description) { description.version.clear(); }
void no_store_version(Description& description) { description.store_version.clear(); }

struct OtherVersionOnEachHandle : ForwardingProvider {
  using ForwardingProvider::ForwardingProvider;
  Description describe() const override {
    Description description = ForwardingProvider::describe();
    description.store_version += " connection " + std::to_string(number_);
    return description;
  }

 private:
  static int next_number() {
    static std::atomic<int> last{0};
    return ++last;
  }
  const int number_ = next_number();
};

// What it takes depends on what was written through the handle.
struct OtherLimitsOverTime : ForwardingProvider {
  using ForwardingProvider::ForwardingProvider;
  Description describe() const override {
    Description description = ForwardingProvider::describe();
    description.capabilities.limits.payload_bytes -= writes_;
    return description;
  }
  Result<void> ack_turn(const LockToken& token, const TurnCommit& commit) override {
    ++writes_;
    return inner().ack_turn(token, commit);
  }
  Result<void> enqueue_message(const Message& message, Duration delay) override {
    ++writes_;
    return inner().enqueue_message(message, delay);
  }

 private:
  std::atomic<std::uint64_t> writes_{0};
};

// Declares the queues and has not got all of them.
struct CannotRenew : ForwardingProvider {
  using ForwardingProvider::ForwardingProvider;
  Result<void> renew_turn(const LockToken&, Duration) override { return unsupported("renew_turn"); }
  Result<void> renew_activity(const LockToken&, Duration) override {
    return unsupported("renew_activity");
  }

 private:
  static Error unsupported(const char* operation) {
    return {ErrorKind::unsupported, operation, "not yet"};
  }
};
struct CannotReadRecords : ForwardingProvider {
  using ForwardingProvider::ForwardingProvider;
  Record read_instance(const std::string&) override {
    return Error{ErrorKind::unsupported, "read_instance", "not yet"};
  }
};

struct CannotUpsert : ForwardingProvider {
  using ForwardingProvider::ForwardingProvider;
  Result<void> upsert_global(const std::string&, const Bytes&) override {
    return Error{ErrorKind::unsupported, "upsert_global", "not yet"};
  }
};
struct CannotSnapshot : ForwardingProvider {
  using ForwardingProvider::ForwardingProvider;
  Result<void> put_snapshot(const std::string&, const Snapshot&) override {
    return Error{ErrorKind::unsupported, "put_snapshot", "not yet"};
  }
};

// --- CAP_2: facets that are not declared, and answer

template <Capability facet>
struct Hides : ForwardingProvider {
  using ForwardingProvider::ForwardingProvider;
  Description describe() const override {
    Description description = ForwardingProvider::describe();
    description.capabilities.facets.erase(facet);
    return description;
  }
};

struct AnswersSessions : Hides<Capability::sessions> {
  using Hides::Hides;
  Result<std::uint64_t> renew_sessions(const RenewSessions&) override { return std::uint64_t{0}; }
  Result<std::uint64_t> cleanup_sessions() override { return std::uint64_t{0}; }
};
struct AnswersCustomStatus : Hides<Capability::custom_status> {
  using Hides::Hides;
  Result<std::optional<CustomStatus>> read_custom_status(const std::string&,
                                                         std::uint64_t) override {
    return std::optional<CustomStatus>();
  }
};
struct AnswersKeyValue : Hides<Capability::key_value> {
  using Hides::Hides;
  Result<std::optional<KeyValue>> read_value(const std::string&, const std::string&) override {
    return std::optional<KeyValue>();
  }
  Result<std::map<std::string, KeyValue>> read_values(const std::string&) override {
    return std::map<std::string, KeyValue>();
  }
};
struct AnswersManagement : Hides<Capability::management> {
  using Hides::Hides;
  Result<std::vector<std::string>> list_instances(std::optional<Status>) override {
    return std::vector<std::string>();
  }
  Result<QueueDepths> read_queue_depths() override { return QueueDepths(); }
};
struct DoesNotFindInstances : Hides<Capability::management> {
  using Hides::Hides;
  Result<InstanceTree> read_tree(const std::string&) override {
    return Error{ErrorKind::not_found, "read_tree", "no such instance"};
  }
};
struct AnswersDeletion : Hides<Capability::deletion> {
  using Hides::Hides;
  Result<DeletionCounts> delete_matching(const InstanceFilter&) override {
    return DeletionCounts();
  }
};
struct AnswersPruning : Hides<Capability::pruning> {
  using Hides::Hides;
  Result<PruneCounts> prune_matching(const InstanceFilter&, const PruneOptions&) override {
    return PruneCounts();
  }
};
// Not one batch: the operations one by one, as far as they go.
struct AppliesBatches : Hides<Capability::batch> {
  using Hides::Hides;
  Result<BatchOutcome> apply_batch(const Batch& batch) override {
    using Kind = BatchOperation::Kind;
    for (const BatchOperation& operation : batch.operations) {
      if (operation.kind == Kind::enqueue_message) {
        (void)inner().enqueue_message(operation.message);
      }
      if (operation.kind == Kind::enqueue_activity) {
        (void)inner().enqueue_activity(operation.activity);
      }
    }
    return Error{ErrorKind::unsupported, "apply_batch", "not as a whole"};
  }
};
struct AnswersStreams : Hides<Capability::event_store> {
  using Hides::Hides;
  Result<std::vector<StreamEvent>> read_stream(const std::string&, std::uint64_t) override {
    return std::vector<StreamEvent>();
  }
  Result<std::optional<Snapshot>> read_snapshot(const std::string&) override {
    return std::optional<Snapshot>();
  }
};
struct AnswersContext : Hides<Capability::context_store> {
  using Hides::Hides;
  Result<void> put_global(const std::string&, const Bytes&) override { return {}; }
  Result<std::optional<Bytes>> read_global(const std::string&) override {
    return std::optional<Bytes>();
  }
};
struct ContextIsInternal : Hides<Capability::context_store> {
  using Hides::Hides;
  Result<void> put_output(const NodeKey&, const Bytes&) override {
    return Error{ErrorKind::internal, "put_output", "not implemented"};
  }
};

// --- CAP_3: limits

// Declares limits that can be tried within seconds, and keeps to others, which `really` derives
// from them.
template <void (*really)(Limits&)>
struct KeepsToOtherLimits : KnowsTurns<> {
  using KnowsTurns::KnowsTurns;
  Description describe() const override {
    Description description = KnowsTurns::describe();
    description.capabilities.limits.payload_bytes = 2U << 20U;
    description.capabilities.limits.history_events = 12'000;
    description.capabilities.limits.commit_items = 1'200;
    return description;
  }
  Result<void> enqueue_message(const Message& message, Duration delay) override {
    if (auto refusal = rules::enqueue_message(kept(), message, delay)) return *refusal;
    return inner().enqueue_message(message, delay);
  }
  Result<void> enqueue_activity(const Activity& activity) override {
    if (auto refusal = rules::enqueue_activity(kept(), activity)) return *refusal;
    return inner().enqueue_activity(activity);
  }
  Result<void> ack_turn(const LockToken& token, const TurnCommit& commit) override {
    if (auto refusal = rules::ack_turn(kept(), commit)) return *refusal;
    if (const auto turn = turn_of(token)) {
      const Events stored = inner().read_history(turn->instance, commit.execution);
      const std::size_t present = stored ? stored.value().size() : 0;
      if (present + commit.events.size() > kept().limits.history_events) {
        return Error{ErrorKind::invalid, "ack_turn", "too many events"};
      }
    }
    return inner().ack_turn(token, commit);
  }
  Result<void> ack_activity(const LockToken& token,
                            const std::optional<Message>& completion) override {
    if (auto refusal = rules::ack_activity(kept(), completion)) return *refusal;
    return inner().ack_activity(token, completion);
  }

 private:
  Capabilities kept() const {
    Capabilities capabilities = describe().capabilities;
    really(capabilities.limits);
    return capabilities;
  }
};

void refuses_the_largest_payload(Limits& limits) { --limits.payload_bytes; }
void takes_larger_payloads(Limits& limits) { limits.payload_bytes *= 2; }
void refuses_the_longest_id(Limits& limits) { --limits.id_bytes; }
void refuses_the_last_event(Limits& limits) { --limits.history_events; }
void takes_more_events(Limits& limits) { ++limits.history_events; }
void refuses_the_last_item(Limits& limits) { --limits.commit_items; }
void takes_more_items(Limits& limits) { ++limits.commit_items; }

// Cuts what is longer than it declares, and accepts the rest of it.
template <std::uint64_t limit, Way way>
struct CutsPayloads : ForwardingProvider {
  using ForwardingProvider::ForwardingProvider;
  Description describe() const override {
    Description description = ForwardingProvider::describe();
    description.capabilities.limits.payload_bytes = std::max<std::uint64_t>(limit, 1U << 20U);
    return description;
  }
  Result<void> enqueue_message(const Message& message, Duration delay) override {
    Message changed = message;
    cut(changed.payload, Way::enqueues);
    return inner().enqueue_message(changed, delay);
  }
  Result<void> enqueue_activity(const Activity& activity) override {
    Activity changed = activity;
    cut(changed.payload, Way::enqueues);
    return inner().enqueue_activity(changed);
  }
  Result<void> ack_turn(const LockToken& token, const TurnCommit& commit) override {
    TurnCommit changed = commit;
    for (Event& event : changed.events) cut(event.payload, Way::commits);
    for (Activity& activity : changed.activities) cut(activity.payload, Way::commits);
    for (Message& message : changed.messages) cut(message.payload, Way::commits);
    if (changed.metadata.output) cut(*changed.metadata.output, Way::commits);
    return inner().ack_turn(token, changed);
  }

  Result<void> ack_activity(const LockToken& token,
                            const std::optional<Message>& completion) override {
    std::optional<Message> changed = completion;
    if (changed) cut(changed->payload, Way::completions);
    return inner().ack_activity(token, changed);
  }

 private:
  static void cut(Bytes& payload, Way here) {
    if (here == way && payload.size() > limit) payload.resize(limit);
  }
};

// --- CAP_5, ERR_5, ERR_11, ERR_12: bad arguments are made good

// What a mending does to each kind of item; a mending hides what it has an opinion on.
struct Mending {
  static void mend(Message&) {}
  static void mend(Activity&) {}
  static void mend(Event&) {}
  static void mend(ActivityKey&) {}
  static void mend(TurnCommit&) {}
};

template <class M, Way way>
struct Mends : ForwardingProvider {
  using ForwardingProvider::ForwardingProvider;
  Result<void> enqueue_message(const Message& message, Duration delay) override {
    return inner().enqueue_message(way == Way::enqueues ? mended(message) : message, delay);
  }
  Result<void> enqueue_activity(const Activity& activity) override {
    return inner().enqueue_activity(way == Way::enqueues ? mended(activity) : activity);
  }
  Result<void> ack_turn(const LockToken& token, const TurnCommit& commit) override {
    if (way != Way::commits) return inner().ack_turn(token, commit);
    TurnCommit changed = commit;
    M::mend(changed);
    for (Message& message : changed.messages) M::mend(message);
    for (Activity& activity : changed.activities) M::mend(activity);
    for (Event& event : changed.events) M::mend(event);
    for (ActivityKey& key : changed.cancelled) M::mend(key);
    return inner().ack_turn(token, changed);
  }

  Result<void> ack_activity(const LockToken& token,
                            const std::optional<Message>& completion) override {
    if (way != Way::completions || !completion) return inner().ack_activity(token, completion);
    return inner().ack_activity(token, mended(*completion));
  }

 private:
  template <class Item>
  static Item mended(Item item) {
    M::mend(item);
    return item;
  }
};

// Mends the ids of instances.
template <void (*mend_id)(std::string&)>
struct Ids : Mending {
  using Mending::mend;
  static void mend(Message& message) { mend_id(message.target); }
  static void mend(Activity& activity) { mend_id(activity.instance); }
  static void mend(ActivityKey& key) { mend_id(key.instance); }
};
// Mends names of every kind.
template <void (*mend_name)(std::string&)>
struct Names : Mending {
  using Mending::mend;
  static void mend(Message& message) {
    for (auto* text : {&message.name, &message.version, &message.parent}) {
      if (*text) mend_name(**text);
    }
  }
  static void mend(Activity& activity) { mend_name(activity.name); }
  static void mend(Event& event) {
    mend_name(event.kind);
    if (!event.engine_version.empty()) mend_name(event.engine_version);
  }
  static void mend(TurnCommit& commit) {
    Metadata& metadata = commit.metadata;
    for (auto* text : {&metadata.name, &metadata.version, &metadata.parent}) {
      if (*text) mend_name(**text);
    }
  }
};
template <void (*mend_number)(std::uint64_t&)>
struct Numbers : Mending {
  using Mending::mend;
  static void mend(Message& message) {
    mend_number(message.id);
    if (message.execution) mend_number(*message.execution);
  }
  static void mend(Activity& activity) {
    mend_number(activity.id);
    mend_number(activity.execution);
  }
  static void mend(Event& event) {
    mend_number(event.id);
    if (event.source_id) mend_number(*event.source_id);
  }
  static void mend(ActivityKey& key) {
    mend_number(key.id);
    mend_number(key.execution);
  }
  static void mend(TurnCommit& commit) { mend_number(commit.execution); }
};

void empty_to_unknown(std::string& text) {
  if (text.empty()) text = "unknown";
}
void cut_to_longest(std::string& text) {
  if (text.size() > kLongestId) text.resize(kLongestId);
}
void cut_at_nul(std::string& text) {
  if (text.find('\0') != std::string::npos && text[0] != '\0') text.resize(text.find('\0'));
}
void to_ascii(std::string& text) {
  if (rules::is_text(text)) return;
  for (char& c : text) {
    if (static_cast<unsigned char>(c) >= 0x80) c = '?';
  }
}
void to_63_bits(std::uint64_t& number) { number &= kLargestId; }

struct ZeroExecutions : Mending {
  using Mending::mend;
  static void mend(Message& message) {
    if (message.execution == 0) message.execution.reset();
  }
  static void mend(Activity& activity) { activity.execution += activity.execution == 0 ? 1 : 0; }
  static void mend(ActivityKey& key) { key.execution += key.execution == 0 ? 1 : 0; }
  static void mend(TurnCommit& commit) { commit.execution += commit.execution == 0 ? 1 : 0; }
};
struct ZeroEventIds : Mending {
  using Mending::mend;
  static void mend(TurnCommit& commit) {
    std::erase_if(commit.events, [](const Event& event) { return event.id == 0; });
  }
};
struct NamelessStarts : Mending {
  using Mending::mend;
  static void mend(Message& message) {
    if (message.is_start() && !message.name) message.name = "unknown";
  }
};
struct NamelessActivities : Mending {
  using Mending::mend;
  static void mend(Activity& activity) { empty_to_unknown(activity.name); }
};
struct UnknownKinds : Mending {
  using Mending::mend;
  static void mend(Message& message) {
    if (message.kind > MessageKind::queue_message) message.kind = MessageKind::queue_message;
  }
};
struct ItemsWithErrors : Mending {
  using Mending::mend;
  static void mend(Message& message) { message.error.reset(); }
  static void mend(Activity& activity) { activity.error.reset(); }
};
struct UnknownStatus : Mending {
  using Mending::mend;
  static void mend(TurnCommit& commit) {
    auto& status = commit.metadata.status;
    if (status && *status > Status::continued_as_new) status.reset();
  }
};

// Fields of facets that are not there.
struct Sessions : Mending {
  using Mending::mend;
  static void mend(Activity& activity) { activity.session.reset(); }
};
struct Tags : Mending {
  using Mending::mend;
  static void mend(Activity& activity) { activity.tag.reset(); }
};
struct EmptyTags : Mending {
  using Mending::mend;
  static void mend(Activity& activity) {
    if (activity.tag == "") activity.tag.reset();
  }
};
struct Pins : Mending {
  using Mending::mend;
  static void mend(TurnCommit& commit) { commit.metadata.pinned_version.reset(); }
};
struct StatusChanges : Mending {
  using Mending::mend;
  static void mend(TurnCommit& commit) { commit.custom_status.clear(); }
};
struct ValueChanges : Mending {
  using Mending::mend;
  static void mend(TurnCommit& commit) { commit.values.clear(); }
};

template <Capability facet, class M, Way way>
struct DropsFields : Mends<M, way> {
  using Mends<M, way>::Mends;
  Description describe() const override {
    Description description = Mends<M, way>::describe();
    description.capabilities.facets.erase(facet);
    return description;
  }
};

template <Capability facet, void (*turns)(FetchTurn&), void (*activities)(FetchActivity&)>
struct DropsOptions : Hides<facet> {
  using Hides<facet>::Hides;
  FetchedTurn fetch_turn(const FetchTurn& options) override {
    FetchTurn changed = options;
    turns(changed);
    return this->inner().fetch_turn(changed);
  }
  FetchedActivity fetch_activity(const FetchActivity& options) override {
    FetchActivity changed = options;
    activities(changed);
    return this->inner().fetch_activity(changed);
  }
};

void keep_turn(FetchTurn&) {}
void keep_activity(FetchActivity&) {}
void drop_versions(FetchTurn& options) { options.versions.reset(); }
void drop_session(FetchActivity& options) { options.session.reset(); }
void drop_filter(FetchActivity& options) { options.tags = {}; }
void default_lock(FetchTurn& options) {
  if (options.lock_timeout <= Duration(0)) options.lock_timeout = FetchTurn().lock_timeout;
}
void default_lock(FetchActivity& options) {
  if (options.lock_timeout <= Duration(0)) options.lock_timeout = FetchActivity().lock_timeout;
}
void default_turn_lock(FetchTurn& options) { default_lock(options); }
void default_activity_lock(FetchActivity& options) { default_lock(options); }

struct RefusesPolling : Hides<Capability::long_polling> {
  using Hides::Hides;
  FetchedTurn fetch_turn(const FetchTurn& options) override {
    if (options.poll_timeout > Duration(0)) return unsupported("fetch_turn");
    return inner().fetch_turn(options);
  }
  FetchedActivity fetch_activity(const FetchActivity& options) override {
    if (options.poll_timeout > Duration(0)) return unsupported("fetch_activity");
    return inner().fetch_activity(options);
  }

 private:
  static Error unsupported(const char* operation) {
    return {ErrorKind::unsupported, operation, "no long polling"};
  }
};

// Refuses the fields of a facet that is not there, but as something else.
struct FieldsAreInvalid : ForwardingProvider {
  using ForwardingProvider::ForwardingProvider;
  Result<void> enqueue_activity(const Activity& activity) override {
    return changed(inner().enqueue_activity(activity));
  }
  Result<void> ack_turn(const LockToken& token, const TurnCommit& commit) override {
    return changed(inner().ack_turn(token, commit));
  }

 private:
  static Result<void> changed(Result<void> answer) {
    if (answer || answer.error().kind != ErrorKind::unsupported) return answer;
    return Error{ErrorKind::invalid, answer.error().operation, answer.error().message};
  }
};

enum class Where : std::uint8_t { enqueue_message, abandon_turn, abandon_activity };

template <Where where>
struct TakesNegativeDelays : ForwardingProvider {
  using ForwardingProvider::ForwardingProvider;
  Result<void> enqueue_message(const Message& message, Duration delay) override {
    return inner().enqueue_message(message, mended(Where::enqueue_message, delay));
  }
  Result<void> abandon_turn(const LockToken& token, const Abandon& how) override {
    return inner().abandon_turn(token,
                                {mended(Where::abandon_turn, how.delay), how.ignore_attempt});
  }
  Result<void> abandon_activity(const LockToken& token, const Abandon& how) override {
    return inner().abandon_activity(
        token, {mended(Where::abandon_activity, how.delay), how.ignore_attempt});
  }

 private:
  static Duration mended(Where here, Duration delay) {
    return here == where ? std::max(delay, Duration(0)) : delay;
  }
};

template <bool turns>
struct TakesExtensionsOfNothing : ForwardingProvider {
  using ForwardingProvider::ForwardingProvider;
  Result<void> renew_turn(const LockToken& token, Duration extend_for) override {
    return inner().renew_turn(token, turns ? mended(extend_for) : extend_for);
  }
  Result<void> renew_activity(const LockToken& token, Duration extend_for) override {
    return inner().renew_activity(token, turns ? extend_for : mended(extend_for));
  }

 private:
  static Duration mended(Duration extend_for) { return std::max(extend_for, Duration(1)); }
};

// Reads answer for anything.
struct ReadsAnyId : ForwardingProvider {
  using ForwardingProvider::ForwardingProvider;
  Events read_history(const std::string& instance,
                      std::optional<std::uint64_t> execution) override {
    Events events = inner().read_history(instance, execution);
    const bool is_refused = !events && events.error().kind == ErrorKind::invalid;
    return is_refused ? Events(std::vector<Event>()) : events;
  }
  Record read_instance(const std::string& instance) override {
    Record info = inner().read_instance(instance);
    const bool is_refused = !info && info.error().kind == ErrorKind::invalid;
    return is_refused ? Record(std::optional<InstanceInfo>()) : info;
  }
};

template <bool (*refused)(const Activity&)>
struct RefusesActivities : ForwardingProvider {
  using ForwardingProvider::ForwardingProvider;
  Result<void> enqueue_activity(const Activity& activity) override {
    if (refused(activity)) return Error{ErrorKind::invalid, "enqueue_activity", "a bad value"};
    return inner().enqueue_activity(activity);
  }
  Result<void> ack_turn(const LockToken& token, const TurnCommit& commit) override {
    if (std::ranges::any_of(commit.activities, refused)) {
      return Error{ErrorKind::invalid, "ack_turn", "a bad value"};
    }
    return inner().ack_turn(token, commit);
  }
};

bool has_id_0(const Activity& activity) { return activity.id == 0; }
bool has_nul_in_payload(const Activity& activity) {
  return activity.payload.find('\0') != std::string::npos;
}

struct RefusesNulInMessages : ForwardingProvider {
  using ForwardingProvider::ForwardingProvider;
  Result<void> enqueue_message(const Message& message, Duration delay) override {
    if (message.payload.find('\0') != std::string::npos) {
      return Error{ErrorKind::invalid, "enqueue_message", "U+0000 in the payload"};
    }
    return inner().enqueue_message(message, delay);
  }
};
struct RefusesNulInEvents : ForwardingProvider {
  using ForwardingProvider::ForwardingProvider;
  Result<void> ack_turn(const LockToken& token, const TurnCommit& commit) override {
    const auto has_nul = [](const Event& event) {
      return event.payload.find('\0') != std::string::npos;
    };
    if (std::ranges::any_of(commit.events, has_nul)) {
      return Error{ErrorKind::invalid, "ack_turn", "U+0000 in a payload"};
    }
    return inner().ack_turn(token, commit);
  }
};

// --- CAP_7: reads that lag

// A handle keeps what it read until it acks something itself.
struct KeepsWhatItRead : ForwardingProvider {
  using ForwardingProvider::ForwardingProvider;
  Events read_history(const std::string& instance,
                      std::optional<std::uint64_t> execution) override {
    const std::lock_guard lock(mutex_);
    const auto [entry, is_new] =
        histories_.try_emplace({instance, execution.value_or(0)}, std::vector<Event>());
    if (is_new) entry->second = inner().read_history(instance, execution);
    return entry->second;
  }
  Result<void> ack_turn(const LockToken& token, const TurnCommit& commit) override {
    const std::lock_guard lock(mutex_);
    histories_.clear();
    return inner().ack_turn(token, commit);
  }

 private:
  std::mutex mutex_;
  std::map<std::pair<std::string, std::uint64_t>, Events> histories_;
};

struct KeepsRecords : ForwardingProvider {
  using ForwardingProvider::ForwardingProvider;
  Record read_instance(const std::string& instance) override {
    const std::lock_guard lock(mutex_);
    const auto [entry, is_new] = records_.try_emplace(instance, std::optional<InstanceInfo>());
    if (is_new) entry->second = inner().read_instance(instance);
    return entry->second;
  }
  Result<void> ack_turn(const LockToken& token, const TurnCommit& commit) override {
    const std::lock_guard lock(mutex_);
    records_.clear();
    return inner().ack_turn(token, commit);
  }

 private:
  std::mutex mutex_;
  std::map<std::string, Record> records_;
};

// A handle brings a turn's history from its own memory when it has one.
struct KeepsHistoriesOfTurns : ForwardingProvider {
  using ForwardingProvider::ForwardingProvider;
  FetchedTurn fetch_turn(const FetchTurn& options) override {
    FetchedTurn turn = inner().fetch_turn(options);
    if (!turn || !turn.value() || turn.value()->history_error) return turn;
    const std::lock_guard lock(mutex_);
    const std::pair key(turn.value()->instance, turn.value()->execution);
    const auto& history = turn.value()->history;
    turn.value()->history = histories_.try_emplace(key, history).first->second;
    instances_[turn.value()->token.value] = key;
    return turn;
  }
  Result<void> ack_turn(const LockToken& token, const TurnCommit& commit) override {
    const Result<void> answer = inner().ack_turn(token, commit);
    const std::lock_guard lock(mutex_);
    const auto opened = instances_.find(token.value);
    if (!answer || opened == instances_.end()) return answer;
    const std::pair key(opened->second.first, commit.execution);
    if (key != opened->second) {
      histories_.erase(key);
      return answer;
    }
    auto& history = histories_[key];
    history.insert(history.end(), commit.events.begin(), commit.events.end());
    std::ranges::sort(history, {}, &Event::id);
    return answer;
  }

 private:
  std::mutex mutex_;
  std::map<std::pair<std::string, std::uint64_t>, std::vector<Event>> histories_;
  std::map<std::string, std::pair<std::string, std::uint64_t>> instances_;  // By token.
};

// The copy that is read gets to know of an ack when it is read.
struct Copy {
  std::map<std::string, std::optional<InstanceInfo>> records;
  std::map<std::string, std::vector<Event>> histories;
};
struct ReadsACopy : KnowsTurns<Copy> {
  using KnowsTurns::KnowsTurns;
  Result<void> ack_turn(const LockToken& token, const TurnCommit& commit) override {
    const auto turn = turn_of(token);
    auto copy = state();
    if (turn) {
      const Record info = inner().read_instance(turn->instance);
      const Events events = inner().read_history(turn->instance);
      if (info) copy->records[turn->instance] = info.value();
      if (events) copy->histories[turn->instance] = events.value();
    }
    return inner().ack_turn(token, commit);
  }
  Record read_instance(const std::string& instance) override {
    auto copy = state();
    const auto old = copy->records.extract(instance);
    return old ? Record(old.mapped()) : inner().read_instance(instance);
  }
  Events read_history(const std::string& instance,
                      std::optional<std::uint64_t> execution) override {
    if (execution) return inner().read_history(instance, execution);
    auto copy = state();
    const auto old = copy->histories.extract(instance);
    return old ? Events(old.mapped()) : inner().read_history(instance, execution);
  }
};

// --- ERR_1, ERR_2: errors that are others

template <Error (*change)(const Error&)>
struct ChangesErrors : ForwardingProvider {
  using ForwardingProvider::ForwardingProvider;
  Result<void> enqueue_message(const Message& message, Duration delay) override {
    return changed(inner().enqueue_message(message, delay));
  }
  FetchedTurn fetch_turn(const FetchTurn& options) override {
    return changed(inner().fetch_turn(options));
  }
  Result<void> ack_turn(const LockToken& token, const TurnCommit& commit) override {
    return changed(inner().ack_turn(token, commit));
  }
  Result<void> abandon_turn(const LockToken& token, const Abandon& how) override {
    return changed(inner().abandon_turn(token, how));
  }
  Result<void> renew_turn(const LockToken& token, Duration extend_for) override {
    return changed(inner().renew_turn(token, extend_for));
  }
  Result<void> enqueue_activity(const Activity& activity) override {
    return changed(inner().enqueue_activity(activity));
  }
  FetchedActivity fetch_activity(const FetchActivity& options) override {
    return changed(inner().fetch_activity(options));
  }
  Result<void> ack_activity(const LockToken& token,
                            const std::optional<Message>& completion) override {
    return changed(inner().ack_activity(token, completion));
  }
  Result<void> abandon_activity(const LockToken& token, const Abandon& how) override {
    return changed(inner().abandon_activity(token, how));
  }
  Result<void> renew_activity(const LockToken& token, Duration extend_for) override {
    return changed(inner().renew_activity(token, extend_for));
  }
  Events read_history(const std::string& instance,
                      std::optional<std::uint64_t> execution) override {
    return changed(inner().read_history(instance, execution));
  }
  Record read_instance(const std::string& instance) override {
    return changed(inner().read_instance(instance));
  }

 private:
  template <class T>
  static Result<T> changed(Result<T> answer) {
    return answer ? answer : Result<T>(change(answer.error()));
  }
};

template <ErrorKind kind>
Error thrown(const Error& error) {
  if (error.kind == kind) throw std::runtime_error(error.message);
  return error;
}
template <ErrorKind from, ErrorKind to>
Error one_for_another(const Error& error) {
  return {error.kind == from ? to : error.kind, error.operation, error.message};
}
Error without_operation(const Error& error) { return {error.kind, "", error.message}; }
Error with_another_operation(const Error& error) {
  return {error.kind, "list_instances", error.message};
}
Error without_message(const Error& error) { return {error.kind, error.operation, ""}; }
Error without_operation_of_renewals(const Error& error) {
  const bool is_renewal = error.operation == "renew_turn" || error.operation == "renew_activity";
  return {error.kind, is_renewal ? "renew" : error.operation, error.message};
}

// --- ERR_3: what a refused call leaves behind

template <ErrorKind kind>
struct RefusedAckSends : ForwardingProvider {
  using ForwardingProvider::ForwardingProvider;
  Result<void> ack_turn(const LockToken& token, const TurnCommit& commit) override {
    const Result<void> answer = inner().ack_turn(token, commit);
    if (!answer && answer.error().kind == kind) enqueue_items(inner(), commit);
    return answer;
  }
};

struct Remains {
  std::map<std::string, Metadata> metadata;  // By instance.
  std::map<std::string, std::vector<Event>> events;
};

// The events before the one in conflict are there.
struct ConflictLeavesEvents : KnowsTurns<Remains> {
  using KnowsTurns::KnowsTurns;
  Result<void> ack_turn(const LockToken& token, const TurnCommit& commit) override {
    const auto turn = turn_of(token);
    const Result<void> answer = inner().ack_turn(token, commit);
    if (!turn || answer || answer.error().kind != ErrorKind::conflict) return answer;
    const Events stored = inner().read_history(turn->instance, commit.execution);
    auto remains = state();
    std::set<std::uint64_t> ids;
    if (!stored) return answer;
    for (const Event& event : stored.value()) ids.insert(event.id);
    for (const Event& event : commit.events) {
      if (!ids.insert(event.id).second) break;
      remains->events[turn->instance].push_back(event);
    }
    return answer;
  }
  Events read_history(const std::string& instance,
                      std::optional<std::uint64_t> execution) override {
    Events events = inner().read_history(instance, execution);
    if (!events) return events;
    auto remains = state();
    for (const Event& event : remains->events[instance]) {
      if (std::ranges::find(events.value(), event.id, &Event::id) == events.value().end()) {
        events.value().push_back(event);
      }
    }
    std::ranges::sort(events.value(), {}, &Event::id);
    return events;
  }
};

struct ConflictLeavesMetadata : KnowsTurns<Remains> {
  using KnowsTurns::KnowsTurns;
  Result<void> ack_turn(const LockToken& token, const TurnCommit& commit) override {
    const auto turn = turn_of(token);
    const Result<void> answer = inner().ack_turn(token, commit);
    if (turn && !answer && answer.error().kind == ErrorKind::conflict) {
      state()->metadata[turn->instance] = commit.metadata;
    }
    return answer;
  }
  Record read_instance(const std::string& instance) override {
    Record info = inner().read_instance(instance);
    if (!info || !info.value()) return info;
    auto remains = state();
    const Metadata& metadata = remains->metadata[instance];
    if (metadata.status) info.value()->status = *metadata.status;
    if (metadata.output) info.value()->output = metadata.output;
    return info;
  }
};

struct BadCompletionEatsTheActivity : ForwardingProvider {
  using ForwardingProvider::ForwardingProvider;
  Result<void> ack_activity(const LockToken& token,
                            const std::optional<Message>& completion) override {
    const Result<void> answer = inner().ack_activity(token, completion);
    if (!answer && answer.error().kind == ErrorKind::invalid) {
      (void)inner().ack_activity(token, std::nullopt);
    }
    return answer;
  }
};

struct BadRenewalEndsTheLock : ForwardingProvider {
  using ForwardingProvider::ForwardingProvider;
  Result<void> renew_turn(const LockToken& token, Duration extend_for) override {
    const Result<void> answer = inner().renew_turn(token, extend_for);
    if (extend_for <= Duration(0)) (void)inner().abandon_turn(token);
    return answer;
  }
  Result<void> renew_activity(const LockToken& token, Duration extend_for) override {
    const Result<void> answer = inner().renew_activity(token, extend_for);
    if (extend_for <= Duration(0)) (void)inner().abandon_activity(token);
    return answer;
  }
};

struct BadAbandonEndsTheLock : ForwardingProvider {
  using ForwardingProvider::ForwardingProvider;
  Result<void> abandon_turn(const LockToken& token, const Abandon& how) override {
    const Result<void> answer = inner().abandon_turn(token, how);
    if (how.delay < Duration(0)) (void)inner().abandon_turn(token);
    return answer;
  }
  Result<void> abandon_activity(const LockToken& token, const Abandon& how) override {
    const Result<void> answer = inner().abandon_activity(token, how);
    if (how.delay < Duration(0)) (void)inner().abandon_activity(token);
    return answer;
  }
};

struct BadDelayEnqueuesAllTheSame : ForwardingProvider {
  using ForwardingProvider::ForwardingProvider;
  Result<void> enqueue_message(const Message& message, Duration delay) override {
    const Result<void> answer = inner().enqueue_message(message, delay);
    if (delay < Duration(0)) (void)inner().enqueue_message(message);
    return answer;
  }
};

// --- ERR_4: what a fetch in vain leaves behind

// A fetch that is refused has locked something, for half a minute.
template <bool turns>
struct RefusedFetchLocks : ForwardingProvider {
  using ForwardingProvider::ForwardingProvider;
  FetchedTurn fetch_turn(const FetchTurn& options) override {
    FetchedTurn turn = inner().fetch_turn(options);
    if (!turn && turns) (void)inner().fetch_turn({});
    return turn;
  }
  FetchedActivity fetch_activity(const FetchActivity& options) override {
    FetchedActivity locked = inner().fetch_activity(options);
    if (!locked && !turns) (void)inner().fetch_activity({});
    return locked;
  }
};

// The same, and it counts, though it gives the lock back.
struct RefusedFetchCounts : ForwardingProvider {
  using ForwardingProvider::ForwardingProvider;
  FetchedTurn fetch_turn(const FetchTurn& options) override {
    FetchedTurn turn = inner().fetch_turn(options);
    if (turn) return turn;
    if (const FetchedTurn taken = inner().fetch_turn({}); taken && taken.value()) {
      (void)inner().abandon_turn(taken.value()->token);
    }
    return turn;
  }
  FetchedActivity fetch_activity(const FetchActivity& options) override {
    FetchedActivity locked = inner().fetch_activity(options);
    if (locked) return locked;
    if (const FetchedActivity taken = inner().fetch_activity({}); taken && taken.value()) {
      (void)inner().abandon_activity(taken.value()->token);
    }
    return locked;
  }
};

// Each fetch that comes back with nothing has counted an attempt of what comes next.
struct InVain {
  std::uint64_t turns = 0;
  std::uint64_t activities = 0;
};
struct EmptyFetchCounts : Sharing<InVain> {
  using Sharing::Sharing;
  FetchedTurn fetch_turn(const FetchTurn& options) override {
    FetchedTurn turn = inner().fetch_turn(options);
    auto in_vain = state();
    if (turn && !turn.value()) ++in_vain->turns;
    if (turn && turn.value()) turn.value()->attempt += std::exchange(in_vain->turns, 0);
    return turn;
  }
  FetchedActivity fetch_activity(const FetchActivity& options) override {
    FetchedActivity locked = inner().fetch_activity(options);
    auto in_vain = state();
    if (locked && !locked.value()) ++in_vain->activities;
    if (locked && locked.value()) {
      locked.value()->attempt += std::exchange(in_vain->activities, 0);
    }
    return locked;
  }
};

// What cannot be decoded fails the fetch, when the lock is taken.
struct FailsWithTheLock : ForwardingProvider {
  using ForwardingProvider::ForwardingProvider;
  FetchedTurn fetch_turn(const FetchTurn& options) override {
    FetchedTurn turn = inner().fetch_turn(options);
    if (!turn || !turn.value()) return turn;
    const auto is_bad = [](const Message& message) { return message.error.has_value(); };
    const bool is_readable =
        !turn.value()->history_error && std::ranges::none_of(turn.value()->messages, is_bad);
    return is_readable ? turn : corrupt("fetch_turn");
  }
  FetchedActivity fetch_activity(const FetchActivity& options) override {
    FetchedActivity locked = inner().fetch_activity(options);
    const bool is_readable = !locked || !locked.value() || !locked.value()->activity.error;
    return is_readable ? locked : corrupt("fetch_activity");
  }

 private:
  static Error corrupt(const char* operation) {
    return {ErrorKind::corrupt, operation, "undecodable"};
  }
};

// --- ERR_9: busy without need

Error busy(const char* operation) { return {ErrorKind::busy, operation, "try again"}; }

struct BusyEveryTenthTime : ForwardingProvider {
  using ForwardingProvider::ForwardingProvider;
  Result<void> ack_turn(const LockToken& token, const TurnCommit& commit) override {
    return ++calls_ % 10 == 0 ? busy("ack_turn") : inner().ack_turn(token, commit);
  }
  Result<void> enqueue_message(const Message& message, Duration delay) override {
    return ++calls_ % 10 == 0 ? busy("enqueue_message") : inner().enqueue_message(message, delay);
  }

 private:
  std::atomic<unsigned> calls_{0};
};

// Its first transaction finds the statements unprepared.
struct BusyAtFirst : ForwardingProvider {
  using ForwardingProvider::ForwardingProvider;
  Result<void> enqueue_message(const Message& message, Duration delay) override {
    return first_.exchange(false) ? busy("enqueue_message")
                                  : inner().enqueue_message(message, delay);
  }
  FetchedActivity fetch_activity(const FetchActivity& options) override {
    return first_.exchange(false) ? busy("fetch_activity") : inner().fetch_activity(options);
  }

 private:
  std::atomic<bool> first_{true};
};

// A transaction that began as a reader cannot go on to write when another handle wrote meanwhile.
struct LastWriter {
  const void* handle = nullptr;
};
struct BusyAfterAnothersWrite : Sharing<LastWriter> {
  using Sharing::Sharing;
  Result<void> enqueue_message(const Message& message, Duration delay) override {
    return is_overtaken() ? busy("enqueue_message") : inner().enqueue_message(message, delay);
  }
  Result<void> ack_turn(const LockToken& token, const TurnCommit& commit) override {
    return is_overtaken() ? busy("ack_turn") : inner().ack_turn(token, commit);
  }

 private:
  bool is_overtaken() {
    const void* last = std::exchange(state()->handle, static_cast<const void*>(this));
    return last != nullptr && last != this;
  }
};

// Once a handle met with another's call, it is of no more use.
struct Inside {
  int calls = 0;
};
struct StaysBusy : Sharing<Inside> {
  using Sharing::Sharing;
  Result<void> enqueue_message(const Message& message, Duration delay) override {
    return tried("enqueue_message", [&] { return inner().enqueue_message(message, delay); });
  }
  Result<void> enqueue_activity(const Activity& activity) override {
    return tried("enqueue_activity", [&] { return inner().enqueue_activity(activity); });
  }
  FetchedTurn fetch_turn(const FetchTurn& options) override {
    return tried("fetch_turn", [&] { return inner().fetch_turn(options); });
  }
  FetchedActivity fetch_activity(const FetchActivity& options) override {
    return tried("fetch_activity", [&] { return inner().fetch_activity(options); });
  }
  Result<void> ack_turn(const LockToken& token, const TurnCommit& commit) override {
    return tried("ack_turn", [&] { return inner().ack_turn(token, commit); });
  }
  Result<void> ack_activity(const LockToken& token,
                            const std::optional<Message>& completion) override {
    return tried("ack_activity", [&] { return inner().ack_activity(token, completion); });
  }

 private:
  template <class Go>
  auto tried(const char* operation, const Go& go) -> decltype(go()) {
    if (is_broken_) return busy(operation);
    if (++state()->calls > 1) is_broken_ = true;
    for (int i = 0; i < 20; ++i) std::this_thread::yield();
    auto answer = is_broken_ ? decltype(go())(busy(operation)) : go();
    --state()->calls;
    return answer;
  }
  std::atomic<bool> is_broken_{false};
};

// The mendings, each for the ways in that it makes a difference to.
class MendingDefects {
 public:
  MendingDefects() {
    add<Ids<empty_to_unknown>>("empty_id", requirement("ERR_5"));
    add<Ids<cut_to_longest>>("overlong_id", requirement("ERR_5"));
    add<Ids<to_ascii>>("id_that_is_no_utf_8", requirement("ERR_5"));
    add<Numbers<to_63_bits>>("number_above_2_63", requirement("ERR_5"));
    add<ZeroExecutions>("execution_0", requirement("ERR_5"));
    add<Ids<cut_at_nul>>("nul_in_an_id", requirement("ERR_11"));
    add<Names<cut_at_nul>>("nul_in_a_name", requirement("ERR_11"));
    add<Names<cut_to_longest>>("overlong_name", requirement("ERR_11"));
    add<Names<to_ascii>>("name_that_is_no_utf_8", requirement("ERR_11"));
    add<Names<empty_to_unknown>>("empty_name", requirement("ERR_11"));
    add<ItemsWithErrors>("item_with_an_error", requirement("ERR_12"));
    add_to_queues<NamelessStarts>("start_without_a_name", requirement("ERR_12"));
    add_to_queues<NamelessActivities>("activity_without_a_name", requirement("ERR_12"));
    add_to_queues<UnknownKinds>("message_of_unknown_kind", requirement("ERR_12"));
    add_commit<ZeroEventIds>("event_id_0", requirement("ERR_5"));
    add_commit<UnknownStatus>("unknown_status", requirement("ERR_12"));
  }
  const std::vector<Defect>& rows() const { return rows_; }

 private:
  template <class M>
  void add(const std::string& what, const Requirement& breaks) {
    add_to_queues<M>(what, breaks);
    add_row("takes_" + what + "_in_a_completion", breaks,
            "A completion with it is made good and accepted.",
            spoil_with<Mends<M, Way::completions>>);
  }
  template <class M>
  void add_to_queues(const std::string& what, const Requirement& breaks) {
    add_row("takes_" + what + "_in_an_enqueue", breaks,
            "Such an item is made good when it is enqueued, and accepted.",
            spoil_with<Mends<M, Way::enqueues>>);
    add_commit<M>(what, breaks);
  }
  template <class M>
  void add_commit(const std::string& what, const Requirement& breaks) {
    add_row("takes_" + what + "_in_a_commit", breaks, "A commit with it is made good and accepted.",
            spoil_with<Mends<M, Way::commits>>);
  }
  void add_row(std::string name, const Requirement& breaks, const char* summary,
               decltype(Defect::spoil) spoil) {
    names_.push_back(std::make_unique<std::string>(std::move(name)));
    rows_.push_back({names_.back()->c_str(), breaks, summary, spoil});
  }

  std::vector<std::unique_ptr<std::string>> names_;
  std::vector<Defect> rows_;
};

}  // namespace

std::span<const Defect> error_defects() {
  constexpr auto kLost = ErrorKind::lock_lost;
  constexpr auto kConflict = ErrorKind::conflict;
  constexpr auto kInvalid = ErrorKind::invalid;
  static const std::vector<Defect> rows = [] {
    std::vector<Defect> all = {
        {"declares_custom_status_without_having_it", requirement("CAP_1"),
         "A facet is declared, and all its operations are unsupported.",
         spoil_with<ChangesDescription<declares_more<Capability::custom_status>>>,
         Spoils::bare_memory},
        {"declares_key_values_without_having_them", requirement("CAP_1"),
         "A facet is declared, and all its fields are unsupported.",
         spoil_with<ChangesDescription<declares_more<Capability::key_value>>>, Spoils::bare_memory},
        {"declares_an_event_store_without_having_it", requirement("CAP_1"),
         "A facet is declared, and all its operations are unsupported.",
         spoil_with<ChangesDescription<declares_more<Capability::event_store>>>,
         Spoils::bare_memory},
        {"declares_a_context_store_without_having_it", requirement("CAP_1"),
         "A facet is declared, and all its operations are unsupported.",
         spoil_with<ChangesDescription<declares_more<Capability::context_store>>>,
         Spoils::bare_memory},
        {"declares_upserts_without_having_them", requirement("CAP_1"),
         "The context store is declared, and upserts are unsupported.", spoil_with<CannotUpsert>},
        {"declares_snapshots_without_having_them", requirement("CAP_1"),
         "The event store is declared, and snapshots are unsupported.", spoil_with<CannotSnapshot>},
        {"declares_renewals_without_having_them", requirement("CAP_1"),
         "The queues are declared, and renewing is unsupported.", spoil_with<CannotRenew>},
        {"declares_records_without_having_them", requirement("CAP_1"),
         "The queues are declared, and reading an instance is unsupported.",
         spoil_with<CannotReadRecords>},
        {"declares_no_call_limit", requirement("CAP_1"), "Says that calls take no time at all.",
         spoil_with<ChangesDescription<no_call_limit>>},

        {"undeclared_sessions_answer", requirement("CAP_2"),
         "Without the facet no session is renewed, which is no error.", spoil_with<AnswersSessions>,
         Spoils::bare_memory},
        {"undeclared_custom_status_answers", requirement("CAP_2"),
         "Without the facet there is no custom status, which is no error.",
         spoil_with<AnswersCustomStatus>, Spoils::bare_memory},
        {"undeclared_key_values_answer", requirement("CAP_2"),
         "Without the facet there is no value, which is no error.", spoil_with<AnswersKeyValue>,
         Spoils::bare_memory},
        {"undeclared_management_answers", requirement("CAP_2"),
         "Without the facet lists are empty and counters 0.", spoil_with<AnswersManagement>,
         Spoils::bare_memory},
        {"undeclared_management_finds_nothing", requirement("CAP_2"),
         "Without the facet every tree is not found.", spoil_with<DoesNotFindInstances>,
         Spoils::bare_memory},
        {"undeclared_deletion_answers", requirement("CAP_2"),
         "Without the facet bulk deletion deletes nothing and succeeds.",
         spoil_with<AnswersDeletion>, Spoils::bare_memory},
        {"undeclared_pruning_answers", requirement("CAP_2"),
         "Without the facet bulk pruning prunes nothing and succeeds.", spoil_with<AnswersPruning>,
         Spoils::bare_memory},
        {"undeclared_batch_is_half_done", requirement("CAP_2"),
         "A batch is unsupported, and its messages are enqueued.", spoil_with<AppliesBatches>,
         Spoils::bare_memory},
        {"undeclared_streams_answer", requirement("CAP_2"), "Without the facet streams are empty.",
         spoil_with<AnswersStreams>, Spoils::bare_memory},
        {"undeclared_context_answers", requirement("CAP_2"),
         "Without the facet globals are put and lost.", spoil_with<AnswersContext>,
         Spoils::bare_memory},
        {"undeclared_context_is_internal", requirement("CAP_2"),
         "An operation of an undeclared facet is an internal error.", spoil_with<ContextIsInternal>,
         Spoils::bare_memory},

        {"largest_payload_is_refused", requirement("CAP_3"),
         "A payload of exactly the declared limit is invalid.",
         spoil_sharing<KeepsToOtherLimits<refuses_the_largest_payload>>},
        {"larger_payload_is_taken", requirement("CAP_3"),
         "A payload beyond the declared limit is accepted.",
         spoil_sharing<KeepsToOtherLimits<takes_larger_payloads>>},
        {"longest_id_is_refused", requirement("CAP_3"),
         "An id of exactly the declared limit is invalid.",
         spoil_sharing<KeepsToOtherLimits<refuses_the_longest_id>>},
        {"last_event_is_refused", requirement("CAP_3"),
         "A history of exactly the declared limit is invalid.",
         spoil_sharing<KeepsToOtherLimits<refuses_the_last_event>>},
        {"one_more_event_is_taken", requirement("CAP_3"),
         "A history of one event beyond the declared limit is accepted.",
         spoil_sharing<KeepsToOtherLimits<takes_more_events>>},
        {"last_item_is_refused", requirement("CAP_3"),
         "A commit of exactly the declared limit is invalid.",
         spoil_sharing<KeepsToOtherLimits<refuses_the_last_item>>},
        {"one_more_item_is_taken", requirement("CAP_3"),
         "A commit of one item beyond the declared limit is accepted.",
         spoil_sharing<KeepsToOtherLimits<takes_more_items>>},
        {"enqueued_payload_is_cut_at_64_kib", requirement("CAP_3"),
         "Larger payloads are cut at 64 KiB when they are enqueued.",
         spoil_with<CutsPayloads<64U << 10U, Way::enqueues>>},
        {"committed_payload_is_cut_at_64_kib", requirement("CAP_3"),
         "Larger payloads are cut at 64 KiB when they are committed.",
         spoil_with<CutsPayloads<64U << 10U, Way::commits>>},
        {"completed_payload_is_cut_at_64_kib", requirement("CAP_3"),
         "Larger payloads are cut at 64 KiB when they come with a completion.",
         spoil_with<CutsPayloads<64U << 10U, Way::completions>>},
        {"enqueued_payload_is_cut_at_the_limit", requirement("CAP_3"),
         "Enqueued payloads beyond the declared limit are cut there and accepted.",
         spoil_with<CutsPayloads<2U << 20U, Way::enqueues>>},
        {"committed_payload_is_cut_at_the_limit", requirement("CAP_3"),
         "Committed payloads beyond the declared limit are cut there and accepted.",
         spoil_with<CutsPayloads<2U << 20U, Way::commits>>},
        {"completed_payload_is_cut_at_the_limit", requirement("CAP_3"),
         "Payloads of completions beyond the declared limit are cut there and accepted.",
         spoil_with<CutsPayloads<2U << 20U, Way::completions>>},

        {"provider_has_no_name", requirement("CAP_4"), "The provider's name is empty.",
         spoil_with<ChangesDescription<no_provider>>},
        {"provider_has_no_version", requirement("CAP_4"), "The provider's version is empty.",
         spoil_with<ChangesDescription<no_version>>},
        {"store_has_no_version", requirement("CAP_4"), "The store's version is empty.",
         spoil_with<ChangesDescription<no_store_version>>},
        {"each_handle_names_another_store", requirement("CAP_4"),
         "The store's version differs between handles.", spoil_with<OtherVersionOnEachHandle>},
        {"description_changes_with_use", requirement("CAP_4"),
         "What a handle says of itself changes while it is open.", spoil_with<OtherLimitsOverTime>},

        {"undeclared_session_is_dropped", requirement("CAP_5"),
         "A session of an enqueued activity is ignored.",
         spoil_with<DropsFields<Capability::sessions, Sessions, Way::enqueues>>,
         Spoils::bare_memory},
        {"undeclared_session_is_dropped_from_a_commit", requirement("CAP_5"),
         "A session of a committed activity is ignored.",
         spoil_with<DropsFields<Capability::sessions, Sessions, Way::commits>>,
         Spoils::bare_memory},
        {"undeclared_session_claim_is_dropped", requirement("CAP_5"),
         "A session claim in a fetch is ignored.",
         spoil_with<DropsOptions<Capability::sessions, keep_turn, drop_session>>,
         Spoils::bare_memory},
        {"undeclared_tag_is_dropped", requirement("CAP_5"),
         "A tag of an enqueued activity is ignored.",
         spoil_with<DropsFields<Capability::tags, Tags, Way::enqueues>>, Spoils::bare_memory},
        {"undeclared_empty_tag_is_dropped", requirement("CAP_5"),
         "An empty tag of an enqueued activity is ignored.",
         spoil_with<DropsFields<Capability::tags, EmptyTags, Way::enqueues>>, Spoils::bare_memory},
        {"undeclared_tag_is_dropped_from_a_commit", requirement("CAP_5"),
         "A tag of a committed activity is ignored.",
         spoil_with<DropsFields<Capability::tags, Tags, Way::commits>>, Spoils::bare_memory},
        {"undeclared_tag_filter_is_dropped", requirement("CAP_5"),
         "A tag filter in a fetch is ignored.",
         spoil_with<DropsOptions<Capability::tags, keep_turn, drop_filter>>, Spoils::bare_memory},
        {"undeclared_version_filter_is_dropped", requirement("CAP_5"),
         "A version filter in a fetch is ignored.",
         spoil_with<DropsOptions<Capability::version_filter, drop_versions, keep_activity>>,
         Spoils::bare_memory},
        {"undeclared_pin_is_dropped", requirement("CAP_5"), "A pinned version is ignored.",
         spoil_with<DropsFields<Capability::version_filter, Pins, Way::commits>>,
         Spoils::bare_memory},
        {"undeclared_status_change_is_dropped", requirement("CAP_5"),
         "A change of the custom status is ignored.",
         spoil_with<DropsFields<Capability::custom_status, StatusChanges, Way::commits>>,
         Spoils::bare_memory},
        {"undeclared_value_change_is_dropped", requirement("CAP_5"),
         "A key-value change is ignored.",
         spoil_with<DropsFields<Capability::key_value, ValueChanges, Way::commits>>,
         Spoils::bare_memory},
        {"undeclared_field_is_invalid", requirement("CAP_5"),
         "A field of an undeclared facet is invalid, not unsupported.",
         spoil_with<FieldsAreInvalid>, Spoils::bare_memory},
        {"poll_timeout_is_unsupported", requirement("CAP_5"),
         "A fetch with a poll timeout is unsupported.", spoil_with<RefusesPolling>},

        {"handle_keeps_the_histories_it_read", requirement("CAP_7"),
         "A handle reads a history once, until it acks something itself.",
         spoil_with<KeepsWhatItRead>},
        {"handle_keeps_the_records_it_read", requirement("CAP_7"),
         "A handle reads a record once, until it acks something itself.", spoil_with<KeepsRecords>},
        {"handle_keeps_the_histories_of_turns", requirement("CAP_7"),
         "A turn carries the history that the handle knows, without what others committed.",
         spoil_with<KeepsHistoriesOfTurns>},
        {"reads_lag_behind_an_ack", requirement("CAP_7"),
         "The first read after an ack gives what was stored before it.", spoil_sharing<ReadsACopy>},

        {"lost_lock_is_thrown", requirement("ERR_1"), "A lost lock leaves as an exception.",
         spoil_with<ChangesErrors<thrown<kLost>>>},
        {"conflict_is_thrown", requirement("ERR_1"), "A conflict leaves as an exception.",
         spoil_with<ChangesErrors<thrown<kConflict>>>},
        {"bad_argument_is_thrown", requirement("ERR_1"), "A bad argument leaves as an exception.",
         spoil_with<ChangesErrors<thrown<kInvalid>>>},
        {"undecodable_history_is_thrown", requirement("ERR_1"),
         "Undecodable history leaves as an exception.",
         spoil_with<ChangesErrors<thrown<ErrorKind::corrupt>>>},
        {"error_has_no_operation", requirement("ERR_1"), "Errors do not name the operation.",
         spoil_with<ChangesErrors<without_operation>>},
        {"error_names_another_operation", requirement("ERR_1"),
         "All errors are said to be those of a list.",
         spoil_with<ChangesErrors<with_another_operation>>},
        {"renewal_error_names_half_the_operation", requirement("ERR_1"),
         "Errors of both renewals name the operation \"renew\".",
         spoil_with<ChangesErrors<without_operation_of_renewals>>},
        {"error_has_no_message", requirement("ERR_1"), "Errors have no words for people.",
         spoil_with<ChangesErrors<without_message>>},

        {"lost_lock_is_busy", requirement("ERR_2"), "A dead token is reported as retryable.",
         spoil_with<ChangesErrors<one_for_another<kLost, ErrorKind::busy>>>},
        {"lost_lock_is_not_found", requirement("ERR_2"), "A dead token is not found.",
         spoil_with<ChangesErrors<one_for_another<kLost, ErrorKind::not_found>>>},
        {"lost_lock_is_of_unknown_outcome", requirement("ERR_2"),
         "A dead token is reported as a call whose outcome is unknown.",
         spoil_with<ChangesErrors<one_for_another<kLost, ErrorKind::unknown_outcome>>>},
        {"conflict_is_internal", requirement("ERR_2"), "A conflict is an internal error.",
         spoil_with<ChangesErrors<one_for_another<kConflict, ErrorKind::internal>>>},
        {"conflict_is_busy", requirement("ERR_2"), "A conflict is reported as retryable.",
         spoil_with<ChangesErrors<one_for_another<kConflict, ErrorKind::busy>>>},
        {"conflict_is_a_lost_lock", requirement("ERR_2"), "A conflict is a lost lock.",
         spoil_with<ChangesErrors<one_for_another<kConflict, kLost>>>},
        {"bad_argument_is_internal", requirement("ERR_2"), "A bad argument is an internal error.",
         spoil_with<ChangesErrors<one_for_another<kInvalid, ErrorKind::internal>>>},

        {"conflicting_ack_sends", requirement("ERR_3"),
         "An ack that is a conflict enqueues its items.", spoil_with<RefusedAckSends<kConflict>>},
        {"invalid_ack_sends", requirement("ERR_3"),
         "An ack that is invalid enqueues those of its items that are valid.",
         spoil_with<RefusedAckSends<kInvalid>>},
        {"conflicting_ack_leaves_events", requirement("ERR_3"),
         "The events before the one in conflict are stored.", spoil_sharing<ConflictLeavesEvents>},
        {"conflicting_ack_leaves_metadata", requirement("ERR_3"),
         "Status and output of an ack that is a conflict are stored.",
         spoil_sharing<ConflictLeavesMetadata>},
        {"bad_completion_removes_the_activity", requirement("ERR_3"),
         "An ack with an invalid completion is refused, and the activity gone.",
         spoil_with<BadCompletionEatsTheActivity>},
        {"bad_renewal_ends_the_lock", requirement("ERR_3"),
         "Renewing for no time is refused, and the lock gone.", spoil_with<BadRenewalEndsTheLock>},
        {"bad_abandon_ends_the_lock", requirement("ERR_3"),
         "Abandoning with a negative delay is refused, and done.",
         spoil_with<BadAbandonEndsTheLock>},

        {"refused_fetch_locks_a_turn", requirement("ERR_4"),
         "A fetch that is refused leaves an instance locked.", spoil_with<RefusedFetchLocks<true>>},
        {"refused_fetch_locks_an_activity", requirement("ERR_4"),
         "A fetch that is refused leaves an activity locked.",
         spoil_with<RefusedFetchLocks<false>>},
        {"refused_fetch_counts", requirement("ERR_4"), "A fetch that is refused counts an attempt.",
         spoil_with<RefusedFetchCounts>},
        {"empty_fetch_counts", requirement("ERR_4"),
         "A fetch that returns nothing counts an attempt.", spoil_sharing<EmptyFetchCounts>},
        {"undecodable_item_fails_with_its_lock", requirement("ERR_4"),
         "A fetch that comes upon something undecodable fails and keeps the lock.",
         spoil_with<FailsWithTheLock>},

        {"turn_lock_of_no_time_is_the_default", requirement("ERR_5"),
         "A lock timeout of 0 or less for a turn is the default.",
         spoil_with<DropsOptions<Capability::none, default_turn_lock, keep_activity>>},
        {"activity_lock_of_no_time_is_the_default", requirement("ERR_5"),
         "A lock timeout of 0 or less for an activity is the default.",
         spoil_with<DropsOptions<Capability::none, keep_turn, default_activity_lock>>},
        {"turn_renewal_of_no_time_is_taken", requirement("ERR_5"),
         "Renewing a turn for 0 or less renews it for a millisecond.",
         spoil_with<TakesExtensionsOfNothing<true>>},
        {"activity_renewal_of_no_time_is_taken", requirement("ERR_5"),
         "Renewing an activity for 0 or less renews it for a millisecond.",
         spoil_with<TakesExtensionsOfNothing<false>>},
        {"negative_enqueue_delay_is_none", requirement("ERR_5"),
         "A negative delay of a message is none.",
         spoil_with<TakesNegativeDelays<Where::enqueue_message>>},
        {"negative_turn_delay_is_none", requirement("ERR_5"),
         "A negative delay of an abandoned turn is none.",
         spoil_with<TakesNegativeDelays<Where::abandon_turn>>},
        {"negative_activity_delay_is_none", requirement("ERR_5"),
         "A negative delay of an abandoned activity is none.",
         spoil_with<TakesNegativeDelays<Where::abandon_activity>>},
        {"bad_delay_enqueues_all_the_same", requirement("ERR_5"),
         "Enqueueing with a negative delay is refused, and done.",
         spoil_with<BadDelayEnqueuesAllTheSame>},
        {"reads_answer_for_any_id", requirement("ERR_5"),
         "Reading an id that is none gives nothing.", spoil_with<ReadsAnyId>},

        {"busy_every_tenth_time", requirement("ERR_9"), "Every tenth write is busy.",
         spoil_with<BusyEveryTenthTime>},
        {"busy_at_first", requirement("ERR_9"), "The first call of a handle is busy.",
         spoil_with<BusyAtFirst>},
        {"busy_after_anothers_write", requirement("ERR_9"),
         "A handle's first write after that of another handle is busy.",
         spoil_sharing<BusyAfterAnothersWrite>},
        {"busy_handle_stays_busy", requirement("ERR_9"),
         "A handle whose call met another's is busy from then on.", spoil_sharing<StaysBusy>},

        {"activity_id_0_is_refused", requirement("ERR_11"), "An activity with the id 0 is invalid.",
         spoil_with<RefusesActivities<has_id_0>>},
        {"nul_in_an_activity_payload_is_refused", requirement("ERR_11"),
         "An activity's payload with a zero byte is invalid.",
         spoil_with<RefusesActivities<has_nul_in_payload>>},
        {"nul_in_a_message_payload_is_refused", requirement("ERR_11"),
         "A message's payload with a zero byte is invalid.", spoil_with<RefusesNulInMessages>},
        {"nul_in_an_event_payload_is_refused", requirement("ERR_11"),
         "An event's payload with a zero byte is invalid.", spoil_with<RefusesNulInEvents>},
    };
    static const MendingDefects mending;
    for (const Defect& row : mending.rows()) all.push_back(row);
    return all;
  }();
  return rows;
}

}  // namespace ackproof
