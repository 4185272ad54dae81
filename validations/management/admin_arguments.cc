// Bad arguments of management, deletion and pruning: `invalid`, and nothing is touched. And the
// longest id there may be, which all of them take.
#include <algorithm>
#include <functional>

#include "validations/catalogue.h"
#include "validations/context.h"
#include "validations/expect.h"
#include "validations/management/families.h"

namespace ackproof {

namespace {

// One call with an instance's id, and what came of it.
struct Use {
  const char* operation;
  std::function<Result<void>(Provider&, const std::string&)> make;
};

template <class T>
Result<void> answer(const Result<T>& result) {
  if (!result) return result.error();
  return {};
}

std::vector<Use> uses_of_management() {
  return {
      {"list_executions", [](Provider& p, auto& id) { return answer(p.list_executions(id)); }},
      {"read_execution", [](Provider& p, auto& id) { return answer(p.read_execution(id, 1)); }},
      {"list_children", [](Provider& p, auto& id) { return answer(p.list_children(id)); }},
      {"read_parent", [](Provider& p, auto& id) { return answer(p.read_parent(id)); }},
      {"read_tree", [](Provider& p, auto& id) { return answer(p.read_tree(id)); }},
  };
}

// In a list the bad id stands behind a good one, which must not be touched either.
std::vector<Use> uses_of_deletion() {
  return {
      {"delete_instance",
       [](Provider& p, auto& id) { return answer(p.delete_instance(id, true)); }},
      {"delete_instances",
       [](Provider& p, auto& id) {
         return answer(p.delete_instances({"order-1", id}, true));
       }},
      {"delete_matching",
       [](Provider& p, auto& id) {
         return answer(p.delete_matching({.instances = Names{"order-1", id}}));
       }},
  };
}

std::vector<Use> uses_of_pruning() {
  return {
      {"prune_instance", [](Provider& p, auto& id) { return answer(p.prune_instance(id, {})); }},
      {"prune_matching",
       [](Provider& p, auto& id) {
         return answer(p.prune_matching({.instances = Names{"order-1", id}}, {}));
       }},
  };
}

Names ids_that_are_none(Context& ctx) {
  Names ids = {"",
               "order-\x80",
               "\xC3",
               "order\xC0\xAF",
               "\xED\xA0\x80",
               "order\xE2\x82",
               "\xF4\x90\x80\x80",
               "caf\xE9"};
  constexpr std::uint64_t kLongestTried = 1U << 20U;
  const std::uint64_t limit = ctx.description().capabilities.limits.id_bytes;
  if (limit <= kLongestTried) ids.push_back(std::string(limit + 1, 'x'));
  return ids;
}

Names ids_with_nul() { return {std::string("order-1\0", 8), std::string("\0", 1)}; }

// A completed instance with two executions could be deleted and pruned.
void expect_refused(Context& ctx, const std::vector<Use>& uses, const Names& ids) {
  const auto provider = ctx.open();
  finish_instance(*provider, "order-1", Status::continued_as_new);
  TurnCommit completed{.execution = 2, .events = {event(1)}};
  completed.metadata.status = Status::completed;
  commit_turn(*provider, "order-1", completed);
  const auto before = stored(*provider, Names{"order-1"});

  for (const auto& [operation, make] : uses) {
    for (const std::string& id : ids) {
      EXPECT_TRUE(fails_with(make(*provider, id), ErrorKind::invalid)) << operation << " " << id;
    }
  }

  EXPECT_EQ(stored(*provider, Names{"order-1"}), before);
  EXPECT_EQ(provider->read_history("order-1", 1).value(), events(1, 1));
}

template <std::vector<Use> (*uses)()>
void bad_ids_are_refused(Context& ctx) {
  expect_refused(ctx, uses(), ids_that_are_none(ctx));
}

template <std::vector<Use> (*uses)()>
void ids_with_nul_are_refused(Context& ctx) {
  expect_refused(ctx, uses(), ids_with_nul());
}

void bad_execution_ids_are_refused(Context& ctx) {
  const auto provider = ctx.open();
  create_instance(*provider, "order-1");

  for (const std::uint64_t execution : {std::uint64_t{0}, kLargestId + 1, ~std::uint64_t{0}}) {
    EXPECT_TRUE(fails_with(provider->read_execution("order-1", execution), ErrorKind::invalid))
        << execution;
  }
  EXPECT_TRUE(fails_with(provider->read_execution("order-1", kLargestId), ErrorKind::not_found));
}

void list_of_an_unknown_status_is_refused(Context& ctx) {
  const auto provider = ctx.open();
  create_instance(*provider, "order-1");

  for (const int number : {4, 5, 255}) {
    EXPECT_TRUE(
        fails_with(provider->list_instances(static_cast<Status>(number)), ErrorKind::invalid))
        << number;
  }
}

// --- The longest id

std::string longest_id(Context& ctx) {
  constexpr std::uint64_t kLongestTried = 1U << 16U;
  return std::string(std::min(ctx.description().capabilities.limits.id_bytes, kLongestTried), 'x');
}

void longest_id_can_be_managed(Context& ctx) {
  const auto provider = ctx.open();
  const std::string id = longest_id(ctx);
  std::string child = id;
  child.back() = 'y';
  finish_instance(*provider, id);
  finish_instance(*provider, child, Status::completed, id);

  EXPECT_EQ(sorted(provider->list_instances(Status::completed).value()), (Names{id, child}));
  EXPECT_EQ(provider->list_children(id).value(), Names{child});
  EXPECT_EQ(provider->read_parent(child).value(), id);
  EXPECT_EQ(provider->read_tree(id).value(), (InstanceTree{.root = id, .members = {id, child}}));
  EXPECT_EQ(provider->list_executions(id).value(), std::vector<std::uint64_t>{1});
}

void longest_id_can_be_deleted(Context& ctx) {
  const auto provider = ctx.open();
  const std::string id = longest_id(ctx);
  std::string other = id;
  other.back() = 'y';
  for (const std::string& instance : {id, other}) finish_instance(*provider, instance);

  EXPECT_EQ(provider->delete_instance(id, false).value().instances, 1U);
  EXPECT_EQ(existing(*provider, {id, other}), Names{other});
  EXPECT_EQ(provider->delete_instances({other}, false).value().instances, 1U);
  EXPECT_EQ(existing(*provider, {id, other}), Names());
}

void longest_id_can_be_pruned(Context& ctx) {
  const auto provider = ctx.open();
  const std::string id = longest_id(ctx);
  create_instance(*provider, id);
  commit_turn(*provider, id, {.execution = 2});

  EXPECT_EQ(provider->prune_instance(id, {}).value(),
            (PruneCounts{.instances = 1, .executions = 1, .events = 1}));
}

constexpr const Requirement& kIds = requirement("ERR_5");
constexpr const Requirement& kNul = requirement("ERR_11");
constexpr const Requirement& kLimit = requirement("CAP_3");
constexpr Hook kNoHook = Hook::none;

constexpr Validation kRows[] = {
    {"bad_ids_in_management_are_refused", kIds, bad_ids_are_refused<uses_of_management>, kNoHook,
     Capability::management},
    {"bad_execution_ids_in_management_are_refused", kIds, bad_execution_ids_are_refused, kNoHook,
     Capability::management},
    {"list_of_an_unknown_status_is_refused", requirement("HIST_7"),
     list_of_an_unknown_status_is_refused, kNoHook, Capability::management},
    {"bad_ids_in_deletion_are_refused", kIds, bad_ids_are_refused<uses_of_deletion>, kNoHook,
     Capability::deletion},
    {"bad_ids_in_pruning_are_refused", kIds, bad_ids_are_refused<uses_of_pruning>, kNoHook,
     Capability::pruning},
    {"nul_in_management_is_refused", kNul, ids_with_nul_are_refused<uses_of_management>, kNoHook,
     Capability::management},
    {"nul_in_deletion_is_refused", kNul, ids_with_nul_are_refused<uses_of_deletion>, kNoHook,
     Capability::deletion},
    {"nul_in_pruning_is_refused", kNul, ids_with_nul_are_refused<uses_of_pruning>, kNoHook,
     Capability::pruning},
    {"longest_id_can_be_managed", kLimit, longest_id_can_be_managed, kNoHook,
     Capability::management},
    {"longest_id_can_be_deleted", kLimit, longest_id_can_be_deleted, kNoHook, Capability::deletion},
    {"longest_id_can_be_pruned", kLimit, longest_id_can_be_pruned, kNoHook, Capability::pruning},
};

}  // namespace

std::span<const Validation> admin_argument_validations() { return kRows; }

}  // namespace ackproof
