// Providers that take turns which their filter does not admit, or lose what an execution is pinned
// to.
#include <algorithm>
#include <limits>

#include "contract/requirements.h"
#include "contract/rules.h"
#include "tests/mutants/defect.h"
#include "tests/mutants/spoil.h"

namespace ackproof {

namespace {

using Pin = std::optional<EngineVersion>;
using Ranges = std::vector<VersionRange>;

// Filters by a rule of its own: takes what is ready, and gives back what it does not admit. One
// fetch at a time, so that nothing seems to be locked that is only looked at.
template <class State = Nothing>
class Filters : public KnowsTurns<State> {
 public:
  using KnowsTurns<State>::KnowsTurns;
  Result<std::optional<Turn>> fetch_turn(const FetchTurn& options) override {
    const auto alone = this->state();
    if (!options.versions) return KnowsTurns<State>::fetch_turn(options);
    if (const auto refusal = rules::fetch_turn(this->describe().capabilities, options)) {
      return *refusal;
    }
    std::vector<Turn> skipped;
    Result<std::optional<Turn>> turn = first_admitted(options, skipped);
    for (const Turn& other : skipped) skip(other);
    return turn;
  }

 protected:
  virtual bool admits(const Ranges& ranges, const Turn& turn) {
    return rules::admits(ranges, pin_of(turn.instance));
  }
  virtual Pin pin_of(const std::string& instance) {
    const std::optional<InstanceInfo> info = record(this->inner(), instance);
    return info ? info->pinned_version : std::nullopt;
  }
  virtual void skip(const Turn& turn) { unfetch(this->inner(), turn); }
  virtual std::size_t most_candidates() { return std::numeric_limits<std::size_t>::max(); }

 private:
  Result<std::optional<Turn>> first_admitted(const FetchTurn& options, std::vector<Turn>& skipped) {
    const FetchTurn any{.lock_timeout = options.lock_timeout};
    for (;;) {
      Result<std::optional<Turn>> turn = KnowsTurns<State>::fetch_turn(any);
      if (!turn || !turn.value() || admits(*options.versions, *turn.value())) return turn;
      skipped.push_back(std::move(*turn.value()));
      if (skipped.size() >= most_candidates()) return std::optional<Turn>();
    }
  }
};

// --- VER_1: what is admitted

struct FilterIsIgnored : ForwardingProvider {
  using ForwardingProvider::ForwardingProvider;
  Result<std::optional<Turn>> fetch_turn(const FetchTurn& options) override {
    FetchTurn any = options;
    if (any.versions && !any.versions->empty()) any.versions.reset();
    return inner().fetch_turn(any);
  }
};

struct EmptyFilterIsNone : ForwardingProvider {
  using ForwardingProvider::ForwardingProvider;
  Result<std::optional<Turn>> fetch_turn(const FetchTurn& options) override {
    FetchTurn any = options;
    if (any.versions && any.versions->empty()) any.versions.reset();
    return inner().fetch_turn(any);
  }
};

// Whoever names no versions gets those of the engine that the provider was written with.
struct AbsentFilterIsADefault : ForwardingProvider {
  using ForwardingProvider::ForwardingProvider;
  Result<std::optional<Turn>> fetch_turn(const FetchTurn& options) override {
    FetchTurn filtered = options;
    if (!filtered.versions) filtered.versions = Ranges{{{0, 0, 0}, {9, 9, 9}}};
    return inner().fetch_turn(filtered);
  }
};

template <void (*change)(Ranges&)>
struct ChangesRanges : ForwardingProvider {
  using ForwardingProvider::ForwardingProvider;
  Result<std::optional<Turn>> fetch_turn(const FetchTurn& options) override {
    FetchTurn changed = options;
    if (changed.versions) change(*changed.versions);
    return inner().fetch_turn(changed);
  }
};

void only_the_first(Ranges& ranges) {
  if (ranges.size() > 1) ranges.resize(1);
}

void at_most_a_hundred(Ranges& ranges) {
  if (ranges.size() > 100) ranges.resize(100);
}

void from_the_lowest_to_the_highest(Ranges& ranges) {
  if (ranges.empty()) return;
  VersionRange all = ranges.front();
  for (const VersionRange& range : ranges) {
    all.lowest = std::min(all.lowest, range.lowest);
    all.highest = std::max(all.highest, range.highest);
  }
  ranges = {all};
}

void ends_put_right(Ranges& ranges) {
  for (VersionRange& range : ranges) {
    if (range.highest < range.lowest) std::swap(range.lowest, range.highest);
  }
}

// Compares the pins of those that have one in another way.
template <bool (*is_within)(const EngineVersion& pin, const VersionRange& range)>
struct ComparesPins : Filters<> {
  using Filters::Filters;

