// Providers that are good up to some number, or for some time.
#include <algorithm>
#include <deque>
#include <limits>

#include "contract/requirements.h"
#include "tests/mutants/defect.h"
#include "tests/mutants/spoil.h"

namespace ackproof {

namespace {

Error refusal(ErrorKind kind, const char* operation, const char* why) {
  return {kind, operation, why};
}

// --- Counts

struct Counts {
  std::map<std::string, std::size_t> held;  // By target.
};

struct HeldMessagesAreDroppedBeyondAHundred : Sharing<Counts> {
  using Sharing::Sharing;
  Result<void> enqueue_message(const Message& message, Duration delay) override {
    constexpr std::size_t kMost = 100;
    if (!message.is_start() && !record(inner(), message.target) &&
        ++state()->held[message.target] > kMost) {
      return {};
    }
    return inner().enqueue_message(message, delay);
  }
};

struct AttemptsSaturate : ForwardingProvider {
  using ForwardingProvider::ForwardingProvider;
  Result<std::optional<Turn>> fetch_turn(const FetchTurn& options) override {
    Result<std::optional<Turn>> turn = inner().fetch_turn(options);
    if (turn && turn.value()) turn.value()->attempt = std::min(turn.value()->attempt, kMost);
    return turn;
  }
  Result<std::optional<LockedActivity>> fetch_activity(const FetchActivity& options) override {
    Result<std::optional<LockedActivity>> locked = inner().fetch_activity(options);
    if (locked && locked.value()) {
      locked.value()->attempt = std::min(locked.value()->attempt, kMost);
    }
    return locked;
  }

 private:
  static constexpr std::uint64_t kMost = 10;
};

struct OnlyAHundredExecutionsAreKept : ForwardingProvider {
  using ForwardingProvider::ForwardingProvider;
  Result<std::vector<Event>> read_history(const std::string& instance,
                                          std::optional<std::uint64_t> execution) override {
    constexpr std::uint64_t kMost = 100;
    const std::optional<InstanceInfo> info = record(inner(), instance);
    if (info && execution && info->execution >= kMost && *execution <= info->execution - kMost) {
      return std::vector<Event>();
    }
    return inner().read_history(instance, execution);
  }
};

struct HistoryLimitIsThatOfTheInstance : KnowsExecutions {
  using KnowsExecutions::KnowsExecutions;
  Description describe() const override {
    Description description = ForwardingProvider::describe();
    description.capabilities.limits.history_events = kMost;
    return description;
  }
  Result<void> ack_turn(const LockToken& token, const TurnCommit& commit) override {
    const std::optional<Turn> turn = turn_of(token);
    if (turn && events_before(turn->instance, std::numeric_limits<std::uint64_t>::max()).size() +
                        commit.events.size() >
                    kMost) {
      return refusal(ErrorKind::invalid, "ack_turn", "the history would be too long");
    }
    return KnowsExecutions::ack_turn(token, commit);
  }

 private:
  static constexpr std::size_t kMost = 10'000;
};

struct Heads {
  std::vector<std::string> targets;  // Of all queued messages, in order.
};

// Reads 250 candidates, and looks only then which of them are ready.
struct LooksAt250Heads : KnowsTurns<Heads> {
  using KnowsTurns::KnowsTurns;
  Result<void> enqueue_message(const Message& message, Duration delay) override {
    const Result<void> enqueued = inner().enqueue_message(message, delay);
    if (enqueued) state()->targets.push_back(message.target);
    return enqueued;
  }
  Result<std::optional<Turn>> fetch_turn(const FetchTurn& options) override {
    constexpr std::size_t kMost = 250;
    Result<std::optional<Turn>> turn = KnowsTurns::fetch_turn(options);
    if (!turn || !turn.value()) return turn;
    auto heads = state();
    const auto last = heads->targets.begin() +
                      static_cast<std::ptrdiff_t>(std::min(kMost, heads->targets.size()));
    const bool seen = std::find(heads->targets.begin(), last, turn.value()->instance) != last ||
                      heads->targets.size() < kMost;
    if (seen) return turn;
    unfetch(inner(), *turn.value());
    return std::optional<Turn>();
  }
  Result<void> ack_turn(const LockToken& token, const TurnCommit& commit) override {
    const Result<void> acked = inner().ack_turn(token, commit);
    if (!acked) return acked;
    auto heads = state();
    std::erase(heads->targets, turn_of(token)->instance);
    for (const Message& message : commit.messages) heads->targets.push_back(message.target);
    return acked;
  }
};

// The table of live tokens has 256 places, and the newest one takes that of the oldest.
struct Only256TokensAreKept : Sharing<std::deque<std::string>> {
  using Sharing::Sharing;
  Result<std::optional<Turn>> fetch_turn(const FetchTurn& options) override {
    return kept(inner().fetch_turn(options));
  }
  Result<std::optional<LockedActivity>> fetch_activity(const FetchActivity& options) override {
    return kept(inner().fetch_activity(options));
  }
  Result<void> ack_turn(const LockToken& token, const TurnCommit& commit) override {
    if (!is_kept(token)) return forgotten("ack_turn");
    return inner().ack_turn(token, commit);
  }
  Result<void> ack_activity(const LockToken& token,
                            const std::optional<Message>& completion) override {
    if (!is_kept(token)) return forgotten("ack_activity");
    return inner().ack_activity(token, completion);
  }

