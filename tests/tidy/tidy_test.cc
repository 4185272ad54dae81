// The source tree as a test subject: who includes whom, what is built, what must not stand in a
// validation.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <regex>
#include <set>
#include <sstream>
#include <string>
#include <vector>

namespace ackproof {
namespace {

namespace fs = std::filesystem;

const fs::path kRoot = ACKPROOF_SOURCE_DIR;

std::string text_of(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

// Every source file, as its path in the repository.
std::vector<std::string> sources() {
  std::vector<std::string> files;
  for (const char* folder : {"certificates", "contract", "engine", "examples", "validations",
                             "reference_providers", "harness", "reports", "tests"}) {
    for (const fs::directory_entry& entry : fs::recursive_directory_iterator(kRoot / folder)) {
      const std::string extension = entry.path().extension();
      const bool stranger = entry.path().string().find("/tests/consumer/") != std::string::npos;
      if (!stranger && (extension == ".cc" || extension == ".h")) {
        files.push_back(fs::relative(entry.path(), kRoot));
      }
    }
  }
  std::ranges::sort(files);
  return files;
}

std::vector<std::string> includes_of(const std::string& file) {
  static const std::regex kInclude("^#include [\"<]([^\">]+)[\">]", std::regex::multiline);
  const std::string text = text_of(kRoot / file);
  std::vector<std::string> found;
  for (std::sregex_iterator at(text.begin(), text.end(), kInclude), end; at != end; ++at) {
    found.push_back((*at)[1]);
  }
  return found;
}

bool starts_with(const std::string& text, const std::string& beginning) {
  return text.rfind(beginning, 0) == 0;
}

// The part of the architecture that a file belongs to, and the parts that it may include besides
// its own.
std::string part_of(const std::string& file) {
  if (starts_with(file, "reference_providers/")) {
    return file.substr(0, file.find('/', std::string("reference_providers/").size()));
  }
  if (starts_with(file, "harness/stress/")) return "harness/stress";
  return file.substr(0, file.find('/'));
}

bool may_include(const std::string& from, const std::string& part) {
  static const std::map<std::string, std::set<std::string>> kAllowed = {
      {"contract", {}},
      {"engine", {"contract"}},
      {"reports", {"contract"}},
      {"certificates", {"contract", "reports"}},
      {"validations", {"contract", "engine"}},
      {"harness", {"certificates", "contract", "harness/stress", "reports", "validations"}},
      {"harness/stress", {"contract", "engine", "harness", "reports", "validations"}},
  };
  const std::string own = part_of(from);
  if (own == part || own == "tests") return true;
  // Where everything meets.
  if (from == "harness/ackproof.cc" || from == "reference_providers/all.cc" || own == "examples") {
    return true;
  }
  if (own == "reference_providers/filesystem" && part == "reference_providers/memory") return true;
  if (starts_with(own, "reference_providers/")) return part == "contract";
  return kAllowed.at(own).count(part) != 0;
}

TEST(Tidy, folders_depend_only_downwards) {
  for (const std::string& file : sources()) {
    for (const std::string& included : includes_of(file)) {
      if (!fs::exists(kRoot / included)) continue;  // Of a library.
      EXPECT_TRUE(may_include(file, part_of(included))) << file << " includes " << included;
    }
  }
}

// Servers know nothing of providers, and what runs validations knows nothing of servers.
TEST(Tidy, the_harness_keeps_servers_and_runner_apart) {
  for (const std::string& file : sources()) {
    const bool of_servers =
        starts_with(file, "harness/servers/") || starts_with(file, "harness/keeper.");
    for (const std::string& included : includes_of(file)) {
      if (!fs::exists(kRoot / included)) continue;
      if (of_servers) {
        EXPECT_TRUE(starts_with(included, "harness/servers/") || included == "harness/keeper.h" ||
                    included == "harness/work_folder.h" || included == "contract/result.h")
            << file << " includes " << included;
      }
      if (starts_with(file, "harness/runner/")) {
        EXPECT_FALSE(starts_with(included, "harness/servers/")) << file << " includes " << included;
      }
    }
  }
}

TEST(Tidy, heavy_libraries_stay_where_they_belong) {
  for (const std::string& file : sources()) {
    const bool in_tests = starts_with(file, "tests/");
    for (const std::string& included : includes_of(file)) {
      if (starts_with(included, "gtest/")) {
        EXPECT_TRUE(in_tests || starts_with(file, "validations/")) << file << ": " << included;
      }
      if (starts_with(included, "CLI/")) {
        EXPECT_TRUE(starts_with(file, "harness/cli/") && file.ends_with(".cc")) << file;
      }
      if (starts_with(included, "nlohmann/")) {
        // A private header may serve several sources, but is never installed. Programs of the engine speak JSON.
        const bool source = file.ends_with(".cc");
        EXPECT_TRUE(in_tests || source || file.ends_with("_io.h") || starts_with(file, "engine/"))
            << file << ": " << included;
      }
      if (starts_with(included, "openssl/")) {
        EXPECT_TRUE(starts_with(file, "certificates/")) << file << ": " << included;
      }
      if (starts_with(included, "sqlite3")) {
        EXPECT_TRUE(in_tests || starts_with(file, "reference_providers/sqlite/")) << file;
      }
      if (starts_with(included, "pqxx/") || starts_with(included, "libpq")) {
        EXPECT_TRUE(in_tests || starts_with(file, "reference_providers/postgres/")) << file;
      }
      if (starts_with(included, "hiredis")) {
        EXPECT_TRUE(in_tests || starts_with(file, "reference_providers/redis/")) << file;
      }
    }
  }
}

// Whether a CMakeLists.txt of the file's folder, or of one above it, names it as a word of its own.
bool is_in_a_target(const std::string& file) {
  for (fs::path folder = (kRoot / file).parent_path();; folder = folder.parent_path()) {
    std::istringstream words(text_of(folder / "CMakeLists.txt"));
    const std::string wanted = fs::relative(kRoot / file, folder);
    for (std::string word; words >> word;) {
      word.erase(
          std::remove_if(word.begin(), word.end(), [](char c) { return c == '(' || c == ')'; }),
          word.end());
      if (word == wanted) return true;
    }
    if (folder == kRoot) return false;
  }
}

TEST(Tidy, every_source_is_built_and_every_header_included) {
  std::set<std::string> included;
  for (const std::string& file : sources()) {
    for (const std::string& header : includes_of(file)) included.insert(header);
  }
  for (const std::string& file : sources()) {
    if (file.ends_with(".cc")) {
      EXPECT_TRUE(is_in_a_target(file)) << file << " is in no target";
    } else {
      EXPECT_TRUE(included.count(file) != 0) << file << " is included by nobody";
    }
  }
}

TEST(Tidy, validations_neither_wait_nor_skip_nor_roll_dice) {
  const std::regex forbidden(
      "sleep_for|sleep_until|usleep|nanosleep|GTEST_SKIP|system_clock|steady_clock|[^_a-z]s?rand\\("
      "|"
      "random_device");
  for (const std::string& file : sources()) {
    if (!starts_with(file, "validations/") || !file.ends_with(".cc")) continue;
    const bool kit = file == "validations/context.cc" || file == "validations/trace.cc" ||
                     file == "validations/build.cc";
    if (kit) continue;
    std::smatch found;
    const std::string text = text_of(kRoot / file);
    EXPECT_FALSE(std::regex_search(text, found, forbidden)) << file << ": " << found.str();
  }
}

// g++ 12 silently miscompiles awaits elsewhere (GCC bug 106188).
TEST(Tidy, awaits_begin_a_statement_or_an_initialiser) {
  const std::regex good("^ *(co_return )?co_await .*|^ *const [^=]* = co_await .*");
  for (const std::string& file : sources()) {
    if (file == "tests/tidy/tidy_test.cc") continue;
    std::istringstream lines(text_of(kRoot / file));
    for (std::string line; std::getline(lines, line);) {
      const std::string code = line.substr(0, line.find("//"));
      if (code.find("co_await") == std::string::npos) continue;
      if (code.find("operator co_await") != std::string::npos) continue;
      EXPECT_TRUE(std::regex_match(code, good)) << file << ": " << line;
    }
  }
}

TEST(Tidy, headers_say_pragma_once_and_open_with_a_comment) {
  for (const std::string& file : sources()) {
    if (!file.ends_with(".h")) continue;
    const std::string text = text_of(kRoot / file);
    EXPECT_TRUE(starts_with(text, "// ")) << file;
    EXPECT_NE(text.find("#pragma once"), std::string::npos) << file;
  }
}

TEST(Tidy, documents_have_no_blanks_and_no_dead_links) {
  const std::regex blank("@[A-Z]+@");
  const std::regex link("\\]\\(([^)#:]+)\\)");
  for (const char* document : {"README.md", "CHANGELOG.md", "contract/README.md",
                               "contract/DECISIONS.md", "engine/README.md", "reports/README.md"}) {
    const std::string text = text_of(kRoot / document);
    EXPECT_FALSE(std::regex_search(text, blank)) << document;
    for (std::sregex_iterator at(text.begin(), text.end(), link), end; at != end; ++at) {
      const fs::path target = (kRoot / document).parent_path() / std::string((*at)[1]);
      EXPECT_TRUE(fs::exists(target)) << document << " links to " << (*at)[1];
    }
  }
}

TEST(Tidy, nothing_is_left_for_later) {
  const std::regex left(
      "\\b(TODO|FIXME|XX"
      "X)\\b");
  for (const std::string& file : sources()) {
    if (file == "tests/tidy/tidy_test.cc") continue;
    const bool speaks_tap = file == "reports/tap.cc" || starts_with(file, "tests/reports/");
    const std::string text = text_of(kRoot / file);  // "# TODO" is a word of TAP.
    EXPECT_FALSE(!speaks_tap && std::regex_search(text, left)) << file;
  }
}

}  // namespace
}  // namespace ackproof
