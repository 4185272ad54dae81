#include "contract/factory.h"

#include <map>
#include <mutex>

#include "reference_providers/postgres/errors.h"
#include "reference_providers/postgres/pool.h"
#include "reference_providers/postgres/postgres_provider.h"
#include "reference_providers/postgres/store.h"

namespace ackproof::postgres {

namespace {

// What the functions of one factory share: the connections to each server that a scope named.
class Servers {
 public:
  explicit Servers(Sql sql) : sql_(std::move(sql)) {}

  // Throws Refused (invalid) for what is no address.
  std::shared_ptr<Pool> at(const std::string& uri) {
    const std::lock_guard lock(mutex_);
    std::shared_ptr<Pool>& pool = pools_[uri];
    if (!pool) pool = std::make_shared<Pool>(uri, sql_);
    return pool;
  }

 private:
  const Sql sql_;
  std::mutex mutex_;
  std::map<std::string, std::shared_ptr<Pool>> pools_;  // Guarded by mutex_.
};

Result<std::unique_ptr<Provider>> open_at(Servers& servers, const Scope& scope) {
  try {
    return open(servers.at(scope.uri), scope.name, scope.clock);
  } catch (...) {
    return translate("open");
  }
}

// Runs one damaging statement on a connection of its own, beside the open handles.
template <class... Keys>
Result<void> damage(Servers& servers, const Scope& scope, const char* statement,
                    const Keys&... keys) {
  try {
    const auto pool = servers.at(scope.uri);
    Pool::Lease lease = pool->take(scope.name);
    pqxx::nontransaction damaging(lease->raw());
    Session session(*lease, damaging, std::nullopt);
    if (session.call(statement, keys...).empty()) {
      throw Refused(ErrorKind::not_found, "there is nothing to damage");
    }
    return {};
  } catch (...) {
    return translate(statement);
  }
}

// Whoever removes a store cannot be told that it is still there, or that the server is not.
void remove(Servers& servers, const Scope& scope) {
  try {
    const auto pool = servers.at(scope.uri);
    Pool::Lease lease = pool->take(scope.name);
    drop_store(*lease);
  } catch (const std::exception&) {
  }
}

}  // namespace

Result<std::unique_ptr<Provider>> open(const std::string& uri, const std::string& schema,
                                       std::shared_ptr<Clock> clock) {
  Servers alone(good_sql());
  return open_at(alone, {.name = schema, .clock = std::move(clock), .uri = uri});
}

ProviderFactory factory() { return factory(good_sql()); }

ProviderFactory factory(const Sql& sql) {
  const auto servers = std::make_shared<Servers>(sql);
  ProviderFactory factory;
  factory.name = "postgres";
  factory.summary = "PostgreSQL: one schema of a database, for many processes and machines";
  factory.server = "postgresql";
  factory.open = [servers](const Scope& scope) { return open_at(*servers, scope); };
  factory.destroy = [servers](const Scope& scope) { remove(*servers, scope); };
  factory.corrupt_history = [servers](const Scope& scope, const std::string& instance,
                                      std::uint64_t execution) {
    return damage(*servers, scope, "corrupt_history", instance, execution);
  };
  factory.corrupt_message = [servers](const Scope& scope, const std::string& target,
                                      std::uint64_t id) {
    return damage(*servers, scope, "corrupt_message", target, id);
  };
  factory.corrupt_activity = [servers](const Scope& scope, const ActivityKey& key) {
    return damage(*servers, scope, "corrupt_activity", key.instance, key.execution, key.id);
  };
  return factory;
}

}  // namespace ackproof::postgres
