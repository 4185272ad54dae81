// The edge of the provider: arguments are checked, payloads are fetched, errors are translated.
#include <algorithm>
#include <thread>
#include <type_traits>
#include <utility>

#include "contract/rules.h"
#include "reference_providers/filesystem/errors.h"
#include "reference_providers/filesystem/filesystem_provider.h"
#include "reference_providers/filesystem/ledger.h"
#include "reference_providers/filesystem/opening.h"

namespace ackproof::filesystem {

Capabilities capabilities() {
  Capabilities declared;
  declared.facets = {Capability::queues,         Capability::sessions,      Capability::tags,
                     Capability::version_filter, Capability::custom_status, Capability::key_value,
                     Capability::management,     Capability::deletion,      Capability::pruning,
                     Capability::long_polling};
  declared.limits.payload_bytes = 64U << 20U;
  declared.limits.id_bytes = kLongestId;
  declared.limits.history_events = 1'000'000;
  declared.limits.commit_items = 10'000;
  declared.limits.batch_messages = 10'000;
  declared.limits.smallest_lock = Duration(1);
  declared.clocks = {ClockSource::injected, ClockSource::local};
  declared.durability = Durability::power_loss;
  declared.several_processes = true;
  declared.call_limit = 2 * kPatience;
  return declared;
}

namespace {

// How long a waiting fetch does not look. Far below the declared slack, and long enough that even a
// hundred of them cost little.
constexpr std::chrono::milliseconds kNap{2};

// Puts payloads in the place of their places. What is damaged is reported where it is.
class Payloads {
 public:
  Payloads(Files& files, const Ledger::Sight& sight) : window_(files, *sight.file) {}

  // False: it is damaged.
  bool fetch(Bytes& payload) {
    const Place place = place_in(payload);
    std::optional<Bytes> decoded = decode_payload(window_.at(place.offset, place.size));
    if (decoded) payload = std::move(*decoded);
    return decoded.has_value();
  }

  // False: one of them is damaged.
  bool fetch(std::vector<Event>& history) {
    return std::ranges::all_of(history, [&](Event& event) { return fetch(event.payload); });
  }

  template <class Item>
  void fetch_or_mark(Item& item) {
    if (fetch(item.payload)) return;
    item.payload.clear();
    item.error = kDamaged;
  }

  void fetch_all(Turn& turn) {
    if (!fetch(turn.history)) {
      turn.history.clear();
      turn.history_error = kDamaged;  // TURN_6
    }
    for (Message& message : turn.messages) fetch_or_mark(message);
  }
  void fetch_all(LockedActivity& locked) { fetch_or_mark(locked.activity); }

  static constexpr const char* kDamaged = "the stored payload does not match its checksum";

 private:
  Window window_;
};

// Each method: what must hold of the arguments alone, then what the store does. `now` is the
// store's clock at that moment.
class FilesystemProvider final : public Provider {
 public:
  FilesystemProvider(const std::filesystem::path& folder, std::shared_ptr<Clock> clock, Seams seams)
      : ledger_(folder, std::move(clock), offered_.limits, std::move(seams)) {}

  Description describe() const override {
    return {"filesystem", "1.0.0", "journal format " + std::to_string(kFormatVersion), offered_};
  }

  // --- Instance queue

  Result<void> enqueue_message(const Message& message, Duration delay) override {
    return change(
        "enqueue_message", [&] { return rules::enqueue_message(offered_, message, delay); },
        [&](memory::Store& store, Time now) { return store.enqueue_message(message, delay, now); });
  }

  Result<std::optional<Turn>> fetch_turn(const FetchTurn& options) override {
    return fetch(
        "fetch_turn", [&] { return rules::fetch_turn(offered_, options); }, options,
        [&](memory::Store& store, Time now) { return store.fetch_turn(options, now); });
  }

