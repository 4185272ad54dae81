// Stores that lose or change something when they are closed or opened.
#include <algorithm>
#include <functional>
#include <optional>
#include <thread>

#include "contract/requirements.h"
#include "contract/rules.h"
#include "tests/mutants/defect.h"
#include "tests/mutants/spoil.h"

namespace ackproof {

namespace {

// Runs something when the last handle closes, and when the first one opens again.
template <class State>
struct WithHandles : State {
  int handles = 0;
};

template <class State = Nothing>
class KnowsHandles : public Sharing<WithHandles<State>> {
 public:
  KnowsHandles(std::unique_ptr<Provider> inner,
               std::shared_ptr<typename Sharing<WithHandles<State>>::Shared> shared)
      : Sharing<WithHandles<State>>(std::move(inner), std::move(shared)) {
    is_first_ = this->state()->handles++ == 0;
  }
  ~KnowsHandles() override { --this->state()->handles; }

 protected:
  bool is_first() const { return is_first_; }
  bool is_last() { return this->state()->handles == 1; }

 private:
  bool is_first_ = false;
};

void give_back(Provider& inner, const std::vector<LockedActivity>& activities) {
  for (const LockedActivity& locked : activities) {
    (void)inner.abandon_activity(locked.token, {.ignore_attempt = true});
  }
}

std::vector<LockedActivity> fetch_all_activities(Provider& inner) {
  std::vector<LockedActivity> all;
  for (;;) {
    auto locked = inner.fetch_activity({});
    if (!locked || !locked.value()) return all;
    all.push_back(*locked.value());
  }
}

// --- DUR_1: what is gone after closing

// Writes when the next call needs it, and never when none comes.
struct Buffer {
  std::vector<std::pair<Message, Duration>> messages;
  std::vector<Activity> activities;
};

template <bool keeps_messages, bool keeps_activities>
struct BuffersEnqueues : KnowsHandles<Buffer> {
  using KnowsHandles::KnowsHandles;
  ~BuffersEnqueues() override {
    if (!is_last()) return;
    auto buffer = state();
    buffer->messages.clear();
    buffer->activities.clear();
  }
  Result<void> enqueue_message(const Message& message, Duration delay) override {
    flush();
    if (!keeps_messages || !is_legal(message, delay))
      return inner().enqueue_message(message, delay);
    state()->messages.emplace_back(message, delay);
    return {};
  }
  Result<void> enqueue_activity(const Activity& activity) override {
    flush();
    if (!keeps_activities || !is_legal(activity)) return inner().enqueue_activity(activity);
    state()->activities.push_back(activity);
    return {};
  }
  Result<std::optional<Turn>> fetch_turn(const FetchTurn& options) override {
    flush();
    return inner().fetch_turn(options);
  }
  Result<std::optional<LockedActivity>> fetch_activity(const FetchActivity& options) override {
    flush();
    return inner().fetch_activity(options);
  }
  Result<void> ack_turn(const LockToken& token, const TurnCommit& commit) override {
    flush();
    return inner().ack_turn(token, commit);
  }
  Result<void> ack_activity(const LockToken& token,
                            const std::optional<Message>& completion) override {
    flush();
    return inner().ack_activity(token, completion);
  }

