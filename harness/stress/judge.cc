#include "harness/stress/judge.h"

#include <algorithm>
#include <set>

namespace ackproof::stress {

using engine::describe;
using engine::Ending;
using engine::Entry;
using engine::EntryKind;
using engine::Failed;
using engine::Value;

namespace {

constexpr std::size_t kToldOpen = 5;
constexpr std::size_t kToldOfValue = 160;

std::string shown(const Value& value) {
  const std::string text = value.dump(-1, ' ', false, Value::error_handler_t::replace);
  return text.size() <= kToldOfValue ? text : text.substr(0, kToldOfValue) + "…";
}

std::string listed(const std::vector<std::string>& names) {
  std::string all;
  for (const std::string& name : names) all += (all.empty() ? "" : ", ") + name;
  return all.empty() ? "none" : all;
}

bool wants_an_answer(EntryKind kind) {
  return kind == EntryKind::activity_scheduled || kind == EntryKind::timer_created ||
         kind == EntryKind::child_scheduled;
}

std::string named(const Entry& entry) {
  const std::string id = " #" + std::to_string(entry.id);
  switch (entry.kind) {
    case EntryKind::activity_scheduled:
      return "activity " + entry.data.value("name", "") + id;
    case EntryKind::timer_created:
      return "timer" + id;
    case EntryKind::child_scheduled:
      return "child " + entry.data.value("instance", "") + id;
    default:
      return std::string(name(entry.kind)) + id;
  }
}

std::string times_named(std::uint64_t times) {
  return times == 1 ? "once" : std::to_string(times) + " times";
}

std::string told(const Error& error) {
  return std::string(name(error.kind)) + ": " + error.message;
}

void find(Judged& judged, const std::string& instance, StressFault fault, std::string said) {
  judged.findings.push_back({instance, fault, std::move(said)});
}

}  // namespace

// What the history of one execution says.
struct Judge::Story {
  std::vector<Entry> entries;
  std::map<std::uint64_t, std::uint64_t> answers;  // How many there are, by the command's id.
  std::map<std::uint64_t, std::uint64_t>
      executions;  // How often it was done, by the activity's id.

