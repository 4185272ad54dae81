#include "validations/scenarios/properties.h"

#include <algorithm>
#include <set>

#include "validations/build.h"
#include "validations/scenarios/diagnosis.h"
#include "validations/scenarios/replaying.h"
#include "validations/scenarios/wording.h"

namespace ackproof::scenarios {

namespace {

using engine::Entry;
using engine::EntryKind;

std::string list(const std::vector<std::string>& steps) {
  std::string text;
  for (const std::string& step : steps) text += (text.empty() ? "" : ", ") + step;
  return text.empty() ? "none" : text;
}

// A step whose lock was lost may be taken again, by the contract: each counts when it comes first.
std::vector<std::string> first_of_each(const std::vector<std::string>& steps) {
  std::vector<std::string> firsts;
  for (const std::string& step : steps) {
    if (std::ranges::count(firsts, step) == 0) firsts.push_back(step);
  }
  return firsts;
}

std::string in_words(const engine::Ending& ending) {
  if (ending.failure) return "failed, " + engine::describe(*ending.failure);
  return "completed with " + ending.result.dump();
}

std::string in_words(const Expected& expected) {
  if (expected.status == Status::failed) return "failed, because of " + expected.failed;
  return "completed with " + expected.result.dump();
}

bool is_as(const engine::Ending& ending, const Expected& expected) {
  if (ending.status != expected.status) return false;
  if (expected.status == Status::completed) return ending.result == expected.result;
  return ending.failure && ending.failure->kind == engine::FailureKind::application &&
         ending.failure->source == expected.failed;
}

Sentences wrongs_of_status(Stage& stage, const Performance& played, const Expected& expected) {
  if (!expected.custom_status) return {};
  const auto status = stage.disturbed().store().read_custom_status(played.instance, 0).value();
  const CustomStatus wanted{expected.custom_status->dump(), expected.status_changes};
  if (status == wanted) return {};
  return {"the custom status of " + played.instance + " is " +
          (status
               ? status->value.value_or("none") + " of version " + std::to_string(status->version)
               : "none") +
          ", and its program set " + *wanted.value + " with the " + std::to_string(wanted.version) +
          "th change"};
}

// The histories of all executions that commits were accepted for.
std::map<ExecutionKey, std::vector<Event>> histories(Stage& stage) {
  std::map<ExecutionKey, std::vector<Event>> all;
  for (const auto& [where, committed] : stage.disturbed().ledger().committed()) {
    all[where] = stage.disturbed().store().read_history(where.first, where.second).value();
  }
  return all;
}

std::vector<Entry> entries_of(const std::vector<Event>& history) {
  std::vector<Entry> entries;
  for (const Event& event : history) entries.push_back(engine::from_event(event));
  return entries;
}

// How often the history records an answer to this command; nothing when nobody waits for one.
std::optional<std::size_t> answers_to(const Entry& command, const std::vector<Entry>& entries) {
  const auto of_command = [&](const Entry& entry) { return entry.source == command.id; };
  const bool is_dropped = std::ranges::any_of(entries, [&](const Entry& entry) {
    return of_command(entry) && entry.kind == EntryKind::dropped;
  });
  if (is_dropped) return std::nullopt;
  return static_cast<std::size_t>(std::ranges::count_if(entries, of_command));
}

std::string kinds(const std::vector<Event>& events) {
  std::vector<std::string> all;
  for (const Event& event : events) all.push_back(std::to_string(event.id) + " " + event.kind);
  return list(all);
}

std::string times(std::size_t n) {
  if (n == 1) return "once";
  return n == 2 ? "twice" : std::to_string(n) + " times";
}

std::string never_ends(Stage& stage, const std::string& instance) {
  const Diagnosis diagnosis(stage.disturbed().store(), stage.disturbed().ledger());
  return "workflow " + instance + " never ends: " + diagnosis.why_it_waits(instance);
}

// Of all that commits were accepted for.
std::set<std::string> running_instances(Stage& stage) {
  std::set<std::string> running;
  for (const auto& [where, committed] : stage.disturbed().ledger().committed()) {
    const auto info = stage.disturbed().store().read_instance(where.first).value();
    const bool has_ended =
        info && (info->status == Status::completed || info->status == Status::failed);
    if (!has_ended) running.insert(where.first);
  }
  return running;
}

// What comes again and again.
std::string most_handed_out(const Ledger& ledger) {
  std::string most = "nothing";
  unsigned times_most = 0;
  const auto look_at = [&](const auto& item, const std::string& what, unsigned accepted) {
    if (item.delivered <= times_most) return;
    times_most = item.delivered;
    most = what + " was handed out " + times(item.delivered) + " and its ack accepted " +
           (accepted == 0 ? "never" : times(accepted));
  };
  for (const Job& job : ledger.jobs()) look_at(job, told(job.activity), job.done);
  for (const Parcel& each : ledger.parcels()) look_at(each, told(each.message), each.consumed);
  return most;
}

void add_wrongs_of_jobs(const Ledger& ledger, Sentences& wrongs) {
  for (const Job& job : ledger.jobs()) {
    const std::string what = told(job.activity);
    if (job.scheduled == 0) {
      wrongs.push_back(what + " was handed out, and nobody had scheduled it so");
    } else if (job.scheduled > 1) {
      wrongs.push_back(what + " was scheduled " + times(job.scheduled) +
                       ", by commits that were all accepted");
    }
    if (job.was_done_in_spite) {
      wrongs.push_back(what + " was cancelled, and was accepted as done all the same");
    } else if (job.done > 1) {
      wrongs.push_back(what + " was accepted as done " + times(job.done));
    } else if (job.done == 0 && !job.is_cancelled && job.scheduled > 0) {
      wrongs.push_back(what + " was scheduled and never done");
    }
  }
}

// It comes as often as its activity was accepted as done.
bool is_result(const Message& message) {
  return message.kind == MessageKind::activity_completed ||
         message.kind == MessageKind::activity_failed;
}

void add_wrongs_of_parcels(const Ledger& ledger, Sentences& wrongs) {
  for (const Parcel& parcel : ledger.parcels()) {
    const std::string what = told(parcel.message);
    if (parcel.sent == 0) {
      wrongs.push_back(what + " was delivered, and nobody had sent it so");
    } else if (parcel.consumed == 0) {
      wrongs.push_back(what + " was sent and never consumed");
    } else if (parcel.consumed != parcel.sent || (parcel.sent > 1 && !is_result(parcel.message))) {
      wrongs.push_back(what + " was sent " + times(parcel.sent) + " and consumed " +
                       times(parcel.consumed));
    }
  }
}

void add_wrongs_of_results(Stage& stage, Sentences& wrongs) {
  for (const auto& [where, history] : histories(stage)) {
    const std::vector<Entry> entries = entries_of(history);
    for (const Entry& entry : entries) {
      if (entry.kind != EntryKind::activity_scheduled) continue;
      const auto answers = answers_to(entry, entries);
      if (answers.value_or(1) == 1) continue;
      wrongs.push_back("the history of " + where.first + " has " + std::to_string(*answers) +
                       " results of activity " + std::to_string(entry.id) + " \"" +
                       entry.data.value("name", "") + "\"");
    }
  }
}

void add_leftovers(Stage& stage, const Performance& played, Sentences& wrongs) {
  if (played.is_endless) {
    wrongs.push_back("work of " + played.instance +
                     " is handed out without end, although each was acked");
  }
  if (!stage.circumstances().offered.facets.has(Capability::management)) return;
  const QueueDepths depths = stage.disturbed().store().read_queue_depths().value();
  for (const auto& [queue, depth] :
       {std::pair("instance", depths.messages), std::pair("activity", depths.activities)}) {
    if (depth == QueueDepth()) continue;
    wrongs.push_back("nothing is deliverable any more, and the " + std::string(queue) +
                     " queue still counts " + std::to_string(depth.ready) + " ready, " +
                     std::to_string(depth.hidden) + " hidden, " + std::to_string(depth.locked) +
                     " locked and " + std::to_string(depth.held) + " held");
  }
}

}  // namespace

Sentences wrongs_of_end(Stage& stage, const Performance& played, const Expected& expected) {
  const std::string workflow = "workflow " + played.instance;
  if (!played.ending && played.is_endless) {
    return {workflow + " does not end, though something is handed out all the time: " +
            most_handed_out(stage.disturbed().ledger())};
  }
  if (!played.ending) return {never_ends(stage, played.instance)};
  if (!is_as(*played.ending, expected)) {
    return {workflow + " ended as " + in_words(*played.ending) + "; by its program it is " +
            in_words(expected)};
  }
  const std::vector<std::string> steps = first_of_each(played.steps);
  if (!expected.steps.empty() && steps != expected.steps) {
    return {"the steps of " + workflow + " were " + list(steps) + "; by its program they are " +
            list(expected.steps)};
  }
  const std::set<std::string> running = running_instances(stage);
  if (!running.empty()) return {never_ends(stage, *running.begin())};
  return wrongs_of_status(stage, played, expected);
}

Sentences wrongs_of_items(Stage& stage, const Performance& played) {
  Sentences wrongs;
  add_wrongs_of_jobs(stage.disturbed().ledger(), wrongs);
  add_wrongs_of_parcels(stage.disturbed().ledger(), wrongs);
  add_wrongs_of_results(stage, wrongs);
  add_leftovers(stage, played, wrongs);
  return wrongs;
}

Sentences wrongs_of_timers(Stage& stage, const Performance&) {
  Sentences wrongs;
  for (const auto& [where, history] : histories(stage)) {
    const std::vector<Entry> entries = entries_of(history);
    for (const Entry& timer : entries) {
      if (timer.kind != EntryKind::timer_created) continue;
      const std::string what = "timer " + std::to_string(timer.id) + " of " + where.first;
      const auto answers = answers_to(timer, entries);
      if (answers.value_or(1) != 1) wrongs.push_back(what + " fired " + times(*answers));
      const Time due{Duration(timer.data.at("due").get<std::int64_t>())};
      for (const Entry& fired : entries) {
        if (fired.source != timer.id || fired.kind != EntryKind::timer_fired || fired.at >= due) {
          continue;
        }
        wrongs.push_back(what + " fired " + std::to_string((due - fired.at).count()) +
                         " ms before its time");
      }
    }
  }
  for (const Parcel& parcel : stage.disturbed().ledger().parcels()) {
    if (parcel.message.kind != MessageKind::timer_fired || parcel.consumed <= 1) continue;
    wrongs.push_back(told(parcel.message) + " was consumed " + times(parcel.consumed));
  }
  return wrongs;
}

Sentences wrongs_of_history(Stage& stage, const Performance&) {
  Sentences wrongs;
  if (const std::string& half = stage.disturbed().seen_by_half(); !half.empty()) {
    wrongs.push_back(half + ": a commit is seen whole or not at all");
  }
  std::map<std::string, Values> values;  // By instance.
  for (const auto& [where, history] : histories(stage)) {
    const std::string what =
        "the history of execution " + std::to_string(where.second) + " of " + where.first;
    if (history != stage.disturbed().ledger().committed().at(where)) {
      wrongs.push_back(what + " is not what was committed: " + kinds(history) + " in place of " +
                       kinds(stage.disturbed().ledger().committed().at(where)));
      break;  // The values of what follows are not known.
    }
    const std::string difference = difference_in_replay(where.first, where.second, history,
                                                        stage.registry(), values[where.first]);
    if (!difference.empty()) wrongs.push_back(what + " does not replay: " + difference);
  }
  return wrongs;
}

}  // namespace ackproof::scenarios
