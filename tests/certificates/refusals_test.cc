// Each way in which a certificate can be wrong is refused by the program, with a sentence of its own.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <regex>

#include "tests/certificates/wrong.h"
#include "tests/support/command.h"

namespace ackproof::certificates {
namespace {

namespace fs = std::filesystem;

using testing_support::CommandEnd;
using testing_support::fresh_folder;
using testing_support::run_command;

// Always in the same folder, so that two refusals differ in what they say, not in a path.
CommandEnd verify_files(const Files& files, const Wrong& wrong, const std::string& folder) {
  fs::remove_all(folder);
  fs::create_directory(folder);
  const auto write = [&](const char* name, const std::string& text) {
    std::ofstream(folder + "/" + name, std::ios::binary) << text;
  };
  write("certificate.json", files.certificate);
  write("run.json", files.record);
  write("ann.pub", files.key);
  write("revoked", files.revoked);
  if (wrong.on_disk) wrong.on_disk(folder);
  return run_command("cd " + folder + " && " + ACKPROOF_PROGRAM +
                     " verify certificate.json --record run.json --key ann.pub --revoked revoked " +
                     (std::string(wrong.arguments).find("--at") == std::string::npos
                          ? "--at 2026-06-01T00:00:00Z "
                          : "") +
                     wrong.arguments);
}

std::vector<Wrong> every_wrong() {
  std::vector<Wrong> all;
  for (const std::vector<Wrong>& part :
       {changed_afterwards(), signed_statements(), forged_records(), revoked(), unreadable()}) {
    all.insert(all.end(), part.begin(), part.end());
  }
  return all;
}

// Digests do not make two sentences different.
std::string without_digests(const std::string& sentence) {
  return std::regex_replace(sentence, std::regex("[0-9a-f]{64}"), "…");
}

TEST(Refusals, what_is_right_is_believed) {
  const CommandEnd end = verify_files(made_by({}), {}, fresh_folder() + "/files");

  EXPECT_EQ(end.exit_code, 0) << end.err;
  EXPECT_EQ(end.err, "");
  EXPECT_NE(end.out.find("mystore 1.0.0 is certified: core, level 1 functional."),
            std::string::npos)
      << end.out;
}

TEST(Refusals, each_has_its_exit_code_and_a_sentence_of_its_own) {
  const std::string folder = fresh_folder() + "/files";
  std::map<std::string, std::string> seen;
  for (const Wrong& wrong : every_wrong()) {
    SCOPED_TRACE(wrong.name);
    const CommandEnd end = verify_files(made_by(wrong), wrong, folder);

    EXPECT_EQ(end.exit_code, wrong.exit_code) << end.err;
    EXPECT_EQ(end.out, "");
    EXPECT_NE(end.err.find(wrong.says), std::string::npos) << end.err;
    EXPECT_EQ(std::count(end.err.begin(), end.err.end(), '\n'), 1) << end.err;
    EXPECT_EQ(
        end.err.rfind(
            wrong.exit_code == 7 ? "ackproof: certificate.json is refused: " : "ackproof: ", 0),
        0U)
        << end.err;
    const auto [at, is_new] = seen.emplace(without_digests(end.err), wrong.name);
    EXPECT_TRUE(is_new) << "says the same as: " << at->second << "\n" << end.err;
  }
}

// What a signature that does not fit is due to, it does not tell.
TEST(Refusals, a_signature_that_does_not_fit_is_one_reason) {
  const std::string folder = fresh_folder() + "/files";
  const std::vector<Wrong> all = {
      {.name = "flipped byte in the signature",
       .in_envelope = [](Envelope& envelope) { envelope.signatures[0].bytes[10] ^= 1; }},
      {.name = "shorter signature",
       .in_envelope = [](Envelope& envelope) { envelope.signatures[0].bytes.pop_back(); }},
      {.name = "signature of the payload alone",
       .in_envelope =
           [](Envelope& envelope) {
             envelope.signatures[0].bytes = known_key().sign(envelope.payload);
           }},
      {.name = "foreign key, and its id in the envelope",
       .in_envelope =
           [](Envelope& envelope) {
             envelope.signatures[0].key_id = other_key().public_key().id();
           },
       .in_files = [](Files& files) { files.key = other_key().public_key().pem(); }},
      {.name = "foreign key, and no id in the envelope",
       .in_envelope = [](Envelope& envelope) { envelope.signatures[0].key_id.clear(); },
       .in_files = [](Files& files) { files.key = other_key().public_key().pem(); }},
  };
  for (const Wrong& wrong : all) {
    const CommandEnd end = verify_files(made_by(wrong), wrong, folder);
    EXPECT_EQ(end.exit_code, 7) << wrong.name;
    EXPECT_NE(end.err.find("the signature is wrong"), std::string::npos) << end.err;
  }
}

// DSSE leaves key ids and further fields of the envelope to whoever wants to believe them.
TEST(Refusals, what_nothing_signs_is_neither_needed_nor_believed) {
  const std::string folder = fresh_folder() + "/files";
  const Wrong without_id = {
      .in_envelope = [](Envelope& envelope) { envelope.signatures[0].key_id.clear(); }};
  const Wrong with_more = {.in_files = [](Files& files) {
    replace(files.certificate, "{", "{\"certified\": \"for everything\",");
  }};
  for (const Wrong& wrong : {without_id, with_more}) {
    const CommandEnd end = verify_files(made_by(wrong), wrong, folder);
    EXPECT_EQ(end.exit_code, 0) << end.err;
    EXPECT_EQ(end.out.find("for everything"), std::string::npos) << end.out;
  }
}

}  // namespace
}  // namespace ackproof::certificates
