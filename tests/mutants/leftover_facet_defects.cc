// Providers that leave something of a deleted instance's record, or in a facet (DEL_2).
#include <algorithm>

#include "contract/requirements.h"
#include "contract/rules.h"
#include "tests/mutants/admin_spoil.h"
#include "tests/mutants/defect.h"

namespace ackproof {

namespace {

// --- Records, values, statuses, pins

struct Remembered {
  std::map<std::string, InstanceInfo> records;
  std::map<std::string, std::map<std::uint64_t, std::vector<Event>>> histories;
  std::map<std::string, std::map<std::string, KeyValue>> values;
  std::map<std::string, CustomStatus> statuses;
};

// Remembers all of what it deletes.
class RemembersTheDeleted : public Sharing<Remembered> {
 public:
  using Sharing::Sharing;
  Result<DeletionCounts> delete_instance(const std::string& instance, bool force) override {
    for (const std::string& member : tree_of(inner(), instance)) remember(member);
    return inner().delete_instance(instance, force);
  }

 private:
  void remember(const std::string& instance) {
    const auto info = record(inner(), instance);
    if (!info) return;
    auto remembered = state();
    remembered->records[instance] = *info;
    for (const std::uint64_t execution : executions_of(inner(), instance)) {
      const auto history = inner().read_history(instance, execution);
      if (history) remembered->histories[instance][execution] = history.value();
    }
    remembered->values[instance] = inner().read_values(instance).value();
    const auto status = inner().read_custom_status(instance, 0);
    if (status && status.value()) remembered->statuses[instance] = *status.value();
  }
};

struct LowerHistoriesStay : RemembersTheDeleted {
  using RemembersTheDeleted::RemembersTheDeleted;
  Result<std::vector<Event>> read_history(const std::string& instance,
                                          std::optional<std::uint64_t> execution) override {
    Result<std::vector<Event>> history = inner().read_history(instance, execution);
    auto remembered = state();
    if (!history || !history.value().empty() || !execution) return history;
    if (*execution >= remembered->records[instance].execution) return history;
    return remembered->histories[instance][*execution];
  }
};

// The next life begins with what the last one had.
struct HistoryComesBack : RemembersTheDeleted {
  using RemembersTheDeleted::RemembersTheDeleted;
  Result<std::optional<Turn>> fetch_turn(const FetchTurn& options) override {
    Result<std::optional<Turn>> turn = inner().fetch_turn(options);
    if (!turn || !turn.value() || exists(inner(), turn.value()->instance)) return turn;
    auto remembered = state();
    const auto history = remembered->histories[turn.value()->instance].find(1);
    if (history != remembered->histories[turn.value()->instance].end()) {
      turn.value()->history = history->second;
    }
    return turn;
  }
};

struct RecordComesBack : RemembersTheDeleted {
  using RemembersTheDeleted::RemembersTheDeleted;
  Result<std::optional<InstanceInfo>> read_instance(const std::string& instance) override {
    Result<std::optional<InstanceInfo>> info = inner().read_instance(instance);
    auto remembered = state();
    const auto old = remembered->records.find(instance);
    if (!info || !info.value() || old == remembered->records.end()) return info;
    info.value()->name = old->second.name;
    info.value()->version = old->second.version;
    return info;
  }
};

struct ParentStays : RemembersTheDeleted {
  using RemembersTheDeleted::RemembersTheDeleted;
  Result<std::optional<InstanceInfo>> read_instance(const std::string& instance) override {
    Result<std::optional<InstanceInfo>> info = inner().read_instance(instance);
    auto remembered = state();
    const auto old = remembered->records.find(instance);
    if (!info || !info.value() || old == remembered->records.end()) return info;
    info.value()->parent = old->second.parent;
    return info;
  }
};

struct CreatedTimeStays : RemembersTheDeleted {
  using RemembersTheDeleted::RemembersTheDeleted;
  Result<std::optional<InstanceInfo>> read_instance(const std::string& instance) override {
    Result<std::optional<InstanceInfo>> info = inner().read_instance(instance);
    auto remembered = state();
    const auto old = remembered->records.find(instance);
    if (!info || !info.value() || old == remembered->records.end()) return info;
    info.value()->created_at = old->second.created_at;
    return info;
  }
};

struct ListKeepsTheDeleted : RemembersTheDeleted {
  using RemembersTheDeleted::RemembersTheDeleted;
  Result<Names> list_instances(std::optional<Status> status) override {
    Result<Names> list = inner().list_instances(status);
    if (!list || !status) return list;
    auto known = state();
    for (const auto& [instance, info] : known->records) {
      if (info.status == *status && !exists(inner(), instance)) list.value().push_back(instance);
    }
    return list;
  }
};

struct ValuesStay : RemembersTheDeleted {
  using RemembersTheDeleted::RemembersTheDeleted;
  Result<std::map<std::string, KeyValue>> read_values(const std::string& instance) override {
    Result<std::map<std::string, KeyValue>> values = inner().read_values(instance);
    if (!values) return values;
    auto remembered = state();
    const auto& old = remembered->values[instance];
    values.value().insert(old.begin(), old.end());
    return values;
  }
};

struct ValuesComeBackInTurns : RemembersTheDeleted {
  using RemembersTheDeleted::RemembersTheDeleted;
  Result<std::optional<Turn>> fetch_turn(const FetchTurn& options) override {
    Result<std::optional<Turn>> turn = inner().fetch_turn(options);
    if (!turn || !turn.value()) return turn;
    auto remembered = state();
    const auto& old = remembered->values[turn.value()->instance];
    turn.value()->values.insert(old.begin(), old.end());
    return turn;
  }
};

struct StatusStays : RemembersTheDeleted {
  using RemembersTheDeleted::RemembersTheDeleted;
  Result<std::optional<CustomStatus>> read_custom_status(const std::string& instance,
                                                         std::uint64_t seen_version) override {
    Result<std::optional<CustomStatus>> status = inner().read_custom_status(instance, seen_version);
    auto remembered = state();
    const auto old = remembered->statuses.find(instance);
    if (!status || status.value() || old == remembered->statuses.end()) return status;
    return old->second.version > seen_version ? std::optional(old->second) : std::nullopt;
  }
};

struct StatusVersionGoesOn : RemembersTheDeleted {
  using RemembersTheDeleted::RemembersTheDeleted;
  Result<std::optional<CustomStatus>> read_custom_status(const std::string& instance,
                                                         std::uint64_t seen_version) override {
    Result<std::optional<CustomStatus>> status = inner().read_custom_status(instance, seen_version);
    auto remembered = state();
    const auto old = remembered->statuses.find(instance);
    if (!status || !status.value() || old == remembered->statuses.end()) return status;
    status.value()->version += old->second.version;
    return status;
  }
};

struct PinStays : RemembersTheDeleted {
  using RemembersTheDeleted::RemembersTheDeleted;
  Result<std::optional<Turn>> fetch_turn(const FetchTurn& options) override {
    Result<std::optional<Turn>> turn = inner().fetch_turn(options);
    if (!turn || !turn.value() || !options.versions) return turn;
    auto remembered = state();
    const auto old = remembered->records.find(turn.value()->instance);
    if (old == remembered->records.end()) return turn;
    if (rules::admits(*options.versions, old->second.pinned_version)) return turn;
    unfetch(inner(), *turn.value());
    return std::optional<Turn>();
  }
};

// --- Sessions

struct Owners {
  std::map<std::string, std::string> owners;              // By session.
  std::map<std::string, std::set<std::string>> sessions;  // By instance.
  std::set<std::string> left;                             // Sessions of deleted instances.
};

class KnowsSessions : public Sharing<Owners> {
 public:
  using Sharing::Sharing;
  Result<std::optional<LockedActivity>> fetch_activity(const FetchActivity& options) override {
    Result<std::optional<LockedActivity>> locked = inner().fetch_activity(options);
    if (!locked || !locked.value() || !locked.value()->activity.session) return locked;
    const Activity& activity = locked.value()->activity;
    auto known = state();
    if (!known->left.contains(*activity.session)) {
      known->owners[*activity.session] = options.session->owner;
    }
    known->sessions[activity.instance].insert(*activity.session);
    return locked;
  }
  Result<DeletionCounts> delete_instance(const std::string& instance, bool force) override {
    Result<DeletionCounts> counts = inner().delete_instance(instance, force);
    if (!counts) return counts;
    auto known = state();
    known->left.insert(known->sessions[instance].begin(), known->sessions[instance].end());
    return counts;
  }
};

struct SessionsStay : KnowsSessions {
  using KnowsSessions::KnowsSessions;
  Result<std::optional<LockedActivity>> fetch_activity(const FetchActivity& options) override {
    Result<std::optional<LockedActivity>> locked = KnowsSessions::fetch_activity(options);
    if (!locked || !locked.value() || !locked.value()->activity.session) return locked;
    const std::string& session = *locked.value()->activity.session;
    const std::string owner = state()->owners[session];
    if (!state()->left.contains(session) || owner == options.session->owner) return locked;
    (void)inner().abandon_activity(locked.value()->token, {.ignore_attempt = true});
    return std::optional<LockedActivity>();
  }
};

// Every session that the instance had an item of is freed.
struct SessionsOfOthersGo : KnowsSessions {
  using KnowsSessions::KnowsSessions;
  Result<std::optional<LockedActivity>> fetch_activity(const FetchActivity& options) override {
    Result<std::optional<LockedActivity>> locked = KnowsSessions::fetch_activity(options);
    if (!locked || locked.value() || !options.session) return locked;
    const std::set<std::string> left = state()->left;
    for (const std::string& session : left) {
      FetchActivity as_owner = options;
      as_owner.session->owner = state()->owners[session];
      locked = inner().fetch_activity(as_owner);
      if (!locked || locked.value()) return locked;
    }
    return locked;
  }
};

// Ownership is told as still there.
struct SessionsAreRenewedStill : KnowsSessions {
  using KnowsSessions::KnowsSessions;
  Result<std::uint64_t> renew_sessions(const RenewSessions& options) override {
    Result<std::uint64_t> renewed = inner().renew_sessions(options);
    if (!renewed) return renewed;
    auto known = state();
    for (const std::string& session : known->left) {
      if (std::ranges::count(options.owners, known->owners[session]) != 0) ++renewed.value();
    }
    return renewed;
  }
};

constexpr const Requirement& kLeaves = requirement("DEL_2");

constexpr Defect kDefects[] = {
    {"deletion_leaves_lower_histories", kLeaves, "Only the current execution's history goes.",
     spoil_sharing<LowerHistoriesStay>},
    {"history_comes_back_in_the_next_life", kLeaves, "The new instance has the old history.",
     spoil_sharing<HistoryComesBack>},
    {"record_comes_back_in_the_next_life", kLeaves, "The new instance has the old name.",
     spoil_sharing<RecordComesBack>},
    {"deletion_leaves_the_parent", kLeaves, "The new instance has the old parent.",
     spoil_sharing<ParentStays>},
    {"deletion_leaves_the_created_time", kLeaves, "The new instance is as old as the old one.",
     spoil_sharing<CreatedTimeStays>},
    {"deletion_leaves_it_in_the_lists", kLeaves, "Lists by status keep deleted instances.",
     spoil_sharing<ListKeepsTheDeleted>},
    {"deletion_leaves_the_values", kLeaves, "Values of the old instance can be read.",
     spoil_sharing<ValuesStay>},
    {"values_come_back_in_the_next_life", kLeaves, "The new instance's turns have the old values.",
     spoil_sharing<ValuesComeBackInTurns>},
    {"deletion_leaves_the_custom_status", kLeaves, "The old custom status can be read.",
     spoil_sharing<StatusStays>},
    {"custom_status_version_goes_on", kLeaves, "The version of the custom status counts on.",
     spoil_sharing<StatusVersionGoesOn>},
    {"deletion_leaves_the_pin", kLeaves, "The new instance has the old pin.",
     spoil_sharing<PinStays>},
    {"deletion_leaves_the_sessions", kLeaves, "Sessions left empty are owned still.",
     spoil_sharing<SessionsStay>},
    {"deletion_frees_sessions_of_others", kLeaves,
     "A session that others have items of goes with the deleted instance.",
     spoil_sharing<SessionsOfOthersGo>},
    {"sessions_of_the_deleted_are_renewed", kLeaves, "Sessions left empty are still renewed.",
     spoil_sharing<SessionsAreRenewedStill>},
};

}  // namespace

std::span<const Defect> leftover_facet_defects() { return kDefects; }

}  // namespace ackproof
