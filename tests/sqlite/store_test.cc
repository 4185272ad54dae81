// What the SQLite provider owes beyond the contract's clauses: several processes, its schema, its
// settings.
#include <gtest/gtest.h>
#include <sqlite3.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <set>

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
