// A provider that keeps event streams beside the store, and what a defect may do otherwise with
// them.
#pragma once

#include <algorithm>
#include <iterator>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "contract/rules.h"
#include "tests/mutants/spoil.h"

namespace ackproof {

using StreamEvents = std::vector<StreamEvent>;

struct KeptStream {
  StreamEvents events;              // In the order of their arrival.
  std::vector<Snapshot> snapshots;  // In the order of their writing, also several of one event.
  std::uint64_t used_up = 0;        // Ids that nobody will get.
};

struct KeptStreams {
  std::map<std::string, KeptStream> of;
  std::shared_ptr<Crossing> crossing = std::make_shared<Crossing>();
};

// Does everything right; arguments are checked by the rules of the contract.
class KeepsStreams : public Sharing<KeptStreams> {
 public:
  using Sharing::Sharing;

  Result<void> append_stream(const std::string& stream, std::uint64_t expected_id,
                             const StreamEvents& events) override {
    if (const auto refusal = rules::append_stream(offered(), stream, expected_id, events)) {
      return *refusal;
    }
    auto kept = state();
    return append(kept->of[place_of(stream)], expected_id, events);
  }
  Result<StreamEvents> read_stream(const std::string& stream, std::uint64_t from_id) override {
    if (const auto refusal = rules::read_stream(offered(), stream, from_id)) return *refusal;
    auto kept = state();
    return read(kept->of[place_of(stream)], from_id);
  }
  Result<void> put_snapshot(const std::string& stream, const Snapshot& snapshot) override {
    if (const auto refusal = rules::put_snapshot(offered(), stream, snapshot)) return *refusal;
    auto kept = state();
    KeptStream& place = kept->of[place_of(stream)];
    if (!has(place, snapshot.event_id)) {
      return Error{ErrorKind::not_found, "put_snapshot", "no such event"};
    }
    return put(place, snapshot);
  }
  Result<std::optional<Snapshot>> read_snapshot(const std::string& stream) override {
    if (const auto refusal = rules::read_snapshot(offered(), stream)) return *refusal;
    auto kept = state();
    return latest(kept->of[place_of(stream)]);
  }

 protected:
  Capabilities offered() const { return describe().capabilities; }
  // Between a look and what is done about it. Locks nothing.
  void cross() {
    const std::shared_ptr<Crossing> crossing = state()->crossing;
    crossing->pass();
  }
  static Error late() { return {ErrorKind::conflict, "append_stream", "another id is the next"}; }

  virtual std::string place_of(const std::string& stream) { return stream; }

  virtual std::uint64_t next_id(const KeptStream& stream) {
    return stream.events.size() + stream.used_up + 1;
  }
  virtual Result<void> append(KeptStream& stream, std::uint64_t expected_id,
                              const StreamEvents& events) {
    if (expected_id != next_id(stream)) return late();
    stream.events.insert(stream.events.end(), events.begin(), events.end());
    return {};
  }
  virtual StreamEvents read(const KeptStream& stream, std::uint64_t from_id) {
    StreamEvents found;
    std::ranges::copy_if(stream.events, std::back_inserter(found),
                         [&](const StreamEvent& event) { return event.id >= from_id; });
    return found;
  }

  virtual bool has(const KeptStream& stream, std::uint64_t id) {
    return std::ranges::find(stream.events, id, &StreamEvent::id) != stream.events.end();
  }
  virtual Result<void> put(KeptStream& stream, const Snapshot& snapshot) {
    stream.snapshots.push_back(snapshot);
    return {};
  }
  virtual std::optional<Snapshot> latest(const KeptStream& stream) {
    std::optional<Snapshot> found;
    for (const Snapshot& snapshot : stream.snapshots) {
      if (!found || snapshot.event_id >= found->event_id) found = snapshot;
    }
    return found;
  }
};

}  // namespace ackproof
