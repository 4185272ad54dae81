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

// Whether `text` is valid UTF-8 without U+0000.
bool is_text(std::string_view text);

// `moment` + `by`, at the end of time instead of beyond it (TIME_1).
Time later(Time moment, Duration by);

}  // namespace ackproof::rules
