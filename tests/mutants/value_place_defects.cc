// Providers that keep key-values in the wrong place, for too long or too short, or change them on
// the way.
#include <algorithm>

#include "contract/requirements.h"
#include "tests/mutants/defect.h"
#include "tests/mutants/keeps_values.h"
#include "tests/mutants/misspelt.h"

namespace ackproof {

namespace {

using Kind = KeyValueChange::Kind;

bool is_set(const KeyValueChange& change) { return change.kind == Kind::set; }

// --- KV_3: keys and instances

template <std::string (*spell)(std::string)>
struct SpellsKeys : KeepsValues {
  using KeepsValues::KeepsValues;

 protected:
  std::string spelt(const std::string& key) override { return spell(key); }
};

struct ValuesFoldCaseOfInstances : KeepsValues {
  using KeepsValues::KeepsValues;

 protected:
  std::string place_of(const std::string& instance) override { return lower(instance); }
};

struct ClearTakesAPrefix : KeepsValues {
  using KeepsValues::KeepsValues;

 protected:
  void clear(Values& values, const std::string& key) override {
    std::erase_if(values, [&](const auto& entry) { return entry.first.starts_with(key); });
  }
};

struct ClearAllTakesAllInstances : KeepsValues {
  using KeepsValues::KeepsValues;
  Result<void> ack_turn(const LockToken& token, const TurnCommit& commit) override {
    const Result<void> acked = KeepsValues::ack_turn(token, commit);
    const auto is_clear_all = [](const KeyValueChange& c) { return c.kind == Kind::clear_all; };
    if (!acked || std::ranges::none_of(commit.values, is_clear_all)) return acked;
    auto kept = state();
    for (auto& [instance, values] : kept->of) {
      if (instance != turn_of(token)->instance) values.pending.push_back({.kind = Kind::clear_all});
    }
    return acked;
  }
};

// One table with the text "instance:key" as its key.
struct InstanceAndKeyAreJoined : KeepsValues {
  using KeepsValues::KeepsValues;
  Result<Values> read_values(const std::string& instance) override {
    const auto stored = inner().read_values(instance);
    if (!stored) return stored;
    auto kept = state();
    const std::string prefix = instance + ":";
    Values found;
    for (const auto& [owner, values] : kept->of) {
      for (const auto& [key, value] : live(values)) {
        const std::string joined = owner + ":" + key;
        if (joined.starts_with(prefix)) found[joined.substr(prefix.size())] = value;
      }
    }
    return found;
  }
};

struct EmptyValueIsNone : KeepsValues {
  using KeepsValues::KeepsValues;

 protected:
  Values live(const KeptValues& values) override { return full(KeepsValues::live(values)); }
  Values snapshot(const KeptValues& values) override { return full(KeepsValues::snapshot(values)); }

 private:
  static Values full(Values values) {
    std::erase_if(values, [](const auto& entry) { return entry.second.value.empty(); });
    return values;
  }
};

// --- KV_3: pruning and deletion

// A key goes with the execution that wrote it last.
struct PruningTakesValues : KeepsValues {
  using KeepsValues::KeepsValues;
  Result<PruneCounts> prune_instance(const std::string& instance,
                                     const PruneOptions& options) override {
    const auto pruned = inner().prune_instance(instance, options);
    if (pruned) prune(state()->of[instance]);
    return pruned;
  }
  Result<PruneCounts> prune_matching(const InstanceFilter& filter,
                                     const PruneOptions& options) override {
    const auto pruned = inner().prune_matching(filter, options);
    auto kept = state();
    for (auto& [instance, values] : kept->of) {
      if (pruned) prune(values);
    }
    return pruned;
  }

