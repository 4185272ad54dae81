#include "examples/on_a_store.h"

#include <algorithm>
#include <cstdio>
#include <string>

#include "harness/stores/stores.h"
#include "reference_providers/all.h"

namespace ackproof::examples {

namespace {

int usage(const char* program, const std::vector<ProviderFactory>& all) {
  std::fprintf(stderr, "usage: %s [PROVIDER], one of:", program);
  for (const ProviderFactory& factory : all) std::fprintf(stderr, " %s", factory.name.c_str());
  std::fprintf(stderr, "\n");
  return 2;
}

bool cannot_be_had(ErrorKind kind) {
  return kind == ErrorKind::not_found || kind == ErrorKind::unsupported;
}

}  // namespace

int on_a_store(int argc, char** argv, int (*story)(Provider& store)) {
  const std::vector<ProviderFactory> all = reference_providers();
  const auto chosen =
      std::ranges::find(all, argc > 1 ? argv[1] : std::string("sqlite"), &ProviderFactory::name);
  if (argc > 2 || chosen == all.end()) return usage(argv[0], all);
  try {
    const Place place(*chosen);
    Store store(place);
    return story(store.provider());
  } catch (const BadResult& error) {
    std::fprintf(stderr, "%s: %s\n", chosen->name.c_str(), error.error().message.c_str());
    return cannot_be_had(error.error().kind) ? 3 : 1;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "%s: %s\n", chosen->name.c_str(), error.what());
    return 1;
  }
}

bool expect(bool is_so, const char* what) {
  if (!is_so) std::fprintf(stderr, "NOT SO: %s\n", what);
  return is_so;
}

}  // namespace ackproof::examples
