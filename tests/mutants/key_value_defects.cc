// Providers whose key-values show too much or too little: the live view, the snapshot, merging.
#include <algorithm>

#include "contract/requirements.h"
#include "tests/mutants/defect.h"
#include "tests/mutants/keeps_values.h"

namespace ackproof {

namespace {

using Kind = KeyValueChange::Kind;

bool is_set(const KeyValueChange& change) { return change.kind == Kind::set; }
bool is_clear_all(const KeyValueChange& change) { return change.kind == Kind::clear_all; }

// --- KV_1

struct SnapshotShowsPending : KeepsValues {
  using KeepsValues::KeepsValues;

 protected:
  Values snapshot(const KeptValues& values) override { return live(values); }
};

// Clears are written into the merged table, sets are not.
struct SnapshotShowsPendingClears : KeepsValues {
  using KeepsValues::KeepsValues;

 protected:
  Values snapshot(const KeptValues& values) override {
    ValueChanges clears;
    std::ranges::remove_copy_if(values.pending, std::back_inserter(clears), is_set);
    return changed(values.merged, clears);
  }
};

struct SnapshotIsEmptyInANewExecution : KeepsValues {
  using KeepsValues::KeepsValues;

 protected:
  Values snapshot(const KeptValues& values) override {
    return values.has_ended ? values.merged : Values();
  }
};

// An outer join without a match.
void empty_snapshot_is_a_row_of_nulls(Turn& turn) {
  if (turn.values.empty()) turn.values[""] = {};
}

struct ClientsReadTheMergedState : KeepsValues {
  using KeepsValues::KeepsValues;

 protected:
  Values live(const KeptValues& values) override { return values.merged; }
};

struct ClientsReadTheUnfinishedExecution : KeepsValues {
  using KeepsValues::KeepsValues;

 protected:
  Values live(const KeptValues& values) override {
    if (values.pending.empty()) return values.merged;
    return changed({}, values.pending);
  }
};

// Each kind of change is written by a statement of its own.
template <bool sets_first>
struct ChangesAreGroupedByKind : KeepsValues {
  using KeepsValues::KeepsValues;

 protected:
  void add(KeptValues& values, const TurnCommit& commit) override {
    TurnCommit grouped = commit;
    std::ranges::stable_partition(
        grouped.values, [](const KeyValueChange& change) { return is_set(change) == sets_first; });
    KeepsValues::add(values, grouped);
  }
};

struct ClearAllComesLast : KeepsValues {
  using KeepsValues::KeepsValues;

 protected:
  void add(KeptValues& values, const TurnCommit& commit) override {
    TurnCommit grouped = commit;
    std::ranges::stable_partition(grouped.values,
                                  [](const KeyValueChange& c) { return !is_clear_all(c); });
    KeepsValues::add(values, grouped);
  }
};

struct FirstSetOfACommitWins : KeepsValues {
  using KeepsValues::KeepsValues;

 protected:
  void add(KeptValues& values, const TurnCommit& commit) override {
    TurnCommit first = commit;
    std::set<std::string> keys;
    std::erase_if(first.values, [&](const KeyValueChange& change) {
      return is_set(change) && !keys.insert(change.key).second;
    });
    KeepsValues::add(values, first);
  }
};

struct ExistingKeyIsNotOverwritten : KeepsValues {
  using KeepsValues::KeepsValues;

 protected:
  void set(Values& values, const KeyValueChange& change) override {
    values.try_emplace(spelt(change.key), KeyValue{change.value, change.updated_at});
  }
};

struct OnlyTheLastCommitIsPending : KeepsValues {
  using KeepsValues::KeepsValues;

 protected:
  void add(KeptValues& values, const TurnCommit& commit) override {
    if (!commit.values.empty()) values.pending.clear();
    KeepsValues::add(values, commit);
  }
};

// A clear deletes the pending row of the key, and hides nothing that is merged.
struct ClearHidesNothingMerged : KeepsValues {
  using KeepsValues::KeepsValues;

 protected:
  Values live(const KeptValues& values) override {
    Values shown = changed({}, values.pending);
    shown.insert(values.merged.begin(), values.merged.end());
    return shown;
  }
};

struct ClearAllHidesNothingMerged : KeepsValues {
  using KeepsValues::KeepsValues;

 protected:
  Values live(const KeptValues& values) override {
    Values shown = KeepsValues::live(values);
    if (std::ranges::any_of(values.pending, is_clear_all)) {
      shown.insert(values.merged.begin(), values.merged.end());
    }
    return shown;
  }
};

struct ClearAllHidesOnlyMerged : KeepsValues {
  using KeepsValues::KeepsValues;

