// What defects of management, deletion and pruning are made of.
#pragma once

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "tests/mutants/spoil.h"

namespace ackproof {

using Names = std::vector<std::string>;

// --- What is there

inline Names all_instances(Provider& inner) {
  Result<Names> all = inner.list_instances(std::nullopt);
  return all ? std::move(all.value()) : Names();
}

// The tree of an instance that exists; of another id just that id.
inline Names tree_of(Provider& inner, const std::string& root) {
  Result<InstanceTree> tree = inner.read_tree(root);
  return tree ? std::move(tree.value().members) : Names{root};
}

inline bool exists(Provider& inner, const std::string& instance) {
  return record(inner, instance).has_value();
}

inline bool is_terminal(const InstanceInfo& info) {
  return info.status == Status::completed || info.status == Status::failed;
}

// Of one that may be gone by now.
inline bool is_terminal(Provider& inner, const std::string& instance) {
  const auto info = record(inner, instance);
  return info && is_terminal(*info);
}

inline bool is_running(Provider& inner, const std::string& instance) {
  const auto info = record(inner, instance);
  return info && info->status == Status::running;
}

inline bool is_root(Provider& inner, const InstanceInfo& info) {
  return !info.parent || !exists(inner, *info.parent);
}

// Whom a filter is about, before it is asked whether they may go.
inline Names named_by(Provider& inner, const InstanceFilter& filter) {
  return filter.instances ? *filter.instances : all_instances(inner);
}

inline std::vector<std::uint64_t> executions_of(Provider& inner, const std::string& instance) {
  Result<std::vector<std::uint64_t>> all = inner.list_executions(instance);
  return all ? std::move(all.value()) : std::vector<std::uint64_t>();
}

inline std::optional<ExecutionInfo> first_execution(Provider& inner, const std::string& instance) {
  const std::vector<std::uint64_t> all = executions_of(inner, instance);
  if (all.empty()) return std::nullopt;
  Result<ExecutionInfo> info = inner.read_execution(instance, all.front());
  return info ? std::optional(std::move(info.value())) : std::nullopt;
}

inline DeletionCounts operator+(const DeletionCounts& a, const DeletionCounts& b) {
  return {a.instances + b.instances, a.executions + b.executions, a.events + b.events,
          a.queued_items + b.queued_items};
}

inline PruneCounts operator+(const PruneCounts& a, const PruneCounts& b) {
  return {a.instances + b.instances, a.executions + b.executions, a.events + b.events};
}

// --- Ids taken for another

inline std::string folded(std::string text) {
  for (char& c : text) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return text;
}

// As SQL has it: % stands for any text and _ for any byte.
inline bool like(std::string_view text, std::string_view pattern) {
  if (pattern.empty()) return text.empty();
  if (pattern.front() == '%') {
    for (std::size_t skip = 0; skip <= text.size(); ++skip) {
      if (like(text.substr(skip), pattern.substr(1))) return true;
    }
    return false;
  }
  if (text.empty() || (pattern.front() != '_' && pattern.front() != text.front())) return false;
  return like(text.substr(1), pattern.substr(1));
}

// --- Defects of several methods

// Like Sharing, but each handle has a State of its own: it ends with the handle.
template <class State>
class Forgetting : public Sharing<State> {
 public:
  explicit Forgetting(std::unique_ptr<Provider> inner)
      : Sharing<State>(std::move(inner), std::make_shared<typename Sharing<State>::Shared>()) {}
};

// Only hides what it should delete, from those with whom the Base shares its state.
struct Hidden {
  std::set<std::string> instances;
};

template <class Base>
class Hides : public Base {
 public:
  using Base::Base;
  Result<std::optional<InstanceInfo>> read_instance(const std::string& instance) override {
    if (this->state()->instances.contains(instance)) return std::optional<InstanceInfo>();
    return this->inner().read_instance(instance);
  }
  Result<std::vector<Event>> read_history(const std::string& instance,
                                          std::optional<std::uint64_t> execution) override {
    if (this->state()->instances.contains(instance)) return std::vector<Event>();
    return this->inner().read_history(instance, execution);
  }

