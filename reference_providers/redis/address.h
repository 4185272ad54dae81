// Where a Redis server is, as a URI says it.
//
//   redis://[[user]:password@]host[:port][/db]     unix://[[user]:password@]/path/to.sock
//
// with the options `db=n` and `noeviction=vouched`, as in `unix:///run/redis.sock?db=3`. What is
// special in a user name, a password or a path is written with percent signs.
#pragma once

#include <string>

namespace ackproof::redis {

struct Address {
  std::string host;  // Empty: `path` is that of a Unix socket.
  int port = 6379;
  std::string path;
  std::string user;
  std::string password;
  int database = 0;
  bool vouches_for_noeviction = false;  // The user says so, where CONFIG is forbidden.
};

// Throws Refused with `invalid`, and never with anything of the URI in its words, because that may
// hold a password.
Address parse_address(const std::string& uri);

}  // namespace ackproof::redis
