#include "engine/decide.h"

#include <algorithm>
#include <set>

namespace ackproof::engine {

namespace {

// The history of the execution that the turn is about, with what is new at its end.
struct Story {
  std::uint64_t execution = 1;
  std::vector<Entry> entries;
  std::size_t old = 0;  // How many of them are stored already.

  std::uint64_t next_id() const { return entries.empty() ? 1 : entries.back().id + 1; }
  bool is_new() const { return old == 0; }
  bool has_ended() const { return !entries.empty() && is_end(entries.back().kind); }
};

Failure failure(FailureKind kind, const Turn& turn, std::string message) {
  Failure made;
  made.kind = kind;
  made.message = std::move(message);
  made.source = turn.name;
  made.time = turn.now;
  made.is_retryable = false;
  return made;
}

// The message that begins an execution of which nothing is stored, or null.
const Message* beginning(const Turn& turn) {
  const bool is_first = turn.history.empty();
  for (const Message& message : turn.messages) {
    if (is_first && message.is_start()) return &message;
    if (message.kind == MessageKind::continue_as_new && message.execution == turn.execution + 1) {
      return &message;
    }
  }
  return nullptr;
}

Entry started(const Turn& turn, const Message& start, const Registry& registry) {
  const Value payload = decode(start.payload);
  const std::string name = start.name.value_or(turn.name);
  Value data{{"name", name},
             {"version", start.version.value_or(registry.newest_version(name))},
             {"input", payload.value("input", Value())}};
  if (payload.contains("parent")) data["parent"] = payload["parent"];
  return {1, EntryKind::started, std::nullopt, turn.now, std::move(data)};
}

// What an answer's message becomes; nothing for a kind that is no answer.
std::optional<EntryKind> answer_of(MessageKind kind) {
  switch (kind) {
    case MessageKind::activity_completed:
      return EntryKind::activity_completed;
    case MessageKind::activity_failed:
      return EntryKind::activity_failed;
    case MessageKind::timer_fired:
      return EntryKind::timer_fired;
    case MessageKind::external_raised:
      return EntryKind::event_raised;
    case MessageKind::child_completed:
      return EntryKind::child_completed;
    case MessageKind::child_failed:
      return EntryKind::child_failed;
    case MessageKind::cancel_instance:
      return EntryKind::cancel_requested;
    case MessageKind::queue_message:
      return EntryKind::message_queued;
    case MessageKind::start_orchestration:
    case MessageKind::continue_as_new:
      break;
  }
  return std::nullopt;
}

bool names_its_command(EntryKind answer) {
  return answer != EntryKind::event_raised && answer != EntryKind::message_queued &&
         answer != EntryKind::cancel_requested;
}

// Answers come more than once, and late: each command gets one, of its own execution.
void add_answers(Story& story, const Turn& turn) {
  std::set<std::uint64_t> open;
  for (const Entry& entry : story.entries) {
    if (is_command(entry.kind)) open.insert(entry.id);
  }
  for (const Entry& entry : story.entries) {
    if (entry.source) open.erase(*entry.source);
  }
  for (const Message& message : turn.messages) {
    const std::optional<EntryKind> kind = answer_of(message.kind);
    if (!kind) continue;
    Entry entry{story.next_id(), *kind, std::nullopt, turn.now, decode(message.payload)};
    if (names_its_command(*kind)) {
      if (message.execution != story.execution || open.erase(message.id) == 0) continue;
      entry.source = message.id;
    } else if (message.name) {
      entry.data["name"] = *message.name;
    }
    story.entries.push_back(std::move(entry));
  }
}

Story story_of(const Turn& turn, const Registry& registry) {
  Story story;
  story.execution = turn.execution;
  if (const Message* start = beginning(turn)) {
    if (!turn.history.empty()) ++story.execution;
    story.entries.push_back(started(turn, *start, registry));
    // What the execution before did not take from its queues.
    for (const Value& left : decode(start->payload).value("messages", Value::array())) {
      story.entries.push_back(
          {story.next_id(), EntryKind::message_queued, std::nullopt, turn.now, left});
    }
  } else {
    for (const Event& event : turn.history) story.entries.push_back(from_event(event));
    story.old = story.entries.size();
  }
  if (!story.has_ended()) add_answers(story, turn);
  return story;
}

// Builds the commit of one turn.
class Commit {
 public:
  Commit(const Turn& turn, const Story& story, const Settings& settings)
      : turn_(turn), settings_(settings), started_(story.entries.front()) {
    commit_.execution = story.execution;
    for (std::size_t i = story.old; i < story.entries.size(); ++i) record(story.entries[i]);
  }

