#include "reference_providers/postgres/errors.h"

#include <new>
#include <optional>

#include <pqxx/pqxx>

namespace ackproof::postgres {

namespace {

constexpr std::string_view kDuplicateKey = "23505";

// What is said about a failed statement: its answer is no until the server has it committed.
std::optional<ErrorKind> refusal(std::string_view state) {
  // The functions' own.
  if (state == "AKLST") return ErrorKind::lock_lost;
  if (state == "AKCON") return ErrorKind::conflict;
  if (state == "AKINV") return ErrorKind::invalid;
  if (state == "AKNOF") return ErrorKind::not_found;
  // Only an event that is stored already violates a key (ACK_4).
  if (state == kDuplicateKey) return ErrorKind::conflict;
  return std::nullopt;
}

// Whether the session itself is over: the server may have ended it at any point.
bool is_lost(std::string_view state) {
  return state.substr(0, 2) == "08" || state.substr(0, 4) == "57P0";
}

bool is_temporary(std::string_view state) {
  const std::string_view group = state.substr(0, 2);
  return group == "40" ||     // Serialisation failures and deadlocks.
         group == "53" ||     // No disk, memory or connections.
         state == "55P03" ||  // A lock was not to be had in time.
         state == "55006" ||  // The object is in use.
         state == "57014" ||  // The statement took too long.
         state == "25006" ||  // The server only reads: another one is taking over.
         state == "25P03" ||  // The session was idle for too long.
         state == "26000" ||  // A prepared statement is gone.
         state == "0A000";    // "cached plan must not change result type".
}

ErrorKind kind_of(const std::string& state, Effect effect) {
  if (const auto kind = refusal(state)) return *kind;
  if (is_lost(state)) {
    return effect == Effect::perhaps ? ErrorKind::unknown_outcome : ErrorKind::busy;
  }
  if (is_temporary(state)) return ErrorKind::busy;
  if (state.substr(0, 2) == "XX" && state != "XX000") return ErrorKind::corrupt;
  return ErrorKind::internal;
}

// The first line, without the severity: the rest tells where in the program it happened.
std::string first_line(std::string text) {
  text = text.substr(0, text.find('\n'));
  const std::string severity = "ERROR:  ";
  return text.rfind(severity, 0) == 0 ? text.substr(severity.size()) : text;
}

}  // namespace

void lose_lock(std::string_view queue) {
  throw Refused(ErrorKind::lock_lost,
                "the token is not that of a live lock on an " + std::string(queue));
}

// The order matters: some of libpqxx's exceptions are not what their names say. A rollback is no
// sql_error, one of unknown completion is a rollback, and a server full of connections is a broken
// connection.
Error translate(std::string_view operation, Effect effect) {
  const std::string name(operation);
  const ErrorKind cut = effect == Effect::perhaps ? ErrorKind::unknown_outcome : ErrorKind::busy;
  try {
    throw;
  } catch (const Refused& refused) {
    return {refused.kind(), name, refused.what()};
  } catch (const pqxx::in_doubt_error& error) {
    return {ErrorKind::unknown_outcome, name, first_line(error.what())};
  } catch (const pqxx::statement_completion_unknown& error) {
    return {ErrorKind::unknown_outcome, name, first_line(error.what())};
  } catch (const pqxx::transaction_rollback& error) {
    return {ErrorKind::busy, name, first_line(error.what())};
  } catch (const pqxx::broken_connection& error) {
    return {cut, name, first_line(error.what())};
  } catch (const pqxx::sql_error& error) {
    if (error.sqlstate() == kDuplicateKey)
      return {ErrorKind::conflict, name, "an event is stored already"};
    return {kind_of(error.sqlstate(), effect), name, first_line(error.what())};
  } catch (const std::bad_alloc&) {
    return {cut, name, "out of memory"};
  } catch (const std::exception& error) {
    return {ErrorKind::internal, name, error.what()};
  } catch (...) {
    return {ErrorKind::internal, name, "an unknown exception"};
  }
}

bool spares_connection() {
  try {
    throw;
  } catch (const Refused&) {
    return true;
  } catch (const pqxx::transaction_rollback&) {
    return true;
  } catch (const pqxx::sql_error& error) {
    return refusal(error.sqlstate()).has_value() || error.sqlstate() == "55P03" ||
           error.sqlstate() == "57014";
  } catch (...) {
    return false;
  }
}

}  // namespace ackproof::postgres
