#include "harness/stress/loads.h"

#include <algorithm>
#include <array>
#include <thread>

#include "engine/saga.h"
#include "harness/stress/payloads.h"

namespace ackproof::stress {

namespace {

using engine::ActivityContext;
using engine::Context;
using engine::Failed;
using engine::Failure;
using engine::FailureKind;
using engine::Future;
using engine::permanent;
using engine::Registry;
using engine::Saga;
using engine::Task;
using engine::Value;

constexpr int kSteps = 5;
constexpr int kTimers = 3;
constexpr int kChildren = 3;
constexpr std::uint64_t kExecutions = 4;
constexpr std::uint64_t kParts = 3;

// A number that tells whether it was computed of this one. The mixer of SplitMix64.
std::uint64_t mix(std::uint64_t number) {
  number += 0x9E3779B97F4A7C15U;
  number = (number ^ (number >> 30U)) * 0xBF58476D1CE4E5B9U;
  number = (number ^ (number >> 27U)) * 0x94D049BB133111EBU;
  return number ^ (number >> 31U);
}

// Depends on the order of what is put together.
std::uint64_t join(std::uint64_t sum, std::uint64_t next) { return mix(sum ^ next); }

Value input_of_key(std::uint64_t key, const StressSettings&) { return key; }

// --- steps: one activity after the other.

Task<std::uint64_t> steps(Context& context, std::uint64_t key) {
  std::uint64_t sum = key;
  for (int i = 0; i < kSteps; ++i) {
    const std::uint64_t next = co_await context.activity<std::uint64_t>("work", sum);
    sum = next;
  }
  co_return sum;
}

Expected steps_expected(std::uint64_t key, const StressSettings&) {
  std::uint64_t sum = key;
  for (int i = 0; i < kSteps; ++i) sum = mix(sum);
  return {"", sum, std::vector<std::string>(kSteps, "work"), {}};
}

// --- fan_out: all at once.

Task<std::uint64_t> fan_out(Context& context, std::uint64_t key) {
  std::vector<Future<std::uint64_t>> asked;
  for (std::uint64_t i = 0; i < kSteps; ++i) {
    asked.push_back(context.activity<std::uint64_t>("work", key + i));
  }
  std::uint64_t sum = key;
  for (const Future<std::uint64_t>& one : asked) {
    const std::uint64_t next = co_await one;
    sum = join(sum, next);
  }
  co_return sum;
}

Expected fan_out_expected(std::uint64_t key, const StressSettings&) {
  std::uint64_t sum = key;
  for (std::uint64_t i = 0; i < kSteps; ++i) sum = join(sum, mix(key + i));
  return {"", sum, std::vector<std::string>(kSteps, "work"), {}};
}

// --- timers: one after the other, then two at once; none early.

Duration span_of(std::uint64_t key, std::uint64_t number) {
  return Duration(1 + static_cast<std::int64_t>(mix(key + number) % 20));
}

void demand_not_early(Time now, Time due) {
  if (now < due) {
    throw permanent("a timer fired " + std::to_string((due - now).count()) + " ms early");
  }
}

Task<std::uint64_t> timers(Context& context, std::uint64_t key) {
  for (std::uint64_t i = 0; i < kTimers; ++i) {
    const Time due = context.now() + span_of(key, i);
    co_await context.timer(span_of(key, i));
    demand_not_early(context.now(), due);
  }
  const Time latest = context.now() + std::max(span_of(key, 7), span_of(key, 8));
  const Future<Value> left = context.timer(span_of(key, 7));
  const Future<Value> right = context.timer(span_of(key, 8));
  co_await left;
  co_await right;
  demand_not_early(context.now(), latest);
  const std::uint64_t sum = co_await context.activity<std::uint64_t>("think", key);
  co_return sum;
}

Expected timers_expected(std::uint64_t key, const StressSettings&) {
  return {"", mix(key), {"think"}, {}};
}

// --- children: workflows of their own, side by side.

Task<std::uint64_t> child(Context& context, std::uint64_t key) {
  const std::uint64_t first = co_await context.activity<std::uint64_t>("think", key);
  const std::uint64_t second = co_await context.activity<std::uint64_t>("think", first);
  co_return second;
}

std::string name_of_child(const std::string& parent, std::uint64_t number) {
  return parent + ".child-" + std::to_string(number);
}

Task<std::uint64_t> children(Context& context, std::uint64_t key) {
  std::vector<Future<std::uint64_t>> asked;
  for (std::uint64_t i = 0; i < kChildren; ++i) {
    asked.push_back(
        context.child<std::uint64_t>("child", key + i, name_of_child(context.instance(), i)));
  }
  std::uint64_t sum = key;
  for (const Future<std::uint64_t>& one : asked) {
    const std::uint64_t next = co_await one;
    sum = join(sum, next);
  }
  co_return sum;
}

Expected children_expected(std::uint64_t key, const StressSettings&) {
  Expected parent;
  std::uint64_t sum = key;
  for (std::uint64_t i = 0; i < kChildren; ++i) {
    const std::uint64_t result = mix(mix(key + i));
    parent.children.push_back({name_of_child("", i), result, {"think", "think"}, {}});
    sum = join(sum, result);
  }
  parent.result = sum;
  return parent;
}

// --- saga: three steps, of which every third workflow's last one fails, so that the others are undone.

constexpr const char* kNoCarrier = "no carrier takes it";

bool is_shipped(std::uint64_t key) { return key % 3 != 0; }

Task<std::uint64_t> ship_order(Context& context, Saga& saga, std::uint64_t key) {
  const std::uint64_t place = co_await saga.step<std::uint64_t>("reserve", key, "release");
  const std::uint64_t receipt = co_await saga.step<std::uint64_t>("charge", place, "refund");
  co_await context.activity("ship", key);
  co_return receipt;
}

Task<Value> sell(Context& context, std::uint64_t key) {
  std::optional<Failure> failure;
  try {
    const std::uint64_t receipt = co_await run_saga(context, ship_order, key);
    co_return receipt;
  } catch (const Failed& failed) {
    failure = failed.failure();
  }
  co_return "undone: " + failure->message;
}

Value ship(const Value& key) {
  if (!is_shipped(key)) throw permanent(kNoCarrier);
  return key;
}

// A step is undone with what it was done with.
Value undo(const Value& done) {
  if (done.at("output") != mix(done.at("input"))) {
    throw permanent("the compensation is told another outcome than that of its step");
  }
  return Value();
}

Expected saga_expected(std::uint64_t key, const StressSettings&) {
  if (is_shipped(key)) return {"", mix(mix(key)), {"reserve", "charge", "ship"}, {}};
  return {"",
          std::string("undone: ") + kNoCarrier,
          {"reserve", "charge", "ship", "refund", "release"},
          {}};
}

// --- continued: an execution after the other, each with an activity.

Value what_is_left(std::uint64_t sum, std::uint64_t executions) {
  return {{"sum", sum}, {"executions", executions}};
}

Task<Value> continued(Context& context, Value about) {
  const auto left = about.at("executions").get<std::uint64_t>();
  const auto before = about.at("sum").get<std::uint64_t>();
  const std::uint64_t sum = co_await context.activity<std::uint64_t>("think", before);
  if (left > 1) context.continue_as_new(what_is_left(sum, left - 1));
  co_return sum;
}

Value continued_input(std::uint64_t key, const StressSettings&) {
  return what_is_left(key, kExecutions);
}

Expected continued_expected(std::uint64_t key, const StressSettings&) {
  std::uint64_t sum = key;
  for (std::uint64_t i = 0; i < kExecutions; ++i) sum = mix(sum);
  return {"", sum, std::vector<std::string>(kExecutions, "think"), {}, kExecutions};
}

// --- cancelled: waits for what never comes until it is cancelled, and then does what is to be done.

Value stopped(const std::string& reason, std::uint64_t undone) {
  return {{"reason", reason}, {"undone", undone}};
}

std::string reason_of(std::uint64_t key) { return "enough of " + std::to_string(key); }

Task<Value> cancelled(Context& context, std::uint64_t key) {
  std::optional<Failure> failure;
  try {
    const Value never = co_await context.event("never");
    co_return never;
  } catch (const Failed& failed) {
    failure = failed.failure();
  }
  if (failure->kind != FailureKind::cancelled) throw Failed(*failure);
  const Context::Undoing undoing(context);  // It may be cancelled twice.
  const std::uint64_t undone = co_await context.activity<std::uint64_t>("think", key);
  co_return stopped(failure->message, undone);
}

Expected cancelled_expected(std::uint64_t key, const StressSettings&) {
  return {"", stopped(reason_of(key), mix(key)), {"think"}, {}};
}

std::vector<Sent> cancelled_sent(std::uint64_t key) {
  return {{Sent::Kind::cancellation, reason_of(key), {}}};
}

// --- signalled: two events, and what comes through a queue, in order.

std::uint64_t part_of(std::uint64_t key, std::uint64_t number) { return mix(key + number); }

// What it has seen already comes again when its sender could not know whether it had arrived.
bool is_next(const Value& message, std::uint64_t number) {
  const auto sent = message.at("number").get<std::uint64_t>();
  if (sent > number) {
    throw permanent("message " + std::to_string(sent) + " came before message " +
                    std::to_string(number));
  }
  return sent == number;
}

Task<std::uint64_t> signalled(Context& context, std::uint64_t key) {
  const Future<std::uint64_t> left = context.event<std::uint64_t>("left");
  const Future<std::uint64_t> right = context.event<std::uint64_t>("right");
  std::uint64_t sum = key;
  for (std::uint64_t number = 0; number < kParts;) {
    const Value message = co_await context.message("parts");
    if (!is_next(message, number)) continue;
    sum = join(sum, message.at("part").get<std::uint64_t>());
    ++number;
  }
  const std::uint64_t of_left = co_await left;
  const std::uint64_t of_right = co_await right;
  const std::uint64_t all = join(join(sum, of_left), of_right);
  const std::uint64_t thought = co_await context.activity<std::uint64_t>("think", all);
  co_return thought;
}

Expected signalled_expected(std::uint64_t key, const StressSettings&) {
  std::uint64_t sum = key;
  for (std::uint64_t number = 0; number < kParts; ++number) sum = join(sum, part_of(key, number));
  return {"", mix(join(join(sum, mix(key)), key)), {"think"}, {}};
}

std::vector<Sent> signalled_sent(std::uint64_t key) {
  std::vector<Sent> all = {{Sent::Kind::event, "right", key}};
  for (std::uint64_t number = 0; number < kParts; ++number) {
    const Value message = {{"number", number}, {"part", part_of(key, number)}};
    all.push_back({Sent::Kind::message, "parts", message});
  }
  all.push_back({Sent::Kind::event, "left", mix(key)});
  return all;
}

constexpr std::array kLoads = {
    Load{"steps", "five activities, one after the other", input_of_key, steps_expected},
    Load{"fan_out", "five activities at once", input_of_key, fan_out_expected},
    Load{"payloads", "large payloads through three activities, compared byte by byte",
         payloads::input, payloads::expected},
    Load{"timers", "five timers, three of them one after the other", input_of_key, timers_expected},
    Load{"children", "three child workflows at once", input_of_key, children_expected},
    Load{"saga", "three steps, of which every third workflow's last one fails and is undone",
         input_of_key, saga_expected},
    Load{"continued", "four executions, each but the last continues as new", continued_input,
         continued_expected},
    Load{"cancelled", "waits for ever until a client cancels it, and undoes something",
         input_of_key, cancelled_expected, cancelled_sent},
    Load{"signalled", "two events and three queue messages of a client, in order", input_of_key,
         signalled_expected, signalled_sent},
};

}  // namespace

std::span<const Load> loads() { return kLoads; }

std::vector<const Load*> loads_named(std::string_view name) {
  std::vector<const Load*> found;
  for (const Load& load : kLoads) {
    if (name == "mixed" || name == load.name) found.push_back(&load);
  }
  return found;
}

// Half of the range, so that what is added to a key stays a number that every codec can say.
std::uint64_t key_of(std::uint64_t seed, std::uint64_t number) {
  return join(mix(seed), number) >> 1U;
}

Registry registry_of(const StressSettings& settings, Executions& executions) {
  Registry registry;
  registry.program("steps", steps)
      .program("fan_out", fan_out)
      .program("payloads", payloads::program)
      .program("timers", timers)
      .program("children", children)
      .program("child", child)
      .program("saga", sell)
      .program("continued", continued)
      .program("cancelled", cancelled)
      .program("signalled", signalled);
  const auto add = [&](const char* name, std::function<Value(const Value&)> body) {
    registry.activity_of_values(name, [&executions, body = std::move(body)](
                                          const ActivityContext& activity, const Value& input) {
      executions.note(activity);
      return body(input);
    });
  };
  const auto think = [](const Value& input) { return Value(mix(input.get<std::uint64_t>())); };
  add("work", [think, length = settings.activity](const Value& input) {
    if (length > Duration(0)) std::this_thread::sleep_for(length);
    return think(input);
  });
  add("think", think);
  add("make", payloads::make);
  add("turn_round", payloads::turn_round);
  add("weigh", payloads::weigh);
  add("reserve", think);
  add("charge", think);
  add("ship", ship);
  add("refund", undo);
  add("release", undo);
  return registry;
}

}  // namespace ackproof::stress
