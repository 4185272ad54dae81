#include "tests/bench/raw.h"

namespace ackproof::bench {

std::unique_ptr<RawLimit> raw_limit(const testing_support::Place& place) {
  const std::string& name = place.factory().name;
  if (name == "postgres") return raw_postgresql(place.uri(), place.folder());
  if (name == "redis") return raw_redis(place.uri());
#ifdef ACKPROOF_HAVE_SQLITE
  if (name == "sqlite") return raw_sqlite(place.folder());
#endif
  return raw_appends(place.folder());
}

}  // namespace ackproof::bench