 private:
  bool is_legal(const Message& message, Duration delay) {
    return !rules::enqueue_message(inner().describe().capabilities, message, delay);
  }
  bool is_legal(const Activity& activity) {
    return !rules::enqueue_activity(inner().describe().capabilities, activity);
  }
  void flush() {
    auto buffer = state();
    for (const auto& [message, delay] : buffer->messages) {
      (void)inner().enqueue_message(message, delay);
    }
    for (const Activity& activity : buffer->activities) (void)inner().enqueue_activity(activity);
    buffer->messages.clear();
    buffer->activities.clear();
  }
};

// What the last ack sent, or completed, is written by the next call.
struct Unsent {
  TurnCommit items;
};
template <bool of_turns>
struct BuffersWhatAcksSend : KnowsHandles<Unsent> {
  using KnowsHandles::KnowsHandles;
  ~BuffersWhatAcksSend() override {
    if (is_last()) state()->items = TurnCommit();
  }
  Result<void> enqueue_message(const Message& message, Duration delay) override {
    flush();
    return inner().enqueue_message(message, delay);
  }
  Result<void> enqueue_activity(const Activity& activity) override {
    flush();
    return inner().enqueue_activity(activity);
  }
  Result<std::optional<Turn>> fetch_turn(const FetchTurn& options) override {
    flush();
    return inner().fetch_turn(options);
  }
  Result<std::optional<LockedActivity>> fetch_activity(const FetchActivity& options) override {
    flush();
    return inner().fetch_activity(options);
  }
  Result<void> ack_turn(const LockToken& token, const TurnCommit& commit) override {
    flush();
    const bool is_legal = !rules::ack_turn(inner().describe().capabilities, commit);
    if (!of_turns || !is_legal || !commit.cancelled.empty()) return inner().ack_turn(token, commit);
    TurnCommit changed = commit;
    changed.activities.clear();
    changed.messages.clear();
    const Result<void> answer = inner().ack_turn(token, changed);
    if (answer) state()->items = commit;
    return answer;
  }
  Result<void> ack_activity(const LockToken& token,
                            const std::optional<Message>& completion) override {
    flush();
    const bool is_legal = !rules::ack_activity(inner().describe().capabilities, completion);
    if (of_turns || !completion || !is_legal) return inner().ack_activity(token, completion);
    const Result<void> answer = inner().ack_activity(token, std::nullopt);
    if (answer) state()->items.messages = {*completion};
    return answer;
  }

 private:
  void flush() {
    auto unsent = state();
    enqueue_items(inner(), std::exchange(unsent->items, TurnCommit()));
  }
};

// Reads are served from memory, which has more than the store.
struct Unwritten {
  std::map<std::string, Metadata> metadata;          // By instance.
  std::map<std::string, std::vector<Event>> events;  // The last commit's.
};
struct KeepsMetadataInMemory : KnowsTurns<WithHandles<Unwritten>> {
  KeepsMetadataInMemory(std::unique_ptr<Provider> inner, std::shared_ptr<Shared> shared)
      : KnowsTurns(std::move(inner), std::move(shared)) {
    ++state()->handles;
  }
  ~KeepsMetadataInMemory() override {
    auto unwritten = state();
    if (--unwritten->handles == 0) unwritten->metadata.clear();
  }
  Result<void> ack_turn(const LockToken& token, const TurnCommit& commit) override {
    const auto turn = turn_of(token);
    if (!turn) return inner().ack_turn(token, commit);
    TurnCommit changed = commit;
    changed.metadata.output.reset();
    const Result<void> answer = inner().ack_turn(token, changed);
    if (answer) state()->metadata[turn->instance] = commit.metadata;
    return answer;
  }
  Result<std::optional<InstanceInfo>> read_instance(const std::string& instance) override {
    auto info = inner().read_instance(instance);
    auto unwritten = state();
    if (info && info.value() && unwritten->metadata.contains(instance)) {
      const auto& output = unwritten->metadata[instance].output;
      if (output) info.value()->output = output;
    }
    return info;
  }
};

// Acks of activities are remembered, and forgotten: the item comes back after reopening.
struct Acked {
  std::map<std::string, LockedActivity> locked;  // By token.
  std::vector<Activity> acked;
};
struct ForgetsActivityAcks : KnowsHandles<Acked> {
  using KnowsHandles::KnowsHandles;
  ~ForgetsActivityAcks() override {
    if (!is_last()) return;
    auto acked = state();
    for (const Activity& activity : acked->acked) (void)inner().enqueue_activity(activity);
    acked->acked.clear();
  }
  Result<std::optional<LockedActivity>> fetch_activity(const FetchActivity& options) override {
    auto locked = inner().fetch_activity(options);
    if (locked && locked.value()) {
      state()->locked.insert_or_assign(locked.value()->token.value, *locked.value());
    }
    return locked;
  }
  Result<void> ack_activity(const LockToken& token,
                            const std::optional<Message>& completion) override {
    const Result<void> answer = inner().ack_activity(token, completion);
    auto acked = state();
    const auto found = acked->locked.find(token.value);
    if (answer && found != acked->locked.end() && !found->second.activity.error) {
      acked->acked = {found->second.activity};  // The last one only.
    }
    return answer;
  }
};

// --- DUR_3: what is otherwise after opening

// Delays are kept in memory: whatever was hidden is visible once the store was opened again.
struct Hidden {
  std::vector<Message> messages;  // Not in the store yet.
  std::vector<Time> until;
};
class ForgetsHiddenTimes : public ForwardingProvider {
 public:
  ForgetsHiddenTimes(std::unique_ptr<Provider> inner, const Scope& scope)
      : ForwardingProvider(std::move(inner)),
        shared_(shared_of<Shared>(scope)),
        clock_(scope.clock ? scope.clock : std::make_shared<SystemClock>()) {
    const std::lock_guard lock(shared_->mutex);
    if (shared_->handles++ == 0) release(Time::max());
  }
  ~ForgetsHiddenTimes() override {
    const std::lock_guard lock(shared_->mutex);
    --shared_->handles;
  }
  Result<void> enqueue_message(const Message& message, Duration delay) override {
    const std::lock_guard lock(shared_->mutex);
    const bool is_legal = !rules::enqueue_message(inner().describe().capabilities, message, delay);
    const Time now = clock_->now();
    const Time until = std::max(rules::later(now, is_legal ? delay : Duration(0)),
                                message.visible_at.value_or(now));
    if (!is_legal || until <= now) return inner().enqueue_message(message, delay);
    shared_->hidden.emplace(until, message);
    return {};
  }
  Result<void> ack_turn(const LockToken& token, const TurnCommit& commit) override {
    const std::lock_guard lock(shared_->mutex);
    const Time now = clock_->now();
    TurnCommit changed = commit;
    const auto is_hidden = [&](const Message& message) {
      return message.visible_at.value_or(now) > now;
    };
    if (!rules::ack_turn(inner().describe().capabilities, commit)) {
      std::erase_if(changed.messages, is_hidden);
    }
    const Result<void> answer = inner().ack_turn(token, changed);
    if (!answer) return answer;
    for (const Message& message : commit.messages) {
      if (is_hidden(message)) shared_->hidden.emplace(*message.visible_at, message);
    }
    return answer;
  }
  Result<std::optional<Turn>> fetch_turn(const FetchTurn& options) override {
    const std::lock_guard lock(shared_->mutex);
    release(clock_->now());
    auto turn = inner().fetch_turn(options);
    if (!turn || !turn.value()) return turn;
    for (Message& message : turn.value()->messages) {
      const auto wish = shared_->wishes.find({message.target, message.id});
      if (wish != shared_->wishes.end() && !message.visible_at) message.visible_at = wish->second;
    }
    return turn;
  }

