#include "harness/runner/identity.h"

#include <sys/utsname.h>

#include <ctime>
#include <thread>

#include "certificates/digest.h"
#include "harness/work_folder.h"

namespace ackproof {

std::string utc_now() {
  const std::time_t now = std::time(nullptr);
  std::tm utc{};
  gmtime_r(&now, &utc);
  char text[32];
  std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &utc);
  return text;
}

SuiteIdentity suite_identity() {
  static const std::string executable =
      certificates::sha256_of_file("/proc/self/exe");  // Some 100 MB with debug information.
  return {ACKPROOF_VERSION, ACKPROOF_CONTRACT_VERSION, executable};
}

Environment environment(const std::filesystem::path& stores) {
  Environment environment;
  utsname system{};
  if (uname(&system) == 0) {
    environment.system = std::string(system.sysname) + " " + system.release + " " + system.machine;
  }
#if defined(__clang__)
  environment.compiler = "clang " __clang_version__;
#elif defined(__GNUC__)
  environment.compiler = "g++ " __VERSION__;
#endif
  environment.cores = std::thread::hardware_concurrency();
  environment.file_system = file_system_of(stores);
  return environment;
}

}  // namespace ackproof
