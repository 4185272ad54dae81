// Providers whose fetch of a turn breaks a clause of TURN.
#include <algorithm>
#include <chrono>
#include <set>

#include "contract/requirements.h"
#include "tests/mutants/defect.h"
#include "tests/mutants/spoil.h"

namespace ackproof {

namespace {

Error refusal(ErrorKind kind, const char* operation, const char* why) {
  return {kind, operation, why};
}

bool is_start(const Message& message) { return message.is_start(); }
bool is_undecodable(const Message& message) { return message.error.has_value(); }

const Message* start_of(const Turn& turn) {
  const auto start = std::ranges::find_if(turn.messages, is_start);
  return start == turn.messages.end() ? nullptr : &*start;
}

// Gives some turns back, for good or for a moment, and answers in their place.
template <bool (*is_refused)(const Turn&), ErrorKind kind>
struct RefusesTurns : ForwardingProvider {
  using ForwardingProvider::ForwardingProvider;
  Result<std::optional<Turn>> fetch_turn(const FetchTurn& options) override {
    Result<std::optional<Turn>> turn = inner().fetch_turn(options);
    if (!turn || !turn.value() || !is_refused(*turn.value())) return turn;
    unfetch(inner(), *turn.value());
    return refusal(kind, "fetch_turn", "the row cannot be decoded");
  }
};

// --- TURN_1

struct Handed {
  std::set<std::string> free_again;  // Tokens of turns that were acked or abandoned.
  std::optional<Turn> last;
  std::uint64_t count = 0;
};

// Selects a candidate, and locks it without looking again.
struct RacingFetchersGetOneTurn : Sharing<Handed> {
  using Sharing::Sharing;
  Result<std::optional<Turn>> fetch_turn(const FetchTurn& options) override {
    const std::uint64_t count = state()->count;
    linger();
    auto handed = state();
    if (handed->count != count) return handed->last;
    Result<std::optional<Turn>> turn = inner().fetch_turn(options);
    if (turn && turn.value()) {
      handed->last = turn.value();
      ++handed->count;
    }
    return turn;
  }
};

// When nothing else is ready, hands the last turn to a second fetcher.
struct FetchDoesNotLock : Sharing<Handed> {
  using Sharing::Sharing;
  Result<std::optional<Turn>> fetch_turn(const FetchTurn& options) override {
    Result<std::optional<Turn>> turn = inner().fetch_turn(options);
    if (!turn) return turn;
    auto handed = state();
    if (turn.value()) {
      handed->last = turn.value();
      return turn;
    }
    const std::optional<Turn> last = std::exchange(handed->last, std::nullopt);
    if (!last || handed->free_again.contains(last->token.value)) return turn;
    return last;
  }
  Result<void> ack_turn(const LockToken& token, const TurnCommit& commit) override {
    const Result<void> acked = inner().ack_turn(token, commit);
    if (acked) state()->free_again.insert(token.value);
    return acked;
  }
  Result<void> abandon_turn(const LockToken& token, const Abandon& how) override {
    const Result<void> abandoned = inner().abandon_turn(token, how);
    if (abandoned) state()->free_again.insert(token.value);
    return abandoned;
  }
};

// --- TURN_2

void deliver_newest_first(Turn& turn) { std::ranges::reverse(turn.messages); }

void deliver_in_order_of_ids_as_text(Turn& turn) {
  std::ranges::stable_sort(turn.messages, {},
                           [](const Message& message) { return std::to_string(message.id); });
}

// The ack removes all of the batch, also what the limit has cut off.
void deliver_at_most_a_hundred(Turn& turn) {
  if (turn.messages.size() > 100) turn.messages.resize(100);
}

struct Hidden {
  std::vector<Message> messages;  // With a visible time that may be ahead.
  std::vector<Message> lost;      // Those among them that an ack removed unseen.
};

// Knows the messages that wait for their visible time.
struct KnowsHiddenMessages : KnowsTurns<Hidden> {
  using KnowsTurns::KnowsTurns;
  Result<void> enqueue_message(const Message& message, Duration delay) override {
    const Result<void> enqueued = inner().enqueue_message(message, delay);
    if (enqueued && message.visible_at) state()->messages.push_back(message);
    return enqueued;
  }
  Result<void> ack_turn(const LockToken& token, const TurnCommit& commit) override {
    const Result<void> acked = inner().ack_turn(token, commit);
    for (const Message& message : commit.messages) {
      if (acked && message.visible_at) state()->messages.push_back(message);
    }
    return acked;
  }
};

struct HiddenMessagesAreDelivered : KnowsHiddenMessages {
  using KnowsHiddenMessages::KnowsHiddenMessages;
  Result<std::optional<Turn>> fetch_turn(const FetchTurn& options) override {
    Result<std::optional<Turn>> turn = KnowsHiddenMessages::fetch_turn(options);
    if (!turn || !turn.value()) return turn;
    auto hidden = state();
    for (const Message& message : hidden->messages) {
      if (message.target == turn.value()->instance && *message.visible_at > turn.value()->now) {
        turn.value()->messages.push_back(message);
      }
    }
    return turn;
  }
};

struct AckRemovesHiddenMessages : KnowsHiddenMessages {
  using KnowsHiddenMessages::KnowsHiddenMessages;
  Result<std::optional<Turn>> fetch_turn(const FetchTurn& options) override {
    for (;;) {
      Result<std::optional<Turn>> turn = KnowsHiddenMessages::fetch_turn(options);
      if (!turn || !turn.value()) return turn;
      std::erase_if(turn.value()->messages, [&](const Message& message) {
        return std::ranges::count(state()->lost, message) != 0;
      });
      if (!turn.value()->messages.empty()) return turn;
      (void)inner().ack_turn(turn.value()->token, {.execution = turn.value()->execution});
    }
  }
  Result<void> ack_turn(const LockToken& token, const TurnCommit& commit) override {
    const std::optional<Turn> turn = turn_of(token);
    auto hidden = state();
    const std::vector<Message> before = hidden->messages;
    const Result<void> acked = KnowsHiddenMessages::ack_turn(token, commit);
    for (const Message& message : before) {
      if (acked && message.target == turn->instance && *message.visible_at > turn->now) {
        hidden->lost.push_back(message);
      }
    }
    return acked;
  }
};

// --- TURN_3

void lose_the_last_event(Turn& turn) {
  if (!turn.history.empty()) turn.history.pop_back();
}

void carry_a_page_of_history(Turn& turn) {
  if (turn.history.size() > 1'000) turn.history.resize(1'000);
}

void order_history_as_text(Turn& turn) {
  std::ranges::sort(turn.history, {}, [](const Event& event) { return std::to_string(event.id); });
}

void forget_what_events_answer(Turn& turn) {
  for (Event& event : turn.history) event.source_id.reset();
}

void cut_times_of_events_to_seconds(Turn& turn) {
  for (Event& event : turn.history) {
    event.timestamp = std::chrono::floor<std::chrono::seconds>(event.timestamp);
  }
}

void cut_payloads_at_a_zero_byte(Turn& turn) {
  for (Event& event : turn.history) event.payload = event.payload.c_str();
  for (Message& message : turn.messages) message.payload = message.payload.c_str();
}

void say_execution_one(Turn& turn) { turn.execution = 1; }

struct HistoryIsOfAllExecutions : KnowsExecutions {
  using KnowsExecutions::KnowsExecutions;
  Result<std::optional<Turn>> fetch_turn(const FetchTurn& options) override {
    Result<std::optional<Turn>> turn = KnowsExecutions::fetch_turn(options);
    if (!turn || !turn.value()) return turn;
    std::vector<Event> all = events_before(turn.value()->instance, turn.value()->execution);
    std::vector<Event>& history = turn.value()->history;
    all.insert(all.end(), history.begin(), history.end());
    history = std::move(all);
    return turn;
  }
};

struct FirstNames {
  std::map<std::string, std::pair<std::string, std::optional<std::string>>> names;
};

struct NameIsThatOfTheFirstTurn : Sharing<FirstNames> {
  using Sharing::Sharing;
  Result<std::optional<Turn>> fetch_turn(const FetchTurn& options) override {
    Result<std::optional<Turn>> turn = inner().fetch_turn(options);
    if (!turn || !turn.value()) return turn;
    auto known = state();
    const auto first =
        known->names.try_emplace(turn.value()->instance, turn.value()->name, turn.value()->version);
    std::tie(turn.value()->name, turn.value()->version) = first.first->second;
    return turn;
  }
};

struct BatchSizes {
  std::map<std::string, std::size_t> delivered;                // By instance, at the last fetch.
  std::map<std::string, std::vector<Message>> left_for_later;  // By token.
};

// The smallest of the batch: 1 as soon as something new is in it.
struct AttemptIsTheSmallestOfTheBatch : Sharing<BatchSizes> {
  using Sharing::Sharing;
  Result<std::optional<Turn>> fetch_turn(const FetchTurn& options) override {
    Result<std::optional<Turn>> turn = inner().fetch_turn(options);
    if (!turn || !turn.value()) return turn;
    auto sizes = state();
    std::size_t& delivered = sizes->delivered[turn.value()->instance];
    if (turn.value()->messages.size() > delivered) turn.value()->attempt = 1;
    delivered = turn.value()->messages.size();
    return turn;
  }
};

// Each handle keeps the histories that it has seen, and believes that nobody else appends.
struct HistoryIsCachedPerHandle : ForwardingProvider {
  using ForwardingProvider::ForwardingProvider;
  Result<std::optional<Turn>> fetch_turn(const FetchTurn& options) override {
    Result<std::optional<Turn>> turn = inner().fetch_turn(options);
    if (!turn || !turn.value() || turn.value()->history_error) return turn;
    const std::lock_guard lock(mutex_);
    const Key key(turn.value()->instance, turn.value()->execution);
    opened_[turn.value()->token.value] = turn.value()->instance;
    turn.value()->history = cache_.try_emplace(key, turn.value()->history).first->second;
    return turn;
  }
  Result<void> ack_turn(const LockToken& token, const TurnCommit& commit) override {
    const Result<void> acked = inner().ack_turn(token, commit);
    const std::lock_guard lock(mutex_);
    if (acked) cache_.erase(Key(opened_[token.value], commit.execution));
    return acked;
  }

