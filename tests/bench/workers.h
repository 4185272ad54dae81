// Threads that do the same again and again for a while.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <numeric>
#include <thread>
#include <vector>

namespace ackproof::bench {

// How often a second `workers` threads do `once`, which is told the number of its worker.
template <class Once>
double per_second(int workers, double seconds, const Once& once) {
  using Clock = std::chrono::steady_clock;
  std::atomic<bool> is_over = false;
  std::vector<std::uint64_t> done(static_cast<std::size_t>(workers));
  std::vector<std::thread> threads;
  const auto begin = Clock::now();
  for (int worker = 0; worker < workers; ++worker) {
    threads.emplace_back([&, worker] {
      std::uint64_t count = 0;
      for (; !is_over; ++count) once(worker);
      done[static_cast<std::size_t>(worker)] = count;
    });
  }
  std::this_thread::sleep_for(std::chrono::duration<double>(seconds));
  is_over = true;
  for (std::thread& thread : threads) thread.join();
  const std::chrono::duration<double> took = Clock::now() - begin;
  const auto all = std::accumulate(done.begin(), done.end(), std::uint64_t{0});
  return static_cast<double>(all) / took.count();
}

}  // namespace ackproof::bench
