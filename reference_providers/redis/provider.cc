// The edge of the provider: arguments are checked, scripts are run, errors are translated.
#include <algorithm>
#include <set>
#include <type_traits>

#include "contract/rules.h"
#include "contract/token.h"
#include "reference_providers/redis/answers.h"
#include "reference_providers/redis/arguments.h"
#include "reference_providers/redis/items.h"
#include "reference_providers/redis/news.h"
#include "reference_providers/redis/pace.h"
#include "reference_providers/redis/redis_provider.h"
#include "reference_providers/redis/settings.h"
#include "reference_providers/redis/store.h"

namespace ackproof::redis {

namespace {

// Of the keys in a store. A newer one is refused.
constexpr std::uint64_t kFormat = 1;

Capabilities offered(Durability durability) {
  Capabilities declared;
  declared.facets = {Capability::queues,         Capability::sessions,      Capability::tags,
                     Capability::version_filter, Capability::custom_status, Capability::key_value,
                     Capability::management,     Capability::deletion,      Capability::pruning,
                     Capability::long_polling};
  // While the server works on one call all others wait, so the limits are modest.
  declared.limits.payload_bytes = 16U << 20U;
  declared.limits.id_bytes = kLongestId;
  declared.limits.history_events = 100'000;
  declared.limits.commit_items = 10'000;
  declared.limits.batch_messages = 10'000;
  declared.limits.smallest_lock = Duration(1);
  declared.clocks = {ClockSource::injected, ClockSource::server};
  declared.durability = durability;
  declared.several_processes = true;
  declared.call_limit = 2 * kPatience;
  return declared;
}

DeletionCounts read_deletion(const Reply& reply) {
  return {reply[1].number(), reply[2].number(), reply[3].number(), reply[4].number()};
}

PruneCounts read_pruning(const Reply& reply) {
  return {reply[1].number(), reply[2].number(), reply[3].number()};
}

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

std::vector<std::string> distinct(const std::vector<std::string>& texts) {
  std::set<std::string> seen;
  std::vector<std::string> firsts;
  for (const std::string& text : texts) {
    if (seen.insert(text).second) firsts.push_back(text);
  }
  return firsts;
}

void add_prune_options(Command& command, const PruneOptions& options) {
  // None, 0 and 1 keep the same: the current execution counts (PRUNE_2).
  const std::uint64_t kept =
      std::clamp(options.keep_last.value_or(1), std::uint64_t{1}, std::uint64_t{1'000'000'000'000});
  command.add_count(kept).add_optional(options.completed_before);
}

class RedisProvider final : public Provider {
 public:
  // Takes the store over when it is known that the server may have it.
  RedisProvider(std::unique_ptr<Store> store, std::shared_ptr<Clock> clock,
                const Settings& settings)
      : store_(std::move(store)),
        injected_(std::move(clock)),
        pace_(injected_ ? injected_ : std::make_shared<Pace>()),
        version_(settings.version),
        offered_(offered(settings.durability)),
        news_(store_->server, pace_) {}

  Description describe() const override { return {"redis", "1.0.0", version_, offered_}; }

  Result<void> enqueue_message(const Message& message, Duration delay) override {
    if (auto refusal = rules::enqueue_message(offered_, message, delay)) return *refusal;
    return change("enqueue_message", [&] {
      Command command = timed();
      command.add(delay);
      add_message(command, message);
      return command;
    });
  }

  Result<std::optional<Turn>> fetch_turn(const FetchTurn& options) override {
    if (auto refusal = rules::fetch_turn(offered_, options)) return *refusal;
    const auto arguments = [&] {
      Command command = timed();
      command.add(options.lock_timeout).add_count(offered_.limits.batch_messages);
      command.add(random_token().value);
      add_versions(command, options.versions);
      return command;
    };
    return poll("fetch_turn", Queue::turns, options.poll_timeout, arguments, read_turn);
  }

