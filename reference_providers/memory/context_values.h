// The outputs of nodes and the globals of the memory provider (CTX_1, CTX_2).
//
// They share nothing with each other, nor with instances and queues. Used under the store's mutex;
// the provider has checked the arguments by themselves.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "contract/result.h"
#include "contract/types.h"

namespace ackproof::memory {

class ContextValues {
 public:
  Result<void> put_output(const NodeKey& key, Bytes output);
  Result<std::optional<Bytes>> read_output(const NodeKey& key) const;
  Result<std::vector<std::string>> list_outputs(const std::string& flow) const;

  Result<void> put_global(const std::string& key, Bytes value);
  Result<void> upsert_global(const std::string& key, Bytes value);
  Result<std::optional<Bytes>> read_global(const std::string& key) const;

 private:
  using Values = std::map<std::string, Bytes>;

  std::map<std::string, Values> outputs_;  // By flow, then by node.
  Values globals_;
};

}  // namespace ackproof::memory
