// The process is killed before each change that it makes to its files, one after the other, until it
// gets through. Afterwards each call that returned has to be there, and the one that did not wholly
// or not at all.
#include <gtest/gtest.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/filesystem/counted_files.h"
#include "tests/filesystem/workload.h"
#include "validations/build.h"

namespace ackproof::filesystem {
namespace {

// How far a child got, seen by its parent also after the child was killed.
class Progress {
 public:
  Progress()
      : steps_(static_cast<std::size_t*>(mmap(nullptr, sizeof(std::size_t), PROT_READ | PROT_WRITE,
                                              MAP_SHARED | MAP_ANONYMOUS, -1, 0))) {}
  ~Progress() { munmap(steps_, sizeof(std::size_t)); }
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;
  std::size_t& steps() { return *steps_; }

 private:
  std::size_t* steps_;
};

enum class End { finished, killed, failed };

// Runs `work` in a process of its own.
template <class Work>
End in_a_process(const Work& work) {
  const pid_t child = fork();
  if (child == 0) {
    try {
      work();
      _exit(0);
    } catch (const std::exception& exception) {
      std::fprintf(stderr, "%s\n", exception.what());
      _exit(1);
    }
  }
  int status = 0;
  waitpid(child, &status, 0);
  if (WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL) return End::killed;
  return WIFEXITED(status) && WEXITSTATUS(status) == 0 ? End::finished : End::failed;
}

// Runs the workload on a new store and kills itself before the n-th change.
End run_until(std::uint64_t n, const std::filesystem::path& folder, std::size_t& steps) {
  steps = 0;
  return in_a_process([&] {
    const auto provider =
        open_store(folder, small_snapshots(std::make_shared<CountedFiles>(killing(n))));
    Tokens tokens;
    for (const Step& step : workload()) {
      step(*provider, tokens);
      ++steps;
    }
  });
}

TEST(FilesystemCrash, a_kill_before_any_change_loses_nothing_that_was_acknowledged) {
  Progress progress;
  std::uint64_t n = 1;
  for (End end = End::killed; end == End::killed; ++n) {
    const std::filesystem::path folder = fresh_store();

    end = run_until(n, folder, progress.steps());

    ASSERT_NE(end, End::failed) << "before change " << n;
    const std::string look = look_of_store(folder);
    const std::size_t acked = progress.steps();
    ASSERT_TRUE(is_whole(look, acked)) << "before change " << n;
    std::filesystem::remove_all(folder.parent_path());
  }
  EXPECT_GT(n, 200U);
}

// After every fifth kill, to save time, the opening is killed before all of its changes.
TEST(FilesystemCrash, recovery_may_be_interrupted_before_any_of_its_changes) {
  Progress progress;
  std::uint64_t interrupted = 0;
  End end = End::killed;
  for (std::uint64_t n = 1; end == End::killed; n += 5) {
    const std::filesystem::path crashed = fresh_store();
    end = run_until(n, crashed, progress.steps());
    const std::size_t acked = progress.steps();
    End opening = End::killed;
    for (std::uint64_t m = 1; opening == End::killed; ++m) {
      const std::filesystem::path folder = crashed.parent_path() / "copy";
      if (std::filesystem::exists(crashed)) {
        std::filesystem::copy(crashed, folder, std::filesystem::copy_options::recursive);
      }

      opening = in_a_process(
          [&] { open_store(folder, small_snapshots(std::make_shared<CountedFiles>(killing(m)))); });

      ASSERT_NE(opening, End::failed) << "before changes " << n << " and " << m;
      const std::string look = look_of_store(folder);
      ASSERT_TRUE(is_whole(look, acked)) << "before changes " << n << " and " << m;
      std::filesystem::remove_all(folder);
      if (opening == End::killed) ++interrupted;
    }
    std::filesystem::remove_all(crashed.parent_path());
  }
  EXPECT_GT(interrupted, 200U);
}

// While another handle is open, which has to go on as if the killed one had never been.
TEST(FilesystemCrash, a_killed_handle_leaves_the_others_at_work) {
  End end = End::killed;
  for (std::uint64_t n = 1; end == End::killed; ++n) {
    const std::filesystem::path folder = fresh_store();
    const auto other = open_store(folder, small_snapshots());
    other->enqueue_activity(activity("order", 1)).value();

    end = in_a_process([&] {
      const auto killed =
          open_store(folder, small_snapshots(std::make_shared<CountedFiles>(killing(n))));
      for (std::uint64_t id = 2; id < 12; ++id) {
        Activity item = activity("order", id);
        item.payload = std::string(600, 'x');
        killed->enqueue_activity(item).value();
      }
    });

    ASSERT_NE(end, End::failed) << "before change " << n;
    other->enqueue_activity(activity("order", 100)).value();
    const std::vector<Activity> seen = drain_activities(*other);
    ASSERT_GE(seen.size(), 2U) << "before change " << n;
    for (std::size_t i = 0; i + 1 < seen.size(); ++i) EXPECT_EQ(seen[i].id, i + 1);
    EXPECT_EQ(seen.back(), activity("order", 100));
    EXPECT_TRUE(drain_activities(*open_store(folder)).empty()) << "before change " << n;
    std::filesystem::remove_all(folder.parent_path());
  }
}

}  // namespace
}  // namespace ackproof::filesystem
