#include "reference_providers/redis/connection.h"

#include <poll.h>
#include <sys/socket.h>
#include <sys/uio.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <system_error>

namespace ackproof::redis {

namespace {

std::chrono::milliseconds left_until(Moment deadline) {
  const auto left =
      std::chrono::ceil<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now());
  return std::clamp(left, std::chrono::milliseconds(0), std::chrono::milliseconds(3'600'000));
}

redisContext* connect(const Address& address, Moment deadline) {
  // No time at all would mean no limit.
  const auto left = std::max(left_until(deadline), std::chrono::milliseconds(1));
  const timeval limit{left.count() / 1000, (left.count() % 1000) * 1000};
  return address.host.empty() ? redisConnectUnixWithTimeout(address.path.c_str(), limit)
                              : redisConnectWithTimeout(address.host.c_str(), address.port, limit);
}

std::string text_of(int error) { return std::generic_category().message(error); }

}  // namespace

Connection::Connection(const Address& address, Moment deadline)
    : context_(connect(address, deadline)) {
  if (!context_) throw std::bad_alloc();
  if (context_->err != 0) {
    throw Refused(ErrorKind::busy, std::string("no connection to the server: ") + context_->errstr);
  }
  if (!address.host.empty()) redisEnableKeepAlive(context_.get());
  introduce(address, deadline);
}

void Connection::introduce(const Address& address, Moment deadline) {
  const auto demand = [&](const Command& command) {
    try {
      const Reply reply = ask(command, deadline);
      if (reply.value().is_error()) throw refusal_of(reply.value().view());
    } catch (const Refused& refused) {
      // Nothing was asked for yet, so nothing happened.
      if (refused.kind() != ErrorKind::unknown_outcome) throw;
      throw Refused(ErrorKind::busy, refused.what());
    }
  };
  if (!address.user.empty()) {
    demand({"AUTH", address.user, address.password});
  } else if (!address.password.empty()) {
    demand({"AUTH", address.password});
  }
  if (address.database != 0) demand({"SELECT", std::to_string(address.database)});
}

bool Connection::await(short events, Moment deadline) const {
  pollfd waiting{context_->fd, events, 0};
  int ready = 0;
  do {
    ready = poll(&waiting, 1, static_cast<int>(left_until(deadline).count()));
  } while (ready < 0 && errno == EINTR);
  return ready > 0;
}

Reply Connection::ask(const Command& head, const Command& tail, Moment deadline) {
  send(head, tail, deadline);
  return expect(deadline);
}

Reply Connection::expect(Moment deadline) {
  std::optional<Reply> reply = receive(deadline);
  if (reply) return std::move(*reply);
  is_broken_ = true;
  throw Refused(ErrorKind::unknown_outcome, "the server did not answer in time");
}

void Connection::send(const Command& head, const Command& tail, Moment deadline) {
  const std::string begin =
      "*" + std::to_string(head.count() + tail.count()) + "\r\n" + head.wire();
  std::array<std::string_view, 2> parts = {begin, tail.wire()};
  while (!parts[0].empty() || !parts[1].empty()) {
    std::array<iovec, 2> pieces{};
    for (std::size_t i = 0; i < parts.size(); ++i) {
      pieces[i] = {const_cast<char*>(parts[i].data()), parts[i].size()};
    }
    msghdr message{};
    message.msg_iov = pieces.data();
    message.msg_iovlen = pieces.size();
    const ssize_t sent = sendmsg(context_->fd, &message, MSG_NOSIGNAL | MSG_DONTWAIT);
    if (sent < 0) {
      const int error = errno;
      if (error == EINTR) continue;
      if (error == EAGAIN && await(POLLOUT, deadline)) continue;
      is_broken_ = true;
      throw Refused(ErrorKind::busy,
                    error == EAGAIN ? "the server did not take the command in time"
                                    : "the connection to the server is lost: " + text_of(error));
    }
    auto rest = static_cast<std::size_t>(sent);
    for (std::string_view& part : parts) {
      const std::size_t here = std::min(rest, part.size());
      part.remove_prefix(here);
      rest -= here;
    }
  }
}

std::optional<Reply> Connection::receive(Moment deadline) {
  const auto lose = [&](const std::string& why) {
    is_broken_ = true;
    throw Refused(ErrorKind::unknown_outcome, why);
  };
  while (true) {
    void* reply = nullptr;
    if (redisReaderGetReply(context_->reader, &reply) != REDIS_OK) {
      lose(std::string("the server's answer is not understood: ") + context_->reader->errstr);
    }
    if (reply != nullptr) return Reply(static_cast<redisReply*>(reply));
    if (!await(POLLIN, deadline)) return std::nullopt;
    std::array<char, 65'536> bytes;  // Filled by recv, as far as it is read.
    const ssize_t got = recv(context_->fd, bytes.data(), bytes.size(), MSG_DONTWAIT);
    if (got > 0) {
      redisReaderFeed(context_->reader, bytes.data(), static_cast<std::size_t>(got));
    } else if (got == 0) {
      lose("the server closed the connection");
    } else if (errno != EAGAIN && errno != EINTR) {
      lose("the connection to the server is lost: " + text_of(errno));
    }
  }
}

// Something to read although nothing was asked for, or the end of the stream, ends its use.
bool Connection::is_good() const {
  if (is_broken_) return false;
  char byte = 0;
  return recv(context_->fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT) < 0 && errno == EAGAIN;
}

}  // namespace ackproof::redis
