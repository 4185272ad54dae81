// Hears of everything that becomes deliverable, for the fetches of one handle that wait.
//
// The scripts publish which queue has something new (lua/store.lua). A thread listens on a
// connection of its own, from the first fetch that waits on; nothing is asked in between. What may
// have been missed while there was no connection counts as news.
#pragma once

#include <array>
#include <atomic>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

#include "contract/clock.h"
#include "reference_providers/redis/server.h"

namespace ackproof::redis {

enum class Queue : std::uint8_t { turns, activities };

class News {
 public:
  // Wakes those who wait on `clock`.
  News(Server& server, std::shared_ptr<Clock> clock);
  ~News();
  News(const News&) = delete;
  News& operator=(const News&) = delete;

  // How often there was news of a queue. Whoever looks into the store after this misses nothing: a
  // later arrival raises it. Throws Refused with `busy` if nobody can listen now.
  std::uint64_t heard(Queue queue, Moment deadline);

  // The same without making sure that somebody listens; asked by whoever waits.
  std::uint64_t so_far(Queue queue) const {
    return counts_[static_cast<std::size_t>(queue)].load();
  }

 private:
  void listen();
  void listen_once();
  void take(const Value& message);
  void tell_everybody();
  void set_listening(bool is_listening, const std::string& trouble);
  bool sleep_or_stop(int descriptor, std::chrono::milliseconds longest) const;

  Server& server_;
  const std::shared_ptr<Clock> clock_;
  const int stop_;  // An eventfd, readable when the thread has to end.
  std::array<std::atomic<std::uint64_t>, 2> counts_{};

  std::mutex mutex_;
  std::condition_variable changed_;
  bool is_listening_ = false;  // Guarded by mutex_.
  std::string trouble_;        // Guarded by mutex_: why nobody listens.
  std::thread thread_;         // Guarded by mutex_.
};

}  // namespace ackproof::redis
