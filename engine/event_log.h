// Event sourcing over the facet event_store: a state that is rebuilt from what happened to it.
//
// A stream is the truth; a snapshot only saves reading it from the start. So one that cannot be used, because the
// state had another form when it was taken, costs time and nothing else.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "contract/provider.h"
#include "engine/history.h"

namespace ackproof::engine {

// One thing that happened.
struct Fact {
  Fact() = default;
  Fact(std::string what, Value of) : type(std::move(what)), data(std::move(of)) {}

  std::uint64_t id = 0;  // In its stream, from 1; of one that is not appended yet 0.
  std::string type;
  std::string category;
  Time at;  // When it happened, as its writer says.
  std::map<std::string, std::string> attributes;
  std::string trace_id;
  Value data;
};

// How the data of events changed over the years. Events stay as they were written; they are lifted, version by
// version, when they are read.
class Lifts {
 public:
  using Lift = std::function<Value(Value)>;

  // `lift` makes data of `version` + 1 of data of `version`. What is written from now on has the version after the
  // highest lift of its type, 1 without any.
  Lifts& add(const std::string& type, std::uint64_t version, Lift lift);

  std::uint64_t current(const std::string& type) const;

  // `data` of the current version. Throws Failed (corrupt) for a version that is newer, or that no lift leads on from.
  Value lifted(const std::string& type, std::uint64_t version, Value data) const;

 private:
  std::map<std::string, std::map<std::uint64_t, Lift>> lifts_;
};

struct EventLogSettings {
  std::uint64_t snapshot_every = 100;  // Events; 0: never.
  Codec codec = Codec::json;           // Of what is written. All are read.
  Lifts lifts;
  std::uint64_t state_form =
      1;  // Raised when the state's own form changes: older snapshots are passed over.
};

// A stream with its payloads decoded. Errors are the store's, and `corrupt` for what cannot be decoded.
class FactStream {
 public:
  struct Taken {
    std::uint64_t event_id = 0;
    Value state;
  };

  // The provider outlives it.
  FactStream(Provider& provider, std::string stream, EventLogSettings settings)
      : provider_(provider), stream_(std::move(stream)), settings_(std::move(settings)) {}

  Result<std::vector<Fact>> read(std::uint64_t from_id) const;

  // conflict  somebody else has appended there. Busy stores are asked again, and when the outcome of an append is
  // unknown the stream is looked at: it is appended once, or an error says why not.
  Result<void> append(std::uint64_t expected_id, const std::vector<Fact>& facts);

  // The latest snapshot, if it is of our form.
  Result<std::optional<Taken>> snapshot() const;
  Result<void> put_snapshot(const Taken& taken);

  const EventLogSettings& settings() const { return settings_; }

 private:
  std::vector<StreamEvent> written(std::uint64_t expected_id, const std::vector<Fact>& facts) const;
  Result<bool> holds(std::uint64_t from_id, const std::vector<StreamEvent>& events) const;

  Provider& provider_;
  const std::string stream_;
  const EventLogSettings settings_;
};

// State is default-constructed before the first event, and has a JSON form (to_json, from_json).
// A value is used by one thread; writers in other threads and processes have their own.
template <class State>
class EventLog {
 public:
  using Apply = std::function<void(State&, const Fact&)>;
  using Decide = std::function<std::vector<Fact>(const State&)>;

  // A state, and the last event that is in it.
  struct At {
    State state{};
    std::uint64_t event_id = 0;
  };

  EventLog(Provider& provider, std::string stream, Apply apply, EventLogSettings settings = {})
      : stream_(provider, std::move(stream), std::move(settings)), apply_(std::move(apply)) {}

  // From the latest snapshot, and the events after it.
  Result<At> load() const;

  // From the first event on; the same as `load`, only slower.
  Result<At> replay() const { return follow(At()); }

  // Appends what happened after `at`, and moves it on.
  // conflict  somebody else has appended meanwhile: load again, and decide again.
  Result<void> append(At& at, std::vector<Fact> facts);

  // Loads, decides and appends, and again as long as others come first.
  Result<At> update(const Decide& decide);

 private:
  Result<At> follow(At at) const;

  FactStream stream_;
  const Apply apply_;
};

template <class State>
Result<typename EventLog<State>::At> EventLog<State>::load() const {
  const Result<std::optional<FactStream::Taken>> taken = stream_.snapshot();
  if (!taken) return taken.error();
  At at;
  if (taken.value()) at = {taken.value()->state.template get<State>(), taken.value()->event_id};
  return follow(std::move(at));
}

template <class State>
Result<typename EventLog<State>::At> EventLog<State>::follow(At at) const {
  const Result<std::vector<Fact>> facts = stream_.read(at.event_id + 1);
  if (!facts) return facts.error();
  for (const Fact& fact : facts.value()) {
    apply_(at.state, fact);
    at.event_id = fact.id;
  }
  return at;
}

template <class State>
Result<void> EventLog<State>::append(At& at, std::vector<Fact> facts) {
  if (facts.empty()) return {};
  if (Result<void> appended = stream_.append(at.event_id + 1, facts); !appended) return appended;
  const std::uint64_t before = at.event_id;
  for (Fact& fact : facts) {
    fact.id = ++at.event_id;
    apply_(at.state, fact);
  }
  const std::uint64_t every = stream_.settings().snapshot_every;
  if (every != 0 && at.event_id / every != before / every) {
    // What happened is stored; without the snapshot it is only read more slowly.
    (void)stream_.put_snapshot({at.event_id, Value(at.state)});
  }
  return {};
}

template <class State>
Result<typename EventLog<State>::At> EventLog<State>::update(const Decide& decide) {
  while (true) {
    Result<At> at = load();
    if (!at) return at;
    const Result<void> appended = append(at.value(), decide(at.value().state));
    if (appended) return at;
    if (appended.error().kind != ErrorKind::conflict) return appended.error();
  }
}

}  // namespace ackproof::engine
