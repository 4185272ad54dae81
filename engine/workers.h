// Threads that take turns and do activities until they are told to stop.
#pragma once

#include <atomic>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

#include "engine/engine.h"

namespace ackproof::engine {

class Workers {
 public:
  Workers(Engine& engine, unsigned turns, unsigned activities);
  // Stops fetching, and returns when what was begun is done.
  ~Workers();
  Workers(const Workers&) = delete;
  Workers& operator=(const Workers&) = delete;

 private:
  void run(const std::function<Step(Duration)>& step);
  void pause(Duration span);

  Engine& engine_;
  std::mutex mutex_;
  std::condition_variable stopping_;
  std::atomic<bool> stop_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace ackproof::engine