 protected:
  bool admits(const Ranges& ranges, const Turn& turn) override {
    const Pin pin = pin_of(turn.instance);
    if (!pin) return !ranges.empty();
    return std::ranges::any_of(ranges,
                               [&](const VersionRange& range) { return is_within(*pin, range); });
  }
};

bool below_the_upper_end(const EngineVersion& pin, const VersionRange& range) {
  return range.lowest <= pin && pin < range.highest;
}

bool above_the_lower_end(const EngineVersion& pin, const VersionRange& range) {
  return range.lowest < pin && pin <= range.highest;
}

std::string text(const EngineVersion& version) {
  return std::to_string(version.major) + "." + std::to_string(version.minor) + "." +
         std::to_string(version.patch);
}

bool within_as_text(const EngineVersion& pin, const VersionRange& range) {
  return text(range.lowest) <= text(pin) && text(pin) <= text(range.highest);
}

std::uint64_t packed(const EngineVersion& version) {
  return version.major * 1'000'000 + version.minor * 1'000 + version.patch;
}

bool within_as_packed(const EngineVersion& pin, const VersionRange& range) {
  return packed(range.lowest) <= packed(pin) && packed(pin) <= packed(range.highest);
}

std::uint64_t shifted(const EngineVersion& version) {
  return (version.major << 32U) + (version.minor << 16U) + version.patch;
}

bool within_as_shifted(const EngineVersion& pin, const VersionRange& range) {
  return shifted(range.lowest) <= shifted(pin) && shifted(pin) <= shifted(range.highest);
}

bool each_number_within(const EngineVersion& pin, const VersionRange& range) {
  const auto within = [](std::uint64_t low, std::uint64_t number, std::uint64_t high) {
    return low <= number && number <= high;
  };
  return within(range.lowest.major, pin.major, range.highest.major) &&
         within(range.lowest.minor, pin.minor, range.highest.minor) &&
         within(range.lowest.patch, pin.patch, range.highest.patch);
}

bool major_within(const EngineVersion& pin, const VersionRange& range) {
  return range.lowest.major <= pin.major && pin.major <= range.highest.major;
}

bool within_as_doubles(const EngineVersion& pin, const VersionRange& range) {
  const auto doubles = [](const EngineVersion& version) {
    return std::vector<double>{static_cast<double>(version.major),
                               static_cast<double>(version.minor),
                               static_cast<double>(version.patch)};
  };
  return doubles(range.lowest) <= doubles(pin) && doubles(pin) <= doubles(range.highest);
}

struct UnpinnedMatchesNothing : Filters<> {
  using Filters::Filters;

 protected:
  bool admits(const Ranges& ranges, const Turn& turn) override {
    return pin_of(turn.instance) && Filters::admits(ranges, turn);
  }
};

struct UnpinnedCountsAsZeros : Filters<> {
  using Filters::Filters;

 protected:
  Pin pin_of(const std::string& instance) override {
    return Filters::pin_of(instance).value_or(EngineVersion());
  }
};

struct NewInstancesAreSkipped : Filters<> {
  using Filters::Filters;

 protected:
  bool admits(const Ranges& ranges, const Turn& turn) override {
    return record(inner(), turn.instance) && Filters::admits(ranges, turn);
  }
};

struct EndedExecutionsAreNotFiltered : Filters<> {
  using Filters::Filters;

 protected:
  bool admits(const Ranges& ranges, const Turn& turn) override {
    const auto info = record(inner(), turn.instance);
    if (info && info->status != Status::running) return !ranges.empty();
    return Filters::admits(ranges, turn);
  }
};

// --- VER_1: what becomes of those that are skipped

struct SkippedStayLocked : Filters<> {
  using Filters::Filters;

