#include "tests/redis/private_server.h"

#include <signal.h>

#include <chrono>

#include "harness/servers/places.h"
#include "harness/servers/redis.h"
#include "reference_providers/redis/connection.h"

namespace ackproof {

namespace {

// A port may be taken by somebody else between its being drawn and its being used.
constexpr int kPortAttempts = 3;

Result<servers::Server> start_at(int port, const std::vector<std::string>& options) {
  const std::filesystem::path folder = servers::private_folder(std::nullopt).value();
  const servers::RedisPlace place{.socket = folder / "redis.sock"};
  std::vector<std::string> all = {"--unixsocket",           place.socket, "--port",
                                  std::to_string(port),     "--bind",     "127.0.0.1",
                                  "--enable-debug-command", "local"};
  all.insert(all.end(), options.begin(), options.end());
  return servers::start_redis_at(place, "unix://" + place.socket.string(), folder, all);
}

servers::Server start_somewhere(int& port, const std::vector<std::string>& options) {
  for (int n = 1;; ++n) {
    port = servers::free_port();
    Result<servers::Server> server = start_at(port, options);
    if (server || n == kPortAttempts) return std::move(server).value();
  }
}

}  // namespace

redis::Reply ask_server(const std::string& uri, const std::vector<std::string>& words) {
  const redis::Moment deadline = std::chrono::steady_clock::now() + std::chrono::seconds(5);
  redis::Connection connection(redis::parse_address(uri), deadline);
  redis::Command command;
  for (const std::string& word : words) command.add(word);
  return connection.ask(command, deadline);
}

PrivateServer::PrivateServer(const std::vector<std::string>& options)
    : server_(start_somewhere(port_, options)) {}

std::string PrivateServer::uri_of(const std::string& user, const std::string& password) const {
  return "redis://" + user + ":" + password + "@127.0.0.1:" + std::to_string(port_);
}

void PrivateServer::freeze() {
  const std::string info = text({"INFO", "server"});
  const std::string wanted = "process_id:";
  frozen_ = std::stoi(info.substr(info.find(wanted) + wanted.size()));
  ::kill(frozen_, SIGSTOP);
}

void PrivateServer::unfreeze() { ::kill(frozen_, SIGCONT); }

}  // namespace ackproof
