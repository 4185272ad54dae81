#include "reference_providers/redis/news.h"

#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

namespace ackproof::redis {

namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

// A connection that says nothing for so long is asked whether it is still there, and given up if it
// does not answer for as long again: nobody tells when the other end just vanishes.
constexpr milliseconds kSilence{5'000};
constexpr milliseconds kBeforeRetry{50};
constexpr milliseconds kPatience{5'000};

int make_stop() {
  const int descriptor = eventfd(0, EFD_CLOEXEC);
  if (descriptor < 0) throw std::system_error(errno, std::generic_category(), "eventfd");
  return descriptor;
}

}  // namespace

News::News(Server& server, std::shared_ptr<Clock> clock)
    : server_(server), clock_(std::move(clock)), stop_(make_stop()) {}

News::~News() {
  const std::uint64_t one = 1;
  [[maybe_unused]] const ssize_t written = write(stop_, &one, sizeof one);
  if (thread_.joinable()) thread_.join();
  close(stop_);
}

std::uint64_t News::heard(Queue queue, Moment deadline) {
  std::unique_lock lock(mutex_);
  if (!thread_.joinable()) thread_ = std::thread([this] { listen(); });
  if (!changed_.wait_until(lock, deadline, [&] { return is_listening_; })) {
    throw Refused(ErrorKind::busy, "nobody can wait for work: " + trouble_);
  }
  return so_far(queue);
}

void News::listen() {
  do {
    try {
      listen_once();
    } catch (const std::exception& exception) {
      set_listening(false, exception.what());
    }
    tell_everybody();
  } while (sleep_or_stop(-1, kBeforeRetry));
}

// Until the connection ends, or the thread has to.
void News::listen_once() {
  const auto soon = [] { return steady_clock::now() + kPatience; };
  const std::unique_ptr<Connection> connection = server_.connect(soon());
  const Reply subscribed = connection->ask({"SUBSCRIBE", server_.tag() + ":news"}, soon());
  if (subscribed.value().is_error()) throw refusal_of(subscribed.value().view());
  set_listening(true, "");
  tell_everybody();

  bool was_asked = false;
  while (sleep_or_stop(connection->descriptor(), kSilence)) {
    bool said_something = false;
    while (const std::optional<Reply> message = connection->receive(steady_clock::now())) {
      take(message->value());
      said_something = true;
    }
    if (!said_something && was_asked) throw Refused(ErrorKind::busy, "the server fell silent");
    was_asked = !said_something;
    if (was_asked) connection->send({"PING"}, {}, soon());
  }
}

// ["message", channel, queues]
void News::take(const Value& message) {
  if (message[0].view() != "message") return;
  for (const char queue : message[2].view()) {
    if (queue == 't') ++counts_[static_cast<std::size_t>(Queue::turns)];
    if (queue == 'a') ++counts_[static_cast<std::size_t>(Queue::activities)];
  }
  clock_->wake();
}

void News::tell_everybody() {
  for (auto& count : counts_) ++count;
  clock_->wake();
}

void News::set_listening(bool is_listening, const std::string& trouble) {
  {
    const std::lock_guard lock(mutex_);
    is_listening_ = is_listening;
    trouble_ = trouble;
  }
  changed_.notify_all();
}

// Until the descriptor has something to read (-1: none), or so long. False: the thread has to end.
bool News::sleep_or_stop(int descriptor, milliseconds longest) const {
  std::array<pollfd, 2> waiting = {pollfd{stop_, POLLIN, 0}, pollfd{descriptor, POLLIN, 0}};
  poll(waiting.data(), waiting.size(), static_cast<int>(longest.count()));
  return waiting[0].revents == 0;
}

}  // namespace ackproof::redis
