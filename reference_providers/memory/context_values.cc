#include "reference_providers/memory/context_values.h"

#include <utility>

#include "reference_providers/memory/errors.h"

namespace ackproof::memory {

namespace {

std::optional<Bytes> find(const std::map<std::string, Bytes>& values, const std::string& key) {
  const auto found = values.find(key);
  return found == values.end() ? std::nullopt : std::optional(found->second);
}

}  // namespace

Result<void> ContextValues::put_output(const NodeKey& key, Bytes output) {
  if (!outputs_[key.flow].try_emplace(key.node, std::move(output)).second) {
    return conflict("the node has an output already");
  }
  return {};
}

Result<std::optional<Bytes>> ContextValues::read_output(const NodeKey& key) const {
  const auto flow = outputs_.find(key.flow);
  return flow == outputs_.end() ? std::nullopt : find(flow->second, key.node);
}

Result<std::vector<std::string>> ContextValues::list_outputs(const std::string& flow) const {
  std::vector<std::string> nodes;
  const auto found = outputs_.find(flow);
  if (found == outputs_.end()) return nodes;
  for (const auto& [node, output] : found->second) nodes.push_back(node);
  return nodes;
}

Result<void> ContextValues::put_global(const std::string& key, Bytes value) {
  if (!globals_.try_emplace(key, std::move(value)).second) {
    return conflict("the global has a value already");
  }
  return {};
}

Result<void> ContextValues::upsert_global(const std::string& key, Bytes value) {
  globals_.insert_or_assign(key, std::move(value));
  return {};
}

Result<std::optional<Bytes>> ContextValues::read_global(const std::string& key) const {
  return find(globals_, key);
}

}  // namespace ackproof::memory
