// Writes that stand in line for one connection: together in one transaction, and each for itself.
#include "reference_providers/sqlite/shared_connection.h"

#include <gtest/gtest.h>
#include <sqlite3.h>

#include <atomic>
#include <barrier>
#include <filesystem>
#include <thread>

#include "reference_providers/sqlite/errors.h"
#include "reference_providers/sqlite/sql.h"
#include "tests/support/command.h"

namespace ackproof::sqlite {
namespace {

constexpr char kCount[] = "SELECT count(*), coalesce(max(key), '') FROM global";
constexpr char kAdd[] = "INSERT INTO global (key, body) VALUES (?1, ?2)";

std::filesystem::path fresh_file() {
  return std::filesystem::path(testing_support::fresh_folder()) / "store.db";
}

// What became of a write.
enum class Fate : std::uint8_t { done, refused, failed };

class Store {
 public:
  Store() : shared_(fresh_file()) {
    sqlite3_commit_hook(
        shared_.db().handle(),
        [](void* count) {
          ++*static_cast<std::atomic<int>*>(count);
          return 0;
        },
        &commits_);
  }

  Fate write(const std::function<void(Connection&)>& work) {
    try {
      shared_.write([&] { work(shared_.db()); });
      return Fate::done;
    } catch (const Refused&) {
      return Fate::refused;
    } catch (const SqlError&) {
      return Fate::failed;
    }
  }

  std::int64_t count() {
    return shared_.alone([&] {
      Query row = shared_.db().query(kCount);
      row.next();
      return row.integer(0);
    });
  }
  int commits() const { return commits_; }

  // Runs `work(0)` to `work(n-1)`, each in a thread of its own, while nobody gets the connection before all have begun.
  void in_line(int n, const std::function<void(int)>& work) {
    std::barrier begun(n + 1);
    std::vector<std::jthread> threads;
    shared_.alone([&] {
      for (int i = 0; i < n; ++i) {
        threads.emplace_back([&, i] {
          begun.arrive_and_wait();
          work(i);
        });
      }
      begun.arrive_and_wait();
    });
  }

 private:
  std::atomic<int> commits_ = 0;
  SharedConnection shared_;
};

void add(Connection& db, const std::string& key) { db.run(kAdd, key, Blob{"x"}); }

constexpr int kThreads = 8;
constexpr int kRounds = 50;

std::string key(int round, int thread) {
  return std::to_string(round) + "." + std::to_string(thread);
}

TEST(SharedConnection, commits_together_what_stands_in_line) {
  Store store;
  for (int round = 0; round < kRounds; ++round) {
    store.in_line(kThreads, [&](int i) {
      EXPECT_EQ(store.write([&](Connection& db) { add(db, key(round, i)); }), Fate::done);
    });
  }
  EXPECT_EQ(store.count(), kThreads * kRounds);
  EXPECT_LT(store.commits(), kThreads * kRounds / 2);
}

// Whoever waits for the file behind a long line of long writes has to get it, too.
TEST(SharedConnection, commits_what_takes_long_by_itself) {
  Store store;
  store.in_line(kThreads, [&](int i) {
    const Fate fate = store.write([&](Connection& db) {
      add(db, key(0, i));
      std::this_thread::sleep_for(kStint);
    });
    EXPECT_EQ(fate, Fate::done);
  });
  EXPECT_EQ(store.count(), kThreads);
  EXPECT_EQ(store.commits(), kThreads);
}

TEST(SharedConnection, undoes_what_is_refused_and_nothing_else) {
  Store store;
  for (int round = 0; round < kRounds; ++round) {
    store.in_line(kThreads, [&](int i) {
      const bool is_refused = i % 2 == 0;
      const Fate fate = store.write([&](Connection& db) {
        add(db, key(round, i));
        if (is_refused) throw Refused(ErrorKind::conflict, "no");
      });
      EXPECT_EQ(fate, is_refused ? Fate::refused : Fate::done);
    });
  }
  EXPECT_EQ(store.count(), kThreads / 2 * kRounds);
}

// A failure of SQLite's own, such as a full disk, may have ended the whole transaction.
TEST(SharedConnection, tells_a_failure_to_whom_it_belongs) {
  Store store;
  for (int round = 0; round < kRounds; ++round) {
    store.in_line(kThreads, [&](int i) {
      const bool fails = i == round % kThreads;
      const Fate fate = store.write([&](Connection& db) {
        add(db, key(round, i));
        if (fails) add(db, key(round, i));  // It is there.
      });
      EXPECT_EQ(fate, fails ? Fate::failed : Fate::done);
    });
  }
  EXPECT_EQ(store.count(), (kThreads - 1) * kRounds);
}

// The whole transaction is gone, and with it the savepoints.
TEST(SharedConnection, survives_that_its_transaction_is_rolled_back_under_it) {
  Store store;
  for (int round = 0; round < kRounds; ++round) {
    store.in_line(kThreads, [&](int i) {
      const bool rolls_back = i == 0;
      const Fate fate = store.write([&](Connection& db) {
        add(db, key(round, i));
        if (!rolls_back) return;
        db.run(sql::kRollback);
        throw Refused(ErrorKind::conflict, "no");
      });
      EXPECT_EQ(fate, rolls_back ? Fate::refused : Fate::done);
    });
  }
  EXPECT_EQ(store.count(), (kThreads - 1) * kRounds);
}

}  // namespace
}  // namespace ackproof::sqlite
