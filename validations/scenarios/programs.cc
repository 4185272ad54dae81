#include "validations/scenarios/programs.h"

#include "engine/saga.h"

namespace ackproof::scenarios {

namespace {

using engine::CallOptions;
using engine::Failed;
using engine::Failure;
using engine::Future;
using engine::Saga;
using engine::Task;

// --- Orders

Task<Value> fulfil(engine::Context&, Saga& saga, Value order) {
  Value receipt = Value::array();
  const Value stock = co_await saga.step("reserve", order, "release");
  receipt.push_back(stock);
  const Value payment = co_await saga.step("charge", order, "refund");
  receipt.push_back(payment);
  const Value parcel = co_await saga.step("ship", order, "call_back");
  receipt.push_back(parcel);
  co_return receipt;
}

Task<Value> order_program(engine::Context& context, Value input) {
  const Value receipt = co_await run_saga(context, fulfil, input);
  co_return receipt;
}

// --- Offers

Task<Value> offers_program(engine::Context& context, Value) {
  Future<int> near = context.activity<int>("price", "near");
  Future<int> far = context.activity<int>("price", "far");
  Future<int> abroad = context.activity<int>("price", "abroad");
  const std::size_t first = co_await context.select(near, far);
  const int price = first == 0 ? near.result() : far.result();
  const int other = co_await abroad;
  co_return Value(price + other);
}

// --- Approval

Task<Value> approval_program(engine::Context& context, Value span) {
  const Duration shorter(span.get<std::int64_t>());
  Future<Value> second = context.timer(2 * shorter);
  Future<Value> first = context.timer(shorter);
  co_await first;
  co_await context.activity("remind", "the boss");
  co_await second;
  const Value by = co_await context.event("approved");
  co_return by;
}

// --- Family

Task<Value> child_program(engine::Context& context, Value part) {
  if (part == "gold") throw engine::permanent("there is none");
  const Value made = co_await context.activity("make", part);
  co_return made;
}

Task<Value> family_program(engine::Context& context, Value) {
  Future<Value> first = context.child("child", "wood");
  Future<Value> second = context.child("child", "gold");
  std::optional<Failure> failure;
  try {
    co_await second;
  } catch (const Failed& failed) {
    failure = failed.failure();
  }
  const Value made = co_await first;
  Value both = Value::array();
  both.push_back(made);
  both.push_back(failure ? engine::name(failure->kind) : "no failure");
  co_return both;
}

// --- Called off

Task<Value> idle_program(engine::Context& context, Value) {
  const Value never = co_await context.event("never");
  co_return never;
}

Task<Value> called_off_program(engine::Context& context, Value) {
  Future<Value> idle = context.child("idle", Value());
  Future<int> needless = context.activity<int>("price", "nowhere");
  needless.drop();
  Future<int> needed = context.activity<int>("price", "near");
  const std::size_t first = co_await context.select(idle, needed);
  co_return Value(first == 1 ? needed.result() : 0);
}

// --- Tally

Task<Value> tally_program(engine::Context& context, Value input) {
  const Value digit = co_await context.message("digits");
  CallOptions options;
  if (input.at("sessions")) options.session = "till";
  if (input.at("tags")) options.tag = "cash";
  const Value counted = co_await context.activity("count", digit, options);
  Value before = input.at("number");
  if (input.at("values")) before = context.value("number").value_or(Value(0));
  const int number = 10 * before.get<int>() + counted.get<int>();
  if (input.at("values")) context.set_value("number", number);
  if (input.at("status")) context.set_status(number);
  if (input.at("left") > 1) {
    Value next = input;
    next["left"] = input.at("left").get<int>() - 1;
    next["number"] = number;
    context.continue_as_new(next);
  }
  co_return Value(number);
}

constexpr int kPrice = 20;

}  // namespace

Play order(const Circumstances&) {
  return {.program = "order",
          .input = {{"item", "lamp"}, {"carrier", "post"}},
          .expected = {.result = {"reserve lamp", "charge lamp", "ship lamp"},
                       .steps = {"reserve lamp", "charge lamp", "ship lamp"}}};
}

Play order_without_carrier(const Circumstances&) {
  return {.program = "order",
          .input = {{"item", "lamp"}, {"carrier", "none"}},
          .expected = {.status = Status::failed,
                       .failed = "ship",
                       .steps = {"reserve lamp", "charge lamp", "ship lamp", "refund lamp",
                                 "release lamp"}}};
}

Play offers(const Circumstances&) {
  return {.program = "offers", .expected = {.result = 2 * kPrice}};
}

Play approval(const Circumstances& circumstances) {
  return {.program = "approval",
          .input = circumstances.span.count(),
          .when_quiet = {[](engine::Engine& engine, const std::string& instance) {
            return engine.raise(instance, "approved", "Ann");
          }},
          .expected = {.result = "Ann"}};
}

Play family(const Circumstances&) {
  return {.program = "family", .expected = {.result = {"make wood", "child_failed"}}};
}

Play called_off(const Circumstances&) {
  return {.program = "called_off", .expected = {.result = kPrice}};
}

Play tally(const Circumstances& circumstances) {
  const auto& facets = circumstances.offered.facets;
  Play play{.program = "tally",
            .input = {{"left", 2},
                      {"number", 0},
                      {"sessions", facets.has(Capability::sessions)},
                      {"tags", facets.has(Capability::tags)},
                      {"values", facets.has(Capability::key_value)},
                      {"status", facets.has(Capability::custom_status)}},
            .at_once = {[](engine::Engine& engine, const std::string& instance) {
                          return engine.enqueue(instance, "digits", 3);
                        },
                        [](engine::Engine& engine, const std::string& instance) {
                          return engine.enqueue(instance, "digits", 4);
                        }},
            .expected = {.result = 34}};
  if (facets.has(Capability::custom_status)) {
    play.expected.custom_status = play.expected.result;
    play.expected.status_changes = 2;
  }
  return play;
}

engine::Registry programs(std::vector<std::string>& steps) {
  engine::Registry registry;
  registry.program("order", order_program)
      .program("offers", offers_program)
      .program("approval", approval_program)
      .program("family", family_program)
      .program("child", child_program)
      .program("called_off", called_off_program)
      .program("idle", idle_program)
      .program("tally", tally_program);
  const auto note = [&steps](const std::string& step) {
    steps.push_back(step);
    return Value(step);
  };
  for (const char* name : {"reserve", "charge", "ship"}) {
    registry.activity_of_values(name, [note, name](const auto&, const Value& order) {
      const Value done = note(name + (" " + order.at("item").get<std::string>()));
      if (name == std::string("ship") && order.at("carrier") == "none") {
        throw engine::permanent("no carrier");
      }
      return done;
    });
  }
  for (const char* name : {"release", "refund", "call_back"}) {
    registry.activity_of_values(name, [note, name](const auto&, const Value& done) {
      return note(name + (" " + done.at("input").at("item").get<std::string>()));
    });
  }
  for (const char* name : {"remind", "make"}) {
    registry.activity_of_values(name, [note, name](const auto&, const Value& what) {
      return note(name + (" " + what.get<std::string>()));
    });
  }
  registry.activity_of_values("price", [note](const auto&, const Value& where) {
    note("price " + where.get<std::string>());
    return Value(kPrice);
  });
  registry.activity_of_values("count", [note](const auto&, const Value& digit) {
    note("count " + digit.dump());
    return digit;
  });
  return registry;
}

}  // namespace ackproof::scenarios
