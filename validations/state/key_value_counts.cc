// Values of one instance, more than a page of a thousand of them: none is left out, none is left
// behind (KV_1 to KV_4).
#include <algorithm>
#include <vector>

#include "validations/build.h"
#include "validations/catalogue.h"
#include "validations/context.h"
#include "validations/expect.h"
#include "validations/state/key_value_steps.h"

namespace ackproof {

namespace {

constexpr std::size_t kMany = 2'100;
constexpr std::size_t kPerCommit = 1'000;  // What every provider takes at once (TEXT_2).

// Makes the instance with so many values, which its execution 1 sets and does not end.
Values create_with_many_values(Provider& provider, const std::string& instance) {
  create_instance(provider, instance);
  std::vector<KeyValueChange> all;
  for (std::size_t n = 1; n <= kMany; ++n) {
    all.push_back(set_value("key-" + std::to_string(n), std::to_string(n)));
  }
  for (std::size_t first = 0; first < kMany; first += kPerCommit) {
    const auto begin = all.begin() + static_cast<std::ptrdiff_t>(first);
    const auto end = all.begin() + static_cast<std::ptrdiff_t>(std::min(first + kPerCommit, kMany));
    change_values(provider, instance, {begin, end});
  }
  return values_after(all);
}

// Large maps are compared as a whole, but not printed when they differ.
testing::AssertionResult same(const Values& one, const Values& other) {
  if (one == other) return testing::AssertionSuccess();
  return testing::AssertionFailure()
         << one.size() << " values, which are not the " << other.size() << " expected";
}

void thousands_of_values_are_read(Context& ctx) {
  const auto provider = ctx.open();

  const Values all = create_with_many_values(*provider, "order-1");

  EXPECT_TRUE(same(provider->read_values("order-1").value(), all));
  end_with_values(*provider, "order-1", {}, Status::completed);
  EXPECT_TRUE(same(provider->read_values("order-1").value(), all)) << "after merging";
}

void thousands_of_values_are_merged(Context& ctx) {
  const auto provider = ctx.open();
  const Values all = create_with_many_values(*provider, "order-1");

  end_with_values(*provider, "order-1", {}, Status::completed);

  EXPECT_TRUE(same(snapshot_of(*provider, "order-1"), all));
}

// Of the unfinished execution, and then of one that has ended.
void clear_all_removes_thousands_of_values(Context& ctx) {
  const auto provider = ctx.open();
  create_with_many_values(*provider, "order-1");
  create_with_many_values(*provider, "order-2");
  end_with_values(*provider, "order-2", {}, Status::completed);

  for (const char* instance : {"order-1", "order-2"}) {
    end_with_values(*provider, instance, {clear_values()}, Status::completed);

    EXPECT_TRUE(same(provider->read_values(instance).value(), {}));
    EXPECT_TRUE(same(snapshot_of(*provider, instance), {}));
  }
}

void thousands_of_values_go_with_the_instance(Context& ctx) {
  const auto provider = ctx.open();
  create_with_many_values(*provider, "order-1");
  create_with_many_values(*provider, "order-2");
  end_with_values(*provider, "order-2", {}, Status::completed);

  for (const char* instance : {"order-1", "order-2"}) {
    provider->delete_instance(instance, true).value();
    create_instance(*provider, instance);

    EXPECT_TRUE(same(provider->read_values(instance).value(), {}));
    EXPECT_TRUE(same(snapshot_of(*provider, instance), {}));
  }
}

constexpr Validation kRows[] = {
    {"thousands_of_values_are_read", requirement("KV_4"), thousands_of_values_are_read},
    {"thousands_of_values_are_merged", requirement("KV_2"), thousands_of_values_are_merged},
    {"clear_all_removes_thousands_of_values", requirement("KV_1"),
     clear_all_removes_thousands_of_values},
    {"thousands_of_values_go_with_the_instance", requirement("KV_3"),
     thousands_of_values_go_with_the_instance, Hook::none, Capability::deletion},
};

}  // namespace

std::span<const Validation> key_value_count_validations() { return kRows; }

}  // namespace ackproof
