// What ends an execution and begins the next one, or a child, and what else is going on at that moment.
#include <algorithm>

#include "contract/requirements.h"
#include "tests/mutants/spoil.h"

namespace ackproof {

namespace {

bool continues(const Message& message) { return message.kind == MessageKind::continue_as_new; }

struct CancellationStopsContinuing : KnowsTurns<> {
  using KnowsTurns::KnowsTurns;
  Result<void> ack_turn(const LockToken& token, const TurnCommit& commit) override {
    const std::optional<Turn> turn = turn_of(token);
    TurnCommit less = commit;
    const bool is_called_off = turn && std::ranges::any_of(turn->messages, [](const Message& each) {
                                 return each.kind == MessageKind::cancel_instance;
                               });
    if (is_called_off) std::erase_if(less.messages, continues);
    return inner().ack_turn(token, less);
  }
};

struct Mail {
  std::map<std::string, std::uint64_t> arrived;   // By instance.
  std::map<std::string, std::uint64_t> at_fetch;  // By token.
};

// "Somebody has woken it already."
struct MailStopsContinuing : KnowsTurns<Mail> {
  using KnowsTurns::KnowsTurns;
  Result<void> enqueue_message(const Message& message, Duration delay) override {
    const Result<void> queued = inner().enqueue_message(message, delay);
    if (queued) ++state()->arrived[message.target];
    return queued;
  }
  Result<std::optional<Turn>> fetch_turn(const FetchTurn& options) override {
    Result<std::optional<Turn>> turn = KnowsTurns::fetch_turn(options);
    if (turn && turn.value()) {
      auto mail = state();
      mail->at_fetch[turn.value()->token.value] = mail->arrived[turn.value()->instance];
    }
    return turn;
  }
  Result<void> ack_turn(const LockToken& token, const TurnCommit& commit) override {
    const std::optional<Turn> turn = turn_of(token);
    TurnCommit less = commit;
    if (turn) {
      auto mail = state();
      const bool has_mail = mail->arrived[turn->instance] > mail->at_fetch[token.value];
      if (has_mail) std::erase_if(less.messages, continues);
    }
    return inner().ack_turn(token, less);
  }
};

struct Timers {
  std::map<std::string, std::vector<Message>> set;   // By instance.
  std::map<std::string, std::vector<Message>> gone;  // Likewise.
};

// Timers belong to the execution that set them, it was thought.
struct ContinuingClearsTimers : KnowsTurns<Timers> {
  using KnowsTurns::KnowsTurns;
  Result<void> ack_turn(const LockToken& token, const TurnCommit& commit) override {
    const std::optional<Turn> turn = turn_of(token);
    const Result<void> acked = inner().ack_turn(token, commit);
    if (!acked || !turn) return acked;
    auto timers = state();
    std::vector<Message>& mine = timers->set[turn->instance];
    if (std::ranges::any_of(commit.messages, continues)) {
      std::vector<Message>& gone = timers->gone[turn->instance];
      gone.insert(gone.end(), mine.begin(), mine.end());
      mine.clear();
    }
    for (const Message& message : commit.messages) {
      if (message.kind == MessageKind::timer_fired) timers->set[message.target].push_back(message);
    }
    for (const Message& message : turn->messages) std::erase(mine, message);
    return acked;
  }
  Result<std::optional<Turn>> fetch_turn(const FetchTurn& options) override {
    for (;;) {
      Result<std::optional<Turn>> turn = KnowsTurns::fetch_turn(options);
      if (!turn || !turn.value()) return turn;
      const std::vector<Message> gone = state()->gone[turn.value()->instance];
      std::erase_if(turn.value()->messages, [&](const Message& message) {
        return std::ranges::find(gone, message) != gone.end();
      });
      if (!turn.value()->messages.empty()) return turn;
      (void)inner().ack_turn(turn.value()->token, {.execution = turn.value()->execution});
    }
  }
};

struct Rows {
  std::set<std::string> instances;  // That had mail before there was anything of them.
};

// Mail makes a record that the start finds, with all that a start brings left out.
struct MailMakesOrphans : Sharing<Rows> {
  using Sharing::Sharing;
  Result<void> enqueue_message(const Message& message, Duration delay) override {
    const Result<void> queued = inner().enqueue_message(message, delay);
    if (queued && !message.is_start() && !record(inner(), message.target)) {
      state()->instances.insert(message.target);
    }
    return queued;
  }
  Result<void> ack_turn(const LockToken& token, const TurnCommit& commit) override {
    TurnCommit changed = commit;
    for (Message& message : changed.messages) {
      const bool has_row = state()->instances.contains(message.target);
      if (message.is_start() && has_row && !record(inner(), message.target)) message.parent.reset();
    }
    return inner().ack_turn(token, changed);
  }
};

constexpr Defect kDefects[] = {
    {"cancellation_stops_continuing_as_new", requirement("ACK_8"),
     "An ack of a turn with a cancellation sends no continue-as-new.",
     spoil_sharing<CancellationStopsContinuing>},
    {"mail_stops_continuing_as_new", requirement("ACK_8"),
     "An ack sends no continue-as-new when mail has come since the fetch.",
     spoil_sharing<MailStopsContinuing>},
    {"continuing_as_new_clears_timers", requirement("TURN_2"),
     "The ack that sends a continue-as-new clears the timers that were set before.",
     spoil_sharing<ContinuingClearsTimers>},
    {"mail_makes_a_child_an_orphan", requirement("ACK_15"),
     "A child that has mail before a commit starts it does not get its parent.",
     spoil_sharing<MailMakesOrphans>},
};

}  // namespace

std::span<const Defect> continuation_defects() { return kDefects; }

}  // namespace ackproof
