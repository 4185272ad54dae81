// The command line, as values: what was asked for, or why it could not be understood.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "contract/requirement.h"
#include "harness/certificate_commands.h"
#include "reports/run.h"

namespace ackproof {

// The exit codes of the program. They are part of its interface.
enum ExitCode : int {
  kCertified = 0,
  kNotCertified = 1,
  kUsage = 2,
  kBroken = 3,
  kNothingSelected = 5,
  kRefused = 7,
  kInterrupted = 130,
};

struct CertifyCommand {
  std::vector<std::string> providers;
  std::string uri;  // Of the server that the stores are to live on; empty: a private one.
  std::filesystem::path out = "ackproof-report";
  std::vector<std::string> profiles;
  std::string level = "1";
  unsigned jobs = 0;  // 0: one per core, and more in real time.
  std::uint64_t seed = 0;
  bool seed_given = false;
  std::string filter;
  std::vector<std::string> requirements;
  std::uint64_t repeat = 1;
  std::uint64_t sequences = kSequences;
  std::uint64_t sequence_length = kSequenceLength;
  std::filesystem::path rerun_failed;
  std::string clock = "auto";
  unsigned timeout_s = 60;
  bool in_process = false;
};

struct Command {
  enum class Verb { none, certify, list, explain, report, keygen, attest, verify };
  Verb verb = Verb::none;
  CertifyCommand certify;
  std::string what;                   // list: of what; explain: which id.
  bool coverage = false;              // list: requirement × validations × mutants.
  std::vector<std::string> profiles;  // list --coverage: of these; none: of all.
  std::string level = "1";            // list --coverage: as far as this one can try.
  std::filesystem::path record;       // report: the run.json.
  std::filesystem::path out;          // report: where to; empty: only the terminal.
  KeygenCommand keygen;
  AttestCommand attest;
  VerifyCommand verify;
};

// What `argv` asks for. When it asks for help, or cannot be understood, that has been printed and
// `exit_code` is what to end with; otherwise `exit_code` is -1.
Command parse_command_line(int argc, char** argv, int& exit_code);

// Says on stderr, in one line, why the program ends with this code, which it returns.
int refuse(const std::string& sentence, int code);

}  // namespace ackproof