  Result<void> ack_turn(const LockToken& token, const TurnCommit& commit) override {
    if (auto refusal = rules::ack_turn(offered_, commit)) return *refusal;
    return change("ack_turn", [&] {
      Command command = timed();
      command.add(token.value).add_count(offered_.limits.history_events);
      add_commit(command, commit);
      return command;
    });
  }

  Result<void> abandon_turn(const LockToken& token, const Abandon& how) override {
    return abandon("abandon_turn", token, how);
  }

  Result<void> renew_turn(const LockToken& token, Duration extend_for) override {
    return renew("renew_turn", token, extend_for);
  }

  Result<void> enqueue_activity(const Activity& activity) override {
    if (auto refusal = rules::enqueue_activity(offered_, activity)) return *refusal;
    return change("enqueue_activity", [&] {
      Command command;
      add_activity(command, activity);
      return command;
    });
  }

  Result<std::optional<LockedActivity>> fetch_activity(const FetchActivity& options) override {
    if (auto refusal = rules::fetch_activity(offered_, options)) return *refusal;
    const auto arguments = [&] {
      const SessionClaim claim = options.session.value_or(SessionClaim());
      Command command = timed();
      command.add(options.lock_timeout).add(random_token().value);
      command.add_optional(options.session ? std::optional(claim.owner) : std::nullopt);
      command.add(claim.lock_timeout);
      add_tags(command, options.tags);
      return command;
    };
    return poll("fetch_activity", Queue::activities, options.poll_timeout, arguments,
                read_locked_activity);
  }

  Result<void> ack_activity(const LockToken& token,
                            const std::optional<Message>& completion) override {
    if (auto refusal = rules::ack_activity(offered_, completion)) return *refusal;
    return change("ack_activity", [&] {
      Command command = timed();
      command.add(token.value).add_flag(completion.has_value());
      if (completion) add_message(command, *completion);
      return command;
    });
  }

  Result<void> abandon_activity(const LockToken& token, const Abandon& how) override {
    return abandon("abandon_activity", token, how);
  }

  Result<void> renew_activity(const LockToken& token, Duration extend_for) override {
    return renew("renew_activity", token, extend_for);
  }

  Result<std::vector<Event>> read_history(const std::string& instance,
                                          std::optional<std::uint64_t> execution) override {
    if (auto refusal = rules::read("read_history", offered_, instance, execution)) return *refusal;
    const auto padded_execution = execution ? std::optional(padded(*execution)) : std::nullopt;
    return ask(
        "read_history", [&] { return Command{instance}.add_optional(padded_execution); },
        [](const Reply& reply) {
          History history = read_events(reply[1]);
          if (history.error) throw Refused(ErrorKind::corrupt, *history.error);
          return std::move(history.events);
        });
  }

  Result<std::optional<InstanceInfo>> read_instance(const std::string& instance) override {
    if (auto refusal = rules::read("read_instance", offered_, instance)) return *refusal;
    return ask("read_instance", about(instance),
               [&](const Reply& reply) { return read_instance_info(instance, reply.value()); });
  }

  Result<std::uint64_t> renew_sessions(const RenewSessions& options) override {
    if (auto refusal = rules::renew_sessions(offered_, options)) return *refusal;
    const auto arguments = [&] {
      Command command = timed();
      command.add(options.extend_for).add(options.idle_timeout);
      add_texts(command, distinct(options.owners));
      return command;
    };
    return ask("renew_sessions", arguments, [](const Reply& reply) { return reply[1].number(); });
  }

  Result<std::uint64_t> cleanup_sessions() override {
    return ask(
        "cleanup_sessions", [&] { return timed(); },
        [](const Reply& reply) { return reply[1].number(); });
  }

  Result<std::optional<CustomStatus>> read_custom_status(const std::string& instance,
                                                         std::uint64_t seen_version) override {
    if (auto refusal = rules::read_custom_status(offered_, instance)) return *refusal;
    return ask("read_custom_status", about(instance),
               [&](const Reply& reply) -> std::optional<CustomStatus> {
                 const std::uint64_t version = reply[2].is_nil() ? 0 : reply[2].number();
                 if (version <= seen_version) return std::nullopt;
                 return CustomStatus{reply[1].optional_text(), version};
               });
  }

