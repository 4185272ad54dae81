// The other choice wherever the contract leaves one: which of several ready instances or finished
// roots, which order of a list, which of two refusals that are both true.
#pragma once

#include <algorithm>
#include <atomic>
#include <chrono>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "contract/rules.h"
#include "reference_providers/memory/memory_provider.h"
#include "tests/mutants/spoil.h"
#include "tests/variants/every_call.h"
#include "tests/variants/pace.h"

namespace ackproof {

// --- Order

// The newest first, as far as fairness goes: nobody is passed by the same instance three times.
class NewestFirst : public EveryCall<NewestFirst> {
 public:
  struct Shared {
    std::recursive_mutex mutex;
    // How often each waiting instance has seen another one go before it.
    std::map<std::string, std::map<std::string, int>> passed;
  };
  NewestFirst(std::unique_ptr<Provider> inner, std::shared_ptr<Shared> shared)
      : EveryCall(std::move(inner)), shared_(std::move(shared)) {}

  // Nobody may see the turns that a fetch gives back.
  auto around(std::string_view, const auto& call) {
    const std::lock_guard alone(shared_->mutex);
    return call();
  }

  Result<std::optional<Turn>> fetch_turn(const FetchTurn& options) override {
    FetchTurn at_once = options;
    at_once.poll_timeout = Duration(0);
    {
      const std::lock_guard alone(shared_->mutex);
      const Result<std::optional<Turn>> first = inner().fetch_turn(at_once);
      if (!first) return first;
      if (first.value()) return choose(*first.value(), at_once);
      if (options.poll_timeout <= Duration(0)) return first;
    }
    return inner().fetch_turn(options);
  }
  Result<std::optional<LockedActivity>> fetch_activity(const FetchActivity& options) override {
    return inner().fetch_activity(options);
  }

 private:
  std::optional<Turn> choose(Turn first, const FetchTurn& options) {
    std::vector<Turn> turns = fetch_all(inner(), options);
    turns.insert(turns.begin(), std::move(first));
    const auto may_go = [&](const Turn& turn) {
      return std::ranges::none_of(turns, [&](const Turn& other) {
        return other.instance != turn.instance &&
               shared_->passed[other.instance][turn.instance] > 1;
      });
    };
    const auto newest = std::find_if(turns.rbegin(), turns.rend(), may_go);
    Turn chosen = newest == turns.rend() ? turns.front() : *newest;
    for (const Turn& turn : turns) {
      if (turn.instance == chosen.instance) continue;
      unfetch(inner(), turn);
      ++shared_->passed[turn.instance][chosen.instance];
    }
    shared_->passed.erase(chosen.instance);
    return chosen;
  }

  std::shared_ptr<Shared> shared_;
};

// When fetches overlap, the first may get the second activity.
class CrowdedActivities : public ForwardingProvider {
 public:
  struct Shared {
    std::mutex mutex;
    std::atomic<int> fetching{0};
  };
  CrowdedActivities(std::unique_ptr<Provider> inner, std::shared_ptr<Shared> shared)
      : ForwardingProvider(std::move(inner)), shared_(std::move(shared)) {}
  Result<std::optional<LockedActivity>> fetch_activity(const FetchActivity& options) override {
    if (options.poll_timeout > Duration(0)) return inner().fetch_activity(options);
    ++shared_->fetching;
    std::this_thread::sleep_for(std::chrono::microseconds(300));
    const std::lock_guard alone(shared_->mutex);
    auto first = inner().fetch_activity(options);
    if (first && first.value() && !first.value()->activity.session && shared_->fetching > 1) {
      auto second = inner().fetch_activity(options);
      if (second && second.value()) {
        (void)inner().abandon_activity(first.value()->token, {.ignore_attempt = true});
        first = std::move(second);
      }
    }
    --shared_->fetching;
    return first;
  }

