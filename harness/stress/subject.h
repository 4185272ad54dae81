// One provider with a store of its own, put under load in a process of its own.
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <string>

#include "contract/factory.h"
#include "reports/stress.h"

namespace ackproof::stress {

struct Subject {
  const ProviderFactory& factory;
  std::filesystem::path folder;  // Its store is made below it, and gone afterwards.
  std::string uri;               // Of the server that the store lives on; empty: none.
  pid_t server = 0;              // The first process of a private server.
  StressSettings settings;
  bool is_quiet = false;  // No line about how far it is.
};

// What came of it, but for its name and where it ran. The store is removed also when the process died; nothing that
// is secret in the address is told.
Stressed stress_subject(const Subject& subject);

}  // namespace ackproof::stress
