#include "tests/redis/private_server.h"

#include <arpa/inet.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <random>
#include <stdexcept>
#include <thread>

#include "reference_providers/redis/connection.h"
#include "tests/support/command.h"

namespace ackproof {

namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr char kProgram[] = REDIS_SERVER;

bool is_free(int port) {
  const int descriptor = socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  const bool is_bound =
      bind(descriptor, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0;
  close(descriptor);
  return is_bound;
}

// Below those that connections get by themselves. A node of a cluster takes a second one, 10,000
// above.
int free_port() {
  std::random_device random;
  std::uniform_int_distribution<int> port(11'000, 22'000);
  for (int n = 0; n < 1'000; ++n) {
    const int drawn = port(random);
    if (is_free(drawn) && is_free(drawn + 10'000)) return drawn;
  }
  throw std::runtime_error("no free port");
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
  process_ = fork();
  if (process_ == 0) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);  // It does not outlive the test, however that ends.
    execv(kProgram, arguments.data());
    _exit(127);
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
  kill();
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
