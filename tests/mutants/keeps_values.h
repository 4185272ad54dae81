// A provider that keeps the key-values of its instances beside the store, and what a defect may do
// otherwise with them.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "tests/mutants/spoil.h"

namespace ackproof {

using Values = std::map<std::string, KeyValue>;
using ValueChanges = std::vector<KeyValueChange>;

// Of one instance.
struct KeptValues {
  std::uint64_t execution = 0;  // The current one.
  bool has_ended = false;
  Values merged;
  ValueChanges pending;                          // Of the execution that has not ended, in order.
  std::map<std::string, std::uint64_t> written;  // Which execution set a key last.
};

struct AllKeptValues {
  std::map<std::string, KeptValues> of;
  int handles = 0;  // Counted by who wants to know.
};

// Does everything right; the store checks the commits and answers for what is not kept.
class KeepsValues : public KnowsTurns<AllKeptValues> {
 public:
  using KnowsTurns::KnowsTurns;

  Result<std::optional<Turn>> fetch_turn(const FetchTurn& options) override {
    Result<std::optional<Turn>> turn = KnowsTurns::fetch_turn(options);
    if (turn && turn.value()) {
      auto kept = state();
      turn.value()->values = snapshot(kept->of[place_of(turn.value()->instance)]);
    }
    return turn;
  }
  Result<void> ack_turn(const LockToken& token, const TurnCommit& commit) override {
    auto kept = state();
    const Result<void> acked = inner().ack_turn(token, commit);
    if (acked) keep(kept->of[place_of(turn_of(token)->instance)], commit);
    return acked;
  }
  Result<std::optional<KeyValue>> read_value(const std::string& instance,
                                             const std::string& key) override {
    const auto stored = inner().read_value(instance, key);
    if (!stored) return stored;
    auto kept = state();
    const Values values = live(kept->of[place_of(instance)]);
    const auto found = values.find(spelt(key));
    return found == values.end() ? std::nullopt : std::optional(found->second);
  }
  Result<Values> read_values(const std::string& instance) override {
    const auto stored = inner().read_values(instance);
    if (!stored) return stored;
    auto kept = state();
    return live(kept->of[place_of(instance)]);
  }
  Result<DeletionCounts> delete_instance(const std::string& instance, bool force) override {
    const auto deleted = inner().delete_instance(instance, force);
    if (deleted) forget_deleted(instance);
    return deleted;
  }
  Result<DeletionCounts> delete_instances(const std::vector<std::string>& instances,
                                          bool force) override {
    const auto deleted = inner().delete_instances(instances, force);
    if (deleted) forget_deleted("");
    return deleted;
  }
  Result<DeletionCounts> delete_matching(const InstanceFilter& filter) override {
    const auto deleted = inner().delete_matching(filter);
    if (deleted) forget_deleted("");
    return deleted;
  }

 protected:
  void keep(KeptValues& values, const TurnCommit& commit) {
    if (commit.execution > values.execution) {
      begin(values);
      values.execution = commit.execution;
      values.has_ended = false;
    }
    add(values, commit);
    if (commit.execution == values.execution) {
      if (commit.metadata.status) values.has_ended = ends(*commit.metadata.status);
      if (values.has_ended) merge(values);
    } else if (commit.metadata.status) {
      late_end(values);
    }
  }

  // The steps of a commit.
  virtual void begin(KeptValues& values) { merge(values); }  // Another execution.
  virtual void add(KeptValues& values, const TurnCommit& commit) {
    values.pending.insert(values.pending.end(), commit.values.begin(), commit.values.end());
    for (const KeyValueChange& change : commit.values) {
      if (change.kind == KeyValueChange::Kind::set) {
        values.written[change.key] = commit.execution;
      }
    }
  }
  virtual bool ends(Status status) { return status != Status::running; }
  virtual void merge(KeptValues& values) {
    values.merged = changed(values.merged, values.pending);
    values.pending.clear();
  }
  virtual void late_end(KeptValues&) {}  // Of a lower execution.

  // The two views.
  virtual Values snapshot(const KeptValues& values) { return values.merged; }
  virtual Values live(const KeptValues& values) { return changed(values.merged, values.pending); }

  virtual Values changed(Values values, const ValueChanges& changes) {
    for (const KeyValueChange& change : changes) {
      if (change.kind == KeyValueChange::Kind::set) set(values, change);
      if (change.kind == KeyValueChange::Kind::clear) clear(values, spelt(change.key));
      if (change.kind == KeyValueChange::Kind::clear_all) values.clear();
    }
    return values;
  }
  virtual void set(Values& values, const KeyValueChange& change) {
    values[spelt(change.key)] = {change.value, change.updated_at};
  }
  virtual void clear(Values& values, const std::string& key) { values.erase(key); }

  // Where things are kept.
  virtual std::string place_of(const std::string& instance) { return instance; }
  virtual std::string spelt(const std::string& key) { return key; }
  virtual void forget_deleted(const std::string& /*root*/) {
    std::erase_if(state()->of, [&](const auto& entry) { return !record(inner(), entry.first); });
  }
};

}  // namespace ackproof
