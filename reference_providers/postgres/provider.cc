// The edge of the provider: arguments are checked, the transaction is made, errors are translated.
#include <thread>
#include <type_traits>

#include "contract/rules.h"
#include "contract/token.h"
#include "reference_providers/postgres/errors.h"
#include "reference_providers/postgres/poll.h"
#include "reference_providers/postgres/pool.h"
#include "reference_providers/postgres/postgres_provider.h"
#include "reference_providers/postgres/sql.h"
#include "reference_providers/postgres/store.h"
#include "reference_providers/postgres/verbs.h"

namespace ackproof::postgres {

Capabilities capabilities() {
  Capabilities declared;
  declared.facets = {Capability::queues,         Capability::sessions,      Capability::tags,
                     Capability::version_filter, Capability::custom_status, Capability::key_value,
                     Capability::management,     Capability::deletion,      Capability::pruning,
                     Capability::long_polling};
  declared.limits.payload_bytes = 16U << 20U;
  declared.limits.id_bytes = kLongestId;
  declared.limits.history_events = 1'000'000;
  declared.limits.commit_items = 10'000;
  declared.limits.batch_messages = 10'000;
  declared.limits.smallest_lock = Duration(1);
  declared.clocks = {ClockSource::injected, ClockSource::server};
  declared.several_processes = true;
  declared.call_limit = kCallLimit;
  return declared;
}

namespace {

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

class PostgresProvider final : public Provider {
 public:
  PostgresProvider(std::shared_ptr<Pool> pool, std::string schema, std::shared_ptr<Clock> clock)
      : offered_(capabilities()),
        pool_(std::move(pool)),
        schema_(std::move(schema)),
        clock_(std::move(clock)),
        listener_(*pool_, schema_, [this] {
          if (clock_) clock_->wake();
        }) {
    server_ = with_connection(
        [&](Connection& connection) { return prepare_store(connection, pool_->sql().script); });
    offered_.durability = server_.durability;
  }

  Description describe() const override {
    return {"postgres", "1.0.0", "PostgreSQL " + server_.version, offered_};
  }

  Result<void> enqueue_message(const Message& message, Duration delay) override {
    if (auto refusal = rules::enqueue_message(offered_, message, delay)) return *refusal;
    return write("enqueue_message",
                 [&](Session& session) { postgres::enqueue_message(session, message, delay); });
  }

  Result<std::optional<Turn>> fetch_turn(const FetchTurn& options) override {
    if (auto refusal = rules::fetch_turn(offered_, options)) return *refusal;
    return poll("fetch_turn", options.poll_timeout, [&](Session& session) {
      return postgres::fetch_turn(session, options, random_token().value);
    });
  }

  Result<void> ack_turn(const LockToken& token, const TurnCommit& commit) override {
    if (auto refusal = rules::ack_turn(offered_, commit)) return *refusal;
    return write("ack_turn", [&](Session& session) { postgres::ack_turn(session, token, commit); });
  }

  Result<void> abandon_turn(const LockToken& token, const Abandon& how) override {
    if (auto refusal = rules::abandon("abandon_turn", how)) return *refusal;
    return write("abandon_turn",
                 [&](Session& session) { postgres::abandon_turn(session, token, how); });
  }

  Result<void> renew_turn(const LockToken& token, Duration extend_for) override {
    if (auto refusal = rules::renew("renew_turn", extend_for)) return *refusal;
    return write("renew_turn",
                 [&](Session& session) { postgres::renew_turn(session, token, extend_for); });
  }

  Result<void> enqueue_activity(const Activity& activity) override {
    if (auto refusal = rules::enqueue_activity(offered_, activity)) return *refusal;
    return write("enqueue_activity",
                 [&](Session& session) { postgres::enqueue_activity(session, activity); });
  }

  Result<std::optional<LockedActivity>> fetch_activity(const FetchActivity& options) override {
    if (auto refusal = rules::fetch_activity(offered_, options)) return *refusal;
    return poll("fetch_activity", options.poll_timeout, [&](Session& session) {
      return postgres::fetch_activity(session, options, random_token().value);
    });
  }

  Result<void> ack_activity(const LockToken& token,
                            const std::optional<Message>& completion) override {
    if (auto refusal = rules::ack_activity(offered_, completion)) return *refusal;
    return write("ack_activity",
                 [&](Session& session) { postgres::ack_activity(session, token, completion); });
  }