 private:
  std::shared_ptr<Shared> shared_;
};

// In no order, and differently every time.
class ShuffledLists : public ForwardingProvider {
 public:
  using ForwardingProvider::ForwardingProvider;
  Result<std::vector<std::string>> list_instances(std::optional<Status> status) override {
    return shuffled(inner().list_instances(status));
  }
  Result<std::vector<std::string>> list_children(const std::string& instance) override {
    return shuffled(inner().list_children(instance));
  }
  Result<std::vector<std::string>> list_outputs(const std::string& flow) override {
    return shuffled(inner().list_outputs(flow));
  }
  Result<InstanceTree> read_tree(const std::string& instance) override {
    Result<InstanceTree> tree = inner().read_tree(instance);
    if (tree) std::shuffle(tree.value().members.begin() + 1, tree.value().members.end(), dice());
    return tree;
  }

 private:
  static Result<std::vector<std::string>> shuffled(Result<std::vector<std::string>> list) {
    if (list) std::ranges::shuffle(list.value(), dice());
    return list;
  }
};

// Tree by tree and instance by instance, from the other end.
class BulkBackwards : public ForwardingProvider {
 public:
  using ForwardingProvider::ForwardingProvider;
  Result<DeletionCounts> delete_matching(const InstanceFilter& filter) override {
    return one_by_one<DeletionCounts>(
        filter, [&](const InstanceFilter& one) { return inner().delete_matching(one); },
        [](DeletionCounts& sum, const DeletionCounts& counts) {
          sum.instances += counts.instances;
          sum.executions += counts.executions;
          sum.events += counts.events;
          sum.queued_items += counts.queued_items;
        });
  }
  Result<PruneCounts> prune_matching(const InstanceFilter& filter,
                                     const PruneOptions& options) override {
    return one_by_one<PruneCounts>(
        filter, [&](const InstanceFilter& one) { return inner().prune_matching(one, options); },
        [](PruneCounts& sum, const PruneCounts& counts) {
          sum.instances += counts.instances;
          sum.executions += counts.executions;
          sum.events += counts.events;
        });
  }

 private:
  template <class Counts>
  Result<Counts> one_by_one(const InstanceFilter& filter, const auto& apply, const auto& add) {
    InstanceFilter one = filter;
    one.limit = 0;
    if (Result<Counts> refused = apply(one); !refused) return refused;
    const std::vector<std::string> known = inner().list_instances(std::nullopt).value();
    one.limit = 1;
    Counts sum;
    std::uint64_t taken = 0;
    for (auto id = known.rbegin(); id != known.rend() && taken < filter.limit; ++id) {
      const auto& named = filter.instances;
      if (named && std::ranges::find(*named, *id) == named->end()) continue;
      one.instances = {*id};
      const Result<Counts> counts = apply(one);
      if (!counts) return counts;
      taken += counts.value().instances > 0 ? 1 : 0;
      add(sum, counts.value());
    }
    return sum;
  }
};

// --- The other refusal where two are true

struct Deadlines : Timed {
  std::map<std::string, Time> by_token;  // Of locks that nobody has given back.
};

// Looks at the token before the arguments.
class TokenBeforeArguments : public Sharing<Deadlines> {
 public:
  using Sharing::Sharing;
  Result<std::optional<Turn>> fetch_turn(const FetchTurn& options) override {
    Result<std::optional<Turn>> turn = inner().fetch_turn(options);
    if (turn && turn.value()) lock(turn.value()->token, options.lock_timeout);
    return turn;
  }
  Result<std::optional<LockedActivity>> fetch_activity(const FetchActivity& options) override {
    Result<std::optional<LockedActivity>> taken = inner().fetch_activity(options);
    if (taken && taken.value()) lock(taken.value()->token, options.lock_timeout);
    return taken;
  }
  Result<void> ack_turn(const LockToken& token, const TurnCommit& commit) override {
    return ended("ack_turn", token, inner().ack_turn(token, commit));
  }
  Result<void> abandon_turn(const LockToken& token, const Abandon& how) override {
    return ended("abandon_turn", token, inner().abandon_turn(token, how));
  }
  Result<void> renew_turn(const LockToken& token, Duration extend_for) override {
    const Result<void> renewed = inner().renew_turn(token, extend_for);
    if (renewed) lock(token, extend_for);
    return judged("renew_turn", token, renewed);
  }
  Result<void> ack_activity(const LockToken& token,
                            const std::optional<Message>& completion) override {
    return ended("ack_activity", token, inner().ack_activity(token, completion));
  }
  Result<void> abandon_activity(const LockToken& token, const Abandon& how) override {
    return ended("abandon_activity", token, inner().abandon_activity(token, how));
  }
  Result<void> renew_activity(const LockToken& token, Duration extend_for) override {
    const Result<void> renewed = inner().renew_activity(token, extend_for);
    if (renewed) lock(token, extend_for);
    return judged("renew_activity", token, renewed);
  }

