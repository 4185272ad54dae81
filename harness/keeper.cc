#include "harness/keeper.h"

#include <fcntl.h>
#include <grp.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/shm.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <system_error>
#include <utility>

namespace ackproof {

namespace {

constexpr int kTickMs = 5;
// A folder may be written into by processes that are just dying.
constexpr int kRemovals = 50;

struct Request {
  char verb;
  int first;
  int second;
};

void pause_for(int milliseconds) {
  const timespec time{milliseconds / 1'000, (milliseconds % 1'000) * 1'000'000L};
  nanosleep(&time, nullptr);
}

// What the keeper knows. Made before the fork: afterwards nothing may be allocated, because another thread of the
// parent may have held the allocator's lock.
struct Orders {
  int control;
  std::string folder;
  std::string log;
  std::string pid_file;
  std::string rm_name = "rm";
  std::string rm_options = "-rf";
  std::optional<User> run_as;
  std::vector<std::vector<std::string>> words;
  std::vector<std::vector<char*>> commands;
  std::vector<char*> removal;

  Orders(const Keeping& keeping, int control_end)
      : control(control_end),
        folder(keeping.folder.string()),
        log((keeping.folder / "log").string()),
        pid_file(keeping.pid_file.string()),
        run_as(keeping.run_as),
        words(keeping.commands),
        removal{rm_name.data(), rm_options.data(), folder.data(), nullptr} {
    for (std::vector<std::string>& command : words) {
      std::vector<char*>& arguments = commands.emplace_back();
      for (std::string& word : command) arguments.push_back(word.data());
      arguments.push_back(nullptr);
    }
  }
};

// Everything below runs in the forked process: system calls only.

void redirect(int descriptor, const char* path, int flags) {
  const int opened = open(path, flags, 0600);
  if (opened < 0 || opened == descriptor) return;
  dup2(opened, descriptor);
  close(opened);
}

// The C library's setuid and its like speak to all threads of the process, of which a fork leaves only one; the kernel
// is asked directly.
bool become(const User& user) {
  return syscall(SYS_setgroups, 0, nullptr) == 0 &&
         syscall(SYS_setresgid, user.gid, user.gid, user.gid) == 0 &&
         syscall(SYS_setresuid, user.uid, user.uid, user.uid) == 0;
}

pid_t launch(const Orders& orders, std::size_t n) {
  const pid_t keeper = getpid();
  const pid_t child = fork();
  if (child != 0) return child;
  setpgid(0, 0);
  umask(077);
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, nullptr);
  for (const int which : {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGPIPE}) signal(which, SIG_DFL);
  redirect(STDOUT_FILENO, orders.log.c_str(), O_WRONLY | O_CREAT | O_APPEND);
  dup2(STDOUT_FILENO, STDERR_FILENO);
  if (chdir(orders.folder.c_str()) != 0) _exit(126);
  if (orders.run_as && !become(*orders.run_as)) _exit(126);
  // After the change of user, which clears it.
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (getppid() != keeper) _exit(126);
  execv(orders.commands[n][0], orders.commands[n].data());
  _exit(127);
}

// Kills the direct children, as the kernel lists them. What they leave behind becomes ours in turn.
void kill_children() {
  std::array<char, 4'096> text{};
  const int list = open("/proc/thread-self/children", O_RDONLY | O_CLOEXEC);
  if (list < 0) return;
  const ssize_t size = read(list, text.data(), text.size() - 1);
  close(list);
  pid_t pid = 0;
  for (ssize_t i = 0; i < size; ++i) {
    if (text[i] >= '0' && text[i] <= '9') {
      pid = pid * 10 + (text[i] - '0');
    } else if (pid != 0) {
      kill(pid, SIGKILL);
      pid = 0;
    }
  }
}

void kill_everything(pid_t& server) {
  if (server > 0) kill(server, SIGKILL);
  for (;;) {
    kill_children();
    pid_t gone = 0;
    while ((gone = waitpid(-1, nullptr, WNOHANG)) > 0) {
    }
    if (gone < 0 && errno == ECHILD) break;
    pause_for(1);
  }
  server = 0;
}

// Reaps whatever has ended; notes when the server did.
void reap(pid_t& server) {
  for (pid_t gone = 0; (gone = waitpid(-1, nullptr, WNOHANG)) > 0;) {
    if (gone == server) server = 0;
  }
}

bool parent_is_gone(const Orders& orders) {
  pollfd stream{orders.control, 0, 0};
  return poll(&stream, 1, 0) > 0 && (stream.revents & (POLLHUP | POLLERR)) != 0;
}

int run_to_end(const Orders& orders, std::size_t n) {
  const pid_t child = launch(orders, n);
  if (child < 0) return 0;
  int status = 0;
  pid_t gone = 0;
  while ((gone = waitpid(child, &status, WNOHANG)) == 0 && !parent_is_gone(orders)) {
    pause_for(kTickMs);
  }
  return gone == child && WIFEXITED(status) && WEXITSTATUS(status) == 0 ? 1 : 0;
}

int end_server(const Orders& orders, pid_t& server, int which, int patience_ms) {
  if (server > 0) kill(server, which);
  for (int waited = 0;; waited += kTickMs) {
    reap(server);
    if (server == 0) return 1;
    if (waited >= patience_ms || parent_is_gone(orders)) return 0;
    pause_for(kTickMs);
  }
}

