// The edge of the provider: arguments are checked, the transaction is made, errors are translated.
#include <sqlite3.h>

#include <thread>
#include <type_traits>

#include "contract/rules.h"
#include "reference_providers/sqlite/errors.h"
#include "reference_providers/sqlite/shared_connection.h"
#include "reference_providers/sqlite/sql.h"
#include "reference_providers/sqlite/sqlite_provider.h"
#include "reference_providers/sqlite/verbs.h"

namespace ackproof::sqlite {

Capabilities capabilities() {
  Capabilities declared;
  declared.facets = {
      Capability::queues,         Capability::sessions,      Capability::tags,
      Capability::version_filter, Capability::custom_status, Capability::key_value,
      Capability::management,     Capability::deletion,      Capability::pruning,
      Capability::long_polling,   Capability::event_store,   Capability::context_store};
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

// How long a bulk call keeps others from writing.
constexpr std::chrono::milliseconds kStint{20};

void add(DeletionCounts& total, const DeletionCounts& more) {
  total.instances += more.instances;
  total.executions += more.executions;
  total.events += more.events;
  total.queued_items += more.queued_items;
}

void add(PruneCounts& total, const PruneCounts& more) {
  total.instances += more.instances;
  total.executions += more.executions;
  total.events += more.events;
}

class SqliteProvider final : public Provider {
 public:
  SqliteProvider(const std::filesystem::path& file, std::shared_ptr<Clock> clock)
      : clock_(std::move(clock)), shared_(file) {}

  Description describe() const override {
    return {"sqlite", "1.0.0", std::string("SQLite ") + sqlite3_libversion(), offered_};
  }

  Result<void> enqueue_message(const Message& message, Duration delay) override {
    if (auto refusal = rules::enqueue_message(offered_, message, delay)) return *refusal;
    return write("enqueue_message", [&](Time now) { put_message(db_, message, now, delay); });
  }

  Result<std::optional<Turn>> fetch_turn(const FetchTurn& options) override {
    if (auto refusal = rules::fetch_turn(offered_, options)) return *refusal;
    return poll(
        "fetch_turn", options.poll_timeout,
        [&](Time now) { return sqlite::fetch_turn(db_, options, now); },
        [&](Time) { return next_awake(db_); });
  }

  Result<void> ack_turn(const LockToken& token, const TurnCommit& commit) override {
    if (auto refusal = rules::ack_turn(offered_, commit)) return *refusal;
    return write("ack_turn", [&](Time now) { sqlite::ack_turn(db_, token, commit, now); });
  }

  Result<void> abandon_turn(const LockToken& token, const Abandon& how) override {
    if (auto refusal = rules::abandon("abandon_turn", how)) return *refusal;
    return write("abandon_turn", [&](Time now) { sqlite::abandon_turn(db_, token, how, now); });
  }

  Result<void> renew_turn(const LockToken& token, Duration extend_for) override {
    if (auto refusal = rules::renew("renew_turn", extend_for)) return *refusal;
    return write("renew_turn", [&](Time now) { sqlite::renew_turn(db_, token, extend_for, now); });
  }

  Result<void> enqueue_activity(const Activity& activity) override {
    if (auto refusal = rules::enqueue_activity(offered_, activity)) return *refusal;
    return write("enqueue_activity", [&](Time) { put_activity(db_, activity); });
  }

  Result<std::optional<LockedActivity>> fetch_activity(const FetchActivity& options) override {
    if (auto refusal = rules::fetch_activity(offered_, options)) return *refusal;
    return poll(
        "fetch_activity", options.poll_timeout,
        [&](Time now) { return sqlite::fetch_activity(db_, options, now); },
        [&](Time now) { return next_eligible(db_, now); });
  }

  Result<void> ack_activity(const LockToken& token,
                            const std::optional<Message>& completion) override {
    if (auto refusal = rules::ack_activity(offered_, completion)) return *refusal;
    return write("ack_activity",
                 [&](Time now) { sqlite::ack_activity(db_, token, completion, now); });
  }

  Result<void> abandon_activity(const LockToken& token, const Abandon& how) override {
    if (auto refusal = rules::abandon("abandon_activity", how)) return *refusal;
    return write("abandon_activity",
                 [&](Time now) { sqlite::abandon_activity(db_, token, how, now); });
  }

  Result<void> renew_activity(const LockToken& token, Duration extend_for) override {
    if (auto refusal = rules::renew("renew_activity", extend_for)) return *refusal;
    return write("renew_activity",
                 [&](Time now) { sqlite::renew_activity(db_, token, extend_for, now); });
  }

  Result<std::vector<Event>> read_history(const std::string& instance,
                                          std::optional<std::uint64_t> execution) override {
    if (auto refusal = rules::read("read_history", offered_, instance, execution)) return *refusal;
    return alone("read_history", [&] { return sqlite::read_history(db_, instance, execution); });
  }

  Result<std::optional<InstanceInfo>> read_instance(const std::string& instance) override {
    if (auto refusal = rules::read("read_instance", offered_, instance)) return *refusal;
    return alone("read_instance", [&] { return sqlite::read_instance(db_, instance); });
  }

  Result<std::uint64_t> renew_sessions(const RenewSessions& options) override {
    if (auto refusal = rules::renew_sessions(offered_, options)) return *refusal;
    return write("renew_sessions",
                 [&](Time now) { return sqlite::renew_sessions(db_, options, now); });
  }

  Result<std::uint64_t> cleanup_sessions() override {
    return write("cleanup_sessions", [&](Time now) { return sqlite::cleanup_sessions(db_, now); });
  }

  Result<std::optional<CustomStatus>> read_custom_status(const std::string& instance,
                                                         std::uint64_t seen_version) override {
    if (auto refusal = rules::read_custom_status(offered_, instance)) return *refusal;
    return alone("read_custom_status",
                 [&] { return sqlite::read_custom_status(db_, instance, seen_version); });
  }

  Result<std::optional<KeyValue>> read_value(const std::string& instance,
                                             const std::string& key) override {
    if (auto refusal = rules::read_values("read_value", offered_, instance, key)) return *refusal;
    return alone("read_value", [&] { return sqlite::read_value(db_, instance, key); });
  }

  Result<std::map<std::string, KeyValue>> read_values(const std::string& instance) override {
    if (auto refusal = rules::read_values("read_values", offered_, instance)) return *refusal;
    return alone("read_values", [&] { return sqlite::read_values(db_, instance); });
  }

  Result<std::vector<std::string>> list_instances(std::optional<Status> status) override {
    if (auto refusal = rules::list_instances(offered_, status)) return *refusal;
    return alone("list_instances", [&] { return sqlite::list_instances(db_, status); });
  }

  Result<std::vector<std::uint64_t>> list_executions(const std::string& instance) override {
    if (auto refusal = rules::manage("list_executions", offered_, instance)) return *refusal;
    return alone("list_executions", [&] { return sqlite::list_executions(db_, instance); });
  }

  Result<ExecutionInfo> read_execution(const std::string& instance,
                                       std::uint64_t execution) override {
    if (auto refusal = rules::manage("read_execution", offered_, instance, execution)) {
      return *refusal;
    }
    return alone("read_execution",
                 [&] { return sqlite::read_execution(db_, instance, execution); });
  }

  Result<std::vector<std::string>> list_children(const std::string& instance) override {
    if (auto refusal = rules::manage("list_children", offered_, instance)) return *refusal;
    return alone("list_children", [&] { return sqlite::list_children(db_, instance); });
  }

  Result<std::optional<std::string>> read_parent(const std::string& instance) override {
    if (auto refusal = rules::manage("read_parent", offered_, instance)) return *refusal;
    return alone("read_parent", [&] { return sqlite::read_parent(db_, instance); });
  }

  Result<InstanceTree> read_tree(const std::string& instance) override {
    if (auto refusal = rules::manage("read_tree", offered_, instance)) return *refusal;
    return alone("read_tree", [&] { return sqlite::read_tree(db_, instance); });
  }

  Result<QueueDepths> read_queue_depths() override {
    return snapshot("read_queue_depths",
                    [&](Time now) { return sqlite::read_queue_depths(db_, now); });
  }

  Result<StoreTotals> read_totals() override {
    return alone("read_totals", [&] { return sqlite::read_totals(db_); });
  }

  Result<DeletionCounts> delete_instance(const std::string& instance, bool force) override {
    if (auto refusal = rules::remove("delete_instance", offered_, {instance})) return *refusal;
    return write("delete_instance",
                 [&](Time) { return sqlite::delete_instance(db_, instance, force); });
  }

  Result<DeletionCounts> delete_instances(const std::vector<std::string>& instances,
                                          bool force) override {
    if (auto refusal = rules::remove("delete_instances", offered_, instances)) return *refusal;
    return write("delete_instances",
                 [&](Time) { return sqlite::delete_instances(db_, instances, force); });
  }

  Result<DeletionCounts> delete_matching(const InstanceFilter& filter) override {
    if (auto refusal = rules::remove(offered_, filter)) return *refusal;
    return in_stints(
        "delete_matching", filter.limit, [&] { return deletion_candidates(db_, filter); },
        [&](const std::string& root) { return delete_if_matching(db_, root, filter); });
  }

  Result<PruneCounts> prune_instance(const std::string& instance,
                                     const PruneOptions& options) override {
    if (auto refusal = rules::prune(offered_, instance)) return *refusal;
    return write("prune_instance",
                 [&](Time) { return sqlite::prune_instance(db_, instance, options); });
  }

  Result<PruneCounts> prune_matching(const InstanceFilter& filter,
                                     const PruneOptions& options) override {
    if (auto refusal = rules::prune(offered_, filter)) return *refusal;
    return in_stints(
        "prune_matching", filter.limit, [&] { return pruning_candidates(db_, filter); },
        [&](const std::string& instance) {
          return prune_if_matching(db_, instance, filter, options);
        });
  }

  Result<void> append_stream(const std::string& stream, std::uint64_t expected_id,
                             const std::vector<StreamEvent>& events) override {
    if (auto refusal = rules::append_stream(offered_, stream, expected_id, events)) return *refusal;
    return write("append_stream",
                 [&](Time) { sqlite::append_stream(db_, stream, expected_id, events); });
  }

  Result<std::vector<StreamEvent>> read_stream(const std::string& stream,
                                               std::uint64_t from_id) override {
    if (auto refusal = rules::read_stream(offered_, stream, from_id)) return *refusal;
    return alone("read_stream", [&] { return sqlite::read_stream(db_, stream, from_id); });
  }

  Result<void> put_snapshot(const std::string& stream, const Snapshot& snapshot) override {
    if (auto refusal = rules::put_snapshot(offered_, stream, snapshot)) return *refusal;
    return write("put_snapshot", [&](Time) { sqlite::put_snapshot(db_, stream, snapshot); });
  }

  Result<std::optional<Snapshot>> read_snapshot(const std::string& stream) override {
    if (auto refusal = rules::read_snapshot(offered_, stream)) return *refusal;
    return alone("read_snapshot", [&] { return sqlite::read_snapshot(db_, stream); });
  }

  Result<void> put_output(const NodeKey& key, const Bytes& output) override {
    if (auto refusal = rules::put_output(offered_, key, output)) return *refusal;
    return write("put_output", [&](Time) { sqlite::put_output(db_, key, output); });
  }

  Result<std::optional<Bytes>> read_output(const NodeKey& key) override {
    if (auto refusal = rules::read_output(offered_, key)) return *refusal;
    return alone("read_output", [&] { return sqlite::read_output(db_, key); });
  }

  Result<std::vector<std::string>> list_outputs(const std::string& flow) override {
    if (auto refusal = rules::list_outputs(offered_, flow)) return *refusal;
    return alone("list_outputs", [&] { return sqlite::list_outputs(db_, flow); });
  }

  Result<void> put_global(const std::string& key, const Bytes& value) override {
    if (auto refusal = rules::global("put_global", offered_, key, value)) return *refusal;
    return write("put_global", [&](Time) { sqlite::put_global(db_, key, value); });
  }

  Result<void> upsert_global(const std::string& key, const Bytes& value) override {
    if (auto refusal = rules::global("upsert_global", offered_, key, value)) return *refusal;
    return write("upsert_global", [&](Time) { sqlite::upsert_global(db_, key, value); });
  }

  Result<std::optional<Bytes>> read_global(const std::string& key) override {
    if (auto refusal = rules::global("read_global", offered_, key)) return *refusal;
    return alone("read_global", [&] { return sqlite::read_global(db_, key); });
  }

 private:
  // Runs `work` while nobody else uses the connection.
  template <class Work>
  auto alone(std::string_view operation, const Work& work) -> Result<std::invoke_result_t<Work>> {
    try {
      if constexpr (std::is_void_v<std::invoke_result_t<Work>>) {
        shared_.alone(work);
        return {};
      } else {
        return shared_.alone(work);
      }
    } catch (...) {
      return translate(operation);
    }
  }

  // Runs `work` as one step within a transaction. The write lock is taken first, so the clock is read after the last
  // wait, and nobody can come between it and the commit (TIME_3). It may be run a second time.
  template <class Work>
  auto write(std::string_view operation, const Work& work)
      -> Result<std::invoke_result_t<Work, Time>> {
    try {
      if constexpr (std::is_void_v<std::invoke_result_t<Work, Time>>) {
        shared_.write([&] { work(clock_->now()); });
        return {};
      } else {
        std::optional<std::invoke_result_t<Work, Time>> answer;
        shared_.write([&] { answer = work(clock_->now()); });
        return std::move(*answer);
      }
    } catch (...) {
      return translate(operation);
    }
  }

  // Runs `work` on one snapshot, with the time at which it was taken: as long as the clock moves on
  // while that is done, nobody knows the moment, and it is taken again.
  template <class Work>
  auto snapshot(std::string_view operation, const Work& work)
      -> Result<std::invoke_result_t<Work, Time>> {
    return alone(operation, [&] {
      while (true) {
        const Time before = clock_->now();
        Transaction transaction(db_, sql::kBeginRead);
        db_.run(sql::kVersion);  // The first read takes the snapshot.
        if (clock_->now() == before) return work(before);
      }
    });
  }

  // What a fetch that found nothing saw: with the same stamp, and before `until`, it would find
  // nothing again.
  struct Sight {
    Time now;
    Time until;
    Stamp stamp;
  };

  // Fetches until there is something, or the poll is over (POLL_1). Between two looks it holds
  // nothing (POLL_2). `next` tells when something may become deliverable by itself.
  template <class Fetch, class Next>
  auto poll(std::string_view operation, Duration timeout, const Fetch& fetch, const Next& next)
      -> Result<std::invoke_result_t<Fetch, Time>> {
    const Time end = rules::later(clock_->now(), timeout);
    while (true) {
      Sight sight;
      auto answer = write(operation, [&](Time now) {
        auto found = fetch(now);
        if (!found) sight = {now, std::min(end, next(now).value_or(end)), db_.stamp()};
        return found;
      });
      if (!answer || answer.value() || sight.now >= end) return answer;
      if (const auto waited = wait_for_change(operation, sight); !waited) return waited.error();
    }
  }

  // Naps in real time, whatever the clock: other processes change the store too, and nobody tells.
  Result<void> wait_for_change(std::string_view operation, const Sight& sight) {
    bool is_same = true;
    while (is_same && clock_->now() < sight.until) {
      std::this_thread::sleep_for(kNap);
      const auto stamp = alone(operation, [&] { return db_.stamp(); });
      if (!stamp) return stamp.error();
      is_same = stamp.value() == sight.stamp;
    }
    return {};
  }

  // Works on the candidates one after the other, until `limit` of them matched, so many per
  // transaction as fit into `kStint`: a commit for each would take longer than the work, and one for
  // all would keep everybody else waiting (CONC_3).
  //
  // When that takes too long or does not go on, the answer is what was done so far: true, though
  // less than asked for, and calling again does the rest. An error would deny what is done.
  template <class List, class Work>
  auto in_stints(std::string_view operation, std::uint64_t limit, const List& list,
                 const Work& work) -> Result<std::invoke_result_t<Work, std::string>> {
    const Moment late = std::chrono::steady_clock::now() + kPatience;
    const auto candidates = alone(operation, list);
    if (!candidates) return candidates.error();
    std::invoke_result_t<Work, std::string> total;
    std::uint64_t matched = 0;
    for (std::size_t at = 0; at < candidates.value().size() && matched < limit;) {
      if (matched > 0 && std::chrono::steady_clock::now() >= late) break;
      std::size_t next = at;
      std::uint64_t more = 0;
      const auto done = write(operation, [&](Time) {
        next = at;
        more = 0;
        std::invoke_result_t<Work, std::string> sum;
        const Moment end = std::chrono::steady_clock::now() + kStint;
        do {
          const auto counts = work(candidates.value()[next]);
          add(sum, counts);
          if (counts.instances > 0) ++more;
          ++next;
        } while (next < candidates.value().size() && matched + more < limit &&
                 std::chrono::steady_clock::now() < end);
        return sum;
      });
      if (!done && (matched == 0 || done.error().kind == ErrorKind::unknown_outcome)) {
        return done.error();
      }
      if (!done) break;
      add(total, done.value());
      matched += more;
      at = next;
    }
    return total;
  }

  const Capabilities offered_ = capabilities();
  const std::shared_ptr<Clock> clock_;
  SharedConnection shared_;
  Connection& db_ = shared_.db();
};

}  // namespace

Result<std::unique_ptr<Provider>> open(const std::filesystem::path& file,
                                       std::shared_ptr<Clock> clock) {
  try {
    if (!clock) clock = std::make_shared<SystemClock>();
    return std::unique_ptr<Provider>(std::make_unique<SqliteProvider>(file, std::move(clock)));
  } catch (...) {
    Error error = translate("open");
    error.message = "cannot open the store " + file.string() + ": " + error.message;
    return error;
  }
}

}  // namespace ackproof::sqlite
