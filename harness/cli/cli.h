// The command line, as values: what was asked for, or why it could not be understood.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "contract/requirement.h"
#include "harness/authors/doctor.h"
#include "harness/authors/init.h"
#include "harness/authors/matrix.h"
#include "harness/records/certificate_commands.h"
#include "reports/run.h"
#include "reports/stress.h"

namespace ackproof {

// The exit codes of the program. They are part of its interface.
enum ExitCode : int {
  kCertified = 0,
  kNotCertified = 1,
  kUsage = 2,
  kBroken = 3,
  kBadExemption = 4,
  kNothingSelected = 5,
  kRegressed = 6,
  kRefused = 7,
  kInterrupted = 130,
};

struct CertifyCommand {
  std::vector<std::string> providers;
  std::string uri;  // Of the server that the stores are to live on; empty: a private one.
  std::filesystem::path out = "ackproof-report";
  std::vector<std::string> formats;  // Of the reports beside run.json; `all`: every one.
  std::string events;  // Where events go: a file, "-": standard output; empty: nowhere.
  std::vector<std::string> profiles;
  std::string level = "1";
  unsigned jobs = 0;  // 0: one per core, and more in real time.
  std::uint64_t seed = 0;
  bool seed_given = false;
  std::string filter;
  std::vector<std::string> requirements;
  std::uint64_t repeat = 1;
  unsigned retries = 0;  // How often what failed is asked again, to tell whether it always fails.
  std::uint64_t sequences = kSequences;
  std::uint64_t sequence_length = kSequenceLength;
  std::filesystem::path rerun_failed;
  std::filesystem::path config;      // Options that were not typed; empty: none.
  std::filesystem::path exemptions;  // Empty: none.
  std::filesystem::path baseline;    // A run.json to compare with; empty: none.
  Shard shard;
  std::string clock = "auto";
  unsigned timeout_s = 60;
  bool in_process = false;
  // Every option as it took effect, by its name without dashes; nothing that is secret.
  std::map<std::string, std::string> effective;
};

struct StressCommand {
  std::vector<std::string> providers;
  std::string uri;  // As for certify.
  std::filesystem::path out = "ackproof-report";
  StressSettings settings;
  bool seed_given = false;
  bool quiet = false;
};

struct ReportCommand {
  std::vector<std::filesystem::path> records;  // Each a run.json.
  std::string format;         // Of one document; empty: text, and with `out` the usual files.
  std::filesystem::path out;  // With `format` a file, "-": standard output; else a folder.
};

struct Command {
  enum class Verb {
    none,
    certify,
    stress,
    list,
    explain,
    report,
    diff,
    merge,
    todo,
    init,
    doctor,
    matrix,
    completion,
    man,
    keygen,
    attest,
    verify
  };
  Verb verb = Verb::none;
  CertifyCommand certify;
  StressCommand stress;
  std::string what;                   // list: of what; explain: which id; completion: the shell.
  bool coverage = false;              // list: requirement × validations × mutants.
  std::vector<std::string> profiles;  // list --coverage: of these; none: of all.
  std::string level = "1";            // list --coverage: as far as this one can try.
  ReportCommand report;
  std::filesystem::path record;  // todo: the run.json.
  std::vector<std::filesystem::path>
      records;                // diff: the earlier and the later one; merge: the shards.
  bool gate = false;          // diff: exits 6 when something became worse.
  std::filesystem::path out;  // merge: where to.
  InitCommand init;
  DoctorCommand doctor;
  MatrixCommand matrix;
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
