// A provider that keeps outputs and globals beside the store, and what a defect may do otherwise
// with them.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "contract/rules.h"
#include "tests/mutants/spoil.h"

namespace ackproof {

struct KeptContext {
  std::map<std::pair<std::string, std::string>, Bytes> outputs;  // By flow and node.
  std::map<std::string, Bytes> globals;
  std::shared_ptr<Crossing> crossing = std::make_shared<Crossing>();
};

// Does everything right; arguments are checked by the rules of the contract.
class KeepsContext : public Sharing<KeptContext> {
 public:
  using Sharing::Sharing;

  Result<void> put_output(const NodeKey& key, const Bytes& output) override {
    if (const auto refusal = rules::put_output(offered(), key, output)) return *refusal;
    auto kept = state();
    return write_output(*kept, key, output);
  }
  Result<std::optional<Bytes>> read_output(const NodeKey& key) override {
    if (const auto refusal = rules::read_output(offered(), key)) return *refusal;
    auto kept = state();
    return found(kept->outputs, place_of(key));
  }
  Result<std::vector<std::string>> list_outputs(const std::string& flow) override {
    if (const auto refusal = rules::list_outputs(offered(), flow)) return *refusal;
    auto kept = state();
    return list(*kept, flow);
  }
  Result<void> put_global(const std::string& key, const Bytes& value) override {
    if (const auto refusal = rules::global("put_global", offered(), key, value)) return *refusal;
    auto kept = state();
    return write_global(*kept, key, value);
  }
  Result<void> upsert_global(const std::string& key, const Bytes& value) override {
    if (const auto refusal = rules::global("upsert_global", offered(), key, value)) return *refusal;
    auto kept = state();
    return replace_global(*kept, key, value);
  }
  Result<std::optional<Bytes>> read_global(const std::string& key) override {
    if (const auto refusal = rules::global("read_global", offered(), key)) return *refusal;
    auto kept = state();
    return found(kept->globals, spelt(key));
  }

 protected:
  Capabilities offered() const { return describe().capabilities; }
  // Between a look and what is done about it. Locks nothing.
  void cross() {
    const std::shared_ptr<Crossing> crossing = state()->crossing;
    crossing->pass();
  }
  static Error taken(const char* operation) {
    return {ErrorKind::conflict, operation, "there is a value already"};
  }
  template <class Key>
  static std::optional<Bytes> found(const std::map<Key, Bytes>& values, const Key& key) {
    const auto at = values.find(key);
    return at == values.end() ? std::nullopt : std::optional(at->second);
  }

  // Where things are kept.
  virtual std::pair<std::string, std::string> place_of(const NodeKey& key) {
    return {key.flow, key.node};
  }
  virtual std::string spelt(const std::string& key) { return key; }

  virtual Result<void> write_output(KeptContext& kept, const NodeKey& key, const Bytes& output) {
    if (!kept.outputs.emplace(place_of(key), output).second) return taken("put_output");
    return {};
  }
  virtual std::vector<std::string> list(KeptContext& kept, const std::string& flow) {
    const std::string wanted = place_of({flow, ""}).first;
    std::vector<std::string> nodes;
    for (const auto& [place, output] : kept.outputs) {
      if (place.first == wanted) nodes.push_back(place.second);
    }
    return nodes;
  }
  virtual Result<void> write_global(KeptContext& kept, const std::string& key, const Bytes& value) {
    if (!kept.globals.emplace(spelt(key), value).second) return taken("put_global");
    return {};
  }
  virtual Result<void> replace_global(KeptContext& kept, const std::string& key,
                                      const Bytes& value) {
    kept.globals[spelt(key)] = value;
    return {};
  }
};

}  // namespace ackproof
