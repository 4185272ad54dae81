// Broken context stores: outputs and globals that are overwritten, mixed up or refused.
#include <algorithm>
#include <atomic>

#include "contract/requirements.h"
#include "tests/mutants/defect.h"
#include "tests/mutants/keeps_context.h"
#include "tests/mutants/misspelt.h"

namespace ackproof {

namespace {

using Names = std::vector<std::string>;
using Place = std::pair<std::string, std::string>;
using Read = Result<std::optional<Bytes>>;

// --- CTX_1: written once

struct PutReplacesOutputs : KeepsContext {
  using KeepsContext::KeepsContext;

 protected:
  Result<void> write_output(KeptContext& kept, const NodeKey& key, const Bytes& output) override {
    kept.outputs[place_of(key)] = output;
    return {};
  }
};

// The second put succeeds: in silence always, if it is an equal one, or if nothing is there to lose.
template <bool (*is_let)(const Bytes& stored, const Bytes& output)>
struct LetsSecondPuts : KeepsContext {
  using KeepsContext::KeepsContext;

 protected:
  Result<void> write_output(KeptContext& kept, const NodeKey& key, const Bytes& output) override {
    const std::optional<Bytes> stored = found(kept.outputs, place_of(key));
    if (stored && is_let(*stored, output)) return {};
    return KeepsContext::write_output(kept, key, output);
  }
  Result<void> write_global(KeptContext& kept, const std::string& key,
                            const Bytes& value) override {
    const std::optional<Bytes> stored = found(kept.globals, spelt(key));
    if (stored && is_let(*stored, value)) return {};
    return KeepsContext::write_global(kept, key, value);
  }
};
bool always(const Bytes&, const Bytes&) { return true; }
bool if_equal(const Bytes& stored, const Bytes& output) { return stored == output; }

struct ConflictReplacesOutputs : KeepsContext {
  using KeepsContext::KeepsContext;

 protected:
  Result<void> write_output(KeptContext& kept, const NodeKey& key, const Bytes& output) override {
    const Result<void> written = KeepsContext::write_output(kept, key, output);
    kept.outputs[place_of(key)] = output;
    return written;
  }
};

struct EmptyOutputIsNone : KeepsContext {
  using KeepsContext::KeepsContext;

 protected:
  Result<void> write_output(KeptContext& kept, const NodeKey& key, const Bytes& output) override {
    if (output.empty()) return {};
    return KeepsContext::write_output(kept, key, output);
  }
};

// Whether there is an output is looked at in a step before the one that writes.
struct OutputIsLookedForFirst : KeepsContext {
  using KeepsContext::KeepsContext;
  Result<void> put_output(const NodeKey& key, const Bytes& output) override {
    if (const auto refusal = rules::put_output(offered(), key, output)) return *refusal;
    if (found(state()->outputs, place_of(key))) return taken("put_output");
    cross();
    state()->outputs[place_of(key)] = output;
    return {};
  }
};

// --- CTX_1: flows and nodes

// The table's key is one text, made of both with something between.
template <const char* separator>
struct JoinsFlowAndNode : KeepsContext {
  using KeepsContext::KeepsContext;

 protected:
  Place place_of(const NodeKey& key) override { return {"", key.flow + separator + key.node}; }
  Names list(KeptContext& kept, const std::string& flow) override {
    const std::string beginning = flow + separator;
    Names nodes;
    for (const auto& [place, output] : kept.outputs) {
      const std::string& joined = place.second;
      if (joined.starts_with(beginning)) nodes.push_back(joined.substr(beginning.size()));
    }
    return nodes;
  }
};
constexpr char kColon[] = ":";
constexpr char kSlash[] = "/";
constexpr char kNothing[] = "";
constexpr char kUnit[] = "\x1F";

// The same with a list of the nodes beside it, so that listing is right.
template <const char* separator>
struct JoinsThemForOutputsOnly : KeepsContext {
  using KeepsContext::KeepsContext;

