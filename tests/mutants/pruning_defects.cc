// Providers that prune what has to stay (PRUNE_1), or others than the options mean (PRUNE_2).
#include <algorithm>
#include <atomic>
#include <chrono>
#include <functional>

#include "contract/requirements.h"
#include "tests/mutants/admin_spoil.h"
#include "tests/mutants/defect.h"

namespace ackproof {

namespace {

// Prunes with other options or another filter, or answers otherwise.
template <Result<PruneCounts> (*one)(Provider&, const std::string&, PruneOptions),
          Result<PruneCounts> (*many)(Provider&, InstanceFilter, PruneOptions)>
struct Prunes : ForwardingProvider {
  using ForwardingProvider::ForwardingProvider;
  Result<PruneCounts> prune_instance(const std::string& instance,
                                     const PruneOptions& options) override {
    return one(inner(), instance, options);
  }
  Result<PruneCounts> prune_matching(const InstanceFilter& filter,
                                     const PruneOptions& options) override {
    return many(inner(), filter, options);
  }
};

Result<PruneCounts> one_rightly(Provider& inner, const std::string& instance,
                                PruneOptions options) {
  return inner.prune_instance(instance, options);
}

Result<PruneCounts> many_rightly(Provider& inner, InstanceFilter filter, PruneOptions options) {
  return inner.prune_matching(filter, options);
}

template <Result<PruneCounts> (*one)(Provider&, const std::string&, PruneOptions)>
using PrunesOne = Prunes<one, many_rightly>;
template <Result<PruneCounts> (*many)(Provider&, InstanceFilter, PruneOptions)>
using PrunesMany = Prunes<one_rightly, many>;

template <void (*change)(PruneOptions&)>
Result<PruneCounts> one_with(Provider& inner, const std::string& instance, PruneOptions options) {
  change(options);
  return inner.prune_instance(instance, options);
}
template <void (*change)(PruneOptions&)>
Result<PruneCounts> many_with(Provider& inner, InstanceFilter filter, PruneOptions options) {
  change(options);
  return inner.prune_matching(filter, options);
}
template <void (*change)(PruneOptions&)>
using PrunesWith = Prunes<one_with<change>, many_with<change>>;

template <void (*change)(PruneCounts&)>
Result<PruneCounts> one_counting(Provider& inner, const std::string& instance,
                                 PruneOptions options) {
  Result<PruneCounts> counts = inner.prune_instance(instance, options);
  if (counts) change(counts.value());
  return counts;
}
template <void (*change)(PruneCounts&)>
Result<PruneCounts> many_counting(Provider& inner, InstanceFilter filter, PruneOptions options) {
  Result<PruneCounts> counts = inner.prune_matching(filter, options);
  if (counts) change(counts.value());
  return counts;
}
template <void (*change)(PruneCounts&)>
using Counts = Prunes<one_counting<change>, many_counting<change>>;

Names named_by(Provider& inner, const InstanceFilter& filter) {
  return filter.instances ? *filter.instances : all_instances(inner);
}

// --- Executions that stay though they should go

using Histories = std::map<std::pair<std::string, std::uint64_t>, std::vector<Event>>;

struct Kept {
  Histories histories;
};

// What it asks about an execution that is being pruned: its info, and all that there were.
using Infos = std::vector<ExecutionInfo>;
using Stays = bool (*)(const ExecutionInfo&, const Infos&, const PruneOptions&);

// Keeps the histories of some executions, and does not count these.
template <Stays stays, void (*change)(PruneOptions&)>
struct KeepsSome : Sharing<Kept> {
  using Sharing::Sharing;
  Result<std::vector<Event>> read_history(const std::string& instance,
                                          std::optional<std::uint64_t> execution) override {
    Result<std::vector<Event>> history = inner().read_history(instance, execution);
    if (!history || !history.value().empty() || !execution) return history;
    auto kept = state();
    const auto found = kept->histories.find({instance, *execution});
    return found == kept->histories.end() ? history : found->second;
  }
  Result<PruneCounts> prune_instance(const std::string& instance,
                                     const PruneOptions& options) override {
    const Infos infos = infos_of(instance);
    Histories histories;
    for (const ExecutionInfo& info : infos) {
      histories[{instance, info.execution}] =
          inner().read_history(instance, info.execution).value();
    }
    PruneOptions changed = options;
    change(changed);
    Result<PruneCounts> counts = inner().prune_instance(instance, changed);
    if (!counts) return counts;
    for (const ExecutionInfo& info : infos) {
      const bool is_gone = !inner().read_execution(instance, info.execution).has_value();
      if (!is_gone || !stays(info, infos, options)) continue;
      --counts.value().executions;
      counts.value().events -= info.event_count;
      state()->histories[{instance, info.execution}] = histories[{instance, info.execution}];
    }
    return counts;
  }

