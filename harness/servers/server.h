// A private, throw-away server: its own data folder, reached through a Unix socket or a loopback port that nobody else
// uses, gone with all of its processes, files and shared memory when the value goes or this program dies, however.
//
//   Server server = servers::start_postgresql().value();
//   connect(server.uri());
//   server.kill();      // As a crash of its machine's processes would.
//   server.restart();   // On the same data.
//
// Durable by default: what it has confirmed is on its disk. A value is used by one thread at a time.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "contract/result.h"
#include "harness/keeper.h"

namespace ackproof::servers {

// What tells one kind of server from another.
struct Recipe {
  std::string title;  // "PostgreSQL".
  std::string uri;    // Where clients find it.
  Keeping keeping;    // The folder and the commands: those that prepare it, then the server itself.
  int stop_signal;    // Asks it to end in good order.
  std::function<bool(pid_t)> is_ready;  // Whether this process takes requests by now.
};

class Server {
 public:
  // Prepares the folder, starts the server and waits until it takes requests.
  // internal  that did not succeed; the message ends with what the server said last.
  static Result<Server> start(Recipe recipe);

  const std::string& uri() const { return recipe_.uri; }
  const std::string& title() const { return recipe_.title; }
  const std::filesystem::path& folder() const { return recipe_.keeping.folder; }
  bool is_running() { return keeper_.is_running(); }
  // The first of its processes, of which the others are descendants.
  pid_t process() const { return process_; }

  // SIGKILL for the server and all of its children; returns when they are gone.
  void kill() { keeper_.kill_all(); }

  // Ends it in good order; by SIGKILL when it does not end within ten seconds.
  void stop();

  // Starts it again on the same data and address. A running one is stopped first. Errors as of `start`.
  Result<void> restart();

 private:
  Server(Recipe recipe, Keeper keeper);
  Error trouble(const std::string& what) const;

  Recipe recipe_;
  Keeper keeper_;
  pid_t process_ = 0;
};

// not_found  it is not installed; the message says how to install it.
// internal   it could not be started.
Result<Server> start_postgresql();
Result<Server> start_redis();

// By kind, as ProviderFactory::server names it: "postgresql" or "redis". `unsupported` for any other.
Result<Server> start(std::string_view kind);

// The program that this would run. Errors: not_found and unsupported, as above.
Result<std::filesystem::path> program_of(std::string_view kind);

}  // namespace ackproof::servers