 private:
  template <class Fetched>
  Result<std::optional<Fetched>> kept(Result<std::optional<Fetched>> answer) {
    constexpr std::size_t kMost = 256;
    auto tokens = state();
    if (answer && answer.value()) tokens->push_back(answer.value()->token.value);
    if (tokens->size() > kMost) tokens->pop_front();
    return answer;
  }
  bool is_kept(const LockToken& token) {
    auto tokens = state();
    return std::ranges::find(*tokens, token.value) != tokens->end();
  }
  static Error forgotten(const char* operation) {
    return refusal(ErrorKind::lock_lost, operation, "the token is not known");
  }
};

struct Backlog {
  std::map<std::string, std::vector<Message>> cut;  // From the batch, by token.
  std::optional<std::string> oldest;                // The instance that it belongs to.
};

// Serves the instance with the oldest message first, and a batch of at most 1,000 of them: what is
// left over is the oldest again.
struct BacklogGoesFirst : Sharing<Backlog> {
  using Sharing::Sharing;
  Description describe() const override {
    Description description = ForwardingProvider::describe();
    description.capabilities.limits.batch_messages = kMost;
    return description;
  }
  Result<std::optional<Turn>> fetch_turn(const FetchTurn& options) override {
    auto backlog = state();
    std::vector<Turn> turns = fetch_all(inner(), options);
    if (turns.empty()) return inner().fetch_turn(options);
    const auto oldest = std::ranges::find_if(
        turns, [&](const Turn& turn) { return turn.instance == backlog->oldest; });
    Turn chosen = oldest == turns.end() ? turns.front() : *oldest;
    for (const Turn& turn : turns) {
      if (turn.instance != chosen.instance) unfetch(inner(), turn);
    }
    if (chosen.messages.size() > kMost) {
      const auto rest = chosen.messages.begin() + kMost;
      backlog->cut[chosen.token.value] = {rest, chosen.messages.end()};
      chosen.messages.erase(rest, chosen.messages.end());
      backlog->oldest = chosen.instance;
    }
    return std::optional(std::move(chosen));
  }
  Result<void> ack_turn(const LockToken& token, const TurnCommit& commit) override {
    const Result<void> acked = inner().ack_turn(token, commit);
    if (acked) enqueue_items(inner(), {.messages = state()->cut[token.value]});
    return acked;
  }

