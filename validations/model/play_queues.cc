// Calls on the two queues and on sessions.
#include "validations/model/player.h"

namespace ackproof::model {

// --- Instance queue

Complaint Player::enqueue_message(const Op& op) {
  const Message made = message(op);
  const Duration delay = delay_for(bits(op.b, 0, 5));
  const Time moment = now();
  const Result<void> answer = provider().enqueue_message(made, delay);
  if (Complaint complaint = judge("enqueue_message", {}, answer)) return complaint;
  model_.enqueue_message(made, delay, moment);
  return std::nullopt;
}

Complaint Player::fetch_turn(const Op& op) {
  FetchTurn options{.lock_timeout = lock_for(bits(op.a, 0, 3))};
  if (has(Capability::version_filter) && bits(op.b, 0, 2) == 3) {
    options.versions.emplace();
    for (unsigned n = 0; n < bits(op.b, 2, 2); ++n) {
      options.versions->push_back(
          {pick(kVersions, bits(op.b, 4 + 2 * n, 2)), pick(kVersions, bits(op.b, 5 + 2 * n, 2))});
    }
  }
  const Time moment = now();
  const std::vector<std::string> ready = model_.ready(options, moment);
  // Who waits undeclared hangs here; who waits as declared would, too, when it misses what is there.
  if (!has(Capability::long_polling) && bits(op.a, 3, 2) == 3) options.poll_timeout = kLongLock;

  const Result<std::optional<Turn>> answer = provider().fetch_turn(options);
  if (Complaint complaint = judge("fetch_turn", {}, answer)) return complaint;
  if (!answer.value()) {
    return differs("fetch_turn returned nothing; ready are", ready, std::vector<std::string>());
  }
  const Turn& turn = *answer.value();
  if (std::ranges::find(ready, turn.instance) == ready.end()) {
    return "fetch_turn returned " + turn.instance + "; ready are " + testing::PrintToString(ready);
  }
  Turn said = model_.turn_of(turn.instance, moment);
  said.token = turn.token;
  if (!is_virtual()) said.now = turn.now;
  if (Complaint complaint = differs("fetch_turn", said, turn)) return complaint;
  if (contains(turn_tokens_, turn.token)) {
    return "fetch_turn returned a token for the second time";
  }
  turn_tokens_.push_back(turn.token);
  turn_instances_[turn.token.value] = turn.instance;
  model_.take_turn(turn, options, moment);
  return std::nullopt;
}

// What the token opened or once opened: a commit is made for that, whether or not it is accepted.
std::optional<std::string> Player::opened_by(const LockToken& token) const {
  const auto found = turn_instances_.find(token.value);
  return found == turn_instances_.end() ? std::nullopt : std::optional(found->second);
}

Complaint Player::ack_turn(const Op& op) {
  const LockToken token = this->token(turn_tokens_, activity_tokens_, op);
  const TurnCommit commit = this->commit(op, token);
  const Time moment = now();
  const Refusals why = model_.against_ack(token, commit, moment);
  const Result<void> answer = provider().ack_turn(token, commit);
  if (Complaint complaint = judge("ack_turn", why, answer)) return complaint;
  if (!answer) return std::nullopt;
  if (const auto waiting = model_.overtaken_by(token)) {
    return "fetch_turn returned " + *opened_by(token) + " more than twice while " + *waiting +
           " was ready";
  }
  model_.ack_turn(token, commit, moment);
  return std::nullopt;
}

TurnCommit Player::commit(const Op& op, const LockToken& token) const {
  const std::string of = opened_by(token).value_or(kInstances[0]);
  const auto info = model_.info(of);
  const std::uint64_t current = info ? info->execution : 1;
  TurnCommit made;
  const std::array<std::uint64_t, 8> executions = {
      current, current + 1, current + 1, std::max<std::uint64_t>(current, 2) - 1,
      current, current,     current + 1, current + 3};
  made.execution = pick(executions, bits(op.a, 0, 3));

  const std::vector<Event> stored = model_.history(of, made.execution);
  const std::uint64_t next = stored.empty() ? 1 : stored.back().id + 1;
  const unsigned count = bits(op.a, 3, 2);
  for (unsigned n = 0; n < std::min(count, 2U); ++n) made.events.push_back(event(next + 3 * n));
  if (count == 2) std::ranges::reverse(made.events);
  if (count == 3) made.events = {event(next), event(next > 1 ? next - 1 : next)};  // One too often.
  for (Event& made_event : made.events) made_event.payload = fresh();

  add_items(made, of, op.b);
  // A late commit that says something of the instance is refused (ACK_17): that is asked too, but
  // not each time.
  const bool is_plain = made.execution < current && bits(op.b, 12, 2) != 3;
  if (is_plain) {
    if (bits(op.a, 5, 1) == 1) made.metadata.status = Status::completed;
    return made;
  }
  add_metadata(made, op.a >> 5U);
  add_facets(made, op.b >> 8U);
  return made;
}

void Player::add_metadata(TurnCommit& commit, unsigned number) const {
  constexpr std::array<std::optional<Status>, 8> kStatuses = {
      std::nullopt,   std::nullopt, Status::completed, Status::continued_as_new,
      Status::failed, std::nullopt, Status::completed, Status::running};
  Metadata& metadata = commit.metadata;
  metadata.status = pick(kStatuses, bits(number, 0, 3));
  if (bits(number, 3, 1) == 1) metadata.output = fresh();
  if (bits(number, 4, 1) == 1) metadata.name = "N" + fresh();
  if (bits(number, 5, 1) == 1) metadata.version = "V" + fresh();
  if (bits(number, 6, 2) == 3) metadata.parent = pick(kInstances, bits(number, 8, 2));
  if (bits(number, 10, 1) == 1 && has(Capability::version_filter)) {
    metadata.pinned_version = pick(kVersions, bits(number, 8, 2));
  }
}

// What a commit sends as its n-th message: one of any kind that comes at once, another one that comes later, and one
// that begins an execution.
Message Player::sent(const std::string& target, unsigned n, unsigned number) const {
  using Kind = MessageKind;
  constexpr std::array<Kind, 8> kKinds = {Kind::external_raised, Kind::queue_message,
                                          Kind::child_completed, Kind::child_failed,
                                          Kind::timer_fired,     Kind::activity_completed,
                                          Kind::cancel_instance, Kind::activity_failed};
  Message made = n == 2 ? start(target) : external(target, n);
  if (n == 2) {
    if (bits(number, 0, 1) == 1) made.kind = Kind::continue_as_new;
  } else {
    made.kind = pick(kKinds, bits(number, 0, 3) + 4 * n);
    if (bits(number, 3, 1) == 1) made.execution = 1 + bits(number, 4, 2);
  }
  if (n == 1) made.visible_at = now() + (is_virtual() ? kSpan : kLongLock * 1'000);
  made.payload = fresh();
  return made;
}

void Player::add_items(TurnCommit& commit, const std::string& of, unsigned number) const {
  const std::string& other = pick(kInstances, bits(number, 2, 2));
  for (unsigned n = 0; n < bits(number, 0, 2); ++n) {
    commit.messages.push_back(sent(other, n, number >> 8U));
  }
  for (unsigned n = 0; n < bits(number, 4, 2); ++n) {
    commit.activities.push_back(activity(of, number >> (n + 4U)));
  }
  if (bits(number, 6, 1) == 1) commit.cancelled.push_back({of, 1, bits(number, 4, 2)});
  if (bits(number, 7, 1) == 1) {
    for (const std::uint64_t id : {0, 1, 7}) commit.cancelled.push_back({of, 2, id});
  }
}

void Player::add_facets(TurnCommit& commit, unsigned number) const {
  if (has(Capability::custom_status)) {
    if (bits(number, 0, 1) == 1) commit.custom_status.push_back({.value = fresh()});
    if (bits(number, 1, 1) == 1) commit.custom_status.push_back({});
    if (bits(number, 0, 3) == 7) commit.custom_status.push_back({.value = ""});
  }
  // What a commit that takes an ended execution back to Running merges is left open.
  if (!has(Capability::key_value) || commit.metadata.status == Status::running) return;
  const auto set = [&](unsigned key) {
    KeyValueChange change = set_value(pick(kKeys, key), fresh());
    change.updated_at = Time(Duration(played_));
    return change;
  };
  const unsigned changes = bits(number, 3, 4);
  if (bits(changes, 0, 1) == 1) commit.values.push_back(set(0));
  if (bits(changes, 1, 1) == 1) commit.values.push_back(clear_value(kKeys[1]));
  if (bits(changes, 2, 1) == 1) commit.values.push_back(clear_values());
  if (bits(changes, 3, 1) == 1) commit.values.push_back(set(1));
}

Complaint Player::abandon_turn(const Op& op) {
  const LockToken token = this->token(turn_tokens_, activity_tokens_, op);
  const Abandon how{delay_for(bits(op.a, 0, 5)), bits(op.a, 5, 1) == 1};
  const Time moment = now();
  const Refusals why = model_.against_turn_token(token, moment);
  const Result<void> answer = provider().abandon_turn(token, how);
  if (Complaint complaint = judge("abandon_turn", why, answer)) return complaint;
  if (!answer) return std::nullopt;
  model_.abandon_turn(token, how, moment);
  return std::nullopt;
}

Complaint Player::renew_turn(const Op& op) {
  const LockToken token = this->token(turn_tokens_, activity_tokens_, op);
  const Duration extend_for = lock_for(bits(op.a, 0, 3));
  const Time moment = now();
  const Refusals why = model_.against_turn_token(token, moment);
  const Result<void> answer = provider().renew_turn(token, extend_for);
  if (Complaint complaint = judge("renew_turn", why, answer)) return complaint;
  if (answer) model_.renew_turn(token, extend_for, moment);
  return std::nullopt;
}

// --- Activity queue

Complaint Player::enqueue_activity(const Op& op) {
  const Activity made = activity(instance(op), op.a);
  const Result<void> answer = provider().enqueue_activity(made);
  if (Complaint complaint = judge("enqueue_activity", {}, answer)) return complaint;
  model_.enqueue_activity(made);
  return std::nullopt;
}

Complaint Player::fetch_activity(const Op& op) {
  FetchActivity options{.lock_timeout = lock_for(bits(op.a, 0, 3))};
  if (has(Capability::sessions) && bits(op.b, 0, 2) != 0) {
    options.session = SessionClaim{pick(kOwners, bits(op.b, 1, 1)), session_for(bits(op.b, 2, 3))};
  }
  if (has(Capability::tags)) {
    using Kind = TagFilter::Kind;
    constexpr std::array<Kind, 8> kKinds = {Kind::default_only, Kind::any,        Kind::tags,
                                            Kind::default_and,  Kind::none,       Kind::any,
                                            Kind::tags,         Kind::default_and};
    options.tags.kind = pick(kKinds, bits(op.b, 5, 3));
    if (options.tags.kind == Kind::tags || options.tags.kind == Kind::default_and) {
      options.tags.tags = {bits(op.b, 8, 1) == 1 ? "" : "gpu"};
      if (bits(op.b, 9, 1) == 1) options.tags.tags.push_back("GPU");
    }
  }
  const Time moment = now();
  std::optional<LockedActivity> said = model_.next_activity(options, moment);
  if (!has(Capability::long_polling) && bits(op.a, 3, 2) == 3) options.poll_timeout = kLongLock;

  const Result<std::optional<LockedActivity>> answer = provider().fetch_activity(options);
  if (Complaint complaint = judge("fetch_activity", {}, answer)) return complaint;
  if (said && answer.value()) said->token = answer.value()->token;
  if (Complaint complaint = differs("fetch_activity", said, answer.value())) return complaint;
  if (!said) return std::nullopt;
  if (contains(activity_tokens_, said->token)) {
    return "fetch_activity returned a token for the second time";
  }
  activity_tokens_.push_back(said->token);
  model_.take_activity(said->token, options, moment);
  return std::nullopt;
}

Complaint Player::ack_activity(const Op& op) {
  const LockToken token = this->token(activity_tokens_, turn_tokens_, op);
  std::optional<Message> result;
  if (bits(op.a, 3, 1) == 0) {
    result = completion(ackproof::activity(pick(kInstances, bits(op.a, 4, 2)), bits(op.a, 6, 2)));
    if (bits(op.a, 8, 1) == 1) result->kind = MessageKind::activity_failed;
    result->payload = fresh();
    if (bits(op.a, 9, 1) == 1) {
      result->visible_at = now() + (is_virtual() ? kSpan : kLongLock * 1'000);
    }
  }
  const Time moment = now();
  const Refusals why = model_.against_activity_token(token, moment);
  const Result<void> answer = provider().ack_activity(token, result);
  if (Complaint complaint = judge("ack_activity", why, answer)) return complaint;
  if (!answer) return std::nullopt;
  model_.ack_activity(token, result, moment);
  return std::nullopt;
}

Complaint Player::abandon_activity(const Op& op) {
  const LockToken token = this->token(activity_tokens_, turn_tokens_, op);
  const Abandon how{delay_for(bits(op.a, 0, 5)), bits(op.a, 5, 1) == 1};
  const Time moment = now();
  const Refusals why = model_.against_activity_token(token, moment);
  const Result<void> answer = provider().abandon_activity(token, how);
  if (Complaint complaint = judge("abandon_activity", why, answer)) return complaint;
  if (!answer) return std::nullopt;
  model_.abandon_activity(token, how, moment);
  return std::nullopt;
}

Complaint Player::renew_activity(const Op& op) {
  const LockToken token = this->token(activity_tokens_, turn_tokens_, op);
  const Duration extend_for = lock_for(bits(op.a, 0, 3));
  const Time moment = now();
  const Refusals why = model_.against_activity_token(token, moment);
  const Result<void> answer = provider().renew_activity(token, extend_for);
  if (Complaint complaint = judge("renew_activity", why, answer)) return complaint;
  if (answer) model_.renew_activity(token, extend_for, moment);
  return std::nullopt;
}

// --- Sessions

Complaint Player::renew_sessions(const Op& op) {
  RenewSessions options{.extend_for = lock_for(bits(op.a, 0, 3)),
                        .idle_timeout = is_virtual() ? pick(kSpans, bits(op.a, 3, 3)) : kLongLock};
  if (bits(op.a, 6, 1) == 0) options.owners.push_back(kOwners[0]);
  if (bits(op.a, 7, 1) == 1) options.owners.push_back(kOwners[1]);
  if (bits(op.a, 8, 1) == 1) options.owners.push_back(kOwners[0]);
  const std::uint64_t said = model_.renew_sessions(options, now());
  return compare("renew_sessions", said, provider().renew_sessions(options));
}

Complaint Player::cleanup_sessions() {
  const std::uint64_t said = model_.cleanup_sessions(now());
  const Result<std::uint64_t> answer = provider().cleanup_sessions();
  if (answer && description_.capabilities.eager_session_cleanup && answer.value() <= said) {
    return std::nullopt;  // Some or all of them went by themselves.
  }
  return compare("cleanup_sessions", said, answer);
}

}  // namespace ackproof::model