 protected:
  Result<void> write_output(KeptContext& kept, const NodeKey& key, const Bytes& output) override {
    const std::string joined = key.flow + separator + key.node;
    for (const auto& [place, stored] : kept.outputs) {
      if (place.first + separator + place.second == joined) return taken("put_output");
    }
    return KeepsContext::write_output(kept, key, output);
  }
};

struct OutputsAreOfTheNode : KeepsContext {
  using KeepsContext::KeepsContext;

 protected:
  Place place_of(const NodeKey& key) override { return {"", key.node}; }
};

template <std::string (*spell_flow)(std::string), std::string (*spell_node)(std::string)>
struct SpellsOutputs : KeepsContext {
  using KeepsContext::KeepsContext;

 protected:
  Place place_of(const NodeKey& key) override {
    return {spell_flow(key.flow), spell_node(key.node)};
  }
};

struct UnknownOutputIsNotFound : ForwardingProvider {
  using ForwardingProvider::ForwardingProvider;
  Read read_output(const NodeKey& key) override {
    Read output = inner().read_output(key);
    if (output && !output.value()) return Error{ErrorKind::not_found, "read_output", "no output"};
    return output;
  }
};

template <void (*change)(Bytes&)>
struct ChangesContextBytes : ForwardingProvider {
  using ForwardingProvider::ForwardingProvider;
  Result<void> put_output(const NodeKey& key, const Bytes& output) override {
    return inner().put_output(key, changed(output));
  }
  Result<void> put_global(const std::string& key, const Bytes& value) override {
    return inner().put_global(key, changed(value));
  }
  Result<void> upsert_global(const std::string& key, const Bytes& value) override {
    return inner().upsert_global(key, changed(value));
  }

 private:
  static Bytes changed(Bytes bytes) {
    change(bytes);
    return bytes;
  }
};
void cut_at_nul(Bytes& bytes) { bytes = until_nul(bytes); }
void cut_to_64_kib(Bytes& bytes) {
  constexpr std::size_t kLongest = 65'535;
  if (bytes.size() > kLongest) bytes.resize(kLongest);
}

// --- CTX_1: listing

template <Names (*change)(KeptContext&, const std::string& flow, Names nodes)>
struct ChangesLists : KeepsContext {
  using KeepsContext::KeepsContext;

 protected:
  Names list(KeptContext& kept, const std::string& flow) override {
    return change(kept, flow, KeepsContext::list(kept, flow));
  }
};
Names first_100(KeptContext&, const std::string&, Names nodes) {
  nodes.resize(std::min<std::size_t>(nodes.size(), 100));
  return nodes;
}
Names of_all_flows(KeptContext& kept, const std::string&, Names) {
  Names nodes;
  for (const auto& [place, output] : kept.outputs) nodes.push_back(place.second);
  return nodes;
}
Names of_flows_that_begin_so(KeptContext& kept, const std::string& flow, Names) {
  Names nodes;
  for (const auto& [place, output] : kept.outputs) {
    if (place.first.starts_with(flow)) nodes.push_back(place.second);
  }
  return nodes;
}
Names with_an_output_that_is_not_empty(KeptContext& kept, const std::string& flow, Names nodes) {
  std::erase_if(nodes, [&](const std::string& node) { return kept.outputs[{flow, node}].empty(); });
  return nodes;
}

// The list is a log of the puts, those included that were refused.
struct ListsEveryPut : ForwardingProvider {
  using ForwardingProvider::ForwardingProvider;
  Result<void> put_output(const NodeKey& key, const Bytes& output) override {
    const Result<void> put = inner().put_output(key, output);
    const std::lock_guard lock(mutex_);
    if (!put && put.error().kind == ErrorKind::conflict) again_[key.flow].push_back(key.node);
    return put;
  }
  Result<Names> list_outputs(const std::string& flow) override {
    Result<Names> nodes = inner().list_outputs(flow);
    const std::lock_guard lock(mutex_);
    const Names& again = again_[flow];
    if (nodes) nodes.value().insert(nodes.value().end(), again.begin(), again.end());
    return nodes;
  }

