// Event stores and context stores that take what they should refuse, refuse what they should take,
// or forget when they are closed.
#include <algorithm>
#include <map>
#include <set>

#include "contract/requirements.h"
#include "tests/mutants/defect.h"
#include "tests/mutants/keeps_context.h"
#include "tests/mutants/keeps_streams.h"
#include "tests/mutants/misspelt.h"

namespace ackproof {

namespace {

using Done = Result<void>;
using Names = std::vector<std::string>;

// --- Names that are made good

// What a mending does to each kind of name; a mending hides what it has an opinion on.
struct Mending {
  static std::string stream(const std::string& name) { return name; }
  static std::string flow(const std::string& name) { return name; }
  static std::string node(const std::string& name) { return name; }
  static std::string key(const std::string& name) { return name; }
};

template <class M>
struct MendsNames : ForwardingProvider {
  using ForwardingProvider::ForwardingProvider;
  Done append_stream(const std::string& stream, std::uint64_t expected_id,
                     const StreamEvents& events) override {
    return inner().append_stream(M::stream(stream), expected_id, events);
  }
  Result<StreamEvents> read_stream(const std::string& stream, std::uint64_t from_id) override {
    return inner().read_stream(M::stream(stream), from_id);
  }
  Done put_snapshot(const std::string& stream, const Snapshot& snapshot) override {
    return inner().put_snapshot(M::stream(stream), snapshot);
  }
  Result<std::optional<Snapshot>> read_snapshot(const std::string& stream) override {
    return inner().read_snapshot(M::stream(stream));
  }
  Done put_output(const NodeKey& key, const Bytes& output) override {
    return inner().put_output(mended(key), output);
  }
  Result<std::optional<Bytes>> read_output(const NodeKey& key) override {
    return inner().read_output(mended(key));
  }
  Result<Names> list_outputs(const std::string& flow) override {
    return inner().list_outputs(M::flow(flow));
  }
  Done put_global(const std::string& key, const Bytes& value) override {
    return inner().put_global(M::key(key), value);
  }
  Done upsert_global(const std::string& key, const Bytes& value) override {
    return inner().upsert_global(M::key(key), value);
  }
  Result<std::optional<Bytes>> read_global(const std::string& key) override {
    return inner().read_global(M::key(key));
  }

 private:
  static NodeKey mended(const NodeKey& key) { return {M::flow(key.flow), M::node(key.node)}; }
};

template <std::string (*mend)(std::string)>
struct Streams : Mending {
  static std::string stream(const std::string& name) { return mend(name); }
};
template <std::string (*mend)(std::string)>
struct Flows : Mending {
  static std::string flow(const std::string& name) { return mend(name); }
};
template <std::string (*mend)(std::string)>
struct Nodes : Mending {
  static std::string node(const std::string& name) { return mend(name); }
};
template <std::string (*mend)(std::string)>
struct Keys : Mending {
  static std::string key(const std::string& name) { return mend(name); }
};

std::string never_empty(std::string name) { return name.empty() ? "default" : name; }

// Whatever is not ASCII becomes a question mark, if there is anything that is no text.
std::string as_text(std::string name) {
  if (rules::is_text(name)) return name;
  for (char& c : name) {
    if (c == '\0' || static_cast<unsigned char>(c) >= 0x80) c = '?';
  }
  return name;
}

// The limit of the memory provider.
std::string no_longer_than_an_id(std::string name) {
  if (name.size() > kLongestId) name.resize(kLongestId);
  return as_text(name);
}

// A bad name is that of nobody.
struct ReadsBadNames : ForwardingProvider {
  using ForwardingProvider::ForwardingProvider;
  Result<StreamEvents> read_stream(const std::string& stream, std::uint64_t from_id) override {
    if (is_bad(stream)) return StreamEvents();
    return inner().read_stream(stream, from_id);
  }
  Result<std::optional<Bytes>> read_output(const NodeKey& key) override {
    if (is_bad(key.flow) || is_bad(key.node)) return std::optional<Bytes>();
    return inner().read_output(key);
  }
  Result<std::optional<Bytes>> read_global(const std::string& key) override {
    if (!rules::is_text(key)) return std::optional<Bytes>();
    return inner().read_global(key);
  }

