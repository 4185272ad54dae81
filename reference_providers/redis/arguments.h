// The arguments of the scripts, in the order in which lua/ reads them.
#pragma once

#include "contract/types.h"
#include "reference_providers/redis/command.h"

namespace ackproof::redis {

void add_message(Command& command, const Message& message);
void add_activity(Command& command, const Activity& activity);
void add_commit(Command& command, const TurnCommit& commit);
void add_versions(Command& command, const std::optional<std::vector<VersionRange>>& versions);
void add_tags(Command& command, const TagFilter& filter);

// What names an activity within its instance: its execution and its id.
std::string key_text(std::uint64_t execution, std::uint64_t id);

// A pinned version: three numbers, so that the order of the texts is that of the versions.
std::string pin_text(const EngineVersion& version);

}  // namespace ackproof::redis
