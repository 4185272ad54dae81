// Making a schema ours, bringing it up to date, and removing it.
#pragma once

#include <string>

#include "contract/capability.h"
#include "reference_providers/postgres/connection.h"

namespace ackproof::postgres {

// What is known about the server once it was asked.
struct Server {
  std::string version;  // "15.18"
  Durability durability = Durability::is_volatile;
};

// Sees to it that the schema that the connection serves holds a store, made by `script` if there is
// none. Any number of processes may do so at the same time (DUR_4).
//
// Throws Refused for a server that cannot hold one, for the schema of another program and for a newer
// version of the schema; nothing is changed then.
Server prepare_store(Connection& connection, const std::string& script);

// Removes that schema with all that is in it.
void drop_store(Connection& connection);

}  // namespace ackproof::postgres
