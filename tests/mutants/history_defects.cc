// Broken histories and records, and damaged values.
#include <algorithm>
#include <optional>
#include <set>

#include "contract/requirements.h"
#include "contract/rules.h"
#include "tests/mutants/defect.h"
#include "tests/mutants/spoil.h"

namespace ackproof {

namespace {

using Events = Result<std::vector<Event>>;
using Record = Result<std::optional<InstanceInfo>>;

// --- What is read is not what is stored

// Shows another history than the stored one, in turns too.
template <void (*change)(std::vector<Event>&)>
struct ChangesHistories : ForwardingProvider {
  using ForwardingProvider::ForwardingProvider;
  Events read_history(const std::string& instance,
                      std::optional<std::uint64_t> execution) override {
    Events events = inner().read_history(instance, execution);
    if (events) change(events.value());
    return events;
  }
  Result<std::optional<Turn>> fetch_turn(const FetchTurn& options) override {
    auto turn = inner().fetch_turn(options);
    if (turn && turn.value()) change(turn.value()->history);
    return turn;
  }
};

void order_by_text_of_id(std::vector<Event>& events) {
  std::ranges::stable_sort(events, {}, [](const Event& event) { return std::to_string(event.id); });
}
void order_by_timestamp(std::vector<Event>& events) {
  std::ranges::stable_sort(events, {}, &Event::timestamp);
}
void newest_first(std::vector<Event>& events) { std::ranges::reverse(events); }
void first_thousand(std::vector<Event>& events) {
  if (events.size() > 1'000) events.resize(1'000);
}
void without_source(std::vector<Event>& events) {
  for (Event& event : events) event.source_id.reset();
}
void absent_source_is_0(std::vector<Event>& events) {
  for (Event& event : events) event.source_id = event.source_id.value_or(0);
}
void without_engine_version(std::vector<Event>& events) {
  for (Event& event : events) event.engine_version.clear();
}
void whole_seconds(std::vector<Event>& events) {
  for (Event& event : events) {
    event.timestamp = std::chrono::floor<std::chrono::seconds>(event.timestamp);
  }
}
void without_last_payload_byte(std::vector<Event>& events) {
  for (Event& event : events) {
    if (!event.payload.empty()) event.payload.pop_back();
  }
}
// Numbers that went through a double.
void inexact_source(std::vector<Event>& events) {
  for (Event& event : events) {
    if (event.source_id) {
      event.source_id = static_cast<std::uint64_t>(static_cast<double>(*event.source_id));
    }
  }
}
void one_kind(std::vector<Event>& events) {
  for (Event& event : events) event.kind = "Event";
}

// In the order of the acks, and within an ack as given.
struct Arrivals {
  std::map<std::pair<std::string, std::uint64_t>, std::vector<std::uint64_t>> ids;
};
struct ReadsInOrderOfArrival : KnowsTurns<Arrivals> {
  using KnowsTurns::KnowsTurns;
  Result<void> ack_turn(const LockToken& token, const TurnCommit& commit) override {
    const auto turn = turn_of(token);
    const Result<void> answer = inner().ack_turn(token, commit);
    auto arrivals = state();
    if (!answer || !turn) return answer;
    for (const Event& event : commit.events) {
      arrivals->ids[{turn->instance, commit.execution}].push_back(event.id);
    }
    return answer;
  }
  Events read_history(const std::string& instance,
                      std::optional<std::uint64_t> execution) override {
    Events events = inner().read_history(instance, execution);
    const Record info = inner().read_instance(instance);
    if (!events || !info || !info.value()) return events;
    auto arrivals = state();
    const auto& ids = arrivals->ids[{instance, execution.value_or(info.value()->execution)}];
    std::ranges::stable_sort(events.value(), {}, [&](const Event& event) {
      return std::ranges::find(ids, event.id) - ids.begin();
    });
    return events;
  }
};

// Reads another history than the one that was asked for.
template <Events (*read)(Provider&, const std::string&, std::optional<std::uint64_t>)>
struct ReadsAnother : ForwardingProvider {
  using ForwardingProvider::ForwardingProvider;
  Events read_history(const std::string& instance,
                      std::optional<std::uint64_t> execution) override {
    return read(inner(), instance, execution);
  }
};

// The current execution; 0 without one.
std::uint64_t newest_of(Provider& inner, const std::string& instance) {
  const Record info = inner.read_instance(instance);
  return info && info.value() ? info.value()->execution : 0;
}

// A loop over executions stops somewhere, should their number be a very large one.
constexpr std::uint64_t kMostExecutions = 1'000;

Events all_of_them(Provider& inner, const std::string& instance,
                   std::optional<std::uint64_t> execution) {
  if (execution || newest_of(inner, instance) > kMostExecutions) {
    return inner.read_history(instance, execution);
  }
  std::vector<Event> all;
  for (std::uint64_t n = 1; n < newest_of(inner, instance); ++n) {
    const Events part = inner.read_history(instance, n);
    if (part) all.insert(all.end(), part.value().begin(), part.value().end());
  }
  Events last = inner.read_history(instance, std::nullopt);
  if (last) last.value().insert(last.value().begin(), all.begin(), all.end());
  return last;
}
Events last_with_events(Provider& inner, const std::string& instance,
                        std::optional<std::uint64_t> execution) {
  Events events = inner.read_history(instance, execution);
  const std::uint64_t newest = newest_of(inner, instance);
  if (execution || newest > kMostExecutions) return events;
  for (std::uint64_t n = newest; n > 1 && events && events.value().empty(); --n) {
    events = inner.read_history(instance, n - 1);
  }
  return events;
}
Events only_the_current(Provider& inner, const std::string& instance,
                        std::optional<std::uint64_t> execution) {
  const bool is_old = execution && *execution > 0 && *execution < newest_of(inner, instance);
  return is_old ? Events(std::vector<Event>()) : inner.read_history(instance, execution);
}
Events always_the_current(Provider& inner, const std::string& instance,
                          std::optional<std::uint64_t> execution) {
  return inner.read_history(instance, execution == 0 ? execution : std::nullopt);
}
Events the_first_by_default(Provider& inner, const std::string& instance,
                            std::optional<std::uint64_t> execution) {
  return inner.read_history(instance, execution.value_or(1));
}
Events the_current_for_unknown(Provider& inner, const std::string& instance,
                               std::optional<std::uint64_t> execution) {
  const bool is_unknown =
      execution && *execution <= kLargestId && *execution > newest_of(inner, instance);
  return inner.read_history(instance, is_unknown ? std::nullopt : execution);
}
Events unknown_is_not_found(Provider& inner, const std::string& instance,
                            std::optional<std::uint64_t> execution) {
  Events events = inner.read_history(instance, execution);
  if (!events || newest_of(inner, instance) > 0) return events;
  return Error{ErrorKind::not_found, "read_history", "no such instance"};
}
Events unknown_execution_is_not_found(Provider& inner, const std::string& instance,
                                      std::optional<std::uint64_t> execution) {
  Events events = inner.read_history(instance, execution);
  const std::uint64_t newest = newest_of(inner, instance);
  if (!events || newest == 0 || execution.value_or(newest) <= newest) return events;
  return Error{ErrorKind::not_found, "read_history", "no such execution"};
}
Events undecodable_is_empty(Provider& inner, const std::string& instance,
                            std::optional<std::uint64_t> execution) {
  Events events = inner.read_history(instance, execution);
  const bool is_corrupt = !events && events.error().kind == ErrorKind::corrupt;
  return is_corrupt ? Events(std::vector<Event>()) : events;
}
Events undecodable_is_internal(Provider& inner, const std::string& instance,
                               std::optional<std::uint64_t> execution) {
  Events events = inner.read_history(instance, execution);
  if (events || events.error().kind != ErrorKind::corrupt) return events;
  return Error{ErrorKind::internal, "read_history", "parse error"};
}
Events undecodable_spreads(Provider& inner, const std::string& instance,
                           std::optional<std::uint64_t> execution) {
  const std::uint64_t newest = std::min(newest_of(inner, instance), kMostExecutions);
  for (std::uint64_t n = 1; n <= newest; ++n) {
    const Events events = inner.read_history(instance, n);
    if (!events) return events;
  }
  return inner.read_history(instance, execution);
}

// --- What is stored is not what was given

// Looks at a commit together with its turn, before the ack.
template <std::optional<Error> (*change)(Provider&, const Turn&, TurnCommit&)>
struct ChangesCommitsOfTurns : KnowsTurns<> {
  using KnowsTurns::KnowsTurns;
  Result<void> ack_turn(const LockToken& token, const TurnCommit& commit) override {
    const auto turn = turn_of(token);
    if (!turn) return inner().ack_turn(token, commit);
    TurnCommit changed = commit;
    if (const std::optional<Error> error = change(inner(), *turn, changed)) return *error;
    return inner().ack_turn(token, changed);
  }
};

Error refusal(ErrorKind kind, const char* message) { return {kind, "ack_turn", message}; }

std::uint64_t last_id(Provider& inner, const std::string& instance, std::uint64_t execution) {
  const Events events = inner.read_history(instance, execution);
  return events && !events.value().empty() ? events.value().back().id : 0;
}

std::optional<Error> close_gaps(Provider& inner, const Turn& turn, TurnCommit& commit) {
  std::uint64_t last = last_id(inner, turn.instance, commit.execution);
  for (Event& event : commit.events) {
    if (event.id > last + 1 && event.id <= kLargestId) event.id = last + 1;
    last = event.id;
  }
  return std::nullopt;
}
std::optional<Error> refuse_gaps(Provider& inner, const Turn& turn, TurnCommit& commit) {
  std::uint64_t last = last_id(inner, turn.instance, commit.execution);
  for (const Event& event : commit.events) {
    if (event.id > last + 1) return refusal(ErrorKind::invalid, "a gap in the history");
    last = event.id;
  }
  return std::nullopt;
}
std::optional<Error> refuse_disorder(Provider& inner, const Turn& turn, TurnCommit& commit) {
  std::uint64_t last = last_id(inner, turn.instance, commit.execution);
  for (const Event& event : commit.events) {
    if (event.id < last) return refusal(ErrorKind::invalid, "the events are out of order");
    last = event.id;
  }
  return std::nullopt;
}
std::optional<Error> refuse_ids_of_other_executions(Provider& inner, const Turn& turn,
                                                    TurnCommit& commit) {
  const std::uint64_t newest = std::min(newest_of(inner, turn.instance), kMostExecutions);
  for (std::uint64_t n = 1; n <= newest; ++n) {
    const Events stored = inner.read_history(turn.instance, n);
    if (!stored) continue;
    for (const Event& event : commit.events) {
      const bool is_there =
          std::ranges::find(stored.value(), event.id, &Event::id) != stored.value().end();
      if (is_there) return refusal(ErrorKind::conflict, "the event is there already");
    }
  }
  return std::nullopt;
}
std::optional<Error> refuse_second_answers(Provider&, const Turn&, TurnCommit& commit) {
  std::set<std::uint64_t> sources;
  for (const Event& event : commit.events) {
    if (event.source_id && !sources.insert(*event.source_id).second) {
      return refusal(ErrorKind::conflict, "the source has been answered");
    }
  }
  return std::nullopt;
}
std::optional<Error> drop_unknown_kinds(Provider&, const Turn&, TurnCommit& commit) {
  static const std::set<std::string> known = {
      "OrchestrationStarted", "OrchestrationCompleted", "OrchestrationFailed", "ActivityScheduled",
      "ActivityCompleted",    "ActivityFailed",         "TimerCreated",        "TimerFired",
      "ExternalSubscribed",   "ExternalRaised",         "ContinuedAsNew"};
  std::erase_if(commit.events, [&](const Event& event) { return !known.contains(event.kind); });
  return std::nullopt;
}
std::optional<Error> store_with_the_turn(Provider&, const Turn& turn, TurnCommit& commit) {
  commit.execution = turn.execution;
  return std::nullopt;
}
std::optional<Error> drop_unfounded_answers(Provider&, const Turn& turn, TurnCommit& commit) {
  std::erase_if(commit.events, [&](const Event& event) {
    const auto is_source = [&](const Event& other) { return other.id == event.source_id; };
    return event.source_id && std::ranges::none_of(turn.history, is_source) &&
           std::ranges::none_of(commit.events, is_source);
  });
  return std::nullopt;
}

bool is_status(Status status) { return status <= Status::continued_as_new; }
void drop_unknown_status(TurnCommit& commit) {
  if (commit.metadata.status && !is_status(*commit.metadata.status)) commit.metadata.status.reset();
}
void unknown_status_is_failed(TurnCommit& commit) {
  if (commit.metadata.status && !is_status(*commit.metadata.status)) {
    commit.metadata.status = Status::failed;
  }
}
template <Status from, Status to>
void one_status_for_another(TurnCommit& commit) {
  if (commit.metadata.status == from) commit.metadata.status = to;
}

template <Status status>
struct RefusesStatus : ForwardingProvider {
  using ForwardingProvider::ForwardingProvider;
  Result<void> ack_turn(const LockToken& token, const TurnCommit& commit) override {
    if (commit.metadata.status == status) return refusal(ErrorKind::invalid, "no such status");
    return inner().ack_turn(token, commit);
  }
};

// --- HIST_4: records that nobody asked for

struct Enqueued {
  std::map<std::string, std::string> names;  // By instance.
};
template <bool by_messages>
struct EnqueueingCreates : Sharing<Enqueued> {
  using Sharing::Sharing;
  Result<void> enqueue_message(const Message& message, Duration delay) override {
    const Result<void> answer = inner().enqueue_message(message, delay);
    if (answer && by_messages) state()->names[message.target] = message.name.value_or("unknown");
    return answer;
  }
  Result<void> enqueue_activity(const Activity& activity) override {
    const Result<void> answer = inner().enqueue_activity(activity);
    if (answer && !by_messages) state()->names[activity.instance] = "unknown";
    return answer;
  }
  Record read_instance(const std::string& instance) override {
    Record record = inner().read_instance(instance);
    auto enqueued = state();
    if (!record || record.value() || !enqueued->names.contains(instance)) return record;
    return std::optional(InstanceInfo{.instance = instance, .name = enqueued->names[instance]});
  }
};

// --- HIST_6

template <void (*change)(InstanceInfo&)>
struct ChangesRecords : ForwardingProvider {
  using ForwardingProvider::ForwardingProvider;
  Record read_instance(const std::string& instance) override {
    Record info = inner().read_instance(instance);
    if (info && info.value()) change(*info.value());
    return info;
  }
};

void never_updated(InstanceInfo& info) { info.updated_at = info.created_at; }
void created_moves(InstanceInfo& info) { info.created_at = info.updated_at; }
void no_times(InstanceInfo& info) { info.created_at = info.updated_at = Time(); }
void times_in_seconds(InstanceInfo& info) {
  info.created_at = std::chrono::floor<std::chrono::seconds>(info.created_at);
  info.updated_at = std::chrono::floor<std::chrono::seconds>(info.updated_at);
}
void no_name(InstanceInfo& info) { info.name.clear(); }
void no_version(InstanceInfo& info) { info.version.reset(); }
void empty_version(InstanceInfo& info) { info.version = info.version.value_or(""); }
void no_parent(InstanceInfo& info) { info.parent.reset(); }
void no_output(InstanceInfo& info) { info.output.reset(); }
void output_only_when_completed(InstanceInfo& info) {
  if (info.status != Status::completed) info.output.reset();
}
void empty_output_is_none(InstanceInfo& info) {
  if (info.output && info.output->empty()) info.output.reset();
}
void always_running(InstanceInfo& info) { info.status = Status::running; }
void always_the_first(InstanceInfo& info) { info.execution = 1; }

struct UnknownIsNotFound : ForwardingProvider {
  using ForwardingProvider::ForwardingProvider;
  Record read_instance(const std::string& instance) override {
    Record info = inner().read_instance(instance);
    if (!info || info.value()) return info;
    return Error{ErrorKind::not_found, "read_instance", "no such instance"};
  }
};

struct UnknownIsBlank : ForwardingProvider {
  using ForwardingProvider::ForwardingProvider;
  Record read_instance(const std::string& instance) override {
    Record info = inner().read_instance(instance);
    if (!info || info.value()) return info;
    return std::optional(InstanceInfo{.instance = instance});
  }
};

// The record's times are the machine's, whatever clock the store goes by.
struct MachineTimes {
  std::map<std::string, std::pair<Time, Time>> of;  // By instance.
};
struct RecordsMachineTime : KnowsTurns<MachineTimes> {
  using KnowsTurns::KnowsTurns;
  Result<void> ack_turn(const LockToken& token, const TurnCommit& commit) override {
    const auto turn = turn_of(token);
    const Result<void> answer = inner().ack_turn(token, commit);
    auto times = state();
    if (!answer || !turn) return answer;
    const Time now = SystemClock().now();
    times->of.try_emplace(turn->instance, now, now).first->second.second = now;
    return answer;
  }
  Record read_instance(const std::string& instance) override {
    Record info = inner().read_instance(instance);
    auto times = state();
    if (info && info.value()) {
      std::tie(info.value()->created_at, info.value()->updated_at) = times->of[instance];
    }
    return info;
  }
};

// Fetching counts as an update.
struct Fetches {
  std::map<std::string, Time> last;  // By instance.
};
struct FetchUpdates : Sharing<Fetches> {
  using Sharing::Sharing;
  Result<std::optional<Turn>> fetch_turn(const FetchTurn& options) override {
    auto turn = inner().fetch_turn(options);
    if (turn && turn.value()) state()->last[turn.value()->instance] = turn.value()->now;
    return turn;
  }
  Record read_instance(const std::string& instance) override {
    Record info = inner().read_instance(instance);
    if (info && info.value()) {
      Time& updated_at = info.value()->updated_at;
      updated_at = std::max(updated_at, state()->last[instance]);
    }
    return info;
  }
};

// --- TEXT_1: ids that count as equal

bool is_id(const std::string& text) {
  return !text.empty() && text.size() <= kLongestId && rules::is_text(text);
}

struct Spellings {
  std::map<std::string, std::string> first;  // By what ids are compared by.
};

// Two ids with the same `key` are one: the one that came first.
template <std::string (*key)(const std::string&)>
struct ConfusesIds : Sharing<Spellings> {
  using Sharing::Sharing;
  Result<void> enqueue_message(const Message& message, Duration delay) override {
    return inner().enqueue_message(respelled(message), delay);
  }
  Result<void> enqueue_activity(const Activity& activity) override {
    return inner().enqueue_activity(respelled(activity));
  }
  Result<void> ack_turn(const LockToken& token, const TurnCommit& commit) override {
    TurnCommit changed = commit;
    for (Message& message : changed.messages) message = respelled(message);
    for (Activity& activity : changed.activities) activity = respelled(activity);
    for (ActivityKey& cancelled : changed.cancelled)
      cancelled.instance = spelled(cancelled.instance);
    return inner().ack_turn(token, changed);
  }
  Result<void> ack_activity(const LockToken& token,
                            const std::optional<Message>& completion) override {
    return inner().ack_activity(token,
                                completion ? std::optional(respelled(*completion)) : std::nullopt);
  }
  Events read_history(const std::string& instance,
                      std::optional<std::uint64_t> execution) override {
    return inner().read_history(spelled(instance), execution);
  }
  Record read_instance(const std::string& instance) override {
    return inner().read_instance(spelled(instance));
  }

