// Which activities a tag filter admits, in which order, and that the others are in nobody's way.
// How tags survive is in `tag_paths.cc`.
#include <array>
#include <iterator>
#include <memory>

#include "contract/rules.h"
#include "validations/build.h"
#include "validations/catalogue.h"
#include "validations/context.h"
#include "validations/expect.h"
#include "validations/sessions/routing.h"

namespace ackproof {

namespace {

// Ids from 1, untagged where the tag is absent.
std::vector<Activity> items_with(const std::vector<std::optional<std::string>>& tags) {
  std::vector<Activity> items;
  for (const auto& tag : tags) {
    items.push_back(activity("order-1", items.size() + 1));
    items.back().tag = tag;
  }
  return items;
}

// --- TAG_1: the five filters

void default_only_takes_the_untagged_items(Context& ctx) {
  const auto provider = ctx.open();
  const auto items = items_with({{}, "gpu", {}, "cpu", {}});
  enqueue(*provider, items);

  EXPECT_EQ(drain(*provider, filtered(TagKind::default_only)),
            (std::vector{items[0], items[2], items[4]}));
}

void filter_is_default_only_when_none_is_given(Context& ctx) {
  const auto provider = ctx.open();
  const auto items = items_with({"gpu", {}, "cpu", {}});
  enqueue(*provider, items);

  EXPECT_EQ(drain_activities(*provider), (std::vector{items[1], items[3]}));
}

void tags_takes_only_items_with_the_tag(Context& ctx) {
  const auto provider = ctx.open();
  const auto items = items_with({{}, "gpu", "cpu", "gpu", {}, "tpu"});
  enqueue(*provider, items);

  EXPECT_EQ(drain(*provider, only({"gpu"})), (std::vector{items[1], items[3]}));
  EXPECT_EQ(drain(*provider, only({"fpga"})), std::vector<Activity>());
  EXPECT_EQ(drain(*provider, only({"cpu"})), std::vector{items[2]});
}

void tags_takes_items_with_any_of_the_tags_in_enqueue_order(Context& ctx) {
  const auto provider = ctx.open();
  const auto items = items_with({"tpu", "gpu", "cpu", {}, "gpu", "tpu", "fpga", "tpu"});
  enqueue(*provider, items);

  EXPECT_EQ(drain(*provider, only({"gpu", "npu", "tpu"})),
            (std::vector{items[0], items[1], items[4], items[5], items[7]}));
}

void default_and_takes_untagged_and_matching_items_in_enqueue_order(Context& ctx) {
  const auto provider = ctx.open();
  const auto items = items_with({"gpu", {}, "cpu", "gpu", {}, "tpu", "fpga", {}, "tpu"});
  enqueue(*provider, items);

  EXPECT_EQ(drain(*provider, filtered(TagKind::default_and, {"gpu", "tpu"})),
            (std::vector{items[0], items[1], items[3], items[4], items[5], items[7], items[8]}));
}

void any_takes_every_item_in_enqueue_order(Context& ctx) {
  const auto provider = ctx.open();
  const auto items = items_with({"gpu", {}, "cpu", "", {}, "gpu"});
  enqueue(*provider, items);

  EXPECT_EQ(drain(*provider, filtered(TagKind::any)), items);
}

void none_takes_no_item(Context& ctx) {
  const auto provider = ctx.open();
  const auto items = items_with({{}, "gpu", ""});
  enqueue(*provider, items);

  EXPECT_TRUE(nothing(provider->fetch_activity(filtered(TagKind::none))));

  EXPECT_EQ(drain(*provider, filtered(TagKind::any)), items);
}

// --- TAG_1: the set of tags

// The set is more than a page of some stores. Of sixty tags two are used.
void every_tag_of_a_large_set_counts(Context& ctx) {
  constexpr std::uint64_t kMany = 1'200;
  const auto provider = ctx.open();
  std::vector<std::string> set;
  std::vector<Activity> items;
  for (std::uint64_t id = 1; id <= kMany; ++id) {
    set.push_back("tag-" + std::to_string(id));
    if (id % 60 < 2) items.push_back(tagged("order-1", id, set.back()));
  }
  enqueue_by_commit(*provider, items);
  enqueue(*provider, items_with({"tag-1201", "tag"}));
  std::ranges::reverse(set);

  EXPECT_EQ(drain(*provider, only(set)), items);
}

void tag_that_is_named_twice_counts_once(Context& ctx) {
  const auto provider = ctx.open();
  const auto items = items_with({"gpu", "cpu", {}, "gpu"});
  enqueue(*provider, items);

  EXPECT_EQ(drain(*provider, only({"gpu", "gpu"})), (std::vector{items[0], items[3]}));
  EXPECT_EQ(drain(*provider, filtered(TagKind::default_and, {"cpu", "cpu"})),
            (std::vector{items[1], items[2]}));
}

void empty_set_of_tags_is_invalid_and_takes_nothing(Context& ctx) {
  const auto provider = ctx.open();
  const auto items = items_with({{}, "gpu", ""});
  enqueue(*provider, items);

  for (const TagKind kind : {TagKind::tags, TagKind::default_and}) {
    EXPECT_TRUE(fails_with(provider->fetch_activity(filtered(kind)), ErrorKind::invalid));
  }

  for (const Activity& item : items) {
    const LockedActivity taken = take_activity(*provider, filtered(TagKind::any));
    EXPECT_EQ(taken, (LockedActivity{item, 1, taken.token})) << "a refused fetch was counted";
  }
}

// --- TAG_1: who gets what

void workers_with_different_filters_share_one_queue(Context& ctx) {
  const auto one = ctx.open();
  const auto other = ctx.open();
  const auto items = items_with({{}, "gpu", "cpu", "fpga", "gpu"});
  enqueue(*one, items);

  EXPECT_EQ(take_activity(*one).activity, items[0]);
  EXPECT_TRUE(nothing(one->fetch_activity(unclaimed())));
  EXPECT_EQ(take_activity(*one, only({"gpu", "cpu"})).activity, items[1]);
  EXPECT_EQ(take_activity(*other, only({"gpu", "cpu"})).activity, items[2]);
  EXPECT_EQ(take_activity(*other, only({"cpu", "fpga"})).activity, items[3]);
  EXPECT_TRUE(nothing(other->fetch_activity(only({"cpu", "fpga"}))));
  EXPECT_EQ(take_activity(*one, filtered(TagKind::any)).activity, items[4]);
  EXPECT_TRUE(nothing(one->fetch_activity(filtered(TagKind::any))));
}

void racing_workers_get_only_what_their_filters_admit(Context& ctx) {
  const std::array filters = {filtered(TagKind::default_only), only({"gpu", "cpu"}),
                              only({"cpu", "tpu"}), filtered(TagKind::default_and, {"tpu"})};
  std::vector<std::unique_ptr<Provider>> handles;
  for (std::size_t i = 0; i < filters.size(); ++i) handles.push_back(ctx.open());
  std::vector<std::optional<std::string>> tags;
  for (int n = 0; n < 15; ++n) tags.insert(tags.end(), {{}, "gpu", "cpu", "tpu"});
  const auto items = items_with(tags);
  enqueue(*handles[0], items);

  // Everything stays locked, and every item is admitted by one of the filters at least.
  const auto shares = ctx.together(filters.size(), [&](std::size_t i) {
    std::vector<Activity> share;
    while (share.size() <= items.size()) {
      const auto locked = contend(*handles[i], filters[i]);
      if (!locked) break;
      share.push_back(locked->activity);
    }
    return share;
  });

  std::vector<Activity> all;
  for (std::size_t i = 0; i < shares.size(); ++i) {
    for (const Activity& item : shares[i]) {
      EXPECT_TRUE(rules::admits(filters[i].tags, item.tag)) << testing::PrintToString(item);
    }
    all.insert(all.end(), shares[i].begin(), shares[i].end());
  }
  EXPECT_EQ(by_id(all), items) << "an item was handed out twice, or to nobody";
}

void returned_items_keep_their_place_among_the_matching(Context& ctx) {
  const auto provider = ctx.open();
  const auto items = items_with({"gpu", {}, "gpu", "cpu", "gpu", {}});
  enqueue(*provider, items);
  const Window lock = ctx.window();
  FetchActivity briefly = only({"gpu"});
  briefly.lock_timeout = lock.length;
  take_activity(*provider, briefly);
  const LockedActivity second = take_activity(*provider, only({"gpu"}));

  provider->abandon_activity(second.token).value();
  ctx.to_end(lock);

  EXPECT_EQ(drain(*provider, filtered(TagKind::default_and, {"gpu"})),
            (std::vector{items[0], items[1], items[2], items[4], items[5]}));
}

// --- TAG_1: and sessions

// Own, free and foreign sessions and none, each with a tag that matches, one that does not, and
// none.
void item_must_satisfy_the_tag_rule_and_the_session_rule(Context& ctx) {
  const auto provider = ctx.open();
  claim(*provider, "worker-1", "own");
  claim(*provider, "worker-2", "foreign");
  std::vector<Activity> items;
  for (const char* session : {"own", "foreign", "free", ""}) {
    for (const auto& tag : {std::optional<std::string>("gpu"), std::optional<std::string>("cpu"),
                            std::optional<std::string>()}) {
      items.push_back(activity("order-1", items.size() + 1));
      items.back().tag = tag;
      if (*session != '\0') items.back().session = session;
    }
  }
  enqueue(*provider, items);

  EXPECT_EQ(drain(*provider, as("worker-1", {TagKind::tags, {"gpu"}})),
            (std::vector{items[0], items[6], items[9]}));
  EXPECT_EQ(drain(*provider, as("worker-2", {TagKind::default_and, {"gpu"}})),
            (std::vector{items[3], items[5], items[11]}));
  EXPECT_EQ(drain(*provider, filtered(TagKind::any)), std::vector{items[10]});
  EXPECT_EQ(drain(*provider, as("worker-1", {TagKind::default_only, {}})),
            (std::vector{items[2], items[8]}));
  EXPECT_EQ(drain(*provider, as("worker-2", {TagKind::any, {}})), std::vector{items[4]});
  EXPECT_EQ(drain(*provider, as("worker-1", {TagKind::any, {}})),
            (std::vector{items[1], items[7]}));
}

void no_filter_opens_bound_items_to_a_fetch_without_a_claim(Context& ctx) {
  const auto provider = ctx.open();
  Activity item = bound("order-1", 1, "session-1");
  item.tag = "gpu";
  enqueue(*provider, {item, bound("order-1", 2, "session-2")});

  for (const FetchActivity& options :
       {filtered(TagKind::any), only({"gpu"}), filtered(TagKind::default_and, {"gpu"})}) {
    EXPECT_TRUE(nothing(provider->fetch_activity(options)));
  }

  EXPECT_EQ(take_activity(*provider, as("worker-1", {TagKind::any, {}})).activity, item);
}

// What a filter passes over does not become the caller's.
void item_that_the_filter_passes_over_claims_no_session(Context& ctx) {
  const auto one = ctx.open();
  const auto other = ctx.open();
  Activity item = bound("order-1", 1, "session-1");
  item.tag = "gpu";
  enqueue(*one, {item, activity("order-1", 2)});

  EXPECT_EQ(drain(*one, as("worker-1")), std::vector{activity("order-1", 2)});

  EXPECT_EQ(renewed(*one, {"worker-1"}), 0U);
  EXPECT_EQ(take_activity(*other, as("worker-2", {TagKind::tags, {"gpu"}})).activity, item);
}

// --- TAG_3

void empty_tag_is_not_taken_for_no_tag(Context& ctx) {
  const auto provider = ctx.open();
  const auto items = items_with({"", {}, ""});
  enqueue(*provider, items);

  EXPECT_EQ(drain(*provider, filtered(TagKind::default_only)), std::vector{items[1]});
  EXPECT_EQ(drain(*provider, filtered(TagKind::default_and, {"gpu"})), std::vector<Activity>());
  EXPECT_EQ(drain(*provider, only({"gpu"})), std::vector<Activity>());
  EXPECT_EQ(drain(*provider, only({""})), (std::vector{items[0], items[2]}));
}

void no_tag_is_not_taken_for_the_empty_tag(Context& ctx) {
  const auto provider = ctx.open();
  const auto items = items_with({{}, "", "gpu", {}});
  enqueue(*provider, items);

  EXPECT_EQ(drain(*provider, only({"", "gpu"})), (std::vector{items[1], items[2]}));
  EXPECT_EQ(drain(*provider, only({""})), std::vector<Activity>());
  EXPECT_EQ(drain(*provider, filtered(TagKind::any)), (std::vector{items[0], items[3]}));
}

void default_and_the_empty_tag_takes_both(Context& ctx) {
  const auto provider = ctx.open();
  const auto items = items_with({"gpu", "", {}, ""});
  enqueue(*provider, items);

  EXPECT_EQ(drain(*provider, filtered(TagKind::default_and, {""})),
            (std::vector{items[1], items[2], items[3]}));
}

// --- TAG_4

void items_of_other_tags_block_nothing_behind_them(Context& ctx) {
  const auto provider = ctx.open();
  const auto items = items_with({"gpu", "gpu", {}, "cpu", {}, "tpu"});
  enqueue(*provider, items);

  EXPECT_EQ(take_activity(*provider, only({"tpu"})).activity, items[5]);
  EXPECT_EQ(take_activity(*provider, only({"cpu"})).activity, items[3]);
  EXPECT_EQ(take_activity(*provider).activity, items[2]);
  EXPECT_EQ(take_activity(*provider, filtered(TagKind::default_and, {"cpu"})).activity, items[4]);
  EXPECT_EQ(take_activity(*provider, only({"gpu"})).activity, items[0]);
}

void untagged_items_block_no_tagged_ones_behind_them(Context& ctx) {
  const auto provider = ctx.open();
  const auto items = items_with({{}, {}, "gpu"});
  enqueue(*provider, items);

  EXPECT_EQ(drain(*provider, only({"gpu"})), std::vector{items[2]});
}

void thousand_items_of_other_tags_block_nothing_behind_them(Context& ctx) {
  const auto provider = ctx.open();
  std::vector<Activity> blocked;
  for (std::uint64_t id = 1; id <= 1'000; ++id) {
    blocked.push_back(tagged("order-1", id, "tag-" + std::to_string(id % 7)));
  }
  enqueue_by_commit(*provider, blocked);
  const Activity untagged = activity("order-2", 1);
  const Activity wanted = tagged("order-2", 2, "gpu");
  enqueue(*provider, {untagged, wanted});

  EXPECT_EQ(take_activity(*provider, only({"gpu"})).activity, wanted);
  EXPECT_EQ(take_activity(*provider).activity, untagged);
  EXPECT_TRUE(nothing(provider->fetch_activity(filtered(TagKind::default_and, {"gpu"}))));
  EXPECT_EQ(take_activity(*provider, filtered(TagKind::any)).activity, blocked.front());
}

void item_passed_over_for_its_tag_is_neither_locked_nor_counted(Context& ctx) {
  const auto provider = ctx.open();
  const Activity passed = tagged("order-1", 1, "gpu");
  enqueue(*provider, {passed});

  for (const FetchActivity& options :
       {unclaimed(), only({"cpu"}), filtered(TagKind::default_and, {"cpu"}),
        filtered(TagKind::none)}) {
    EXPECT_TRUE(nothing(provider->fetch_activity(options)));
  }

  const LockedActivity taken = take_activity(*provider, only({"gpu"}));
  EXPECT_EQ(taken, (LockedActivity{passed, 1, taken.token}));
}

constexpr Validation kRows[] = {
    {"default_only_takes_the_untagged_items", requirement("TAG_1"),
     default_only_takes_the_untagged_items},
    {"filter_is_default_only_when_none_is_given", requirement("TAG_1"),
     filter_is_default_only_when_none_is_given},
    {"tags_takes_only_items_with_the_tag", requirement("TAG_1"),
     tags_takes_only_items_with_the_tag},
    {"tags_takes_items_with_any_of_the_tags_in_enqueue_order", requirement("TAG_1"),
     tags_takes_items_with_any_of_the_tags_in_enqueue_order},
    {"default_and_takes_untagged_and_matching_items_in_enqueue_order", requirement("TAG_1"),
     default_and_takes_untagged_and_matching_items_in_enqueue_order},
    {"any_takes_every_item_in_enqueue_order", requirement("TAG_1"),
     any_takes_every_item_in_enqueue_order},
    {"none_takes_no_item", requirement("TAG_1"), none_takes_no_item},
    {"every_tag_of_a_large_set_counts", requirement("TAG_1"), every_tag_of_a_large_set_counts},
    {"tag_that_is_named_twice_counts_once", requirement("TAG_1"),
     tag_that_is_named_twice_counts_once},
    {"empty_set_of_tags_is_invalid_and_takes_nothing", requirement("TAG_1"),
     empty_set_of_tags_is_invalid_and_takes_nothing},
    {"workers_with_different_filters_share_one_queue", requirement("TAG_1"),
     workers_with_different_filters_share_one_queue},
    {"racing_workers_get_only_what_their_filters_admit", requirement("TAG_1"),
     racing_workers_get_only_what_their_filters_admit},
    {"returned_items_keep_their_place_among_the_matching", requirement("TAG_1"),
     returned_items_keep_their_place_among_the_matching},
    {"item_must_satisfy_the_tag_rule_and_the_session_rule", requirement("TAG_1"),
     item_must_satisfy_the_tag_rule_and_the_session_rule, Hook::none, Capability::sessions},
    {"no_filter_opens_bound_items_to_a_fetch_without_a_claim", requirement("TAG_1"),
     no_filter_opens_bound_items_to_a_fetch_without_a_claim, Hook::none, Capability::sessions},
    {"item_that_the_filter_passes_over_claims_no_session", requirement("SESS_2"),
     item_that_the_filter_passes_over_claims_no_session, Hook::none, Capability::tags},
    {"empty_tag_is_not_taken_for_no_tag", requirement("TAG_3"), empty_tag_is_not_taken_for_no_tag},
    {"no_tag_is_not_taken_for_the_empty_tag", requirement("TAG_3"),
     no_tag_is_not_taken_for_the_empty_tag},
    {"default_and_the_empty_tag_takes_both", requirement("TAG_3"),
     default_and_the_empty_tag_takes_both},
    {"items_of_other_tags_block_nothing_behind_them", requirement("TAG_4"),
     items_of_other_tags_block_nothing_behind_them},
    {"untagged_items_block_no_tagged_ones_behind_them", requirement("TAG_4"),
     untagged_items_block_no_tagged_ones_behind_them},
    {"thousand_items_of_other_tags_block_nothing_behind_them", requirement("TAG_4"),
     thousand_items_of_other_tags_block_nothing_behind_them},
    {"item_passed_over_for_its_tag_is_neither_locked_nor_counted", requirement("ERR_4"),
     item_passed_over_for_its_tag_is_neither_locked_nor_counted, Hook::none, Capability::tags},
};

}  // namespace

std::span<const Validation> tag_validations() { return kRows; }

}  // namespace ackproof
