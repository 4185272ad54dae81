// What the SQLite provider owes beyond the contract's clauses: several processes, its schema, its
// settings.
#include <gtest/gtest.h>
#include <sqlite3.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <set>
#include <thread>

#include "reference_providers/sqlite/body.h"
#include "reference_providers/sqlite/sql.h"
#include "reference_providers/sqlite/sqlite_provider.h"
#include "tests/support/command.h"
#include "validations/build.h"
#include "validations/expect.h"

namespace ackproof {
namespace {

using testing_support::fresh_folder;

std::filesystem::path fresh_file() { return std::filesystem::path(fresh_folder()) / "store.db"; }

std::unique_ptr<Provider> open(const std::filesystem::path& file) {
  return sqlite::open(file, std::make_shared<SystemClock>()).value();
}

// Runs `work(0)` to `work(n-1)`, each in a process of its own; true when all returned true.
template <class Work>
bool in_processes(int n, const Work& work) {
  std::vector<pid_t> children;
  for (int i = 0; i < n; ++i) {
    const pid_t child = fork();
    if (child == 0) {
      bool good = false;
      try {
        good = work(i);
      } catch (const std::exception& exception) {
        std::fprintf(stderr, "process %d: %s\n", i, exception.what());
      }
      _exit(good ? 0 : 1);
    }
    children.push_back(child);
  }
  bool all = true;
  for (const pid_t child : children) {
    int status = 0;
    waitpid(child, &status, 0);
    all = all && WIFEXITED(status) && WEXITSTATUS(status) == 0;
  }
  return all;
}

// Repeats a call while the answer is `busy`, which is legal under load.
template <class Call>
auto patiently(const Call& call) {
  auto result = call();
  for (int i = 0; i < 50 && !result && result.error().kind == ErrorKind::busy; ++i) result = call();
  return result;
}

std::string pragma(const std::filesystem::path& file, const std::string& which) {
  sqlite3* raw = nullptr;
  sqlite3_open(file.c_str(), &raw);
  std::string value;
  sqlite3_exec(
      raw, ("PRAGMA " + which).c_str(),
      [](void* into, int, char** columns, char**) {
        *static_cast<std::string*>(into) = columns[0] ? columns[0] : "";
        return 0;
      },
      &value, nullptr);
  sqlite3_close(raw);
  return value;
}

TEST(SqliteStore, many_processes_may_open_an_empty_store_at_once) {
  for (int round = 0; round < 10; ++round) {
    const std::filesystem::path file = fresh_file();
    EXPECT_TRUE(in_processes(6, [&](int i) {
      const auto provider = open(file);
      const std::string instance = "order-" + std::to_string(i);
      return patiently([&] { return provider->enqueue_message(start(instance)); }).has_value();
    }));
    EXPECT_EQ(drain_messages(*open(file)).size(), 6U);
  }
}

TEST(SqliteStore, processes_share_the_work_and_nothing_is_done_twice) {
  constexpr int kItems = 120;
  const std::filesystem::path file = fresh_file();
  {
    const auto provider = open(file);
    create_instance(*provider, "order");
    for (std::uint64_t id = 1; id <= kItems; ++id) {
      provider->enqueue_activity(activity("order", id)).value();
    }
  }

  EXPECT_TRUE(in_processes(4, [&](int) {
    const auto provider = open(file);
    for (;;) {
      const auto locked =
          patiently([&] { return provider->fetch_activity({.lock_timeout = kLongLock}); }).value();
      if (!locked) return true;
      patiently([&] {
        return provider->ack_activity(locked->token, completion(locked->activity));
      }).value();
    }
  }));

  const auto provider = open(file);
  std::multiset<std::uint64_t> completed;
  for (const Message& message : drain_messages(*provider)) completed.insert(message.id);
  std::multiset<std::uint64_t> expected;
  for (std::uint64_t id = 1; id <= kItems; ++id) expected.insert(id);
  EXPECT_EQ(completed, expected);
}

TEST(SqliteStore, a_killed_process_leaves_what_was_acked_and_nothing_else) {
  const std::filesystem::path file = fresh_file();
  std::vector<int> ends(2);
  ASSERT_EQ(pipe(ends.data()), 0);
  const pid_t child = fork();
  if (child == 0) {
    const auto provider = open(file);
    create_instance(*provider, "order");
    for (std::uint64_t id = 2;; ++id) {
      provider->enqueue_message(external("order", id)).value();
      const Turn turn = take_turn(*provider);
      provider->ack_turn(turn.token, commit_events({event(id)})).value();
      // Tells what has been acknowledged.
      if (write(ends[1], &id, sizeof id) != sizeof id) _exit(1);
    }
  }
  close(ends[1]);
  std::uint64_t acked = 0;
  while (acked < 50 && read(ends[0], &acked, sizeof acked) == sizeof acked) {
  }
  kill(child, SIGKILL);
  waitpid(child, nullptr, 0);
  while (read(ends[0], &acked, sizeof acked) == sizeof acked) {
  }
  close(ends[0]);

  const std::vector<Event> history = open(file)->read_history("order").value();

  // One more may have been committed and not yet told.
  ASSERT_GE(history.size(), acked);
  ASSERT_LE(history.size(), acked + 1);
  EXPECT_EQ(history, events(1, history.size()));
}

TEST(SqliteStore, writes_ahead_and_syncs_every_commit) {
  const std::filesystem::path file = fresh_file();
  open(file);

  EXPECT_EQ(pragma(file, "journal_mode"), "wal");
  EXPECT_EQ(pragma(file, "integrity_check"), "ok");
}

// What version 1 of the schema held: an order in its second life with a turn at work, a finished
// order, a timer, and three activities, of which one is at work and one hidden. The table `body` has
// the payloads.
constexpr char kVersion1Data[] = R"sql(
INSERT INTO instance (number, id, created_at, updated_at, name, version, parent, execution,
                      away_until, token, batch_end)
VALUES (1, 'order', 1000, 3000, 'Order', '1.0.0', 'shop', 2, 9000000000000, 'turn', 1);
INSERT INTO instance (number, id, created_at, updated_at, name, execution)
VALUES (2, 'old order', 500, 600, 'Order', 1);
INSERT INTO execution (instance, execution, status, event_count, output)
VALUES (1, 1, 3, 1, NULL), (1, 2, 0, 1, NULL), (2, 1, 1, 1, x'6F6B');
INSERT INTO event (instance, execution, id, kind, timestamp, engine_version, body)
SELECT column1, column2, 1, 'Started', 1000, '1', event FROM body, (VALUES (1, 1), (1, 2), (2, 1));
INSERT INTO message (seq, instance, attempts, kind, id, hidden_until, visible_at, body)
SELECT 1, 1, 1, 5, 7, NULL, NULL, message FROM body
UNION ALL SELECT 2, 1, 0, 4, 8, 9000000000000, 9000000000000, message FROM body;
INSERT INTO activity (seq, away_until, token, attempts, instance, execution, id, name, body)
SELECT column1, column2, column3, column4, 'order', 2, column1, 'Charge', activity
FROM body, (VALUES (1, 9000000000000, 'work', 1), (2, 9000000000000, NULL, 1), (3, NULL, NULL, 2));
DROP TABLE body;
)sql";

void make_version_1(const std::filesystem::path& file) {
  sqlite3* raw = nullptr;
  sqlite3_open(file.c_str(), &raw);
  const auto run = [&](const std::string& script) {
    char* error = nullptr;
    sqlite3_exec(raw, script.c_str(), nullptr, nullptr, &error);
    if (error != nullptr) throw std::runtime_error(error);
  };
  run(sqlite::sql::kMigrations[0]);
  run("PRAGMA user_version = 1; PRAGMA application_id = " +
      std::to_string(sqlite::sql::kApplicationId));
  run("CREATE TABLE body (event, message, activity)");
  sqlite3_stmt* bodies = nullptr;
  sqlite3_prepare_v2(raw, "INSERT INTO body VALUES (?1, ?2, ?3)", -1, &bodies, nullptr);
  for (int i = 1; i <= 3; ++i) {
    const std::string body = sqlite::encode("payload " + std::to_string(i));
    sqlite3_bind_blob(bodies, i, body.data(), static_cast<int>(body.size()), SQLITE_TRANSIENT);
  }
  sqlite3_step(bodies);
  sqlite3_finalize(bodies);
  run(kVersion1Data);
  sqlite3_close(raw);
}

Time at(std::int64_t milliseconds) { return Time(Duration(milliseconds)); }

TEST(SqliteStore, a_store_of_schema_version_1_is_migrated_without_loss) {
  const std::filesystem::path file = fresh_file();
  make_version_1(file);

  const auto provider = open(file);

  const Event started{.id = 1,
                      .kind = "Started",
                      .timestamp = at(1'000),
                      .engine_version = "1",
                      .payload = "payload 1"};
  EXPECT_EQ(provider->read_history("order", 1).value(), std::vector{started});
  EXPECT_EQ(provider->read_history("order").value(), std::vector{started});
  EXPECT_EQ(provider->read_history("old order").value(), std::vector{started});
  EXPECT_EQ(provider->read_instance("order").value(), (InstanceInfo{.instance = "order",
                                                                    .name = "Order",
                                                                    .version = "1.0.0",
                                                                    .parent = "shop",
                                                                    .execution = 2,
                                                                    .created_at = at(1'000),
                                                                    .updated_at = at(3'000)}));
  EXPECT_EQ(
      provider->read_totals().value(),
      (StoreTotals{.instances = 2, .executions = 3, .events = 3, .running = 1, .completed = 1}));
  EXPECT_EQ(provider->read_queue_depths().value(),
            (QueueDepths{.messages = {.locked = 2},
                         .activities = {.ready = 1, .hidden = 1, .locked = 1}}));
}

TEST(SqliteStore, a_store_of_schema_version_1_gets_times_of_executions) {
  const std::filesystem::path file = fresh_file();
  make_version_1(file);

  const auto provider = open(file);

  EXPECT_EQ(provider->read_execution("order", 1).value(),
            (ExecutionInfo{.execution = 1,
                           .status = Status::continued_as_new,
                           .created_at = at(1'000),
                           .completed_at = at(3'000),
                           .event_count = 1}));
  EXPECT_EQ(provider->read_execution("order", 2).value(),
            (ExecutionInfo{.execution = 2, .created_at = at(1'000), .event_count = 1}));
  EXPECT_EQ(provider->read_execution("old order", 1).value(),
            (ExecutionInfo{.execution = 1,
                           .status = Status::completed,
                           .output = "ok",
                           .created_at = at(500),
                           .completed_at = at(600),
                           .event_count = 1}));
}

TEST(SqliteStore, what_was_at_work_in_a_store_of_schema_version_1_goes_on) {
  const std::filesystem::path file = fresh_file();
  make_version_1(file);

  const auto provider = open(file);
  const LockedActivity waiting = take_activity(*provider);
  provider->ack_activity({"work"}, std::nullopt).value();
  provider
      ->ack_turn({"turn"}, {.execution = 2,
                            .metadata = {.status = Status::completed},
                            .values = {set_value("total", "12")}})
      .value();

  EXPECT_EQ(waiting.attempt, 3U);
  EXPECT_EQ(
      waiting.activity,
      (Activity{
          .instance = "order", .execution = 2, .id = 3, .name = "Charge", .payload = "payload 3"}));
  EXPECT_EQ(provider->read_value("order", "total").value()->value, "12");
  EXPECT_EQ(provider->read_queue_depths().value(),
            (QueueDepths{.messages = {.hidden = 1}, .activities = {.hidden = 1, .locked = 1}}));
  EXPECT_EQ(pragma(file, "integrity_check"), "ok");
}

// A store as it was before version 3 brought the event store and the context store.
void make_version_2(const std::filesystem::path& file) {
  make_version_1(file);
  sqlite3* raw = nullptr;
  sqlite3_open(file.c_str(), &raw);
  sqlite3_exec(raw, sqlite::sql::kMigrations[1], nullptr, nullptr, nullptr);
  sqlite3_close(raw);
  pragma(file, "user_version = 2");
}

TEST(SqliteStore, a_store_of_schema_version_2_gains_streams_and_outputs) {
  const std::filesystem::path file = fresh_file();
  make_version_2(file);
  const StreamEvent placed{.id = 1, .type = "Placed", .attributes = {{"by", "ann"}}};

  const auto provider = open(file);
  const auto before = provider->read_stream("order", 1);
  provider->append_stream("order", 1, {placed}).value();
  provider->put_snapshot("order", {.event_id = 1, .state = "placed"}).value();
  provider->put_output({"order", "pay"}, "paid").value();
  provider->put_global("rate", "1").value();

  EXPECT_EQ(before.value(), std::vector<StreamEvent>());
  const auto reopened = open(file);
  EXPECT_EQ(reopened->read_stream("order", 1).value(), std::vector{placed});
  EXPECT_EQ(reopened->read_snapshot("order").value(), (Snapshot{.event_id = 1, .state = "placed"}));
  EXPECT_EQ(reopened->read_output({"order", "pay"}).value(), "paid");
  EXPECT_EQ(reopened->read_global("rate").value(), "1");
  EXPECT_EQ(reopened->read_history("order", 1).value().size(), 1U);
  EXPECT_EQ(pragma(file, "integrity_check"), "ok");
}

TEST(SqliteStore, damaged_streams_and_outputs_are_corrupt) {
  const std::filesystem::path file = fresh_file();
  const auto provider = open(file);
  provider->append_stream("order", 1, {{.id = 1, .type = "Placed"}}).value();
  provider->put_snapshot("order", {.event_id = 1, .state = "placed"}).value();
  provider->put_output({"order", "pay"}, "paid").value();
  provider->put_global("rate", "1").value();
  sqlite3* raw = nullptr;
  sqlite3_open(file.c_str(), &raw);
  for (const char* damage :
       {"UPDATE stream_event SET body = x'00'", "UPDATE stream_snapshot SET body = x'00'",
        "UPDATE output SET body = x'00'", "UPDATE global SET body = x'00'"}) {
    ASSERT_EQ(sqlite3_exec(raw, damage, nullptr, nullptr, nullptr), SQLITE_OK) << damage;
  }
  sqlite3_close(raw);

  EXPECT_TRUE(fails_with(provider->read_stream("order", 1), ErrorKind::corrupt));
  EXPECT_TRUE(fails_with(provider->read_snapshot("order"), ErrorKind::corrupt));
  EXPECT_TRUE(fails_with(provider->read_output({"order", "pay"}), ErrorKind::corrupt));
  EXPECT_TRUE(fails_with(provider->read_global("rate"), ErrorKind::corrupt));
  EXPECT_TRUE(fails_with(provider->put_output({"order", "pay"}, "again"), ErrorKind::conflict));
}

TEST(SqliteStore, a_waiting_fetch_notices_what_another_process_does) {
  const std::filesystem::path file = fresh_file();
  const pid_t child = fork();
  if (child == 0) {
    const auto provider = open(file);
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
    _exit(provider->enqueue_message(start("order")) ? 0 : 1);
  }

  const auto turn = open(file)->fetch_turn({.poll_timeout = std::chrono::seconds(30)}).value();

  int status = 0;
  waitpid(child, &status, 0);
  EXPECT_EQ(status, 0);
  ASSERT_TRUE(turn.has_value());
  EXPECT_EQ(turn->instance, "order");
}

TEST(SqliteStore, a_new_instance_gets_nothing_from_a_deleted_one_whose_number_it_has) {
  const auto provider = open(fresh_file());
  provider->enqueue_message(start("old order")).value();
  const Turn old = take_turn(*provider);
  provider->enqueue_message(external("old order", 1)).value();
  provider->delete_instance("old order", true).value();

  provider->enqueue_message(start("new order")).value();
  const auto late = provider->ack_turn(old.token, {.events = {event(1)}});
  const Turn turn = take_turn(*provider);

  EXPECT_TRUE(fails_with(late, ErrorKind::lock_lost));
  EXPECT_EQ(turn.instance, "new order");
  EXPECT_EQ(turn.messages, std::vector{start("new order")});
  EXPECT_TRUE(turn.history.empty());
}

TEST(SqliteStore, a_newer_schema_is_refused_and_left_alone) {
  const std::filesystem::path file = fresh_file();
  open(file)->enqueue_message(start("order")).value();
  const std::string version = pragma(file, "user_version");
  const std::string newer = std::to_string(std::stoi(version) + 1);
  pragma(file, "user_version = " + newer);

  const auto refused = sqlite::open(file, std::make_shared<SystemClock>());

  ASSERT_FALSE(refused.has_value());
  EXPECT_NE(refused.error().message.find("newer"), std::string::npos) << refused.error().message;
  EXPECT_EQ(pragma(file, "user_version"), newer);
  pragma(file, "user_version = " + version);
  EXPECT_EQ(drain_messages(*open(file)).size(), 1U);
}

TEST(SqliteStore, a_file_that_is_no_store_is_refused_and_left_alone) {
  const std::filesystem::path file = fresh_file();
  const std::string text(4'096, 'x');
  std::ofstream(file) << text;

  const auto refused = sqlite::open(file, std::make_shared<SystemClock>());

  EXPECT_FALSE(refused.has_value());
  EXPECT_EQ(testing_support::read_file(file), text);
}

TEST(SqliteStore, another_programs_database_is_refused_and_left_alone) {
  const std::filesystem::path file = fresh_file();
  sqlite3* raw = nullptr;
  sqlite3_open(file.c_str(), &raw);
  sqlite3_exec(raw, "CREATE TABLE customers(name)", nullptr, nullptr, nullptr);
  sqlite3_close(raw);

  const auto refused = sqlite::open(file, std::make_shared<SystemClock>());

  EXPECT_FALSE(refused.has_value());
  EXPECT_EQ(pragma(file, "user_version"), "0");
}

TEST(SqliteStore, a_folder_that_does_not_exist_is_refused_with_a_sentence) {
  const auto refused =
      sqlite::open("/nonexistent/folder/store.db", std::make_shared<SystemClock>());

  ASSERT_FALSE(refused.has_value());
  EXPECT_FALSE(refused.error().message.empty());
}

}  // namespace
}  // namespace ackproof