 private:
  std::string spelled(const std::string& id) {
    return is_id(id) ? state()->first.try_emplace(key(id), id).first->second : id;
  }
  Message respelled(Message message) {
    message.target = spelled(message.target);
    return message;
  }
  Activity respelled(Activity activity) {
    activity.instance = spelled(activity.instance);
    return activity;
  }
};

std::string without_case(const std::string& id) {
  std::string key = id;
  for (char& c : key) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return key;
}
std::string without_trailing_spaces(const std::string& id) {
  return id.substr(0, id.find_last_not_of(' ') + 1);
}
std::string without_leading_spaces(const std::string& id) {
  return id.substr(std::min(id.find_first_not_of(' '), id.size()));
}
std::string replaced(std::string text, const std::string& what, const std::string& by) {
  for (std::size_t at = 0; (at = text.find(what, at)) != std::string::npos; at += by.size()) {
    text.replace(at, what.size(), by);
  }
  return text;
}
// Enough of normalising for the letter that everybody takes as an example.
std::string in_normal_form(const std::string& id) { return replaced(id, "e\u0301", "\u00e9"); }
std::string as_file_name(const std::string& id) {
  std::string key = id;
  for (char& c : key) {
    if (c == '/' || c == '\\' || c == ':' || c == '*' || c == '?' || c == '%' || c == '"') c = '_';
  }
  return key;
}
std::string first_255_bytes(const std::string& id) { return id.substr(0, 255); }

// What is unknown is looked up as the beginning of a longer id.
struct Known {
  std::set<std::string> ids;
};
struct FindsLongerIds : Sharing<Known> {
  using Sharing::Sharing;
  Result<void> enqueue_message(const Message& message, Duration delay) override {
    state()->ids.insert(message.target);
    return inner().enqueue_message(message, delay);
  }
  Events read_history(const std::string& instance,
                      std::optional<std::uint64_t> execution) override {
    return inner().read_history(found(instance), execution);
  }
  Record read_instance(const std::string& instance) override {
    return inner().read_instance(found(instance));
  }

