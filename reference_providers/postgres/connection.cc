#include "reference_providers/postgres/connection.h"

#include <poll.h>

#include <algorithm>
#include <map>

#include <libpq-fe.h>

#include "reference_providers/postgres/errors.h"

namespace ackproof::postgres {

namespace {

// A name of the server has at most so many bytes; it would cut a longer one.
constexpr std::size_t kLongestName = 63;

bool is_name(const std::string& schema) {
  return !schema.empty() && schema.size() <= kLongestName &&
         std::ranges::all_of(schema, [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                  c == '_';
         });
}

std::map<std::string, std::string> parsed(const std::string& uri) {
  char* reason = nullptr;
  const std::unique_ptr<PQconninfoOption, decltype(&PQconninfoFree)> options(
      PQconninfoParse(uri.c_str(), &reason), PQconninfoFree);
  PQfreemem(reason);  // It may quote a password.
  if (!options) {
    throw Refused(ErrorKind::invalid, "the address of the PostgreSQL server cannot be understood");
  }
  std::map<std::string, std::string> values;
  for (const PQconninfoOption* option = options.get(); option->keyword != nullptr; ++option) {
    if (option->val != nullptr) values[option->keyword] = option->val;
  }
  return values;
}

std::string milliseconds(Duration span) { return std::to_string(span.count()); }

// How long the server waits, unless the address says otherwise.
const std::string& patience() {
  static const std::string options =
      " -c lock_timeout=" + milliseconds(kLockPatience) +
      " -c statement_timeout=" + milliseconds(kStatementPatience) +
      " -c idle_in_transaction_session_timeout=" + milliseconds(kIdlePatience) + " ";
  return options;
}

// Plans must not depend on how full a table was when they were made: every statement has its index, and
// a queue that is empty now may be long before anybody counts it again. With plans so certain, making
// them anew for each call, or compiling them, is a waste.
constexpr char kSettings[] =
    " -c default_transaction_isolation=read\\ committed"
    " -c plan_cache_mode=force_generic_plan -c enable_seqscan=off -c enable_bitmapscan=off"
    " -c jit=off -c bytea_output=hex -c client_min_messages=warning";

}  // namespace

std::string quoted(const std::string& schema) {
  if (is_name(schema)) return '"' + schema + '"';
  throw Refused(ErrorKind::invalid,
                "a store's schema is named by 1 to 63 letters, digits and underscores");
}

std::string connection_settings(const std::string& uri) {
  std::map<std::string, std::string> values = parsed(uri);
  values["client_encoding"] = "UTF8";
  values["options"] = patience() + values["options"] + kSettings;
  // A server that fell silent is given up in time. Whoever says otherwise has his way.
  for (const auto& [name, value] :
       std::map<std::string, std::string>{{"connect_timeout", std::to_string(kPatience.count())},
                                          {"keepalives_idle", "3"},
                                          {"keepalives_interval", "1"},
                                          {"keepalives_count", "5"},
                                          {"tcp_user_timeout", milliseconds(kStatementPatience)},
                                          {"fallback_application_name", "ackproof"}}) {
    values.emplace(name, value);
  }
  std::string settings;
  for (const auto& [name, value] : values) {
    settings += name + "='";
    for (const char c : value) {
      if (c == '\'' || c == '\\') settings += '\\';
      settings += c;
    }
    settings += "' ";
  }
  return settings;
}

Connection::Connection(const std::string& settings, const Sql& sql)
    : sql_(sql), connection_(settings) {
  silence_.emplace(connection_);
}

void Connection::serve(const std::string& schema) {
  if (schema == schema_) return;
  pqxx::nontransaction turning(connection_);
  turning.exec("SET search_path = " + quoted(schema));
  schema_ = schema;
  ++stores_served_;
}

bool Connection::is_quiet() const {
  pollfd socket{connection_.sock(), POLLIN, 0};
  return socket.fd >= 0 && poll(&socket, 1, 0) == 0;
}

void Connection::prepare(const std::string& name, std::size_t arguments) {
  if (const auto known = sql_.statements.find(name); known != sql_.statements.end()) {
    connection_.prepare(name, known->second);
    return;
  }
  std::string statement = "SELECT * FROM " + name + "(";
  for (std::size_t i = 1; i <= arguments; ++i) {
    statement += (i == 1 ? "$" : ",$") + std::to_string(i);
  }
  connection_.prepare(name, statement + ")");
}

}  // namespace ackproof::postgres