 private:
  std::mutex mutex_;
  std::map<std::string, Names> again_;
};

struct EmptyListIsNotFound : ForwardingProvider {
  using ForwardingProvider::ForwardingProvider;
  Result<Names> list_outputs(const std::string& flow) override {
    Result<Names> nodes = inner().list_outputs(flow);
    if (nodes && nodes.value().empty()) {
      return Error{ErrorKind::not_found, "list_outputs", "no such flow"};
    }
    return nodes;
  }
};

// --- CTX_1, CTX_2: one table for both

// The outputs of a node and the global that is called like it are one.
struct OutputsAreGlobals : KeepsContext {
  using KeepsContext::KeepsContext;

 protected:
  Result<void> write_output(KeptContext& kept, const NodeKey& key, const Bytes& output) override {
    if (!kept.globals.emplace(key.flow + ":" + key.node, output).second) return taken("put_output");
    return KeepsContext::write_output(kept, key, output);
  }
};

// A node is not let have an output that is called like a global.
struct GlobalsKeepNodesOut : KeepsContext {
  using KeepsContext::KeepsContext;

 protected:
  Result<void> write_output(KeptContext& kept, const NodeKey& key, const Bytes& output) override {
    if (kept.globals.contains(key.node)) return taken("put_output");
    return KeepsContext::write_output(kept, key, output);
  }
};

// --- CTX_1, CTX_2: instances

struct PutWakesAnInstance : ForwardingProvider {
  using ForwardingProvider::ForwardingProvider;
  Result<void> put_output(const NodeKey& key, const Bytes& output) override {
    const Result<void> put = inner().put_output(key, output);
    if (put) (void)inner().enqueue_message({.target = key.flow}, Duration(0));
    return put;
  }
};

struct DeletionTakesContext : KeepsContext {
  using KeepsContext::KeepsContext;
  Result<DeletionCounts> delete_instance(const std::string& instance, bool force) override {
    Result<DeletionCounts> counts = inner().delete_instance(instance, force);
    if (!counts) return counts;
    auto kept = state();
    std::erase_if(kept->outputs, [&](const auto& entry) { return entry.first.first == instance; });
    kept->globals.erase(instance);
    return counts;
  }
};

struct FlowCountsAsInstance : ForwardingProvider {
  using ForwardingProvider::ForwardingProvider;
  Result<DeletionCounts> delete_instance(const std::string& instance, bool force) override {
    Result<DeletionCounts> counts = inner().delete_instance(instance, force);
    const Result<Names> nodes = inner().list_outputs(instance);
    const bool is_known = nodes && !nodes.value().empty();
    if (!counts && counts.error().kind == ErrorKind::not_found && is_known) return DeletionCounts();
    return counts;
  }
};

// --- CTX_2: the two writes

struct PutReplacesGlobals : KeepsContext {
  using KeepsContext::KeepsContext;

 protected:
  Result<void> write_global(KeptContext& kept, const std::string& key,
                            const Bytes& value) override {
    return replace_global(kept, key, value);
  }
};

struct UpsertIsPut : ForwardingProvider {
  using ForwardingProvider::ForwardingProvider;
  Result<void> upsert_global(const std::string& key, const Bytes& value) override {
    return inner().put_global(key, value);
  }
};

struct UpsertKeepsTheFirst : ForwardingProvider {
  using ForwardingProvider::ForwardingProvider;
  Result<void> upsert_global(const std::string& key, const Bytes& value) override {
    const Result<void> put = inner().put_global(key, value);
    if (!put && put.error().kind == ErrorKind::conflict) return {};
    return put;
  }
};

// UPDATE, which changes no row where there is none.
struct UpsertOnlyUpdates : ForwardingProvider {
  using ForwardingProvider::ForwardingProvider;
  Result<void> upsert_global(const std::string& key, const Bytes& value) override {
    const Read stored = inner().read_global(key);
    if (stored && !stored.value()) return {};
    return inner().upsert_global(key, value);
  }
};

struct UpsertWantsSomethingNew : ForwardingProvider {
  using ForwardingProvider::ForwardingProvider;
  Result<void> upsert_global(const std::string& key, const Bytes& value) override {
    const Read stored = inner().read_global(key);
    if (stored && stored.value() == value) {
      return Error{ErrorKind::conflict, "upsert_global", "nothing changed"};
    }
    return inner().upsert_global(key, value);
  }
};

// An empty value deletes.
struct EmptyGlobalIsNone : KeepsContext {
  using KeepsContext::KeepsContext;

