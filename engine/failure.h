// What goes wrong in a workflow, as a value that is stored in histories and shown to people, and as the
// exception by which programs see it.
#pragma once

#include <map>
#include <stdexcept>
#include <string>
#include <string_view>

#include <nlohmann/json.hpp>

#include "contract/clock.h"

namespace ackproof::engine {

// What programs, activities and events speak.
using Value = nlohmann::json;

enum class FailureKind : std::uint8_t {
  application,            // An activity or a program said so.
  timed_out,              // It took longer than its caller allowed.
  cancelled,              // Somebody asked the workflow to stop.
  child_failed,           // The child workflow ended so; its own failure is in the context.
  nondeterministic,       // The program does not do again what its history says it did.
  poisoned,               // Delivered too often without an end: whoever takes it dies.
  corrupt,                // The store could not decode what it keeps.
  refused,                // The store refused the commit as invalid.
  compensation_required,  // A compensation kept failing: a person has to step in.
};

// What the engine does about it.
enum class Reaction : std::uint8_t {
  retry,       // By the retry policy of the call; then the program sees it.
  compensate,  // The program sees it; a saga undoes what it has done.
  alert,       // The workflow ends as failed and says why: nothing heals by itself.
};

std::string_view name(FailureKind kind);
std::string_view name(Reaction reaction);
Reaction reaction_to(FailureKind kind);

struct Failure {
  FailureKind kind = FailureKind::application;
  std::string message;                         // For people.
  std::map<std::string, std::string> context;  // Facts: "activity", "attempts", "step".
  std::string source;                          // What failed: an activity's or a program's name.
  Time time;                                   // When the engine recorded it.
  bool is_retryable = true;

  bool operator==(const Failure&) const = default;
};

Value to_value(const Failure& failure);

// Of what `to_value` made; whatever is missing has its default.
Failure failure_from(const Value& value);

// "charge failed: application: no money (attempts 3)"
std::string describe(const Failure& failure);

// Thrown by awaits in programs, and by programs and activities to fail.
class Failed : public std::runtime_error {
 public:
  explicit Failed(Failure failure)
      : std::runtime_error(describe(failure)), failure_(std::move(failure)) {}
  const Failure& failure() const noexcept { return failure_; }

 private:
  Failure failure_;
};

// For activities: fails, and may be tried again.
Failed temporary(const std::string& message);

// For activities and programs: fails, and trying again would not help.
Failed permanent(const std::string& message);

// The failure that an exception stands for: its own, or `application` with what it says.
Failure failure_of(const std::exception_ptr& error, const std::string& source);

}  // namespace ackproof::engine