 private:
  void release(Time until) {
    while (!shared_->hidden.empty() && shared_->hidden.begin()->first <= until) {
      Message message = shared_->hidden.begin()->second;
      shared_->wishes[{message.target, message.id}] = message.visible_at;
      message.visible_at.reset();
      (void)inner().enqueue_message(message);
      shared_->hidden.erase(shared_->hidden.begin());
    }
  }
  struct Shared {
    std::mutex mutex;
    int handles = 0;
    std::multimap<Time, Message> hidden;
    // What the sender said, which comes back with the message.
    std::map<std::pair<std::string, std::uint64_t>, std::optional<Time>> wishes;
  };
  const std::shared_ptr<Shared> shared_;
  const std::shared_ptr<Clock> clock_;
};

template <class D>
std::unique_ptr<Provider> spoil_scoped(std::unique_ptr<Provider> inner, const Scope& scope) {
  return std::make_unique<D>(std::move(inner), scope);
}

// Opening puts the queue of activities in another order: the last comes first.
struct ReversesTheQueue : KnowsHandles<> {
  ReversesTheQueue(std::unique_ptr<Provider> inner, std::shared_ptr<Shared> shared)
      : KnowsHandles(std::move(inner), std::move(shared)) {
    if (!is_first()) return;
    const std::vector<LockedActivity> all = fetch_all_activities(this->inner());
    for (auto locked = all.rbegin(); locked != all.rend(); ++locked) {
      if (locked->activity.error) continue;
      (void)this->inner().ack_activity(locked->token, std::nullopt);
      (void)this->inner().enqueue_activity(locked->activity);
    }
  }
};

// The queue places of messages are counted from 1 again: new ones come before old ones.
struct Places {
  int opening = 0;
  std::map<std::pair<std::string, std::uint64_t>, int> openings;  // Of messages' enqueueing.
};
struct RestartsQueuePlaces : KnowsHandles<Places> {
  RestartsQueuePlaces(std::unique_ptr<Provider> inner, std::shared_ptr<Shared> shared)
      : KnowsHandles(std::move(inner), std::move(shared)) {
    if (is_first()) ++state()->opening;
  }
  Result<void> enqueue_message(const Message& message, Duration delay) override {
    auto places = state();
    places->openings[{message.target, message.id}] = places->opening;
    return inner().enqueue_message(message, delay);
  }
  Result<std::optional<Turn>> fetch_turn(const FetchTurn& options) override {
    auto turn = inner().fetch_turn(options);
    if (!turn || !turn.value()) return turn;
    auto places = state();
    std::ranges::stable_sort(turn.value()->messages, std::greater(), [&](const Message& message) {
      return places->openings[{message.target, message.id}];
    });
    return turn;
  }
};

// The current execution is kept in memory and taken for 1 after opening: as after a lost cache.
struct Seen {
  std::map<std::string, std::uint64_t> current;  // By instance, since opening.
};
struct ForgetsTheCurrentExecution : KnowsTurns<WithHandles<Seen>> {
  ForgetsTheCurrentExecution(std::unique_ptr<Provider> inner, std::shared_ptr<Shared> shared)
      : KnowsTurns(std::move(inner), std::move(shared)) {
    ++state()->handles;
  }
  ~ForgetsTheCurrentExecution() override {
    auto seen = state();
    if (--seen->handles == 0) seen->current.clear();
  }
  Result<void> ack_turn(const LockToken& token, const TurnCommit& commit) override {
    const auto turn = turn_of(token);
    const Result<void> answer = inner().ack_turn(token, commit);
    auto seen = state();
    if (answer && turn) {
      std::uint64_t& current = seen->current[turn->instance];
      current = std::max(current, commit.execution);
    }
    return answer;
  }
  Result<std::optional<Turn>> fetch_turn(const FetchTurn& options) override {
    auto turn = KnowsTurns::fetch_turn(options);
    if (!turn || !turn.value()) return turn;
    const std::uint64_t current = known(turn.value()->instance);
    if (current == 0 && turn.value()->execution > 1) {
      const auto first = inner().read_history(turn.value()->instance, 1);
      turn.value()->execution = 1;
      turn.value()->history = first ? first.value() : std::vector<Event>();
    }
    return turn;
  }
  Result<std::vector<Event>> read_history(const std::string& instance,
                                          std::optional<std::uint64_t> execution) override {
    return inner().read_history(instance, !execution && known(instance) == 0 ? 1 : execution);
  }