  // What a new command asks of the store.
  void command(const Entry& entry, const Replay& replay) {
    record(entry);
    switch (entry.kind) {
      case EntryKind::activity_scheduled:
        commit_.activities.push_back(activity(entry));
        break;
      case EntryKind::timer_created: {
        Message timer = to(turn_.instance, MessageKind::timer_fired, entry.id);
        timer.execution = commit_.execution;
        timer.visible_at = Time(Duration(entry.data.at("due").get<std::int64_t>()));
        send(std::move(timer), Value::object());
        break;
      }
      case EntryKind::child_scheduled:
        start_child(entry);
        break;
      case EntryKind::event_sent: {
        Message event = to(entry.data.at("instance"), MessageKind::external_raised, entry.id);
        event.name = entry.data.at("name");
        send(std::move(event), {{"result", entry.data.at("result")}});
        break;
      }
      case EntryKind::value_set:
        set_value(entry);
        break;
      case EntryKind::status_set:
        commit_.custom_status.push_back({entry.data.at("value").dump()});
        break;
      case EntryKind::dropped:
        cancel(replay.entry(*entry.source));
        break;
      default:
        break;
    }
  }

  // An activity that did not begin never does, a child is asked to stop, a timer fires in vain.
  void cancel(const Entry& command) {
    if (command.kind == EntryKind::activity_scheduled) {
      commit_.cancelled.push_back({turn_.instance, commit_.execution, command.id});
    } else if (command.kind == EntryKind::child_scheduled) {
      send(to(child_of(command), MessageKind::cancel_instance, command.id),
           {{"reason", "the parent does not wait any more"}});
    }
  }

  void complete(const Value& result) {
    end(EntryKind::completed, Status::completed, {{"result", result}},
        MessageKind::child_completed);
  }

  void fail(const Failure& failure) {
    Failure told = failure;
    told.time = turn_.now;
    end(EntryKind::failed, Status::failed, {{"failure", to_value(told)}},
        MessageKind::child_failed);
  }

  void continue_with(const Value& input, const std::vector<const Entry*>& messages_left) {
    record({next_id(), EntryKind::continued, std::nullopt, turn_.now, {{"input", input}}});
    commit_.metadata.status = Status::continued_as_new;
    Message next = to(turn_.instance, MessageKind::continue_as_new, 0);
    next.execution = commit_.execution + 1;
    next.name = started_.data.at("name");
    Value payload{{"input", input}, {"messages", Value::array()}};
    if (started_.data.contains("parent")) payload["parent"] = started_.data["parent"];
    for (const Entry* left : messages_left) payload["messages"].push_back(left->data);
    send(std::move(next), payload);
  }

  TurnCommit take(bool is_new, const Capabilities& capabilities) && {
    if (is_new) {
      commit_.metadata.name = started_.data.at("name");
      commit_.metadata.version = started_.data.at("version");
      if (capabilities.facets.has(Capability::version_filter)) {
        commit_.metadata.pinned_version = settings_.version;
      }
    }
    return std::move(commit_);
  }

 private:
  void record(const Entry& entry) {
    last_id_ = std::max(last_id_, entry.id);
    const EngineVersion& version = settings_.version;
    commit_.events.push_back(to_event(entry, settings_.codec,
                                      std::to_string(version.major) + "." +
                                          std::to_string(version.minor) + "." +
                                          std::to_string(version.patch)));
  }

  std::uint64_t next_id() const {
    return std::max<std::uint64_t>(last_id_, turn_.history.empty() ? 0 : turn_.history.back().id) +
           1;
  }

  static Message to(std::string target, MessageKind kind, std::uint64_t id) {
    Message message;
    message.target = std::move(target);
    message.kind = kind;
    message.id = id;
    return message;
  }

  void send(Message message, const Value& payload) {
    message.payload = encode(payload, settings_.codec);
    commit_.messages.push_back(std::move(message));
  }

  Activity activity(const Entry& entry) const {
    Activity activity;
    activity.instance = turn_.instance;
    activity.execution = commit_.execution;
    activity.id = entry.id;
    activity.name = entry.data.at("name");
    if (entry.data.contains("session")) activity.session = entry.data["session"];
    if (entry.data.contains("tag")) activity.tag = entry.data["tag"];
    activity.payload = encode({{"input", entry.data.at("input")}}, settings_.codec);
    return activity;
  }

  std::string child_of(const Entry& command) const {
    return command.data.value("instance", turn_.instance + ":" + std::to_string(commit_.execution) +
                                              ":" + std::to_string(command.id));
  }

  void start_child(const Entry& entry) {
    Message start = to(child_of(entry), MessageKind::start_orchestration, entry.id);
    start.name = entry.data.at("name");
    start.parent = turn_.instance;
    send(std::move(start),
         {{"input", entry.data.at("input")},
          {"parent",
           {{"instance", turn_.instance}, {"execution", commit_.execution}, {"id", entry.id}}}});
  }

  void set_value(const Entry& entry) {
    KeyValueChange change;
    change.key = entry.data.at("key");
    change.updated_at = entry.at;
    if (entry.data.contains("value")) {
      change.value = entry.data["value"].dump();
    } else {
      change.kind = KeyValueChange::Kind::clear;
    }
    commit_.values.push_back(std::move(change));
  }