 private:
  static bool is_bad(const std::string& name) { return name.empty() || !rules::is_text(name); }
};

// --- Events that are made good

template <void (*mend)(StreamEvent&, std::uint64_t place)>
struct MendsEvents : ForwardingProvider {
  using ForwardingProvider::ForwardingProvider;
  Done append_stream(const std::string& stream, std::uint64_t expected_id,
                     const StreamEvents& events) override {
    StreamEvents mended = events;
    for (std::size_t i = 0; i < mended.size(); ++i) mend(mended[i], expected_id + i);
    return inner().append_stream(stream, expected_id, mended);
  }
};

void type_has_a_default(StreamEvent& event, std::uint64_t) { event.type = never_empty(event.type); }
void type_is_text(StreamEvent& event, std::uint64_t) { event.type = as_text(event.type); }
void category_is_text(StreamEvent& event, std::uint64_t) {
  event.category = as_text(event.category);
}
void trace_id_ends_at_nul(StreamEvent& event, std::uint64_t) {
  event.trace_id = until_nul(event.trace_id);
}
void change_attributes(StreamEvent& event, std::string (*key_of)(std::string),
                       std::string (*value_of)(std::string)) {
  const auto given = std::exchange(event.attributes, {});
  for (const auto& [key, value] : given) event.attributes[key_of(key)] = value_of(value);
}
void attribute_keys_are_text(StreamEvent& event, std::uint64_t) {
  change_attributes(event, as_text, as_it_is);
}
void attribute_values_are_text(StreamEvent& event, std::uint64_t) {
  change_attributes(event, as_it_is, as_text);
}
void id_0_is_numbered(StreamEvent& event, std::uint64_t place) {
  if (event.id == 0) event.id = place;
}
void version_ends_at_the_largest(StreamEvent& event, std::uint64_t) {
  event.schema_version = std::min(event.schema_version, kLargestId);
}
void texts_are_cut(StreamEvent& event, std::uint64_t) {
  event.type = no_longer_than_an_id(event.type);
  event.category = no_longer_than_an_id(event.category);
  event.trace_id = no_longer_than_an_id(event.trace_id);
}

// --- Ids that are made good

// 0 stands for "whatever is the next".
struct ExpectedId0IsTheNext : ForwardingProvider {
  using ForwardingProvider::ForwardingProvider;
  Done append_stream(const std::string& stream, std::uint64_t expected_id,
                     const StreamEvents& events) override {
    if (expected_id != 0) return inner().append_stream(stream, expected_id, events);
    const auto stored = inner().read_stream(stream, 1);
    const std::uint64_t next = stored ? stored.value().size() + 1 : 1;
    return inner().append_stream(stream, next, events);
  }
};

struct LargeIdsAreConflicts : ForwardingProvider {
  using ForwardingProvider::ForwardingProvider;
  Done append_stream(const std::string& stream, std::uint64_t expected_id,
                     const StreamEvents& events) override {
    if (expected_id > kLargestId) return Error{ErrorKind::conflict, "append_stream", "too large"};
    return inner().append_stream(stream, expected_id, events);
  }
};

struct ReadsFrom0 : ForwardingProvider {
  using ForwardingProvider::ForwardingProvider;
  Result<StreamEvents> read_stream(const std::string& stream, std::uint64_t from_id) override {
    return inner().read_stream(stream, std::max<std::uint64_t>(from_id, 1));
  }
};

struct ReadsFromLargeIds : ForwardingProvider {
  using ForwardingProvider::ForwardingProvider;
  Result<StreamEvents> read_stream(const std::string& stream, std::uint64_t from_id) override {
    return inner().read_stream(stream, std::min(from_id, kLargestId));
  }
};

// The state before the first event, which needs no snapshot: nothing is stored.
struct SnapshotOfEvent0 : ForwardingProvider {
  using ForwardingProvider::ForwardingProvider;
  Done put_snapshot(const std::string& stream, const Snapshot& snapshot) override {
    if (snapshot.event_id == 0) return {};
    return inner().put_snapshot(stream, snapshot);
  }
};

struct SnapshotOfALargeIdIsNotFound : ForwardingProvider {
  using ForwardingProvider::ForwardingProvider;
  Done put_snapshot(const std::string& stream, const Snapshot& snapshot) override {
    if (snapshot.event_id > kLargestId) {
      return Error{ErrorKind::not_found, "put_snapshot", "no such event"};
    }
    return inner().put_snapshot(stream, snapshot);
  }
};

// --- Limits

// Declares the least that is allowed, which can be tried within a moment, and keeps to other limits,
// which `really` derives from these.
template <void (*really)(Limits&)>
struct KeepsToOtherLimits : ForwardingProvider {
  using ForwardingProvider::ForwardingProvider;
  Description describe() const override {
    Description description = ForwardingProvider::describe();
    description.capabilities.limits = Limits();
    return description;
  }
  Done append_stream(const std::string& stream, std::uint64_t expected_id,
                     const StreamEvents& events) override {
    if (const auto refusal = rules::append_stream(kept(), stream, expected_id, events)) {
      return *refusal;
    }
    return inner().append_stream(stream, expected_id, events);
  }
  Done put_snapshot(const std::string& stream, const Snapshot& snapshot) override {
    if (const auto refusal = rules::put_snapshot(kept(), stream, snapshot)) return *refusal;
    return inner().put_snapshot(stream, snapshot);
  }
  Done put_output(const NodeKey& key, const Bytes& output) override {
    if (const auto refusal = rules::put_output(kept(), key, output)) return *refusal;
    return inner().put_output(key, output);
  }
  Done put_global(const std::string& key, const Bytes& value) override {
    if (const auto refusal = rules::global("put_global", kept(), key, value)) return *refusal;
    return inner().put_global(key, value);
  }
  Done upsert_global(const std::string& key, const Bytes& value) override {
    if (const auto refusal = rules::global("upsert_global", kept(), key, value)) return *refusal;
    return inner().upsert_global(key, value);
  }

