// What the file-system provider owes beyond the contract's clauses: several processes and handles,
// full disks, failing syncs, snapshots beside open handles.
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <set>
#include <thread>

#include "reference_providers/filesystem/errors.h"
#include "reference_providers/filesystem/filesystem_provider.h"
#include "tests/filesystem/counted_files.h"
#include "tests/filesystem/workload.h"
#include "validations/build.h"
#include "validations/expect.h"

namespace ackproof::filesystem {
namespace {

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

TEST(FilesystemStore, many_processes_may_open_an_empty_store_at_once) {
  for (int round = 0; round < 10; ++round) {
    const std::filesystem::path folder = fresh_store();
    EXPECT_TRUE(in_processes(6, [&](int i) {
      const auto provider = open_store(folder);
      return provider->enqueue_message(start("order-" + std::to_string(i))).has_value();
    }));
    EXPECT_EQ(drain_messages(*open_store(folder)).size(), 6U);
  }
}

// Snapshots are taken all the time, by whoever comes to it.
TEST(FilesystemStore, processes_share_the_work_and_nothing_is_done_twice) {
  constexpr int kItems = 120;
  const std::filesystem::path folder = fresh_store();
  {
    const auto provider = open_store(folder);
    create_instance(*provider, "order");
    for (std::uint64_t id = 1; id <= kItems; ++id) {
      provider->enqueue_activity(activity("order", id)).value();
    }
  }

  EXPECT_TRUE(in_processes(4, [&](int) {
    const auto provider = open_store(folder, small_snapshots());
    for (;;) {
      const auto locked = provider->fetch_activity({.lock_timeout = kLongLock}).value();
      if (!locked) return true;
      provider->ack_activity(locked->token, completion(locked->activity)).value();
    }
  }));

  std::multiset<std::uint64_t> completed;
  for (const Message& message : drain_messages(*open_store(folder))) completed.insert(message.id);
  std::multiset<std::uint64_t> expected;
  for (std::uint64_t id = 1; id <= kItems; ++id) expected.insert(id);
  EXPECT_EQ(completed, expected);
}

TEST(FilesystemStore, threads_of_one_handle_share_syncs) {
  std::atomic<int> syncs = 0;
  const auto files = std::make_shared<CountedFiles>([&](std::uint64_t, std::string_view what) {
    if (what != "sync") return;
    ++syncs;
    std::this_thread::sleep_for(Duration(5));  // As a disk takes its time, others come meanwhile.
  });
  const auto provider = open_store(fresh_store(), {.files = files});
  constexpr int kThreads = 8;
  constexpr int kEach = 10;

  std::vector<std::thread> threads;
  for (int i = 0; i < kThreads; ++i) {
    threads.emplace_back([&, i] {
      for (std::uint64_t id = 1; id <= kEach; ++id) {
        provider->enqueue_activity(activity("order-" + std::to_string(i), id)).value();
      }
    });
  }
  for (std::thread& thread : threads) thread.join();

  EXPECT_LT(syncs, kThreads * kEach / 2);
  EXPECT_EQ(drain_activities(*provider).size(), std::size_t{kThreads * kEach});
}

// A handle that calls without a pause does not keep another one out (ERR_9).
TEST(FilesystemStore, a_busy_handle_lets_others_in) {
  const std::filesystem::path folder = fresh_store();
  const auto quiet = open_store(folder);
  std::atomic<bool> is_over = false;
  std::thread busy([&] {
    const auto provider = open_store(folder);
    while (!is_over) provider->enqueue_activity(activity("order", 1)).value();
  });
  const auto begun = std::chrono::steady_clock::now();
  for (int i = 0; i < 50; ++i) quiet->enqueue_message(external("order", 1)).value();
  const auto took = std::chrono::steady_clock::now() - begun;
  is_over = true;
  busy.join();

  EXPECT_LT(took, std::chrono::seconds(10));
}

TEST(FilesystemStore, a_waiting_fetch_notices_what_another_process_does) {
  const std::filesystem::path folder = fresh_store();
  const auto open_real = [&] { return open(folder, nullptr).value(); };
  const pid_t child = fork();
  if (child == 0) {
    const auto provider = open_real();
    std::this_thread::sleep_for(Duration(50));
    _exit(provider->enqueue_message(start("order")) ? 0 : 1);
  }

  const auto turn = open_real()->fetch_turn({.poll_timeout = std::chrono::seconds(30)}).value();

  int status = 0;
  waitpid(child, &status, 0);
  EXPECT_EQ(status, 0);
  ASSERT_TRUE(turn.has_value());
  EXPECT_EQ(turn->instance, "order");
}

TEST(FilesystemStore, a_snapshot_leaves_other_handles_at_work) {
  const std::filesystem::path folder = fresh_store();
  const auto first = open_store(folder);
  const auto second = open_store(folder, small_snapshots());
  create_instance(*first, "order");
  first->enqueue_message(external("order", 1)).value();
  const Turn turn = take_turn(*first);
  for (std::uint64_t id = 1; id <= 30; ++id) {
    second->enqueue_activity(activity("order", id)).value();
  }

  first->ack_turn(turn.token, commit_events({event(2)})).value();

  EXPECT_EQ(second->read_history("order").value(), events(1, 2));
  EXPECT_EQ(drain_activities(*first).size(), 30U);
  EXPECT_EQ(second->read_queue_depths().value(), QueueDepths());
}

TEST(FilesystemStore, damage_outlives_a_snapshot_and_harms_nothing_else) {
  const ProviderFactory factory = filesystem::factory([] { return small_snapshots(); });
  const Scope scope{"store", fresh_store().parent_path(), std::make_shared<ManualClock>()};
  const auto provider = factory.open(scope).value();
  create_instance(*provider, "order");
  create_instance(*provider, "other");
  ASSERT_TRUE(factory.corrupt_history(scope, "order", 1));
  for (std::uint64_t id = 1; id <= 30; ++id) {
    provider->enqueue_activity(activity("order", id)).value();
  }

  EXPECT_TRUE(fails_with(provider->read_history("order"), ErrorKind::corrupt));
  EXPECT_EQ(provider->read_history("other").value(), events(1, 1));
  EXPECT_EQ(drain_activities(*provider).size(), 30U);
}

// --- Failing calls of the system

// Each in turn fails once. The call of the provider on the way then fails with a kind that is true,
// and the store goes on, as seen by this handle and by others.
void each_change_fails_once(int code) {
  bool has_failed = true;
  std::uint64_t n = 1;
  for (; has_failed; ++n) {
    const std::filesystem::path folder = fresh_store();
    has_failed = false;
    std::uint64_t opened_with = std::uint64_t{1} << 40U;  // Nor is opening.
    const auto files = std::make_shared<CountedFiles>([&](std::uint64_t number, std::string_view) {
      if (number != opened_with + n) return;
      has_failed = true;
      throw FileError("injected", code);
    });
    const auto clock = std::make_shared<ManualClock>();
    const auto provider = open(folder, clock, small_snapshots(files)).value();
    opened_with = files->counted();

    std::size_t failed = 0;
    Tokens tokens;
    std::optional<ErrorKind> kind;
    while (!kind && failed < workload().size()) {
      try {
        workload()[failed](*provider, tokens);
        ++failed;
      } catch (const BadResult& result) {
        kind = result.error().kind;
      }
    }

    opened_with += std::uint64_t{1} << 40U;  // Looking is not to fail.
    const std::string look = look_of(*provider, *clock);
    if (kind == ErrorKind::unknown_outcome) {
      ASSERT_TRUE(is_whole(look, failed)) << "change " << n;
    } else {
      ASSERT_TRUE(!kind || kind == ErrorKind::busy) << "change " << n << ": " << name(*kind);
      ASSERT_EQ(look, looks()[failed]) << "change " << n;
    }
    clock->advance(std::chrono::hours(2));
    const auto other = open(folder, clock).value();
    EXPECT_EQ(other->read_totals().value(), provider->read_totals().value());
    std::filesystem::remove_all(folder.parent_path());
  }
  EXPECT_GT(n, 150U);
}

TEST(FilesystemStore, a_full_disk_is_busy_or_unknown_and_never_half) {
  each_change_fails_once(ENOSPC);
}

TEST(FilesystemStore, a_failing_disk_is_busy_or_unknown_and_never_half) {
  each_change_fails_once(EIO);
}

TEST(FilesystemStore, a_failed_sync_is_an_unknown_outcome) {
  bool is_armed = false;
  const auto files = std::make_shared<CountedFiles>([&](std::uint64_t, std::string_view what) {
    if (is_armed && what == "sync") throw FileError("injected", EIO);
  });
  const std::filesystem::path folder = fresh_store();
  const auto provider = open_store(folder, {.files = files});
  provider->enqueue_message(start("order")).value();
  is_armed = true;

  EXPECT_TRUE(fails_with(provider->enqueue_message(start("second")), ErrorKind::unknown_outcome));
  // As long as it cannot be made durable nobody sees it.
  EXPECT_TRUE(fails_with(provider->read_queue_depths(), ErrorKind::busy));
  is_armed = false;

  const std::uint64_t ready = provider->read_queue_depths().value().messages.ready;
  EXPECT_TRUE(ready == 1 || ready == 2);
  EXPECT_EQ(open_store(folder)->read_queue_depths().value().messages.ready, ready);
}

// With a real limit of the system, in a process of its own.
TEST(FilesystemStore, a_file_that_may_not_grow_is_busy_until_it_may) {
  const std::filesystem::path folder = fresh_store();
  EXPECT_TRUE(in_processes(1, [&](int) {
    std::signal(SIGXFSZ, SIG_IGN);
    const auto provider = open_store(folder);
    rlimit limit{};
    getrlimit(RLIMIT_FSIZE, &limit);
    const rlim_t before = std::exchange(limit.rlim_cur, 200'000);
    setrlimit(RLIMIT_FSIZE, &limit);
    std::uint64_t written = 0;
    Activity item = activity("order", 1);
    item.payload = std::string(1'000, 'x');
    Result<void> answer = provider->enqueue_activity(item);
    for (; answer; answer = provider->enqueue_activity(item)) ++written;
    if (!fails_with(answer, ErrorKind::busy)) return false;
    if (provider->read_queue_depths().value().activities.ready != written) return false;
    Activity large = item;
    large.payload = std::string(300'000, 'x');
    if (!fails_with(provider->enqueue_activity(large), ErrorKind::busy)) return false;
    if (provider->read_queue_depths().value().activities.ready != written) return false;
    limit.rlim_cur = before;
    setrlimit(RLIMIT_FSIZE, &limit);
    provider->enqueue_activity(large).value();
    return written > 100 && drain_activities(*open_store(folder)).size() == written + 1;
  }));
}

}  // namespace
}  // namespace ackproof::filesystem
