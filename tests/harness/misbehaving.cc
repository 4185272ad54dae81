// A program with providers that misbehave in every way that a runner has to contain.
#include <signal.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <stdexcept>
#include <thread>

#include "contract/forwarding_provider.h"
#include "harness/main.h"
#include "reference_providers/memory/memory_provider.h"

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

void leave() { std::exit(0); }

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

}  // namespace

int main(int argc, char** argv) {
  return ackproof::main(argc, argv,
                        {ackproof::memory::factory(), misbehaving("crashing", crash),
                         misbehaving("hanging", hang), misbehaving("leaving", leave),
                         misbehaving("throwing", throw_something), misbehaving("littering", litter),
                         misbehaving("babbling", babble), unopenable(), opens_once()});
}