 private:
  static void prune(KeptValues& values) {
    for (const auto& [key, execution] : values.written) {
      if (execution < values.execution) values.merged.erase(key);
    }
  }
};

struct PruningTakesUnmergedValues : KeepsValues {
  using KeepsValues::KeepsValues;
  Result<PruneCounts> prune_instance(const std::string& instance,
                                     const PruneOptions& options) override {
    const auto pruned = inner().prune_instance(instance, options);
    if (pruned) state()->of[instance].pending.clear();
    return pruned;
  }
};

struct BulkPruningTakesValues : KeepsValues {
  using KeepsValues::KeepsValues;
  Result<PruneCounts> prune_matching(const InstanceFilter& filter,
                                     const PruneOptions& options) override {
    const auto pruned = inner().prune_matching(filter, options);
    auto kept = state();
    for (auto& [instance, values] : kept->of) {
      if (pruned) values.merged.clear();
    }
    return pruned;
  }
};

struct ValuesOutliveTheirInstance : KeepsValues {
  using KeepsValues::KeepsValues;

 protected:
  void forget_deleted(const std::string&) override {}
};

struct UnmergedValuesOutliveTheirInstance : KeepsValues {
  using KeepsValues::KeepsValues;

 protected:
  void forget_deleted(const std::string&) override {
    for (auto& [instance, values] : state()->of) {
      if (record(inner(), instance)) continue;
      values = {.pending = values.pending};
    }
  }
};

// Clients see nothing of it until the id is used again.
struct MergedValuesComeBack : KeepsValues {
  using KeepsValues::KeepsValues;

 protected:
  Values live(const KeptValues& values) override {
    return values.execution == 0 ? Values() : KeepsValues::live(values);
  }
  void forget_deleted(const std::string&) override {
    for (auto& [instance, values] : state()->of) {
      if (!record(inner(), instance)) values = {.merged = values.merged};
    }
  }
};

// One statement with a limit, which nobody repeats.
struct OnlyAThousandValuesGo : KeepsValues {
  using KeepsValues::KeepsValues;

 protected:
  void forget_deleted(const std::string&) override {
    constexpr std::ptrdiff_t kPage = 1'000;
    for (auto& [instance, values] : state()->of) {
      if (record(inner(), instance)) continue;
      Values left = changed(values.merged, values.pending);
      left.erase(left.begin(), std::next(left.begin(), std::min(kPage, std::ssize(left))));
      values = {.merged = left};
    }
  }
};

struct ValuesOfDescendantsStay : KeepsValues {
  using KeepsValues::KeepsValues;

 protected:
  void forget_deleted(const std::string& root) override {
    root.empty() ? KeepsValues::forget_deleted(root) : void(state()->of.erase(root));
  }
};

struct SetsOfInstancesLeaveValues : KeepsValues {
  using KeepsValues::KeepsValues;

 protected:
  void forget_deleted(const std::string& root) override {
    if (!root.empty()) KeepsValues::forget_deleted(root);
  }
};

struct RefusedDeletionTakesValues : KeepsValues {
  using KeepsValues::KeepsValues;
  Result<DeletionCounts> delete_instance(const std::string& instance, bool force) override {
    state()->of.erase(instance);
    return KeepsValues::delete_instance(instance, force);
  }
};

struct SnapshotsAreShared : KeepsValues {
  using KeepsValues::KeepsValues;

