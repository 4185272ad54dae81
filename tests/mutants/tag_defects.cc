// Providers that send activities to the wrong workers by their tags, or lose the tags.
#include <algorithm>
#include <optional>

#include "contract/requirements.h"
#include "contract/rules.h"
#include "tests/mutants/defect.h"
#include "tests/mutants/own_sessions.h"
#include "tests/mutants/spoil.h"

namespace ackproof {

namespace {

using Kind = TagFilter::Kind;
using Fetched = Result<std::optional<LockedActivity>>;
using Tag = std::optional<std::string>;

// --- TAG_1: another filter than the one that was given

template <void (*change)(TagFilter&)>
struct ChangesFilters : ForwardingProvider {
  using ForwardingProvider::ForwardingProvider;
  Fetched fetch_activity(const FetchActivity& options) override {
    if (const auto refusal = rules::fetch_activity(describe().capabilities, options)) {
      return *refusal;
    }
    FetchActivity changed = options;
    change(changed.tags);
    return inner().fetch_activity(changed);
  }
};

template <Kind given, Kind taken>
void mistake(TagFilter& filter) {
  if (filter.kind == given) filter.kind = taken;
}

void take_no_tags_for_default(TagFilter& filter) {
  if (filter.kind == Kind::default_only) filter = {Kind::any, {}};
}

void bind_the_first_tag(TagFilter& filter) {
  if (filter.tags.size() > 1) filter.tags.resize(1);
}

void bind_the_last_tag(TagFilter& filter) {
  if (filter.tags.size() > 1) filter.tags = {filter.tags.back()};
}

void bind_sixteen_tags(TagFilter& filter) {
  if (filter.tags.size() > 16) filter.tags.resize(16);
}

void bind_a_thousand_tags(TagFilter& filter) {
  if (filter.tags.size() > 1'000) filter.tags.resize(1'000);
}

// What an empty set is taken for instead of being refused.
template <Kind meant>
struct AcceptsEmptySets : ForwardingProvider {
  using ForwardingProvider::ForwardingProvider;
  Fetched fetch_activity(const FetchActivity& options) override {
    FetchActivity changed = options;
    const Kind kind = options.tags.kind;
    if (options.tags.tags.empty() && (kind == Kind::tags || kind == Kind::default_and)) {
      changed.tags.kind = meant;
    }
    return inner().fetch_activity(changed);
  }
};

// Only one of the two kinds of filter is checked.
struct AcceptsAnEmptyDefaultAnd : ForwardingProvider {
  using ForwardingProvider::ForwardingProvider;
  Fetched fetch_activity(const FetchActivity& options) override {
    FetchActivity changed = options;
    if (options.tags.kind == Kind::default_and && options.tags.tags.empty()) {
      changed.tags.kind = Kind::default_only;
    }
    return inner().fetch_activity(changed);
  }
};

// The set is looked at when an item is locked already.
struct CountsBeforeItRefuses : ForwardingProvider {
  using ForwardingProvider::ForwardingProvider;
  Fetched fetch_activity(const FetchActivity& options) override {
    const bool has_set = options.tags.kind == Kind::tags || options.tags.kind == Kind::default_and;
    if (has_set && options.tags.tags.empty()) {
      const Fetched fetched =
          inner().fetch_activity({.lock_timeout = options.lock_timeout, .tags = {Kind::any, {}}});
      if (fetched && fetched.value()) (void)inner().abandon_activity(fetched.value()->token);
    }
    return inner().fetch_activity(options);
  }
};

// --- TAG_1, TAG_4: own choice among all items

// `admits` decides whether an item is for this filter, `better` which of two comes first.
using Admits = bool (*)(const TagFilter&, const Tag&);
using Better = bool (*)(const TagFilter&, const Tag& one, const Tag& other);

bool in_order(const TagFilter&, const Tag&, const Tag&) { return false; }

template <Admits admits, Better better = in_order, std::size_t looked_at = SIZE_MAX,
          bool counts = false>
struct FiltersItself : Sharing<Nothing> {
  using Sharing::Sharing;
  Fetched fetch_activity(const FetchActivity& options) override {
    if (const auto refusal = rules::fetch_activity(describe().capabilities, options)) {
      return *refusal;
    }
    const auto alone = state();
    FetchActivity all = options;
    all.tags = {Kind::any, {}};
    std::vector<LockedActivity> passed;
    std::optional<LockedActivity> chosen;
    for (std::size_t n = 0; n < looked_at; ++n) {
      Fetched fetched = inner().fetch_activity(all);
      if (!fetched || !fetched.value()) break;
      LockedActivity& locked = *fetched.value();
      const bool wins =
          admits(options.tags, locked.activity.tag) &&
          (!chosen || better(options.tags, locked.activity.tag, chosen->activity.tag));
      if (wins) std::swap(chosen, fetched.value());
      if (fetched.value()) passed.push_back(std::move(*fetched.value()));
    }
    for (const LockedActivity& locked : passed) {
      (void)inner().abandon_activity(locked.token, {.ignore_attempt = !counts});
    }
    return chosen;
  }
};

bool right(const TagFilter& filter, const Tag& tag) { return rules::admits(filter, tag); }

// `tag NOT IN (...)` and `tag <> ...` are neither true nor false for NULL.
bool any_but_untagged(const TagFilter& filter, const Tag& tag) {
  return filter.kind == Kind::any ? tag.has_value() : rules::admits(filter, tag);
}

bool any_but_tagged(const TagFilter& filter, const Tag& tag) {
  return filter.kind == Kind::any ? !tag : rules::admits(filter, tag);
}

bool tags_and_untagged(const TagFilter& filter, const Tag& tag) {
  return (filter.kind == Kind::tags && !tag) || rules::admits(filter, tag);
}

bool untagged_first(const TagFilter& filter, const Tag& one, const Tag& other) {
  return filter.kind == Kind::default_and && !one && other;
}

bool tagged_first(const TagFilter& filter, const Tag& one, const Tag& other) {
  return filter.kind == Kind::default_and && one && !other;
}

// The set is tried tag by tag.
bool in_order_of_the_set(const TagFilter& filter, const Tag& one, const Tag& other) {
  const auto place = [&](const Tag& tag) { return std::ranges::find(filter.tags, tag); };
  return filter.kind == Kind::tags && place(one) < place(other);
}

bool in_order_of_tags(const TagFilter& filter, const Tag& one, const Tag& other) {
  return filter.kind == Kind::any && one < other;
}

// Two fetchers that run at once use one prepared statement, and one another's parameters.
struct RacingFetchersShareTheFilter : Sharing<TagFilter> {
  using Sharing::Sharing;
  Fetched fetch_activity(const FetchActivity& options) override {
    *state() = options.tags;
    linger();
    FetchActivity changed = options;
    changed.tags = *state();
    return inner().fetch_activity(changed);
  }
};

// A fetch by tags walks over tagged items only, and stops at the first other one.
struct UntaggedHeadBlocks : ForwardingProvider {
  using ForwardingProvider::ForwardingProvider;
  Fetched fetch_activity(const FetchActivity& options) override {
    if (options.tags.kind != Kind::tags || options.tags.tags.empty()) {
      return inner().fetch_activity(options);
    }
    FetchActivity head = options;
    head.tags = {Kind::any, {}};
    Fetched fetched = inner().fetch_activity(head);
    if (!fetched || !fetched.value()) return fetched;
    const LockedActivity& locked = *fetched.value();
    if (rules::admits(options.tags, locked.activity.tag)) return fetched;
    const bool is_untagged = !locked.activity.tag;
    (void)inner().abandon_activity(locked.token, {.ignore_attempt = true});
    return is_untagged ? std::optional<LockedActivity>() : inner().fetch_activity(options);
  }
};

// --- TAG_1: and sessions

// The two rules are joined with OR.
struct EitherRuleSuffices : OwnSessions {
  using OwnSessions::OwnSessions;
  bool is_open(const Candidate& candidate, const FetchActivity& options) override {
    const bool is_own =
        candidate.activity.session && options.session && is_open_to(candidate, options.session);
    const bool is_named =
        candidate.activity.tag && rules::admits(options.tags, candidate.activity.tag);
    return is_own || is_named || OwnSessions::is_open(candidate, options);
  }
};

struct OwnSessionsIgnoreTheFilter : OwnSessions {
  using OwnSessions::OwnSessions;
  bool is_open(const Candidate& candidate, const FetchActivity& options) override {
    const auto& session = candidate.activity.session;
    const bool is_own = session && options.session && live(key(candidate.activity)) != nullptr &&
                        is_open_to(candidate, options.session);
    return is_own || OwnSessions::is_open(candidate, options);
  }
};

struct FilterOpensSessions : OwnSessions {
  using OwnSessions::OwnSessions;
  bool is_open(const Candidate& candidate, const FetchActivity& options) override {
    if (options.session || options.tags.kind == Kind::default_only) {
      return OwnSessions::is_open(candidate, options);
    }
    return rules::admits(options.tags, candidate.activity.tag);
  }
};

// --- TAG_2

void drop_tag(Activity& activity) { activity.tag = std::nullopt; }

void drop_tags(TurnCommit& commit) {
  for (Activity& activity : commit.activities) drop_tag(activity);
}

void drop_tags_of_bound_items(TurnCommit& commit) {
  for (Activity& activity : commit.activities) {
    if (activity.session) drop_tag(activity);
  }
}

void bind_first_tag_to_all(TurnCommit& commit) {
  for (Activity& activity : commit.activities) activity.tag = commit.activities[0].tag;
}

template <void (*change)(Activity&)>
struct EnqueuesOthers : ForwardingProvider {
  using ForwardingProvider::ForwardingProvider;
  Result<void> enqueue_activity(const Activity& activity) override {
    Activity changed = activity;
    change(changed);
    return inner().enqueue_activity(changed);
  }
};

template <void (*change)(Activity&)>
struct DeliversOthers : ForwardingProvider {
  using ForwardingProvider::ForwardingProvider;
  Fetched fetch_activity(const FetchActivity& options) override {
    Fetched fetched = inner().fetch_activity(options);
    if (fetched && fetched.value()) change(fetched.value()->activity);
    return fetched;
  }
};

// What is done to an item in the queue changes its tag.
enum class Way : std::uint8_t { abandon, delay, expiry, renewal };

template <Way way>
struct LosesTags : OwnSessions {
  using OwnSessions::OwnSessions;
  Result<void> abandon_activity(const LockToken& token, const Abandon& how) override {
    const auto alone = lock();
    const std::uint64_t item = store().taken[token.value].item;
    const Result<void> abandoned = OwnSessions::abandon_activity(token, how);
    if (!abandoned) return abandoned;
    store().taken.erase(token.value);
    if (way == (how.delay > Duration(0) ? Way::delay : Way::abandon)) untag(item);
    return abandoned;
  }
  Result<void> renew_activity(const LockToken& token, Duration extend_for) override {
    const auto alone = lock();
    const Result<void> renewed = OwnSessions::renew_activity(token, extend_for);
    if (renewed && way == Way::renewal) untag(store().taken[token.value].item);
    return renewed;
  }
  Fetched fetch_activity(const FetchActivity& options) override {
    const auto alone = lock();
    if (way != Way::expiry) return OwnSessions::fetch_activity(options);
    for (const Candidate& candidate : candidates({.lock_timeout = Duration(1'000)})) {
      if (std::ranges::any_of(store().taken, [&](const auto& entry) {
            return entry.second.item == candidate.item;
          })) {
        untag(candidate.item);
      }
      unfetch(candidate);
    }
    return OwnSessions::fetch_activity(options);
  }

 private:
  void untag(std::uint64_t item) { store().items.at(item).tag = std::nullopt; }
};

struct ForgetsTagsAtClosing : OwnSessions {
  using OwnSessions::OwnSessions;
  ~ForgetsTagsAtClosing() override {
    const auto alone = lock();
    if (store().handles > 1) return;
    for (auto& [item, activity] : store().items) activity.tag = std::nullopt;
  }
};

// --- TAG_3

void empty_becomes_none(Activity& activity) {
  if (activity.tag == "") activity.tag = std::nullopt;
}

void none_becomes_empty(Activity& activity) {
  if (!activity.tag) activity.tag = "";
}

template <void (*change)(Activity&)>
void change_all(TurnCommit& commit) {
  for (Activity& activity : commit.activities) change(activity);
}

// The column is NOT NULL, and "" stands for no tag.
bool empty_is_none(const TagFilter& filter, const Tag& tag) {
  const bool is_default = !tag || tag->empty();
  switch (filter.kind) {
    case Kind::default_only:
      return is_default;
    case Kind::default_and:
      return is_default || rules::admits(filter, tag);
    default:
      return rules::admits(filter, tag);
  }
}

bool none_is_empty(const TagFilter& filter, const Tag& tag) {
  return filter.kind == Kind::tags ? rules::admits(filter, tag.value_or(""))
                                   : rules::admits(filter, tag);
}

// Empty tags in a filter are dropped as if they were blanks between commas.
void drop_empty_tags(TagFilter& filter) {
  std::erase(filter.tags, "");
  if (filter.tags.empty() && filter.kind == Kind::tags) filter.kind = Kind::none;
  if (filter.tags.empty() && filter.kind == Kind::default_and) filter.kind = Kind::default_only;
}

}  // namespace

std::span<const Defect> tag_defects() {
  static constexpr Defect rows[] = {
      {"default_filter_takes_tagged_items", requirement("TAG_1"),
       "A default-only fetch gets tagged items too.",
       spoil_with<ChangesFilters<take_no_tags_for_default>>},
      {"tag_filter_takes_untagged_items", requirement("TAG_1"),
       "A fetch by tags gets untagged items too.", spoil_sharing<FiltersItself<tags_and_untagged>>},
      {"default_and_takes_no_untagged_items", requirement("TAG_1"),
       "Default-and is taken for tags.",
       spoil_with<ChangesFilters<mistake<Kind::default_and, Kind::tags>>>},
      {"default_and_takes_no_tagged_items", requirement("TAG_1"),
       "Default-and is taken for default-only.",
       spoil_with<ChangesFilters<mistake<Kind::default_and, Kind::default_only>>>},
      {"default_and_takes_everything", requirement("TAG_1"), "Default-and is taken for any.",
       spoil_with<ChangesFilters<mistake<Kind::default_and, Kind::any>>>},
      {"tags_are_ignored", requirement("TAG_1"), "A fetch by tags gets every item.",
       spoil_with<ChangesFilters<mistake<Kind::tags, Kind::any>>>},
      {"none_is_no_filter", requirement("TAG_1"), "The filter none is taken for any.",
       spoil_with<ChangesFilters<mistake<Kind::none, Kind::any>>>},
      {"none_takes_untagged_items", requirement("TAG_1"),
       "The filter none is taken for default-only.",
       spoil_with<ChangesFilters<mistake<Kind::none, Kind::default_only>>>},
      {"any_takes_no_untagged_items", requirement("TAG_1"),
       "The filter any overlooks items without a tag.",
       spoil_sharing<FiltersItself<any_but_untagged>>},
      {"any_takes_no_tagged_items", requirement("TAG_1"),
       "The filter any overlooks items with a tag.", spoil_sharing<FiltersItself<any_but_tagged>>},
      {"only_the_first_tag_counts", requirement("TAG_1"), "Only the first tag of a set is bound.",
       spoil_with<ChangesFilters<bind_the_first_tag>>},
      {"only_the_last_tag_counts", requirement("TAG_1"), "Only the last tag of a set is bound.",
       spoil_with<ChangesFilters<bind_the_last_tag>>},
      {"only_sixteen_tags_count", requirement("TAG_1"),
       "The seventeenth tag of a set is forgotten.", spoil_with<ChangesFilters<bind_sixteen_tags>>},
      {"only_a_thousand_tags_count", requirement("TAG_1"), "A set of more than 1,000 tags is cut.",
       spoil_with<ChangesFilters<bind_a_thousand_tags>>},
      {"empty_set_is_no_filter", requirement("TAG_1"), "An empty set of tags is taken for any.",
       spoil_with<AcceptsEmptySets<Kind::any>>},
      {"empty_set_takes_nothing", requirement("TAG_1"),
       "An empty set of tags is accepted and takes no item.",
       spoil_with<AcceptsEmptySets<Kind::none>>},
      {"empty_default_and_is_default_only", requirement("TAG_1"),
       "Default-and with an empty set is accepted.", spoil_with<AcceptsAnEmptyDefaultAnd>},
      {"refused_set_counts_an_attempt", requirement("TAG_1"),
       "An empty set is refused after an item was taken.", spoil_with<CountsBeforeItRefuses>},
      {"untagged_items_come_first", requirement("TAG_1"),
       "With default-and untagged items come before older tagged ones.",
       spoil_sharing<FiltersItself<right, untagged_first>>},
      {"tagged_items_come_first", requirement("TAG_1"),
       "With default-and tagged items come before older untagged ones.",
       spoil_sharing<FiltersItself<right, tagged_first>>},
      {"items_come_in_the_order_of_the_set", requirement("TAG_1"),
       "A set of tags is tried tag by tag.",
       spoil_sharing<FiltersItself<right, in_order_of_the_set>>},
      {"items_come_in_the_order_of_their_tags", requirement("TAG_1"),
       "With any, items come sorted by tag.",
       spoil_sharing<FiltersItself<right, in_order_of_tags>>},
      {"racing_fetchers_share_a_filter", requirement("TAG_1"),
       "A fetch uses the filter of another one that runs at the same time.",
       spoil_sharing<RacingFetchersShareTheFilter>},
      {"tag_rule_or_session_rule", requirement("TAG_1"),
       "An item that satisfies one of the two rules is handed out.",
       spoil_sessions<EitherRuleSuffices>},
      {"own_sessions_ignore_the_filter", requirement("TAG_1"),
       "Items of the caller's own sessions come whatever their tag.",
       spoil_sessions<OwnSessionsIgnoreTheFilter>},
      {"tag_filter_opens_sessions", requirement("TAG_1"),
       "A fetch with a filter and without a claim gets bound items.",
       spoil_sessions<FilterOpensSessions>},

      {"commit_drops_tags", requirement("TAG_2"), "The activities of a commit have no tag.",
       spoil_with<ChangesCommits<drop_tags>>},
      {"commit_tags_all_alike", requirement("TAG_2"),
       "The activities of a commit all have the tag of the first one.",
       spoil_with<ChangesCommits<bind_first_tag_to_all>>},
      {"bound_items_have_no_tag", requirement("TAG_2"),
       "A commit stores either a session or a tag of an activity.",
       spoil_with<ChangesCommits<drop_tags_of_bound_items>>},
      {"enqueue_drops_tags", requirement("TAG_2"), "An enqueued activity has no tag.",
       spoil_with<EnqueuesOthers<drop_tag>>},
      {"delivered_item_has_no_tag", requirement("TAG_2"),
       "A fetch honours the tag and does not return it.", spoil_with<DeliversOthers<drop_tag>>},
      {"abandon_drops_the_tag", requirement("TAG_2"), "An abandoned activity has no tag any more.",
       spoil_sessions<LosesTags<Way::abandon>>},
      {"abandon_with_a_delay_drops_the_tag", requirement("TAG_2"),
       "An activity abandoned with a delay has no tag any more.",
       spoil_sessions<LosesTags<Way::delay>>},
      {"expiry_drops_the_tag", requirement("TAG_2"),
       "An activity whose lock expired has no tag any more.",
       spoil_sessions<LosesTags<Way::expiry>>},
      {"renewal_drops_the_tag", requirement("TAG_2"),
       "An activity that was renewed has no tag any more.",
       spoil_sessions<LosesTags<Way::renewal>>},
      {"tags_are_forgotten_at_closing", requirement("TAG_2"),
       "Queued activities have no tag after a reopen.", spoil_sessions<ForgetsTagsAtClosing>,
       Spoils::sqlite},

      {"empty_tag_is_stored_as_none", requirement("TAG_3"),
       "An enqueued activity with an empty tag has none.",
       spoil_with<EnqueuesOthers<empty_becomes_none>>},
      {"empty_tag_in_a_commit_is_stored_as_none", requirement("TAG_3"),
       "An activity of a commit with an empty tag has none.",
       spoil_with<ChangesCommits<change_all<empty_becomes_none>>>},
      {"missing_tag_is_stored_as_empty", requirement("TAG_3"),
       "An enqueued activity without a tag has an empty one.",
       spoil_with<EnqueuesOthers<none_becomes_empty>>},
      {"missing_tag_is_delivered_as_empty", requirement("TAG_3"),
       "An activity without a tag comes back with an empty one.",
       spoil_with<DeliversOthers<none_becomes_empty>>},
      {"empty_tag_counts_as_default", requirement("TAG_3"),
       "Default-only takes items with an empty tag.", spoil_sharing<FiltersItself<empty_is_none>>},
      {"missing_tag_counts_as_empty", requirement("TAG_3"),
       "A set with the empty tag takes untagged items.",
       spoil_sharing<FiltersItself<none_is_empty>>},
      {"empty_tags_in_filters_are_dropped", requirement("TAG_3"),
       "An empty tag in a filter is overlooked.", spoil_with<ChangesFilters<drop_empty_tags>>},

      {"tag_is_looked_at_after_limit_1", requirement("TAG_4"),
       "The filter is applied to the head of the queue only.",
       spoil_sharing<FiltersItself<right, in_order, 1>>},
      {"tag_is_looked_at_after_limit_100", requirement("TAG_4"),
       "The filter is applied to the first hundred of the queue.",
       spoil_sharing<FiltersItself<right, in_order, 100>>},
      {"untagged_head_blocks_tagged_items", requirement("TAG_4"),
       "A fetch by tags gets nothing while an untagged item is at the head.",
       spoil_with<UntaggedHeadBlocks>},
      {"item_passed_over_for_its_tag_is_counted", requirement("ERR_4"),
       "Passing over an item with another tag counts as an attempt.",
       spoil_sharing<FiltersItself<right, in_order, SIZE_MAX, true>>},
  };
  return rows;
}

}  // namespace ackproof