  Result<void> abandon_activity(const LockToken& token, const Abandon& how) override {
    if (auto refusal = rules::abandon("abandon_activity", how)) return *refusal;
    return write("abandon_activity",
                 [&](Session& session) { postgres::abandon_activity(session, token, how); });
  }

  Result<void> renew_activity(const LockToken& token, Duration extend_for) override {
    if (auto refusal = rules::renew("renew_activity", extend_for)) return *refusal;
    return write("renew_activity",
                 [&](Session& session) { postgres::renew_activity(session, token, extend_for); });
  }

  Result<std::vector<Event>> read_history(const std::string& instance,
                                          std::optional<std::uint64_t> execution) override {
    if (auto refusal = rules::read("read_history", offered_, instance, execution)) return *refusal;
    return read("read_history", [&](Session& session) {
      return postgres::read_history(session, instance, execution);
    });
  }

  Result<std::optional<InstanceInfo>> read_instance(const std::string& instance) override {
    if (auto refusal = rules::read("read_instance", offered_, instance)) return *refusal;
    return read("read_instance",
                [&](Session& session) { return postgres::read_instance(session, instance); });
  }

  Result<std::uint64_t> renew_sessions(const RenewSessions& options) override {
    if (auto refusal = rules::renew_sessions(offered_, options)) return *refusal;
    return write("renew_sessions",
                 [&](Session& session) { return postgres::renew_sessions(session, options); });
  }

  Result<std::uint64_t> cleanup_sessions() override {
    return write("cleanup_sessions",
                 [&](Session& session) { return postgres::cleanup_sessions(session); });
  }

  Result<std::optional<CustomStatus>> read_custom_status(const std::string& instance,
                                                         std::uint64_t seen_version) override {
    if (auto refusal = rules::read_custom_status(offered_, instance)) return *refusal;
    return read("read_custom_status", [&](Session& session) {
      return postgres::read_custom_status(session, instance, seen_version);
    });
  }

  Result<std::optional<KeyValue>> read_value(const std::string& instance,
                                             const std::string& key) override {
    if (auto refusal = rules::read_values("read_value", offered_, instance, key)) return *refusal;
    return read("read_value",
                [&](Session& session) { return postgres::read_value(session, instance, key); });
  }

  Result<std::map<std::string, KeyValue>> read_values(const std::string& instance) override {
    if (auto refusal = rules::read_values("read_values", offered_, instance)) return *refusal;
    return read("read_values",
                [&](Session& session) { return postgres::read_values(session, instance); });
  }

  Result<std::vector<std::string>> list_instances(std::optional<Status> status) override {
    if (auto refusal = rules::list_instances(offered_, status)) return *refusal;
    return read("list_instances",
                [&](Session& session) { return postgres::list_instances(session, status); });
  }

  Result<std::vector<std::uint64_t>> list_executions(const std::string& instance) override {
    if (auto refusal = rules::manage("list_executions", offered_, instance)) return *refusal;
    return read("list_executions",
                [&](Session& session) { return postgres::list_executions(session, instance); });
  }

  Result<ExecutionInfo> read_execution(const std::string& instance,
                                       std::uint64_t execution) override {
    if (auto refusal = rules::manage("read_execution", offered_, instance, execution)) {
      return *refusal;
    }
    return read("read_execution", [&](Session& session) {
      return postgres::read_execution(session, instance, execution);
    });
  }

  Result<std::vector<std::string>> list_children(const std::string& instance) override {
    if (auto refusal = rules::manage("list_children", offered_, instance)) return *refusal;
    return read("list_children",
                [&](Session& session) { return postgres::list_children(session, instance); });
  }

  Result<std::optional<std::string>> read_parent(const std::string& instance) override {
    if (auto refusal = rules::manage("read_parent", offered_, instance)) return *refusal;
    return read("read_parent",
                [&](Session& session) { return postgres::read_parent(session, instance); });
  }

  Result<InstanceTree> read_tree(const std::string& instance) override {
    if (auto refusal = rules::manage("read_tree", offered_, instance)) return *refusal;
    return read("read_tree",
                [&](Session& session) { return postgres::read_tree(session, instance); });
  }

  Result<QueueDepths> read_queue_depths() override {
    try {
      const auto look = [](Session& session) { return postgres::read_queue_depths(session, true); };
      std::optional<QueueDepths> depths;
      for (int i = 0; i < kMostTries && !depths; ++i) depths = clock_ ? timed(look) : once(look);
      if (depths) return *depths;
      // Alone in the store, time may pass while it is read: nothing changes.
      return *alone([](Session& session) { return postgres::read_queue_depths(session, false); });
    } catch (...) {
      return translate("read_queue_depths");
    }
  }