 protected:
  void merge(KeptValues& values) override {
    KeepsValues::merge(values);
    for (auto& [instance, other] : state()->of) {
      for (auto& [key, value] : other.merged) {
        if (values.merged.contains(key)) value = values.merged[key];
      }
    }
  }
};

// --- KV_4

struct UnknownKeyIsAnError : ForwardingProvider {
  using ForwardingProvider::ForwardingProvider;
  Result<std::optional<KeyValue>> read_value(const std::string& instance,
                                             const std::string& key) override {
    auto value = inner().read_value(instance, key);
    if (!value || value.value() || !record(inner(), instance)) return value;
    return Error{ErrorKind::not_found, "read_value", "no such key"};
  }
};

struct UnknownInstanceIsAnError : ForwardingProvider {
  using ForwardingProvider::ForwardingProvider;
  Result<Values> read_values(const std::string& instance) override {
    auto values = inner().read_values(instance);
    if (!values || record(inner(), instance)) return values;
    return Error{ErrorKind::not_found, "read_values", "no such instance"};
  }
};

struct ReadOfAllIsEmpty : ForwardingProvider {
  using ForwardingProvider::ForwardingProvider;
  Result<Values> read_values(const std::string& instance) override {
    auto values = inner().read_values(instance);
    if (values) values.value().clear();
    return values;
  }
};

struct ReadOfAllIsMergedOnly : KeepsValues {
  using KeepsValues::KeepsValues;
  Result<Values> read_values(const std::string& instance) override {
    const auto stored = inner().read_values(instance);
    if (!stored) return stored;
    return state()->of[instance].merged;
  }
};

struct ReadOfAllShowsCleared : KeepsValues {
  using KeepsValues::KeepsValues;
  Result<Values> read_values(const std::string& instance) override {
    Result<Values> values = KeepsValues::read_values(instance);
    auto kept = state();
    const Values& merged = kept->of[instance].merged;
    if (values) values.value().insert(merged.begin(), merged.end());
    return values;
  }
};

// The first page of them.
struct ReadOfAllIsAThousand : ForwardingProvider {
  using ForwardingProvider::ForwardingProvider;
  Result<Values> read_values(const std::string& instance) override {
    constexpr std::size_t kPage = 1'000;
    Result<Values> values = inner().read_values(instance);
    while (values && values.value().size() > kPage) {
      values.value().erase(std::prev(values.value().end()));
    }
    return values;
  }
};

// Reads the merged values first and the unmerged ones afterwards, with a merge in between.
struct ReadOfAllIsTwoReads : KeepsValues {
  using KeepsValues::KeepsValues;
  Result<Values> read_values(const std::string& instance) override {
    const auto stored = inner().read_values(instance);
    if (!stored) return stored;
    const Values merged = state()->of[instance].merged;
    linger();
    auto kept = state();
    return changed(merged, kept->of[instance].pending);
  }
};

// Reads the keys first, and each value by itself.
struct ReadOfAllIsManyReads : ForwardingProvider {
  using ForwardingProvider::ForwardingProvider;
  Result<Values> read_values(const std::string& instance) override {
    const auto keys = inner().read_values(instance);
    if (!keys) return keys;
    linger();
    Values found;
    for (const auto& [key, value] : keys.value()) {
      const auto now = inner().read_value(instance, key);
      if (now && now.value()) found[key] = *now.value();
    }
    return found;
  }
};

// --- KV_5

template <void (*change)(Time&)>
struct ChangesTimes : ForwardingProvider {
  using ForwardingProvider::ForwardingProvider;
  Result<void> ack_turn(const LockToken& token, const TurnCommit& commit) override {
    TurnCommit changed = commit;
    for (KeyValueChange& value : changed.values) change(value.updated_at);
    return inner().ack_turn(token, changed);
  }
};

void round_to_seconds(Time& time) { time = std::chrono::floor<std::chrono::seconds>(time); }
void begin_at_epoch(Time& time) { time = std::max(time, Time()); }

void pass_through_a_double(Time& time) {
  constexpr double kLargest = 9.2e18;
  const auto exact = static_cast<double>(time.time_since_epoch().count());
  time = Time(Duration(static_cast<std::int64_t>(std::clamp(exact, -kLargest, kLargest))));
}

void read_the_machine_clock(Time& time) { time = SystemClock().now(); }

struct NewestTimeWins : KeepsValues {
  using KeepsValues::KeepsValues;

 protected:
  void set(Values& values, const KeyValueChange& change) override {
    const auto found = values.find(change.key);
    if (found != values.end() && found->second.updated_at > change.updated_at) return;
    KeepsValues::set(values, change);
  }
};

struct EqualValueKeepsItsTime : KeepsValues {
  using KeepsValues::KeepsValues;

 protected:
  void set(Values& values, const KeyValueChange& change) override {
    const auto found = values.find(change.key);
    if (found != values.end() && found->second.value == change.value) return;
    KeepsValues::set(values, change);
  }
};

struct MergingStampsTimes : KeepsValues {
  using KeepsValues::KeepsValues;

