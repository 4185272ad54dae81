// The whole catalogue against the reference providers, as ordinary GoogleTest tests. Which provider
// and which clock: the first arguments, "memory virtual" when there are none.
#include <gtest/gtest.h>

#include <cstring>
#include <iostream>
#include <optional>

#include "reference_providers/filesystem/filesystem_provider.h"
#include "reference_providers/memory/memory_provider.h"
#include "tests/support/command.h"
#include "validations/gtest_adapter.h"
#ifdef ACKPROOF_HAVE_SQLITE
#include "reference_providers/sqlite/sqlite_provider.h"
#endif

int main(int argc, char** argv) {
  testing::InitGoogleTest(&argc, argv);
  const std::string provider = argc > 1 ? argv[1] : "memory";
  std::optional<ackproof::ProviderFactory> factory;
  if (provider == "memory") factory = ackproof::memory::factory();
  if (provider == "filesystem") factory = ackproof::filesystem::factory();
#ifdef ACKPROOF_HAVE_SQLITE
  if (provider == "sqlite") factory = ackproof::sqlite::factory();
#endif
  if (!factory) {
    std::cerr << "unknown provider " << provider << "\n";
    return 2;
  }
  const bool real_time = argc > 2 && std::strcmp(argv[2], "real") == 0;
  const auto clock = real_time ? ackproof::ClockSource::local : ackproof::ClockSource::injected;
  const std::size_t registered = ackproof::register_with_gtest(
      *factory, {.clock = clock, .seed = 1, .folder = ackproof::testing_support::fresh_folder()});
  if (registered == 0) return 2;
  return RUN_ALL_TESTS();
}
