// Private servers: they start, survive being killed, and leave nothing behind, however the program that started them
// ends.
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <fstream>
#include <sstream>

#include "harness/servers/places.h"
#include "harness/servers/redis_cluster.h"
#include "harness/servers/resp.h"
#include "harness/servers/server.h"
#include "tests/support/command.h"
#include "tests/support/processes.h"

namespace ackproof::servers {
namespace {

namespace fs = std::filesystem;
using testing_support::comes_true;
using testing_support::CommandEnd;
using testing_support::fresh_folder;
using testing_support::is_shared_memory;
using testing_support::processes_in;
using testing_support::read_file;
using testing_support::run_command;

// What this kind of server is asked by its own command-line client.
std::string psql(const std::string& uri, const std::string& sql) {
  const CommandEnd end = run_command("psql --no-psqlrc -qtA '" + uri + "' -c \"" + sql + "\"");
  return end.exit_code == 0 ? end.out : "psql failed: " + end.err;
}

std::string redis(const std::string& uri, const std::string& command) {
  const std::string path = uri.substr(uri.find("//") + 2);
  return run_command("redis-cli -s " + path + " " + command).out;
}

struct Kind {
  const char* name;
  std::string (*write)(const std::string& uri);  // Stores the number 41.
  std::string (*read)(const std::string& uri);
};

const Kind kKinds[] = {
    {"postgresql",
     [](const std::string& uri) {
       return psql(uri, "create table t (n int); insert into t values (41)");
     },
     [](const std::string& uri) { return psql(uri, "select n from t"); }},
    {"redis", [](const std::string& uri) { return redis(uri, "set n 41"); },
     [](const std::string& uri) { return redis(uri, "get n"); }},
};

void PrintTo(const Kind& kind, std::ostream* out) { *out << kind.name; }

// The id of the shared memory of a PostgreSQL server; empty for another one.
std::string shared_memory_of(const fs::path& folder) {
  std::istringstream lines(read_file(folder / "data" / "postmaster.pid"));
  std::string line;
  for (int n = 1; n <= 7; ++n) std::getline(lines, line);
  std::istringstream words(line);
  std::string key;
  std::string id;
  words >> key >> id;
  return id;
}

class ServerTest : public testing::TestWithParam<Kind> {};

TEST_P(ServerTest, keeps_what_it_confirmed_when_it_is_killed_and_when_it_is_stopped) {
  Server server = start(GetParam().name).value();
  ASSERT_EQ(GetParam().read(server.uri()).find("41"), std::string::npos);
  GetParam().write(server.uri());
  ASSERT_EQ(GetParam().read(server.uri()), "41\n");

  server.kill();
  EXPECT_FALSE(server.is_running());
  EXPECT_EQ(processes_in(server.folder()), std::vector<pid_t>());
  EXPECT_NE(GetParam().read(server.uri()), "41\n");
  server.restart().value();
  EXPECT_EQ(GetParam().read(server.uri()), "41\n");

  server.stop();
  EXPECT_FALSE(server.is_running());
  EXPECT_EQ(processes_in(server.folder()), std::vector<pid_t>());
  server.restart().value();
  EXPECT_EQ(GetParam().read(server.uri()), "41\n");
}

TEST_P(ServerTest, leaves_nothing_behind) {
  fs::path folder;
  std::string memory;
  {
    const Server server = start(GetParam().name).value();
    folder = server.folder();
    memory = shared_memory_of(folder);
    EXPECT_EQ(is_shared_memory(memory), GetParam().name == std::string("postgresql"));
    EXPECT_TRUE(fs::exists(folder));
    EXPECT_FALSE(processes_in(folder).empty());
  }
  EXPECT_FALSE(fs::exists(folder));
  EXPECT_EQ(processes_in(folder), std::vector<pid_t>());
  EXPECT_FALSE(is_shared_memory(memory));
}

TEST_P(ServerTest, leaves_nothing_behind_when_it_was_killed) {
  fs::path folder;
  std::string memory;
  {
    Server server = start(GetParam().name).value();
    folder = server.folder();
    memory = shared_memory_of(folder);
    server.kill();
  }
  EXPECT_FALSE(fs::exists(folder));
  EXPECT_FALSE(is_shared_memory(memory));
}

TEST_P(ServerTest, its_folder_is_closed_to_others) {
  const Server server = start(GetParam().name).value();

  EXPECT_EQ(fs::status(server.folder()).permissions(), fs::perms::owner_all);
}

// Two at a time have nothing in common.
TEST_P(ServerTest, is_private) {
  const Server one = start(GetParam().name).value();
  const Server other = start(GetParam().name).value();

  GetParam().write(one.uri());

  EXPECT_EQ(GetParam().read(one.uri()), "41\n");
  EXPECT_NE(GetParam().read(other.uri()), "41\n");
}

TEST_P(ServerTest, a_signal_from_the_terminal_does_not_reach_it) {
  setpgid(0, 0);  // Whoever runs this test is to be spared.
  Server server = start(GetParam().name).value();
  struct sigaction ignore {};
  ignore.sa_handler = SIG_IGN;
  struct sigaction before {};
  sigaction(SIGINT, &ignore, &before);

  kill(0, SIGINT);

  sigaction(SIGINT, &before, nullptr);
  GetParam().write(server.uri());
  EXPECT_EQ(GetParam().read(server.uri()), "41\n");
}

TEST_P(ServerTest, a_long_or_closed_temporary_folder_is_not_used) {
  const std::string deep = fresh_folder() + "/" + std::string(90, 'd');
  fs::create_directory(deep);
  const char* before = std::getenv("TMPDIR");
  const std::string kept = before == nullptr ? "" : before;
  setenv("TMPDIR", deep.c_str(), 1);

  const Result<Server> server = start(GetParam().name);

  before == nullptr ? unsetenv("TMPDIR") : setenv("TMPDIR", kept.c_str(), 1);
  ASSERT_TRUE(server.has_value()) << server.error().message;
  EXPECT_EQ(server.value().folder().parent_path(), "/tmp");
}

INSTANTIATE_TEST_SUITE_P(Servers, ServerTest, testing::ValuesIn(kKinds),
                         [](const testing::TestParamInfo<Kind>& row) {
                           return std::string(row.param.name);
                         });

// A program that starts one server of each kind, says so in shared memory and waits.
struct Started {
  std::atomic<bool> ready{false};
  char folders[2][64];
};

[[noreturn]] void start_both_and_wait(Started& started) {
  std::vector<Server> servers;
  for (std::size_t n = 0; n < 2; ++n) {
    servers.push_back(start(kKinds[n].name).value());
    std::snprintf(started.folders[n], sizeof started.folders[n], "%s",
                  servers.back().folder().c_str());
  }
  started.ready = true;
  for (;;) pause();
}

// Ends a program that has servers, by SIGKILL, and looks for what is left.
void die_and_look() {
  void* page =
      mmap(nullptr, sizeof(Started), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  auto* started = new (page) Started;
  const pid_t program = fork();
  if (program == 0) start_both_and_wait(*started);
  ASSERT_TRUE(comes_true([&] { return started->ready.load(); }));
  const std::string memory = shared_memory_of(started->folders[0]);
  ASSERT_TRUE(is_shared_memory(memory));
  // A session that is busy does not notice that its server is gone.
  const std::string busy =
      std::string("psql -h ") + started->folders[0] +
      " -p 5432 -U ackproof postgres -c 'select pg_sleep(600)' >/dev/null 2>&1 &";
  ASSERT_EQ(std::system(busy.c_str()), 0);
  ASSERT_TRUE(comes_true([&] {
    return std::ranges::any_of(processes_in(started->folders[0]), [](pid_t pid) {
      return read_file("/proc/" + std::to_string(pid) + "/cmdline").find("SELECT") !=
             std::string::npos;
    });
  }));

  kill(program, SIGKILL);
  waitpid(program, nullptr, 0);

  for (const char* folder : started->folders) {
    EXPECT_TRUE(comes_true([&] { return !fs::exists(folder) && processes_in(folder).empty(); }))
        << folder << " is still there";
  }
  EXPECT_FALSE(is_shared_memory(memory));
  munmap(page, sizeof(Started));
}

TEST(Servers, nothing_is_left_when_the_program_is_killed) { die_and_look(); }

TEST(Servers, programs_are_sought_in_order) {
  const fs::path first = fresh_folder();
  const fs::path second = fresh_folder();
  std::ofstream(first / "initdb");
  for (const char* program : {"initdb", "postgres"}) {
    std::ofstream(second / program);
    fs::permissions(second / program, fs::perms::owner_exec, fs::perm_options::add);
  }

  EXPECT_EQ(folder_of_programs({"/nowhere", first, second}, {"initdb", "postgres"}), second);
  EXPECT_FALSE(folder_of_programs({first}, {"initdb", "postgres"}).has_value());
}

TEST(Servers, a_server_that_cannot_start_says_why) {
  const fs::path folder = private_folder(std::nullopt).value();

  const Result<Server> server = Server::start(
      {.title = "Nothing",
       .uri = "",
       .keeping = {.folder = folder, .commands = {{"/bin/sh", "-c", "echo no luck today; exit 1"}}},
       .stop_signal = SIGTERM,
       .is_ready = [](pid_t) { return false; }});

  ASSERT_FALSE(server.has_value());
  EXPECT_NE(server.error().message.find("no luck today"), std::string::npos)
      << server.error().message;
  EXPECT_FALSE(fs::exists(folder));
}

TEST(Servers, a_kind_that_cannot_be_started_is_refused) {
  EXPECT_EQ(start("cobol").error().kind, ErrorKind::unsupported);
}

TEST(Servers, a_cluster_serves_all_slots_and_is_gone_afterwards) {
  std::vector<fs::path> folders;
  {
    RedisCluster cluster = RedisCluster::start().value();
    ASSERT_EQ(cluster.masters().size(), 3U);
    for (const Server& master : cluster.masters()) folders.push_back(master.folder());
    const std::string port = cluster.uri().substr(cluster.uri().rfind(':') + 1);
    for (const char* key : {"a", "b", "c", "d", "e", "f"}) {
      EXPECT_EQ(run_command("redis-cli -c -p " + port + " set " + key + " 1").out, "OK\n");
    }
  }
  for (const fs::path& folder : folders) {
    EXPECT_FALSE(fs::exists(folder));
    EXPECT_EQ(processes_in(folder), std::vector<pid_t>());
  }
}

}  // namespace
}  // namespace ackproof::servers