 protected:
  DeletionCounts hide(const Names& instances) {
    DeletionCounts counts;
    for (const std::string& instance : instances) {
      if (!exists(this->inner(), instance)) continue;
      if (!this->state()->instances.insert(instance).second) continue;
      ++counts.instances;
      for (const std::uint64_t execution : executions_of(this->inner(), instance)) {
        ++counts.executions;
        const auto history = this->inner().read_history(instance, execution);
        if (history) counts.events += history.value().size();
      }
    }
    return counts;
  }
};

// --- Defects of pruning

// Prunes with other options or another filter, or answers otherwise.
template <Result<PruneCounts> (*one)(Provider&, const std::string&, PruneOptions),
          Result<PruneCounts> (*many)(Provider&, InstanceFilter, PruneOptions)>
struct Prunes : ForwardingProvider {
  using ForwardingProvider::ForwardingProvider;
  Result<PruneCounts> prune_instance(const std::string& instance,
                                     const PruneOptions& options) override {
    return one(inner(), instance, options);
  }
  Result<PruneCounts> prune_matching(const InstanceFilter& filter,
                                     const PruneOptions& options) override {
    return many(inner(), filter, options);
  }
};

inline Result<PruneCounts> one_rightly(Provider& inner, const std::string& instance,
                                       PruneOptions options) {
  return inner.prune_instance(instance, options);
}

inline Result<PruneCounts> many_rightly(Provider& inner, InstanceFilter filter,
                                        PruneOptions options) {
  return inner.prune_matching(filter, options);
}

template <Result<PruneCounts> (*one)(Provider&, const std::string&, PruneOptions)>
using PrunesOne = Prunes<one, many_rightly>;
template <Result<PruneCounts> (*many)(Provider&, InstanceFilter, PruneOptions)>
using PrunesMany = Prunes<one_rightly, many>;

template <void (*change)(PruneCounts&)>
Result<PruneCounts> one_counting(Provider& inner, const std::string& instance,
                                 PruneOptions options) {
  Result<PruneCounts> counts = inner.prune_instance(instance, options);
  if (counts) change(counts.value());
  return counts;
}
template <void (*change)(PruneCounts&)>
Result<PruneCounts> many_counting(Provider& inner, InstanceFilter filter, PruneOptions options) {
  Result<PruneCounts> counts = inner.prune_matching(filter, options);
  if (counts) change(counts.value());
  return counts;
}
template <void (*change)(PruneCounts&)>
using Counts = Prunes<one_counting<change>, many_counting<change>>;

using Histories = std::map<std::pair<std::string, std::uint64_t>, std::vector<Event>>;

struct KeptHistories {
  Histories histories;
};

// All but some instances, in bulk.
template <bool (*stays_out)(Provider&, const InstanceInfo&)>
Result<PruneCounts> without(Provider& inner, InstanceFilter filter, PruneOptions options) {
  Names ids = named_by(inner, filter);
  std::erase_if(ids, [&](const std::string& id) {
    const auto info = record(inner, id);
    return info && stays_out(inner, *info);
  });
  filter.instances = ids;
  return inner.prune_matching(filter, options);
}

// What it asks about an execution that is being pruned: its info, and all that there were.
using Infos = std::vector<ExecutionInfo>;
using Stays = bool (*)(const ExecutionInfo&, const Infos&, const PruneOptions&);

// Keeps the histories of some executions, and does not count these.
template <Stays stays, void (*change)(PruneOptions&)>
struct KeepsSome : Sharing<KeptHistories> {
  using Sharing::Sharing;
  Result<std::vector<Event>> read_history(const std::string& instance,
                                          std::optional<std::uint64_t> execution) override {
    Result<std::vector<Event>> history = inner().read_history(instance, execution);
    if (!history || !history.value().empty() || !execution) return history;
    auto kept = state();
    const auto found = kept->histories.find({instance, *execution});
    return found == kept->histories.end() ? history : found->second;
  }
  Result<PruneCounts> prune_instance(const std::string& instance,
                                     const PruneOptions& options) override {
    const Infos infos = infos_of(instance);
    Histories histories;
    for (const ExecutionInfo& info : infos) {
      histories[{instance, info.execution}] =
          inner().read_history(instance, info.execution).value();
    }
    PruneOptions changed = options;
    change(changed);
    Result<PruneCounts> counts = inner().prune_instance(instance, changed);
    if (!counts) return counts;
    for (const ExecutionInfo& info : infos) {
      const bool is_gone = !inner().read_execution(instance, info.execution).has_value();
      if (!is_gone || !stays(info, infos, options)) continue;
      --counts.value().executions;
      counts.value().events -= info.event_count;
      state()->histories[{instance, info.execution}] = histories[{instance, info.execution}];
    }
    return counts;
  }

 private:
  Infos infos_of(const std::string& instance) {
    Infos infos;
    for (const std::uint64_t execution : executions_of(inner(), instance)) {
      infos.push_back(inner().read_execution(instance, execution).value());
    }
    return infos;
  }
};

}  // namespace ackproof
