// Three Redis masters that share the slots of one cluster, private and thrown away like any other server.
#pragma once

#include <string>
#include <vector>

#include "contract/result.h"
#include "harness/servers/server.h"

namespace ackproof::servers {

class RedisCluster {
 public:
  // Returns when every slot is served. Errors as of `start_redis`.
  static Result<RedisCluster> start();

  // Of the first master; the others are found from there.
  const std::string& uri() const { return masters_.front().uri(); }
  std::vector<Server>& masters() { return masters_; }

 private:
  explicit RedisCluster(std::vector<Server> masters) : masters_(std::move(masters)) {}

  std::vector<Server> masters_;
};

}  // namespace ackproof::servers
