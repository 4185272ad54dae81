// How the address of a server is written, and what is said of one that is not understood.
#include "reference_providers/redis/address.h"

#include <gtest/gtest.h>

#include "reference_providers/redis/errors.h"
#include "reference_providers/redis/redis_provider.h"

namespace ackproof {
namespace {

using redis::Address;
using redis::parse_address;

TEST(RedisAddress, a_host_alone_has_the_usual_port) {
  const Address address = parse_address("redis://cache.example.com");
  EXPECT_EQ(address.host, "cache.example.com");
  EXPECT_EQ(address.port, 6379);
  EXPECT_EQ(address.database, 0);
  EXPECT_EQ(address.user, "");
  EXPECT_EQ(address.password, "");
  EXPECT_FALSE(address.vouches_for_noeviction);
}

TEST(RedisAddress, everything_can_be_given) {
  const Address address = parse_address("redis://ann:s%40cr%3aet@[::1]:7000/3?noeviction=vouched");
  EXPECT_EQ(address.host, "::1");
  EXPECT_EQ(address.port, 7000);
  EXPECT_EQ(address.database, 3);
  EXPECT_EQ(address.user, "ann");
  EXPECT_EQ(address.password, "s@cr:et");
  EXPECT_TRUE(address.vouches_for_noeviction);
}

TEST(RedisAddress, a_password_may_be_without_a_user) {
  const Address address = parse_address("redis://:secret@host:1/");
  EXPECT_EQ(address.user, "");
  EXPECT_EQ(address.password, "secret");
  EXPECT_EQ(address.port, 1);
}

TEST(RedisAddress, a_socket_has_a_path_and_its_database_is_an_option) {
  const Address address = parse_address("unix:///run/my%20redis.sock?db=2");
  EXPECT_EQ(address.host, "");
  EXPECT_EQ(address.path, "/run/my redis.sock");
  EXPECT_EQ(address.database, 2);
}

TEST(RedisAddress, what_is_not_understood_is_invalid_and_no_password_is_repeated) {
  for (const char* uri : {"",
                          "hunter2",
                          "http://hunter2@host",
                          "redis://",
                          "redis://hunter2@host",
                          "redis://a:hunter2@",
                          "redis://a:hunter2@host:port",
                          "redis://a:hunter2@host:70000",
                          "redis://a:hunter2@host:-1",
                          "redis://a:hunter2@host:1/x",
                          "redis://a:hunter2%@host",
                          "redis://a:hunter2%2@host",
                          "redis://a:hunter2%zz@host",
                          "redis://a:hunter2@[::1",
                          "redis://a:hunter2@[::1]x",
                          "redis://a:hunter2@host?colour=red",
                          "redis://a:hunter2@host?db=-1",
                          "redis://a:hunter2@host?noeviction=no",
                          "unix://a:hunter2@run/redis.sock",
                          "unix://"}) {
    const auto opened = redis::open(uri, "store", nullptr);
    ASSERT_FALSE(opened.has_value()) << uri;
    EXPECT_EQ(opened.error().kind, ErrorKind::invalid) << uri;
    EXPECT_EQ(opened.error().message.find("hunter2"), std::string::npos) << opened.error().message;
  }
}

TEST(RedisAddress, a_prefix_that_would_end_the_hash_tag_is_invalid) {
  for (const char* prefix : {"", "a}b", "{a", "{}"}) {
    const auto opened = redis::open("redis://127.0.0.1:1", prefix, nullptr);
    ASSERT_FALSE(opened.has_value()) << prefix;
    EXPECT_EQ(opened.error().kind, ErrorKind::invalid) << prefix;
  }
}

}  // namespace
}  // namespace ackproof
