// What a call must look like (CAP_5, ERR_5, ERR_11, ERR_12), as functions that every provider may
// use.
//
// Each returns the error to answer with, or nothing when the call is in order. They look at the
// arguments alone, so a provider calls one first and touches its store only afterwards: nothing is
// written by a refused call.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "contract/capability.h"
#include "contract/result.h"
#include "contract/types.h"

namespace ackproof::rules {

using Refusal = std::optional<Error>;

Refusal enqueue_message(const Capabilities& offered, const Message& message, Duration delay);
Refusal fetch_turn(const Capabilities& offered, const FetchTurn& options);
Refusal ack_turn(const Capabilities& offered, const TurnCommit& commit);
Refusal enqueue_activity(const Capabilities& offered, const Activity& activity);
Refusal fetch_activity(const Capabilities& offered, const FetchActivity& options);
Refusal ack_activity(const Capabilities& offered, const std::optional<Message>& completion);
Refusal abandon(std::string_view operation, const Abandon& how);
Refusal renew(std::string_view operation, Duration extend_for);
Refusal read(std::string_view operation, const Capabilities& offered, const std::string& instance,
             std::optional<std::uint64_t> execution = std::nullopt);

// The methods of the facets. Each first sees to it that its facet is offered.
Refusal facet(std::string_view operation, const Capabilities& offered, Capability needed);
Refusal renew_sessions(const Capabilities& offered, const RenewSessions& options);
Refusal read_custom_status(const Capabilities& offered, const std::string& instance);
Refusal read_values(std::string_view operation, const Capabilities& offered,
                    const std::string& instance, const std::string& key = "");
Refusal list_instances(const Capabilities& offered, std::optional<Status> status);
Refusal manage(std::string_view operation, const Capabilities& offered, const std::string& instance,
               std::optional<std::uint64_t> execution = std::nullopt);
Refusal remove(std::string_view operation, const Capabilities& offered,
               const std::vector<std::string>& instances);
Refusal remove(const Capabilities& offered, const InstanceFilter& filter);
Refusal prune(const Capabilities& offered, const std::string& instance);
Refusal prune(const Capabilities& offered, const InstanceFilter& filter);

Refusal append_stream(const Capabilities& offered, const std::string& stream,
                      std::uint64_t expected_id, const std::vector<StreamEvent>& events);
Refusal read_stream(const Capabilities& offered, const std::string& stream, std::uint64_t from_id);
Refusal put_snapshot(const Capabilities& offered, const std::string& stream,
                     const Snapshot& snapshot);
Refusal read_snapshot(const Capabilities& offered, const std::string& stream);
Refusal put_output(const Capabilities& offered, const NodeKey& key, const Bytes& output);
Refusal read_output(const Capabilities& offered, const NodeKey& key);
Refusal list_outputs(const Capabilities& offered, const std::string& flow);
Refusal global(std::string_view operation, const Capabilities& offered, const std::string& key,
               const Bytes& value = "");

// Whether an execution with this pin is for whoever supports these ranges (VER_1).
bool admits(const std::vector<VersionRange>& ranges, const std::optional<EngineVersion>& pin);

// Whether an activity with this tag is for whoever filters so (TAG_1).
bool admits(const TagFilter& filter, const std::optional<std::string>& tag);

// Whether `text` is valid UTF-8 without U+0000.
bool is_text(std::string_view text);

// `moment` + `by`, at the end of time instead of beyond it (TIME_1).
Time later(Time moment, Duration by);

}  // namespace ackproof::rules
