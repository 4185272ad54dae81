// One connection to the server, set up for one store.
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
#include "reference_providers/postgres/wire.h"

namespace ackproof::postgres {

using Moment = std::chrono::steady_clock::time_point;

// How long a call waits for a connection, the server for a lock, and the server for anything. All of
// it together stays within the declared call limit (ERR_8).
inline constexpr std::chrono::seconds kPatience{3};
inline constexpr std::chrono::seconds kLockPatience{5};
inline constexpr std::chrono::seconds kStatementPatience{10};
inline constexpr std::chrono::seconds kCallLimit{20};

// What to connect with: `uri` in either form that libpq takes, and the settings of the session.
// Throws Refused (invalid) for an address or a name of a schema that cannot be one.
std::string connection_settings(const std::string& uri, const std::string& schema);

// `schema` as an identifier in a statement.
std::string quoted(const std::string& schema);

class Connection {
 public:
  explicit Connection(const std::string& settings);

  // `SELECT * FROM function(arguments...)`, prepared at its first use.
  template <class... Arguments>
  pqxx::result call(pqxx::transaction_base& transaction, const std::string& function,
                    Arguments&&... arguments) {
    if (prepared_.insert(function).second) prepare(function, sizeof...(arguments));
    return transaction.exec_prepared(function, std::forward<Arguments>(arguments)...);
  }

  // Whether nothing came while nothing was asked for. What comes then is the server's farewell.
  bool is_quiet() const;

  pqxx::connection& raw() { return connection_; }

 private:
  void prepare(const std::string& function, std::size_t arguments);

  pqxx::connection connection_;
  std::optional<pqxx::quiet_errorhandler> silence_;
  std::unordered_set<std::string> prepared_;
};

// What a verb works with: a connection, its transaction, and the time if that is injected.
class Session {
 public:
  Session(Connection& connection, pqxx::transaction_base& transaction, std::optional<Time> given)
      : connection_(connection), transaction_(transaction), given_(given) {}

  template <class... Arguments>
  pqxx::result call(const char* function, const Arguments&... arguments) {
    return connection_.call(transaction_, function, argument(arguments)...);
  }

  // The same for functions whose first argument is the time.
  template <class... Arguments>
  pqxx::result timed_call(const char* function, const Arguments&... arguments) {
    return call(function, given_, arguments...);
  }

 private:
  Connection& connection_;
  pqxx::transaction_base& transaction_;
  std::optional<Time> given_;
};

}  // namespace ackproof::postgres
