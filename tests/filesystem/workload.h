// A workload of single calls through every verb, and what a store looks like after it.
//
// How a store looks after the first k calls is asked of the memory provider. So a test that cuts the
// workload anywhere knows what has to be there afterwards, down to attempts and hidden times.
#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "contract/provider.h"
#include "reference_providers/filesystem/opening.h"

namespace ackproof::filesystem {

// What the calls of one run share: the tokens that earlier ones were given.
using Tokens = std::map<std::string, LockToken>;

using Step = std::function<void(Provider&, Tokens&)>;

// Each makes one call, and throws BadResult when it fails.
const std::vector<Step>& workload();

// Everything that can be seen of a store, as text. Takes what is in the queues, long after every
// lock and delay has ended.
std::string look_of(Provider& provider, ManualClock& clock);

// How a store looks after the first k steps, for k = 0 to all.
const std::vector<std::string>& looks();

// Whether that is how a store looks after the first `acked` steps, or after one more.
testing::AssertionResult is_whole(const std::string& look, std::size_t acked);

std::filesystem::path fresh_store();  // A folder that does not exist yet, in one that does.

// With a clock that stands at the workload's time.
std::unique_ptr<Provider> open_store(const std::filesystem::path& folder, Seams seams = {});
std::string look_of_store(const std::filesystem::path& folder);

// Snapshots come after so few bytes that a workload has several.
Seams small_snapshots(std::shared_ptr<Files> files = std::make_shared<Files>());

// Runs the whole workload.
void run_workload(Provider& provider);

}  // namespace ackproof::filesystem
