#include "harness/servers/redis.h"

#include <signal.h>

#include "harness/servers/places.h"

namespace ackproof::servers {

Result<std::filesystem::path> redis_program() {
  if (const auto folder = folder_of_programs(search_path(), {"redis-server"})) {
    return *folder / "redis-server";
  }
  return Error{ErrorKind::not_found, "servers",
               "Redis is not installed: apt-get install redis-server"};
}

Result<Server> start_redis_at(const RedisPlace& place, const std::string& uri,
                              const std::filesystem::path& folder,
                              const std::vector<std::string>& options) {
  const Result<std::filesystem::path> program = redis_program();
  if (!program) return program.error();
  // Everything written is on disk before it is confirmed, and nothing is evicted. Files stand in the working folder,
  // which is the server's own.
  std::vector<std::string> command = {
      program.value(),      "--appendonly", "yes",        "--appendfsync", "always", "--save", "",
      "--maxmemory-policy", "noeviction",   "--loglevel", "warning"};
  command.insert(command.end(), options.begin(), options.end());
  return Server::start(
      {.title = "Redis",
       .uri = uri,
       .keeping = {.folder = folder, .commands = {std::move(command)}},
       .stop_signal = SIGTERM,
       .is_ready = [place](pid_t) { return ask_redis(place, {"PING"}) == "PONG"; }});
}

Result<Server> start_redis() {
  if (const auto program = redis_program(); !program) return program.error();
  const Result<std::filesystem::path> folder = private_folder(std::nullopt);
  if (!folder) return folder.error();
  const RedisPlace place{.socket = folder.value() / "redis.sock"};
  return start_redis_at(place, "unix://" + place.socket.string(), folder.value(),
                        {"--port", "0", "--unixsocket", place.socket, "--unixsocketperm", "700"});
}

}  // namespace ackproof::servers
