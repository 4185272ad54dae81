// A provider of an event store or a context store and of nothing else: all it has is the verbs of
// these two.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "reference_providers/memory/memory_provider.h"

namespace ackproof {

class WithoutQueues final : public Provider {
 public:
  explicit WithoutQueues(std::unique_ptr<Provider> inner) : inner_(std::move(inner)) {}

  Description describe() const override { return inner_->describe(); }
  Result<void> append_stream(const std::string& stream, std::uint64_t expected_id,
                             const std::vector<StreamEvent>& events) override {
    return inner_->append_stream(stream, expected_id, events);
  }
  Result<std::vector<StreamEvent>> read_stream(const std::string& stream,
                                               std::uint64_t from_id) override {
    return inner_->read_stream(stream, from_id);
  }
  Result<void> put_snapshot(const std::string& stream, const Snapshot& snapshot) override {
    return inner_->put_snapshot(stream, snapshot);
  }
  Result<std::optional<Snapshot>> read_snapshot(const std::string& stream) override {
    return inner_->read_snapshot(stream);
  }
  Result<void> put_output(const NodeKey& key, const Bytes& output) override {
    return inner_->put_output(key, output);
  }
  Result<std::optional<Bytes>> read_output(const NodeKey& key) override {
    return inner_->read_output(key);
  }
  Result<std::vector<std::string>> list_outputs(const std::string& flow) override {
    return inner_->list_outputs(flow);
  }
  Result<void> put_global(const std::string& key, const Bytes& value) override {
    return inner_->put_global(key, value);
  }
  Result<void> upsert_global(const std::string& key, const Bytes& value) override {
    return inner_->upsert_global(key, value);
  }
  Result<std::optional<Bytes>> read_global(const std::string& key) override {
    return inner_->read_global(key);
  }

 private:
  std::unique_ptr<Provider> inner_;
};

// One that declares this facet alone and offers no hooks.
inline ProviderFactory alone(Capability facet) {
  ProviderFactory factory;
  factory.name = std::string(name(facet)) + "_alone";
  factory.summary = "One facet and no queues";
  factory.open = [open = memory::factory({facet}).open](
                     const Scope& scope) -> Result<std::unique_ptr<Provider>> {
    return std::unique_ptr<Provider>(std::make_unique<WithoutQueues>(open(scope).value()));
  };
  return factory;
}

}  // namespace ackproof
