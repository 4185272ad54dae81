#include "harness/stress/contained.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <exception>

#include "harness/runner/child.h"

namespace ackproof::stress {

namespace {

using Clock = std::chrono::steady_clock;

constexpr int kTickMs = 50;
constexpr Duration kToStop{10'000};
constexpr std::size_t kKeptOutput = 4'096;
// What a line between the processes begins with.
constexpr char kGotOn = '+';
constexpr char kStood = '=';
constexpr char kResult = '!';

struct Pipe {
  int read = -1;
  int write = -1;
  Pipe() {
    std::array<int, 2> ends{};
    if (pipe2(ends.data(), O_CLOEXEC) != 0) return;
    read = ends[0];
    write = ends[1];
  }
  Pipe(const Pipe&) = delete;
  Pipe& operator=(const Pipe&) = delete;
  ~Pipe() {
    close_end(read);
    close_end(write);
  }
  static void close_end(int& end) {
    if (end >= 0) ::close(end);
    end = -1;
  }
};

void say(int descriptor, char kind, const std::string& text) {
  const std::string line = kind + text + "\n";
  std::size_t said = 0;
  while (said < line.size()) {
    const ssize_t n = write(descriptor, line.data() + said, line.size() - said);
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return;
    said += static_cast<std::size_t>(n);
  }
}

// A signal from a terminal goes to the parent, which hands it on.
[[noreturn]] void be_child(pid_t parent, int lines, int output,
                           const std::function<std::string(const Tell&)>& work) {
  setpgid(0, 0);
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (getppid() != parent) _exit(1);
  dup2(output, STDOUT_FILENO);
  dup2(output, STDERR_FILENO);
  int code = 0;
  try {
    say(lines, kResult, work([lines](const std::string& line, bool has_got_on) {
          say(lines, has_got_on ? kGotOn : kStood, line);
        }));
  } catch (const std::exception& error) {
    std::fprintf(stderr, "%s\n", error.what());
    code = 1;
  }
  std::fflush(nullptr);
  _exit(code);
}

std::string seconds(Duration span) { return std::to_string(span.count() / 1'000) + " s"; }

// The parent's side.
class Attendant {
 public:
  Attendant(pid_t child, int lines, int output, Duration patience,
            const std::function<void(const std::string&)>& show)
      : child_(child), lines_(lines), output_(output), patience_(patience), show_(show) {}

  // Reads until the child closes its end. False: it has to be killed, and `end` says why.
  bool attend(ContainedEnd& end) {
    deadline_ = Clock::now() + patience_;
    while (read_both(end)) {
      if (interrupted() && !is_told_) {
        is_told_ = true;
        kill(child_, SIGINT);
        deadline_ = Clock::now() + kToStop;
      }
      if (Clock::now() < deadline_) continue;
      end.trouble = is_told_ ? "it did not stop within " + seconds(kToStop)
                             : "nothing has come of it for " + seconds(patience_) +
                                   ": a call of the provider has not ended";
      return false;
    }
    return true;
  }

  // What it printed before it ended. Somebody else may hold the other end, so this is bounded.
  void read_rest(ContainedEnd& end) {
    constexpr int kMost = 256;
    for (int i = 0; i < kMost && output_ >= 0; ++i) {
      pollfd stream{output_, POLLIN, 0};
      if (poll(&stream, 1, 0) <= 0 || !read_some(output_, end.printed)) return;
    }
  }

 private:
  // Whether there may be more to read of what is told.
  bool read_both(ContainedEnd& end) {
    std::array<pollfd, 2> streams = {pollfd{lines_, POLLIN, 0}, pollfd{output_, POLLIN, 0}};
    if (poll(streams.data(), streams.size(), kTickMs) <= 0) return true;
    if (streams[1].revents != 0 && !read_some(output_, end.printed)) output_ = -1;
    if (end.printed.size() > 2 * kKeptOutput) {
      end.printed.erase(0, end.printed.size() - kKeptOutput);
    }
    if (streams[0].revents == 0) return true;
    const bool has_more = read_some(lines_, unread_);
    for (std::size_t at; (at = unread_.find('\n')) != std::string::npos;) {
      hear(unread_.substr(0, at), end);
      unread_.erase(0, at + 1);
    }
    return has_more;
  }

  static bool read_some(int descriptor, std::string& into) {
    std::array<char, 65'536> buffer{};
    const ssize_t n = read(descriptor, buffer.data(), buffer.size());
    if (n > 0) into.append(buffer.data(), static_cast<std::size_t>(n));
    return n > 0 || (n < 0 && errno == EINTR);
  }

  void hear(const std::string& line, ContainedEnd& end) {
    const char kind = line.empty() ? kStood : line.front();
    if (kind == kResult) {
      end.said = line.substr(1);
      return;
    }
    if (kind == kGotOn && !is_told_) deadline_ = Clock::now() + patience_;
    if (line.size() > 1) show_(line.substr(1));
  }

  const pid_t child_;
  const int lines_;
  int output_;
  const Duration patience_;
  const std::function<void(const std::string&)>& show_;
  Clock::time_point deadline_;
  bool is_told_ = false;
  std::string unread_;
};

}  // namespace

ContainedEnd contained(const std::function<std::string(const Tell&)>& work, Duration patience,
                       const std::function<void(const std::string&)>& show) {
  ContainedEnd end;
  Pipe lines;
  Pipe output;
  std::fflush(nullptr);
  const pid_t parent = getpid();
  const pid_t child = lines.read < 0 || output.read < 0 ? -1 : fork();
  if (child < 0) {
    end.trouble = std::string("no process could be started: ") + std::strerror(errno);
    return end;
  }
  if (child == 0) be_child(parent, lines.write, output.write, work);
  setpgid(child, child);  // Here too: whoever comes first.
  Pipe::close_end(lines.write);
  Pipe::close_end(output.write);
  Attendant attendant(child, lines.read, output.read, patience, show);
  const bool has_ended = attendant.attend(end);
  if (!has_ended) kill(child, SIGKILL);
  siginfo_t info{};
  while (waitid(P_PID, static_cast<id_t>(child), &info, WEXITED | WNOWAIT) < 0 && errno == EINTR) {
  }
  kill(-child, SIGKILL);  // What it left behind, as long as nobody else can have its number.
  int status = 0;
  while (waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  attendant.read_rest(end);
  if (!has_ended) return end;
  if (WIFSIGNALED(status)) {
    end.trouble = "its process was ended by signal " + std::to_string(WTERMSIG(status)) + " (" +
                  strsignal(WTERMSIG(status)) + ")";
  } else if (WEXITSTATUS(status) != 0) {
    end.trouble = "its process ended with " + std::to_string(WEXITSTATUS(status));
  } else if (end.said.empty()) {
    end.trouble = "its process ended without a word";
  }
  return end;
}

}  // namespace ackproof::stress
