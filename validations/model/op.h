// One step of a random sequence, as plain numbers.
//
// Every op means something in every state (a token is "the newest", an execution "one more than
// the current"), so each part of a sequence is a sequence too, and shrinking is removing ops and
// clearing bits. What the numbers mean is said in `play.cc`; smaller means plainer.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace ackproof::model {

enum class Verb : std::uint8_t {
  enqueue_message,
  fetch_turn,
  ack_turn,
  abandon_turn,
  renew_turn,
  enqueue_activity,
  fetch_activity,
  ack_activity,
  abandon_activity,
  renew_activity,
  renew_sessions,
  cleanup_sessions,
  read,
  delete_instance,
  delete_instances,
  delete_matching,
  prune_instance,
  prune_matching,
  advance,
  reopen,
  start_over,  // Everything is looked at and taken, then all instances are deleted.
};

struct Op {
  Verb verb = Verb::read;
  std::uint8_t who = 0;  // Which instance, or which token.
  std::uint16_t a = 0;
  std::uint16_t b = 0;
  bool operator==(const Op&) const = default;
};

// What a sequence is mostly made of.
enum class Theme : std::uint8_t { turns, activities, executions, removal, everything };

// The n-th sequence of a run; the same for the same arguments.
std::vector<Op> random_ops(Theme theme, std::uint64_t seed, std::size_t length);

// As C++: {{Verb::fetch_turn, 0, 1, 0}, ...}.
std::string literal(const std::vector<Op>& ops);

// The op with less in it, in several ways, the boldest first.
std::vector<Op> plainer(const Op& op);

// A plainer sequence that still fails: from which no op can be removed, and no bit cleared, or as
// far as `most_tries` questions to `fails` lead.
template <class Fails>
std::vector<Op> shrunk(std::vector<Op> ops, std::size_t most_tries, const Fails& fails) {
  std::size_t tries = 0;
  const auto take = [&](std::vector<Op> candidate) {
    if (tries >= most_tries || !(++tries, fails(candidate))) return false;
    ops = std::move(candidate);
    return true;
  };
  for (bool is_plainer = true; is_plainer && tries < most_tries;) {
    is_plainer = false;
    for (std::size_t size = std::max<std::size_t>(ops.size() / 2, 1); size > 0; size /= 2) {
      for (std::size_t at = 0; at < ops.size();) {
        std::vector<Op> fewer = ops;
        const auto first = fewer.begin() + static_cast<std::ptrdiff_t>(at);
        fewer.erase(first, first + static_cast<std::ptrdiff_t>(std::min(size, ops.size() - at)));
        const bool is_taken = take(std::move(fewer));
        is_plainer = is_plainer || is_taken;
        if (!is_taken) at += size;
      }
    }
    for (std::size_t at = 0; at < ops.size(); ++at) {
      for (const Op& op : plainer(ops[at])) {
        std::vector<Op> candidate = ops;
        candidate[at] = op;
        is_plainer = take(std::move(candidate)) || is_plainer;
      }
    }
  }
  return ops;
}

}  // namespace ackproof::model
