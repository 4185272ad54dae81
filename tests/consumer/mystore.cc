#include "mystore.h"

#include <algorithm>
#include <map>
#include <string_view>
#include <utility>

#include "contract/rules.h"
#include "contract/token.h"

namespace mystore {

namespace {

using namespace ackproof;  // Everything here speaks the contract's language.

using Guard = std::lock_guard<std::mutex>;

Capabilities capabilities() {
  Capabilities offered;
  offered.facets = {Capability::queues};
  offered.limits.payload_bytes = 1'048'576;
  offered.limits.history_events = 10'000;
  offered.limits.commit_items = 1'000;
  offered.limits.batch_messages = 1'000;
  offered.limits.smallest_lock = std::chrono::seconds(1);
  offered.clocks = {ClockSource::injected, ClockSource::local};
  offered.durability = Durability::is_volatile;
  return offered;
}

Error lock_lost(std::string operation) {
  return {ErrorKind::lock_lost, std::move(operation), "the token opens nothing"};
}

Error invalid(std::string message) { return {ErrorKind::invalid, "ack_turn", std::move(message)}; }

Error conflict(std::string message) {
  return {ErrorKind::conflict, "ack_turn", std::move(message)};
}

// Runs one call. What it throws, it throws before it changed anything.
template <class Call>
auto run(const char* operation, const Call& call) -> decltype(call()) {
  try {
    return call();
  } catch (const std::exception& exception) {
    return Error{ErrorKind::busy, operation, exception.what()};
  }
}

Lock new_lock(Time now, Duration timeout) {
  return {{"lock <" + random_token().value + "> {instance-independent} \xC3\xA9"},
          rules::later(now, timeout)};
}

bool is_live(const std::optional<Lock>& lock, Time now) { return lock && now < lock->deadline; }

// The item that the token opens, or null.
template <class Items>
auto* opened_by(const LockToken& token, Items& items, Time now) {
  for (auto& item : items) {
    if (is_live(item.lock, now) && item.lock->token == token) return &item;
  }
  return static_cast<typename Items::value_type*>(nullptr);
}

Instance* find(State& state, const std::string& id) {
  const auto found = std::ranges::find(state.instances, id, &Instance::id);
  return found == state.instances.end() ? nullptr : &*found;
}

Execution* find_execution(Instance& instance, std::uint64_t number) {
  const auto found = std::ranges::find(instance.executions, number, &Execution::number);
  return found == instance.executions.end() ? nullptr : &*found;
}

void enqueue(State& state, const Message& message, Time not_before) {
  QueuedMessage queued{message, std::max(not_before, message.visible_at.value_or(not_before))};
  Instance* target = find(state, message.target);
  if (target != nullptr) {
    target->messages.push_back(std::move(queued));
  } else {
    state.instances.push_back({.id = message.target, .messages = {std::move(queued)}});
  }
}

const Message* visible_start(const Instance& instance, Time now) {
  for (const QueuedMessage& queued : instance.messages) {
    if (queued.visible_at <= now && queued.message.is_start()) return &queued.message;
  }
  return nullptr;
}

bool is_ready(const Instance& instance, Time now) {
  if (is_live(instance.lock, now)) return false;
  if (!instance.record) return visible_start(instance, now) != nullptr;
  return std::ranges::any_of(instance.messages,
                             [&](const QueuedMessage& queued) { return queued.visible_at <= now; });
}

// The ready instance that was served longest ago; of those never served, the one with the largest
// id.
Instance* next_ready(State& state, Time now) {
  Instance* best = nullptr;
  for (Instance& instance : state.instances) {
    if (!is_ready(instance, now)) continue;
    if (best == nullptr || instance.turn < best->turn ||
        (instance.turn == best->turn && instance.id > best->id)) {
      best = &instance;
    }
  }
  return best;
}

// What may not be said of this instance. Nothing is changed.
rules::Refusal refuse(Instance& instance, const TurnCommit& commit, const Limits& limits) {
  const Metadata& metadata = commit.metadata;
  if (instance.record && commit.execution < instance.record->execution &&
      (metadata.name || metadata.version || metadata.parent)) {
    return invalid("a commit to an earlier execution changes the instance");
  }
  if (instance.record && metadata.parent && metadata.parent != instance.record->parent) {
    return conflict("the instance has another parent");
  }
  std::vector<std::uint64_t> ids;
  if (const Execution* stored = find_execution(instance, commit.execution)) {
    for (const Event& event : stored->events) ids.push_back(event.id);
  }
  for (const Event& event : commit.events) ids.push_back(event.id);
  std::ranges::sort(ids);
  if (std::ranges::adjacent_find(ids) != ids.end()) return conflict("an event id is there already");
  if (ids.size() > limits.history_events) return invalid("the history is full");
  return std::nullopt;
}

void write_record(Instance& instance, const TurnCommit& commit, Time now) {
  const Metadata& metadata = commit.metadata;
  if (!instance.record) {
    instance.record = InstanceInfo{.instance = instance.id,
                                   .name = instance.origin.name,
                                   .version = instance.origin.version,
                                   .parent = instance.origin.parent,
                                   .execution = commit.execution,
                                   .created_at = now};
    if (metadata.parent) instance.record->parent = metadata.parent;
  }
  InstanceInfo& record = *instance.record;
  if (metadata.name) record.name = *metadata.name;
  if (metadata.version) record.version = metadata.version;
  record.execution = std::max(record.execution, commit.execution);
  record.updated_at = now;
}

void write_execution(Instance& instance, const TurnCommit& commit) {
  Execution* execution = find_execution(instance, commit.execution);
  if (execution == nullptr) {
    execution = &instance.executions.emplace_back(Execution{.number = commit.execution});
  }
  if (commit.metadata.status) execution->status = *commit.metadata.status;
  if (commit.metadata.output) execution->output = commit.metadata.output;
  std::vector<Event>& events = execution->events;
  events.insert(events.end(), commit.events.begin(), commit.events.end());
  std::ranges::sort(events, {}, &Event::id);
}

}  // namespace

MyStore::MyStore(std::shared_ptr<Store> store, std::shared_ptr<Clock> clock)
    : store_(std::move(store)), clock_(std::move(clock)), offered_(capabilities()) {}

Description MyStore::describe() const { return {"mystore", "0.1.0", "vectors", offered_}; }

// --- Instance queue

Result<void> MyStore::enqueue_message(const Message& message, Duration delay) {
  if (auto refusal = rules::enqueue_message(offered_, message, delay)) return *refusal;
  return run("enqueue_message", [&]() -> Result<void> {
    const Guard guard(store_->mutex);
    enqueue(store_->state, message, rules::later(clock_->now(), delay));
    return {};
  });
}

Result<std::optional<Turn>> MyStore::fetch_turn(const FetchTurn& options) {
  if (auto refusal = rules::fetch_turn(offered_, options)) return *refusal;
  return run("fetch_turn", [&]() -> Result<std::optional<Turn>> {
    const Guard guard(store_->mutex);
    State& state = store_->state;
    const Time now = clock_->now();
    Instance* instance = next_ready(state, now);
    if (instance == nullptr) return std::optional<Turn>();

    Lock lock = new_lock(now, options.lock_timeout);
    Origin origin;
    Turn turn{.instance = instance->id, .attempt = 0, .now = now, .token = lock.token};
    if (instance->record) {
      turn.name = instance->record->name;
      turn.version = instance->record->version;
      turn.execution = instance->record->execution;
      if (const Execution* current = find_execution(*instance, turn.execution)) {
        turn.history = current->events;
      }
    } else {
      const Message* start = visible_start(*instance, now);
      origin = {*start->name, start->version, start->parent};
      turn.name = origin.name;
      turn.version = origin.version;
    }
    std::vector<QueuedMessage*> batch;
    for (QueuedMessage& queued : instance->messages) {
      if (queued.visible_at > now || batch.size() == offered_.limits.batch_messages) continue;
      batch.push_back(&queued);
      turn.messages.push_back(queued.message);
      turn.attempt = std::max(turn.attempt, queued.attempts + 1);
    }
    std::optional<Turn> result(std::move(turn));

    // Nothing throws any more.
    instance->turn = ++state.turns;
    for (QueuedMessage* queued : batch) {
      queued->turn = instance->turn;
      ++queued->attempts;
    }
    instance->lock = std::move(lock);
    instance->origin = std::move(origin);
    return result;
  });
}

Result<void> MyStore::ack_turn(const LockToken& token, const TurnCommit& commit) {
  if (auto refusal = rules::ack_turn(offered_, commit)) return *refusal;
  return run("ack_turn", [&]() -> Result<void> {
    const Guard guard(store_->mutex);
    const Time now = clock_->now();
    if (opened_by(token, store_->state.instances, now) == nullptr) return lock_lost("ack_turn");

    State next = store_->state;
    Instance& instance = *opened_by(token, next.instances, now);
    if (auto refusal = refuse(instance, commit, offered_.limits)) return *refusal;
    write_record(instance, commit, now);
    write_execution(instance, commit);
    std::erase_if(instance.messages,
                  [&](const QueuedMessage& queued) { return queued.turn == instance.turn; });
    instance.lock.reset();
    for (const Activity& activity : commit.activities) next.activities.push_back({activity, now});
    for (const ActivityKey& key : commit.cancelled) {
      std::erase_if(next.activities, [&](const QueuedActivity& queued) {
        const Activity& activity = queued.activity;
        return ActivityKey{activity.instance, activity.execution, activity.id} == key;
      });
    }
    for (const Message& message : commit.messages) enqueue(next, message, now);  // May move it all.
    std::swap(store_->state, next);
    return {};
  });
}

Result<void> MyStore::abandon_turn(const LockToken& token, const Abandon& how) {
  if (auto refusal = rules::abandon("abandon_turn", how)) return *refusal;
  const Guard guard(store_->mutex);
  const Time now = clock_->now();
  Instance* instance = opened_by(token, store_->state.instances, now);
  if (instance == nullptr) return lock_lost("abandon_turn");
  for (QueuedMessage& queued : instance->messages) {
    if (queued.turn != instance->turn) continue;
    queued.visible_at = rules::later(now, how.delay);
    if (how.ignore_attempt && queued.attempts > 0) --queued.attempts;
  }
  instance->lock.reset();
  return {};
}

Result<void> MyStore::renew_turn(const LockToken& token, Duration extend_for) {
  if (auto refusal = rules::renew("renew_turn", extend_for)) return *refusal;
  const Guard guard(store_->mutex);
  const Time now = clock_->now();
  Instance* instance = opened_by(token, store_->state.instances, now);
  if (instance == nullptr) return lock_lost("renew_turn");
  instance->lock->deadline = rules::later(now, extend_for);
  return {};
}

// --- Activity queue

Result<void> MyStore::enqueue_activity(const Activity& activity) {
  if (auto refusal = rules::enqueue_activity(offered_, activity)) return *refusal;
  return run("enqueue_activity", [&]() -> Result<void> {
    const Guard guard(store_->mutex);
    store_->state.activities.push_back({activity, clock_->now()});
    return {};
  });
}

Result<std::optional<LockedActivity>> MyStore::fetch_activity(const FetchActivity& options) {
  if (auto refusal = rules::fetch_activity(offered_, options)) return *refusal;
  return run("fetch_activity", [&]() -> Result<std::optional<LockedActivity>> {
    const Guard guard(store_->mutex);
    const Time now = clock_->now();
    if (options.tags.kind == TagFilter::Kind::none) return std::optional<LockedActivity>();
    for (QueuedActivity& queued : store_->state.activities) {
      if (queued.visible_at > now || is_live(queued.lock, now)) continue;
      Lock lock = new_lock(now, options.lock_timeout);
      std::optional<LockedActivity> result(
          LockedActivity{queued.activity, queued.attempts + 1, lock.token});
      ++queued.attempts;
      queued.lock = std::move(lock);
      return result;
    }
    return std::optional<LockedActivity>();
  });
}

Result<void> MyStore::ack_activity(const LockToken& token,
                                   const std::optional<Message>& completion) {
  if (auto refusal = rules::ack_activity(offered_, completion)) return *refusal;
  return run("ack_activity", [&]() -> Result<void> {
    const Guard guard(store_->mutex);
    const Time now = clock_->now();
    std::vector<QueuedActivity>& activities = store_->state.activities;
    QueuedActivity* queued = opened_by(token, activities, now);
    if (queued == nullptr) return lock_lost("ack_activity");
    if (completion) enqueue(store_->state, *completion, now);
    activities.erase(activities.begin() + (queued - activities.data()));
    return {};
  });
}

Result<void> MyStore::abandon_activity(const LockToken& token, const Abandon& how) {
  if (auto refusal = rules::abandon("abandon_activity", how)) return *refusal;
  const Guard guard(store_->mutex);
  const Time now = clock_->now();
  QueuedActivity* queued = opened_by(token, store_->state.activities, now);
  if (queued == nullptr) return lock_lost("abandon_activity");
  queued->visible_at = rules::later(now, how.delay);
  if (how.ignore_attempt && queued->attempts > 0) --queued->attempts;
  queued->lock.reset();
  return {};
}

Result<void> MyStore::renew_activity(const LockToken& token, Duration extend_for) {
  if (auto refusal = rules::renew("renew_activity", extend_for)) return *refusal;
  const Guard guard(store_->mutex);
  const Time now = clock_->now();
  QueuedActivity* queued = opened_by(token, store_->state.activities, now);
  if (queued == nullptr) return lock_lost("renew_activity");
  queued->lock->deadline = rules::later(now, extend_for);
  return {};
}

// --- Reading

Result<std::vector<Event>> MyStore::read_history(const std::string& instance,
                                                 std::optional<std::uint64_t> execution) {
  if (auto refusal = rules::read("read_history", offered_, instance, execution)) return *refusal;
  return run("read_history", [&]() -> Result<std::vector<Event>> {
    const Guard guard(store_->mutex);
    Instance* known = find(store_->state, instance);
    if (known == nullptr || !known->record) return std::vector<Event>();
    const Execution* found = find_execution(*known, execution.value_or(known->record->execution));
    return found == nullptr ? std::vector<Event>() : found->events;
  });
}

Result<std::optional<InstanceInfo>> MyStore::read_instance(const std::string& instance) {
  if (auto refusal = rules::read("read_instance", offered_, instance)) return *refusal;
  return run("read_instance", [&]() -> Result<std::optional<InstanceInfo>> {
    const Guard guard(store_->mutex);
    Instance* known = find(store_->state, instance);
    if (known == nullptr || !known->record) return std::optional<InstanceInfo>();
    std::optional<InstanceInfo> record = known->record;
    const Execution& current = *find_execution(*known, record->execution);
    record->status = current.status;
    record->output = current.output;
    return record;
  });
}

// --- Opening

namespace {

std::mutex stores_mutex;
std::map<std::string, std::shared_ptr<Store>> stores;  // By the name of the scope.

}  // namespace

Result<std::unique_ptr<Provider>> open(const Scope& scope) {
  const Guard guard(stores_mutex);
  std::shared_ptr<Store>& store = stores[scope.name];
  if (!store) store = std::make_shared<Store>();
  return std::unique_ptr<Provider>(std::make_unique<MyStore>(
      store, scope.clock ? scope.clock : std::make_shared<SystemClock>()));
}

void destroy(const Scope& scope) {
  const Guard guard(stores_mutex);
  stores.erase(scope.name);
}

}  // namespace mystore
