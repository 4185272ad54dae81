#include "engine/event_log.h"

#include <algorithm>

namespace ackproof::engine {

namespace {

// Of an append that the store is too busy for, or whose outcome is unknown.
constexpr int kAppendAttempts = 5;

Failed cannot_lift(const std::string& type, std::uint64_t version, std::uint64_t current) {
  Failure failure;
  failure.kind = FailureKind::corrupt;
  failure.message = "an event " + type + " has version " + std::to_string(version) +
                    ", and what is known here is " + std::to_string(current);
  failure.source = type;
  failure.is_retryable = false;
  return Failed(std::move(failure));
}

Error corrupt(const char* operation, const Failed& failed) {
  return {ErrorKind::corrupt, operation, failed.failure().message};
}

bool may_be_repeated(ErrorKind kind) {
  return kind == ErrorKind::busy || kind == ErrorKind::unknown_outcome;
}

Fact fact_of(const StreamEvent& event, const Lifts& lifts) {
  Fact fact(event.type, lifts.lifted(event.type, event.schema_version,
                                     decode(event.payload).value("data", Value())));
  fact.id = event.id;
  fact.category = event.category;
  fact.at = event.timestamp;
  fact.attributes = event.attributes;
  fact.trace_id = event.trace_id;
  return fact;
}

}  // namespace

Lifts& Lifts::add(const std::string& type, std::uint64_t version, Lift lift) {
  lifts_[type][version] = std::move(lift);
  return *this;
}

std::uint64_t Lifts::current(const std::string& type) const {
  const auto of_type = lifts_.find(type);
  return of_type == lifts_.end() ? 1 : of_type->second.rbegin()->first + 1;
}

Value Lifts::lifted(const std::string& type, std::uint64_t version, Value data) const {
  const std::uint64_t newest = current(type);
  if (version > newest) throw cannot_lift(type, version, newest);
  for (std::uint64_t at = version; at < newest; ++at) {
    const auto& of_type = lifts_.at(type);
    const auto lift = of_type.find(at);
    if (lift == of_type.end()) throw cannot_lift(type, at, newest);
    data = lift->second(std::move(data));
  }
  return data;
}

Result<std::vector<Fact>> FactStream::read(std::uint64_t from_id) const {
  const Result<std::vector<StreamEvent>> events = provider_.read_stream(stream_, from_id);
  if (!events) return events.error();
  std::vector<Fact> facts;
  facts.reserve(events.value().size());
  try {
    for (const StreamEvent& event : events.value())
      facts.push_back(fact_of(event, settings_.lifts));
  } catch (const Failed& failed) {
    return corrupt("read_stream", failed);
  }
  return facts;
}

std::vector<StreamEvent> FactStream::written(std::uint64_t expected_id,
                                             const std::vector<Fact>& facts) const {
  std::vector<StreamEvent> events;
  events.reserve(facts.size());
  for (const Fact& fact : facts) {
    events.push_back({.id = expected_id + events.size(),
                      .type = fact.type,
                      .category = fact.category,
                      .timestamp = fact.at,
                      .attributes = fact.attributes,
                      .schema_version = settings_.lifts.current(fact.type),
                      .trace_id = fact.trace_id,
                      .payload = encode({{"data", fact.data}}, settings_.codec)});
  }
  return events;
}

Result<bool> FactStream::holds(std::uint64_t from_id,
                               const std::vector<StreamEvent>& events) const {
  const Result<std::vector<StreamEvent>> stored = provider_.read_stream(stream_, from_id);
  if (!stored) return stored.error();
  return stored.value().size() >= events.size() &&
         std::equal(events.begin(), events.end(), stored.value().begin());
}

Result<void> FactStream::append(std::uint64_t expected_id, const std::vector<Fact>& facts) {
  const std::vector<StreamEvent> events = written(expected_id, facts);
  bool is_unknown = false;
  Result<void> appended;
  for (int attempt = 0; attempt < kAppendAttempts; ++attempt) {
    appended = provider_.append_stream(stream_, expected_id, events);
    if (appended) return {};
    const ErrorKind kind = appended.error().kind;
    is_unknown = is_unknown || kind == ErrorKind::unknown_outcome;
    if (is_unknown && kind == ErrorKind::conflict) {  // With somebody else, or with ourselves.
      const Result<bool> ours = holds(expected_id, events);
      if (!ours) return ours.error();
      if (ours.value()) return {};
    }
    if (!may_be_repeated(kind)) return appended;
  }
  // What an earlier attempt did may be there although the last one was refused.
  if (is_unknown)
    return Error{ErrorKind::unknown_outcome, "append_stream", appended.error().message};
  return appended;
}

Result<std::optional<FactStream::Taken>> FactStream::snapshot() const {
  const Result<std::optional<Snapshot>> stored = provider_.read_snapshot(stream_);
  if (!stored) return stored.error();
  if (!stored.value()) return std::optional<Taken>();
  try {
    const Value taken = decode(stored.value()->state);
    if (taken.value("form", std::uint64_t{0}) == settings_.state_form && taken.contains("state")) {
      return std::optional(Taken{stored.value()->event_id, taken["state"]});
    }
  } catch (const Failed&) {
    // A shortcut that is blocked: the events say the same.
  } catch (const Value::exception&) {
  }
  return std::optional<Taken>();
}

Result<void> FactStream::put_snapshot(const Taken& taken) {
  return provider_.put_snapshot(
      stream_, {taken.event_id,
                encode({{"form", settings_.state_form}, {"state", taken.state}}, settings_.codec)});
}

}  // namespace ackproof::engine
