// Opening a store: by many at once, on what is no store of ours, at addresses that lead nowhere.
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <thread>

#include "reference_providers/postgres/postgres_provider.h"
#include "tests/postgres/store.h"
#include "validations/build.h"
#include "validations/expect.h"

namespace ackproof {
namespace {

// Runs `work(0)` to `work(n-1)`, each in a process of its own; true when all returned true.
template <class Work>
bool in_processes(int n, const Work& work) {
  std::vector<pid_t> children;
  for (int i = 0; i < n; ++i) {
    const pid_t child = fork();
    if (child == 0) {
      bool good = false;
      try {
        good = work(i);
      } catch (const std::exception& exception) {
        std::fprintf(stderr, "process %d: %s\n", i, exception.what());
      }
      _exit(good ? 0 : 1);
    }
    children.push_back(child);
  }
  bool all = true;
  for (const pid_t child : children) {
    int status = 0;
    waitpid(child, &status, 0);
    all = all && WIFEXITED(status) && WEXITSTATUS(status) == 0;
  }
  return all;
}

Error error_of(const std::string& uri, const std::string& schema) {
  const auto opened = postgres::open(uri, schema, nullptr);
  return opened ? Error{ErrorKind::internal, "open", "it was opened"} : opened.error();
}

TEST(PostgresOpening, many_processes_may_open_an_empty_store_at_once) {
  for (int round = 0; round < 5; ++round) {
    const Store store;
    EXPECT_TRUE(in_processes(6, [&](int i) {
      return store.open()->enqueue_message(start("order-" + std::to_string(i))).has_value();
    }));
    EXPECT_EQ(drain_messages(*store.open()).size(), 6U);
  }
}

TEST(PostgresOpening, many_threads_may_open_an_empty_store_at_once) {
  for (int round = 0; round < 5; ++round) {
    const Store store;
    const ProviderFactory factory = postgres::factory();
    const Scope scope{.name = store.schema(), .uri = store.uri()};
    std::vector<std::optional<Result<void>>> sent(6);
    std::vector<std::thread> threads;
    for (std::size_t i = 0; i < sent.size(); ++i) {
      threads.emplace_back([&, i] {
        auto opened = factory.open(scope);
        sent[i] = opened ? opened.value()->enqueue_message(start("order-" + std::to_string(i)))
                         : Result<void>(opened.error());
      });
    }
    for (std::thread& thread : threads) thread.join();

    for (const auto& result : sent) EXPECT_TRUE(succeeds(*result));
    EXPECT_EQ(drain_messages(*store.open()).size(), sent.size());
  }
}

TEST(PostgresOpening, a_newer_schema_is_refused_and_left_alone) {
  const Store store;
  store.open()->enqueue_message(start("order")).value();
  store.run(
      "CREATE OR REPLACE FUNCTION schema_version() RETURNS integer LANGUAGE sql"
      " AS 'SELECT 2'");

  EXPECT_EQ(error_of(store.uri(), store.schema()).kind, ErrorKind::unsupported);

  EXPECT_EQ(store.run("SELECT schema_version()"), "2");
  EXPECT_EQ(store.run("SELECT count(*) FROM message"), "1");
}

TEST(PostgresOpening, the_schema_of_another_program_is_refused_and_left_alone) {
  const Store store;
  store.run("CREATE SCHEMA " + store.schema() + "; CREATE TABLE " + store.schema() +
            ".message (text text)");

  EXPECT_EQ(error_of(store.uri(), store.schema()).kind, ErrorKind::invalid);

  EXPECT_EQ(store.run("SELECT count(*) FROM pg_class WHERE relkind = 'r' AND relnamespace = '" +
                      store.schema() + "'::regnamespace"),
            "1");
}

TEST(PostgresOpening, an_empty_schema_that_was_made_for_it_is_used) {
  const Store store;
  store.run("CREATE SCHEMA " + store.schema());

  EXPECT_TRUE(succeeds(store.open()->enqueue_message(start("order"))));
}

TEST(PostgresOpening, a_database_in_another_encoding_is_refused) {
  const Store store;
  store.run("CREATE DATABASE latin ENCODING 'LATIN1' TEMPLATE template0 LOCALE 'C'");
  std::string uri = store.uri();
  uri.replace(uri.find("/postgres?"), 10, "/latin?");

  EXPECT_EQ(error_of(uri, store.schema()).kind, ErrorKind::unsupported);

  store.run("DROP DATABASE latin");
}

TEST(PostgresOpening, what_cannot_be_the_name_of_a_schema_is_invalid) {
  const Store store;
  for (const std::string& name : {std::string(), std::string("a-b"), std::string("a\"b"),
                                  std::string("a'b"), std::string(64, 'a')}) {
    EXPECT_EQ(error_of(store.uri(), name).kind, ErrorKind::invalid) << name;
  }
}

TEST(PostgresOpening, what_is_no_address_is_invalid_and_its_password_not_repeated) {
  for (const char* uri : {"postgresql://user:s3cret@[", "user=me password=s3cret host", "s3cret"}) {
    const Error error = error_of(uri, "store");
    EXPECT_EQ(error.kind, ErrorKind::invalid) << uri;
    EXPECT_EQ(error.message.find("s3cret"), std::string::npos) << error.message;
  }
}

TEST(PostgresOpening, a_server_that_is_not_there_is_busy_and_its_password_not_repeated) {
  const Error error = error_of("postgresql://user:s3cret@127.0.0.1:1/postgres", "store");

  EXPECT_EQ(error.kind, ErrorKind::busy);
  EXPECT_EQ(error.message.find("s3cret"), std::string::npos) << error.message;
}

TEST(PostgresOpening, durability_is_what_the_servers_settings_earn) {
  const auto durability = [](const Store& store, const std::string& parameters = "") {
    return store.open(nullptr, parameters)->describe().capabilities.durability;
  };
  const Store store;
  EXPECT_EQ(durability(store), Durability::power_loss);
  EXPECT_EQ(durability(store, "options=-c%20synchronous_commit%3Dlocal"), Durability::power_loss);
  EXPECT_EQ(durability(store, "options=-c%20synchronous_commit%3Doff"), Durability::is_volatile);
}

TEST(PostgresOpening, a_destroyed_store_leaves_nothing_and_others_alone) {
  const Store kept;
  const Store store;
  kept.open()->enqueue_message(start("order")).value();
  const ProviderFactory factory = postgres::factory();
  const Scope scope{.name = store.schema(), .uri = store.uri()};
  factory.open(scope).value()->enqueue_message(start("order")).value();

  factory.destroy(scope);

  EXPECT_EQ(store.run("SELECT count(*) FROM pg_namespace WHERE nspname = '" + store.schema() + "'"),
            "0");
  EXPECT_EQ(kept.run("SELECT count(*) FROM message"), "1");
}

}  // namespace
}  // namespace ackproof