 protected:
  Result<void> replace_global(KeptContext& kept, const std::string& key,
                              const Bytes& value) override {
    if (!value.empty()) return KeepsContext::replace_global(kept, key, value);
    kept.globals.erase(key);
    return {};
  }
};

// Only what was put is known to be there.
struct PutOverlooksUpserts : KeepsContext {
  using KeepsContext::KeepsContext;

 protected:
  Result<void> write_global(KeptContext& kept, const std::string& key,
                            const Bytes& value) override {
    if (kept.outputs.contains(mark_of(key))) return taken("put_global");
    kept.outputs[mark_of(key)] = "";
    return KeepsContext::replace_global(kept, key, value);
  }

 private:
  // Nobody's output has an empty flow.
  static Place mark_of(const std::string& key) { return {"", key}; }
};

// --- CTX_2: races

struct GlobalIsLookedForFirst : KeepsContext {
  using KeepsContext::KeepsContext;
  Result<void> put_global(const std::string& key, const Bytes& value) override {
    if (const auto refusal = rules::global("put_global", offered(), key, value)) return *refusal;
    if (found(state()->globals, key)) return taken("put_global");
    cross();
    state()->globals[key] = value;
    return {};
  }
};

// An upsert looks whether there is a value, and then updates or inserts. An insert that comes too
// late is told so, and takes that for done.
struct UpsertIsTwoSteps : ForwardingProvider {
  using ForwardingProvider::ForwardingProvider;
  Result<void> upsert_global(const std::string& key, const Bytes& value) override {
    const Read stored = inner().read_global(key);
    if (!stored || stored.value()) return inner().upsert_global(key, value);
    for (int n = 0; n < 20 && is_absent(key); ++n) linger();
    const Result<void> inserted = inner().put_global(key, value);
    if (!inserted && inserted.error().kind == ErrorKind::conflict) return {};
    return inserted;
  }

 private:
  bool is_absent(const std::string& key) {
    const Read stored = inner().read_global(key);
    return stored && !stored.value();
  }
};

// --- CTX_2: keys

template <std::string (*spell)(std::string)>
struct SpellsGlobals : KeepsContext {
  using KeepsContext::KeepsContext;

 protected:
  std::string spelt(const std::string& key) override { return spell(key); }
};

struct EmptyKeyIsRefused : ForwardingProvider {
  using ForwardingProvider::ForwardingProvider;
  Result<void> put_global(const std::string& key, const Bytes& value) override {
    if (key.empty()) return Error{ErrorKind::invalid, "put_global", "the key is empty"};
    return inner().put_global(key, value);
  }
  Result<void> upsert_global(const std::string& key, const Bytes& value) override {
    if (key.empty()) return Error{ErrorKind::invalid, "upsert_global", "the key is empty"};
    return inner().upsert_global(key, value);
  }
};

struct UnknownGlobalIsNotFound : ForwardingProvider {
  using ForwardingProvider::ForwardingProvider;
  Read read_global(const std::string& key) override {
    Read value = inner().read_global(key);
    if (value && !value.value()) return Error{ErrorKind::not_found, "read_global", "no global"};
    return value;
  }
};

struct GlobalIsFoundByItsBeginning : KeepsContext {
  using KeepsContext::KeepsContext;

