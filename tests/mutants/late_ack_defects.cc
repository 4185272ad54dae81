// Providers that let the ack of a deleted instance do something (ACK_13).
#include <atomic>

#include "contract/requirements.h"
#include "tests/mutants/admin_spoil.h"
#include "tests/mutants/defect.h"

namespace ackproof {

namespace {

struct Gone {
  std::set<std::string> instances;
};

// Meets acks that found their instance gone.
class MeetsTheDeleted : public KnowsTurns<Gone> {
 public:
  using KnowsTurns::KnowsTurns;
  Result<DeletionCounts> delete_instance(const std::string& instance, bool force) override {
    const Names tree = tree_of(inner(), instance);
    return noting(tree, inner().delete_instance(instance, force));
  }
  Result<DeletionCounts> delete_instances(const Names& instances, bool force) override {
    return noting(instances, inner().delete_instances(instances, force));
  }
  Result<DeletionCounts> delete_matching(const InstanceFilter& filter) override {
    const Names all = all_instances(inner());
    return noting(all, inner().delete_matching(filter));
  }
  Result<void> ack_turn(const LockToken& token, const TurnCommit& commit) override {
    const Result<void> acked = inner().ack_turn(token, commit);
    const std::optional<Turn> turn = turn_of(token);
    if (!lost(acked) || !turn || !state()->instances.contains(turn->instance)) return acked;
    return of_the_deleted(*turn, commit, acked);
  }

 protected:
  virtual Result<void> of_the_deleted(const Turn& turn, const TurnCommit& commit,
                                      const Result<void>& acked) = 0;

 private:
  Result<DeletionCounts> noting(const Names& candidates, Result<DeletionCounts> counts) {
    if (!counts) return counts;
    for (const std::string& instance : candidates) {
      if (!exists(inner(), instance)) state()->instances.insert(instance);
    }
    return counts;
  }
};

Message start_of(const Turn& turn) {
  Message start;
  start.kind = MessageKind::start_orchestration;
  start.target = turn.instance;
  start.name = turn.name;
  start.version = turn.version;
  return start;
}

// An upsert.
struct LateAckBringsItBack : MeetsTheDeleted {
  using MeetsTheDeleted::MeetsTheDeleted;

 protected:
  Result<void> of_the_deleted(const Turn& turn, const TurnCommit& commit,
                              const Result<void>& acked) override {
    if (exists(inner(), turn.instance)) return acked;
    if (!inner().enqueue_message(start_of(turn), Duration(0))) return acked;
    const auto again = inner().fetch_turn({});
    if (!again || !again.value()) return acked;
    return inner().ack_turn(again.value()->token, commit);
  }
};

// Refused, but what it sends is on its way.
struct LateAckSendsItsItems : MeetsTheDeleted {
  using MeetsTheDeleted::MeetsTheDeleted;

 protected:
  Result<void> of_the_deleted(const Turn&, const TurnCommit& commit,
                              const Result<void>& acked) override {
    enqueue_items(inner(), commit);
    return acked;
  }
};

// Nothing was to be done, and that is done.
struct LateAckSucceeds : MeetsTheDeleted {
  using MeetsTheDeleted::MeetsTheDeleted;

 protected:
  Result<void> of_the_deleted(const Turn&, const TurnCommit&, const Result<void>&) override {
    return {};
  }
};

struct LateAckIsNotFound : MeetsTheDeleted {
  using MeetsTheDeleted::MeetsTheDeleted;

 protected:
  Result<void> of_the_deleted(const Turn&, const TurnCommit&, const Result<void>&) override {
    return Error{ErrorKind::not_found, "ack_turn", "no such instance"};
  }
};

// The lock is looked up by the instance, whoever has it now.
struct LateAckUsesTheLockOfTheNewLife : MeetsTheDeleted {
  using MeetsTheDeleted::MeetsTheDeleted;

