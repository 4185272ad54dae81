// One connection to a server, used by one thread at a time.
//
// hiredis connects, and parses what comes in. Sending and waiting is done here, because it has to be
// known whether a command was sent as a whole, every wait has a deadline, and a broken connection
// must not raise SIGPIPE in a program that knows nothing of it.
#pragma once

#include <chrono>
#include <memory>
#include <optional>

#include "reference_providers/redis/address.h"
#include "reference_providers/redis/command.h"
#include "reference_providers/redis/reply.h"

namespace ackproof::redis {

using Moment = std::chrono::steady_clock::time_point;

class Connection {
 public:
  // Connects, and says who it is. `busy`: there is no server, or it is not ready.
  Connection(const Address& address, Moment deadline);

  // Sends a command, `head` and `tail` together, and waits for its reply, which may be an error.
  // `busy`: the command was not sent as a whole, and so nothing happened. `unknown_outcome`: it
  // was, and there is no reply. After either the connection is of no use any more: a late reply
  // would be taken for that of another command.
  Reply ask(const Command& head, const Command& tail, Moment deadline);
  Reply ask(const Command& command, Moment deadline) { return ask(command, Command(), deadline); }

  // The two halves of it, so that several commands can be sent before the first reply is there.
  void send(const Command& head, const Command& tail, Moment deadline);
  Reply expect(Moment deadline);

  // What came by itself; nothing when nothing came until the deadline.
  std::optional<Reply> receive(Moment deadline);

  // Whether it can be used for another command: also the other end has to be there still.
  bool is_good() const;
  bool is_broken() const { return is_broken_; }

  int descriptor() const { return context_->fd; }

 private:
  struct Free {
    void operator()(redisContext* context) const { redisFree(context); }
  };
  // Whether the socket is ready for it before the deadline.
  bool await(short events, Moment deadline) const;
  void introduce(const Address& address, Moment deadline);

  std::unique_ptr<redisContext, Free> context_;
  bool is_broken_ = false;
};

}  // namespace ackproof::redis