  Result<void> ack_turn(const LockToken& token, const TurnCommit& commit) override {
    return change(
        "ack_turn", [&] { return rules::ack_turn(offered_, commit); },
        [&](memory::Store& store, Time now) { return store.ack_turn(token, commit, now); });
  }

  Result<void> abandon_turn(const LockToken& token, const Abandon& how) override {
    return change(
        "abandon_turn", [&] { return rules::abandon("abandon_turn", how); },
        [&](memory::Store& store, Time now) { return store.abandon_turn(token, how, now); });
  }

  Result<void> renew_turn(const LockToken& token, Duration extend_for) override {
    return change(
        "renew_turn", [&] { return rules::renew("renew_turn", extend_for); },
        [&](memory::Store& store, Time now) { return store.renew_turn(token, extend_for, now); });
  }

  // --- Activity queue

  Result<void> enqueue_activity(const Activity& activity) override {
    return change(
        "enqueue_activity", [&] { return rules::enqueue_activity(offered_, activity); },
        [&](memory::Store& store, Time) { return store.enqueue_activity(activity); });
  }

  Result<std::optional<LockedActivity>> fetch_activity(const FetchActivity& options) override {
    return fetch(
        "fetch_activity", [&] { return rules::fetch_activity(offered_, options); }, options,
        [&](memory::Store& store, Time now) { return store.fetch_activity(options, now); });
  }

  Result<void> ack_activity(const LockToken& token,
                            const std::optional<Message>& completion) override {
    return change(
        "ack_activity", [&] { return rules::ack_activity(offered_, completion); },
        [&](memory::Store& store, Time now) { return store.ack_activity(token, completion, now); });
  }

  Result<void> abandon_activity(const LockToken& token, const Abandon& how) override {
    return change(
        "abandon_activity", [&] { return rules::abandon("abandon_activity", how); },
        [&](memory::Store& store, Time now) { return store.abandon_activity(token, how, now); });
  }

  Result<void> renew_activity(const LockToken& token, Duration extend_for) override {
    return change(
        "renew_activity", [&] { return rules::renew("renew_activity", extend_for); },
        [&](memory::Store& store, Time now) {
          return store.renew_activity(token, extend_for, now);
        });
  }

  // --- Facet sessions

  Result<std::uint64_t> renew_sessions(const RenewSessions& options) override {
    return change(
        "renew_sessions", [&] { return rules::renew_sessions(offered_, options); },
        [&](memory::Store& store, Time now) { return store.renew_sessions(options, now); });
  }

  Result<std::uint64_t> cleanup_sessions() override {
    return change(
        "cleanup_sessions",
        [&] { return rules::facet("cleanup_sessions", offered_, Capability::sessions); },
        [&](memory::Store& store, Time now) { return store.cleanup_sessions(now); });
  }

  // --- Reading, and the facets custom_status and key_value

  Result<std::vector<Event>> read_history(const std::string& instance,
                                          std::optional<std::uint64_t> execution) override {
    return run(
        "read_history", false,
        [&] { return rules::read("read_history", offered_, instance, execution); },
        [&](memory::Store& store, Time) { return store.read_history(instance, execution); },
        [&](Result<std::vector<Event>>& history, const Ledger::Sight& sight) {
          if (Payloads(ledger_.files(), sight).fetch(history.value())) return;
          throw Refused(ErrorKind::corrupt, Payloads::kDamaged);  // HIST_2
        });
  }

  Result<std::optional<InstanceInfo>> read_instance(const std::string& instance) override {
    return read(
        "read_instance", [&] { return rules::read("read_instance", offered_, instance); },
        [&](memory::Store& store, Time) { return store.read_instance(instance); });
  }

  Result<std::optional<CustomStatus>> read_custom_status(const std::string& instance,
                                                         std::uint64_t seen_version) override {
    return read(
        "read_custom_status", [&] { return rules::read_custom_status(offered_, instance); },
        [&](memory::Store& store, Time) {
          return store.read_custom_status(instance, seen_version);
        });
  }

