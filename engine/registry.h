// The programs and activities that a process can run, by name; programs also by version.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "engine/context.h"

namespace ackproof::engine {

// A program with its types erased.
using Program = std::function<Task<Value>(Context&, Value)>;

// What an activity may know besides its input.
struct ActivityContext {
  std::string instance;
  std::uint64_t execution = 1;
  std::uint64_t id = 0;           // With instance and execution: a key for idempotence.
  std::uint64_t attempt = 1;      // How often it was delivered.
  std::function<bool()> is_lost;  // Whether somebody else may be at it by now, or it was cancelled.
};

// An activity throws `temporary` or `permanent` to fail. It may run more than once (the contract delivers at
// least once), and its result is recorded once.
using ActivityBody = std::function<Value(const ActivityContext&, const Value&)>;

namespace details {

template <class Out, class In>
Task<Value> run_typed(Task<Out> (*program)(Context&, In), Context& context, Value input) {
  Task<Out> typed = program(context, input.get<In>());
  const Out output = co_await typed;
  co_return Value(output);
}

}  // namespace details

class Registry {
 public:
  // `version` is compared as text of numbers between dots: 1.10 is newer than 1.9.
  template <class Out, class In>
  Registry& program(const std::string& name, Task<Out> (*body)(Context&, In),
                    const std::string& version = "1") {
    return program_of_values(name, version, [body](Context& context, Value input) {
      return details::run_typed(body, context, std::move(input));
    });
  }

  // A function of (const ActivityContext&, const In&), or of (const In&).
  template <class In, class Out>
  Registry& activity(const std::string& name, std::function<Out(const In&)> body) {
    return activity_of_values(name, [body](const ActivityContext&, const Value& input) {
      return Value(body(input.get<In>()));
    });
  }

  Registry& program_of_values(const std::string& name, const std::string& version, Program body);
  Registry& activity_of_values(const std::string& name, ActivityBody body);

  // The newest version without one. Null when it is not there.
  const Program* find_program(const std::string& name,
                              const std::optional<std::string>& version) const;
  // The newest version of the program; empty when there is none.
  std::string newest_version(const std::string& name) const;
  const ActivityBody* find_activity(const std::string& name) const;

 private:
  struct ByNumbers {
    bool operator()(const std::string& left, const std::string& right) const;
  };

  std::map<std::string, std::map<std::string, Program, ByNumbers>> programs_;
  std::map<std::string, ActivityBody> activities_;
};

}  // namespace ackproof::engine