 protected:
  void merge(KeptValues& values) override {
    for (KeyValueChange& change : values.pending) change.updated_at = SystemClock().now();
    KeepsValues::merge(values);
  }
};

// --- Other clauses

struct RefusedCommitChangesValues : KeepsValues {
  using KeepsValues::KeepsValues;
  Result<void> ack_turn(const LockToken& token, const TurnCommit& commit) override {
    const Result<void> acked = KeepsValues::ack_turn(token, commit);
    if (!acked && !lost(acked)) keep(state()->of[turn_of(token)->instance], commit);
    return acked;
  }
};

struct DeadTokenChangesValues : KeepsValues {
  using KeepsValues::KeepsValues;
  Result<void> ack_turn(const LockToken& token, const TurnCommit& commit) override {
    const Result<void> acked = KeepsValues::ack_turn(token, commit);
    const std::optional<Turn> turn = turn_of(token);
    if (lost(acked) && turn) keep(state()->of[turn->instance], commit);
    return acked;
  }
};

struct ValuesFollowTheirCommit : KeepsValues {
  using KeepsValues::KeepsValues;
  Result<void> ack_turn(const LockToken& token, const TurnCommit& commit) override {
    const Result<void> acked = inner().ack_turn(token, commit);
    for (int n = 0; n < 5; ++n) linger();  // Longer than a busy machine lets the reader wait.
    if (acked) keep(state()->of[turn_of(token)->instance], commit);
    return acked;
  }
};

// Takes the second commit with a token for a repetition.
struct CorrectedCommitChangesNoValues : KnowsTurns<AckedExecutions> {
  using KnowsTurns::KnowsTurns;
  Result<void> ack_turn(const LockToken& token, const TurnCommit& commit) override {
    TurnCommit changed = commit;
    if (!state()->executions[token.value].empty()) changed.values.clear();
    const Result<void> acked = inner().ack_turn(token, changed);
    if (!acked) state()->executions[token.value].insert(commit.execution);
    return acked;
  }
};

struct ValuesBelongToTheExecution : KeepsValues {
  using KeepsValues::KeepsValues;

