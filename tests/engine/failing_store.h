// A store that fails when a test says so.
#pragma once

#include <optional>
#include <vector>

#include "contract/forwarding_provider.h"

namespace ackproof::engine {

// What happens to the next calls of one verb, in order; after that all goes well.
enum class Fate : std::uint8_t {
  done,
  refused_as_busy,  // Nothing happened.
  answer_lost,      // It happened, and nobody hears of it.
  lost_on_the_way,  // It did not happen, and nobody knows.
};

template <class Call>
auto meet(std::vector<Fate>& fates, const char* verb, const Call& call) -> decltype(call()) {
  if (fates.empty()) return call();
  const Fate fate = fates.front();
  fates.erase(fates.begin());
  if (fate == Fate::done) return call();
  if (fate == Fate::refused_as_busy) return Error{ErrorKind::busy, verb, "try again"};
  if (fate == Fate::answer_lost) (void)call();
  return Error{ErrorKind::unknown_outcome, verb, "the connection was lost"};
}

struct FailingStore : ForwardingProvider {
  using ForwardingProvider::ForwardingProvider;

  std::vector<Fate> appends;
  std::vector<Fate> puts;
  std::vector<Fate> acks;      // Of activities.
  std::vector<Fate> abandons;  // Of activities.
  int outputs_written = 0;

  Result<void> append_stream(const std::string& stream, std::uint64_t expected_id,
                             const std::vector<StreamEvent>& events) override {
    return meet(appends, "append_stream",
                [&] { return inner().append_stream(stream, expected_id, events); });
  }
  Result<void> put_output(const NodeKey& key, const Bytes& output) override {
    return meet(puts, "put_output", [&] {
      Result<void> put = inner().put_output(key, output);
      if (put) ++outputs_written;
      return put;
    });
  }
  Result<void> ack_activity(const LockToken& token,
                            const std::optional<Message>& completion) override {
    return meet(acks, "ack_activity", [&] { return inner().ack_activity(token, completion); });
  }
  Result<void> abandon_activity(const LockToken& token, const Abandon& how) override {
    return meet(abandons, "abandon_activity", [&] { return inner().abandon_activity(token, how); });
  }
};

}  // namespace ackproof::engine
