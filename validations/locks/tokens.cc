// Tokens themselves: no two alike, none to be guessed, and good only as they were issued.
#include <algorithm>
#include <cmath>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "validations/both_queues.h"
#include "validations/build.h"
#include "validations/catalogue.h"
#include "validations/context.h"
#include "validations/expect.h"

namespace ackproof {

namespace {

using Tokens = std::vector<std::string>;

// Takes `count` items that are there, through several handles in turn.
template <class Queue>
Tokens tokens_of(Context& ctx, std::uint64_t count) {
  const std::vector<std::unique_ptr<Provider>> workers = [&] {
    std::vector<std::unique_ptr<Provider>> opened;
    while (opened.size() < 4) opened.push_back(ctx.open());
    return opened;
  }();
  Tokens tokens;
  for (std::uint64_t n = 0; n < count; ++n) {
    tokens.push_back(take<Queue>(*workers[n % workers.size()]).token.value);
  }
  return tokens;
}

void append(Tokens& to, const Tokens& more) { to.insert(to.end(), more.begin(), more.end()); }

// Those that occur more than once.
std::set<std::string> repeated(const Tokens& tokens) {
  std::set<std::string> seen;
  std::set<std::string> twice;
  for (const std::string& token : tokens) {
    if (!seen.insert(token).second) twice.insert(token);
  }
  return twice;
}

// --- No two are equal

template <class Queue>
void tokens_are_unique_over_handles(Context& ctx) {
  constexpr std::uint64_t kTokens = 500;
  const auto provider = ctx.open();  // Stays open: a volatile store goes with its last handle.
  Queue::put_many(*provider, kTokens);

  const Tokens tokens = tokens_of<Queue>(ctx, kTokens);

  EXPECT_EQ(repeated(tokens), std::set<std::string>());
}

void tokens_of_the_two_queues_differ(Context& ctx) {
  constexpr std::uint64_t kTokens = 150;
  const auto provider = ctx.open();
  Activities::put_many(*provider, kTokens);
  Turns::put_many(*provider, kTokens);

  Tokens tokens = tokens_of<Turns>(ctx, kTokens);
  append(tokens, tokens_of<Activities>(ctx, kTokens));

  EXPECT_EQ(repeated(tokens), std::set<std::string>());
}

template <class Queue>
void redelivered_item_has_a_new_token_each_time(Context& ctx) {
  const auto provider = ctx.open();
  Queue::put(*provider, 1);

  Tokens tokens;
  for (int n = 0; n < 150; ++n) {
    const Taken held = take<Queue>(*provider);
    tokens.push_back(held.token.value);
    Queue::abandon(*provider, held.token).value();
  }

  EXPECT_EQ(repeated(tokens), std::set<std::string>());
}

template <class Queue>
void tokens_are_unique_over_reopenings(Context& ctx) {
  constexpr std::uint64_t kEach = 30;
  constexpr std::uint64_t kReopenings = 5;
  Queue::put_many(*ctx.open(), kEach * kReopenings);

  Tokens tokens;
  for (std::uint64_t n = 0; n < kReopenings; ++n) append(tokens, tokens_of<Queue>(ctx, kEach));

  EXPECT_EQ(repeated(tokens), std::set<std::string>());
}

// --- Only the token itself opens

// Which of three calls with `guess` are answered otherwise than with `lock_lost`.
template <class Queue>
std::vector<std::string> accepted(Provider& provider, const LockToken& guess) {
  std::vector<std::string> calls;
  const auto is_lost = [](const Result<void>& result) {
    return !result && result.error().kind == ErrorKind::lock_lost;
  };
  if (!is_lost(Queue::renew(provider, guess, 2 * kLongLock)))
    calls.push_back("renew " + guess.value);
  if (!is_lost(Queue::abandon(provider, guess))) calls.push_back("abandon " + guess.value);
  if (!is_lost(Queue::ack(provider, guess))) calls.push_back("ack " + guess.value);
  return calls;
}

// None of the guesses opens anything: neither the item that is locked nor the one that is not.
template <class Queue>
void expect_none_opens(Context& ctx, const auto& guesses_for) {
  const auto holder = ctx.open();
  const auto rival = ctx.open();
  Queue::put(*holder, 1);
  const Taken held = take<Queue>(*holder);
  Queue::put(*holder, 2);

  for (const LockToken& guess : guesses_for(held.token)) {
    EXPECT_EQ(accepted<Queue>(*rival, guess), std::vector<std::string>());
  }

  EXPECT_EQ(take<Queue>(*rival).item, 2U);
  EXPECT_TRUE(none_deliverable<Queue>(*rival)) << "the holder was disturbed";
  EXPECT_TRUE(succeeds(Queue::ack(*holder, held.token)));
}

template <class Queue>
void token_with_any_byte_changed_is_lost(Context& ctx) {
  expect_none_opens<Queue>(ctx, [](const LockToken& token) {
    std::vector<LockToken> guesses;
    for (std::size_t i = 0; i < token.value.size(); ++i) {
      for (const int flipped : {0x01, 0x20, 0x80}) {  // The middle one changes letter case.
        guesses.push_back(token);
        guesses.back().value[i] = static_cast<char>(guesses.back().value[i] ^ flipped);
      }
    }
    return guesses;
  });
}

template <class Queue>
void token_that_was_cut_or_extended_is_lost(Context& ctx) {
  expect_none_opens<Queue>(ctx, [](const LockToken& token) {
    const std::string& value = token.value;
    return std::vector<LockToken>{{value.substr(1)},
                                  {value.substr(0, value.size() - 1)},
                                  {value.substr(0, value.size() / 2)},
                                  {value + value},
                                  {value + '0'},
                                  {'0' + value},
                                  {value + ' '},
                                  {' ' + value},
                                  {value + '\n'},
                                  {value + '\0'},
                                  {value + '\0' + value}};
  });
}

template <class Queue>
void guessed_token_is_lost(Context& ctx) {
  expect_none_opens<Queue>(ctx, [](const LockToken& token) {
    return std::vector<LockToken>{{"0"},
                                  {"1"},
                                  {"-1"},
                                  {"null"},
                                  {"order-1"},
                                  {"order-2"},
                                  {"%"},
                                  {"*"},
                                  {"' OR '1'='1"},
                                  {std::string(1, '\0')},
                                  {std::string(token.value.size(), '_')},
                                  {std::string(token.value.size(), '?')},
                                  {std::string(token.value.size(), '0')},
                                  {std::string(100'000, 'a')}};
  });
}

// --- They cannot be foreseen

// How many bits the tokens vary by: the entropy of each position, added up. That is at least the
// entropy of the whole token, so enough randomness in any format passes, while a clock, a counter
// or a process id does not get far. A sample shows a little less entropy than there is; the second
// term makes up for it (Miller and Madow).
double varying_bits(const Tokens& tokens) {
  const auto samples = static_cast<double>(tokens.size());
  const std::size_t longest = std::ranges::max(tokens, {}, &std::string::size).size();
  double bits = 0;
  for (std::size_t i = 0; i < longest; ++i) {
    constexpr int kAbsent = -1;
    std::map<int, double> counts;
    for (const std::string& token : tokens) ++counts[i < token.size() ? token[i] & 0xFF : kAbsent];
    for (const auto& [symbol, count] : counts) bits -= count / samples * std::log2(count / samples);
    bits += (static_cast<double>(counts.size()) - 1) / (2 * samples * std::log(2.0));
  }
  return bits;
}

template <class Queue>
void tokens_vary_by_96_bits(Context& ctx) {
  constexpr std::uint64_t kTokens = 500;
  constexpr double kTolerance = 6;   // Twelve raw bytes are estimated at 94 to 95 bits.
  const auto provider = ctx.open();  // Stays open: a volatile store goes with its last handle.
  Queue::put_many(*provider, kTokens);

  const Tokens tokens = tokens_of<Queue>(ctx, kTokens);

  EXPECT_GE(varying_bits(tokens), 96 - kTolerance) << "one of them: " << tokens.front();
}

constexpr Validation kRows[] = {
    {"turn_tokens_are_unique_over_handles", requirement("LOCK_7"),
     tokens_are_unique_over_handles<Turns>},
    {"activity_tokens_are_unique_over_handles", requirement("LOCK_7"),
     tokens_are_unique_over_handles<Activities>},
    {"tokens_of_the_two_queues_differ", requirement("LOCK_7"), tokens_of_the_two_queues_differ},
    {"redelivered_turn_has_a_new_token_each_time", requirement("LOCK_7"),
     redelivered_item_has_a_new_token_each_time<Turns>},
    {"redelivered_activity_has_a_new_token_each_time", requirement("LOCK_7"),
     redelivered_item_has_a_new_token_each_time<Activities>},
    {.name = "turn_tokens_are_unique_over_reopenings",
     .proves = requirement("LOCK_7"),
     .check = tokens_are_unique_over_reopenings<Turns>,
     .reopens = true},
    {.name = "activity_tokens_are_unique_over_reopenings",
     .proves = requirement("LOCK_7"),
     .check = tokens_are_unique_over_reopenings<Activities>,
     .reopens = true},
    {"turn_token_with_any_byte_changed_is_lost", requirement("LOCK_7"),
     token_with_any_byte_changed_is_lost<Turns>},
    {"activity_token_with_any_byte_changed_is_lost", requirement("LOCK_7"),
     token_with_any_byte_changed_is_lost<Activities>},
    {"turn_token_that_was_cut_or_extended_is_lost", requirement("LOCK_9"),
     token_that_was_cut_or_extended_is_lost<Turns>},
    {"activity_token_that_was_cut_or_extended_is_lost", requirement("LOCK_9"),
     token_that_was_cut_or_extended_is_lost<Activities>},
    {"guessed_turn_token_is_lost", requirement("LOCK_9"), guessed_token_is_lost<Turns>},
    {"guessed_activity_token_is_lost", requirement("LOCK_9"), guessed_token_is_lost<Activities>},
    {"turn_tokens_vary_by_96_bits", requirement("LOCK_11"), tokens_vary_by_96_bits<Turns>},
    {"activity_tokens_vary_by_96_bits", requirement("LOCK_11"), tokens_vary_by_96_bits<Activities>},
};

}  // namespace

std::span<const Validation> token_validations() { return kRows; }

}  // namespace ackproof
