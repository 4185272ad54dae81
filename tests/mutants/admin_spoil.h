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

inline bool is_root(Provider& inner, const InstanceInfo& info) {
  return !info.parent || !exists(inner, *info.parent);
}

inline std::vector<std::uint64_t> executions_of(Provider& inner, const std::string& instance) {
  Result<std::vector<std::uint64_t>> all = inner.list_executions(instance);
  return all ? std::move(all.value()) : std::vector<std::uint64_t>();
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

// Changes what the three methods that delete are asked for and what they answer; `deleted` is told
// what is about to go, with all descendants.
class Deletes : public ForwardingProvider {
 public:
  using ForwardingProvider::ForwardingProvider;
  Result<DeletionCounts> delete_instance(const std::string& instance, bool force) override {
    return around(tree_of(inner(), instance),
                  [&] { return inner().delete_instance(instance, force); });
  }
  Result<DeletionCounts> delete_instances(const Names& instances, bool force) override {
    return around(instances, [&] { return inner().delete_instances(instances, force); });
  }
  Result<DeletionCounts> delete_matching(const InstanceFilter& filter) override {
    return around(all_instances(inner()), [&] { return inner().delete_matching(filter); });
  }

 protected:
  virtual void before(const Names& candidates) = 0;
  virtual void after(const Names& gone) = 0;

 private:
  template <class Call>
  Result<DeletionCounts> around(const Names& candidates, const Call& call) {
    before(candidates);
    Result<DeletionCounts> counts = call();
    if (!counts) return counts;
    Names gone;
    for (const std::string& instance : candidates) {
      if (!exists(inner(), instance)) gone.push_back(instance);
    }
    after(gone);
    return counts;
  }
};

// Only hides what it should delete. Which handle hides it is up to the State: shared or not.
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

}  // namespace ackproof
