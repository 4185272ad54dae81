// A process that outlives this one just long enough to clean up after it.
//
// It owns a private folder and the processes that run in it. However this program ends, also by SIGKILL, the keeper
// notices, kills what it started with all descendants, removes the folder and ends. It is forked and not executed, so
// that any program can have one without a helper file; it therefore calls only what is safe after a fork.
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "contract/result.h"

namespace ackproof {

// Somebody else to run as; only root can.
struct User {
  uid_t uid;
  gid_t gid;
};

struct Keeping {
  std::filesystem::path
      folder;  // Removed at the end. Working folder of the commands; `log` in it takes their output.
  std::optional<User> run_as = {};                      // Absent: as this process.
  std::vector<std::vector<std::string>> commands = {};  // Each begins with an absolute path.
  // A PostgreSQL server's `postmaster.pid`: names the System V shared memory that a kill leaves behind. May be empty.
  std::filesystem::path pid_file = {};
};

class Keeper {
 public:
  // internal  the process could not be made; the folder is gone then, too.
  static Result<Keeper> begin(const Keeping& keeping);

  Keeper(Keeper&& other) noexcept;
  Keeper& operator=(Keeper&&) = delete;
  // Kills everything, removes the folder, and returns when all of that is done.
  ~Keeper();

  // Runs command `n` to its end; true when it succeeded.
  bool run(std::size_t n);

  // Starts command `n` as the server, and returns its process id; 0 when that failed.
  pid_t start(std::size_t n);

  // Whether the server that was started last still runs.
  bool is_running();

  // Sends the server `signal` and waits for its end; false when it had not ended after `patience_ms`.
  bool end(int signal, int patience_ms);

  // SIGKILL for the server and all of its descendants; returns when they are gone.
  void kill_all();

 private:
  Keeper(pid_t process, int control, std::filesystem::path folder);
  int ask(char verb, int first = 0, int second = 0);

  pid_t process_;
  int control_;  // Our end; the keeper sees it close.
  std::filesystem::path folder_;
};

}  // namespace ackproof
