// The raw limits of servers, as the benchmarks that come with them measure them.
#include <algorithm>
#include <fstream>
#include <regex>
#include <stdexcept>

#include "harness/servers/resp.h"
#include "tests/bench/raw.h"
#include "tests/support/command.h"

namespace ackproof::bench {

namespace {

using testing_support::CommandEnd;
using testing_support::run_command;

constexpr int kNotInstalled = 127;

// The first number that `pattern` finds in what a command says. Nothing: there is no such program.
std::optional<double> number_said(const std::string& line, const std::string& pattern) {
  const CommandEnd end = run_command(line);
  if (end.exit_code == kNotInstalled) return std::nullopt;
  std::smatch found;
  if (end.exit_code != 0 || !std::regex_search(end.out, found, std::regex(pattern))) {
    throw std::runtime_error(line + " failed: " + end.err + end.out);
  }
  return std::stod(found[1]);
}

// The tables of a turn with their keys, without the indexes by which things are found.
constexpr char kTables[] = R"sql(
CREATE TABLE raw_instance (id bigint PRIMARY KEY, place bigint, token text);
CREATE TABLE raw_execution (id bigint PRIMARY KEY, events bigint);
CREATE TABLE raw_message (id bigint PRIMARY KEY, attempts bigint, body text);
CREATE TABLE raw_event (id bigint PRIMARY KEY, body text);
CREATE TABLE raw_activity (id bigint PRIMARY KEY, token text, body text);
INSERT INTO raw_instance SELECT n, 0, NULL FROM generate_series(0, 16000) AS n;
INSERT INTO raw_execution SELECT n, 0 FROM generate_series(0, 16000) AS n;
)sql";

// Every item has an id of its own; no client waits for another's rows.
constexpr char kBegin[] = R"sql(\set n :n + 1
\set id :client_id * 1000000000 + :n
\set instance :client_id * 1000 + random(0, 999)
)sql";

// The nine rows that the provider writes for a turn in its three transactions: message and instance;
// both again; execution, event, message, activity and instance. One statement each, so that each
// costs one round trip.
constexpr char kTurn[] = R"sql(
WITH m AS (INSERT INTO raw_message VALUES (:id, 0, :body))
UPDATE raw_instance SET place = :id WHERE id = :instance;
WITH m AS (UPDATE raw_message SET attempts = attempts + 1 WHERE id = :id)
UPDATE raw_instance SET place = NULL, token = '0123456789abcdef0123456789abcdef' WHERE id = :instance;
WITH e AS (UPDATE raw_execution SET events = events + 1 WHERE id = :instance),
     h AS (INSERT INTO raw_event VALUES (:id, :body)),
     m AS (DELETE FROM raw_message WHERE id = :id),
     a AS (INSERT INTO raw_activity VALUES (:id, NULL, :body))
UPDATE raw_instance SET token = NULL WHERE id = :instance;
)sql";

// And the four for an activity: itself; itself again; itself once more, and the completion, before
// which the row of the instance is locked.
constexpr char kActivity[] = R"sql(
INSERT INTO raw_activity VALUES (:id, NULL, :body);
UPDATE raw_activity SET token = '0123456789abcdef0123456789abcdef' WHERE id = :id;
WITH i AS (SELECT id FROM raw_instance WHERE id = :instance FOR UPDATE),
     a AS (DELETE FROM raw_activity WHERE id = :id)
INSERT INTO raw_message SELECT :id, 0, :body FROM i;
)sql";

class RawPostgresql : public RawLimit {
 public:
  RawPostgresql(std::string uri, std::filesystem::path folder)
      : uri_(std::move(uri)), folder_(std::move(folder)) {
    const std::filesystem::path tables = folder_ / "tables.sql";
    std::ofstream(tables) << kTables;
    const CommandEnd made = run_command("psql --no-psqlrc -q '" + uri_ + "' -f " + tables.string());
    if (made.exit_code != 0) throw std::runtime_error("psql: " + made.err);
    std::ofstream(script_of(Work::turn)) << kBegin << kTurn;
    std::ofstream(script_of(Work::activity)) << kBegin << kActivity;
  }

  std::optional<double> per_second(Work work, int workers, double seconds) override {
    // It can be told how often better than for how long: as often as it could before.
    const auto each = static_cast<std::int64_t>(last_ * seconds / workers) + 1;
    // Ids go on where the run before ended, at the latest.
    const std::int64_t first = used_;
    used_ += each;
    const std::optional<double> rate =
        number_said("pgbench -n -M prepared -j 2 -c " + std::to_string(workers) + " -t " +
                        std::to_string(each) + " -D n=" + std::to_string(first) +
                        " -D body=" + std::string(kPayload, 'x') + " -f " +
                        script_of(work).string() + " '" + uri_ + "'",
                    "tps = ([0-9.]+)");
    last_ = rate.value_or(last_);
    return rate;
  }

 private:
  std::filesystem::path script_of(Work work) const {
    return folder_ / (work == Work::turn ? "turn.sql" : "activity.sql");
  }

  const std::string uri_;
  const std::filesystem::path folder_;
  std::int64_t used_ = 0;
  double last_ = 400;
};

// So many writes, of which the first is as long as all arguments.
constexpr char kScript[] = R"lua(
redis.call('HSET', KEYS[1], 'body', ARGV[1])
for i = 2, tonumber(ARGV[2]) do
  redis.call('HSET', KEYS[1], i, i)
end
return 'OK'
)lua";

// The commands that write, of the three scripts of one piece of work together, and the bytes that the
// server gets for them: as `INFO commandstats` and `INFO stats` count them for the provider.
struct Written {
  int commands;
  std::size_t bytes;
};
constexpr Written kOfTurn{36, 1'390};
constexpr Written kOfActivity{24, 1'000};
constexpr int kScripts = 3;

class RawRedis : public RawLimit {
 public:
  explicit RawRedis(const std::string& uri) : socket_(uri.substr(std::string("unix://").size())) {
    digest_ = servers::ask_redis({.socket = socket_}, {"SCRIPT", "LOAD", kScript}).value();
  }

  std::optional<double> per_second(Work work, int workers, double seconds) override {
    const Written& written = work == Work::turn ? kOfTurn : kOfActivity;
    const std::optional<double> rate =
        number_said("redis-benchmark -s " + socket_ + " -P 1 -c " + std::to_string(workers) +
                        " -n " + std::to_string(static_cast<int>(last_ * seconds) + workers) +
                        " -r 16000 --csv EVALSHA " + digest_ + " 1 raw:__rand_int__ " +
                        std::string(written.bytes / kScripts, 'x') + " " +
                        std::to_string(written.commands / kScripts),
                    "\n\"EVALSHA[^\n]*x [0-9]+\",\"([0-9.]+)\"");
    last_ = rate.value_or(last_);
    return rate ? std::optional(*rate / kScripts) : std::nullopt;
  }

 private:
  const std::string socket_;
  std::string digest_;
  double last_ = 1'000;
};

}  // namespace

std::unique_ptr<RawLimit> raw_postgresql(const std::string& uri,
                                         const std::filesystem::path& folder) {
  return std::make_unique<RawPostgresql>(uri, folder);
}

std::unique_ptr<RawLimit> raw_redis(const std::string& uri) {
  return std::make_unique<RawRedis>(uri);
}

}  // namespace ackproof::bench
