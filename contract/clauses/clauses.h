// All clauses in one array. The texts are in the files beside this one, by part of the contract.
#pragma once

#include <array>
#include <cstddef>

#include "contract/clauses/delivery.h"
#include "contract/clauses/engine.h"
#include "contract/clauses/facets.h"
#include "contract/clauses/foundation.h"
#include "contract/clauses/stores.h"

namespace ackproof::clauses {

template <std::size_t... sizes>
constexpr auto join(const Requirement (&... parts)[sizes]) {
  std::array<Requirement, (sizes + ...)> all{};
  std::size_t next = 0;
  const auto append = [&](const auto& part) {
    for (const Requirement& clause : part) all[next++] = clause;
  };
  (append(parts), ...);
  return all;
}

// Foundation first (CAP, ERR, DUR, CONC, TIME, TEXT bind every profile), then what they are asked of.
inline constexpr auto kAll = join(kFoundation, kDelivery, kEngine, kFacets, kStores);

}  // namespace ackproof::clauses