 protected:
  void skip(const Turn&) override {}
};

struct SkippedAreCounted : Filters<> {
  using Filters::Filters;

 protected:
  void skip(const Turn& turn) override { (void)inner().abandon_turn(turn.token, {}); }
};

template <std::size_t limit>
struct FiltersAfterLimit : Filters<> {
  using Filters::Filters;

 protected:
  std::size_t most_candidates() override { return limit; }
};

struct NoneAdmittedIsAnError : Filters<> {
  using Filters::Filters;
  Result<std::optional<Turn>> fetch_turn(const FetchTurn& options) override {
    const auto alone = state();
    skipped_ = false;
    Result<std::optional<Turn>> turn = Filters::fetch_turn(options);
    if (turn && !turn.value() && skipped_) {
      return Error{ErrorKind::not_found, "fetch_turn", "no instance of a supported version"};
    }
    return turn;
  }

 protected:
  void skip(const Turn& turn) override {
    Filters::skip(turn);
    skipped_ = true;
  }

 private:
  bool skipped_ = false;  // Guarded by state().
};

struct DecodesBeforeItFilters : Filters<> {
  using Filters::Filters;
  Result<std::optional<Turn>> fetch_turn(const FetchTurn& options) override {
    const auto alone = state();
    is_undecodable_ = false;
    Result<std::optional<Turn>> turn = Filters::fetch_turn(options);
    if (!is_undecodable_) return turn;
    if (turn && turn.value()) unfetch(inner(), *turn.value());
    return Error{ErrorKind::corrupt, "fetch_turn", "history cannot be decoded"};
  }

 protected:
  void skip(const Turn& turn) override {
    Filters::skip(turn);
    is_undecodable_ |= turn.history_error.has_value();
  }

 private:
  bool is_undecodable_ = false;  // Guarded by state().
};

// --- VER_2: pins

struct KeptPins {
  using OfExecutions = std::map<std::uint64_t, Pin>;
  std::map<std::string, OfExecutions> of;
};

// Keeps the pins beside the store, and filters and reads by its own.
class KeepsPins : public Filters<KeptPins> {
 public:
  using Filters::Filters;
  Result<void> ack_turn(const LockToken& token, const TurnCommit& commit) override {
    auto kept = state();
    const Result<void> acked = inner().ack_turn(token, commit);
    if (acked) keep(kept->of[turn_of(token)->instance], commit);
    return acked;
  }
  Result<std::optional<InstanceInfo>> read_instance(const std::string& instance) override {
    auto info = inner().read_instance(instance);
    if (info && info.value()) info.value()->pinned_version = pin_of(instance);
    return info;
  }
  Result<ExecutionInfo> read_execution(const std::string& instance,
                                       std::uint64_t execution) override {
    auto info = inner().read_execution(instance, execution);
    if (info) info.value().pinned_version = state()->of[instance][execution];
    return info;
  }
  Result<DeletionCounts> delete_instance(const std::string& instance, bool force) override {
    const auto deleted = inner().delete_instance(instance, force);
    if (deleted) forget_deleted();
    return deleted;
  }

 protected:
  using OfExecutions = KeptPins::OfExecutions;
  virtual void keep(OfExecutions& pins, const TurnCommit& commit) {
    Pin& pin = pins[commit.execution];
    if (commit.metadata.pinned_version) pin = commit.metadata.pinned_version;
  }
  virtual Pin choose(const OfExecutions& pins) { return pins.rbegin()->second; }
  virtual void forget_deleted() {
    std::erase_if(state()->of, [&](const auto& entry) { return !record(inner(), entry.first); });
  }
  Pin pin_of(const std::string& instance) override {
    auto kept = state();
    const auto found = kept->of.find(instance);
    return found == kept->of.end() ? std::nullopt : choose(found->second);
  }
};

struct PinOfTheFirstExecutionCounts : KeepsPins {
  using KeepsPins::KeepsPins;

 protected:
  bool admits(const Ranges& ranges, const Turn& turn) override {
    auto kept = state();
    const OfExecutions& pins = kept->of[turn.instance];
    return rules::admits(ranges, pins.empty() ? std::nullopt : pins.begin()->second);
  }
};

struct CommitWithoutAPinClearsIt : KeepsPins {
  using KeepsPins::KeepsPins;