  void end(EntryKind kind, Status status, const Value& data, MessageKind for_parent) {
    record({next_id(), kind, std::nullopt, turn_.now, data});
    commit_.metadata.status = status;
    commit_.metadata.output = encode(data, settings_.codec);
    if (!started_.data.contains("parent")) return;
    const Value& parent = started_.data["parent"];
    Message answer = to(parent.at("instance"), for_parent, parent.at("id"));
    answer.execution = parent.at("execution").get<std::uint64_t>();
    send(std::move(answer), kind == EntryKind::failed ? as_childs(data) : data);
  }

  // The parent is told that its child failed, and of what.
  Value as_childs(const Value& data) const {
    Failure failure;
    failure.kind = FailureKind::child_failed;
    failure.message = describe(failure_from(data.at("failure")));
    failure.context = {{"child", turn_.instance}};
    failure.source = started_.data.value("name", "");
    failure.time = turn_.now;
    failure.is_retryable = false;
    return {{"failure", to_value(failure)}};
  }

  const Turn& turn_;
  const Settings& settings_;
  const Entry& started_;
  TurnCommit commit_;
  std::uint64_t last_id_ = 0;
};

// Runs the program as far as it goes, and puts down what it asks for.
TurnCommit play(const Turn& turn, const Story& story, const Program& program,
                const Settings& settings, const Capabilities& capabilities) {
  Replay replay(turn.instance, story.execution, story.entries);
  Context context(replay, turn.values);
  Commit commit(turn, story, settings);
  const auto main = std::make_shared<Strand>();
  std::optional<Failure> failed;
  Value result;
  Task<Value> task = program(context, story.entries.front().data.at("input"));
  try {
    task.enter(*main);
    replay.run(main);
    if (task.is_done()) result = task.take();
  } catch (...) {
    failed = failure_of(std::current_exception(), story.entries.front().data.value("name", ""));
  }
  const bool has_ended = failed || task.is_done();
  replay.unwind();
  for (const Entry& entry : replay.fresh()) commit.command(entry, replay);
  if (has_ended) {
    for (const Entry* open : replay.unanswered()) commit.cancel(*open);
  }
  if (failed) {
    commit.fail(*failed);
  } else if (has_ended && context.continuation()) {
    commit.continue_with(*context.continuation(), replay.messages_left());
  } else if (has_ended) {
    commit.complete(result);
  }
  return std::move(commit).take(story.is_new(), capabilities);
}

TurnCommit nothing_new(std::uint64_t execution) {
  TurnCommit commit;
  commit.execution = execution;
  return commit;
}

std::optional<std::string> undecodable(const Turn& turn) {
  if (turn.history_error) return "the history: " + *turn.history_error;
  for (const Message& message : turn.messages) {
    if (message.error) return "a message: " + *message.error;
  }
  return std::nullopt;
}

}  // namespace

std::variant<TurnCommit, NotHere> decide(const Turn& turn, const Registry& registry,
                                         const Settings& settings,
                                         const Capabilities& capabilities) {
  if (const auto what = undecodable(turn)) {
    return give_up(turn, settings, failure(FailureKind::corrupt, turn, *what));
  }
  if (turn.attempt > settings.most_attempts) {
    return give_up(turn, settings,
                   failure(FailureKind::poisoned, turn,
                           "delivered " + std::to_string(turn.attempt) +
                               " times without an end; whoever takes it dies or fails"));
  }
  try {
    const Story story = story_of(turn, registry);
    if (story.has_ended() || story.entries.size() == story.old) {
      return nothing_new(story.execution);
    }
    const Value& started = story.entries.front().data;
    const std::string name = started.at("name");
    const std::string version = started.at("version");
    const Program* program = version.empty() ? nullptr : registry.find_program(name, version);
    if (program == nullptr) return NotHere{"no program " + name + " of version " + version};
    return play(turn, story, *program, settings, capabilities);
  } catch (...) {
    return give_up(turn, settings, failure_of(std::current_exception(), turn.name));
  }
}

TurnCommit give_up(const Turn& turn, const Settings& settings, Failure failure) {
  failure.time = turn.now;
  TurnCommit commit;
  commit.execution = turn.execution;
  commit.metadata.status = Status::failed;
  commit.metadata.output = encode({{"failure", to_value(failure)}}, settings.codec);
  if (turn.history_error) return commit;  // Nobody knows which event ids are taken.
  Entry end{turn.history.empty() ? 1 : turn.history.back().id + 1,
            EntryKind::failed,
            std::nullopt,
            turn.now,
            {{"failure", to_value(failure)}}};
  commit.events.push_back(to_event(end, settings.codec, ""));
  return commit;
}

}  // namespace ackproof::engine
