// Calls that break the rules about arguments are `invalid`, each of them, and leave nothing behind.
//
// Every table spoils one field of something that is otherwise in order, so a provider that forgets
// one field is found out, and nothing but that field can be the reason of the refusal.

#include "validations/build.h"
#include "validations/catalogue.h"
#include "validations/context.h"
#include "validations/expect.h"

namespace ackproof {

namespace {

// Something with one field spoiled, and which one.
template <class T>
struct Spoiled {
  std::string what;
  T value;
};
using Texts = std::vector<Spoiled<std::string>>;
using Messages = std::vector<Spoiled<Message>>;
using Activities = std::vector<Spoiled<Activity>>;
using Commits = std::vector<Spoiled<TurnCommit>>;

// Which texts of an item are spoiled: the rule is the same, but the clauses are two.
enum class Of : std::uint8_t { ids, names, both };

// --- Bad texts and numbers

Texts texts_that_break_the_id_rule(Context& ctx) {
  const std::uint64_t limit = ctx.description().capabilities.limits.id_bytes;
  Texts texts = {{"empty", ""},
                 {"lone continuation byte", "order-\x80"},
                 {"lone lead byte", "\xC3"},
                 {"lead byte before ASCII",
                  "\xC3"
                  "order"},
                 {"overlong slash in two bytes", "order\xC0\xAF"},
                 {"overlong slash in three bytes", "order\xE0\x80\xAF"},
                 {"overlong slash in four bytes", "order\xF0\x80\x80\xAF"},
                 {"first surrogate", "\xED\xA0\x80"},
                 {"last surrogate", "\xED\xBF\xBF"},
                 {"pair of surrogates", "\xED\xA0\xBD\xED\xB8\x80"},
                 {"cut after two of three bytes", "order\xE2\x82"},
                 {"cut after three of four bytes", "order\xF0\x9F\x98"},
                 {"beyond the last character", "\xF4\x90\x80\x80"},
                 {"five bytes", "\xF8\x88\x80\x80\x80"},
                 {"byte FE", "\xFEorder"},
                 {"byte FF", "\xFF"},
                 {"Latin-1", "caf\xE9"}};
  constexpr std::uint64_t kLongestTried = 1U << 20U;
  if (limit <= kLongestTried) {
    texts.push_back({"one byte too long", std::string(limit + 1, 'x')});
    std::string wide(limit - 1, 'x');
    texts.push_back({"a character across the limit", wide + "\u00E9"});
  }
  return texts;
}

Texts texts_with_nul() {
  return {{"only U+0000", std::string(1, '\0')},
          {"U+0000 at the end", std::string("order-1\0", 8)},
          {"U+0000 in the middle", std::string("order\0-1", 8)},
          {"U+0000 at the beginning", std::string("\0order-1", 8)}};
}

constexpr std::uint64_t kTooLarge[] = {kLargestId + 1, kLargestId + 2, ~std::uint64_t{0}};

// --- Spoiled items

// Of a start message that may be enqueued: every such field, spoiled by each of the texts.
Messages messages_with(const Texts& texts, Of fields) {
  Messages list;
  for (const Spoiled<std::string>& bad : texts) {
    const auto add = [&](const char* field) -> Message& {
      list.push_back({field + bad.what, start("order-1")});
      list.back().value.parent = "order-0";
      return list.back().value;
    };
    if (fields != Of::names) {
      add("target: ").target = bad.value;
      add("parent: ").parent = bad.value;
    }
    if (fields != Of::ids) {
      add("name: ").name = bad.value;
      add("version: ").version = bad.value;
    }
  }
  return list;
}

Messages messages_with_bad_numbers() {
  Messages list;
  Message message = external("order-1", 5);
  message.execution = 0;
  list.push_back({"execution 0", message});
  for (const std::uint64_t number : kTooLarge) {
    message = external("order-1", 5);
    message.execution = number;
    list.push_back({"execution " + std::to_string(number), message});
    list.push_back({"id " + std::to_string(number), external("order-1", number)});
  }
  return list;
}

// What ERR_12 names: nameless starts, kinds out of range, an error set by the caller.
Messages messages_without_sense() {
  Messages list;
  for (const MessageKind kind : {MessageKind::start_orchestration, MessageKind::continue_as_new}) {
    Message nameless = start("order-1");
    nameless.kind = kind;
    nameless.name = std::nullopt;
    list.push_back({"a start without a name", nameless});
  }
  for (const int number : {static_cast<int>(MessageKind::queue_message) + 1, 100, 255}) {
    Message strange = external("order-1", 5);
    strange.kind = static_cast<MessageKind>(number);
    list.push_back({"kind " + std::to_string(number), strange});
  }
  Message failed = external("order-1", 5);
  failed.error = "undecodable";
  list.push_back({"an error", failed});
  failed.error = "";
  list.push_back({"an empty error", failed});
  return list;
}

Activities activities_with(const Texts& texts, Of fields) {
  Activities list;
  for (const Spoiled<std::string>& bad : texts) {
    if (fields != Of::names) {
      list.push_back({"instance: " + bad.what, activity("order-1", 5)});
      list.back().value.instance = bad.value;
    }
    if (fields != Of::ids) {
      list.push_back({"name: " + bad.what, activity("order-1", 5)});
      list.back().value.name = bad.value;
    }
  }
  return list;
}

Activities activities_with_bad_numbers() {
  Activities list;
  Activity item = activity("order-1", 5);
  item.execution = 0;
  list.push_back({"execution 0", item});
  for (const std::uint64_t number : kTooLarge) {
    item = activity("order-1", 5);
    item.execution = number;
    list.push_back({"execution " + std::to_string(number), item});
    list.push_back({"id " + std::to_string(number), activity("order-1", number)});
  }
  return list;
}

Activities activities_without_sense() {
  Activity nameless = activity("order-1", 5), failed = nameless, empty = nameless;
  nameless.name = "";
  failed.error = "undecodable";
  empty.error = "";
  return {{"no name", nameless}, {"an error", failed}, {"an empty error", empty}};
}

// A commit of which every part is in order; what is spoiled comes behind it.
TurnCommit good_commit() {
  TurnCommit commit = commit_events({event(2)});
  commit.activities = {activity("order-1", 3)};
  commit.messages = {external("order-1", 4)};
  commit.cancelled = {key_of(activity("order-1", 9))};
  commit.metadata.output = "done";
  return commit;
}

template <class Spoil>
void add_commit(Commits& list, const std::string& what, const Spoil& spoil) {
  list.push_back({what, good_commit()});
  spoil(list.back().value);
}

Commits commits_with(const Messages& messages, const Activities& activities) {
  Commits list;
  for (const Spoiled<Message>& bad : messages) {
    add_commit(list, "message, " + bad.what,
               [&](TurnCommit& commit) { commit.messages.push_back(bad.value); });
  }
  for (const Spoiled<Activity>& bad : activities) {
    add_commit(list, "activity, " + bad.what,
               [&](TurnCommit& commit) { commit.activities.push_back(bad.value); });
  }
  return list;
}

// The texts of a commit that are in no item.
Commits commits_with(const Texts& texts, Of fields) {
  Commits list;
  for (const auto& [what, text] : texts) {
    const auto add = [&list, &what = what](const char* field) -> TurnCommit& {
      list.push_back({field + what, good_commit()});
      return list.back().value;
    };
    if (fields != Of::names) {
      add("cancelled instance: ").cancelled.push_back({text, 1, 9});
      add("parent: ").metadata.parent = text;
    }
    if (fields == Of::ids) continue;
    Event kind = event(3), version = event(3);
    kind.kind = version.engine_version = text;
    add("event kind: ").events.push_back(kind);
    if (!text.empty()) add("engine version: ").events.push_back(version);  // No version is legal.
    add("new name: ").metadata.name = text;
    add("new version: ").metadata.version = text;
  }
  return list;
}

Commits commits_with_bad_numbers() {
  Commits list;
  add_commit(list, "execution 0", [](TurnCommit& c) { c.execution = 0; });
  add_commit(list, "event id 0", [](TurnCommit& c) { c.events.push_back(event(0)); });
  add_commit(list, "cancelled execution 0", [](TurnCommit& c) {
    c.cancelled.push_back({"order-1", 0, 9});
  });
  for (const std::uint64_t number : kTooLarge) {
    const std::string what = " " + std::to_string(number);
    Event numbered = event(3), answer = event(3);
    numbered.id = number;
    answer.source_id = number;
    add_commit(list, "execution" + what, [&](TurnCommit& c) { c.execution = number; });
    add_commit(list, "event id" + what, [&](TurnCommit& c) { c.events.push_back(numbered); });
    add_commit(list, "source id" + what, [&](TurnCommit& c) { c.events.push_back(answer); });
    add_commit(list, "cancelled execution" + what, [&](TurnCommit& c) {
      c.cancelled.push_back({"order-1", number, 9});
    });
    add_commit(list, "cancelled id" + what, [&](TurnCommit& c) {
      c.cancelled.push_back({"order-1", 1, number});
    });
  }
  return list;
}

// --- What happens to them

void expect_all_refused(Provider& provider, const Messages& messages) {
  create_instance(provider, "order-1");
  create_instance(provider, "order");  // What is left of a name that is cut at U+0000.

  for (const auto& [what, message] : messages) {
    EXPECT_TRUE(fails_with(provider.enqueue_message(message), ErrorKind::invalid)) << what;
  }

  EXPECT_EQ(drain_messages(provider), std::vector<Message>());
}

void expect_all_refused(Provider& provider, const Activities& activities) {
  for (const auto& [what, item] : activities) {
    EXPECT_TRUE(fails_with(provider.enqueue_activity(item), ErrorKind::invalid)) << what;
  }

  EXPECT_EQ(drain_activities(provider), std::vector<Activity>());
}

// Every one is refused though its token is live, and the token stays good (ACK_5). The instance is
// a new one, so that no parent contradicts a stored one.
void expect_all_refused(Provider& provider, const Commits& commits) {
  provider.enqueue_message(start("order-1")).value();
  const Turn turn = take_turn(provider);
  provider.enqueue_activity(activity("order-1", 9)).value();

  for (const auto& [what, commit] : commits) {
    EXPECT_TRUE(fails_with(provider.ack_turn(turn.token, commit), ErrorKind::invalid)) << what;
  }

  EXPECT_EQ(provider.read_history("order-1").value(), std::vector<Event>());
  EXPECT_TRUE(nothing(provider.read_instance("order-1")));
  EXPECT_EQ(drain_activities(provider), std::vector{activity("order-1", 9)});
  EXPECT_TRUE(nothing(provider.fetch_turn({.lock_timeout = kLongLock}))) << "the lock is gone";
  EXPECT_TRUE(succeeds(provider.ack_turn(turn.token, good_commit())));
  EXPECT_EQ(drain_messages(provider), good_commit().messages);
  EXPECT_EQ(drain_activities(provider), good_commit().activities);
}

// The messages as completions: refused, with the activity still held.
void expect_no_completions(Provider& provider, const Messages& messages) {
  create_instance(provider, "order-1");
  create_instance(provider, "order");
  provider.enqueue_activity(activity("order-1", 5)).value();
  const LockedActivity held = take_activity(provider);

  for (const auto& [what, message] : messages) {
    Message completion = message;
    if (completion.is_start()) completion.kind = MessageKind::activity_completed;
    if (completion.kind == MessageKind::external_raised) {
      completion.kind = MessageKind::activity_failed;
    }
    EXPECT_TRUE(fails_with(provider.ack_activity(held.token, completion), ErrorKind::invalid))
        << what;
  }

  EXPECT_TRUE(nothing(provider.fetch_activity({.lock_timeout = kLongLock})));
  EXPECT_TRUE(succeeds(provider.ack_activity(held.token, completion(held.activity))));
  EXPECT_EQ(drain_messages(provider), std::vector{completion(held.activity)});
}

void expect_unreadable(Provider& provider, const Texts& texts) {
  create_instance(provider, "order-1");
  for (const auto& [what, text] : texts) {
    EXPECT_TRUE(fails_with(provider.read_instance(text), ErrorKind::invalid)) << what;
    EXPECT_TRUE(fails_with(provider.read_history(text), ErrorKind::invalid)) << what;
    EXPECT_TRUE(fails_with(provider.read_history(text, 1), ErrorKind::invalid)) << what;
  }
}

// --- Ids and numbers

void bad_ids_in_messages_are_refused(Context& ctx) {
  expect_all_refused(*ctx.open(), messages_with(texts_that_break_the_id_rule(ctx), Of::ids));
}

void bad_ids_in_activities_are_refused(Context& ctx) {
  expect_all_refused(*ctx.open(), activities_with(texts_that_break_the_id_rule(ctx), Of::ids));
}

void bad_ids_in_commits_are_refused(Context& ctx) {
  expect_all_refused(*ctx.open(), commits_with(texts_that_break_the_id_rule(ctx), Of::ids));
}

void bad_ids_in_committed_items_are_refused(Context& ctx) {
  const Texts texts = texts_that_break_the_id_rule(ctx);
  expect_all_refused(*ctx.open(),
                     commits_with(messages_with(texts, Of::ids), activities_with(texts, Of::ids)));
}

void bad_ids_in_completions_are_refused(Context& ctx) {
  expect_no_completions(*ctx.open(), messages_with(texts_that_break_the_id_rule(ctx), Of::ids));
}

void bad_ids_in_reads_are_refused(Context& ctx) {
  expect_unreadable(*ctx.open(), texts_that_break_the_id_rule(ctx));
}

void bad_numbers_in_queue_items_are_refused(Context& ctx) {
  expect_all_refused(*ctx.open(), messages_with_bad_numbers());
  expect_all_refused(*ctx.open(), activities_with_bad_numbers());
}

void bad_numbers_in_completions_are_refused(Context& ctx) {
  expect_no_completions(*ctx.open(), messages_with_bad_numbers());
}

void bad_numbers_in_commits_are_refused(Context& ctx) {
  Commits commits = commits_with_bad_numbers();
  const Commits items = commits_with(messages_with_bad_numbers(), activities_with_bad_numbers());
  commits.insert(commits.end(), items.begin(), items.end());
  expect_all_refused(*ctx.open(), commits);
}

void bad_execution_ids_in_reads_are_refused(Context& ctx) {
  const auto provider = ctx.open();
  create_instance(*provider, "order-1");

  for (const std::uint64_t execution : {std::uint64_t{0}, kTooLarge[0], kTooLarge[2]}) {
    EXPECT_TRUE(fails_with(provider->read_history("order-1", execution), ErrorKind::invalid))
        << execution;
    EXPECT_TRUE(fails_with(provider->read_history("order-2", execution), ErrorKind::invalid))
        << execution;
  }

  EXPECT_EQ(provider->read_history("order-1", 1).value(), events(1, 1));
}

// --- Durations

constexpr Duration kNegative[] = {Duration(-1), Duration(-1'000), -kLongLock, Duration::min()};

void lock_timeouts_of_zero_or_less_are_refused(Context& ctx) {
  const auto provider = ctx.open();
  provider->enqueue_message(start("order-1")).value();
  provider->enqueue_activity(activity("order-1", 1)).value();
  std::vector<Duration> bad(std::begin(kNegative), std::end(kNegative));
  bad.push_back(Duration(0));

  for (const Duration timeout : bad) {
    EXPECT_TRUE(fails_with(provider->fetch_turn({.lock_timeout = timeout}), ErrorKind::invalid));
    EXPECT_TRUE(
        fails_with(provider->fetch_activity({.lock_timeout = timeout}), ErrorKind::invalid));
  }

  EXPECT_EQ(take_turn(*provider).attempt, 1U);
  EXPECT_EQ(take_activity(*provider).attempt, 1U);
}

void extensions_of_zero_or_less_are_refused(Context& ctx) {
  const auto provider = ctx.open();
  const auto other = ctx.open();
  provider->enqueue_message(start("order-1")).value();
  provider->enqueue_activity(activity("order-1", 1)).value();
  const Turn turn = take_turn(*provider);
  const LockedActivity locked = take_activity(*provider);
  std::vector<Duration> bad(std::begin(kNegative), std::end(kNegative));
  bad.push_back(Duration(0));

  for (const Duration extension : bad) {
    EXPECT_TRUE(fails_with(provider->renew_turn(turn.token, extension), ErrorKind::invalid));
    EXPECT_TRUE(fails_with(provider->renew_activity(locked.token, extension), ErrorKind::invalid));
  }

  EXPECT_TRUE(nothing(other->fetch_turn({.lock_timeout = kLongLock})));
  EXPECT_TRUE(nothing(other->fetch_activity({.lock_timeout = kLongLock})));
  EXPECT_TRUE(succeeds(provider->ack_turn(turn.token, {})));
  EXPECT_TRUE(succeeds(provider->ack_activity(locked.token, std::nullopt)));
}

void negative_delays_are_refused(Context& ctx) {
  const auto provider = ctx.open();
  const auto other = ctx.open();
  create_instance(*provider, "order-1");
  const Turn turn = wake(*provider, "order-1", 1);
  provider->enqueue_activity(activity("order-1", 1)).value();
  const LockedActivity locked = take_activity(*provider);

  for (const Duration delay : kNegative) {
    const Abandon how{.delay = delay, .ignore_attempt = true};
    EXPECT_TRUE(
        fails_with(provider->enqueue_message(external("order-1", 2), delay), ErrorKind::invalid));
    EXPECT_TRUE(fails_with(provider->abandon_turn(turn.token, how), ErrorKind::invalid));
    EXPECT_TRUE(fails_with(provider->abandon_activity(locked.token, how), ErrorKind::invalid));
  }

  EXPECT_TRUE(nothing(other->fetch_turn({.lock_timeout = kLongLock})));
  EXPECT_TRUE(nothing(other->fetch_activity({.lock_timeout = kLongLock})));
  provider->abandon_turn(turn.token).value();
  provider->abandon_activity(locked.token).value();
  const Turn again = take_turn(*other);
  EXPECT_EQ(again.messages, turn.messages);
  EXPECT_EQ(again.attempt, 2U);
  EXPECT_EQ(take_activity(*other).attempt, 2U);
}

// --- Names, U+0000 and the number 0

void bad_names_in_queue_items_are_refused(Context& ctx) {
  const Texts texts = texts_that_break_the_id_rule(ctx);
  expect_all_refused(*ctx.open(), messages_with(texts, Of::names));
  expect_all_refused(*ctx.open(), activities_with(texts, Of::names));
}

void bad_names_in_completions_are_refused(Context& ctx) {
  expect_no_completions(*ctx.open(), messages_with(texts_that_break_the_id_rule(ctx), Of::names));
}

void bad_names_in_commits_are_refused(Context& ctx) {
  const Texts texts = texts_that_break_the_id_rule(ctx);
  Commits commits = commits_with(texts, Of::names);
  const Commits items =
      commits_with(messages_with(texts, Of::names), activities_with(texts, Of::names));
  commits.insert(commits.end(), items.begin(), items.end());
  expect_all_refused(*ctx.open(), commits);
}

// Payloads are bytes: what is refused in a name has to arrive in every one of them.
void nul_is_legal_in_every_payload(Context& ctx) {
  const auto provider = ctx.open();
  create_instance(*provider, "order-1");
  Message message = external("order-1", 2);
  Activity item = activity("order-1", 2);
  TurnCommit commit = commit_events({event(2)});
  commit.activities = {activity("order-1", 3)};
  commit.messages = {external("order-1", 3)};
  Message result = completion(item);
  const Bytes zeros("\0zero\0", 6);
  message.payload = item.payload = result.payload = zeros;
  commit.events[0].payload = commit.activities[0].payload = commit.messages[0].payload = zeros;
  commit.metadata.output = zeros;

  EXPECT_TRUE(succeeds(provider->ack_turn(wake(*provider, "order-1", 1).token, commit)));
  EXPECT_TRUE(succeeds(provider->enqueue_message(message)));
  EXPECT_TRUE(succeeds(provider->enqueue_activity(item)));
  const LockedActivity first = take_activity(*provider);
  EXPECT_TRUE(succeeds(provider->ack_activity(first.token, result)));

  EXPECT_EQ(first.activity, commit.activities[0]);
  EXPECT_EQ(drain_activities(*provider), std::vector{item});
  EXPECT_EQ(drain_messages(*provider), (std::vector{commit.messages[0], message, result}));
  EXPECT_EQ(provider->read_history("order-1").value(), (std::vector{event(1), commit.events[0]}));
  EXPECT_EQ(record_of(*provider, "order-1").output, zeros);
}

void nul_in_queue_items_is_refused(Context& ctx) {
  expect_all_refused(*ctx.open(), messages_with(texts_with_nul(), Of::both));
  expect_all_refused(*ctx.open(), activities_with(texts_with_nul(), Of::both));
}

void nul_in_completions_is_refused(Context& ctx) {
  expect_no_completions(*ctx.open(), messages_with(texts_with_nul(), Of::both));
}

void nul_in_commits_is_refused(Context& ctx) {
  Commits commits = commits_with(texts_with_nul(), Of::both);
  const Commits items = commits_with(messages_with(texts_with_nul(), Of::both),
                                     activities_with(texts_with_nul(), Of::both));
  commits.insert(commits.end(), items.begin(), items.end());
  expect_all_refused(*ctx.open(), commits);
}

void nul_in_reads_is_refused(Context& ctx) { expect_unreadable(*ctx.open(), texts_with_nul()); }

void activity_id_0_is_an_id_like_any_other(Context& ctx) {
  const auto provider = ctx.open();
  create_instance(*provider, "order-1");
  const std::vector<Activity> work = {activity("order-1", 0), activity("order-1", 1)};
  TurnCommit scheduling;
  scheduling.activities = work;
  TurnCommit cancelling;
  cancelling.cancelled = {key_of(work[0])};

  provider->enqueue_activity(work[0]).value();
  provider->ack_turn(wake(*provider, "order-1", 1).token, scheduling).value();
  const LockedActivity first = take_activity(*provider);
  provider->ack_activity(first.token, completion(first.activity)).value();
  EXPECT_EQ(drain_messages(*provider), std::vector{completion(work[0])});
  provider->ack_turn(wake(*provider, "order-1", 2).token, cancelling).value();

  EXPECT_EQ(first.activity, work[0]);
  EXPECT_EQ(drain_activities(*provider), std::vector{work[1]});
}

// --- Items without sense

void items_without_sense_are_refused_by_the_queues(Context& ctx) {
  expect_all_refused(*ctx.open(), messages_without_sense());
  expect_all_refused(*ctx.open(), activities_without_sense());
}

void items_without_sense_are_refused_in_commits(Context& ctx) {
  expect_all_refused(*ctx.open(),
                     commits_with(messages_without_sense(), activities_without_sense()));
}

void completion_with_an_error_set_is_refused(Context& ctx) {
  Message failed = external("order-1", 5);
  failed.error = "undecodable";
  Message strange = external("order-1", 5);
  strange.kind = static_cast<MessageKind>(100);
  expect_no_completions(*ctx.open(), {{"an error", failed}, {"kind 100", strange}});
}

void statuses_out_of_range_are_refused_in_commits(Context& ctx) {
  Commits commits;
  for (const int number : {static_cast<int>(Status::continued_as_new) + 1, 100, 255}) {
    add_commit(commits, "status " + std::to_string(number),
               [&](TurnCommit& commit) { commit.metadata.status = static_cast<Status>(number); });
  }
  expect_all_refused(*ctx.open(), commits);
}

constexpr Validation kRows[] = {
    {"bad_ids_in_messages_are_refused", requirement("ERR_5"), bad_ids_in_messages_are_refused},
    {"bad_ids_in_activities_are_refused", requirement("ERR_5"), bad_ids_in_activities_are_refused},
    {"bad_ids_in_commits_are_refused", requirement("ERR_5"), bad_ids_in_commits_are_refused},
    {"bad_ids_in_committed_items_are_refused", requirement("ERR_5"),
     bad_ids_in_committed_items_are_refused},
    {"bad_ids_in_completions_are_refused", requirement("ERR_5"),
     bad_ids_in_completions_are_refused},
    {"bad_ids_in_reads_are_refused", requirement("ERR_5"), bad_ids_in_reads_are_refused},
    {"bad_numbers_in_queue_items_are_refused", requirement("ERR_5"),
     bad_numbers_in_queue_items_are_refused},
    {"bad_numbers_in_completions_are_refused", requirement("ERR_5"),
     bad_numbers_in_completions_are_refused},
    {"bad_numbers_in_commits_are_refused", requirement("ERR_5"),
     bad_numbers_in_commits_are_refused},
    {"bad_execution_ids_in_reads_are_refused", requirement("ERR_5"),
     bad_execution_ids_in_reads_are_refused},
    {"lock_timeouts_of_zero_or_less_are_refused", requirement("ERR_5"),
     lock_timeouts_of_zero_or_less_are_refused},
    {"extensions_of_zero_or_less_are_refused", requirement("ERR_5"),
     extensions_of_zero_or_less_are_refused},
    {"negative_delays_are_refused", requirement("ERR_5"), negative_delays_are_refused},
    {"bad_names_in_queue_items_are_refused", requirement("ERR_11"),
     bad_names_in_queue_items_are_refused},
    {"bad_names_in_completions_are_refused", requirement("ERR_11"),
     bad_names_in_completions_are_refused},
    {"bad_names_in_commits_are_refused", requirement("ERR_11"), bad_names_in_commits_are_refused},
    {"nul_is_legal_in_every_payload", requirement("ERR_11"), nul_is_legal_in_every_payload},
    {"nul_in_queue_items_is_refused", requirement("ERR_11"), nul_in_queue_items_is_refused},
    {"nul_in_completions_is_refused", requirement("ERR_11"), nul_in_completions_is_refused},
    {"nul_in_commits_is_refused", requirement("ERR_11"), nul_in_commits_is_refused},
    {"nul_in_reads_is_refused", requirement("ERR_11"), nul_in_reads_is_refused},
    {"activity_id_0_is_an_id_like_any_other", requirement("ERR_11"),
     activity_id_0_is_an_id_like_any_other},
    {"items_without_sense_are_refused_by_the_queues", requirement("ERR_12"),
     items_without_sense_are_refused_by_the_queues},
    {"items_without_sense_are_refused_in_commits", requirement("ERR_12"),
     items_without_sense_are_refused_in_commits},
    {"completion_with_an_error_set_is_refused", requirement("ERR_12"),
     completion_with_an_error_set_is_refused},
    {"statuses_out_of_range_are_refused_in_commits", requirement("ERR_12"),
     statuses_out_of_range_are_refused_in_commits},
};

}  // namespace

std::span<const Validation> bad_argument_validations() { return kRows; }

}  // namespace ackproof