 protected:
  Values changed(Values values, const ValueChanges& changes) override {
    if (std::ranges::any_of(changes, is_clear_all)) values.clear();
    ValueChanges others;
    std::ranges::remove_copy_if(changes, std::back_inserter(others), is_clear_all);
    return KeepsValues::changed(std::move(values), others);
  }
};

struct ValuesOfTheFirstCommitAreLost : KeepsValues {
  using KeepsValues::KeepsValues;

 protected:
  void begin(KeptValues& values) override {
    is_new_ = values.execution == 0;
    KeepsValues::begin(values);
  }
  void add(KeptValues& values, const TurnCommit& commit) override {
    if (!std::exchange(is_new_, false)) KeepsValues::add(values, commit);
  }

 private:
  bool is_new_ = false;  // Guarded by state().
};

struct CommitWithoutChangesForgetsPending : KeepsValues {
  using KeepsValues::KeepsValues;

 protected:
  void add(KeptValues& values, const TurnCommit& commit) override {
    if (commit.values.empty()) values.pending.clear();
    KeepsValues::add(values, commit);
  }
};

struct LateEndMergesTheCurrentExecution : KeepsValues {
  using KeepsValues::KeepsValues;

 protected:
  void late_end(KeptValues& values) override { merge(values); }
};

struct ClearingNothingIsRefused : KeepsValues {
  using KeepsValues::KeepsValues;
  Result<void> ack_turn(const LockToken& token, const TurnCommit& commit) override {
    const std::optional<Turn> turn = turn_of(token);
    auto kept = state();
    Values values = turn ? live(kept->of[turn->instance]) : Values();
    for (const KeyValueChange& change : commit.values) {
      if (change.kind == Kind::clear && !values.contains(change.key)) {
        return Error{ErrorKind::not_found, "ack_turn", "no such key"};
      }
      values = changed(values, {change});
    }
    return KeepsValues::ack_turn(token, commit);
  }
};

// One statement with a limit, which nobody repeats.
struct ClearAllTakesAThousand : KeepsValues {
  using KeepsValues::KeepsValues;

 protected:
  Values changed(Values values, const ValueChanges& changes) override {
    constexpr std::ptrdiff_t kPage = 1'000;
    for (const KeyValueChange& change : changes) {
      if (is_clear_all(change)) {
        values.erase(values.begin(),
                     std::next(values.begin(), std::min(kPage, std::ssize(values))));
      } else {
        values = KeepsValues::changed(std::move(values), {change});
      }
    }
    return values;
  }
};

// --- KV_2

struct MergingTakesAThousand : KeepsValues {
  using KeepsValues::KeepsValues;

 protected:
  void merge(KeptValues& values) override {
    constexpr std::size_t kPage = 1'000;
    if (values.pending.size() > kPage) values.pending.resize(kPage);
    KeepsValues::merge(values);
  }
};

template <Status unmerged>
struct StatusDoesNotMerge : KeepsValues {
  using KeepsValues::KeepsValues;

 protected:
  bool ends(Status status) override { return status != unmerged && KeepsValues::ends(status); }
  void begin(KeptValues& values) override {
    // Otherwise the next execution would make good for it.
    if (unmerged == Status::continued_as_new) return;
    KeepsValues::begin(values);
  }
};

// Merges first, and writes the changes of the commit afterwards.
struct LastChangesAreNotMerged : KeepsValues {
  using KeepsValues::KeepsValues;
  Result<void> ack_turn(const LockToken& token, const TurnCommit& commit) override {
    auto kept = state();
    const Result<void> acked = KeepsValues::ack_turn(token, commit);
    if (!acked || commit.metadata.status.value_or(Status::running) == Status::running) return acked;
    KeptValues& values = kept->of[turn_of(token)->instance];
    values.merged = before_;
    values.pending = commit.values;
    return acked;
  }

 protected:
  void add(KeptValues& values, const TurnCommit& commit) override {
    before_ = live(values);
    KeepsValues::add(values, commit);
  }

 private:
  Values before_;  // Guarded by state().
};

struct LastChangesAreDropped : KeepsValues {
  using KeepsValues::KeepsValues;

 protected:
  void add(KeptValues& values, const TurnCommit& commit) override {
    if (ends(commit.metadata.status.value_or(Status::running))) return;
    KeepsValues::add(values, commit);
  }
};

template <bool (*is_forgotten)(const KeyValueChange&)>
struct MergingForgets : KeepsValues {
  using KeepsValues::KeepsValues;

