// One connection to the server.
//
// For one thread at a time. Failures are thrown as libpqxx throws them; a connection that may be
// broken is dropped, never revived.
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <unordered_set>

#include <pqxx/pqxx>

#include "contract/clock.h"
#include "reference_providers/postgres/sql.h"
#include "reference_providers/postgres/wire.h"

namespace ackproof::postgres {

using Moment = std::chrono::steady_clock::time_point;

// How long a call waits for a connection, the server for a lock, and the server for anything. All of
// it together stays within the declared call limit (ERR_8).
inline constexpr std::chrono::seconds kPatience{3};
inline constexpr std::chrono::seconds kLockPatience{5};
inline constexpr std::chrono::seconds kStatementPatience{10};
inline constexpr std::chrono::seconds kCallLimit{20};

// How long the server bears a transaction that does nothing, which only those by the injected clock can: a client that a
// busy machine keeps from its core stands still for many seconds and is well.
inline constexpr std::chrono::seconds kIdlePatience{60};

// What to connect with: `uri` in either form that libpq takes, and the settings of the session.
// Throws Refused (invalid) for what is no address.
std::string connection_settings(const std::string& uri);

// `schema` as an identifier in a statement. Throws Refused (invalid) for what cannot be one.
std::string quoted(const std::string& schema);

class Connection {
 public:
  Connection(const std::string& settings, const Sql& sql);

  // From now on it works on the store in this schema. What was prepared is so for every store: the
  // server looks up anew what a name stands for.
  void serve(const std::string& schema);
  const std::string& schema() const { return schema_; }
  std::size_t stores_served() const { return stores_served_; }

  // The statement of this name, or `SELECT * FROM name(arguments...)`, prepared at its first use.
  template <class... Arguments>
  pqxx::result call(pqxx::transaction_base& transaction, const std::string& name,
                    Arguments&&... arguments) {
    if (prepared_.insert(name).second) prepare(name, sizeof...(arguments));
    return transaction.exec_prepared(name, std::forward<Arguments>(arguments)...);
  }

  // Whether nothing came while nothing was asked for. What comes then is the server's farewell.
  bool is_quiet() const;

  pqxx::connection& raw() { return connection_; }

 private:
  void prepare(const std::string& name, std::size_t arguments);

  const Sql& sql_;
  pqxx::connection connection_;
  std::string schema_;
  std::size_t stores_served_ = 0;
  std::optional<pqxx::quiet_errorhandler> silence_;
  std::unordered_set<std::string> prepared_;
};

// What a verb works with: a connection, its transaction, and the time if that is injected.
class Session {
 public:
  Session(Connection& connection, pqxx::transaction_base& transaction, std::optional<Time> given)
      : connection_(connection), transaction_(transaction), given_(given) {}

  template <class... Arguments>
  pqxx::result call(const char* name, const Arguments&... arguments) {
    return connection_.call(transaction_, name, argument(arguments)...);
  }

  // The same for what takes the time first.
  template <class... Arguments>
  pqxx::result timed_call(const char* name, const Arguments&... arguments) {
    return call(name, given_, arguments...);
  }

 private:
  Connection& connection_;
  pqxx::transaction_base& transaction_;
  std::optional<Time> given_;
};

}  // namespace ackproof::postgres
