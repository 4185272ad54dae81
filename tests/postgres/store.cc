#include "tests/postgres/store.h"

#include "contract/token.h"
#include "reference_providers/postgres/postgres_provider.h"

namespace ackproof {

servers::Server& shared_server() {
  static servers::Server server = servers::start_postgresql().value();
  return server;
}

std::string with_parameter(const std::string& uri, const std::string& parameter) {
  return parameter.empty() ? uri : uri + "&" + parameter;
}

Store::Store(servers::Server& server)
    : server_(server), schema_("test_" + random_token().value.substr(0, 16)) {}

Store::~Store() {
  try {
    run("SET client_min_messages = warning; DROP SCHEMA IF EXISTS " + schema_ + " CASCADE");
  } catch (const std::exception&) {
    // The server may be gone, and takes the schema with it.
  }
}

std::unique_ptr<Provider> Store::open(std::shared_ptr<Clock> clock,
                                      const std::string& parameters) const {
  return postgres::open(with_parameter(uri(), parameters), schema_, std::move(clock)).value();
}

std::unique_ptr<pqxx::connection> Store::connect() const {
  auto connection = std::make_unique<pqxx::connection>(uri());
  pqxx::nontransaction(*connection).exec("SET search_path = " + schema_);
  return connection;
}

std::string Store::run(const std::string& statements) const {
  const auto connection = connect();
  pqxx::nontransaction transaction(*connection);
  const pqxx::result rows = transaction.exec(statements);
  return rows.empty() ? "" : rows[0][0].c_str();
}

int Store::waiting_for(pqxx::connection& connection) const {
  return std::stoi(run("SELECT count(*) FROM pg_stat_activity WHERE " +
                       std::to_string(connection.backendpid()) + " = ANY (pg_blocking_pids(pid))"));
}

void Store::terminate_waiting() const {
  run("SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity"
      " WHERE cardinality(pg_blocking_pids(pid)) > 0");
}

}  // namespace ackproof