 private:
  void lock(const LockToken& token, Duration length) {
    auto known = state();
    known->by_token[token.value] = rules::later(known->clock->now(), length);
  }
  Result<void> ended(const char* operation, const LockToken& token, const Result<void>& answer) {
    if (answer) state()->by_token.erase(token.value);
    return judged(operation, token, answer);
  }
  Result<void> judged(const char* operation, const LockToken& token, const Result<void>& answer) {
    auto known = state();
    const auto found = known->by_token.find(token.value);
    const bool is_live = found != known->by_token.end() && known->clock->now() < found->second;
    if (answer || is_live || answer.error().kind == ErrorKind::busy) return answer;
    return Error{ErrorKind::lock_lost, operation, "the lock is lost"};
  }
};

// Looks for events that are there twice before anything else.
class ConflictBeforeArguments : public KnowsTurns<> {
 public:
  using KnowsTurns::KnowsTurns;
  Result<void> ack_turn(const LockToken& token, const TurnCommit& commit) override {
    const Result<void> acked = inner().ack_turn(token, commit);
    const std::optional<Turn> turn = turn_of(token);
    if (acked || !turn || lost(acked)) return acked;
    std::set<std::uint64_t> seen;
    const Result<std::vector<Event>> stored =
        inner().read_history(turn->instance, commit.execution);
    if (stored) {
      for (const Event& event : stored.value()) seen.insert(event.id);
    }
    for (const Event& event : commit.events) {
      if (!seen.insert(event.id).second) return Error{ErrorKind::conflict, "ack_turn", "twice"};
    }
    return acked;
  }
};

inline Capabilities all_facets(const Provider& provider) {
  Capabilities capabilities = provider.describe().capabilities;
  capabilities.facets = memory::kFacets;
  return capabilities;
}

// For a provider with few facets: what is invalid is called so before what is unsupported.
class ArgumentsBeforeFacets : public ForwardingProvider {
 public:
  using ForwardingProvider::ForwardingProvider;
  Result<std::optional<Turn>> fetch_turn(const FetchTurn& options) override {
    if (const auto refusal = rules::fetch_turn(all_facets(*this), options)) return *refusal;
    return inner().fetch_turn(options);
  }
  Result<std::optional<LockedActivity>> fetch_activity(const FetchActivity& options) override {
    if (const auto refusal = rules::fetch_activity(all_facets(*this), options)) return *refusal;
    return inner().fetch_activity(options);
  }
  Result<void> ack_turn(const LockToken& token, const TurnCommit& commit) override {
    if (const auto refusal = rules::ack_turn(all_facets(*this), commit)) return *refusal;
    return inner().ack_turn(token, commit);
  }
  Result<void> enqueue_activity(const Activity& activity) override {
    if (const auto refusal = rules::enqueue_activity(all_facets(*this), activity)) return *refusal;
    return inner().enqueue_activity(activity);
  }
};

// A poll timeout of whatever length is ignored.
class IgnoresPolls : public ForwardingProvider {
 public:
  using ForwardingProvider::ForwardingProvider;
  Result<std::optional<Turn>> fetch_turn(const FetchTurn& options) override {
    FetchTurn once = options;
    once.poll_timeout = Duration(0);
    return inner().fetch_turn(once);
  }
  Result<std::optional<LockedActivity>> fetch_activity(const FetchActivity& options) override {
    FetchActivity once = options;
    once.poll_timeout = Duration(0);
    return inner().fetch_activity(once);
  }
};

// `conflict` for `not_found` and the other way round.
class OtherRefusalOfSets : public ForwardingProvider {
 public:
  using ForwardingProvider::ForwardingProvider;
  Result<DeletionCounts> delete_instances(const std::vector<std::string>& instances,
                                          bool force) override {
    Result<DeletionCounts> answer = inner().delete_instances(instances, force);
    if (answer) return answer;
    const ErrorKind kind = answer.error().kind;
    if (kind == ErrorKind::conflict && any(instances, [&](const auto& id) { return lacks(id); })) {
      return Error{ErrorKind::not_found, "delete_instances", "a member does not exist"};
    }
    if (kind == ErrorKind::not_found && any(instances, [&](const auto& id) {
          return is_running(id, force) || orphans(id, instances);
        })) {
      return Error{ErrorKind::conflict, "delete_instances", "a member cannot go"};
    }
    return answer;
  }

