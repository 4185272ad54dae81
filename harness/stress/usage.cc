#include "harness/stress/usage.h"

#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

namespace ackproof::stress {

namespace {

std::string folder_of(pid_t process) { return "/proc/" + std::to_string(process); }

std::string text_of(const std::string& file) {
  std::ifstream in(file, std::ios::binary);
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

std::vector<pid_t> children_of(pid_t process) {
  std::vector<pid_t> children;
  std::error_code gone;  // Processes end while they are looked at.
  for (const auto& thread :
       std::filesystem::directory_iterator(folder_of(process) + "/task", gone)) {
    std::istringstream list(text_of(thread.path() / "children"));
    for (pid_t child = 0; list >> child;) children.push_back(child);
  }
  return children;
}

std::uint64_t ticks_us(std::uint64_t ticks) {
  static const auto kPerSecond = static_cast<std::uint64_t>(sysconf(_SC_CLK_TCK));
  return ticks * 1'000'000 / kPerSecond;
}

// Its processor time and that of its children that have ended.
void add_processor(pid_t process, StressUsage& usage) {
  const std::string stat = text_of(folder_of(process) + "/stat");
  const std::size_t name_end = stat.rfind(')');  // The name may contain anything.
  if (name_end == std::string::npos) return;
  std::istringstream fields(stat.substr(name_end + 1));
  std::string ignored;
  for (int i = 0; i < 11; ++i) fields >> ignored;  // Up to the 13th field of the line.
  std::uint64_t user = 0;
  std::uint64_t system = 0;
  std::uint64_t ended_user = 0;
  std::uint64_t ended_system = 0;
  fields >> user >> system >> ended_user >> ended_system;
  usage.user_us += ticks_us(user + ended_user);
  usage.system_us += ticks_us(system + ended_system);
}

// Shared pages count as a share, so that the sum over all processes has each page once.
void add_memory(pid_t process, StressUsage& usage) {
  std::ifstream lines(folder_of(process) + "/smaps_rollup");
  for (std::string line; std::getline(lines, line);) {
    if (line.rfind("Pss:", 0) != 0) continue;
    usage.peak_bytes += std::strtoull(line.c_str() + 4, nullptr, 10) * 1'024;
    return;
  }
}

void add_all(pid_t process, StressUsage& usage) {
  add_processor(process, usage);
  add_memory(process, usage);
  for (const pid_t child : children_of(process)) add_all(child, usage);
}

std::uint64_t microseconds(const timeval& time) {
  return static_cast<std::uint64_t>(time.tv_sec) * 1'000'000 +
         static_cast<std::uint64_t>(time.tv_usec);
}

}  // namespace

StressUsage usage_of_this_process() {
  rusage used{};
  getrusage(RUSAGE_SELF, &used);
  return {static_cast<std::uint64_t>(used.ru_maxrss) * 1'024, microseconds(used.ru_utime),
          microseconds(used.ru_stime)};
}

ServerUsage::ServerUsage(pid_t process) : process_(process) {
  add_all(process_, before_);
  told_.peak_bytes = before_.peak_bytes;
}

void ServerUsage::look() {
  StressUsage now;
  add_all(process_, now);
  told_.peak_bytes = std::max(told_.peak_bytes, now.peak_bytes);
  // A child that ends between two looks at the tree is missed for a moment.
  told_.user_us = std::max(told_.user_us, now.user_us - std::min(now.user_us, before_.user_us));
  told_.system_us =
      std::max(told_.system_us, now.system_us - std::min(now.system_us, before_.system_us));
}

std::uint64_t load_average() {
  double average = 0;
  return getloadavg(&average, 1) == 1 ? static_cast<std::uint64_t>(average * 100) : 0;
}

}  // namespace ackproof::stress
