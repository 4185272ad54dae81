// Opening a store with something in between, for tests; and what the factory's hooks do to it.
#pragma once

#include <filesystem>
#include <functional>
#include <memory>

#include "contract/factory.h"
#include "reference_providers/filesystem/seams.h"

namespace ackproof::filesystem {

// What this provider declares.
Capabilities capabilities();

Result<std::unique_ptr<Provider>> open(const std::filesystem::path& folder,
                                       std::shared_ptr<Clock> clock, Seams seams);

// The provider under this name, with these seams in every handle.
ProviderFactory factory(std::function<Seams()> seams);

}  // namespace ackproof::filesystem
