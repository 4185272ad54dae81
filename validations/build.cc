#include "validations/build.h"

#include <thread>

namespace ackproof {

namespace {

// More than any validation puts in: a provider whose ack removes nothing must fail, not hang.
constexpr std::size_t kMostDrained = 20'000;

constexpr Time kStamp{Duration(1'600'000'000'123)};

}  // namespace

Message start(const std::string& instance) {
  Message message;
  message.kind = MessageKind::start_orchestration;
  message.target = instance;
  message.name = "Order";
  message.version = "1.0.0";
  message.payload = R"({"input":"of )" + instance + "\"}";
  return message;
}

Message external(const std::string& target, std::uint64_t id) {
  Message message;
  message.kind = MessageKind::external_raised;
  message.target = target;
  message.id = id;
  message.name = "Event" + std::to_string(id);
  message.payload = "external " + std::to_string(id);
  return message;
}

Message timer(const std::string& target, std::uint64_t id, Time fires_at) {
  Message message;
  message.kind = MessageKind::timer_fired;
  message.target = target;
  message.execution = 1;
  message.id = id;
  message.visible_at = fires_at;
  message.payload = "timer " + std::to_string(id);
  return message;
}

Message completion(const Activity& activity) {
  Message message;
  message.kind = MessageKind::activity_completed;
  message.target = activity.instance;
  message.execution = activity.execution;
  message.id = activity.id;
  message.payload = "result of " + std::to_string(activity.id);
  return message;
}

Event event(std::uint64_t id) {
  Event event;
  event.id = id;
  event.kind = "ActivityScheduled";
  if (id > 1) event.source_id = id - 1;
  event.timestamp = kStamp + Duration(id % 1'000'000);
  event.engine_version = "2.3.4";
  event.payload = "event " + std::to_string(id);
  return event;
}

std::vector<Event> events(std::uint64_t first, std::uint64_t last) {
  std::vector<Event> list;
  for (std::uint64_t id = first; id <= last; ++id) list.push_back(event(id));
  return list;
}

Activity activity(const std::string& instance, std::uint64_t id) {
  Activity activity;
  activity.instance = instance;
  activity.id = id;
  activity.name = "Activity" + std::to_string(id);
  activity.payload = "input " + std::to_string(id);
  return activity;
}

ActivityKey key_of(const Activity& activity) {
  return {activity.instance, activity.execution, activity.id};
}

TurnCommit commit_events(std::vector<Event> events) {
  TurnCommit commit;
  commit.events = std::move(events);
  return commit;
}

Activity bound(const std::string& instance, std::uint64_t id, const std::string& session) {
  Activity item = activity(instance, id);
  item.session = session;
  return item;
}

Activity tagged(const std::string& instance, std::uint64_t id, const std::string& tag) {
  Activity item = activity(instance, id);
  item.tag = tag;
  return item;
}

KeyValueChange set_value(const std::string& key, const Bytes& value) {
  return {.kind = KeyValueChange::Kind::set,
          .key = key,
          .value = value,
          .updated_at = kStamp + Duration(key.size() * 1'000 + value.size())};
}

KeyValueChange clear_value(const std::string& key) {
  return {.kind = KeyValueChange::Kind::clear, .key = key};
}

KeyValueChange clear_values() { return {.kind = KeyValueChange::Kind::clear_all}; }

Turn take_turn(Provider& provider, const FetchTurn& options) {
  std::optional<Turn> turn = provider.fetch_turn(options).value();
  if (!turn) throw StepFailed("fetch_turn returned nothing although an instance is ready");
  return std::move(*turn);
}

LockedActivity take_activity(Provider& provider, const FetchActivity& options) {
  std::optional<LockedActivity> locked = provider.fetch_activity(options).value();
  if (!locked) throw StepFailed("fetch_activity returned nothing although one is eligible");
  return std::move(*locked);
}

Turn take_turn_of(Provider& provider, const std::string& instance, const FetchTurn& options) {
  for (std::size_t n = 0; n < kMostDrained; ++n) {
    std::optional<Turn> turn = provider.fetch_turn(options).value();
    if (!turn) break;
    if (turn->instance == instance) return std::move(*turn);
  }
  throw StepFailed("fetch_turn never returned " + instance + ", which is ready");
}

void create_instance(Provider& provider, const std::string& instance) {
  provider.enqueue_message(start(instance)).value();
  const Turn turn = take_turn_of(provider, instance);
  provider.ack_turn(turn.token, commit_events({event(1)})).value();
}

void commit_turn(Provider& provider, const std::string& instance, const TurnCommit& commit) {
  constexpr std::uint64_t kWaker = 900;
  provider.ack_turn(wake(provider, instance, kWaker).token, commit).value();
}

void commit_start(Provider& provider, const Message& begin, const TurnCommit& commit) {
  provider.enqueue_message(begin).value();
  provider.ack_turn(take_turn_of(provider, begin.target).token, commit).value();
}

void finish_instance(Provider& provider, const std::string& instance, Status status,
                     const std::optional<std::string>& parent) {
  Message begin = start(instance);
  begin.parent = parent;
  TurnCommit commit = commit_events({event(1)});
  commit.metadata = {.status = status, .output = "output of " + instance};
  commit_start(provider, begin, commit);
}

void continue_as_new(Provider& provider, const std::string& instance, std::uint64_t from) {
  TurnCommit ending{.execution = from};
  ending.metadata = {.status = Status::continued_as_new, .output = "next input"};
  commit_turn(provider, instance, ending);
  commit_turn(provider, instance, {.execution = from + 1, .events = {event(1)}});
}

std::vector<Activity> drain_activities(Provider& provider) {
  std::vector<Activity> all;
  while (auto locked = provider.fetch_activity({.lock_timeout = kLongLock}).value()) {
    provider.ack_activity(locked->token, std::nullopt).value();
    all.push_back(std::move(locked->activity));
    if (all.size() > kMostDrained) throw StepFailed("acked activities come back without end");
  }
  return all;
}

std::vector<Message> drain_messages(Provider& provider) {
  std::vector<Message> all;
  std::size_t turns = 0;
  while (auto turn = provider.fetch_turn({.lock_timeout = kLongLock}).value()) {
    TurnCommit nothing;
    nothing.execution = turn->execution;
    provider.ack_turn(turn->token, nothing).value();
    all.insert(all.end(), turn->messages.begin(), turn->messages.end());
    if (++turns > kMostDrained) throw StepFailed("acked turns come back without end");
  }
  return all;
}

Turn wake(Provider& provider, const std::string& instance, std::uint64_t id) {
  provider.enqueue_message(external(instance, id)).value();
  return take_turn_of(provider, instance);
}

InstanceInfo record_of(Provider& provider, const std::string& instance) {
  std::optional<InstanceInfo> record = provider.read_instance(instance).value();
  if (!record) throw StepFailed("read_instance knows nothing of " + instance + ", which exists");
  record->created_at = Time();
  record->updated_at = Time();
  return std::move(*record);
}

std::vector<Message> sent_to(const std::string& target, const std::vector<Message>& drained) {
  std::vector<Message> list;
  for (const Message& message : drained) {
    if (message.target == target) list.push_back(message);
  }
  return list;
}

void back_off(int n) {
  constexpr int kLongest = 8;
  std::this_thread::sleep_for(std::chrono::microseconds(n < kLongest ? 100 << n : 20'000));
}

}  // namespace ackproof
