// The load `payloads`: large ones go from activity to activity, and each byte is compared wherever they pass.
#pragma once

#include "harness/stress/loads.h"

namespace ackproof::stress::payloads {

engine::Value input(std::uint64_t key, const StressSettings& settings);
Expected expected(std::uint64_t key, const StressSettings& settings);

engine::Task<engine::Value> program(engine::Context& context, engine::Value about);

// The activities, in the order in which the program asks for them. They fail for good, saying where and how, when
// what arrives is not what was sent.
engine::Value make(const engine::Value& about);
engine::Value turn_round(const engine::Value& about);
engine::Value weigh(const engine::Value& about);

}  // namespace ackproof::stress::payloads
