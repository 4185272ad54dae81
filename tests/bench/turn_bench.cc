// Turns per second of the SQLite provider beside what the raw store can do: as many committed
// transactions, with as many bytes, on the same file system, in turn with each other.
#include <benchmark/benchmark.h>
#include <sqlite3.h>

#include <chrono>
#include <filesystem>
#include <stdexcept>

#include "reference_providers/sqlite/sqlite_provider.h"
#include "tests/support/command.h"
#include "validations/build.h"

namespace ackproof {
namespace {

using Steady = std::chrono::steady_clock;

double seconds_since(Steady::time_point start) {
  return std::chrono::duration<double>(Steady::now() - start).count();
}

// A database with one table and the provider's settings, and statements prepared once.
class RawStore {
 public:
  explicit RawStore(const std::filesystem::path& file) {
    demand(sqlite3_open(file.c_str(), &database_));
    run("PRAGMA journal_mode = WAL");
    run("PRAGMA synchronous = FULL");
    run("CREATE TABLE items(seq INTEGER PRIMARY KEY, body BLOB)");
    demand(sqlite3_prepare_v2(database_, "BEGIN IMMEDIATE", -1, &begin_, nullptr));
    demand(
        sqlite3_prepare_v2(database_, "INSERT INTO items(body) VALUES (?)", -1, &insert_, nullptr));
    demand(sqlite3_prepare_v2(database_, "COMMIT", -1, &commit_, nullptr));
  }
  ~RawStore() {
    for (sqlite3_stmt* statement : {begin_, insert_, commit_}) sqlite3_finalize(statement);
    sqlite3_close(database_);
  }
  RawStore(const RawStore&) = delete;
  RawStore& operator=(const RawStore&) = delete;

  void write(std::initializer_list<std::size_t> sizes) {
    step(begin_);
    for (const std::size_t size : sizes) {
      const std::string body(size, 'x');
      sqlite3_bind_blob(insert_, 1, body.data(), static_cast<int>(body.size()), SQLITE_TRANSIENT);
      step(insert_);
    }
    step(commit_);
  }

 private:
  static void demand(int code) {
    if (code != SQLITE_OK) throw std::runtime_error(sqlite3_errstr(code));
  }
  void run(const char* sql) { demand(sqlite3_exec(database_, sql, nullptr, nullptr, nullptr)); }
  static void step(sqlite3_stmt* statement) {
    if (sqlite3_step(statement) != SQLITE_DONE) throw std::runtime_error("a step failed");
    sqlite3_reset(statement);
  }

  sqlite3* database_ = nullptr;
  sqlite3_stmt* begin_ = nullptr;
  sqlite3_stmt* insert_ = nullptr;
  sqlite3_stmt* commit_ = nullptr;
};

constexpr std::size_t kPayload = 200;

void one_turn(Provider& provider, const std::string& instance, std::uint64_t number) {
  Message poke = external(instance, number);
  poke.payload.assign(kPayload, 'p');
  provider.enqueue_message(poke).value();
  const Turn turn = take_turn(provider);
  TurnCommit commit = commit_events({event(number)});
  commit.events[0].payload.assign(kPayload, 'e');
  commit.activities = {activity(instance, number)};
  commit.activities[0].payload.assign(kPayload, 'a');
  provider.ack_turn(turn.token, commit).value();
}

// What a turn has to write at least: the message; the lock; event and activity.
void one_raw_turn(RawStore& store) {
  store.write({kPayload});
  store.write({64});
  store.write({kPayload, kPayload});
}

// History is read whole at each fetch, so an instance of a realistic age is used and then replaced.
constexpr std::uint64_t kTurnsPerInstance = 20;

void turns_beside_raw_transactions(benchmark::State& state) {
  const std::filesystem::path folder = testing_support::fresh_folder();
  const auto provider = sqlite::open(folder / "store.db", std::make_shared<SystemClock>()).value();
  RawStore raw(folder / "raw.db");
  double provider_seconds = 0;
  double raw_seconds = 0;
  std::uint64_t turns = 0;
  std::uint64_t instance = 0;
  for ([[maybe_unused]] auto _ : state) {
    const std::string id = "order-" + std::to_string(++instance);
    create_instance(*provider, id);
    auto started = Steady::now();
    for (std::uint64_t n = 2; n < 2 + kTurnsPerInstance; ++n) {
      one_turn(*provider, id, n);
    }
    provider_seconds += seconds_since(started);
    started = Steady::now();
    for (std::uint64_t n = 0; n < kTurnsPerInstance; ++n) one_raw_turn(raw);
    raw_seconds += seconds_since(started);
    turns += kTurnsPerInstance;
  }
  const auto count = static_cast<double>(turns);
  state.counters["turns/s"] = count / provider_seconds;
  state.counters["raw/s"] = count / raw_seconds;
  state.counters["ratio"] = raw_seconds / provider_seconds;
}
BENCHMARK(turns_beside_raw_transactions)->Unit(benchmark::kMillisecond)->MinTime(5);

}  // namespace
}  // namespace ackproof

BENCHMARK_MAIN();