 protected:
  void merge(KeptValues& values) override {
    // What is set and then cleared goes all the same.
    const Values set = changed({}, values.pending);
    std::erase_if(values.pending, is_forgotten);
    values.merged = changed(values.merged, values.pending);
    for (const KeyValueChange& change : values.pending) {
      if (!set.contains(change.key)) values.merged.erase(change.key);
    }
    values.pending.clear();
  }
};

bool is_clear(const KeyValueChange& change) { return change.kind == Kind::clear; }

struct MergingReplaces : KeepsValues {
  using KeepsValues::KeepsValues;

 protected:
  void merge(KeptValues& values) override {
    if (!values.pending.empty()) values.merged = changed({}, values.pending);
    values.pending.clear();
  }
};

// INSERT OR IGNORE.
struct MergingOverwritesNothing : KeepsValues {
  using KeepsValues::KeepsValues;

 protected:
  void merge(KeptValues& values) override {
    const Values all = changed(values.merged, values.pending);
    std::erase_if(values.merged, [&](const auto& entry) { return !all.contains(entry.first); });
    values.merged.insert(all.begin(), all.end());
    values.pending.clear();
  }
};

struct CommitToAnEndedExecutionStaysPending : KeepsValues {
  using KeepsValues::KeepsValues;

 protected:
  void add(KeptValues& values, const TurnCommit& commit) override {
    had_ended_ = values.has_ended;
    KeepsValues::add(values, commit);
  }
  void merge(KeptValues& values) override {
    if (!std::exchange(had_ended_, false)) KeepsValues::merge(values);
  }

 private:
  bool had_ended_ = false;  // Guarded by state().
};

struct HigherExecutionInheritsPending : KeepsValues {
  using KeepsValues::KeepsValues;

 protected:
  void begin(KeptValues&) override {}
};

struct HigherExecutionDropsPending : KeepsValues {
  using KeepsValues::KeepsValues;

 protected:
  void begin(KeptValues& values) override { values.pending.clear(); }
};

// Sees that a higher execution begins only after its changes were written.
struct HigherExecutionMergesItsOwn : KeepsValues {
  using KeepsValues::KeepsValues;

 protected:
  void begin(KeptValues&) override { is_new_ = true; }
  void add(KeptValues& values, const TurnCommit& commit) override {
    KeepsValues::add(values, commit);
    if (std::exchange(is_new_, false)) merge(values);
  }

