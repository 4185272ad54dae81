// A private Redis server with what tests do to one: options, a port beside the socket, standing still,
// and questions that go around the provider.
#pragma once

#include <string>
#include <vector>

#include "harness/servers/server.h"
#include "reference_providers/redis/reply.h"

namespace ackproof {

// Asks the server at `uri` directly, on a connection for this question alone.
redis::Reply ask_server(const std::string& uri, const std::vector<std::string>& words);

class PrivateServer {
 public:
  // Starts a server with these options, which outdo those that it has anyway. Throws BadResult when it
  // does not come up.
  explicit PrivateServer(const std::vector<std::string>& options = {});

  std::string uri() const { return "redis://127.0.0.1:" + std::to_string(port_); }
  std::string uri_of(const std::string& user, const std::string& password) const;
  const std::string& socket_uri() const { return server_.uri(); }
  int port() const { return port_; }

  void kill() { server_.kill(); }
  void start() { server_.restart().value(); }  // Again, on the same data and address.
  void freeze();                               // It takes what is sent, and does not move.
  void unfreeze();

  redis::Reply ask(const std::vector<std::string>& words) const {
    return ask_server(socket_uri(), words);
  }
  std::string text(const std::vector<std::string>& words) const {
    return ask(words).value().text();
  }

  // A digest of everything that it holds.
  std::string content() const { return text({"DEBUG", "DIGEST"}); }

 private:
  int port_ = 0;
  servers::Server server_;
  int frozen_ = 0;  // Its process.
};

}  // namespace ackproof
