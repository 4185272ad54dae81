#include "reference_providers/redis/server.h"

#include <iterator>

namespace ackproof::redis {

namespace {

// So many calls of one handle are on their way at a time; more wait for one of them.
constexpr std::size_t kMostConnections = 32;

// After so many redirections in one call the cluster does not know itself where the store is.
constexpr int kMostRedirections = 5;

// Of a question that may be asked again it does not matter whether it arrived.
template <class Ask>
Reply repeatable(const Ask& ask) {
  try {
    return ask();
  } catch (const Refused& refused) {
    if (refused.kind() != ErrorKind::unknown_outcome) throw;
    throw Refused(ErrorKind::busy, refused.what());
  }
}

bool begins(std::string_view text, std::string_view beginning) {
  return text.substr(0, beginning.size()) == beginning;
}

}  // namespace

class Server::Lease {
 public:
  Lease(Server& server, Moment deadline) : server_(server) {
    std::unique_lock lock(server_.mutex_);
    if (!server_.returned_.wait_until(lock, deadline,
                                      [&] { return server_.in_use_ < kMostConnections; })) {
      throw Refused(ErrorKind::busy, "other calls keep this handle busy");
    }
    ++server_.in_use_;
    moves_ = server_.moves_;
    while (!connection_ && !server_.idle_.empty()) {
      connection_ = std::move(server_.idle_.back());
      server_.idle_.pop_back();
      if (!connection_->is_good()) connection_.reset();
    }
    lock.unlock();
    try {
      if (!connection_) connection_ = server_.connect(deadline);
    } catch (...) {
      give_back();
      throw;
    }
  }
  ~Lease() { give_back(); }
  Lease(const Lease&) = delete;
  Lease& operator=(const Lease&) = delete;

  Connection& operator*() { return *connection_; }

 private:
  void give_back() {
    {
      const std::lock_guard lock(server_.mutex_);
      --server_.in_use_;
      const bool is_home = moves_ == server_.moves_;
      if (is_home && connection_ && !connection_->is_broken()) {
        server_.idle_.push_back(std::move(connection_));
      }
    }
    server_.returned_.notify_one();
  }

  Server& server_;
  std::uint64_t moves_ = 0;
  std::unique_ptr<Connection> connection_;
};

Address Server::home() const {
  const std::lock_guard lock(mutex_);
  return home_;
}

std::unique_ptr<Connection> Server::connect(Moment deadline) {
  try {
    return std::make_unique<Connection>(home(), deadline);
  } catch (const Refused&) {
    // The node may be gone, and the one that the user named may know who follows it.
    forget_home();
    throw;
  }
}

void Server::forget_home() {
  const std::lock_guard lock(mutex_);
  home_ = seed_;
  idle_.clear();
  ++moves_;
}

// "MOVED 3999 host:port", where an empty host is that of the node that says so.
bool Server::move_home(std::string_view redirection) {
  const std::size_t blank = redirection.rfind(' ');
  const std::string_view place = redirection.substr(blank + 1);
  const std::size_t colon = place.rfind(':');
  if (colon == std::string_view::npos) return false;
  const std::lock_guard lock(mutex_);
  Address moved = home_;
  const std::string host(place.substr(0, colon));
  if (!host.empty()) moved.host = host;
  moved.port = std::atoi(std::string(place.substr(colon + 1)).c_str());
  home_ = moved;
  idle_.clear();
  ++moves_;
  return true;
}

template <class Ask>
Reply Server::follow(const Ask& ask, Moment deadline) {
  for (int redirections = 0;; ++redirections) {
    Reply reply = [&] {
      Lease connection(*this, deadline);
      return ask(*connection);
    }();
    if (!reply.value().is_error()) return reply;
    const std::string_view error = reply.value().view();
    const bool is_elsewhere = begins(error, "MOVED ") && redirections < kMostRedirections;
    if (!is_elsewhere || !move_home(error)) throw refusal_of(error);
  }
}

// Nothing happened to the store if this fails.
std::string Server::digest_of(const Script& script, Connection& connection, Moment deadline) {
  std::string digest = script.digest();
  if (!digest.empty()) return digest;
  const Reply loaded = repeatable([&] {
    return connection.ask({"SCRIPT", "LOAD", script.text()}, deadline);
  });
  if (loaded.value().is_error()) throw refusal_of(loaded.value().view());
  digest = loaded.value().text();
  script.learn_digest(digest);
  return digest;
}

Reply Server::run(const Script& script, const Arguments& arguments, Moment deadline) {
  const auto run_there = [&](Connection& connection) {
    const std::string digest = digest_of(script, connection, deadline);
    const Command made = arguments();
    Reply reply = connection.ask({"EVALSHA", digest, "1", tag_}, made, deadline);
    // The server was started anew, or it is another one: it has not run anything.
    if (!reply.value().is_error() || !begins(reply.value().view(), "NOSCRIPT")) return reply;
    return connection.ask({"EVAL", script.text(), "1", tag_}, made, deadline);
  };
  if (!script.only_reads()) return follow(run_there, deadline);
  return repeatable([&] { return follow(run_there, deadline); });
}

std::vector<Reply> Server::ask_all(const std::vector<Command>& commands, Moment deadline) {
  std::vector<Reply> others;
  const auto ask_there = [&](Connection& connection) {
    others.clear();
    for (const Command& command : commands) connection.send(command, {}, deadline);
    Reply first = connection.expect(deadline);
    for (std::size_t i = 1; i < commands.size(); ++i) others.push_back(connection.expect(deadline));
    return first;
  };
  std::vector<Reply> replies;
  replies.push_back(repeatable([&] { return follow(ask_there, deadline); }));
  std::move(others.begin(), others.end(), std::back_inserter(replies));
  return replies;
}

}  // namespace ackproof::redis
