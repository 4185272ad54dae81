// Assertions on results, and readable values in GoogleTest's messages.
//
// A refusal is always asserted by its kind, never as "some error"; a value by full equality, never
// by a count.
#pragma once

#include <gtest/gtest.h>

#include <concepts>
#include <ostream>
#include <string>

#include "contract/json.h"
#include "contract/result.h"
#include "contract/types.h"

// GoogleTest finds PrintTo by the namespace of a type, and times live in std::chrono.
template <>
class testing::internal::UniversalPrinter<ackproof::Time> {
 public:
  static void Print(const ackproof::Time& time, std::ostream* out) {
    *out << ackproof::to_text(time);
  }
};

namespace ackproof {

inline void PrintTo(ErrorKind kind, std::ostream* out) { *out << name(kind); }

// The contract's values appear as JSON, cut when they are very long.
template <class T>
concept Printable =
    std::same_as<T, Event> || std::same_as<T, Message> || std::same_as<T, Activity> ||
    std::same_as<T, Turn> || std::same_as<T, LockedActivity> || std::same_as<T, InstanceInfo> ||
    std::same_as<T, TurnCommit> || std::same_as<T, KeyValue> || std::same_as<T, EngineVersion> ||
    std::same_as<T, LockToken> || std::same_as<T, Status> || std::same_as<T, Description> ||
    std::same_as<T, CustomStatus> || std::same_as<T, ExecutionInfo> ||
    std::same_as<T, InstanceTree> || std::same_as<T, QueueDepth> || std::same_as<T, QueueDepths> ||
    std::same_as<T, StoreTotals> || std::same_as<T, DeletionCounts> ||
    std::same_as<T, PruneCounts> || std::same_as<T, StreamEvent> || std::same_as<T, Snapshot>;

template <Printable T>
void PrintTo(const T& value, std::ostream* out) {
  constexpr std::size_t kLongest = 2'000;
  const std::string text = to_json(value);
  *out << text.substr(0, kLongest) << (text.size() > kLongest ? " ..." : "");
}

// The call was refused, and for this reason.
template <class T>
testing::AssertionResult fails_with(const Result<T>& result, ErrorKind kind) {
  if (result) {
    return testing::AssertionFailure() << "it succeeded, but must fail with " << name(kind);
  }
  if (result.error().kind == kind) return testing::AssertionSuccess();
  return testing::AssertionFailure()
         << "it failed with " << name(result.error().kind) << " (" << result.error().message
         << "), but must fail with " << name(kind);
}

// The call was accepted.
template <class T>
testing::AssertionResult succeeds(const Result<T>& result) {
  if (result) return testing::AssertionSuccess();
  return testing::AssertionFailure() << "it failed with " << name(result.error().kind) << " ("
                                     << result.error().message << "), but must succeed";
}

// The fetch or read was answered, with nothing.
template <class T>
testing::AssertionResult nothing(const Result<std::optional<T>>& result) {
  if (!result) return succeeds(result);
  if (!result.value()) return testing::AssertionSuccess();
  return testing::AssertionFailure() << "it returned " << testing::PrintToString(*result.value())
                                     << ", but must return nothing";
}

}  // namespace ackproof