  Result<StoreTotals> read_totals() override {
    return read("read_totals", [&](Session& session) { return postgres::read_totals(session); });
  }

  Result<DeletionCounts> delete_instance(const std::string& instance, bool force) override {
    if (auto refusal = rules::remove("delete_instance", offered_, {instance})) return *refusal;
    return change("delete_instance", [&](Session& session) {
      return postgres::delete_instance(session, instance, force);
    });
  }

  Result<DeletionCounts> delete_instances(const std::vector<std::string>& instances,
                                          bool force) override {
    if (auto refusal = rules::remove("delete_instances", offered_, instances)) return *refusal;
    return change("delete_instances", [&](Session& session) {
      return postgres::delete_instances(session, instances, force);
    });
  }

  Result<DeletionCounts> delete_matching(const InstanceFilter& filter) override {
    if (auto refusal = rules::remove(offered_, filter)) return *refusal;
    return one_by_one(
        "delete_matching", filter.limit,
        [&](Session& session) { return deletion_candidates(session, filter); },
        [&](Session& session, const std::string& root) {
          return delete_if_matching(session, root, filter);
        });
  }

  Result<PruneCounts> prune_instance(const std::string& instance,
                                     const PruneOptions& options) override {
    if (auto refusal = rules::prune(offered_, instance)) return *refusal;
    return change("prune_instance", [&](Session& session) {
      return postgres::prune_instance(session, instance, options);
    });
  }

  Result<PruneCounts> prune_matching(const InstanceFilter& filter,
                                     const PruneOptions& options) override {
    if (auto refusal = rules::prune(offered_, filter)) return *refusal;
    return one_by_one(
        "prune_matching", filter.limit,
        [&](Session& session) { return pruning_candidates(session, filter); },
        [&](Session& session, const std::string& instance) {
          return prune_if_matching(session, instance, filter, options);
        });
  }

 private:
  // How often a call is made again because the clock moved on during it, before it is made alone.
  static constexpr int kMostTries = 3;

  // --- One transaction. All of these throw.

  // Runs `work` with a connection from the pool, which is dropped if it may be broken.
  template <class Work>
  auto with_connection(const Work& work) -> std::invoke_result_t<Work, Connection&> {
    Pool::Lease lease = pool_->take(schema_);
    try {
      return work(*lease);
    } catch (...) {
      if (!spares_connection()) lease.drop();
      throw;
    }
  }

  // Runs `work`, a single statement, as a transaction of its own: it is committed when it returns.
  template <class Work>
  auto once(const Work& work) -> std::invoke_result_t<Work, Session&> {
    return with_connection([&](Connection& connection) {
      pqxx::nontransaction transaction(connection.raw());
      Session session(connection, transaction, std::nullopt);
      return work(session);
    });
  }

  // Runs `work` with the injected time; nothing, and nothing done, if the clock moved on until the end.
  template <class Work>
  auto timed(const Work& work) -> std::invoke_result_t<Work, Session&> {
    return with_connection([&](Connection& connection) -> std::invoke_result_t<Work, Session&> {
      pqxx::work transaction(connection.raw());
      const Time now = clock_->now();
      Session session(connection, transaction, now);
      auto answer = work(session);
      if (clock_->now() != now) return {};
      transaction.commit();
      return answer;
    });
  }

  // Runs `work` while nobody else changes the store: then nothing waits after the clock was read.
  template <class Work>
  auto alone(const Work& work) -> std::invoke_result_t<Work, Session&> {
    return with_connection([&](Connection& connection) {
      pqxx::work transaction(connection.raw());
      connection.call(transaction, "enter_alone");
      Session session(connection, transaction,
                      clock_ ? std::optional(clock_->now()) : std::nullopt);
      auto answer = work(session);
      transaction.commit();
      return answer;
    });
  }

  // --- One call of the contract

  template <class Work>
  auto read(std::string_view operation, const Work& work)
      -> Result<std::invoke_result_t<Work, Session&>> {
    try {
      return once(work);
    } catch (...) {
      return translate(operation);
    }
  }

