// Providers that lose, invent or miscount custom statuses.
#include <algorithm>
#include <cctype>

#include "contract/requirements.h"
#include "contract/rules.h"
#include "tests/mutants/defect.h"
#include "tests/mutants/spoil.h"

namespace ackproof {

namespace {

// The custom status of one instance, and what some defects want to know besides.
struct KeptStatus : CustomStatus {
  std::uint64_t execution = 0;  // The current one.
  std::uint64_t set_by = 0;     // The execution that changed it last.
  bool is_terminal = false;
  std::uint64_t seen = 0;
};

struct KeptStatuses {
  std::map<std::string, KeptStatus> of;
};

// Keeps the statuses beside the store, and answers reads by its own.
class KeepsStatuses : public KnowsTurns<KeptStatuses> {
 public:
  using KnowsTurns::KnowsTurns;
  Result<void> ack_turn(const LockToken& token, const TurnCommit& commit) override {
    auto kept = state();
    const Result<void> acked = inner().ack_turn(token, commit);
    if (acked) keep(kept->of[place_of(turn_of(token)->instance)], commit);
    return acked;
  }
  Result<std::optional<CustomStatus>> read_custom_status(const std::string& instance,
                                                         std::uint64_t seen_version) override {
    auto stored = inner().read_custom_status(instance, seen_version);
    auto kept = state();
    const auto found = kept->of.find(place_of(instance));
    if (!stored || found == kept->of.end()) return stored;
    return show(found->second, seen_version);
  }
  Result<DeletionCounts> delete_instance(const std::string& instance, bool force) override {
    auto deleted = inner().delete_instance(instance, force);
    forget_deleted();
    return deleted;
  }

 protected:
  void keep(KeptStatus& status, const TurnCommit& commit) {
    if (commit.execution > status.execution) begin(status, commit.execution);
    if (!commit.custom_status.empty()) change(status, commit);
    if (commit.metadata.status) {
      status.is_terminal =
          *commit.metadata.status == Status::completed || *commit.metadata.status == Status::failed;
    }
    after(status, commit);
  }
  virtual void begin(KeptStatus& status, std::uint64_t execution) {
    status.execution = execution;
    status.is_terminal = false;
  }
  virtual void change(KeptStatus& status, const TurnCommit& commit) {
    status.value = commit.custom_status.back().value;
    status.set_by = commit.execution;
    ++status.version;
  }
  virtual void after(KeptStatus&, const TurnCommit&) {}
  virtual std::optional<CustomStatus> show(KeptStatus& status, std::uint64_t seen) {
    if (status.version <= seen) return std::nullopt;
    return status;
  }
  virtual std::string place_of(const std::string& instance) { return instance; }
  virtual void forget_deleted() {
    std::erase_if(state()->of, [&](const auto& entry) { return !record(inner(), entry.first); });
  }
};

// --- STAT_1

struct AbsentStatusClears : KeepsStatuses {
  using KeepsStatuses::KeepsStatuses;

 protected:
  void after(KeptStatus& status, const TurnCommit& commit) override {
    if (commit.custom_status.empty()) status.value.reset();
  }
};

struct EndClearsTheStatus : KeepsStatuses {
  using KeepsStatuses::KeepsStatuses;

 protected:
  void after(KeptStatus& status, const TurnCommit&) override {
    if (status.is_terminal) status.value.reset();
  }
};

struct StatusGoesWithTheExecution : KeepsStatuses {
  using KeepsStatuses::KeepsStatuses;

 protected:
  void begin(KeptStatus& status, std::uint64_t execution) override {
    KeepsStatuses::begin(status, execution);
    status.value.reset();
  }
};

struct FirstStatusWins : KeepsStatuses {
  using KeepsStatuses::KeepsStatuses;

 protected:
  void change(KeptStatus& status, const TurnCommit& commit) override {
    KeepsStatuses::change(status, commit);
    status.value = commit.custom_status.front().value;
  }
};

struct ClearNeverWins : KeepsStatuses {
  using KeepsStatuses::KeepsStatuses;

