// What a stream, an output and a global may be called and hold: the declared limit is taken, and
// what lies beyond it, or is no id, is `invalid` and leaves nothing behind.
#include "validations/build.h"
#include "validations/catalogue.h"
#include "validations/context.h"
#include "validations/expect.h"
#include "validations/odd_values.h"
#include "validations/stores/steps.h"

namespace ackproof {

namespace {

using Texts = std::vector<std::string>;

constexpr std::uint64_t kTooLarge[] = {kLargestId + 1, kLargestId + 2, ~std::uint64_t{0}};

std::string shown(const std::string& text) { return testing::PrintToString(text.substr(0, 40)); }

// --- Names

Texts no_ids() {
  Texts texts = texts_that_are_none();
  texts.emplace_back();
  return texts;
}

// The longest text that is tried, and one that is a byte too long, if that is tried.
std::string longest_text(std::uint64_t limit) { return std::string(std::min(limit, kMiB), 'x'); }

Texts texts_beyond(std::uint64_t limit) {
  if (limit >= kMiB) return {};
  return {std::string(limit + 1, 'x'), std::string(limit - 1, 'x') + "\u00E9",
          std::string(2 * limit, 'x')};
}

void expect_no_stream(Context& ctx, const Texts& names) {
  const auto provider = ctx.open();
  for (const std::string& name : names) {
    const auto appended = provider->append_stream(name, 1, stream_events(1, 2));
    EXPECT_TRUE(fails_with(appended, ErrorKind::invalid)) << shown(name);
    EXPECT_TRUE(fails_with(provider->read_stream(name, 1), ErrorKind::invalid)) << shown(name);
    const auto put = provider->put_snapshot(name, {.event_id = 1});
    EXPECT_TRUE(fails_with(put, ErrorKind::invalid)) << shown(name);
    EXPECT_TRUE(fails_with(provider->read_snapshot(name), ErrorKind::invalid)) << shown(name);
  }
}

void expect_no_node(Context& ctx, const Texts& names) {
  const auto provider = ctx.open();
  for (const std::string& name : names) {
    for (const NodeKey& key : std::vector<NodeKey>{{name, "pay"}, {"order-1", name}}) {
      EXPECT_TRUE(fails_with(provider->put_output(key, "x"), ErrorKind::invalid)) << shown(name);
      EXPECT_TRUE(fails_with(provider->read_output(key), ErrorKind::invalid)) << shown(name);
    }
    EXPECT_TRUE(fails_with(provider->list_outputs(name), ErrorKind::invalid)) << shown(name);
  }
  EXPECT_EQ(nodes_of(*provider, "order-1"), Texts());
}

void expect_no_global(Context& ctx, const Texts& keys) {
  const auto provider = ctx.open();
  for (const std::string& key : keys) {
    EXPECT_TRUE(fails_with(provider->put_global(key, "x"), ErrorKind::invalid)) << shown(key);
    EXPECT_TRUE(fails_with(provider->upsert_global(key, "x"), ErrorKind::invalid)) << shown(key);
    EXPECT_TRUE(fails_with(provider->read_global(key), ErrorKind::invalid)) << shown(key);
  }
  for (const char* beginning : {"", "gpu"}) {
    EXPECT_TRUE(nothing(provider->read_global(beginning))) << "something was cut and kept";
  }
}

void bad_stream_names_are_refused(Context& ctx) { expect_no_stream(ctx, no_ids()); }
void bad_flows_and_nodes_are_refused(Context& ctx) { expect_no_node(ctx, no_ids()); }
void bad_keys_of_globals_are_refused(Context& ctx) { expect_no_global(ctx, texts_that_are_none()); }

void stream_names_beyond_the_limit_are_refused(Context& ctx) {
  expect_no_stream(ctx, texts_beyond(ctx.description().capabilities.limits.id_bytes));
}

void flows_and_nodes_beyond_the_limit_are_refused(Context& ctx) {
  expect_no_node(ctx, texts_beyond(ctx.description().capabilities.limits.id_bytes));
}

void keys_of_globals_beyond_the_limit_are_refused(Context& ctx) {
  expect_no_global(ctx, texts_beyond(ctx.description().capabilities.limits.key_bytes));
}

void longest_names_in_streams_come_back_equal(Context& ctx) {
  const auto provider = ctx.open();
  const Limits& limits = ctx.description().capabilities.limits;
  const std::string longest = longest_text(limits.id_bytes);
  StreamEvent event = stream_event(1);
  event.type = event.category = event.trace_id = longest;
  event.attributes = {{longest_text(limits.key_bytes), longest_text(limits.value_bytes)}};

  EXPECT_TRUE(succeeds(provider->append_stream(longest, 1, {event})));
  EXPECT_TRUE(succeeds(provider->put_snapshot(longest, {.event_id = 1, .state = "state"})));

  EXPECT_TRUE(same(all_of(*provider, longest), {event}));
  EXPECT_EQ(provider->read_snapshot(longest).value(), (Snapshot{.event_id = 1, .state = "state"}));
  EXPECT_EQ(all_of(*provider, longest.substr(1)), StreamEvents());
}

void longest_names_in_the_context_come_back_equal(Context& ctx) {
  const auto provider = ctx.open();
  const Limits& limits = ctx.description().capabilities.limits;
  const std::string longest = longest_text(limits.id_bytes);
  const std::string key = longest_text(limits.key_bytes);

  EXPECT_TRUE(succeeds(provider->put_output({longest, longest}, "output")));
  EXPECT_TRUE(succeeds(provider->put_global(key, "global")));

  EXPECT_EQ(provider->read_output({longest, longest}).value(), "output");
  EXPECT_TRUE(nothing(provider->read_output({longest, longest.substr(1)})));
  EXPECT_EQ(nodes_of(*provider, longest), Texts{longest});
  EXPECT_EQ(provider->read_global(key).value(), "global");
  EXPECT_TRUE(nothing(provider->read_global(key.substr(1))));
}

// --- Events

using Spoil = void (*)(StreamEvent& event, const std::string& text);

// Neither alone nor as the last of several is an event taken that one of the texts has spoiled.
void expect_no_event(Provider& provider, Spoil spoil, const Texts& texts) {
  for (const std::string& text : texts) {
    StreamEvents list = stream_events(1, 2);
    spoil(list[1], text);
    const auto several = provider.append_stream("order-1", 1, list);
    EXPECT_TRUE(fails_with(several, ErrorKind::invalid)) << shown(text);
    list.erase(list.begin());
    list[0].id = 1;
    const auto one = provider.append_stream("order-1", 1, list);
    EXPECT_TRUE(fails_with(one, ErrorKind::invalid)) << shown(text);
  }
  EXPECT_EQ(all_of(provider, "order-1"), StreamEvents());
}

void set_type(StreamEvent& event, const std::string& text) { event.type = text; }
void set_category(StreamEvent& event, const std::string& text) { event.category = text; }
void set_trace_id(StreamEvent& event, const std::string& text) { event.trace_id = text; }
void add_key(StreamEvent& event, const std::string& text) { event.attributes[text] = "value"; }
void add_value(StreamEvent& event, const std::string& text) { event.attributes["key"] = text; }

void bad_texts_in_events_are_refused(Context& ctx) {
  const auto provider = ctx.open();
  expect_no_event(*provider, set_type, no_ids());
  for (const Spoil spoil : {set_category, set_trace_id, add_key, add_value}) {
    expect_no_event(*provider, spoil, texts_that_are_none());
  }
}

void texts_beyond_the_limit_are_refused_in_events(Context& ctx) {
  const auto provider = ctx.open();
  const Limits& limits = ctx.description().capabilities.limits;
  for (const Spoil spoil : {set_type, set_category, set_trace_id}) {
    expect_no_event(*provider, spoil, texts_beyond(limits.id_bytes));
  }
  expect_no_event(*provider, add_key, texts_beyond(limits.key_bytes));
  expect_no_event(*provider, add_value, texts_beyond(limits.value_bytes));
}

// --- Numbers

void numbers_out_of_range_are_refused_in_appends(Context& ctx) {
  const auto provider = ctx.open();
  std::vector<std::uint64_t> ids = {0};
  ids.insert(ids.end(), std::begin(kTooLarge), std::end(kTooLarge));

  for (const std::uint64_t id : ids) {
    const auto expected = provider->append_stream("order-1", id, {stream_event(1)});
    EXPECT_TRUE(fails_with(expected, ErrorKind::invalid)) << id;
    const auto of_event = provider->append_stream("order-1", 1, {stream_event(id)});
    EXPECT_TRUE(fails_with(of_event, ErrorKind::invalid)) << id;
    const auto both = provider->append_stream("order-1", id, {stream_event(id)});
    EXPECT_TRUE(fails_with(both, ErrorKind::invalid)) << id;
  }
  const auto across =
      provider->append_stream("order-1", kLargestId, stream_events(kLargestId, kLargestId + 1));
  EXPECT_TRUE(fails_with(across, ErrorKind::invalid));
  for (const std::uint64_t version : kTooLarge) {
    StreamEvent event = stream_event(1);
    event.schema_version = version;
    const auto refused = provider->append_stream("order-1", 1, {event});
    EXPECT_TRUE(fails_with(refused, ErrorKind::invalid)) << version;
  }

  EXPECT_EQ(all_of(*provider, "order-1"), StreamEvents());
}

void ids_out_of_range_are_refused_beside_a_stream(Context& ctx) {
  const auto provider = ctx.open();
  append(*provider, "order-1", stream_events(1, 3));
  std::vector<std::uint64_t> ids = {0};
  ids.insert(ids.end(), std::begin(kTooLarge), std::end(kTooLarge));

  for (const std::uint64_t id : ids) {
    EXPECT_TRUE(fails_with(provider->read_stream("order-1", id), ErrorKind::invalid)) << id;
    const auto put = provider->put_snapshot("order-1", {.event_id = id, .state = "state"});
    EXPECT_TRUE(fails_with(put, ErrorKind::invalid)) << id;
  }

  EXPECT_TRUE(nothing(provider->read_snapshot("order-1")));
}

// --- Sizes

// The longest payload that is tried; and one that is too long, if that is tried.
Bytes longest_payload(Context& ctx) {
  return noise(std::min(ctx.description().capabilities.limits.payload_bytes, kLargestTried));
}

std::vector<Bytes> payloads_beyond(Context& ctx) {
  const std::uint64_t limit = ctx.description().capabilities.limits.payload_bytes;
  if (limit > kLargestTried) return {};
  return {Bytes(limit + 1, 'x')};
}

void payload_limit_is_exact_in_streams(Context& ctx) {
  const auto provider = ctx.open();
  StreamEvents list = stream_events(1, 2);
  for (const Bytes& longer : payloads_beyond(ctx)) {
    list[1].payload = longer;
    const auto appended = provider->append_stream("order-1", 1, list);
    EXPECT_TRUE(fails_with(appended, ErrorKind::invalid));
  }
  list[1].payload = longest_payload(ctx);

  EXPECT_TRUE(succeeds(provider->append_stream("order-1", 1, list)));

  EXPECT_TRUE(same(all_of(*provider, "order-1"), list));
}

void payload_limit_is_exact_in_snapshots(Context& ctx) {
  const auto provider = ctx.open();
  append(*provider, "order-1", stream_events(1, 2));
  const Snapshot longest{.event_id = 1, .state = longest_payload(ctx)};

  EXPECT_TRUE(succeeds(provider->put_snapshot("order-1", longest)));
  for (const Bytes& longer : payloads_beyond(ctx)) {
    const auto put = provider->put_snapshot("order-1", {.event_id = 2, .state = longer});
    EXPECT_TRUE(fails_with(put, ErrorKind::invalid));
  }

  EXPECT_TRUE(same(provider->read_snapshot("order-1").value(), std::optional(longest)));
}

void payload_limit_is_exact_in_outputs(Context& ctx) {
  const auto provider = ctx.open();
  const std::optional<Bytes> longest = longest_payload(ctx);

  EXPECT_TRUE(succeeds(provider->put_output({"order-1", "pay"}, *longest)));
  for (const Bytes& longer : payloads_beyond(ctx)) {
    const auto put = provider->put_output({"order-1", "ship"}, longer);
    EXPECT_TRUE(fails_with(put, ErrorKind::invalid));
  }

  EXPECT_TRUE(same(provider->read_output({"order-1", "pay"}).value(), longest));
  EXPECT_EQ(nodes_of(*provider, "order-1"), Texts{"pay"});
}

void payload_limit_is_exact_in_globals(Context& ctx) {
  const auto provider = ctx.open();
  const std::optional<Bytes> longest = longest_payload(ctx);

  EXPECT_TRUE(succeeds(provider->upsert_global("rates", *longest)));
  for (const Bytes& longer : payloads_beyond(ctx)) {
    EXPECT_TRUE(fails_with(provider->upsert_global("rates", longer), ErrorKind::invalid));
    EXPECT_TRUE(fails_with(provider->put_global("other", longer), ErrorKind::invalid));
  }

  EXPECT_TRUE(same(provider->read_global("rates").value(), longest));
  EXPECT_TRUE(nothing(provider->read_global("other")));
}

void append_limit_is_exact(Context& ctx) {
  const auto provider = ctx.open();
  const std::uint64_t limit = ctx.description().capabilities.limits.commit_items;
  const std::uint64_t tried = std::min(limit, kMostTried);
  if (limit <= kMostTried) {
    const auto refused = provider->append_stream("order-1", 1, stream_events(1, limit + 1));
    EXPECT_TRUE(fails_with(refused, ErrorKind::invalid));
  }

  EXPECT_TRUE(succeeds(provider->append_stream("order-1", 1, stream_events(1, tried))));

  EXPECT_TRUE(same(all_of(*provider, "order-1"), stream_events(1, tried)));
}

void attribute_limit_is_exact(Context& ctx) {
  const auto provider = ctx.open();
  const std::uint64_t limit = ctx.description().capabilities.limits.commit_items;
  StreamEvent event = stream_event(1);
  event.attributes.clear();
  const auto add = [&] { event.attributes[std::to_string(event.attributes.size())] = "value"; };
  while (event.attributes.size() < std::min(limit, kMostTried)) add();
  const StreamEvent full = event;
  if (limit <= kMostTried) {
    add();
    const auto refused = provider->append_stream("order-1", 1, {event});
    EXPECT_TRUE(fails_with(refused, ErrorKind::invalid));
  }

  EXPECT_TRUE(succeeds(provider->append_stream("order-1", 1, {full})));

  EXPECT_TRUE(same(all_of(*provider, "order-1"), {full}));
}

constexpr Capability kStreams = Capability::event_store;
constexpr Capability kContext = Capability::context_store;

constexpr Validation kRows[] = {
    of_store("bad_stream_names_are_refused", requirement("ERR_5"), bad_stream_names_are_refused,
             kStreams),
    of_store("bad_flows_and_nodes_are_refused", requirement("ERR_5"),
             bad_flows_and_nodes_are_refused, kContext),
    of_store("bad_keys_of_globals_are_refused", requirement("ERR_11"),
             bad_keys_of_globals_are_refused, kContext),
    of_store("stream_names_beyond_the_limit_are_refused", requirement("CAP_3"),
             stream_names_beyond_the_limit_are_refused, kStreams),
    of_store("flows_and_nodes_beyond_the_limit_are_refused", requirement("CAP_3"),
             flows_and_nodes_beyond_the_limit_are_refused, kContext),
    of_store("keys_of_globals_beyond_the_limit_are_refused", requirement("CAP_3"),
             keys_of_globals_beyond_the_limit_are_refused, kContext),
    of_store("longest_names_in_streams_come_back_equal", requirement("CAP_3"),
             longest_names_in_streams_come_back_equal, kStreams),
    of_store("longest_names_in_the_context_come_back_equal", requirement("CAP_3"),
             longest_names_in_the_context_come_back_equal, kContext),
    of_store("bad_texts_in_events_are_refused", requirement("ERR_11"),
             bad_texts_in_events_are_refused, kStreams),
    of_store("texts_beyond_the_limit_are_refused_in_events", requirement("CAP_3"),
             texts_beyond_the_limit_are_refused_in_events, kStreams),
    of_store("numbers_out_of_range_are_refused_in_appends", requirement("ERR_5"),
             numbers_out_of_range_are_refused_in_appends, kStreams),
    of_store("ids_out_of_range_are_refused_beside_a_stream", requirement("ERR_5"),
             ids_out_of_range_are_refused_beside_a_stream, kStreams),
    heavy(of_store("payload_limit_is_exact_in_streams", requirement("CAP_3"),
                   payload_limit_is_exact_in_streams, kStreams)),
    heavy(of_store("payload_limit_is_exact_in_snapshots", requirement("CAP_3"),
                   payload_limit_is_exact_in_snapshots, kStreams)),
    heavy(of_store("payload_limit_is_exact_in_outputs", requirement("CAP_3"),
                   payload_limit_is_exact_in_outputs, kContext)),
    heavy(of_store("payload_limit_is_exact_in_globals", requirement("CAP_3"),
                   payload_limit_is_exact_in_globals, kContext)),
    heavy(of_store("append_limit_is_exact", requirement("CAP_3"), append_limit_is_exact, kStreams)),
    heavy(of_store("attribute_limit_is_exact", requirement("CAP_3"), attribute_limit_is_exact,
                   kStreams)),
};

}  // namespace

std::span<const Validation> store_argument_validations() { return kRows; }

}  // namespace ackproof