 private:
  Capabilities kept() const {
    Capabilities capabilities = describe().capabilities;
    really(capabilities.limits);
    return capabilities;
  }
};

void refuses_the_largest_payload(Limits& limits) { --limits.payload_bytes; }
void takes_larger_payloads(Limits& limits) { ++limits.payload_bytes; }
void refuses_the_longest_id(Limits& limits) { --limits.id_bytes; }
void refuses_the_longest_key(Limits& limits) { --limits.key_bytes; }
void refuses_the_longest_value(Limits& limits) { --limits.value_bytes; }
void takes_longer_values(Limits& limits) { limits.value_bytes *= 2; }
void refuses_the_last_item(Limits& limits) { --limits.commit_items; }
void takes_more_items(Limits& limits) { ++limits.commit_items; }

// The list of attributes is not counted, or is cut.
template <bool cuts>
struct MiscountsAttributes : ForwardingProvider {
  using ForwardingProvider::ForwardingProvider;
  Description describe() const override {
    Description description = ForwardingProvider::describe();
    description.capabilities.limits = Limits();
    return description;
  }
  Done append_stream(const std::string& stream, std::uint64_t expected_id,
                     const StreamEvents& events) override {
    StreamEvents taken = events;
    for (StreamEvent& event : taken) {
      while (cuts && event.attributes.size() > kTaken)
        event.attributes.erase(event.attributes.begin());
    }
    return inner().append_stream(stream, expected_id, taken);
  }

 private:
  static constexpr std::size_t kTaken = 256;
};

// --- Closing

// Snapshots are kept in memory.
struct SnapshotsAreLostOnClosing : ForwardingProvider {
  using ForwardingProvider::ForwardingProvider;
  Done put_snapshot(const std::string& stream, const Snapshot& snapshot) override {
    const Done put = inner().put_snapshot(stream, snapshot);
    const std::lock_guard lock(mutex_);
    if (put) streams_.insert(stream);
    return put;
  }
  Result<std::optional<Snapshot>> read_snapshot(const std::string& stream) override {
    const std::lock_guard lock(mutex_);
    if (!streams_.contains(stream)) return std::optional<Snapshot>();
    return inner().read_snapshot(stream);
  }

