#include "harness/servers/places.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <set>
#include <sstream>

#include "harness/work_folder.h"

namespace ackproof::servers {

namespace {

constexpr std::string_view kPattern = "/ackproof-XXXXXX";
constexpr std::size_t kSocketName = 20;
constexpr std::size_t kLongestSocketPath = 107;  // The size of sun_path, less its end.

// Whether every folder on the way may be entered by everybody, or belongs to the user and may be entered by its owner.
bool can_reach(const std::filesystem::path& folder, const User& user) {
  for (std::filesystem::path at = folder; !at.empty(); at = at.parent_path()) {
    struct stat info {};
    if (stat(at.c_str(), &info) != 0 || !S_ISDIR(info.st_mode)) return false;
    const bool is_open = (info.st_mode & S_IXOTH) != 0;
    if (!is_open && !(info.st_uid == user.uid && (info.st_mode & S_IXUSR) != 0)) return false;
    if (at == at.root_path()) return true;
  }
  return false;
}

bool will_do(const std::filesystem::path& base, const std::optional<User>& user) {
  if (!base.is_absolute()) return false;
  const std::size_t socket = base.string().size() + kPattern.size() + 1 + kSocketName;
  return socket <= kLongestSocketPath && (!user || can_reach(base, *user));
}

}  // namespace

Result<std::filesystem::path> private_folder(const std::optional<User>& user) {
  std::string tried;
  for (const std::filesystem::path& base : {place_for_stores(), std::filesystem::path("/tmp")}) {
    if (!will_do(base, user)) continue;
    std::string pattern = base.string() + std::string(kPattern);
    if (mkdtemp(pattern.data()) == nullptr) {
      tried = ": " + base.string() + ": " + std::strerror(errno);
      continue;
    }
    if (!user || chown(pattern.c_str(), user->uid, user->gid) == 0) {
      return std::filesystem::path(pattern);
    }
    tried = ": " + pattern + ": " + std::strerror(errno);
    rmdir(pattern.c_str());
  }
  return Error{ErrorKind::internal, "servers", "there is no folder for a private server" + tried};
}

std::optional<std::filesystem::path> folder_of_programs(
    const std::vector<std::filesystem::path>& folders, const std::vector<std::string>& programs) {
  for (const std::filesystem::path& folder : folders) {
    const bool has_all = std::ranges::all_of(programs, [&](const std::string& program) {
      return access((folder / program).c_str(), X_OK) == 0;
    });
    if (has_all) return std::filesystem::absolute(folder);
  }
  return std::nullopt;
}

std::vector<std::filesystem::path> search_path() {
  std::vector<std::filesystem::path> folders;
  const char* path = std::getenv("PATH");
  std::istringstream list(path == nullptr ? "" : path);
  for (std::string folder; std::getline(list, folder, ':');) {
    if (!folder.empty()) folders.emplace_back(folder);
  }
  return folders;
}

int free_port() {
  static std::set<int> drawn;
  for (int n = 0; n < 100; ++n) {
    const int socket_end = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    const bool known = bind(socket_end, reinterpret_cast<sockaddr*>(&address), size) == 0 &&
                       getsockname(socket_end, reinterpret_cast<sockaddr*>(&address), &size) == 0;
    if (socket_end >= 0) close(socket_end);
    if (known && drawn.insert(ntohs(address.sin_port)).second) return ntohs(address.sin_port);
  }
  return 0;
}

}  // namespace ackproof::servers
