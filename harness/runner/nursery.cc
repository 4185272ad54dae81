#include "harness/runner/nursery.h"

#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>

namespace ackproof {

namespace {

// A request is some names, numbers and one path.
constexpr std::size_t kLongestRequest = 65'536;

struct Request {
  std::vector<std::string> arguments;
  int line = -1;
  int output = -1;
};

// Room for two descriptors beside a message.
struct alignas(cmsghdr) Descriptors {
  std::array<char, CMSG_SPACE(2 * sizeof(int))> bytes{};
};

msghdr message_of(iovec& text, Descriptors& descriptors) {
  msghdr message{};
  message.msg_iov = &text;
  message.msg_iovlen = 1;
  message.msg_control = descriptors.bytes.data();
  message.msg_controllen = descriptors.bytes.size();
  return message;
}

// False: the parent is done.
bool receive_request(Request& request) {
  std::string text(kLongestRequest, '\0');
  iovec part{text.data(), text.size()};
  Descriptors descriptors;
  msghdr message = message_of(part, descriptors);
  ssize_t size = 0;
  do {
    size = recvmsg(kNurseryDescriptor, &message, MSG_CMSG_CLOEXEC);
  } while (size < 0 && errno == EINTR);
  const cmsghdr* header = size > 0 ? CMSG_FIRSTHDR(&message) : nullptr;
  if (header == nullptr || header->cmsg_len != CMSG_LEN(2 * sizeof(int))) return false;
  std::array<int, 2> received{};
  std::memcpy(received.data(), CMSG_DATA(header), sizeof received);
  request = Request{{}, received[0], received[1]};
  const char* end = text.data() + size;
  for (const char* at = text.data(); at < end; at += request.arguments.back().size() + 1) {
    request.arguments.emplace_back(at);
  }
  return true;
}

void die_with_parent(int parent) {
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (getppid() != parent) _exit(1);  // It died before the line above.
}

[[noreturn]] void be_child(int parent, const Request& request, const ChildTask& task) {
  setpgid(0, 0);
  die_with_parent(parent);
  dup2(request.output, STDOUT_FILENO);
  dup2(request.output, STDERR_FILENO);
  dup2(request.line, kNurseryDescriptor);  // The nursery's own stays out of its reach.
  close(request.output);
  close(request.line);
  const int status = task(request.arguments);
  // What a provider keeps in static objects is its own affair: the line has been written.
  std::fflush(nullptr);
  _exit(status);
}

int end_group(pid_t child) {
  kill(-child, SIGKILL);
  int status = 0;
  while (waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  return status;
}

// Waits until the child has ended or the parent wants its end, then ends its group. A dead child stays a zombie until
// then, so that the group's number is no other's.
int see_off(pid_t child, int handle) {
  std::array<pollfd, 2> events = {pollfd{handle, POLLIN, 0}, pollfd{kNurseryDescriptor, POLLIN, 0}};
  while (poll(events.data(), events.size(), -1) < 0 && errno == EINTR) {
  }
  if (events[1].revents != 0) {
    char word = 0;
    recv(kNurseryDescriptor, &word, 1, MSG_DONTWAIT);
  }
  return end_group(child);
}

void answer(const NurseryAnswer& answer) {
  send(kNurseryDescriptor, &answer, sizeof answer, MSG_NOSIGNAL);
}

}  // namespace

int tend_nursery(int parent, const ChildTask& task) {
  die_with_parent(parent);
  const int self = getpid();
  for (Request request; receive_request(request);) {
    const pid_t child = fork();
    if (child == 0) be_child(self, request, task);
    int error = errno;
    close(request.line);
    close(request.output);
    if (child > 0) setpgid(child, child);  // Both do it, so that it is done whoever runs first.
    const int handle = child < 0 ? -1 : static_cast<int>(syscall(SYS_pidfd_open, child, 0));
    if (child > 0 && handle < 0) {
      error = errno;
      end_group(child);
    }
    if (handle < 0) {
      answer({.error = error});
      continue;
    }
    answer({.pid = child});
    answer({.pid = child, .status = see_off(child, handle)});
    close(handle);
  }
  return 0;
}

void report_to_parent(const std::string& line) {
  std::size_t written = 0;
  while (written < line.size()) {
    const ssize_t n = write(kNurseryDescriptor, line.data() + written, line.size() - written);
    if (n < 0 && errno != EINTR) return;  // The parent is gone: nobody is left to tell.
    if (n > 0) written += static_cast<std::size_t>(n);
  }
}

bool send_request(int socket, const std::vector<std::string>& arguments, int line, int output) {
  std::string text;
  for (const std::string& argument : arguments) text.append(argument).push_back('\0');
  iovec part{text.data(), text.size()};
  Descriptors descriptors;
  msghdr message = message_of(part, descriptors);
  cmsghdr* header = CMSG_FIRSTHDR(&message);
  header->cmsg_level = SOL_SOCKET;
  header->cmsg_type = SCM_RIGHTS;
  header->cmsg_len = CMSG_LEN(2 * sizeof(int));
  const std::array<int, 2> descriptors_sent = {line, output};
  std::memcpy(CMSG_DATA(header), descriptors_sent.data(), sizeof descriptors_sent);
  return sendmsg(socket, &message, MSG_NOSIGNAL) == static_cast<ssize_t>(text.size());
}

bool receive_answer(int socket, NurseryAnswer& answer) {
  ssize_t size = 0;
  do {
    size = recv(socket, &answer, sizeof answer, 0);
  } while (size < 0 && errno == EINTR);
  return size == sizeof answer;
}

}  // namespace ackproof
