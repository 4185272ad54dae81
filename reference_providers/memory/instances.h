// The instances with their executions, and what follows from them: which have ended, who descends
// from whom.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "contract/types.h"
#include "reference_providers/memory/key_values.h"

namespace ackproof::memory {

struct Execution {
  Status status = Status::running;
  std::optional<Bytes> output;
  std::optional<EngineVersion> pinned_version;
  std::map<std::uint64_t, Event> events;
  bool undecodable = false;          // Its events; the rest is readable.
  Time created_at;                   // Its first ack.
  std::optional<Time> completed_at;  // The ack since which it has ended without interruption.
};

// Exists from the first successful ack on (HIST_4).
struct Instance {
  std::string name;
  std::optional<std::string> version;
  std::optional<std::string> parent;
  std::uint64_t current = 0;  // The highest acked execution; always among `executions`.
  std::map<std::uint64_t, Execution> executions;
  Time created_at;
  Time updated_at;
  CustomStatus custom_status;
  KeyValues values;

  const Execution& current_execution() const { return executions.at(current); }

  // Whether it is over for this execution: by its status, or because a higher one is current.
  bool has_ended(std::uint64_t execution) const {
    return execution < current || executions.at(execution).status != Status::running;
  }

  // Between ContinuedAsNew and the next ack too.
  bool is_running() const {
    const Status status = current_execution().status;
    return status == Status::running || status == Status::continued_as_new;
  }

  // The pin by which a version filter admits it (VER_1).
  const std::optional<EngineVersion>& pin() const { return current_execution().pinned_version; }
};

using Instances = std::map<std::string, Instance>;

const Instance* find(const Instances& instances, const std::string& id);
const Execution* find(const Instances& instances, const std::string& id, std::uint64_t execution);

// The events of an execution by id.
std::vector<Event> history_of(const Execution& execution);

// Whether its completed time is known and strictly before the bound (PRUNE_2); without a bound, yes.
bool completed_before(const Execution& execution, const std::optional<Time>& bound);

// Who descends from whom, as it is at one moment.
class Families {
 public:
  explicit Families(const Instances& instances);

  // None for an id without a record, whatever the others say (MGMT_3).
  std::vector<std::string> children(const std::string& instance) const;

  // The instance itself, then its descendants. Also if the links form a cycle (MGMT_3).
  std::vector<std::string> tree(const std::string& root) const;

  // Without a parent, or with one that has no record any more (DEL_4).
  bool is_root(const std::string& instance) const;

 private:
  const Instances& instances_;
  std::map<std::string, std::vector<std::string>> children_;  // By parent.
};

}  // namespace ackproof::memory