 protected:
  void change(KeptStatus& status, const TurnCommit& commit) override {
    KeepsStatuses::change(status, commit);
    for (const StatusChange& given : commit.custom_status) {
      if (given.value) status.value = given.value;
    }
  }
};

struct StatusOfTheFirstCommitIsLost : KeepsStatuses {
  using KeepsStatuses::KeepsStatuses;

 protected:
  void change(KeptStatus& status, const TurnCommit& commit) override {
    if (!is_new_) KeepsStatuses::change(status, commit);
  }
  void begin(KeptStatus& status, std::uint64_t execution) override {
    is_new_ = status.execution == 0;
    KeepsStatuses::begin(status, execution);
  }
  void after(KeptStatus&, const TurnCommit&) override { is_new_ = false; }

 private:
  bool is_new_ = false;  // Guarded by state().
};

struct EndedInstanceTakesNoStatus : KeepsStatuses {
  using KeepsStatuses::KeepsStatuses;

 protected:
  void change(KeptStatus& status, const TurnCommit& commit) override {
    if (!status.is_terminal) KeepsStatuses::change(status, commit);
  }
};

struct StatusFoldsCaseOfInstances : KeepsStatuses {
  using KeepsStatuses::KeepsStatuses;

 protected:
  std::string place_of(const std::string& instance) override {
    std::string folded = instance;
    for (char& c : folded) {
      c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    }
    return folded;
  }
};

// Each handle has a cache, which its own commits empty.
struct StatusOfOthersIsStale : ForwardingProvider {
  using ForwardingProvider::ForwardingProvider;
  Result<void> ack_turn(const LockToken& token, const TurnCommit& commit) override {
    const Result<void> acked = inner().ack_turn(token, commit);
    const std::lock_guard lock(mutex_);
    cached_.clear();
    return acked;
  }
  Result<std::optional<CustomStatus>> read_custom_status(const std::string& instance,
                                                         std::uint64_t seen_version) override {
    const std::lock_guard lock(mutex_);
    const auto found = cached_.find(instance);
    if (found != cached_.end() && found->second.version > seen_version) {
      return std::optional(found->second);
    }
    auto status = inner().read_custom_status(instance, seen_version);
    if (status && status.value()) cached_[instance] = *status.value();
    return status;
  }

 private:
  std::mutex mutex_;
  std::map<std::string, CustomStatus> cached_;
};

void empty_status_cleared(TurnCommit& commit) {
  for (StatusChange& change : commit.custom_status) {
    if (change.value && change.value->empty()) change.value.reset();
  }
}

void clear_is_an_empty_status(TurnCommit& commit) {
  for (StatusChange& change : commit.custom_status) {
    if (!change.value) change.value = "";
  }
}

// --- STAT_2

struct SeenStatusIsReturned : KeepsStatuses {
  using KeepsStatuses::KeepsStatuses;

 protected:
  std::optional<CustomStatus> show(KeptStatus& status, std::uint64_t seen) override {
    if (status.version == 0 || status.version < seen) return std::nullopt;
    return status;
  }
};

struct OtherVersionIsReturned : KeepsStatuses {
  using KeepsStatuses::KeepsStatuses;

 protected:
  std::optional<CustomStatus> show(KeptStatus& status, std::uint64_t seen) override {
    if (status.version == 0 || status.version == seen) return std::nullopt;
    return status;
  }
};

struct SeenVersionIsText : KeepsStatuses {
  using KeepsStatuses::KeepsStatuses;

 protected:
  std::optional<CustomStatus> show(KeptStatus& status, std::uint64_t seen) override {
    if (std::to_string(status.version) <= std::to_string(seen)) return std::nullopt;
    return status;
  }
};

struct ClearedStatusIsNoNews : KeepsStatuses {
  using KeepsStatuses::KeepsStatuses;

 protected:
  std::optional<CustomStatus> show(KeptStatus& status, std::uint64_t seen) override {
    return status.value ? KeepsStatuses::show(status, seen) : std::nullopt;
  }
};

struct StatusIsReturnedOnce : KeepsStatuses {
  using KeepsStatuses::KeepsStatuses;

