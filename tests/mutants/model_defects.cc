// Providers that go wrong only where two features meet, so that no clause by itself sees it: what
// random sequences are for (CONC_4).
#include <algorithm>
#include <set>

#include "contract/requirements.h"
#include "tests/mutants/defect.h"
#include "tests/mutants/spoil.h"

namespace ackproof {

namespace {

bool ends_execution(const TurnCommit& commit) {
  return commit.metadata.status && *commit.metadata.status != Status::running;
}

// Two statements with one condition too many.
void cancel_only_while_running(TurnCommit& commit) {
  if (ends_execution(commit)) commit.cancelled.clear();
}

void clear_all_with_a_status_clears_that_too(TurnCommit& commit) {
  const bool clears = std::ranges::any_of(commit.values, [](const KeyValueChange& change) {
    return change.kind == KeyValueChange::Kind::clear_all;
  });
  if (clears && !commit.custom_status.empty()) commit.custom_status.back().value.reset();
}

void output_needs_no_new_name(TurnCommit& commit) {
  if (commit.metadata.name) commit.metadata.output.reset();
}

// The pin is written to the row of the execution that follows the current one.
struct PinOfASkippedExecutionIsLost : KnowsExecutions {
  using KnowsExecutions::KnowsExecutions;
  Result<void> ack_turn(const LockToken& token, const TurnCommit& commit) override {
    const std::optional<Turn> turn = turn_of(token);
    TurnCommit changed = commit;
    if (turn && commit.execution > turn->execution + 1) changed.metadata.pinned_version.reset();
    return KnowsExecutions::ack_turn(token, changed);
  }
};

// A late ack stores what it brings, but for what would only be due later.
struct LateAckLosesItsTimers : KnowsTurns<> {
  using KnowsTurns::KnowsTurns;
  Result<void> ack_turn(const LockToken& token, const TurnCommit& commit) override {
    const std::optional<Turn> turn = turn_of(token);
    TurnCommit changed = commit;
    if (turn && commit.execution < turn->execution) {
      std::erase_if(changed.messages, [&](const Message& message) {
        return message.visible_at && *message.visible_at > turn->now;
      });
    }
    return inner().ack_turn(token, changed);
  }
};

struct Deleted {
  std::set<std::string> instances;
};

// The timer wheel forgets an instance for good when it is deleted.
struct DelaysOfRecreatedInstancesAreIgnored : Sharing<Deleted> {
  using Sharing::Sharing;
  Result<DeletionCounts> delete_instance(const std::string& instance, bool force) override {
    const Result<DeletionCounts> counts = inner().delete_instance(instance, force);
    if (counts) state()->instances.insert(instance);
    return counts;
  }
  Result<void> enqueue_message(const Message& message, Duration delay) override {
    const bool was_deleted = state()->instances.contains(message.target);
    return inner().enqueue_message(message, was_deleted ? Duration(0) : delay);
  }
};

// The renewal is done twice, the second time by the length of the first lock.
struct RenewalAfterAnAbandonIsTooLong : Sharing<Deleted> {
  using Sharing::Sharing;
  Result<void> abandon_activity(const LockToken& token, const Abandon& how) override {
    const Result<void> abandoned = inner().abandon_activity(token, how);
    if (abandoned && how.ignore_attempt) state()->instances.insert("abandoned");
    return abandoned;
  }
  Result<void> renew_activity(const LockToken& token, Duration extend_for) override {
    const bool is_longer = !state()->instances.empty();
    return inner().renew_activity(token, is_longer ? extend_for + Duration(1) : extend_for);
  }
};

const Defect kDefects[] = {
    {"commit_that_ends_an_execution_cancels_nothing", requirement("CONC_4"),
     "Cancellations of a commit that also ends the execution are skipped.",
     spoil_with<ChangesCommits<cancel_only_while_running>>},
    {"clear_all_takes_the_custom_status_along", requirement("CONC_4"),
     "A commit with a clear-all and a custom status clears that status too.",
     spoil_with<ChangesCommits<clear_all_with_a_status_clears_that_too>>},
    {"output_beside_a_name_is_lost", requirement("CONC_4"),
     "A commit that gives a name and an output stores only the name.",
     spoil_with<ChangesCommits<output_needs_no_new_name>>},
    {"pin_of_a_skipped_execution_is_lost", requirement("CONC_4"),
     "An ack that skips execution numbers loses its pin.",
     spoil_sharing<PinOfASkippedExecutionIsLost>},
    {"late_ack_loses_its_timers", requirement("CONC_4"),
     "A late ack for a lower execution drops the messages that are due later.",
     spoil_sharing<LateAckLosesItsTimers>},
    {"delays_of_recreated_instances_are_ignored", requirement("CONC_4"),
     "Once an instance was deleted, messages to it are never delayed any more.",
     spoil_sharing<DelaysOfRecreatedInstancesAreIgnored>},
    {"renewal_after_an_abandon_is_too_long", requirement("CONC_4"),
     "After an abandon that ignores the attempt, renewed activities are locked a millisecond "
     "longer.",
     spoil_sharing<RenewalAfterAnAbandonIsTooLong>},
};

}  // namespace

std::span<const Defect> model_defects() { return kDefects; }

}  // namespace ackproof
