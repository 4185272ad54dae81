#include "harness/servers/server.h"

#include <chrono>
#include <fstream>
#include <sstream>
#include <thread>
#include <utility>

#include "harness/servers/postgresql.h"
#include "harness/servers/redis.h"

namespace ackproof::servers {

namespace {

// Also on a machine that is busy with other things.
constexpr std::chrono::seconds kStartLimit{60};
constexpr std::chrono::milliseconds kLookAgain{5};
constexpr int kStopLimitMs = 10'000;
constexpr std::size_t kToldOfTheLog = 600;

std::string end_of_log(const std::filesystem::path& folder) {
  std::ifstream file(folder / "log", std::ios::binary);
  std::ostringstream stream;
  stream << file.rdbuf();
  std::string text = stream.str();
  while (!text.empty() && text.back() == '\n') text.pop_back();
  return text.size() <= kToldOfTheLog ? text : "…" + text.substr(text.size() - kToldOfTheLog);
}

}  // namespace

Server::Server(Recipe recipe, Keeper keeper)
    : recipe_(std::move(recipe)), keeper_(std::move(keeper)) {}

Error Server::trouble(const std::string& what) const {
  const std::string log = end_of_log(folder());
  return {ErrorKind::internal, "servers",
          recipe_.title + " " + what + (log.empty() ? "" : ": " + log)};
}

Result<Server> Server::start(Recipe recipe) {
  Result<Keeper> keeper = Keeper::begin(recipe.keeping);
  if (!keeper) return keeper.error();
  Server server(std::move(recipe), std::move(keeper).value());
  for (std::size_t n = 0; n + 1 < server.recipe_.keeping.commands.size(); ++n) {
    if (!server.keeper_.run(n)) return server.trouble("could not be prepared");
  }
  const Result<void> started = server.restart();
  if (!started) return started.error();
  return server;
}

void Server::stop() {
  if (!keeper_.end(recipe_.stop_signal, kStopLimitMs)) keeper_.kill_all();
}

Result<void> Server::restart() {
  if (keeper_.is_running()) stop();
  process_ = keeper_.start(recipe_.keeping.commands.size() - 1);
  if (process_ == 0) return trouble("could not be started");
  const auto deadline = std::chrono::steady_clock::now() + kStartLimit;
  while (!recipe_.is_ready(process_)) {
    if (!keeper_.is_running()) return trouble("ended instead of starting");
    if (std::chrono::steady_clock::now() >= deadline) {
      return trouble("was not ready in time");
    }
    std::this_thread::sleep_for(kLookAgain);
  }
  return {};
}

namespace {

Error unknown(std::string_view kind) {
  return {ErrorKind::unsupported, "servers",
          "a server of the kind '" + std::string(kind) + "' cannot be started here"};
}

}  // namespace

Result<Server> start(std::string_view kind) {
  if (kind == "postgresql") return start_postgresql();
  if (kind == "redis") return start_redis();
  return unknown(kind);
}

Result<std::filesystem::path> program_of(std::string_view kind) {
  if (kind == "postgresql") return postgresql_program();
  if (kind == "redis") return redis_program();
  return unknown(kind);
}

}  // namespace ackproof::servers
