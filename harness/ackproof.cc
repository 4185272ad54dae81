// The executable: the reference providers, and the mutants that show what the suite notices.
#include "harness/main.h"
#include "reference_providers/filesystem/filesystem_provider.h"
#include "reference_providers/memory/memory_provider.h"
#ifdef ACKPROOF_HAVE_POSTGRES
#include "reference_providers/postgres/postgres_provider.h"
#endif
#ifdef ACKPROOF_HAVE_REDIS
#include "reference_providers/redis/redis_provider.h"
#endif
#ifdef ACKPROOF_HAVE_SQLITE
#include "reference_providers/sqlite/sqlite_provider.h"
#endif
#ifdef ACKPROOF_HAVE_MUTANTS
#include "tests/mutants/mutants.h"
#endif

int main(int argc, char** argv) {
  std::vector<ackproof::ProviderFactory> providers = {ackproof::memory::factory(),
                                                      ackproof::filesystem::factory()};
#ifdef ACKPROOF_HAVE_SQLITE
  providers.push_back(ackproof::sqlite::factory());
#endif
#ifdef ACKPROOF_HAVE_POSTGRES
  providers.push_back(ackproof::postgres::factory());
#endif
#ifdef ACKPROOF_HAVE_REDIS
  providers.push_back(ackproof::redis::factory());
#endif
#ifdef ACKPROOF_HAVE_MUTANTS
  return ackproof::main(argc, argv, std::move(providers), ackproof::mutants);
#else
  return ackproof::main(argc, argv, std::move(providers));
#endif
}