 protected:
  void keep(OfExecutions& pins, const TurnCommit& commit) override {
    pins[commit.execution] = commit.metadata.pinned_version;
  }
};

struct EndingClearsThePin : KeepsPins {
  using KeepsPins::KeepsPins;

 protected:
  void keep(OfExecutions& pins, const TurnCommit& commit) override {
    KeepsPins::keep(pins, commit);
    if (commit.metadata.status.value_or(Status::running) != Status::running) {
      pins[commit.execution] = commit.metadata.pinned_version;
    }
  }
};

// One pin per instance.
struct PinIsInherited : KeepsPins {
  using KeepsPins::KeepsPins;

 protected:
  void keep(OfExecutions& pins, const TurnCommit& commit) override {
    if (!pins.contains(commit.execution) && !pins.empty()) {
      pins[commit.execution] = pins.rbegin()->second;
    }
    KeepsPins::keep(pins, commit);
  }
};

struct FirstPinStands : KeepsPins {
  using KeepsPins::KeepsPins;

 protected:
  void keep(OfExecutions& pins, const TurnCommit& commit) override {
    Pin& pin = pins[commit.execution];
    if (!pin) pin = commit.metadata.pinned_version;
  }
};

struct PinOnlyRises : KeepsPins {
  using KeepsPins::KeepsPins;

 protected:
  void keep(OfExecutions& pins, const TurnCommit& commit) override {
    Pin& pin = pins[commit.execution];
    pin = std::max(pin, commit.metadata.pinned_version);
  }
};

struct PinComesWithTheFirstCommitOnly : KeepsPins {
  using KeepsPins::KeepsPins;

 protected:
  void keep(OfExecutions& pins, const TurnCommit& commit) override {
    pins.try_emplace(commit.execution, commit.metadata.pinned_version);
  }
};

struct LatePinGoesToTheCurrentExecution : KeepsPins {
  using KeepsPins::KeepsPins;

 protected:
  void keep(OfExecutions& pins, const TurnCommit& commit) override {
    KeepsPins::keep(pins, {.execution = commit.execution});
    if (commit.metadata.pinned_version) pins.rbegin()->second = commit.metadata.pinned_version;
  }
};

struct LatePinIsDropped : KeepsPins {
  using KeepsPins::KeepsPins;

 protected:
  void keep(OfExecutions& pins, const TurnCommit& commit) override {
    if (pins.empty() || commit.execution >= pins.rbegin()->first) KeepsPins::keep(pins, commit);
  }
};

struct PinOutlivesItsInstance : KeepsPins {
  using KeepsPins::KeepsPins;

 protected:
  void forget_deleted() override {}
};

void pin_of_zeros_dropped(TurnCommit& commit) {
  if (commit.metadata.pinned_version == EngineVersion()) commit.metadata.pinned_version.reset();
}

void pin_dropped(TurnCommit& commit) { commit.metadata.pinned_version.reset(); }

// --- Other clauses

struct FilteredFetchTakesWhatIsLocked : Filters<> {
  using Filters::Filters;
  Result<std::optional<Turn>> fetch_turn(const FetchTurn& options) override {
    Result<std::optional<Turn>> turn = Filters::fetch_turn(options);
    if (!turn || turn.value() || !options.versions) return turn;
    for (const auto& [token, held] : state()->turns) {
      const bool is_live = inner().renew_turn({token}, options.lock_timeout).has_value();
      if (is_live && admits(*options.versions, held)) return std::optional(held);
    }
    return turn;
  }
};

struct FilteredTurnHasNoHistory : ForwardingProvider {
  using ForwardingProvider::ForwardingProvider;
  Result<std::optional<Turn>> fetch_turn(const FetchTurn& options) override {
    Result<std::optional<Turn>> turn = inner().fetch_turn(options);
    if (options.versions && turn && turn.value()) turn.value()->history.clear();
    return turn;
  }
};

struct HeldTargets {
  std::set<std::string> held;
};

// Compares the version of an instance that has no record.
struct FilterStumblesOverHeldMessages : Sharing<HeldTargets> {
  using Sharing::Sharing;
  Result<void> enqueue_message(const Message& message, Duration delay) override {
    const Result<void> enqueued = inner().enqueue_message(message, delay);
    if (!enqueued) return enqueued;
    if (message.is_start()) {
      state()->held.erase(message.target);
    } else if (!record(inner(), message.target)) {
      state()->held.insert(message.target);
    }
    return enqueued;
  }
  Result<std::optional<Turn>> fetch_turn(const FetchTurn& options) override {
    Result<std::optional<Turn>> turn = inner().fetch_turn(options);
    const bool is_nothing = options.versions && turn && !turn.value();
    if (!is_nothing || state()->held.empty()) return turn;
    return Error{ErrorKind::internal, "fetch_turn", "the instance has no record"};
  }
};

struct ContinuedAsNewCountsAsUnpinned : Filters<> {
  using Filters::Filters;

