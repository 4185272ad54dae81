// Whether a workflow is right, and what became of one that did not end: told by the store alone, and by how often
// its activities were executed.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "engine/engine.h"
#include "engine/history.h"
#include "harness/stress/board.h"
#include "harness/stress/executions.h"

namespace ackproof::stress {

struct Judged {
  std::vector<StressFinding> findings;  // None: it is right.
  StressActivities activities;          // Of it and its children.
};

// Safe from any thread. Everything that it is given outlives it.
class Judge {
 public:
  // `provider`: a handle that no workflow runs through, so that it knows only what is in the store. `executions`: null
  // when nobody knows them any more; then nothing is said of them.
  Judge(Provider& provider, const engine::Registry& registry, Executions* executions)
      : provider_(provider), engine_(provider, registry), executions_(executions) {}

  // One whose end was seen: right if its result is the expected one, and if its history and those of its children
  // have exactly the expected activities, each answered exactly once, and nothing else twice.
  Judged ended(const std::string& instance, const Expected& expected) const;

  // One that did not end. The finding says what its history has scheduled and unanswered.
  Judged lost(const std::string& instance, const Expected& expected) const;

 private:
  struct Story;
  using Stories = std::vector<Story>;  // Of each execution of an instance.

  void add_ended(const std::string& instance, const Expected& expected, Judged& judged) const;
  bool add_ending(const std::string& instance, const Expected& expected, Judged& judged) const;
  std::optional<Story> read_story(const std::string& instance, std::uint64_t execution,
                                  Judged& judged) const;
  std::optional<Stories> read_stories(const std::string& instance, const Expected& expected,
                                      Judged& judged) const;
  void add_story(const std::string& instance, const Story& story, Judged& judged) const;
  void read_family(const std::string& instance, const Expected& expected, Judged& judged,
                   std::map<std::string, Stories>& family) const;
  static std::string diagnosis(const std::string& instance,
                               const std::map<std::string, Stories>& family);

  Provider& provider_;
  const engine::Engine engine_;
  Executions* executions_;
};

// Calls `read`, which may be called again, until the store is not too busy for it any more; for ten seconds.
template <class Read>
auto patiently(const Read& read) {
  constexpr int kMost = 500;
  auto answer = read();
  for (int i = 1; i < kMost && !answer; ++i) {
    const ErrorKind kind = answer.error().kind;
    if (kind != ErrorKind::busy && kind != ErrorKind::unknown_outcome) break;
    std::this_thread::sleep_for(Duration(20));
    answer = read();
  }
  return answer;
}

}  // namespace ackproof::stress
