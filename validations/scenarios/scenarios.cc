// Workflows of a small engine, once for every call that can go wrong: they end as their programs say (ENG).
//
// Each row plays one program with some kinds of fault: first with none, and then for each call that the fault can be
// done to. The store stays, the instance is a new one each time. The first performance in which something is wrong ends the
// row: what it left would disturb the next one.
#include <gtest/gtest.h>

#include <algorithm>

#include "validations/catalogue.h"
#include "validations/context.h"
#include "validations/scenarios/properties.h"

namespace ackproof {

namespace scenarios {

namespace {

using Wrongs = Sentences (*)(Stage&, const Performance&);

// The end of the workflow is always looked at: of one that hangs nothing else can be said.
Sentences wrongs_of(Stage& stage, const Performance& played, MakePlay play, Wrongs more) {
  const std::string& unsure_of = stage.disturbed().unsure_of();
  if (!unsure_of.empty()) return {"with nobody else at work, " + unsure_of};
  Sentences wrongs = wrongs_of_end(stage, played, play(stage.circumstances()).expected);
  if (wrongs.empty() && more != nullptr) wrongs = more(stage, played);
  return wrongs;
}

// In real time a machine that is slow enough loses one lock after the other. But nothing is accepted twice.
bool may_be_the_machine(const Context& ctx, const Stage& stage, const Performance& played) {
  const Ledger& ledger = stage.disturbed().ledger();
  return !ctx.is_virtual() && played.is_endless &&
         std::ranges::none_of(ledger.jobs(), [](const Job& job) { return job.done > 1; }) &&
         std::ranges::none_of(ledger.parcels(),
                              [](const Parcel& each) { return each.consumed > 1; });
}

// What is wrong; nothing when all is well.
Sentences try_with(Context& ctx, Stage& stage, MakePlay play, const Fault& fault, Wrongs more) {
  try {
    const Performance played = stage.perform(play, fault);
    if (may_be_the_machine(ctx, stage, played) || stage.disturbed().is_undecided()) ctx.give_up();
    return wrongs_of(stage, played, play, more);
  } catch (const engine::Failed& failed) {
    return {"what the store gives back cannot be read: " + failed.failure().message};
  } catch (const Value::exception& error) {
    return {"what the store gives back cannot be read: " + std::string(error.what())};
  }
}

// What is wrong is told with the fault that it followed.
bool is_right(Context& ctx, Stage& stage, MakePlay play, const Fault& fault, Wrongs more) {
  const Sentences wrongs = try_with(ctx, stage, play, fault, more);
  std::string text;
  for (const std::string& wrong : wrongs) text += (text.empty() ? "" : "\n") + wrong;
  if (!wrongs.empty()) ADD_FAILURE() << text << " (" << stage.disturbed().told() << ")";
  return wrongs.empty();
}

template <MakePlay play, Wrongs more, FaultKind... kinds>
void all_end_well(Context& ctx) {
  Stage stage(ctx);
  if (!is_right(ctx, stage, play, {}, more)) return;
  std::vector<Fault> faults;
  for (const FaultKind kind : {kinds...}) {
    const std::uint64_t calls = stage.disturbed().calls_for(kind);
    for (std::uint64_t nth = 1; nth <= calls; ++nth) faults.push_back({kind, nth});
  }
  (void)std::ranges::all_of(
      faults, [&](const Fault& fault) { return is_right(ctx, stage, play, fault, more); });
}

template <MakePlay play, Wrongs more>
constexpr auto any_busy = all_end_well<play, more, FaultKind::busy>;
template <MakePlay play, Wrongs more>
constexpr auto any_lost_answer = all_end_well<play, more, FaultKind::lost_answer>;
template <MakePlay play, Wrongs more>
constexpr auto any_lost_ack = all_end_well<play, more, FaultKind::lost_ack>;
template <MakePlay play, Wrongs more>
constexpr auto any_overtaken_ack = all_end_well<play, more, FaultKind::overtaken>;
template <MakePlay play, Wrongs more>
constexpr auto any_late_ack =
    all_end_well<play, more, FaultKind::late, FaultKind::late_behind_another>;
template <MakePlay play, Wrongs more>
constexpr auto any_refused_commit =
    all_end_well<play, more, FaultKind::refused_for_an_event, FaultKind::refused_for_a_message>;
template <MakePlay play, Wrongs more>
constexpr auto any_watched_commit = all_end_well<play, more, FaultKind::watched>;

constexpr Wrongs kEnd = nullptr;
constexpr Wrongs kItems = wrongs_of_items;
constexpr Wrongs kTimers = wrongs_of_timers;
constexpr Wrongs kHistory = wrongs_of_history;

// A play of a hundred calls is performed dozens of times, and a store may be far away.
constexpr auto patient(auto rows) {
  for (Validation& row : rows) row.patience = 5;
  return rows;
}

constexpr auto kRows = patient(std::to_array<Validation>({
    {"order_ends_whichever_call_is_busy", requirement("ENG_1"), any_busy<order, kEnd>},
    {"order_ends_whichever_answer_is_lost", requirement("ENG_1"), any_lost_answer<order, kEnd>},
    {"order_ends_whichever_ack_is_lost", requirement("ENG_1"), any_lost_ack<order, kEnd>},
    {"order_ends_whichever_commit_is_refused_half_way", requirement("ENG_1"),
     any_refused_commit<order, kEnd>},
    {"order_without_carrier_is_undone_whichever_answer_is_lost", requirement("ENG_1"),
     any_lost_answer<order_without_carrier, kEnd>},
    {"order_without_carrier_is_undone_whichever_commit_is_refused_half_way", requirement("ENG_1"),
     any_refused_commit<order_without_carrier, kEnd>},
    {"parent_hears_of_its_children_whichever_answer_is_lost", requirement("ENG_1"),
     any_lost_answer<family, kEnd>},
    {"parent_hears_of_its_children_whichever_commit_is_refused_half_way", requirement("ENG_1"),
     any_refused_commit<family, kEnd>},
    {"parent_hears_of_its_children_whichever_ack_is_overtaken", requirement("ENG_1"),
     any_overtaken_ack<family, kEnd>},
    {"child_that_is_called_off_ends_whichever_answer_is_lost", requirement("ENG_1"),
     any_lost_answer<called_off, kEnd>},
    {"tally_is_right_whichever_call_is_busy", requirement("ENG_1"), any_busy<tally, kEnd>},
    {"tally_is_right_whichever_ack_is_late", requirement("ENG_1"), any_late_ack<tally, kEnd>},

    {"order_is_done_once_whichever_ack_is_late", requirement("ENG_2"), any_late_ack<order, kItems>},
    {"offers_count_once_whichever_answer_is_lost", requirement("ENG_2"),
     any_lost_answer<offers, kItems>},
    {"offers_count_once_whichever_ack_is_late", requirement("ENG_2"), any_late_ack<offers, kItems>},
    {"offers_count_once_whichever_commit_is_refused_half_way", requirement("ENG_2"),
     any_refused_commit<offers, kItems>},
    {"offers_count_once_whichever_ack_is_overtaken", requirement("ENG_2"),
     any_overtaken_ack<offers, kItems>},
    {"children_leave_nothing_whichever_ack_is_late", requirement("ENG_2"),
     any_late_ack<family, kItems>},
    {"what_is_called_off_leaves_nothing_whichever_commit_is_refused_half_way", requirement("ENG_2"),
     any_refused_commit<called_off, kItems>},
    {"tally_leaves_nothing_whichever_commit_is_refused_half_way", requirement("ENG_2"),
     any_refused_commit<tally, kItems>},

    {"timers_fire_whichever_answer_is_lost", requirement("ENG_3"),
     any_lost_answer<approval, kTimers>},
    {"timers_fire_whichever_ack_is_overtaken", requirement("ENG_3"),
     any_overtaken_ack<approval, kTimers>},
    {"timers_fire_whichever_ack_is_late", requirement("ENG_3"), any_late_ack<approval, kTimers>},
    {"timers_fire_whichever_commit_is_refused_half_way", requirement("ENG_3"),
     any_refused_commit<approval, kTimers>},

    {"order_replays_whichever_commit_is_refused_half_way", requirement("ENG_4"),
     any_refused_commit<order, kHistory>},
    {"tally_replays_whichever_answer_is_lost", requirement("ENG_4"),
     any_lost_answer<tally, kHistory>},
    {"children_replay_whichever_ack_is_late", requirement("ENG_4"), any_late_ack<family, kHistory>},
    {"tally_replays_whichever_commit_is_refused_half_way", requirement("ENG_4"),
     any_refused_commit<tally, kHistory>},
    {"order_is_seen_whole_whichever_commit_is_watched", requirement("ENG_4"),
     any_watched_commit<order, kHistory>},
    {"tally_is_seen_whole_whichever_commit_is_watched", requirement("ENG_4"),
     any_watched_commit<tally, kHistory>},
    {"children_are_seen_whole_whichever_commit_is_watched", requirement("ENG_4"),
     any_watched_commit<family, kHistory>},
}));

}  // namespace

}  // namespace scenarios

std::span<const Validation> scenario_validations() { return scenarios::kRows; }

}  // namespace ackproof
