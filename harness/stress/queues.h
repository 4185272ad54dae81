// Whether anything is left in the queues of a store in which everything has ended.
#pragma once

#include "contract/provider.h"
#include "engine/engine.h"
#include "harness/stress/board.h"
#include "reports/stress.h"

namespace ackproof::stress {

// Whether there is nothing in either queue, ready, hidden, locked or held: then nothing will ever come of what has not
// ended, because what somebody is at work on stays in its queue. Never when the provider does not declare the facet.
bool is_empty(Provider& provider);

// By the depths of both queues, while workers are at work, until `limit` at the latest. Not looked at when the
// provider does not declare the facet.
StressQueues look_at_depths(Provider& provider, Moment limit);

// By taking turns and doing activities until there are none, until `limit` at the latest, while nobody else does.
StressQueues look_by_fetching(engine::Engine& engine, Moment limit);

}  // namespace ackproof::stress
