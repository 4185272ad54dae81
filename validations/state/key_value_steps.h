// What validations of key-values share: changing the values of an instance and looking at all of
// them.
#pragma once

#include <gtest/gtest.h>

#include <map>
#include <string>
#include <vector>

#include "contract/provider.h"
#include "validations/build.h"
#include "validations/expect.h"

namespace ackproof {

using Values = std::map<std::string, KeyValue>;

// What these changes make of `values`: the whole of KV_1, for clients.
inline Values changed(Values values, const std::vector<KeyValueChange>& changes) {
  for (const KeyValueChange& change : changes) {
    if (change.kind == KeyValueChange::Kind::clear_all) values.clear();
    if (change.kind == KeyValueChange::Kind::clear) values.erase(change.key);
    if (change.kind == KeyValueChange::Kind::set) {
      values[change.key] = {change.value, change.updated_at};
    }
  }
  return values;
}

// What is there when nothing but these changes was ever made.
inline Values values_after(const std::vector<KeyValueChange>& changes) {
  return changed({}, changes);
}

// One turn of an instance that exists, with these changes.
inline void change_values(Provider& provider, const std::string& instance,
                          const std::vector<KeyValueChange>& changes, std::uint64_t execution = 1) {
  commit_turn(provider, instance, {.execution = execution, .values = changes});
}

// The same; the execution ends with it.
inline void end_with_values(Provider& provider, const std::string& instance,
                            const std::vector<KeyValueChange>& changes, Status status,
                            std::uint64_t execution = 1) {
  commit_turn(provider, instance,
              {.execution = execution, .metadata = {.status = status}, .values = changes});
}

// That clients see these values of the instance and no others, whichever way they read. The single
// reads are made of the keys that validations use most, "a" to "d", and of those expected.
inline void expect_values(Provider& provider, const std::string& instance, const Values& expected) {
  EXPECT_EQ(provider.read_values(instance).value(), expected);
  std::map<std::string, std::optional<KeyValue>> single;
  for (const char* key : {"a", "b", "c", "d"}) single[key] = std::nullopt;
  for (const auto& [key, value] : expected) single[key] = value;
  for (const auto& [key, value] : single) {
    EXPECT_EQ(provider.read_value(instance, key).value(), value) << "of " << key;
  }
}

// The snapshot in the next turn of an instance that exists. The turn is given back.
inline Values snapshot_of(Provider& provider, const std::string& instance) {
  const Turn turn = wake(provider, instance, 700);
  provider.abandon_turn(turn.token, {.ignore_attempt = true}).value();
  return turn.values;
}

}  // namespace ackproof
