// Where tests get in between the provider and its store.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>

#include "reference_providers/filesystem/files.h"
#include "reference_providers/memory/effects.h"

namespace ackproof::filesystem {

struct Seams {
  std::shared_ptr<Files> files = std::make_shared<Files>();

  // A snapshot is taken when the journal has grown by so many bytes since the last one, and by so
  // many times the size of that one: so that taking them costs a bounded part of all writing.
  std::uint64_t snapshot_after = 4U << 20U;
  std::uint64_t snapshot_times = 1;

  // May change what is read, or put into a snapshot. False: it is left out.
  enum class When : std::uint8_t { loading, catching_up, in_snapshot };
  std::function<bool(When, memory::Effect&)> filter = nullptr;
};

}  // namespace ackproof::filesystem
