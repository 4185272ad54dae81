#include "reference_providers/memory/key_values.h"

#include <utility>

namespace ackproof::memory {

void KeyValues::change(KeyValueChange change) noexcept {
  switch (change.kind) {
    case KeyValueChange::Kind::set:
      live_[std::move(change.key)] = {std::move(change.value), change.updated_at};
      return;
    case KeyValueChange::Kind::clear:
      live_.erase(change.key);
      return;
    case KeyValueChange::Kind::clear_all:
      live_.clear();
      return;
  }
}

}  // namespace ackproof::memory