 private:
  std::mutex mutex_;
  std::set<std::string> streams_;
};

// Upserts are kept in a cache, which nobody writes back.
struct UpsertsAreLostOnClosing : ForwardingProvider {
  using ForwardingProvider::ForwardingProvider;
  Done upsert_global(const std::string& key, const Bytes& value) override {
    (void)inner().put_global(key, "");
    const std::lock_guard lock(mutex_);
    cache_[key] = value;
    return {};
  }
  Result<std::optional<Bytes>> read_global(const std::string& key) override {
    const std::lock_guard lock(mutex_);
    const auto found = cache_.find(key);
    if (found != cache_.end()) return std::optional(found->second);
    return inner().read_global(key);
  }

 private:
  std::mutex mutex_;
  std::map<std::string, Bytes> cache_;
};

// The list of a flow's nodes is kept in memory.
struct ListsAreLostOnClosing : ForwardingProvider {
  using ForwardingProvider::ForwardingProvider;
  Done put_output(const NodeKey& key, const Bytes& output) override {
    const Done put = inner().put_output(key, output);
    const std::lock_guard lock(mutex_);
    if (put) nodes_[key.flow].push_back(key.node);
    return put;
  }
  Result<Names> list_outputs(const std::string& flow) override {
    const std::lock_guard lock(mutex_);
    return nodes_[flow];
  }

 private:
  std::mutex mutex_;
  std::map<std::string, Names> nodes_;
};

// Each handle counts from 1, and writes down what it has counted.
struct HandleCountsFrom1 : ForwardingProvider {
  using ForwardingProvider::ForwardingProvider;
  Done append_stream(const std::string& stream, std::uint64_t expected_id,
                     const StreamEvents& events) override {
    const std::lock_guard lock(mutex_);
    if (expected_id != counted_[stream] + 1) {
      return Error{ErrorKind::conflict, "append_stream", "another id is the next"};
    }
    const Done appended = inner().append_stream(stream, expected_id, events);
    if (appended) counted_[stream] += events.size();
    return appended;
  }

 private:
  std::mutex mutex_;
  std::map<std::string, std::uint64_t> counted_;
};

// A handle knows the latest only of those that it put itself.
struct HandleKnowsItsOwnLatest : ForwardingProvider {
  using ForwardingProvider::ForwardingProvider;
  Done put_snapshot(const std::string& stream, const Snapshot& snapshot) override {
    const Done put = inner().put_snapshot(stream, snapshot);
    const std::lock_guard lock(mutex_);
    std::optional<Snapshot>& latest = latest_[stream];
    if (put && (!latest || latest->event_id <= snapshot.event_id)) latest = snapshot;
    return put;
  }
  Result<std::optional<Snapshot>> read_snapshot(const std::string& stream) override {
    const std::lock_guard lock(mutex_);
    const std::optional<Snapshot>& latest = latest_[stream];
    if (latest) return latest;
    return inner().read_snapshot(stream);
  }

 private:
  std::mutex mutex_;
  std::map<std::string, std::optional<Snapshot>> latest_;
};

// Who wrote once is kept in memory: after reopening everything can be written once more.
struct OnceIsPerHandle : KeepsContext {
  using KeepsContext::KeepsContext;

 protected:
  Done write_output(KeptContext& kept, const NodeKey& key, const Bytes& output) override {
    if (!outputs_.insert(place_of(key)).second) return taken("put_output");
    kept.outputs[place_of(key)] = output;
    return {};
  }
  Done write_global(KeptContext& kept, const std::string& key, const Bytes& value) override {
    if (!globals_.insert(key).second) return taken("put_global");
    kept.globals[key] = value;
    return {};
  }
  Done replace_global(KeptContext& kept, const std::string& key, const Bytes& value) override {
    globals_.insert(key);
    return KeepsContext::replace_global(kept, key, value);
  }

