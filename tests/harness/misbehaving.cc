// A program with providers that misbehave in every way that a runner has to contain.
#include <signal.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <stdexcept>
#include <string>
#include <thread>

#include "contract/forwarding_provider.h"
#include "contract/requirements.h"
#include "harness/main.h"
#include "reference_providers/memory/memory_provider.h"
#include "tests/harness/liars.h"
#include "tests/support/without_queues.h"

namespace {

using ackproof::FetchTurn;
using ackproof::ForwardingProvider;
using ackproof::Provider;
using ackproof::ProviderFactory;
using ackproof::Result;
using ackproof::Scope;
using ackproof::Turn;

using Misdeed = void (*)();

// Does its misdeed at the first fetch of a turn.
class Misbehaving final : public ForwardingProvider {
 public:
  Misbehaving(std::unique_ptr<Provider> inner, Misdeed misdeed)
      : ForwardingProvider(std::move(inner)), misdeed_(misdeed) {}
  Result<std::optional<Turn>> fetch_turn(const FetchTurn& options) override {
    misdeed_();
    return inner().fetch_turn(options);
  }

 private:
  Misdeed misdeed_;
};

void crash() { std::abort(); }

void hang() {
  for (;;) pause();
}

// Hangs, the first time that anybody asks.
void hang_once() {
  const char* file = std::getenv("HUNG_FILE");
  if (file == nullptr || std::ifstream(file)) return;
  std::ofstream(file) << "hung";
  hang();
}

// Crashes, the first time that anybody asks.
void crash_once() {
  const char* file = std::getenv("CRASHED_FILE");
  if (file == nullptr || std::ifstream(file)) return;
  std::ofstream(file) << "crashed";
  crash();
}

// At once: exit() would destroy what the other threads of the process are still using.
void leave() { std::_Exit(0); }

void throw_something() { throw std::runtime_error("thrown out of fetch_turn"); }

// Leaves a process behind that holds on to the pipes of its parent, and says which one.
void litter() {
  const pid_t child = fork();
  if (child == 0) {
    for (;;) pause();
  }
  if (const char* file = std::getenv("LITTER_FILE")) std::ofstream(file) << child;
}

// Prints without end.
void babble() {
  for (;;) std::puts("and another thing ...");
}

ProviderFactory misbehaving(const std::string& name, Misdeed misdeed) {
  ProviderFactory factory = ackproof::memory::factory();
  factory.name = name;
  factory.summary = "Misbehaves";
  factory.open = [open = factory.open,
                  misdeed](const Scope& scope) -> Result<std::unique_ptr<Provider>> {
    return std::unique_ptr<Provider>(std::make_unique<Misbehaving>(open(scope).value(), misdeed));
  };
  return factory;
}

// What a shell says to this; thrown when it does not succeed.
std::string shell(const std::string& line) {
  FILE* stream = popen(line.c_str(), "r");
  std::string text;
  for (int c; stream != nullptr && (c = std::fgetc(stream)) != EOF;) text += static_cast<char>(c);
  if (stream == nullptr || pclose(stream) != 0) throw std::runtime_error(line + ": " + text);
  return text;
}

std::string psql(const Scope& scope, const std::string& sql) {
  return shell("psql --no-psqlrc -qAt -v ON_ERROR_STOP=1 '" + scope.uri + "' -c '" + sql +
               "' 2>&1");
}

// An address such as unix://:password@/path/of/the/socket.
std::string redis(const Scope& scope, const std::string& words) {
  const std::size_t at = scope.uri.rfind('@');
  const std::string path = scope.uri.substr(at == std::string::npos ? 7 : at + 1);
  return shell("redis-cli -s " + path + " " + words + " 2>&1");
}

// Keeps its store in memory, and one mark of it on a server, so that a test sees what is left there.
ProviderFactory on_server(ProviderFactory factory, const std::string& name,
                          const std::string& server) {
  const bool is_sql = server == "postgresql";
  factory.name = name;
  factory.server = server;
  factory.open = [open = factory.open,
                  is_sql](const Scope& scope) -> Result<std::unique_ptr<Provider>> {
    if (is_sql) psql(scope, "create schema if not exists " + scope.name);
    if (!is_sql) redis(scope, "set " + scope.name + " 1");
    return open(scope);
  };
  factory.destroy = [destroy = factory.destroy, is_sql](const Scope& scope) {
    if (is_sql) psql(scope, "drop schema if exists " + scope.name + " cascade");
    if (!is_sql) redis(scope, "del " + scope.name);
    if (destroy) destroy(scope);
  };
  return factory;
}

// Tells everybody where its server is, in every way that there is.
class Telling final : public ForwardingProvider {
 public:
  Telling(std::unique_ptr<Provider> inner, std::string uri)
      : ForwardingProvider(std::move(inner)), uri_(std::move(uri)) {}
  ackproof::Description describe() const override {
    ackproof::Description description = ForwardingProvider::describe();
    description.provider = "telling of " + uri_;
    description.version = "1 at " + uri_;
    description.store_version = "a store at " + uri_;
    return description;
  }
  Result<std::optional<Turn>> fetch_turn(const FetchTurn&) override {
    std::printf("connecting to %s\n", uri_.c_str());
    return ackproof::Error{ackproof::ErrorKind::busy, "fetch_turn", "no answer from " + uri_};
  }

