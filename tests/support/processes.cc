#include "tests/support/processes.h"

#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <sstream>
#include <thread>

#include "tests/support/command.h"

namespace ackproof::testing_support {

std::vector<pid_t> processes_of(const std::string& text) {
  std::vector<pid_t> found;
  for (const std::filesystem::directory_entry& entry :
       std::filesystem::directory_iterator("/proc")) {
    const int pid = std::atoi(entry.path().filename().c_str());
    if (pid <= 0 || pid == getpid()) continue;
    if (read_file(entry.path() / "cmdline").find(text) != std::string::npos) found.push_back(pid);
  }
  return found;
}

std::vector<pid_t> processes_in(const std::filesystem::path& folder) {
  std::vector<pid_t> found = processes_of(folder.string());
  for (const std::filesystem::directory_entry& entry :
       std::filesystem::directory_iterator("/proc")) {
    std::error_code none;  // It may have ended.
    const std::filesystem::path place = std::filesystem::read_symlink(entry.path() / "cwd", none);
    if (place.string().rfind(folder.string(), 0) != 0) continue;
    const int pid = std::atoi(entry.path().filename().c_str());
    if (std::ranges::find(found, pid) == found.end()) found.push_back(pid);
  }
  return found;
}

bool is_shared_memory(const std::string& id) {
  std::istringstream table(read_file("/proc/sysvipc/shm"));
  for (std::string key, known, rest; table >> key >> known && std::getline(table, rest);) {
    if (known == id) return true;
  }
  return false;
}

bool comes_true(const std::function<bool()>& condition) {
  for (int n = 0; n < 500; ++n) {
    if (condition()) return true;
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
  return false;
}

}  // namespace ackproof::testing_support
