#include "tests/harness/liars.h"

#include <atomic>
#include <deque>
#include <map>
#include <mutex>
#include <set>

#include "contract/forwarding_provider.h"
#include "reference_providers/memory/memory_provider.h"

namespace ackproof {

namespace {

// Says yes at every n-th call.
class Each {
 public:
  explicit Each(std::uint64_t n) : n_(n) {}
  bool operator()() { return ++calls_ % n_ == 0; }

 private:
  const std::uint64_t n_;
  std::atomic<std::uint64_t> calls_ = 0;
};

struct LosesActivity final : ForwardingProvider {
  using ForwardingProvider::ForwardingProvider;
  Result<void> ack_turn(const LockToken& token, const TurnCommit& commit) override {
    TurnCommit less = commit;
    std::erase_if(less.activities, [&](const Activity&) { return is_due(); });
    return inner().ack_turn(token, less);
  }
  Each is_due{7};
};

struct RecordsTwice final : ForwardingProvider {
  using ForwardingProvider::ForwardingProvider;
  Result<void> ack_turn(const LockToken& token, const TurnCommit& commit) override {
    TurnCommit more = commit;
    for (const Event& event : commit.events) {
      const bool is_last = commit.metadata.status.has_value();
      if (event.kind != "ActivityCompleted" || is_last || !is_due()) continue;
      Event again = event;
      again.id = more.events.back().id + 1;
      more.events.push_back(again);
    }
    return inner().ack_turn(token, more);
  }
  Each is_due{7};
};

struct CorruptsPayload final : ForwardingProvider {
  using ForwardingProvider::ForwardingProvider;
  Result<std::optional<LockedActivity>> fetch_activity(const FetchActivity& options) override {
    auto fetched = inner().fetch_activity(options);
    if (!fetched || !fetched.value()) return fetched;
    Bytes& payload = fetched.value()->activity.payload;
    if (payload.size() > 1'000 && is_due()) payload[payload.size() / 2] ^= 4;
    return fetched;
  }
  Each is_due{3};
};

struct ForgetsEnd final : ForwardingProvider {
  using ForwardingProvider::ForwardingProvider;
  Result<void> ack_turn(const LockToken& token, const TurnCommit& commit) override {
    TurnCommit less = commit;
    if (less.metadata.status && is_due()) less.metadata.status.reset();
    return inner().ack_turn(token, less);
  }
  Each is_due{7};
};

bool ends(const TurnCommit& commit) {
  return commit.metadata.status == Status::completed || commit.metadata.status == Status::failed;
}

// Knows of which instance a turn is.
struct KnowsTurns : ForwardingProvider {
  using ForwardingProvider::ForwardingProvider;
  Result<std::optional<Turn>> fetch_turn(const FetchTurn& options) override {
    auto fetched = inner().fetch_turn(options);
    const std::lock_guard lock(mutex);
    if (fetched && fetched.value()) {
      instances[fetched.value()->token.value] = fetched.value()->instance;
    }
    return fetched;
  }
  std::mutex mutex;
  std::map<std::string, std::string> instances;  // By token, guarded by mutex.
};

struct Remembers final : KnowsTurns {
  using KnowsTurns::KnowsTurns;
  Result<void> ack_turn(const LockToken& token, const TurnCommit& commit) override {
    if (!ends(commit) || !is_due()) return inner().ack_turn(token, commit);
    TurnCommit less = commit;
    less.metadata.status.reset();
    less.metadata.output.reset();
    const std::lock_guard lock(mutex);
    endings[instances[token.value]] = commit.metadata;
    return inner().ack_turn(token, less);
  }
  Result<std::optional<InstanceInfo>> read_instance(const std::string& instance) override {
    auto read = inner().read_instance(instance);
    const std::lock_guard lock(mutex);
    const auto found = endings.find(instance);
    if (found == endings.end() || !read || !read.value()) return read;
    read.value()->status = *found->second.status;
    read.value()->output = found->second.output;
    return read;
  }
  Each is_due{7};
  std::map<std::string, Metadata> endings;  // By instance, guarded by mutex.
};

struct ForgetsLater final : KnowsTurns {
  using KnowsTurns::KnowsTurns;
  Result<void> ack_turn(const LockToken& token, const TurnCommit& commit) override {
    constexpr std::size_t kKept = 30;
    Result<void> acked = inner().ack_turn(token, commit);
    if (!acked || !ends(commit)) return acked;
    const std::lock_guard lock(mutex);
    ended.push_back(instances[token.value]);
    if (ended.size() <= kKept) return acked;
    (void)inner().delete_instance(ended.front(), true);
    ended.pop_front();
    return acked;
  }
  std::deque<std::string> ended;  // Guarded by mutex.
};

struct CountsTwice : ForwardingProvider {
  using ForwardingProvider::ForwardingProvider;
  Result<void> ack_activity(const LockToken& token,
                            const std::optional<Message>& completion) override {
    Result<void> acked = inner().ack_activity(token, completion);
    const std::lock_guard lock(mutex);
    if (acked) tokens.insert(token.value);
    if (acked || !completion || !tokens.contains(token.value)) return acked;
    return inner().enqueue_message(*completion);
  }
  std::mutex mutex;
  std::set<std::string> tokens;  // Guarded by mutex.
};

struct CountsTwiceForNobody final : CountsTwice {
  using CountsTwice::CountsTwice;
  Result<std::optional<LockedActivity>> fetch_activity(const FetchActivity& options) override {
    auto fetched = inner().fetch_activity(options);
    if (fetched && fetched.value()) fetched.value()->activity.instance += "?";
    return fetched;
  }
};

// No liar: it tells no worker that a workflow has ended, and is busy when it is asked first.
struct UnsureOfEnds final : ForwardingProvider {
  using ForwardingProvider::ForwardingProvider;
  Result<void> ack_turn(const LockToken& token, const TurnCommit& commit) override {
    Result<void> acked = inner().ack_turn(token, commit);
    if (!acked || !ends(commit)) return acked;
    return Error{ErrorKind::unknown_outcome, "ack_turn", "the connection was lost"};
  }
  Result<std::optional<InstanceInfo>> read_instance(const std::string& instance) override {
    const std::lock_guard lock(mutex);
    if (!asked.insert(instance).second) return inner().read_instance(instance);
    return Error{ErrorKind::busy, "read_instance", "try again"};
  }
  std::mutex mutex;
  std::set<std::string> asked;  // Guarded by mutex.
};

struct LeavesMessages final : ForwardingProvider {
  using ForwardingProvider::ForwardingProvider;
  Result<void> ack_activity(const LockToken& token,
                            const std::optional<Message>& completion) override {
    Message nobodys;
    nobodys.target = "nobody";
    nobodys.name = "left";
    if (is_due()) (void)inner().enqueue_message(nobodys);
    return inner().ack_activity(token, completion);
  }
  Each is_due{7};
};

struct Repeats final : ForwardingProvider {
  using ForwardingProvider::ForwardingProvider;
  Description describe() const override {
    Description description = ForwardingProvider::describe();
    description.capabilities.facets.erase(Capability::management);
    return description;
  }
  Result<std::optional<LockedActivity>> fetch_activity(const FetchActivity& options) override {
    auto fetched = inner().fetch_activity(options);
    const std::lock_guard lock(mutex);
    if (fetched && fetched.value()) {
      const LockedActivity& locked = *fetched.value();
      const bool is_repeated = repeated.contains(key_of(locked.activity));
      if (is_repeated || is_due()) taken[locked.token.value] = locked.activity;
    }
    return fetched;
  }
  Result<void> ack_activity(const LockToken& token,
                            const std::optional<Message>& completion) override {
    const std::lock_guard lock(mutex);
    if (const auto found = taken.extract(token.value)) {
      repeated.insert({key_of(found.mapped()), true});
      (void)inner().enqueue_activity(found.mapped());
    }
    return inner().ack_activity(token, completion);
  }
  static std::string key_of(const Activity& activity) {
    return activity.instance + "/" + std::to_string(activity.id);
  }
  Each is_due{7};
  std::mutex mutex;
  std::map<std::string, Activity> taken;  // By token, and the rest too guarded by mutex.
  std::map<std::string, bool> repeated;
};

struct TakesNoStart final : ForwardingProvider {
  using ForwardingProvider::ForwardingProvider;
  Result<void> enqueue_message(const Message& message, Duration delay) override {
    if (message.is_start() && ++starts > 3) {
      return Error{ErrorKind::invalid, "enqueue_message", "three are enough"};
    }
    return inner().enqueue_message(message, delay);
  }
  std::atomic<int> starts = 0;
};

struct LosesMail final : ForwardingProvider {
  using ForwardingProvider::ForwardingProvider;
  Result<void> enqueue_message(const Message& message, Duration delay) override {
    if (!message.is_start() && is_due()) return {};
    return inner().enqueue_message(message, delay);
  }
  Each is_due{7};
};

struct LosesContinuation final : ForwardingProvider {
  using ForwardingProvider::ForwardingProvider;
  Result<void> ack_turn(const LockToken& token, const TurnCommit& commit) override {
    TurnCommit less = commit;
    std::erase_if(less.messages, [&](const Message& message) {
      return message.kind == MessageKind::continue_as_new && is_due();
    });
    return inner().ack_turn(token, less);
  }
  Each is_due{7};
};

// What goes on does so as it began, for ever.
struct BeginsAnew final : ForwardingProvider {
  using ForwardingProvider::ForwardingProvider;
  Result<void> enqueue_message(const Message& message, Duration delay) override {
    const std::lock_guard lock(mutex);
    if (message.is_start()) starts.emplace(message.target, message.payload);
    return inner().enqueue_message(message, delay);
  }
  Result<void> ack_turn(const LockToken& token, const TurnCommit& commit) override {
    TurnCommit same = commit;
    const std::lock_guard lock(mutex);
    for (Message& message : same.messages) {
      if (message.kind == MessageKind::continue_as_new) message.payload = starts[message.target];
    }
    return inner().ack_turn(token, same);
  }
  std::mutex mutex;
  std::map<std::string, Bytes> starts;  // By instance, guarded by mutex.
};

struct ForgetsExecutions final : ForwardingProvider {
  using ForwardingProvider::ForwardingProvider;
  Result<std::vector<Event>> read_history(const std::string& instance,
                                          std::optional<std::uint64_t> execution) override {
    if (execution == std::uint64_t{2}) return std::vector<Event>();
    return inner().read_history(instance, execution);
  }
};

template <class Liar>
ProviderFactory liar(const std::string& name) {
  ProviderFactory factory = memory::factory();
  factory.name = name;
  factory.summary = "Lies";
  factory.open = [open = factory.open](const Scope& scope) -> Result<std::unique_ptr<Provider>> {
    return std::unique_ptr<Provider>(std::make_unique<Liar>(open(scope).value()));
  };
  return factory;
}

}  // namespace

std::vector<ProviderFactory> liars() {
  return {liar<LosesActivity>("loses_activity"),
          liar<RecordsTwice>("records_twice"),
          liar<CorruptsPayload>("corrupts_payload"),
          liar<ForgetsEnd>("forgets_end"),
          liar<LeavesMessages>("leaves_messages"),
          liar<Repeats>("repeats"),
          liar<TakesNoStart>("takes_no_start"),
          liar<Remembers>("remembers"),
          liar<ForgetsLater>("forgets_later"),
          liar<CountsTwice>("counts_twice"),
          liar<CountsTwiceForNobody>("counts_twice_for_nobody"),
          liar<UnsureOfEnds>("unsure_of_ends"),
          liar<LosesMail>("loses_mail"),
          liar<LosesContinuation>("loses_continuation"),
          liar<BeginsAnew>("begins_anew"),
          liar<ForgetsExecutions>("forgets_executions")};
}

}  // namespace ackproof
