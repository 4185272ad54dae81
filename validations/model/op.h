// One step of a random sequence, as plain numbers.
//
// Every op means something in every state (a token is "the newest", an execution "one more than
// the current"), so each part of a sequence is a sequence too, and shrinking is removing ops and
// clearing bits. What the numbers mean is said in `play.cc`; smaller means plainer.
#pragma once

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

// Plainer sequences than this one, the boldest first. `fails` tells whether a sequence still
// fails; it is asked at most `most_tries` times.
template <class Fails>
std::vector<Op> shrunk(std::vector<Op> ops, std::size_t most_tries, const Fails& fails);

// As C++: {{Verb::fetch_turn, 0, 1, 0}, ...}.
std::string literal(const std::vector<Op>& ops);

// The next plainer candidates of a sequence, for `shrunk`.
std::vector<std::vector<Op>> plainer(const std::vector<Op>& ops);

template <class Fails>
std::vector<Op> shrunk(std::vector<Op> ops, std::size_t most_tries, const Fails& fails) {
  std::size_t tries = 0;
  for (bool is_plainer = true; is_plainer;) {
    is_plainer = false;
    for (std::vector<Op>& candidate : plainer(ops)) {
      if (tries++ == most_tries) return ops;
      if (!fails(candidate)) continue;
      ops = std::move(candidate);
      is_plainer = true;
      break;
    }
  }
  return ops;
}

}  // namespace ackproof::model