  Result<std::optional<KeyValue>> read_value(const std::string& instance,
                                             const std::string& key) override {
    if (auto refusal = rules::read_values("read_value", offered_, instance, key)) return *refusal;
    return ask(
        "read_value",
        [&] {
          return Command{instance, key};
        },
        read_optional_value);
  }

  Result<std::map<std::string, KeyValue>> read_values(const std::string& instance) override {
    if (auto refusal = rules::read_values("read_values", offered_, instance)) return *refusal;
    return ask("read_values", about(instance),
               [](const Reply& reply) { return read_live_values(reply[1], reply[2]); });
  }

  Result<std::vector<std::string>> list_instances(std::optional<Status> status) override {
    if (auto refusal = rules::list_instances(offered_, status)) return *refusal;
    const auto wanted =
        status ? std::optional(std::to_string(static_cast<unsigned>(*status))) : std::nullopt;
    return ask(
        "list_instances", [&] { return Command().add_optional(wanted); },
        [](const Reply& reply) { return reply[1].texts(); });
  }

  Result<std::vector<std::uint64_t>> list_executions(const std::string& instance) override {
    if (auto refusal = rules::manage("list_executions", offered_, instance)) return *refusal;
    return ask("list_executions", about(instance), [](const Reply& reply) {
      std::vector<std::uint64_t> executions;
      for (std::size_t i = 0; i < reply[1].size(); ++i) {
        executions.push_back(reply[1][i].number());
      }
      // Whoever has a record has a current execution.
      if (executions.empty()) miss();
      return executions;
    });
  }

  Result<ExecutionInfo> read_execution(const std::string& instance,
                                       std::uint64_t execution) override {
    if (auto refusal = rules::manage("read_execution", offered_, instance, execution)) {
      return *refusal;
    }
    return ask(
        "read_execution", [&] { return Command{instance}.add_id(execution); },
        [&](const Reply& reply) { return read_execution_info(execution, reply.value()); });
  }

  Result<std::vector<std::string>> list_children(const std::string& instance) override {
    if (auto refusal = rules::manage("list_children", offered_, instance)) return *refusal;
    return ask("list_children", about(instance),
               [](const Reply& reply) { return reply[1].texts(); });
  }

  Result<std::optional<std::string>> read_parent(const std::string& instance) override {
    if (auto refusal = rules::manage("read_parent", offered_, instance)) return *refusal;
    return ask(
        "read_instance", about(instance),
        [&](const Reply& reply) {
          const auto info = read_instance_info(instance, reply.value());
          if (!info) miss();
          return info->parent;
        },
        "read_parent");
  }

  Result<InstanceTree> read_tree(const std::string& instance) override {
    if (auto refusal = rules::manage("read_tree", offered_, instance)) return *refusal;
    return ask("read_tree", about(instance), [&](const Reply& reply) {
      InstanceTree tree{instance, reply[1].texts()};
      if (tree.members.empty()) miss();
      return tree;
    });
  }

  Result<QueueDepths> read_queue_depths() override {
    return ask(
        "read_queue_depths", [&] { return timed(); },
        [](const Reply& reply) { return read_depths(reply.value()); });
  }

  Result<StoreTotals> read_totals() override {
    return ask(
        "read_totals", [] { return Command(); },
        [](const Reply& reply) { return redis::read_totals(reply.value()); });
  }

  Result<DeletionCounts> delete_instance(const std::string& instance, bool force) override {
    if (auto refusal = rules::remove("delete_instance", offered_, {instance})) return *refusal;
    return ask(
        "delete_instance", [&] { return Command{instance}.add_flag(force); }, read_deletion);
  }

  Result<DeletionCounts> delete_instances(const std::vector<std::string>& instances,
                                          bool force) override {
    if (auto refusal = rules::remove("delete_instances", offered_, instances)) return *refusal;
    const auto arguments = [&] {
      Command command;
      command.add_flag(force);
      add_texts(command, distinct(instances));
      return command;
    };
    return ask("delete_instances", arguments, read_deletion);
  }