 private:
  std::string found(const std::string& id) {
    const Record info = inner().read_instance(id);
    if (!info || info.value()) return id;
    auto known = state();
    for (const std::string& longer : known->ids) {
      if (longer.starts_with(id) && newest_of(inner(), longer) > 0) return longer;
    }
    return id;
  }
};

// Cancelling looks for instances by the beginning of their id.
struct CancelsByPrefix : ForwardingProvider {
  using ForwardingProvider::ForwardingProvider;
  Result<void> ack_turn(const LockToken& token, const TurnCommit& commit) override {
    const Result<void> answer = inner().ack_turn(token, commit);
    if (!answer || commit.cancelled.empty()) return answer;
    std::vector<LockedActivity> others;
    while (auto locked = inner().fetch_activity({}).value()) {
      const Activity& activity = locked->activity;
      const bool is_hit = std::ranges::any_of(commit.cancelled, [&](const ActivityKey& key) {
        return activity.instance.starts_with(key.instance) && activity.execution == key.execution &&
               activity.id == key.id;
      });
      if (is_hit) {
        (void)inner().ack_activity(locked->token, std::nullopt);
      } else {
        others.push_back(*locked);
      }
    }
    for (const LockedActivity& other : others) {
      (void)inner().abandon_activity(other.token, {.ignore_attempt = true});
    }
    return answer;
  }
};

// --- TEXT_1: values that come back changed

enum class Place : std::uint8_t { payloads, names };

// Changes what is stored, wherever it comes in.
template <Place place, std::string (*change)(const std::string&)>
struct DamagesText : ForwardingProvider {
  using ForwardingProvider::ForwardingProvider;
  Result<void> enqueue_message(const Message& message, Duration delay) override {
    return inner().enqueue_message(damaged(message), delay);
  }
  Result<void> enqueue_activity(const Activity& activity) override {
    return inner().enqueue_activity(damaged(activity));
  }
  Result<void> ack_turn(const LockToken& token, const TurnCommit& commit) override {
    TurnCommit changed = commit;
    for (Event& event : changed.events) {
      damage(event.payload, Place::payloads);
      damage(event.kind, Place::names);
    }
    for (Message& message : changed.messages) message = damaged(message);
    for (Activity& activity : changed.activities) activity = damaged(activity);
    if (changed.metadata.output) damage(*changed.metadata.output, Place::payloads);
    if (changed.metadata.name) damage(*changed.metadata.name, Place::names);
    return inner().ack_turn(token, changed);
  }
  Result<void> ack_activity(const LockToken& token,
                            const std::optional<Message>& completion) override {
    return inner().ack_activity(token,
                                completion ? std::optional(damaged(*completion)) : std::nullopt);
  }

