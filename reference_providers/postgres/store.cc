#include "reference_providers/postgres/store.h"

#include "reference_providers/postgres/errors.h"
#include "reference_providers/postgres/sql.h"

namespace ackproof::postgres {

namespace {

// Generated columns came with version 12.
constexpr std::int64_t kOldestServer = 120'000;

// What survives what, by the server's settings. Without synchronous commits the server tells of success
// before the commit is anywhere but in its memory. Without fsync it is in the system's memory, and
// without full page writes a page that was cut by a power loss cannot be mended.
Durability durability_of(bool commits_first, bool syncs, bool mends) {
  if (!commits_first) return Durability::is_volatile;
  return syncs && mends ? Durability::power_loss : Durability::process_crash;
}

struct Facts {
  Server server;
  bool has_schema = false;
  bool has_store = false;
};

// Looks into the catalogue's tables: what functions like to_regproc() know may be older than a lock that
// was waited for.
Facts look_around(pqxx::transaction_base& transaction, const std::string& schema) {
  const Row row(transaction.exec1(
      "SELECT split_part(current_setting('server_version'), ' ', 1),"
      " current_setting('server_version_num')::bigint,"
      " current_setting('server_encoding') = 'UTF8',"
      " current_setting('synchronous_commit') <> 'off', current_setting('fsync')::boolean,"
      " current_setting('full_page_writes')::boolean, pg_namespace.oid IS NOT NULL,"
      " EXISTS (SELECT 1 FROM pg_proc"
      "         WHERE proname = 'schema_version' AND pronamespace = pg_namespace.oid)"
      " FROM (VALUES (1)) AS one LEFT JOIN pg_namespace ON nspname = '" +
      schema + "'"));
  if (row.integer(1) < kOldestServer) {
    throw Refused(ErrorKind::unsupported, "the server is PostgreSQL " + row.text(0) +
                                              ", and this program needs 12 or newer");
  }
  if (!row.flag(2)) {
    throw Refused(ErrorKind::unsupported, "the database is not encoded in UTF8");
  }
  return {{row.text(0), durability_of(row.flag(3), row.flag(4), row.flag(5))},
          row.flag(6),
          row.flag(7)};
}

// A schema that is there may have been made for us, but not hold anything else.
void demand_empty(pqxx::transaction_base& transaction, const std::string& schema) {
  const Row row(transaction.exec1(
      "SELECT EXISTS (SELECT 1 FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace"
      "               WHERE nspname = '" +
      schema + "')"));
  if (row.flag(0)) {
    throw Refused(ErrorKind::invalid, "the schema " + schema + " is that of another program");
  }
}

void demand_known_version(pqxx::transaction_base& transaction) {
  const std::int64_t version = Row(transaction.exec1("SELECT schema_version()")).integer(0);
  if (version == kSchemaVersion) return;
  throw Refused(ErrorKind::unsupported, "the store has schema version " + std::to_string(version) +
                                            ", and this program knows " +
                                            std::to_string(kSchemaVersion));
}

// Whoever comes second waits for the first, and finds the work done.
void make_store(Connection& connection, const std::string& script) {
  const std::string& schema = connection.schema();
  pqxx::work transaction(connection.raw());
  transaction.exec("SELECT pg_advisory_xact_lock(hashtextextended('ackproof " + schema + "', 0))");
  const Facts facts = look_around(transaction, schema);
  if (facts.has_store) return demand_known_version(transaction);
  if (facts.has_schema) demand_empty(transaction, schema);
  // The functions are checked by the tests. Here it would take half as long again.
  transaction.exec("SET LOCAL check_function_bodies = off; CREATE SCHEMA IF NOT EXISTS " +
                   quoted(schema) + ";" + script);
  transaction.commit();
}

}  // namespace

Server prepare_store(Connection& connection, const std::string& script) {
  Facts facts;
  {
    pqxx::nontransaction asking(connection.raw());
    facts = look_around(asking, connection.schema());
    if (facts.has_store) demand_known_version(asking);
  }
  if (!facts.has_store) make_store(connection, script);
  return facts.server;
}

void drop_store(Connection& connection) {
  pqxx::nontransaction dropping(connection.raw());
  dropping.exec("DROP SCHEMA IF EXISTS " + quoted(connection.schema()) + " CASCADE");
}

}  // namespace ackproof::postgres