  Result<DeletionCounts> delete_matching(const InstanceFilter& filter) override {
    if (auto refusal = rules::remove(offered_, filter)) return *refusal;
    return one_by_one("delete_matching", filter, false, [&](const std::string& root) {
      return ask(
          "delete_if_matching", [&] { return Command{root}.add_optional(filter.completed_before); },
          read_deletion);
    });
  }

  Result<PruneCounts> prune_instance(const std::string& instance,
                                     const PruneOptions& options) override {
    if (auto refusal = rules::prune(offered_, instance)) return *refusal;
    return prune("prune_instance", instance, options, std::nullopt);
  }

  Result<PruneCounts> prune_matching(const InstanceFilter& filter,
                                     const PruneOptions& options) override {
    if (auto refusal = rules::prune(offered_, filter)) return *refusal;
    return one_by_one(
        "prune_matching", filter, true, [&](const std::string& instance) -> Result<PruneCounts> {
          auto pruned = prune("prune_matching", instance, options, filter.completed_before);
          // Unknown ids are skipped in bulk (PRUNE_2).
          const bool is_unknown = !pruned && pruned.error().kind == ErrorKind::not_found;
          return is_unknown ? PruneCounts() : pruned;
        });
  }

 private:
  using Arguments = Server::Arguments;

  [[noreturn]] static void miss() {
    throw Refused(ErrorKind::not_found, "there is no such instance");
  }

  static Arguments about(const std::string& instance) {
    return [&instance] { return Command{instance}; };
  }

  static void add_texts(Command& command, const std::vector<std::string>& texts) {
    command.add_count(texts.size());
    for (const std::string& text : texts) command.add(text);
  }

  static std::optional<KeyValue> read_optional_value(const Reply& reply) {
    if (reply[1].is_nil()) return std::nullopt;
    return value_in(reply[1].view());
  }

  // The beginning of the arguments of a verb that knows the time: none is the server's.
  Command timed() const {
    Command command;
    if (injected_) {
      command.add(injected_->now());
    } else {
      command.add("");
    }
    return command;
  }

  // Runs a script, and turns its answer into a value.
  template <class Read>
  auto ask(const char* script, const Arguments& arguments, const Read& read,
           const char* operation = nullptr) -> Result<std::invoke_result_t<Read, Reply>> {
    try {
      return read(store_->answer(script, arguments, soon()));
    } catch (...) {
      return translate(operation == nullptr ? script : operation);
    }
  }

  // A script that bears the name of its operation, and answers no more than that it was done.
  Result<void> change(const char* operation, const Arguments& arguments) {
    const auto done = ask(operation, arguments, [](const Reply&) { return true; });
    return done ? Result<void>() : done.error();
  }

  Result<void> abandon(const char* operation, const LockToken& token, const Abandon& how) {
    if (auto refusal = rules::abandon(operation, how)) return *refusal;
    return change(operation, [&] {
      return timed().add(token.value).add(how.delay).add_flag(how.ignore_attempt);
    });
  }

  Result<void> renew(const char* operation, const LockToken& token, Duration extend_for) {
    if (auto refusal = rules::renew(operation, extend_for)) return *refusal;
    return change(operation, [&] { return timed().add(token.value).add(extend_for); });
  }

  Result<PruneCounts> prune(const char* operation, const std::string& instance,
                            const PruneOptions& options, const std::optional<Time>& bound) {
    const auto arguments = [&] {
      Command command{instance};
      add_prune_options(command, options);
      return command.add_optional(bound);
    };
    return ask("prune", arguments, read_pruning, operation);
  }