 private:
  Infos infos_of(const std::string& instance) {
    Infos infos;
    for (const std::uint64_t execution : executions_of(inner(), instance)) {
      infos.push_back(inner().read_execution(instance, execution).value());
    }
    return infos;
  }
};

void as_asked(PruneOptions&) {}
void all_but_the_current(PruneOptions& options) { options.keep_last = 1; }
void without_a_time(PruneOptions& options) { options.completed_before = std::nullopt; }

bool says_running(const ExecutionInfo& info, const Infos&, const PruneOptions&) {
  return info.status == Status::running;
}

bool has_failed(const ExecutionInfo& info, const Infos&, const PruneOptions&) {
  return info.status == Status::failed;
}

// Whether it is among the last n when they are ordered so.
template <class Order>
bool is_among_the_last(const ExecutionInfo& info, Infos infos, const PruneOptions& options,
                       const Order& order) {
  std::ranges::sort(infos, std::greater<>(), order);
  const auto found = std::ranges::find(infos, info);
  return static_cast<std::uint64_t>(found - infos.begin()) < options.keep_last.value_or(1);
}

bool is_last_as_text(const ExecutionInfo& info, const Infos& infos, const PruneOptions& options) {
  return is_among_the_last(info, infos, options, [](const ExecutionInfo& other) {
    return std::to_string(other.execution);
  });
}

bool is_last_by_time(const ExecutionInfo& info, const Infos& infos, const PruneOptions& options) {
  return is_among_the_last(info, infos, options,
                           [](const ExecutionInfo& other) { return other.created_at; });
}

bool was_created_later(const ExecutionInfo& info, const Infos&, const PruneOptions& options) {
  return options.completed_before && info.created_at >= *options.completed_before;
}

// --- Histories that stay

// Rows of executions go, their events do not.
struct HistoriesStay : Sharing<Kept> {
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
    const std::vector<Event>& old = state()->histories[{instance, *execution}];
    for (const Event& event : old) {
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
    for (const auto& [owner, execution] : state()->executions) {
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
    for (const auto& [token, turn] : state()->turns) {
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
void count_changed_instances(PruneCounts& counts) {
  if (counts.executions == 0) counts.instances = 0;
}
void count_one_instance(PruneCounts& counts) {
  counts.instances = std::min<std::uint64_t>(counts.instances, 1);
}

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

// --- Options

void keep_one_more(PruneOptions& options) {
  if (options.keep_last) ++*options.keep_last;
}
void keep_one_less(PruneOptions& options) {
  if (options.keep_last && *options.keep_last > 1) --*options.keep_last;
}
void keep_all_at_0(PruneOptions& options) {
  if (options.keep_last == 0) options.keep_last = kLargestId;
}
void keep_all_by_default(PruneOptions& options) {
  if (!options.keep_last && !options.completed_before) options.keep_last = kLargestId;
}
void keep_in_32_bits(PruneOptions& options) {
  if (!options.keep_last) return;
  const auto narrow = static_cast<std::int32_t>(*options.keep_last);
  options.keep_last = narrow < 0 ? 0 : static_cast<std::uint64_t>(narrow);
}
void take_completed_at(PruneOptions& options) {
  if (options.completed_before) *options.completed_before += Duration(1);
}
void count_in_seconds(PruneOptions& options) {
  if (!options.completed_before) return;
  options.completed_before = std::chrono::floor<std::chrono::seconds>(*options.completed_before);
}
void ignore_the_time(PruneOptions& options) { options.completed_before = std::nullopt; }
void ignore_keep_last_beside_a_time(PruneOptions& options) {
  if (options.completed_before) options.keep_last = std::nullopt;
}

// The numbers from current - n + 1 on, whether or not they were used.
Result<PruneCounts> below_a_number(Provider& inner, const std::string& instance,
                                   PruneOptions options) {
  const auto info = record(inner, instance);
  if (!info || !options.keep_last) return inner.prune_instance(instance, options);
  const std::uint64_t least = info->execution - std::min(info->execution, *options.keep_last) + 1;
  options.keep_last = std::ranges::count_if(executions_of(inner, instance),
                                            [&](std::uint64_t n) { return n >= least; });
  return inner.prune_instance(instance, options);
}

Result<PruneCounts> by_any_criterion(Provider& inner, const std::string& instance,
                                     PruneOptions options) {
  if (!options.keep_last || !options.completed_before) {
    return inner.prune_instance(instance, options);
  }
  const auto by_number = inner.prune_instance(instance, {.keep_last = options.keep_last});
  const auto by_time =
      inner.prune_instance(instance, {.completed_before = options.completed_before});
  if (!by_number || !by_time) return by_number;
  return PruneCounts{1, by_number.value().executions + by_time.value().executions,
                     by_number.value().events + by_time.value().events};
}

Result<PruneCounts> unknown_is_pruned_already(Provider& inner, const std::string& instance,
                                              PruneOptions options) {
  Result<PruneCounts> counts = inner.prune_instance(instance, options);
  if (!counts && counts.error().kind == ErrorKind::not_found) return PruneCounts();
  return counts;
}

// --- In bulk

template <bool (*stays_out)(Provider&, const InstanceInfo&)>
Result<PruneCounts> without(Provider& inner, InstanceFilter filter, PruneOptions options) {
  Names ids = named_by(inner, filter);
  std::erase_if(ids, [&](const std::string& id) {
    const auto info = record(inner, id);
    return info && stays_out(inner, *info);
  });
  filter.instances = ids;
  return inner.prune_matching(filter, options);
}

bool is_running(Provider&, const InstanceInfo& info) { return info.status == Status::running; }
bool has_ended(Provider&, const InstanceInfo& info) { return is_terminal(info); }
bool is_no_root(Provider& inner, const InstanceInfo& info) { return !is_root(inner, info); }

Result<PruneCounts> many_at_or_before(Provider& inner, InstanceFilter filter,
                                      PruneOptions options) {
  if (filter.completed_before) *filter.completed_before += Duration(1);
  return inner.prune_matching(filter, options);
}

Result<PruneCounts> many_whenever(Provider& inner, InstanceFilter filter, PruneOptions options) {
  filter.completed_before = std::nullopt;
  return inner.prune_matching(filter, options);
}

// The running ones too, if they were updated before.
Result<PruneCounts> many_updated_before(Provider& inner, InstanceFilter filter,
                                        PruneOptions options) {
  if (!filter.completed_before) return inner.prune_matching(filter, options);
  Names ids = named_by(inner, filter);
  std::erase_if(ids, [&](const std::string& id) {
    const auto info = record(inner, id);
    return !info || info->updated_at >= *filter.completed_before;
  });
  return inner.prune_matching({.instances = ids, .limit = filter.limit}, options);
}

Result<PruneCounts> many_without_limit(Provider& inner, InstanceFilter filter,
                                       PruneOptions options) {
  filter.limit = kLargestId;
  return inner.prune_matching(filter, options);
}

Result<PruneCounts> everybody_if_no_ids(Provider& inner, InstanceFilter filter,
                                        PruneOptions options) {
  if (filter.instances && filter.instances->empty()) filter.instances = std::nullopt;
  return inner.prune_matching(filter, options);
}

Result<PruneCounts> everybody_whatever_ids(Provider& inner, InstanceFilter filter,
                                           PruneOptions options) {
  if (filter.instances && !filter.instances->empty()) filter.instances = std::nullopt;
  return inner.prune_matching(filter, options);
}

Result<PruneCounts> or_nobody_if_one_is_unknown(Provider& inner, InstanceFilter filter,
                                                PruneOptions options) {
  for (const std::string& instance : filter.instances.value_or(Names())) {
    if (!exists(inner, instance)) {
      return Error{ErrorKind::not_found, "prune_matching", "no such instance"};
    }
  }
  return inner.prune_matching(filter, options);
}

Result<PruneCounts> many_counted_by_ids(Provider& inner, InstanceFilter filter,
                                        PruneOptions options) {
  Result<PruneCounts> counts = inner.prune_matching(filter, options);
  if (counts && filter.instances) counts.value().instances = filter.instances->size();
  return counts;
}

Result<PruneCounts> many_without_options(Provider& inner, InstanceFilter filter, PruneOptions) {
  return inner.prune_matching(filter, {});
}

// Prunes in its own memory, so the next handle finds it all again.
struct PruningIsInMemory : ForwardingProvider {
  using ForwardingProvider::ForwardingProvider;
  Result<PruneCounts> prune_instance(const std::string&, const PruneOptions&) override {
    has_pruned_ = true;
    return PruneCounts{.instances = 1};
  }
  Result<std::vector<Event>> read_history(const std::string& instance,
                                          std::optional<std::uint64_t> execution) override {
    if (has_pruned_ && execution) return std::vector<Event>();
    return inner().read_history(instance, execution);
  }

 private:
  std::atomic<bool> has_pruned_ = false;
};

constexpr const Requirement& kGoes = requirement("PRUNE_1");
constexpr const Requirement& kWhich = requirement("PRUNE_2");

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
    {"bulk_pruning_skips_running_instances", kGoes, "Running instances are never pruned in bulk.",
     spoil_with<PrunesMany<without<is_running>>>},
    {"bulk_pruning_skips_ended_instances", kGoes, "Only running instances are pruned in bulk.",
     spoil_with<PrunesMany<without<has_ended>>>},
    {"pruning_is_kept_in_memory", kGoes, "What was pruned is back after reopening.",
     spoil_with<PruningIsInMemory>, Spoils::sqlite},

    {"keep_last_does_not_count_the_current_one", kWhich, "The last n are kept beside the current.",
     spoil_with<PrunesWith<keep_one_more>>},
    {"keep_last_keeps_one_less", kWhich, "The last n are off by one.",
     spoil_with<PrunesWith<keep_one_less>>},
    {"keep_last_0_keeps_all", kWhich, "Keep 0 means no pruning.",
     spoil_with<PrunesWith<keep_all_at_0>>},
    {"keep_last_absent_keeps_all", kWhich, "Without options nothing is pruned.",
     spoil_with<PrunesWith<keep_all_by_default>>},
    {"keep_last_has_32_bits", kWhich, "A large n wraps.", spoil_with<PrunesWith<keep_in_32_bits>>},
    {"keep_last_counts_numbers", kWhich, "Numbers are subtracted, as if all were used.",
     spoil_with<PrunesOne<below_a_number>>},
    {"keep_last_goes_by_text", kWhich, "Execution 9 counts as later than 10.",
     spoil_sharing<KeepsSome<is_last_as_text, all_but_the_current>>},
    {"keep_last_goes_by_time", kWhich, "The last are those that were created last.",
     spoil_sharing<KeepsSome<is_last_by_time, all_but_the_current>>},
    {"pruning_takes_completed_at", kWhich, "Completed-before includes the moment itself.",
     spoil_with<PrunesWith<take_completed_at>>},
    {"pruning_counts_in_seconds", kWhich, "Completed-before is cut to whole seconds.",
     spoil_with<PrunesWith<count_in_seconds>>},
    {"pruning_ignores_completed_before", kWhich, "Completed-before is no criterion.",
     spoil_with<PrunesWith<ignore_the_time>>},
    {"pruning_by_time_ignores_keep_last", kWhich, "Beside a time keep-last is no criterion.",
     spoil_with<PrunesWith<ignore_keep_last_beside_a_time>>},
    {"pruning_joins_criteria_by_or", kWhich, "One criterion is enough.",
     spoil_with<PrunesOne<by_any_criterion>>},
    {"pruning_goes_by_the_created_time", kWhich, "Created-before stands for completed-before.",
     spoil_sharing<KeepsSome<was_created_later, without_a_time>>},
    {"pruning_of_an_unknown_instance_succeeds", kWhich, "An unknown instance is no error.",
     spoil_with<PrunesOne<unknown_is_pruned_already>>},
    {"pruning_counts_changed_instances", kWhich, "Only instances that lost something are counted.",
     spoil_with<Counts<count_changed_instances>>},
    {"bulk_pruning_counts_one_instance", kWhich, "At most one instance is counted.",
     spoil_with<Counts<count_one_instance>>},
    {"bulk_pruning_skips_descendants", kWhich, "Only roots are pruned in bulk.",
     spoil_with<PrunesMany<without<is_no_root>>>},
    {"bulk_pruning_takes_completed_at", kWhich, "The filter's time includes the moment itself.",
     spoil_with<PrunesMany<many_at_or_before>>},
    {"bulk_pruning_ignores_the_filters_time", kWhich, "The filter's time is no criterion.",
     spoil_with<PrunesMany<many_whenever>>},
    {"bulk_pruning_goes_by_the_last_ack", kWhich,
     "The filter's time is compared with the last ack.",
     spoil_with<PrunesMany<many_updated_before>>},
    {"bulk_pruning_ignores_the_limit", kWhich, "Every match is pruned.",
     spoil_with<PrunesMany<many_without_limit>>},
    {"bulk_pruning_by_no_ids_takes_everybody", kWhich, "An empty list of ids is no criterion.",
     spoil_with<PrunesMany<everybody_if_no_ids>>},
    {"bulk_pruning_ignores_ids", kWhich, "Every instance is pruned, whatever ids are given.",
     spoil_with<PrunesMany<everybody_whatever_ids>>},
    {"bulk_pruning_stops_at_an_unknown_id", kWhich, "An unknown id is an error.",
     spoil_with<PrunesMany<or_nobody_if_one_is_unknown>>},
    {"bulk_pruning_counts_the_request", kWhich, "Ids that were skipped are counted.",
     spoil_with<PrunesMany<many_counted_by_ids>>},
    {"bulk_pruning_ignores_the_options", kWhich, "In bulk all but the current executions go.",
     spoil_with<PrunesMany<many_without_options>>},
};

}  // namespace

std::span<const Defect> pruning_defects() { return kDefects; }

}  // namespace ackproof
