// Broken event stores: streams that lose, overwrite or renumber events, and snapshots that are not
// the latest.
#include <algorithm>
#include <atomic>

#include "contract/requirements.h"
#include "tests/mutants/defect.h"
#include "tests/mutants/keeps_streams.h"
#include "tests/mutants/misspelt.h"

namespace ackproof {

namespace {

using Appended = Result<void>;
using Snapshots = Result<std::optional<Snapshot>>;

constexpr std::uint64_t in_32_bits(std::uint64_t number) { return number & 0xFFFF'FFFFU; }

// --- EVST_1: which id is the next

// Looks whether the id is the next one, and writes in a second step.
struct NextIdIsReadFirst : KeepsStreams {
  using KeepsStreams::KeepsStreams;
  Appended append_stream(const std::string& stream, std::uint64_t expected_id,
                         const StreamEvents& events) override {
    if (const auto refusal = rules::append_stream(offered(), stream, expected_id, events)) {
      return *refusal;
    }
    if (expected_id != next_id(state()->of[stream])) return late();
    cross();
    auto kept = state();
    StreamEvents& stored = kept->of[stream].events;
    stored.insert(stored.end(), events.begin(), events.end());
    return {};
  }
};

// The whole stream is one value, which is read, extended and written back.
struct StreamIsOneValue : KeepsStreams {
  using KeepsStreams::KeepsStreams;
  Appended append_stream(const std::string& stream, std::uint64_t expected_id,
                         const StreamEvents& events) override {
    if (const auto refusal = rules::append_stream(offered(), stream, expected_id, events)) {
      return *refusal;
    }
    KeptStream value = state()->of[stream];
    const Appended appended = append(value, expected_id, events);
    if (!appended) return appended;
    cross();
    state()->of[stream] = value;
    return {};
  }
};

struct LateAppendOverwrites : KeepsStreams {
  using KeepsStreams::KeepsStreams;

 protected:
  Appended append(KeptStream& stream, std::uint64_t expected_id,
                  const StreamEvents& events) override {
    if (expected_id > next_id(stream)) return late();
    for (const StreamEvent& event : events) {
      if (event.id < next_id(stream)) {
        stream.events[event.id - 1] = event;
      } else {
        stream.events.push_back(event);
      }
    }
    return {};
  }
};

// What is stored is kept, and what is not is added, before the conflict is reported.
struct LateAppendAddsItsRest : KeepsStreams {
  using KeepsStreams::KeepsStreams;

 protected:
  Appended append(KeptStream& stream, std::uint64_t expected_id,
                  const StreamEvents& events) override {
    const bool is_next = expected_id == next_id(stream);
    if (expected_id > next_id(stream)) return late();
    for (const StreamEvent& event : events) {
      if (event.id == next_id(stream)) stream.events.push_back(event);
    }
    return is_next ? Appended() : late();
  }
};

struct LateAppendGoesToTheEnd : KeepsStreams {
  using KeepsStreams::KeepsStreams;

 protected:
  Appended append(KeptStream& stream, std::uint64_t expected_id,
                  const StreamEvents& events) override {
    if (expected_id > next_id(stream)) return late();
    for (StreamEvent event : events) {
      event.id = next_id(stream);
      stream.events.push_back(event);
    }
    return {};
  }
};

struct RepeatedAppendSucceeds : KeepsStreams {
  using KeepsStreams::KeepsStreams;

 protected:
  Appended append(KeptStream& stream, std::uint64_t expected_id,
                  const StreamEvents& events) override {
    const StreamEvents stored = read(stream, expected_id);
    if (!stored.empty() && stored == events) return {};
    return KeepsStreams::append(stream, expected_id, events);
  }
};

struct LeavesGaps : KeepsStreams {
  using KeepsStreams::KeepsStreams;

 protected:
  Appended append(KeptStream& stream, std::uint64_t expected_id,
                  const StreamEvents& events) override {
    const std::uint64_t last = stream.events.empty() ? 0 : stream.events.back().id;
    if (expected_id <= last || stream.events.empty() != (expected_id == 1)) return late();
    stream.events.insert(stream.events.end(), events.begin(), events.end());
    return {};
  }
};

struct EmptyStreamTakesAnyId : KeepsStreams {
  using KeepsStreams::KeepsStreams;

 protected:
  std::uint64_t next_id(const KeptStream& stream) override {
    return stream.events.empty() ? 0 : stream.events.back().id + 1;
  }
  Appended append(KeptStream& stream, std::uint64_t expected_id,
                  const StreamEvents& events) override {
    if (!stream.events.empty()) return KeepsStreams::append(stream, expected_id, events);
    stream.events = events;
    return {};
  }
};

struct ExpectedIdIsIn32Bits : KeepsStreams {
  using KeepsStreams::KeepsStreams;

 protected:
  Appended append(KeptStream& stream, std::uint64_t expected_id,
                  const StreamEvents& events) override {
    return KeepsStreams::append(stream, in_32_bits(expected_id), events);
  }
};

// Ids come from a sequence, which is not wound back.
struct RefusedAppendUsesUpIds : KeepsStreams {
  using KeepsStreams::KeepsStreams;

 protected:
  Appended append(KeptStream& stream, std::uint64_t expected_id,
                  const StreamEvents& events) override {
    const Appended appended = KeepsStreams::append(stream, expected_id, events);
    if (!appended) stream.used_up += events.size();
    return appended;
  }
};

// Each handle counts by itself once it has looked.
struct HandleRemembersTheNextId : ForwardingProvider {
  using ForwardingProvider::ForwardingProvider;
  Appended append_stream(const std::string& stream, std::uint64_t expected_id,
                         const StreamEvents& events) override {
    const std::lock_guard lock(mutex_);
    const auto known = next_.find(stream);
    if (known != next_.end() && known->second != expected_id) {
      return Error{ErrorKind::conflict, "append_stream", "another id is the next"};
    }
    const Appended appended = inner().append_stream(stream, expected_id, events);
    if (appended) next_[stream] = expected_id + events.size();
    return appended;
  }

 private:
  std::mutex mutex_;
  std::map<std::string, std::uint64_t> next_;
};

// --- EVST_1: several events

// One transaction each; readers see them come, and what is bad ends the rest.
template <bool lingers>
struct AppendsOneByOne : KeepsStreams {
  using KeepsStreams::KeepsStreams;
  Appended append_stream(const std::string& stream, std::uint64_t expected_id,
                         const StreamEvents& events) override {
    for (std::size_t i = 0; i < events.size(); ++i) {
      const Appended one = KeepsStreams::append_stream(stream, expected_id + i, {events[i]});
      if (!one) return one;
      if (lingers) linger();
    }
    if (events.empty()) return KeepsStreams::append_stream(stream, expected_id, events);
    return {};
  }
};

// The same, but all are looked at first.
struct AppendsOneByOneWhenAllAreGood : AppendsOneByOne<true> {
  using AppendsOneByOne::AppendsOneByOne;
  Appended append_stream(const std::string& stream, std::uint64_t expected_id,
                         const StreamEvents& events) override {
    if (const auto refusal = rules::append_stream(offered(), stream, expected_id, events)) {
      return *refusal;
    }
    return AppendsOneByOne::append_stream(stream, expected_id, events);
  }
};

// The ids within an append are not looked at: those that were given are stored, or others.
template <bool renumbers>
struct IgnoresIds : KeepsStreams {
  using KeepsStreams::KeepsStreams;
  Appended append_stream(const std::string& stream, std::uint64_t expected_id,
                         const StreamEvents& events) override {
    StreamEvents numbered = events;
    for (std::size_t i = 0; i < events.size(); ++i) numbered[i].id = expected_id + i;
    if (const auto refusal = rules::append_stream(offered(), stream, expected_id, numbered)) {
      return *refusal;
    }
    auto kept = state();
    return append(kept->of[stream], expected_id, renumbers ? numbered : events);
  }
};

struct AppendOfNothingSucceeds : ForwardingProvider {
  using ForwardingProvider::ForwardingProvider;
  Appended append_stream(const std::string& stream, std::uint64_t expected_id,
                         const StreamEvents& events) override {
    if (events.empty()) return {};
    return inner().append_stream(stream, expected_id, events);
  }
};

// --- EVST_1: what is read, and of whom

template <void (*change)(StreamEvents&)>
struct ChangesReads : ForwardingProvider {
  using ForwardingProvider::ForwardingProvider;
  Result<StreamEvents> read_stream(const std::string& stream, std::uint64_t from_id) override {
    Result<StreamEvents> events = inner().read_stream(stream, from_id);
    if (events) change(events.value());
    return events;
  }
};

void order_ids_as_text(StreamEvents& events) {
  std::ranges::sort(events, {}, [](const StreamEvent& event) { return std::to_string(event.id); });
}
void end_after_500(StreamEvents& events) {
  if (events.size() > 500) events.resize(500);
}

struct UnknownStreamIsNotFound : ForwardingProvider {
  using ForwardingProvider::ForwardingProvider;
  Result<StreamEvents> read_stream(const std::string& stream, std::uint64_t from_id) override {
    Result<StreamEvents> all = inner().read_stream(stream, 1);
    if (all && all.value().empty()) {
      return Error{ErrorKind::not_found, "read_stream", "no such stream"};
    }
    return inner().read_stream(stream, from_id);
  }
};

struct StreamIsFoundByItsBeginning : KeepsStreams {
  using KeepsStreams::KeepsStreams;

 protected:
  std::string place_of(const std::string& stream) override {
    auto kept = state();
    for (const auto& [name, found] : kept->of) {
      if (!found.events.empty() && name.starts_with(stream)) return name;
    }
    return stream;
  }
};

template <std::string (*spell)(std::string)>
struct SpellsStreams : KeepsStreams {
  using KeepsStreams::KeepsStreams;

 protected:
  std::string place_of(const std::string& stream) override { return spell(stream); }
};

// --- EVST_1: instances

// Ids continue those of the history of the same name.
struct SharesIdsWithHistories : ForwardingProvider {
  using ForwardingProvider::ForwardingProvider;
  Appended append_stream(const std::string& stream, std::uint64_t expected_id,
                         const StreamEvents& events) override {
    const auto history = inner().read_history(stream, std::nullopt);
    const std::uint64_t last = history && !history.value().empty() ? history.value().back().id : 0;
    if (expected_id <= last) {
      return Error{ErrorKind::conflict, "append_stream", "the history has this id"};
    }
    return inner().append_stream(stream, expected_id, events);
  }
};

struct AppendWakesAnInstance : ForwardingProvider {
  using ForwardingProvider::ForwardingProvider;
  Appended append_stream(const std::string& stream, std::uint64_t expected_id,
                         const StreamEvents& events) override {
    const Appended appended = inner().append_stream(stream, expected_id, events);
    if (appended) (void)inner().enqueue_message({.target = stream}, Duration(0));
    return appended;
  }
};

struct DeletionTakesStreams : KeepsStreams {
  using KeepsStreams::KeepsStreams;
  Result<DeletionCounts> delete_instance(const std::string& instance, bool force) override {
    Result<DeletionCounts> counts = inner().delete_instance(instance, force);
    if (counts) state()->of.erase(instance);
    return counts;
  }
};

// A stream is enough for an id to be known.
struct StreamCountsAsInstance : KeepsStreams {
  using KeepsStreams::KeepsStreams;
  Result<DeletionCounts> delete_instance(const std::string& instance, bool force) override {
    Result<DeletionCounts> counts = inner().delete_instance(instance, force);
    const bool is_known = state()->of.contains(instance);
    if (!counts && counts.error().kind == ErrorKind::not_found && is_known) return DeletionCounts();
    return counts;
  }
};

// --- EVST_2: what becomes of an event

template <void (*change)(StreamEvent&)>
struct ChangesEvents : ForwardingProvider {
  using ForwardingProvider::ForwardingProvider;
  Appended append_stream(const std::string& stream, std::uint64_t expected_id,
                         const StreamEvents& events) override {
    StreamEvents changed = events;
    for (StreamEvent& event : changed) change(event);
    return inner().append_stream(stream, expected_id, changed);
  }
};

std::int64_t milliseconds(Time time) { return time.time_since_epoch().count(); }

void lose_category(StreamEvent& event) { event.category.clear(); }
void lose_trace_id(StreamEvent& event) { event.trace_id.clear(); }
void lose_attributes(StreamEvent& event) { event.attributes.clear(); }
void lose_schema_version(StreamEvent& event) { event.schema_version = 1; }
void stamp_time(StreamEvent& event) { event.timestamp = SystemClock().now(); }

void version_is_never_0(StreamEvent& event) {
  event.schema_version = std::max<std::uint64_t>(event.schema_version, 1);
}
void version_is_in_32_bits(StreamEvent& event) {
  event.schema_version = in_32_bits(event.schema_version);
}
void version_is_a_double(StreamEvent& event) {
  const auto number = static_cast<double>(event.schema_version);
  event.schema_version = std::min(static_cast<std::uint64_t>(number), kLargestId);
}

void time_is_in_seconds(StreamEvent& event) {
  event.timestamp = Time(Duration(milliseconds(event.timestamp) / 1'000 * 1'000));
}
void time_is_a_double(StreamEvent& event) {
  constexpr double kEnd = 9.2e18;
  const auto number = static_cast<double>(milliseconds(event.timestamp));
  event.timestamp = Time(Duration(static_cast<std::int64_t>(std::clamp(number, -kEnd, kEnd))));
}
void time_begins_at_the_epoch(StreamEvent& event) {
  event.timestamp = std::max(event.timestamp, Time());
}

void payload_ends_at_nul(StreamEvent& event) { event.payload = until_nul(event.payload); }
void payload_is_ascii(StreamEvent& event) {
  for (char& c : event.payload) {
    if (static_cast<unsigned char>(c) >= 0x80) c = '?';
  }
}
void payload_has_unix_lines(StreamEvent& event) { std::erase(event.payload, '\r'); }
void payload_has_64_kib(StreamEvent& event) {
  constexpr std::size_t kLongest = 65'535;
  if (event.payload.size() > kLongest) event.payload.resize(kLongest);
}
void empty_payload_is_an_object(StreamEvent& event) {
  if (event.payload.empty()) event.payload = "{}";
}

void type_is_lower_case(StreamEvent& event) { event.type = lower(event.type); }
void category_loses_spaces(StreamEvent& event) {
  event.category = without_trailing_spaces(event.category);
}
void category_has_a_default(StreamEvent& event) {
  if (event.category.empty()) event.category = "default";
}
void trace_id_has_255_bytes(StreamEvent& event) {
  if (rules::is_text(cut_to_255(event.trace_id))) event.trace_id = cut_to_255(event.trace_id);
}

void rebuild_attributes(StreamEvent& event, bool (*keeps)(const std::string&, const std::string&),
                        std::string (*key_of)(std::string), std::string (*value_of)(std::string)) {
  const auto given = std::exchange(event.attributes, {});
  for (const auto& [key, value] : given) {
    if (keeps(key, value)) event.attributes[key_of(key)] = value_of(value);
  }
}
bool every_one(const std::string&, const std::string&) { return true; }
bool with_a_value(const std::string&, const std::string& value) { return !value.empty(); }
bool with_a_key(const std::string& key, const std::string&) { return !key.empty(); }
bool beside_the_fields(const std::string& key, const std::string&) {
  return key != "type" && key != "category" && key != "payload" && key != "id";
}

void empty_attributes_are_dropped(StreamEvent& event) {
  rebuild_attributes(event, with_a_value, as_it_is, as_it_is);
}
void empty_keys_are_dropped(StreamEvent& event) {
  rebuild_attributes(event, with_a_key, as_it_is, as_it_is);
}
void keys_are_folded(StreamEvent& event) { rebuild_attributes(event, every_one, lower, as_it_is); }
void values_lose_spaces(StreamEvent& event) {
  rebuild_attributes(event, every_one, as_it_is, without_trailing_spaces);
}
void attributes_lie_among_the_fields(StreamEvent& event) {
  rebuild_attributes(event, beside_the_fields, as_it_is, as_it_is);
}

// A join that keeps to the stream and not to the event: all have the attributes of all before.
void share_attributes(StreamEvents& events) {
  for (std::size_t i = 1; i < events.size(); ++i) {
    events[i].attributes.insert(events[i - 1].attributes.begin(), events[i - 1].attributes.end());
  }
}
// An inner join.
void demand_attributes(StreamEvents& events) {
  std::erase_if(events, [](const StreamEvent& event) { return event.attributes.empty(); });
}
void drop_equal_neighbours(StreamEvents& events) {
  const auto are_equal = [](const StreamEvent& one, StreamEvent other) {
    other.id = one.id;
    return one == other;
  };
  events.erase(std::unique(events.begin(), events.end(), are_equal), events.end());
}

// --- EVST_3: reading from an id on

template <std::uint64_t (*change)(std::uint64_t)>
struct ReadsFrom : ForwardingProvider {
  using ForwardingProvider::ForwardingProvider;
  Result<StreamEvents> read_stream(const std::string& stream, std::uint64_t from_id) override {
    if (from_id == 0 || from_id > kLargestId) return inner().read_stream(stream, from_id);
    return inner().read_stream(stream, change(from_id));
  }
};
std::uint64_t after_it(std::uint64_t id) { return id == 1 || id == kLargestId ? id : id + 1; }
std::uint64_t the_beginning(std::uint64_t) { return 1; }
std::uint64_t low_bits(std::uint64_t id) { return std::max<std::uint64_t>(in_32_bits(id), 1); }

struct IdsAreComparedAsText : KeepsStreams {
  using KeepsStreams::KeepsStreams;

 protected:
  StreamEvents read(const KeptStream& stream, std::uint64_t from_id) override {
    StreamEvents found;
    std::ranges::copy_if(stream.events, std::back_inserter(found), [&](const StreamEvent& event) {
      return from_id == 1 || std::to_string(event.id) >= std::to_string(from_id);
    });
    return found;
  }
};

struct NothingFromThereIsNotFound : ForwardingProvider {
  using ForwardingProvider::ForwardingProvider;
  Result<StreamEvents> read_stream(const std::string& stream, std::uint64_t from_id) override {
    Result<StreamEvents> events = inner().read_stream(stream, from_id);
    if (events && events.value().empty() && from_id > 1) {
      return Error{ErrorKind::not_found, "read_stream", "no such event"};
    }
    return events;
  }
};

// --- EVST_3: which events may have a snapshot

template <bool (*is_there)(const KeptStream&, std::uint64_t)>
struct FindsEvents : KeepsStreams {
  using KeepsStreams::KeepsStreams;

 protected:
  bool has(const KeptStream& stream, std::uint64_t id) override { return is_there(stream, id); }
};
bool any_at_all(const KeptStream&, std::uint64_t) { return true; }
bool any_of_a_stream(const KeptStream& stream, std::uint64_t) { return !stream.events.empty(); }
bool up_to_the_next(const KeptStream& stream, std::uint64_t id) {
  return id <= stream.events.size() + 1;
}
bool before_the_last(const KeptStream& stream, std::uint64_t id) {
  return id < stream.events.size();
}
bool by_its_low_bits(const KeptStream& stream, std::uint64_t id) {
  return in_32_bits(id) <= stream.events.size();
}

// Refuses, and keeps the snapshot until its event is there.
struct RefusedSnapshotWaits : KeepsStreams {
  using KeepsStreams::KeepsStreams;
  Appended put_snapshot(const std::string& stream, const Snapshot& snapshot) override {
    const Appended taken = KeepsStreams::put_snapshot(stream, snapshot);
    if (!taken && taken.error().kind == ErrorKind::not_found) {
      state()->of[stream].snapshots.push_back(snapshot);
    }
    return taken;
  }

 protected:
  std::optional<Snapshot> latest(const KeptStream& stream) override {
    KeptStream known = stream;
    std::erase_if(known.snapshots,
                  [&](const Snapshot& snapshot) { return !has(stream, snapshot.event_id); });
    return KeepsStreams::latest(known);
  }
};

// --- EVST_3: which is the latest

struct LastWrittenIsLatest : KeepsStreams {
  using KeepsStreams::KeepsStreams;

 protected:
  std::optional<Snapshot> latest(const KeptStream& stream) override {
    return stream.snapshots.empty() ? std::nullopt : std::optional(stream.snapshots.back());
  }
};

struct LatestIsByText : KeepsStreams {
  using KeepsStreams::KeepsStreams;

 protected:
  std::optional<Snapshot> latest(const KeptStream& stream) override {
    std::optional<Snapshot> found;
    for (const Snapshot& snapshot : stream.snapshots) {
      const std::string id = std::to_string(snapshot.event_id);
      if (!found || id >= std::to_string(found->event_id)) found = snapshot;
    }
    return found;
  }
};

struct FirstSnapshotOfAnEventStays : KeepsStreams {
  using KeepsStreams::KeepsStreams;

 protected:
  std::optional<Snapshot> latest(const KeptStream& stream) override {
    KeptStream turned = stream;
    std::ranges::reverse(turned.snapshots);
    return KeepsStreams::latest(turned);
  }
};

template <ErrorKind kind, bool (*refuses)(const KeptStream&, const Snapshot&)>
struct RefusesSnapshots : KeepsStreams {
  using KeepsStreams::KeepsStreams;

 protected:
  Appended put(KeptStream& stream, const Snapshot& snapshot) override {
    if (refuses(stream, snapshot)) return Error{kind, "put_snapshot", "there is one already"};
    return KeepsStreams::put(stream, snapshot);
  }
};
bool has_one_of_it(const KeptStream& stream, const Snapshot& snapshot) {
  return std::ranges::count(stream.snapshots, snapshot.event_id, &Snapshot::event_id) != 0;
}
bool has_a_later_one(const KeptStream& stream, const Snapshot& snapshot) {
  return std::ranges::any_of(
      stream.snapshots, [&](const Snapshot& other) { return other.event_id > snapshot.event_id; });
}
bool is_of_the_first_event(const KeptStream&, const Snapshot& snapshot) {
  return snapshot.event_id == 1;
}

// Keeps one snapshot: whether it is later than the stored one is looked at in a step before.
struct LatestIsLookedAtFirst : KeepsStreams {
  using KeepsStreams::KeepsStreams;
  Appended put_snapshot(const std::string& stream, const Snapshot& snapshot) override {
    if (const auto refusal = rules::put_snapshot(offered(), stream, snapshot)) return *refusal;
    const KeptStream before = state()->of[stream];
    if (!has(before, snapshot.event_id)) {
      return Error{ErrorKind::not_found, "put_snapshot", "no such event"};
    }
    cross();
    const std::optional<Snapshot> stored = latest(before);
    if (!stored || stored->event_id <= snapshot.event_id) {
      state()->of[stream].snapshots = {snapshot};
    }
    return {};
  }
};

// --- EVST_3: what else a snapshot touches

struct SnapshotsAreOfAllStreams : KeepsStreams {
  using KeepsStreams::KeepsStreams;
  Snapshots read_snapshot(const std::string& stream) override {
    if (const auto refusal = rules::read_snapshot(offered(), stream)) return *refusal;
    auto kept = state();
    KeptStream all;
    for (const auto& [name, one] : kept->of) {
      all.snapshots.insert(all.snapshots.end(), one.snapshots.begin(), one.snapshots.end());
    }
    return latest(all);
  }
};

struct NoSnapshotIsNotFound : ForwardingProvider {
  using ForwardingProvider::ForwardingProvider;
  Snapshots read_snapshot(const std::string& stream) override {
    Snapshots snapshot = inner().read_snapshot(stream);
    if (snapshot && !snapshot.value()) {
      return Error{ErrorKind::not_found, "read_snapshot", "there is none"};
    }
    return snapshot;
  }
};

struct SnapshotsAreOfTheHandle : ForwardingProvider {
  using ForwardingProvider::ForwardingProvider;
  Appended put_snapshot(const std::string& stream, const Snapshot& snapshot) override {
    const Appended put = inner().put_snapshot(stream, snapshot);
    if (put) put_here_ = true;
    return put;
  }
  Snapshots read_snapshot(const std::string& stream) override {
    Snapshots snapshot = inner().read_snapshot(stream);
    if (snapshot && !put_here_) return std::optional<Snapshot>();
    return snapshot;
  }

 private:
  std::atomic<bool> put_here_ = false;
};

template <void (*change)(Bytes&)>
struct ChangesStates : ForwardingProvider {
  using ForwardingProvider::ForwardingProvider;
  Appended put_snapshot(const std::string& stream, const Snapshot& snapshot) override {
    Snapshot changed = snapshot;
    change(changed.state);
    return inner().put_snapshot(stream, changed);
  }
};
void cut_at_nul(Bytes& state) { state = until_nul(state); }

// What a snapshot contains is no longer needed.
struct SnapshotTakesItsEvents : KeepsStreams {
  using KeepsStreams::KeepsStreams;

 protected:
  StreamEvents read(const KeptStream& stream, std::uint64_t from_id) override {
    const std::optional<Snapshot> snapshot = latest(stream);
    return KeepsStreams::read(stream, std::max(from_id, snapshot ? snapshot->event_id + 1 : 1));
  }
};

struct SnapshotTakesAnId : KeepsStreams {
  using KeepsStreams::KeepsStreams;

 protected:
  Appended put(KeptStream& stream, const Snapshot& snapshot) override {
    ++stream.used_up;
    return KeepsStreams::put(stream, snapshot);
  }
};

// They are a cache of what the stream said.
struct AppendDropsSnapshots : KeepsStreams {
  using KeepsStreams::KeepsStreams;

 protected:
  Appended append(KeptStream& stream, std::uint64_t expected_id,
                  const StreamEvents& events) override {
    stream.snapshots.clear();
    return KeepsStreams::append(stream, expected_id, events);
  }
};

constexpr const Requirement& kAppend = requirement("EVST_1");
constexpr const Requirement& kFields = requirement("EVST_2");
constexpr const Requirement& kSnapshots = requirement("EVST_3");

constexpr Defect kDefects[] = {
    {"next_stream_id_is_read_before_it_is_written", kAppend,
     "Whether the expected id is the next one is looked at in a step before the one that appends.",
     spoil_sharing<NextIdIsReadFirst>},
    {"stream_is_read_and_written_back", kAppend,
     "A stream is one value that is read, extended and written back.",
     spoil_sharing<StreamIsOneValue>},
    {"late_append_overwrites", kAppend, "An append below the next id replaces what is stored.",
     spoil_sharing<LateAppendOverwrites>},
    {"late_append_adds_its_rest", kAppend,
     "An append that overlaps is a conflict, and what lies beyond the end is added.",
     spoil_sharing<LateAppendAddsItsRest>},
    {"late_append_goes_to_the_end", kAppend,
     "An append below the next id is appended with other ids.",
     spoil_sharing<LateAppendGoesToTheEnd>},
    {"repeated_append_is_taken_for_done", kAppend, "An append of what is stored already succeeds.",
     spoil_sharing<RepeatedAppendSucceeds>},
    {"append_leaves_a_gap", kAppend, "An expected id beyond the next one is taken.",
     spoil_sharing<LeavesGaps>},
    {"empty_stream_takes_any_id", kAppend, "The first event of a stream may have any id.",
     spoil_sharing<EmptyStreamTakesAnyId>},
    {"expected_stream_id_is_in_32_bits", kAppend, "Expected ids lose their upper half.",
     spoil_sharing<ExpectedIdIsIn32Bits>},
    {"refused_append_uses_up_its_ids", kAppend,
     "Ids are drawn from a sequence, also for appends that are refused.",
     spoil_sharing<RefusedAppendUsesUpIds>},
    {"handle_remembers_the_next_stream_id", kAppend,
     "A handle refuses to continue what another one has appended.",
     spoil_with<HandleRemembersTheNextId>},
    {"streams_live_in_their_handle", kAppend, "Each handle has streams of its own.",
     spoil_alone<KeepsStreams>},
    {"append_stops_at_a_bad_event", kAppend, "The events before a bad one stay.",
     spoil_sharing<AppendsOneByOne<false>>},
    {"events_are_appended_one_by_one", kAppend, "Half an append can be read.",
     spoil_sharing<AppendsOneByOneWhenAllAreGood>},
    {"appended_events_are_numbered_anew", kAppend,
     "The ids of events are ignored, and they are numbered from the expected one.",
     spoil_sharing<IgnoresIds<true>>},
    {"appended_ids_may_leap", kAppend, "Only the expected id is looked at, not those of events.",
     spoil_sharing<IgnoresIds<false>>},
    {"append_of_nothing_succeeds", kAppend,
     "An append of no events is in order, whatever it expects.",
     spoil_with<AppendOfNothingSucceeds>},
    {"stream_is_ordered_by_text", kAppend, "Event 10 comes before event 9.",
     spoil_with<ChangesReads<order_ids_as_text>>},
    {"stream_ends_after_500_events", kAppend, "A long stream is cut when it is read.",
     spoil_with<ChangesReads<end_after_500>>},
    {"unknown_stream_is_not_found", kAppend, "Reading an empty stream is an error.",
     spoil_with<UnknownStreamIsNotFound>},
    {"stream_is_found_by_its_beginning", kAppend, "The beginning of a name is enough.",
     spoil_sharing<StreamIsFoundByItsBeginning>},
    {"streams_fold_case", kAppend, "Names of streams that differ in case are one.",
     spoil_sharing<SpellsStreams<lower>>},
    {"streams_lose_trailing_spaces", kAppend, "Spaces at the end of a stream's name are dropped.",
     spoil_sharing<SpellsStreams<without_trailing_spaces>>},
    {"streams_are_cut_to_255_bytes", kAppend, "Streams that differ after 255 bytes are one.",
     spoil_sharing<SpellsStreams<cut_to_255>>},
    {"streams_have_three_bytes_a_character", kAppend, "Names of four-byte characters are one.",
     spoil_sharing<SpellsStreams<in_three_bytes>>},
    {"streams_share_ids_with_histories", kAppend,
     "The ids of a stream continue those of the history of the same name.",
     spoil_with<SharesIdsWithHistories>},
    {"append_wakes_an_instance", kAppend, "An append sends a message to the instance of the name.",
     spoil_with<AppendWakesAnInstance>},
    {"deletion_takes_streams", kAppend, "With an instance the stream of its name goes.",
     spoil_sharing<DeletionTakesStreams>},
    {"stream_counts_as_instance", kAppend, "An id that only a stream has can be deleted.",
     spoil_sharing<StreamCountsAsInstance>},

    {"stream_events_lose_their_category", kFields, "The category is not stored.",
     spoil_with<ChangesEvents<lose_category>>},
    {"stream_events_lose_their_trace_id", kFields, "The trace id is not stored.",
     spoil_with<ChangesEvents<lose_trace_id>>},
    {"stream_events_lose_their_attributes", kFields, "The attributes are not stored.",
     spoil_with<ChangesEvents<lose_attributes>>},
    {"stream_events_lose_their_schema_version", kFields, "The schema version is not stored.",
     spoil_with<ChangesEvents<lose_schema_version>>},
    {"stream_events_get_the_machine_time", kFields, "An event is stamped when it is stored.",
     spoil_with<ChangesEvents<stamp_time>>},
    {"schema_version_is_never_0", kFields, "A schema version of 0 counts as absent.",
     spoil_with<ChangesEvents<version_is_never_0>>},
    {"schema_version_is_in_32_bits", kFields, "Schema versions lose their upper half.",
     spoil_with<ChangesEvents<version_is_in_32_bits>>},
    {"schema_version_is_a_double", kFields, "Schema versions beyond 2^53 are rounded.",
     spoil_with<ChangesEvents<version_is_a_double>>},
    {"stream_times_are_in_seconds", kFields, "Timestamps lose their fraction.",
     spoil_with<ChangesEvents<time_is_in_seconds>>},
    {"stream_times_are_doubles", kFields, "Timestamps beyond 2^53 are rounded.",
     spoil_with<ChangesEvents<time_is_a_double>>},
    {"stream_times_begin_at_the_epoch", kFields, "Times before 1970 become 1970.",
     spoil_with<ChangesEvents<time_begins_at_the_epoch>>},
    {"stream_payload_ends_at_nul", kFields, "A payload ends at its first U+0000.",
     spoil_with<ChangesEvents<payload_ends_at_nul>>},
    {"stream_payload_is_ascii", kFields, "Bytes from 0x80 on become question marks.",
     spoil_with<ChangesEvents<payload_is_ascii>>},
    {"stream_payload_has_unix_lines", kFields, "Carriage returns are dropped.",
     spoil_with<ChangesEvents<payload_has_unix_lines>>},
    {"stream_payload_is_cut_to_64_kib", kFields, "A payload is cut after 64 KiB.",
     spoil_with<ChangesEvents<payload_has_64_kib>>},
    {"empty_stream_payload_is_an_object", kFields, "An empty payload comes back as {}.",
     spoil_with<ChangesEvents<empty_payload_is_an_object>>},
    {"stream_types_are_lower_case", kFields, "Types are folded to lower case.",
     spoil_with<ChangesEvents<type_is_lower_case>>},
    {"stream_categories_lose_trailing_spaces", kFields,
     "Spaces at the end of a category are dropped.",
     spoil_with<ChangesEvents<category_loses_spaces>>},
    {"empty_stream_category_has_a_default", kFields, "An empty category comes back as \"default\".",
     spoil_with<ChangesEvents<category_has_a_default>>},
    {"trace_ids_are_cut_to_255_bytes", kFields, "A trace id is cut after 255 bytes.",
     spoil_with<ChangesEvents<trace_id_has_255_bytes>>},
    {"empty_attributes_are_dropped", kFields, "An attribute without a value is not stored.",
     spoil_with<ChangesEvents<empty_attributes_are_dropped>>},
    {"attributes_need_a_key", kFields, "An attribute with an empty key is not stored.",
     spoil_with<ChangesEvents<empty_keys_are_dropped>>},
    {"attribute_keys_fold_case", kFields, "Keys of attributes that differ in case are one.",
     spoil_with<ChangesEvents<keys_are_folded>>},
    {"attribute_values_lose_trailing_spaces", kFields, "Spaces at the end of a value are dropped.",
     spoil_with<ChangesEvents<values_lose_spaces>>},
    {"attributes_lie_among_the_fields", kFields,
     "Attributes and fields share one object, and the fields win.",
     spoil_with<ChangesEvents<attributes_lie_among_the_fields>>},
    {"events_share_attributes", kFields, "An event has those of its predecessors, too.",
     spoil_with<ChangesReads<share_attributes>>},
    {"events_without_attributes_are_not_read", kFields, "Events are joined with their attributes.",
     spoil_with<ChangesReads<demand_attributes>>},
    {"equal_events_are_read_once", kFields,
     "Of neighbours that differ in their id only, one is read.",
     spoil_with<ChangesReads<drop_equal_neighbours>>},

    {"stream_is_read_after_the_id", kSnapshots, "The event of the id itself is left out.",
     spoil_with<ReadsFrom<after_it>>},
    {"stream_is_always_read_from_its_beginning", kSnapshots, "The first id is ignored.",
     spoil_with<ReadsFrom<the_beginning>>},
    {"stream_is_read_from_an_id_in_32_bits", kSnapshots, "The first id loses its upper half.",
     spoil_with<ReadsFrom<low_bits>>},
    {"stream_ids_are_compared_as_text", kSnapshots, "From 2 on there is no event 10.",
     spoil_sharing<IdsAreComparedAsText>},
    {"nothing_from_an_id_on_is_not_found", kSnapshots, "Reading beyond the end is an error.",
     spoil_with<NothingFromThereIsNotFound>},
    {"snapshot_needs_no_event", kSnapshots, "The event of a snapshot is not looked for.",
     spoil_sharing<FindsEvents<any_at_all>>},
    {"snapshot_needs_any_event", kSnapshots, "A stream that is not empty takes any snapshot.",
     spoil_sharing<FindsEvents<any_of_a_stream>>},
    {"snapshot_of_the_next_event_is_taken", kSnapshots, "A snapshot may be one event ahead.",
     spoil_sharing<FindsEvents<up_to_the_next>>},
    {"snapshot_of_the_last_event_is_refused", kSnapshots, "The last event has no snapshot.",
     spoil_sharing<FindsEvents<before_the_last>>},
    {"snapshot_is_of_an_id_in_32_bits", kSnapshots, "The event's id loses its upper half.",
     spoil_sharing<FindsEvents<by_its_low_bits>>},
    {"refused_snapshot_waits_for_its_event", kSnapshots,
     "A snapshot that was refused is there when its event is.",
     spoil_sharing<RefusedSnapshotWaits>},
    {"last_written_snapshot_is_the_latest", kSnapshots, "Snapshots are ordered by their writing.",
     spoil_sharing<LastWrittenIsLatest>},
    {"latest_snapshot_is_by_text", kSnapshots, "The snapshot of 9 is later than that of 10.",
     spoil_sharing<LatestIsByText>},
    {"first_snapshot_of_an_event_stays", kSnapshots,
     "Another snapshot of an event is ignored in silence.",
     spoil_sharing<FirstSnapshotOfAnEventStays>},
    {"second_snapshot_of_an_event_is_a_conflict", kSnapshots,
     "Another snapshot of an event is refused.",
     spoil_sharing<RefusesSnapshots<ErrorKind::conflict, has_one_of_it>>},
    {"snapshot_below_the_latest_is_a_conflict", kSnapshots,
     "Once there is a later snapshot, none of an earlier event is taken.",
     spoil_sharing<RefusesSnapshots<ErrorKind::conflict, has_a_later_one>>},
    {"snapshot_of_the_first_event_is_refused", kSnapshots, "Event 1 has no snapshot.",
     spoil_sharing<RefusesSnapshots<ErrorKind::not_found, is_of_the_first_event>>},
    {"latest_snapshot_is_looked_at_before_it_is_written", kSnapshots,
     "One snapshot is kept; which is later is looked at in a step before.",
     spoil_sharing<LatestIsLookedAtFirst>},
    {"snapshots_are_of_all_streams", kSnapshots, "The latest snapshot of any stream is read.",
     spoil_sharing<SnapshotsAreOfAllStreams>},
    {"no_snapshot_is_not_found", kSnapshots, "Reading where there is no snapshot is an error.",
     spoil_with<NoSnapshotIsNotFound>},
    {"snapshots_are_of_their_handle", kSnapshots, "Other handles do not see a snapshot.",
     spoil_with<SnapshotsAreOfTheHandle>},
    {"state_of_a_snapshot_ends_at_nul", kSnapshots, "A state ends at its first U+0000.",
     spoil_with<ChangesStates<cut_at_nul>>},
    {"snapshot_takes_its_events", kSnapshots, "The events that a snapshot contains are removed.",
     spoil_sharing<SnapshotTakesItsEvents>},
    {"snapshot_takes_an_id", kSnapshots, "A snapshot stands in the stream as an event.",
     spoil_sharing<SnapshotTakesAnId>},
    {"append_drops_snapshots", kSnapshots, "Snapshots are gone once there are newer events.",
     spoil_sharing<AppendDropsSnapshots>},
};

}  // namespace

std::span<const Defect> event_store_defects() { return kDefects; }

}  // namespace ackproof
