#include "reference_providers/all.h"

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

namespace ackproof {

std::vector<ProviderFactory> reference_providers() {
  std::vector<ProviderFactory> all = {memory::factory(), filesystem::factory()};
#ifdef ACKPROOF_HAVE_SQLITE
  all.push_back(sqlite::factory());
#endif
#ifdef ACKPROOF_HAVE_POSTGRES
  all.push_back(postgres::factory());
#endif
#ifdef ACKPROOF_HAVE_REDIS
  all.push_back(redis::factory());
#endif
  return all;
}

}  // namespace ackproof
