// Journals and snapshots that keep less than they should, or bring back something else.
//
// These are no decorators: what a file does not have can only be missed by whoever reads the file. So
// each is the file-system provider with a filter between its journal and its index. What is dropped
// while it is read was, for all that anybody can see, never written.
#include <functional>
#include <optional>
#include <utility>
#include <variant>
#include <vector>

#include "contract/requirements.h"
#include "contract/token.h"
#include "reference_providers/filesystem/opening.h"
#include "tests/mutants/mutants.h"

namespace ackproof {

namespace {

using filesystem::Seams;
using memory::Effect;
using When = Seams::When;

template <class Change>
Change* as(Effect& effect) {
  return std::get_if<Change>(&effect);
}

// --- Journals. `lacks` and `forgets` are about those who open the store later.

template <class Change>
bool lacks(When when, Effect& effect) {
  return when != When::loading || as<Change>(effect) == nullptr;
}

template <class Change, void (*change)(Change&)>
bool forgets(When when, Effect& effect) {
  Change* found = when == When::loading ? as<Change>(effect) : nullptr;
  if (found != nullptr) change(*found);
  return true;
}

// Handles that do not notice what others do.
template <class Change>
bool misses(When when, Effect& effect) {
  return when != When::catching_up || as<Change>(effect) == nullptr;
}

void turn_deadline(memory::TurnTaken& taken) { taken.until = taken.taken_at; }
void activity_deadline(memory::ActivityTaken& taken) { taken.until = taken.now; }
void turn_token(memory::TurnTaken& taken) { taken.token = random_token().value; }
void activity_token(memory::ActivityTaken& taken) { taken.token = random_token().value; }
void hiding(memory::MessagePut& put) { put.visible_at = Time::min(); }
void sent_activities(memory::TurnCommitted& committed) { committed.commit.activities.clear(); }
void completion(memory::ActivityFinished& finished) { finished.completion.reset(); }

// --- Snapshots, taken after every call, so that the index is always made of one.

template <class Change, void (*change)(Change&)>
bool snapshot_forgets(When when, Effect& effect) {
  Change* found = when == When::in_snapshot ? as<Change>(effect) : nullptr;
  if (found != nullptr) change(*found);
  return true;
}

template <class Change>
bool snapshot_lacks(When when, Effect& effect) {
  return when != When::in_snapshot || as<Change>(effect) == nullptr;
}

void message_attempts(memory::MessageRestored& message) { message.attempts = 0; }
void activity_attempts(memory::ActivityRestored& item) { item.attempts = 0; }

// Places as a hash makes them, and such that later ones come behind them.
constexpr memory::Sequence kBehind = memory::Sequence{1} << 48U;
void scatter(memory::Sequence& sequence) {
  constexpr memory::Sequence kOdd = 0x9E3779B97F4A7C15U;
  sequence = sequence * kOdd % kBehind;
}
bool scatters_messages(When when, Effect& effect) {
  if (when != When::in_snapshot) return true;
  if (auto* message = as<memory::MessageRestored>(effect)) scatter(message->sequence);
  if (auto* mailbox = as<memory::MailboxRestored>(effect)) {
    for (memory::Sequence& sequence : mailbox->batch) scatter(sequence);
  }
  if (auto* counters = as<memory::CountersRestored>(effect)) counters->last_message |= kBehind;
  return true;
}
bool scatters_activities(When when, Effect& effect) {
  if (when != When::in_snapshot) return true;
  if (auto* item = as<memory::ActivityRestored>(effect)) scatter(item->sequence);
  if (auto* counters = as<memory::CountersRestored>(effect)) counters->last_activity |= kBehind;
  return true;
}

void visible_time(memory::MessageRestored& message) { message.visible_at = Time::min(); }
void batch_limits(memory::MailboxRestored& mailbox) { mailbox.batch.clear(); }
void turn_lock(memory::MailboxRestored& mailbox) { mailbox.token.clear(); }
void parked_time(memory::ActivityRestored& item) { item.parked_until.reset(); }
void pending_values(memory::InstanceRestored& instance) {
  instance.live_values = instance.merged_values;
}
void what_is_pending(memory::InstanceRestored& instance) {
  instance.merged_values = instance.live_values;
}
void status_version(memory::InstanceRestored& instance) {
  if (instance.custom_status.version > 0) instance.custom_status.version = 1;
}
void parent(memory::InstanceRestored& instance) { instance.parent.reset(); }
void updated_time(memory::InstanceRestored& instance) { instance.updated_at = instance.created_at; }
void pin(memory::ExecutionRestored& execution) { execution.info.pinned_version.reset(); }
void completed_time(memory::ExecutionRestored& execution) { execution.info.completed_at.reset(); }
void output(memory::ExecutionRestored& execution) { execution.info.output.reset(); }
void zeros_in_values(memory::InstanceRestored& instance) {
  for (auto* values : {&instance.live_values, &instance.merged_values}) {
    for (auto& [key, value] : *values) value.value = value.value.c_str();
  }
}
void absent_from_empty(memory::ActivityRestored& item) {
  if (item.activity.tag && item.activity.tag->empty()) item.activity.tag.reset();
}
void session_activity(memory::SessionRestored& session) {
  session.last_activity = Time(Duration(0));
}

// --- Recovery that takes the last record for torn

// Passes on each effect when the next one comes.
std::function<bool(When, Effect&)> without_the_last() {
  return [held = std::optional<Effect>()](When when, Effect& effect) mutable {
    if (when != When::loading) return true;
    std::optional<Effect> before = std::exchange(held, effect);
    if (before) effect = std::move(*before);
    return before.has_value();
  };
}

struct Row {
  const char* name;
  const Requirement& breaks;
  const char* summary;
  bool (*filter)(When, Effect&);
};

// Clauses of locks, attempts and queues.
constexpr Row kJournals[] = {
    {"journal_lacks_turn_deadlines", requirement("DUR_5"),
     "The deadline of a turn is not written: after reopening its token is dead.",
     forgets<memory::TurnTaken, turn_deadline>},
    {"journal_lacks_activity_deadlines", requirement("DUR_5"),
     "The deadline of an activity is not written: after reopening its token is dead.",
     forgets<memory::ActivityTaken, activity_deadline>},
    {"journal_lacks_turn_tokens", requirement("DUR_5"),
     "The token of a turn is not written, and another one made up at opening.",
     forgets<memory::TurnTaken, turn_token>},
    {"journal_lacks_activity_tokens", requirement("DUR_5"),
     "The token of an activity is not written, and another one made up at opening.",
     forgets<memory::ActivityTaken, activity_token>},
    {"journal_lacks_turn_renewals", requirement("DUR_5"),
     "Renewals of turns are not written: after reopening the first deadline holds.",
     lacks<memory::TurnRenewed>},
    {"journal_lacks_activity_renewals", requirement("DUR_5"),
     "Renewals of activities are not written: after reopening the first deadline holds.",
     lacks<memory::ActivityRenewed>},
    {"journal_lacks_turns", requirement("DUR_5"),
     "Taking a turn is not written: reopening frees it, and its attempt is forgotten.",
     lacks<memory::TurnTaken>},
    {"journal_lacks_hiding", requirement("DUR_1"),
     "The visible time of an enqueued message is not written.",
     forgets<memory::MessagePut, hiding>},
    {"journal_lacks_what_acks_send", requirement("DUR_1"),
     "An ack is two records, and the one with its activities is not synced.",
     forgets<memory::TurnCommitted, sent_activities>},
    {"journal_lacks_completions", requirement("DUR_1"),
     "Acking an activity is two records, and the one with the completion is not synced.",
     forgets<memory::ActivityFinished, completion>},
    {"handles_miss_commits_of_others", requirement("ACK_1"),
     "A handle does not read what others have committed.", misses<memory::TurnCommitted>},
    {"handles_miss_turns_of_others", requirement("TURN_1"),
     "A handle does not read what others have locked.", misses<memory::TurnTaken>},
    {"handles_miss_activities_of_others", requirement("WORK_2"),
     "A handle does not read which activities others have taken.", misses<memory::ActivityTaken>},
};

constexpr Row kSnapshots[] = {
    {"snapshot_lacks_sessions", requirement("SESS_2"), "A snapshot has no sessions.",
     snapshot_lacks<memory::SessionRestored>},
    {"snapshot_lacks_session_activity", requirement("SESS_3"),
     "A snapshot does not have when a session was active last: they all are idle.",
     snapshot_forgets<memory::SessionRestored, session_activity>},
    {"snapshot_lacks_message_attempts", requirement("POISON_1"),
     "A snapshot has no attempts of messages.",
     snapshot_forgets<memory::MessageRestored, message_attempts>},
    {"snapshot_lacks_activity_attempts", requirement("POISON_1"),
     "A snapshot has no attempts of activities.",
     snapshot_forgets<memory::ActivityRestored, activity_attempts>},
    {"snapshot_scatters_messages", requirement("TURN_2"),
     "A snapshot has messages in the order of a hash table.", scatters_messages},
    {"snapshot_scatters_activities", requirement("WORK_1"),
     "A snapshot has activities in the order of a hash table.", scatters_activities},
    {"snapshot_lacks_counters", requirement("TURN_2"),
     "A snapshot does not have the last place in the queue, and counting begins anew.",
     snapshot_lacks<memory::CountersRestored>},
    {"snapshot_lacks_visible_times", requirement("TURN_12"),
     "A snapshot does not have when messages become visible.",
     snapshot_forgets<memory::MessageRestored, visible_time>},
    {"snapshot_lacks_parked_times", requirement("LOCK_6"),
     "A snapshot does not have until when activities are locked or hidden.",
     snapshot_forgets<memory::ActivityRestored, parked_time>},
    {"snapshot_lacks_batches", requirement("ACK_6"),
     "A snapshot does not have what was handed out with a turn, and its ack removes nothing.",
     snapshot_forgets<memory::MailboxRestored, batch_limits>},
    {"snapshot_lacks_turn_locks", requirement("ACK_2"),
     "A snapshot does not have the locks of turns.",
     snapshot_forgets<memory::MailboxRestored, turn_lock>},
    {"snapshot_lacks_pending_values", requirement("KV_1"),
     "A snapshot does not have the key-values of an execution that has not ended.",
     snapshot_forgets<memory::InstanceRestored, pending_values>},
    {"snapshot_merges_pending_values", requirement("KV_1"),
     "A snapshot does not tell the key-values of an execution that has not ended from others.",
     snapshot_forgets<memory::InstanceRestored, what_is_pending>},
    {"snapshot_cuts_values_at_zero", requirement("TEXT_1"),
     "A snapshot has key-values up to their first zero byte.",
     snapshot_forgets<memory::InstanceRestored, zeros_in_values>},
    {"snapshot_lacks_status_versions", requirement("STAT_3"),
     "A snapshot does not have the version of a custom status.",
     snapshot_forgets<memory::InstanceRestored, status_version>},
    {"snapshot_lacks_parents", requirement("HIST_6"), "A snapshot does not have parents.",
     snapshot_forgets<memory::InstanceRestored, parent>},
    {"snapshot_lacks_updated_times", requirement("HIST_6"),
     "A snapshot does not have when an instance was acked last.",
     snapshot_forgets<memory::InstanceRestored, updated_time>},
    {"snapshot_lacks_outputs", requirement("HIST_6"), "A snapshot does not have outputs.",
     snapshot_forgets<memory::ExecutionRestored, output>},
    {"snapshot_lacks_pins", requirement("VER_1"), "A snapshot does not have pinned versions.",
     snapshot_forgets<memory::ExecutionRestored, pin>},
    {"snapshot_lacks_completed_times", requirement("MGMT_1"),
     "A snapshot does not have when an execution ended.",
     snapshot_forgets<memory::ExecutionRestored, completed_time>},
    {"snapshot_takes_empty_tags_for_none", requirement("TAG_3"),
     "A snapshot has an empty tag as none.",
     snapshot_forgets<memory::ActivityRestored, absent_from_empty>},
};

Mutant made(const char* name, const Requirement& breaks, const char* summary,
            std::function<Seams()> seams) {
  ProviderFactory factory = filesystem::factory(std::move(seams));
  factory.name = name;
  factory.summary = summary;
  return {name, &breaks, summary, std::move(factory)};
}

Seams filtered(bool (*filter)(When, Effect&)) {
  Seams seams;
  seams.filter = filter;
  return seams;
}

}  // namespace

std::vector<Mutant> filesystem_mutants() {
  std::vector<Mutant> all;
  for (const Row& row : kJournals) {
    all.push_back(made(row.name, row.breaks, row.summary,
                       [filter = row.filter] { return filtered(filter); }));
  }
  for (const Row& row : kSnapshots) {
    all.push_back(made(row.name, row.breaks, row.summary, [filter = row.filter] {
      Seams seams = filtered(filter);
      seams.snapshot_after = 0;
      seams.snapshot_times = 0;
      return seams;
    }));
  }
  all.push_back(made("recovery_takes_the_last_record_for_torn", requirement("DUR_1"),
                     "Opening drops the last record, though it is complete.", [] {
                       Seams seams;
                       seams.filter = without_the_last();
                       return seams;
                     }));
  return all;
}

}  // namespace ackproof