  std::uint64_t answers_to(const Entry& command) const {
    const auto found = answers.find(command.id);
    return found == answers.end() ? 0 : found->second;
  }
  std::uint64_t executions_of(const Entry& activity) const {
    const auto found = executions.find(activity.id);
    return found == executions.end() ? 0 : found->second;
  }
  std::vector<const Entry*> unanswered() const {
    std::vector<const Entry*> open;
    for (const Entry& entry : entries) {
      if (wants_an_answer(entry.kind) && answers_to(entry) == 0) open.push_back(&entry);
    }
    return open;
  }
  // "event never", of which more are awaited than have come.
  std::vector<std::string> awaited() const {
    std::map<std::string, std::int64_t> missing;
    for (const Entry& entry : entries) {
      const std::string name = entry.data.value("name", "");
      if (entry.kind == EntryKind::event_awaited) ++missing["event " + name];
      if (entry.kind == EntryKind::event_raised) --missing["event " + name];
      if (entry.kind == EntryKind::message_awaited) ++missing["message " + name];
      if (entry.kind == EntryKind::message_queued) --missing["message " + name];
    }
    std::vector<std::string> names;
    for (const auto& [name, number] : missing) {
      if (number > 0) names.push_back(name);
    }
    return names;
  }
};

std::optional<Judge::Story> Judge::read_story(const std::string& instance, std::uint64_t execution,
                                              Judged& judged) const {
  Story story;
  const auto read = patiently([&] { return provider_.read_history(instance, execution); });
  if (!read) {
    find(judged, instance, StressFault::unreadable,
         "its history cannot be read: " + told(read.error()));
    return std::nullopt;
  }
  try {
    for (const Event& event : read.value()) story.entries.push_back(engine::from_event(event));
  } catch (const Failed& failed) {
    find(judged, instance, StressFault::unreadable,
         "its history cannot be understood: " + failed.failure().message);
    return std::nullopt;
  }
  for (const Entry& entry : story.entries) {
    if (engine::is_answer(entry.kind) && entry.source) ++story.answers[*entry.source];
  }
  return story;
}

std::optional<Judge::Stories> Judge::read_stories(const std::string& instance,
                                                  const Expected& expected, Judged& judged) const {
  Executions::Times times;
  if (executions_ != nullptr) times = executions_->take(instance);
  for (const auto& [activity, number] : times) judged.activities.executed_again += number - 1;
  Stories stories;
  for (std::uint64_t execution = 1; execution <= expected.executions; ++execution) {
    std::optional<Story> story = read_story(instance, execution, judged);
    if (!story) return std::nullopt;
    for (const auto& [activity, number] : times) {
      if (activity.first == execution) story->executions[activity.second] = number;
    }
    add_story(instance, *story, judged);
    stories.push_back(std::move(*story));
  }
  return stories;
}

// What its entries amount to, and what is there more often than it may be.
void Judge::add_story(const std::string& instance, const Story& story, Judged& judged) const {
  std::set<std::uint64_t> ids;
  for (const Entry& entry : story.entries) {
    if (!ids.insert(entry.id).second) {
      find(judged, instance, StressFault::doubled,
           "event " + std::to_string(entry.id) + " is in its history twice");
    }
    if (!wants_an_answer(entry.kind)) continue;
    const std::uint64_t answers = story.answers_to(entry);
    if (answers > 1) {
      find(judged, instance, StressFault::doubled,
           named(entry) + " is answered " + times_named(answers));
    }
    if (entry.kind != EntryKind::activity_scheduled) continue;
    ++judged.activities.scheduled;
    judged.activities.recorded += answers > 0 ? 1 : 0;
    judged.activities.unanswered += answers == 0 ? 1 : 0;
    judged.activities.recorded_again += answers > 1 ? answers - 1 : 0;
    if (executions_ != nullptr && answers > 0 && story.executions_of(entry) == 0) {
      find(judged, instance, StressFault::wrong,
           named(entry) + " is answered, and it was never executed");
    }
  }
}

// Whether the store shows an end at all.
bool Judge::add_ending(const std::string& instance, const Expected& expected,
                       Judged& judged) const {
  try {
    const auto read = patiently([&] { return engine_.ending(instance); });
    if (!read) {
      find(judged, instance, StressFault::unreadable,
           "its end cannot be read: " + told(read.error()));
      return true;
    }
    const std::optional<Ending>& ending = read.value();
    if (!ending) return false;
    if (ending->failure) {
      find(judged, instance, StressFault::wrong, "it failed: " + describe(*ending->failure));
    } else if (ending->result != expected.result) {
      find(judged, instance, StressFault::wrong,
           "its result is " + shown(ending->result) + ", not " + shown(expected.result));
    }
  } catch (const Failed& failed) {
    find(judged, instance, StressFault::unreadable,
         "its result cannot be understood: " + failed.failure().message);
  }
  return true;
}

void Judge::add_ended(const std::string& instance, const Expected& expected, Judged& judged) const {
  const std::size_t before = judged.findings.size();
  const bool has_ended = add_ending(instance, expected, judged);
  const std::optional<Stories> stories = read_stories(instance, expected, judged);
  if (!has_ended) {
    find(judged, instance, StressFault::lost,
         "the store has confirmed the turn that ended it, and shows no end");
  }
  if (!stories) return;
  std::vector<std::string> asked;
  for (const Story& story : *stories) {
    for (const Entry& entry : story.entries) {
      if (entry.kind == EntryKind::activity_scheduled) {
        asked.push_back(entry.data.value("name", ""));
      }
    }
  }
  if (has_ended && judged.findings.size() == before && asked != expected.activities) {
    find(judged, instance, StressFault::wrong,
         "its history has the activities " + listed(asked) + "; its program asks for " +
             listed(expected.activities));
  }
  for (const Story& story : *stories) {
    for (const Entry* open : story.unanswered()) {
      find(judged, instance, StressFault::wrong,
           named(*open) + " is scheduled and unanswered, though it has ended");
    }
  }
  for (const Expected& child : expected.children) {
    add_ended(instance + child.suffix, child, judged);
  }
}

Judged Judge::ended(const std::string& instance, const Expected& expected) const {
  Judged judged;
  add_ended(instance, expected, judged);
  return judged;
}

void Judge::read_family(const std::string& instance, const Expected& expected, Judged& judged,
                        std::map<std::string, Stories>& family) const {
  std::optional<Stories> stories = read_stories(instance, expected, judged);
  if (stories) family.emplace(instance, std::move(*stories));
  for (const Expected& child : expected.children) {
    read_family(instance + child.suffix, child, judged, family);
  }
}

std::string Judge::diagnosis(const std::string& instance,
                             const std::map<std::string, Stories>& family) {
  const auto found = family.find(instance);
  if (found == family.end()) return "its history cannot be read";
  const Stories& stories = found->second;
  const auto last = std::find_if(stories.rbegin(), stories.rend(),
                                 [](const Story& story) { return !story.entries.empty(); });
  if (last == stories.rend()) return "its start was taken, and no turn has come of it";
  const Story& story = *last;
  if (story.entries.back().kind == EntryKind::continued) {
    return "it has continued as new, and no turn has come of that";
  }
  if (engine::is_end(story.entries.back().kind)) {
    return "its history has an end, and nobody was told";
  }
  const std::vector<const Entry*> open = story.unanswered();
  if (open.empty()) {
    const std::vector<std::string> awaited = story.awaited();
    if (!awaited.empty()) return "it waits for what has not come: " + listed(awaited);
    return "all that it asked for is answered, and the turn that goes on has not come";
  }
  std::string all;
  for (std::size_t i = 0; i < std::min(open.size(), kToldOpen); ++i) {
    const Entry& entry = *open[i];
    all += (all.empty() ? "" : "; ") + named(entry) + " is scheduled and unanswered";
    if (entry.kind == EntryKind::activity_scheduled) {
      const std::uint64_t times = story.executions_of(entry);
      all += times == 0
                 ? ", it was never handed out"
                 : ", it was executed " + times_named(times) + ", and its completion has not come";
    } else if (entry.kind == EntryKind::child_scheduled) {
      all += ": " + diagnosis(entry.data.value("instance", ""), family);
    }
  }
  if (open.size() > kToldOpen) all += "; and " + std::to_string(open.size() - kToldOpen) + " more";
  return all;
}

Judged Judge::lost(const std::string& instance, const Expected& expected) const {
  Judged judged;
  std::map<std::string, Stories> family;
  read_family(instance, expected, judged, family);
  find(judged, instance, StressFault::lost, diagnosis(instance, family));
  return judged;
}

}  // namespace ackproof::stress
