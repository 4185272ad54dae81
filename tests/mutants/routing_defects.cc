// Providers that take the texts of sessions, owners and tags for others, or let bad values through.
#include <algorithm>
#include <cctype>

#include "contract/requirements.h"
#include "contract/rules.h"
#include "tests/mutants/defect.h"
#include "tests/mutants/own_sessions.h"
#include "tests/mutants/spoil.h"

namespace ackproof {

namespace {

using Fetched = Result<std::optional<LockedActivity>>;
using Kind = TagFilter::Kind;

// --- What becomes of a text

using Change = std::string (*)(const std::string&);

std::string folded(const std::string& text) {
  std::string lower = text;
  for (char& c : lower) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return lower;
}

std::string trimmed(const std::string& text) {
  const std::size_t last = text.find_last_not_of(" \t\n");
  return last == std::string::npos ? "" : text.substr(0, last + 1);
}

std::string unquoted(const std::string& text) {
  std::string plain = text;
  std::erase_if(plain, [](char c) { return c == '\'' || c == '"' || c == '\\'; });
  return plain;
}

// The key of an index.
std::string first_255_bytes(const std::string& text) { return text.substr(0, 255); }

std::string until_nul(const std::string& text) { return text.substr(0, text.find('\0')); }

// What is no text any more is replaced instead of refused.
std::string mended(const std::string& text) {
  std::string plain = until_nul(text);
  while (!plain.empty() && !rules::is_text(plain)) plain.pop_back();
  return plain.empty() ? "none" : plain;
}

std::string within_the_limit(const std::string& text) { return text.substr(0, kLongestId); }

// --- TEXT_1

template <Change change>
struct TakesSessionsForOthers : OwnSessions {
  using OwnSessions::OwnSessions;
  std::string key(const Activity& activity) override { return change(*activity.session); }
};

template <Change change>
struct TakesOwnersForOthers : ForwardingProvider {
  using ForwardingProvider::ForwardingProvider;
  Fetched fetch_activity(const FetchActivity& options) override {
    FetchActivity changed = options;
    if (changed.session) changed.session->owner = "x" + change(changed.session->owner);
    return inner().fetch_activity(changed);
  }
  Result<std::uint64_t> renew_sessions(const RenewSessions& options) override {
    RenewSessions changed = options;
    for (std::string& owner : changed.owners) owner = "x" + change(owner);
    return inner().renew_sessions(changed);
  }
};

// Whether an item's tag matches one of the filter's in this way; everything else is right.
using Matches = bool (*)(const std::string& tag, const std::string& wanted);

template <Matches matches>
struct MatchesTags : OwnSessions {
  using OwnSessions::OwnSessions;
  bool is_open(const Candidate& candidate, const FetchActivity& options) override {
    const auto& tag = candidate.activity.tag;
    if (options.tags.kind != Kind::tags || !tag) return OwnSessions::is_open(candidate, options);
    return is_open_to(candidate, options.session) &&
           std::ranges::any_of(options.tags.tags,
                               [&](const std::string& wanted) { return matches(*tag, wanted); });
  }
};

template <Change change>
bool after(const std::string& tag, const std::string& wanted) {
  return change(tag) == change(wanted);
}

bool contains(const std::string& tag, const std::string& wanted) {
  return tag.find(wanted) != std::string::npos;
}

bool begins_with(const std::string& tag, const std::string& wanted) {
  return tag.starts_with(wanted);
}

// LIKE, with % and _.
bool like(std::string_view tag, std::string_view pattern) {
  if (pattern.empty()) return tag.empty();
  if (pattern.front() == '%') {
    return like(tag, pattern.substr(1)) || (!tag.empty() && like(tag.substr(1), pattern));
  }
  return !tag.empty() && (pattern.front() == '_' || pattern.front() == tag.front()) &&
         like(tag.substr(1), pattern.substr(1));
}
bool is_like(const std::string& tag, const std::string& wanted) { return like(tag, wanted); }

// A quote ends the literal, and what follows makes the condition true.
bool interpolated(const std::string& tag, const std::string& wanted) {
  return tag == wanted || wanted.find("' OR '") != std::string::npos;
}

// The quote makes the statement fail, which is taken for "nothing".
bool unless_quoted(const std::string& tag, const std::string& wanted) {
  return tag == wanted && wanted.find('\'') == std::string::npos;
}

// The set is joined with commas, and taken apart again.
bool joined(const std::string& tag, const std::string& wanted) {
  return ("," + wanted + ",").find("," + tag + ",") != std::string::npos;
}

// --- ERR_5, ERR_11, CAP_3: bad values are mended instead of refused

template <void (*change)(Activity&)>
struct MendsItems : ForwardingProvider {
  using ForwardingProvider::ForwardingProvider;
  Result<void> enqueue_activity(const Activity& activity) override {
    Activity changed = activity;
    change(changed);
    return inner().enqueue_activity(changed);
  }
  Result<void> ack_turn(const LockToken& token, const TurnCommit& commit) override {
    TurnCommit changed = commit;
    for (Activity& activity : changed.activities) change(activity);
    return inner().ack_turn(token, changed);
  }
};

// The commit alone takes what the queue refuses.
template <void (*change)(Activity&)>
struct MendsCommits : ForwardingProvider {
  using ForwardingProvider::ForwardingProvider;
  Result<void> ack_turn(const LockToken& token, const TurnCommit& commit) override {
    TurnCommit changed = commit;
    for (Activity& activity : changed.activities) change(activity);
    return inner().ack_turn(token, changed);
  }
};

template <Change change>
void in_session(Activity& activity) {
  if (activity.session) activity.session = change(*activity.session);
}

template <Change change>
void in_tag(Activity& activity) {
  if (activity.tag && !activity.tag->empty()) activity.tag = change(*activity.tag);
}

void empty_session_is_none(Activity& activity) {
  if (activity.session == "") activity.session = std::nullopt;
}

template <Change change>
struct MendsFilters : ForwardingProvider {
  using ForwardingProvider::ForwardingProvider;
  Fetched fetch_activity(const FetchActivity& options) override {
    FetchActivity changed = options;
    for (std::string& tag : changed.tags.tags) tag = tag.empty() ? tag : change(tag);
    return inner().fetch_activity(changed);
  }
};

template <Change change>
struct MendsOwnersOfFetches : ForwardingProvider {
  using ForwardingProvider::ForwardingProvider;
  Fetched fetch_activity(const FetchActivity& options) override {
    FetchActivity changed = options;
    if (changed.session) changed.session->owner = change(changed.session->owner);
    return inner().fetch_activity(changed);
  }
};

template <Change change>
struct MendsOwnersOfRenewals : ForwardingProvider {
  using ForwardingProvider::ForwardingProvider;
  Result<std::uint64_t> renew_sessions(const RenewSessions& options) override {
    RenewSessions changed = options;
    for (std::string& owner : changed.owners) owner = change(owner);
    return inner().renew_sessions(changed);
  }
};

// Refuses bad owners when the good ones of the list are renewed already.
struct RenewsBeforeItRefuses : ForwardingProvider {
  using ForwardingProvider::ForwardingProvider;
  Result<std::uint64_t> renew_sessions(const RenewSessions& options) override {
    for (const std::string& owner : options.owners) {
      RenewSessions one = options;
      one.owners = {owner};
      (void)inner().renew_sessions(one);
    }
    return inner().renew_sessions(options);
  }
};

struct MendsSessionTimeouts : ForwardingProvider {
  using ForwardingProvider::ForwardingProvider;
  Fetched fetch_activity(const FetchActivity& options) override {
    FetchActivity changed = options;
    if (changed.session) {
      changed.session->lock_timeout = std::max(changed.session->lock_timeout, Duration(1));
    }
    return inner().fetch_activity(changed);
  }
};

// A bad timeout of the session is noticed when the item is locked already.
struct LocksBeforeItRefuses : ForwardingProvider {
  using ForwardingProvider::ForwardingProvider;
  Fetched fetch_activity(const FetchActivity& options) override {
    const Fetched answer = inner().fetch_activity(options);
    if (!answer && answer.error().kind == ErrorKind::invalid && options.session) {
      FetchActivity changed = options;
      changed.session->lock_timeout = Duration(30'000);
      (void)inner().fetch_activity(changed);
    }
    return answer;
  }
};

struct MendsExtensions : ForwardingProvider {
  using ForwardingProvider::ForwardingProvider;
  Result<std::uint64_t> renew_sessions(const RenewSessions& options) override {
    RenewSessions changed = options;
    changed.extend_for = std::max(changed.extend_for, Duration(1));
    return inner().renew_sessions(changed);
  }
};

struct MendsIdleTimeouts : ForwardingProvider {
  using ForwardingProvider::ForwardingProvider;
  Result<std::uint64_t> renew_sessions(const RenewSessions& options) override {
    RenewSessions changed = options;
    changed.idle_timeout = std::max(changed.idle_timeout, Duration(0));
    return inner().renew_sessions(changed);
  }
};

// --- CAP_3: refused within the limit

struct RefusesLongTexts : ForwardingProvider {
  using ForwardingProvider::ForwardingProvider;
  Result<void> enqueue_activity(const Activity& activity) override {
    const std::size_t longest =
        std::max(activity.session.value_or("").size(), activity.tag.value_or("").size());
    if (longest <= 255) return inner().enqueue_activity(activity);
    return Error{ErrorKind::invalid, "enqueue_activity", "a key is longer than 255 bytes"};
  }
};

// --- TIME_1

// Milliseconds in 32 bits.
Duration wrapped(Duration duration) {
  return Duration(static_cast<std::int32_t>(static_cast<std::uint32_t>(duration.count())));
}

struct WrapsSessionTimeouts : OwnSessions {
  using OwnSessions::OwnSessions;
  void claim(const std::string& session, const FetchActivity& options) override {
    FetchActivity changed = options;
    changed.session->lock_timeout = wrapped(changed.session->lock_timeout);
    OwnSessions::claim(session, changed);
  }
};

struct WrapsExtensions : OwnSessions {
  using OwnSessions::OwnSessions;
  void renew(Session& session, const RenewSessions& options) override {
    session.deadline = now() + wrapped(options.extend_for);
  }
};

// Last activity is compared with now - idle timeout, in unsigned numbers.
struct WrapsIdleTimeouts : OwnSessions {
  using OwnSessions::OwnSessions;
  bool is_renewed(const Session& session, const RenewSessions& options) override {
    const auto in_unsigned = [](Time time) {
      return static_cast<std::uint64_t>(time.time_since_epoch().count());
    };
    return OwnSessions::is_renewed(session, options) &&
           in_unsigned(session.active) > in_unsigned(now() - options.idle_timeout);
  }
};

}  // namespace

std::span<const Defect> routing_defects() {
  static constexpr Defect rows[] = {
      {"sessions_are_compared_without_case", requirement("TEXT_1"),
       "Two sessions whose ids differ in case are one.",
       spoil_sessions<TakesSessionsForOthers<folded>>},
      {"sessions_are_compared_without_trailing_blanks", requirement("TEXT_1"),
       "Two sessions whose ids differ in trailing blanks are one.",
       spoil_sessions<TakesSessionsForOthers<trimmed>>},
      {"sessions_are_compared_by_their_beginnings", requirement("TEXT_1"),
       "Two sessions whose ids differ after 255 bytes are one.",
       spoil_sessions<TakesSessionsForOthers<first_255_bytes>>},
      {"owners_are_compared_without_case", requirement("TEXT_1"),
       "Two owners whose ids differ in case are one.", spoil_with<TakesOwnersForOthers<folded>>},
      {"owners_are_compared_without_trailing_blanks", requirement("TEXT_1"),
       "Two owners whose ids differ in trailing blanks are one.",
       spoil_with<TakesOwnersForOthers<trimmed>>},
      {"owners_are_stripped_of_quotes", requirement("TEXT_1"),
       "Quotes and backslashes in owner ids are removed.",
       spoil_with<TakesOwnersForOthers<unquoted>>},
      {"tags_are_compared_without_case", requirement("TEXT_1"),
       "A filter takes tags that differ in case.", spoil_sessions<MatchesTags<after<folded>>>},
      {"tags_are_compared_without_trailing_blanks", requirement("TEXT_1"),
       "A filter takes tags that differ in trailing blanks.",
       spoil_sessions<MatchesTags<after<trimmed>>>},
      {"tags_match_inside", requirement("TEXT_1"), "A filter takes tags that contain its own.",
       spoil_sessions<MatchesTags<contains>>},
      {"tags_match_from_the_beginning", requirement("TEXT_1"),
       "A filter takes tags that begin with its own.", spoil_sessions<MatchesTags<begins_with>>},
      {"tags_are_patterns", requirement("TEXT_1"), "A filter's tags are matched with LIKE.",
       spoil_sessions<MatchesTags<is_like>>},
      {"tags_are_put_into_the_statement", requirement("TEXT_1"),
       "A filter's tag that looks like SQL is executed.",
       spoil_sessions<MatchesTags<interpolated>>},
      {"quoted_tags_are_never_found", requirement("TEXT_1"),
       "A filter's tag with a quote in it finds nothing.",
       spoil_sessions<MatchesTags<unless_quoted>>},
      {"tags_are_joined_with_commas", requirement("TEXT_1"),
       "A filter's tag with a comma in it is two tags.", spoil_sessions<MatchesTags<joined>>},

      {"bad_sessions_are_mended", requirement("ERR_11"),
       "What is no text in a session id is cut off instead of refused.",
       spoil_with<MendsItems<in_session<mended>>>},
      {"bad_sessions_in_commits_are_mended", requirement("ERR_11"),
       "What is no text in a session id is cut off, in commits only.",
       spoil_with<MendsCommits<in_session<mended>>>},
      {"empty_session_is_no_session", requirement("ERR_11"),
       "An empty session id is taken for none.", spoil_with<MendsItems<empty_session_is_none>>},
      {"bad_tags_are_mended", requirement("ERR_11"),
       "What is no text in a tag is cut off instead of refused.",
       spoil_with<MendsItems<in_tag<mended>>>},
      {"tags_end_at_nul", requirement("ERR_11"), "A tag is cut at U+0000.",
       spoil_with<MendsItems<in_tag<until_nul>>>},
      {"bad_tags_in_filters_are_mended", requirement("ERR_11"),
       "What is no text in a filter's tag is cut off instead of refused.",
       spoil_with<MendsFilters<mended>>},
      {"bad_owners_in_fetches_are_mended", requirement("ERR_11"),
       "What is no text in an owner id is cut off instead of refused.",
       spoil_with<MendsOwnersOfFetches<mended>>},
      {"bad_owners_in_renewals_are_mended", requirement("ERR_11"),
       "A renewal cuts off what is no text in an owner id.",
       spoil_with<MendsOwnersOfRenewals<mended>>},
      {"renewal_is_refused_half_way", requirement("ERR_11"),
       "A renewal with a bad owner id renews the good ones.", spoil_with<RenewsBeforeItRefuses>},
      {"session_timeout_is_mended", requirement("ERR_5"),
       "A session timeout of 0 or less is taken for a millisecond.",
       spoil_with<MendsSessionTimeouts>},
      {"refused_session_timeout_locks_the_item", requirement("ERR_5"),
       "A bad session timeout is refused after the item was locked.",
       spoil_with<LocksBeforeItRefuses>},
      {"session_extension_is_mended", requirement("ERR_5"),
       "An extension of 0 or less is taken for a millisecond.", spoil_with<MendsExtensions>},
      {"negative_idle_timeout_is_zero", requirement("ERR_5"),
       "A negative idle timeout is taken for 0.", spoil_with<MendsIdleTimeouts>},

      {"sessions_are_cut_at_the_limit", requirement("CAP_3"),
       "A session id beyond the limit is cut.",
       spoil_with<MendsItems<in_session<within_the_limit>>>},
      {"tags_are_cut_at_the_limit", requirement("CAP_3"), "A tag beyond the limit is cut.",
       spoil_with<MendsItems<in_tag<within_the_limit>>>},
      {"tags_in_filters_are_cut_at_the_limit", requirement("CAP_3"),
       "A filter's tag beyond the limit is cut.", spoil_with<MendsFilters<within_the_limit>>},
      {"owners_in_fetches_are_cut_at_the_limit", requirement("CAP_3"),
       "An owner id beyond the limit is cut by a fetch.",
       spoil_with<MendsOwnersOfFetches<within_the_limit>>},
      {"owners_in_renewals_are_cut_at_the_limit", requirement("CAP_3"),
       "An owner id beyond the limit is cut by a renewal.",
       spoil_with<MendsOwnersOfRenewals<within_the_limit>>},
      {"long_sessions_and_tags_are_refused", requirement("CAP_3"),
       "Session ids and tags of more than 255 bytes are refused.", spoil_with<RefusesLongTexts>},
      {"long_sessions_are_cut", requirement("CAP_3"), "Session ids are cut to 255 bytes.",
       spoil_with<MendsItems<in_session<first_255_bytes>>>},
      {"long_tags_are_cut", requirement("CAP_3"), "Tags are cut to 255 bytes.",
       spoil_with<MendsItems<in_tag<first_255_bytes>>>},

      {"session_timeouts_wrap", requirement("TIME_1"),
       "A session timeout is kept in 32 bits of milliseconds.",
       spoil_sessions<WrapsSessionTimeouts>},
      {"session_extensions_wrap", requirement("TIME_1"),
       "An extension is kept in 32 bits of milliseconds.", spoil_sessions<WrapsExtensions>},
      {"idle_timeouts_wrap", requirement("TIME_1"),
       "An idle timeout that is longer than the clock has run makes everything idle.",
       spoil_sessions<WrapsIdleTimeouts>},
  };
  return rows;
}

}  // namespace ackproof
