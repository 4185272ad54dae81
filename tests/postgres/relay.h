// Stands between a provider and its server: counts round trips, and can lose a reply.
#pragma once

#include <atomic>
#include <filesystem>
#include <string>
#include <thread>
#include <vector>

namespace ackproof {

// Listens on a Unix socket and passes everything on to another one.
class Relay {
 public:
  // `server` is the folder with the server's socket.
  explicit Relay(const std::filesystem::path& server);
  ~Relay();
  Relay(const Relay&) = delete;
  Relay& operator=(const Relay&) = delete;

  // Where a client connects to: the same address with this folder in it.
  const std::filesystem::path& folder() const { return folder_; }

  // How often a client sent something after the server had answered.
  int round_trips() const { return round_trips_; }

  // The next request is passed on, and instead of its reply the client gets the end of the connection.
  void lose_next_reply() { loses_ = true; }

 private:
  void serve();
  void pass(int client);

  const std::filesystem::path folder_;
  const std::filesystem::path server_;
  int listening_ = -1;
  std::atomic<int> round_trips_ = 0;
  std::atomic<bool> loses_ = false;
  std::atomic<bool> stop_ = false;
  std::vector<std::thread> passing_;  // Of the serving thread alone.
  std::thread serving_;
};

}  // namespace ackproof
