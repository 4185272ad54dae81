#include "harness/runner/child.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <cstring>
#include <fstream>

#include "harness/runner/nursery.h"

namespace ackproof {

namespace {

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

// This program again, as a nursery for this provider that is spoken to by `socket`. An errno.
int spawn(int socket, std::string provider, pid_t& pid) {
  posix_spawn_file_actions_t files;
  posix_spawn_file_actions_init(&files);
  posix_spawn_file_actions_addopen(&files, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_adddup2(&files, socket, kNurseryDescriptor);
  posix_spawnattr_t attributes;
  posix_spawnattr_init(&attributes);
  posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP);
  posix_spawnattr_setpgroup(&attributes, 0);
  std::string self = "/proc/self/exe";
  std::string word = "--child";
  std::string parent = std::to_string(getpid());
  std::array<char*, 5> argv = {self.data(), word.data(), parent.data(), provider.data(), nullptr};
  const int error = posix_spawn(&pid, self.c_str(), &files, &attributes, argv.data(), environ);
  posix_spawnattr_destroy(&attributes);
  posix_spawn_file_actions_destroy(&files);
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

struct Streams {
  int nursery;
  Pipe line;
  Pipe output;
};

// One look at all of them, of at most `wait_ms`; reads once from each pipe that has something. True: there was
// something, and `has_ended` tells whether the nursery has spoken.
bool read_ready(Streams& streams, int wait_ms, ChildEnd& end, bool& has_ended) {
  std::array<pollfd, 3> events = {pollfd{streams.line.read, POLLIN, 0},
                                  pollfd{streams.output.read, POLLIN, 0},
                                  pollfd{has_ended ? -1 : streams.nursery, POLLIN, 0}};
  if (poll(events.data(), events.size(), wait_ms) <= 0) return false;
  if (events[0].revents != 0 && !read_some(streams.line.read, end.line)) {
    Pipe::close_end(streams.line.read);
  }
  if (events[1].revents != 0 && !read_some(streams.output.read, end.output)) {
    Pipe::close_end(streams.output.read);
  }
  if (end.output.size() > 2 * kKeptOutput) end.output.erase(0, end.output.size() - kKeptOutput);
  has_ended = has_ended || events[2].revents != 0;
  return true;
}

// Waits for the end of the child, for the deadline or for a request to stop, while keeping both pipes empty.
void attend(pid_t pid, Streams& streams, Steady::time_point started, Duration limit, OnStop on_stop,
            ChildEnd& end) {
  for (bool has_ended = false; !has_ended;) {
    end.timed_out = is_due(pid, started, limit);
    end.interrupted = !end.timed_out && on_stop == OnStop::kill && stop_requested;
    if (end.timed_out || end.interrupted || end.line.size() > kLongestLine) {
      send(streams.nursery, "", 1, MSG_NOSIGNAL);
      return;
    }
    read_ready(streams, kTickMs, end, has_ended);
  }
}

// What is still in the pipes. A process that left the group may hold them open and go on writing, so this is bounded.
void drain(Streams& streams, ChildEnd& end) {
  constexpr int kLastReads = 256;
  bool has_ended = true;
  for (int n = 0; n < kLastReads && read_ready(streams, 0, end, has_ended); ++n) {
  }
}

}  // namespace

Nursery::~Nursery() { close(); }

std::string Nursery::open() {
  if (socket_ >= 0) return "";
  std::array<int, 2> ends{};
  if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends.data()) != 0) {
    return std::string("no socket: ") + std::strerror(errno);
  }
  const int error = spawn(ends[1], provider_, pid_);
  ::close(ends[1]);
  socket_ = ends[0];
  if (error == 0) return "";
  pid_ = 0;
  close();
  return std::string("the program could not start itself: ") + std::strerror(error);
}

void Nursery::close() {
  if (socket_ >= 0) ::close(socket_);
  socket_ = -1;
  while (pid_ != 0 && waitpid(pid_, nullptr, 0) < 0 && errno == EINTR) {
  }
  pid_ = 0;
}

ChildEnd Nursery::run_child(const std::vector<std::string>& arguments, Duration limit,
                            OnStop on_stop) {
  ChildEnd end;
  end.trouble = open();
  if (!end.trouble.empty()) return end;
  Streams streams{socket_, {}, {}};
  if (!streams.line.open() || !streams.output.open()) {
    end.trouble = std::string("no pipe: ") + std::strerror(errno);
    return end;
  }
  const auto started = Steady::now();
  NurseryAnswer answer;
  if (!send_request(socket_, arguments, streams.line.write, streams.output.write) ||
      !receive_answer(socket_, answer)) {
    close();
    end.trouble = "the process that starts validations ended";
    return end;
  }
  if (answer.pid == 0) {
    end.trouble = std::string("no process could be started: ") + std::strerror(answer.error);
    return end;
  }
  Pipe::close_end(streams.line.write);
  Pipe::close_end(streams.output.write);
  attend(answer.pid, streams, started, limit, on_stop, end);
  if (!receive_answer(socket_, answer)) {
    close();
    end.trouble = "the process that starts validations ended";
    return end;
  }
  drain(streams, end);
  end.took = std::chrono::duration_cast<Duration>(Steady::now() - started);
  end.signal = WIFSIGNALED(answer.status) ? WTERMSIG(answer.status) : 0;
  end.exit_status = WIFEXITED(answer.status) ? WEXITSTATUS(answer.status) : 0;
  return end;
}

void interrupt_children() { stop_requested = true; }
bool interrupted() { return stop_requested; }

void stop_on_signals() {
  struct sigaction action {};
  action.sa_handler = [](int) { interrupt_children(); };
  action.sa_flags = static_cast<int>(SA_RESETHAND);
  for (const int which : {SIGINT, SIGTERM, SIGHUP}) sigaction(which, &action, nullptr);
}

}  // namespace ackproof
