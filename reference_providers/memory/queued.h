// What the items of both queues have in common.
#pragma once

#include <cstdint>
#include <set>
#include <utility>

#include "contract/types.h"

namespace ackproof::memory {

// An item's place in its queue: enqueue order, which nothing changes (LOCK_6, TURN_12).
using Sequence = std::uint64_t;
inline constexpr Sequence kLastSequence = ~Sequence{0};

// Items by the moment from which something is true of them.
using Schedule = std::set<std::pair<Time, Sequence>>;

inline constexpr const char* kUndecodable = "undecodable";

// The stored item as its reader gets it: keys and place are kept, an undecodable payload is gone
// (TURN_10, WORK_8).
template <class Item>
Item delivered(const Item& stored, bool undecodable) {
  Item item = stored;
  if (undecodable) {
    item.error = kUndecodable;
    item.payload.clear();
  }
  return item;
}

// Takes back what one fetch counted (POISON_2).
inline void uncount(std::uint64_t& attempts) {
  if (attempts > 0) --attempts;
}

}  // namespace ackproof::memory
