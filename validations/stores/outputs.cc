// Outputs of nodes: written once, found by flow and node, and listed by flow.
#include "validations/build.h"
#include "validations/catalogue.h"
#include "validations/context.h"
#include "validations/expect.h"
#include "validations/odd_values.h"
#include "validations/stores/steps.h"

namespace ackproof {

namespace {

using Names = std::vector<std::string>;

std::optional<Bytes> output_of(Provider& provider, const NodeKey& key) {
  return provider.read_output(key).value();
}

// --- One output

void output_that_was_put_is_read_on_every_handle(Context& ctx) {
  const auto provider = ctx.open();
  const auto other = ctx.open();

  EXPECT_TRUE(succeeds(provider->put_output({"order-1", "pay"}, "paid")));

  EXPECT_EQ(output_of(*provider, {"order-1", "pay"}), "paid");
  EXPECT_EQ(output_of(*other, {"order-1", "pay"}), "paid");
}

// A handle must not remember what it read.
void output_is_found_by_a_handle_that_found_none_before(Context& ctx) {
  const auto provider = ctx.open();
  const auto other = ctx.open();
  const NodeKey key{"order-1", "pay"};
  EXPECT_TRUE(nothing(provider->read_output(key)));

  other->put_output(key, "paid").value();

  EXPECT_EQ(output_of(*provider, key), "paid");
}

void list_of_a_flow_has_what_another_handle_put_since(Context& ctx) {
  const auto provider = ctx.open();
  const auto other = ctx.open();
  provider->put_output({"order-1", "pay"}, "paid").value();
  EXPECT_EQ(nodes_of(*provider, "order-1"), Names{"pay"});

  other->put_output({"order-1", "ship"}, "shipped").value();

  EXPECT_EQ(nodes_of(*provider, "order-1"), (Names{"pay", "ship"}));
}

void output_that_was_not_put_is_absent(Context& ctx) {
  const auto provider = ctx.open();
  provider->put_output({"order-10", "pay"}, "paid").value();

  for (const NodeKey& key : std::vector<NodeKey>{{"order-10", "pay1"},
                                                 {"order-10", "pa"},
                                                 {"order-10", "Pay"},
                                                 {"order-1", "pay"},
                                                 {"order-1", "0pay"},
                                                 {"pay", "order-10"},
                                                 {"%", "pay"},
                                                 {"order-10", "%"}}) {
    EXPECT_TRUE(nothing(provider->read_output(key))) << key.flow << " " << key.node;
  }
  EXPECT_EQ(nodes_of(*provider, "order-1"), Names());
}

void second_put_of_an_output_is_a_conflict_and_changes_nothing(Context& ctx) {
  const auto provider = ctx.open();
  const auto other = ctx.open();
  const NodeKey key{"order-1", "pay"};
  provider->put_output(key, "paid").value();

  for (Provider* handle : {provider.get(), other.get()}) {
    for (const Bytes& value :
         {Bytes("refunded"), Bytes(), Bytes("paid twice and more"), Bytes("p")}) {
      EXPECT_TRUE(fails_with(handle->put_output(key, value), ErrorKind::conflict)) << value;
      EXPECT_EQ(output_of(*provider, key), "paid");
      EXPECT_EQ(output_of(*other, key), "paid");
    }
  }
}

// A late duplicate run brings the same value as often as not.
void second_put_of_an_equal_output_is_a_conflict(Context& ctx) {
  const auto provider = ctx.open();
  const auto other = ctx.open();
  provider->put_output({"order-1", "pay"}, "paid").value();

  EXPECT_TRUE(fails_with(provider->put_output({"order-1", "pay"}, "paid"), ErrorKind::conflict));
  EXPECT_TRUE(fails_with(other->put_output({"order-1", "pay"}, "paid"), ErrorKind::conflict));

  EXPECT_EQ(output_of(*provider, {"order-1", "pay"}), "paid");
}

void empty_output_is_an_output(Context& ctx) {
  const auto provider = ctx.open();
  const NodeKey key{"order-1", "notify"};

  EXPECT_TRUE(succeeds(provider->put_output(key, "")));

  EXPECT_EQ(output_of(*provider, key), "");
  EXPECT_EQ(nodes_of(*provider, "order-1"), Names{"notify"});
  EXPECT_TRUE(fails_with(provider->put_output(key, "late"), ErrorKind::conflict));
  EXPECT_EQ(output_of(*provider, key), "");
}

void of_racing_puts_of_an_output_exactly_one_wins(Context& ctx) {
  constexpr std::size_t kWriters = 4;
  constexpr std::uint64_t kRounds = 12;
  const auto one = ctx.open();
  const auto other = ctx.open();

  for (std::uint64_t round = 0; round < kRounds; ++round) {
    const NodeKey key{"order-1", "node " + std::to_string(round)};
    const std::vector<Result<void>> answers = ctx.together(kWriters, [&](std::size_t i) {
      Provider& handle = i % 2 == 0 ? *one : *other;
      return insist([&] { return handle.put_output(key, "of " + std::to_string(i)); });
    });

    ASSERT_EQ(winners(answers), 1U);
    for (std::size_t i = 0; i < kWriters; ++i) {
      if (answers[i]) {
        EXPECT_EQ(output_of(*other, key), "of " + std::to_string(i));
      }
    }
  }
}

// --- Many outputs

// Pairs that are one text when they are joined, with any separator or none.
void pairs_that_join_to_one_text_are_apart(Context& ctx) {
  const auto provider = ctx.open();
  std::vector<NodeKey> keys = {{"ab", "c"}, {"a", "bc"}, {"c", "ab"}, {"abc", "abc"}};
  for (const std::string separator :
       {":", "/",  "|",  ".",  "-",  "_",    ",",  ";",  "#",     "@",
        " ", "\n", "\t", "::", "->", "\x1F", "\\", "\"", "\",\"", "'"}) {
    keys.push_back({"a", "b" + separator + "c"});
    keys.push_back({"a" + separator + "b", "c"});
    keys.push_back({"a" + separator, separator + "c"});
    keys.push_back({separator, "a"});
    keys.push_back({"a", separator});
  }

  for (const NodeKey& key : keys) {
    EXPECT_TRUE(succeeds(provider->put_output(key, to_json(key)))) << to_json(key);
  }

  for (const NodeKey& key : keys) EXPECT_EQ(output_of(*provider, key), to_json(key));
  EXPECT_EQ(nodes_of(*provider, "ab"), Names{"c"});
}

void any_text_is_a_flow_and_is_no_other_one(Context& ctx) {
  const auto provider = ctx.open();
  const Names flows = hostile_texts();

  for (const std::string& flow : flows) {
    EXPECT_TRUE(succeeds(provider->put_output({flow, "pay"}, "of " + flow))) << flow;
  }

  for (const std::string& flow : flows) {
    EXPECT_EQ(output_of(*provider, {flow, "pay"}), "of " + flow);
    EXPECT_EQ(nodes_of(*provider, flow), Names{"pay"}) << flow;
  }
}

void any_text_is_a_node_and_is_no_other_one(Context& ctx) {
  const auto provider = ctx.open();
  const Names nodes = hostile_texts();

  for (const std::string& node : nodes) {
    EXPECT_TRUE(succeeds(provider->put_output({"order-1", node}, "of " + node))) << node;
  }

  for (const std::string& node : nodes) {
    EXPECT_EQ(output_of(*provider, {"order-1", node}), "of " + node);
  }
  EXPECT_EQ(nodes_of(*provider, "order-1"), nodes);
}

void any_bytes_are_the_output_of_a_node(Context& ctx) {
  const auto provider = ctx.open();
  const std::vector<Bytes> outputs = hostile_payloads();

  for (std::size_t i = 0; i < outputs.size(); ++i) {
    provider->put_output({"order-1", std::to_string(i)}, outputs[i]).value();
  }

  for (std::size_t i = 0; i < outputs.size(); ++i) {
    EXPECT_EQ(output_of(*provider, {"order-1", std::to_string(i)}), outputs[i]);
  }
}

void output_of_a_mebibyte_comes_back_equal(Context& ctx) {
  const auto provider = ctx.open();
  const std::optional<Bytes> output = noise(Limits().payload_bytes);

  provider->put_output({"order-1", "report"}, *output).value();

  EXPECT_TRUE(same(output_of(*provider, {"order-1", "report"}), output));
}

// --- Listing

void flow_without_outputs_has_no_nodes(Context& ctx) {
  const auto provider = ctx.open();
  provider->put_output({"order-10", "pay"}, "paid").value();
  provider->put_output({"pay", "order-1"}, "paid").value();
  provider->put_global("order-1", "a global").value();

  for (const char* flow :
       {"order-1", "order", "order-100", "ORDER-10", "order_10", "order%", "%"}) {
    EXPECT_EQ(provider->list_outputs(flow).value(), Names()) << flow;
  }
}

void nodes_are_listed_once_and_of_their_flow_only(Context& ctx) {
  const auto provider = ctx.open();
  const auto other = ctx.open();
  for (const NodeKey& key : std::vector<NodeKey>{{"order-1", "ship"},
                                                 {"order-2", "pay"},
                                                 {"order-1", "pay"},
                                                 {"order-10", "pack"},
                                                 {"order-1", "notify"},
                                                 {"order-2", "refund"}}) {
    provider->put_output(key, "done").value();
  }
  const auto again = provider->put_output({"order-1", "pay"}, "twice");
  EXPECT_TRUE(fails_with(again, ErrorKind::conflict));

  for (Provider* handle : {provider.get(), other.get()}) {
    EXPECT_EQ(nodes_of(*handle, "order-1"), (Names{"notify", "pay", "ship"}));
    EXPECT_EQ(nodes_of(*handle, "order-2"), (Names{"pay", "refund"}));
    EXPECT_EQ(nodes_of(*handle, "order-10"), Names{"pack"});
  }
}

void every_node_of_a_long_flow_is_listed(Context& ctx) {
  constexpr int kNodes = 300;
  const auto provider = ctx.open();
  Names expected;

  for (int n = 1; n <= kNodes; ++n) {
    expected.push_back("node " + std::to_string(n));
    provider->put_output({"order-1", expected.back()}, "done").value();
  }

  std::ranges::sort(expected);
  EXPECT_EQ(nodes_of(*provider, "order-1"), expected);
}

// --- Apart

void outputs_are_apart_from_globals(Context& ctx) {
  const auto provider = ctx.open();

  provider->put_output({"order-1", "pay"}, "paid").value();
  for (const char* key : {"pay", "order-1", "order-1:pay", "order-1/pay", "order-1pay"}) {
    EXPECT_TRUE(nothing(provider->read_global(key))) << key;
    EXPECT_TRUE(succeeds(provider->upsert_global(key, "a global"))) << key;
  }
  EXPECT_TRUE(succeeds(provider->put_global("ship", "a global")));
  EXPECT_TRUE(succeeds(provider->put_output({"order-1", "ship"}, "shipped")));

  EXPECT_EQ(output_of(*provider, {"order-1", "pay"}), "paid");
  EXPECT_EQ(output_of(*provider, {"order-1", "ship"}), "shipped");
  EXPECT_EQ(nodes_of(*provider, "order-1"), (Names{"pay", "ship"}));
}

void outputs_are_apart_from_instances(Context& ctx) {
  const auto provider = ctx.open();
  create_instance(*provider, "order-1");

  provider->put_output({"order-1", "pay"}, "paid").value();
  provider->put_output({"order-2", "pay"}, "paid").value();

  EXPECT_TRUE(nothing(provider->read_instance("order-2")));
  EXPECT_EQ(provider->read_history("order-1").value(), events(1, 1));
  EXPECT_TRUE(nothing(provider->fetch_turn({}))) << "an output woke an instance";
  continue_as_new(*provider, "order-1", 1);
  EXPECT_EQ(output_of(*provider, {"order-1", "pay"}), "paid");
}

void outputs_outlive_instances_of_the_same_name(Context& ctx) {
  const auto provider = ctx.open();
  finish_instance(*provider, "order-1");
  provider->put_output({"order-1", "pay"}, "paid").value();

  provider->delete_instance("order-1", true).value();

  EXPECT_EQ(output_of(*provider, {"order-1", "pay"}), "paid");
  EXPECT_EQ(nodes_of(*provider, "order-1"), Names{"pay"});
  const auto unknown = provider->delete_instance("order-1", true);
  EXPECT_TRUE(fails_with(unknown, ErrorKind::not_found)) << "a flow is no instance";
  EXPECT_EQ(output_of(*provider, {"order-1", "pay"}), "paid");
}

constexpr const Requirement& kOutputs = requirement("CTX_1");

constexpr Validation kRows[] = {
    of_store("output_that_was_put_is_read_on_every_handle", kOutputs,
             output_that_was_put_is_read_on_every_handle),
    of_store("output_is_found_by_a_handle_that_found_none_before", kOutputs,
             output_is_found_by_a_handle_that_found_none_before),
    of_store("list_of_a_flow_has_what_another_handle_put_since", kOutputs,
             list_of_a_flow_has_what_another_handle_put_since),
    of_store("output_that_was_not_put_is_absent", kOutputs, output_that_was_not_put_is_absent),
    of_store("second_put_of_an_output_is_a_conflict_and_changes_nothing", kOutputs,
             second_put_of_an_output_is_a_conflict_and_changes_nothing),
    of_store("second_put_of_an_equal_output_is_a_conflict", kOutputs,
             second_put_of_an_equal_output_is_a_conflict),
    of_store("empty_output_is_an_output", kOutputs, empty_output_is_an_output),
    of_store("of_racing_puts_of_an_output_exactly_one_wins", kOutputs,
             of_racing_puts_of_an_output_exactly_one_wins),
    of_store("pairs_that_join_to_one_text_are_apart", kOutputs,
             pairs_that_join_to_one_text_are_apart),
    of_store("any_text_is_a_flow_and_is_no_other_one", kOutputs,
             any_text_is_a_flow_and_is_no_other_one),
    of_store("any_text_is_a_node_and_is_no_other_one", kOutputs,
             any_text_is_a_node_and_is_no_other_one),
    of_store("any_bytes_are_the_output_of_a_node", kOutputs, any_bytes_are_the_output_of_a_node),
    of_store("output_of_a_mebibyte_comes_back_equal", kOutputs,
             output_of_a_mebibyte_comes_back_equal),
    of_store("flow_without_outputs_has_no_nodes", kOutputs, flow_without_outputs_has_no_nodes),
    of_store("nodes_are_listed_once_and_of_their_flow_only", kOutputs,
             nodes_are_listed_once_and_of_their_flow_only),
    of_store("every_node_of_a_long_flow_is_listed", kOutputs, every_node_of_a_long_flow_is_listed),
    of_store("outputs_are_apart_from_globals", kOutputs, outputs_are_apart_from_globals),
    of_store("outputs_are_apart_from_instances", kOutputs, outputs_are_apart_from_instances,
             Capability::queues),
    of_store("outputs_outlive_instances_of_the_same_name", kOutputs,
             outputs_outlive_instances_of_the_same_name, Capability::deletion),
};

}  // namespace

std::span<const Validation> output_validations() { return kRows; }

}  // namespace ackproof