 private:
  static void damage(std::string& text, Place where) {
    const bool is_legal = where == Place::payloads || is_id(text);
    if (where == place && is_legal) text = change(text);
  }
  static Message damaged(Message message) {
    damage(message.payload, Place::payloads);
    if (message.name) damage(*message.name, Place::names);
    return message;
  }
  static Activity damaged(Activity activity) {
    damage(activity.payload, Place::payloads);
    damage(activity.name, Place::names);
    return activity;
  }
};

std::string up_to_nul(const std::string& text) { return text.substr(0, text.find('\0')); }
std::string as_utf_8(const std::string& text) {
  if (rules::is_text(text)) return text;
  std::string changed = text;
  for (char& c : changed) {
    if (static_cast<unsigned char>(c) >= 0x80) c = '?';
  }
  return changed;
}
std::string with_unix_lines(const std::string& text) { return replaced(text, "\r\n", "\n"); }
std::string without_final_spaces(const std::string& text) {
  return text.substr(0, text.find_last_not_of(" \n\t\r") + 1);
}
std::string quotes_doubled(const std::string& text) { return replaced(text, "'", "''"); }
std::string backslashes_taken(const std::string& text) { return replaced(text, "\\", ""); }
// Characters of four bytes do not fit in a column of three.
std::string up_to_three_bytes(const std::string& text) {
  std::string changed;
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (static_cast<unsigned char>(text[at]) < 0xF0) {
      changed.push_back(text[at]);
    } else {
      changed.push_back('?');
      at += std::min<std::size_t>(3, text.size() - at - 1);
    }
  }
  return changed;
}
std::string compact_json(const std::string& text) {
  const bool is_json = text.starts_with('{') || text.starts_with('[');
  return is_json ? replaced(replaced(text, ": ", ":"), ", ", ",") : text;
}

// --- TEXT_2: takes too little

// Declares smaller limits, and keeps to them.
template <void (*lower)(Limits&)>
struct TakesLess : KnowsTurns<> {
  using KnowsTurns::KnowsTurns;
  Description describe() const override {
    Description description = KnowsTurns::describe();
    lower(description.capabilities.limits);
    return description;
  }
  Result<void> enqueue_message(const Message& message, Duration delay) override {
    if (auto refusal = rules::enqueue_message(offered(), message, delay)) return *refusal;
    return inner().enqueue_message(message, delay);
  }
  Result<void> enqueue_activity(const Activity& activity) override {
    if (auto refusal = rules::enqueue_activity(offered(), activity)) return *refusal;
    return inner().enqueue_activity(activity);
  }
  Result<std::optional<Turn>> fetch_turn(const FetchTurn& options) override {
    FetchTurn changed = options;
    changed.lock_timeout = at_least(options.lock_timeout);
    return KnowsTurns::fetch_turn(changed);
  }
  Result<std::optional<LockedActivity>> fetch_activity(const FetchActivity& options) override {
    FetchActivity changed = options;
    changed.lock_timeout = at_least(options.lock_timeout);
    return inner().fetch_activity(changed);
  }
  Result<void> ack_turn(const LockToken& token, const TurnCommit& commit) override {
    if (auto refusal = rules::ack_turn(offered(), commit)) return *refusal;
    if (const auto turn = turn_of(token)) {
      const Events stored = inner().read_history(turn->instance, commit.execution);
      const std::size_t present = stored ? stored.value().size() : 0;
      if (present + commit.events.size() > offered().limits.history_events) {
        return refusal(ErrorKind::invalid, "too many events");
      }
    }
    return inner().ack_turn(token, commit);
  }
  Result<void> ack_activity(const LockToken& token,
                            const std::optional<Message>& completion) override {
    if (auto refusal = rules::ack_activity(offered(), completion)) return *refusal;
    return inner().ack_activity(token, completion);
  }
  Events read_history(const std::string& instance,
                      std::optional<std::uint64_t> execution) override {
    if (auto refusal = rules::read("read_history", offered(), instance)) return *refusal;
    return inner().read_history(instance, execution);
  }
  Record read_instance(const std::string& instance) override {
    if (auto refusal = rules::read("read_instance", offered(), instance)) return *refusal;
    return inner().read_instance(instance);
  }

