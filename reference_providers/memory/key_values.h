// The key-values of one instance (KV_1 to KV_5).
//
// There are two whole states: the live one, which clients read, and the merged one, which turns
// carry. A change goes into the live one; when an execution ends the live one becomes the merged
// one, so cleared keys are gone there too, and nobody has to remember what changed.
#pragma once

#include <map>
#include <string>
#include <utility>

#include "contract/types.h"

namespace ackproof::memory {

class KeyValues {
 public:
  using State = std::map<std::string, KeyValue>;

  // Applies one change; those of a commit come in their order.
  void change(KeyValueChange change) noexcept;

  // The execution that made the latest changes has ended.
  void merge() noexcept { merged_ = live_; }

  // As they were in another store.
  void restore(State live, State merged) noexcept {
    live_ = std::move(live);
    merged_ = std::move(merged);
  }

  const State& live() const { return live_; }
  const State& merged() const { return merged_; }

 private:
  State live_;
  State merged_;
};

}  // namespace ackproof::memory