 private:
  using Key = std::pair<std::string, std::uint64_t>;  // Instance and execution.
  std::mutex mutex_;
  std::map<Key, std::vector<Event>> cache_;
  std::map<std::string, std::string> opened_;  // Token to instance.
};

// --- TURN_4

void name_comes_from_the_record(Turn& turn) {
  turn.name = "";
  turn.version.reset();
}

void begin_at_execution_zero(Turn& turn) { turn.execution = 0; }

void begin_with_an_event(Turn& turn) {
  turn.history.push_back({.id = 1, .kind = "OrchestrationStarted", .timestamp = turn.now});
}

// --- TURN_5

struct Targets {
  std::set<std::string> waiting;           // Have messages, and were not started.
  std::set<std::string> starting;          // Have a start message.
  std::vector<Message> held_back;          // Not enqueued yet.
  std::optional<std::string> undecodable;  // The instance whose message stops the queue.
};

// The oldest message's instance is the only candidate.
struct HeldMessagesStopTheQueue : Sharing<Targets> {
  using Sharing::Sharing;
  Result<void> enqueue_message(const Message& message, Duration delay) override {
    const Result<void> enqueued = inner().enqueue_message(message, delay);
    if (!enqueued) return enqueued;
    auto targets = state();
    if (message.is_start()) {
      targets->starting.insert(message.target);
      targets->waiting.erase(message.target);
    } else if (!targets->starting.contains(message.target) && !record(inner(), message.target)) {
      targets->waiting.insert(message.target);
    }
    return enqueued;
  }
  Result<std::optional<Turn>> fetch_turn(const FetchTurn& options) override {
    if (!state()->waiting.empty()) return std::optional<Turn>();
    return inner().fetch_turn(options);
  }
};

struct HeldMessagesAreDropped : Sharing<Targets> {
  using Sharing::Sharing;
  Result<void> enqueue_message(const Message& message, Duration delay) override {
    if (message.is_start()) {
      state()->starting.insert(message.target);
    } else if (!message.target.empty() && !state()->starting.contains(message.target) &&
               !record(inner(), message.target)) {
      return {};
    }
    return inner().enqueue_message(message, delay);
  }
};

struct HeldMessagesQueueBehindTheirStart : Sharing<Targets> {
  using Sharing::Sharing;
  Result<void> enqueue_message(const Message& message, Duration delay) override {
    auto targets = state();
    const bool waits = !message.is_start() && !targets->starting.contains(message.target) &&
                       !record(inner(), message.target);
    if (waits && delay == Duration(0) && !message.target.empty()) {
      targets->held_back.push_back(message);
      return {};
    }
    const Result<void> enqueued = inner().enqueue_message(message, delay);
    if (!enqueued || !message.is_start()) return enqueued;
    targets->starting.insert(message.target);
    std::erase_if(targets->held_back, [&](const Message& held) {
      return held.target == message.target && inner().enqueue_message(held).has_value();
    });
    return enqueued;
  }
};

// A start that nobody sent, to make an instance ready; no turn shows it.
Message made_up_start(const std::string& target) {
  return {.kind = MessageKind::start_orchestration, .target = target, .name = "Unknown"};
}

void hide_made_up_start(Turn& turn) { std::erase(turn.messages, made_up_start(turn.instance)); }

struct AnyMessageStartsAnInstance : ChangesTurns<hide_made_up_start> {
  using ChangesTurns::ChangesTurns;
  Result<void> enqueue_message(const Message& message, Duration delay) override {
    if (!message.is_start() && delay == Duration(0) && !message.visible_at &&
        !message.target.empty() && !record(inner(), message.target)) {
      (void)inner().enqueue_message(made_up_start(message.target));
    }
    return inner().enqueue_message(message, delay);
  }
};

// Asks for a start message, and forgets to ask whether it is visible.
struct HiddenStartCounts : Sharing<Targets> {
  using Sharing::Sharing;
  Result<void> enqueue_message(const Message& message, Duration delay) override {
    auto targets = state();
    const bool hidden = delay > Duration(0) || message.visible_at;
    if (message.is_start() && hidden) targets->starting.insert(message.target);
    if (!message.is_start() && !hidden && !record(inner(), message.target)) {
      targets->waiting.insert(message.target);
    }
    if (targets->starting.contains(message.target) && targets->waiting.erase(message.target)) {
      (void)inner().enqueue_message(made_up_start(message.target));
    }
    return inner().enqueue_message(message, delay);
  }
  Result<std::optional<Turn>> fetch_turn(const FetchTurn& options) override {
    Result<std::optional<Turn>> turn = inner().fetch_turn(options);
    if (turn && turn.value()) hide_made_up_start(*turn.value());
    return turn;
  }
};

struct UndecodableMessageStopsTheQueue : Sharing<Targets> {
  using Sharing::Sharing;
  Result<std::optional<Turn>> fetch_turn(const FetchTurn& options) override {
    if (state()->undecodable) return std::optional<Turn>();
    Result<std::optional<Turn>> turn = inner().fetch_turn(options);
    if (!turn || !turn.value()) return turn;
    if (std::ranges::none_of(turn.value()->messages, is_undecodable)) return turn;
    state()->undecodable = turn.value()->instance;
    unfetch(inner(), *turn.value());
    return std::optional<Turn>();
  }
};

// --- TURN_6

bool has_undecodable_history(const Turn& turn) { return turn.history_error.has_value(); }

void hide_the_history_error(Turn& turn) { turn.history_error.reset(); }

void count_no_attempt_without_history(Turn& turn) {
  if (turn.history_error) turn.attempt = 1;
}

// --- TURN_7

struct Locked {
  std::map<std::string, std::string> tokens;  // By instance.
  std::vector<Message> arrived;               // For locked instances.
};

// Knows which instances are in a turn; one whose turn was not ended stays so until the next.
struct KnowsLockedInstances : KnowsTurns<Locked> {
  using KnowsTurns::KnowsTurns;
  Result<std::optional<Turn>> fetch_turn(const FetchTurn& options) override {
    Result<std::optional<Turn>> turn = KnowsTurns::fetch_turn(options);
    if (turn && turn.value()) state()->tokens[turn.value()->instance] = turn.value()->token.value;
    return turn;
  }
  Result<void> ack_turn(const LockToken& token, const TurnCommit& commit) override {
    const Result<void> acked = inner().ack_turn(token, commit);
    if (acked) state()->tokens.erase(turn_of(token)->instance);
    return acked;
  }
  Result<void> abandon_turn(const LockToken& token, const Abandon& how) override {
    const Result<void> abandoned = inner().abandon_turn(token, how);
    if (abandoned) state()->tokens.erase(turn_of(token)->instance);
    return abandoned;
  }
};

struct LockedInstanceRefusesMessages : KnowsLockedInstances {
  using KnowsLockedInstances::KnowsLockedInstances;
  Result<void> enqueue_message(const Message& message, Duration delay) override {
    if (state()->tokens.contains(message.target)) {
      return refusal(ErrorKind::conflict, "enqueue_message", "the instance is locked");
    }
    return inner().enqueue_message(message, delay);
  }
};

// Looks for a lock on the message, and not on its instance.
struct NewMessageIsDeliveredBesideTheTurn : KnowsLockedInstances {
  using KnowsLockedInstances::KnowsLockedInstances;
  Result<void> enqueue_message(const Message& message, Duration delay) override {
    const Result<void> enqueued = inner().enqueue_message(message, delay);
    auto locked = state();
    if (enqueued && locked->tokens.contains(message.target)) locked->arrived.push_back(message);
    return enqueued;
  }
  Result<std::optional<Turn>> fetch_turn(const FetchTurn& options) override {
    Result<std::optional<Turn>> turn = KnowsLockedInstances::fetch_turn(options);
    if (!turn || turn.value()) return turn;
    auto locked = state();
    if (locked->arrived.empty()) return turn;
    const Message arrived = std::move(locked->arrived.back());
    locked->arrived.pop_back();
    const auto token = locked->tokens.find(arrived.target);
    if (token == locked->tokens.end()) return turn;
    std::optional<Turn> beside = turn_of({token->second});
    beside->messages = {arrived};
    beside->token.value += "+";
    return beside;
  }
};

struct NewMessageComesFirstInARedelivery : ForwardingProvider {
  using ForwardingProvider::ForwardingProvider;
  Result<std::optional<Turn>> fetch_turn(const FetchTurn& options) override {
    Result<std::optional<Turn>> turn = inner().fetch_turn(options);
    if (turn && turn.value() && turn.value()->attempt > 1) {
      std::ranges::rotate(turn.value()->messages, turn.value()->messages.end() - 1);
    }
    return turn;
  }
};

// A redelivery has what the first delivery had; the rest comes after its ack.
struct RedeliveryLeavesNewMessages : Sharing<BatchSizes> {
  using Sharing::Sharing;
  Result<std::optional<Turn>> fetch_turn(const FetchTurn& options) override {
    Result<std::optional<Turn>> turn = inner().fetch_turn(options);
    if (!turn || !turn.value()) return turn;
    std::vector<Message>& messages = turn.value()->messages;
    auto sizes = state();
    std::size_t& delivered = sizes->delivered[turn.value()->instance];
    if (turn.value()->attempt > 1 && delivered > 0 && messages.size() > delivered) {
      const auto rest = messages.begin() + static_cast<std::ptrdiff_t>(delivered);
      sizes->left_for_later[turn.value()->token.value] = {rest, messages.end()};
      messages.erase(rest, messages.end());
    }
    delivered = messages.size();
    return turn;
  }
  Result<void> ack_turn(const LockToken& token, const TurnCommit& commit) override {
    const Result<void> acked = inner().ack_turn(token, commit);
    if (acked) enqueue_items(inner(), {.messages = state()->left_for_later[token.value]});
    return acked;
  }
};

// --- TURN_8

struct Line {
  std::mutex mutex;  // One fetch at a time.
  std::string last;  // Instance.
};

// Picks among all ready instances by a rule of its own.
template <bool (*goes_first)(const Turn& a, const Turn& b, const std::string& last)>
struct PicksInstances : Sharing<Line> {
  using Sharing::Sharing;
  Result<std::optional<Turn>> fetch_turn(const FetchTurn& options) override {
    auto line = state();
    std::vector<Turn> turns = fetch_all(inner(), options);
    if (turns.empty()) return inner().fetch_turn(options);
    std::ranges::stable_sort(
        turns, [&](const Turn& a, const Turn& b) { return goes_first(a, b, line->last); });
    for (std::size_t i = 1; i < turns.size(); ++i) unfetch(inner(), turns[i]);
    line->last = turns[0].instance;
    return std::optional(std::move(turns[0]));
  }
};

bool has_the_smaller_id(const Turn& a, const Turn& b, const std::string&) {
  return a.instance < b.instance;
}
bool was_served_last(const Turn& a, const Turn& b, const std::string& last) {
  return a.instance == last && b.instance != last;
}
bool has_more_messages(const Turn& a, const Turn& b, const std::string&) {
  return a.messages.size() > b.messages.size();
}

struct LostRaceIsNothing : Sharing<Line> {
  using Sharing::Sharing;
  Result<std::optional<Turn>> fetch_turn(const FetchTurn& options) override {
    std::mutex& candidate = state()->mutex;
    const std::unique_lock claim(candidate, std::try_to_lock);
    if (!claim) return std::optional<Turn>();
    linger();
    return inner().fetch_turn(options);
  }
};

// --- TURN_9

// Treats a start message for an instance that exists in a way of its own.
struct StartForAnExistingInstanceIsRefused : ForwardingProvider {
  using ForwardingProvider::ForwardingProvider;
  Result<void> enqueue_message(const Message& message, Duration delay) override {
    if (message.is_start() && record(inner(), message.target)) {
      return refusal(ErrorKind::conflict, "enqueue_message", "the instance exists");
    }
    return inner().enqueue_message(message, delay);
  }
};

struct StartForAnExistingInstanceIsDropped : ForwardingProvider {
  using ForwardingProvider::ForwardingProvider;
  Result<void> enqueue_message(const Message& message, Duration delay) override {
    if (message.is_start() && record(inner(), message.target)) return {};
    return inner().enqueue_message(message, delay);
  }
};

void start_renames_the_instance(Turn& turn) {
  if (const Message* start = start_of(turn)) {
    turn.name = start->name.value_or("");
    turn.version = start->version;
  }
}

void start_resets_the_history(Turn& turn) {
  if (start_of(turn) != nullptr) turn.history.clear();
}

void start_comes_first(Turn& turn) { std::ranges::stable_partition(turn.messages, is_start); }

// --- TURN_10

bool has_undecodable_message(const Turn& turn) {
  return std::ranges::any_of(turn.messages, is_undecodable);
}

void swallow_undecodable_messages(Turn& turn) { std::erase_if(turn.messages, is_undecodable); }

void move_undecodable_messages_to_the_end(Turn& turn) {
  std::ranges::stable_partition(turn.messages, [](const Message& m) { return !is_undecodable(m); });
}

void count_no_attempt_with_an_undecodable_message(Turn& turn) {
  if (has_undecodable_message(turn)) turn.attempt = 1;
}

void forget_the_execution_of_undecodable_messages(Turn& turn) {
  for (Message& message : turn.messages) {
    if (message.error) message.execution.reset();
  }
}

void hide_the_error_of_a_message(Turn& turn) {
  for (Message& message : turn.messages) message.error.reset();
}

struct AckLeavesUndecodableMessages : KnowsTurns<> {
  using KnowsTurns::KnowsTurns;
  Result<void> ack_turn(const LockToken& token, const TurnCommit& commit) override {
    const Result<void> acked = inner().ack_turn(token, commit);
    if (!acked) return acked;
    const std::optional<Turn> turn = turn_of(token);
    for (Message message : turn->messages) {
      const bool stays = std::exchange(message.error, std::nullopt).has_value();
      if (stays) (void)inner().enqueue_message(message);
    }
    return acked;
  }
};

// --- TURN_11

void tell_the_hosts_time(Turn& turn) {
  turn.now = std::chrono::floor<Duration>(std::chrono::system_clock::now());
}

void tell_full_seconds(Turn& turn) {
  turn.now = std::chrono::floor<std::chrono::seconds>(turn.now);
}

struct FirstNow {
  std::optional<Time> now;
};

struct NowIsThatOfTheFirstFetch : Sharing<FirstNow> {
  using Sharing::Sharing;
  Result<std::optional<Turn>> fetch_turn(const FetchTurn& options) override {
    Result<std::optional<Turn>> turn = inner().fetch_turn(options);
    if (!turn || !turn.value()) return turn;
    auto first = state();
    if (!first->now) first->now = turn.value()->now;
    turn.value()->now = *first->now;
    return turn;
  }
};

// --- TURN_12

void ignore_the_delay(Message&, Duration& delay) { delay = std::min(delay, Duration(0)); }

void ignore_the_visible_time(Message& message, Duration&) { message.visible_at.reset(); }

void delay_replaces_the_visible_time(Message& message, Duration& delay) {
  if (delay > Duration(0)) message.visible_at.reset();
}

void visible_time_replaces_the_delay(Message& message, Duration& delay) {
  if (message.visible_at) delay = std::min(delay, Duration(0));
}

void delay_is_added_to_the_visible_time(Message& message, Duration& delay) {
  if (message.visible_at && delay > Duration(0)) *message.visible_at += delay;
}

void deliver_in_order_of_visible_times(Turn& turn) {
  std::ranges::stable_sort(turn.messages, {}, [](const Message& message) {
    return message.visible_at.value_or(Time::min());
  });
}

// --- TURN_13

void look_at_the_first_message_only(Turn& turn) {
  if (turn.messages.empty() || turn.messages[0].is_start()) return;
  turn.name = "Unknown";
  turn.version.reset();
}

void last_start_names(Turn& turn) {
  for (const Message& message : turn.messages) {
    if (!message.is_start()) continue;
    turn.name = message.name.value_or("");
    turn.version = message.version;
  }
}

void absent_version_is_empty(Turn& turn) { turn.version = turn.version.value_or(""); }

void start_gives_the_execution(Turn& turn) {
  if (const Message* start = start_of(turn)) turn.execution = start->execution.value_or(1);
}

// --- TURN_14

bool is_terminal(const std::optional<InstanceInfo>& info) {
  return info && (info->status == Status::completed || info->status == Status::failed);
}

bool has_continued(const std::optional<InstanceInfo>& info) {
  return info && info->status == Status::continued_as_new;
}

struct TerminalInstanceIsNotFetched : ForwardingProvider {
  using ForwardingProvider::ForwardingProvider;
  Result<std::optional<Turn>> fetch_turn(const FetchTurn& options) override {
    for (;;) {
      Result<std::optional<Turn>> turn = inner().fetch_turn(options);
      if (!turn || !turn.value()) return turn;
      if (!is_terminal(record(inner(), turn.value()->instance))) return turn;
      (void)inner().abandon_turn(turn.value()->token,
                                 {.delay = std::chrono::hours(24), .ignore_attempt = true});
    }
  }
};

struct TerminalInstanceCannotBeAcked : KnowsTurns<> {
  using KnowsTurns::KnowsTurns;
  Result<void> ack_turn(const LockToken& token, const TurnCommit& commit) override {
    const std::optional<Turn> turn = turn_of(token);
    if (turn && is_terminal(record(inner(), turn->instance))) {
      return refusal(ErrorKind::conflict, "ack_turn", "the instance has ended");
    }
    return inner().ack_turn(token, commit);
  }
};

struct TerminalInstanceCannotBeginAnew : KnowsTurns<> {
  using KnowsTurns::KnowsTurns;
  Result<void> ack_turn(const LockToken& token, const TurnCommit& commit) override {
    const std::optional<Turn> turn = turn_of(token);
    if (turn && commit.execution > turn->execution &&
        is_terminal(record(inner(), turn->instance))) {
      return refusal(ErrorKind::conflict, "ack_turn", "the instance has ended");
    }
    return inner().ack_turn(token, commit);
  }
};

struct MessagesToTerminalInstancesAreDropped : ForwardingProvider {
  using ForwardingProvider::ForwardingProvider;
  Result<void> enqueue_message(const Message& message, Duration delay) override {
    if (is_terminal(record(inner(), message.target))) return {};
    return inner().enqueue_message(message, delay);
  }
};

// The turn after ContinuedAsNew is in an execution that nobody has acked.
struct ContinuedInstanceMovesOnByItself : ForwardingProvider {
  using ForwardingProvider::ForwardingProvider;
  Result<std::optional<Turn>> fetch_turn(const FetchTurn& options) override {
    Result<std::optional<Turn>> turn = inner().fetch_turn(options);
    if (turn && turn.value() && has_continued(record(inner(), turn.value()->instance))) {
      ++turn.value()->execution;
      turn.value()->history.clear();
    }
    return turn;
  }
};

struct RecordOfAContinuedInstanceMovesOn : ForwardingProvider {
  using ForwardingProvider::ForwardingProvider;
  Result<std::optional<InstanceInfo>> read_instance(const std::string& instance) override {
    Result<std::optional<InstanceInfo>> info = inner().read_instance(instance);
    if (!info || !has_continued(info.value())) return info;
    ++info.value()->execution;
    info.value()->status = Status::running;
    return info;
  }
};

constexpr Defect kDefects[] = {
    {"fetchers_that_race_get_one_turn", requirement("TURN_1"),
     "A fetch picks its candidate before it locks it, and does not look again.",
     spoil_sharing<RacingFetchersGetOneTurn>},
    {"fetch_does_not_lock", requirement("TURN_1"),
     "A second fetch gets an instance that is locked.", spoil_sharing<FetchDoesNotLock>},

    {"batch_comes_newest_first", requirement("TURN_2"), "The queue is a stack.",
     spoil_with<ChangesTurns<deliver_newest_first>>},
    {"batch_is_ordered_as_text", requirement("TURN_2"), "Message 10 is delivered before 9.",
     spoil_with<ChangesTurns<deliver_in_order_of_ids_as_text>>},
    {"batch_is_cut_and_its_rest_lost", requirement("TURN_2"),
     "A turn has at most a hundred messages, and its ack removes all that are visible.",
     spoil_with<ChangesTurns<deliver_at_most_a_hundred>>},
    {"batch_has_hidden_messages", requirement("TURN_2"),
     "A turn for one message brings the instance's timers of tomorrow too.",
     spoil_sharing<HiddenMessagesAreDelivered>},
    {"ack_removes_hidden_messages", requirement("TURN_2"),
     "The fetch marks hidden messages as well, so the ack removes them unseen.",
     spoil_sharing<AckRemovesHiddenMessages>},

    {"turn_lacks_the_last_event", requirement("TURN_3"), "History ends one event early.",
     spoil_with<ChangesTurns<lose_the_last_event>>},
    {"turn_has_a_page_of_history", requirement("TURN_3"), "History is cut after a thousand events.",
     spoil_with<ChangesTurns<carry_a_page_of_history>>},
    {"turn_orders_history_as_text", requirement("TURN_3"), "Event 10 comes before event 9.",
     spoil_with<ChangesTurns<order_history_as_text>>},
    {"turn_forgets_what_events_answer", requirement("TURN_3"), "Events lose their source id.",
     spoil_with<ChangesTurns<forget_what_events_answer>>},
    {"turn_cuts_event_times_to_seconds", requirement("TURN_3"),
     "Timestamps of events lose their milliseconds.",
     spoil_with<ChangesTurns<cut_times_of_events_to_seconds>>},
    {"turn_cuts_payloads_at_a_zero_byte", requirement("TURN_3"),
     "Payloads end at their first zero byte.",
     spoil_with<ChangesTurns<cut_payloads_at_a_zero_byte>>},
    {"turn_always_says_execution_one", requirement("TURN_3"),
     "A turn of a later execution says that it is of the first.",
     spoil_with<ChangesTurns<say_execution_one>>},
    {"turn_has_the_history_of_all_executions", requirement("TURN_3"),
     "Events of earlier executions are in the history.", spoil_sharing<HistoryIsOfAllExecutions>},
    {"turn_has_the_first_name_for_ever", requirement("TURN_3"),
     "Name and version of a turn never change after the first.",
     spoil_sharing<NameIsThatOfTheFirstTurn>},
    {"turn_has_the_smallest_attempt_count", requirement("TURN_3"),
     "The attempt count is that of the newest message in the batch.",
     spoil_sharing<AttemptIsTheSmallestOfTheBatch>},
    {"turn_has_a_cached_history", requirement("TURN_3"),
     "A handle does not see what was acked through another since it last looked.",
     spoil_with<HistoryIsCachedPerHandle>},

    {"new_instance_has_no_name", requirement("TURN_4"),
     "Name and version are read from a record that only the first ack creates.",
     spoil_with<ChangesTurnsOfNew<name_comes_from_the_record>>},
    {"new_instance_is_at_execution_zero", requirement("TURN_4"),
     "The first turn of an instance says execution 0.",
     spoil_with<ChangesTurnsOfNew<begin_at_execution_zero>>},
    {"new_instance_has_an_event", requirement("TURN_4"),
     "The provider writes the first event of a history itself.",
     spoil_with<ChangesTurnsOfNew<begin_with_an_event>>},

    {"held_messages_stop_the_queue", requirement("TURN_5"),
     "Nothing is served while a message waits for an instance that was not started.",
     spoil_sharing<HeldMessagesStopTheQueue>},
    {"held_messages_are_dropped", requirement("TURN_5"),
     "A message for an instance that was not started is lost.",
     spoil_sharing<HeldMessagesAreDropped>},
    {"held_messages_queue_behind_their_start", requirement("TURN_5"),
     "Messages that came before the start are delivered after it.",
     spoil_sharing<HeldMessagesQueueBehindTheirStart>},
    {"any_message_starts_an_instance", requirement("TURN_5"),
     "A message for an instance that was not started is delivered, under the name Unknown.",
     spoil_with<AnyMessageStartsAnInstance>},
    {"hidden_start_counts", requirement("TURN_5"),
     "Held messages are delivered while the start is hidden by a delay.",
     spoil_sharing<HiddenStartCounts>},
    {"undecodable_message_stops_the_queue", requirement("TURN_5"),
     "Nothing is served after a fetch that met an undecodable message.",
     spoil_sharing<UndecodableMessageStopsTheQueue>},

    {"undecodable_history_fails_the_fetch", requirement("TURN_6"),
     "A fetch of an instance with undecodable history is an error.",
     spoil_with<RefusesTurns<has_undecodable_history, ErrorKind::corrupt>>},
    {"undecodable_history_seems_empty", requirement("TURN_6"),
     "Undecodable events are left out in silence.",
     spoil_with<ChangesTurns<hide_the_history_error>>},
    {"undecodable_history_counts_no_attempt", requirement("TURN_6"),
     "The attempt count stays 1 while the history is undecodable.",
     spoil_with<ChangesTurns<count_no_attempt_without_history>>},

    {"locked_instance_refuses_messages", requirement("TURN_7"),
     "A message for an instance in a turn is a conflict.",
     spoil_sharing<LockedInstanceRefusesMessages>},
    {"new_message_is_delivered_beside_the_turn", requirement("TURN_7"),
     "A message that arrives during a turn opens another turn of the instance.",
     spoil_sharing<NewMessageIsDeliveredBesideTheTurn>},
    {"new_message_comes_first_in_a_redelivery", requirement("TURN_7"),
     "A message that arrived during a lock overtakes the older ones.",
     spoil_with<NewMessageComesFirstInARedelivery>},
    {"redelivery_leaves_new_messages", requirement("TURN_7"),
     "A redelivered batch is the old one, without what arrived during the lock.",
     spoil_sharing<RedeliveryLeavesNewMessages>},

    {"instances_are_served_by_their_ids", requirement("TURN_8"),
     "The ready instance with the smallest id is always next.",
     spoil_sharing<PicksInstances<has_the_smaller_id>>},
    {"instance_served_last_goes_first", requirement("TURN_8"),
     "The instance that was served last is next as long as it is ready.",
     spoil_sharing<PicksInstances<was_served_last>>},
    {"busiest_instance_goes_first", requirement("TURN_8"),
     "The instance with the most messages is next.",
     spoil_sharing<PicksInstances<has_more_messages>>},
    {"lost_race_is_nothing", requirement("TURN_8"),
     "A fetch that loses its candidate to another one returns nothing.",
     spoil_sharing<LostRaceIsNothing>},

    {"start_for_an_existing_instance_is_refused", requirement("TURN_9"),
     "Enqueueing a start message for an instance that exists is a conflict.",
     spoil_with<StartForAnExistingInstanceIsRefused>},
    {"start_for_an_existing_instance_is_dropped", requirement("TURN_9"),
     "A start message for an instance that exists is lost.",
     spoil_with<StartForAnExistingInstanceIsDropped>},
    {"second_start_renames_the_instance", requirement("TURN_9"),
     "A turn has name and version of the start message in it, also when the instance exists.",
     spoil_with<ChangesTurnsOfOld<start_renames_the_instance>>},
    {"second_start_resets_the_history", requirement("TURN_9"),
     "A turn with a start message in it has no history.",
     spoil_with<ChangesTurnsOfOld<start_resets_the_history>>},
    {"start_message_overtakes", requirement("TURN_9"), "Start messages come first in a batch.",
     spoil_with<ChangesTurns<start_comes_first>>},

    {"undecodable_message_is_swallowed", requirement("TURN_10"),
     "Messages that cannot be decoded are left out of the batch.",
     spoil_with<ChangesTurns<swallow_undecodable_messages>>},
    {"undecodable_message_fails_the_fetch", requirement("TURN_10"),
     "A batch with an undecodable message is an error.",
     spoil_with<RefusesTurns<has_undecodable_message, ErrorKind::corrupt>>},
    {"undecodable_message_loses_its_place", requirement("TURN_10"),
     "Undecodable messages come last in a batch.",
     spoil_with<ChangesTurns<move_undecodable_messages_to_the_end>>},
    {"undecodable_message_shows_no_error", requirement("TURN_10"),
     "An undecodable message looks like one with an empty payload.",
     spoil_with<ChangesTurns<hide_the_error_of_a_message>>},
    {"undecodable_message_counts_no_attempt", requirement("TURN_10"),
     "The attempt count of a batch with an undecodable message stays 1.",
     spoil_with<ChangesTurns<count_no_attempt_with_an_undecodable_message>>},
    {"undecodable_message_loses_its_execution", requirement("TURN_10"),
     "An undecodable message is delivered without its execution.",
     spoil_with<ChangesTurns<forget_the_execution_of_undecodable_messages>>},
    {"ack_leaves_undecodable_messages", requirement("TURN_10"),
     "An undecodable message is still in the queue after the ack of its batch.",
     spoil_sharing<AckLeavesUndecodableMessages>},

    {"turn_tells_the_hosts_time", requirement("TURN_11"),
     "A turn's now is the machine's clock, not the store's.",
     spoil_with<ChangesTurns<tell_the_hosts_time>>},
    {"turn_tells_full_seconds", requirement("TURN_11"), "A turn's now lacks its milliseconds.",
     spoil_with<ChangesTurns<tell_full_seconds>>},
    {"turn_tells_the_time_of_the_first_fetch", requirement("TURN_11"),
     "A turn's now was read once and kept.", spoil_sharing<NowIsThatOfTheFirstFetch>},

    {"enqueue_ignores_the_delay", requirement("TURN_12"), "A delayed message is visible at once.",
     spoil_with<ChangesMessages<ignore_the_delay>>},
    {"enqueue_ignores_the_visible_time", requirement("TURN_12"),
     "A timer that is enqueued fires at once.",
     spoil_with<ChangesMessages<ignore_the_visible_time>>},
    {"delay_replaces_the_visible_time", requirement("TURN_12"),
     "With a delay, a message's own visible time does not count.",
     spoil_with<ChangesMessages<delay_replaces_the_visible_time>>},
    {"visible_time_replaces_the_delay", requirement("TURN_12"),
     "With a visible time of its own, a message is not delayed.",
     spoil_with<ChangesMessages<visible_time_replaces_the_delay>>},
    {"delay_is_added_to_the_visible_time", requirement("TURN_12"),
     "A message is visible at its visible time plus the delay.",
     spoil_with<ChangesMessages<delay_is_added_to_the_visible_time>>},
    {"batch_is_ordered_by_visible_time", requirement("TURN_12"),
     "A message that became visible later comes later, though it was enqueued first.",
     spoil_with<ChangesTurns<deliver_in_order_of_visible_times>>},

    {"only_the_first_message_names_an_instance", requirement("TURN_13"),
     "A new instance whose start is not the first of the batch is called Unknown.",
     spoil_with<ChangesTurnsOfNew<look_at_the_first_message_only>>},
    {"last_start_names_a_new_instance", requirement("TURN_13"),
     "Of two start messages the last one names a new instance.",
     spoil_with<ChangesTurnsOfNew<last_start_names>>},
    {"absent_version_is_an_empty_one", requirement("TURN_13"),
     "A turn has the version \"\" when there is none.",
     spoil_with<ChangesTurns<absent_version_is_empty>>},
    {"start_message_gives_the_execution", requirement("TURN_13"),
     "A new instance begins at the execution that its start message names.",
     spoil_with<ChangesTurnsOfNew<start_gives_the_execution>>},

    {"terminal_instance_is_not_fetched", requirement("TURN_14"),
     "Messages of a finished instance stay in the queue.",
     spoil_with<TerminalInstanceIsNotFetched>},
    {"terminal_instance_cannot_be_acked", requirement("TURN_14"),
     "An ack of a finished instance is a conflict.", spoil_sharing<TerminalInstanceCannotBeAcked>},
    {"terminal_instance_cannot_begin_anew", requirement("TURN_14"),
     "An ack that begins the next execution of a finished instance is a conflict.",
     spoil_sharing<TerminalInstanceCannotBeginAnew>},
    {"messages_to_terminal_instances_are_dropped", requirement("TURN_14"),
     "A message for a finished instance is lost.",
     spoil_with<MessagesToTerminalInstancesAreDropped>},
    {"continued_instance_moves_on_by_itself", requirement("TURN_14"),
     "The turn after ContinuedAsNew is in the next execution already.",
     spoil_with<ContinuedInstanceMovesOnByItself>},
    {"record_of_a_continued_instance_moves_on", requirement("TURN_14"),
     "After ContinuedAsNew the record shows the next execution, as running.",
     spoil_with<RecordOfAContinuedInstanceMovesOn>},
};

}  // namespace

std::span<const Defect> fetch_defects() { return kDefects; }

}  // namespace ackproof
