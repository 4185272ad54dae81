#include "contract/rules.h"

#include <algorithm>
#include <initializer_list>

namespace ackproof::rules {

namespace {

// The text of what is wrong, or empty. The first finding of a list is the answer.
using Finding = std::string;

Finding first(std::initializer_list<Finding> findings) {
  for (const Finding& finding : findings) {
    if (!finding.empty()) return finding;
  }
  return {};
}

Refusal refuse(std::string_view operation, ErrorKind kind, Finding finding) {
  if (finding.empty()) return std::nullopt;
  return Error{kind, std::string(operation), std::move(finding)};
}

Finding text_at_most(std::string_view what, std::string_view text, std::uint64_t longest) {
  if (text.size() > longest) {
    return std::string(what) + " has " + std::to_string(text.size()) + " bytes, the limit is " +
           std::to_string(longest);
  }
  if (!is_text(text)) return std::string(what) + " is not valid UTF-8 without U+0000";
  return {};
}

Finding id_text(std::string_view what, std::string_view text, const Limits& limits) {
  if (text.empty()) return std::string(what) + " is empty";
  return text_at_most(what, text, limits.id_bytes);
}

Finding optional_id_text(std::string_view what, const std::optional<std::string>& text,
                         const Limits& limits) {
  return text ? id_text(what, *text, limits) : Finding();
}

Finding number(std::string_view what, std::uint64_t value, std::uint64_t smallest) {
  if (value < smallest) return std::string(what) + " is " + std::to_string(value);
  if (value > kLargestId) return std::string(what) + " is larger than 2^63-1";
  return {};
}

Finding payload(std::string_view what, const Bytes& bytes, const Limits& limits) {
  if (bytes.size() <= limits.payload_bytes) return {};
  return std::string(what) + " has " + std::to_string(bytes.size()) + " bytes, the limit is " +
         std::to_string(limits.payload_bytes);
}

Finding no_error(const std::optional<std::string>& error) {
  return error ? "the item carries an error, which only a provider sets" : "";
}

Finding list_size(std::string_view what, std::size_t size, const Limits& limits) {
  if (size <= limits.commit_items) return {};
  return std::to_string(size) + " " + std::string(what) + " at once, the limit is " +
         std::to_string(limits.commit_items);
}

Finding in_message(const Message& message, const Limits& limits) {
  if (message.kind > MessageKind::queue_message) return "the message kind is out of range";
  if (message.is_start() && !message.name) return "a start message has no name";
  return first({
      no_error(message.error),
      id_text("the target", message.target, limits),
      message.execution ? number("the execution", *message.execution, 1) : Finding(),
      number("the id", message.id, 0),
      optional_id_text("the name", message.name, limits),
      optional_id_text("the version", message.version, limits),
      optional_id_text("the parent", message.parent, limits),
      payload("the payload", message.payload, limits),
  });
}

Finding in_activity(const Activity& activity, const Limits& limits) {
  return first({
      no_error(activity.error),
      id_text("the instance", activity.instance, limits),
      number("the execution", activity.execution, 1),
      number("the id", activity.id, 0),
      id_text("the name", activity.name, limits),
      optional_id_text("the session", activity.session, limits),
      activity.tag ? text_at_most("the tag", *activity.tag, limits.id_bytes) : Finding(),
      payload("the payload", activity.payload, limits),
  });
}

Finding in_event(const Event& event, const Limits& limits) {
  return first({
      number("an event id", event.id, 1),
      id_text("an event's kind", event.kind, limits),
      event.source_id ? number("a source id", *event.source_id, 0) : Finding(),
      text_at_most("an event's engine version", event.engine_version, limits.id_bytes),
      payload("an event's payload", event.payload, limits),
  });
}

Finding in_version(const EngineVersion& version) {
  return first({number("a major version", version.major, 0),
                number("a minor version", version.minor, 0),
                number("a patch version", version.patch, 0)});
}

Finding in_metadata(const Metadata& metadata, const Limits& limits) {
  if (metadata.status && *metadata.status > Status::continued_as_new) {
    return "the status is out of range";
  }
  return first({
      metadata.output ? payload("the output", *metadata.output, limits) : Finding(),
      optional_id_text("the name", metadata.name, limits),
      optional_id_text("the version", metadata.version, limits),
      optional_id_text("the parent", metadata.parent, limits),
      metadata.pinned_version ? in_version(*metadata.pinned_version) : Finding(),
  });
}

Finding in_value(const KeyValueChange& change, const Limits& limits) {
  if (change.kind > KeyValueChange::Kind::clear_all) return "a key-value change is out of range";
  if (change.value.size() > limits.value_bytes) return "a value is longer than the limit";
  return text_at_most("a key", change.key, limits.key_bytes);
}

template <class List, class Check>
Finding in_each(const List& list, const Check& check) {
  for (const auto& item : list) {
    if (Finding finding = check(item); !finding.empty()) return finding;
  }
  return {};
}

Finding activity_facets(const Capabilities& offered, const Activity& activity) {
  if (activity.session && !offered.facets.has(Capability::sessions)) {
    return "an activity has a session, and sessions are not declared";
  }
  if (activity.tag && !offered.facets.has(Capability::tags)) {
    return "an activity has a tag, and tags are not declared";
  }
  return {};
}

Finding commit_facets(const Capabilities& offered, const TurnCommit& commit) {
  if (commit.metadata.pinned_version && !offered.facets.has(Capability::version_filter)) {
    return "the commit pins a version, and version_filter is not declared";
  }
  if (!commit.custom_status.empty() && !offered.facets.has(Capability::custom_status)) {
    return "the commit changes the custom status, which is not declared";
  }
  if (!commit.values.empty() && !offered.facets.has(Capability::key_value)) {
    return "the commit changes key-values, which are not declared";
  }
  return in_each(commit.activities,
                 [&](const Activity& activity) { return activity_facets(offered, activity); });
}

Finding in_commit(const TurnCommit& commit, const Limits& limits) {
  Finding finding = first({
      number("the execution", commit.execution, 1),
      list_size("events", commit.events.size(), limits),
      list_size("activities", commit.activities.size(), limits),
      list_size("messages", commit.messages.size(), limits),
      list_size("cancellations", commit.cancelled.size(), limits),
      list_size("key-value changes", commit.values.size(), limits),
      list_size("custom-status changes", commit.custom_status.size(), limits),
      in_metadata(commit.metadata, limits),
      in_each(commit.events, [&](const Event& event) { return in_event(event, limits); }),
      in_each(commit.activities, [&](const Activity& item) { return in_activity(item, limits); }),
      in_each(commit.messages, [&](const Message& item) { return in_message(item, limits); }),
      in_each(commit.values, [&](const KeyValueChange& item) { return in_value(item, limits); }),
      in_each(commit.custom_status,
              [&](const StatusChange& item) {
                return item.value ? payload("a custom status", *item.value, limits) : Finding();
              }),
  });
  if (!finding.empty()) return finding;
  return in_each(commit.cancelled, [&](const ActivityKey& key) {
    return first({id_text("a cancelled instance", key.instance, limits),
                  number("a cancelled execution", key.execution, 1),
                  number("a cancelled id", key.id, 0)});
  });
}

Finding ids(const std::vector<std::string>& instances, const Limits& limits) {
  return in_each(instances, [&](const std::string& instance) {
    return id_text("an instance", instance, limits);
  });
}

Finding in_attribute(const std::string& key, const std::string& value, const Limits& limits) {
  return first({text_at_most("an attribute's key", key, limits.key_bytes),
                text_at_most("an attribute's value", value, limits.value_bytes)});
}

Finding in_stream_event(const StreamEvent& event, const Limits& limits) {
  return first({
      number("an event id", event.id, 1),
      id_text("an event's type", event.type, limits),
      text_at_most("an event's category", event.category, limits.id_bytes),
      number("a schema version", event.schema_version, 0),
      text_at_most("an event's trace id", event.trace_id, limits.id_bytes),
      payload("an event's payload", event.payload, limits),
      list_size("attributes", event.attributes.size(), limits),
      in_each(event.attributes,
              [&](const auto& entry) { return in_attribute(entry.first, entry.second, limits); }),
  });
}

// Each id is one more than that before (EVST_1).
Finding in_order(std::uint64_t expected_id, const std::vector<StreamEvent>& events) {
  for (std::size_t i = 0; i < events.size(); ++i) {
    if (events[i].id == expected_id + i) continue;
    return "event " + std::to_string(events[i].id) + " stands where " +
           std::to_string(expected_id + i) + " has to";
  }
  return {};
}

Finding in_node(const NodeKey& key, const Limits& limits) {
  return first({id_text("the flow", key.flow, limits), id_text("the node", key.node, limits)});
}

Finding waits(Duration lock_timeout, Duration poll_timeout) {
  if (lock_timeout <= Duration(0)) return "the lock timeout is not positive";
  if (poll_timeout < Duration(0)) return "the poll timeout is negative";
  return {};
}

}  // namespace

Refusal enqueue_message(const Capabilities& offered, const Message& message, Duration delay) {
  if (delay < Duration(0)) {
    return refuse("enqueue_message", ErrorKind::invalid, "the delay is negative");
  }
  return refuse("enqueue_message", ErrorKind::invalid, in_message(message, offered.limits));
}

Refusal fetch_turn(const Capabilities& offered, const FetchTurn& options) {
  if (options.versions && !offered.facets.has(Capability::version_filter)) {
    return refuse("fetch_turn", ErrorKind::unsupported, "version_filter is not declared");
  }
  Finding finding = waits(options.lock_timeout, options.poll_timeout);
  if (finding.empty() && options.versions) {
    finding = in_each(*options.versions, [](const VersionRange& range) {
      return first({in_version(range.lowest), in_version(range.highest)});
    });
  }
  return refuse("fetch_turn", ErrorKind::invalid, std::move(finding));
}

Refusal ack_turn(const Capabilities& offered, const TurnCommit& commit) {
  if (Refusal refusal =
          refuse("ack_turn", ErrorKind::unsupported, commit_facets(offered, commit))) {
    return refusal;
  }
  return refuse("ack_turn", ErrorKind::invalid, in_commit(commit, offered.limits));
}

Refusal enqueue_activity(const Capabilities& offered, const Activity& activity) {
  if (Refusal refusal =
          refuse("enqueue_activity", ErrorKind::unsupported, activity_facets(offered, activity))) {
    return refusal;
  }
  return refuse("enqueue_activity", ErrorKind::invalid, in_activity(activity, offered.limits));
}

Refusal fetch_activity(const Capabilities& offered, const FetchActivity& options) {
  constexpr std::string_view kOperation = "fetch_activity";
  const TagFilter& filter = options.tags;
  if (options.session && !offered.facets.has(Capability::sessions)) {
    return refuse(kOperation, ErrorKind::unsupported, "sessions are not declared");
  }
  if (filter.kind != TagFilter::Kind::default_only && !offered.facets.has(Capability::tags)) {
    return refuse(kOperation, ErrorKind::unsupported, "tags are not declared");
  }
  const bool takes_tags =
      filter.kind == TagFilter::Kind::tags || filter.kind == TagFilter::Kind::default_and;
  return refuse(kOperation, ErrorKind::invalid,
                first({
                    waits(options.lock_timeout, options.poll_timeout),
                    options.session ? id_text("the owner", options.session->owner, offered.limits)
                                    : Finding(),
                    options.session ? waits(options.session->lock_timeout, Duration(0)) : Finding(),
                    takes_tags && filter.tags.empty() ? "the set of tags is empty" : "",
                    in_each(filter.tags,
                            [&](const std::string& tag) {
                              return text_at_most("a tag", tag, offered.limits.id_bytes);
                            }),
                }));
}

Refusal ack_activity(const Capabilities& offered, const std::optional<Message>& completion) {
  if (!completion) return std::nullopt;
  if (completion->kind != MessageKind::activity_completed &&
      completion->kind != MessageKind::activity_failed) {
    return refuse("ack_activity", ErrorKind::invalid,
                  "a completion is activity_completed or activity_failed");
  }
  return refuse("ack_activity", ErrorKind::invalid, in_message(*completion, offered.limits));
}

Refusal abandon(std::string_view operation, const Abandon& how) {
  return refuse(operation, ErrorKind::invalid,
                how.delay < Duration(0) ? "the delay is negative" : "");
}

Refusal renew(std::string_view operation, Duration extend_for) {
  return refuse(operation, ErrorKind::invalid,
                extend_for <= Duration(0) ? "the extension is not positive" : "");
}

Refusal read(std::string_view operation, const Capabilities& offered, const std::string& instance,
             std::optional<std::uint64_t> execution) {
  return refuse(operation, ErrorKind::invalid,
                first({id_text("the instance", instance, offered.limits),
                       execution ? number("the execution", *execution, 1) : Finding()}));
}

Refusal facet(std::string_view operation, const Capabilities& offered, Capability needed) {
  if (offered.facets.has(needed)) return std::nullopt;
  return Error{ErrorKind::unsupported, std::string(operation),
               std::string(name(needed)) + " is not declared"};
}

Refusal renew_sessions(const Capabilities& offered, const RenewSessions& options) {
  constexpr std::string_view kOperation = "renew_sessions";
  if (Refusal refusal = facet(kOperation, offered, Capability::sessions)) return refusal;
  return refuse(kOperation, ErrorKind::invalid,
                first({options.extend_for <= Duration(0) ? "the extension is not positive" : "",
                       options.idle_timeout < Duration(0) ? "the idle timeout is negative" : "",
                       in_each(options.owners, [&](const std::string& owner) {
                         return id_text("an owner", owner, offered.limits);
                       })}));
}

Refusal read_custom_status(const Capabilities& offered, const std::string& instance) {
  constexpr std::string_view kOperation = "read_custom_status";
  if (Refusal refusal = facet(kOperation, offered, Capability::custom_status)) return refusal;
  return read(kOperation, offered, instance);
}

Refusal read_values(std::string_view operation, const Capabilities& offered,
                    const std::string& instance, const std::string& key) {
  if (Refusal refusal = facet(operation, offered, Capability::key_value)) return refusal;
  if (Refusal refusal = read(operation, offered, instance)) return refusal;
  return refuse(operation, ErrorKind::invalid,
                text_at_most("the key", key, offered.limits.key_bytes));
}

Refusal list_instances(const Capabilities& offered, std::optional<Status> status) {
  constexpr std::string_view kOperation = "list_instances";
  if (Refusal refusal = facet(kOperation, offered, Capability::management)) return refusal;
  const bool is_known = !status || *status <= Status::continued_as_new;
  return refuse(kOperation, ErrorKind::invalid, is_known ? "" : "the status is out of range");
}

Refusal manage(std::string_view operation, const Capabilities& offered, const std::string& instance,
               std::optional<std::uint64_t> execution) {
  if (Refusal refusal = facet(operation, offered, Capability::management)) return refusal;
  return read(operation, offered, instance, execution);
}

Refusal remove(std::string_view operation, const Capabilities& offered,
               const std::vector<std::string>& instances) {
  if (Refusal refusal = facet(operation, offered, Capability::deletion)) return refusal;
  return refuse(operation, ErrorKind::invalid, ids(instances, offered.limits));
}

Refusal remove(const Capabilities& offered, const InstanceFilter& filter) {
  return remove("delete_matching", offered, filter.instances.value_or(std::vector<std::string>()));
}

Refusal prune(const Capabilities& offered, const std::string& instance) {
  constexpr std::string_view kOperation = "prune_instance";
  if (Refusal refusal = facet(kOperation, offered, Capability::pruning)) return refusal;
  return read(kOperation, offered, instance);
}

Refusal prune(const Capabilities& offered, const InstanceFilter& filter) {
  constexpr std::string_view kOperation = "prune_matching";
  if (Refusal refusal = facet(kOperation, offered, Capability::pruning)) return refusal;
  return refuse(kOperation, ErrorKind::invalid,
                filter.instances ? ids(*filter.instances, offered.limits) : Finding());
}

Refusal append_stream(const Capabilities& offered, const std::string& stream,
                      std::uint64_t expected_id, const std::vector<StreamEvent>& events) {
  constexpr std::string_view kOperation = "append_stream";
  const Limits& limits = offered.limits;
  if (Refusal refusal = facet(kOperation, offered, Capability::event_store)) return refusal;
  return refuse(
      kOperation, ErrorKind::invalid,
      first({id_text("the stream", stream, limits), number("the expected id", expected_id, 1),
             events.empty() ? "there is no event to append" : "",
             list_size("events", events.size(), limits), in_order(expected_id, events),
             in_each(events,
                     [&](const StreamEvent& event) { return in_stream_event(event, limits); })}));
}

Refusal read_stream(const Capabilities& offered, const std::string& stream, std::uint64_t from_id) {
  constexpr std::string_view kOperation = "read_stream";
  if (Refusal refusal = facet(kOperation, offered, Capability::event_store)) return refusal;
  return refuse(
      kOperation, ErrorKind::invalid,
      first({id_text("the stream", stream, offered.limits), number("the first id", from_id, 1)}));
}

Refusal put_snapshot(const Capabilities& offered, const std::string& stream,
                     const Snapshot& snapshot) {
  constexpr std::string_view kOperation = "put_snapshot";
  if (Refusal refusal = facet(kOperation, offered, Capability::event_store)) return refusal;
  return refuse(kOperation, ErrorKind::invalid,
                first({id_text("the stream", stream, offered.limits),
                       number("the event id", snapshot.event_id, 1),
                       payload("the state", snapshot.state, offered.limits)}));
}

Refusal read_snapshot(const Capabilities& offered, const std::string& stream) {
  constexpr std::string_view kOperation = "read_snapshot";
  if (Refusal refusal = facet(kOperation, offered, Capability::event_store)) return refusal;
  return refuse(kOperation, ErrorKind::invalid, id_text("the stream", stream, offered.limits));
}

Refusal put_output(const Capabilities& offered, const NodeKey& key, const Bytes& output) {
  constexpr std::string_view kOperation = "put_output";
  if (Refusal refusal = facet(kOperation, offered, Capability::context_store)) return refusal;
  return refuse(
      kOperation, ErrorKind::invalid,
      first({in_node(key, offered.limits), payload("the output", output, offered.limits)}));
}

Refusal read_output(const Capabilities& offered, const NodeKey& key) {
  constexpr std::string_view kOperation = "read_output";
  if (Refusal refusal = facet(kOperation, offered, Capability::context_store)) return refusal;
  return refuse(kOperation, ErrorKind::invalid, in_node(key, offered.limits));
}

Refusal list_outputs(const Capabilities& offered, const std::string& flow) {
  constexpr std::string_view kOperation = "list_outputs";
  if (Refusal refusal = facet(kOperation, offered, Capability::context_store)) return refusal;
  return refuse(kOperation, ErrorKind::invalid, id_text("the flow", flow, offered.limits));
}

Refusal global(std::string_view operation, const Capabilities& offered, const std::string& key,
               const Bytes& value) {
  if (Refusal refusal = facet(operation, offered, Capability::context_store)) return refusal;
  return refuse(operation, ErrorKind::invalid,
                first({text_at_most("the key", key, offered.limits.key_bytes),
                       payload("the value", value, offered.limits)}));
}

bool admits(const std::vector<VersionRange>& ranges, const std::optional<EngineVersion>& pin) {
  if (!pin) return !ranges.empty();
  return std::ranges::any_of(ranges, [&](const VersionRange& range) {
    return range.lowest <= *pin && *pin <= range.highest;
  });
}

bool admits(const TagFilter& filter, const std::optional<std::string>& tag) {
  const bool is_named = tag && std::ranges::find(filter.tags, *tag) != filter.tags.end();
  switch (filter.kind) {
    case TagFilter::Kind::default_only:
      return !tag;
    case TagFilter::Kind::tags:
      return is_named;
    case TagFilter::Kind::default_and:
      return !tag || is_named;
    case TagFilter::Kind::any:
      return true;
    case TagFilter::Kind::none:
      return false;
  }
  return false;
}

bool is_text(std::string_view text) {
  std::size_t at = 0;
  while (at < text.size()) {
    const auto lead = static_cast<unsigned char>(text[at]);
    if (lead == 0) return false;
    if (lead < 0x80) {
      ++at;
      continue;
    }
    const std::size_t length = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
    if (lead < 0xC2 || lead > 0xF4 || text.size() - at < length) return false;
    std::uint32_t code = lead & (0xFFU >> (length + 1));
    for (std::size_t i = 1; i < length; ++i) {
      const auto next = static_cast<unsigned char>(text[at + i]);
      if ((next & 0xC0U) != 0x80U) return false;
      code = (code << 6U) | (next & 0x3FU);
    }
    const bool overlong = (length == 3 && code < 0x800) || (length == 4 && code < 0x10000);
    const bool surrogate = code >= 0xD800 && code <= 0xDFFF;
    if (overlong || surrogate || code > 0x10FFFF) return false;
    at += length;
  }
  return true;
}

Time later(Time moment, Duration by) {
  if (by > Duration(0) && moment > Time::max() - by) return Time::max();
  return moment + by;
}

}  // namespace ackproof::rules