 protected:
  Pin pin_of(const std::string& instance) override {
    const auto info = record(inner(), instance);
    const bool is_over = info && info->status == Status::continued_as_new;
    return is_over ? std::nullopt : Filters::pin_of(instance);
  }
};

struct RecordShowsThePinOfTheLastAck : KnowsTurns<KeptPins> {
  using KnowsTurns::KnowsTurns;
  Result<void> ack_turn(const LockToken& token, const TurnCommit& commit) override {
    const Result<void> acked = inner().ack_turn(token, commit);
    const Pin& pin = commit.metadata.pinned_version;
    if (acked && pin) state()->of[turn_of(token)->instance][0] = pin;
    return acked;
  }
  Result<std::optional<InstanceInfo>> read_instance(const std::string& instance) override {
    auto info = inner().read_instance(instance);
    if (info && info.value()) info.value()->pinned_version = state()->of[instance][0];
    return info;
  }
};

struct RefusedCommitPins : KeepsPins {
  using KeepsPins::KeepsPins;
  Result<void> ack_turn(const LockToken& token, const TurnCommit& commit) override {
    const Result<void> acked = KeepsPins::ack_turn(token, commit);
    const bool is_refused = !acked && !lost(acked);
    if (is_refused) keep(state()->of[turn_of(token)->instance], commit);
    return acked;
  }
};

void fit(EngineVersion& version) {
  for (std::uint64_t* number : {&version.major, &version.minor, &version.patch}) {
    *number &= kLargestId;
  }
}

void cut_pin_to_63_bits(TurnCommit& commit) {
  if (commit.metadata.pinned_version) fit(*commit.metadata.pinned_version);
}

void cut_ranges_to_63_bits(Ranges& ranges) {
  for (VersionRange& range : ranges) {
    fit(range.lowest);
    fit(range.highest);
  }
}

struct OpenHandles {
  int handles = 0;
  std::set<std::string> unpinned;  // Instances whose pin is forgotten.
  std::set<std::string> known;
};

// Keeps pins in a cache that is not read back.
class ForgetsPinsWhenItCloses : public Filters<OpenHandles> {
 public:
  ForgetsPinsWhenItCloses(std::unique_ptr<Provider> inner, std::shared_ptr<Shared> shared)
      : Filters(std::move(inner), std::move(shared)) {
    ++state()->handles;
  }
  ~ForgetsPinsWhenItCloses() override {
    auto open = state();
    if (--open->handles == 0) open->unpinned = open->known;
  }
  Result<void> ack_turn(const LockToken& token, const TurnCommit& commit) override {
    const Result<void> acked = inner().ack_turn(token, commit);
    if (!acked || !commit.metadata.pinned_version) return acked;
    auto open = state();
    const std::string instance = turn_of(token)->instance;
    open->known.insert(instance);
    open->unpinned.erase(instance);
    return acked;
  }

