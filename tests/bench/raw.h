// What the stores below the providers can do at most: as many writes, with as many bytes, in as many
// transactions, each as durable, by as many workers; but nothing is looked for, decided or answered.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "tests/support/stores.h"

namespace ackproof::bench {

// A payload as engines write it.
inline constexpr std::size_t kPayload = 200;

enum class Work : std::uint8_t {
  turn,      // Enqueue a message; fetch the turn; ack it with an event and an activity.
  activity,  // Enqueue an activity; fetch it; ack it with its completion.
};

// Each of them is so many commits: something is put, locked, and done with.
inline constexpr int kCommitsOfWork = 3;

class RawLimit {
 public:
  virtual ~RawLimit() = default;
  // How often a second so many workers can do what `work` writes. Nothing: the program that
  // measures it is not installed.
  virtual std::optional<double> per_second(Work work, int workers, double seconds) = 0;
};

std::unique_ptr<RawLimit> raw_appends(const std::filesystem::path& folder);
std::unique_ptr<RawLimit> raw_sqlite(const std::filesystem::path& folder);
std::unique_ptr<RawLimit> raw_postgresql(const std::string& uri,
                                         const std::filesystem::path& folder);
std::unique_ptr<RawLimit> raw_redis(const std::string& uri);

// Of the place's disk or server.
std::unique_ptr<RawLimit> raw_limit(const testing_support::Place& place);

}  // namespace ackproof::bench
