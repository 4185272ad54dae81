// Providers that tell operators of instances and executions what is not so (MGMT_1).
#include <algorithm>
#include <atomic>
#include <chrono>

#include "contract/requirements.h"
#include "tests/mutants/admin_spoil.h"
#include "tests/mutants/defect.h"

namespace ackproof {

namespace {

// Tells another list than the one there is.
template <void (*change)(Provider&, std::optional<Status>, Names&)>
struct ChangesLists : ForwardingProvider {
  using ForwardingProvider::ForwardingProvider;
  Result<Names> list_instances(std::optional<Status> status) override {
    Result<Names> list = inner().list_instances(status);
    if (list) change(inner(), status, list.value());
    return list;
  }
};

// Tells something else of an execution.
template <void (*change)(Provider&, const std::string&, ExecutionInfo&)>
struct ChangesExecutions : ForwardingProvider {
  using ForwardingProvider::ForwardingProvider;
  Result<ExecutionInfo> read_execution(const std::string& instance,
                                       std::uint64_t execution) override {
    Result<ExecutionInfo> info = inner().read_execution(instance, execution);
    if (info) change(inner(), instance, info.value());
    return info;
  }
};

template <void (*change)(Provider&, StoreTotals&)>
struct ChangesTotals : ForwardingProvider {
  using ForwardingProvider::ForwardingProvider;
  Result<StoreTotals> read_totals() override {
    Result<StoreTotals> totals = inner().read_totals();
    if (totals) change(inner(), totals.value());
    return totals;
  }
};

// --- Lists

void list_everybody(Provider& inner, std::optional<Status>, Names& list) {
  list = all_instances(inner);
}

void list_whoever_had_an_execution_so(Provider& inner, std::optional<Status> status, Names& list) {
  if (!status) return;
  list.clear();
  for (const std::string& instance : all_instances(inner)) {
    const std::vector<std::uint64_t> executions = executions_of(inner, instance);
    if (std::ranges::any_of(executions, [&](std::uint64_t execution) {
          const auto info = inner.read_execution(instance, execution);
          return info && info.value().status == *status;
        })) {
      list.push_back(instance);
    }
  }
}

void list_by_the_first_execution(Provider& inner, std::optional<Status> status, Names& list) {
  if (!status) return;
  list.clear();
  for (const std::string& instance : all_instances(inner)) {
    const auto info = first_execution(inner, instance);
    if (info && info->status == *status) list.push_back(instance);
  }
}

void list_once_per_execution(Provider& inner, std::optional<Status> status, Names& list) {
  if (status) return;
  Names joined;
  for (const std::string& instance : list) {
    joined.insert(joined.end(), executions_of(inner, instance).size(), instance);
  }
  list = joined;
}

void list_ids_without_their_case(Provider&, std::optional<Status>, Names& list) {
  std::set<std::string> seen;
  std::erase_if(list, [&](const std::string& id) { return !seen.insert(folded(id)).second; });
}

void list_roots_only(Provider& inner, std::optional<Status>, Names& list) {
  std::erase_if(list, [&](const std::string& id) {
    const auto info = record(inner, id);
    return !info || info->parent.has_value();
  });
}

void take_continued_as_new_for_completed(Provider& inner, std::optional<Status> status,
                                         Names& list) {
  if (status != Status::completed) return;
  const auto continued = inner.list_instances(Status::continued_as_new);
  if (continued) list.insert(list.end(), continued.value().begin(), continued.value().end());
}

struct Targets {
  std::set<std::string> instances;
};

// Makes a row for the target of every start message.
struct ListHasWhoWasOnlyEnqueued : Sharing<Targets> {
  using Sharing::Sharing;
  Result<void> enqueue_message(const Message& message, Duration delay) override {
    if (message.is_start()) state()->instances.insert(message.target);
    return inner().enqueue_message(message, delay);
  }
  Result<Names> list_instances(std::optional<Status> status) override {
    Result<Names> list = inner().list_instances(status);
    if (!list || status) return list;
    auto known = state();
    for (const std::string& instance : known->instances) {
      if (!exists(inner(), instance)) list.value().push_back(instance);
    }
    return list;
  }
};

struct LastAcked {
  std::map<std::string, std::uint64_t> execution;
};

// Keeps the status of the last ack beside the instance, of whichever execution it was.
struct ListGoesByTheLastAck : KnowsTurns<LastAcked> {
  using KnowsTurns::KnowsTurns;
  Result<void> ack_turn(const LockToken& token, const TurnCommit& commit) override {
    const Result<void> acked = inner().ack_turn(token, commit);
    if (acked) state()->execution[turn_of(token)->instance] = commit.execution;
    return acked;
  }
  Result<Names> list_instances(std::optional<Status> status) override {
    if (!status) return inner().list_instances(status);
    Names list;
    auto known = state();
    for (const auto& [instance, execution] : known->execution) {
      const auto info = inner().read_execution(instance, execution);
      if (info && info.value().status == *status) list.push_back(instance);
    }
    return list;
  }
};

template <void (*change)(std::vector<std::uint64_t>&)>
struct ChangesExecutionLists : ForwardingProvider {
  using ForwardingProvider::ForwardingProvider;
  Result<std::vector<std::uint64_t>> list_executions(const std::string& instance) override {
    Result<std::vector<std::uint64_t>> list = inner().list_executions(instance);
    if (list) change(list.value());
    return list;
  }
};

void sort_as_text(std::vector<std::uint64_t>& executions) {
  std::ranges::sort(executions, {}, [](std::uint64_t n) { return std::to_string(n); });
}

void newest_first(std::vector<std::uint64_t>& executions) { std::ranges::reverse(executions); }

void count_from_1_to_the_last(std::vector<std::uint64_t>& executions) {
  const std::uint64_t last = executions.back();
  executions.clear();
  for (std::uint64_t n = 1; n <= last; ++n) executions.push_back(n);
}

// --- Executions

void tell_status_of_the_instance(Provider& inner, const std::string& instance,
                                 ExecutionInfo& info) {
  const auto known = record(inner, instance);
  if (!known) return;
  info.status = known->status;
  info.output = known->output;
}

void lose_the_empty_output(Provider&, const std::string&, ExecutionInfo& info) {
  if (info.output == "") info.output = std::nullopt;
}

void tell_the_pin_of_the_instance(Provider& inner, const std::string& instance,
                                  ExecutionInfo& info) {
  for (const std::uint64_t execution : executions_of(inner, instance)) {
    const auto other = inner.read_execution(instance, execution);
    if (other && other.value().pinned_version) info.pinned_version = other.value().pinned_version;
  }
}

void count_events_by_the_highest_id(Provider& inner, const std::string& instance,
                                    ExecutionInfo& info) {
  const auto history = inner.read_history(instance, info.execution);
  if (history && !history.value().empty()) info.event_count = history.value().back().id;
}

void count_events_of_all_executions(Provider& inner, const std::string& instance,
                                    ExecutionInfo& info) {
  info.event_count = 0;
  for (const std::uint64_t execution : executions_of(inner, instance)) {
    info.event_count += inner.read_history(instance, execution).value().size();
  }
}

void count_a_page_of_events(Provider&, const std::string&, ExecutionInfo& info) {
  info.event_count = std::min<std::uint64_t>(info.event_count, 1'000);
}

// --- Times

void read_times_of_text_columns(Provider&, const std::string&, ExecutionInfo& info) {
  info.created_at = Time();
  if (info.completed_at) info.completed_at = Time();
}

void cut_times_to_seconds(Provider&, const std::string&, ExecutionInfo& info) {
  info.created_at = std::chrono::floor<std::chrono::seconds>(info.created_at);
  if (!info.completed_at) return;
  info.completed_at = std::chrono::floor<std::chrono::seconds>(*info.completed_at);
}

void complete_while_running(Provider& inner, const std::string& instance, ExecutionInfo& info) {
  const auto known = record(inner, instance);
  if (known && !info.completed_at) info.completed_at = known->updated_at;
}

void complete_with_every_ack(Provider& inner, const std::string& instance, ExecutionInfo& info) {
  const auto known = record(inner, instance);
  if (known && info.completed_at) info.completed_at = known->updated_at;
}

void complete_by_the_status_alone(Provider&, const std::string&, ExecutionInfo& info) {
  if (info.status == Status::running) info.completed_at = std::nullopt;
}

void complete_only_completed_ones(Provider&, const std::string&, ExecutionInfo& info) {
  if (info.status == Status::failed) info.completed_at = std::nullopt;
}

void never_complete_what_continues_as_new(Provider&, const std::string&, ExecutionInfo& info) {
  if (info.status == Status::continued_as_new) info.completed_at = std::nullopt;
}

void create_with_the_instance(Provider& inner, const std::string& instance, ExecutionInfo& info) {
  const auto known = record(inner, instance);
  if (known) info.created_at = known->created_at;
}

void create_anew_with_every_ack(Provider& inner, const std::string& instance, ExecutionInfo& info) {
  const auto known = record(inner, instance);
  if (known && known->execution == info.execution) info.created_at = known->updated_at;
}

struct CompletedTimes {
  std::map<std::pair<std::string, std::uint64_t>, Time> first;
};

// Writes the completed time once: running again does not take it back.
struct CompletedTimeStays : KnowsTurns<CompletedTimes> {
  using KnowsTurns::KnowsTurns;
  Result<void> ack_turn(const LockToken& token, const TurnCommit& commit) override {
    const Result<void> acked = inner().ack_turn(token, commit);
    if (!acked) return acked;
    const std::string instance = turn_of(token)->instance;
    const auto info = inner().read_execution(instance, commit.execution);
    if (info && info.value().completed_at) {
      state()->first.try_emplace({instance, commit.execution}, *info.value().completed_at);
    }
    return acked;
  }
  Result<ExecutionInfo> read_execution(const std::string& instance,
                                       std::uint64_t execution) override {
    Result<ExecutionInfo> info = inner().read_execution(instance, execution);
    auto times = state();
    const auto known = times->first.find({instance, execution});
    if (info && known != times->first.end()) info.value().completed_at = known->second;
    return info;
  }
};

// Knows when executions ended in its memory, and so only of acks that it has seen.
struct TimesAreInMemory : ForwardingProvider {
  using ForwardingProvider::ForwardingProvider;
  Result<void> ack_turn(const LockToken& token, const TurnCommit& commit) override {
    saw_acks_ = true;
    return inner().ack_turn(token, commit);
  }
  Result<ExecutionInfo> read_execution(const std::string& instance,
                                       std::uint64_t execution) override {
    Result<ExecutionInfo> info = inner().read_execution(instance, execution);
    if (info && !saw_acks_) info.value().completed_at = std::nullopt;
    return info;
  }

 private:
  std::atomic<bool> saw_acks_ = false;
};

// --- Totals

void count_executions_as_instances(Provider&, StoreTotals& totals) {
  totals.instances = totals.executions;
}

void count_statuses_of_all_executions(Provider& inner, StoreTotals& totals) {
  totals.running = totals.completed = totals.failed = totals.continued_as_new = 0;
  for (const std::string& instance : all_instances(inner)) {
    for (const std::uint64_t execution : executions_of(inner, instance)) {
      const Status status = inner.read_execution(instance, execution).value().status;
      if (status == Status::running) ++totals.running;
      if (status == Status::completed) ++totals.completed;
      if (status == Status::failed) ++totals.failed;
      if (status == Status::continued_as_new) ++totals.continued_as_new;
    }
  }
}

void count_events_of_current_executions(Provider& inner, StoreTotals& totals) {
  totals.events = 0;
  for (const std::string& instance : all_instances(inner)) {
    totals.events += inner.read_history(instance).value().size();
  }
}

void count_what_continues_as_new_as_running(Provider&, StoreTotals& totals) {
  totals.running += std::exchange(totals.continued_as_new, 0);
}

void look_twice(Provider& inner, StoreTotals& totals) {
  linger();
  totals.events = inner.read_totals().value().events;
}

struct Counters {
  StoreTotals largest;
};

// Counts up with every ack, and never down.
struct TotalsOnlyGrow : Sharing<Counters> {
  using Sharing::Sharing;
  Result<void> ack_turn(const LockToken& token, const TurnCommit& commit) override {
    const Result<void> acked = inner().ack_turn(token, commit);
    (void)read_totals();
    return acked;
  }
  Result<StoreTotals> read_totals() override {
    Result<StoreTotals> totals = inner().read_totals();
    if (!totals) return totals;
    auto known = state();
    StoreTotals& largest = known->largest;
    largest.instances = std::max(largest.instances, totals.value().instances);
    largest.executions = std::max(largest.executions, totals.value().executions);
    largest.events = std::max(largest.events, totals.value().events);
    totals.value().instances = largest.instances;
    totals.value().executions = largest.executions;
    totals.value().events = largest.events;
    return totals;
  }
};

struct TotalsCountStarts : Sharing<Targets> {
  using Sharing::Sharing;
  Result<void> enqueue_message(const Message& message, Duration delay) override {
    if (message.is_start()) state()->instances.insert(message.target);
    return inner().enqueue_message(message, delay);
  }
  Result<StoreTotals> read_totals() override {
    Result<StoreTotals> totals = inner().read_totals();
    if (totals) totals.value().instances = state()->instances.size();
    return totals;
  }
};

// --- All of them

// Counts what it can fetch, and gives it back.
struct DepthsAreTakenByFetching : ForwardingProvider {
  using ForwardingProvider::ForwardingProvider;
  Result<QueueDepths> read_queue_depths() override {
    for (const Turn& turn : fetch_all(inner(), {})) (void)inner().abandon_turn(turn.token, {});
    return inner().read_queue_depths();
  }
};

struct InstancesAreAPage : ForwardingProvider {
  using ForwardingProvider::ForwardingProvider;
  Result<std::vector<std::string>> list_instances(std::optional<Status> status) override {
    auto listed = inner().list_instances(status);
    if (listed && listed.value().size() > 500) listed.value().resize(500);
    return listed;
  }
};

constexpr const Requirement& kClause = requirement("MGMT_1");

constexpr Defect kDefects[] = {
    {"instances_are_a_page", kClause, "At most 500 instances are listed.",
     spoil_with<InstancesAreAPage>},
    {"list_by_status_has_everybody", kClause, "A list by status ignores the status.",
     spoil_with<ChangesLists<list_everybody>>},
    {"list_by_status_goes_by_any_execution", kClause,
     "A list by status joins with all executions, not with the current one.",
     spoil_with<ChangesLists<list_whoever_had_an_execution_so>>},
    {"list_by_status_goes_by_the_first_execution", kClause,
     "A list by status looks at an instance's first execution.",
     spoil_with<ChangesLists<list_by_the_first_execution>>},
    {"list_by_status_goes_by_the_last_ack", kClause,
     "A late ack of a lower execution overwrites the status that lists go by.",
     spoil_sharing<ListGoesByTheLastAck>},
    {"list_has_an_instance_once_per_execution", kClause, "A list of all joins with the executions.",
     spoil_with<ChangesLists<list_once_per_execution>>},
    {"list_folds_case", kClause, "Of ids that differ only in case a list has one.",
     spoil_with<ChangesLists<list_ids_without_their_case>>},
    {"list_has_roots_only", kClause, "Children are in no list.",
     spoil_with<ChangesLists<list_roots_only>>},
    {"list_of_completed_has_continued_as_new", kClause,
     "An instance between two executions is listed as completed.",
     spoil_with<ChangesLists<take_continued_as_new_for_completed>>},
    {"list_has_instances_that_were_only_enqueued", kClause,
     "A queued start message makes an instance for the lists.",
     spoil_sharing<ListHasWhoWasOnlyEnqueued>},
    {"executions_are_sorted_as_text", kClause, "Executions are listed as 10, 2, 9.",
     spoil_with<ChangesExecutionLists<sort_as_text>>},
    {"executions_are_listed_newest_first", kClause, "Executions are listed downwards.",
     spoil_with<ChangesExecutionLists<newest_first>>},
    {"executions_are_counted_from_1_to_the_last", kClause,
     "Numbers without an execution are listed too.",
     spoil_with<ChangesExecutionLists<count_from_1_to_the_last>>},
    {"execution_has_the_status_of_its_instance", kClause,
     "Status and output of every execution are those of the current one.",
     spoil_with<ChangesExecutions<tell_status_of_the_instance>>},
    {"execution_loses_an_empty_output", kClause, "An empty output is told as none.",
     spoil_with<ChangesExecutions<lose_the_empty_output>>},
    {"execution_has_the_pin_of_its_instance", kClause, "The pin is told per instance.",
     spoil_with<ChangesExecutions<tell_the_pin_of_the_instance>>},
    {"event_count_is_the_highest_id", kClause, "The highest event id is told as the event count.",
     spoil_with<ChangesExecutions<count_events_by_the_highest_id>>},
    {"event_count_is_of_all_executions", kClause, "Events are counted per instance.",
     spoil_with<ChangesExecutions<count_events_of_all_executions>>},
    {"event_count_is_of_a_page", kClause, "At most 1,000 events are counted.",
     spoil_with<ChangesExecutions<count_a_page_of_events>>},
    {"times_of_executions_are_zero", kClause, "Times are read from columns of another type.",
     spoil_with<ChangesExecutions<read_times_of_text_columns>>},
    {"times_of_executions_are_in_seconds", kClause, "Times are cut to whole seconds.",
     spoil_with<ChangesExecutions<cut_times_to_seconds>>},
    {"completed_time_is_set_while_running", kClause, "Every ack sets the completed time.",
     spoil_with<ChangesExecutions<complete_while_running>>},
    {"completed_time_moves_with_every_ack", kClause,
     "An ack of an ended execution moves its completed time.",
     spoil_with<ChangesExecutions<complete_with_every_ack>>},
    {"completed_time_goes_by_the_status_alone", kClause,
     "An execution left Running has no completed time though a higher one is current.",
     spoil_with<ChangesExecutions<complete_by_the_status_alone>>},
    {"completed_time_is_for_success_only", kClause, "A failed execution has no completed time.",
     spoil_with<ChangesExecutions<complete_only_completed_ones>>},
    {"completed_time_is_not_for_continued_as_new", kClause,
     "An execution that continued as new has no completed time.",
     spoil_with<ChangesExecutions<never_complete_what_continues_as_new>>},
    {"completed_time_stays_when_running_again", kClause,
     "An execution that runs again keeps its first completed time.",
     spoil_sharing<CompletedTimeStays>},
    {"created_time_is_that_of_the_instance", kClause,
     "Every execution is said to be as old as its instance.",
     spoil_with<ChangesExecutions<create_with_the_instance>>},
    {"created_time_moves_with_every_ack", kClause,
     "The row of the current execution is written anew by every ack, its time too.",
     spoil_with<ChangesExecutions<create_anew_with_every_ack>>},
    {"completed_times_are_kept_in_memory", kClause, "Completed times are gone after reopening.",
     spoil_with<TimesAreInMemory>, Spoils::sqlite},
    {"totals_count_executions_as_instances", kClause, "The number of instances is of executions.",
     spoil_with<ChangesTotals<count_executions_as_instances>>},
    {"totals_count_statuses_of_all_executions", kClause,
     "Instances are counted under the statuses of all their executions.",
     spoil_with<ChangesTotals<count_statuses_of_all_executions>>},
    {"totals_count_events_of_current_executions", kClause,
     "Events of lower executions are not counted.",
     spoil_with<ChangesTotals<count_events_of_current_executions>>},
    {"totals_count_continued_as_new_as_running", kClause,
     "Instances between two executions are counted as running.",
     spoil_with<ChangesTotals<count_what_continues_as_new_as_running>>},
    {"totals_are_put_together_from_two_looks", kClause,
     "Events are counted a moment later than executions.", spoil_with<ChangesTotals<look_twice>>},
    {"totals_only_grow", kClause, "Totals are counters that deletion and pruning forget.",
     spoil_sharing<TotalsOnlyGrow>},
    {"totals_count_starts_as_instances", kClause, "A queued start message counts as an instance.",
     spoil_sharing<TotalsCountStarts>},
    {"depths_are_taken_by_fetching", kClause,
     "Reading the depths fetches what there is and counts an attempt.",
     spoil_with<DepthsAreTakenByFetching>},
};

}  // namespace

std::span<const Defect> management_defects() { return kDefects; }

}  // namespace ackproof
