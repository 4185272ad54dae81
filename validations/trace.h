// The recorder of provider calls: what a failed validation shows as "the last calls".
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "contract/provider.h"

namespace ackproof {

// Safe for concurrent calls.
class Trace {
 public:
  using Moment = std::chrono::steady_clock::time_point;

  // Keeps the last `kept` calls.
  explicit Trace(std::size_t kept = 50) : kept_(kept) {}

  // The number that the next call will have.
  std::uint64_t next_call() const;
  // The number of a handle, for telling workers apart.
  std::uint64_t next_handle();

  // The first moment that anybody told: the zero of all lines.
  Time zero(Time now);

  std::uint64_t begin();
  void end(std::uint64_t call, std::string line);

  // A call was answered `busy` or `unknown_outcome` after so long that the machine may be why, and not the
  // provider: what the validation makes of it decides nothing.
  void give_up() { gave_up_ = true; }
  bool gave_up() const { return gave_up_; }

  // When that call returned, if it has.
  std::optional<Moment> returned_at(std::uint64_t call) const;

  // The last calls, oldest first.
  std::vector<std::string> lines() const;

  // How many lines were written so far.
  std::uint64_t written() const;

  // Forgets the calls that ended after `lines` lines had been written, all but the last `but`.
  void forget_after(std::uint64_t lines, std::size_t but);

 private:
  const std::size_t kept_;
  mutable std::mutex mutex_;
  std::uint64_t begun_ = 0;
  std::uint64_t handles_ = 0;
  std::optional<Time> zero_;
  std::deque<std::string> lines_;
  std::uint64_t written_ = 0;  // Lines, those included that are no longer kept.
  std::unordered_map<std::uint64_t, Moment> returned_;
  std::atomic<bool> gave_up_ = false;
};

// `inner`, with every call written into `trace`, stamped with the time that `now` tells.
std::unique_ptr<Provider> traced(std::unique_ptr<Provider> inner, std::shared_ptr<Trace> trace,
                                 std::function<Time()> now);

}  // namespace ackproof
