// The random sequences are what they claim to be: repeatable, shrinkable, and not idle.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "contract/forwarding_provider.h"
#include "reference_providers/memory/memory_provider.h"
#include "tests/support/command.h"
#include "validations/catalogue.h"
#include "validations/model/play.h"
#include "validations/trial.h"

namespace ackproof::model {
namespace {

const Conditions& conditions() {
  static const Conditions virtual_time{.folder = testing_support::fresh_folder()};
  return virtual_time;
}

TEST(RandomOps, are_the_same_for_the_same_seed_and_differ_for_others) {
  for (const Theme theme :
       {Theme::turns, Theme::activities, Theme::executions, Theme::removal, Theme::everything}) {
    const std::vector<Op> ops = random_ops(theme, 7, 60);
    EXPECT_EQ(ops.size(), 60U);
    EXPECT_EQ(ops, random_ops(theme, 7, 60));
    EXPECT_NE(ops, random_ops(theme, 8, 60));
  }
}

TEST(Shrinking, leaves_the_one_op_and_the_one_bit_that_matter) {
  const Op needed{Verb::renew_turn, 0, 4, 0};
  std::vector<Op> ops = random_ops(Theme::removal, 3, 60);
  std::erase_if(ops, [](const Op& op) { return op.verb == Verb::renew_turn; });
  ops.insert(ops.begin() + 17, {Verb::renew_turn, 3, 0x7FFF, 12});
  const auto fails = [](const std::vector<Op>& some) {
    return std::ranges::any_of(
        some, [](const Op& op) { return op.verb == Verb::renew_turn && (op.a & 4U) != 0; });
  };

  EXPECT_EQ(shrunk(ops, 10'000, fails), std::vector{needed});
}

TEST(Shrinking, stops_when_its_tries_are_used_up) {
  std::size_t asked = 0;
  const std::vector<Op> ops = random_ops(Theme::turns, 3, 60);

  EXPECT_EQ(shrunk(ops, 5, [&](const std::vector<Op>&) { return ++asked > 1'000; }), ops);
  EXPECT_EQ(asked, 5U);
}

TEST(Literal, is_what_a_test_pastes) {
  const std::vector<Op> ops = {{Verb::enqueue_message, 1, 2, 3}, {Verb::fetch_turn, 0, 0, 0}};
  EXPECT_EQ(literal(ops), "{{Verb::enqueue_message, 1, 2, 3},\n {Verb::fetch_turn, 0, 0, 0}}");
}

// --- What the sequences reach

struct Tally {
  std::map<std::string, int> succeeded;
  std::map<std::string, int> refused;
};

Tally& tally() {
  static Tally the_tally;
  return the_tally;
}

// A message that is sent by this.
std::string of_kind(const char* call, MessageKind kind) {
  return std::string(call) + " " + std::to_string(static_cast<int>(kind));
}

// Counts how calls that may be refused end, and which messages come through.
class Counting final : public ForwardingProvider {
 public:
  using ForwardingProvider::ForwardingProvider;

  Result<void> enqueue_message(const Message& message, Duration delay) override {
    return count(of_kind("enqueue", message.kind), inner().enqueue_message(message, delay));
  }
  Result<std::optional<Turn>> fetch_turn(const FetchTurn& options) override {
    auto result = inner().fetch_turn(options);
    ++(result && result.value() ? tally().succeeded : tally().refused)["fetch_turn"];
    return result;
  }
  Result<std::optional<LockedActivity>> fetch_activity(const FetchActivity& options) override {
    auto result = inner().fetch_activity(options);
    ++(result && result.value() ? tally().succeeded : tally().refused)["fetch_activity"];
    return result;
  }
  Result<void> ack_turn(const LockToken& token, const TurnCommit& commit) override {
    Result<void> result = inner().ack_turn(token, commit);
    for (const Message& message : commit.messages) {
      (void)count(of_kind("commit", message.kind), result);
    }
    return count("ack_turn", std::move(result));
  }
  Result<void> abandon_turn(const LockToken& token, const Abandon& how) override {
    return count("abandon_turn", inner().abandon_turn(token, how));
  }
  Result<void> renew_turn(const LockToken& token, Duration extend_for) override {
    return count("renew_turn", inner().renew_turn(token, extend_for));
  }
  Result<void> ack_activity(const LockToken& token,
                            const std::optional<Message>& completion) override {
    return count("ack_activity", inner().ack_activity(token, completion));
  }
  Result<void> abandon_activity(const LockToken& token, const Abandon& how) override {
    return count("abandon_activity", inner().abandon_activity(token, how));
  }
  Result<void> renew_activity(const LockToken& token, Duration extend_for) override {
    return count("renew_activity", inner().renew_activity(token, extend_for));
  }
  Result<DeletionCounts> delete_instance(const std::string& instance, bool force) override {
    return count("delete_instance", inner().delete_instance(instance, force));
  }
  Result<DeletionCounts> delete_instances(const std::vector<std::string>& instances,
                                          bool force) override {
    return count("delete_instances", inner().delete_instances(instances, force));
  }
  Result<DeletionCounts> delete_matching(const InstanceFilter& filter) override {
    auto result = inner().delete_matching(filter);
    if (result && result.value().instances > 0) ++tally().succeeded["delete_matching"];
    return result;
  }
  Result<PruneCounts> prune_instance(const std::string& instance,
                                     const PruneOptions& options) override {
    auto result = inner().prune_instance(instance, options);
    if (result && result.value().executions > 0) ++tally().succeeded["prune_instance"];
    return result;
  }
  Result<PruneCounts> prune_matching(const InstanceFilter& filter,
                                     const PruneOptions& options) override {
    auto result = inner().prune_matching(filter, options);
    if (result && result.value().executions > 0) ++tally().succeeded["prune_matching"];
    return result;
  }
  Result<std::uint64_t> renew_sessions(const RenewSessions& options) override {
    auto result = inner().renew_sessions(options);
    if (result && result.value() > 0) ++tally().succeeded["renew_sessions"];
    return result;
  }
  Result<std::uint64_t> cleanup_sessions() override {
    auto result = inner().cleanup_sessions();
    if (result && result.value() > 0) ++tally().succeeded["cleanup_sessions"];
    return result;
  }

 private:
  template <class T>
  static Result<T> count(const std::string& call, Result<T> result) {
    ++(result ? tally().succeeded : tally().refused)[call];
    return result;
  }
};

ProviderFactory counting() {
  ProviderFactory factory = memory::factory();
  factory.open = [open = factory.open](const Scope& scope) -> Result<std::unique_ptr<Provider>> {
    return std::unique_ptr<Provider>(std::make_unique<Counting>(open(scope).value()));
  };
  return factory;
}

// A sequence that only bounces off proves nothing: every verb has to succeed often, and those that
// can be refused have to be refused too.
TEST(RandomOps, reach_every_verb_with_success_and_refusal) {
  const ProviderFactory factory = counting();
  for (const Theme theme :
       {Theme::turns, Theme::activities, Theme::executions, Theme::removal, Theme::everything}) {
    for (std::uint64_t seed = 1; seed <= 40; ++seed) {
      ASSERT_EQ(play(random_ops(theme, seed, 60), factory, conditions()), std::nullopt) << seed;
    }
  }

  for (const char* call :
       {"fetch_turn", "ack_turn", "abandon_turn", "renew_turn", "fetch_activity", "ack_activity",
        "abandon_activity", "renew_activity", "delete_instance", "delete_instances"}) {
    EXPECT_GE(tally().succeeded[call], 15) << call;
    EXPECT_GE(tally().refused[call], 15) << call;
  }
  for (const char* call : {"delete_matching", "prune_instance", "prune_matching", "renew_sessions",
                           "cleanup_sessions"}) {
    EXPECT_GE(tally().succeeded[call], 5) << call;
  }
  for (int kind = 0; kind <= static_cast<int>(MessageKind::queue_message); ++kind) {
    for (const char* call : {"enqueue", "commit"}) {
      const std::string sent = of_kind(call, static_cast<MessageKind>(kind));
      EXPECT_GT(tally().succeeded[sent], 0) << sent;
    }
  }
}

// --- Sequences that share a store

struct Miscounted {
  std::vector<std::pair<std::string, int>>
      calls;            // How many each store had, in order of the first.
  int first_wrong = 0;  // Which call of its store it was.
};

// Counts wrongly what it deletes when that is much. Sequences of turns delete nothing but when they
// start over.
class MiscountsLargeSets final : public ForwardingProvider {
 public:
  MiscountsLargeSets(std::unique_ptr<Provider> inner, std::string store, Miscounted& seen)
      : ForwardingProvider(std::move(inner)), store_(std::move(store)), seen_(seen) {}

  Result<DeletionCounts> delete_instances(const std::vector<std::string>& instances,
                                          bool force) override {
    constexpr std::uint64_t kMuch = 6;
    if (seen_.calls.empty() || seen_.calls.back().first != store_) {
      seen_.calls.emplace_back(store_, 0);
    }
    ++seen_.calls.back().second;
    Result<DeletionCounts> counts = inner().delete_instances(instances, force);
    if (counts && counts.value().executions >= kMuch) {
      ++counts.value().executions;
      if (seen_.first_wrong == 0) seen_.first_wrong = seen_.calls.back().second;
    }
    return counts;
  }

 private:
  const std::string store_;
  Miscounted& seen_;
};

TEST(Sequences, one_that_fails_while_it_starts_over_is_shrunk_alone) {
  Miscounted seen;
  ProviderFactory factory = memory::factory();
  factory.open = [open = factory.open,
                  &seen](const Scope& scope) -> Result<std::unique_ptr<Provider>> {
    return std::unique_ptr<Provider>(
        std::make_unique<MiscountsLargeSets>(open(scope).value(), scope.name, seen));
  };

  const Trial trial =
      try_validation(*find_validation("random_turns_agree_with_the_model"), factory, conditions());

  EXPECT_EQ(trial.outcome, Trial::Outcome::failed);
  ASSERT_GT(seen.first_wrong, 1) << "the first sequence of a store is alone anyway";
  ASSERT_GT(seen.calls.size(), 1U);
  const auto most = std::max_element(
      seen.calls.begin() + 1, seen.calls.end(),
      [](const auto& one, const auto& other) { return one.second < other.second; });
  EXPECT_EQ(most->second, 1) << "it was played again with others before it";
}

}  // namespace

void PrintTo(const Op& op, std::ostream* out) { *out << literal({op}); }
void PrintTo(const Disagreement& disagreement, std::ostream* out) { *out << disagreement.what; }

}  // namespace ackproof::model
