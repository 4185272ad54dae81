#include "reference_providers/postgres/listener.h"

#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <system_error>

#include "reference_providers/postgres/errors.h"

namespace ackproof::postgres {

namespace {

// How long it goes on listening for a next fetch that has to wait.
constexpr std::chrono::seconds kRest{1};
constexpr std::chrono::milliseconds kTick{250};
constexpr std::chrono::milliseconds kBreath{50};

}  // namespace

class Listener::Receiver final : public pqxx::notification_receiver {
 public:
  Receiver(Listener& listener, pqxx::connection& connection, const std::string& channel)
      : notification_receiver(connection, channel), listener_(listener) {}
  void operator()(const std::string&, int) override { listener_.change(); }

 private:
  Listener& listener_;
};

Listener::Watcher::Watcher(Listener& listener) : listener_(listener) {
  const std::lock_guard lock(listener_.mutex_);
  ++listener_.watchers_;
  if (!listener_.thread_.joinable()) {
    listener_.thread_ = std::thread([&listener] { listener.run(); });
  }
}

Listener::Watcher::~Watcher() {
  const std::lock_guard lock(listener_.mutex_);
  --listener_.watchers_;
  listener_.last_watched_ = std::chrono::steady_clock::now();
}

std::uint64_t Listener::Watcher::watch() {
  std::unique_lock lock(listener_.mutex_);
  listener_.changed_.notify_all();
  const std::uint64_t failures = listener_.failures_;
  const auto is_decided = [&] {
    return listener_.is_listening_ || listener_.failures_ != failures;
  };
  if (!listener_.changed_.wait_for(lock, 2 * kPatience, is_decided)) {
    throw Refused(ErrorKind::busy, "the server takes too long to listen");
  }
  if (!listener_.is_listening_) throw Refused(ErrorKind::busy, listener_.failure_);
  return listener_.changes_;
}

Listener::Listener(const Pool& server, std::string schema, std::function<void()> on_change)
    : server_(server),
      schema_(std::move(schema)),
      on_change_(std::move(on_change)),
      bell_(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
  if (bell_ < 0) throw std::system_error(errno, std::generic_category(), "eventfd");
}

Listener::~Listener() {
  {
    const std::lock_guard lock(mutex_);
    stop_ = true;
  }
  changed_.notify_all();
  poke();
  if (thread_.joinable()) thread_.join();
  close(bell_);
}

void Listener::wait(std::uint64_t seen, Moment until) {
  std::unique_lock lock(mutex_);
  changed_.wait_until(lock, until, [&] { return changes_ != seen; });
}

void Listener::run() {
  while (true) {
    {
      std::unique_lock lock(mutex_);
      changed_.wait(lock, [&] { return stop_ || watchers_ > 0; });
      if (stop_) return;
    }
    std::string failure;
    try {
      listen();
    } catch (const std::exception& error) {
      failure = error.what();
    }
    std::unique_lock lock(mutex_);
    is_listening_ = false;
    if (failure.empty()) continue;
    failure_ = failure.substr(0, failure.find('\n'));
    ++failures_;
    lock.unlock();
    change();  // Whoever waits has to look, and to be told.
    lock.lock();
    changed_.wait_for(lock, kBreath, [&] { return stop_; });
  }
}

// Listens until nobody wants it any more. Throws when the connection breaks.
void Listener::listen() {
  Connection connection(server_.settings(), server_.sql());
  connection.serve(schema_);
  std::string channel;
  {
    pqxx::nontransaction asking(connection.raw());
    channel = Row(connection.call(asking, "channel")[0]).text(0);
  }
  const Receiver receiver(*this, connection.raw(), channel);
  {
    pqxx::nontransaction asking(connection.raw());
    connection.call(asking, "await_work");
  }
  {
    const std::lock_guard lock(mutex_);
    is_listening_ = true;
  }
  change();
  while (attend(connection)) {
  }
}

// Waits a while for notifications. False: it is time to end.
bool Listener::attend(Connection& connection) {
  std::array<pollfd, 2> sources = {pollfd{connection.raw().sock(), POLLIN, 0},
                                   pollfd{bell_, POLLIN, 0}};
  poll(sources.data(), sources.size(), static_cast<int>(kTick.count()));
  if (sources[0].revents != 0) connection.raw().get_notifs();
  return is_wanted();
}

bool Listener::is_wanted() {
  const std::lock_guard lock(mutex_);
  if (stop_) return false;
  if (watchers_ > 0 || std::chrono::steady_clock::now() < last_watched_ + kRest) return true;
  is_listening_ = false;  // From here on watchers wait for the next time.
  return false;
}

void Listener::change() {
  {
    const std::lock_guard lock(mutex_);
    ++changes_;
  }
  changed_.notify_all();
  on_change_();
}

void Listener::poke() const {
  const std::uint64_t one = 1;
  // The bell can only be full if it has not been heard yet.
  (void)!write(bell_, &one, sizeof one);
}

}  // namespace ackproof::postgres
