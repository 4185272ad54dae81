// What the validations of the event store and the context store are written with.
//
// None of them needs queues, unless its row says so: these facets can be all that a provider has.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "contract/provider.h"
#include "validations/build.h"
#include "validations/context.h"
#include "validations/expect.h"
#include "validations/odd_values.h"
#include "validations/validation.h"

namespace ackproof {

using StreamEvents = std::vector<StreamEvent>;

// Different from its neighbours in every field.
inline StreamEvent stream_event(std::uint64_t id) {
  const std::string number = std::to_string(id);
  const std::uint64_t small = id % 1'000'000;
  StreamEvent event;
  event.id = id;
  event.type = "Type" + number;
  event.category = "category " + number;
  event.timestamp = Time(Duration(1'600'000'000'123) + Duration(small));
  event.attributes = {{"number", number}, {"of " + number, ""}};
  event.schema_version = small + 1;
  event.trace_id = "trace-" + number;
  event.payload = "payload " + number;
  return event;
}

inline StreamEvents stream_events(std::uint64_t first, std::uint64_t last) {
  StreamEvents list;
  for (std::uint64_t id = first; id <= last; ++id) list.push_back(stream_event(id));
  return list;
}

// The same, told apart by who appends them.
inline StreamEvents events_by(const std::string& writer, std::uint64_t first, std::uint64_t last) {
  StreamEvents list = stream_events(first, last);
  for (StreamEvent& event : list) event.payload = writer + " " + std::to_string(event.id);
  return list;
}

// Appends events that continue the stream, and has to be let.
inline void append(Provider& provider, const std::string& stream, const StreamEvents& events) {
  provider.append_stream(stream, events.front().id, events).value();
}

// The whole stream.
inline StreamEvents all_of(Provider& provider, const std::string& stream) {
  return provider.read_stream(stream, 1).value();
}

// The nodes of a flow that have an output, in the order of their names.
inline std::vector<std::string> nodes_of(Provider& provider, const std::string& flow) {
  std::vector<std::string> nodes = provider.list_outputs(flow).value();
  std::ranges::sort(nodes);
  return nodes;
}

// How many of these calls succeeded. All others have to be conflicts.
inline std::size_t winners(const std::vector<Result<void>>& answers) {
  std::size_t count = 0;
  for (const Result<void>& answer : answers) {
    if (answer) ++count;
    if (!answer) {
      EXPECT_TRUE(fails_with(answer, ErrorKind::conflict));
    }
  }
  return count;
}

// Texts that may be keys, of attributes and of globals.
inline std::vector<std::string> hostile_keys(Context& ctx) {
  std::vector<std::string> keys = hostile_texts();
  const std::uint64_t longest = ctx.description().capabilities.limits.key_bytes;
  std::erase_if(keys, [&](const std::string& key) { return key.size() > longest; });
  keys.emplace_back();  // The empty one is a key, too.
  return keys;
}

// A row of a clause of one of these facets, which needs no other.
constexpr Validation of_store(std::string_view name, const Requirement& proves,
                              void (*check)(Context&), Capability needs = Capability::none) {
  return {.name = name, .proves = proves, .check = check, .needs = needs};
}

}  // namespace ackproof
