#include "harness/runner/identity.h"

#include <openssl/evp.h>
#include <sys/utsname.h>

#include <array>
#include <ctime>
#include <fstream>
#include <memory>
#include <thread>
#include <vector>

#include "harness/work_folder.h"

namespace ackproof {

namespace {

std::string sha256_of_file(const char* path) {
  std::ifstream file(path, std::ios::binary);
  const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context(EVP_MD_CTX_new(),
                                                                        &EVP_MD_CTX_free);
  if (!file || !context || EVP_DigestInit_ex(context.get(), EVP_sha256(), nullptr) != 1) return {};
  std::vector<char> buffer(1U << 20U);
  while (file.read(buffer.data(), static_cast<std::streamsize>(buffer.size())) ||
         file.gcount() > 0) {
    EVP_DigestUpdate(context.get(), buffer.data(), static_cast<std::size_t>(file.gcount()));
  }
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned size = 0;
  EVP_DigestFinal_ex(context.get(), digest.data(), &size);
  std::string text = "sha256:";
  constexpr char kDigits[] = "0123456789abcdef";
  for (unsigned i = 0; i < size; ++i) {
    text += kDigits[digest[i] >> 4U];
    text += kDigits[digest[i] & 0xFU];
  }
  return text;
}

}  // namespace

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
      sha256_of_file("/proc/self/exe");  // Some 100 MB with debug information.
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