 private:
  bool is_new_ = false;  // Guarded by state().
};

constexpr Defect kDefects[] = {
    {"snapshot_shows_the_unfinished_execution", requirement("KV_1"),
     "The snapshot of a turn contains what its own execution has changed.",
     spoil_sharing<SnapshotShowsPending>},
    {"snapshot_shows_unfinished_clears", requirement("KV_1"),
     "A clear takes the key out of the merged state before the execution has ended.",
     spoil_sharing<SnapshotShowsPendingClears>},
    {"snapshot_of_a_new_execution_is_empty", requirement("KV_1"),
     "Only ended executions see the merged state.", spoil_sharing<SnapshotIsEmptyInANewExecution>},
    {"empty_snapshot_has_a_row_of_nulls", requirement("KV_1"),
     "A turn without values carries an empty key.",
     spoil_with<ChangesTurns<empty_snapshot_is_a_row_of_nulls>>},
    {"clients_read_the_merged_state_only", requirement("KV_1"),
     "Clients do not see what the unfinished execution has changed.",
     spoil_sharing<ClientsReadTheMergedState>},
    {"clients_read_the_unfinished_execution_only", requirement("KV_1"),
     "The first change of an execution hides all that is merged.",
     spoil_sharing<ClientsReadTheUnfinishedExecution>},
    {"sets_come_before_clears", requirement("KV_1"), "Within a commit all sets are applied first.",
     spoil_sharing<ChangesAreGroupedByKind<true>>},
    {"clears_come_before_sets", requirement("KV_1"), "Within a commit all sets are applied last.",
     spoil_sharing<ChangesAreGroupedByKind<false>>},
    {"clear_all_comes_last", requirement("KV_1"),
     "A clear-all removes also what its commit sets after it.", spoil_sharing<ClearAllComesLast>},
    {"first_set_of_a_commit_wins", requirement("KV_1"),
     "The second set of a key in a commit is dropped as a duplicate.",
     spoil_sharing<FirstSetOfACommitWins>},
    {"existing_key_is_not_overwritten", requirement("KV_1"), "A set of an existing key is ignored.",
     spoil_sharing<ExistingKeyIsNotOverwritten>},
    {"each_commit_replaces_the_pending_changes", requirement("KV_1"),
     "Of an unfinished execution only the last changes are kept.",
     spoil_sharing<OnlyTheLastCommitIsPending>},
    {"clear_hides_nothing_merged", requirement("KV_1"),
     "A clear leaves no tombstone: the merged value shows again.",
     spoil_sharing<ClearHidesNothingMerged>},
    {"clear_all_hides_nothing_merged", requirement("KV_1"),
     "A clear-all removes only the changes of its own execution.",
     spoil_sharing<ClearAllHidesNothingMerged>},
    {"clear_all_hides_only_merged", requirement("KV_1"),
     "A clear-all leaves what its own execution has set before.",
     spoil_sharing<ClearAllHidesOnlyMerged>},
    {"values_of_the_first_commit_are_lost", requirement("KV_1"),
     "Changes in the commit that creates the instance are ignored.",
     spoil_sharing<ValuesOfTheFirstCommitAreLost>},
    {"commit_without_changes_forgets_values", requirement("KV_1"),
     "A commit that does not mention values drops the unmerged ones.",
     spoil_sharing<CommitWithoutChangesForgetsPending>},
    {"late_end_merges_the_current_execution", requirement("KV_1"),
     "The end of a lower execution merges the changes of the current one.",
     spoil_sharing<LateEndMergesTheCurrentExecution>},
    {"clearing_an_unknown_key_is_refused", requirement("KV_1"),
     "A clear of a key that is not there answers not_found.",
     spoil_sharing<ClearingNothingIsRefused>},
    {"clear_all_takes_a_thousand_values", requirement("KV_1"),
     "A clear-all removes the first 1,000 values.", spoil_sharing<ClearAllTakesAThousand>},

    {"merging_takes_a_thousand_values", requirement("KV_2"),
     "Of the changes of an execution 1,000 are merged.", spoil_sharing<MergingTakesAThousand>},
    {"failure_merges_nothing", requirement("KV_2"),
     "The values of an execution that fails are not merged.",
     spoil_sharing<StatusDoesNotMerge<Status::failed>>},
    {"completion_merges_nothing", requirement("KV_2"),
     "The values of an execution that completes are not merged.",
     spoil_sharing<StatusDoesNotMerge<Status::completed>>},
    {"continue_as_new_merges_nothing", requirement("KV_2"),
     "The values of an execution that continues as new stay unmerged.",
     spoil_sharing<StatusDoesNotMerge<Status::continued_as_new>>},
    {"last_changes_are_not_merged", requirement("KV_2"),
     "The commit that ends an execution merges before it writes its own changes.",
     spoil_sharing<LastChangesAreNotMerged>},
    {"last_changes_are_dropped", requirement("KV_2"),
     "Changes in the commit that ends an execution are ignored.",
     spoil_sharing<LastChangesAreDropped>},
    {"merging_forgets_clears", requirement("KV_2"),
     "Tombstones are dropped when merging: cleared values come back.",
     spoil_sharing<MergingForgets<is_clear>>},
    {"merging_forgets_clear_all", requirement("KV_2"),
     "A clear-all is not merged: all that it removed comes back.",
     spoil_sharing<MergingForgets<is_clear_all>>},
    {"merging_replaces_the_merged_state", requirement("KV_2"),
     "What an execution has not touched is gone when it ends.", spoil_sharing<MergingReplaces>},
    {"merging_overwrites_nothing", requirement("KV_2"), "Merging keeps the older value of a key.",
     spoil_sharing<MergingOverwritesNothing>},
    {"commit_to_an_ended_execution_stays_pending", requirement("KV_2"),
     "Changes after the end are merged with the next execution only.",
     spoil_sharing<CommitToAnEndedExecutionStaysPending>},
    {"higher_execution_inherits_unmerged_values", requirement("KV_2"),
     "Only a status ends an execution; the next one carries on its changes.",
     spoil_sharing<HigherExecutionInheritsPending>},
    {"higher_execution_drops_unmerged_values", requirement("KV_2"),
     "The unmerged changes of an execution without an end are dropped.",
     spoil_sharing<HigherExecutionDropsPending>},
    {"higher_execution_merges_its_own_values", requirement("KV_2"),
     "With the execution before, the first changes of the new one are merged.",
     spoil_sharing<HigherExecutionMergesItsOwn>},
};

}  // namespace

std::span<const Defect> key_value_defects() { return kDefects; }

}  // namespace ackproof
