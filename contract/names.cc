// The spelling of every enumerator, in one place.
#include <algorithm>
#include <array>
#include <cctype>
#include <string>

#include "contract/capability.h"
#include "contract/requirements.h"
#include "contract/result.h"

namespace ackproof {

namespace {

template <class Enum, std::size_t size>
constexpr std::string_view pick(const std::array<std::string_view, size>& names, Enum value) {
  const auto index = static_cast<std::size_t>(value);
  return index < size ? names[index] : "?";
}

}  // namespace

std::string_view name(Capability capability) {
  static constexpr std::array<std::string_view, 14> kNames = {
      "none",          "queues",    "sessions",    "tags",         "version_filter",
      "custom_status", "key_value", "management",  "deletion",     "pruning",
      "long_polling",  "batch",     "event_store", "context_store"};
  return pick(kNames, capability);
}

std::string_view name(ClockSource source) {
  static constexpr std::array<std::string_view, 3> kNames = {"injected", "local", "server"};
  return pick(kNames, source);
}

std::string_view name(Durability durability) {
  static constexpr std::array<std::string_view, 3> kNames = {"volatile", "process_crash",
                                                             "power_loss"};
  return pick(kNames, durability);
}

std::string_view name(Force force) { return force == Force::must ? "MUST" : "SHOULD"; }

std::string_view name(Level level) {
  static constexpr std::array<std::string_view, 5> kNames = {"none", "functional", "concurrent",
                                                             "durable", "resilient"};
  return pick(kNames, level);
}

std::string_view name(ErrorKind kind) {
  static constexpr std::array<std::string_view, 9> kNames = {
      "busy",    "unknown_outcome", "lock_lost", "conflict", "not_found",
      "invalid", "unsupported",     "corrupt",   "internal"};
  return pick(kNames, kind);
}

const Requirement* find_requirement(std::string_view id) {
  std::string wanted(id);
  std::ranges::transform(wanted, wanted.begin(), [](unsigned char c) {
    return c == '-' ? '_' : static_cast<char>(std::toupper(c));
  });
  const auto all = requirements();
  const auto found = std::ranges::find(all, wanted, &Requirement::id);
  return found == all.end() ? nullptr : &*found;
}

}  // namespace ackproof
