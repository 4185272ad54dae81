#include "harness/stores/stores.h"

namespace ackproof {

namespace {

std::string fresh_name() {
  static int made = 0;
  return "store_" + std::to_string(++made);
}

}  // namespace

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

}  // namespace ackproof
