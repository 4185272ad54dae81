// What of an address may be told, and what may not.
#include "harness/stores/address.h"

#include <gtest/gtest.h>

namespace ackproof {
namespace {

struct Shown {
  const char* typed;
  const char* shown;
};

class AddressTest : public testing::TestWithParam<Shown> {};

TEST_P(AddressTest, is_shown_without_credentials) {
  EXPECT_EQ(without_credentials(GetParam().typed), GetParam().shown);
}

INSTANTIATE_TEST_SUITE_P(
    Addresses, AddressTest,
    testing::Values(Shown{"postgresql://db/app", "postgresql://db/app"},
                    Shown{"postgresql://ann@db:5432/app", "postgresql://db:5432/app"},
                    Shown{"postgresql://ann:secret@db:5432/app?sslmode=require",
                          "postgresql://db:5432/app"},
                    Shown{"postgresql:///app?host=/tmp/x&user=ann&password=secret&port=5433",
                          "postgresql:///app?host=/tmp/x&port=5433"},
                    Shown{"redis://:secret@cache:6379/3", "redis://cache:6379/3"},
                    Shown{"redis://secret@cache", "redis://cache"},
                    Shown{"unix:///tmp/redis.sock", "unix:///tmp/redis.sock"},
                    // Badly quoted, as people paste them.
                    Shown{"postgresql://ann:se@cr/et@db/app", "postgresql://db/app"},
                    Shown{"postgresql://ann:se?cret@db/app", "postgresql://…"},
                    Shown{"postgresql://db/app?password=se@cret", "postgresql://…"},
                    Shown{"redis://cache#secret", "redis://cache"},
                    Shown{"redis://", "redis://…"}));

TEST(Addresses, words_that_are_none_are_told_as_they_are) {
  EXPECT_TRUE(is_address("redis://cache"));
  for (const char* word : {"", "redis", "redis://", "://cache", "a b://c", "/tmp/x"}) {
    EXPECT_FALSE(is_address(word)) << word;
  }
}

TEST(Addresses, a_command_is_shown_without_credentials) {
  EXPECT_EQ(shown_command({"ackproof", "certify", "redis", "--uri", "redis://:secret@cache"}),
            "ackproof certify redis --uri redis://cache");
  EXPECT_EQ(shown_command({"ackproof", "--uri=redis://:secret@cache", "-j", "2"}),
            "ackproof --uri=redis://cache -j 2");
}

TEST(Addresses, secrets_are_hidden_wherever_they_are_repeated) {
  const Secrets secrets("postgresql://ann:s%40cret@db/app?sslpassword=other");

  EXPECT_EQ(secrets.hidden("ann s@cret s%40cret other s@cret"), "ann *** *** *** ***");
  EXPECT_EQ(Secrets("redis://word@cache").hidden("a word"), "a ***");
  EXPECT_EQ(Secrets("postgresql://ann@db").hidden("ann"), "ann");
  EXPECT_EQ(Secrets("").hidden("text"), "text");
}

TEST(Addresses, a_secret_that_was_cut_is_hidden) {
  EXPECT_EQ(Secrets("redis://:password1@cache").hidden("word1@cache refused"), "***@cache refused");
}

}  // namespace
}  // namespace ackproof
