// Small makers and steps that validations are written with.
//
// A maker sets what its name and arguments say and fills the rest with plausible, distinct values,
// so that a field that gets lost on the way is noticed. A step does one thing that has to work
// before the claim can be tried; when it does not, it throws and the validation fails with its
// words.
#pragma once

#include <optional>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "contract/provider.h"

namespace ackproof {

// Long enough never to matter.
inline constexpr Duration kLongLock = std::chrono::hours(1);

// --- Makers

Message start(const std::string& instance);                     // Program "Order", version "1.0.0".
Message external(const std::string& target, std::uint64_t id);  // Tell messages apart by the id.
Message timer(const std::string& target, std::uint64_t id, Time fires_at);
Message completion(const Activity& activity);  // To the activity's instance.
Event event(std::uint64_t id);
std::vector<Event> events(std::uint64_t first, std::uint64_t last);
Activity activity(const std::string& instance, std::uint64_t id);
ActivityKey key_of(const Activity& activity);
TurnCommit commit_events(std::vector<Event> events);
Activity bound(const std::string& instance, std::uint64_t id, const std::string& session);
Activity tagged(const std::string& instance, std::uint64_t id, const std::string& tag);
KeyValueChange set_value(const std::string& key, const Bytes& value);
KeyValueChange clear_value(const std::string& key);
KeyValueChange clear_values();

// --- Steps

// A step that did not work.
class StepFailed : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

// Fetches a turn, or an activity, that has to be there.
Turn take_turn(Provider& provider, const FetchTurn& options = {.lock_timeout = kLongLock});
LockedActivity take_activity(Provider& provider,
                             const FetchActivity& options = {.lock_timeout = kLongLock});

// The turn of this instance; others that come first are taken and stay locked.
Turn take_turn_of(Provider& provider, const std::string& instance,
                  const FetchTurn& options = {.lock_timeout = kLongLock});

// Brings an instance into existence: start, fetch, ack with event 1. Its queue is empty afterwards.
void create_instance(Provider& provider, const std::string& instance);

// Wakes an instance that exists and acks its turn with this commit, which has to be accepted.
void commit_turn(Provider& provider, const std::string& instance, const TurnCommit& commit);

// The same for an instance that does not exist: `begin` starts it.
void commit_start(Provider& provider, const Message& begin, const TurnCommit& commit);

// Creates an instance whose first execution ended so, with event 1. A parent, when given, is in its
// start message.
void finish_instance(Provider& provider, const std::string& instance,
                     Status status = Status::completed,
                     const std::optional<std::string>& parent = std::nullopt);

// Ends the instance's execution `from` as continued as new and begins the next one, with event 1.
void continue_as_new(Provider& provider, const std::string& instance, std::uint64_t from);

// Fetches and acks every activity that can be had, in the order they come.
std::vector<Activity> drain_activities(Provider& provider);

// Fetches and acks every turn that can be had, until there is none; all their messages in the order
// they came.
std::vector<Message> drain_messages(Provider& provider);

// The turn of an instance that exists, woken by `external(instance, id)`. Others that are ready are
// taken first and stay locked.
Turn wake(Provider& provider, const std::string& instance, std::uint64_t id);

// --- Views

// The record of an instance that has one, without its times.
InstanceInfo record_of(Provider& provider, const std::string& instance);

// What went to this instance, of all that was drained: the order between instances is free.
std::vector<Message> sent_to(const std::string& target, const std::vector<Message>& drained);

// Waits before the n-th repetition of a call that was `busy`: a tenth of a millisecond, doubling to
// 20 ms.
void back_off(int n);

// The answer to a call under contention. `busy` means that nothing happened: the call is made
// again, with back-off, for about ten seconds (ERR_9).
template <class Call>
auto insist(const Call& call) -> decltype(call()) {
  constexpr int kTries = 500;
  auto answer = call();
  for (int n = 1; n < kTries && !answer && answer.error().kind == ErrorKind::busy; ++n) {
    back_off(n);
    answer = call();
  }
  return answer;
}

}  // namespace ackproof
