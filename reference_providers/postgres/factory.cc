#include "contract/factory.h"

#include "reference_providers/postgres/errors.h"
#include "reference_providers/postgres/postgres_provider.h"
#include "reference_providers/postgres/sql.h"
#include "reference_providers/postgres/store.h"

namespace ackproof::postgres {

namespace {

// Runs one damaging function on a connection of its own, beside the open handles.
template <class... Keys>
Result<void> damage(const Scope& scope, const char* function, const Keys&... keys) {
  try {
    Connection connection(connection_settings(scope.uri, scope.name));
    pqxx::nontransaction damaging(connection.raw());
    Session session(connection, damaging, std::nullopt);
    if (session.call(function, keys...).empty()) {
      throw Refused(ErrorKind::not_found, "there is nothing to damage");
    }
    return {};
  } catch (...) {
    return translate(function);
  }
}

void remove(const Scope& scope) {
  try {
    drop_store(scope.uri, scope.name);
  } catch (const std::exception&) {
    // Whoever removes a store cannot be told that it is still there, or that the server is not.
  }
}

}  // namespace

ProviderFactory factory() { return factory(script()); }

ProviderFactory factory(const std::string& script) {
  ProviderFactory factory;
  factory.name = "postgres";
  factory.summary = "PostgreSQL: one schema of a database, for many processes and machines";
  factory.server = "postgresql";
  factory.open = [script](const Scope& scope) {
    return open(scope.uri, scope.name, scope.clock, script);
  };
  factory.destroy = remove;
  factory.corrupt_history = [](const Scope& scope, const std::string& instance,
                               std::uint64_t execution) {
    return damage(scope, "corrupt_history", instance, execution);
  };
  factory.corrupt_message = [](const Scope& scope, const std::string& target, std::uint64_t id) {
    return damage(scope, "corrupt_message", target, id);
  };
  factory.corrupt_activity = [](const Scope& scope, const ActivityKey& key) {
    return damage(scope, "corrupt_activity", key.instance, key.execution, key.id);
  };
  return factory;
}

}  // namespace ackproof::postgres
