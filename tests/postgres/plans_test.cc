// Which way the server looks for what is fetched: past nothing that the caller does not get, whatever
// the statistics were when the plan was made.
#include <gtest/gtest.h>

#include <functional>
#include <thread>

#include "tests/postgres/store.h"
#include "validations/build.h"
#include "validations/expect.h"

namespace ackproof {
namespace {

constexpr int kOthers = 5'000;

// A session tells its counts when it ends, and somewhat later they are seen.
long index_entries_read(const Store& store, const std::string& table) {
  while (store.run("SELECT count(*) FROM pg_stat_activity WHERE application_name = 'ackproof'") !=
         "0") {
    std::this_thread::sleep_for(Duration(10));
  }
  return std::stol(
      store.run("SELECT sum(idx_tup_read) FROM pg_stat_user_indexes"
                " WHERE schemaname = current_schema AND relname = '" +
                table + "'"));
}

// One commit of as many as there are others.
void put_many(Provider& provider, const std::function<void(TurnCommit&, std::uint64_t)>& put) {
  provider.enqueue_message(start("starter")).value();
  TurnCommit commit;
  for (std::uint64_t n = 1; n <= kOthers; ++n) put(commit, n);
  provider.ack_turn(take_turn(provider).token, commit).value();
}

TEST(PostgresPlans, a_filtered_fetch_walks_past_no_instance_of_another_version) {
  const Store store;
  put_many(*store.open(), [](TurnCommit& commit, std::uint64_t n) {
    commit.messages.push_back(start("order-" + std::to_string(n)));
  });
  store.run("UPDATE instance SET pin = '{1,0,0}'");
  store.run("VACUUM ANALYZE instance");  // All pins are equal, so far as the planner knows.
  const long before = index_entries_read(store, "instance");
  {
    const auto provider = store.open();
    provider->enqueue_message(start("last in line")).value();
    const VersionRange wanted{{2, 0, 0}, {2, 9, 9}};
    EXPECT_EQ(take_turn(*provider, {.lock_timeout = kLongLock, .versions = {{wanted}}}).instance,
              "last in line");
  }

  EXPECT_LT(index_entries_read(store, "instance") - before, kOthers / 10);
}

// How many entries of the indexes the fetch of the last activity in line reads, when all others have
// become `others` since they were counted.
long read_by_last_fetch(const Store& store, const std::string& others, const TagFilter& tags) {
  store.run("VACUUM ANALYZE activity");
  store.run("UPDATE activity SET " + others);
  store.run("VACUUM activity");
  const long before = index_entries_read(store, "activity");
  {
    const auto provider = store.open();
    provider->enqueue_activity(activity("last in line", 1)).value();
    EXPECT_EQ(take_activity(*provider, {.lock_timeout = kLongLock, .tags = tags}).activity,
              activity("last in line", 1));
  }
  return index_entries_read(store, "activity") - before;
}

TEST(PostgresPlans, a_fetch_walks_past_no_activity_of_another_tag) {
  const Store store;
  put_many(*store.open(), [](TurnCommit& commit, std::uint64_t n) {
    commit.activities.push_back(tagged("order", n, "gpu"));
  });
  EXPECT_LT(read_by_last_fetch(store, "tag = 'gpu'", {}), kOthers / 10);
}

TEST(PostgresPlans, a_fetch_walks_past_no_locked_activity) {
  for (const TagFilter::Kind kind : {TagFilter::Kind::default_only, TagFilter::Kind::any}) {
    const Store store;
    put_many(*store.open(), [](TurnCommit& commit, std::uint64_t n) {
      commit.activities.push_back(activity("order", n));
    });
    EXPECT_LT(read_by_last_fetch(store, "away_until = 99999999999999", {.kind = kind}),
              kOthers / 10);
  }
}

}  // namespace
}  // namespace ackproof