 protected:
  void begin(KeptValues& values) override {
    values.pending.clear();
    values.merged.clear();
  }
};

template <bool is_kept>
struct LowerExecutionTakesValues : KeepsValues {
  using KeepsValues::KeepsValues;
  Result<void> ack_turn(const LockToken& token, const TurnCommit& commit) override {
    const std::optional<Turn> turn = turn_of(token);
    if (!turn || commit.execution >= turn->execution) return KeepsValues::ack_turn(token, commit);
    TurnCommit bare = commit;
    bare.values.clear();
    const Result<void> acked = inner().ack_turn(token, bare);
    if (acked && is_kept) keep(state()->of[turn->instance], commit);
    return acked;
  }
};

template <void (*change)(KeyValueChange&)>
struct ChangesSets : ForwardingProvider {
  using ForwardingProvider::ForwardingProvider;
  Result<void> ack_turn(const LockToken& token, const TurnCommit& commit) override {
    TurnCommit changed = commit;
    for (KeyValueChange& value : changed.values) change(value);
    return inner().ack_turn(token, changed);
  }
};

void value_cut_at_nul(KeyValueChange& change) {
  change.value.resize(std::min(change.value.size(), change.value.find('\0')));
}

void value_cut_to_4_kib(KeyValueChange& change) {
  change.value.resize(std::min(change.value.size(), std::size_t{4'096}));
}

void key_cut_at_nul(KeyValueChange& change) {
  change.key.resize(std::min(change.key.size(), change.key.find('\0')));
}

struct LongValueIsCut : ForwardingProvider {
  using ForwardingProvider::ForwardingProvider;
  Result<void> ack_turn(const LockToken& token, const TurnCommit& commit) override {
    const Limits limits = describe().capabilities.limits;
    TurnCommit cut = commit;
    for (KeyValueChange& change : cut.values) {
      if (change.value.size() > limits.value_bytes) change.value.resize(limits.value_bytes);
    }
    return inner().ack_turn(token, cut);
  }
};

struct LongKeyIsCut : ForwardingProvider {
  using ForwardingProvider::ForwardingProvider;
  Result<void> ack_turn(const LockToken& token, const TurnCommit& commit) override {
    const Limits limits = describe().capabilities.limits;
    TurnCommit cut = commit;
    for (KeyValueChange& change : cut.values) {
      if (change.key.size() > limits.key_bytes) change.key.resize(limits.key_bytes);
    }
    return inner().ack_turn(token, cut);
  }
};

void many_values_cut(TurnCommit& commit) {
  constexpr std::size_t kMost = 1'000;
  if (commit.values.size() > kMost) commit.values.resize(kMost);
}

void few_values_taken(TurnCommit& commit) {
  constexpr std::size_t kMost = 500;
  if (commit.values.size() > kMost) commit.values.resize(kMost);
}

template <bool (*is_bad)(const std::string&)>
struct BadIdHasNoValues : ForwardingProvider {
  using ForwardingProvider::ForwardingProvider;
  Result<std::optional<KeyValue>> read_value(const std::string& instance,
                                             const std::string& key) override {
    if (is_bad(instance)) return std::optional<KeyValue>();
    return inner().read_value(instance, key);
  }
  Result<Values> read_values(const std::string& instance) override {
    if (is_bad(instance)) return Values();
    return inner().read_values(instance);
  }
};

bool is_empty(const std::string& id) { return id.empty(); }
bool is_overlong(const std::string& id) { return id.size() > kLongestId; }

// --- DUR_1

// What a defect forgets when the last handle closes.
template <void (*forget)(KeptValues&)>
class ForgetsValuesOnClosing : public KeepsValues {
 public:
  ForgetsValuesOnClosing(std::unique_ptr<Provider> inner, std::shared_ptr<Shared> shared)
      : KeepsValues(std::move(inner), std::move(shared)) {
    ++state()->handles;
  }
  ~ForgetsValuesOnClosing() override {
    auto kept = state();
    if (--kept->handles > 0) return;
    for (auto& [instance, values] : kept->of) forget(values);
  }
};

void forget_unmerged(KeptValues& values) { values.pending.clear(); }
void forget_merged(KeptValues& values) { values.merged.clear(); }

// As if the execution had ended.
void merge_unmerged(KeptValues& values) {
  for (const KeyValueChange& change : values.pending) {
    if (is_set(change)) values.merged[change.key] = {change.value, change.updated_at};
    if (change.kind == Kind::clear) values.merged.erase(change.key);
    if (change.kind == Kind::clear_all) values.merged.clear();
  }
  values.pending.clear();
}

constexpr Defect kDefects[] = {
    {"keys_fold_case", requirement("KV_3"), "Keys that differ in case only are one.",
     spoil_sharing<SpellsKeys<lower>>},
    {"keys_lose_trailing_spaces", requirement("KV_3"), "Spaces at the end of a key are dropped.",
     spoil_sharing<SpellsKeys<without_trailing_spaces>>},
    {"keys_are_cut_to_255_bytes", requirement("KV_3"), "Keys that differ after 255 bytes are one.",
     spoil_sharing<SpellsKeys<cut_to_255>>},
    {"keys_have_three_byte_characters", requirement("KV_3"),
     "Characters of four bytes in keys become question marks.",
     spoil_sharing<SpellsKeys<in_three_bytes>>},
    {"values_fold_case_of_instances", requirement("KV_3"),
     "Instances that differ in case only share their values.",
     spoil_sharing<ValuesFoldCaseOfInstances>},
    {"clear_takes_a_prefix", requirement("KV_3"),
     "A clear removes all keys that begin with the given one.", spoil_sharing<ClearTakesAPrefix>},
    {"clear_all_takes_all_instances", requirement("KV_3"),
     "A clear-all has no instance in its condition.", spoil_sharing<ClearAllTakesAllInstances>},
    {"instance_and_key_are_joined", requirement("KV_3"),
     "A read of all values looks for the prefix instance:.",
     spoil_sharing<InstanceAndKeyAreJoined>},
    {"empty_value_is_none", requirement("KV_3"), "An empty value is stored as NULL.",
     spoil_sharing<EmptyValueIsNone>},
    {"snapshots_are_shared", requirement("KV_3"), "Merging overwrites the key in every instance.",
     spoil_sharing<SnapshotsAreShared>},
    {"pruning_takes_values", requirement("KV_3"),
     "Pruning an execution removes the keys that it wrote last.",
     spoil_sharing<PruningTakesValues>},
    {"pruning_takes_unmerged_values", requirement("KV_3"),
     "Pruning drops the changes of the unfinished execution.",
     spoil_sharing<PruningTakesUnmergedValues>},
    {"bulk_pruning_takes_values", requirement("KV_3"), "Bulk pruning empties the merged values.",
     spoil_sharing<BulkPruningTakesValues>},
    {"values_outlive_their_instance", requirement("KV_3"), "Deletion leaves the values behind.",
     spoil_sharing<ValuesOutliveTheirInstance>},
    {"unmerged_values_outlive_their_instance", requirement("KV_3"),
     "Deletion forgets the second table, of unmerged changes.",
     spoil_sharing<UnmergedValuesOutliveTheirInstance>},
    {"values_come_back_with_the_id", requirement("KV_3"),
     "Deleted values show again once the id is used anew.", spoil_sharing<MergedValuesComeBack>},
    {"only_a_thousand_values_go_with_their_instance", requirement("KV_3"),
     "Deletion removes the first 1,000 values of an instance.",
     spoil_sharing<OnlyAThousandValuesGo>},
    {"values_of_descendants_stay", requirement("KV_3"),
     "Deleting a tree removes the values of its root only.",
     spoil_sharing<ValuesOfDescendantsStay>},
    {"sets_of_instances_leave_their_values", requirement("KV_3"),
     "Deleting a set of instances, or in bulk, leaves the values.",
     spoil_sharing<SetsOfInstancesLeaveValues>},
    {"refused_deletion_takes_values", requirement("KV_3"),
     "The values are removed before the deletion is refused.",
     spoil_sharing<RefusedDeletionTakesValues>},

    {"unknown_key_is_an_error", requirement("KV_4"),
     "Reading a key that is not there answers not_found.", spoil_with<UnknownKeyIsAnError>},
    {"values_of_unknown_instance_are_an_error", requirement("KV_4"),
     "Reading all values of an unknown instance answers not_found.",
     spoil_with<UnknownInstanceIsAnError>},
    {"read_of_all_values_is_empty", requirement("KV_4"), "A read of all values returns nothing.",
     spoil_with<ReadOfAllIsEmpty>},
    {"read_of_all_values_is_merged_only", requirement("KV_4"),
     "A read of all values leaves out what is not merged.", spoil_sharing<ReadOfAllIsMergedOnly>},
    {"read_of_all_values_shows_cleared_ones", requirement("KV_4"),
     "A read of all values ignores the tombstones.", spoil_sharing<ReadOfAllShowsCleared>},
    {"read_of_all_values_is_a_page", requirement("KV_4"), "At most 1,000 values are read.",
     spoil_with<ReadOfAllIsAThousand>},
    {"read_of_all_values_is_two_reads", requirement("KV_4"),
     "Merged and unmerged values come from two queries, with a merge in between.",
     spoil_sharing<ReadOfAllIsTwoReads>},
    {"read_of_all_values_is_many_reads", requirement("KV_4"),
     "A read of all values reads each key by itself.", spoil_with<ReadOfAllIsManyReads>},

    {"last_updated_is_the_machine_time", requirement("KV_5"),
     "A value is stamped with the provider's own clock.",
     spoil_with<ChangesTimes<read_the_machine_clock>>},
    {"last_updated_is_in_seconds", requirement("KV_5"), "Last-updated times lose their fraction.",
     spoil_with<ChangesTimes<round_to_seconds>>},
    {"last_updated_is_a_double", requirement("KV_5"), "Last-updated times beyond 2^53 are rounded.",
     spoil_with<ChangesTimes<pass_through_a_double>>},
    {"last_updated_begins_at_the_epoch", requirement("KV_5"), "Times before 1970 become 1970.",
     spoil_with<ChangesTimes<begin_at_epoch>>},
    {"newest_time_wins", requirement("KV_5"),
     "A set with an earlier time than the stored one is ignored.", spoil_sharing<NewestTimeWins>},
    {"equal_value_keeps_its_time", requirement("KV_5"),
     "A set of the stored value does not change its time.", spoil_sharing<EqualValueKeepsItsTime>},
    {"merging_stamps_times", requirement("KV_5"),
     "Merged values get the time at which they were merged.", spoil_sharing<MergingStampsTimes>},

    {"refused_commit_changes_values", requirement("ACK_1"),
     "Values are written before the commit is checked.", spoil_sharing<RefusedCommitChangesValues>},
    {"values_follow_their_commit", requirement("ACK_1"),
     "Values are written in a second step after the commit.",
     spoil_sharing<ValuesFollowTheirCommit>},
    {"corrected_commit_changes_no_values", requirement("ACK_5"),
     "After a refused commit the values in the corrected one are ignored.",
     spoil_sharing<CorrectedCommitChangesNoValues>},
    {"values_belong_to_the_execution", requirement("ACK_16"),
     "A new execution begins without values.", spoil_sharing<ValuesBelongToTheExecution>},
    {"lower_execution_changes_values", requirement("ACK_17"),
     "A commit to a lower execution changes the values of the instance.",
     spoil_sharing<LowerExecutionTakesValues<true>>},
    {"values_of_a_lower_execution_are_dropped", requirement("ACK_17"),
     "Changes in a commit to a lower execution are ignored in silence.",
     spoil_sharing<LowerExecutionTakesValues<false>>},
    {"dead_token_changes_values", requirement("LOCK_9"),
     "Values are written before the token is checked.", spoil_sharing<DeadTokenChangesValues>},
    {"value_is_cut_at_nul", requirement("TEXT_1"), "A value ends at its first U+0000.",
     spoil_with<ChangesSets<value_cut_at_nul>>},
    {"value_is_cut_to_4_kib", requirement("TEXT_2"), "A value is cut after 4 KiB.",
     spoil_with<ChangesSets<value_cut_to_4_kib>>},
    {"long_value_is_cut", requirement("CAP_3"),
     "A value beyond the limit is cut instead of refused.", spoil_with<LongValueIsCut>},
    {"long_key_is_cut", requirement("CAP_3"), "A key beyond the limit is cut instead of refused.",
     spoil_with<LongKeyIsCut>},
    {"changes_after_the_thousandth_are_dropped", requirement("CAP_3"),
     "Too many changes in a commit are cut instead of refused.",
     spoil_with<ChangesCommits<many_values_cut>>},
    {"changes_after_the_five_hundredth_are_dropped", requirement("CAP_3"),
     "A commit takes fewer changes than are declared.",
     spoil_with<ChangesCommits<few_values_taken>>},
    {"key_is_cut_at_nul", requirement("ERR_11"), "A key ends at its first U+0000.",
     spoil_with<ChangesSets<key_cut_at_nul>>},
    {"empty_id_has_no_values", requirement("ERR_5"),
     "Reading values of an empty id returns nothing.", spoil_with<BadIdHasNoValues<is_empty>>},
    {"overlong_id_has_no_values", requirement("ERR_5"),
     "Reading values of an overlong id returns nothing.",
     spoil_with<BadIdHasNoValues<is_overlong>>},
    {"unmerged_values_are_lost_on_closing", requirement("DUR_1"),
     "Changes of an unfinished execution are kept in memory.",
     spoil_sharing<ForgetsValuesOnClosing<forget_unmerged>>, Spoils::sqlite},
    {"merged_values_are_lost_on_closing", requirement("DUR_1"),
     "The merged values are a cache that is not read back.",
     spoil_sharing<ForgetsValuesOnClosing<forget_merged>>, Spoils::sqlite},
    {"closing_merges_values", requirement("DUR_1"),
     "Closing flushes the changes of unfinished executions into the merged state.",
     spoil_sharing<ForgetsValuesOnClosing<merge_unmerged>>, Spoils::sqlite},
};

}  // namespace

std::span<const Defect> value_place_defects() { return kDefects; }

}  // namespace ackproof