 private:
  std::uint64_t known(const std::string& instance) { return state()->current[instance]; }
};

// --- DUR_4: opening in the middle of others' work

// Opening recovers: all turns' or activities' locks are taken for those of the dead.
struct Held {
  std::map<std::string, bool> tokens;  // Whether of a turn.
};
class KnowsLocks : public KnowsHandles<Held> {
 public:
  using KnowsHandles::KnowsHandles;
  Result<std::optional<Turn>> fetch_turn(const FetchTurn& options) override {
    auto turn = inner().fetch_turn(options);
    if (turn && turn.value()) state()->tokens[turn.value()->token.value] = true;
    return turn;
  }
  Result<std::optional<LockedActivity>> fetch_activity(const FetchActivity& options) override {
    auto locked = inner().fetch_activity(options);
    if (locked && locked.value()) state()->tokens[locked.value()->token.value] = false;
    return locked;
  }

 protected:
  // Those that live no more fail, which is all right.
  void free_locks(bool turns, const Abandon& how = {}) {
    auto held = state();
    for (const auto& [token, is_turn] : held->tokens) {
      if (is_turn != turns) continue;
      (void)(turns ? inner().abandon_turn({token}, how) : inner().abandon_activity({token}, how));
    }
  }
};

template <bool turns>
struct OpeningFreesLocks : KnowsLocks {
  OpeningFreesLocks(std::unique_ptr<Provider> inner, std::shared_ptr<Shared> shared)
      : KnowsLocks(std::move(inner), std::move(shared)) {
    if (!is_first()) free_locks(turns);
  }
};

// The constructor makes an empty table: every handle takes away what was queued.
struct OpeningClearsActivities : KnowsHandles<> {
  OpeningClearsActivities(std::unique_ptr<Provider> inner, std::shared_ptr<Shared> shared)
      : KnowsHandles(std::move(inner), std::move(shared)) {
    for (const LockedActivity& locked : fetch_all_activities(this->inner())) {
      (void)this->inner().ack_activity(locked.token, std::nullopt);
    }
  }
};

// Two handles that make the tables at one time: one of them fails half-way and is of no use.
struct Makers {
  int inside = 0;
};
struct OpeningRaces : Sharing<Makers> {
  OpeningRaces(std::unique_ptr<Provider> inner, std::shared_ptr<Shared> shared)
      : Sharing(std::move(inner), std::move(shared)) {
    is_broken_ = state()->inside++ > 0;
    for (int i = 0; i < 50; ++i) std::this_thread::yield();
    --state()->inside;
  }
  Result<void> enqueue_activity(const Activity& activity) override {
    return is_broken_ ? no_table("enqueue_activity") : inner().enqueue_activity(activity);
  }
  Result<std::optional<LockedActivity>> fetch_activity(const FetchActivity& options) override {
    if (is_broken_) return no_table("fetch_activity");
    return inner().fetch_activity(options);
  }
  Result<std::vector<Event>> read_history(const std::string& instance,
                                          std::optional<std::uint64_t> execution) override {
    if (is_broken_) return no_table("read_history");
    return inner().read_history(instance, execution);
  }

