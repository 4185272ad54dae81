#include "validations/scenarios/diagnosis.h"

#include <algorithm>
#include <set>

#include "validations/scenarios/wording.h"

namespace ackproof::scenarios {

namespace {

using engine::Entry;
using engine::EntryKind;

std::string number_of_items(const QueueDepth& depth) {
  return std::to_string(depth.ready + depth.hidden + depth.locked + depth.held);
}

std::string where_it_is(Provider& store) {
  if (!store.describe().capabilities.facets.has(Capability::management)) {
    return "no fetch returns";
  }
  const QueueDepths depths = store.read_queue_depths().value();
  if (depths == QueueDepths()) return "no queue holds";
  return "with " + number_of_items(depths.messages) + " messages and " +
         number_of_items(depths.activities) + " activities queued, no fetch returns";
}

// The commands that nothing answers and nobody dropped, those first that somebody else has to answer.
std::vector<Entry> open_commands(const std::vector<Entry>& entries) {
  std::set<std::uint64_t> settled;
  std::multiset<std::string> arrived;
  for (const Entry& entry : entries) {
    if (entry.source) settled.insert(*entry.source);
    if (entry.kind == EntryKind::event_raised || entry.kind == EntryKind::message_queued) {
      arrived.insert(entry.data.value("name", ""));
    }
  }
  std::vector<Entry> works;
  std::vector<Entry> events;
  for (const Entry& entry : entries) {
    if (settled.contains(entry.id)) continue;
    if (entry.kind == EntryKind::activity_scheduled || entry.kind == EntryKind::timer_created ||
        entry.kind == EntryKind::child_scheduled) {
      works.push_back(entry);
    }
    if (entry.kind == EntryKind::event_awaited || entry.kind == EntryKind::message_awaited) {
      const auto early = arrived.find(entry.data.value("name", ""));
      if (early == arrived.end()) {
        events.push_back(entry);
      } else {
        arrived.erase(early);
      }
    }
  }
  works.insert(works.end(), events.begin(), events.end());
  return works;
}

bool is_answer_of(const Message& message, const ExecutionKey& where, const Entry& command,
                  std::initializer_list<MessageKind> kinds) {
  return std::ranges::count(kinds, message.kind) != 0 && message.target == where.first &&
         message.id == command.id;
}

constexpr const char* kLostWrite = "the store kept the event and lost the queue write";
constexpr const char* kNeverAgain =
    "it was handed out, and did not come again when its lock had ended";
constexpr const char* kLostLater = "the store accepted it and lost it";
constexpr const char* kAltered = "it came otherwise than it was sent";
constexpr const char* kNotRecorded =
    "it was handed out and acked, and the history does not have it";

}  // namespace

Diagnosis::Diagnosis(Provider& store, const Ledger& ledger)
    : store_(store), ledger_(ledger), no_queue_holds_(where_it_is(store)) {}

std::string Diagnosis::why_it_waits(const std::string& instance) const {
  const std::optional<InstanceInfo> info = store_.read_instance(instance).value();
  if (!info) return of_no_record(instance);
  const std::vector<Event> history = store_.read_history(instance).value();
  Entries entries;
  for (const Event& event : history) entries.push_back(engine::from_event(event));
  if (!entries.empty() && engine::is_end(entries.back().kind)) {
    return of_ended(*info, entries.back());
  }
  const ExecutionKey where(instance, info->execution);
  const std::vector<Entry> open = open_commands(entries);
  if (open.empty()) return of_nothing_open(where, entries);
  const Entry& first = open.front();
  switch (first.kind) {
    case EntryKind::activity_scheduled:
      return of_activity(where, first);
    case EntryKind::timer_created:
      return of_timer(where, first);
    case EntryKind::child_scheduled:
      return of_child(where, first);
    default:
      return of_event(instance, first);
  }
}

std::string Diagnosis::fate_of(const std::function<bool(const Message&)>& matches,
                               const char* when_lost) const {
  const Parcel* sent = nullptr;
  bool is_altered = false;
  for (const Parcel& parcel : ledger_.parcels()) {
    if (!matches(parcel.message)) continue;
    if (parcel.sent > 0) sent = &parcel;
    is_altered = is_altered || parcel.sent == 0;
  }
  if (sent == nullptr) return kLostWrite;
  return fate_of(*sent, is_altered ? kAltered : when_lost);
}

std::string Diagnosis::fate_of(const Parcel& parcel, const char* when_lost) {
  if (parcel.delivered == 0) return when_lost;
  return parcel.consumed == 0 ? kNeverAgain : kNotRecorded;
}

std::string Diagnosis::of_no_record(const std::string& instance) const {
  return "it never began, and " + no_queue_holds_ + " its start: " +
         fate_of([&](const Message& each) { return each.is_start() && each.target == instance; },
                 kLostLater);
}

std::string Diagnosis::of_ended(const InstanceInfo& info, const Entry& end) const {
  if (end.kind != EntryKind::continued) {
    return "its history says " + std::string(engine::name(end.kind)) + ", and its record " +
           told(info.status);
  }
  return "its execution " + std::to_string(info.execution) +
         " says that it goes on as another, which never began, and " + no_queue_holds_ +
         " the message that begins it: " +
         fate_of(
             [&](const Message& each) {
               return each.kind == MessageKind::continue_as_new && each.target == info.instance;
             },
             kLostWrite);
}

std::string Diagnosis::of_activity(const ExecutionKey& where, const Entry& command) const {
  const std::string what = "its history says that activity " + std::to_string(command.id) + " \"" +
                           command.data.value("name", "") +
                           "\" was scheduled, its result was never recorded, and " +
                           no_queue_holds_ + " it: ";
  const ActivityKey key{where.first, where.second, command.id};
  const Job* job = nullptr;
  bool is_altered = false;
  for (const Job& each : ledger_.jobs()) {
    const bool is_meant = each.activity.instance == key.instance && each.activity.id == key.id;
    if (is_meant && each.scheduled > 0) job = &each;
    is_altered = is_altered || (is_meant && each.scheduled == 0);
  }
  if (job == nullptr || job->delivered == 0) return what + (is_altered ? kAltered : kLostWrite);
  if (job->done == 0) return what + kNeverAgain;
  return what + "it was done, and of its result: " +
         fate_of(
             [&](const Message& each) {
               return is_answer_of(each, where, command,
                                   {MessageKind::activity_completed, MessageKind::activity_failed});
             },
             kLostLater);
}

std::string Diagnosis::of_timer(const ExecutionKey& where, const Entry& command) const {
  return "its history says that timer " + std::to_string(command.id) +
         " was set, it never fired, and " + no_queue_holds_ + " it: " +
         fate_of(
             [&](const Message& each) {
               return is_answer_of(each, where, command, {MessageKind::timer_fired});
             },
             kLostWrite);
}

std::string Diagnosis::of_child(const ExecutionKey& where, const Entry& command) const {
  const std::string child =
      command.data.value("instance", where.first + ":" + std::to_string(where.second) + ":" +
                                         std::to_string(command.id));
  const std::optional<InstanceInfo> info = store_.read_instance(child).value();
  if (!info) {
    return "its history says that child \"" + child + "\" was started, it does not exist, and " +
           no_queue_holds_ + " its start: " +
           fate_of([&](const Message& each) { return each.is_start() && each.target == child; },
                   kLostWrite);
  }
  if (info->status != Status::completed && info->status != Status::failed) {
    return "it waits for its child \"" + child + "\": " + why_it_waits(child);
  }
  return "its child \"" + child + "\" is " + told(info->status) +
         ", its answer was never recorded, and " + no_queue_holds_ + " it: " +
         fate_of(
             [&](const Message& each) {
               return is_answer_of(each, where, command,
                                   {MessageKind::child_completed, MessageKind::child_failed});
             },
             "the store kept the child's end and lost the queue write");
}

std::string Diagnosis::of_event(const std::string& instance, const Entry& command) const {
  const std::string event = command.data.value("name", "");
  const auto is_it = [&](const Message& each) {
    return each.target == instance && each.name == event;
  };
  const auto was_sent = [&](const Parcel& each) { return is_it(each.message) && each.sent > 0; };
  if (std::ranges::any_of(ledger_.parcels(), was_sent)) {
    return "it waits for \"" + event + "\", which was sent, and " + no_queue_holds_ +
           " it: " + fate_of(is_it, kLostLater);
  }
  const std::string missing = of_missing_message(instance);
  return missing.empty() ? "it waits for \"" + event + "\", which nobody has sent" : missing;
}

std::string Diagnosis::of_missing_message(const std::string& instance) const {
  for (const Parcel& parcel : ledger_.parcels()) {
    if (parcel.message.target != instance || parcel.sent == 0 || parcel.consumed > 0) continue;
    return "nothing wakes it, and " + no_queue_holds_ + " the " + told(parcel.message) + ": " +
           fate_of(parcel, kLostLater);
  }
  return {};
}

std::string Diagnosis::of_nothing_open(const ExecutionKey& where, const Entries& entries) const {
  const auto committed = ledger_.committed().find(where);
  if (committed != ledger_.committed().end()) {
    for (const Event& event : committed->second) {
      if (std::ranges::count(entries, event.id, &Entry::id) != 0) continue;
      return "its history lacks event " + std::to_string(event.id) + ", " + event.kind +
             ", of a commit that the store accepted";
    }
  }
  const std::string missing = of_missing_message(where.first);
  if (!missing.empty()) return missing;
  return "all that its history asks for is answered, and no turn followed";
}

}  // namespace ackproof::scenarios
