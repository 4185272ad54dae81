#include "tests/postgres/relay.h"

#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <system_error>

#include "tests/support/command.h"

namespace ackproof {

namespace {

constexpr int kTickMs = 20;

sockaddr_un address_in(const std::filesystem::path& folder) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::strncpy(address.sun_path, (folder / ".s.PGSQL.5432").c_str(), sizeof address.sun_path - 1);
  return address;
}

void demand(bool holds, const char* what) {
  if (!holds) throw std::system_error(errno, std::generic_category(), what);
}

// Passes on what one side has. False: it has ended.
bool pass_some(int from, int to) {
  std::array<char, 65'536> buffer{};
  const ssize_t n = read(from, buffer.data(), buffer.size());
  for (ssize_t sent = 0; sent < n;) {
    const ssize_t more =
        send(to, buffer.data() + sent, static_cast<std::size_t>(n - sent), MSG_NOSIGNAL);
    if (more <= 0) return false;
    sent += more;
  }
  return n > 0;
}

}  // namespace

Relay::Relay(const std::filesystem::path& server)
    : folder_(testing_support::fresh_folder()),
      server_(server),
      listening_(socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  const sockaddr_un address = address_in(folder_);
  demand(listening_ >= 0, "socket");
  demand(bind(listening_, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0,
         "bind");
  demand(listen(listening_, SOMAXCONN) == 0, "listen");
  serving_ = std::thread([this] { serve(); });
}

Relay::~Relay() {
  stop_ = true;
  serving_.join();
  for (std::thread& thread : passing_) thread.join();
  close(listening_);
}

void Relay::serve() {
  while (!stop_) {
    pollfd waiting{listening_, POLLIN, 0};
    if (poll(&waiting, 1, kTickMs) <= 0) continue;
    const int client = accept4(listening_, nullptr, nullptr, SOCK_CLOEXEC);
    if (client >= 0) passing_.emplace_back([this, client] { pass(client); });
  }
}

void Relay::pass(int client) {
  const int server = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const sockaddr_un address = address_in(server_);
  bool goes_on = connect(server, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
  bool was_answered = true;
  bool loses = false;
  while (goes_on && !stop_) {
    std::array<pollfd, 2> sides = {pollfd{client, POLLIN, 0}, pollfd{server, POLLIN, 0}};
    if (poll(sides.data(), sides.size(), kTickMs) <= 0) continue;
    if (sides[0].revents != 0) {
      if (was_answered) {
        ++round_trips_;
        loses = loses_.exchange(false);
      }
      was_answered = false;
      goes_on = pass_some(client, server);
    }
    if (goes_on && sides[1].revents != 0) {
      was_answered = true;
      goes_on = !loses && pass_some(server, client);
    }
  }
  close(server);
  close(client);
}

}  // namespace ackproof
