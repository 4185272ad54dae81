// Handles that remember what they read, and hear only of what they write themselves.
#include <functional>
#include <map>
#include <mutex>
#include <optional>

#include "contract/requirements.h"
#include "tests/mutants/spoil.h"

namespace ackproof {

namespace {

// What one handle has read, by name.
template <class Value>
class Remembered {
 public:
  using Read = std::function<Result<Value>()>;

  Result<Value> read(const std::string& name, const Read& from_store) {
    const std::lock_guard lock(mutex_);
    const auto known = known_.find(name);
    if (known != known_.end()) return known->second;
    Result<Value> value = from_store();
    if (value) known_[name] = value.value();
    return value;
  }
  void forget(const std::string& name) {
    const std::lock_guard lock(mutex_);
    known_.erase(name);
  }

 private:
  std::mutex mutex_;
  std::map<std::string, Value> known_;
};

struct RemembersOutputs : ForwardingProvider {
  using ForwardingProvider::ForwardingProvider;
  Result<void> put_output(const NodeKey& key, const Bytes& output) override {
    const Result<void> put = inner().put_output(key, output);
    known_.forget(std::to_string(key.flow.size()) + key.flow + key.node);
    return put;
  }
  Result<std::optional<Bytes>> read_output(const NodeKey& key) override {
    return known_.read(std::to_string(key.flow.size()) + key.flow + key.node,
                       [&] { return inner().read_output(key); });
  }

 private:
  Remembered<std::optional<Bytes>> known_;
};

struct RemembersLists : ForwardingProvider {
  using ForwardingProvider::ForwardingProvider;
  Result<void> put_output(const NodeKey& key, const Bytes& output) override {
    const Result<void> put = inner().put_output(key, output);
    known_.forget(key.flow);
    return put;
  }
  Result<std::vector<std::string>> list_outputs(const std::string& flow) override {
    return known_.read(flow, [&] { return inner().list_outputs(flow); });
  }

 private:
  Remembered<std::vector<std::string>> known_;
};

struct RemembersGlobals : ForwardingProvider {
  using ForwardingProvider::ForwardingProvider;
  Result<void> put_global(const std::string& key, const Bytes& value) override {
    const Result<void> put = inner().put_global(key, value);
    known_.forget(key);
    return put;
  }
  Result<void> upsert_global(const std::string& key, const Bytes& value) override {
    const Result<void> put = inner().upsert_global(key, value);
    known_.forget(key);
    return put;
  }
  Result<std::optional<Bytes>> read_global(const std::string& key) override {
    return known_.read(key, [&] { return inner().read_global(key); });
  }

 private:
  Remembered<std::optional<Bytes>> known_;
};

struct RemembersSnapshots : ForwardingProvider {
  using ForwardingProvider::ForwardingProvider;
  Result<void> put_snapshot(const std::string& stream, const Snapshot& snapshot) override {
    const Result<void> put = inner().put_snapshot(stream, snapshot);
    known_.forget(stream);
    return put;
  }
  Result<std::optional<Snapshot>> read_snapshot(const std::string& stream) override {
    return known_.read(stream, [&] { return inner().read_snapshot(stream); });
  }

 private:
  Remembered<std::optional<Snapshot>> known_;
};

// A stream that is read from its first event is read anew; what follows a later one is taken from there.
struct RemembersStreams : ForwardingProvider {
  using ForwardingProvider::ForwardingProvider;
  Result<void> append_stream(const std::string& stream, std::uint64_t expected_id,
                             const std::vector<StreamEvent>& events) override {
    const Result<void> appended = inner().append_stream(stream, expected_id, events);
    known_.forget(stream);
    return appended;
  }
  Result<std::vector<StreamEvent>> read_stream(const std::string& stream,
                                               std::uint64_t from) override {
    if (from <= 1) {
      known_.forget(stream);
      return known_.read(stream, [&] { return inner().read_stream(stream, from); });
    }
    const auto whole = known_.read(stream, [&] { return inner().read_stream(stream, 1); });
    if (!whole) return inner().read_stream(stream, from);
    std::vector<StreamEvent> tail = whole.value();
    std::erase_if(tail, [from](const StreamEvent& event) { return event.id < from; });
    return tail;
  }

 private:
  Remembered<std::vector<StreamEvent>> known_;
};

constexpr Defect kDefects[] = {
    {"outputs_are_remembered_by_their_reader", requirement("CTX_1"),
     "A handle reads an output once, also one that is not there yet.",
     spoil_with<RemembersOutputs>},
    {"lists_of_nodes_are_remembered_by_their_reader", requirement("CTX_1"),
     "A handle lists the nodes of a flow once, until it puts an output itself.",
     spoil_with<RemembersLists>},
    {"globals_are_remembered_by_their_reader", requirement("CTX_2"),
     "A handle reads a global once, until it writes it itself.", spoil_with<RemembersGlobals>},
    {"snapshots_are_remembered_by_their_reader", requirement("EVST_3"),
     "A handle reads a snapshot once, until it puts one itself.", spoil_with<RemembersSnapshots>},
    {"tails_of_streams_are_remembered_by_their_reader", requirement("EVST_3"),
     "What follows an event is taken from what the handle read before.",
     spoil_with<RemembersStreams>},
};

}  // namespace

std::span<const Defect> stale_handle_defects() { return kDefects; }

}  // namespace ackproof
