#include "validations/scenarios/stage.h"

#include "validations/build.h"

namespace ackproof::scenarios {

namespace {

// A performance takes a tenth of it.
constexpr std::uint64_t kMostSteps = 500;

// A client's request. One of which nobody knows whether it arrived is not repeated.
template <class Request>
void ask(const Request& request) {
  const Result<void> asked = insist(request);
  if (!asked && asked.error().kind != ErrorKind::unknown_outcome) throw BadResult(asked.error());
}

// For clocks that are slewed, and times that are cut to milliseconds.
Duration at_least(Duration span) { return span + span / 100 + Duration(2); }

}  // namespace

Stage::Stage(Context& ctx)
    : ctx_(ctx),
      lock_(ctx.stretched(ctx.usual_length())),
      circumstances_{ctx.description().capabilities, lock_ / 4},
      registry_(programs(steps_)),
      store_(ctx.open(), ctx.open()),
      engine_(store_, registry_, settings()),
      another_(store_, registry_, settings()) {}

// Nothing counts as poison: in real time a slow machine may lose many locks. The two workers go by one name, so that
// neither keeps sessions from the other.
engine::Settings Stage::settings() const {
  engine::Settings settings;
  settings.turn_lock = lock_;
  settings.activity_lock = lock_;
  settings.back_off = lock_ / 4;
  settings.most_attempts = kMostSteps;
  settings.tags.kind = TagFilter::Kind::any;
  return settings;
}

Performance Stage::perform(MakePlay make, const Fault& fault) {
  const Play play = make(circumstances_);
  Performance played{play.program + "-" + std::to_string(++performances_)};
  steps_.clear();
  store_.begin(fault, [this](FaultKind kind, Queue queue) { go_on_meanwhile(kind, queue); });
  ask([&] { return engine_.start(played.instance, play.program, play.input); });
  for (const Request request : play.at_once) ask([&] { return request(engine_, played.instance); });
  std::uint64_t steps_left = kMostSteps;
  auto next = play.when_quiet.begin();
  for (bool goes_on = true; goes_on;) {
    played.is_endless = !settle(steps_left);
    goes_on = !played.is_endless && wait();
    if (goes_on || played.is_endless || next == play.when_quiet.end()) continue;
    ask([&] { return (*next)(engine_, played.instance); });
    ++next;
    goes_on = true;
  }
  store_.leave_alone();
  played.ending = engine_.ending(played.instance).value();
  played.steps = steps_;
  return played;
}

// A lock that holds lasts long enough for timers to fall due.
void Stage::go_on_meanwhile(FaultKind kind, Queue queue) {
  const bool is_overtaken = kind == FaultKind::overtaken;
  pass(is_overtaken ? lock_ / 2 : lock_);
  if (kind == FaultKind::late) return;
  if (is_overtaken || queue == Queue::activities) (void)another_.work();
  if (is_overtaken || queue == Queue::turns) (void)another_.take_turn();
}

// Each step asks one queue. When both have nothing, one after the other, there is nothing.
bool Stage::settle(std::uint64_t& steps_left) {
  unsigned quiet = 0;
  for (Queue queue = Queue::turns; quiet < 2;
       queue = queue == Queue::turns ? Queue::activities : Queue::turns) {
    if (steps_left == 0) return false;
    --steps_left;
    const engine::Step did = queue == Queue::turns ? engine_.take_turn() : engine_.work();
    quiet = did == engine::Step::nothing ? quiet + 1 : 0;
  }
  return true;
}

bool Stage::wait() {
  const std::optional<Ledger::Wait> next = store_.ledger().next_wait();
  if (!next) return false;
  // In virtual time a timer is looked for in the last moment before its time, too.
  constexpr Duration kMoment{1};
  const bool is_before = ctx_.is_virtual() && next->is_timer && next->left > kMoment;
  pass(is_before ? next->left - kMoment : next->left);
  return true;
}

void Stage::pass(Duration span) {
  ctx_.advance(ctx_.is_virtual() ? span : at_least(span));
  store_.ledger().passed(span);
}

}  // namespace ackproof::scenarios
