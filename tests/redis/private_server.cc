#include "tests/redis/private_server.h"

#include <arpa/inet.h>
#include <signal.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <stdexcept>
#include <thread>

#include "reference_providers/redis/connection.h"
#include "tests/support/command.h"

namespace ackproof {

namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr char kProgram[] = REDIS_SERVER;

int free_port() {
  const int descriptor = socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  const bool is_bound =
      bind(descriptor, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0 &&
      getsockname(descriptor, reinterpret_cast<sockaddr*>(&address), &size) == 0;
  close(descriptor);
  if (!is_bound) throw std::runtime_error("no free port");
  return ntohs(address.sin_port);
}

}  // namespace

PrivateServer::PrivateServer(std::vector<std::string> options)
    : options_(std::move(options)), folder_(testing_support::fresh_folder()), port_(free_port()) {
  start();
}

PrivateServer::~PrivateServer() { kill(); }

std::string PrivateServer::uri_of(const std::string& user, const std::string& password) const {
  return "redis://" + user + ":" + password + "@127.0.0.1:" + std::to_string(port_);
}

void PrivateServer::start() {
  std::vector<std::string> words = {kProgram,
                                    "--port",
                                    std::to_string(port_),
                                    "--bind",
                                    "127.0.0.1",
                                    "--dir",
                                    folder_,
                                    "--unixsocket",
                                    folder_ + "/redis.sock",
                                    "--logfile",
                                    folder_ + "/log",
                                    "--save",
                                    "",
                                    "--enable-debug-command",
                                    "local"};
  words.insert(words.end(), options_.begin(), options_.end());
  std::vector<char*> arguments;
  for (std::string& word : words) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  if (posix_spawn(&process_, kProgram, nullptr, nullptr, arguments.data(), environ) != 0) {
    throw std::runtime_error("the server does not start");
  }
  const auto late = steady_clock::now() + milliseconds(10'000);
  while (steady_clock::now() < late) {
    try {
      if (text({"PING"}) == "PONG") return;
    } catch (const std::exception&) {
      // Not yet.
    }
    std::this_thread::sleep_for(milliseconds(5));
  }
  throw std::runtime_error("the server does not come up: " +
                           testing_support::read_file(folder_ + "/log"));
}

void PrivateServer::kill() {
  if (process_ <= 0) return;
  ::kill(process_, SIGKILL);
  waitpid(process_, nullptr, 0);
  process_ = -1;
}

void PrivateServer::freeze() { ::kill(process_, SIGSTOP); }
void PrivateServer::unfreeze() { ::kill(process_, SIGCONT); }

redis::Reply PrivateServer::ask(const std::vector<std::string>& words) const {
  const redis::Moment deadline = steady_clock::now() + milliseconds(5'000);
  redis::Address address;
  address.path = folder_ + "/redis.sock";
  redis::Connection connection(address, deadline);
  redis::Command command;
  for (const std::string& word : words) command.add(word);
  return connection.ask(command, deadline);
}

}  // namespace ackproof
