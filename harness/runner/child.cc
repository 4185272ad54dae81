#include "harness/runner/child.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <cstring>
#include <fstream>

namespace ackproof {

namespace {

constexpr int kReportDescriptor = 3;
constexpr std::size_t kKeptOutput = 65'536;
// A verdict is some kilobytes; what writes more is not one.
constexpr std::size_t kLongestLine = 16'777'216;
// How often a silent child is looked after, and a request to stop is noticed.
constexpr int kTickMs = 25;
// How many time limits a child may have on top of its own for waiting in a busy machine.
constexpr int kMostExtraLimits = 4;

std::atomic<bool> stop_requested{false};

using Steady = std::chrono::steady_clock;

struct Pipe {
  int read = -1;
  int write = -1;
  Pipe() = default;
  Pipe(const Pipe&) = delete;
  Pipe& operator=(const Pipe&) = delete;
  ~Pipe() {
    close_end(read);
    close_end(write);
  }
  bool open() {
    std::array<int, 2> ends{};
    if (pipe2(ends.data(), O_CLOEXEC) != 0) return false;
    read = ends[0];
    write = ends[1];
    return true;
  }
  static void close_end(int& end) {
    if (end >= 0) ::close(end);
    end = -1;
  }
};

class SpawnFiles {
 public:
  SpawnFiles() { posix_spawn_file_actions_init(&actions_); }
  ~SpawnFiles() { posix_spawn_file_actions_destroy(&actions_); }
  SpawnFiles(const SpawnFiles&) = delete;
  SpawnFiles& operator=(const SpawnFiles&) = delete;
  void redirect(int from, int to) { posix_spawn_file_actions_adddup2(&actions_, from, to); }
  void open_null(int to) {
    posix_spawn_file_actions_addopen(&actions_, to, "/dev/null", O_RDONLY, 0);
  }
  const posix_spawn_file_actions_t* get() const { return &actions_; }

