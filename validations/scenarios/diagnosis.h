// Why a workflow does not end, in words: from its history, the queues, and what was seen of the calls.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "contract/provider.h"
#include "engine/history.h"
#include "validations/scenarios/ledger.h"

namespace ackproof::scenarios {

class Diagnosis {
 public:
  Diagnosis(Provider& store, const Ledger& ledger);

  // "its history says that activity 2 "charge" was scheduled, its result was never recorded, and no queue holds
  // it: the store kept the event and lost the queue write"
  std::string why_it_waits(const std::string& instance) const;

 private:
  using Entries = std::vector<engine::Entry>;

  std::string of_no_record(const std::string& instance) const;
  std::string of_ended(const InstanceInfo& info, const engine::Entry& end) const;
  std::string of_activity(const ExecutionKey& where, const engine::Entry& command) const;
  std::string of_timer(const ExecutionKey& where, const engine::Entry& command) const;
  std::string of_child(const ExecutionKey& where, const engine::Entry& command) const;
  std::string of_event(const std::string& instance, const engine::Entry& command) const;
  // Of a message to it that did not come; empty when all came.
  std::string of_missing_message(const std::string& instance) const;
  std::string of_nothing_open(const ExecutionKey& where, const Entries& entries) const;
  // What came of a message that was sent.
  static std::string fate_of(const Parcel& parcel, const char* when_lost);
  // The same of one that has to have been sent.
  std::string fate_of(const std::function<bool(const Message&)>& matches,
                      const char* when_lost) const;

  Provider& store_;
  const Ledger& ledger_;
  const std::string no_queue_holds_;  // "no queue holds", or as much as is known.
};

}  // namespace ackproof::scenarios
