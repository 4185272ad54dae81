#include "harness/servers/redis_cluster.h"

#include <algorithm>
#include <chrono>
#include <thread>

#include "harness/servers/places.h"
#include "harness/servers/redis.h"

namespace ackproof::servers {

namespace {

constexpr int kMasters = 3;
constexpr int kSlots = 16'384;
constexpr std::chrono::seconds kClusterLimit{60};
constexpr std::chrono::milliseconds kLookAgain{20};
// A port may be taken by somebody else between its being drawn and its being used.
constexpr int kPortAttempts = 3;

struct Ports {
  int clients = free_port();
  int bus = free_port();
};

Result<Server> start_master(const Ports& ports) {
  const Result<std::filesystem::path> folder = private_folder(std::nullopt);
  if (!folder) return folder.error();
  const std::string port = std::to_string(ports.clients);
  // A busy machine lets a master stand still for seconds, and nobody here tests that one is taken for dead.
  return start_redis_at(
      {.port = ports.clients}, "redis://127.0.0.1:" + port, folder.value(),
      {"--port", port, "--bind", "127.0.0.1", "--cluster-enabled", "yes", "--cluster-port",
       std::to_string(ports.bus), "--cluster-node-timeout", "60000"});
}

Result<void> order(const Ports& ports, const std::vector<std::string>& words) {
  const std::optional<std::string> answer = ask_redis({.port = ports.clients}, words);
  if (answer == "OK") return {};
  return Error{ErrorKind::internal, "servers",
               "Redis refused CLUSTER " + words[1] + ": " + answer.value_or("no answer")};
}

// Gives each master its share of the slots, and makes it known to the first.
Result<void> join(const std::vector<Ports>& all) {
  for (int n = 0; n < kMasters; ++n) {
    const Ports& ports = all[static_cast<std::size_t>(n)];
    const Ports& first = all.front();
    for (const std::vector<std::string>& words :
         {std::vector<std::string>{"CLUSTER", "ADDSLOTSRANGE",
                                   std::to_string(kSlots * n / kMasters),
                                   std::to_string(kSlots * (n + 1) / kMasters - 1)},
          std::vector<std::string>{"CLUSTER", "SET-CONFIG-EPOCH", std::to_string(n + 1)},
          std::vector<std::string>{"CLUSTER", "MEET", "127.0.0.1", std::to_string(first.clients),
                                   std::to_string(first.bus)}}) {
      if (n == 0 && words[1] == "MEET") continue;
      if (Result<void> done = order(ports, words); !done) return done;
    }
  }
  return {};
}

bool sees_all(const Ports& ports) {
  const std::string info =
      ask_redis({.port = ports.clients}, {"CLUSTER", "INFO"}).value_or(std::string());
  return info.find("cluster_state:ok") != std::string::npos &&
         info.find("cluster_slots_ok:" + std::to_string(kSlots)) != std::string::npos &&
         info.find("cluster_known_nodes:" + std::to_string(kMasters)) != std::string::npos;
}

}  // namespace

Result<RedisCluster> RedisCluster::start() {
  if (const auto program = redis_program(); !program) return program.error();
  std::vector<Server> masters;
  std::vector<Ports> all;
  for (int failures = 0; all.size() < kMasters;) {
    const Ports ports;
    Result<Server> master = start_master(ports);
    if (!master && ++failures == kPortAttempts) return master.error();
    if (!master) continue;
    masters.push_back(std::move(master).value());
    all.push_back(ports);
  }
  if (Result<void> joined = join(all); !joined) return joined.error();
  const auto deadline = std::chrono::steady_clock::now() + kClusterLimit;
  while (!std::ranges::all_of(all, sees_all)) {
    if (std::chrono::steady_clock::now() >= deadline) {
      return Error{ErrorKind::internal, "servers", "the Redis cluster was not ready in time"};
    }
    std::this_thread::sleep_for(kLookAgain);
  }
  return RedisCluster(std::move(masters));
}

}  // namespace ackproof::servers