  Result<std::optional<KeyValue>> read_value(const std::string& instance,
                                             const std::string& key) override {
    return read(
        "read_value", [&] { return rules::read_values("read_value", offered_, instance, key); },
        [&](memory::Store& store, Time) { return store.read_value(instance, key); });
  }

  Result<std::map<std::string, KeyValue>> read_values(const std::string& instance) override {
    return read(
        "read_values", [&] { return rules::read_values("read_values", offered_, instance); },
        [&](memory::Store& store, Time) { return store.read_values(instance); });
  }

  // --- Facet management

  Result<std::vector<std::string>> list_instances(std::optional<Status> status) override {
    return read(
        "list_instances", [&] { return rules::list_instances(offered_, status); },
        [&](memory::Store& store, Time) { return store.list_instances(status); });
  }

  Result<std::vector<std::uint64_t>> list_executions(const std::string& instance) override {
    return read(
        "list_executions", [&] { return rules::manage("list_executions", offered_, instance); },
        [&](memory::Store& store, Time) { return store.list_executions(instance); });
  }

  Result<ExecutionInfo> read_execution(const std::string& instance,
                                       std::uint64_t execution) override {
    return read(
        "read_execution",
        [&] { return rules::manage("read_execution", offered_, instance, execution); },
        [&](memory::Store& store, Time) { return store.read_execution(instance, execution); });
  }

  Result<std::vector<std::string>> list_children(const std::string& instance) override {
    return read(
        "list_children", [&] { return rules::manage("list_children", offered_, instance); },
        [&](memory::Store& store, Time) { return store.list_children(instance); });
  }

  Result<std::optional<std::string>> read_parent(const std::string& instance) override {
    return read(
        "read_parent", [&] { return rules::manage("read_parent", offered_, instance); },
        [&](memory::Store& store, Time) { return store.read_parent(instance); });
  }

  Result<InstanceTree> read_tree(const std::string& instance) override {
    return read(
        "read_tree", [&] { return rules::manage("read_tree", offered_, instance); },
        [&](memory::Store& store, Time) { return store.read_tree(instance); });
  }

  Result<QueueDepths> read_queue_depths() override {
    return read(
        "read_queue_depths",
        [&] { return rules::facet("read_queue_depths", offered_, Capability::management); },
        [&](memory::Store& store, Time now) { return store.read_queue_depths(now); });
  }

  Result<StoreTotals> read_totals() override {
    return read(
        "read_totals",
        [&] { return rules::facet("read_totals", offered_, Capability::management); },
        [&](memory::Store& store, Time) { return store.read_totals(); });
  }

  // --- Facets deletion and pruning

  Result<DeletionCounts> delete_instance(const std::string& instance, bool force) override {
    return change(
        "delete_instance", [&] { return rules::remove("delete_instance", offered_, {instance}); },
        [&](memory::Store& store, Time) { return store.delete_instance(instance, force); });
  }

  Result<DeletionCounts> delete_instances(const std::vector<std::string>& instances,
                                          bool force) override {
    return change(
        "delete_instances", [&] { return rules::remove("delete_instances", offered_, instances); },
        [&](memory::Store& store, Time) { return store.delete_instances(instances, force); });
  }

  Result<DeletionCounts> delete_matching(const InstanceFilter& filter) override {
    return change(
        "delete_matching", [&] { return rules::remove(offered_, filter); },
        [&](memory::Store& store, Time) { return store.delete_matching(filter); });
  }

  Result<PruneCounts> prune_instance(const std::string& instance,
                                     const PruneOptions& options) override {
    return change(
        "prune_instance", [&] { return rules::prune(offered_, instance); },
        [&](memory::Store& store, Time) { return store.prune_instance(instance, options); });
  }

  Result<PruneCounts> prune_matching(const InstanceFilter& filter,
                                     const PruneOptions& options) override {
    return change(
        "prune_matching", [&] { return rules::prune(offered_, filter); },
        [&](memory::Store& store, Time) { return store.prune_matching(filter, options); });
  }

