#include "validations/model/play.h"

#include <algorithm>
#include <array>

#include "validations/build.h"
#include "validations/expect.h"
#include "validations/fresh_store.h"
#include "validations/model/model.h"

namespace ackproof::model {

namespace {

using Complaint = std::optional<std::string>;

// --- Dictionaries: few of each, so that they meet, and none of them harmless

// Equal but for case, one a prefix of another, one that looks like a pattern and is four bytes wide.
const std::array<std::string, 4> kInstances = {"i1", "i10", "I1", "%_'*[\U0001F4E6"};
const std::array<std::optional<std::string>, 4> kSessions = {std::nullopt, "s", "S", "s'--"};
const std::array<std::optional<std::string>, 4> kTags = {std::nullopt, "gpu", "", "gpu"};
const std::array<std::string, 2> kOwners = {"worker-1", "worker-10"};
const std::array<std::string, 2> kKeys = {"", "color"};
// As text or packed into one number these compare otherwise.
constexpr std::array<EngineVersion, 4> kVersions = {
    EngineVersion{1, 0, 0}, EngineVersion{1, 0, 1'500}, EngineVersion{1, 10, 0},
    EngineVersion{1, 9, 0}};

constexpr Duration kSpan{1'000};
// Around a span, so that the moments before, at and after its end meet each other. Locks are mostly
// longer than what passes, else hardly anything would be acked in time.
constexpr std::array<Duration, 8> kLocks = {kSpan * 10, kSpan, kSpan * 10,  kSpan + Duration(1),
                                            kSpan * 2,  kSpan, Duration(1), kLongLock};
constexpr std::array<Duration, 8> kSpans = {
    kSpan,    kSpan - Duration(1), kSpan + Duration(1), kSpan * 2, kSpan * 10, Duration(1), kSpan,
    kSpan * 9};

template <class List>
const auto& pick(const List& list, unsigned number) {
  return list[number % list.size()];
}

constexpr unsigned bits(unsigned number, unsigned from, unsigned count) {
  return (number >> from) & ((1U << count) - 1);
}

// --- Comparing

template <class T>
Complaint differs(const std::string& what, const T& said, const T& answered) {
  if (said == answered) return std::nullopt;
  return what + "\n  the model:    " + testing::PrintToString(said) +
         "\n  the provider: " + testing::PrintToString(answered);
}

std::string names_of(const Refusals& kinds) {
  std::string text;
  for (const ErrorKind kind : kinds) text += (text.empty() ? "" : " or ") + std::string(name(kind));
  return text;
}

// Whether the call was accepted or refused as the model demands.
template <class T>
Complaint judge(const std::string& what, const Refusals& why, const Result<T>& answer) {
  if (answer && why.empty()) return std::nullopt;
  if (answer) return what + " succeeded, but must fail with " + names_of(why);
  const Error& error = answer.error();
  if (std::ranges::find(why, error.kind) != why.end()) return std::nullopt;
  return what + " failed with " + std::string(name(error.kind)) + " (" + error.message +
         "), but must " + (why.empty() ? "succeed" : "fail with " + names_of(why));
}

// The answer, if it is there and equal to what the model says.
template <class T>
Complaint compare(const std::string& what, const T& said, const Result<T>& answer) {
  if (Complaint complaint = judge(what, {}, answer)) return complaint;
  return differs(what, said, answer.value());
}

std::vector<std::string> sorted(std::vector<std::string> list) {
  std::ranges::sort(list);
  return list;
}

// --- The player

using Tokens = std::vector<LockToken>;  // All that one queue handed out, the newest last.

bool contains(const Tokens& tokens, const LockToken& token) {
  return std::ranges::find(tokens, token) != tokens.end();
}

class Player {
 public:
  Player(const ProviderFactory& factory, const Scope& scope, std::shared_ptr<ManualClock> clock,
         std::shared_ptr<Trace> trace)
      : factory_(factory), scope_(scope), clock_(std::move(clock)), trace_(std::move(trace)) {
    open();
    description_ = handles_[0]->describe();
  }

  Complaint play(const Op& op);

  // Reads all that can be read, then lets everything fall due and takes all that can be taken.
  Complaint settle();

 private:
  // Plain names for what ops refer to.
  const std::string& instance(const Op& op) const { return pick(kInstances, op.who); }
  bool has(Capability facet) const { return description_.capabilities.facets.has(facet); }
  bool is_virtual() const { return clock_ != nullptr; }
  Time now() const { return is_virtual() ? clock_->now() : SystemClock().now(); }
  Provider& provider() { return *handles_[handle_]; }
  std::string fresh() const { return "p" + std::to_string(played_); }  // Tells values apart.

  void open();
  Duration lock_for(unsigned number) const;
  Duration session_for(unsigned number) const;
  Duration delay_for(unsigned number) const;
  LockToken token(const Tokens& own, const Tokens& others, const Op& op) const;
  Message message(const Op& op) const;
  Activity activity(const std::string& of, unsigned number) const;
  std::optional<std::string> opened_by(const LockToken& token) const;
  TurnCommit commit(const Op& op, const LockToken& token) const;
  void add_metadata(TurnCommit& commit, unsigned number) const;
  void add_items(TurnCommit& commit, const std::string& of, unsigned number) const;
  void add_facets(TurnCommit& commit, unsigned number) const;
  std::optional<Time> bound(unsigned number) const;

  Complaint enqueue_message(const Op& op);
  Complaint fetch_turn(const Op& op);
  Complaint ack_turn(const Op& op);
  Complaint abandon_turn(const Op& op);
  Complaint renew_turn(const Op& op);
  Complaint enqueue_activity(const Op& op);
  Complaint fetch_activity(const Op& op);
  Complaint ack_activity(const Op& op);
  Complaint abandon_activity(const Op& op);
  Complaint renew_activity(const Op& op);
  Complaint renew_sessions(const Op& op);
  Complaint cleanup_sessions();
  Complaint delete_instance(const Op& op);
  Complaint delete_instances(const Op& op);
  Complaint delete_matching(const Op& op);
  Complaint prune_instance(const Op& op);
  Complaint prune_matching(const Op& op);
  Complaint advance(const Op& op);
  Complaint read(const std::string& instance);
  Complaint read_facets(const std::string& instance);
  Complaint read_managed(const std::string& instance);
  Complaint read_store();
  Complaint drain();

  const ProviderFactory& factory_;
  Scope scope_;
  std::shared_ptr<ManualClock> clock_;  // Null in real time.
  std::shared_ptr<Trace> trace_;
  std::array<std::unique_ptr<Provider>, 2> handles_;
  Description description_;
  Model model_;
  Tokens turn_tokens_;
  std::map<std::string, std::string> turn_instances_;
  Tokens activity_tokens_;
  std::size_t played_ = 0;
  std::size_t handle_ = 0;  // Which one the present call goes to.
};

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
  return is_virtual() ? pick(kSpans, number) : kLongLock;
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

Message Player::message(const Op& op) const {
  constexpr std::array<MessageKind, 8> kKinds = {
      MessageKind::start_orchestration, MessageKind::external_raised, MessageKind::timer_fired,
      MessageKind::start_orchestration, MessageKind::queue_message,   MessageKind::continue_as_new,
      MessageKind::child_completed,     MessageKind::cancel_instance};
  Message made;
  made.target = instance(op);
  made.kind = pick(kKinds, bits(op.a, 0, 3));
  // Mostly a start first: before it nothing else happens to an instance.
  if (!model_.exists(made.target) && bits(op.a, 12, 2) == 0) made.kind = kKinds[0];
  made.id = bits(op.a, 3, 2);
  made.payload = bits(op.a, 5, 1) == 1 ? std::string("\0\xff", 2) + fresh() : fresh();
  if (made.is_start()) {
    made.name = "Order" + std::to_string(bits(op.a, 6, 1));
    if (bits(op.a, 7, 1) == 1) made.version = "1." + std::to_string(played_);
    if (bits(op.a, 8, 2) == 3) made.parent = pick(kInstances, bits(op.a, 10, 2));
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
  }
  return std::nullopt;
}

Complaint Player::advance(const Op& op) {
  if (is_virtual()) clock_->advance(pick(kSpans, bits(op.a, 0, 3)));
  return std::nullopt;
}

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
  if (!ready.empty() && bits(op.a, 3, 2) == 3) options.poll_timeout = kLongLock;

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

  add_metadata(made, op.a >> 5U);
  add_items(made, of, op.b);
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

void Player::add_items(TurnCommit& commit, const std::string& of, unsigned number) const {
  const std::string& other = pick(kInstances, bits(number, 2, 2));
  for (unsigned n = 0; n < bits(number, 0, 2); ++n) {
    Message sent = n == 1 ? start(other) : external(other, n);
    sent.payload = fresh();
    if (n == 2) sent = timer(other, n, now() + (is_virtual() ? kSpan : kLongLock * 1'000));
    commit.messages.push_back(sent);
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
  if (said && bits(op.a, 3, 2) == 3) options.poll_timeout = kLongLock;

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

// --- Deletion and pruning

// Now, a span ago, or no bound at all.
std::optional<Time> Player::bound(unsigned number) const {
  if (!is_virtual() || bits(number, 0, 1) == 0) return std::nullopt;
  return bits(number, 1, 1) == 1 ? now() - kSpan : now();
}

Complaint Player::delete_instance(const Op& op) {
  const bool force = bits(op.a, 0, 1) == 1;
  const Refusals why = model_.against_deleting(instance(op), force);
  const auto answer = provider().delete_instance(instance(op), force);
  if (Complaint complaint = judge("delete_instance", why, answer)) return complaint;
  if (!answer) return std::nullopt;
  return differs("delete_instance", model_.remove(model_.tree(instance(op))), answer.value());
}

Complaint Player::delete_instances(const Op& op) {
  const bool force = bits(op.a, 0, 1) == 1;
  std::vector<std::string> members{instance(op)};
  for (unsigned n = 0; n < kInstances.size(); ++n) {
    if (bits(op.a, 1 + n, 1) == 1) members.push_back(kInstances[n]);
  }
  const Refusals why = model_.against_deleting(members, force);
  const auto answer = provider().delete_instances(members, force);
  if (Complaint complaint = judge("delete_instances", why, answer)) return complaint;
  if (!answer) return std::nullopt;
  return differs("delete_instances", model_.remove(members), answer.value());
}

Complaint Player::delete_matching(const Op& op) {
  InstanceFilter filter{.completed_before = bound(bits(op.a, 0, 2))};
  if (bits(op.a, 2, 1) == 1) filter.instances = {{instance(op), "nobody", instance(op)}};
  if (bits(op.a, 3, 1) == 1) filter.limit = bits(op.a, 4, 2);
  const std::vector<std::string> roots = model_.deletable(filter);
  const auto answer = provider().delete_matching(filter);
  if (Complaint complaint = judge("delete_matching", {}, answer)) return complaint;

  // Which of them a limit takes is the provider's choice.
  std::vector<std::string> gone;
  DeletionCounts said;
  for (const std::string& root : roots) {
    const auto left = provider().read_instance(root);
    if (Complaint complaint = judge("read_instance", {}, left)) return complaint;
    if (left.value()) continue;
    gone.push_back(root);
    const DeletionCounts counts = model_.remove(model_.tree(root));
    said.instances += counts.instances;
    said.executions += counts.executions;
    said.events += counts.events;
    said.queued_items += counts.queued_items;
  }
  if (gone.size() != std::min<std::size_t>(filter.limit, roots.size())) {
    return "delete_matching took " + testing::PrintToString(gone) + " of " +
           testing::PrintToString(roots) + " with limit " + std::to_string(filter.limit);
  }
  return differs("delete_matching", said, answer.value());
}

Complaint Player::prune_instance(const Op& op) {
  PruneOptions options{.completed_before = bound(bits(op.a, 0, 2))};
  if (bits(op.a, 2, 1) == 1) options.keep_last = bits(op.a, 3, 2);
  const auto answer = provider().prune_instance(instance(op), options);
  if (!model_.exists(instance(op))) {
    return judge("prune_instance", {ErrorKind::not_found}, answer);
  }
  return compare("prune_instance", model_.prune(instance(op), options), answer);
}

Complaint Player::prune_matching(const Op& op) {
  InstanceFilter filter{.completed_before = bound(bits(op.a, 0, 2))};
  if (bits(op.a, 2, 1) == 1) filter.instances = {{instance(op), "nobody", instance(op)}};
  const PruneOptions options{.keep_last = bits(op.a, 3, 2),
                             .completed_before = bound(bits(op.a, 5, 2))};
  PruneCounts said;
  for (const std::string& id : model_.prunable(filter)) {
    const PruneCounts counts = model_.prune(id, options);
    said.instances += counts.instances;
    said.executions += counts.executions;
    said.events += counts.events;
  }
  return compare("prune_matching", said, provider().prune_matching(filter, options));
}

// --- Reading

Complaint Player::read(const std::string& instance) {
  auto said = model_.info(instance);
  const auto answer = provider().read_instance(instance);
  if (said && answer && answer.value() && !is_virtual()) {
    said->created_at = answer.value()->created_at;
    said->updated_at = answer.value()->updated_at;
  }
  if (Complaint complaint = compare("read_instance " + instance, said, answer)) return complaint;
  const std::uint64_t last = said ? said->execution + 1 : 1;
  for (std::uint64_t execution = 1; execution <= last; ++execution) {
    const std::string what = "read_history " + instance + " " + std::to_string(execution);
    Complaint complaint = compare(what, model_.history(instance, execution),
                                  provider().read_history(instance, execution));
    if (complaint) return complaint;
  }
  return compare("read_history " + instance, model_.history(instance, std::nullopt),
                 provider().read_history(instance));
}

Complaint Player::read_facets(const std::string& instance) {
  if (has(Capability::custom_status)) {
    for (const std::uint64_t seen : {0U, 1U, 2U}) {
      Complaint complaint =
          compare("read_custom_status " + instance, model_.custom_status(instance, seen),
                  provider().read_custom_status(instance, seen));
      if (complaint) return complaint;
    }
  }
  if (!has(Capability::key_value)) return std::nullopt;
  const std::map<std::string, KeyValue> values = model_.values(instance);
  for (const std::string& key : kKeys) {
    const auto found = values.find(key);
    const auto said = found == values.end() ? std::nullopt : std::optional(found->second);
    const auto answer = provider().read_value(instance, key);
    if (Complaint complaint = compare("read_value " + key, said, answer)) return complaint;
  }
  return compare("read_values " + instance, values, provider().read_values(instance));
}

Complaint Player::read_managed(const std::string& instance) {
  Provider& p = provider();
  auto children = p.list_children(instance);
  if (children) children = sorted(children.value());
  const std::string of = " " + instance;
  if (auto wrong = compare("list_children" + of, model_.children(instance), children)) return wrong;
  const bool exists = model_.exists(instance);
  const Refusals why = exists ? Refusals() : Refusals{ErrorKind::not_found};
  const auto executions = p.list_executions(instance);
  const auto parent = p.read_parent(instance);
  auto tree = p.read_tree(instance);
  if (auto wrong = judge("list_executions" + of, why, executions)) return wrong;
  if (auto wrong = judge("read_parent" + of, why, parent)) return wrong;
  if (auto wrong = judge("read_tree" + of, why, tree)) return wrong;
  if (!exists) return judge("read_execution" + of, why, p.read_execution(instance, 1));

  const std::vector<std::uint64_t> numbers = model_.executions(instance);
  if (auto wrong = compare("list_executions" + of, numbers, executions)) return wrong;
  if (auto wrong = compare("read_parent" + of, model_.parent(instance), parent)) return wrong;
  if (tree.value().members.empty() || tree.value().members[0] != instance) {
    return "read_tree" + of + " does not begin with the instance";
  }
  const InstanceTree said{instance, sorted(model_.tree(instance))};
  const InstanceTree answered{tree.value().root, sorted(tree.value().members)};
  if (auto wrong = differs("read_tree" + of, said, answered)) return wrong;
  for (std::uint64_t number = 1; number <= numbers.back() + 1; ++number) {
    const std::string what = "read_execution" + of + " " + std::to_string(number);
    const auto answer = p.read_execution(instance, number);
    auto info = model_.execution(instance, number);
    if (!info) {
      if (auto wrong = judge(what, {ErrorKind::not_found}, answer)) return wrong;
      continue;
    }
    if (answer && !is_virtual()) {
      info->created_at = answer.value().created_at;
      if (info->completed_at && answer.value().completed_at) {
        info->completed_at = answer.value().completed_at;
      }
    }
    if (auto wrong = compare(what, *info, answer)) return wrong;
  }
  return std::nullopt;
}

Complaint Player::read_store() {
  Provider& p = provider();
  for (const std::optional<Status> status :
       {std::optional<Status>(), std::optional(Status::running), std::optional(Status::completed),
        std::optional(Status::failed), std::optional(Status::continued_as_new)}) {
    auto list = p.list_instances(status);
    if (list) list = sorted(list.value());
    const std::string what = status ? "list_instances by status" : "list_instances";
    if (auto wrong = compare(what, model_.list(status), list)) return wrong;
  }
  const Time moment = now();
  if (auto wrong = compare("read_queue_depths", model_.depths(moment), p.read_queue_depths())) {
    return wrong;
  }
  return compare("read_totals", model_.totals(), p.read_totals());
}

// --- The end

Complaint Player::settle() {
  for (std::size_t round = 0; round < 2; ++round) {
    handle_ = round;
    for (const std::string& instance : kInstances) {
      if (auto wrong = read(instance)) return wrong;
      if (auto wrong = read_facets(instance)) return wrong;
      if (!has(Capability::management)) continue;
      if (auto wrong = read_managed(instance)) return wrong;
    }
    if (has(Capability::management)) {
      if (auto wrong = read_store()) return wrong;
    }
    if (round == 0) {
      if (auto wrong = drain()) return wrong;
    }
  }
  return std::nullopt;
}

// Starts everybody, so that held messages come out too.
Complaint Player::drain() {
  if (is_virtual()) clock_->advance(std::chrono::hours(24));
  for (std::uint8_t who = 0; who < kInstances.size(); ++who) {
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

}  // namespace

std::optional<Disagreement> play(const std::vector<Op>& ops, const ProviderFactory& factory,
                                 const Conditions& conditions) {
  const FreshStore store(factory, conditions.folder);
  Scope scope = store.scope();
  std::shared_ptr<ManualClock> clock;
  if (conditions.clock == ClockSource::injected) {
    clock = std::make_shared<ManualClock>();
    scope.clock = clock;
  }
  const auto trace = std::make_shared<Trace>();
  Player player(factory, scope, clock, trace);
  for (const Op& op : ops) {
    if (Complaint what = player.play(op)) return Disagreement{*what, trace->lines()};
  }
  if (Complaint what = player.settle()) return Disagreement{*what, trace->lines()};
  return std::nullopt;
}

}  // namespace ackproof::model