 private:
  posix_spawn_file_actions_t actions_{};
};

int spawn(const std::vector<std::string>& arguments, const SpawnFiles& files, pid_t& pid) {
  posix_spawnattr_t attributes;
  posix_spawnattr_init(&attributes);
  posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP);
  posix_spawnattr_setpgroup(&attributes, 0);
  std::vector<char*> argv;
  std::string self = "/proc/self/exe";
  argv.push_back(self.data());
  for (const std::string& argument : arguments) argv.push_back(const_cast<char*>(argument.c_str()));
  argv.push_back(nullptr);
  const int error = posix_spawn(&pid, self.c_str(), files.get(), &attributes, argv.data(), environ);
  posix_spawnattr_destroy(&attributes);
  return error;
}

// Reads what is there. False at the end of the stream.
bool read_some(int descriptor, std::string& into) {
  std::array<char, 16'384> buffer{};
  const ssize_t n = ::read(descriptor, buffer.data(), buffer.size());
  if (n <= 0) return n < 0 && (errno == EINTR || errno == EAGAIN);
  into.append(buffer.data(), static_cast<std::size_t>(n));
  return true;
}

bool has_ended(pid_t pid) {
  siginfo_t info{};
  // WNOWAIT leaves it a zombie, so that its number stays its own until the group has been killed.
  return waitid(P_PID, static_cast<id_t>(pid), &info, WEXITED | WNOHANG | WNOWAIT) == 0 &&
         info.si_pid == pid;
}

// How long the process was ready and no core was free for it, as the kernel counts; 0 where it does not.
std::chrono::nanoseconds kept_waiting(pid_t pid) {
  std::ifstream file("/proc/" + std::to_string(pid) + "/schedstat");
  std::uint64_t worked = 0;
  std::uint64_t waited = 0;
  file >> worked >> waited;
  return std::chrono::nanoseconds(file ? waited : 0);
}

// Whether the process has had its time. What other processes took away from it does not count, within bounds.
bool is_due(pid_t pid, Steady::time_point started, Duration limit) {
  const auto took = Steady::now() - started;
  if (took < limit || took >= limit * (1 + kMostExtraLimits)) return took >= limit;
  return took >= limit + kept_waiting(pid);
}

// One look at both pipes, of at most `wait_ms`; reads once from each that has something. False: neither had.
bool read_ready(Pipe& report, Pipe& output, int wait_ms, ChildEnd& end) {
  std::array<pollfd, 2> streams = {pollfd{report.read, POLLIN, 0}, pollfd{output.read, POLLIN, 0}};
  if (poll(streams.data(), streams.size(), wait_ms) <= 0) return false;
  if (streams[0].revents != 0 && !read_some(report.read, end.line)) Pipe::close_end(report.read);
  if (streams[1].revents != 0 && !read_some(output.read, end.output)) Pipe::close_end(output.read);
  if (end.output.size() > 2 * kKeptOutput) end.output.erase(0, end.output.size() - kKeptOutput);
  return true;
}

// Waits for the end of the child, for the deadline or for a request to stop, while keeping both pipes empty; then
// ends the whole group. A process that left the group may hold the pipes open and go on writing, so what is read
// after the end is bounded.
void attend(pid_t pid, Pipe& report, Pipe& output, Steady::time_point started, Duration limit,
            OnStop on_stop, ChildEnd& end) {
  while (!has_ended(pid)) {
    end.timed_out = is_due(pid, started, limit);
    end.interrupted = !end.timed_out && on_stop == OnStop::kill && stop_requested;
    if (end.timed_out || end.interrupted || end.line.size() > kLongestLine) break;
    if (report.read < 0 && output.read < 0) {
      usleep(200);  // Its end is near, or it closed its descriptors and works on.
    } else {
      read_ready(report, output, kTickMs, end);
    }
  }
  kill(-pid, SIGKILL);
  constexpr int kLastReads = 256;
  for (int n = 0; n < kLastReads && read_ready(report, output, 0, end); ++n) {
  }
}

}  // namespace

ChildEnd run_child(const std::vector<std::string>& arguments, Duration limit, OnStop on_stop) {
  ChildEnd end;
  Pipe report;
  Pipe output;
  if (!report.open() || !output.open()) {
    end.trouble = std::string("no pipe: ") + std::strerror(errno);
    return end;
  }
  SpawnFiles files;
  files.open_null(STDIN_FILENO);
  files.redirect(output.write, STDOUT_FILENO);
  files.redirect(output.write, STDERR_FILENO);
  files.redirect(report.write, kReportDescriptor);
  const auto started = Steady::now();
  pid_t pid = 0;
  if (const int error = spawn(arguments, files, pid); error != 0) {
    end.trouble = std::string("the program could not start itself: ") + std::strerror(error);
    return end;
  }
  Pipe::close_end(report.write);
  Pipe::close_end(output.write);
  attend(pid, report, output, started, limit, on_stop, end);
  int status = 0;
  while (waitpid(pid, &status, 0) < 0 && errno == EINTR) {
  }
  end.took = std::chrono::duration_cast<Duration>(Steady::now() - started);
  end.signal = WIFSIGNALED(status) ? WTERMSIG(status) : 0;
  end.exit_status = WIFEXITED(status) ? WEXITSTATUS(status) : 0;
  return end;
}

void report_to_parent(const std::string& line) {
  std::size_t written = 0;
  while (written < line.size()) {
    const ssize_t n = ::write(kReportDescriptor, line.data() + written, line.size() - written);
    if (n < 0 && errno != EINTR) return;  // The parent is gone: nobody is left to tell.
    if (n > 0) written += static_cast<std::size_t>(n);
  }
}

void die_with_parent(int parent) {
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (getppid() != parent) _exit(1);  // It died before the line above.
}

void interrupt_children() { stop_requested = true; }
bool interrupted() { return stop_requested; }

}  // namespace ackproof
