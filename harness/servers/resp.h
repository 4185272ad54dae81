// A question to a Redis server, by hand: enough to see whether it answers, and to make a cluster.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace ackproof::servers {

// Where a Redis server listens: at a Unix socket, or, when that is empty, at a port of the loopback interface.
struct RedisPlace {
  std::filesystem::path socket = {};
  int port = 0;
};

// The answer to one command: the text of a status, of an error or of a number, or the content of a string. Nothing: no
// server answered within a second.
std::optional<std::string> ask_redis(const RedisPlace& place,
                                     const std::vector<std::string>& words);

}  // namespace ackproof::servers
