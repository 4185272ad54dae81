// Providers whose pruning leaves what has to go, or takes what has to stay (PRUNE_1).
#include <algorithm>
#include <atomic>
#include <chrono>
#include <functional>

#include "contract/requirements.h"
#include "tests/mutants/admin_spoil.h"
#include "tests/mutants/defect.h"

namespace ackproof {

namespace {

void as_asked(PruneOptions&) {}
bool says_running(const ExecutionInfo& info, const Infos&, const PruneOptions&) {
  return info.status == Status::running;
}

bool has_failed(const ExecutionInfo& info, const Infos&, const PruneOptions&) {
  return info.status == Status::failed;
}

// --- Histories that stay

// Rows of executions go, their events do not.
struct HistoriesStay : Sharing<KeptHistories> {
  using Sharing::Sharing;
  Result<std::vector<Event>> read_history(const std::string& instance,
                                          std::optional<std::uint64_t> execution) override {
    Result<std::vector<Event>> history = inner().read_history(instance, execution);
    if (!history || !execution) return history;
    auto kept = state();
    if (history.value().empty()) return kept->histories[{instance, *execution}];
    kept->histories[{instance, *execution}] = history.value();
    return history;
  }
  Result<PruneCounts> prune_instance(const std::string& instance,
                                     const PruneOptions& options) override {
    for (const std::uint64_t execution : executions_of(inner(), instance)) {
      (void)read_history(instance, execution);
    }
    return inner().prune_instance(instance, options);
  }
};

struct APageOfEventsGoes : HistoriesStay {
  using HistoriesStay::HistoriesStay;
  Result<std::vector<Event>> read_history(const std::string& instance,
                                          std::optional<std::uint64_t> execution) override {
    Result<std::vector<Event>> history = HistoriesStay::read_history(instance, execution);
    if (!history || !execution || inner().read_execution(instance, *execution)) return history;
    std::vector<Event>& left = history.value();
    left.erase(left.begin(), left.begin() + std::min<std::ptrdiff_t>(std::ssize(left), 1'000));
    return history;
  }
};

// Once the row is there again, so are the old events.
struct LateAckFindsOldEvents : HistoriesStay {
  using HistoriesStay::HistoriesStay;
  Result<std::vector<Event>> read_history(const std::string& instance,
                                          std::optional<std::uint64_t> execution) override {
    Result<std::vector<Event>> history = inner().read_history(instance, execution);
    if (!history || history.value().empty() || !execution) return history;
    auto kept = state();
    for (const Event& event : kept->histories[{instance, *execution}]) {
      if (std::ranges::count(history.value(), event.id, &Event::id) == 0) {
        history.value().push_back(event);
      }
    }
    std::ranges::sort(history.value(), {}, &Event::id);
    return history;
  }
  Result<PruneCounts> prune_instance(const std::string& instance,
                                     const PruneOptions& options) override {
    for (const std::uint64_t execution : executions_of(inner(), instance)) {
      state()->histories[{instance, execution}] = inner().read_history(instance, execution).value();
    }
    return inner().prune_instance(instance, options);
  }
};

struct Pruned {
  std::set<std::pair<std::string, std::uint64_t>> executions;
};

class KnowsThePruned : public KnowsTurns<Pruned> {
 public:
  using KnowsTurns::KnowsTurns;
  Result<PruneCounts> prune_instance(const std::string& instance,
                                     const PruneOptions& options) override {
    const auto before = executions_of(inner(), instance);
    Result<PruneCounts> counts = inner().prune_instance(instance, options);
    for (const std::uint64_t execution : before) {
      if (!inner().read_execution(instance, execution)) {
        state()->executions.insert({instance, execution});
      }
    }
    return counts;
  }
};

struct LateAckToAPrunedOneIsRefused : KnowsThePruned {
  using KnowsThePruned::KnowsThePruned;
  Result<void> ack_turn(const LockToken& token, const TurnCommit& commit) override {
    const std::optional<Turn> turn = turn_of(token);
    if (turn && state()->executions.contains({turn->instance, commit.execution})) {
      return Error{ErrorKind::not_found, "ack_turn", "no such execution"};
    }
    return inner().ack_turn(token, commit);
  }
};

struct ListKeepsThePruned : KnowsThePruned {
  using KnowsThePruned::KnowsThePruned;
  Result<std::vector<std::uint64_t>> list_executions(const std::string& instance) override {
    Result<std::vector<std::uint64_t>> list = inner().list_executions(instance);
    if (!list) return list;
    auto known = state();
    for (const auto& [owner, execution] : known->executions) {
      if (owner == instance) list.value().push_back(execution);
    }
    std::ranges::sort(list.value());
    return list;
  }
};

// --- What goes though it should stay

// A current execution that has ended loses its history.
struct EndedCurrentOneGoes : Sharing<Pruned> {
  using Sharing::Sharing;
  Result<std::vector<Event>> read_history(const std::string& instance,
                                          std::optional<std::uint64_t> execution) override {
    const auto info = record(inner(), instance);
    if (info && execution.value_or(info->execution) == info->execution &&
        state()->executions.contains({instance, info->execution})) {
      return std::vector<Event>();
    }
    return inner().read_history(instance, execution);
  }
  Result<PruneCounts> prune_instance(const std::string& instance,
                                     const PruneOptions& options) override {
    const auto info = record(inner(), instance);
    if (info && info->status != Status::running && options.keep_last.value_or(1) == 0) {
      state()->executions.insert({instance, info->execution});
    }
    return inner().prune_instance(instance, options);
  }
};

struct EndedCurrentOneGoesByTime : EndedCurrentOneGoes {
  using EndedCurrentOneGoes::EndedCurrentOneGoes;
  Result<PruneCounts> prune_instance(const std::string& instance,
                                     const PruneOptions& options) override {
    const auto info = record(inner(), instance);
    if (info && info->status != Status::running && options.completed_before &&
        info->updated_at < *options.completed_before) {
      state()->executions.insert({instance, info->execution});
    }
    return inner().prune_instance(instance, options);
  }
};

Result<PruneCounts> everybody(Provider& inner, const std::string& instance, PruneOptions options) {
  Result<PruneCounts> counts = inner.prune_instance(instance, options);
  if (counts) (void)inner.prune_matching({}, options);
  return counts;
}

template <bool (*is_meant)(const std::string& id, const std::string& instance)>
Result<PruneCounts> look_alikes(Provider& inner, const std::string& instance,
                                PruneOptions options) {
  Result<PruneCounts> counts = inner.prune_instance(instance, options);
  if (!counts) return counts;
  for (const std::string& id : all_instances(inner)) {
    if (is_meant(id, instance)) (void)inner.prune_instance(id, options);
  }
  return counts;
}
bool begins_with(const std::string& id, const std::string& instance) {
  return id.rfind(instance, 0) == 0;
}
bool is_like(const std::string& id, const std::string& instance) { return like(id, instance); }
bool is_equal_without_case(const std::string& id, const std::string& instance) {
  return folded(id) == folded(instance);
}

Result<PruneCounts> whole_trees(Provider& inner, const std::string& instance,
                                PruneOptions options) {
  Result<PruneCounts> counts = inner.prune_instance(instance, options);
  if (!counts) return counts;
  for (const std::string& member : tree_of(inner, instance)) {
    (void)inner.prune_instance(member, options);
  }
  return counts;
}

struct PruningEndsTheLock : KnowsTurns<> {
  using KnowsTurns::KnowsTurns;
  Result<PruneCounts> prune_instance(const std::string& instance,
                                     const PruneOptions& options) override {
    Result<PruneCounts> counts = inner().prune_instance(instance, options);
    auto known = state();
    for (const auto& [token, turn] : known->turns) {
      if (turn.instance == instance) (void)inner().abandon_turn(turn.token, {});
    }
    return counts;
  }
};

// Cancels what lower executions have scheduled.
struct PruningTakesActivities : ForwardingProvider {
  using ForwardingProvider::ForwardingProvider;
  Result<PruneCounts> prune_instance(const std::string& instance,
                                     const PruneOptions& options) override {
    Result<PruneCounts> counts = inner().prune_instance(instance, options);
    const auto info = record(inner(), instance);
    if (!counts || !info) return counts;
    std::vector<LockToken> others;
    for (;;) {
      const auto locked = inner().fetch_activity({});
      if (!locked || !locked.value()) break;
      const auto& [activity, attempt, token] = *locked.value();
      if (activity.instance == instance && activity.execution < info->execution) {
        (void)inner().ack_activity(token, std::nullopt);
      } else {
        others.push_back(token);
      }
    }
    for (const LockToken& token : others) {
      (void)inner().abandon_activity(token, {.ignore_attempt = true});
    }
    return counts;
  }
};

struct Writers {
  std::map<std::pair<std::string, std::string>, std::uint64_t> execution;  // By instance and key.
  std::set<std::pair<std::string, std::string>> gone;
};

// A key belongs to the execution that wrote it last.
struct ValuesGoWithTheirExecution : KnowsTurns<Writers> {
  using KnowsTurns::KnowsTurns;
  Result<void> ack_turn(const LockToken& token, const TurnCommit& commit) override {
    const Result<void> acked = inner().ack_turn(token, commit);
    if (!acked) return acked;
    const std::string instance = turn_of(token)->instance;
    for (const KeyValueChange& change : commit.values) {
      state()->execution[{instance, change.key}] = commit.execution;
    }
    return acked;
  }
  Result<PruneCounts> prune_instance(const std::string& instance,
                                     const PruneOptions& options) override {
    Result<PruneCounts> counts = inner().prune_instance(instance, options);
    auto writers = state();
    for (const auto& [key, execution] : writers->execution) {
      if (key.first == instance && !inner().read_execution(instance, execution)) {
        writers->gone.insert(key);
      }
    }
    return counts;
  }
  Result<std::map<std::string, KeyValue>> read_values(const std::string& instance) override {
    Result<std::map<std::string, KeyValue>> values = inner().read_values(instance);
    if (!values) return values;
    std::erase_if(values.value(), [&](const auto& entry) {
      return state()->gone.contains({instance, entry.first});
    });
    return values;
  }
};

// --- Counts

void count_no_events(PruneCounts& counts) { counts.events = 0; }
void count_the_current_one(PruneCounts& counts) { ++counts.executions; }
void count_one_event_each(PruneCounts& counts) { counts.events = counts.executions; }
// What was chosen is told, not what went.
Result<PruneCounts> counted_before(Provider& inner, const std::string& instance,
                                   PruneOptions options) {
  const std::uint64_t lower = executions_of(inner, instance).size() - 1;
  linger();
  Result<PruneCounts> counts = inner.prune_instance(instance, options);
  const bool is_all = options.keep_last.value_or(1) <= 1 && !options.completed_before;
  if (counts && is_all) counts.value().executions = lower;
  return counts;
}

// The current execution is read, and a moment later the history of all others goes.
struct ChoosesBeforeItPrunes : Sharing<Pruned> {
  using Sharing::Sharing;
  Result<std::optional<Turn>> fetch_turn(const FetchTurn& options) override {
    Result<std::optional<Turn>> turn = inner().fetch_turn(options);
    if (!turn || !turn.value()) return turn;
    if (state()->executions.contains({turn.value()->instance, turn.value()->execution})) {
      turn.value()->history.clear();
    }
    return turn;
  }
  Result<PruneCounts> prune_instance(const std::string& instance,
                                     const PruneOptions& options) override {
    const auto before = record(inner(), instance);
    linger();
    Result<PruneCounts> counts = inner().prune_instance(instance, options);
    const auto after = record(inner(), instance);
    if (before && after && after->execution > before->execution) {
      state()->executions.insert({instance, after->execution});
    }
    return counts;
  }
};

// The same in bulk: what each instance's current execution is, is read before anything is pruned.
struct ChoosesBeforeItPrunesInBulk : ChoosesBeforeItPrunes {
  using ChoosesBeforeItPrunes::ChoosesBeforeItPrunes;
  Result<PruneCounts> prune_matching(const InstanceFilter& filter,
                                     const PruneOptions& options) override {
    const std::vector<std::string> instances = inner().list_instances(std::nullopt).value();
    std::map<std::string, std::uint64_t> before;
    for (const std::string& id : instances) before[id] = record(inner(), id)->execution;
    linger();
    Result<PruneCounts> counts = inner().prune_matching(filter, options);
    for (const std::string& id : instances) {
      const auto after = record(inner(), id);
      if (after && after->execution > before[id])
        state()->executions.insert({id, after->execution});
    }
    return counts;
  }
};

// Prunes the lowest 500 of more.
struct PrunesAPage : ForwardingProvider {
  using ForwardingProvider::ForwardingProvider;
  Result<PruneCounts> prune_instance(const std::string& instance,
                                     const PruneOptions& options) override {
    const std::size_t all = executions_of(inner(), instance).size();
    PruneOptions page = options;
    if (all > 501) page.keep_last = std::max(options.keep_last.value_or(1), all - 500);
    return inner().prune_instance(instance, page);
  }
};

// --- In bulk

bool is_running(Provider&, const InstanceInfo& info) { return info.status == Status::running; }
bool has_ended(Provider&, const InstanceInfo& info) { return is_terminal(info); }
// Prunes in its memory, which ends with the handle.
struct PruningIsInMemory : Forgetting<std::set<std::pair<std::string, std::uint64_t>>> {
  using Forgetting::Forgetting;
  Result<PruneCounts> prune_instance(const std::string& instance,
                                     const PruneOptions& options) override {
    std::vector<std::uint64_t> executions = executions_of(inner(), instance);
    const std::uint64_t kept = std::max<std::uint64_t>(options.keep_last.value_or(1), 1);
    executions.resize(executions.size() - std::min<std::uint64_t>(executions.size(), kept));
    PruneCounts counts{.instances = 1};
    for (const std::uint64_t execution : executions) {
      if (!state()->insert({instance, execution}).second) continue;
      ++counts.executions;
      counts.events += inner().read_history(instance, execution).value().size();
    }
    return counts;
  }
  Result<std::vector<Event>> read_history(const std::string& instance,
                                          std::optional<std::uint64_t> execution) override {
    if (execution && state()->contains({instance, *execution})) return std::vector<Event>();
    return inner().read_history(instance, execution);
  }
};

constexpr const Requirement& kGoes = requirement("PRUNE_1");

constexpr Defect kDefects[] = {
    {"pruning_leaves_the_histories", kGoes, "Rows of executions go, their events do not.",
     spoil_sharing<HistoriesStay>},
    {"pruning_takes_a_page_of_events", kGoes, "At most 1,000 events of an execution go.",
     spoil_sharing<APageOfEventsGoes>},
    {"late_ack_finds_pruned_events", kGoes, "An execution that is made anew has its old events.",
     spoil_sharing<LateAckFindsOldEvents>},
    {"late_ack_to_a_pruned_execution_is_refused", kGoes,
     "A pruned execution can never be acked again.", spoil_sharing<LateAckToAPrunedOneIsRefused>},
    {"pruned_executions_stay_listed", kGoes, "Pruned executions are listed.",
     spoil_sharing<ListKeepsThePruned>},
    {"pruning_takes_an_ended_current_execution", kGoes,
     "Keep 0 takes a current execution that has ended.", spoil_sharing<EndedCurrentOneGoes>},
    {"pruning_by_time_takes_an_ended_current_execution", kGoes,
     "A current execution that ended long ago goes.", spoil_sharing<EndedCurrentOneGoesByTime>},
    {"pruning_leaves_executions_left_running", kGoes,
     "A lower execution goes only if its status says that it has ended.",
     spoil_sharing<KeepsSome<says_running, as_asked>>},
    {"pruning_leaves_failed_executions", kGoes, "A failed execution is kept.",
     spoil_sharing<KeepsSome<has_failed, as_asked>>},
    {"pruning_takes_everybody", kGoes, "The instance is no condition.",
     spoil_with<PrunesOne<everybody>>},
    {"pruning_takes_ids_that_begin_so", kGoes, "Pruning order-1 prunes order-10.",
     spoil_with<PrunesOne<look_alikes<begins_with>>>},
    {"pruning_takes_ids_for_patterns", kGoes, "An id with % or _ prunes what it matches.",
     spoil_with<PrunesOne<look_alikes<is_like>>>},
    {"pruning_folds_case", kGoes, "Pruning order-1 prunes Order-1.",
     spoil_with<PrunesOne<look_alikes<is_equal_without_case>>>},
    {"pruning_takes_descendants", kGoes, "Descendants are pruned with their root.",
     spoil_with<PrunesOne<whole_trees>>},
    {"pruning_ends_the_lock", kGoes, "A turn cannot be acked after pruning.",
     spoil_sharing<PruningEndsTheLock>},
    {"pruning_takes_activities", kGoes, "Activities of pruned executions go.",
     spoil_with<PruningTakesActivities>},
    {"values_go_with_their_execution", kGoes, "Keys written by a pruned execution go.",
     spoil_sharing<ValuesGoWithTheirExecution>},
    {"pruning_counts_no_events", kGoes, "Events are not counted.",
     spoil_with<Counts<count_no_events>>},
    {"pruning_counts_the_current_execution", kGoes, "The current execution is counted as pruned.",
     spoil_with<Counts<count_the_current_one>>},
    {"pruning_counts_one_event_each", kGoes, "One event per execution is counted.",
     spoil_with<Counts<count_one_event_each>>},
    {"pruning_counts_before_it_prunes", kGoes, "What is counted is what was chosen, not what went.",
     spoil_with<PrunesOne<counted_before>>},
    {"pruning_chooses_before_it_prunes", kGoes,
     "An execution that becomes current meanwhile loses its history.",
     spoil_sharing<ChoosesBeforeItPrunes>},
    {"bulk_pruning_chooses_before_it_prunes", kGoes,
     "An execution that becomes current during bulk pruning loses its history.",
     spoil_sharing<ChoosesBeforeItPrunesInBulk>},
    {"pruning_takes_a_page_of_executions", kGoes, "One call prunes at most 500 executions.",
     spoil_with<PrunesAPage>},
    {"bulk_pruning_skips_running_instances", kGoes, "Running instances are never pruned in bulk.",
     spoil_with<PrunesMany<without<is_running>>>},
    {"bulk_pruning_skips_ended_instances", kGoes, "Only running instances are pruned in bulk.",
     spoil_with<PrunesMany<without<has_ended>>>},
    {"pruning_is_kept_in_memory", kGoes, "What was pruned is back after reopening.",
     spoil_with<PruningIsInMemory>, Spoils::sqlite},
};

}  // namespace

std::span<const Defect> pruning_defects() { return kDefects; }

}  // namespace ackproof
