// Plays a sequence of ops to a provider and to the model, and compares.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "contract/factory.h"
#include "validations/context.h"
#include "validations/model/op.h"

namespace ackproof::model {

// Where a provider and the model parted.
struct Disagreement {
  std::string what;                // The call, what the model says of it, and what was answered.
  std::vector<std::string> calls;  // The last calls up to it, readable.
  std::size_t played = 0;          // How many ops that took.
};

// Plays `ops` on a fresh store below `conditions.folder`, over two handles, and looks at everything
// that is left in the end, and whenever an op says to start over. In virtual time locks, delays and times are compared to the millisecond;
// in real time nothing is played that depends on time passing. Throws what a store that cannot be
// opened throws.
//
// To keep a sequence that was found as a test of your own:
//   const std::vector<Op> ops = {{Verb::enqueue_message, 0, 0, 0}, ...};
//   EXPECT_EQ(play(ops, factory(), conditions), std::nullopt);
std::optional<Disagreement> play(const std::vector<Op>& ops, const ProviderFactory& factory,
                                 const Conditions& conditions);

inline bool operator==(const Disagreement& one, const Disagreement& other) {
  return one.what == other.what && one.calls == other.calls;
}

}  // namespace ackproof::model