 private:
  static bool any(const std::vector<std::string>& instances, const auto& is_so) {
    return std::ranges::any_of(instances, is_so);
  }
  // Without force a deletion of what has no record removes nothing, and tells whether it is queued.
  bool lacks(const std::string& id) {
    if (record(inner(), id)) return false;
    const Result<DeletionCounts> probe = inner().delete_instance(id, false);
    return !probe && probe.error().kind == ErrorKind::not_found;
  }
  bool is_running(const std::string& id, bool force) {
    const std::optional<InstanceInfo> info = record(inner(), id);
    if (force) return false;
    if (!info) return !lacks(id);
    return info->status == Status::running || info->status == Status::continued_as_new;
  }
  bool orphans(const std::string& id, const std::vector<std::string>& instances) {
    const Result<std::vector<std::string>> children = inner().list_children(id);
    return children && any(children.value(), [&](const std::string& child) {
             return std::ranges::find(instances, child) == instances.end();
           });
  }
};

// --- What may be lost or gone

// Lapsed sessions go by themselves.
class SweepsSessions : public ForwardingProvider {
 public:
  using ForwardingProvider::ForwardingProvider;
  Result<std::optional<LockedActivity>> fetch_activity(const FetchActivity& options) override {
    (void)inner().cleanup_sessions();
    return inner().fetch_activity(options);
  }
  Result<std::uint64_t> cleanup_sessions() override {
    const Result<std::uint64_t> removed = inner().cleanup_sessions();
    if (!removed) return removed;
    return std::uint64_t{0};
  }
};

// Of undecodable items nothing but the keys is left.
class BareUndecodables : public ForwardingProvider {
 public:
  using ForwardingProvider::ForwardingProvider;
  Result<std::optional<Turn>> fetch_turn(const FetchTurn& options) override {
    Result<std::optional<Turn>> turn = inner().fetch_turn(options);
    if (!turn || !turn.value()) return turn;
    for (Message& message : turn.value()->messages) {
      if (!message.error) continue;
      message = {.kind = message.kind,
                 .target = message.target,
                 .execution = message.execution,
                 .id = message.id,
                 .error = "?"};
    }
    if (turn.value()->history_error) turn.value()->history_error = "";
    return turn;
  }
  Result<std::optional<LockedActivity>> fetch_activity(const FetchActivity& options) override {
    Result<std::optional<LockedActivity>> taken = inner().fetch_activity(options);
    if (!taken || !taken.value() || !taken.value()->activity.error) return taken;
    Activity& item = taken.value()->activity;
    item = {.instance = item.instance, .execution = item.execution, .id = item.id, .error = "?"};
    return taken;
  }
};

}  // namespace ackproof
