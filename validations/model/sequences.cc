// Random sequences of calls, compared with the sequential model (CONC_4).
//
// A sequence that fails is shrunk before it is shown: what remains is needed for the failure.
#include <gtest/gtest.h>

#include "validations/catalogue.h"
#include "validations/context.h"
#include "validations/model/play.h"

namespace ackproof {

namespace {

using model::Disagreement;
using model::Op;
using model::Theme;

constexpr std::size_t kThemes = 5;
constexpr std::size_t kMostTries = 800;  // While shrinking: some seconds on a slow store.

void show(const Disagreement& disagreement, const std::vector<Op>& ops) {
  std::string script;
  for (const std::string& call : disagreement.calls) script += "  " + call + "\n";
  ADD_FAILURE() << disagreement.what << "\nafter these calls, each of which is needed:\n"
                << script << "The same for a test of your own (validations/model/play.h):\n"
                << model::literal(ops);
}

// Each theme plays its share of the sequences that were asked for, at least one.
void agree(Context& ctx, Theme theme) {
  const Conditions& conditions = ctx.conditions();
  const auto differ = [&](const std::vector<Op>& ops) {
    return model::play(ops, ctx.factory(), conditions);
  };
  ctx.open();
  const std::uint64_t share = (conditions.sequences + kThemes - 1) / kThemes;
  for (std::uint64_t n = 0; n < share; ++n) {
    const std::uint64_t seed = ctx.rng()();
    const std::vector<Op> ops = model::random_ops(theme, seed, conditions.sequence_length);
    if (!differ(ops)) continue;
    const std::vector<Op> plain = model::shrunk(
        ops, kMostTries, [&](const auto& fewer) { return differ(fewer).has_value(); });
    const std::optional<Disagreement> disagreement = differ(plain);
    // A provider that answers the same calls differently each time shows the last of them.
    show(disagreement.value_or(Disagreement{"the answers differ from run to run", {}}), plain);
    return;
  }
}

void random_turns_agree_with_the_model(Context& ctx) { agree(ctx, Theme::turns); }
void random_activities_agree_with_the_model(Context& ctx) { agree(ctx, Theme::activities); }
void random_executions_agree_with_the_model(Context& ctx) { agree(ctx, Theme::executions); }
void random_removals_agree_with_the_model(Context& ctx) { agree(ctx, Theme::removal); }
void random_calls_agree_with_the_model(Context& ctx) { agree(ctx, Theme::everything); }

// Each asks two hundred stores where others ask one.
constexpr unsigned kPatience = 5;

constexpr Validation asks(std::string_view name, void (*check)(Context&),
                          Capability needs = Capability::queues) {
  return {.name = name,
          .proves = requirement("CONC_4"),
          .check = check,
          .needs = needs,
          .patience = kPatience};
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
