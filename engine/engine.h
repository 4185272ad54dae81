// The engine over one provider: what a client asks, and one step of a worker at a time.
//
// It relies on nothing but the contract. Whatever it was told `busy` is tried again, whatever may have
// happened is left to the next fetch, a lock that was lost is let go of.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "contract/provider.h"
#include "engine/decide.h"
#include "engine/renewals.h"
#include "engine/slots.h"

namespace ackproof::engine {

// How a workflow ended.
struct Ending {
  Status status = Status::completed;
  Value result;                    // Of a completed one.
  std::optional<Failure> failure;  // Of a failed one.
};

// What one step of a worker did.
enum class Step : std::uint8_t {
  done,      // A turn or an activity, to the end.
  nothing,   // There was none.
  dropped,   // The lock was lost, or nobody knows whether the commit arrived: a later fetch tells.
  put_back,  // It is for somebody else, or the store was busy: it comes again after the back-off.
  failed,    // The store did not answer the fetch.
  too_soon,  // An activity that found no slot in time: given back, as if it had not been fetched.
};

// Safe from any thread. The provider and the registry outlive it.
class Engine {
 public:
  Engine(Provider& provider, const Registry& registry, Settings settings = {});

  // --- Clients

  // Does nothing when the instance exists already.
  template <class In>
  Result<void> start(const std::string& instance, const std::string& program, const In& input,
                     const std::optional<std::string>& version = std::nullopt) {
    return start_with(instance, program, Value(input), version);
  }
  template <class Data>
  Result<void> raise(const std::string& instance, const std::string& event, const Data& data) {
    return send(instance, MessageKind::external_raised, event, Value(data));
  }
  template <class Data>
  Result<void> enqueue(const std::string& instance, const std::string& queue, const Data& data) {
    return send(instance, MessageKind::queue_message, queue, Value(data));
  }
  Result<void> cancel(const std::string& instance, const std::string& reason);
  // How it ended; nothing while it has not.
  Result<std::optional<Ending>> ending(const std::string& instance) const;

  // --- Workers

  // Each waits for work up to `poll`, where the provider can wait.
  Step take_turn(Duration poll = Duration(0));
  Step work(Duration poll = Duration(0));
  // The same, and the activity itself is done in one of the slots. It is fetched before and acked after that.
  Step work(Duration poll, Slots& slots);

  const Settings& settings() const { return settings_; }
  bool can_wait() const { return offered_.facets.has(Capability::long_polling); }

 private:
  Result<void> start_with(const std::string& instance, const std::string& program, Value input,
                          const std::optional<std::string>& version);
  Result<void> send(const std::string& instance, MessageKind kind, const std::string& name,
                    const Value& data);
  Step commit(const Turn& turn, const TurnCommit& commit);
  Step done(const std::string& instance, const TurnCommit& commit) const;
  Message completion_of(const LockedActivity& work, const ActivityBody& body,
                        const std::function<bool()>& is_lost) const;
  Result<void> complete(const LockedActivity& work, const ActivityBody& body,
                        const std::function<bool()>& is_lost);
  Result<void> complete_by_output(const LockedActivity& work, const ActivityBody& body,
                                  const std::function<bool()>& is_lost);
  Result<void> ack(const LockedActivity& work, const Message& completion);

  Provider& provider_;
  const Registry& registry_;
  const Settings settings_;
  const Capabilities offered_;
  Renewals renewals_;
};

}  // namespace ackproof::engine