 protected:
  std::optional<CustomStatus> show(KeptStatus& status, std::uint64_t seen) override {
    const auto shown = KeepsStatuses::show(status, std::max(seen, status.seen));
    status.seen = status.version;
    return shown;
  }
};

struct UnknownInstanceHasNoStatus : ForwardingProvider {
  using ForwardingProvider::ForwardingProvider;
  Result<std::optional<CustomStatus>> read_custom_status(const std::string& instance,
                                                         std::uint64_t seen_version) override {
    auto status = inner().read_custom_status(instance, seen_version);
    if (!status || record(inner(), instance)) return status;
    return Error{ErrorKind::not_found, "read_custom_status", "no such instance"};
  }
};

// A commit may come between its two queries.
struct StatusAndVersionAreReadApart : ForwardingProvider {
  using ForwardingProvider::ForwardingProvider;
  Result<std::optional<CustomStatus>> read_custom_status(const std::string& instance,
                                                         std::uint64_t seen_version) override {
    auto status = inner().read_custom_status(instance, seen_version);
    if (!status || !status.value()) return status;
    linger();
    const auto version = inner().read_custom_status(instance, seen_version);
    if (version && version.value()) status.value()->version = version.value()->version;
    return status;
  }
};

// --- STAT_3

struct EqualStatusIsNoChange : KeepsStatuses {
  using KeepsStatuses::KeepsStatuses;

 protected:
  void change(KeptStatus& status, const TurnCommit& commit) override {
    if (status.value != commit.custom_status.back().value) KeepsStatuses::change(status, commit);
  }
};

struct EveryChangeCounts : KeepsStatuses {
  using KeepsStatuses::KeepsStatuses;

 protected:
  void change(KeptStatus& status, const TurnCommit& commit) override {
    KeepsStatuses::change(status, commit);
    status.version += commit.custom_status.size() - 1;
  }
};

struct ClearDoesNotCount : KeepsStatuses {
  using KeepsStatuses::KeepsStatuses;

 protected:
  void change(KeptStatus& status, const TurnCommit& commit) override {
    KeepsStatuses::change(status, commit);
    if (!status.value) --status.version;
  }
};

struct EveryCommitCounts : KeepsStatuses {
  using KeepsStatuses::KeepsStatuses;

 protected:
  void after(KeptStatus& status, const TurnCommit& commit) override {
    if (commit.custom_status.empty()) ++status.version;
  }
};

struct VersionsStartAtOne : KeepsStatuses {
  using KeepsStatuses::KeepsStatuses;

 protected:
  void begin(KeptStatus& status, std::uint64_t execution) override {
    if (status.execution == 0) status.version = 1;
    KeepsStatuses::begin(status, execution);
  }
};

struct NewExecutionResetsTheVersion : KeepsStatuses {
  using KeepsStatuses::KeepsStatuses;

 protected:
  void begin(KeptStatus& status, std::uint64_t execution) override {
    KeepsStatuses::begin(status, execution);
    status.version = status.value ? 1 : 0;
  }
};

struct VersionFillsAByte : KeepsStatuses {
  using KeepsStatuses::KeepsStatuses;

 protected:
  void change(KeptStatus& status, const TurnCommit& commit) override {
    KeepsStatuses::change(status, commit);
    status.version = std::min(status.version, std::uint64_t{127});
  }
};

struct DeletionKeepsTheStatus : KeepsStatuses {
  using KeepsStatuses::KeepsStatuses;

 protected:
  void forget_deleted() override {}
};

struct DeletionKeepsTheVersion : KeepsStatuses {
  using KeepsStatuses::KeepsStatuses;
  Result<std::optional<CustomStatus>> read_custom_status(const std::string& instance,
                                                         std::uint64_t seen_version) override {
    if (!record(inner(), instance)) return inner().read_custom_status(instance, seen_version);
    return KeepsStatuses::read_custom_status(instance, seen_version);
  }