 private:
  std::string uri_;
};

ProviderFactory telling() {
  ProviderFactory factory = ackproof::memory::factory();
  factory.name = "telling";
  factory.server = "postgresql";
  factory.open = [open = factory.open](const Scope& scope) -> Result<std::unique_ptr<Provider>> {
    return std::unique_ptr<Provider>(std::make_unique<Telling>(open(scope).value(), scope.uri));
  };
  return factory;
}

ProviderFactory unreachable() {
  ProviderFactory factory = ackproof::memory::factory();
  factory.name = "unreachable";
  factory.server = "redis";
  factory.open = [](const Scope& scope) -> Result<std::unique_ptr<Provider>> {
    return ackproof::Error{ackproof::ErrorKind::busy, "open", "nobody answers at " + scope.uri};
  };
  return factory;
}

// Of a kind that nobody here knows how to start.
ProviderFactory exotic() {
  ProviderFactory factory = ackproof::memory::factory();
  factory.name = "exotic";
  factory.server = "exotic";
  return factory;
}

ProviderFactory unopenable() {
  ProviderFactory factory = ackproof::memory::factory();
  factory.name = "unopenable";
  factory.open = [](const Scope&) -> Result<std::unique_ptr<Provider>> {
    return ackproof::Error{ackproof::ErrorKind::busy, "open", "nobody answers"};
  };
  return factory;
}

// Opens for the question what it declares, and never again.
ProviderFactory opens_once() {
  ProviderFactory factory = ackproof::memory::factory();
  factory.name = "opens_once";
  factory.open = [open = factory.open](const Scope& scope) -> Result<std::unique_ptr<Provider>> {
    if (scope.name.find("describe") != std::string::npos) return open(scope);
    return ackproof::Error{ackproof::ErrorKind::busy, "open", "nobody answers any more"};
  };
  return factory;
}

const std::vector<ackproof::Mutant>& mutants() {
  static const std::vector<ackproof::Mutant> all = {
      {"on_redis", ackproof::find_requirement("LOCK_2"), "Breaks nothing.",
       on_server(ackproof::memory::factory(), "", "redis")}};
  return all;
}

}  // namespace

int main(int argc, char** argv) {
  const ProviderFactory memory = ackproof::memory::factory();
  std::vector<ProviderFactory> all = {
      memory,
      misbehaving("crashing", crash),
      misbehaving("hanging", hang),
      misbehaving("hanging_once", hang_once),
      misbehaving("crashing_once", crash_once),
      misbehaving("leaving", leave),
      misbehaving("throwing", throw_something),
      misbehaving("littering", litter),
      misbehaving("babbling", babble),
      unopenable(),
      opens_once(),
      on_server(memory, "on_postgresql", "postgresql"),
      on_server(memory, "on_redis", "redis"),
      on_server(misbehaving("", crash), "crashing_on_postgresql", "postgresql"),
      on_server(misbehaving("", hang), "hanging_on_postgresql", "postgresql"),
      on_server(misbehaving("", crash), "crashing_on_redis", "redis"),
      on_server(misbehaving("", hang), "hanging_on_redis", "redis"),
      telling(),
      unreachable(),
      exotic(),
      ackproof::alone(ackproof::Capability::event_store),
      ackproof::alone(ackproof::Capability::context_store)};
  for (const ProviderFactory& liar : ackproof::liars()) all.push_back(liar);
  return ackproof::main(argc, argv, std::move(all), mutants);
}
