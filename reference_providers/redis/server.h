// The server of a store: connections, scripts, and where in a cluster the store is.
//
// All keys of a store share one hash tag, and so live on one node of a cluster. Which one, the
// nodes tell (MOVED); the handle remembers it. Safe for concurrent calls.
#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "reference_providers/redis/connection.h"
#include "reference_providers/redis/scripts.h"

namespace ackproof::redis {

class Server {
 public:
  // `tag` is the hash tag of the store with its braces. Nothing is connected yet.
  Server(Address address, std::string tag)
      : seed_(std::move(address)), home_(seed_), tag_(std::move(tag)) {}

  const std::string& tag() const { return tag_; }

  // Makes the arguments of a script, among them what a clock says: after the last wait for others
  // (TIME_3).
  using Arguments = std::function<Command()>;

  // Runs a script: one round trip, once the server knows it. Throws Refused for an error reply, and
  // as Connection::ask does; of a script that only reads it is never unknown what it did.
  Reply run(const Script& script, const Arguments& arguments, Moment deadline);

  // The same for commands that do no harm when they are given twice: all in one round trip, the
  // first of them names the store. Of several any but the first may be answered by an error.
  Reply ask(const Command& command, Moment deadline) {
    return std::move(ask_all({command}, deadline)[0]);
  }
  std::vector<Reply> ask_all(const std::vector<Command>& commands, Moment deadline);

  // A connection of one's own, to where the store was last found.
  std::unique_ptr<Connection> connect(Moment deadline);

 private:
  // A connection out of the pool, for as long as this lives.
  class Lease;

  // Asks where the store is, and asks again where the answer points to.
  template <class Ask>
  Reply follow(const Ask& ask, Moment deadline);
  static std::string digest_of(const Script& script, Connection& connection, Moment deadline);
  bool move_home(std::string_view redirection);
  Address home() const;
  void forget_home();

  const Address seed_;
  mutable std::mutex mutex_;
  std::condition_variable returned_;
  Address home_;                                   // Guarded by mutex_.
  std::vector<std::unique_ptr<Connection>> idle_;  // Guarded by mutex_; all to home_.
  std::uint64_t moves_ = 0;                        // Guarded by mutex_: of home_.
  std::size_t in_use_ = 0;                         // Guarded by mutex_.
  const std::string tag_;
};

}  // namespace ackproof::redis
