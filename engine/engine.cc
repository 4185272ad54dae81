#include "engine/engine.h"

#include "engine/atomic_writer.h"

namespace ackproof::engine {

namespace {

// Of what the store is too busy for.
constexpr int kAttempts = 3;

template <class Call>
Result<void> unless_busy(const Call& call) {
  Result<void> done = call();
  for (int i = 1; i < kAttempts && !done && done.error().kind == ErrorKind::busy; ++i) {
    done = call();
  }
  return done;
}

// How long an activity that was fetched ahead is kept from other engines while none ends here.
constexpr Duration kAhead{20};

// Failed for good: the same commit would fail again.
bool is_for_good(ErrorKind kind) {
  return kind == ErrorKind::invalid || kind == ErrorKind::unsupported ||
         kind == ErrorKind::conflict;
}

Failure refused(const Error& error, const std::string& source) {
  Failure failure;
  failure.kind = FailureKind::refused;
  failure.message = std::string(name(error.kind)) + ": " + error.message;
  failure.context = {{"operation", error.operation}};
  failure.source = source;
  failure.is_retryable = false;
  return failure;
}

Failure activity_failure(FailureKind kind, const std::string& activity, std::string message) {
  Failure failure;
  failure.kind = kind;
  failure.message = std::move(message);
  failure.source = activity;
  failure.is_retryable = false;
  return failure;
}

Message completion(const Activity& activity, MessageKind kind, Bytes payload) {
  Message message;
  message.kind = kind;
  message.target = activity.instance;
  message.execution = activity.execution;
  message.id = activity.id;
  message.payload = std::move(payload);
  return message;
}

}  // namespace

Engine::Engine(Provider& provider, const Registry& registry, Settings settings)
    : provider_(provider),
      registry_(registry),
      settings_(std::move(settings)),
      offered_(provider.describe().capabilities) {}

Result<void> Engine::start_with(const std::string& instance, const std::string& program,
                                Value input, const std::optional<std::string>& version) {
  Message start;
  start.kind = MessageKind::start_orchestration;
  start.target = instance;
  start.name = program;
  start.version = version;
  start.payload = encode({{"input", std::move(input)}}, settings_.codec);
  return provider_.enqueue_message(start);
}

Result<void> Engine::send(const std::string& instance, MessageKind kind, const std::string& name,
                          const Value& data) {
  Message message;
  message.kind = kind;
  message.target = instance;
  message.name = name;
  message.payload = encode({{"result", data}}, settings_.codec);
  return provider_.enqueue_message(message);
}

Result<void> Engine::cancel(const std::string& instance, const std::string& reason) {
  Message message;
  message.kind = MessageKind::cancel_instance;
  message.target = instance;
  message.payload = encode({{"reason", reason}}, settings_.codec);
  return provider_.enqueue_message(message);
}

Result<std::optional<Ending>> Engine::ending(const std::string& instance) const {
  const Result<std::optional<InstanceInfo>> read = provider_.read_instance(instance);
  if (!read) return read.error();
  const std::optional<InstanceInfo>& info = read.value();
  if (!info || (info->status != Status::completed && info->status != Status::failed)) {
    return std::optional<Ending>();
  }
  Ending ending;
  ending.status = info->status;
  const Value output = decode(info->output.value_or("{}"));
  ending.result = output.value("result", Value());
  if (output.contains("failure")) ending.failure = failure_from(output["failure"]);
  return std::optional(std::move(ending));
}

Step Engine::take_turn(Duration poll) {
  FetchTurn options;
  options.lock_timeout = settings_.turn_lock;
  if (can_wait()) options.poll_timeout = poll;
  if (offered_.facets.has(Capability::version_filter)) {
    options.versions = {{EngineVersion{}, settings_.version}};
  }
  const Result<std::optional<Turn>> fetched = provider_.fetch_turn(options);
  if (!fetched) return Step::failed;
  if (!fetched.value()) return Step::nothing;
  const Turn& turn = *fetched.value();
  const Renewals::Holding holding = renewals_.hold(
      settings_.turn_lock, [&] { return provider_.renew_turn(turn.token, settings_.turn_lock); });
  const auto decided = decide(turn, registry_, settings_, offered_);
  if (const auto* wanted = std::get_if<TurnCommit>(&decided)) return commit(turn, *wanted);
  // Not counted: that it is unknown here does not make it poison.
  (void)provider_.abandon_turn(turn.token, {settings_.back_off, true});
  return Step::put_back;
}

Step Engine::commit(const Turn& turn, const TurnCommit& commit) {
  const Result<void> acked = unless_busy([&] { return provider_.ack_turn(turn.token, commit); });
  if (acked) return done(turn.instance, commit);
  if (acked.error().kind == ErrorKind::lock_lost) return Step::dropped;
  if (acked.error().kind == ErrorKind::unknown_outcome) {
    // If it did not happen, the turn comes again at once; if it did, the token opens nothing any more.
    (void)provider_.abandon_turn(turn.token, {});
    return Step::dropped;
  }
  if (is_for_good(acked.error().kind)) {
    const TurnCommit end = give_up(turn, settings_, refused(acked.error(), turn.name));
    if (provider_.ack_turn(turn.token, end)) return done(turn.instance, end);
  }
  (void)provider_.abandon_turn(turn.token, {settings_.back_off, false});
  return Step::put_back;
}

Step Engine::done(const std::string& instance, const TurnCommit& commit) const {
  const bool has_ended =
      commit.metadata.status == Status::completed || commit.metadata.status == Status::failed;
  if (has_ended && settings_.ended) settings_.ended(instance);
  return Step::done;
}

Message Engine::completion_of(const LockedActivity& work, const ActivityBody& body,
                              const std::function<bool()>& is_lost) const {
  const Activity& activity = work.activity;
  std::optional<Failure> failure;
  try {
    if (activity.error) {
      failure = activity_failure(FailureKind::corrupt, activity.name, *activity.error);
    } else if (work.attempt > settings_.most_attempts) {
      failure =
          activity_failure(FailureKind::poisoned, activity.name,
                           "delivered " + std::to_string(work.attempt) + " times without an end");
    } else {
      const ActivityContext context{activity.instance, activity.execution, activity.id,
                                    work.attempt, is_lost};
      const Value output = body(context, decode(activity.payload).value("input", Value()));
      return completion(activity, MessageKind::activity_completed,
                        encode({{"result", output}}, settings_.codec));
    }
  } catch (...) {
    failure = failure_of(std::current_exception(), activity.name);
  }
  return completion(activity, MessageKind::activity_failed,
                    encode({{"failure", to_value(*failure)}}, settings_.codec));
}

Result<void> Engine::ack(const LockedActivity& work, const Message& completion) {
  return unless_busy([&] { return provider_.ack_activity(work.token, completion); });
}

Result<void> Engine::complete(const LockedActivity& work, const ActivityBody& body,
                              const std::function<bool()>& is_lost) {
  const bool by_output = settings_.writes_outputs && offered_.facets.has(Capability::context_store);
  if (by_output && !work.activity.error) return complete_by_output(work, body, is_lost);
  return ack(work, completion_of(work, body, is_lost));
}

// Failures are not outputs: they are told, and the next attempt starts anew.
Result<void> Engine::complete_by_output(const LockedActivity& work, const ActivityBody& body,
                                        const std::function<bool()>& is_lost) {
  const Activity& activity = work.activity;
  const NodeKey key{activity.instance,
                    std::to_string(activity.execution) + "." + std::to_string(activity.id)};
  AtomicWriter writer(provider_);
  const Result<std::optional<Bytes>> written = writer.written(key);
  if (!written) return written.error();
  if (written.value()) {
    return ack(work, completion(activity, MessageKind::activity_completed, *written.value()));
  }
  const Message done = completion_of(work, body, is_lost);
  if (done.kind != MessageKind::activity_completed) return ack(work, done);
  return writer.write_and_complete(key, done.payload, [&](const Bytes& output) {
    return ack(work, completion(activity, MessageKind::activity_completed, output));
  });
}

Step Engine::work(Duration poll) {
  Slots alone(1);
  return work(poll, alone);
}

Step Engine::work(Duration poll, Slots& slots) {
  FetchActivity options;
  options.lock_timeout = settings_.activity_lock;
  std::optional<Slots::Place> place;
  std::optional<Slots::Claim> claim;
  bool has_place = false;
  if (offered_.facets.has(Capability::sessions)) {
    if (slots.owe_sessions()) has_place = place.emplace(slots, poll).is_taken();
    claim.emplace(slots, has_place);
    if (claim->is_given()) {
      options.session = SessionClaim{settings_.worker, settings_.activity_lock};
    }
  }
  if (can_wait() && !has_place) options.poll_timeout = poll;
  if (offered_.facets.has(Capability::tags)) options.tags = settings_.tags;
  const Result<std::optional<LockedActivity>> fetched = provider_.fetch_activity(options);
  if (!fetched) return Step::failed;
  if (!fetched.value()) return Step::nothing;
  const LockedActivity& work = *fetched.value();
  const ActivityBody* body = registry_.find_activity(work.activity.name);
  if (body == nullptr) {
    (void)provider_.abandon_activity(work.token, {settings_.back_off, true});
    return Step::put_back;
  }
  const Renewals::Holding holding = renewals_.hold(settings_.activity_lock, [&] {
    return provider_.renew_activity(work.token, settings_.activity_lock);
  });
  if (!has_place) place.emplace(slots, kAhead);
  claim.reset();
  if (!place->is_taken()) {
    (void)unless_busy([&] { return provider_.abandon_activity(work.token, {Duration(0), true}); });
    return Step::too_soon;
  }
  const ActivityBody in_place = [&](const ActivityContext& context, const Value& input) {
    Value output = (*body)(context, input);
    place->leave();
    return output;
  };
  const Result<void> acked = complete(work, in_place, [&holding] { return holding.is_lost(); });
  if (acked) return Step::done;
  if (acked.error().kind == ErrorKind::lock_lost) return Step::dropped;
  if (acked.error().kind == ErrorKind::unknown_outcome) {
    (void)provider_.abandon_activity(work.token, {});
    return Step::dropped;
  }
  (void)provider_.abandon_activity(work.token, {settings_.back_off, false});
  return Step::put_back;
}

}  // namespace ackproof::engine