 protected:
  std::string spelt(const std::string& key) override {
    auto kept = state();
    const auto at = kept->globals.lower_bound(key);
    const bool is_close = at != kept->globals.end() && at->first.starts_with(key);
    return is_close ? at->first : key;
  }
};

constexpr const Requirement& kOutputs = requirement("CTX_1");
constexpr const Requirement& kGlobals = requirement("CTX_2");

constexpr Defect kDefects[] = {
    {"put_replaces_outputs", kOutputs, "A second put replaces the output.",
     spoil_sharing<PutReplacesOutputs>},
    {"second_put_of_an_output_is_ignored", kOutputs,
     "A second put succeeds in silence and changes nothing.",
     spoil_sharing<LetsSecondPuts<always>>},
    {"equal_output_may_be_put_again", kOutputs, "A second put of an equal output succeeds.",
     spoil_sharing<LetsSecondPuts<if_equal>>},
    {"refused_put_replaces_an_output", kOutputs,
     "A second put is a conflict, and replaces the output.",
     spoil_sharing<ConflictReplacesOutputs>},
    {"empty_output_is_none", kOutputs, "An empty output is not stored.",
     spoil_sharing<EmptyOutputIsNone>},
    {"output_is_looked_for_before_it_is_written", kOutputs,
     "Whether there is an output is looked at in a step before the one that writes.",
     spoil_sharing<OutputIsLookedForFirst>},
    {"flow_and_node_are_joined_by_a_colon", kOutputs, "The key of an output is `flow:node`.",
     spoil_sharing<JoinsFlowAndNode<kColon>>},
    {"flow_and_node_are_joined_by_a_slash", kOutputs, "The key of an output is `flow/node`.",
     spoil_sharing<JoinsFlowAndNode<kSlash>>},
    {"flow_and_node_are_joined_by_nothing", kOutputs,
     "The key of an output is the flow and the node in one.",
     spoil_sharing<JoinsThemForOutputsOnly<kNothing>>},
    {"flow_and_node_are_joined_by_a_control_character", kOutputs,
     "The key of an output has a character between flow and node that nobody is thought to use.",
     spoil_sharing<JoinsThemForOutputsOnly<kUnit>>},
    {"outputs_are_of_the_node_alone", kOutputs, "The flow is no part of the key.",
     spoil_sharing<OutputsAreOfTheNode>},
    {"flows_fold_case", kOutputs, "Flows that differ in case are one.",
     spoil_sharing<SpellsOutputs<lower, as_it_is>>},
    {"nodes_fold_case", kOutputs, "Nodes that differ in case are one.",
     spoil_sharing<SpellsOutputs<as_it_is, lower>>},
    {"flows_are_cut_to_255_bytes", kOutputs, "Flows that differ after 255 bytes are one.",
     spoil_sharing<SpellsOutputs<cut_to_255, as_it_is>>},
    {"nodes_lose_trailing_spaces", kOutputs, "Spaces at the end of a node are dropped.",
     spoil_sharing<SpellsOutputs<as_it_is, without_trailing_spaces>>},
    {"unknown_output_is_not_found", kOutputs, "Reading an output that is not there is an error.",
     spoil_with<UnknownOutputIsNotFound>},
    {"outputs_live_in_their_handle", kOutputs, "Each handle has outputs of its own.",
     spoil_alone<KeepsContext>},
    {"output_ends_at_nul", kOutputs, "An output ends at its first U+0000.",
     spoil_with<ChangesContextBytes<cut_at_nul>>},
    {"output_is_cut_to_64_kib", kOutputs, "An output is cut after 64 KiB.",
     spoil_with<ChangesContextBytes<cut_to_64_kib>>},
    {"first_hundred_nodes_are_listed", kOutputs, "A long list is cut.",
     spoil_sharing<ChangesLists<first_100>>},
    {"nodes_of_all_flows_are_listed", kOutputs, "The flow is ignored in the list.",
     spoil_sharing<ChangesLists<of_all_flows>>},
    {"nodes_of_flows_that_begin_so_are_listed", kOutputs,
     "The list is of all flows whose names begin with the given one.",
     spoil_sharing<ChangesLists<of_flows_that_begin_so>>},
    {"nodes_with_an_empty_output_are_not_listed", kOutputs, "A list leaves out empty outputs.",
     spoil_sharing<ChangesLists<with_an_output_that_is_not_empty>>},
    {"every_put_is_listed", kOutputs, "A put that was refused is listed once more.",
     spoil_with<ListsEveryPut>},
    {"empty_list_of_outputs_is_not_found", kOutputs, "Listing a flow without outputs is an error.",
     spoil_with<EmptyListIsNotFound>},
    {"outputs_are_globals", kOutputs, "An output is a global of the name `flow:node`, too.",
     spoil_sharing<OutputsAreGlobals>},
    {"put_wakes_an_instance", kOutputs, "A put sends a message to the instance of the flow's name.",
     spoil_with<PutWakesAnInstance>},
    {"deletion_takes_outputs", kOutputs, "With an instance the outputs of its name go.",
     spoil_sharing<DeletionTakesContext>},
    {"flow_counts_as_instance", kOutputs, "An id that only a flow has can be deleted.",
     spoil_with<FlowCountsAsInstance>},

    {"put_replaces_globals", kGlobals, "A second put replaces the global.",
     spoil_sharing<PutReplacesGlobals>},
    {"second_put_of_a_global_is_ignored", kGlobals,
     "A second put succeeds in silence and changes nothing.",
     spoil_sharing<LetsSecondPuts<always>>},
    {"equal_global_may_be_put_again", kGlobals, "A second put of an equal value succeeds.",
     spoil_sharing<LetsSecondPuts<if_equal>>},
    {"upsert_refuses_what_is_there", kGlobals, "An upsert is a put.", spoil_with<UpsertIsPut>},
    {"upsert_keeps_the_first_value", kGlobals, "An upsert of what is there changes nothing.",
     spoil_with<UpsertKeepsTheFirst>},
    {"upsert_only_updates", kGlobals, "An upsert of what is absent changes nothing.",
     spoil_with<UpsertOnlyUpdates>},
    {"upsert_of_an_equal_value_is_refused", kGlobals, "An upsert has to change something.",
     spoil_with<UpsertWantsSomethingNew>},
    {"upsert_of_nothing_deletes", kGlobals, "An upsert of an empty value removes the global.",
     spoil_sharing<EmptyGlobalIsNone>},
    {"put_overlooks_upserts", kGlobals, "A put replaces what only an upsert wrote.",
     spoil_sharing<PutOverlooksUpserts>},
    {"global_is_looked_for_before_it_is_written", kGlobals,
     "Whether there is a value is looked at in a step before the one that writes.",
     spoil_sharing<GlobalIsLookedForFirst>},
    {"upsert_is_two_steps", kGlobals,
     "An upsert that is overtaken by a put succeeds and changes nothing.",
     spoil_with<UpsertIsTwoSteps>},
    {"globals_fold_case", kGlobals, "Keys that differ in case are one.",
     spoil_sharing<SpellsGlobals<lower>>},
    {"globals_lose_trailing_spaces", kGlobals, "Spaces at the end of a key are dropped.",
     spoil_sharing<SpellsGlobals<without_trailing_spaces>>},
    {"globals_are_cut_to_255_bytes", kGlobals, "Keys that differ after 255 bytes are one.",
     spoil_sharing<SpellsGlobals<cut_to_255>>},
    {"globals_have_three_bytes_a_character", kGlobals, "Keys of four-byte characters are one.",
     spoil_sharing<SpellsGlobals<in_three_bytes>>},
    {"empty_key_of_a_global_is_refused", kGlobals, "A key must not be empty.",
     spoil_with<EmptyKeyIsRefused>},
    {"unknown_global_is_not_found", kGlobals, "Reading a global that is not there is an error.",
     spoil_with<UnknownGlobalIsNotFound>},
    {"global_is_found_by_its_beginning", kGlobals, "The beginning of a key is enough.",
     spoil_sharing<GlobalIsFoundByItsBeginning>},
    {"globals_live_in_their_handle", kGlobals, "Each handle has globals of its own.",
     spoil_alone<KeepsContext>},
    {"global_ends_at_nul", kGlobals, "A global ends at its first U+0000.",
     spoil_with<ChangesContextBytes<cut_at_nul>>},
    {"global_is_cut_to_64_kib", kGlobals, "A global is cut after 64 KiB.",
     spoil_with<ChangesContextBytes<cut_to_64_kib>>},
    {"globals_keep_nodes_out", kGlobals, "A node that is called like a global has no output.",
     spoil_sharing<GlobalsKeepNodesOut>},
    {"deletion_takes_globals", kGlobals, "With an instance the global of its name goes.",
     spoil_sharing<DeletionTakesContext>},
};

}  // namespace

std::span<const Defect> context_store_defects() { return kDefects; }

}  // namespace ackproof
