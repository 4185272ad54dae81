// A store that a stranger wrote: plain vectors in memory, one mutex, nothing clever.
//
// An ack of a turn works on a copy of the whole state and puts the copy in place at its end, so a
// refused commit has nothing to take back. Which ready instance is served next: the one that was
// served longest ago.
#pragma once

#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "contract/factory.h"
#include "contract/provider.h"

namespace mystore {

// A lock on an instance or on an activity.
struct Lock {
  ackproof::LockToken token;
  ackproof::Time deadline;
};

struct QueuedMessage {
  ackproof::Message message;
  ackproof::Time visible_at;
  std::uint64_t attempts = 0;
  std::uint64_t turn = 0;  // The turn that it was last handed out with.
};

struct QueuedActivity {
  ackproof::Activity activity;
  ackproof::Time visible_at;
  std::uint64_t attempts = 0;
  std::optional<Lock> lock;
};

struct Execution {
  std::uint64_t number = 1;
  ackproof::Status status = ackproof::Status::running;
  std::optional<ackproof::Bytes> output;
  std::vector<ackproof::Event> events;  // By id.
};

// What the record of a new instance is made of, unless its first ack says otherwise.
struct Origin {
  std::string name;
  std::optional<std::string> version;
  std::optional<std::string> parent;
};

// Everything about one instance id, from the first message on.
struct Instance {
  std::string id;
  std::vector<QueuedMessage> messages;
  std::uint64_t turn = 0;  // The last one fetched of it; 0: never.
  std::optional<Lock> lock;
  Origin origin;  // As of that turn, while there is no record.
  // Since the first ack. Status and output are kept with the executions.
  std::optional<ackproof::InstanceInfo> record;
  std::vector<Execution> executions;
};

struct State {
  std::vector<Instance> instances;
  std::vector<QueuedActivity> activities;
  std::uint64_t turns = 0;  // Fetched so far.
};

struct Store {
  std::mutex mutex;
  State state;
};

class MyStore final : public ackproof::Provider {
 public:
  MyStore(std::shared_ptr<Store> store, std::shared_ptr<ackproof::Clock> clock);

  ackproof::Description describe() const override;

  ackproof::Result<void> enqueue_message(const ackproof::Message& message,
                                         ackproof::Duration delay) override;
  ackproof::Result<std::optional<ackproof::Turn>> fetch_turn(
      const ackproof::FetchTurn& options) override;
  ackproof::Result<void> ack_turn(const ackproof::LockToken& token,
                                  const ackproof::TurnCommit& commit) override;
  ackproof::Result<void> abandon_turn(const ackproof::LockToken& token,
                                      const ackproof::Abandon& how) override;
  ackproof::Result<void> renew_turn(const ackproof::LockToken& token,
                                    ackproof::Duration extend_for) override;

  ackproof::Result<void> enqueue_activity(const ackproof::Activity& activity) override;
  ackproof::Result<std::optional<ackproof::LockedActivity>> fetch_activity(
      const ackproof::FetchActivity& options) override;
  ackproof::Result<void> ack_activity(const ackproof::LockToken& token,
                                      const std::optional<ackproof::Message>& completion) override;
  ackproof::Result<void> abandon_activity(const ackproof::LockToken& token,
                                          const ackproof::Abandon& how) override;
  ackproof::Result<void> renew_activity(const ackproof::LockToken& token,
                                        ackproof::Duration extend_for) override;

  ackproof::Result<std::vector<ackproof::Event>> read_history(
      const std::string& instance, std::optional<std::uint64_t> execution) override;
  ackproof::Result<std::optional<ackproof::InstanceInfo>> read_instance(
      const std::string& instance) override;

 private:
  const std::shared_ptr<Store> store_;
  const std::shared_ptr<ackproof::Clock> clock_;
  const ackproof::Capabilities offered_;
};

// For the factory. The stores of all scopes live in this process until they are destroyed.
ackproof::Result<std::unique_ptr<ackproof::Provider>> open(const ackproof::Scope& scope);
void destroy(const ackproof::Scope& scope);

}  // namespace mystore
