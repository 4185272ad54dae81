// A Redis server of a test's own: on a free port of the loopback interface and a Unix socket, in a
// folder of its own, and gone with the value.
#pragma once

#include <sys/types.h>

#include <string>
#include <vector>

#include "reference_providers/redis/reply.h"

namespace ackproof {

class PrivateServer {
 public:
  // Starts a server with these options beside those that it has anyway, as on its command line.
  // Throws std::runtime_error when it does not come up.
  explicit PrivateServer(std::vector<std::string> options = {});
  ~PrivateServer();
  PrivateServer(const PrivateServer&) = delete;
  PrivateServer& operator=(const PrivateServer&) = delete;

  std::string uri() const { return "redis://127.0.0.1:" + std::to_string(port_); }
  std::string uri_of(const std::string& user, const std::string& password) const;
  std::string socket_uri() const { return "unix://" + folder_ + "/redis.sock"; }
  int port() const { return port_; }

  void kill();    // SIGKILL, as a crash would.
  void start();   // Again, on the same data and address.
  void freeze();  // It takes what is sent, and does not move.
  void unfreeze();

  // Asks it directly, on a connection for this question alone.
  redis::Reply ask(const std::vector<std::string>& words) const;
  std::string text(const std::vector<std::string>& words) const {
    return ask(words).value().text();
  }

  // A digest of everything that it holds.
  std::string content() const { return text({"DEBUG", "DIGEST"}); }

 private:
  std::vector<std::string> options_;
  std::string folder_;
  int port_ = 0;
  pid_t process_ = -1;
};

}  // namespace ackproof
