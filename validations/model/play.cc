#include "validations/model/play.h"

#include "validations/fresh_store.h"
#include "validations/model/player.h"

namespace ackproof::model {

void Player::open() {
  for (std::unique_ptr<Provider>& handle : handles_) {
    handle = traced(factory_.open(scope_).value(), trace_, [this] { return now(); });
  }
}

// In real time nothing may end on its own.
Duration Player::lock_for(unsigned number) const {
  if (!is_virtual()) return kLongLock;
  return std::max(pick(kLocks, number), description_.capabilities.limits.smallest_lock);
}

Duration Player::session_for(unsigned number) const {
  if (!is_virtual()) return kLongLock;
  return std::max(pick(kSpans, number), description_.capabilities.limits.smallest_lock);
}

Duration Player::delay_for(unsigned number) const {
  if (bits(number, 0, 2) != 3) return Duration(0);
  return is_virtual() ? pick(kSpans, bits(number, 2, 3)) : kLongLock;
}

// The newest live one, mostly; also an older one, dead or alive, one of the other queue, or one
// that nobody issued.
LockToken Player::token(const Tokens& own, const Tokens& others, const Op& op) const {
  const bool is_foreign = op.who == 3 && bits(op.b, 15, 1) == 1 && !others.empty();
  if (is_foreign) return others.back();
  std::size_t back = op.who == 3 ? op.a % 7U : op.who / 2U;
  for (auto token = own.rbegin(); token != own.rend(); ++token) {
    const bool is_live = model_.against_turn_token(*token, now()).empty() ||
                         model_.against_activity_token(*token, now()).empty();
    if ((op.who == 3 || is_live) && back-- == 0) return *token;
  }
  return LockToken{"nobody issued this"};
}

// Every kind may be sent by a client: a store routes all of them alike. Starts are the most.
Message Player::message(const Op& op) const {
  using Kind = MessageKind;
  constexpr std::array<Kind, 16> kKinds = {
      Kind::start_orchestration, Kind::external_raised, Kind::timer_fired,
      Kind::start_orchestration, Kind::queue_message,   Kind::continue_as_new,
      Kind::child_completed,     Kind::cancel_instance, Kind::start_orchestration,
      Kind::activity_completed,  Kind::activity_failed, Kind::external_raised,
      Kind::child_failed,        Kind::queue_message,   Kind::timer_fired,
      Kind::cancel_instance};
  Message made;
  made.target = instance(op);
  made.kind = pick(kKinds, bits(op.a, 0, 3) + 8 * bits(op.a, 14, 1));
  // Mostly a start first: before it nothing else happens to an instance.
  if (!model_.exists(made.target) && bits(op.a, 12, 2) == 0) made.kind = kKinds[0];
  made.id = bits(op.a, 3, 2);
  made.payload = bits(op.a, 5, 1) == 1 ? std::string("\0\xff", 2) + fresh() : fresh();
  if (made.is_start()) {
    made.name = "Order" + std::to_string(bits(op.a, 6, 1));
    if (bits(op.a, 7, 1) == 1) made.version = "1." + std::to_string(played_);
    if (bits(op.a, 8, 2) == 3) made.parent = pick(kInstances, bits(op.a, 10, 2));
  } else {
    if (bits(op.a, 6, 1) == 1) made.name = "Event" + std::to_string(bits(op.a, 7, 1));
    if (bits(op.a, 8, 1) == 1) made.execution = 1 + bits(op.a, 9, 2);
  }
  if (bits(op.b, 8, 2) == 3) {
    const bool is_past = bits(op.b, 14, 1) == 1;
    const Duration span = is_virtual() ? pick(kSpans, bits(op.b, 10, 3)) : kLongLock * 1'000;
    made.visible_at = is_past ? now() - span : now() + span;
  }
  return made;
}

Activity Player::activity(const std::string& of, unsigned number) const {
  Activity made = ackproof::activity(of, bits(number, 0, 2));
  made.execution = 1 + bits(number, 2, 1);
  made.payload = fresh();
  if (has(Capability::sessions)) made.session = pick(kSessions, bits(number, 3, 2));
  if (has(Capability::tags)) made.tag = pick(kTags, bits(number, 5, 2));
  return made;
}

Complaint Player::play(const Op& op) {
  ++played_;
  handle_ = bits(op.a, 15, 1);
  const bool manages = has(Capability::management);
  switch (op.verb) {
    case Verb::enqueue_message:
      return enqueue_message(op);
    case Verb::fetch_turn:
      return fetch_turn(op);
    case Verb::ack_turn:
      return ack_turn(op);
    case Verb::abandon_turn:
      return abandon_turn(op);
    case Verb::renew_turn:
      return renew_turn(op);
    case Verb::enqueue_activity:
      return enqueue_activity(op);
    case Verb::fetch_activity:
      return fetch_activity(op);
    case Verb::ack_activity:
      return ack_activity(op);
    case Verb::abandon_activity:
      return abandon_activity(op);
    case Verb::renew_activity:
      return renew_activity(op);
    case Verb::renew_sessions:
      return has(Capability::sessions) ? renew_sessions(op) : std::nullopt;
    case Verb::cleanup_sessions:
      return has(Capability::sessions) ? cleanup_sessions() : std::nullopt;
    case Verb::read:
      if (bits(op.a, 0, 2) == 1) return read_facets(instance(op));
      if (bits(op.a, 0, 2) == 2) return manages ? read_managed(instance(op)) : std::nullopt;
      if (bits(op.a, 0, 2) == 3) return manages ? read_store() : std::nullopt;
      return read(instance(op));
    case Verb::delete_instance:
      return has(Capability::deletion) ? delete_instance(op) : std::nullopt;
    case Verb::delete_instances:
      return has(Capability::deletion) ? delete_instances(op) : std::nullopt;
    case Verb::delete_matching:
      return has(Capability::deletion) ? delete_matching(op) : std::nullopt;
    case Verb::prune_instance:
      return has(Capability::pruning) ? prune_instance(op) : std::nullopt;
    case Verb::prune_matching:
      return has(Capability::pruning) ? prune_matching(op) : std::nullopt;
    case Verb::advance:
      return advance(op);
    case Verb::reopen:
      if (description_.capabilities.durability == Durability::is_volatile) return std::nullopt;
      for (std::unique_ptr<Provider>& handle : handles_) handle.reset();
      open();
      return std::nullopt;
    case Verb::start_over:
      return start_over();
  }
  return std::nullopt;
}

Complaint Player::advance(const Op& op) {
  if (!is_virtual()) return std::nullopt;
  // Mostly to the next moment at which something ends, or to a millisecond beside it.
  const std::optional<Time> next = model_.next_moment(now());
  if (next && *next < now() + kSpan * 20 && bits(op.a, 3, 2) != 3) {
    constexpr std::array<Duration, 4> kBeside = {Duration(0), Duration(-1), Duration(1),
                                                 Duration(0)};
    clock_->advance(*next + pick(kBeside, bits(op.a, 0, 2)) - now());
  } else {
    clock_->advance(pick(kSpans, bits(op.a, 0, 3)));
  }
  // Looks at once, often: a moment later the difference may be gone.
  constexpr std::uint16_t kAnyTagAsAWorker = 0x21;
  if (bits(op.b, 0, 2) != 0) {
    if (auto wrong = play({Verb::fetch_activity, 0, 0, kAnyTagAsAWorker})) return wrong;
  }
  return bits(op.b, 2, 2) != 0 ? play({Verb::fetch_turn, 0, 0, 0}) : std::nullopt;
}

// --- The end

Complaint Player::settle() {
  handle_ = 0;
  if (auto wrong = look_at_everything()) return wrong;
  if (auto wrong = drain()) return wrong;
  handle_ = 1;
  return look_at_everything();
}

// Looks that find nothing wrong explain nothing, so they leave no trace.
Complaint Player::look_at_everything() {
  const std::uint64_t before = trace_->written();
  Complaint wrong;
  for (const std::string& instance : kInstances) {
    if (!wrong) wrong = read(instance);
    if (!wrong) wrong = read_facets(instance);
    if (!wrong && has(Capability::management)) wrong = read_managed(instance);
  }
  if (!wrong && has(Capability::management)) wrong = read_store();
  trace_->forget_after(before, wrong ? 1 : 0);
  return wrong;
}

// Starts whoever is held, so that held messages come out too.
Complaint Player::drain() {
  if (is_virtual()) clock_->advance(std::chrono::hours(24));
  for (std::uint8_t who = 0; who < kInstances.size(); ++who) {
    const std::string& id = kInstances[who];
    if (model_.exists(id) || !model_.has_items(id)) continue;
    if (auto wrong = play({Verb::enqueue_message, who, 0, 0})) return wrong;
  }
  const Op plain_ack{Verb::ack_turn, 0, 0, 0};
  while (!model_.ready({}, now()).empty()) {
    if (auto wrong = play({Verb::fetch_turn, 0, 7, 0})) return wrong;
    if (auto wrong = play(plain_ack)) return wrong;
  }
  // As each owner in turn, with every tag.
  for (const std::uint16_t owner : {0x22, 0x21}) {
    const Op fetch{Verb::fetch_activity, 0, 7, owner};
    std::size_t tokens = 0;
    do {
      tokens = activity_tokens_.size();
      if (auto wrong = play(fetch)) return wrong;
      if (tokens == activity_tokens_.size()) break;
      if (auto wrong = play({Verb::ack_activity, 0, 8, 0})) return wrong;
    } while (true);
  }
  if (auto wrong = play({Verb::fetch_turn, 0, 7, 0})) return wrong;
  if (is_virtual()) clock_->advance(std::chrono::hours(24));
  return play({Verb::cleanup_sessions, 0, 0, 0});
}

Complaint Player::start_over() {
  if (auto wrong = settle()) return wrong;
  if (!has(Capability::deletion)) return std::nullopt;
  std::vector<std::string> everybody;
  for (const std::string& id : kInstances) {
    if (model_.exists(id) || model_.has_items(id)) everybody.push_back(id);
  }
  return delete_set(everybody, true);
}

constexpr std::size_t kLongestScript = 1'000;

std::optional<Disagreement> play(const std::vector<Op>& ops, const ProviderFactory& factory,
                                 const Conditions& conditions) {
  const FreshStore store(factory, conditions);
  Scope scope = store.scope();
  std::shared_ptr<ManualClock> clock;
  if (conditions.clock == ClockSource::injected) {
    clock = std::make_shared<ManualClock>();
    scope.clock = clock;
  }
  const auto trace = std::make_shared<Trace>(kLongestScript);
  Player player(factory, scope, clock, trace);
  std::size_t played = 0;
  for (const Op& op : ops) {
    ++played;
    if (Complaint what = player.play(op)) return Disagreement{*what, trace->lines(), played};
  }
  if (Complaint what = player.settle()) return Disagreement{*what, trace->lines(), played};
  return std::nullopt;
}

}  // namespace ackproof::model
