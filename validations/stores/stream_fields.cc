// What is in an event comes back as it was given.
#include "validations/build.h"
#include "validations/catalogue.h"
#include "validations/context.h"
#include "validations/expect.h"
#include "validations/odd_values.h"
#include "validations/stores/steps.h"

namespace ackproof {

namespace {

// These, as the events of one stream, come back equal: all of them, and from the middle on.
void expect_kept(Context& ctx, StreamEvents list) {
  const auto provider = ctx.open();
  for (std::size_t i = 0; i < list.size(); ++i) list[i].id = i + 1;

  append(*provider, "order-1", list);

  EXPECT_EQ(all_of(*provider, "order-1"), list);
  const std::size_t middle = list.size() / 2;
  EXPECT_EQ(provider->read_stream("order-1", middle + 1).value(),
            StreamEvents(list.begin() + static_cast<std::ptrdiff_t>(middle), list.end()));
  EXPECT_EQ(all_of(*ctx.open(), "order-1"), list) << "on another handle";
}

void every_field_of_an_event_comes_back_equal(Context& ctx) {
  expect_kept(ctx, stream_events(1, 12));
}

// Each of the fields that may be empty, alone and all at once.
void empty_fields_come_back_empty(Context& ctx) {
  StreamEvents list = stream_events(1, 7);
  list[0].category = "";
  list[1].trace_id = "";
  list[2].attributes = {};
  list[3].payload = "";
  list[4].attributes = {{"", ""}};
  list[5] = {.type = "T", .schema_version = 0};
  expect_kept(ctx, list);
}

void equal_events_are_kept_apart(Context& ctx) {
  expect_kept(ctx, StreamEvents(4, stream_event(1)));
}

void any_bytes_are_the_payload_of_an_event(Context& ctx) {
  StreamEvents list;
  for (const Bytes& bytes : hostile_payloads()) {
    list.push_back(stream_event(1));
    list.back().payload = bytes;
  }
  expect_kept(ctx, list);
}

void any_text_is_a_type_a_category_and_a_trace_id(Context& ctx) {
  StreamEvents list;
  for (const std::string& text : hostile_texts()) {
    list.push_back(stream_event(1));
    list.back().type = list.back().category = list.back().trace_id = text;
  }
  expect_kept(ctx, list);
}

// Each as a key of its own event, and all of them as the keys of one.
void any_text_is_an_attribute(Context& ctx) {
  StreamEvents list;
  StreamEvent whole = stream_event(1);
  for (const std::string& text : hostile_keys(ctx)) {
    list.push_back(stream_event(1));
    list.back().attributes = {{text, text}};
    whole.attributes[text] = "of " + text;
  }
  list.push_back(whole);
  expect_kept(ctx, list);
}

// Attributes that are called like the fields of an event, and some that look like numbers.
void attributes_with_the_names_of_fields_are_attributes(Context& ctx) {
  StreamEvent event = stream_event(1);
  for (const char* key :
       {"id", "type", "category", "timestamp", "attributes", "schema_version", "trace_id",
        "payload", "stream", "key", "value", "10", "9", "__proto__"}) {
    event.attributes[key] = "1.0";
  }
  expect_kept(ctx, {event, stream_event(2)});
}

void events_keep_their_own_attributes(Context& ctx) {
  StreamEvents list = stream_events(1, 6);
  list[0].attributes = {{"a", "1"}, {"b", "2"}};
  list[1].attributes = {};
  list[2].attributes = {{"a", "3"}};
  list[3].attributes = {};
  list[4].attributes = {{"b", "5"}, {"c", ""}};
  list[5].attributes = {{"a", "1"}, {"b", "2"}};
  expect_kept(ctx, list);
}

void times_of_events_come_back_equal(Context& ctx) {
  StreamEvents list;
  for (const std::int64_t milliseconds :
       {std::int64_t{0}, std::int64_t{1}, std::int64_t{-1}, std::int64_t{999},
        std::int64_t{1'700'000'000'123}, -(std::int64_t{1} << 53U) - 1,
        (std::int64_t{1} << 53U) + 1, std::int64_t{253'402'300'800'001}}) {
    list.push_back(stream_event(1));
    list.back().timestamp = Time(Duration(milliseconds));
  }
  for (const Time time : {Time::max(), Time::min(), Time(Duration(5))}) {  // Backwards too.
    list.push_back(stream_event(1));
    list.back().timestamp = time;
  }
  expect_kept(ctx, list);
}

void schema_versions_come_back_equal(Context& ctx) {
  StreamEvents list;
  for (const std::uint64_t version :
       {std::uint64_t{0}, std::uint64_t{1}, std::uint64_t{255}, std::uint64_t{256},
        std::uint64_t{65'536}, std::uint64_t{1} << 31U, (std::uint64_t{1} << 32U) + 1,
        std::uint64_t{1} << 53U, (std::uint64_t{1} << 53U) + 1, kLargestId - 1, kLargestId}) {
    list.push_back(stream_event(1));
    list.back().schema_version = version;
  }
  expect_kept(ctx, list);
}

void event_of_a_mebibyte_comes_back_equal(Context& ctx) {
  const auto provider = ctx.open();
  StreamEvents list = stream_events(1, 3);
  list[1].payload = noise(Limits().payload_bytes);

  append(*provider, "order-1", list);

  EXPECT_TRUE(same(all_of(*provider, "order-1"), list));
}

constexpr const Requirement& kFields = requirement("EVST_2");

constexpr Validation kRows[] = {
    of_store("every_field_of_an_event_comes_back_equal", kFields,
             every_field_of_an_event_comes_back_equal),
    of_store("empty_fields_come_back_empty", kFields, empty_fields_come_back_empty),
    of_store("equal_events_are_kept_apart", kFields, equal_events_are_kept_apart),
    of_store("any_bytes_are_the_payload_of_an_event", kFields,
             any_bytes_are_the_payload_of_an_event),
    of_store("any_text_is_a_type_a_category_and_a_trace_id", kFields,
             any_text_is_a_type_a_category_and_a_trace_id),
    of_store("any_text_is_an_attribute", kFields, any_text_is_an_attribute),
    of_store("attributes_with_the_names_of_fields_are_attributes", kFields,
             attributes_with_the_names_of_fields_are_attributes),
    of_store("events_keep_their_own_attributes", kFields, events_keep_their_own_attributes),
    of_store("times_of_events_come_back_equal", kFields, times_of_events_come_back_equal),
    of_store("schema_versions_come_back_equal", kFields, schema_versions_come_back_equal),
    of_store("event_of_a_mebibyte_comes_back_equal", kFields, event_of_a_mebibyte_comes_back_equal),
};

}  // namespace

std::span<const Validation> stream_field_validations() { return kRows; }

}  // namespace ackproof