 private:
  std::set<std::pair<std::string, std::string>> outputs_;
  std::set<std::string> globals_;
};

constexpr const Requirement& kIds = requirement("ERR_5");
constexpr const Requirement& kTexts = requirement("ERR_11");
constexpr const Requirement& kLimits = requirement("CAP_3");
constexpr const Requirement& kSurvives = requirement("DUR_1");
constexpr const Requirement& kGoesOn = requirement("DUR_3");

constexpr Defect kDefects[] = {
    {"empty_stream_name_has_a_default", kIds, "A stream without a name gets one.",
     spoil_with<MendsNames<Streams<never_empty>>>},
    {"stream_names_are_made_text", kIds, "Bytes of a stream's name that are no text are replaced.",
     spoil_with<MendsNames<Streams<as_text>>>},
    {"empty_flow_has_a_default", kIds, "A flow without a name gets one.",
     spoil_with<MendsNames<Flows<never_empty>>>},
    {"empty_node_has_a_default", kIds, "A node without a name gets one.",
     spoil_with<MendsNames<Nodes<never_empty>>>},
    {"flows_are_made_text", kIds, "Bytes of a flow's name that are no text are replaced.",
     spoil_with<MendsNames<Flows<as_text>>>},
    {"bad_names_are_those_of_nobody", kIds, "Reading under a bad name finds nothing.",
     spoil_with<ReadsBadNames>},
    {"expected_stream_id_0_is_the_next", kIds, "An append that expects 0 goes to the end.",
     spoil_with<ExpectedId0IsTheNext>},
    {"large_expected_stream_id_is_a_conflict", kIds,
     "An expected id above 2^63-1 is called a conflict.", spoil_with<LargeIdsAreConflicts>},
    {"stream_event_id_0_is_numbered", kIds, "An event with id 0 gets the one that is expected.",
     spoil_with<MendsEvents<id_0_is_numbered>>},
    {"large_schema_version_is_the_largest", kIds, "Schema versions above 2^63-1 are made that.",
     spoil_with<MendsEvents<version_ends_at_the_largest>>},
    {"stream_is_read_from_0", kIds, "Reading from id 0 on reads everything.",
     spoil_with<ReadsFrom0>},
    {"stream_is_read_from_large_ids", kIds, "From an id above 2^63-1 on there is nothing.",
     spoil_with<ReadsFromLargeIds>},
    {"snapshot_of_event_0_is_taken", kIds, "A snapshot of event 0 succeeds.",
     spoil_with<SnapshotOfEvent0>},
    {"snapshot_of_a_large_id_is_not_found", kIds, "An id above 2^63-1 is looked for.",
     spoil_with<SnapshotOfALargeIdIsNotFound>},

    {"global_key_ends_at_nul", kTexts, "A key ends at its first U+0000.",
     spoil_with<MendsNames<Keys<until_nul>>>},
    {"global_keys_are_made_text", kTexts, "Bytes of a key that are no text are replaced.",
     spoil_with<MendsNames<Keys<as_text>>>},
    {"bad_global_key_has_no_value", kTexts, "Reading under a bad key finds nothing.",
     spoil_with<ReadsBadNames>},
    {"empty_stream_type_has_a_default", kTexts, "An event without a type gets one.",
     spoil_with<MendsEvents<type_has_a_default>>},
    {"stream_types_are_made_text", kTexts, "Bytes of a type that are no text are replaced.",
     spoil_with<MendsEvents<type_is_text>>},
    {"stream_categories_are_made_text", kTexts,
     "Bytes of a category that are no text are replaced.",
     spoil_with<MendsEvents<category_is_text>>},
    {"trace_id_ends_at_nul", kTexts, "A trace id ends at its first U+0000.",
     spoil_with<MendsEvents<trace_id_ends_at_nul>>},
    {"attribute_keys_are_made_text", kTexts, "Bytes of a key that are no text are replaced.",
     spoil_with<MendsEvents<attribute_keys_are_text>>},
    {"attribute_values_are_made_text", kTexts, "Bytes of a value that are no text are replaced.",
     spoil_with<MendsEvents<attribute_values_are_text>>},

    {"largest_payload_of_a_store_is_refused", kLimits,
     "Events, snapshots, outputs and globals may not be as large as declared.",
     spoil_with<KeepsToOtherLimits<refuses_the_largest_payload>>},
    {"larger_payload_of_a_store_is_taken", kLimits,
     "Events, snapshots, outputs and globals may be larger than declared.",
     spoil_with<KeepsToOtherLimits<takes_larger_payloads>>},
    {"longest_name_of_a_store_is_refused", kLimits, "Names may not be as long as declared.",
     spoil_with<KeepsToOtherLimits<refuses_the_longest_id>>},
    {"longest_key_of_a_store_is_refused", kLimits, "Keys may not be as long as declared.",
     spoil_with<KeepsToOtherLimits<refuses_the_longest_key>>},
    {"longest_attribute_is_refused", kLimits,
     "Values of attributes may not be as long as declared.",
     spoil_with<KeepsToOtherLimits<refuses_the_longest_value>>},
    {"longer_attribute_is_taken", kLimits, "Values of attributes may be longer than declared.",
     spoil_with<KeepsToOtherLimits<takes_longer_values>>},
    {"last_event_of_an_append_is_refused", kLimits, "An append may not be as long as declared.",
     spoil_with<KeepsToOtherLimits<refuses_the_last_item>>},
    {"longer_append_is_taken", kLimits, "An append may be longer than declared.",
     spoil_with<KeepsToOtherLimits<takes_more_items>>},
    {"attributes_are_not_counted", kLimits, "An event may have more attributes than declared.",
     spoil_with<MiscountsAttributes<false>>},
    {"attributes_after_256_are_dropped", kLimits, "Many attributes are cut.",
     spoil_with<MiscountsAttributes<true>>},
    {"long_stream_name_is_cut", kLimits, "A stream's name beyond the limit is cut.",
     spoil_with<MendsNames<Streams<no_longer_than_an_id>>>},
    {"long_flow_is_cut", kLimits, "A flow beyond the limit is cut.",
     spoil_with<MendsNames<Flows<no_longer_than_an_id>>>},
    {"long_node_is_cut", kLimits, "A node beyond the limit is cut.",
     spoil_with<MendsNames<Nodes<no_longer_than_an_id>>>},
    {"long_key_of_a_global_is_cut", kLimits, "A key beyond the limit is cut.",
     spoil_with<MendsNames<Keys<no_longer_than_an_id>>>},
    {"long_texts_of_stream_events_are_cut", kLimits, "Types, categories and trace ids are cut.",
     spoil_with<MendsEvents<texts_are_cut>>},

    {"streams_are_lost_on_closing", kSurvives, "Streams are kept in memory.",
     spoil_alone<KeepsStreams>, Spoils::sqlite},
    {"snapshots_are_lost_on_closing", kSurvives, "Snapshots are kept in memory.",
     spoil_with<SnapshotsAreLostOnClosing>, Spoils::sqlite},
    {"context_is_lost_on_closing", kSurvives, "Outputs and globals are kept in memory.",
     spoil_alone<KeepsContext>, Spoils::sqlite},
    {"lists_of_outputs_are_lost_on_closing", kSurvives, "The list of a flow is kept in memory.",
     spoil_with<ListsAreLostOnClosing>, Spoils::sqlite},
    {"upserts_are_lost_on_closing", kSurvives, "Upserts are kept in a cache.",
     spoil_with<UpsertsAreLostOnClosing>, Spoils::sqlite},
    {"reopened_stream_expects_event_1", kGoesOn, "Each handle counts the ids of a stream from 1.",
     spoil_with<HandleCountsFrom1>, Spoils::sqlite},
    {"reopened_store_knows_new_snapshots_only", kGoesOn,
     "The latest snapshot is the latest of those that the handle put.",
     spoil_with<HandleKnowsItsOwnLatest>, Spoils::sqlite},
    {"reopened_context_is_written_once_more", kGoesOn,
     "What was put can be put again after reopening.", spoil_sharing<OnceIsPerHandle>,
     Spoils::sqlite},
};

}  // namespace

std::span<const Defect> store_argument_defects() { return kDefects; }

}  // namespace ackproof
