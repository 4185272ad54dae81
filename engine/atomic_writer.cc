#include "engine/atomic_writer.h"

namespace ackproof::engine {

namespace {

// Writing the same again is harmless: it is written once.
constexpr int kWriteAttempts = 3;

}  // namespace

Result<Bytes> AtomicWriter::write(const NodeKey& key, const Bytes& output) {
  Result<void> put = provider_.put_output(key, output);
  for (int i = 1; i < kWriteAttempts && !put; ++i) {
    const ErrorKind kind = put.error().kind;
    if (kind != ErrorKind::busy && kind != ErrorKind::unknown_outcome) break;
    put = provider_.put_output(key, output);
  }
  if (put) return output;
  if (put.error().kind != ErrorKind::conflict) return put.error();
  const Result<std::optional<Bytes>> first = provider_.read_output(key);
  if (!first) return first.error();
  if (!first.value()) {
    return Error{ErrorKind::corrupt, "read_output",
                 "there is an output of " + key.node + ", and it cannot be read"};
  }
  return *first.value();
}

}  // namespace ackproof::engine
