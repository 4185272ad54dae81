#include "harness/servers/resp.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <cstring>

namespace ackproof::servers {

namespace {

class Connection {
 public:
  explicit Connection(const RedisPlace& place)
      : socket_(socket(place.socket.empty() ? AF_INET : AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    const timeval limit{1, 0};
    setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    setsockopt(socket_, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
    is_open_ = place.socket.empty() ? connect_to(place.port) : connect_to(place.socket.string());
  }
  ~Connection() {
    if (socket_ >= 0) close(socket_);
  }
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  bool is_open() const { return is_open_; }
  bool send_all(const std::string& text) {
    return send(socket_, text.data(), text.size(), MSG_NOSIGNAL) ==
           static_cast<ssize_t>(text.size());
  }
  // The next line, without its end.
  std::optional<std::string> line() {
    std::size_t end = 0;
    while ((end = read_.find("\r\n")) == std::string::npos) {
      if (!read_more()) return std::nullopt;
    }
    return take(end);
  }
  // The next `size` bytes.
  std::optional<std::string> bytes(std::size_t size) {
    while (read_.size() < size + 2) {
      if (!read_more()) return std::nullopt;
    }
    return take(size);
  }

 private:
  bool connect_to(int port) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address.sin_port = htons(static_cast<std::uint16_t>(port));
    return connect(socket_, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0;
  }
  bool connect_to(const std::string& path) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    if (path.size() >= sizeof address.sun_path) return false;
    std::memcpy(address.sun_path, path.data(), path.size());
    return connect(socket_, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0;
  }
  bool read_more() {
    std::array<char, 4'096> buffer{};
    const ssize_t size = recv(socket_, buffer.data(), buffer.size(), 0);
    if (size > 0) read_.append(buffer.data(), static_cast<std::size_t>(size));
    return size > 0;
  }
  std::string take(std::size_t size) {
    std::string text = read_.substr(0, size);
    read_.erase(0, size + 2);
    return text;
  }

  int socket_;
  bool is_open_ = false;
  std::string read_;
};

}  // namespace

std::optional<std::string> ask_redis(const RedisPlace& place,
                                     const std::vector<std::string>& words) {
  Connection connection(place);
  std::string request = "*" + std::to_string(words.size()) + "\r\n";
  for (const std::string& word : words) {
    request += "$" + std::to_string(word.size()) + "\r\n" + word + "\r\n";
  }
  if (!connection.is_open() || !connection.send_all(request)) return std::nullopt;
  const std::optional<std::string> head = connection.line();
  if (!head || head->empty()) return std::nullopt;
  if ((*head)[0] != '$') return head->substr(1);
  const int size = std::atoi(head->c_str() + 1);
  return size < 0 ? std::string() : connection.bytes(static_cast<std::size_t>(size));
}

}  // namespace ackproof::servers
