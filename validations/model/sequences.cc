// Random sequences of calls, compared with the sequential model (CONC_4).
//
// Making a store costs more than a sequence does, so several are played on one store, which is
// emptied in between, where the provider can delete. A sequence that fails is shrunk before it is
// shown, alone if it fails alone: what remains is needed for the failure.
#include <gtest/gtest.h>

#include <algorithm>

#include "validations/catalogue.h"
#include "validations/context.h"
#include "validations/model/play.h"

namespace ackproof {

namespace {

using model::Disagreement;
using model::Op;
using model::Theme;
using model::Verb;

constexpr std::size_t kThemes = 5;
constexpr std::size_t kMostCalls = 48'000;  // While shrinking: some seconds on a slow store.

constexpr std::uint64_t kPerStore = 20;

// Several sequences, the n-th from the n-th seed.
std::vector<Op> chain(Theme theme, std::uint64_t count, Context& ctx) {
  std::vector<Op> ops;
  for (std::uint64_t n = 0; n < count; ++n) {
    if (n > 0) ops.push_back({Verb::start_over, 0, 0, 0});
    const std::vector<Op> more =
        model::random_ops(theme, ctx.rng()(), ctx.conditions().sequence_length);
    ops.insert(ops.end(), more.begin(), more.end());
  }
  return ops;
}

// The sequence that was being played at the end of `ops`, with the starting over that may end it.
std::vector<Op> last_sequence(const std::vector<Op>& ops) {
  const auto last = ops.rbegin() + (ops.empty() ? 0 : 1);
  const auto start =
      std::find_if(last, ops.rend(), [](const Op& op) { return op.verb == Verb::start_over; });
  return {start.base(), ops.end()};
}

void show(const Disagreement& disagreement, const std::vector<Op>& ops) {
  std::string script;
  for (const std::string& call : disagreement.calls) script += "  " + call + "\n";
  ADD_FAILURE() << disagreement.what
                << "\nafter these calls (looks that found nothing wrong are left out):\n"
                << script << "The same for a test of your own (validations/model/play.h):\n"
                << model::literal(ops);
}

// Each theme plays its share of the sequences that were asked for, at least one.
void agree(Context& ctx, Theme theme) {
  const Conditions& conditions = ctx.conditions();
  const auto differ = [&](const std::vector<Op>& ops) {
    return model::play(ops, ctx.factory(), conditions);
  };
  const bool can_empty = ctx.description().capabilities.facets.has(Capability::deletion);
  const std::uint64_t per_store = can_empty ? kPerStore : 1;
  const std::uint64_t share = (conditions.sequences + kThemes - 1) / kThemes;
  for (std::uint64_t n = 0; n < share; n += per_store) {
    std::vector<Op> ops = chain(theme, std::min(per_store, share - n), ctx);
    const std::optional<Disagreement> found = differ(ops);
    if (!found) continue;
    ops.resize(found->played);
    if (std::vector<Op> alone = last_sequence(ops); differ(alone)) ops = std::move(alone);
    const std::size_t tries = kMostCalls / std::max<std::size_t>(ops.size(), 1);
    const std::vector<Op> plain =
        model::shrunk(ops, tries, [&](const auto& fewer) { return differ(fewer).has_value(); });
    // A provider that answers the same calls differently each time may agree now: then what it did
    // the first time is shown.
    show(differ(plain).value_or(*found), plain);
    return;
  }
}

void random_turns_agree_with_the_model(Context& ctx) { agree(ctx, Theme::turns); }
void random_activities_agree_with_the_model(Context& ctx) { agree(ctx, Theme::activities); }
void random_executions_agree_with_the_model(Context& ctx) { agree(ctx, Theme::executions); }
void random_removals_agree_with_the_model(Context& ctx) { agree(ctx, Theme::removal); }
void random_calls_agree_with_the_model(Context& ctx) { agree(ctx, Theme::everything); }

// Each plays two hundred sequences, and shrinks one if it has to.
constexpr unsigned kPatience = 5;

constexpr Validation asks(std::string_view name, void (*check)(Context&),
                          Capability needs = Capability::queues) {
  return {.name = name,
          .proves = requirement("CONC_4"),
          .check = check,
          .needs = needs,
          .patience = kPatience,
          .computes = true};
}

constexpr Validation kRows[] = {
    asks("random_turns_agree_with_the_model", random_turns_agree_with_the_model),
    asks("random_activities_agree_with_the_model", random_activities_agree_with_the_model),
    asks("random_executions_agree_with_the_model", random_executions_agree_with_the_model),
    asks("random_removals_agree_with_the_model", random_removals_agree_with_the_model,
         Capability::deletion),
    asks("random_calls_agree_with_the_model", random_calls_agree_with_the_model),
};

}  // namespace

std::span<const Validation> sequence_validations() { return kRows; }

}  // namespace ackproof
