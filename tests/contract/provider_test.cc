// A provider that implements nothing answers `unsupported` everywhere and names the operation.
#include "contract/provider.h"

#include <gtest/gtest.h>

#include "validations/build.h"
#include "validations/expect.h"

namespace ackproof {
namespace {

class Bare final : public Provider {
 public:
  Description describe() const override { return {"bare", "1", "none", {}}; }
};

template <class T>
void expect_unsupported(const Result<T>& result, const std::string& operation) {
  EXPECT_TRUE(fails_with(result, ErrorKind::unsupported)) << operation;
  EXPECT_EQ(result.error().operation, operation);
}

TEST(Provider, what_is_not_implemented_is_unsupported) {
  Bare bare;
  expect_unsupported(bare.enqueue_message(start("a")), "enqueue_message");
  expect_unsupported(bare.fetch_turn({}), "fetch_turn");
  expect_unsupported(bare.ack_turn({}, {}), "ack_turn");
  expect_unsupported(bare.abandon_turn({}), "abandon_turn");
  expect_unsupported(bare.renew_turn({}, Duration(1)), "renew_turn");
  expect_unsupported(bare.enqueue_activity(activity("a", 1)), "enqueue_activity");
  expect_unsupported(bare.fetch_activity({}), "fetch_activity");
  expect_unsupported(bare.ack_activity({}, std::nullopt), "ack_activity");
  expect_unsupported(bare.abandon_activity({}), "abandon_activity");
  expect_unsupported(bare.renew_activity({}, Duration(1)), "renew_activity");
  expect_unsupported(bare.read_history("a"), "read_history");
  expect_unsupported(bare.read_instance("a"), "read_instance");
  expect_unsupported(bare.renew_sessions({}), "renew_sessions");
  expect_unsupported(bare.cleanup_sessions(), "cleanup_sessions");
  expect_unsupported(bare.read_custom_status("a", 0), "read_custom_status");
  expect_unsupported(bare.read_value("a", "k"), "read_value");
  expect_unsupported(bare.read_values("a"), "read_values");
  expect_unsupported(bare.list_instances(std::nullopt), "list_instances");
  expect_unsupported(bare.read_tree("a"), "read_tree");
  expect_unsupported(bare.read_queue_depths(), "read_queue_depths");
  expect_unsupported(bare.delete_instance("a", true), "delete_instance");
  expect_unsupported(bare.prune_instance("a", {}), "prune_instance");
  expect_unsupported(bare.apply_batch({}), "apply_batch");
  expect_unsupported(bare.append_stream("s", 1, {}), "append_stream");
  expect_unsupported(bare.read_stream("s", 1), "read_stream");
  expect_unsupported(bare.put_snapshot("s", {}), "put_snapshot");
  expect_unsupported(bare.read_snapshot("s"), "read_snapshot");
  expect_unsupported(bare.put_output({"f", "n"}, ""), "put_output");
  expect_unsupported(bare.read_output({"f", "n"}), "read_output");
  expect_unsupported(bare.list_outputs("f"), "list_outputs");
  expect_unsupported(bare.put_global("k", ""), "put_global");
  expect_unsupported(bare.upsert_global("k", ""), "upsert_global");
  expect_unsupported(bare.read_global("k"), "read_global");
}

}  // namespace
}  // namespace ackproof
