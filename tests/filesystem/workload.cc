#include "tests/filesystem/workload.h"

#include <sstream>

#include "contract/json.h"
#include "reference_providers/memory/memory_provider.h"
#include "tests/support/command.h"
#include "validations/build.h"

namespace ackproof::filesystem {

namespace {

const Time kBegin = ManualClock().now();
constexpr Duration kLock = std::chrono::minutes(10);

Activity in_session(std::uint64_t id) {
  Activity item = bound("order", id, "session");
  item.tag = "tag";
  return item;
}

void fetch_turn(Provider& provider, Tokens& tokens, const std::string& as) {
  tokens[as] = take_turn(provider, {.lock_timeout = kLock}).token;
}

void fetch_activity(Provider& provider, Tokens& tokens, const std::string& as) {
  tokens[as] = take_activity(provider, {.lock_timeout = kLock,
                                        .session = SessionClaim{.owner = "worker"},
                                        .tags = {.kind = TagFilter::Kind::any}})
                   .token;
}

// The first commit: something for every list it has.
TurnCommit large_commit() {
  TurnCommit commit = commit_events(events(1, 3));
  commit.events[1].payload = std::string("\0\xff binary", 9);
  commit.events[2].payload = std::string(3'000, 'x');
  commit.activities = {activity("order", 1), in_session(2), activity("order", 3)};
  commit.messages = {start("child"), external("order", 7),
                     timer("order", 8, kBegin + std::chrono::minutes(5))};
  commit.messages[0].parent = "order";
  commit.cancelled = {{"order", 1, 3}};
  commit.metadata.pinned_version = EngineVersion{1, 2, 3};
  commit.custom_status = {{"first"}, {"second"}};
  commit.values = {set_value("a", "1"), set_value("b", "2"), clear_value("a")};
  return commit;
}

TurnCommit ended(std::uint64_t execution, Status status) {
  TurnCommit commit = commit_events({event(9)});
  commit.execution = execution;
  commit.metadata.status = status;
  commit.metadata.output = "output";
  commit.values = {set_value("c", "3")};
  return commit;
}

std::vector<Step> make_workload() {
  using P = Provider;
  using T = Tokens;
  return {
      [](P& p, T&) { p.enqueue_message(start("order")).value(); },
      [](P& p, T&) { p.enqueue_message(external("unborn", 1)).value(); },
      [](P& p, T& t) { fetch_turn(p, t, "order"); },
      [](P& p, T& t) { p.renew_turn(t["order"], kLock * 2).value(); },
      [](P& p, T& t) { p.ack_turn(t["order"], large_commit()).value(); },
      [](P& p, T&) { p.enqueue_activity(activity("elsewhere", 4)).value(); },
      [](P& p, T& t) { fetch_activity(p, t, "first"); },
      [](P& p, T& t) { fetch_activity(p, t, "second"); },
      [](P& p, T& t) { fetch_activity(p, t, "third"); },
      [](P& p, T& t) { p.renew_activity(t["second"], kLock * 3).value(); },
      [](P& p, T& t) { p.ack_activity(t["first"], completion(activity("order", 1))).value(); },
      [](P& p, T& t) { p.abandon_activity(t["third"], {.delay = kLock}).value(); },
      [](P& p, T&) { p.renew_sessions({.owners = {"worker"}, .extend_for = kLock}).value(); },
      [](P& p, T& t) { fetch_turn(p, t, "child"); },
      [](P& p, T& t) { p.abandon_turn(t["child"], {.delay = kLock}).value(); },
      [](P& p, T& t) { fetch_turn(p, t, "order"); },
      [](P& p, T& t) { p.abandon_turn(t["order"], {.ignore_attempt = true}).value(); },
      [](P& p, T& t) { fetch_turn(p, t, "order"); },
      [](P& p, T& t) { p.ack_turn(t["order"], ended(1, Status::continued_as_new)).value(); },
      [](P& p, T&) { p.enqueue_message(external("order", 11), kLock).value(); },
      [](P& p, T&) { p.enqueue_message(external("order", 12)).value(); },
      [](P& p, T& t) { fetch_turn(p, t, "order"); },
      [](P& p, T& t) {
        TurnCommit next = commit_events(events(1, 2));
        next.execution = 2;
        next.values = {set_value("pending", "4")};
        p.ack_turn(t["order"], next).value();
      },
      [](P& p, T&) { p.enqueue_message(external("order", 13)).value(); },
      [](P& p, T& t) { p.ack_activity(t["second"], std::nullopt).value(); },
      [](P& p, T&) { p.prune_instance("order", {}).value(); },
      [](P& p, T&) { p.enqueue_message(start("gone")).value(); },
      [](P& p, T&) { p.enqueue_activity(bound("gone", 1, "lost session")).value(); },
      [](P& p, T& t) { fetch_turn(p, t, "order again"); },
      [](P& p, T& t) { fetch_turn(p, t, "gone"); },
      [](P& p, T& t) { p.ack_turn(t["gone"], ended(1, Status::failed)).value(); },
      [](P& p, T& t) { fetch_activity(p, t, "gone"); },
      [](P& p, T&) { p.delete_instance("gone", false).value(); },
      [](P& p, T&) { p.cleanup_sessions().value(); },
      [](P& p, T& t) { p.ack_turn(t["order again"], ended(2, Status::completed)).value(); },
  };
}

template <class Value>
void show(std::ostringstream& out, const char* what, const Value& value) {
  out << what << ' ' << to_json(value) << '\n';
}

void show_instance(std::ostringstream& out, Provider& provider, const std::string& id) {
  show(out, "instance", *provider.read_instance(id).value());
  const std::vector<std::uint64_t> executions = provider.list_executions(id).value();
  for (const std::uint64_t execution : executions) {
    show(out, "execution", provider.read_execution(id, execution).value());
    const std::vector<Event> history = provider.read_history(id, execution).value();
    for (const Event& event : history) show(out, "event", event);
  }
  const std::map<std::string, KeyValue> values = provider.read_values(id).value();
  for (const auto& [key, value] : values) show(out, key.c_str(), value);
  const auto status = provider.read_custom_status(id, 0).value();
  if (status) show(out, "status", *status);
}

}  // namespace

const std::vector<Step>& workload() {
  static const std::vector<Step> steps = make_workload();
  return steps;
}

std::string look_of(Provider& provider, ManualClock& clock) {
  std::ostringstream out;
  const std::vector<std::string> ids = provider.list_instances(std::nullopt).value();
  for (const std::string& id : ids) show_instance(out, provider, id);
  show(out, "depths", provider.read_queue_depths().value());
  show(out, "totals", provider.read_totals().value());
  clock.advance(std::chrono::hours(1));
  show(out, "depths later", provider.read_queue_depths().value());
  while (auto turn = provider.fetch_turn({.lock_timeout = kLongLock}).value()) {
    turn->token = {};
    show(out, "turn", *turn);
  }
  const FetchActivity all{.lock_timeout = kLongLock,
                          .session = SessionClaim{.owner = "look"},
                          .tags = {.kind = TagFilter::Kind::any}};
  while (auto locked = provider.fetch_activity(all).value()) {
    locked->token = {};
    show(out, "activity", *locked);
  }
  out << "lapsed sessions " << provider.cleanup_sessions().value() << '\n';
  return out.str();
}

const std::vector<std::string>& looks() {
  static const std::vector<std::string> all = [] {
    std::vector<std::string> made;
    const ProviderFactory factory = memory::factory();
    for (std::size_t k = 0; k <= workload().size(); ++k) {
      const auto clock = std::make_shared<ManualClock>(kBegin);
      const Scope scope{"look_" + std::to_string(k), {}, clock};
      const auto provider = factory.open(scope).value();
      Tokens tokens;
      for (std::size_t i = 0; i < k; ++i) workload()[i](*provider, tokens);
      made.push_back(look_of(*provider, *clock));
      factory.destroy(scope);
    }
    return made;
  }();
  return all;
}

testing::AssertionResult is_whole(const std::string& look, std::size_t acked) {
  if (look == looks()[acked]) return testing::AssertionSuccess();
  if (acked < workload().size() && look == looks()[acked + 1]) return testing::AssertionSuccess();
  return testing::AssertionFailure() << "after " << acked << " calls the store is\n"
                                     << look << "\nand not\n"
                                     << looks()[acked];
}

std::filesystem::path fresh_store() {
  return std::filesystem::path(testing_support::fresh_folder()) / "store";
}

std::unique_ptr<Provider> open_store(const std::filesystem::path& folder, Seams seams) {
  return open(folder, std::make_shared<ManualClock>(kBegin), std::move(seams)).value();
}

std::string look_of_store(const std::filesystem::path& folder) {
  const auto clock = std::make_shared<ManualClock>(kBegin);
  const auto provider = open(folder, clock, {}).value();
  return look_of(*provider, *clock);
}

Seams small_snapshots(std::shared_ptr<Files> files) {
  Seams seams;
  seams.files = std::move(files);
  seams.snapshot_after = 500;
  seams.snapshot_times = 0;
  return seams;
}

void run_workload(Provider& provider) {
  Tokens tokens;
  for (const Step& step : workload()) step(provider, tokens);
}

}  // namespace ackproof::filesystem