  // Changes the store, by no clock. Until there is a connection nothing was sent.
  template <class Work>
  auto change(std::string_view operation, const Work& work)
      -> Result<std::invoke_result_t<Work, Session&>> {
    Effect effect = Effect::none;
    try {
      return once([&](Session& session) {
        effect = Effect::perhaps;
        return work(session);
      });
    } catch (...) {
      return translate(operation, effect);
    }
  }

  // Changes the store, with the time after the last wait for others (TIME_3).
  template <class Work>
  auto write(std::string_view operation, const Work& work)
      -> Result<std::invoke_result_t<Work, Session&>> {
    if constexpr (std::is_void_v<std::invoke_result_t<Work, Session&>>) {
      const auto done = write(operation, [&](Session& session) {
        work(session);
        return true;
      });
      if (!done) return done.error();
      return {};
    } else {
      if (!clock_) return change(operation, work);
      try {
        const auto tried = [&](Session& session) { return std::optional(work(session)); };
        for (int i = 0; i < kMostTries; ++i) {
          if (auto answer = timed(tried)) return std::move(*answer);
        }
        return alone(work);
      } catch (...) {
        return translate(operation);
      }
    }
  }

  // Looks until it has an answer: what others were in the way of is over.
  template <class Fetch>
  auto look(std::string_view operation, const Fetch& fetch)
      -> Result<std::invoke_result_t<Fetch, Session&>> {
    const Moment late = std::chrono::steady_clock::now() + kLockPatience;
    while (true) {
      auto seen = write(operation, fetch);
      if (!seen || !seen.value().is_over) return seen;
      if (std::chrono::steady_clock::now() >= late) {
        return Error{ErrorKind::busy, std::string(operation), "others were faster for too long"};
      }
    }
  }

  // Fetches until there is something, or the poll is over (POLL_1). Between two looks it holds nothing
  // (POLL_2).
  template <class Fetch>
  auto poll(std::string_view operation, Duration timeout, const Fetch& fetch)
      -> Result<decltype(std::invoke_result_t<Fetch, Session&>::found)> {
    try {
      const Poll poll(clock_.get(), timeout);
      auto seen = look(operation, fetch);
      if (!seen) return seen.error();
      if (seen.value().found || timeout <= Duration(0)) return std::move(seen.value().found);
      Listener::Watcher watcher(listener_);
      while (true) {
        const std::uint64_t changes = watcher.watch();
        seen = look(operation, fetch);
        if (!seen) return seen.error();
        if (seen.value().found || poll.is_over(seen.value().now)) {
          return std::move(seen.value().found);
        }
        poll.wait(listener_, changes, seen.value().now, seen.value().next);
      }
    } catch (...) {
      return translate(operation);
    }
  }

  // Works on each candidate in a transaction of its own, until `limit` of them matched (CONC_3).
  //
  // When that takes too long or does not go on, the answer is what was done so far: true, though
  // less than asked for, and calling again does the rest. An error would deny what is done.
  template <class List, class Work>
  auto one_by_one(std::string_view operation, std::uint64_t limit, const List& list,
                  const Work& work)
      -> Result<std::invoke_result_t<Work, Session&, const std::string&>> {
    const Moment late = std::chrono::steady_clock::now() + kLockPatience;
    const auto candidates = read(operation, list);
    if (!candidates) return candidates.error();
    std::invoke_result_t<Work, Session&, const std::string&> total;
    std::uint64_t matched = 0;
    for (const std::string& candidate : candidates.value()) {
      if (matched == limit) break;
      if (matched > 0 && std::chrono::steady_clock::now() >= late) break;
      const auto done =
          change(operation, [&](Session& session) { return work(session, candidate); });
      if (!done && (matched == 0 || done.error().kind == ErrorKind::unknown_outcome)) {
        return done.error();
      }
      if (!done) break;
      add(total, done.value());
      if (done.value().instances > 0) ++matched;
    }
    return total;
  }

  Capabilities offered_;
  const std::shared_ptr<Pool> pool_;
  const std::string schema_;
  const std::shared_ptr<Clock> clock_;  // Null: the server's.
  Server server_;
  Listener listener_;
};

}  // namespace

Result<std::unique_ptr<Provider>> open(std::shared_ptr<Pool> pool, const std::string& schema,
                                       std::shared_ptr<Clock> clock) {
  try {
    return std::unique_ptr<Provider>(
        std::make_unique<PostgresProvider>(std::move(pool), schema, std::move(clock)));
  } catch (...) {
    Error error = translate("open");
    error.message = "cannot open the store " + schema + ": " + error.message;
    return error;
  }
}

}  // namespace ackproof::postgres
