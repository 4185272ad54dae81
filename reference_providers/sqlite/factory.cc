#include "contract/factory.h"

#include "reference_providers/sqlite/connection.h"
#include "reference_providers/sqlite/errors.h"
#include "reference_providers/sqlite/schema.h"
#include "reference_providers/sqlite/sql.h"
#include "reference_providers/sqlite/sqlite_provider.h"

namespace ackproof::sqlite {

namespace {

std::filesystem::path file_of(const Scope& scope) { return scope.folder / "store.db"; }

// Runs one damaging statement on a connection of its own, beside the open handles.
template <class... Keys>
Result<void> damage(const Scope& scope, std::string_view hook, const char* sql,
                    const Keys&... keys) {
  try {
    Connection connection(file_of(scope));
    prepare_store(connection);
    Transaction transaction(connection, sql::kBeginWrite);
    if (connection.run(sql, keys...) == 0) {
      throw Refused(ErrorKind::not_found, "there is nothing to damage");
    }
    transaction.commit();
    return {};
  } catch (...) {
    return translate(hook);
  }
}

}  // namespace

ProviderFactory factory() {
  ProviderFactory factory;
  factory.name = "sqlite";
  factory.summary = "SQLite: one database file for several processes, safe against power loss";
  factory.open = [](const Scope& scope) { return open(file_of(scope), scope.clock); };
  factory.corrupt_history = [](const Scope& scope, const std::string& instance,
                               std::uint64_t execution) {
    return damage(scope, "corrupt_history", sql::kCorruptHistory, instance, execution);
  };
  factory.corrupt_message = [](const Scope& scope, const std::string& target, std::uint64_t id) {
    return damage(scope, "corrupt_message", sql::kCorruptMessage, target, id);
  };
  factory.corrupt_activity = [](const Scope& scope, const ActivityKey& key) {
    return damage(scope, "corrupt_activity", sql::kCorruptActivity, key.instance, key.execution,
                  key.id);
  };
  return factory;
}

}  // namespace ackproof::sqlite