 private:
  template <class Verb>
  using Answer = std::invoke_result_t<Verb, memory::Store&, Time>;

  // A call that may change something.
  template <class Check, class Verb>
  auto change(std::string_view operation, const Check& check, const Verb& verb) -> Answer<Verb> {
    return run(operation, true, check, verb, [](auto&, const Ledger::Sight&) {});
  }

  // A call that only looks.
  template <class Check, class Verb>
  auto read(std::string_view operation, const Check& check, const Verb& verb) -> Answer<Verb> {
    return run(operation, false, check, verb, [](auto&, const Ledger::Sight&) {});
  }

  // The only way out for errors: whatever goes wrong leaves as one that bears the operation's name
  // (ERR_1). `finish` completes the answer, outside of the store.
  template <class Check, class Verb, class Finish>
  auto run(std::string_view operation, bool changes, const Check& check, const Verb& verb,
           const Finish& finish) -> Answer<Verb> {
    if (rules::Refusal refusal = check()) return *refusal;
    try {
      std::optional<Answer<Verb>> answer;
      const Ledger::Sight sight = ledger_.run(
          changes, [&](memory::Store& store, Time now) { answer.emplace(verb(store, now)); });
      if (!*answer) {
        return Error{answer->error().kind, std::string(operation), answer->error().message};
      }
      finish(*answer, sight);
      return std::move(*answer);
    } catch (...) {
      return translate(operation);
    }
  }

  // Fetches until there is something, or the poll is over (POLL_1). Between two looks it holds
  // nothing (POLL_2).
  template <class Check, class Options, class Verb>
  auto fetch(std::string_view operation, const Check& check, const Options& options,
             const Verb& verb) -> Answer<Verb> {
    std::optional<Time> end;
    while (true) {
      std::optional<Time> again;  // Absent: this look was the last.
      Ledger::Sight sight;
      auto found = run(
          operation, true, check,
          [&](memory::Store& store, Time now) {
            auto taken = verb(store, now);
            if (!end) end = rules::later(now, options.poll_timeout);
            const bool is_nothing = taken && !taken.value();
            if (is_nothing && now < *end) again = std::min(*end, store.next_chance(options, now));
            return taken;
          },
          [&](auto& taken, const Ledger::Sight& seen) {
            sight = seen;
            if (taken.value()) fetch_payloads(*taken.value(), seen);
          });
      if (!found || !again) return found;
      try {
        wait_for_change(sight, *again);
      } catch (...) {
        return translate(operation);
      }
    }
  }

  // It is locked already. So nothing may fail any more but what leaves that open (ERR_4).
  template <class Taken>
  void fetch_payloads(Taken& taken, const Ledger::Sight& sight) {
    try {
      Payloads(ledger_.files(), sight).fetch_all(taken);
    } catch (const std::exception& failure) {
      throw Refused(ErrorKind::unknown_outcome, failure.what());
    }
  }

  // Naps in real time, whatever the clock: other processes change the store too, and nobody tells.
  void wait_for_change(const Ledger::Sight& sight, Time until) {
    while (ledger_.clock().now() < until && !ledger_.is_changed_since(sight)) {
      std::this_thread::sleep_for(kNap);
    }
  }

  const Capabilities offered_ = capabilities();
  Ledger ledger_;
};

}  // namespace

Result<std::unique_ptr<Provider>> open(const std::filesystem::path& folder,
                                       std::shared_ptr<Clock> clock, Seams seams) {
  try {
    if (clock == nullptr) clock = std::make_shared<SystemClock>();
    return std::unique_ptr<Provider>(
        std::make_unique<FilesystemProvider>(folder, std::move(clock), std::move(seams)));
  } catch (...) {
    return translate("open");
  }
}

Result<std::unique_ptr<Provider>> open(const std::filesystem::path& folder,
                                       std::shared_ptr<Clock> clock) {
  return open(folder, std::move(clock), Seams());
}

}  // namespace ackproof::filesystem
