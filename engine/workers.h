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
  // `turns` threads take turns. `activities` are done at a time; as many threads again fetch ahead meanwhile, so that
  // the next begins as soon as one ends.
  Workers(Engine& engine, unsigned turns, unsigned activities);
  // Stops fetching, and returns when what was begun is done.
  ~Workers();
  Workers(const Workers&) = delete;
  Workers& operator=(const Workers&) = delete;

 private:
  void run(const std::function<Step(Duration)>& step);
  void pause(Duration span);

  Engine& engine_;
  Slots slots_;  // Of activities.
  std::mutex mutex_;
  std::condition_variable stopping_;
  std::atomic<bool> stop_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace ackproof::engine
