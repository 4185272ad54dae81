// Many callers at one lock at the same instant. `busy` is a legal answer to any of them, so every
// call is repeated until it gets another one.
#include <algorithm>
#include <numeric>
#include <optional>
#include <vector>

#include "validations/both_queues.h"
#include "validations/build.h"
#include "validations/catalogue.h"
#include "validations/context.h"
#include "validations/expect.h"

namespace ackproof {

namespace {

constexpr std::size_t kCallers = 8;
constexpr std::uint64_t kItems = 48;

std::vector<std::unique_ptr<Provider>> handles(Context& ctx) {
  std::vector<std::unique_ptr<Provider>> all;
  while (all.size() < kCallers) all.push_back(ctx.open());
  return all;
}

// What many callers that fetch once at the same instant get.
template <class Queue>
std::vector<std::uint64_t> fetch_once_together(Context& ctx) {
  const auto workers = handles(ctx);
  std::vector<std::uint64_t> items;
  for (const auto& taken : ctx.together(kCallers, [&](std::size_t i) {
         return insist([&] { return Queue::fetch(*workers[i]); }).value();
       })) {
    if (taken) items.push_back(taken->item);
  }
  return items;
}

// What many callers that fetch until nothing is left get, sorted.
template <class Queue>
std::vector<std::uint64_t> fetch_all_together(Context& ctx) {
  const auto workers = handles(ctx);
  std::vector<std::uint64_t> items;
  for (const auto& some : ctx.together(kCallers, [&](std::size_t i) {
         std::vector<std::uint64_t> mine;
         while (const auto taken = insist([&] { return Queue::fetch(*workers[i]); }).value()) {
           mine.push_back(taken->item);
           if (mine.size() > kItems) break;  // Things come out twice: enough is known.
         }
         return mine;
       })) {
    items.insert(items.end(), some.begin(), some.end());
  }
  std::ranges::sort(items);
  return items;
}

std::vector<std::uint64_t> each_item_once() {
  std::vector<std::uint64_t> items(kItems);
  std::iota(items.begin(), items.end(), 1);
  return items;
}

template <class Queue>
void one_of_many_fetchers_gets_an_item(Context& ctx) {
  const auto provider = ctx.open();
  Queue::put(*provider, 1);

  EXPECT_EQ(fetch_once_together<Queue>(ctx), std::vector<std::uint64_t>{1});
}

template <class Queue>
void one_of_many_fetchers_takes_over_an_expired_lock(Context& ctx) {
  const auto provider = ctx.open();
  Queue::put(*provider, 1);
  const Window lock = ctx.window();
  take<Queue>(*provider, lock.length);

  ctx.to_end(lock);

  EXPECT_EQ(fetch_once_together<Queue>(ctx), std::vector<std::uint64_t>{1});
}

template <class Queue>
void many_fetchers_get_every_item_once(Context& ctx) {
  const auto provider = ctx.open();
  Queue::put_many(*provider, kItems);

  EXPECT_EQ(fetch_all_together<Queue>(ctx), each_item_once());
}

// The locks are made short one after the other, and only the last one is waited for: the others are
// no longer and began earlier.
template <class Queue>
void many_fetchers_take_over_every_expired_lock_once(Context& ctx) {
  const auto provider = ctx.open();
  Queue::put_many(*provider, kItems);
  std::vector<LockToken> tokens;
  while (tokens.size() < kItems) tokens.push_back(take<Queue>(*provider).token);
  const LockToken last = tokens.back();
  tokens.pop_back();
  const Duration smallest = ctx.description().capabilities.limits.smallest_lock;
  for (const LockToken& token : tokens) Queue::renew(*provider, token, smallest).value();
  const Window lock = ctx.window();
  Queue::renew(*provider, last, lock.length).value();

  ctx.to_end(lock);

  EXPECT_EQ(fetch_all_together<Queue>(ctx), each_item_once());
}

template <class Queue>
void one_of_many_abandons_with_one_token_counts(Context& ctx) {
  const auto workers = handles(ctx);
  Queue::put(*workers[0], 1);
  const Taken held = take<Queue>(*workers[0]);

  std::vector<std::optional<ErrorKind>> refusals = ctx.together(kCallers, [&](std::size_t i) {
    const auto done = insist([&] { return Queue::abandon(*workers[i], held.token); });
    return done ? std::optional<ErrorKind>() : done.error().kind;
  });

  std::vector<std::optional<ErrorKind>> expected(kCallers, ErrorKind::lock_lost);
  expected.front() = std::nullopt;
  std::ranges::sort(refusals);
  EXPECT_EQ(refusals, expected);
  EXPECT_EQ(take<Queue>(*workers[0]).item, held.item);
}

// Half of the callers fetch the item, while its last holder, who does not know of the expiry yet,
// tries to ack it from the other half.
template <class Queue>
void late_acks_never_win_against_a_takeover(Context& ctx) {
  const auto workers = handles(ctx);
  Queue::put(*workers[0], 1);
  const Window lock = ctx.window();
  const LockToken lost = take<Queue>(*workers[0], lock.length).token;
  ctx.to_end(lock);
  struct Seen {
    std::optional<Taken> taken;
    std::optional<ErrorKind> refusal;
  };

  const std::vector<Seen> seen = ctx.together(kCallers, [&](std::size_t i) {
    if (i % 2 == 0) return Seen{insist([&] { return Queue::fetch(*workers[i]); }).value(), {}};
    const auto acked = insist([&] { return Queue::ack(*workers[i], lost); });
    return Seen{{}, acked ? std::nullopt : std::optional(acked.error().kind)};
  });

  std::vector<LockToken> winners;
  for (std::size_t i = 0; i < kCallers; ++i) {
    if (seen[i].taken) winners.push_back(seen[i].taken->token);
    if (i % 2 == 1) {
      EXPECT_EQ(seen[i].refusal, ErrorKind::lock_lost);
    }
  }
  ASSERT_EQ(winners.size(), 1U);
  EXPECT_TRUE(succeeds(Queue::ack(*workers[0], winners.front())));
}

constexpr Validation kRows[] = {
    {"one_of_many_fetchers_gets_an_instance", requirement("TURN_1"),
     one_of_many_fetchers_gets_an_item<Turns>},
    {"one_of_many_fetchers_gets_an_activity", requirement("WORK_2"),
     one_of_many_fetchers_gets_an_item<Activities>},
    {"one_of_many_fetchers_takes_over_an_expired_turn", requirement("LOCK_1"),
     one_of_many_fetchers_takes_over_an_expired_lock<Turns>},
    {"one_of_many_fetchers_takes_over_an_expired_activity", requirement("LOCK_1"),
     one_of_many_fetchers_takes_over_an_expired_lock<Activities>},
    {"many_fetchers_get_every_instance_once", requirement("TURN_1"),
     many_fetchers_get_every_item_once<Turns>},
    {"many_fetchers_get_every_activity_once", requirement("WORK_2"),
     many_fetchers_get_every_item_once<Activities>},
    {"many_fetchers_take_over_every_expired_turn_once", requirement("LOCK_1"),
     many_fetchers_take_over_every_expired_lock_once<Turns>},
    {"many_fetchers_take_over_every_expired_activity_once", requirement("LOCK_1"),
     many_fetchers_take_over_every_expired_lock_once<Activities>},
    {"one_of_many_abandons_with_one_turn_token_counts", requirement("LOCK_9"),
     one_of_many_abandons_with_one_token_counts<Turns>},
    {"one_of_many_abandons_with_one_activity_token_counts", requirement("LOCK_9"),
     one_of_many_abandons_with_one_token_counts<Activities>},
    {"late_turn_acks_never_win_against_a_takeover", requirement("LOCK_3"),
     late_acks_never_win_against_a_takeover<Turns>},
    {"late_activity_acks_never_win_against_a_takeover", requirement("LOCK_3"),
     late_acks_never_win_against_a_takeover<Activities>},
};

}  // namespace

std::span<const Validation> lock_contention_validations() { return kRows; }

}  // namespace ackproof
