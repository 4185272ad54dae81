// What the doctor says of a machine that is as it is, so nothing here depends on how busy it is.
#include <gtest/gtest.h>

#include "tests/support/command.h"

namespace ackproof {
namespace {

using testing_support::CommandEnd;
using testing_support::run_command;

CommandEnd doctor(const std::string& program, const std::string& arguments,
                  const std::string& environment = "") {
  return run_command(environment + " " + program + " doctor " + arguments);
}

TEST(Doctor, looks_at_the_machine_and_asks_each_provider_one_validation) {
  const CommandEnd end = doctor(ACKPROOF_PROGRAM, "memory filesystem");

  const bool has_trouble = end.out.find("not ok") != std::string::npos;
  EXPECT_EQ(end.exit_code, has_trouble ? 3 : 0) << end.out;
  for (const char* line :
       {"stores  ", "clock  ", "cores  ", "ok      memory ", "ok      filesystem "}) {
    EXPECT_NE(end.out.find(line), std::string::npos) << line << "\n" << end.out;
  }
  EXPECT_NE(end.out.find("1 of 1 validation passed"), std::string::npos) << end.out;
  EXPECT_NE(end.out.find("core, engine"), std::string::npos) << end.out;
}

TEST(Doctor, says_what_to_do_about_a_folder_that_is_not_there) {
  const CommandEnd end = doctor(ACKPROOF_PROGRAM, "memory", "TMPDIR=/nosuch");

  EXPECT_EQ(end.exit_code, 3) << end.out;
  EXPECT_NE(end.out.find("not ok  stores"), std::string::npos) << end.out;
  EXPECT_NE(end.out.find("-> set TMPDIR to a folder"), std::string::npos) << end.out;
  EXPECT_NE(end.out.find("not ok  memory"), std::string::npos) << end.out;
  EXPECT_EQ(end.err, "");
}

TEST(Doctor, says_what_to_install) {
  const CommandEnd end = doctor(ACKPROOF_MISBEHAVING, "unreachable", "PATH=/nosuch");

  EXPECT_EQ(end.exit_code, 3) << end.out;
  EXPECT_NE(end.out.find("not ok  redis"), std::string::npos) << end.out;
  EXPECT_NE(end.out.find("apt-get install redis-server"), std::string::npos) << end.out;
}

TEST(Doctor, asks_for_the_address_of_a_server_that_it_cannot_start) {
  const CommandEnd end = doctor(ACKPROOF_MISBEHAVING, "exotic");

  EXPECT_EQ(end.exit_code, 3) << end.out;
  EXPECT_NE(end.out.find("--uri"), std::string::npos) << end.out;
}

TEST(Doctor, names_a_provider_that_cannot_be_opened_and_tells_no_password) {
  const CommandEnd end =
      doctor(ACKPROOF_MISBEHAVING, "unreachable --uri redis://:geheim@cache:6379");

  EXPECT_EQ(end.exit_code, 3) << end.out;
  EXPECT_NE(end.out.find("not ok  unreachable"), std::string::npos) << end.out;
  EXPECT_EQ((end.out + end.err).find("geheim"), std::string::npos) << end.out;
}

TEST(Doctor, refuses_an_unknown_provider_and_what_is_no_address) {
  EXPECT_EQ(doctor(ACKPROOF_PROGRAM, "nosuch").exit_code, 2);
  const CommandEnd end = doctor(ACKPROOF_PROGRAM, "memory --uri nosuch");
  EXPECT_EQ(end.exit_code, 2);
  EXPECT_NE(end.err.find("looks like"), std::string::npos) << end.err;
}

}  // namespace
}  // namespace ackproof