 protected:
  Result<void> of_the_deleted(const Turn& turn, const TurnCommit& commit,
                              const Result<void>& acked) override {
    std::vector<LockToken> others;
    auto known = state();
    for (const auto& [token, other] : known->turns) {
      if (other.instance == turn.instance && token != turn.token.value) {
        others.push_back(other.token);
      }
    }
    for (const LockToken& token : others) {
      if (inner().ack_turn(token, commit)) return {};
    }
    return acked;
  }
};

// Only the lock of the root that was named ends.
struct TokensOfDescendantsLive : LateAckBringsItBack {
  using LateAckBringsItBack::LateAckBringsItBack;
  Result<DeletionCounts> delete_instance(const std::string& instance, bool force) override {
    Result<DeletionCounts> counts = LateAckBringsItBack::delete_instance(instance, force);
    state()->instances.erase(instance);
    return counts;
  }
  Result<DeletionCounts> delete_instances(const Names& instances, bool force) override {
    return inner().delete_instances(instances, force);
  }
  Result<DeletionCounts> delete_matching(const InstanceFilter& filter) override {
    return inner().delete_matching(filter);
  }
};

// Only bulk deletion leaves the locks.
struct TokensOutliveBulkDeletion : LateAckBringsItBack {
  using LateAckBringsItBack::LateAckBringsItBack;
  Result<DeletionCounts> delete_instance(const std::string& instance, bool force) override {
    return inner().delete_instance(instance, force);
  }
  Result<DeletionCounts> delete_instances(const Names& instances, bool force) override {
    return inner().delete_instances(instances, force);
  }
};

// An id that has no record yet cannot be deleted during its first turn: its lock lives.
struct FirstTurnOutlivesDeletion : LateAckBringsItBack {
  using LateAckBringsItBack::LateAckBringsItBack;
  Result<DeletionCounts> delete_instance(const std::string& instance, bool force) override {
    if (exists(inner(), instance)) return inner().delete_instance(instance, force);
    return LateAckBringsItBack::delete_instance(instance, force);
  }
};

// That a token is dead is known to the handle that deleted.
struct DeadTokensAreInMemory : LateAckBringsItBack {
  using LateAckBringsItBack::LateAckBringsItBack;
  Result<DeletionCounts> delete_instance(const std::string& instance, bool force) override {
    has_deleted_ = true;
    return LateAckBringsItBack::delete_instance(instance, force);
  }
  Result<void> ack_turn(const LockToken& token, const TurnCommit& commit) override {
    if (has_deleted_) return inner().ack_turn(token, commit);
    return LateAckBringsItBack::ack_turn(token, commit);
  }

 private:
  std::atomic<bool> has_deleted_ = false;
};

// Looks at its token, works, and writes.
struct AckLooksBeforeItWrites : LateAckBringsItBack {
  using LateAckBringsItBack::LateAckBringsItBack;
  Result<void> ack_turn(const LockToken& token, const TurnCommit& commit) override {
    const std::optional<Turn> turn = turn_of(token);
    const bool was_there = turn && exists(inner(), turn->instance);
    linger();
    if (!was_there) return inner().ack_turn(token, commit);
    return MeetsTheDeleted::ack_turn(token, commit);
  }
};

constexpr const Requirement& kLate = requirement("ACK_13");

constexpr Defect kDefects[] = {
    {"late_ack_brings_the_deleted_back", kLate, "An ack after the deletion is an upsert.",
     spoil_sharing<LateAckBringsItBack>},
    {"late_ack_sends_its_items", kLate, "An ack after the deletion is refused, its items are not.",
     spoil_sharing<LateAckSendsItsItems>},
    {"late_ack_succeeds", kLate, "An ack after the deletion is told to have succeeded.",
     spoil_sharing<LateAckSucceeds>},
    {"late_ack_is_not_found", kLate, "An ack after the deletion is `not_found`.",
     spoil_sharing<LateAckIsNotFound>},
    {"late_ack_uses_the_lock_of_the_next_life", kLate,
     "The lock is looked up by the instance, and the new one's serves.",
     spoil_sharing<LateAckUsesTheLockOfTheNewLife>},
    {"tokens_of_descendants_outlive_deletion", kLate, "Only the lock of the root ends.",
     spoil_sharing<TokensOfDescendantsLive>},
    {"tokens_outlive_bulk_deletion", kLate, "Bulk deletion leaves the locks.",
     spoil_sharing<TokensOutliveBulkDeletion>},
    {"first_turn_outlives_deletion", kLate,
     "An instance in its first turn is created though it was deleted.",
     spoil_sharing<FirstTurnOutlivesDeletion>},
    {"ack_looks_before_it_writes", kLate, "An ack finds its lock, and writes a moment later.",
     spoil_sharing<AckLooksBeforeItWrites>},
    {"dead_tokens_are_known_in_memory", kLate, "After reopening an old token can be acked again.",
     spoil_sharing<DeadTokensAreInMemory>, Spoils::sqlite},
};

}  // namespace

std::span<const Defect> late_ack_defects() { return kDefects; }

}  // namespace ackproof
