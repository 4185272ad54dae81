// What a provider declares, it answers; what it does not declare, it refuses as `unsupported`.
//
// Whether a facet is declared is read from the description, so each validation here asks something
// of every provider: not to answer `unsupported` where it declared, and nothing but `unsupported`
// where it did not.
#include <functional>

#include "validations/aside.h"
#include "validations/build.h"
#include "validations/catalogue.h"
#include "validations/context.h"
#include "validations/expect.h"

namespace ackproof {

namespace {

// One call, by the operation that its error has to name. No call here changes anything, and most
// are about an instance that does not exist, so they are harmless where the facet is declared.
struct Call {
  const char* operation;
  std::function<std::optional<Error>(Provider&)> make;
};

template <class T>
std::optional<Error> error_of(const Result<T>& result) {
  return result ? std::nullopt : std::optional(result.error());
}

void expect_as_declared(bool declared, const char* operation, const std::optional<Error>& error) {
  if (declared) {
    EXPECT_TRUE(!error || error->kind != ErrorKind::unsupported)
        << operation << " is declared and answers unsupported";
    return;
  }
  if (!error) {
    ADD_FAILURE() << operation << " is not declared and succeeded";
    return;
  }
  EXPECT_EQ(error->kind, ErrorKind::unsupported) << operation;
  EXPECT_EQ(error->operation, operation);
  EXPECT_NE(error->message, "") << operation;
}

// Makes the calls beside an instance in a turn, with an activity at work and something more in both
// queues, which they leave alone.
void expect_answers(Context& ctx, Capability facet, const std::vector<Call>& calls) {
  const auto provider = ctx.open();
  const EnumSet<Capability>& facets = ctx.description().capabilities.facets;
  const bool has_queues = facets.has(Capability::queues);
  Turn turn;
  LockedActivity locked;
  if (has_queues) {
    create_instance(*provider, "order-1");
    turn = wake(*provider, "order-1", 1);
    provider->enqueue_message(external("order-1", 2)).value();
    provider->enqueue_activity(activity("order-1", 1)).value();
    provider->enqueue_activity(activity("order-1", 2)).value();
    locked = take_activity(*provider);
  }

  for (const Call& call : calls) {
    expect_as_declared(facets.has(facet), call.operation, call.make(*provider));
  }

  if (has_queues) {
    EXPECT_EQ(provider->read_history("order-1").value(), events(1, 1));
    const InstanceInfo record{.instance = "order-1", .name = "Order", .version = "1.0.0"};
    EXPECT_EQ(record_of(*provider, "order-1"), record);
    EXPECT_TRUE(nothing(provider->fetch_turn({}))) << "the turn is over";
    EXPECT_EQ(drain_activities(*provider), std::vector{activity("order-1", 2)});
    EXPECT_TRUE(succeeds(provider->ack_turn(turn.token, {})));
    EXPECT_TRUE(succeeds(provider->ack_activity(locked.token, std::nullopt)));
    EXPECT_EQ(drain_messages(*provider), std::vector{external("order-1", 2)});
  }
}

// --- Facets that are methods

void queues_answer_as_declared(Context& ctx) {
  const LockToken unknown{"made up"};
  const FetchTurn refused_turn{.lock_timeout = Duration(0)};
  const FetchActivity refused_activity{.lock_timeout = Duration(0)};
  expect_answers(
      ctx, Capability::queues,
      {{"enqueue_message",
        [](Provider& p) { return error_of(p.enqueue_message(external("", 1))); }},
       {"fetch_turn", [&](Provider& p) { return error_of(p.fetch_turn(refused_turn)); }},
       {"ack_turn", [&](Provider& p) { return error_of(p.ack_turn(unknown, {})); }},
       {"abandon_turn", [&](Provider& p) { return error_of(p.abandon_turn(unknown)); }},
       {"renew_turn", [&](Provider& p) { return error_of(p.renew_turn(unknown, kLongLock)); }},
       {"enqueue_activity",
        [](Provider& p) { return error_of(p.enqueue_activity(activity("", 1))); }},
       {"fetch_activity",
        [&](Provider& p) { return error_of(p.fetch_activity(refused_activity)); }},
       {"ack_activity",
        [&](Provider& p) { return error_of(p.ack_activity(unknown, std::nullopt)); }},
       {"abandon_activity", [&](Provider& p) { return error_of(p.abandon_activity(unknown)); }},
       {"renew_activity",
        [&](Provider& p) { return error_of(p.renew_activity(unknown, kLongLock)); }},
       {"read_history", [](Provider& p) { return error_of(p.read_history("nobody")); }},
       {"read_instance", [](Provider& p) { return error_of(p.read_instance("nobody")); }}});
}

void sessions_answer_as_declared(Context& ctx) {
  expect_answers(
      ctx, Capability::sessions,
      {{"renew_sessions",
        [](Provider& p) { return error_of(p.renew_sessions({.owners = {"worker-1"}})); }},
       {"cleanup_sessions", [](Provider& p) { return error_of(p.cleanup_sessions()); }}});
}

void custom_status_answers_as_declared(Context& ctx) {
  expect_answers(ctx, Capability::custom_status,
                 {{"read_custom_status",
                   [](Provider& p) { return error_of(p.read_custom_status("order-1", 0)); }}});
}

void key_value_answers_as_declared(Context& ctx) {
  expect_answers(
      ctx, Capability::key_value,
      {{"read_value", [](Provider& p) { return error_of(p.read_value("order-1", "color")); }},
       {"read_values", [](Provider& p) { return error_of(p.read_values("order-1")); }}});
}

void management_answers_as_declared(Context& ctx) {
  expect_answers(
      ctx, Capability::management,
      {{"list_instances", [](Provider& p) { return error_of(p.list_instances(std::nullopt)); }},
       {"list_instances", [](Provider& p) { return error_of(p.list_instances(Status::failed)); }},
       {"list_executions", [](Provider& p) { return error_of(p.list_executions("order-1")); }},
       {"read_execution", [](Provider& p) { return error_of(p.read_execution("order-1", 1)); }},
       {"list_children", [](Provider& p) { return error_of(p.list_children("order-1")); }},
       {"read_parent", [](Provider& p) { return error_of(p.read_parent("order-1")); }},
       {"read_tree", [](Provider& p) { return error_of(p.read_tree("order-1")); }},
       {"read_queue_depths", [](Provider& p) { return error_of(p.read_queue_depths()); }},
       {"read_totals", [](Provider& p) { return error_of(p.read_totals()); }}});
}

// Where deletion is declared the running instance is refused as it is, and the others are unknown.
void deletion_answers_as_declared(Context& ctx) {
  const InstanceFilter nobody{.instances = std::vector<std::string>{"nobody"}};
  expect_answers(
      ctx, Capability::deletion,
      {{"delete_instance",
        [](Provider& p) { return error_of(p.delete_instance("order-1", false)); }},
       {"delete_instance", [](Provider& p) { return error_of(p.delete_instance("nobody", true)); }},
       {"delete_instances",
        [](Provider& p) { return error_of(p.delete_instances({"order-1"}, false)); }},
       {"delete_matching", [&](Provider& p) { return error_of(p.delete_matching(nobody)); }}});
}

void pruning_answers_as_declared(Context& ctx) {
  const InstanceFilter everybody{.instances = std::vector<std::string>{"order-1"}};
  const PruneOptions options{.keep_last = 1};
  expect_answers(ctx, Capability::pruning,
                 {{"prune_instance",
                   [&](Provider& p) { return error_of(p.prune_instance("order-1", options)); }},
                  {"prune_matching",
                   [&](Provider& p) { return error_of(p.prune_matching(everybody, options)); }}});
}

// The batch fails as a whole where batches are declared: its last token is not that of a lock.
void batch_answers_as_declared(Context& ctx) {
  using Kind = BatchOperation::Kind;
  const Batch batch{
      .id = "batch-1",
      .operations = {{.kind = Kind::enqueue_message, .message = external("order-1", 2)},
                     {.kind = Kind::append_history,
                      .instance = "order-1",
                      .execution = 1,
                      .events = {event(2)}},
                     {.kind = Kind::ack_messages, .token = LockToken{"made up"}}}};
  expect_answers(
      ctx, Capability::batch,
      {{"apply_batch", [&](Provider& p) { return error_of(p.apply_batch(batch)); }},
       {"read_messages", [](Provider& p) { return error_of(p.read_messages("order-1")); }},
       {"read_activities", [](Provider& p) { return error_of(p.read_activities("order-1")); }}});
}

void event_store_answers_as_declared(Context& ctx) {
  StreamEvent first;
  first.id = 1;
  first.type = "Placed";
  expect_answers(
      ctx, Capability::event_store,
      {{"append_stream",
        [&](Provider& p) { return error_of(p.append_stream("order-1", 1, {first})); }},
       {"read_stream", [](Provider& p) { return error_of(p.read_stream("order-1", 1)); }},
       {"put_snapshot",
        [](Provider& p) { return error_of(p.put_snapshot("order-1", {.event_id = 1})); }},
       {"read_snapshot", [](Provider& p) { return error_of(p.read_snapshot("order-1")); }}});
}

void context_store_answers_as_declared(Context& ctx) {
  const NodeKey key{.flow = "order-1", .node = "pay"};
  expect_answers(
      ctx, Capability::context_store,
      {{"put_output", [&](Provider& p) { return error_of(p.put_output(key, "paid")); }},
       {"read_output", [&](Provider& p) { return error_of(p.read_output(key)); }},
       {"list_outputs", [](Provider& p) { return error_of(p.list_outputs("order-1")); }},
       {"put_global", [](Provider& p) { return error_of(p.put_global("rate", "1")); }},
       {"upsert_global", [](Provider& p) { return error_of(p.upsert_global("rate", "2")); }},
       {"read_global", [](Provider& p) { return error_of(p.read_global("rate")); }}});
}

// --- Facets that are fields

// A call with a field of a facet in it; those of a turn get the token of a live one.
struct Use {
  const char* operation;
  std::function<std::optional<Error>(Provider&, const LockToken&)> make;
};

Use fetching(const FetchTurn& options) {
  return {"fetch_turn",
          [=](Provider& p, const LockToken&) { return error_of(p.fetch_turn(options)); }};
}

Use fetching(const FetchActivity& options) {
  return {"fetch_activity",
          [=](Provider& p, const LockToken&) { return error_of(p.fetch_activity(options)); }};
}

Use enqueueing(const Activity& item) {
  return {"enqueue_activity",
          [=](Provider& p, const LockToken&) { return error_of(p.enqueue_activity(item)); }};
}

// The change is made to a commit that has something in each of its other parts.
Use committing(const std::function<void(TurnCommit&)>& change) {
  TurnCommit commit = commit_events({event(2)});
  commit.messages = {external("order-1", 9)};
  commit.activities = {activity("order-1", 8)};
  commit.metadata.status = Status::completed;
  change(commit);
  return {"ack_turn",
          [=](Provider& p, const LockToken& token) { return error_of(p.ack_turn(token, commit)); }};
}

void expect_fields(Context& ctx, Capability facet, const std::vector<Use>& uses) {
  const auto provider = ctx.open();
  const bool declared = ctx.description().capabilities.facets.has(facet);
  create_instance(*provider, "order-1");
  create_instance(*provider, "order-2");
  const Turn turn = wake(*provider, "order-1", 1);
  provider->enqueue_message(external("order-2", 2)).value();
  provider->enqueue_activity(activity("order-2", 1)).value();
  const auto record = provider->read_instance("order-1").value();

  for (const Use& use : uses) {
    expect_as_declared(declared, use.operation, use.make(*provider, turn.token));
  }

  // A facet that is there has done something by now; its own validations look at that.
  if (declared) return;
  EXPECT_EQ(provider->read_history("order-1").value(), events(1, 1));
  EXPECT_EQ(provider->read_instance("order-1").value(), record);
  const LockedActivity locked = take_activity(*provider);
  EXPECT_EQ(locked.activity, activity("order-2", 1));
  EXPECT_EQ(locked.attempt, 1U);
  const Turn other = take_turn(*provider);
  EXPECT_EQ(other.messages, std::vector{external("order-2", 2)});
  EXPECT_EQ(other.attempt, 1U);
  EXPECT_TRUE(succeeds(provider->ack_turn(turn.token, commit_events({event(2)}))));
  EXPECT_EQ(drain_messages(*provider), std::vector<Message>());
  EXPECT_EQ(drain_activities(*provider), std::vector<Activity>());
}

void session_fields_are_taken_as_declared(Context& ctx) {
  Activity bound = activity("order-1", 2);
  bound.session = "session-1";
  expect_fields(ctx, Capability::sessions,
                {fetching(FetchActivity{.lock_timeout = kLongLock,
                                        .session = SessionClaim{.owner = "worker-1"}}),
                 enqueueing(bound),
                 committing([=](TurnCommit& commit) { commit.activities.push_back(bound); })});
}

void tag_fields_are_taken_as_declared(Context& ctx) {
  using Kind = TagFilter::Kind;
  Activity tagged = activity("order-1", 2);
  tagged.tag = "gpu";
  Activity empty = activity("order-1", 3);
  empty.tag = "";
  const auto filtered = [](Kind kind, const std::vector<std::string>& tags) {
    return fetching(FetchActivity{.lock_timeout = kLongLock, .tags = {.kind = kind, .tags = tags}});
  };
  expect_fields(
      ctx, Capability::tags,
      {filtered(Kind::tags, {"gpu"}), filtered(Kind::default_and, {"gpu"}), filtered(Kind::any, {}),
       filtered(Kind::none, {}), enqueueing(tagged), enqueueing(empty),
       committing([=](TurnCommit& commit) { commit.activities.push_back(tagged); }),
       committing([=](TurnCommit& commit) { commit.activities.push_back(empty); })});
}

void version_fields_are_taken_as_declared(Context& ctx) {
  using Ranges = std::vector<VersionRange>;
  const VersionRange all{.lowest = {}, .highest = {.major = 99}};
  expect_fields(
      ctx, Capability::version_filter,
      {fetching(FetchTurn{.lock_timeout = kLongLock, .versions = Ranges{all}}),
       fetching(FetchTurn{.lock_timeout = kLongLock, .versions = Ranges()}),
       committing(
           [](TurnCommit& commit) { commit.metadata.pinned_version = EngineVersion{.major = 1}; }),
       committing([](TurnCommit& commit) { commit.metadata.pinned_version = EngineVersion(); })});
}

void custom_status_fields_are_taken_as_declared(Context& ctx) {
  expect_fields(
      ctx, Capability::custom_status,
      {committing([](TurnCommit& commit) { commit.custom_status = {{.value = "packing"}}; }),
       committing([](TurnCommit& commit) { commit.custom_status = {StatusChange()}; })});
}

void key_value_fields_are_taken_as_declared(Context& ctx) {
  using Kind = KeyValueChange::Kind;
  const auto changing = [](Kind kind, const std::string& key) {
    return committing([=](TurnCommit& commit) {
      commit.values = {{.kind = kind, .key = key, .value = kind == Kind::set ? "red" : ""}};
    });
  };
  expect_fields(ctx, Capability::key_value,
                {changing(Kind::set, "color"), changing(Kind::clear, "color"),
                 changing(Kind::clear_all, "")});
}

// With work to be had a poll timeout makes no difference to anybody; without work it makes none to
// a provider that does not wait.
void poll_timeout_is_no_obstacle(Context& ctx) {
  const auto provider = ctx.open();
  const bool waits = ctx.description().capabilities.facets.has(Capability::long_polling);
  const auto fetch_turn = [&](Duration poll) {
    return aside(ctx,
                 [&provider, poll] {
                   return provider->fetch_turn({.lock_timeout = kLongLock, .poll_timeout = poll});
                 })
        .answer()
        .value();
  };
  const auto fetch_activity = [&](Duration poll) {
    return aside(
               ctx,
               [&provider, poll] {
                 return provider->fetch_activity({.lock_timeout = kLongLock, .poll_timeout = poll});
               })
        .answer()
        .value();
  };

  const Duration on_empty_queues = waits ? Duration(0) : endless(ctx);
  EXPECT_EQ(fetch_turn(on_empty_queues), std::nullopt);
  EXPECT_EQ(fetch_activity(on_empty_queues), std::nullopt);
  provider->enqueue_message(start("order-1")).value();
  provider->enqueue_activity(activity("order-1", 1)).value();
  const std::optional<Turn> turn = fetch_turn(endless(ctx));
  const std::optional<LockedActivity> locked = fetch_activity(endless(ctx));

  ASSERT_TRUE(turn && locked);
  EXPECT_EQ(turn->messages, std::vector{start("order-1")});
  EXPECT_EQ(locked->activity, activity("order-1", 1));
}

// --- Declared and there

// The same calls, asked only of who declares the facet: none of them may answer `unsupported`.
void declared_methods_of_sessions_are_there(Context& ctx) { sessions_answer_as_declared(ctx); }

void declared_methods_of_custom_status_are_there(Context& ctx) {
  custom_status_answers_as_declared(ctx);
}

void declared_methods_of_key_value_are_there(Context& ctx) { key_value_answers_as_declared(ctx); }

void declared_methods_of_management_are_there(Context& ctx) { management_answers_as_declared(ctx); }

void declared_methods_of_deletion_are_there(Context& ctx) { deletion_answers_as_declared(ctx); }

void declared_methods_of_pruning_are_there(Context& ctx) { pruning_answers_as_declared(ctx); }

void declared_methods_of_batch_are_there(Context& ctx) { batch_answers_as_declared(ctx); }

void declared_methods_of_event_store_are_there(Context& ctx) {
  event_store_answers_as_declared(ctx);
}

void declared_methods_of_context_store_are_there(Context& ctx) {
  context_store_answers_as_declared(ctx);
}

void declared_fields_of_sessions_are_there(Context& ctx) {
  session_fields_are_taken_as_declared(ctx);
}

void declared_fields_of_tags_are_there(Context& ctx) { tag_fields_are_taken_as_declared(ctx); }

void declared_fields_of_version_filter_are_there(Context& ctx) {
  version_fields_are_taken_as_declared(ctx);
}

void declared_fields_of_custom_status_are_there(Context& ctx) {
  custom_status_fields_are_taken_as_declared(ctx);
}

void declared_fields_of_key_value_are_there(Context& ctx) {
  key_value_fields_are_taken_as_declared(ctx);
}

// --- The description itself

void description_names_provider_version_and_store(Context& ctx) {
  const Description& description = ctx.description();

  EXPECT_NE(description.provider, "");
  EXPECT_NE(description.version, "");
  EXPECT_NE(description.store_version, "");
}

void description_is_the_same_on_every_handle(Context& ctx) {
  const auto one = ctx.open();
  const Description first = one->describe();
  const auto other = ctx.open();

  EXPECT_EQ(first, ctx.description());
  EXPECT_EQ(other->describe(), ctx.description());
  EXPECT_EQ(one->describe(), ctx.description());
}

void description_is_the_same_after_use(Context& ctx) {
  const auto provider = ctx.open();
  const Description before = provider->describe();

  create_instance(*provider, "order-1");
  provider->enqueue_activity(activity("order-1", 1)).value();
  const LockedActivity locked = take_activity(*provider);
  provider->ack_activity(locked.token, completion(locked.activity)).value();
  EXPECT_TRUE(fails_with(provider->enqueue_message(external("", 1)), ErrorKind::invalid));

  EXPECT_EQ(provider->describe(), before);
  EXPECT_EQ(ctx.open()->describe(), before);
}

void declaration_makes_sense(Context& ctx) {
  const Capabilities& declared = ctx.description().capabilities;

  EXPECT_FALSE(declared.clocks.empty()) << "nobody could open it";
  EXPECT_FALSE(declared.facets.empty()) << "it promises nothing";
  EXPECT_FALSE(declared.facets.has(Capability::none)) << "that is no facet";
  EXPECT_GT(declared.call_limit, Duration(0));
  EXPECT_GE(declared.poll_slack, Duration(0));
}

constexpr Validation kRows[] = {
    {"declaration_makes_sense", requirement("CAP_1"), declaration_makes_sense, Hook::none,
     Capability::none},
    {"queues_answer_as_declared", requirement("CAP_1"), queues_answer_as_declared, Hook::none,
     Capability::none},
    {"declared_methods_of_sessions_are_there", requirement("CAP_1"),
     declared_methods_of_sessions_are_there, Hook::none, Capability::sessions},
    {"declared_methods_of_custom_status_are_there", requirement("CAP_1"),
     declared_methods_of_custom_status_are_there, Hook::none, Capability::custom_status},
    {"declared_methods_of_key_value_are_there", requirement("CAP_1"),
     declared_methods_of_key_value_are_there, Hook::none, Capability::key_value},
    {"declared_methods_of_management_are_there", requirement("CAP_1"),
     declared_methods_of_management_are_there, Hook::none, Capability::management},
    {"declared_methods_of_deletion_are_there", requirement("CAP_1"),
     declared_methods_of_deletion_are_there, Hook::none, Capability::deletion},
    {"declared_methods_of_pruning_are_there", requirement("CAP_1"),
     declared_methods_of_pruning_are_there, Hook::none, Capability::pruning},
    {"declared_methods_of_batch_are_there", requirement("CAP_1"),
     declared_methods_of_batch_are_there, Hook::none, Capability::batch},
    {"declared_methods_of_event_store_are_there", requirement("CAP_1"),
     declared_methods_of_event_store_are_there, Hook::none, Capability::event_store},
    {"declared_methods_of_context_store_are_there", requirement("CAP_1"),
     declared_methods_of_context_store_are_there, Hook::none, Capability::context_store},
    {"declared_fields_of_sessions_are_there", requirement("CAP_1"),
     declared_fields_of_sessions_are_there, Hook::none, Capability::sessions},
    {"declared_fields_of_tags_are_there", requirement("CAP_1"), declared_fields_of_tags_are_there,
     Hook::none, Capability::tags},
    {"declared_fields_of_version_filter_are_there", requirement("CAP_1"),
     declared_fields_of_version_filter_are_there, Hook::none, Capability::version_filter},
    {"declared_fields_of_custom_status_are_there", requirement("CAP_1"),
     declared_fields_of_custom_status_are_there, Hook::none, Capability::custom_status},
    {"declared_fields_of_key_value_are_there", requirement("CAP_1"),
     declared_fields_of_key_value_are_there, Hook::none, Capability::key_value},
    {"sessions_answer_as_declared", requirement("CAP_2"), sessions_answer_as_declared, Hook::none,
     Capability::none},
    {"custom_status_answers_as_declared", requirement("CAP_2"), custom_status_answers_as_declared,
     Hook::none, Capability::none},
    {"key_value_answers_as_declared", requirement("CAP_2"), key_value_answers_as_declared,
     Hook::none, Capability::none},
    {"management_answers_as_declared", requirement("CAP_2"), management_answers_as_declared,
     Hook::none, Capability::none},
    {"deletion_answers_as_declared", requirement("CAP_2"), deletion_answers_as_declared, Hook::none,
     Capability::none},
    {"pruning_answers_as_declared", requirement("CAP_2"), pruning_answers_as_declared, Hook::none,
     Capability::none},
    {"batch_answers_as_declared", requirement("CAP_2"), batch_answers_as_declared, Hook::none,
     Capability::none},
    {"event_store_answers_as_declared", requirement("CAP_2"), event_store_answers_as_declared,
     Hook::none, Capability::none},
    {"context_store_answers_as_declared", requirement("CAP_2"), context_store_answers_as_declared,
     Hook::none, Capability::none},
    {"description_names_provider_version_and_store", requirement("CAP_4"),
     description_names_provider_version_and_store, Hook::none, Capability::none},
    {"description_is_the_same_on_every_handle", requirement("CAP_4"),
     description_is_the_same_on_every_handle, Hook::none, Capability::none},
    {"description_is_the_same_after_use", requirement("CAP_4"), description_is_the_same_after_use},
    {"session_fields_are_taken_as_declared", requirement("CAP_5"),
     session_fields_are_taken_as_declared},
    {"tag_fields_are_taken_as_declared", requirement("CAP_5"), tag_fields_are_taken_as_declared},
    {"version_fields_are_taken_as_declared", requirement("CAP_5"),
     version_fields_are_taken_as_declared},
    {"custom_status_fields_are_taken_as_declared", requirement("CAP_5"),
     custom_status_fields_are_taken_as_declared},
    {"key_value_fields_are_taken_as_declared", requirement("CAP_5"),
     key_value_fields_are_taken_as_declared},
    {"poll_timeout_is_no_obstacle", requirement("CAP_5"), poll_timeout_is_no_obstacle},
};

}  // namespace

std::span<const Validation> capability_validations() { return kRows; }

}  // namespace ackproof
