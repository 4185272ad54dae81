// Keys and certificates as people make and check them: by the program, from one folder to another.
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <algorithm>
#include <filesystem>
#include <fstream>

#include "tests/support/command.h"

namespace ackproof {
namespace {

namespace fs = std::filesystem;

using testing_support::CommandEnd;
using testing_support::fresh_folder;
using testing_support::read_file;
using testing_support::run_command;

CommandEnd in(const std::string& folder, const std::string& arguments) {
  return run_command("cd '" + folder + "' && " + ACKPROOF_PROGRAM + " " + arguments);
}

unsigned mode_of(const std::string& file) {
  struct stat status {};
  return stat(file.c_str(), &status) == 0 ? status.st_mode & 07777U : 0;
}

std::size_t files_in(const std::string& folder) {
  return static_cast<std::size_t>(
      std::distance(fs::directory_iterator(folder), fs::directory_iterator()));
}

// The lines of a PEM text that are the key.
std::string body_of(const std::string& pem) {
  const std::size_t from = pem.find('\n') + 1;
  return pem.substr(from, pem.find('\n', from) - from);
}

TEST(Keygen, makes_a_pair_that_nobody_else_can_read) {
  const std::string folder = fresh_folder();

  const CommandEnd end =
      run_command("umask 0 && cd " + folder + " && " + ACKPROOF_PROGRAM + " keygen --out ann");

  EXPECT_EQ(end.exit_code, 0) << end.err;
  EXPECT_EQ(mode_of(folder + "/ann.key"), 0600U);
  EXPECT_EQ(mode_of(folder + "/ann.pub"), 0644U);
  EXPECT_EQ(read_file(folder + "/ann.key").rfind("-----BEGIN PRIVATE KEY-----\n", 0), 0U);
  EXPECT_EQ(read_file(folder + "/ann.pub").rfind("-----BEGIN PUBLIC KEY-----\n", 0), 0U);
  EXPECT_NE(end.out.find("key id:     sha256:"), std::string::npos) << end.out;
  EXPECT_EQ(end.out.find(body_of(read_file(folder + "/ann.key"))), std::string::npos);
  EXPECT_EQ(files_in(folder), 2U);
}

TEST(Keygen, the_key_is_what_openssl_takes_for_one) {
  const std::string folder = fresh_folder();
  ASSERT_EQ(in(folder, "keygen --out ann").exit_code, 0);
  const CommandEnd end = run_command("openssl pkey -in " + folder + "/ann.key -pubout");
  if (end.exit_code == 127) GTEST_SKIP() << "openssl is not installed";

  EXPECT_EQ(end.out, read_file(folder + "/ann.pub"));
}

TEST(Keygen, overwrites_nothing) {
  for (const char* there : {"ann.key", "ann.pub"}) {
    const std::string folder = fresh_folder();
    std::ofstream(folder + "/" + there) << "precious";

    const CommandEnd end = in(folder, "keygen --out ann");

    EXPECT_EQ(end.exit_code, 2);
    EXPECT_EQ(end.err, std::string("ackproof: cannot create ") + there + ": File exists\n");
    EXPECT_EQ(read_file(folder + "/" + there), "precious");
    EXPECT_EQ(files_in(folder), 1U) << "half a pair is left";
  }
}

TEST(Keygen, follows_no_link_and_makes_no_folder) {
  const std::string folder = fresh_folder();
  fs::create_symlink("elsewhere", folder + "/ann.key");

  EXPECT_EQ(in(folder, "keygen --out ann").exit_code, 2);
  EXPECT_EQ(in(folder, "keygen --out nowhere/ann").exit_code, 2);
  EXPECT_EQ(in(folder, "keygen").exit_code, 2);

  EXPECT_EQ(files_in(folder), 1U);
}

TEST(Attest, refuses_what_is_no_record_and_leaves_nothing) {
  const std::string folder = fresh_folder();
  ASSERT_EQ(in(folder, "keygen --out ann").exit_code, 0);
  std::ofstream(folder + "/empty.json") << "";
  std::ofstream(folder + "/other.json") << "{\"hello\": 1}";
  std::ofstream(folder + "/text") << "no key";
  struct Row {
    const char* arguments;
    int exit_code;
    const char* says;
  };
  for (const Row& row : {
           Row{"empty.json --key ann.key", 7,
               "empty.json gets no certificate: the record: it is empty"},
           Row{"other.json --key ann.key", 7, "other.json gets no certificate: the record: schema"},
           Row{"other.json --key text", 7, "text cannot sign: it holds no secret key"},
           Row{"other.json --key ann.pub", 7, "ann.pub cannot sign: it holds a public key"},
           Row{"none.json --key ann.key", 2, "cannot read none.json"},
           Row{". --key ann.key", 2, "cannot read .: it is no regular file"},
           Row{"other.json --key none.key", 2, "cannot read none.key"},
           Row{"other.json --key ann.key --out ann.key", 2, "is the key or the record itself"},
           Row{"other.json --key ann.key --out ./other.json", 2,
               "--out ./other.json is the key or"},
           Row{"other.json", 2, "--key"},
           Row{"--key ann.key", 2, "record"},
           Row{"other.json --key ann.key --third-party", 2, "--signer"},
           Row{"other.json --key ann.key --third-party --signer ''", 2, "the name is blank"},
           Row{"other.json --key ann.key --third-party --signer ' \t '", 2, "the name is blank"},
           Row{"other.json --key ann.key --signer '\u00a0\u3000'", 2, "the name is blank"},
           Row{"other.json --key ann.key --valid-days 0", 2, "valid-days"},
       }) {
    const CommandEnd end = in(folder, std::string("attest ") + row.arguments);
    EXPECT_EQ(end.exit_code, row.exit_code) << row.arguments << ": " << end.err;
    EXPECT_NE(end.err.find(row.says), std::string::npos) << end.err;
    EXPECT_EQ(std::count(end.err.begin(), end.err.end(), '\n'), 1) << end.err;
    EXPECT_EQ(end.out, "");
    EXPECT_FALSE(fs::exists(folder + "/certificate.json"));
  }
}

TEST(Attest, refuses_a_run_of_a_part) {
  const std::string folder = fresh_folder();
  ASSERT_EQ(in(folder, "keygen --out ann").exit_code, 0);
  const CommandEnd run = in(folder, "certify memory --requirement LOCK_2");
  ASSERT_EQ(run.exit_code, 0) << run.err;
  EXPECT_EQ(run.out.find("attest"), std::string::npos) << run.out;

  const CommandEnd end = in(folder, "attest ackproof-report/run.json --key ann.key");

  EXPECT_EQ(end.exit_code, 7);
  EXPECT_NE(end.err.find("a part certifies nothing"), std::string::npos) << end.err;
}

// What is wrong stands in the record, so nobody has to remember how the run ended.
TEST(Attest, refuses_a_run_whose_exemption_is_stale) {
  const std::string folder = fresh_folder();
  ASSERT_EQ(in(folder, "keygen --out ann").exit_code, 0);
  ASSERT_EQ(
      run_command("printf '[[exemption]]\\nrequirement = \"LOCK_2\"\\nprovider = \"memory\"\\n"
                  "mode = \"known-failing\"\\nreason = \"r\"\\nlink = \"l\"\\nowner = \"o\"\\n"
                  "expires = '$(date -u -d '+9 days' +%F)'\\n' > " +
                  folder + "/exemptions.toml")
          .exit_code,
      0);
  const CommandEnd run = in(folder, "certify memory --profile core --exemptions exemptions.toml");
  ASSERT_EQ(run.exit_code, 4) << run.out << run.err;
  EXPECT_EQ(run.out.find("attest"), std::string::npos) << run.out;

  const CommandEnd end = in(folder, "attest ackproof-report/run.json --key ann.key");

  EXPECT_EQ(end.exit_code, 7);
  EXPECT_NE(end.err.find("The exemption of LOCK_2 is stale"), std::string::npos) << end.err;
  EXPECT_EQ(std::count(end.err.begin(), end.err.end(), '\n'), 1) << end.err;
  EXPECT_FALSE(fs::exists(folder + "/certificate.json"));
  EXPECT_EQ(in(folder, "report ackproof-report/run.json").exit_code, 4) << "as certify ended";
}

// Ann certifies and signs; Bob has the program, three files and nothing else.
TEST(Certificates, made_by_one_are_believed_by_another) {
  const std::string ann = fresh_folder();
  ASSERT_EQ(in(ann, "keygen --out ann").exit_code, 0);
  const CommandEnd run = in(ann, "certify memory --profile core --seed 5");
  ASSERT_EQ(run.exit_code, 0) << run.out << run.err;
  EXPECT_NE(run.out.find("ackproof attest ackproof-report/run.json --key NAME.key\n"),
            std::string::npos)
      << run.out;
  const CommandEnd signed_one =
      in(ann, "attest ackproof-report/run.json --key ann.key --signer 'Ann Example' --third-party");
  ASSERT_EQ(signed_one.exit_code, 0) << signed_one.err;
  EXPECT_NE(signed_one.out.find("ackproof verify certificate.json --record "
                                "ackproof-report/run.json --key ann.pub\n"),
            std::string::npos)
      << "with the public key, by its name: " << signed_one.out;

  const std::string bob = fresh_folder();
  for (const char* file : {"certificate.json", "ackproof-report/run.json", "ann.pub"}) {
    fs::copy(ann + "/" + file, bob);
  }
  fs::copy(ACKPROOF_PROGRAM, bob + "/his_ackproof");
  fs::rename(ann, ann + "-is-gone");
  const CommandEnd end = run_command("cd " + bob +
                                     " && env -i ./his_ackproof verify certificate.json"
                                     " --record run.json --key ann.pub");
  const std::string secret = body_of(read_file(ann + "-is-gone/ann.key"));
  fs::rename(ann + "-is-gone", ann);

  EXPECT_EQ(end.exit_code, 0) << end.err;
  for (const char* words : {"memory 1.0.0 is certified: core, level 1 functional.",
                            "Ann Example, third-party", "seed 5", "until 2"}) {
    EXPECT_NE(end.out.find(words), std::string::npos) << words << "\n" << end.out;
  }
  // The secret key stands nowhere but in its own file.
  ASSERT_EQ(secret.size(), 64U);
  std::string everything = run.out + run.err + signed_one.out + signed_one.err + end.out;
  for (const auto& entry : fs::recursive_directory_iterator(ann)) {
    if (entry.is_regular_file() && entry.path().filename() != "ann.key") {
      everything += read_file(entry.path());
    }
  }
  EXPECT_EQ(everything.find(secret), std::string::npos);
}

TEST(Certificates, help_has_examples) {
  for (const char* command : {"keygen", "attest", "verify"}) {
    const CommandEnd end = in(".", std::string(command) + " --help");
    EXPECT_EQ(end.exit_code, 0);
    EXPECT_NE(end.out.find(std::string("  ackproof ") + command), std::string::npos) << end.out;
  }
  EXPECT_NE(in(".", "--help").out.find("7 a certificate is refused"), std::string::npos);
}

}  // namespace
}  // namespace ackproof