 protected:
  Pin pin_of(const std::string& instance) override {
    if (state()->unpinned.contains(instance)) return std::nullopt;
    return Filters::pin_of(instance);
  }
};

constexpr Defect kDefects[] = {
    {"filter_is_ignored", requirement("VER_1"), "A version filter changes nothing.",
     spoil_with<FilterIsIgnored>},
    {"empty_filter_is_no_filter", requirement("VER_1"), "An empty list of ranges filters nothing.",
     spoil_with<EmptyFilterIsNone>},
    {"absent_filter_is_a_default", requirement("VER_1"),
     "A fetch without a filter gets the versions up to 9.9.9 only.",
     spoil_with<AbsentFilterIsADefault>},
    {"only_the_first_range_counts", requirement("VER_1"),
     "Of several ranges only the first is looked at.", spoil_with<ChangesRanges<only_the_first>>},
    {"only_a_hundred_ranges_count", requirement("VER_1"),
     "The ranges after the hundredth are dropped.", spoil_with<ChangesRanges<at_most_a_hundred>>},
    {"ranges_are_joined_to_one", requirement("VER_1"), "The gaps between ranges are admitted too.",
     spoil_with<ChangesRanges<from_the_lowest_to_the_highest>>},
    {"swapped_ends_are_put_right", requirement("VER_1"),
     "A range from high to low admits what lies between.",
     spoil_with<ChangesRanges<ends_put_right>>},
    {"upper_end_is_outside", requirement("VER_1"), "The upper end of a range is exclusive.",
     spoil_sharing<ComparesPins<below_the_upper_end>>},
    {"lower_end_is_outside", requirement("VER_1"), "The lower end of a range is exclusive.",
     spoil_sharing<ComparesPins<above_the_lower_end>>},
    {"versions_are_compared_as_text", requirement("VER_1"), "0.10.0 comes before 0.9.0.",
     spoil_sharing<ComparesPins<within_as_text>>},
    {"versions_are_packed_by_thousands", requirement("VER_1"),
     "A version is packed into one decimal number: 1.0.1500 is 1.1.500.",
     spoil_sharing<ComparesPins<within_as_packed>>},
    {"versions_are_packed_by_shifts", requirement("VER_1"),
     "A version is packed into one number, 16 bits a part: 1.0.65536 is 1.1.0.",
     spoil_sharing<ComparesPins<within_as_shifted>>},
    {"version_numbers_are_compared_each_by_itself", requirement("VER_1"),
     "Every number has to lie between those of the ends: 1.5.9 is not in 1.2.0 to 2.0.0.",
     spoil_sharing<ComparesPins<each_number_within>>},
    {"major_versions_alone_are_compared", requirement("VER_1"),
     "Minor and patch numbers do not count.", spoil_sharing<ComparesPins<major_within>>},
    {"versions_are_compared_as_doubles", requirement("VER_1"),
     "Numbers beyond 2^53 are rounded before they are compared.",
     spoil_sharing<ComparesPins<within_as_doubles>>},
    {"unpinned_instance_matches_nothing", requirement("VER_1"),
     "With a filter, instances without a pin are skipped: NULL is in no range.",
     spoil_sharing<UnpinnedMatchesNothing>},
    {"unpinned_instance_counts_as_zeros", requirement("VER_1"),
     "An instance without a pin is taken for one of version 0.0.0.",
     spoil_sharing<UnpinnedCountsAsZeros>},
    {"filter_skips_new_instances", requirement("VER_1"),
     "With a filter, instances without a record are skipped: an inner join.",
     spoil_sharing<NewInstancesAreSkipped>},
    {"ended_executions_are_not_filtered", requirement("VER_1"),
     "The filter is applied to running executions only.",
     spoil_sharing<EndedExecutionsAreNotFiltered>},
    {"skipped_instances_stay_locked", requirement("VER_1"),
     "Candidates are locked first and filtered afterwards; those skipped stay locked.",
     spoil_sharing<SkippedStayLocked>},
    {"skipped_instances_are_counted", requirement("VER_1"),
     "Skipping an instance counts an attempt.", spoil_sharing<SkippedAreCounted>},
    {"filter_comes_after_limit_1", requirement("VER_1"),
     "The first candidate is fetched, and nothing returned if it does not match.",
     spoil_sharing<FiltersAfterLimit<1>>},
    {"filter_comes_after_limit_100", requirement("VER_1"),
     "A hundred candidates are fetched, and nothing returned if none of them matches.",
     spoil_sharing<FiltersAfterLimit<100>>},
    {"nothing_admitted_is_an_error", requirement("VER_1"),
     "A fetch that skips all there is answers not_found.", spoil_sharing<NoneAdmittedIsAnError>},
    {"history_is_decoded_before_filtering", requirement("VER_1"),
     "An instance that is skipped makes the fetch fail when its history is undecodable.",
     spoil_sharing<DecodesBeforeItFilters>},
    {"filter_goes_by_the_first_execution", requirement("VER_1"),
     "The filter compares the pin of execution 1.", spoil_sharing<PinOfTheFirstExecutionCounts>},

    {"pin_is_dropped", requirement("VER_2"), "Pins are not stored.",
     spoil_with<ChangesCommits<pin_dropped>>},
    {"pin_of_zeros_is_dropped", requirement("VER_2"), "The pin 0.0.0 is taken for none.",
     spoil_with<ChangesCommits<pin_of_zeros_dropped>>},
    {"commit_without_a_pin_clears_it", requirement("VER_2"),
     "Every commit writes the pin, also when it gives none.",
     spoil_sharing<CommitWithoutAPinClearsIt>},
    {"ending_clears_the_pin", requirement("VER_2"), "An execution that ends loses its pin.",
     spoil_sharing<EndingClearsThePin>},
    {"pin_is_inherited", requirement("VER_2"),
     "A new execution begins with the pin of the one before.", spoil_sharing<PinIsInherited>},
    {"first_pin_stands", requirement("VER_2"), "A pin is never overwritten.",
     spoil_sharing<FirstPinStands>},
    {"pin_only_rises", requirement("VER_2"), "A pin is never overwritten by a lower one.",
     spoil_sharing<PinOnlyRises>},
    {"pin_comes_with_the_first_commit_only", requirement("VER_2"),
     "A pin counts only in the commit that creates the execution.",
     spoil_sharing<PinComesWithTheFirstCommitOnly>},
    {"late_pin_goes_to_the_current_execution", requirement("VER_2"),
     "A commit to a lower execution pins the current one.",
     spoil_sharing<LatePinGoesToTheCurrentExecution>},
    {"pin_outlives_its_instance", requirement("VER_2"),
     "A new instance begins with the pin of a deleted one.", spoil_sharing<PinOutlivesItsInstance>},
    {"late_pin_is_dropped", requirement("VER_2"),
     "The pin in a commit to a lower execution is ignored.", spoil_sharing<LatePinIsDropped>},

    {"filtered_fetch_takes_what_is_locked", requirement("TURN_1"),
     "The query with a filter forgets to look at locks.",
     spoil_sharing<FilteredFetchTakesWhatIsLocked>},
    {"filtered_turn_has_no_history", requirement("TURN_3"),
     "The query with a filter leaves the history out.", spoil_with<FilteredTurnHasNoHistory>},
    {"filter_stumbles_over_held_messages", requirement("TURN_5"),
     "A filtered fetch fails on messages of an instance without a record.",
     spoil_sharing<FilterStumblesOverHeldMessages>},
    {"continued_as_new_counts_as_unpinned", requirement("TURN_14"),
     "Between ContinuedAsNew and the next ack an instance matches every filter.",
     spoil_sharing<ContinuedAsNewCountsAsUnpinned>},
    {"record_shows_the_pin_of_the_last_ack", requirement("ACK_16"),
     "The record keeps one pin, of whichever execution was acked last.",
     spoil_sharing<RecordShowsThePinOfTheLastAck>},
    {"refused_commit_pins", requirement("ACK_1"),
     "The pin is written before the commit is checked.", spoil_sharing<RefusedCommitPins>},
    {"pin_is_cut_to_63_bits", requirement("ERR_5"),
     "Too large a number in a pin is cut instead of refused.",
     spoil_with<ChangesCommits<cut_pin_to_63_bits>>},
    {"range_is_cut_to_63_bits", requirement("ERR_5"),
     "Too large a number in a range is cut instead of refused.",
     spoil_with<ChangesRanges<cut_ranges_to_63_bits>>},
    {"pins_are_forgotten_on_closing", requirement("DUR_1"),
     "Pins live in a cache that is not read back after reopening.",
     spoil_sharing<ForgetsPinsWhenItCloses>, Spoils::sqlite},
};

}  // namespace

std::span<const Defect> version_defects() { return kDefects; }

}  // namespace ackproof
