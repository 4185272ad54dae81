// A store of a test's own, on a private server that all tests of the program share.
#pragma once

#include <memory>
#include <string>

#include <pqxx/pqxx>

#include "contract/provider.h"
#include "harness/servers/server.h"

namespace ackproof {

// Started at the first call, and gone with the program.
servers::Server& shared_server();

// `uri` with one more parameter.
std::string with_parameter(const std::string& uri, const std::string& parameter);

// A schema that is removed at the end, whether or not a store was made in it.
class Store {
 public:
  explicit Store(servers::Server& server = shared_server());
  ~Store();
  Store(const Store&) = delete;
  Store& operator=(const Store&) = delete;

  // One more handle, with connections of its own. `parameters` are added to the server's address.
  std::unique_ptr<Provider> open(std::shared_ptr<Clock> clock = nullptr,
                                 const std::string& parameters = "") const;

  const std::string& schema() const { return schema_; }
  const std::string& uri() const { return server_.uri(); }

  // A connection beside those of the handles, in the schema.
  std::unique_ptr<pqxx::connection> connect() const;
  // Runs statements on one, and says the first column of the first row, if there is one.
  std::string run(const std::string& statements) const;

  // How many sessions of other programs wait for a lock that this session holds.
  int waiting_for(pqxx::connection& connection) const;
  // Ends them.
  void terminate_waiting() const;

 private:
  servers::Server& server_;
  const std::string schema_;
};

}  // namespace ackproof
