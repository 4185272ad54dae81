#include "harness/stress/payloads.h"

#include <algorithm>
#include <random>

namespace ackproof::stress::payloads {

namespace {

using engine::Context;
using engine::permanent;
using engine::Task;
using engine::Value;
using Binary = Value::binary_t;

// Any bytes, in any order.
Binary content(std::uint64_t key, std::size_t size) {
  std::mt19937_64 random(key);
  Binary bytes;
  bytes.resize(size);
  std::uint64_t word = 0;
  for (std::size_t i = 0; i < size; ++i, word >>= 8U) {
    if (i % 8 == 0) word = random();
    bytes[i] = static_cast<std::uint8_t>(word);
  }
  return bytes;
}

std::uint64_t digest(const Binary& bytes) {
  std::uint64_t sum = bytes.size();
  for (const std::uint8_t byte : bytes) sum = (sum ^ byte) * 1099511628211U;
  return sum;
}

// Throws, saying where and how, when the payload is not what was sent.
void compare(const Value& payload, const Binary& sent, const std::string& where) {
  if (!payload.is_binary()) throw permanent("the payload " + where + " is no bytes any more");
  const Binary& arrived = payload.get_binary();
  if (arrived.size() != sent.size()) {
    throw permanent("the payload " + where + " has " + std::to_string(arrived.size()) +
                    " bytes, not " + std::to_string(sent.size()));
  }
  const auto at = std::ranges::mismatch(arrived, sent).in1 - arrived.begin();
  if (static_cast<std::size_t>(at) == sent.size()) return;
  throw permanent("byte " + std::to_string(at) + " of the payload " + where + " is " +
                  std::to_string(arrived[static_cast<std::size_t>(at)]) + ", not " +
                  std::to_string(sent[static_cast<std::size_t>(at)]));
}

// What two activities and the program know of it without being told.
Binary first_content(const Value& about) { return content(about.at("key"), about.at("bytes")); }
Binary second_content(const Value& about) {
  Binary bytes = first_content(about);
  std::ranges::reverse(bytes);
  return bytes;
}

}  // namespace

Value make(const Value& about) { return Value::binary(first_content(about)); }

Value turn_round(const Value& about) {
  compare(about.at("payload"), first_content(about), "on its way to the second activity");
  return Value::binary(second_content(about));
}

Value weigh(const Value& about) {
  compare(about.at("payload"), second_content(about), "on its way to the third activity");
  return digest(about.at("payload").get_binary());
}

Task<Value> program(Context& context, Value about) {
  const Value made = co_await context.activity("make", about);
  compare(made, first_content(about), "of the first activity");
  Value with_made = about;
  with_made["payload"] = made;
  const Value turned = co_await context.activity("turn_round", with_made);
  compare(turned, second_content(about), "of the second activity");
  Value with_turned = about;
  with_turned["payload"] = turned;
  const Value weight = co_await context.activity("weigh", with_turned);
  co_return weight;
}

Value input(std::uint64_t key, const StressSettings& settings) {
  return {{"key", key}, {"bytes", settings.payload_bytes}};
}

Expected expected(std::uint64_t key, const StressSettings& settings) {
  return {"", digest(second_content(input(key, settings))), {"make", "turn_round", "weigh"}, {}};
}

}  // namespace ackproof::stress::payloads
