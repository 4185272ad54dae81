// PostgreSQL refuses to run as root, so root hands it over to another user, with a folder that this one can reach.
#include "harness/servers/postgresql.h"

#include <pwd.h>
#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>

#include "harness/servers/places.h"
#include "harness/servers/server.h"

namespace ackproof::servers {

namespace {

namespace fs = std::filesystem;

// Debian keeps the programs of each version in a folder of its own, and none of them in the PATH. The newest first.
std::vector<fs::path> debian_folders() {
  std::vector<std::pair<int, fs::path>> versions;
  std::error_code none;  // Elsewhere there is no such folder.
  for (const fs::directory_entry& entry : fs::directory_iterator("/usr/lib/postgresql", none)) {
    versions.emplace_back(std::atoi(entry.path().filename().c_str()), entry.path() / "bin");
  }
  std::ranges::sort(versions, std::ranges::greater());
  std::vector<fs::path> folders;
  for (const auto& [version, folder] : versions) folders.push_back(folder);
  return folders;
}

Result<std::optional<User>> server_user() {
  if (geteuid() != 0) return std::optional<User>();
  for (const char* name : {"postgres", "nobody"}) {
    if (const passwd* entry = getpwnam(name)) {
      return std::optional<User>({entry->pw_uid, entry->pw_gid});
    }
  }
  return Error{ErrorKind::internal, "servers",
               "PostgreSQL does not run as root, and there is neither a user postgres nor nobody"};
}

// The first line of `postmaster.pid` is the process, the eighth tells how far it is.
bool is_ready(const fs::path& pid_file, pid_t process) {
  std::ifstream file(pid_file);
  std::string first;
  std::string line;
  std::getline(file, first);
  for (int n = 2; n <= 8; ++n) std::getline(file, line);
  return file && first == std::to_string(process) && line.rfind("ready", 0) == 0;
}

Recipe recipe(const fs::path& bin, const fs::path& folder, const std::optional<User>& user) {
  const std::string data = folder / "data";
  const fs::path pid_file = folder / "data" / "postmaster.pid";
  const std::vector<std::string> prepare = {
      bin / "initdb",    "--pgdata=" + data, "--username=ackproof", "--auth=trust",
      "--encoding=UTF8", "--no-locale",      "--no-sync",           "--no-instructions"};
  const std::vector<std::string> serve = {
      bin / "postgres", "-D", data, "-p", "5432", "-k", folder, "-c", "listen_addresses=",
      // Many validations at a time, each with several handles, each with several connections.
      "-c", "max_connections=1000",
      // In the data folder, where a kill leaves nothing behind that outlives it.
      "-c", "dynamic_shared_memory_type=mmap", "-c", "fsync=on", "-c", "synchronous_commit=on",
      "-c", "full_page_writes=on"};
  return {.title = "PostgreSQL",
          .uri = "postgresql:///postgres?host=" + folder.string() + "&port=5432&user=ackproof",
          .keeping = {.folder = folder,
                      .run_as = user,
                      .commands = {prepare, serve},
                      .pid_file = pid_file},
          .stop_signal = SIGINT,  // A "fast" shutdown: sessions are ended, nothing is lost.
          .is_ready = [pid_file](pid_t process) { return is_ready(pid_file, process); }};
}

}  // namespace

Result<fs::path> postgresql_program() {
  std::vector<fs::path> folders = search_path();
  for (const fs::path& folder : debian_folders()) folders.push_back(folder);
  if (const auto bin = folder_of_programs(folders, {"initdb", "postgres"}))
    return *bin / "postgres";
  return Error{ErrorKind::not_found, "servers",
               "PostgreSQL is not installed: apt-get install postgresql"};
}

Result<Server> start_postgresql() {
  const Result<fs::path> program = postgresql_program();
  if (!program) return program.error();
  const Result<std::optional<User>> user = server_user();
  if (!user) return user.error();
  const Result<fs::path> folder = private_folder(user.value());
  if (!folder) return folder.error();
  return Server::start(recipe(program.value().parent_path(), folder.value(), user.value()));
}

}  // namespace ackproof::servers