 private:
  static Error no_table(const char* operation) {
    return {ErrorKind::internal, operation, "no such table"};
  }
  bool is_broken_ = false;
};

// A store that is open elsewhere is a new one for every further handle.
struct SecondHandleIsApart : KnowsHandles<> {
  using KnowsHandles::KnowsHandles;
  Result<std::optional<LockedActivity>> fetch_activity(const FetchActivity& options) override {
    std::vector<LockedActivity> others;
    for (;;) {
      auto locked = inner().fetch_activity(options);
      if (locked && locked.value() && !is_own(locked.value()->activity)) {
        others.push_back(*locked.value());
        continue;
      }
      give_back(inner(), others);
      return locked;
    }
  }
  Result<void> enqueue_activity(const Activity& activity) override {
    const std::lock_guard lock(mutex_);
    own_.push_back(activity);
    return inner().enqueue_activity(activity);
  }

 private:
  bool is_own(const Activity& activity) {
    const std::lock_guard lock(mutex_);
    return is_first() || std::find(own_.begin(), own_.end(), activity) != own_.end();
  }
  std::mutex mutex_;
  std::vector<Activity> own_;
};

// --- DUR_5: locks and attempts that do not last

template <bool turns>
struct ClosingFreesLocks : KnowsLocks {
  using KnowsLocks::KnowsLocks;
  ~ClosingFreesLocks() override {
    if (is_last()) free_locks(turns, {.ignore_attempt = true});
  }
};

template <bool turns>
struct FirstOpeningFreesLocks : KnowsLocks {
  FirstOpeningFreesLocks(std::unique_ptr<Provider> inner, std::shared_ptr<Shared> shared)
      : KnowsLocks(std::move(inner), std::move(shared)) {
    if (is_first()) free_locks(turns);
  }
};

// Tokens are bound to the time that the store is open: later the lock stands, and nobody has it.
struct Opened {
  std::map<std::string, std::uint64_t> openings;  // By token.
  std::uint64_t opening = 0;
};
template <bool turns>
struct TokensDieAtClosing : KnowsHandles<Opened> {
  TokensDieAtClosing(std::unique_ptr<Provider> inner, std::shared_ptr<Shared> shared)
      : KnowsHandles(std::move(inner), std::move(shared)) {
    if (is_first()) ++state()->opening;
  }
  Result<std::optional<Turn>> fetch_turn(const FetchTurn& options) override {
    auto turn = inner().fetch_turn(options);
    if (turns && turn && turn.value()) note(turn.value()->token);
    return turn;
  }
  Result<std::optional<LockedActivity>> fetch_activity(const FetchActivity& options) override {
    auto locked = inner().fetch_activity(options);
    if (!turns && locked && locked.value()) note(locked.value()->token);
    return locked;
  }
  Result<void> ack_turn(const LockToken& token, const TurnCommit& commit) override {
    return is_old(token) ? dead("ack_turn") : inner().ack_turn(token, commit);
  }
  Result<void> abandon_turn(const LockToken& token, const Abandon& how) override {
    return is_old(token) ? dead("abandon_turn") : inner().abandon_turn(token, how);
  }
  Result<void> renew_turn(const LockToken& token, Duration extend_for) override {
    return is_old(token) ? dead("renew_turn") : inner().renew_turn(token, extend_for);
  }
  Result<void> ack_activity(const LockToken& token,
                            const std::optional<Message>& completion) override {
    return is_old(token) ? dead("ack_activity") : inner().ack_activity(token, completion);
  }
  Result<void> abandon_activity(const LockToken& token, const Abandon& how) override {
    return is_old(token) ? dead("abandon_activity") : inner().abandon_activity(token, how);
  }
  Result<void> renew_activity(const LockToken& token, Duration extend_for) override {
    return is_old(token) ? dead("renew_activity") : inner().renew_activity(token, extend_for);
  }

