#include "tests/support/stores.h"

#include <algorithm>
#include <cstdlib>
#include <stdexcept>

#include "reference_providers/filesystem/filesystem_provider.h"
#ifdef ACKPROOF_HAVE_SQLITE
#include "reference_providers/sqlite/sqlite_provider.h"
#endif
#ifdef ACKPROOF_HAVE_POSTGRES
#include "reference_providers/postgres/postgres_provider.h"
#endif
#ifdef ACKPROOF_HAVE_REDIS
#include "reference_providers/redis/redis_provider.h"
#endif

namespace ackproof::testing_support {

namespace {

std::string fresh_name() {
  static int made = 0;
  return "store_" + std::to_string(++made);
}

}  // namespace

std::vector<ProviderFactory> durable_providers() {
  return {
      filesystem::factory(),
#ifdef ACKPROOF_HAVE_SQLITE
      sqlite::factory(),
#endif
#ifdef ACKPROOF_HAVE_POSTGRES
      postgres::factory(),
#endif
#ifdef ACKPROOF_HAVE_REDIS
      redis::factory(),
#endif
  };
}

std::vector<ProviderFactory> chosen(const std::vector<ProviderFactory>& all,
                                    const std::vector<std::string>& names) {
  if (names.empty()) return all;
  std::vector<ProviderFactory> found;
  for (const std::string& name : names) {
    const auto at = std::ranges::find(all, name, &ProviderFactory::name);
    if (at == all.end()) throw std::runtime_error("there is no provider '" + name + "' here");
    found.push_back(*at);
  }
  return found;
}

Place::Place(const ProviderFactory& factory) : factory_(factory) {
  if (!factory.server.empty()) server_.emplace(servers::start(factory.server).value());
}

std::string Place::file_system() const {
  return file_system_of(server_ ? server_->folder() : folder_.path());
}

Store::Store(const Place& place)
    : factory_(place.factory()), scope_{.name = fresh_name(), .uri = place.uri()} {
  scope_.folder = place.folder() / scope_.name;
  std::filesystem::create_directory(scope_.folder);
  provider_ = factory_.open(scope_).value();
}

Store::~Store() {
  provider_.reset();
  if (factory_.destroy) factory_.destroy(scope_);
  std::filesystem::remove_all(scope_.folder);
}

void prefer_a_disk() { setenv("TMPDIR", "/var/tmp", 0); }

}  // namespace ackproof::testing_support
