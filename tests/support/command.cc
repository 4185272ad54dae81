#include "tests/support/command.h"

#include <stdlib.h>
#include <sys/wait.h>

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <stdexcept>
#include <vector>

namespace ackproof::testing_support {

namespace {

// Removes at exit what was created.
class Folders {
 public:
  ~Folders() {
    std::error_code ignored;
    for (const std::string& folder : all_) std::filesystem::remove_all(folder, ignored);
  }
  std::string create() {
    const char* given = getenv("TMPDIR");  // An empty one is none.
    std::string pattern = given != nullptr && *given != '\0' ? given : "/tmp";
    pattern += "/ackproof-test-XXXXXX";
    if (mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("no temporary folder");
    all_.push_back(pattern);
    return pattern;
  }

 private:
  std::vector<std::string> all_;
};

}  // namespace

std::string fresh_folder() {
  static Folders folders;
  return folders.create();
}

std::string read_file(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

CommandEnd run_command(const std::string& line) {
  const std::string folder = fresh_folder();
  const std::string whole = "unset ACKPROOF_URI; ( " + line + " ) >" + folder + "/out 2>" + folder + "/err </dev/null";
  const int status = std::system(whole.c_str());
  CommandEnd end;
  end.exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  end.out = read_file(folder + "/out");
  end.err = read_file(folder + "/err");
  return end;
}

std::string differs_from_golden(const std::string& actual, const std::string& name) {
  const std::string path = std::string(ACKPROOF_SOURCE_DIR) + "/tests/golden/" + name;
  if (getenv("ACKPROOF_UPDATE_GOLDEN") != nullptr) {
    std::ofstream(path, std::ios::binary) << actual;
    return {};
  }
  const std::string expected = read_file(path);
  if (actual == expected) return {};
  std::size_t at = 0;
  while (at < actual.size() && at < expected.size() && actual[at] == expected[at]) ++at;
  const std::size_t from = at < 200 ? 0 : at - 200;
  return "differs from tests/golden/" + name + " at byte " + std::to_string(at) + "; expected ..." +
         expected.substr(from, 400) + "...\nbut it is ..." + actual.substr(from, 400) +
         "...\nACKPROOF_UPDATE_GOLDEN=1 rewrites it";
}

}  // namespace ackproof::testing_support