 private:
  void note(const LockToken& token) {
    auto opened = state();
    opened->openings[token.value] = opened->opening;
  }
  bool is_old(const LockToken& token) {
    auto opened = state();
    const auto found = opened->openings.find(token.value);
    return found != opened->openings.end() && found->second != opened->opening;
  }
  static Error dead(const char* operation) {
    return {ErrorKind::lock_lost, operation, "the token is of another session"};
  }
};

// Deadlines are counted anew from the opening.
template <bool turns>
struct OpeningRenewsLocks : KnowsLocks {
  OpeningRenewsLocks(std::unique_ptr<Provider> inner, std::shared_ptr<Shared> shared)
      : KnowsLocks(std::move(inner), std::move(shared)) {
    if (!is_first()) return;
    constexpr Duration kAnew = std::chrono::minutes(1);
    auto held = state();
    for (const auto& [token, is_turn] : held->tokens) {
      if (is_turn != turns) continue;
      (void)(turns ? this->inner().renew_turn({token}, kAnew)
                   : this->inner().renew_activity({token}, kAnew));
    }
  }
};

// Attempts are counted since the store was opened.
struct Counted {
  std::map<std::string, std::uint64_t> before;  // By item: attempts before the opening.
  std::map<std::string, std::uint64_t> now;     // By item: as stored.
};
struct CountsSinceOpening : KnowsHandles<Counted> {
  CountsSinceOpening(std::unique_ptr<Provider> inner, std::shared_ptr<Shared> shared)
      : KnowsHandles(std::move(inner), std::move(shared)) {
    auto counted = state();
    if (is_first()) counted->before = counted->now;
  }
  Result<std::optional<Turn>> fetch_turn(const FetchTurn& options) override {
    auto turn = inner().fetch_turn(options);
    if (turn && turn.value()) miscount("turn " + turn.value()->instance, turn.value()->attempt);
    return turn;
  }
  Result<std::optional<LockedActivity>> fetch_activity(const FetchActivity& options) override {
    auto locked = inner().fetch_activity(options);
    if (locked && locked.value()) {
      const Activity& activity = locked.value()->activity;
      miscount("activity " + activity.instance + " " + std::to_string(activity.id),
               locked.value()->attempt);
    }
    return locked;
  }

