// How long a fetch may go on looking, and how it waits between two looks.
//
// With an injected clock both go by that clock. With the server's clock they go by this machine's
// steady one: what the store compares with its clock never comes from here (TIME_2).
#pragma once

#include <memory>
#include <optional>

#include "contract/clock.h"
#include "reference_providers/postgres/listener.h"

namespace ackproof::postgres {

class Poll {
 public:
  // Begins now. A null clock: the server's is meant.
  Poll(Clock* clock, Duration timeout);

  // Whether it is over, after a look that found nothing at `now` of the store's clock.
  bool is_over(Time now) const;

  // Until there is another change than those seen, until `next` of the store's clock, which shows
  // `now`, or until the poll is over.
  void wait(Listener& listener, std::uint64_t seen, Time now, std::optional<Time> next) const;

 private:
  Clock* clock_;
  Time end_;           // Of the injected clock.
  Moment steady_end_;  // Without one.
};

}  // namespace ackproof::postgres
