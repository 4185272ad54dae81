// Plays workflows on one store, one after the other, each with one call that goes wrong.
//
// Everything happens in one thread: turns and activities by turns until nothing is deliverable, then time passes
// until something may be. So a performance ends by itself, in virtual and in real time: when nothing is deliverable
// and nothing can become so, because every lock and every delay that the ledger knows of is over.
#pragma once

#include "validations/context.h"
#include "validations/scenarios/disturbed.h"
#include "validations/scenarios/programs.h"

namespace ackproof::scenarios {

// What came of one performance.
struct Performance {
  std::string instance;
  std::optional<engine::Ending> ending;
  std::vector<std::string> steps;
  bool is_endless = false;  // Work was still being handed out after far more steps than it takes.
};

class Stage {
 public:
  explicit Stage(Context& ctx);

  // Plays it under a new instance id.
  Performance perform(MakePlay make, const Fault& fault);

  Disturbed& disturbed() { return store_; }
  const Disturbed& disturbed() const { return store_; }
  const engine::Registry& registry() const { return registry_; }
  const Circumstances& circumstances() const { return circumstances_; }

 private:
  engine::Settings settings() const;
  // What another worker does, and how much time passes, while an ack is on its way.
  void go_on_meanwhile(FaultKind kind, Queue queue);
  // Takes steps until nothing is deliverable. False: there is no end of it.
  bool settle(std::uint64_t& steps_left);
  // Lets time pass until something may be deliverable; false: nothing will be.
  bool wait();
  void pass(Duration span);

  Context& ctx_;
  const Duration lock_;
  Circumstances circumstances_;
  std::vector<std::string> steps_;
  const engine::Registry registry_;
  Disturbed store_;
  engine::Engine engine_;
  engine::Engine another_;  // The worker who steps in.
  std::uint64_t performances_ = 0;
};

}  // namespace ackproof::scenarios
