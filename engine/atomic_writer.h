// Write before complete (CTX_3): what a node put out is durable before anybody counts the node as done.
//
// If the process dies in between, the node is done again, finds its output written, and completes with that: those
// who read before and those who read after see one output.
#pragma once

#include <optional>
#include <utility>

#include "contract/provider.h"

namespace ackproof::engine {

class AtomicWriter {
 public:
  // Over the facet context_store. The provider outlives it.
  explicit AtomicWriter(Provider& provider) : provider_(provider) {}

  // What the node has put out, if it has: then it need not be done again.
  Result<std::optional<Bytes>> written(const NodeKey& key) const {
    return provider_.read_output(key);
  }

  // Writes `output`, unless the node has one already, and returns the one that stands. Busy stores are asked again.
  // unknown_outcome  it may stand, and must not count as written: do it all again.
  Result<Bytes> write(const NodeKey& key, const Bytes& output);

  // Writes, and only then calls `complete` with the output that stands. Returns the error of the write, or what
  // `complete` returns: if that is an error the output is left in place, and doing it all again completes the node.
  template <class Complete>
  auto write_and_complete(const NodeKey& key, const Bytes& output, const Complete& complete)
      -> decltype(complete(output)) {
    const Result<Bytes> standing = write(key, output);
    if (!standing) return standing.error();
    return complete(standing.value());
  }

 private:
  Provider& provider_;
};

}  // namespace ackproof::engine
