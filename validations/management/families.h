// Families of instances, and what is stored of them: for trees, deletion and pruning.
#pragma once

#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "contract/provider.h"
#include "validations/build.h"
#include "validations/context.h"
#include "validations/expect.h"

namespace ackproof {

using Names = std::vector<std::string>;

// For lists whose order is free.
inline Names sorted(Names names) {
  std::ranges::sort(names);
  return names;
}

inline TurnCommit with_status(Status status, std::uint64_t execution = 1) {
  TurnCommit commit{.execution = execution};
  commit.metadata.status = status;
  return commit;
}

// What is stored of an instance: its record and the history of its current execution.
using Stored = std::pair<std::optional<InstanceInfo>, std::vector<Event>>;

inline std::vector<Stored> stored(Provider& provider, const Names& instances) {
  std::vector<Stored> all;
  for (const std::string& instance : instances) {
    all.emplace_back(provider.read_instance(instance).value(),
                     provider.read_history(instance).value());
  }
  return all;
}

// What is stored of instances that do not exist.
inline std::vector<Stored> nothing_of(const Names& instances) {
  return std::vector<Stored>(instances.size());
}

// The ones among these that exist.
inline Names existing(Provider& provider, const Names& instances) {
  Names all;
  for (const std::string& instance : instances) {
    if (provider.read_instance(instance).value()) all.push_back(instance);
  }
  return all;
}

// Five instances in four generations, each with event 1 and ended so; the root comes first.
inline Names make_family(Provider& provider, const std::string& root,
                         Status status = Status::completed) {
  const std::string son = root + "/son", grandson = son + "/son";
  const Names all = {root, son, root + "/daughter", grandson, grandson + "/son"};
  finish_instance(provider, all[0], status);
  finish_instance(provider, all[1], status, root);
  finish_instance(provider, all[2], status, root);
  finish_instance(provider, all[3], status, son);
  finish_instance(provider, all[4], status, grandson);
  return all;
}

// Instances starter-1 to starter-`count`, started by one ack of `starter`; all of them completed
// with event 1. No other turn may be deliverable.
inline Names make_many(Provider& provider, const std::string& starter, std::uint64_t count,
                       const std::optional<std::string>& parent) {
  TurnCommit completed = commit_events({event(1)});
  completed.metadata.status = Status::completed;
  TurnCommit starting = completed;
  Names all;
  for (std::uint64_t n = 1; n <= count; ++n) {
    all.push_back(starter + "-" + std::to_string(n));
    starting.messages.push_back(start(all.back()));
    starting.messages.back().parent = parent;
  }
  commit_start(provider, start(starter), starting);
  for (std::uint64_t n = 1; n <= count; ++n) {
    provider.ack_turn(take_turn(provider).token, completed).value();
  }
  return all;
}

using Executions = std::vector<std::uint64_t>;

// Begins these executions one after the other, each of which ends the one before, and tells when
// each was begun on the store's clock. Execution n has n % 3 + 1 events; the last one is Running.
inline std::vector<Time> make_chain(Context& ctx, Provider& provider, const std::string& instance,
                                    const Executions& executions) {
  std::vector<Time> begun;
  for (const std::uint64_t execution : executions) {
    const TurnCommit commit{.execution = execution, .events = events(1, execution % 3 + 1)};
    ctx.advance(Duration(3));
    if (begun.empty()) {
      commit_start(provider, start(instance), commit);
    } else {
      commit_turn(provider, instance, commit);
    }
    begun.push_back(provider.read_instance(instance).value()->updated_at);
  }
  return begun;
}

// The executions among these that have a history, which has to be the one of `make_chain`.
inline Executions left(Provider& provider, const std::string& instance,
                       const Executions& executions) {
  Executions all;
  for (const std::uint64_t execution : executions) {
    const std::vector<Event> history = provider.read_history(instance, execution).value();
    if (history.empty()) continue;
    EXPECT_EQ(history, events(1, execution % 3 + 1)) << "execution " << execution;
    all.push_back(execution);
  }
  return all;
}

// What pruning these executions of one chain counts.
inline PruneCounts counts_of(const Executions& pruned) {
  PruneCounts counts{.instances = 1, .executions = pruned.size()};
  for (const std::uint64_t execution : pruned) counts.events += execution % 3 + 1;
  return counts;
}

// Two callers at the same instant: what `work(0)` and `work(1)` return. The thread that is started
// last tends to run first, so the two take turns at that from round to round.
template <class Work>
auto meet(Context& ctx, std::size_t round, const Work& work) {
  auto results = ctx.together(2, [&](std::size_t i) { return work((i + round) % 2); });
  if (round % 2 == 1) std::reverse(results.begin(), results.end());
  return results;
}

// A turn that has to be there, under contention.
inline Turn insist_turn(Provider& provider) {
  std::optional<Turn> turn =
      insist([&] { return provider.fetch_turn({.lock_timeout = kLongLock}); }).value();
  if (!turn) throw StepFailed("fetch_turn returned nothing although an instance is ready");
  return std::move(*turn);
}

}  // namespace ackproof
