// What somebody sees who reads on another handle: before a commit, while it is on its way, and after it.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "contract/provider.h"
#include "validations/scenarios/ledger.h"

namespace ackproof::scenarios {

// One of what there is to see, as text for people: what is equal reads the same.
struct Sight {
  const char* what;                 // "the history"
  std::optional<std::string> text;  // Nothing: the provider did not answer.
  bool is_error = false;            // The text is one that no reader may be given.
  bool operator==(const Sight&) const = default;
};

// All of it, in the order in which it was looked at.
using Round = std::vector<Sight>;

class Reader {
 public:
  explicit Reader(std::unique_ptr<Provider> handle);

  bool offers(Capability facet) const { return offered_.facets.has(facet); }

  // History, record and state of the execution, and how much is queued, as far as the provider declares such.
  Round look(const ExecutionKey& where) const;

  // Does the work, and meanwhile looks all the time: rounds like the one before are left out. The first begins
  // before the work, and the last ends after it.
  std::vector<Round> watch(const ExecutionKey& where, const std::function<void()>& work) const;

 private:
  const std::unique_ptr<Provider> handle_;
  const Capabilities offered_;
};

// What a reader was told though it asked for nothing wrong, in words; empty: nothing.
std::string refusal_in(const Round& round);

// What differs, in words; empty: nothing.
std::string difference(const Round& before, const Round& after);

// What was seen of a change while it was made, if that is neither all as before nor all as after it; else empty.
std::string half_seen(const Round& before, const std::vector<Round>& meanwhile, const Round& after);

}  // namespace ackproof::scenarios