 private:
  Capabilities offered() const {
    Capabilities capabilities = KnowsTurns::describe().capabilities;
    lower(capabilities.limits);
    return capabilities;
  }
  Duration at_least(Duration asked) const {
    const Duration smallest = offered().limits.smallest_lock;
    return asked > Duration(0) ? std::max(asked, smallest) : asked;
  }
};

void payload_of_64_kib(Limits& limits) { limits.payload_bytes = 64U << 10U; }
void ids_of_255_bytes(Limits& limits) { limits.id_bytes = 255; }
void history_of_1000(Limits& limits) { limits.history_events = 1'000; }
void commits_of_100(Limits& limits) { limits.commit_items = 100; }
void locks_of_5_seconds(Limits& limits) { limits.smallest_lock = std::chrono::seconds(5); }

// The same refusals without a word in the description.
template <void (*lower)(Limits&)>
struct TakesLessThanItSays : TakesLess<lower> {
  using TakesLess<lower>::TakesLess;
  Description describe() const override {
    Description description = TakesLess<lower>::describe();
    description.capabilities.limits = ForwardingProvider::describe().capabilities.limits;
    return description;
  }
};

}  // namespace

std::span<const Defect> history_defects() {
  static const std::vector<Defect> rows = {
      {"read_without_execution_gives_all_executions", requirement("HIST_1"),
       "Without an execution id the histories of all executions come in a row.",
       spoil_with<ReadsAnother<all_of_them>>},
      {"read_skips_executions_without_events", requirement("HIST_1"),
       "Without an execution id the last execution that has events is read.",
       spoil_with<ReadsAnother<last_with_events>>},
      {"old_histories_cannot_be_read", requirement("HIST_1"),
       "The history of an earlier execution is empty.", spoil_with<ReadsAnother<only_the_current>>},
      {"execution_id_is_ignored_in_reads", requirement("HIST_1"),
       "Whatever the execution id, the current execution is read.",
       spoil_with<ReadsAnother<always_the_current>>},
      {"read_without_execution_gives_the_first", requirement("HIST_1"),
       "Without an execution id execution 1 is read.",
       spoil_with<ReadsAnother<the_first_by_default>>},

      {"history_of_unknown_instance_is_not_found", requirement("HIST_2"),
       "Reading the history of an unknown instance fails.",
       spoil_with<ReadsAnother<unknown_is_not_found>>},
      {"history_of_unknown_execution_is_not_found", requirement("HIST_2"),
       "Reading the history of an unknown execution fails.",
       spoil_with<ReadsAnother<unknown_execution_is_not_found>>},
      {"history_of_unknown_execution_is_the_current", requirement("HIST_2"),
       "For an unknown execution the current one is read.",
       spoil_with<ReadsAnother<the_current_for_unknown>>},
      {"undecodable_history_is_empty", requirement("HIST_2"),
       "Undecodable events are left out of a read.",
       spoil_with<ReadsAnother<undecodable_is_empty>>},
      {"undecodable_history_is_internal", requirement("HIST_2"),
       "Reading undecodable history is an internal error.",
       spoil_with<ReadsAnother<undecodable_is_internal>>},
      {"undecodable_execution_spoils_the_others", requirement("HIST_2"),
       "One undecodable execution makes all of the instance's histories corrupt.",
       spoil_with<ReadsAnother<undecodable_spreads>>},

      {"events_come_by_the_text_of_their_id", requirement("HIST_3"),
       "Event 10 comes before event 2.", spoil_with<ChangesHistories<order_by_text_of_id>>},
      {"events_come_in_order_of_arrival", requirement("HIST_3"),
       "Events are read in the order in which they were committed.",
       spoil_sharing<ReadsInOrderOfArrival>},
      {"newest_event_comes_first", requirement("HIST_3"), "A history is read backwards.",
       spoil_with<ChangesHistories<newest_first>>},
      {"event_loses_its_source", requirement("HIST_3"), "Source ids are not stored.",
       spoil_with<ChangesHistories<without_source>>},
      {"absent_source_comes_back_as_0", requirement("HIST_3"),
       "An event without a source id gets the source id 0.",
       spoil_with<ChangesHistories<absent_source_is_0>>},
      {"large_source_id_is_inexact", requirement("HIST_3"), "Source ids above 2^53 are rounded.",
       spoil_with<ChangesHistories<inexact_source>>},
      {"event_loses_its_engine_version", requirement("HIST_3"), "Engine versions are not stored.",
       spoil_with<ChangesHistories<without_engine_version>>},
      {"event_time_is_in_seconds", requirement("HIST_3"), "Timestamps lose their milliseconds.",
       spoil_with<ChangesHistories<whole_seconds>>},
      {"event_payload_is_a_byte_short", requirement("HIST_3"),
       "An event's payload loses its last byte.",
       spoil_with<ChangesHistories<without_last_payload_byte>>},
      {"event_kind_is_lost", requirement("HIST_3"), "All events are of one kind.",
       spoil_with<ChangesHistories<one_kind>>},

      {"message_creates_a_record", requirement("HIST_4"),
       "An instance has a record once a message was enqueued for it.",
       spoil_sharing<EnqueueingCreates<true>>},
      {"activity_creates_a_record", requirement("HIST_4"),
       "An instance has a record once an activity was enqueued for it.",
       spoil_sharing<EnqueueingCreates<false>>},

      {"gaps_between_events_are_closed", requirement("HIST_5"), "Events are numbered without gaps.",
       spoil_sharing<ChangesCommitsOfTurns<close_gaps>>},
      {"gap_between_events_is_refused", requirement("HIST_5"),
       "An event id that is not the next one is invalid.",
       spoil_sharing<ChangesCommitsOfTurns<refuse_gaps>>},
      {"disorder_of_events_is_refused", requirement("HIST_5"),
       "An event id lower than one before it is invalid.",
       spoil_sharing<ChangesCommitsOfTurns<refuse_disorder>>},
      {"event_id_is_unique_in_the_instance", requirement("HIST_5"),
       "An event id of another execution is a conflict.",
       spoil_sharing<ChangesCommitsOfTurns<refuse_ids_of_other_executions>>},
      {"second_answer_to_a_source_is_refused", requirement("HIST_5"),
       "Two events with one source id are a conflict.",
       spoil_sharing<ChangesCommitsOfTurns<refuse_second_answers>>},
      {"event_of_unknown_kind_is_dropped", requirement("HIST_5"),
       "Events of a kind that the provider does not know are not stored.",
       spoil_sharing<ChangesCommitsOfTurns<drop_unknown_kinds>>},
      {"event_of_unknown_source_is_dropped", requirement("HIST_5"),
       "Events whose source is not in the history are not stored.",
       spoil_sharing<ChangesCommitsOfTurns<drop_unfounded_answers>>},
      {"events_go_to_the_turns_execution", requirement("HIST_5"),
       "Events are stored with the execution of the turn, whatever the commit says.",
       spoil_sharing<ChangesCommitsOfTurns<store_with_the_turn>>},
      {"events_come_by_their_time", requirement("HIST_5"),
       "A history is ordered by the engine's timestamps.",
       spoil_with<ChangesHistories<order_by_timestamp>>},

      {"record_is_never_updated", requirement("HIST_6"),
       "The updated time is that of the creation.", spoil_with<ChangesRecords<never_updated>>},
      {"creation_time_moves", requirement("HIST_6"), "The created time is that of the last ack.",
       spoil_with<ChangesRecords<created_moves>>},
      {"record_has_no_times", requirement("HIST_6"), "Both times are 0.",
       spoil_with<ChangesRecords<no_times>>},
      {"record_times_are_in_seconds", requirement("HIST_6"), "Both times lose their milliseconds.",
       spoil_with<ChangesRecords<times_in_seconds>>},
      {"record_times_are_the_machines", requirement("HIST_6"),
       "Both times are taken from the machine's clock.", spoil_sharing<RecordsMachineTime>},
      {"fetch_updates_the_record", requirement("HIST_6"),
       "The updated time is also that of a fetch.", spoil_sharing<FetchUpdates>},
      {"record_has_no_name", requirement("HIST_6"), "The name is not read.",
       spoil_with<ChangesRecords<no_name>>},
      {"record_has_no_version", requirement("HIST_6"), "The version is not read.",
       spoil_with<ChangesRecords<no_version>>},
      {"absent_version_is_empty", requirement("HIST_6"),
       "An absent version is read as an empty one.", spoil_with<ChangesRecords<empty_version>>},
      {"record_has_no_parent", requirement("HIST_6"), "The parent is not read.",
       spoil_with<ChangesRecords<no_parent>>},
      {"record_has_no_output", requirement("HIST_6"), "The output is not read.",
       spoil_with<ChangesRecords<no_output>>},
      {"only_completed_have_an_output", requirement("HIST_6"),
       "The output is read only of completed executions.",
       spoil_with<ChangesRecords<output_only_when_completed>>},
      {"empty_output_is_absent", requirement("HIST_6"), "An empty output is read as an absent one.",
       spoil_with<ChangesRecords<empty_output_is_none>>},
      {"record_is_always_running", requirement("HIST_6"), "Every instance is said to be running.",
       spoil_with<ChangesRecords<always_running>>},
      {"record_is_always_of_execution_1", requirement("HIST_6"),
       "The current execution is said to be 1.", spoil_with<ChangesRecords<always_the_first>>},
      {"record_of_unknown_instance_is_not_found", requirement("HIST_6"),
       "Reading an unknown instance fails.", spoil_with<UnknownIsNotFound>},
      {"record_of_unknown_instance_is_blank", requirement("HIST_6"),
       "An unknown instance has an empty record.", spoil_with<UnknownIsBlank>},

      {"unknown_status_is_ignored", requirement("HIST_7"),
       "A commit with a status out of range succeeds without it.",
       spoil_with<ChangesCommits<drop_unknown_status>>},
      {"unknown_status_is_failed", requirement("HIST_7"), "A status out of range becomes Failed.",
       spoil_with<ChangesCommits<unknown_status_is_failed>>},
      {"continued_is_stored_as_completed", requirement("HIST_7"),
       "ContinuedAsNew becomes Completed.",
       spoil_with<
           ChangesCommits<one_status_for_another<Status::continued_as_new, Status::completed>>>},
      {"failed_is_stored_as_completed", requirement("HIST_7"), "Failed becomes Completed.",
       spoil_with<ChangesCommits<one_status_for_another<Status::failed, Status::completed>>>},
      {"running_is_no_status", requirement("HIST_7"), "A commit that says Running is invalid.",
       spoil_with<RefusesStatus<Status::running>>},
      {"continued_as_new_is_no_status", requirement("HIST_7"),
       "A commit that says ContinuedAsNew is invalid.",
       spoil_with<RefusesStatus<Status::continued_as_new>>},

      {"ids_are_compared_without_case", requirement("TEXT_1"),
       "Instances whose ids differ in letter case are one.",
       spoil_sharing<ConfusesIds<without_case>>},
      {"ids_are_compared_without_trailing_spaces", requirement("TEXT_1"),
       "Instances whose ids differ in spaces at the end are one.",
       spoil_sharing<ConfusesIds<without_trailing_spaces>>},
      {"ids_are_compared_without_leading_spaces", requirement("TEXT_1"),
       "Instances whose ids differ in spaces at the beginning are one.",
       spoil_sharing<ConfusesIds<without_leading_spaces>>},
      {"ids_are_compared_in_normal_form", requirement("TEXT_1"),
       "Instances whose ids differ in Unicode's normal form are one.",
       spoil_sharing<ConfusesIds<in_normal_form>>},
      {"ids_are_compared_as_file_names", requirement("TEXT_1"),
       "Instances whose ids differ in characters that file names cannot have are one.",
       spoil_sharing<ConfusesIds<as_file_name>>},
      {"long_ids_are_compared_by_255_bytes", requirement("TEXT_1"),
       "Instances whose ids differ only behind the 255th byte are one.",
       spoil_sharing<ConfusesIds<first_255_bytes>>},
      {"unknown_id_is_found_as_a_prefix", requirement("TEXT_1"),
       "Reading an unknown instance reads one whose id begins like that.",
       spoil_sharing<FindsLongerIds>},
      {"cancellation_takes_longer_ids_along", requirement("TEXT_1"),
       "Cancelling also hits instances whose id begins like the one that is meant.",
       spoil_with<CancelsByPrefix>},
      {"payload_ends_at_nul", requirement("TEXT_1"), "A payload is cut at its first zero byte.",
       spoil_with<DamagesText<Place::payloads, up_to_nul>>},
      {"payload_becomes_utf_8", requirement("TEXT_1"),
       "Payloads that are not valid UTF-8 get question marks.",
       spoil_with<DamagesText<Place::payloads, as_utf_8>>},
      {"payload_gets_unix_lines", requirement("TEXT_1"),
       "Carriage returns before line feeds are dropped from payloads.",
       spoil_with<DamagesText<Place::payloads, with_unix_lines>>},
      {"payload_is_trimmed", requirement("TEXT_1"),
       "White space at the end of a payload is dropped.",
       spoil_with<DamagesText<Place::payloads, without_final_spaces>>},
      {"payload_is_taken_for_json", requirement("TEXT_1"),
       "A payload that looks like JSON is written anew.",
       spoil_with<DamagesText<Place::payloads, compact_json>>},
      {"name_is_escaped_twice", requirement("TEXT_1"), "Quotes in names are doubled.",
       spoil_with<DamagesText<Place::names, quotes_doubled>>},
      {"name_loses_backslashes", requirement("TEXT_1"), "Backslashes in names are dropped.",
       spoil_with<DamagesText<Place::names, backslashes_taken>>},
      {"name_has_three_byte_characters", requirement("TEXT_1"),
       "Characters of four bytes in names become question marks.",
       spoil_with<DamagesText<Place::names, up_to_three_bytes>>},
      {"name_is_trimmed", requirement("TEXT_1"), "White space at the end of a name is dropped.",
       spoil_with<DamagesText<Place::names, without_final_spaces>>},

      {"history_ends_after_1000_events", requirement("TEXT_2"),
       "Only the first page of a history is read.", spoil_with<ChangesHistories<first_thousand>>},
      {"payload_of_64_kib_at_most", requirement("TEXT_2"), "Declares and takes 64 KiB at most.",
       spoil_sharing<TakesLess<payload_of_64_kib>>},
      {"ids_of_255_bytes_at_most", requirement("TEXT_2"), "Declares and takes ids of 255 bytes.",
       spoil_sharing<TakesLess<ids_of_255_bytes>>},
      {"history_of_1000_events_at_most", requirement("TEXT_2"),
       "Declares and takes 1,000 events of an execution.",
       spoil_sharing<TakesLess<history_of_1000>>},
      {"commits_of_100_items_at_most", requirement("TEXT_2"),
       "Declares and takes 100 items of a commit.", spoil_sharing<TakesLess<commits_of_100>>},
      {"locks_of_5_seconds_at_least", requirement("TEXT_2"),
       "Declares and honours 5 seconds as the shortest lock timeout.",
       spoil_sharing<TakesLess<locks_of_5_seconds>>},
      {"payload_of_64_kib_at_most_unsaid", requirement("TEXT_2"),
       "Refuses larger payloads than 64 KiB, against its description.",
       spoil_sharing<TakesLessThanItSays<payload_of_64_kib>>},
      {"ids_of_255_bytes_at_most_unsaid", requirement("TEXT_2"),
       "Refuses longer ids than 255 bytes, against its description.",
       spoil_sharing<TakesLessThanItSays<ids_of_255_bytes>>},
      {"history_of_1000_events_at_most_unsaid", requirement("TEXT_2"),
       "Refuses more events than 1,000, against its description.",
       spoil_sharing<TakesLessThanItSays<history_of_1000>>},
      {"commits_of_100_items_at_most_unsaid", requirement("TEXT_2"),
       "Refuses larger commits than 100 items, against its description.",
       spoil_sharing<TakesLessThanItSays<commits_of_100>>},
  };
  return rows;
}

}  // namespace ackproof
