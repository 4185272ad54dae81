// Stores that lie to an engine, each in one way, for the tests of `stress`.
#pragma once

#include <vector>

#include "contract/factory.h"

namespace ackproof {

// loses_activity     an ack that succeeds does not put every seventh activity into the queue
// records_twice      an ack that succeeds records every seventh completion twice
// corrupts_payload   hands out every third large activity with one bit turned
// forgets_end        an ack that succeeds does not note that every seventh workflow has ended
// leaves_messages    every seventh ack of an activity leaves a message to an instance that there is not
// repeats            does not show depths, and never gets rid of every seventh activity
// takes_no_start     refuses every start after the third
// remembers          does not note that every seventh workflow has ended, and the handle that was told says it all the same
// forgets_later      forgets a workflow when thirty others have ended after it
// counts_twice       takes a second ack of an activity, and puts its completion into the queue again
// loses_mail         takes every seventh message of a client, but for starts, and does not keep it
// loses_continuation an ack that succeeds does not put every seventh continue-as-new into the queue
// forgets_executions shows no history of second executions
std::vector<ProviderFactory> liars();

}  // namespace ackproof