 private:
  static constexpr std::size_t kMost = 1'000;
};

void cut_the_history_at_10000_events(Turn& turn) {
  constexpr std::size_t kMost = 10'000;
  if (turn.history.size() > kMost) turn.history.resize(kMost);
}

// --- Numbers of 32 bits

std::uint64_t in_32_bits(std::uint64_t number) { return number & 0xFFFF'FFFFU; }

struct EventIdsAreComparedIn32Bits : KnowsTurns<> {
  using KnowsTurns::KnowsTurns;
  Result<void> ack_turn(const LockToken& token, const TurnCommit& commit) override {
    const std::optional<Turn> turn = turn_of(token);
    const Result<std::vector<Event>> stored =
        turn ? inner().read_history(turn->instance, commit.execution) : std::vector<Event>();
    if (stored) {
      for (const Event& event : commit.events) {
        const bool there = std::ranges::any_of(stored.value(), [&](const Event& other) {
          return in_32_bits(other.id) == in_32_bits(event.id);
        });
        if (there) return refusal(ErrorKind::conflict, "ack_turn", "the event is there already");
      }
    }
    return inner().ack_turn(token, commit);
  }
};

void cancel_in_32_bits(TurnCommit& commit) {
  for (ActivityKey& key : commit.cancelled) key.id = in_32_bits(key.id);
}

// Execution 2^32+1 is execution 1, in writing as in reading.
struct ExecutionsHave32Bits : ForwardingProvider {
  using ForwardingProvider::ForwardingProvider;
  Result<void> ack_turn(const LockToken& token, const TurnCommit& commit) override {
    TurnCommit wrapped = commit;
    wrapped.execution = wrapped_of(commit.execution);
    return inner().ack_turn(token, wrapped);
  }
  Result<std::vector<Event>> read_history(const std::string& instance,
                                          std::optional<std::uint64_t> execution) override {
    if (execution) execution = wrapped_of(*execution);
    return inner().read_history(instance, execution);
  }

 private:
  static std::uint64_t wrapped_of(std::uint64_t execution) {
    const std::uint64_t low = in_32_bits(execution);
    return low == 0 ? execution : low;
  }
};

void take_source_0_for_none(TurnCommit& commit) {
  for (Event& event : commit.events) {
    if (event.source_id == 0) event.source_id.reset();
  }
}

// --- Ages

struct Ages : Timed {
  std::vector<std::pair<Message, Time>> messages;
  std::vector<std::pair<Activity, Time>> activities;
};

class ForgetsWhatIsOld : public Sharing<Ages> {
 public:
  using Sharing::Sharing;

 protected:
  template <class Item>
  static bool is_old(const std::vector<std::pair<Item, Time>>& ages, const Item& item, Time now) {
    constexpr Duration kRetention = std::chrono::days(14);
    const auto found = std::ranges::find(ages, item, &std::pair<Item, Time>::first);
    return found != ages.end() && now - found->second > kRetention;
  }
};

// The queue's service keeps an item for 14 days.
struct OldMessagesVanish : ForgetsWhatIsOld {
  using ForgetsWhatIsOld::ForgetsWhatIsOld;
  Result<void> enqueue_message(const Message& message, Duration delay) override {
    state()->messages.emplace_back(message, state()->clock->now());
    return inner().enqueue_message(message, delay);
  }
  Result<std::optional<Turn>> fetch_turn(const FetchTurn& options) override {
    for (;;) {
      Result<std::optional<Turn>> turn = inner().fetch_turn(options);
      if (!turn || !turn.value()) return turn;
      std::erase_if(turn.value()->messages, [&](const Message& message) {
        return is_old(state()->messages, message, turn.value()->now);
      });
      if (!turn.value()->messages.empty()) return turn;
      (void)inner().ack_turn(turn.value()->token, {.execution = turn.value()->execution});
    }
  }
};

// The same, but it spares instances that exist.
struct OldHeldMessagesVanish : OldMessagesVanish {
  using OldMessagesVanish::OldMessagesVanish;
  Result<void> enqueue_message(const Message& message, Duration delay) override {
    if (message.is_start() || record(inner(), message.target)) {
      return inner().enqueue_message(message, delay);
    }
    return OldMessagesVanish::enqueue_message(message, delay);
  }
};

struct OldActivitiesVanish : ForgetsWhatIsOld {
  using ForgetsWhatIsOld::ForgetsWhatIsOld;
  Result<void> enqueue_activity(const Activity& activity) override {
    state()->activities.emplace_back(activity, state()->clock->now());
    return inner().enqueue_activity(activity);
  }
  Result<std::optional<LockedActivity>> fetch_activity(const FetchActivity& options) override {
    for (;;) {
      Result<std::optional<LockedActivity>> locked = inner().fetch_activity(options);
      if (!locked || !locked.value()) return locked;
      const Time now = state()->clock->now();
      if (!is_old(state()->activities, locked.value()->activity, now)) return locked;
      (void)inner().ack_activity(locked.value()->token, std::nullopt);
    }
  }
};

// Histories are for 30 days after the last ack.
struct OldHistoriesVanish : ForgetsWhatIsOld {
  using ForgetsWhatIsOld::ForgetsWhatIsOld;
  Result<std::vector<Event>> read_history(const std::string& instance,
                                          std::optional<std::uint64_t> execution) override {
    constexpr Duration kRetention = std::chrono::days(30);
    const std::optional<InstanceInfo> info = record(inner(), instance);
    if (info && state()->clock->now() - info->updated_at > kRetention) return std::vector<Event>();
    return inner().read_history(instance, execution);
  }
};

// Compares times as text, in which the year 10000 comes before all others.
struct NothingIsDueAfterTheYear9999 : ForgetsWhatIsOld {
  using ForgetsWhatIsOld::ForgetsWhatIsOld;
  Result<std::optional<Turn>> fetch_turn(const FetchTurn& options) override {
    if (is_later()) return std::optional<Turn>();
    return inner().fetch_turn(options);
  }
  Result<std::optional<LockedActivity>> fetch_activity(const FetchActivity& options) override {
    if (is_later()) return std::optional<LockedActivity>();
    return inner().fetch_activity(options);
  }

 private:
  bool is_later() {
    constexpr Time kYear10000{Duration(253'402'300'800'000)};
    return state()->clock->now() >= kYear10000;
  }
};

constexpr Defect kDefects[] = {
    {"held_messages_are_dropped_beyond_a_hundred", requirement("TURN_5"),
     "An instance that is not started can have 100 messages; more are lost.",
     spoil_sharing<HeldMessagesAreDroppedBeyondAHundred>},
    {"attempts_saturate_at_ten", requirement("POISON_1"), "No attempt count is larger than 10.",
     spoil_with<AttemptsSaturate>},
    {"only_a_hundred_executions_are_kept", requirement("HIST_1"),
     "The history of an execution goes when a hundred have followed it.",
     spoil_with<OnlyAHundredExecutionsAreKept>},
    {"history_limit_is_that_of_the_instance", requirement("CAP_3"),
     "The limit of events counts those of all executions.",
     spoil_sharing<HistoryLimitIsThatOfTheInstance>},
    {"looks_at_250_heads", requirement("TURN_5"),
     "A ready instance behind 250 messages that cannot be delivered is not found.",
     spoil_sharing<LooksAt250Heads>},
    {"only_256_tokens_are_kept", requirement("LOCK_8"),
     "The 257th lock makes the first one's token unknown.", spoil_sharing<Only256TokensAreKept>},
    {"backlog_goes_first", requirement("TURN_8"),
     "An instance with more than a batch of messages is served until none is left.",
     spoil_sharing<BacklogGoesFirst>},
    {"history_of_a_turn_is_cut_at_10000", requirement("TURN_3"),
     "A turn has the first 10,000 events.",
     spoil_with<ChangesTurns<cut_the_history_at_10000_events>>},
    {"event_ids_are_compared_in_32_bits", requirement("ACK_4"),
     "Event 2^32+1 is a conflict with event 1.", spoil_sharing<EventIdsAreComparedIn32Bits>},
    {"cancellation_counts_in_32_bits", requirement("ACK_9"),
     "Cancelling activity 2^32+1 cancels activity 1.",
     spoil_with<ChangesCommits<cancel_in_32_bits>>},
    {"executions_have_32_bits", requirement("HIST_1"), "Execution 2^32+1 is execution 1.",
     spoil_with<ExecutionsHave32Bits>},
    {"source_0_is_none", requirement("HIST_3"), "The source id 0 comes back as absent.",
     spoil_with<ChangesCommits<take_source_0_for_none>>},
    {"old_messages_vanish", requirement("TURN_2"),
     "A message that is not taken within 14 days is lost.", spoil_timed<OldMessagesVanish>},
    {"old_held_messages_vanish", requirement("TURN_5"),
     "A message whose instance is not started within 14 days is lost.",
     spoil_timed<OldHeldMessagesVanish>},
    {"old_activities_vanish", requirement("WORK_7"),
     "An activity that is not taken within 14 days is lost.", spoil_timed<OldActivitiesVanish>},
    {"old_histories_vanish", requirement("HIST_1"),
     "A history is empty 30 days after the last ack.", spoil_timed<OldHistoriesVanish>},
    {"nothing_is_due_after_the_year_9999", requirement("TIME_1"),
     "From the year 10000 on nothing is delivered any more.",
     spoil_timed<NothingIsDueAfterTheYear9999>},
};

}  // namespace

std::span<const Defect> bound_defects() { return kDefects; }

}  // namespace ackproof
