// What anybody may read of an instance: history, record, custom status, key-values.
#include "reference_providers/memory/errors.h"
#include "reference_providers/memory/store.h"

namespace ackproof::memory {

Result<std::vector<Event>> Store::read_history(const std::string& instance,
                                               std::optional<std::uint64_t> execution) const {
  const Instance* record = find(instances_, instance);
  if (record == nullptr) return std::vector<Event>();
  const Execution* stored = find(instances_, instance, execution.value_or(record->current));
  if (stored == nullptr) return std::vector<Event>();
  if (stored->undecodable) return Error{ErrorKind::corrupt, "", kUndecodable};  // HIST_2
  return history_of(*stored);
}

Result<std::optional<InstanceInfo>> Store::read_instance(const std::string& instance) const {
  const Instance* record = find(instances_, instance);
  if (record == nullptr) return std::optional<InstanceInfo>();
  const Execution& current = record->current_execution();
  return std::optional<InstanceInfo>({
      .instance = instance,
      .name = record->name,
      .version = record->version,
      .parent = record->parent,
      .execution = record->current,
      .status = current.status,
      .output = current.output,
      .pinned_version = current.pinned_version,
      .created_at = record->created_at,
      .updated_at = record->updated_at,
  });
}

Result<std::optional<CustomStatus>> Store::read_custom_status(const std::string& instance,
                                                              std::uint64_t seen_version) const {
  const Instance* record = find(instances_, instance);
  if (record == nullptr || record->custom_status.version <= seen_version) {
    return std::optional<CustomStatus>();  // STAT_2
  }
  return std::optional<CustomStatus>(record->custom_status);
}

Result<std::optional<KeyValue>> Store::read_value(const std::string& instance,
                                                  const std::string& key) const {
  const Instance* record = find(instances_, instance);
  if (record == nullptr) return std::optional<KeyValue>();
  const auto found = record->values.live().find(key);
  if (found == record->values.live().end()) return std::optional<KeyValue>();
  return std::optional<KeyValue>(found->second);
}

Result<std::map<std::string, KeyValue>> Store::read_values(const std::string& instance) const {
  const Instance* record = find(instances_, instance);
  return record == nullptr ? KeyValues::State() : record->values.live();
}

}  // namespace ackproof::memory
