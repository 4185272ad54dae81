// Clauses that follow from the others and are asked by running an engine: what a workflow may rely on, whatever one
// call of its engine goes wrong.
#pragma once

#include "contract/requirement.h"

namespace ackproof::clauses {

inline constexpr Requirement kEngine[] = {
    {.id = "ENG_1",
     .text =
         "A workflow whose engine keeps to this contract ends as its program says, whichever "
         "one of the engine's calls is refused, loses its answer or comes late, behind others or "
         "after its lock has ended: no step, child or message of it is lost, and what is undone "
         "is undone in reverse order.",
     .why = "An order whose history says that a card is to be charged, and for which no queue "
            "holds the charge, waits for ever. Nothing reports it, because nothing failed.",
     .mend =
         "History and queues that are written one after the other, an error of the second "
         "write that is ignored, a delivery that removes what it hands out, an ack that removes "
         "what arrived during its turn. Write everything that a commit brings in one "
         "transaction, and remove with an ack what was handed out with its token, no more."},
    {.id = "ENG_2",
     .text = "Whichever one call goes wrong so, each activity that was scheduled and not cancelled "
             "is accepted as done once and its result recorded once, each message is consumed "
             "once, and of a workflow that has ended nothing is left: no queued item and no lock.",
     .why = "A charge that is accepted twice is paid twice. What is left in a queue is delivered "
            "for ever, or fills the store until somebody looks.",
     .mend = "A late ack that is checked against the existence of a lock and not against its "
             "deadline, items that a refused commit has queued by then, an activity that stays "
             "when its result is stored. Check the token in the transaction that removes the item "
             "and queues what follows."},
    {.id = "ENG_3",
     .text = "Whichever one call goes wrong so, each timer is delivered and recorded once, and at "
             "no turn whose `now` is before its visible time.",
     .why = "A reminder that comes before its time cancels an order that could still be paid; one "
            "that never comes leaves the order open for good.",
     .mend = "Visible times that are cut to seconds, an index that is looked at only for the "
             "earliest timer, timers that are removed when they fall due and not when they are "
             "acked. Store milliseconds, compare with the store's clock, and treat a timer as any "
             "other message."},
    {.id = "ENG_4",
     .text = "Whichever one call goes wrong so, what is read back is what the successful commits "
             "brought, no more and no less: of a refused one nothing, and of one that is on its "
             "way nothing or all. A replay of the history gives the same commands and the same "
             "outcome.",
     .why = "A workflow is nothing but its history. One event too many or too few, and every later "
            "replay takes another path than the one that the world has seen.",
     .mend = "Events or items that are written outside the transaction of their commit, a refused "
             "commit that leaves a status or a value, executions that share one key. Write all of "
             "a commit in one transaction, and key events by instance, execution and event id."},
};

}  // namespace ackproof::clauses
