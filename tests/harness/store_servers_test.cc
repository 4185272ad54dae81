// The command line and servers: where stores live, what is left there, what is told of it, and several providers in one
// run.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <optional>
#include <sstream>

#include "harness/servers/server.h"
#include "reports/run_json.h"
#include "tests/support/command.h"
#include "tests/support/processes.h"

namespace ackproof {
namespace {

namespace fs = std::filesystem;
using testing_support::comes_true;
using testing_support::CommandEnd;
using testing_support::fresh_folder;
using testing_support::processes_in;
using testing_support::processes_of;
using testing_support::read_file;
using testing_support::run_command;

using Record = Run;  // In a test's body `Run` is GoogleTest's.

constexpr const char* kOne = " --filter expired_token_is_dead_though_nobody_took_over";

CommandEnd misbehaving(const std::string& arguments, const std::string& before = "") {
  return run_command(before + " " + ACKPROOF_MISBEHAVING + " " + arguments);
}

Record record_in(const std::string& folder) {
  return reports::read_run(read_file(folder + "/run.json")).value();
}

Outcome outcome_in(const std::string& folder) { return record_in(folder).verdicts.at(0).outcome; }

bool has(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

std::string psql(const std::string& uri, const std::string& sql) {
  return run_command("psql --no-psqlrc -qtA '" + uri + "' -c \"" + sql + "\"").out;
}

std::string schemas(const std::string& uri) {
  return psql(uri, "select string_agg(nspname, ' ' order by 1) from pg_namespace");
}

std::string keys(const std::string& uri) {
  return run_command("redis-cli -s " + uri.substr(uri.find("//") + 2) + " keys '*'").out;
}

TEST(StoreServers, a_provider_gets_a_private_server_of_its_kind) {
  for (const char* kind : {"postgresql", "redis"}) {
    const std::string out = fresh_folder();
    const CommandEnd end = misbehaving(std::string("certify on_") + kind + kOne + " --out " + out);

    EXPECT_EQ(end.exit_code, 0) << end.out << end.err;
    EXPECT_EQ(outcome_in(out), Outcome::passed);
    const std::string title = std::string(kind) == "redis" ? "Redis" : "PostgreSQL";
    EXPECT_EQ(record_in(out).environment.server, title + ", private");
    EXPECT_TRUE(has(end.out, title + ", private")) << end.out;
  }
}

TEST(StoreServers, a_mutant_gets_one_too) {
  const std::string out = fresh_folder();

  const CommandEnd end =
      misbehaving(std::string("certify mutant:on_redis") + kOne + " --out " + out);

  EXPECT_EQ(end.exit_code, 0) << end.err;

  EXPECT_EQ(record_in(out).environment.server, "Redis, private");
}

TEST(StoreServers, an_embedded_provider_is_recorded_without_a_server) {
  const std::string out = fresh_folder();

  EXPECT_EQ(misbehaving(std::string("certify memory") + kOne + " --out " + out).exit_code, 0);

  EXPECT_EQ(record_in(out).environment.server, "");
}

// The server is not ours: what was there stays, and nothing is added, whatever happens to the processes that use it.
TEST(StoreServers, nothing_is_left_on_a_given_postgresql) {
  const servers::Server server = servers::start_postgresql().value();
  psql(server.uri(), "create schema others; create table others.t (n int)");
  const std::string before = schemas(server.uri());

  for (const auto& [provider, outcome] : {std::pair{"on_postgresql", Outcome::passed},
                                          {"crashing_on_postgresql", Outcome::crashed},
                                          {"hanging_on_postgresql", Outcome::timed_out}}) {
    const std::string out = fresh_folder();
    const CommandEnd end = misbehaving(std::string("certify ") + provider + kOne +
                                       " --timeout 1 --uri '" + server.uri() + "' --out " + out);

    EXPECT_EQ(outcome_in(out), outcome) << end.out << end.err;
    EXPECT_EQ(schemas(server.uri()), before) << provider;
  }
  EXPECT_EQ(psql(server.uri(), "select count(*) from others.t"), "0\n");
}

TEST(StoreServers, nothing_is_left_on_a_given_redis) {
  const servers::Server server = servers::start_redis().value();
  run_command("redis-cli -s " + server.uri().substr(7) + " set others 1");

  for (const auto& [provider, outcome] : {std::pair{"on_redis", Outcome::passed},
                                          {"crashing_on_redis", Outcome::crashed},
                                          {"hanging_on_redis", Outcome::timed_out}}) {
    const std::string out = fresh_folder();
    const CommandEnd end =
        misbehaving(std::string("certify ") + provider + kOne + " --timeout 1 --out " + out,
                    "ACKPROOF_URI='" + server.uri() + "'");

    EXPECT_EQ(outcome_in(out), outcome) << end.out << end.err;
    EXPECT_EQ(keys(server.uri()), "others\n") << provider;
    EXPECT_EQ(record_in(out).environment.server, server.uri());
  }
}

TEST(StoreServers, nothing_is_left_on_a_given_server_after_an_interrupt) {
  const servers::Server server = servers::start_redis().value();
  const std::string out = fresh_folder();

  const CommandEnd end = run_command(
      std::string(ACKPROOF_MISBEHAVING) + " certify hanging_on_redis -j 2 --uri " + server.uri() +
      " --out " + out + " >" + out + "/log & run=$!; until redis-cli -s " + server.uri().substr(7) +
      " keys '*' | grep -v describe | grep -q ackproof; do sleep 0.05; done; kill -INT $run; wait "
      "$run");

  EXPECT_EQ(end.exit_code, 130) << end.err;
  EXPECT_EQ(keys(server.uri()), "\n");
}

TEST(StoreServers, what_cannot_be_removed_is_named) {
  std::optional<servers::Server> server = servers::start_redis().value();
  const std::string out = fresh_folder();

  const CommandEnd end =
      run_command(std::string(ACKPROOF_MISBEHAVING) + " certify hanging_on_redis -j 1 --timeout 2" +
                  kOne + " --uri " + server->uri() + " --out " + out +
                  " & run=$!; until redis-cli -s " + server->uri().substr(7) +
                  " keys '*' | grep -v describe | grep -q ackproof; do sleep 0.05; done; "
                  "redis-cli -s " +
                  server->uri().substr(7) + " shutdown nosave; wait $run");

  EXPECT_TRUE(has(end.err, "could not be removed from the server: ackproof_")) << end.err;
}

// A password in every form in which an address can hold one.
TEST(StoreServers, a_password_is_told_nowhere) {
  const std::string uri = "postgresql://ann:s3cr%40t-word@127.0.0.1:1/app?password=0ther-word";
  for (const bool by_option : {true, false}) {
    const std::string out = fresh_folder();
    const CommandEnd end = misbehaving(
        std::string("certify telling") + kOne + " --format all --events " + out +
            "/events.ndjson --out " + out + (by_option ? " --uri '" + uri + "'" : std::string()),
        by_option ? "" : "ACKPROOF_URI='" + uri + "'");
    std::string told = end.out + end.err;
    std::size_t files = 0;
    for (const fs::directory_entry& file : fs::directory_iterator(out)) {
      told += read_file(file.path());
      ++files;
    }
    const CommandEnd again =
        run_command(std::string(ACKPROOF_MISBEHAVING) + " report " + out + "/run.json");

    EXPECT_EQ(end.exit_code, 1) << end.err;
    EXPECT_EQ(files, 10U) << "the record, eight formats and the events";
    EXPECT_TRUE(has(told, "no answer from")) << "the provider's own words are missing";
    EXPECT_TRUE(has(told, "connecting to")) << "the provider's output is missing";
    for (const char* secret : {"s3cr", "t-word", "0ther"}) {
      EXPECT_FALSE(has(told + again.out, secret)) << secret << " is told";
    }
    EXPECT_EQ(record_in(out).environment.server, "postgresql://127.0.0.1:1/app");
  }
}

TEST(StoreServers, a_password_is_not_told_by_refusals) {
  const std::string uri = "redis://:s3cret-word@127.0.0.1:1";
  for (const char* arguments :
       {"certify unreachable --uri ", "certify memory --uri ", "certify on_redis telling --uri ",
        "certify ", "certify on_redis --nosuch ", "certify on_redis --seed ", "list ",
        "explain "}) {
    const CommandEnd end = misbehaving(arguments + uri + " --out " + fresh_folder());

    EXPECT_NE(end.exit_code, 0);
    EXPECT_FALSE(end.err.empty());
    EXPECT_FALSE(has(end.out + end.err, "s3cret")) << arguments << "\n" << end.err;
  }
}

TEST(StoreServers, a_password_cannot_be_read_in_the_list_of_processes) {
  const std::string out = fresh_folder();
  const CommandEnd end = run_command(
      std::string(ACKPROOF_MISBEHAVING) + " certify hanging --uri x://:s3cret-word@h/p --out " +
      out + "; " + ACKPROOF_MISBEHAVING +
      " certify telling --repeat 50 -j 1 --uri postgresql://ann:s3cret-word@h/p --out " + out +
      kOne + " & run=$!; sleep 0.5; tr '\\0' ' ' </proc/$run/cmdline; wait $run >/dev/null");

  EXPECT_TRUE(has(end.out, "--uri postgresql://h/p")) << end.out;
  EXPECT_FALSE(has(end.out, "s3cret")) << end.out;
}

struct Refusal {
  const char* name;
  const char* arguments;
  int exit_code;
  const char* says;
};

class StoreServersRefuse : public testing::TestWithParam<Refusal> {};

TEST_P(StoreServersRefuse, with_one_sentence) {
  const CommandEnd end = misbehaving(GetParam().arguments + (" --out " + fresh_folder()));

  EXPECT_EQ(end.exit_code, GetParam().exit_code) << end.err;
  EXPECT_EQ(end.err.rfind("ackproof: ", 0), 0U) << end.err;
  EXPECT_EQ(std::ranges::count(end.err, '\n'), 1) << end.err;
  EXPECT_TRUE(has(end.err, GetParam().says)) << end.err;
}

INSTANTIATE_TEST_SUITE_P(
    StoreServers, StoreServersRefuse,
    testing::Values(
        Refusal{"address_for_several", "certify on_redis memory --uri redis://h", 2, "2 providers"},
        Refusal{"address_for_all", "certify all --uri redis://h", 2, "one provider"},
        Refusal{"address_for_embedded", "certify memory --uri redis://h", 2, "without a server"},
        Refusal{"no_address", "certify on_redis --uri localhost", 2, "redis://host"},
        Refusal{"unknown_kind", "certify exotic", 2, "--uri"},
        Refusal{"unknown_among_others", "certify memory nosuch", 2, "'nosuch'"},
        Refusal{"rerun_of_several", "certify memory on_redis --rerun-failed x.json", 2,
                "one provider"},
        Refusal{"nobody_at_the_address", "certify unreachable --uri redis://h", 3,
                "nobody answers"}),
    [](const testing::TestParamInfo<Refusal>& row) { return std::string(row.param.name); });

TEST(StoreServers, a_server_that_is_not_installed_is_named_with_its_package) {
  const CommandEnd end = misbehaving("certify on_redis --out " + fresh_folder(), "PATH=");

  EXPECT_EQ(end.exit_code, 3);
  EXPECT_EQ(end.err, "ackproof: Redis is not installed: apt-get install redis-server\n");
}

TEST(StoreServers, postgresql_that_is_not_installed_is_named_with_its_package) {
  const std::string hide = "unshare -m sh -c 'mount -t tmpfs none /usr/lib/postgresql && ";
  if (run_command(hide + "true'").exit_code != 0) {
    GTEST_SKIP() << "only root can hide /usr/lib/postgresql";
  }
  const CommandEnd end = run_command(hide + "PATH= " + ACKPROOF_MISBEHAVING +
                                     " certify on_postgresql --out " + fresh_folder() + "'");

  EXPECT_EQ(end.exit_code, 3);
  EXPECT_EQ(end.err, "ackproof: PostgreSQL is not installed: apt-get install postgresql\n");
}

// The kill of the program itself.
TEST(StoreServers, a_killed_program_leaves_neither_processes_nor_folders) {
  const std::string base = fresh_folder();
  fs::permissions(base, fs::perms::others_exec, fs::perm_options::add);
  const std::string out = fresh_folder();
  const pid_t program = fork();
  if (program == 0) {
    setenv("TMPDIR", base.c_str(), 1);
    const int log = open((out + "/log").c_str(), O_WRONLY | O_CREAT, 0600);
    dup2(log, STDOUT_FILENO);
    execl(ACKPROOF_MISBEHAVING, ACKPROOF_MISBEHAVING, "certify", "hanging_on_postgresql", "-j", "2",
          "--out", out.c_str(), nullptr);
    _exit(127);
  }
  ASSERT_TRUE(comes_true([&] { return processes_of("hanging_on_postgresql").size() >= 3; }));
  ASSERT_TRUE(comes_true([&] { return has(read_file(out + "/log"), "seed"); }));
  ASSERT_FALSE(fs::is_empty(base));

  kill(program, SIGKILL);
  waitpid(program, nullptr, 0);

  EXPECT_TRUE(comes_true([&] { return fs::is_empty(base) && processes_in(base).empty(); }));
}

class MatrixExit : public testing::TestWithParam<Refusal> {};

TEST_P(MatrixExit, is_that_of_the_worst) {
  const std::string out = fresh_folder();
  const CommandEnd end = misbehaving(
      GetParam().arguments + (std::string(kOne) + " --timeout 1 --out " + out), "PATH=");

  EXPECT_EQ(end.exit_code, GetParam().exit_code) << end.out << end.err;
  const std::string table = end.out.substr(end.out.rfind("\nprovider "));
  EXPECT_TRUE(has(table, GetParam().says)) << table;
  for (std::istringstream lines(table); lines;) {
    std::string line;
    std::getline(lines, line);
    if (line.rfind("Reports", 0) == 0) continue;
    EXPECT_LE(line.size(), 100U) << line;
  }
}

INSTANTIATE_TEST_SUITE_P(
    StoreServers, MatrixExit,
    testing::Values(Refusal{"mutant_not_installed", "certify memory mutant:on_redis memory", 3,
                            "not run: Redis is not"},
                    Refusal{"passed", "certify memory littering", 0, "memory/report.html"},
                    Refusal{"refuted", "certify memory throwing", 1, "throwing/report.html"},
                    Refusal{"not_installed", "certify on_redis memory", 3,
                            "apt-get install redis-server"},
                    Refusal{"refuted_and_not_installed", "certify on_redis throwing memory", 1,
                            "apt-get install redis-server"},
                    Refusal{"cannot_be_opened", "certify memory unopenable", 3, "not run"},
                    Refusal{"needs_an_address", "certify memory exotic", 2, "--uri"}),
    [](const testing::TestParamInfo<Refusal>& row) { return std::string(row.param.name); });

TEST(Matrix, each_provider_has_reports_of_its_own_and_one_server_per_kind) {
  const std::string out = fresh_folder();
  const CommandEnd end =
      misbehaving(std::string("certify memory on_redis mutant:on_redis throwing --seed 7") + kOne +
                  " --out " + out);

  EXPECT_EQ(end.exit_code, 1) << end.err;
  for (const char* provider : {"memory", "on_redis", "mutant:on_redis", "throwing"}) {
    ASSERT_TRUE(fs::exists(out + "/" + provider + "/run.json")) << end.err;
    const Record run = record_in(out + "/" + provider);
    EXPECT_EQ(run.provider, provider);
    EXPECT_EQ(run.selection.seed, 7U);
    EXPECT_TRUE(fs::exists(out + "/" + provider + "/report.html"));
    EXPECT_TRUE(fs::exists(out + "/" + provider + "/junit.xml"));
  }
  EXPECT_FALSE(fs::exists(out + "/run.json"));
}

TEST(Matrix, an_interrupt_ends_it_and_the_rest_is_not_run) {
  const std::string out = fresh_folder();
  const CommandEnd end =
      run_command(std::string(ACKPROOF_MISBEHAVING) + " certify hanging memory -j 2 --out " + out +
                  " >" + out + "/log & run=$!; until grep -q seed " + out +
                  "/log; do sleep 0.05; done; " + "kill -INT $run; wait $run");

  EXPECT_EQ(end.exit_code, 130) << end.err;
  EXPECT_TRUE(record_in(out + "/hanging").interrupted);
  EXPECT_TRUE(has(read_file(out + "/log"), "not run: interrupted"));
  EXPECT_FALSE(fs::exists(out + "/memory/run.json"));
}

// As an ordinary user, who starts a server as that user.
TEST(StoreServers, an_ordinary_user_gets_private_servers_too) {
  if (geteuid() != 0) GTEST_SKIP() << "this is an ordinary user: every other test is this one";
  const std::string folder = fresh_folder();
  fs::permissions(folder, fs::perms::all);
  const std::string program = folder + "/misbehaving";
  fs::copy_file(ACKPROOF_MISBEHAVING, program);
  fs::permissions(program, fs::perms::others_read | fs::perms::others_exec, fs::perm_options::add);
  const CommandEnd end =
      run_command("cd " + folder + " && setpriv --reuid=nobody --regid=nogroup --clear-groups " +
                  program + " certify on_postgresql on_redis" + kOne + " --out " + folder + "/out");

  EXPECT_EQ(end.exit_code, 0) << end.out << end.err;
  EXPECT_EQ(record_in(folder + "/out/on_postgresql").environment.server, "PostgreSQL, private");
}

}  // namespace
}  // namespace ackproof