 protected:
  void forget_deleted() override {
    for (auto& [instance, status] : state()->of) {
      if (!record(inner(), instance)) status.value.reset();
    }
  }
};

// --- Other clauses

struct RefusedCommitChangesTheStatus : KeepsStatuses {
  using KeepsStatuses::KeepsStatuses;
  Result<void> ack_turn(const LockToken& token, const TurnCommit& commit) override {
    const Result<void> acked = KeepsStatuses::ack_turn(token, commit);
    if (!acked && !lost(acked)) keep(state()->of[turn_of(token)->instance], commit);
    return acked;
  }
};

struct DeadTokenChangesTheStatus : KeepsStatuses {
  using KeepsStatuses::KeepsStatuses;
  Result<void> ack_turn(const LockToken& token, const TurnCommit& commit) override {
    const Result<void> acked = KeepsStatuses::ack_turn(token, commit);
    const std::optional<Turn> turn = turn_of(token);
    if (lost(acked) && turn) keep(state()->of[turn->instance], commit);
    return acked;
  }
};

struct StatusFollowsItsCommit : KeepsStatuses {
  using KeepsStatuses::KeepsStatuses;
  Result<void> ack_turn(const LockToken& token, const TurnCommit& commit) override {
    const Result<void> acked = inner().ack_turn(token, commit);
    for (int n = 0; n < 5; ++n) linger();  // Longer than a busy machine lets the reader wait.
    if (acked) keep(state()->of[turn_of(token)->instance], commit);
    return acked;
  }
};

// Takes the second commit with a token for a repetition.
struct CorrectedCommitChangesNoStatus : KnowsTurns<AckedExecutions> {
  using KnowsTurns::KnowsTurns;
  Result<void> ack_turn(const LockToken& token, const TurnCommit& commit) override {
    TurnCommit changed = commit;
    if (!state()->executions[token.value].empty()) changed.custom_status.clear();
    const Result<void> acked = inner().ack_turn(token, changed);
    if (!acked) state()->executions[token.value].insert(commit.execution);
    return acked;
  }
};

// One row per execution holds it.
struct StatusBelongsToTheExecution : KeepsStatuses {
  using KeepsStatuses::KeepsStatuses;