  // Fetches until there is something, or the poll is over (POLL_1). The first look costs no more
  // than it must; before the others somebody listens, so that no arrival is missed.
  template <class Read>
  auto poll(const char* operation, Queue queue, Duration timeout, const Arguments& arguments,
            const Read& read) -> Result<std::optional<std::invoke_result_t<Read, Value>>> {
    try {
      const Time end = rules::later(pace_->now() + rounding(), timeout);
      std::optional<std::uint64_t> heard;
      while (true) {
        const Time before = pace_->now();
        const Reply reply = store_->answer(operation, arguments, soon());
        if (reply[0].view() != "nothing") return std::optional(read(reply.value()));
        if (timeout == Duration(0) || before >= end) return {std::nullopt};
        if (heard) {
          const Time next = next_look(before, reply);
          pace_->wait_until(std::min(end, next), [&] { return news_.so_far(queue) != *heard; });
        }
        heard = news_.heard(queue, soon());
      }
    } catch (...) {
      return translate(operation);
    }
  }

  // When the passing of time may bring something, as the script answered: now, and when.
  Time next_look(Time before, const Reply& reply) const {
    if (reply[2].is_nil()) return Time::max();
    const Duration rest = reply[2].time() - reply[1].time();
    if (injected_) return rules::later(before, rest);
    return rules::later(pace_->now() + rounding(), rest);
  }

  // What the flooring of a real clock may hide.
  Duration rounding() const { return Duration(injected_ ? 0 : 1); }

  // Works on each candidate by a script of its own, until `limit` of them matched (CONC_3).
  //
  // When that takes too long or does not go on, the answer is what was done so far: true, though
  // less than asked for, and calling again does the rest. An error would deny what is done.
  template <class Work>
  auto one_by_one(const char* operation, const InstanceFilter& filter, bool takes_running,
                  const Work& work) -> std::invoke_result_t<Work, std::string> {
    const Moment late = soon();
    auto candidates = Result<std::vector<std::string>>(
        distinct(filter.instances.value_or(std::vector<std::string>())));
    if (!filter.instances) candidates = list_candidates(operation, filter, takes_running);
    if (!candidates) return candidates.error();
    std::remove_cvref_t<decltype(work("").value())> total;
    std::uint64_t matched = 0;
    for (const std::string& candidate : candidates.value()) {
      if (matched == filter.limit) break;
      if (matched > 0 && std::chrono::steady_clock::now() >= late) break;
      const auto done = work(candidate);
      if (!done && (matched == 0 || done.error().kind == ErrorKind::unknown_outcome)) {
        return Error{done.error().kind, operation, done.error().message};
      }
      if (!done) break;
      add(total, done.value());
      if (done.value().instances > 0) ++matched;
    }
    return total;
  }

  Result<std::vector<std::string>> list_candidates(const char* operation,
                                                   const InstanceFilter& filter,
                                                   bool takes_running) {
    return ask(
        "list_ended",
        [&] { return Command().add_optional(filter.completed_before).add_flag(takes_running); },
        [](const Reply& reply) { return reply[1].texts(); }, operation);
  }

  const std::unique_ptr<Store> store_;
  const std::shared_ptr<Clock> injected_;  // Null: the server's time counts.
  const std::shared_ptr<Clock> pace_;      // To wait with.
  const std::string version_;
  const Capabilities offered_;
  News news_;
};

}  // namespace

Result<std::unique_ptr<Provider>> open(const std::string& uri, const std::string& prefix,
                                       std::shared_ptr<Clock> clock,
                                       std::shared_ptr<const Scripts> scripts) {
  try {
    auto store = std::make_unique<Store>(uri, prefix, std::move(scripts));
    const Moment deadline = soon();
    const Settings settings =
        read_settings(store->server, store->address.vouches_for_noeviction, deadline);
    store->answer(
        "prepare", [] { return Command().add_count(kFormat); }, deadline);
    return std::unique_ptr<Provider>(
        std::make_unique<RedisProvider>(std::move(store), std::move(clock), settings));
  } catch (...) {
    Error error = translate("open");
    error.message = "cannot open the store " + prefix + ": " + error.message;
    return error;
  }
}

Result<std::unique_ptr<Provider>> open(const std::string& uri, const std::string& prefix,
                                       std::shared_ptr<Clock> clock) {
  return open(uri, prefix, std::move(clock), Scripts::standard());
}

}  // namespace ackproof::redis
