#include "reference_providers/redis/arguments.h"

#include "reference_providers/redis/items.h"

namespace ackproof::redis {

namespace {

std::string_view kind_text(KeyValueChange::Kind kind) {
  switch (kind) {
    case KeyValueChange::Kind::set:
      return "set";
    case KeyValueChange::Kind::clear:
      return "clear";
    case KeyValueChange::Kind::clear_all:
      return "clear_all";
  }
  return "";
}

std::optional<std::string> status_text(const std::optional<Status>& status) {
  if (!status) return std::nullopt;
  return std::to_string(static_cast<unsigned>(*status));
}

template <class List, class Add>
void add_list(Command& command, const List& list, const Add& add) {
  command.add_count(list.size());
  for (const auto& item : list) add(command, item);
}

void add_metadata(Command& command, const Metadata& said) {
  command.add_optional(status_text(said.status)).add_optional(said.output);
  command.add_optional(said.name).add_optional(said.version).add_optional(said.parent);
  command.add_optional(said.pinned_version ? std::optional(pin_text(*said.pinned_version))
                                           : std::nullopt);
}

}  // namespace

std::string key_text(std::uint64_t execution, std::uint64_t id) {
  return padded(execution) + padded(id);
}

std::string pin_text(const EngineVersion& version) {
  return padded(version.major) + "." + padded(version.minor) + "." + padded(version.patch);
}

void add_message(Command& command, const Message& message) {
  command.add(message.target).add(message.is_start() ? "s" : "");
  if (message.visible_at) {
    command.add(*message.visible_at);
  } else {
    command.add("");
  }
  command.add(item_of(message));
}

void add_activity(Command& command, const Activity& activity) {
  command.add(activity.instance).add(key_text(activity.execution, activity.id));
  command.add_optional(activity.session).add_optional(activity.tag).add(item_of(activity));
}

void add_commit(Command& command, const TurnCommit& commit) {
  command.add_id(commit.execution);
  add_metadata(command, commit.metadata);
  command.add_flag(!commit.custom_status.empty());
  command.add_optional(commit.custom_status.empty() ? std::nullopt
                                                    : commit.custom_status.back().value);  // STAT_1
  add_list(command, commit.values, [](Command& into, const KeyValueChange& change) {
    into.add(kind_text(change.kind)).add(change.key).add(item_of(change));
  });
  add_list(command, commit.events,
           [](Command& into, const Event& event) { into.add_id(event.id).add(item_of(event)); });
  add_list(command, commit.activities, add_activity);
  add_list(command, commit.cancelled, [](Command& into, const ActivityKey& key) {
    into.add(key.instance).add(key_text(key.execution, key.id));
  });
  add_list(command, commit.messages, add_message);
}

void add_versions(Command& command, const std::optional<std::vector<VersionRange>>& versions) {
  command.add(versions ? "=" : "");
  if (!versions) return;
  add_list(command, *versions, [](Command& into, const VersionRange& range) {
    into.add(pin_text(range.lowest)).add(pin_text(range.highest));
  });
}

// `-` is no tag, and `=` begins one.
void add_tags(Command& command, const TagFilter& filter) {
  using Kind = TagFilter::Kind;
  if (filter.kind == Kind::any) {
    command.add("any");
    return;
  }
  std::vector<std::string> taken;
  if (filter.kind == Kind::default_only || filter.kind == Kind::default_and) taken.push_back("-");
  if (filter.kind == Kind::tags || filter.kind == Kind::default_and) {
    for (const std::string& tag : filter.tags) taken.push_back("=" + tag);
  }
  command.add("tags");
  add_list(command, taken, [](Command& into, const std::string& tag) { into.add(tag); });
}

}  // namespace ackproof::redis