 protected:
  std::optional<CustomStatus> show(KeptStatus& status, std::uint64_t seen) override {
    return status.set_by == status.execution ? KeepsStatuses::show(status, seen) : std::nullopt;
  }
};

template <bool is_kept>
struct LowerExecutionTakesAStatus : KeepsStatuses {
  using KeepsStatuses::KeepsStatuses;
  Result<void> ack_turn(const LockToken& token, const TurnCommit& commit) override {
    const std::optional<Turn> turn = turn_of(token);
    if (!turn || commit.execution >= turn->execution) return KeepsStatuses::ack_turn(token, commit);
    TurnCommit bare = commit;
    bare.custom_status.clear();
    const Result<void> acked = inner().ack_turn(token, bare);
    if (acked && is_kept) keep(state()->of[turn->instance], commit);
    return acked;
  }
};

void status_cut_at_nul(TurnCommit& commit) {
  for (StatusChange& change : commit.custom_status) {
    if (change.value)
      change.value->resize(std::min(change.value->size(), change.value->find('\0')));
  }
}

struct LongStatusIsCut : ForwardingProvider {
  using ForwardingProvider::ForwardingProvider;
  Result<void> ack_turn(const LockToken& token, const TurnCommit& commit) override {
    const std::uint64_t limit = describe().capabilities.limits.payload_bytes;
    TurnCommit cut = commit;
    for (StatusChange& change : cut.custom_status) {
      if (change.value && change.value->size() > limit) change.value->resize(limit);
    }
    return inner().ack_turn(token, cut);
  }
};

void only_the_last_status(TurnCommit& commit) {
  auto& changes = commit.custom_status;
  if (changes.size() > 1) changes.erase(changes.begin(), changes.end() - 1);
}

template <bool (*is_bad)(const std::string&)>
struct BadIdHasNoStatus : ForwardingProvider {
  using ForwardingProvider::ForwardingProvider;
  Result<std::optional<CustomStatus>> read_custom_status(const std::string& instance,
                                                         std::uint64_t seen_version) override {
    if (is_bad(instance)) return std::optional<CustomStatus>();
    return inner().read_custom_status(instance, seen_version);
  }
};

bool is_overlong(const std::string& id) { return id.size() > kLongestId; }
bool has_nul(const std::string& id) { return id.find('\0') != std::string::npos; }

struct OpenStatuses {
  int handles = 0;
  std::map<std::string, std::uint64_t> counted;  // Versions that were counted since the opening.
};

// Counts the versions in memory, from 0 after each opening.
class CountsSinceOpening : public KnowsTurns<OpenStatuses> {
 public:
  CountsSinceOpening(std::unique_ptr<Provider> inner, std::shared_ptr<Shared> shared)
      : KnowsTurns(std::move(inner), std::move(shared)) {
    ++state()->handles;
  }
  ~CountsSinceOpening() override {
    auto open = state();
    if (--open->handles == 0) open->counted.clear();
  }
  Result<void> ack_turn(const LockToken& token, const TurnCommit& commit) override {
    auto open = state();
    const Result<void> acked = inner().ack_turn(token, commit);
    if (acked && !commit.custom_status.empty()) ++open->counted[turn_of(token)->instance];
    return acked;
  }
  Result<std::optional<CustomStatus>> read_custom_status(const std::string& instance,
                                                         std::uint64_t seen_version) override {
    auto open = state();
    auto status = inner().read_custom_status(instance, 0);
    if (!status || !status.value()) return status;
    status.value()->version = open->counted[instance];
    if (status.value()->version <= seen_version) status.value().reset();
    return status;
  }
};

constexpr Defect kDefects[] = {
    {"absent_status_change_clears", requirement("STAT_1"),
     "A commit without a custom status clears it.", spoil_sharing<AbsentStatusClears>},
    {"end_clears_the_custom_status", requirement("STAT_1"),
     "The custom status is cleared when the instance ends.", spoil_sharing<EndClearsTheStatus>},
    {"custom_status_goes_with_the_execution", requirement("STAT_1"),
     "A new execution begins without a custom status.", spoil_sharing<StatusGoesWithTheExecution>},
    {"first_custom_status_wins", requirement("STAT_1"),
     "Of several changes in a commit the first one wins.", spoil_sharing<FirstStatusWins>},
    {"clear_never_wins", requirement("STAT_1"), "A clear in a commit that also sets is ignored.",
     spoil_sharing<ClearNeverWins>},
    {"custom_status_of_the_first_commit_is_lost", requirement("STAT_1"),
     "The status is written to a record that is not there yet.",
     spoil_sharing<StatusOfTheFirstCommitIsLost>},
    {"ended_instance_takes_no_custom_status", requirement("STAT_1"),
     "Changes after the end are ignored.", spoil_sharing<EndedInstanceTakesNoStatus>},
    {"custom_status_folds_case_of_instances", requirement("STAT_1"),
     "Instances that differ in case only share one status.",
     spoil_sharing<StatusFoldsCaseOfInstances>},
    {"custom_status_of_other_handles_is_stale", requirement("STAT_1"),
     "A handle answers from a cache that the commits of others do not empty.",
     spoil_with<StatusOfOthersIsStale>},
    {"empty_custom_status_is_none", requirement("STAT_1"), "An empty status is stored as NULL.",
     spoil_with<ChangesCommits<empty_status_cleared>>},
    {"cleared_custom_status_is_empty", requirement("STAT_1"), "A clear stores an empty status.",
     spoil_with<ChangesCommits<clear_is_an_empty_status>>},

    {"seen_custom_status_is_returned", requirement("STAT_2"),
     "A read returns also the version that was seen: >= in place of >.",
     spoil_sharing<SeenStatusIsReturned>},
    {"other_custom_status_is_returned", requirement("STAT_2"),
     "A read returns every version but the one that was seen: != in place of >.",
     spoil_sharing<OtherVersionIsReturned>},
    {"seen_version_is_text", requirement("STAT_2"), "Version 10 is not newer than version 9.",
     spoil_sharing<SeenVersionIsText>},
    {"cleared_custom_status_is_no_news", requirement("STAT_2"),
     "After a clear a read returns nothing.", spoil_sharing<ClearedStatusIsNoNews>},
    {"custom_status_is_returned_once", requirement("STAT_2"),
     "What one reader has got, no other one gets.", spoil_sharing<StatusIsReturnedOnce>},
    {"custom_status_of_unknown_instance_is_an_error", requirement("STAT_2"),
     "Reading the status of an unknown instance answers not_found.",
     spoil_with<UnknownInstanceHasNoStatus>},
    {"custom_status_and_version_are_read_apart", requirement("STAT_2"),
     "Status and version come from two queries, with a commit in between.",
     spoil_with<StatusAndVersionAreReadApart>},

    {"equal_custom_status_is_no_change", requirement("STAT_3"),
     "Setting the stored value again does not raise the version.",
     spoil_sharing<EqualStatusIsNoChange>},
    {"every_change_of_the_custom_status_counts", requirement("STAT_3"),
     "A commit with several changes raises the version several times.",
     spoil_sharing<EveryChangeCounts>},
    {"clearing_does_not_count", requirement("STAT_3"), "A clear does not raise the version.",
     spoil_sharing<ClearDoesNotCount>},
    {"every_commit_raises_the_version", requirement("STAT_3"),
     "The version rises with commits that do not change the status.",
     spoil_sharing<EveryCommitCounts>},
    {"custom_status_versions_start_at_one", requirement("STAT_3"),
     "An instance without a status has version 1.", spoil_sharing<VersionsStartAtOne>},
    {"new_execution_resets_the_version", requirement("STAT_3"),
     "Counting begins anew with every execution.", spoil_sharing<NewExecutionResetsTheVersion>},
    {"version_fills_a_byte", requirement("STAT_3"), "The version stops at 127.",
     spoil_sharing<VersionFillsAByte>},
    {"deletion_keeps_the_custom_status", requirement("STAT_3"),
     "Status and version outlive the instance.", spoil_sharing<DeletionKeepsTheStatus>},
    {"deletion_keeps_the_version", requirement("STAT_3"),
     "A new instance goes on counting where the deleted one stopped.",
     spoil_sharing<DeletionKeepsTheVersion>},

    {"refused_commit_changes_the_custom_status", requirement("ACK_1"),
     "The status is written before the commit is checked.",
     spoil_sharing<RefusedCommitChangesTheStatus>},
    {"custom_status_follows_its_commit", requirement("ACK_1"),
     "The status is written in a second step after the commit.",
     spoil_sharing<StatusFollowsItsCommit>},
    {"corrected_commit_changes_no_custom_status", requirement("ACK_5"),
     "After a refused commit the status in the corrected one is ignored.",
     spoil_sharing<CorrectedCommitChangesNoStatus>},
    {"custom_status_belongs_to_the_execution", requirement("ACK_16"),
     "The status is a column of the execution that set it.",
     spoil_sharing<StatusBelongsToTheExecution>},
    {"lower_execution_sets_the_custom_status", requirement("ACK_17"),
     "A commit to a lower execution changes the status of the instance.",
     spoil_sharing<LowerExecutionTakesAStatus<true>>},
    {"custom_status_of_a_lower_execution_is_dropped", requirement("ACK_17"),
     "A change in a commit to a lower execution is ignored in silence.",
     spoil_sharing<LowerExecutionTakesAStatus<false>>},
    {"dead_token_changes_the_custom_status", requirement("LOCK_9"),
     "The status is written before the token is checked.",
     spoil_sharing<DeadTokenChangesTheStatus>},
    {"custom_status_is_cut_at_nul", requirement("TEXT_1"), "A status ends at its first U+0000.",
     spoil_with<ChangesCommits<status_cut_at_nul>>},
    {"long_custom_status_is_cut", requirement("CAP_3"),
     "A status beyond the limit is cut instead of refused.", spoil_with<LongStatusIsCut>},
    {"many_custom_statuses_are_taken", requirement("CAP_3"),
     "The number of changes in a commit is not checked.",
     spoil_with<ChangesCommits<only_the_last_status>>},
    {"overlong_id_has_no_custom_status", requirement("ERR_5"),
     "Reading the status of an overlong id returns nothing.",
     spoil_with<BadIdHasNoStatus<is_overlong>>},
    {"id_with_nul_has_no_custom_status", requirement("ERR_11"),
     "Reading the status of an id with U+0000 returns nothing.",
     spoil_with<BadIdHasNoStatus<has_nul>>},
    {"versions_are_counted_since_opening", requirement("DUR_1"),
     "The version of a status begins anew with every opening.", spoil_sharing<CountsSinceOpening>,
     Spoils::sqlite},
};

}  // namespace

std::span<const Defect> custom_status_defects() { return kDefects; }

}  // namespace ackproof