// The seventh line of `postmaster.pid` is the key and the id of the server's shared memory.
void remove_shared_memory(const Orders& orders) {
  if (orders.pid_file.empty()) return;
  std::array<char, 1'024> text{};
  const int file = open(orders.pid_file.c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0) return;
  const ssize_t size = read(file, text.data(), text.size() - 1);
  close(file);
  const char* at = text.data();
  for (int line = 1; size > 0 && line < 7 && at != nullptr; ++line) {
    at = std::strchr(at, '\n');
    if (at != nullptr) ++at;
  }
  if (size <= 0 || at == nullptr) return;
  char* rest = nullptr;
  const auto key = static_cast<key_t>(std::strtoul(at, &rest, 10));
  const int id = static_cast<int>(std::strtol(rest, nullptr, 10));
  shmid_ds segment{};
  const bool is_it = shmctl(id, IPC_STAT, &segment) == 0 && segment.shm_perm.__key == key;
  if (is_it && segment.shm_nattch == 0) shmctl(id, IPC_RMID, nullptr);
}

void remove_folder(const Orders& orders) {
  for (int n = 0; n < kRemovals; ++n) {
    const pid_t child = fork();
    if (child == 0) {
      execv("/bin/rm", orders.removal.data());
      _exit(127);
    }
    if (child < 0 || waitpid(child, nullptr, 0) != child) return;
    if (access(orders.folder.c_str(), F_OK) != 0) return;
    pause_for(20);
  }
}

int answer(const Orders& orders, const Request& request, pid_t& server) {
  switch (request.verb) {
    case 'r':
      return run_to_end(orders, static_cast<std::size_t>(request.first));
    case 's':
      server = launch(orders, static_cast<std::size_t>(request.first));
      if (server < 0) server = 0;
      return server;
    case 'a':
      reap(server);
      return server > 0 ? 1 : 0;
    case 'e':
      return end_server(orders, server, request.first, request.second);
    case 'k':
      kill_everything(server);
      return 1;
    default:
      return 0;
  }
}

// No signal from a terminal ends the keeper, and nothing that the parent had open stays open.
void leave_the_parent(int control) {
  setsid();
  for (const int which : {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGPIPE}) signal(which, SIG_IGN);
  signal(SIGCHLD, SIG_DFL);
  prctl(PR_SET_NAME, "ackproof-keeper");
  prctl(PR_SET_CHILD_SUBREAPER, 1);  // Orphans of the server become children of the keeper.
  for (const int standard : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
    redirect(standard, "/dev/null", O_RDWR);
  }
  syscall(SYS_close_range, STDERR_FILENO + 1, control - 1, 0);
  syscall(SYS_close_range, control + 1, ~0U, 0);
}

[[noreturn]] void keep(const Orders& orders) {
  leave_the_parent(orders.control);
  pid_t server = 0;
  for (Request request{};;) {
    const ssize_t size = recv(orders.control, &request, sizeof request, 0);
    if (size < 0 && errno == EINTR) continue;
    if (size != static_cast<ssize_t>(sizeof request)) break;  // The parent is gone.
    const int value = answer(orders, request, server);
    if (send(orders.control, &value, sizeof value, MSG_NOSIGNAL) < 0) break;
  }
  kill_everything(server);
  remove_shared_memory(orders);
  remove_folder(orders);
  _exit(0);
}

}  // namespace

Result<Keeper> Keeper::begin(const Keeping& keeping) {
  std::error_code ignored;
  std::array<int, 2> ends{};
  if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends.data()) != 0) {
    const int error = errno;
    std::filesystem::remove_all(keeping.folder, ignored);
    return Error{ErrorKind::internal, "keeper", std::string("no socket: ") + std::strerror(error)};
  }
  const Orders orders(keeping, ends[1]);
  const pid_t process = fork();
  if (process == 0) keep(orders);
  const int error = errno;
  close(ends[1]);
  if (process > 0) return Keeper(process, ends[0], keeping.folder);
  close(ends[0]);
  std::filesystem::remove_all(keeping.folder, ignored);
  return Error{ErrorKind::internal, "keeper", std::string("no process: ") + std::strerror(error)};
}

Keeper::Keeper(pid_t process, int control, std::filesystem::path folder)
    : process_(process), control_(control), folder_(std::move(folder)) {}

Keeper::Keeper(Keeper&& other) noexcept
    : process_(std::exchange(other.process_, 0)),
      control_(std::exchange(other.control_, -1)),
      folder_(std::move(other.folder_)) {}

Keeper::~Keeper() {
  if (process_ == 0) return;
  close(control_);
  while (waitpid(process_, nullptr, 0) < 0 && errno == EINTR) {
  }
  std::error_code ignored;  // Only if somebody killed the keeper is there anything left.
  std::filesystem::remove_all(folder_, ignored);
}

int Keeper::ask(char verb, int first, int second) {
  const Request request{verb, first, second};
  if (send(control_, &request, sizeof request, MSG_NOSIGNAL) < 0) return 0;
  int value = 0;
  ssize_t size = 0;
  while ((size = recv(control_, &value, sizeof value, 0)) < 0 && errno == EINTR) {
  }
  return size == static_cast<ssize_t>(sizeof value) ? value : 0;
}

bool Keeper::run(std::size_t n) { return ask('r', static_cast<int>(n)) != 0; }

pid_t Keeper::start(std::size_t n) { return ask('s', static_cast<int>(n)); }

bool Keeper::is_running() { return ask('a') != 0; }

bool Keeper::end(int signal, int patience_ms) { return ask('e', signal, patience_ms) != 0; }

void Keeper::kill_all() { ask('k'); }

}  // namespace ackproof
