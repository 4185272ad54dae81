// The tag of an activity survives every path; and tags, sessions and owners of any text, apart from
// each other.
#include "validations/build.h"
#include "validations/catalogue.h"
#include "validations/context.h"
#include "validations/expect.h"
#include "validations/sessions/routing.h"

namespace ackproof {

namespace {

// Whether this item is where its tag belongs, and nowhere else.
void expect_only_for_its_tag(Provider& provider, const Activity& item) {
  EXPECT_TRUE(nothing(provider.fetch_activity(unclaimed())));
  EXPECT_TRUE(nothing(provider.fetch_activity(only({"cpu", ""}))));
  EXPECT_EQ(take_activity(provider, only({item.tag.value_or("none")})).activity, item);
}

// --- TAG_2

void tag_comes_back_with_an_enqueued_item(Context& ctx) {
  const auto provider = ctx.open();
  const Activity item = tagged("order-1", 1, "gpu");

  enqueue(*provider, {item});

  expect_only_for_its_tag(*provider, item);
}

void tag_survives_the_commit_of_a_turn(Context& ctx) {
  const auto provider = ctx.open();
  const std::vector items = {tagged("order-1", 10, "gpu"), activity("order-1", 11),
                             tagged("order-1", 12, ""), tagged("order-2", 13, "cpu")};

  enqueue_by_commit(*provider, items);

  EXPECT_EQ(drain(*provider, unclaimed()), std::vector{items[1]});
  EXPECT_EQ(drain(*provider, only({"gpu"})), std::vector{items[0]});
  EXPECT_EQ(drain(*provider, filtered(TagKind::any)), (std::vector{items[2], items[3]}));
}

void tag_survives_abandon(Context& ctx) {
  const auto provider = ctx.open();
  const Activity item = tagged("order-1", 1, "gpu");
  const Activity untagged = activity("order-1", 2);
  enqueue(*provider, {item, untagged});

  const LockedActivity first = take_activity(*provider, only({"gpu"}));
  provider->abandon_activity(first.token).value();

  EXPECT_EQ(take_activity(*provider).activity, untagged);
  EXPECT_TRUE(nothing(provider->fetch_activity(unclaimed())));
  const LockedActivity again = take_activity(*provider, only({"gpu"}));
  EXPECT_EQ(again, (LockedActivity{item, 2, again.token}));
  EXPECT_NE(again.token, first.token);
}

void tag_survives_abandon_with_a_delay(Context& ctx) {
  const auto provider = ctx.open();
  const Activity item = tagged("order-1", 1, "gpu");
  enqueue(*provider, {item});
  const LockedActivity held = take_activity(*provider, filtered(TagKind::any));

  const Window delay = ctx.window();
  provider->abandon_activity(held.token, {.delay = delay.length, .ignore_attempt = true}).value();
  ctx.to_last_moment(delay);
  EXPECT_TRUE(nothing(provider->fetch_activity(filtered(TagKind::any))));
  ctx.to_end(delay);

  expect_only_for_its_tag(*provider, item);
}

void tag_survives_the_expiry_of_the_lock(Context& ctx) {
  const auto provider = ctx.open();
  const Activity item = tagged("order-1", 1, "gpu");
  enqueue(*provider, {item});
  FetchActivity briefly = filtered(TagKind::default_and, {"gpu"});

  for (int n = 0; n < 3; ++n) {
    const Window lock = ctx.window();
    briefly.lock_timeout = lock.length;
    take_activity(*provider, briefly);
    ctx.to_end(lock);
  }

  expect_only_for_its_tag(*provider, item);
}

void empty_tag_and_no_tag_survive_redelivery(Context& ctx) {
  const auto provider = ctx.open();
  const std::vector items = {tagged("order-1", 1, ""), activity("order-1", 2)};
  enqueue_by_commit(*provider, items);
  const LockedActivity empty = take_activity(*provider, filtered(TagKind::any));
  const LockedActivity none = take_activity(*provider, filtered(TagKind::any));

  provider->abandon_activity(empty.token).value();
  provider->abandon_activity(none.token).value();

  EXPECT_EQ(drain(*provider, only({""})), std::vector{items[0]});
  EXPECT_EQ(drain(*provider, unclaimed()), std::vector{items[1]});
}

void renewal_of_the_lock_leaves_the_tag_as_it_is(Context& ctx) {
  const auto provider = ctx.open();
  const Activity item = tagged("order-1", 1, "gpu");
  enqueue(*provider, {item});
  const LockedActivity held = take_activity(*provider, only({"gpu"}));

  provider->renew_activity(held.token, kLongLock).value();
  provider->abandon_activity(held.token).value();

  expect_only_for_its_tag(*provider, item);
}

void tag_and_session_survive_together(Context& ctx) {
  const auto provider = ctx.open();
  Activity item = bound("order-1", 1, "gpu");
  item.tag = "session-1";
  Activity other = bound("order-1", 2, "session-1");
  other.tag = "gpu";
  enqueue_by_commit(*provider, {item, other});

  const LockedActivity held = take_activity(*provider, as("worker-1", {TagKind::any, {}}));
  provider->abandon_activity(held.token).value();

  EXPECT_EQ(drain(*provider, as("worker-2", {TagKind::any, {}})), std::vector{other});
  EXPECT_EQ(drain(*provider, as("worker-1", {TagKind::tags, {"session-1"}})), std::vector{item});
}

void tags_survive_a_reopen(Context& ctx) {
  auto provider = ctx.open();
  const std::vector items = {tagged("order-1", 1, "gpu"), activity("order-1", 2),
                             tagged("order-1", 3, ""), tagged("order-1", 4, "gpu"),
                             tagged("order-1", 5, "cpu")};
  enqueue(*provider, {items[0], items[1]});
  enqueue_by_commit(*provider, {items[2], items[3], items[4]});
  const Window lock = ctx.window();
  FetchActivity briefly = only({"gpu"});
  briefly.lock_timeout = lock.length;
  take_activity(*provider, briefly);

  provider.reset();
  provider = ctx.open();
  ctx.to_end(lock);

  EXPECT_EQ(drain(*provider, unclaimed()), std::vector{items[1]});
  EXPECT_EQ(drain(*provider, only({"gpu"})), (std::vector{items[0], items[3]}));
  EXPECT_EQ(drain(*provider, only({""})), std::vector{items[2]});
  EXPECT_EQ(drain(*provider, filtered(TagKind::any)), std::vector{items[4]});
}

// --- TEXT_1: nothing but the same bytes is the same tag, session or owner

std::vector<Activity> one_of_each(const std::vector<std::string>& texts,
                                  Activity (*make)(const std::string&, std::uint64_t,
                                                   const std::string&)) {
  std::vector<Activity> items;
  for (const std::string& text : texts) {
    items.push_back(make("order-1", items.size() + 1, text));
  }
  return items;
}

void tags_of_any_text_are_taken_literally(Context& ctx) {
  const auto provider = ctx.open();
  std::vector<std::string> texts = confusable_texts();
  texts.push_back("");
  const std::vector<Activity> items = one_of_each(texts, tagged);
  enqueue_by_commit(*provider, items);
  enqueue(*provider, {activity("order-1", 0)});

  for (std::size_t i = 0; i < texts.size(); ++i) {
    EXPECT_EQ(drain(*provider, only({texts[i], "no-such-tag"})), std::vector{items[i]})
        << testing::PrintToString(texts[i]);
  }
}

void set_of_hostile_tags_takes_exactly_those(Context& ctx) {
  const auto provider = ctx.open();
  const std::vector<std::string> texts = confusable_texts();
  const std::vector<Activity> items = one_of_each(texts, tagged);
  enqueue_by_commit(*provider, items);
  std::vector<std::string> odd;
  std::vector<Activity> odd_items, even_items;
  for (std::size_t i = 0; i < texts.size(); ++i) {
    if (i % 2 == 1) odd.push_back(texts[i]);
    (i % 2 == 1 ? odd_items : even_items).push_back(items[i]);
  }

  EXPECT_EQ(drain(*provider, only(odd)), odd_items);
  EXPECT_EQ(drain(*provider, filtered(TagKind::any)), even_items);
}

// Each session is claimed by a worker of its own: two that are taken for one would be refused to
// the second.
void sessions_of_any_text_are_apart(Context& ctx) {
  const auto provider = ctx.open();
  const std::vector<std::string> texts = confusable_texts();
  const std::vector<Activity> items = one_of_each(texts, bound);
  const auto owner = [](std::size_t i) { return "worker-" + std::to_string(i); };
  for (std::size_t i = 0; i < texts.size(); ++i) claim(*provider, owner(i), texts[i]);
  enqueue_by_commit(*provider, items);

  for (std::size_t i = 0; i < texts.size(); ++i) {
    EXPECT_EQ(drain(*provider, as(owner(i))), std::vector{items[i]})
        << testing::PrintToString(texts[i]);
  }
}

void owners_of_any_text_are_apart(Context& ctx) {
  const auto provider = ctx.open();
  const std::vector<std::string> owners = confusable_texts();
  std::vector<Activity> items;
  for (const std::string& owner : owners) {
    const std::string session = "session-" + std::to_string(items.size());
    claim(*provider, owner, session);
    items.push_back(bound("order-1", items.size() + 1, session));
  }
  enqueue_by_commit(*provider, items);

  for (std::size_t i = 0; i < owners.size(); ++i) {
    EXPECT_EQ(renewed(*provider, {owners[i]}), 1U) << testing::PrintToString(owners[i]);
    EXPECT_EQ(drain(*provider, as(owners[i])), std::vector{items[i]})
        << testing::PrintToString(owners[i]);
  }
}

constexpr Validation kRows[] = {
    {"tag_comes_back_with_an_enqueued_item", requirement("TAG_2"),
     tag_comes_back_with_an_enqueued_item},
    {"tag_survives_the_commit_of_a_turn", requirement("TAG_2"), tag_survives_the_commit_of_a_turn},
    {"tag_survives_abandon", requirement("TAG_2"), tag_survives_abandon},
    {"tag_survives_abandon_with_a_delay", requirement("TAG_2"), tag_survives_abandon_with_a_delay},
    {"tag_survives_the_expiry_of_the_lock", requirement("TAG_2"),
     tag_survives_the_expiry_of_the_lock},
    {"empty_tag_and_no_tag_survive_redelivery", requirement("TAG_3"),
     empty_tag_and_no_tag_survive_redelivery},
    {"renewal_of_the_lock_leaves_the_tag_as_it_is", requirement("TAG_2"),
     renewal_of_the_lock_leaves_the_tag_as_it_is},
    {"tag_and_session_survive_together", requirement("TAG_2"), tag_and_session_survive_together,
     Hook::none, Capability::sessions},
    {"tags_survive_a_reopen", requirement("TAG_2"), tags_survive_a_reopen, Hook::none,
     Capability::queues, true},
    {"tags_of_any_text_are_taken_literally", requirement("TEXT_1"),
     tags_of_any_text_are_taken_literally, Hook::none, Capability::tags},
    {"set_of_hostile_tags_takes_exactly_those", requirement("TEXT_1"),
     set_of_hostile_tags_takes_exactly_those, Hook::none, Capability::tags},
    {"sessions_of_any_text_are_apart", requirement("TEXT_1"), sessions_of_any_text_are_apart,
     Hook::none, Capability::sessions},
    {"owners_of_any_text_are_apart", requirement("TEXT_1"), owners_of_any_text_are_apart,
     Hook::none, Capability::sessions},
};

}  // namespace

std::span<const Validation> tag_path_validations() { return kRows; }

}  // namespace ackproof