 private:
  void miscount(const std::string& item, std::uint64_t& attempt) {
    auto counted = state();
    counted->now[item] = attempt;
    if (attempt > counted->before[item]) attempt -= counted->before[item];
  }
};

}  // namespace

std::span<const Defect> durability_defects() {
  static const std::vector<Defect> rows = {
      {"enqueued_messages_are_buffered", requirement("DUR_1"),
       "The last enqueued message is in memory until the next call, and gone with the last handle.",
       spoil_sharing<BuffersEnqueues<true, false>>, Spoils::sqlite},
      {"enqueued_activities_are_buffered", requirement("DUR_1"),
       "The last enqueued activity is in memory until the next call, and gone with the last "
       "handle.",
       spoil_sharing<BuffersEnqueues<false, true>>, Spoils::sqlite},
      {"items_of_a_commit_are_buffered", requirement("DUR_1"),
       "What the last ack sent is in memory until the next call, and gone with the last handle.",
       spoil_sharing<BuffersWhatAcksSend<true>>, Spoils::sqlite},
      {"completions_are_buffered", requirement("DUR_1"),
       "The last completion is in memory until the next call, and gone with the last handle.",
       spoil_sharing<BuffersWhatAcksSend<false>>, Spoils::sqlite},
      {"output_is_not_written", requirement("DUR_1"),
       "Outputs are in memory, and gone with the last handle.",
       spoil_sharing<KeepsMetadataInMemory>, Spoils::sqlite},
      {"last_activity_ack_is_not_written", requirement("DUR_1"),
       "The activity that was acked last is back after reopening.",
       spoil_sharing<ForgetsActivityAcks>, Spoils::sqlite},
      {"reopening_shows_what_is_hidden", requirement("DUR_1"),
       "Messages with a delay or a visible time are visible once the store was opened again.",
       spoil_scoped<ForgetsHiddenTimes>, Spoils::sqlite},

      {"reopening_turns_the_queue_around", requirement("DUR_3"),
       "After reopening the activities come in reverse order.", spoil_sharing<ReversesTheQueue>,
       Spoils::sqlite},
      {"reopening_forgets_the_current_execution", requirement("DUR_3"),
       "After reopening execution 1 is current until the next ack.",
       spoil_sharing<ForgetsTheCurrentExecution>, Spoils::sqlite},
      {"reopening_restarts_the_queue_places", requirement("DUR_3"),
       "Messages that are enqueued after reopening come before those from before.",
       spoil_sharing<RestartsQueuePlaces>, Spoils::sqlite},

      {"openings_at_one_time_race", requirement("DUR_4"),
       "Of handles that are opened at one time only one is of use.", spoil_sharing<OpeningRaces>,
       Spoils::sqlite},
      {"opening_frees_turns", requirement("DUR_4"),
       "Opening another handle frees all locked instances.", spoil_sharing<OpeningFreesLocks<true>>,
       Spoils::sqlite},
      {"opening_frees_activities", requirement("DUR_4"),
       "Opening another handle frees all locked activities.",
       spoil_sharing<OpeningFreesLocks<false>>, Spoils::sqlite},
      {"opening_clears_the_queue", requirement("DUR_4"),
       "Opening a handle removes all queued activities.", spoil_sharing<OpeningClearsActivities>,
       Spoils::sqlite},
      {"further_handles_have_a_queue_of_their_own", requirement("DUR_4"),
       "All handles but the first see only activities of their own.",
       spoil_sharing<SecondHandleIsApart>, Spoils::sqlite},

      {"closing_frees_turns", requirement("DUR_5"),
       "The last handle gives back all turns, as if they had not been fetched.",
       spoil_sharing<ClosingFreesLocks<true>>, Spoils::sqlite},
      {"closing_frees_activities", requirement("DUR_5"),
       "The last handle gives back all activities, as if they had not been fetched.",
       spoil_sharing<ClosingFreesLocks<false>>, Spoils::sqlite},
      {"reopening_frees_turns", requirement("DUR_5"),
       "Opening the store takes all locked instances for orphans.",
       spoil_sharing<FirstOpeningFreesLocks<true>>, Spoils::sqlite},
      {"reopening_frees_activities", requirement("DUR_5"),
       "Opening the store takes all locked activities for orphans.",
       spoil_sharing<FirstOpeningFreesLocks<false>>, Spoils::sqlite},
      {"turn_tokens_die_at_closing", requirement("DUR_5"),
       "After reopening a turn's lock stands, and its token is dead.",
       spoil_sharing<TokensDieAtClosing<true>>, Spoils::sqlite},
      {"activity_tokens_die_at_closing", requirement("DUR_5"),
       "After reopening an activity's lock stands, and its token is dead.",
       spoil_sharing<TokensDieAtClosing<false>>, Spoils::sqlite},
      {"reopening_renews_turns", requirement("DUR_5"),
       "The deadlines of turns are counted anew from the opening.",
       spoil_sharing<OpeningRenewsLocks<true>>, Spoils::sqlite},
      {"reopening_renews_activities", requirement("DUR_5"),
       "The deadlines of activities are counted anew from the opening.",
       spoil_sharing<OpeningRenewsLocks<false>>, Spoils::sqlite},
      {"reopening_resets_attempts", requirement("DUR_5"),
       "Attempts are counted from 1 again after reopening.", spoil_sharing<CountsSinceOpening>,
       Spoils::sqlite},
  };
  return rows;
}

}  // namespace ackproof
