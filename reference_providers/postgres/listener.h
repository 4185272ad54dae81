// Hears of work: LISTEN on a connection of its own, from when a fetch first has to wait until a while
// after none does.
//
// No wake-up is lost: from `watch()` on, whatever becomes deliverable counts as a change, because
// every other call either notifies, or had committed before `watch()` returned (`await_work` in
// `sql.h`).
#pragma once

#include <atomic>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <string>
#include <thread>

#include "reference_providers/postgres/pool.h"

namespace ackproof::postgres {

// Safe from any thread. Its end waits for nobody: no call may be waiting then.
class Listener {
 public:
  // `on_change` is called after each change, from the listener's thread.
  Listener(const Pool& server, std::string schema, std::function<void()> on_change);
  ~Listener();
  Listener(const Listener&) = delete;
  Listener& operator=(const Listener&) = delete;

  // Keeps the listener listening.
  class Watcher {
   public:
    explicit Watcher(Listener& listener);
    ~Watcher();
    Watcher(const Watcher&) = delete;
    Watcher& operator=(const Watcher&) = delete;

    // Returns once it listens: the number of changes until now. Look after this, and wait with it.
    // Throws Refused (busy) when the server cannot be reached.
    std::uint64_t watch();

   private:
    Listener& listener_;
  };

  std::uint64_t changes() const { return changes_; }

  // Until there is another change than those seen, or `until`.
  void wait(std::uint64_t seen, Moment until);

 private:
  class Receiver;

  void run();
  void listen();
  bool attend(Connection& connection);
  bool is_wanted();
  void change();
  void poke() const;

  const Pool& server_;
  const std::string schema_;
  const std::function<void()> on_change_;
  const int bell_;  // An eventfd that interrupts the listening thread.
  std::atomic<std::uint64_t> changes_ = 0;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::size_t watchers_ = 0;  // This and all below are guarded by mutex_.
  Moment last_watched_;
  bool is_listening_ = false;
  std::uint64_t failures_ = 0;
  std::string failure_;
  bool stop_ = false;
  std::thread thread_;
};

}  // namespace ackproof::postgres
